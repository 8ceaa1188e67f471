"""Who is told when: one digest a person and working day, overdue at once, nothing twice, nothing about the case."""

from datetime import date

import pytest

from access.models import Case, Exclusion
from deadlines import calendar_changes, reminders, rules
from deadlines import clock as engine
from deadlines.models import Deadline, Reminder
from deadlines.tasks import send_due_reminders
from notifications.models import Notice
from tests.conftest import london
from tests.integration.deadlines.conftest import agency, open_case, person
from trail.models import save

pytestmark = pytest.mark.django_db
NEXT_MORNING = london("2026-12-15 08:00")


def sweep(text):
    """This will run one sweep at a London moment and return the notices it queued, in order."""
    return [(notice.kind, notice.address, notice.subject) for notice in reminders.send_due(on=london(text))]


def test_nothing_before_eight_and_nothing_early(summary):
    # Due Tuesday 22 December: two working days before is Friday the 18th.
    assert sweep("2026-12-17 08:00") == []
    assert sweep("2026-12-18 07:59") == []
    assert len(sweep("2026-12-18 08:00")) == 1


def test_one_digest_a_day_and_each_stage_once(summary, lead):
    assert sweep("2026-12-18 08:00") == [
        ("digest", lead.email, "Your work on Friday 18 December 2026: 1 due"),
    ]
    assert sweep("2026-12-18 08:10") == []
    assert sweep("2026-12-21 08:00") == []
    assert [subject for *_, subject in sweep("2026-12-22 08:00")] == ["Your work on Tuesday 22 December 2026: 1 due"]
    notice = Notice.objects.order_by("-pk").first()
    assert notice.dedupe_key == f"digest:{lead.pk}:2026-12-22"
    assert "RF-2026-001\n  Return the single agency summary\n    Due today\n" in notice.body
    assert "Your work: http://localhost:8000/" in notice.body


def test_the_digest_goes_by_case_and_by_date(start, case, manager):
    later = open_case("RF-2026-002")
    start(rules.REPORT_LOCAL, later, reference="RR-2026-002", at="2026-12-03 10:00")
    start(rules.SIN_NATIONAL, later, user=manager, at="2026-12-14 10:00")
    start(rules.PARTNERS_TOLD, case, at="2026-12-14 09:00")
    start(rules.OUTCOME_TOLD, case, at="2026-12-18 09:00")
    sweep("2026-12-22 08:00")
    digest = Notice.objects.get(user=manager, kind="digest")
    assert digest.subject == "Your work on Tuesday 22 December 2026: 3 overdue, 1 due"
    assert digest.body.split("\n\nYour work")[0].split("\n") == [
        "RF-2026-001",
        "  Tell the safeguarding partners and other areas",
        "    Overdue by 1 working day",
        "  Tell the referrer the outcome",
        "    Overdue by 1 working day",
        "",
        "RF-2026-002",
        "  Send the serious incident notification",
        "    Overdue by 1 working day",
        "  RR-2026-002: Send the report to the National Panel (local date)",
        "    Due Thursday 24 December 2026 by 4pm",
    ]


def test_overdue_is_said_at_once(start, case, manager):
    deadline = start(rules.REPORT_LOCAL, case, at="2026-11-23 10:00")
    assert len(sweep("2026-12-14 08:00")) == 1
    assert sweep("2026-12-14 15:59") == []
    assert sweep("2026-12-14 16:10") == [("overdue", manager.email, "RF-2026-001: overdue")]
    assert sweep("2026-12-14 16:20") == []
    notice = Notice.objects.get(kind="overdue")
    assert "Overdue: was due today by 4pm" in notice.body
    assert f"http://localhost:8000{deadline.path}" in notice.body


def test_what_became_overdue_overnight_stands_in_the_morning_digest(start, case, manager):
    start(rules.OUTCOME_TOLD, case)
    sweep("2026-12-14 08:00")
    assert sweep("2026-12-15 00:10") == []
    assert sweep("2026-12-15 08:00") == [
        ("digest", "escalation@unit.example", "Overdue work on Tuesday 15 December 2026: 1 overdue"),
        ("digest", manager.email, "Your work on Tuesday 15 December 2026: 1 overdue"),
    ]


def test_the_chase_goes_up_and_stops_on_receipt(summary, case, lead, manager, partner):
    sweep("2026-12-18 08:00")
    sweep("2026-12-22 08:00")
    assert [address for _, address, _ in sweep("2026-12-23 08:00")] == [
        "escalation@otterford.example",
        lead.email,
    ]
    assert [address for _, address, _ in sweep("2026-12-24 08:00")] == [manager.email]
    body = Notice.objects.get(user=manager).body
    assert "Return the single agency summary (waits for somebody else)\n    Overdue by 2 working days" in body
    assert [address for _, address, _ in sweep("2026-12-29 08:00")] == [partner.email]
    engine.meet(rules.SUMMARY_RETURNED, reference=case.reference, on=london("2026-12-29 09:00"), by=lead, key=None)
    assert sweep("2026-12-30 08:00") == []


def test_an_escalation_contact_needs_no_account(summary):
    sweep("2026-12-23 08:00")
    notice = Notice.objects.get(address="escalation@otterford.example")
    assert notice.user is None
    assert notice.subject == "Overdue work on Wednesday 23 December 2026: 1 overdue"
    assert "as your agency's escalation contact" in notice.body
    assert "http" not in notice.body


def test_what_is_asked_after_the_digest_waits_for_the_next(start, case, manager):
    start(rules.OUTCOME_TOLD, case)
    sweep("2026-12-14 08:00")
    start(rules.RETURNED, case, user=manager, due=date(2026, 12, 14), at="2026-12-14 10:00")
    assert sweep("2026-12-14 10:10") == []
    assert Reminder.objects.filter(notice=None, stage="today").exists()
    assert "Change what was sent back" in Notice.objects.get(pk=reminders.send_due(on=NEXT_MORNING)[-1].pk).body


def test_three_days_of_silence_are_caught_up_without_repeating(summary, lead):
    # Nothing ran from Friday 18 to Tuesday 22 December, 11:00: two stages were reached meanwhile, one line is said.
    assert sweep("2026-12-22 11:00") == [("digest", lead.email, "Your work on Tuesday 22 December 2026: 1 due")]
    body = Notice.objects.get().body
    assert body.count("Return the single agency summary") == 1
    assert "Due today" in body
    assert set(Reminder.objects.values_list("stage", flat=True)) == {"coming", "today"}
    assert not Reminder.objects.filter(notice=None).exists()


def test_a_moved_date_is_reminded_of_anew(summary, case, manager, lead):
    sweep("2026-12-18 08:00")
    engine.extend(
        summary,
        due=date(2026, 12, 31),
        on=london("2026-12-18 10:00"),
        by=manager,
        reason="Records elsewhere",
        agreed_by="Chair",
    )
    assert sweep("2026-12-22 08:00") == []
    assert sweep("2026-12-29 08:00") == [("digest", lead.email, "Your work on Tuesday 29 December 2026: 1 due")]


def test_on_days_not_worked_only_a_national_date_tomorrow_is_said(start, case, manager):
    start(rules.SUMMARY_RETURNED, case, user=manager, at="2026-12-03 10:00")
    national = start(rules.REPORT_NATIONAL, case, at="2026-12-07 10:00")
    assert due_day(national) == date(2026, 12, 30)
    months = start(rules.LCSPR_PUBLISHED, case, user=manager, at="2026-06-27 10:00")
    assert due_day(months) == date(2026, 12, 27)
    # Saturday 26 December: the six months end on Sunday the 27th.
    assert sweep("2026-12-26 07:50") == []
    assert sweep("2026-12-26 08:00") == [
        ("national-tomorrow", manager.email, "RF-2026-001: a national date falls tomorrow")
    ]
    assert sweep("2026-12-26 09:00") == []
    assert "Due tomorrow" in Notice.objects.get().body
    assert sweep("2026-12-27 08:00") == []


def due_day(deadline):
    return rules.london_day(deadline.due_at)


def test_where_nobody_holds_the_role_the_managers_are_told(start, case, manager):
    start(rules.SIN_NATIONAL, case)
    assert [address for _, address, _ in sweep("2026-12-16 08:00")] == [manager.email]


def test_people_who_left_are_not_told(start, case, manager):
    gone = person("gina.gone", active=False)
    start(rules.SIN_NATIONAL, case, user=gone)
    assert [address for _, address, _ in sweep("2026-12-16 08:00")] == [manager.email]


def test_an_agency_without_a_partner_has_nobody_above_the_managers(start, case, manager, partner):
    school = agency("Millbrook Primary School")
    head = person("hana.head", agency=school, role="agency_lead")
    start(rules.SUMMARY_RETURNED, case, agency=school)
    told = {address for _, address, _ in sweep("2027-01-08 08:00")}
    assert told == {head.email, manager.email, "escalation@millbrook.example"}
    assert Reminder.objects.filter(stage="overdue_3").count() == 0


def test_the_agency_of_a_named_person_is_escalated_to(start, case, manager, lead):
    start(rules.SIN_NATIONAL, case, user=lead)
    told = {address for _, address, _ in sweep("2026-12-21 08:00")}
    assert told == {lead.email, "escalation@otterford.example"}


def test_notices_hold_no_more_than_the_reference(summary, case, lead, manager, trust):
    sweep("2026-12-24 08:00")
    sweep("2026-12-29 08:00")
    assert Notice.objects.count() >= 3
    for notice in Notice.objects.all():
        assert trust.name not in notice.body + notice.subject
        assert lead.full_name not in notice.body + notice.subject


def test_work_without_a_date_or_far_away_reminds_nobody(start, case):
    start(rules.WAITING, case, role="case_referrer")
    start(rules.LCSPR_PUBLISHED, case)
    assert sweep("2026-12-14 08:00") == []


def test_a_person_kept_from_a_case_is_not_told(summary, case, lead, manager):
    exclude(case, lead, manager, "2026-12-12 09:00")
    assert [address for _, address, _ in sweep("2026-12-18 08:00")] == [manager.email]


def exclude(case, who, by, at):
    save(Exclusion(case=case, user=who, reason="A relative", from_at=london(at)), by=by, on=london(at))


def test_who_is_kept_out_since_the_last_digest_is_not_told_in_the_next(start, case, manager, lead):
    start(rules.RETURNED, open_case("RF-2026-002"), user=lead, due=date(2026, 12, 14))
    sweep("2026-12-14 08:00")
    engine.meet(rules.RETURNED, reference="RF-2026-002", on=london("2026-12-14 09:00"), by=lead)
    start(rules.RETURNED, case, user=lead, due=date(2026, 12, 14), at="2026-12-14 10:00")
    assert sweep("2026-12-14 10:10") == []
    assert Reminder.objects.filter(notice=None, user=lead).exists()
    exclude(case, lead, manager, "2026-12-14 11:00")
    assert lead.email not in [address for _, address, _ in sweep("2026-12-15 08:00")]


def test_who_is_kept_out_is_not_told_when_the_chase_goes_up(summary, case, manager, partner):
    contact = person("robin.contact")
    summary.agency.escalation_email = contact.email
    save(summary.agency, by=None, on=london("2026-12-14 09:00"))
    for who in (partner, contact):
        exclude(case, who, manager, "2026-12-14 11:00")
    told = {address for day in ("23", "24", "29") for _, address, _ in sweep(f"2026-12-{day} 08:00")}
    assert told & {partner.email, contact.email} == set()


def test_a_lead_who_is_the_escalation_contact_as_well_is_told_as_the_lead(summary, lead):
    summary.agency.escalation_email = lead.email
    save(summary.agency, by=None, on=london("2026-12-14 09:00"), reason="A team of one")
    sweep("2026-12-23 08:00")
    notice = Notice.objects.get(address=lead.email)
    assert (notice.user, notice.subject) == (lead, "Your work on Wednesday 23 December 2026: 1 overdue")
    assert "Your work: http" in notice.body


def test_lateness_of_a_national_date_counts_days_on_which_the_partnership_is_closed(start, case, manager):
    start(rules.SIN_NATIONAL, case, at="2026-12-21 10:00")
    calendar_changes.add_closure_day(day=date(2026, 12, 31), name="Closed", on=london("2026-12-14 09:00"), by=manager)
    sweep("2027-01-04 08:00")
    assert "Overdue by 2 working days" in Notice.objects.filter(kind="digest", user=manager).latest("pk").body


@pytest.mark.moment("2026-12-18 08:05")
def test_the_task_reads_the_clock(summary):
    send_due_reminders()
    assert Notice.objects.get().kind == "digest"


def test_only_one_sweep_at_a_time(summary, monkeypatch):
    monkeypatch.setattr(reminders, "_only_sweep", lambda: False)
    assert sweep("2026-12-18 08:00") == []
    assert not Reminder.objects.exists()


def test_a_closed_case_reminds_nobody(summary, case):
    engine.stop(None, reference=case.reference, on=london("2026-12-14 10:00"), by=None, reason="no further action")
    assert case.stage == Case.Stage.REFERRAL
    assert sweep("2026-12-22 08:00") == []
    assert Deadline.objects.get().stop_reason == "no further action"
