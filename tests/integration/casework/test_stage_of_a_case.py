"""The stage of a case follows its records: saved, with its history and the day it ended."""

from datetime import date

import pytest

from access.models import Case
from casework.workflow import NotAllowed
from referrals import workflow
from referrals.models import Referral
from tests.factories import situations
from trail.models import Event


def test_a_received_referral_is_a_case_in_the_stage_of_referral(cast):
    referral = situations.received(cast, rows=False)
    case = Case.objects.get(pk=referral.case_id)
    assert (case.stage, case.closed_on) == (Case.Stage.REFERRAL, None)
    last = case.history.order_by("-history_id").first()
    assert (last.stage, last.history_user, last.history_change_reason) == (
        "referral",
        cast.approver,
        referral.reference,
    )


def test_a_withdrawn_referral_ends_its_case_on_that_day(cast):
    referral = situations.withdrawn(cast, rows=False)
    case = Case.objects.get(pk=referral.case_id)
    assert (case.stage, case.closed_on) == (Case.Stage.CLOSED, date(2026, 12, 11))
    unsent = Case.objects.get(pk=situations.never_sent(cast, rows=False).case_id)
    assert (unsent.stage, unsent.closed_on) == (Case.Stage.NEVER_SENT, date(2026, 12, 11))


def test_an_act_that_leaves_the_stage_leaves_the_case_alone(cast):
    referral = situations.received(cast, rows=False)
    before = referral.case.history.count()
    situations.screen(cast, referral, on=situations.at(situations.DAY, "12:00"))
    assert Case.objects.get(pk=referral.case_id).history.count() == before


def test_who_may_not_open_a_record_opens_none(cast):
    with pytest.raises(NotAllowed):
        workflow.open_referral(by=cast.administrator, on=situations.at(situations.DAY, "09:00"))
    assert not Referral.objects.exists()
    assert not Case.objects.exists()


@pytest.mark.begins_with("")
def test_who_may_not_act_on_a_record_changes_nothing(cast):
    referral = situations.with_approver(cast, rows=False)
    with pytest.raises(NotAllowed):
        workflow.approve(referral, by=cast.referrer, on=situations.at(situations.DAY, "11:00"))
    assert Referral.objects.get().status == Referral.Status.WITH_APPROVER
    assert not Event.objects.filter(verb="approve").exists()


def test_an_act_that_changes_no_answer_saves_nothing_but_its_event(cast):
    referral = situations.screened(cast, rows=False)
    version, kept = referral.version, referral.history.count()
    workflow.tell_partners(
        referral, by=cast.business_manager, on=situations.at(situations.DAY, "12:10"), told="All three"
    )
    referral.refresh_from_db()
    assert (referral.version, referral.history.count()) == (version, kept)
    assert Event.objects.get(reference=referral.reference, verb="tell_partners").words == "All three"
