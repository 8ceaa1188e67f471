"""The Virtual Panel: alone first, then together; the same outcome by the quorum; the third partner still asked."""

from itertools import product

import pytest

from casework import sight
from casework.workflow import CannotProceed, NotAllowed, WrongState
from deadlines import rules
from deadlines.models import Deadline
from notifications.models import Notice
from partnership.models import Appointment
from referrals import queries, workflow
from referrals.models import PanelView, Referral
from tests.client import Visitor, problems, words
from tests.factories import situations
from tests.factories.situations import BOTH_MET, NOT_MET, at, give_view
from trail import models as trail
from trail.models import Event

pytestmark = pytest.mark.begins_with("with_panel")
DAY = situations.DAY


def view(referral, by, minute="13:00", **answers):
    return give_view(referral, by=by, on=at(DAY, minute), **answers)


def test_every_member_and_alternate_is_asked_on_day_1_and_by_e_mail(cast):
    referral = situations.with_panel(cast)
    asked = Deadline.objects.open().filter(reference=referral.reference, rule=rules.VIRTUAL_PANEL.code)
    panel = {cast.panel_la, cast.panel_icb, cast.panel_police, cast.alternate}
    assert {deadline.user for deadline in asked} == panel
    assert {deadline.due_at for deadline in asked} == {at("2026-12-14", "23:59")}
    assert {notice.user for notice in Notice.objects.filter(kind="referrals.panel_asked")} == panel


def test_a_member_sees_nothing_of_the_others_before_their_own_view(cast):
    referral = situations.one_view(cast)
    rationale = PanelView.objects.get().rationale
    address = f"{referral.get_absolute_url()}panel/"
    assert rationale not in Visitor(cast.panel_icb).text(address)
    view(referral, cast.panel_icb, "13:05", abuse="cannot_say", outcome="", needed="The strategy meeting’s minutes")
    assert rationale in Visitor(cast.panel_icb).text(address)
    assert rationale in Visitor(cast.business_manager).text(address)


def test_nor_does_the_timeline_tell_them(cast):
    referral = situations.one_view(cast)
    timeline = f"/cases/{referral.case.reference}/timeline/"
    for part in ("panel_icb", "la_notifier", "business_manager"):
        assert PanelView.objects.get().rationale not in Visitor(cast.person(part)).text(timeline)


def test_who_is_kept_out_of_the_case_is_not_asked(cast):
    referral = situations.screened(cast, side=cast.theirs)
    sight.keep_out(
        referral.case, by=cast.business_manager, on=at(DAY, "11:30"), person=cast.panel_police, reason="Named"
    )
    workflow.send_to_panel(
        Referral.objects.get(pk=referral.pk), by=cast.business_manager, on=at(DAY, "12:00"), rationale="Asked"
    )
    told = Notice.objects.filter(kind="referrals.panel_asked", reference=referral.reference)
    asked = Deadline.objects.open().filter(reference=referral.reference, rule=rules.VIRTUAL_PANEL.code)
    others = {cast.panel_la, cast.panel_icb, cast.alternate}
    assert {notice.user for notice in told} == {deadline.user for deadline in asked} == others


def test_who_answered_has_met_their_timescale_and_who_could_have_answered_has_none_left(cast):
    referral = view(situations.with_panel(cast), cast.panel_police)
    rows = Deadline.objects.filter(reference=referral.reference, rule=rules.VIRTUAL_PANEL.code)
    ended = {row.user: (row.met_at, row.stopped_at) for row in rows}
    answered = at(DAY, "13:00")
    assert ended[cast.panel_police] == (answered, None)
    assert ended[cast.alternate] == (None, answered)
    assert ended[cast.panel_la] == (None, None)


def test_a_view_in_another_case_opens_nothing_here_and_a_decision_everything(cast):
    referral = situations.with_panel(cast)
    theirs = situations.one_view(cast, side=cast.theirs)
    assert queries.may_read_views(theirs, cast.panel_la)
    assert not queries.may_read_views(referral, cast.panel_la)
    for member in (cast.panel_la, cast.panel_icb):
        referral = view(referral, member)
    assert queries.may_read_views(referral, cast.panel_police)


def test_who_left_is_asked_no_more(cast):
    cast.alternate.is_active = False
    trail.save(cast.alternate, by=cast.administrator, on=at(DAY, "09:00"))
    appointed = [appointment.user for appointment in queries.panel_appointments(at(DAY, "09:00").date())]
    assert appointed == [cast.panel_icb, cast.panel_la, cast.panel_police]


def test_the_view_that_completes_the_quorum_decides(cast):
    referral = situations.one_view(cast)
    assert referral.status == "with_panel"
    referral = view(referral, cast.panel_police, "13:10")
    decision = referral.panel_decision
    assert (referral.status, decision.outcome, decision.agreed, decision.quorum) == (
        "rapid_review",
        "rapid_review",
        ["la", "police"],
        2,
    )
    told = Notice.objects.filter(kind="referrals.panel_decided").values_list("user", flat=True)
    assert {cast.business_manager.pk, cast.coordinator.pk} <= set(told)
    verbs = list(Event.objects.filter(reference=referral.reference).order_by("pk").values_list("verb", flat=True))
    assert verbs[-2:] == ["give_view", "virtual_panel_decided"]
    leads_to = {after for _, after in workflow.give_view.ways}
    assert leads_to == {*Referral.DECIDED} - {Referral.Status.REVIEW_OPENED}, "no view opens the rapid review"


OUTCOMES = ("rapid_review", "no_further_action", "")


@pytest.mark.parametrize("chosen", list(product(OUTCOMES, repeat=3)))
def test_two_of_three_partners_must_agree_on_the_same_outcome(cast, chosen):
    referral = situations.with_panel(cast)
    answers = {
        "rapid_review": BOTH_MET,
        "no_further_action": NOT_MET,
        "": {"abuse": "cannot_say", "harm": "met", "outcome": "", "needed": "Records", "sin_needed": False},
    }
    members = (cast.panel_la, cast.panel_icb, cast.panel_police)
    for number, (member, outcome) in enumerate(zip(members, chosen, strict=True)):
        referral = view(referral, member, f"13:0{number}", **answers[outcome])
    agreed = [outcome for outcome in OUTCOMES[:2] if chosen.count(outcome) >= 2]
    assert referral.status == (agreed[0] if agreed else "with_panel")


def test_the_third_partner_is_still_asked_and_a_late_view_is_kept_and_changes_nothing(cast):
    referral = situations.rapid_review_decided(cast)
    still_asked = Deadline.objects.open().filter(reference=referral.reference, rule=rules.VIRTUAL_PANEL.code)
    assert {deadline.user for deadline in still_asked} == {cast.panel_police, cast.alternate}
    referral = view(referral, cast.panel_police, "14:00", **NOT_MET)
    assert (referral.status, referral.panel_decision.outcome) == ("rapid_review", "rapid_review")
    assert PanelView.objects.filter(referral=referral, partner="police", outcome="no_further_action").exists()
    assert not still_asked.all().exists()


def test_an_alternate_counts_for_their_partner_and_never_twice(cast):
    referral = view(situations.one_view(cast), cast.alternate, "13:10")
    assert referral.panel_decision.agreed == ["la", "police"]
    event = Event.objects.filter(verb="give_view").latest("pk")
    assert (event.by, event.acting_for) == (cast.alternate, cast.panel_police)
    with pytest.raises(CannotProceed, match="Alun Marsh has given the view of Police already"):
        view(referral, cast.panel_police, "13:20")


def test_a_member_may_change_their_mind_until_the_panel_has_decided(cast):
    referral = view(situations.one_view(cast), cast.panel_la, "13:05", **NOT_MET)
    assert [row.outcome for row in PanelView.objects.filter(superseded_at=None)] == ["no_further_action"]
    assert PanelView.objects.filter(superseded_at__isnull=False, outcome="rapid_review").count() == 1
    referral = view(referral, cast.panel_icb, "13:10", **NOT_MET)
    assert referral.status == "no_further_action"
    with pytest.raises(CannotProceed, match="has decided"):
        view(referral, cast.panel_la, "13:20")


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"abuse": "met", "harm": "met", "outcome": "no_further_action"}, "the outcome is a rapid review"),
        ({"abuse": "met", "harm": "not_met", "outcome": "rapid_review"}, "only for a case that meets both criteria"),
        ({"abuse": "cannot_say", "harm": "met", "outcome": "rapid_review"}, "Leave the outcome empty"),
        ({"abuse": "met", "harm": "not_met", "outcome": ""}, "Select the outcome"),
    ],
)
def test_an_outcome_that_does_not_follow_from_the_criteria_is_refused(cast, answers, message):
    referral = situations.with_panel(cast)
    with pytest.raises(CannotProceed, match=message):
        view(referral, cast.panel_la, **answers)
    assert not PanelView.objects.exists()


def test_no_further_action_because_of_another_review_says_which(cast):
    referral = situations.with_panel(cast)
    visitor, where = Visitor(cast.panel_la), f"{referral.get_absolute_url()}give-view/"
    answers = {"referral_read": "on", "abuse": "met", "harm": "not_met", "sin_needed": "no", "rationale": "As said"}
    answers |= {"abuse_rationale": "Said so", "harm_rationale": "Said so", "outcome": "no_further_action"}
    for reason in ("another_statutory_review", "other"):
        response = visitor.send(where, **answers, nfa_reason=reason)
        assert problems(response) == [("Enter which review, or what reason", "#id_nfa_reason_other")]
    visitor.must_send(where, **answers, nfa_reason="another_statutory_review", nfa_reason_other="An adult review")
    assert PanelView.objects.get().nfa_reason_other == "An adult review"


def test_a_suspected_suicide_is_a_rapid_review_or_a_brief_learning_review(cast):
    referral = situations.with_panel(cast, children=[{"circumstance": "death_suspected_suicide"}])
    with pytest.raises(CannotProceed, match="brief learning review"):
        view(referral, cast.panel_la, **NOT_MET)
    for member, minute in ((cast.panel_la, "13:00"), (cast.panel_icb, "13:10")):
        answers = NOT_MET | {"outcome": "brief_learning_review"}
        referral = view(referral, member, minute, **answers)
    assert referral.status == "brief_learning_review"


def test_nobody_gives_a_view_who_was_not_asked_or_whose_appointment_ended(cast):
    referral = situations.with_panel(cast)
    for outsider in (cast.business_manager, cast.referrer, cast.partner_la, cast.other_lead):
        with pytest.raises(NotAllowed):
            view(referral, outsider)
    appointment = Appointment.objects.get(user=cast.panel_la)
    appointment.until_on = at(DAY, "12:00").date().replace(day=10)
    trail.save(appointment, by=None, on=at(DAY, "12:00"))
    with pytest.raises(CannotProceed, match="not appointed"):
        view(referral, cast.panel_la)


def test_no_view_before_the_panel_is_asked(cast):
    with pytest.raises(NotAllowed):
        view(situations.screened(cast), cast.panel_la)
    withdrawn = situations.withdraw(situations.with_panel(cast), on=at(DAY, "12:45"))
    with pytest.raises(WrongState):
        view(withdrawn, cast.panel_la)


def test_the_quorum_is_the_partnerships_setting_and_is_kept_as_it_stood(cast):
    from partnership.models import Partnership

    partnership = Partnership.load()
    partnership.quorum = 3
    trail.save(partnership, by=None, on=at(DAY, "08:00"))
    referral = view(situations.one_view(cast), cast.panel_icb, "13:05")
    assert referral.status == "with_panel"
    referral = view(referral, cast.panel_police, "13:10")
    assert (referral.panel_decision.quorum, referral.panel_decision.agreed) == (3, ["icb", "la", "police"])


def test_the_business_manager_tells_the_referrer_within_a_working_day_and_the_mail_holds_the_reference_only(cast):
    referral = situations.rapid_review_decided(cast)
    due = Deadline.objects.get(rule=rules.OUTCOME_TOLD.code)
    assert (due.due_at, due.role) == (at("2026-12-14", "23:59"), "business_manager")
    told = "The partners agreed that both criteria are met."
    Visitor(cast.business_manager).must_send(f"{referral.get_absolute_url()}tell-outcome/", told=told)
    due.refresh_from_db()
    assert due.met_at is not None
    assert told in Visitor(cast.referrer).text(referral)
    mail = Notice.objects.get(kind="referrals.ended", user=cast.referrer)
    assert told not in mail.body
    assert referral.reference in mail.subject


def test_a_decision_other_than_a_rapid_review_ends_the_referral_and_closes_its_case(cast):
    referral = situations.no_further_action(cast)
    assert (referral.status, referral.case.stage) == ("no_further_action", "closed")
    assert "No further action" in Visitor(cast.referrer).text(referral)


def test_the_page_asks_for_what_is_missing_and_keeps_what_was_typed(cast):
    referral = situations.with_panel(cast)
    answer = Visitor(cast.panel_la).send(
        f"{referral.get_absolute_url()}give-view/", abuse="met", abuse_rationale="Seen"
    )
    assert answer.status_code == 422
    said = words(answer)
    for message in (
        "Say that you have read the referral",
        "Select your view on the second criterion",
        "Select whether a serious incident notification is needed",
    ):
        assert message in said
    assert b">Seen</textarea>" in answer.content.replace(b"\n", b"").replace(b"\r", b"")


def test_workflow_names_every_outcome_as_a_status():
    from partnership import codes

    statuses = set(Referral.Status.values)
    assert {code for code, _ in codes.choices("panel_outcome")} <= statuses
    assert workflow.give_view.targets[0] == "with_panel"
