"""The sections of a summary shared among people of its agency, each with a date inside the agency's own."""

from datetime import date

import pytest
from django.urls import reverse

from access import can
from access.models import Access
from casework import handover, sight
from casework.models import Presence
from casework.workflow import CannotProceed, NotAllowed
from deadlines import reminders, rules
from deadlines.models import Deadline, Reminder
from notifications.models import Notice
from partnership.permissions import Permission as P
from partnership.roles import CaseRole, Role
from rapid_reviews import forms, workflow
from rapid_reviews.models import AgencySummary
from tests.client import problems
from tests.factories import Memberships, person_with, reports
from tests.factories import rapid_reviews as reviews
from tests.integration.rapid_reviews.conftest import fresh
from tests.moments import london

pytestmark = pytest.mark.begins_with("summary_filled_in")
NOW = london("2026-12-11 14:00")


def page(name, summary, *more):
    return reverse(name, args=[summary.reference, *more])


@pytest.fixture
def summary(cast):
    return reviews.summary_filled_in(cast)


@pytest.fixture
def colleague(cast):
    """Somebody of Larkspur Homes who is no safeguarding lead."""
    return person_with("Hazel Corrie", Role.REFERRER, agency=cast.housing)


@pytest.fixture
def give(cast, summary, colleague):
    """Give a section to the colleague."""

    def give(section="child", to=None, on=NOW, **terms):
        person = to or colleague
        return workflow.give_section(summary, by=cast.agency_lead, on=on, section=section, person=person, **terms)

    return give


def given(summary, section="child"):
    return summary.given_sections.get(section=section, ended_at=None)


def timescale(summary, section="child"):
    rows = Deadline.objects.filter(reference=summary.reference, rule=rules.SECTION_WRITTEN.code, key=section)
    return rows.latest("pk")


class TestGiving:
    def test_a_lead_gives_a_section_with_a_date_and_the_colleague_is_told_without_a_word_of_the_case(
        self, summary, colleague, visit
    ):
        lead = visit("agency_lead")
        where = lead.must_send(
            page("give-section", summary, "child"), person=str(colleague.pk), due_on=date(2026, 12, 16)
        )
        assert where == page("who-writes-what", summary)
        assert "Hazel Corrie, due 16 December 2026" in lead.text(where)
        notice = Notice.objects.get(kind="rapid_reviews.section_given")
        assert notice.user == colleague
        assert "Write it by Wednesday 16 December 2026" in notice.body
        child = summary.review.referral.children.get()
        assert child.name not in notice.body + notice.subject
        assert "About the child" not in notice.body

    def test_it_stands_in_their_work_with_its_date_and_is_reminded_of_as_everything_is(self, give, colleague, visit):
        summary = give(due_on=date(2026, 12, 16))
        found = timescale(summary)
        assert rules.london_day(found.due_at) == date(2026, 12, 16)
        assert Deadline.objects.waiting_for(colleague, moment=NOW).get() == found
        assert "Write your section of the single agency summary" in visit(colleague).text(reverse("your-work"))

    def test_overdue_it_reminds_its_own_people_and_nobody_above_them(self, give, colleague):
        give(due_on=date(2026, 12, 14))
        reminders.send_due(on=london("2026-12-18 08:00"))
        told = Reminder.objects.filter(deadline__rule=rules.SECTION_WRITTEN.code)
        assert {reminder.stage for reminder in told} == {"coming", "today", "overdue"}
        assert {reminder.user for reminder in told} == {colleague}

    def test_without_a_date_it_is_due_when_the_summary_is(self, give):
        summary = give()
        whole = Deadline.objects.get(reference=summary.reference, rule=rules.SUMMARY_RETURNED.code)
        assert timescale(summary).due_at == whole.due_at

    @pytest.mark.parametrize("day", [date(2026, 12, 10), date(2026, 12, 23)])
    def test_a_date_that_is_past_or_after_the_agencys_is_refused(self, summary, colleague, visit, day):
        lead = visit("agency_lead")
        answer = lead.send(page("give-section", summary, "child"), person=str(colleague.pk), due_on=day)
        assert answer.status_code == 422
        assert [target for _, target in problems(answer)] == ["#id_due_on-day"]
        assert not summary.given_sections.exists()

    def test_the_rule_refuses_a_date_that_is_past_or_after_the_agencys_too(self, give):
        for day in (date(2026, 12, 10), date(2027, 1, 8)):
            with pytest.raises(CannotProceed) as refused:
                give(due_on=day)
            assert refused.value.problems[0][0] == "due_on"
        assert give(due_on=date(2026, 12, 11)).given_sections.exists()

    def test_once_the_agencys_date_has_passed_a_section_is_due_at_once_and_no_day_can_be_named(self, give):
        late = london("2027-01-05 10:00")
        with pytest.raises(CannotProceed, match="leave it empty"):
            give(on=late, due_on=date(2027, 1, 8))
        assert timescale(give(on=late)).is_overdue(late)

    def test_nobody_of_another_agency_and_nobody_who_is_kept_out_can_be_given_one(
        self, cast, summary, give, colleague, visit
    ):
        sight.keep_out(summary.case, by=cast.business_manager, on=NOW, person=colleague, reason="Named in it")
        offered = visit("agency_lead").text(page("give-section", summary, "child"))
        assert "Hazel Corrie" not in offered
        assert cast.second_lead.full_name in offered
        for person in (colleague, cast.other_lead):
            with pytest.raises(CannotProceed):
                give(to=person)

    def test_the_agency_that_it_responds_through_has_people_too(self, cast, give, summary):
        summary.agency.responds_through = cast.council
        summary.agency._history_user, summary.agency._history_date, summary.agency._change_reason = None, NOW, ""
        summary.agency.save()
        give(to=cast.manager)
        assert P.WRITE_SECTION in can.permissions_on(cast.manager, fresh(summary), moment=NOW)

    def test_before_the_agency_said_that_it_had_contact_there_is_nothing_to_give(self, cast, colleague):
        asked = AgencySummary.objects.get(agency=cast.trust, review__summaries__agency=cast.housing)
        person = person_with("Tam Ellery", Role.REFERRER, agency=cast.trust)
        with pytest.raises(CannotProceed, match="had contact"):
            workflow.give_section(asked, by=cast.other_lead, on=NOW, section="child", person=person)

    def test_who_was_given_a_section_gives_none(self, give, colleague):
        summary = give()
        with pytest.raises(NotAllowed):
            workflow.give_section(summary, by=colleague, on=NOW, section="practice", person=colleague)

    def test_given_to_somebody_else_it_is_no_longer_the_firsts(self, cast, give, colleague, visit):
        summary = give()
        give(to=cast.second_lead)
        assert given(summary).person == cast.second_lead
        assert visit(colleague).get(summary).status_code == 404
        assert timescale(summary).user == cast.second_lead
        assert not Deadline.objects.waiting_for(colleague, moment=NOW).exists()


class TestWriting:
    def test_they_see_what_is_asked_the_family_and_the_other_sections_and_write_their_own(self, give, colleague, visit):
        summary, writer = give(), visit(colleague)
        text = writer.text(summary)
        assert "Your sections" in text
        assert summary.review.referral.children.get().name in text
        assert summary.key_periods in text
        where = writer.must_send(page("fill-in-summary", summary, "child"), pen_picture="She draws horses")
        assert where == summary.get_absolute_url()
        kept = fresh(summary)
        assert kept.pen_picture == "She draws horses"
        assert kept.author == summary.author != colleague

    def test_no_other_section_row_or_act_is_theirs(self, give, colleague, visit):
        summary, writer = give(), visit(colleague)
        event = summary.events.get()
        for address in (
            page("fill-in-summary", summary, "practice"),
            page("fill-in-summary-row", summary, "event", event.pk),
            page("add-summary-row", summary, "event"),
            page("remove-summary-row", summary, "event", event.pk),
            page("secure-records", summary),
            page("return-nil", summary),
            page("send-for-approval", summary),
            page("bring-chronology", summary),
            page("import-chronology", summary, 1),
            page("who-writes-what", summary),
            page("finish-section", summary, "practice"),
            page("not-shared", summary),
        ):
            assert writer.get(address).status_code == 403, address
        with pytest.raises(NotAllowed):
            workflow.fill_in_summary(summary, by=colleague, on=NOW, values={"involved": False})
        with pytest.raises(NotAllowed):
            workflow.remove_summary_row(summary, by=colleague, on=NOW, row=event, section="chronology", kind="event")

    def test_who_was_given_the_chronology_adds_changes_and_removes_events(self, give, colleague, visit):
        summary, writer = give("chronology"), visit(colleague)
        assert writer.get(page("fill-in-summary", summary, "chronology")).status_code == 200
        event = summary.events.get()
        writer.must_send(page("fill-in-summary-row", summary, "event", event.pk), what_happened="A quiet week")
        assert fresh_event(event).what_happened == "A quiet week"
        writer.must_send(page("remove-summary-row", summary, "event", event.pk))
        assert not summary.events.exists()

    def test_who_was_given_the_chronology_brings_it_as_a_file_and_others_do_not(self, cast, give, colleague, visit):
        summary, writer = give("chronology"), visit(colleague)
        writer.must_send(page("bring-chronology", summary), pasted=reviews.BROUGHT)
        brought = summary.imports.get()
        assert "A call about the rent" in writer.text(page("import-chronology", summary, brought.pk))
        writer.must_send(page("import-chronology", summary, brought.pk))
        assert summary.events.filter(what_happened="A call about the rent").exists()
        give("chronology", to=cast.second_lead)
        give("child")
        with pytest.raises(NotAllowed):
            workflow.undo_import(summary, by=colleague, on=NOW, brought=summary.imports.get())

    def test_with_an_event_withheld_from_them_they_bring_no_file(self, cast, give, colleague, visit):
        summary, writer = give("chronology"), visit(colleague)
        reviews.restrict(summary, by=cast.agency_lead, on=NOW)
        assert writer.get(page("bring-chronology", summary)).status_code == 403
        assert "Bring them from a file" not in writer.text(page("fill-in-summary", summary, "chronology"))
        with pytest.raises(NotAllowed):
            workflow.bring_chronology(summary, by=colleague, on=NOW, pasted=reviews.BROUGHT)

    def test_the_summary_of_another_agency_and_the_review_stay_closed_to_them(self, cast, give, colleague, visit):
        summary, writer = give(), visit(colleague)
        other = summary.review.summaries.get(agency=cast.trust)
        for address in (other, summary.review, page("summary-chronology", other)):
            assert writer.get(address).status_code == 404
        assert list(AgencySummary.objects.visible_to(colleague, moment=NOW)) == [summary]

    def test_what_is_withheld_they_neither_read_nor_write(self, cast, give, colleague, visit):
        summary = give("chronology")
        give("practice")
        event = summary.events.get()
        reviews.restrict(summary, by=cast.agency_lead, on=NOW)
        reviews.restrict(summary, "answer", "worked_well", by=cast.agency_lead, on=NOW)
        writer = visit(colleague)
        for address in (summary, page("fill-in-summary", summary, "chronology"), page("summary-chronology", summary)):
            text = writer.text(address)
            assert event.what_happened not in text
            assert summary.worked_well not in text
        assert writer.get(page("fill-in-summary-row", summary, "event", event.pk)).status_code == 404
        assert writer.get(page("fill-in-summary", summary, "practice")).status_code == 403
        assert "Something of it is withheld from you" in writer.text(summary)
        with pytest.raises(NotAllowed):
            workflow.fill_in_summary(
                summary, by=colleague, on=NOW, values={"worked_well": "Over it"}, section="practice"
            )

    def test_the_task_list_says_whose_each_section_is_and_who_is_in_it_now(self, cast, give, colleague, visit, clock):
        clock.move_to(NOW)
        summary = give(due_on=date(2026, 12, 16))
        visit(colleague).get(page("fill-in-summary", summary, "child"))
        assert Presence.objects.filter(user=colleague).exists()
        text = visit("agency_lead").text(summary)
        assert "Hazel Corrie, due 16 December 2026. Open now: Hazel Corrie" in text


def fresh_event(event):
    return type(event).objects.get(pk=event.pk)


class TestFinishing:
    def test_finished_it_is_no_longer_due_and_the_lead_sees_by_whom(self, give, colleague, visit):
        summary = give()
        visit(colleague).must_send(page("finish-section", summary, "child"))
        assert given(summary).done_by == colleague
        assert timescale(summary).met_at is not None
        assert "Finished by Hazel Corrie" in visit("agency_lead").text(page("who-writes-what", summary))
        assert visit(colleague).get(page("fill-in-summary", summary, "child")).status_code == 200

    def test_opened_again_by_the_lead_it_waits_for_the_colleague_who_is_told(self, give, colleague, visit, clock):
        summary = give()
        clock.move_to(london("2026-12-11 14:10"))
        visit(colleague).must_send(page("finish-section", summary, "child"))
        visit("agency_lead").must_send(page("reopen-section", summary, "child"))
        assert given(summary).done_at is None
        assert timescale(summary).met_at is None
        assert Notice.objects.filter(kind="rapid_reviews.section_given", user=colleague).count() == 2

    def test_it_is_finished_once_and_opened_again_once_it_is(self, cast, give, colleague):
        summary = give()
        with pytest.raises(CannotProceed):
            workflow.reopen_section(summary, by=colleague, on=NOW, section="child")
        workflow.finish_section(summary, by=cast.agency_lead, on=NOW, section="child")
        with pytest.raises(CannotProceed):
            workflow.finish_section(summary, by=colleague, on=NOW, section="child")

    def test_a_section_that_does_not_exist_is_not_found(self, summary, visit):
        assert visit("agency_lead").get(page("give-section", summary, "gossip")).status_code == 404


class TestTheEnd:
    def test_taken_back_it_is_nobodys_and_what_was_written_stays(self, give, colleague, visit):
        summary = give()
        visit(colleague).must_send(page("fill-in-summary", summary, "child"), pen_picture="She draws horses")
        visit("agency_lead").must_send(page("take-back-section", summary, "child"))
        assert visit(colleague).get(summary).status_code == 404
        assert fresh(summary).pen_picture == "She draws horses"
        assert timescale(summary).stopped_at is not None
        held = Access.objects.filter(user=colleague, role=CaseRole.SECTION_WRITER, until_at=None)
        assert not held.exists()

    def test_one_of_two_taken_back_leaves_the_other(self, cast, give, colleague):
        summary = give()
        give("practice")
        workflow.take_back_section(summary, by=cast.agency_lead, on=NOW, section="child")
        assert P.WRITE_SECTION in can.permissions_on(colleague, fresh(summary), moment=NOW)
        with pytest.raises(NotAllowed):
            workflow.fill_in_summary(summary, by=colleague, on=NOW, values={"impact": "None"}, section="child")

    def test_sent_it_ends_for_everybody_it_was_given_to(self, cast, give, colleague, visit):
        summary = give()
        workflow.send_for_approval(summary, by=cast.agency_lead, on=NOW, approver=cast.second_lead)
        assert not summary.given_sections.filter(ended_at=None).exists()
        assert visit(colleague).get(summary).status_code == 404
        assert not Deadline.objects.waiting_for(colleague, moment=NOW).exists()

    def test_who_is_kept_out_has_it_no_longer_and_it_is_nobodys(self, cast, give, colleague, visit):
        summary = give()
        sight.keep_out(summary.case, by=cast.business_manager, on=NOW, person=colleague, reason="Named in it")
        assert visit(colleague).get(summary).status_code == 404
        assert "Hazel Corrie" not in visit("agency_lead").text(page("who-writes-what", summary))

    def test_who_no_longer_belongs_to_the_agency_has_it_no_longer(self, cast, give, colleague, visit):
        summary = give()
        held = colleague.memberships.get()
        held.until_on = date(2026, 12, 10)
        held._history_user, held._history_date, held._change_reason = None, NOW, ""
        held.save()
        assert visit(colleague).get(summary).status_code == 404

    def test_when_the_review_is_ended_nothing_of_it_is_theirs_any_more_and_they_are_told(
        self, cast, give, colleague, visit
    ):
        summary = give()
        reports.withdraw_notification(cast, summary.review, on=NOW)
        workflow.end_review(fresh(summary.review), by=cast.coordinator, on=NOW, reason="The harm was an illness.")
        assert visit(colleague).get(summary).status_code == 404
        assert timescale(summary).stopped_at is not None
        assert Notice.objects.filter(kind="rapid_reviews.review_ended", user=colleague).exists()

    def test_who_leaves_hands_it_to_somebody_of_the_agency_with_its_date(self, cast, give, colleague):
        summary = give(due_on=date(2026, 12, 16))
        item = next(one for one in handover.items_of(colleague, moment=NOW) if one.kind == "section")
        assert cast.second_lead in item.people
        assert cast.other_lead not in item.people
        handover.hand_over(item, handover.Step(colleague, cast.second_lead, cast.business_manager, NOW))
        assert given(summary).person == cast.second_lead
        assert timescale(summary).user == cast.second_lead
        assert P.WRITE_SECTION not in can.permissions_on(colleague, fresh(summary), moment=NOW)

    def test_who_leaves_may_leave_it_to_the_lead(self, cast, give, colleague):
        summary = give()
        item = next(one for one in handover.items_of(colleague, moment=NOW) if one.kind == "section")
        handover.hand_over(item, handover.Step(colleague, None, cast.business_manager, NOW))
        assert not summary.given_sections.filter(ended_at=None).exists()
        assert timescale(summary).stopped_at is not None


def test_every_section_that_is_asked_can_be_given(give, summary, cast, colleague, visit):
    for section in forms.SECTIONS:
        give(section.slug)
        assert visit(colleague).get(page("fill-in-summary", summary, section.slug)).status_code == 200
    Memberships.create(user=colleague, agency=cast.housing, role=Role.APPROVER)
    assert list(AgencySummary.objects.worked_on_by(colleague, moment=NOW)) == [summary]
