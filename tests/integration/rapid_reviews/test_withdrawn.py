"""The local authority withdraws its notification: the review ends with its reason, the case is with the panel again."""

from datetime import datetime

import pytest
from django.urls import reverse

from access.models import Access, Case
from casework.workflow import CannotProceed
from deadlines import rules
from deadlines.models import Deadline
from notifications.models import Notice
from rapid_reviews import workflow
from rapid_reviews.models import RapidReview
from referrals import workflow as referral_workflow
from referrals.models import Referral
from tests.client import problems, said
from tests.factories import rapid_reviews as reviews
from tests.factories import reports, situations
from tests.integration.rapid_reviews.conftest import fresh, summary_of
from tests.moments import london

pytestmark = pytest.mark.begins_with("review_gathering")
ON = london("2026-12-11 13:59")
NOW = london("2026-12-11 14:00")


@pytest.fixture(scope="module")
def gathering_once(made_once):
    return made_once(reviews.review_gathering)


@pytest.fixture
def gathering(cast, gathering_once):
    """A rapid review whose agencies were asked, on a notification that was sent at 13:30."""
    return fresh(gathering_once)


@pytest.fixture
def withdrawn(cast, gathering):
    reports.withdraw_notification(cast, gathering, on=ON)
    return fresh(gathering)


def page(name, record):
    return reverse(name, args=[record.reference])


def open_rules(record):
    return set(Deadline.objects.open().filter(reference=record.reference).values_list("rule", flat=True))


def end(cast, review):
    return workflow.end_review(review, by=cast.coordinator, on=NOW, reason="The harm was an illness.")


class TestTheLocalAuthority:
    def test_records_when_and_why_and_the_national_timescale_stops(self, cast, gathering, visit):
        referral = gathering.referral
        assert rules.REPORT_NATIONAL.code in open_rules(referral)
        notifier = visit("la_notifier")
        notifier.must_send(
            page("withdraw-notification", referral),
            withdrawn_at=datetime(2026, 12, 11, 13, 50),
            withdrawn_why="The harm was an illness.",
        )
        assert rules.REPORT_NATIONAL.code not in open_rules(referral)
        sin = referral.notifications.get()
        assert (sin.withdrawn_at, sin.withdrawn_by) == (london("2026-12-11 13:50"), cast.la_notifier)
        assert fresh(referral).sin is None
        text = notifier.text(page("virtual-panel", referral))
        assert f"Serious incident notification {sin.sin_reference} , sent" in text
        assert "was withdrawn 11 December 2026 at 1:50pm The harm was an illness." in text
        told = Notice.objects.filter(kind="referrals.notification_withdrawn").values_list("user", flat=True)
        assert set(told) == {cast.business_manager.pk, cast.coordinator.pk}
        assert "End the rapid review: its serious incident notification was withdrawn" in visit(
            "business_manager"
        ).text("/")

    def test_not_before_it_was_sent_and_not_without_a_reason(self, gathering, visit):
        where = page("withdraw-notification", gathering.referral)
        response = visit("la_notifier").send(where, withdrawn_at=datetime(2026, 12, 11, 13, 0), withdrawn_why="Not met")
        assert problems(response) == [
            ("It was withdrawn after it was sent, and not in the future", "#id_withdrawn_at-day")
        ]
        response = visit("la_notifier").send(where, withdrawn_at=datetime(2026, 12, 11, 13, 50))
        assert problems(response) == [("Enter why it was withdrawn", "#id_withdrawn_why")]

    def test_nobody_else_and_nothing_that_was_not_sent(self, cast, gathering, withdrawn, visit):
        for part in ("business_manager", "panel_la"):
            assert visit(part).get(page("withdraw-notification", gathering.referral)).status_code == 403
        response = visit("la_notifier").send(
            page("withdraw-notification", gathering.referral),
            withdrawn_at=datetime(2026, 12, 11, 13, 59),
            withdrawn_why="Twice",
        )
        assert "No serious incident notification is recorded" in said(response)

    def test_where_no_review_is_open_the_case_is_with_the_virtual_panel_at_once(self, cast):
        referral = situations.sin_sent(cast, side=cast.theirs)
        referral = referral_workflow.withdraw_notification(
            referral, by=cast.la_notifier, on=ON, withdrawn_at=ON, withdrawn_why="Not met"
        )
        assert referral.status == Referral.Status.WITH_PANEL


class TestSignaturesAndSending:
    def test_nobody_signs_a_report_whose_notification_was_withdrawn(self, cast):
        review = reports.report_locked(cast, side=cast.theirs)
        reports.withdraw_notification(cast, review, on=ON)
        with pytest.raises(CannotProceed, match="ends without a report"):
            reports.sign(fresh(review), by=cast.partner_la, on=NOW)

    def test_another_notification_waits_for_the_end_of_the_review(self, cast, withdrawn):
        sent = {"sent_at": NOW, "sin_reference": "SIN-2", "sent_by": cast.la_notifier}
        with pytest.raises(CannotProceed, match="end the rapid review first"):
            referral_workflow.record_notification(withdrawn.referral, by=cast.la_notifier, on=NOW, **sent)
        end(cast, withdrawn)
        referral = referral_workflow.record_notification(fresh(withdrawn.referral), by=cast.la_notifier, on=NOW, **sent)
        assert referral.sin.sin_reference == "SIN-2"


class TestTheBusinessTeam:
    def test_no_review_ends_while_its_notification_stands(self, cast, gathering, visit):
        assert "End the rapid review" not in visit("coordinator").text(gathering)
        with pytest.raises(CannotProceed, match="only when its serious incident notification was withdrawn"):
            end(cast, gathering)

    def test_ends_it_with_the_reason_and_everybody_is_told(self, cast, withdrawn, visit):
        team = visit("coordinator")
        assert "End the rapid review" in team.text(withdrawn)
        assert "of 15" in team.text(withdrawn)
        team.must_send(page("end-review", withdrawn), reason="The harm was an illness.")
        review = fresh(withdrawn)
        assert (review.status, review.closed_by) == (RapidReview.Status.ENDED, cast.coordinator)
        told = Notice.objects.filter(kind="rapid_reviews.review_ended").select_related("user")
        assert {notice.user for notice in told} == {
            cast.reviewer,
            cast.agency_lead,
            cast.second_lead,
            cast.other_lead,
        }
        assert "The harm was an illness." in team.text(reverse("timeline", args=[review.case.reference]))
        assert "Ended: serious incident notification withdrawn" in team.text(review)
        assert "of 15" not in team.text(review)
        ended = f"{review.reference} Ended: serious incident notification withdrawn {review.chair.full_name}"
        assert ended in team.text(reverse("rapid-reviews"))
        assert open_rules(review) == set()

    def test_who_took_part_sees_it_no_longer(self, cast, withdrawn, visit):
        summary = summary_of(withdrawn, cast.housing)
        assert visit("agency_lead").get(summary).status_code == 200
        end(cast, withdrawn)
        for part, record in (("agency_lead", summary), ("reviewer", withdrawn), ("other_lead", withdrawn)):
            assert visit(part).get(record).status_code == 404
        assert visit("coordinator").get(page("enter-summary", summary)).status_code == 403
        assert open_rules(summary) == set()

    def test_the_case_is_back_with_the_virtual_panel_which_is_asked_anew(self, cast, withdrawn, visit):
        referral = withdrawn.referral
        end(cast, withdrawn)
        referral = fresh(referral)
        assert referral.status == Referral.Status.WITH_PANEL
        assert Case.objects.get(pk=referral.case_id).stage == Case.Stage.REFERRAL
        assert referral.panel_decision is None
        assert rules.VIRTUAL_PANEL.code in open_rules(referral)
        assert rules.WAITING.code not in open_rules(referral)
        text = visit("coordinator").text(page("virtual-panel", referral))
        assert "Not decided yet" in text
        assert "Decided before Rapid review" in text
        assert cast.panel_icb.full_name in text
        # who answered in the first round answers anew before seeing the others
        assert "once you have given your own" in visit("panel_la").text(page("virtual-panel", referral))
        for member in (cast.panel_la, cast.panel_icb):
            referral = situations.give_view(referral, by=member, on=NOW, **situations.NOT_MET)
        assert referral.status == Referral.Status.NO_FURTHER_ACTION
        assert referral.panel_decisions.count() == 2
        referral_workflow.tell_outcome(referral, by=cast.business_manager, on=NOW, told="No further action")

    def test_another_review_may_follow(self, cast, withdrawn):
        end(cast, withdrawn)
        referral = fresh(withdrawn.referral)
        for member in (cast.panel_la, cast.panel_icb):
            referral = situations.give_view(referral, by=member, on=NOW)
        review = workflow.open_from_referral(by=cast.coordinator, on=NOW, referral=fresh(referral))
        assert review.status == RapidReview.Status.GATHERING
        review = workflow.ask_agencies(review, by=cast.coordinator, on=NOW, agencies=[cast.housing])
        assert Access.objects.in_force(NOW).filter(case=review.case, agency=cast.housing).exists()
