"""Referrals in every status, reached as people reach it: through the workflow functions, each step with its moment.

    referral = situations.screened(cast)                     # the hospital's
    referral = situations.screened(cast, side=cast.theirs)   # another agency's
    referral = Way(cast).reach("with_panel")                 # see way.py

On the way, from the morning of Friday 11 December 2026: opened 9:00, sent 10:00, approved (received) 11:00, screened
12:00, put to the Virtual Panel 12:30. A test at another moment gives `day`.
"""

from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from casework import dates, files, sight, undelivered
from deadlines import rules
from deadlines.models import Deadline
from notifications.models import Notice
from referrals import forms, workflow
from referrals.models import Referral
from tests.factories.answers import answers_for, answers_to_all, marker
from tests.factories.way import DAY, on_its_own, situation
from tests.moments import london


def at(day, clock_time):
    return london(f"{day} {clock_time}")


def fill_in(referral, *, by, on, tag="", rows=True, children=(), **given):
    """This will answer every question of a referral and add a row of each kind; `given` answers of the referral's own.

    `children` is a list of {field: answer}: one child each. Without it there is one child who died, with every answer.
    """
    tag = tag or referral.reference
    usual = {
        "referred_on": date.fromisoformat(DAY),
        "incident_on": date(2026, 12, 9),
        "incident_until": date(2026, 12, 10),
        "la_aware_on": date(2026, 12, 10),
        "la_reported_on": date(2026, 12, 10),
        "discussed_on": date(2026, 12, 10),
        "factors": ["neglect", "other"],
    }
    forms_of_sections = [section.form for section in forms.SECTIONS if section.form]
    workflow.fill_in(referral, by=by, on=on, values=answers_to_all(forms_of_sections, tag, **usual | given))
    for section in forms.SECTIONS:
        if section.rows and (rows or section.slug == "children"):
            wanted = (children or [{}]) if section.slug == "children" else [{}]
            for number, answers in enumerate(wanted):
                add_row(referral, section.rows.slug, by=by, on=on, tag=f"{tag}-{number}", **answers)
    referral.refresh_from_db()
    return referral


def add_row(referral, kind, *, by, on, tag="", **given):
    """This will add one row (child, carer, sibling, other, service, process) with every answer."""
    kind = forms.ROWS[kind]
    usual = {
        "child": {"date_of_birth": date(2017, 3, 19), "died_on": date(2026, 12, 10), "expected_on": None},
    }.get(kind.slug, {"date_of_birth": date(1991, 6, 23)} if "date_of_birth" in kind.form.base_fields else {})
    row = kind.model(referral=referral)
    values = answers_for(kind.form, tag or referral.reference, **usual | given)
    workflow.fill_in_row(referral, by=by, on=on, row=row, values=values)
    return row


@situation
def empty(cast, *, side=None, day=DAY):
    """Opened; nothing filled in but what the hub knows of the referrer."""
    side = side or cast.ours
    return workflow.open_referral(by=side.referrer, on=at(day, "09:00"))


@situation
def draft(cast, *, side=None, day=DAY, **answers):
    """Every section filled in, not sent."""
    side = side or cast.ours
    return fill_in(empty(cast, side=side, day=day), by=side.referrer, on=at(day, "09:30"), **answers)


@situation
def with_approver(cast, *, side=None, day=DAY, **answers):
    """Sent to the agency's senior manager."""
    side = side or cast.ours
    referral = draft(cast, side=side, day=day, **answers)
    return workflow.submit(referral, by=side.referrer, on=at(day, "10:00"), approver=side.approver)


@situation
def returned(cast, *, side=None, day=DAY, **answers):
    """Sent back by the approver with a comment."""
    side = side or cast.ours
    referral = with_approver(cast, side=side, day=day, **answers)
    return workflow.return_to_referrer(
        referral, by=side.approver, on=at(day, "10:30"), reason=marker(referral.reference, "return reason")
    )


@situation
def received(cast, *, side=None, day=DAY, **answers):
    """Approved, and so received by the partnership."""
    side = side or cast.ours
    return workflow.approve(with_approver(cast, side=side, day=day, **answers), by=side.approver, on=at(day, "11:00"))


@situation
def keyed_in(cast, *, side=None, day=DAY, **answers):
    """Came by e-mail at 8:15, keyed in by the co-ordinator, the original attached; not received yet."""
    by, on = cast.coordinator, at(day, "09:00")
    referral = workflow.key_in_referral(by=by, on=on, received_at=at(day, "08:15"), channel="email")
    answers = {"referrer_organisation": side.agency.name if side else "Larkspur Homes"} | answers
    fill_in(referral, by=by, on=at(day, "09:30"), **answers)
    add_file(referral, by=by, on=on)
    return referral


@situation
def screened(cast, *, side=None, day=DAY, **answers):
    """Received, and the screening recorded with the moment the local authority became aware."""
    referral = received(cast, side=side, day=day, **answers)
    return screen(cast, referral, on=at(day, "12:00"))


def screen(cast, referral, *, on, **given):
    values = {
        "child_reference": marker(referral.reference, "child_reference"),
        "complete": True,
        "in_our_area": True,
        "la_aware_at": on - timedelta(days=1, hours=2),
        "already_notified": "being_considered",
        "duplicates_checked": True,
        "screening_notes": marker(referral.reference, "screening_notes"),
    }
    return workflow.screen(referral, by=cast.business_manager, on=on, **values | given)


@situation
def more_information(cast, *, side=None, day=DAY, **answers):
    """The business unit asked the referrer a question."""
    return workflow.ask(
        screened(cast, side=side, day=day, **answers),
        by=cast.coordinator,
        on=at(day, "12:15"),
        question=marker(day, "question"),
        needed_by=date.fromisoformat(day) + timedelta(days=3),
    )


@situation
def with_panel(cast, *, side=None, day=DAY, **answers):
    """Put to the Virtual Panel: every member and alternate is asked."""
    referral = screened(cast, side=side, day=day, **answers)
    return workflow.send_to_panel(
        referral,
        by=cast.business_manager,
        on=at(day, "12:30"),
        rationale=marker(referral.reference, "screening rationale"),
    )


@situation
def timescale_paused(cast, *, side=None, day=DAY, **answers):
    """The local date of the serious incident notification stands still."""
    referral = with_panel(cast, side=side, day=day, **answers)
    local = Deadline.objects.get(reference=referral.reference, rule=rules.SIN_LOCAL.code)
    dates.pause(local, by=cast.business_manager, on=at(day, "12:50"), reason="A trial", agreed_by="The partners")
    return Referral.objects.select_related("case").get(pk=referral.pk)


@situation
def email_undelivered(cast, *, side=None, day=DAY, **answers):
    """The mail server will never take what asks somebody for their view."""
    referral = with_panel(cast, side=side, day=day, **answers)
    notice = Notice.objects.filter(case=referral.case, user=cast.panel_icb).get()
    notice.given_up_at, notice.attempts, notice.error = at(day, "12:50"), 1, "refused with 550"
    notice.save()
    undelivered.ask(notice, on=at(day, "12:50"))
    return referral


@situation
def restricted(cast, *, side=None, day=DAY, **answers):
    """A case that the business manager alone holds; somebody who is named in it is kept out."""
    referral = with_panel(cast, side=side, day=day, **answers)
    case, by = referral.case, cast.business_manager
    sight.keep_out(case, by=by, on=at(day, "12:40"), person=cast.school, reason="Named in the case")
    sight.restrict_case(case, by=by, on=at(day, "12:45"), reason="A colleague’s child")
    return Referral.objects.select_related("case").get(pk=referral.pk)


@situation
def somebody_named(cast, *, side=None, day=DAY, **answers):
    """With the Virtual Panel; the person suspected of harm has the name of somebody at a school."""
    return with_panel(cast, side=side, day=day, **{"suspect_name": cast.school.full_name} | answers)


@situation
@on_its_own
def additional(cast, *, side=None, day=DAY, first=None, **answers):
    """Attached to the case of an earlier referral about the same incident, made by the other agency."""
    side = side or cast.ours
    first = first or received(cast, side=cast.theirs if side is cast.ours else cast.ours, day=day)
    referral = screened(cast, side=side, day=day, **answers)
    return workflow.attach(
        referral,
        by=cast.business_manager,
        on=at(day, "12:30"),
        first=first,
        rationale=marker(referral.reference, "why same"),
    )


@situation
def passed_on(cast, *, side=None, day=DAY, **answers):
    """The incident happened elsewhere: passed to another partnership."""
    referral = screened(cast, side=side, day=day, **answers)
    return workflow.pass_on(
        referral,
        by=cast.business_manager,
        on=at(day, "12:30"),
        passed_to="Foxglove and Vale partnership",
        passed_at=at(day, "12:20"),
        rationale=marker(referral.reference, "why passed"),
    )


@situation
def withdrawn(cast, *, side=None, day=DAY, **answers):
    """Withdrawn by the referrer after the partnership had received it."""
    return withdraw(received(cast, side=side, day=day, **answers), on=at(day, "12:00"))


@situation
def never_sent(cast, *, side=None, day=DAY, **answers):
    """A draft that was withdrawn before anybody else saw it."""
    return withdraw(draft(cast, side=side, day=day, **answers), on=at(day, "12:00"))


def withdraw(referral, *, on):
    """This will withdraw a referral as the person who opened it."""
    return workflow.withdraw(
        referral, by=referral.opened_by, on=on, reason=marker(referral.reference, "withdrawal reason")
    )


# The decision

BOTH_MET = {"abuse": "met", "harm": "met", "outcome": "rapid_review", "sin_needed": True}
NOT_MET = {"abuse": "met", "harm": "not_met", "outcome": "no_further_action", "sin_needed": False}


def give_view(referral, *, by, on, **answers):
    """This will give a Virtual Panel member's view, with every answer that goes with it."""
    answers = BOTH_MET | answers
    given = {"referral_read": True, "needed": "", "nfa_reason": "", "nfa_reason_other": ""} | answers
    if answers["outcome"] == "no_further_action":
        given |= {"nfa_reason": "not_multi_agency"} | answers
    values = answers_for(forms.GiveView, referral.reference, by.email, **given)
    return workflow.give_view(referral, by=by, on=on, **values)


@situation
def one_view(cast, *, side=None, day=DAY, **answers):
    """With the Virtual Panel; the local authority's member has given a view."""
    return give_view(with_panel(cast, side=side, day=day, **answers), by=cast.panel_la, on=at(day, "13:00"))


@situation
def rapid_review_decided(cast, *, side=None, day=DAY, **answers):
    """Two of three partners agreed on a rapid review; the police have not answered."""
    return give_view(one_view(cast, side=side, day=day, **answers), by=cast.panel_icb, on=at(day, "13:10"))


@situation
def no_further_action(cast, *, side=None, day=DAY, **answers):
    """Two of three partners agreed on no further action, and the referrer was told."""
    referral = with_panel(cast, side=side, day=day, **answers)
    for member, minute in ((cast.panel_la, "13:00"), (cast.panel_icb, "13:10")):
        referral = give_view(referral, by=member, on=at(day, minute), **NOT_MET)
    return workflow.tell_outcome(
        referral, by=cast.business_manager, on=at(day, "13:20"), told=marker(referral.reference, "told")
    )


@situation
def sin_sent(cast, *, side=None, day=DAY, **answers):
    """A rapid review is decided, the local authority decided to notify, and the notification was sent."""
    referral = rapid_review_decided(cast, side=side, day=day, **answers)
    referral = workflow.decide_notification(
        referral, by=cast.la_notifier, on=at(day, "13:20"), notify=True, why=marker(referral.reference, "why notify")
    )
    return workflow.record_notification(
        referral,
        by=cast.la_notifier,
        on=at(day, "13:40"),
        sent_at=at(day, "13:30"),
        sin_reference=f"SIN-{marker(referral.reference, 'sin', longest=9)}",
        sent_by=cast.la_notifier,
    )


@situation
def with_file(cast, *, side=None, day=DAY, **answers):
    """Received, with a file that the referrer had added."""
    side = side or cast.ours
    referral = draft(cast, side=side, day=day, **answers)
    add_file(referral, by=side.referrer, on=at(day, "09:40"))
    referral = workflow.submit(referral, by=side.referrer, on=at(day, "10:00"), approver=side.approver)
    return workflow.approve(referral, by=side.approver, on=at(day, "11:00"))


def add_file(referral, *, by, on):
    """This will put an e-mail beside a referral, its name a marker."""
    name = f"{marker(referral.reference, 'file')}.eml"
    upload = SimpleUploadedFile(name, b"From: post@larkspur.example\r\nSubject: Text\r\n\r\nText\r\n")
    return files.store(upload, record=referral, by=by, on=on)
