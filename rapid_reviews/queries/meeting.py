"""What the record of the meeting holds and still lacks."""

from django.utils import timezone

from rapid_reviews.models import Attendance, Meeting

NEEDED = {
    "held_on": ("when", "Enter the date of the meeting"),
    "ended_at": ("when", "Enter when the meeting ended"),
    "chaired_by": ("when", "Enter who chaired the meeting"),
    "confidentiality_read": ("when", "Say that the confidentiality statement was read"),
    "conflicts_asked": ("when", "Say that conflicts of interest were asked about"),
    "threshold": ("next-steps", "Enter the rationale on the threshold for an LCSPR"),
}
"""What a record of the meeting must hold: field → (its page, message)."""

AGENDA = (
    ("Welcome and introductions", "Chair", ()),
    (
        "Facts about the case",
        "All",
        (
            "Introduction of the case, by the referrer",
            "Parallel processes",
            "Immediate safeguarding concerns",
            "Overview of each agency’s involvement: involvement only, learning comes later",
        ),
    ),
    (
        "Discussion",
        "All",
        (
            "Immediate thoughts",
            "What are we worried about?",
            "What worked well?",
            "What learning should be shared?",
        ),
    ),
    ("Summary of emerging learning", "Chair", ()),
    ("SMART actions", "All", ()),
    (
        "Next steps",
        "All",
        ("Does the case meet the threshold for an LCSPR, and why?", "Recommendations"),
    ),
)
"""The items of the rapid review meeting: what, led by whom, in which steps."""


def meeting_of(review):
    """This will return the record of the review's meeting as it stands, or a new one that nobody has saved."""
    return Meeting.objects.filter(review=review).first() or Meeting(review=review)


def people_invited(meeting):
    """This will return everybody who was invited, in the order they were named, each with their view."""
    return Attendance.objects.filter(meeting_id=meeting.pk).select_related("agency").order_by("pk")


def gaps_of_meeting(review):
    """This will collect every reason why the meeting cannot be recorded as held, as (page, message)."""
    meeting = meeting_of(review)
    found = [(page, words) for field, (page, words) in NEEDED.items() if not getattr(meeting, field)]
    if meeting.pk is None:
        return found
    for person in people_invited(meeting):
        if not person.attended:
            found.append(("people", f"Select whether {person} attended"))
        elif person.attended == "substitute" and not person.in_place:
            found.append(("people", f"Enter who came in place of {person}"))
        if person.came and not person.view:
            found.append(("views", f"Select the view of {person.in_place or person}"))
        elif person.came and not person.rationale:
            found.append(("views", f"Enter the rationale of {person.in_place or person}"))
    for number, action in enumerate(meeting.actions.order_by("pk"), 1):
        for field, words in (
            ("outcome", "Enter the outcome"),
            ("lead_officer", "Enter the lead officer"),
            ("due_on", "Enter the date"),
        ):
            if not getattr(action, field):
                found.append(("actions", f"{words} of action {number}"))
    if meeting.recommends_lcspr is None:
        found.append(("next-steps", "Select whether the rapid review panel recommends an LCSPR"))
    if meeting.unanimous is None:
        found.append(("next-steps", "Select whether the recommendation is unanimous"))
    elif not meeting.unanimous and not meeting.dissent:
        found.append(("next-steps", "Enter the dissent"))
    return found


def source(what, by="", at=None):
    """This will write down where a passage comes from: what it is, whose words, when."""
    return {"what": what, "by": str(by or ""), "at": timezone.localtime(at).isoformat() if at else ""}


def source_of_meeting(meeting):
    """This will name the meeting as the source of a passage."""
    return [source("Meeting of the rapid review panel", meeting.note_taker, meeting.recorded_at)]
