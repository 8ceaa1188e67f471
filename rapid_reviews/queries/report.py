"""What the report is made of: the prefilled text with its sources, the whole content, and what it still lacks."""

from django.utils import timezone

from casework import details
from design.forms import say_date, say_moment
from partnership.models import Partner
from rapid_reviews.models import SECTIONS, AgencySummary, Recommendation
from rapid_reviews.queries.gathering import summary_status


def _source(what, by, at):
    return {"what": what, "by": str(by) if by else "", "at": timezone.localtime(at).isoformat() if at else ""}


def _from_summaries(summaries, *fields):
    """The named answers of each returned summary under its agency's name, and where they come from."""
    texts, sources = [], []
    for summary in summaries:
        said = "\n".join(getattr(summary, field).strip() for field in fields if getattr(summary, field).strip())
        if said:
            texts.append(f"{summary.agency}: {said}")
            sources.append(_source(f"{summary.reference}, {summary.agency}", summary.author, summary.returned_at))
    return "\n\n".join(texts), sources


def _join(*parts):
    texts = [text for text, _ in parts if text]
    return "\n\n".join(texts), [source for text, found in parts if text for source in found]


def prefill(review):
    """This will return, for each section that is text, what was gathered and its sources: {section: (text, sources)}.

    Only the starting point: the business team and the chair edit it, and the sources stay beside it.
    """
    referral, meeting = review.referral, getattr(review, "meeting", None)
    summaries = list(returned_summaries(review))
    from_referral = [_source(f"Referral {referral.reference}", referral.referrer_name, referral.received_at)]
    from_meeting = [_source("Meeting", meeting.note_taker, meeting.recorded_at)] if meeting else []

    def said(field):
        return (getattr(meeting, field) if meeting else ""), from_meeting

    children = list(referral.children.order_by("pk"))
    pen_pictures = "\n\n".join(child.pen_picture for child in children if child.pen_picture)
    harm = "\n\n".join(child.harm for child in children if child.harm)
    kept_safe = "\n".join(part for part in (referral.kept_safe_what, referral.kept_safe_who) if part)
    identity = "\n".join(_identity(child) for child in children)
    processes = "\n".join(_process(process) for process in referral.processes.order_by("pk"))
    events = sum(summary.events.count() for summary in summaries)
    overview = f"The combined chronology holds {events} events from {len(summaries)} agencies." if events else ""
    chronology = [_source("Combined chronology", "", None)]
    return {
        "2.1a": _join((referral.outline, from_referral), (harm, from_referral), (pen_pictures, from_referral)),
        "2.1b": _join((overview, chronology), _from_summaries(summaries, "key_periods")),
        "2.1c": _join((kept_safe, from_referral), said("immediate_concerns")),
        "2.1d": _join(
            (processes, from_referral),
            (referral.other_considerations, from_referral),
            _from_summaries(
                summaries, "criminal_process", "professional_process", "single_agency_process", "other_review"
            ),
            said("parallel"),
        ),
        "2.2a": _from_summaries(summaries, "pen_picture", "views_wishes", "presents", "life_is_like", "impact"),
        "2.2a.i": (identity, from_referral),
        "2.2b": _from_summaries(summaries, "about_parents", "about_siblings"),
        "2.2c": _from_summaries(summaries, "perspective"),
        "2.2d": said("thoughts"),
        "2.2f": _join(_from_summaries(summaries, "worried_about"), said("worried_about")),
        "2.2g": _join(_from_summaries(summaries, "worked_well"), said("worked_well")),
        "2.2h": ("", []),
        "2.4a": _join((_missing(review), [_source("Requests to agencies", "", review.opened_at)])),
    }


def _identity(child):
    rows = details.rows(
        child,
        ["ethnicity", "first_language", "religion", "disability", "disability_types", "send", "gender_identity"],
        sees_confidential=False,
        only_given=True,
    )
    return "\n".join([str(child), *(f"{row.label}: {row.value}" for row in rows)])


def _process(process):
    parts = [process.process_other or process.get_process_display(), process.process_reference, process.may_share]
    return ", ".join(part for part in parts if part)


def _missing(review):
    late = [
        summary for summary in _summaries(review) if summary_status(summary) in ("not_returned", "late_after_meeting")
    ]
    if not late:
        return ""
    return "Asked and not returned, or late: " + ", ".join(str(summary.agency) for summary in late) + "."


def _summaries(review):
    return review.summaries.select_related("agency", "author", "review").order_by("agency__name")


def returned_summaries(review):
    """This will return the summaries that count for the report, in the order of their agencies' names."""
    return _summaries(review).filter(status__in=AgencySummary.RETURNED_STATUSES)


def content(review):
    """This will return the whole report as plain data, as it stands now: what is shown, frozen, signed and printed.

    Keys are in the report's order; every value is a string, a list or a dictionary of such. A confidential address is
    withheld.
    """
    referral, meeting = review.referral, getattr(review, "meeting", None)
    recommendation = getattr(review, "recommendation", None) or Recommendation(review=review)
    texts = {section.section: section for section in review.sections.all()}
    return {
        "reference": review.reference,
        "marking": "OFFICIAL-SENSITIVE",
        "cover": _cover(review, referral, meeting),
        "1.1a": [_contributing(summary, meeting) for summary in returned_summaries(review)],
        "1.1b": [
            {"agency": str(summary.agency), "searched": summary.systems_searched, "by": summary.searched_by}
            for summary in _summaries(review).filter(status=AgencySummary.Status.NIL)
        ],
        "1.1c": _family(referral),
        "1.1d": [
            {"agency": str(summary.agency), "status": str(summary.get_status_display())}
            for summary in _summaries(review)
            if summary_status(summary) in ("not_returned", "late_before_meeting", "late_after_meeting")
        ],
        "texts": [
            {
                "section": section,
                "title": title,
                "text": texts[section].text if section in texts else "",
                "sources": texts[section].sources if section in texts else [],
            }
            for section, title in SECTIONS.items()
        ],
        "2.2e": {
            "branches": [
                {"concern": branch.concern, "cause": branch.cause, "effect": branch.effect}
                for branch in review.branches.order_by("pk")
            ],
            "episodes": [
                {"dates": episode.dates, "what": episode.what, "why": episode.why, "shows": episode.shows}
                for episode in review.episodes.order_by("pk")
            ],
        },
        "2.3a": _actions(review, meeting),
        "2.4b": [
            {
                "name": view.name,
                "agency": str(view.agency or ""),
                "view": str(view.get_view_display()),
                "rationale": view.rationale,
            }
            for view in (meeting.views.select_related("agency").order_by("pk") if meeting else [])
        ],
        "2.4c": _pairs(
            recommendation,
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
        "2.4d": _pairs(recommendation, "national_importance", "national_issues"),
        "2.4e": _pairs(recommendation, "learning_shared"),
        "2.4f": _pairs(recommendation, "share_with_family", "family_why"),
        "conflicts": _conflicts(review, meeting),
    }


def _pairs(record, *fields):
    rows = details.rows(record, fields, sees_confidential=False, only_given=True)
    return [[row.label, row.value] for row in rows]


def _cover(review, referral, meeting):
    sin = getattr(referral, "sin", None)
    children = list(referral.children.order_by("pk"))
    pairs = []
    for child in children:
        born = say_date(child.date_of_birth) if child.date_of_birth else "not known"
        pairs.append(["Child", f"{child}, date of birth {born}"])
        if child.died_on:
            pairs.append(["Date of death", say_date(child.died_on)])
    pairs += [
        ["Date of the incident", say_date(referral.incident_on)],
        ["Referral", f"{referral.reference}, received {say_moment(referral.received_at)}"],
        ["Local authority became aware", say_moment(referral.la_aware_at) if referral.la_aware_at else "Not recorded"],
        [
            "Serious incident notification",
            f"{sin.sin_reference}, sent {say_moment(sin.sent_at)}" if sin else "Not recorded",
        ],
        ["Chair", str(review.chair or "Not appointed")],
        ["Meeting", say_date(meeting.held_on) if meeting and meeting.held_on else "Not held"],
    ]
    return pairs


def _contributing(summary, meeting):
    came = meeting.attendances.filter(agency=summary.agency).order_by("pk") if meeting else []
    return {
        "agency": str(summary.agency),
        "author": summary.author_name or (str(summary.author) if summary.author else ""),
        "role": summary.author_designation,
        "approved": summary.approver_name or f"Not approved by a second person: {summary.approval_waived_why}",
        "status": summary_status(summary).replace("_", " ").capitalize(),
        "attended": ", ".join(f"{one.name}: {one.get_attended_display()}" for one in came) or "Not represented",
    }


def _family(referral):
    people = []
    for child in referral.children.select_related("home_address").order_by("pk"):
        people.append(_person(child, "Subject child", child.home_address))
    for kind in (referral.carers, referral.siblings, referral.other_people):
        for person in kind.select_related("address").order_by("pk"):
            relationship = (
                person.relationship_other or person.get_relationship_display() or kind.model._meta.verbose_name
            )
            people.append(_person(person, str(relationship), person.address))
    return people


def _person(person, relationship, address):
    return {
        "name": str(person),
        "born": say_date(person.date_of_birth) if person.date_of_birth else "Not known",
        "ethnicity": str(person.get_ethnicity_display() or "Not known"),
        "relationship": relationship,
        "address": address.shown_to(False) if address else "Not known",
    }


def _actions(review, meeting):
    found = []
    for action in meeting.actions.order_by("pk") if meeting else []:
        found.append(
            {
                "action": action.action,
                "outcome": action.outcome,
                "lead": action.lead_officer,
                "due": say_date(action.due_on) if action.due_on else "",
            }
        )
    for summary in returned_summaries(review):
        for action in summary.lesson_actions.order_by("pk"):
            found.append(
                {
                    "action": action.action,
                    "outcome": action.outcome,
                    "lead": f"{action.by_whom} ({summary.agency})",
                    "due": say_date(action.by_when) if action.by_when else "",
                }
            )
    return found


def _conflicts(review, meeting):
    lines = []
    if review.chair_declared_at:
        lines.append(f"{review.chair}, chair: declared no conflict of interest {say_moment(review.chair_declared_at)}.")
    if meeting and meeting.conflicts:
        lines.append(meeting.conflicts)
    return lines


NEEDED = ("2.1a", "2.1b", "2.1c", "2.2a", "2.2a.i", "2.2c", "2.2f", "2.2g")


def gaps_of_report(review):
    """This will list what the report lacks before it can be locked for signature, each as a sentence."""
    texts = {section.section: section.text.strip() for section in review.sections.all()}
    found = [f"Section {section} is empty: {SECTIONS[section]}" for section in NEEDED if not texts.get(section)]
    recommendation = getattr(review, "recommendation", None)
    if recommendation is None or not recommendation.outcome:
        found.append("The recommendation (2.4c) is missing")
    elif not recommendation.rationale:
        found.append("The recommendation (2.4c) has no rationale")
    if recommendation is None or recommendation.national_importance is None:
        found.append("Say whether there are issues of national importance (2.4d)")
    if not hasattr(review.referral, "sin"):
        found.append("The serious incident notification’s date, time and reference are not recorded")
    return found


def signatures_in_force(review):
    """This will return the partners' signatures that no later edit has voided, in the partners' order."""
    order = {partner.value: number for number, partner in enumerate(Partner)}
    signed = review.sign_offs.filter(voided_at=None).select_related("signed_by", "report_version")
    return sorted(signed.order_by("pk"), key=lambda sign_off: order[sign_off.partner])
