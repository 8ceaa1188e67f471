"""The local authority's own decision, and the serious incident notification as it was sent."""

import pytest

from casework.workflow import CannotProceed, NotAllowed
from deadlines import rules
from deadlines.models import Deadline
from partnership.roles import Role
from referrals import workflow
from tests.client import Visitor, words
from tests.factories import situations
from tests.factories.people import person_with
from tests.factories.situations import at

pytestmark = pytest.mark.begins_with("rapid_review_decided")
DAY = situations.DAY


def notify(cast, referral, *, sent_at, on, **more):
    values = {"sin_reference": "SIN-1", "sent_by": cast.la_notifier} | more
    return workflow.record_notification(referral, by=cast.la_notifier, on=on, sent_at=sent_at, **values)


def deadline(rule, referral):
    return Deadline.objects.filter(rule=rule.code, reference=referral.reference).latest("pk")


def test_the_duty_runs_five_working_days_from_awareness_and_ends_when_the_notification_was_sent(cast):
    referral = situations.rapid_review_decided(cast)
    national = deadline(rules.SIN_NATIONAL, referral)
    assert national.due_at == at("2026-12-17", "23:59")  # aware on Thursday 10 December
    notify(cast, referral, sent_at=at("2026-12-14", "09:00"), on=at("2026-12-14", "09:30"))
    national.refresh_from_db()
    assert national.met_at == at("2026-12-14", "09:00")
    assert deadline(rules.SIN_LOCAL, referral).met_at == at("2026-12-14", "09:00")


def test_the_report_is_due_fifteen_working_days_after_the_notification(cast):
    referral = situations.rapid_review_decided(cast)
    notify(cast, referral, sent_at=at("2026-12-14", "09:00"), on=at("2026-12-14", "09:30"))
    assert deadline(rules.REPORT_NATIONAL, referral).due_at == at("2027-01-07", "23:59")


def test_the_decision_may_differ_from_the_virtual_panels_and_ends_the_duty(cast):
    referral = situations.rapid_review_decided(cast)
    workflow.decide_notification(
        referral, by=cast.la_notifier, on=at("2026-12-14", "09:00"), notify=False, why="The harm was accidental."
    )
    assert deadline(rules.SIN_NATIONAL, referral).stopped_at is not None
    page = Visitor(cast.business_manager).text(f"{referral.get_absolute_url()}panel/")
    assert "Will not notify" in page
    assert "The harm was accidental." in page
    workflow.decide_notification(
        referral, by=cast.la_notifier, on=at("2026-12-15", "09:00"), notify=True, why="The coroner’s view."
    )
    assert deadline(rules.SIN_NATIONAL, referral).is_open


def test_a_late_notification_needs_its_reason_then_and_there(cast):
    referral = situations.rapid_review_decided(cast)
    late = at("2026-12-18", "10:00")
    with pytest.raises(CannotProceed, match="sent after its national date"):
        notify(cast, referral, sent_at=late, on=late)
    notify(cast, referral, sent_at=late, on=late, late_reason="The system was closed.")
    assert referral.__class__.objects.get(pk=referral.pk).sin.late_reason == "The system was closed."


def test_it_is_recorded_once_with_a_moment_in_the_past_and_a_person_of_the_local_authority(cast):
    referral = situations.rapid_review_decided(cast)
    now = at("2026-12-14", "09:30")
    with pytest.raises(CannotProceed, match="must be in the past"):
        notify(cast, referral, sent_at=at("2026-12-14", "09:31"), on=now)
    with pytest.raises(CannotProceed, match="belongs to the local authority"):
        notify(cast, referral, sent_at=now, on=now, sent_by=cast.business_manager)
    notify(cast, referral, sent_at=now, on=now)
    with pytest.raises(CannotProceed, match="recorded already"):
        notify(cast, referral, sent_at=now, on=now)


def test_only_the_local_authority_records_it(cast):
    referral = situations.rapid_review_decided(cast)
    now = at("2026-12-14", "09:30")
    for outsider in (cast.business_manager, cast.panel_la, cast.referrer, cast.partner_la):
        with pytest.raises(NotAllowed):
            workflow.record_notification(
                referral, by=outsider, on=now, sent_at=now, sin_reference="SIN-1", sent_by=cast.la_notifier
            )


def test_sent_before_the_referral_it_moves_the_open_milestones_earlier(cast):
    referral = situations.with_panel(cast)
    asked = Deadline.objects.open().filter(reference=referral.reference, rule=rules.VIRTUAL_PANEL.code)
    assert {row.due_at for row in asked} == {at("2026-12-14", "23:59")}
    notify(cast, referral, sent_at=at("2026-12-09", "10:00"), on=at(DAY, "13:00"))
    assert {row.due_at for row in asked.all()} == {at("2026-12-10", "23:59")}


def test_a_withdrawn_referral_leaves_the_duty_running_until_the_local_authority_decides(cast):
    referral = situations.withdraw(situations.screened(cast), on=at(DAY, "12:30"))
    assert deadline(rules.SIN_NATIONAL, referral).is_open
    workflow.decide_notification(
        referral, by=cast.la_notifier, on=at(DAY, "13:00"), notify=False, why="Not serious harm."
    )
    assert not deadline(rules.SIN_NATIONAL, referral).is_open


def test_the_page_names_the_national_date_and_offers_only_people_of_the_local_authority(cast):
    referral = situations.rapid_review_decided(cast)
    second = person_with("Nadia Thorpe", Role.LA_NOTIFIER, agency=cast.council)
    page = Visitor(cast.la_notifier).read(f"{referral.get_absolute_url()}record-notification/")
    assert "Thursday 17 December 2026" in words(page)
    offered = {option.get_text(strip=True) for option in page.select("[name=sent_by] option")}
    offered |= {label.get_text(strip=True) for label in page.select("label.govuk-radios__label")}
    assert {cast.la_notifier.full_name, second.full_name} <= offered
    assert cast.business_manager.full_name not in offered
