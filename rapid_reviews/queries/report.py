"""What the report begins with, what it still lacks, who has commented, and who has signed."""

import json
import re

from casework import details
from design.forms import say_date
from rapid_reviews.models import HEADINGS, AgencySummary, DisclosureRestriction, ReportSection
from rapid_reviews.queries.disclosure import ANYBODY, as_read, marks_of, said_of_withheld, words_of
from rapid_reviews.queries.gathering import combined_chronology, summary_status, withheld_events
from rapid_reviews.queries.meeting import meeting_of, people_invited, source, source_of_meeting

IDENTITY = (
    *("ethnicity", "first_language", "interpreter", "religion", "religion_other"),
    *("disability", "disability_types", "send", "disability_detail"),
)


def prefill(review, reader=ANYBODY):
    """This will return, for each section that is text, what was gathered and its sources: {section: (text, sources)}.

    Only the starting point: the business team and the chair edit it, and the sources stay beside it. What an agency has
    marked as not to be shared is not in it: a neutral sentence stands there.
    """
    referral, meeting, marks = review.referral, meeting_of(review), marks_of(review, reader)
    summaries = [as_read(summary, marks) for summary in returned_summaries(review)]
    from_referral = [source(f"Referral {referral.reference}", referral.referrer_name, referral.received_at)]
    from_meeting = source_of_meeting(meeting)

    def said(field):
        return getattr(meeting, field), from_meeting

    def told(*texts):
        return "\n\n".join(text for text in texts if text), from_referral

    children = list(referral.children.order_by("pk"))
    kept_safe = "\n".join(part for part in (referral.kept_safe_what, referral.kept_safe_who) if part)
    return {
        "2.1a": told(referral.outline, *(f"{child}: {child.pen_picture}" for child in children if child.pen_picture)),
        "2.1b": _join(_from_chronology(review, summaries, marks), _from_summaries(summaries, _involvement)),
        "2.1c": _join(told(kept_safe), said("immediate_concerns"), (_immediate_actions(meeting), from_meeting)),
        "2.1d": _join(
            told("\n".join(_process(process) for process in referral.processes.order_by("pk"))),
            told(referral.other_considerations),
            _from_summaries(
                summaries, "criminal_process", "professional_process", "single_agency_process", "other_review"
            ),
            said("parallel"),
        ),
        "2.2a": _from_summaries(summaries, "pen_picture", "views_wishes", "presents", "life_is_like", "impact"),
        "2.2a.i": told(*(_identity(child) for child in children)),
        "2.2b": _from_summaries(summaries, "about_parents", "about_siblings"),
        "2.2c": _from_summaries(summaries, "perspective"),
        "2.2d": said("thoughts"),
        "2.2f": _join(_from_summaries(summaries, "worried_about"), said("worried_about")),
        "2.2g": _join(_from_summaries(summaries, "worked_well"), said("worked_well")),
        "2.2h": ("", []),
        "2.4a": _join(
            (_missing(review), [source("Requests to agencies and their returns", at=meeting.recorded_at)]),
            (_not_represented(meeting), from_meeting),
        ),
    }


def _join(*parts):
    """Put passages together that have words; the sources of those alone, each once."""
    parts = [(text, sources) for text, sources in parts if text]
    sources = [each for _, found in parts for each in found]
    return "\n\n".join(text for text, _ in parts), [each for at, each in enumerate(sources) if each not in sources[:at]]


def _from_summaries(summaries, *fields):
    """The named answers of each returned summary under its agency's name, and where they come from.

    A field may also be a function that puts several answers into words.
    """
    parts = []
    for summary in summaries:
        answers = [field(summary) if callable(field) else getattr(summary, field).strip() for field in fields]
        said = "\n".join(answer for answer in answers if answer)
        author = summary.author_name or summary.author
        parts.append(
            (
                f"{summary.agency}: {said}" if said else "",
                [source(f"Summary {summary.reference}, {summary.agency}", author, summary.returned_at)],
            )
        )
    return _join(*parts)


INVOLVEMENT = "Involvement: "


def _involvement(summary):
    """Whom the agency worked with, from when until when, open or closed; and what it did."""
    first, last = summary.involvement_from, summary.involvement_until
    period = f"from {say_date(first)}" if first else ""
    period += f" until {say_date(last)}" if last else ""
    known = [summary.involvement_with, period.strip(), summary.get_involvement_state_display().lower()]
    about = ", ".join(part.rstrip(".") for part in known if part)
    said = f"{INVOLVEMENT}{about}." if about else ""
    return "\n".join(part for part in (said, summary.key_periods.strip()) if part)


def _from_chronology(review, summaries, marks):
    """How much the combined chronology holds, its significant events, and that others are withheld."""
    events = list(combined_chronology(review, marks))
    withheld = said_of_withheld("event" for _ in withheld_events(review, marks))
    if not events:
        return withheld, [source("Combined chronology")] if withheld else []
    agencies = len({event.summary.agency_id for event in events})
    lines = [
        f"The combined chronology holds {len(events)} event{'' if len(events) == 1 else 's'} "
        f"from {agencies} agenc{'y' if agencies == 1 else 'ies'}."
    ]
    for event in events:
        if event.significance == "significant":
            lines.append(line_of_event(event))
    newest = max(summary.returned_at for summary in summaries)
    return "\n".join([*lines, *([withheld] if withheld else [])]), [source("Combined chronology", at=newest)]


def line_of_event(event):
    """This will return the line that a significant event begins with in the report (2.1b)."""
    day = say_date(event.starts_on) if event.starts_on else event.date_as_written
    return f"{day}, {event.summary.agency}: {event.what_happened}"


def _immediate_actions(meeting):
    actions = meeting.actions.filter(immediate=True).order_by("pk") if meeting.pk else []
    return "\n".join(
        f"{action.action}, by {action.lead_officer}, {say_date(action.due_on)}" for action in actions if action.due_on
    )


def _identity(child):
    rows = details.rows(child, IDENTITY, sees_confidential=False, only_given=True)
    return "\n".join([f"{child}:", *(f"{row.label}: {row.value}".replace("\n", ", ") for row in rows)])


def _process(process):
    parts = [
        process.process_other or process.get_process_display(),
        process.process_reference,
        process.contact,
        process.may_share,
    ]
    return ", ".join(part for part in parts if part)


def _missing(review):
    names = {"not_returned": [], "went_without": [], "late_before_meeting": [], "late_after_meeting": []}
    for summary in asked_summaries(review):
        names.get(summary_status(summary), []).append(str(summary.agency))
    said = []
    if names["not_returned"]:
        said.append(f"Asked and not returned: {', '.join(names['not_returned'])}.")
    if names["went_without"]:
        said.append(f"Not returned, and gone on without: {', '.join(names['went_without'])}.")
    if names["late_before_meeting"]:
        said.append(f"Returned late, before the meeting: {', '.join(names['late_before_meeting'])}.")
    if names["late_after_meeting"]:
        said.append(f"Returned after the meeting: {', '.join(names['late_after_meeting'])}.")
    return "\n".join(said)


def _not_represented(meeting):
    absent = [str(person.agency) for person in people_invited(meeting) if person.agency and not person.came]
    said = [f"Invited and not represented at the meeting: {', '.join(absent)}."] if absent else []
    return "\n".join([*said, *([meeting.agencies_not_represented] if meeting.agencies_not_represented else [])])


def asked_summaries(review):
    """This will return every summary that was asked for, in the order of the agencies' names."""
    return (
        AgencySummary.objects.filter(review=review)
        .select_related("agency", "author", "review__meeting")
        .order_by("agency__name")
    )


def returned_summaries(review):
    """This will return the summaries that count for the report, in the order of their agencies' names."""
    return asked_summaries(review).returned()


def without(text, restriction):
    """This will return a section's text without the words of what is marked, where they stand as they were prefilled.

    A neutral sentence stands in their place: for an event in place of its whole line, for an answer of the agency in
    place of its lines. What somebody wrote in other words is not found.
    """
    said, words = said_of_withheld([restriction.kind]), _plain(words_of(restriction))
    text, agency = _plain(text), f"{restriction.summary.agency}: "
    if restriction.kind == "event":
        text = _replace(text, _plain(line_of_event(restriction.event)), said)
    if restriction.kind not in ("event", "answer") or not words:
        return text  # nothing of it was put there: what the report shows of other rows is read anew each time
    if restriction.answer == "involvement_with":
        return _replace(text, words, said.rstrip("."), after=(INVOLVEMENT, agency + INVOLVEMENT), until=r"[,.]")
    return _replace(text, words, said, after=("", agency))


def _plain(text):
    return text.replace("\r\n", "\n").strip()


def _replace(text, words, said, *, after=("",), until="$"):
    """Put what is said in place of these words, where they are whole lines or stand behind one of these beginnings."""
    begins = "|".join(re.escape(each) for each in after)
    return re.sub(rf"(?m)^({begins}){re.escape(words)}(?={until})", lambda found: found[1] + said, text)


def held_in_report(review, restrictions):
    """This will list the sections of the report that hold words of what is marked, as [(section, restriction)]."""
    rows = list(ReportSection.objects.filter(review=review).order_by("pk"))
    return [
        (row.section, restriction)
        for restriction in restrictions
        for row in rows
        if without(row.text, restriction) != _plain(row.text)
    ]


def withheld_in_report(review, day=None):
    """This will list the sections that hold words of what is withheld from its readers, each as (section, message)."""
    sections = dict.fromkeys(section for section, _ in held_in_report(review, _in_force(review, day)))
    return [(number, f"Section {number} holds words that are withheld: take them out") for number in sections]


def holds_withheld(text, review, day=None):
    """This will say whether a text for the report holds words of what is withheld from its readers."""
    return any(without(text, restriction) != _plain(text) for restriction in _in_force(review, day))


def _in_force(review, day):
    rows = DisclosureRestriction.objects.in_force(day).filter(summary__review=review)
    return rows.select_related("summary__agency", "event__summary__agency").order_by("pk")


def is_in_version(version, restriction):
    """This will say whether a frozen version of the report holds the words that are marked."""
    words = words_of(restriction)
    return bool(words) and json.dumps(words, ensure_ascii=False)[1:-1] in version.content


NEEDED = ("2.1a", "2.1b", "2.1c", "2.2a", "2.2a.i", "2.2c", "2.2f", "2.2g")
"""The texts without which a report says too little to be signed; "none" is an answer where there is nothing."""


def gaps_of_report(review):
    """This will list what the report lacks before it can be locked for signature, as (section, message)."""
    texts = {row.section: row.text.strip() for row in ReportSection.objects.filter(review=review)}
    found = [(number, f"Section {number} is empty: {HEADINGS[number]}") for number in NEEDED if not texts.get(number)]
    recommendation = getattr(review, "recommendation", None)
    if recommendation is None or not recommendation.outcome:
        found.append(("2.4c", "Select what the rapid review panel recommends (2.4c)"))
    if recommendation is None or not recommendation.rationale:
        found.append(("2.4c", "Enter the rationale of the recommendation (2.4c)"))
    if recommendation is None or recommendation.national_importance is None:
        found.append(("2.4d", "Select whether there are issues of national importance (2.4d)"))
    if recommendation and recommendation.unanimous is False and not recommendation.dissent:
        found.append(("2.4c", "Enter the dissent (2.4c)"))
    if review.referral.sin is None:
        found.append(
            ("sin", "The serious incident notification’s date, time and reference must be recorded before signing")
        )
    return found


def replies_of_members(review):
    """This will say of each panel member whether they agreed the newest draft, commented, or have not replied.

    Returns [(member, [their comments on it])], who has not replied first. What was said in covering for a member stands
    with that member; who left the panel stays with what they said.
    """
    comments = {}
    rows = review.comments.select_related("member", "acting_for").order_by("given_at", "pk")
    for comment in rows.filter(given_at__gte=review.draft_issued_at) if review.draft_issued_at else ():
        comments.setdefault(comment.acting_for_id or comment.member_id, []).append(comment)
    members = review.members.select_related("user", "agency").order_by("user__full_name", "pk")
    now = list(members.filter(until_at=None))
    left = members.exclude(until_at=None).filter(user__in=comments.keys() - {member.user_id for member in now})
    found = [
        (member, comments.get(member.user_id, [])) for member in [*now, *{one.user_id: one for one in left}.values()]
    ]
    return sorted(found, key=lambda one: bool(one[1]))
