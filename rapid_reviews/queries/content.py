"""The rapid review report as plain data: what the page shows, the partners sign, and the PDF prints.

It says everything in the words the reader sees, so that nothing stands between what is signed and what is read. A
section is a list of blocks: {"text": …}, {"note": …} where there is nothing, {"pairs": [[question, answer], …]},
{"head": […], "rows": [[…], …]}, {"tree": [[what it is, words], …]} whose lines each follow from the one before; all but
the first two may have a "title". Beside them `sources`: where it came from.
"""

from datetime import datetime

from django.db import models

from access.models import Address
from casework import details
from casework.models import Correction
from deadlines import rules
from design.forms import say_date, say_moment, say_time
from partnership import codes
from partnership.models import Partnership, User
from rapid_reviews.models import HEADINGS, PARTS, SECTIONS, AgencySummary, FamilyCorrection, Recommendation
from rapid_reviews.queries.disclosure import ANYBODY, marks_of, said_of_withheld
from rapid_reviews.queries.family import (
    additions,
    address_of_agency,
    confidential_addresses,
    joined,
    people_of,
    said_of_addition,
)
from rapid_reviews.queries.gathering import is_late, summary_status
from rapid_reviews.queries.meeting import meeting_of, people_invited, source, source_of_meeting
from rapid_reviews.queries.report import asked_summaries, returned_summaries
from referrals.forms import SECTIONS as REFERRAL_SECTIONS

MARKING = "OFFICIAL-SENSITIVE"
EMPTY = "Nothing is entered in this section."
RECOMMENDATION = {
    "2.4c": (
        "outcome",
        "rationale",
        "criteria",
        "circumstances",
        "unanimous",
        "dissent",
        "method",
        "timescales",
        "period",
        "lines_of_enquiry",
        "agencies",
    ),
    "2.4d": ("national_importance", "national_issues"),
    "2.4e": ("learning_shared",),
    "2.4f": ("share_with_family", "family_why"),
}
"""The fields of the recommendation that each section shows."""


def content(review, reader=ANYBODY):
    """This will return the whole report as plain data, as it stands now.

    A confidential address is withheld, and so is what an agency has marked as not to be shared.
    """
    meeting, marks = meeting_of(review), marks_of(review, reader)
    sections = _texts(review) | {
        "1.1a": _contributing(review, meeting),
        "1.1b": _no_contact(review),
        "1.1c": _family(review, marks),
        "1.1d": _not_returned(review),
        "2.2e": _analysis(review),
        "2.3a": _actions(review, meeting, marks),
        "2.4b": _views(meeting),
        **_recommendation(review),
    }
    return {
        "title": f"Rapid review report {review.reference}",
        "reference": review.reference,
        "partnership": Partnership.load().name,
        "marking": MARKING,
        "cover": _cover(review, meeting),
        "parts": [
            {
                "number": part,
                "title": title,
                "sections": [
                    {"number": number, "title": heading} | sections[number]
                    for number, heading in HEADINGS.items()
                    if number.startswith(part)
                ],
            }
            for part, title in PARTS.items()
        ],
        "annex": _referral(review.referral),
    }


def _section(*blocks, sources=(), empty=EMPTY):
    """A section of these blocks, without those that hold nothing; a section of none says so."""
    kept = [block for block in blocks if any(block.get(kind) for kind in ("text", "pairs", "rows", "tree"))]
    return {"blocks": kept or [{"note": empty}], "sources": sources_in_words(sources)}


def sources_in_words(sources):
    """This will say where a passage comes from, one line for each source."""
    return [_say_source(each) for each in sources]


def _say_source(each):
    said = [each["what"]]
    if each["by"]:
        said.append(f"by {each['by']}")
    if each["at"]:
        said.append(say_moment(datetime.fromisoformat(each["at"])))
    return ", ".join(said)


def _pairs(record, fields):
    rows = details.rows(record, fields, sees_confidential=False, only_given=True)
    return {"pairs": [[row.label, row.value] for row in rows]}


# The cover


def _cover(review, meeting):
    referral = review.referral
    sin = referral.sin
    pairs = []
    for child in referral.children.order_by("pk"):
        pairs.append(["Child", str(child)])
        pairs.append(["Date of birth", say_date(child.date_of_birth) if child.date_of_birth else "Not known"])
        if child.died_on:
            pairs.append(["Date of death", say_date(child.died_on)])
    reported = f"{sin.sin_reference}, sent {say_moment(sin.sent_at)}" if sin else "Not recorded"
    pairs += [
        ["Date of the incident", incident_in_words(referral)],
        ["Referral", f"{referral.reference}, received {say_moment(referral.received_at)}"],
        ["Local authority became aware", say_moment(referral.la_aware_at) if referral.la_aware_at else "Not recorded"],
        ["Serious incident notification", reported],
        ["Chair and author", _chairs(review)],
        ["Rapid review meeting", _meeting(meeting)],
        ["Period under review", f"{say_date(review.period_from)} to {say_date(review.period_until)}"],
        ["Conflicts of interest", _conflicts(review, meeting)],
    ]
    return pairs


def incident_in_words(referral):
    """This will say when the incident was, as exactly as it is known."""
    said = say_date(referral.incident_on) if referral.incident_on else "Not known"
    if referral.incident_until:
        said = f"Between {said} and {say_date(referral.incident_until)}"
    elif referral.incident_precision in ("approximate", "no_single_event"):
        said = f"{said} ({codes.label('date_precision', referral.incident_precision).lower()})"
    return f"{said}, {say_time(referral.incident_at_time)}" if referral.incident_at_time else said


def _chairs(review):
    """The chair; and those before, where one was replaced."""
    held = review.history.exclude(chair_id=None).order_by("history_date", "history_id")
    before = [pk for pk in dict.fromkeys(held.values_list("chair_id", flat=True)) if pk != review.chair_id]
    names = {person.pk: str(person) for person in User.objects.filter(pk__in=before)}
    said = str(review.chair or "Not appointed")
    return f"{said} (before: {', '.join(names[pk] for pk in before)})" if before else said


def _meeting(meeting):
    if not meeting.held_on:
        return "Not held"
    times = " to ".join(say_time(time) for time in (meeting.began_at, meeting.ended_at) if time)
    parts = [
        say_date(meeting.held_on),
        times,
        meeting.place,
        meeting.chaired_by and f"chaired by {meeting.chaired_by}",
        meeting.note_taker and f"notes by {meeting.note_taker}",
    ]
    said = ", ".join(part for part in parts if part)
    return f"{said}\n{meeting.moved_reason}" if meeting.moved_reason else said


def _conflicts(review, meeting):
    lines = []
    if review.chair_declared_at:
        lines.append(f"{review.chair} declared none as chair, {say_moment(review.chair_declared_at)}.")
    lines.append(meeting.conflicts or ("Asked about at the meeting: none declared." if meeting.conflicts_asked else ""))
    return "\n".join(line for line in lines if line) or "Not asked about"


# 1.1 Agencies and family


def _contributing(review, meeting):
    invited, rows = list(people_invited(meeting)), []
    for summary in returned_summaries(review):
        came = [_who_came(person) for person in invited if person.agency_id == summary.agency_id and person.came]
        author = [summary.author_name or str(summary.author or ""), summary.author_designation]
        if summary.independent is False:
            author.append(f"not independent: {summary.not_independent_why}")
        approved = summary.approver_name
        if summary.approval_waived_why:
            approved = f"No second person: {summary.approval_waived_why}"
        rows.append(
            [
                str(summary.agency),
                ", ".join(part for part in author if part),
                codes.label("summary_status", summary_status(summary)),
                approved,
                "\n".join(came) or "No",
            ]
        )
    people = [
        [
            person.name,
            ", ".join(part for part in (str(person.agency or ""), person.role) if part),
            f"{person.get_attended_display()}: {person.in_place}" if person.in_place else person.get_attended_display(),
        ]
        for person in invited
    ]
    return _section(
        {"head": ["Agency", "Author and role", "Report", "Approved by", "Attended"], "rows": rows},
        {"title": "Invited to the meeting", "head": ["Name", "Agency and role", "Attendance"], "rows": people},
        sources=[source("Requests to agencies and their returns"), *source_of_meeting(meeting)],
        empty="No agency returned a summary.",
    )


def _who_came(person):
    return f"{person.in_place}, in place of {person.name}" if person.in_place else person.name


def _no_contact(review):
    rows = [
        [str(summary.agency), summary.systems_searched, summary.names_used, summary.searched_by]
        for summary in asked_summaries(review).filter(status=AgencySummary.Status.NIL)
    ]
    return _section(
        {"head": ["Agency", "Systems searched", "Names and dates used", "Searched by"], "rows": rows},
        sources=[source("Nil returns of the agencies")] if rows else (),
        empty="No agency confirmed that it had no contact.",
    )


def _not_returned(review):
    wanted = ("not_returned", "went_without", "extended", "late_before_meeting", "late_after_meeting")
    rows = [
        [str(summary.agency), _why_not_in_time(summary, status)]
        for summary in asked_summaries(review)
        if (status := summary_status(summary)) in wanted
    ]
    return _section(
        {"head": ["Agency", "Summary"], "rows": rows},
        sources=[source("Requests to agencies and their returns")] if rows else (),
        empty="Every agency that was asked returned its summary in time.",
    )


def _why_not_in_time(summary, status):
    said = codes.label("summary_status", status)
    if status == "went_without":
        return f"{said}: {summary.went_without_why}"
    if status == "extended":
        _, due = is_late(summary)
        return f"{said} to {say_date(rules.london_day(due))}"
    return said


def _family(review, marks):
    referral = review.referral
    deciles = {row.address_id: row for row in review.deciles.order_by("pk")}
    rows = []
    secret, added = confidential_addresses(review), {row.pk: row for row in joined(review)}
    for person, relationship, address in people_of(review):
        row = deciles.get(address.pk) if address else None
        joins = isinstance(person, FamilyCorrection)
        where = address_of_agency(address, secret) if joins else address.shown_to(False) if address else ""
        ethnicity = "" if joins else person.get_ethnicity_display()
        rows.append(
            [
                f"{person}\n{said_of_addition(added[person.pk])}" if joins else str(person),
                _born(person),
                ethnicity or _why_not_known(person, "ethnicity"),
                relationship,
                where or "Not known",
                "Withheld" if where == Address.WITHHELD else str(row.decile) if row and row.decile else "Not known",
            ]
        )
    editions = sorted({row.edition for row in deciles.values()})
    scale = "Deprivation decile: 1 is the most deprived tenth of places in England, 10 the least"
    corrections = additions(review, marks).filter(summary__status=AgencySummary.Status.ACCEPTED)
    beside = [
        [
            str(row.summary.agency),
            row.name,
            row.get_relationship_display(),
            _day(row.date_of_birth),
            address_of_agency(row.address, secret),
            row.what,
        ]
        for row in corrections
    ]
    head = ["Name", "Date of birth", "Ethnicity", "Relationship to child", "Address", "Deprivation decile"]
    return _section(
        {"head": head, "rows": rows},
        {"text": f"{scale} ({'; '.join(editions)})." if editions else f"{scale}."},
        {
            "title": "Corrections and additions by agencies",
            "head": ["Agency", "Name", "Relationship", "Date of birth", "Address", "What differs or is new"],
            "rows": beside,
        },
        {"text": _withheld(review, marks, "correction", status=AgencySummary.Status.ACCEPTED)},
        sources=[
            source(f"Referral {referral.reference}", referral.referrer_name, referral.received_at),
            *([source("Corrections and additions in accepted summaries")] if beside else []),
            *(
                source(
                    f"Summary {row.summary.reference}, {row.summary.agency}, added", row.accepted_by, row.accepted_at
                )
                for row in added.values()
            ),
        ],
    )


def _born(person):
    if person.date_of_birth:
        estimated = " (estimated)" if getattr(person, "date_of_birth_estimated", False) else ""
        return f"{_day(person.date_of_birth)}{estimated}"
    if getattr(person, "unborn", False):
        return f"Not yet born, expected {say_date(person.expected_on)}" if person.expected_on else "Not yet born"
    age = getattr(person, "age", None)
    return f"Age {age}" if age else _why_not_known(person, "date_of_birth")


def _why_not_known(person, field):
    why = (getattr(person, "not_known", None) or {}).get(field)
    return f"Not known: {why}" if why else "Not known"


# 2 The report


def _texts(review):
    found = {}
    for row in review.sections.select_related("edited_by"):
        sources = list(row.sources)
        if row.edited_at:
            sources.append(source("Edited", row.edited_by, row.edited_at))
        found[row.section] = _section({"text": row.text}, sources=sources)
    return {number: found.get(number) or _section() for number in SECTIONS}


def _analysis(review):
    branches = [
        {"title": f"Area of concern {number}", "tree": _pairs(branch, ("concern", "cause", "effect"))["pairs"]}
        for number, branch in enumerate(review.branches.order_by("pk"), 1)
    ]
    episodes = [
        {"title": f"Key practice episode {number}"} | _pairs(episode, ("dates", "what", "why", "shows"))
        for number, episode in enumerate(review.episodes.order_by("pk"), 1)
    ]
    return _section(*branches, *episodes, empty="No area of concern and no key practice episode is entered.")


def _actions(review, meeting, marks):
    agreed = meeting.actions.order_by("pk") if meeting.pk else []
    rows = [[row.action, row.outcome, row.lead_officer, _day(row.due_on), "Meeting"] for row in agreed]
    from_agencies = []
    for summary in returned_summaries(review).prefetch_related("lesson_actions"):
        for row in sorted(summary.lesson_actions.all(), key=lambda action: action.pk):
            if marks.hides(summary, "action", row.pk):
                continue
            from_agencies.append(
                [row.action, row.outcome, row.by_whom, _day(row.by_when), f"{summary.agency}, its own action"]
            )
    sources = source_of_meeting(meeting) if rows else []
    sources += [source("Lessons and actions in the agencies’ summaries")] if from_agencies else []
    numbered = [[str(number), *row] for number, row in enumerate([*rows, *from_agencies], 1)]
    return _section(
        {"head": ["No.", "Action", "Outcome", "Lead officer", "Date", "From"], "rows": numbered},
        {"text": _withheld(review, marks, "action")},
        sources=sources,
        empty="No action was agreed.",
    )


def _withheld(review, marks, kind, **of_summary):
    """That rows of this kind of the returned summaries are withheld from the report, in neutral words."""
    counted = returned_summaries(review).filter(**of_summary)
    return said_of_withheld(kind for summary in counted for _ in marks.hidden(kind, summary))


def _day(day):
    """A date in a narrow column: never broken over two lines."""
    return say_date(day).replace(" ", "\u00a0") if day else ""


def _views(meeting):
    rows = [
        [
            _who_came(person),
            ", ".join(part for part in (str(person.agency or ""), person.role) if part),
            person.get_view_display(),
            person.rationale,
        ]
        for person in people_invited(meeting)
        if person.view
    ]
    return _section(
        {"head": ["Name", "Agency and role", "View", "Rationale"], "rows": rows},
        sources=source_of_meeting(meeting) if rows else (),
        empty="No view is recorded.",
    )


def _recommendation(review):
    row = getattr(review, "recommendation", None) or Recommendation(review=review)
    empty = {
        "2.4c": "No recommendation is entered.",
        "2.4d": "It is not entered whether there are issues of national importance.",
        "2.4e": "It is not entered how the learning is shared.",
        "2.4f": "It is not entered whether the learning is shared with the family.",
    }
    return {
        number: _section(
            _pairs(row, fields),
            sources=row.sources if number in ("2.4c", "2.4e") else (),
            empty=empty[number],
        )
        for number, fields in RECOMMENDATION.items()
    }


# The annex: the referral itself


def _referral(referral):
    """The referral as it was received, with what was corrected beside it: [{"title", "blocks"}] of each section."""
    found = []
    for section in REFERRAL_SECTIONS:
        blocks = [_answers(referral, section.form)] if section.form else []
        kind = section.rows
        rows = getattr(referral, kind.related).order_by("pk") if kind else ()
        if kind and kind.in_one_row:
            head = [kind.title, "What is known"]
            blocks.append({"head": head, "rows": [[str(row), _in_one_cell(row, kind.form)] for row in rows]})
        else:
            blocks += [_answers(row, kind.form) | {"title": str(row)} for row in rows]
        found.append({"title": section.title, "blocks": _section(*blocks, empty="Nothing was entered.")["blocks"]})
    corrections = Correction.objects.filter(reference=referral.reference).select_related("made_by").order_by("pk")
    rows = [[row.about, row.text, f"{row.made_by}, {say_moment(row.made_at)}"] for row in corrections]
    if rows:
        blocks = [{"head": ["Answer", "What is right", "Corrected by"], "rows": rows}]
        found.append({"title": "Corrections", "blocks": blocks})
    return found


def _in_one_cell(record, form):
    return "\n".join(f"{question}: {answer}" for question, answer in _answers(record, form)["pairs"])


def _answers(record, form):
    boxes = [field.name for field in record._meta.concrete_fields if isinstance(field, models.BooleanField)]
    unticked = [name for name in boxes if getattr(record, name) is False]
    return _pairs(record, [name for name in form.shown_fields() if name not in unticked])
