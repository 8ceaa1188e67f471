"""Rapid reviews and single agency summaries in the situations of the gathering, reached through the workflow.

    review = rapid_reviews.review_gathering(cast)                    # the hospital's referral
    summary = rapid_reviews.summary_returned(cast, side=cast.theirs)

After `situations.sin_sent`, on Friday 11 December 2026: opened 13:42, chair appointed and declared 13:44, agencies
asked 13:45, summaries from 13:46, the pack issued 13:55. Of our side's case Larkspur Homes and Thistledown Community
Trust are asked, of the other side's Thistledown alone.
"""

from datetime import date, timedelta

from partnership.models import Membership
from partnership.roles import Role
from rapid_reviews import forms, workflow
from rapid_reviews.models import AgencySummary
from referrals import workflow as referral_workflow
from tests.factories import situations
from tests.factories.answers import answers_for, answers_to_all, marker
from tests.factories.people import Memberships
from tests.factories.situations import DAY, at
from tests.factories.way import situation


@situation
def review_opened(cast, *, side=None, day=DAY, **answers):
    """Opened from the referral, nothing else done."""
    referral = situations.sin_sent(cast, side=side, day=day, **answers)
    return workflow.open_from_referral(by=cast.coordinator, on=at(day, "13:42"), referral=referral)


@situation
def chair_appointed(cast, *, side=None, day=DAY, **answers):
    """The independent reviewer is appointed chair and has not declared anything yet."""
    review = review_opened(cast, side=side, day=day, **answers)
    skills = marker(review.reference, "chair_skills")
    return workflow.appoint_chair(
        review, by=cast.business_manager, on=at(day, "13:43"), chair=cast.reviewer, skills=skills
    )


@situation
def review_gathering(cast, *, side=None, day=DAY, **answers):
    """The chair has declared; agencies were asked and have not answered."""
    review = chair_appointed(cast, side=side, day=day, **answers)
    review = workflow.declare_no_conflict(review, by=cast.reviewer, on=at(day, "13:44"))
    asked = [cast.trust] if side is cast.theirs else [cast.housing, cast.trust]
    return workflow.ask_agencies(review, by=cast.coordinator, on=at(day, "13:45"), agencies=asked)


def of(review, agency):
    """This will return the summary an agency was asked for."""
    return AgencySummary.objects.select_related("case").get(review=review, agency=agency)


def usual(cast, review):
    """The summary most tests look at: Larkspur Homes', or Thistledown's where it alone was asked."""
    housing = AgencySummary.objects.filter(review=review, agency=cast.housing)
    return of(review, cast.housing if housing.exists() else cast.trust)


def lead_of(cast, summary):
    return cast.agency_lead if summary.agency == cast.housing else cast.other_lead


def approver_of(cast, summary):
    return cast.second_lead if summary.agency == cast.housing else cast.other_approver


@situation
def summary_asked(cast, *, side=None, day=DAY, **answers):
    """An agency was asked for its summary."""
    return usual(cast, review_gathering(cast, side=side, day=day, **answers))


def fill_in(summary, *, by, on, tag="", **given):
    """This will answer every question of a summary and add a row of each kind; `given` answers of the summary's own."""
    tag = tag or summary.reference
    usual_answers = {
        "involved": True,
        "independent": True,
        "not_independent_why": "",
        "family_matches": False,
        "involvement_from": date(2016, 2, 3),
        "involvement_until": date(2026, 12, 1),
    } | given
    involved = {"involved": usual_answers.pop("involved")}
    forms_of_sections = [section.form for section in forms.SECTIONS if section.form]
    values = answers_to_all(forms_of_sections, tag, **usual_answers) | involved
    summary = workflow.fill_in_summary(summary, by=by, on=on, values=values)
    for section in forms.SECTIONS:
        if section.rows:
            add_row(summary, section.rows.slug, by=by, on=on, tag=tag)
    return workflow.secure_records(summary, by=by, on=on, records_where=marker(tag, "records_where"))


def add_row(summary, kind, *, by, on, tag="", **given):
    """This will add one row (event, correction, action, practitioner) with every answer."""
    kind = forms.ROWS[kind]
    usual_answers = {
        "event": {"precision": "exact", "starts_on": date(2026, 3, 3), "ends_on": None},
    }.get(kind.slug, {})
    row = kind.model(summary=summary)
    values = answers_for(kind.form, tag or summary.reference, **usual_answers | given)
    workflow.fill_in_summary_row(summary, by=by, on=on, row=row, values=values)
    return row


@situation
def summary_filled_in(cast, *, side=None, day=DAY, **answers):
    """Every section is filled in; not sent."""
    summary = summary_asked(cast, side=side, day=day, **answers)
    return fill_in(summary, by=lead_of(cast, summary), on=at(day, "13:46"))


BROUGHT = "Date\tSource\tEvent\n3 March 2026\tLog\tA call about the rent\n"


@situation
def chronology_brought(cast, *, side=None, day=DAY, **answers):
    """A summary being written, for which a chronology was brought as a file and is not imported yet."""
    summary = summary_filled_in(cast, side=side, day=day, **answers)
    return workflow.bring_chronology(summary, by=lead_of(cast, summary), on=at(day, "13:55"), pasted=BROUGHT)


@situation
def chronology_imported(cast, *, side=None, day=DAY, **answers):
    """The same, imported."""
    summary = chronology_brought(cast, side=side, day=day, **answers)
    brought = summary.imports.get()
    return workflow.import_chronology(summary, by=lead_of(cast, summary), on=at(day, "13:56"), brought=brought)


@situation
def section_given(cast, *, side=None, day=DAY, **answers):
    """A summary being written: its agency's lead gave a section to a colleague."""
    summary = summary_filled_in(cast, side=side, day=day, **answers)
    given_to = cast.second_lead if summary.agency == cast.housing else cast.other_lead
    return workflow.give_section(
        summary, by=lead_of(cast, summary), on=at(day, "13:47"), section="child", person=given_to
    )


@situation
def section_finished(cast, *, side=None, day=DAY, **answers):
    """The same; the colleague has finished it."""
    summary = section_given(cast, side=side, day=day, **answers)
    return workflow.finish_section(
        summary, by=summary.given_sections.get().person, on=at(day, "13:48"), section="child"
    )


@situation
def summary_with_approver(cast, *, side=None, day=DAY, **answers):
    """Sent to the agency's approver."""
    summary = summary_filled_in(cast, side=side, day=day, **answers)
    return workflow.send_for_approval(
        summary, by=lead_of(cast, summary), on=at(day, "13:47"), approver=approver_of(cast, summary)
    )


def return_it(cast, summary, *, on, **answers):
    """This will fill in, send and approve a summary."""
    by, approver = lead_of(cast, summary), approver_of(cast, summary)
    summary = fill_in(summary, by=by, on=on, **answers)
    summary = workflow.send_for_approval(summary, by=by, on=on, approver=approver)
    return workflow.approve_summary(summary, by=approver, on=on)


@situation
def summary_returned(cast, *, side=None, day=DAY, **answers):
    """Approved, and so returned to the partnership; nobody there has read it yet."""
    summary = summary_with_approver(cast, side=side, day=day, **answers)
    return workflow.approve_summary(summary, by=approver_of(cast, summary), on=at(day, "13:48"))


@situation
def summary_returned_again(cast, *, side=None, day=DAY, **answers):
    """Sent back with a comment on one section, changed there, and returned again."""
    summary = summary_returned(cast, side=side, day=day, **answers)
    comments = {"child": marker(summary.reference, "comment on a section")}
    summary = workflow.send_back(
        summary, by=cast.coordinator, on=at(day, "13:49"), reason="Say more", comments=comments
    )
    by, approver = lead_of(cast, summary), approver_of(cast, summary)
    values = {"pen_picture": marker(summary.reference, "another pen picture")}
    summary = workflow.fill_in_summary(summary, by=by, on=at(day, "13:50"), values=values)
    summary = workflow.send_for_approval(summary, by=by, on=at(day, "13:51"), approver=approver)
    return workflow.approve_summary(summary, by=approver, on=at(day, "13:52"))


def restrict(summary, kind="event", thing=None, *, by, on, **terms):
    """This will mark something of a summary as not to be shared: its first event, unless another thing is named."""
    if thing is None:
        thing = summary.events.order_by("pk").first()
    usual_terms = {
        "asked_by": marker(summary.reference, "asked_by"),
        "asked_by_organisation": marker(summary.reference, "force"),
        "reason": marker(summary.reference, "why withheld"),
        "review_on": (on + timedelta(days=14)).date(),
    }
    workflow.restrict_disclosure(summary, by=by, on=on, kind=kind, thing=thing, **usual_terms | terms)
    return summary.restrictions.order_by("-pk").first()


@situation
def summary_restricted(cast, *, side=None, day=DAY, **answers):
    """Returned; its lead has marked an event as not to be shared."""
    summary = summary_returned(cast, side=side, day=day, **answers)
    restrict(summary, by=lead_of(cast, summary), on=at(day, "13:49"))
    return summary


@situation
def summary_accepted(cast, *, side=None, day=DAY, **answers):
    """Returned and accepted."""
    return workflow.accept_summary(
        summary_returned(cast, side=side, day=day, **answers), by=cast.coordinator, on=at(day, "13:49")
    )


@situation
def summary_nil(cast, *, side=None, day=DAY, **answers):
    """A nil return: the agency found no contact."""
    return make_nil(cast, summary_asked(cast, side=side, day=day, **answers), on=at(day, "13:46"))


def make_nil(cast, summary, *, on):
    return workflow.return_nil(
        summary,
        by=lead_of(cast, summary),
        on=on,
        systems_searched=marker(summary.reference, "systems_searched"),
        names_used=marker(summary.reference, "names_used"),
        searched_by=marker(summary.reference, "searched_by"),
    )


@situation
def summary_keyed_in(cast, *, side=None, day=DAY, **answers):
    """Came by e-mail: the co-ordinator types it in, with every answer and the original; not entered yet."""
    summary = summary_asked(cast, side=side, day=day, **answers)
    by, on = cast.coordinator, at(day, "13:46")
    summary = workflow.key_in_summary(summary, by=by, on=on)
    situations.add_file(summary, by=by, on=on)
    return fill_in(summary, by=by, on=on)


@situation
def chronology_shared(cast, *, side=None, day=DAY, **answers):
    """A summary is returned, and the chronology shared with the chair before the pack."""
    review = summary_returned(cast, side=side, day=day, **answers).review
    return workflow.share_chronology(review, by=cast.coordinator, on=at(day, "13:50"))


@situation
def pack_issued(cast, *, side=None, day=DAY, **answers):
    """Every agency that was asked has returned its summary; the pack is issued to the rapid review panel."""
    review = review_gathering(cast, side=side, day=day, **answers)
    for summary in AgencySummary.objects.filter(review=review).order_by("pk"):
        return_it(cast, summary, on=at(day, "13:50"))
    review = workflow.plan(
        review,
        by=cast.coordinator,
        on=at(day, "13:54"),
        period_from=review.period_from,
        period_until=review.period_until,
        meeting_at=at("2026-12-28", "10:00"),
        meeting_place=marker(review.reference, "meeting_place"),
    )
    members = [cast.panel_la, cast.panel_icb, cast.panel_police, review.referral.opened_by]
    members += [lead_of(cast, summary) for summary in review.summaries.order_by("pk")]
    return workflow.issue_pack(review, by=cast.coordinator, on=at(day, "13:55"), members=members)


def give_council_a_lead(cast):
    """This will give the council a safeguarding lead, where a test asks it as well."""
    lead = {"user": cast.manager, "agency": cast.council, "role": Role.AGENCY_LEAD}
    if not Membership.objects.filter(**lead).exists():
        Memberships(**lead)
    return cast.manager


def notified_on_monday(cast):
    """The example of the timescales: received on Friday 11 December 2026, the notification sent on the Monday after."""
    referral = situations.rapid_review_decided(cast, day="2026-12-11")
    return referral_workflow.record_notification(
        referral,
        by=cast.la_notifier,
        on=at("2026-12-14", "09:40"),
        sent_at=at("2026-12-14", "09:30"),
        sin_reference="SIN-0042",
        sent_by=cast.la_notifier,
    )


def pack_issued_of_monday(cast):
    """Of that example: one summary accepted, one nil return, the pack issued on 23 December to four and the chair."""
    monday, team = at("2026-12-14", "10:00"), cast.coordinator
    referral = notified_on_monday(cast)
    review = workflow.open_from_referral(by=team, on=monday, referral=referral)
    review = workflow.appoint_chair(review, by=cast.business_manager, on=monday, chair=cast.reviewer, skills="Neglect")
    review = workflow.declare_no_conflict(review, by=cast.reviewer, on=monday)
    review = workflow.ask_agencies(review, by=team, on=monday, agencies=[cast.housing, cast.trust])
    make_nil(cast, of(review, cast.trust), on=at("2026-12-15", "10:00"))
    summary = return_it(cast, of(review, cast.housing), on=at("2026-12-21", "10:00"))
    workflow.accept_summary(summary, by=team, on=at("2026-12-22", "10:00"))
    review.refresh_from_db()
    review = workflow.plan(
        review,
        by=team,
        on=at("2026-12-22", "10:00"),
        period_from=review.period_from,
        period_until=review.period_until,
        meeting_at=at("2026-12-29", "10:00"),
        meeting_place="Weir Room",
    )
    members = [cast.panel_la, cast.panel_icb, cast.agency_lead, cast.referrer]
    return workflow.issue_pack(review, by=team, on=at("2026-12-23", "10:00"), members=members)
