"""Where the agencies stand, section by section; an agency is chased, its date extended, or it is gone on without."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from casework import sight
from casework.workflow import CannotProceed
from deadlines import reminders, rules
from deadlines.models import Deadline
from notifications.models import Notice
from partnership.models import Membership
from partnership.roles import Role
from rapid_reviews import queries, workflow
from rapid_reviews.models import AgencySummary, Chase
from tests.client import parsed
from tests.factories import Agencies, person_with
from tests.factories import rapid_reviews as reviews
from tests.integration.rapid_reviews.conftest import fresh
from tests.moments import london
from trail.models import Event

pytestmark = pytest.mark.begins_with("review_gathering")
NOW = london("2026-12-11 14:00")


@pytest.fixture
def review(cast):
    return reviews.review_gathering(cast)


@pytest.fixture
def summary(cast, review):
    return reviews.of(review, cast.housing)


def page(name, record):
    return reverse(name, args=[record.reference])


def waits(summary):
    return queries.deadline_of_summary(summary)


def cells(response, agency):
    """The sections of one agency as the table says them: {head: words}."""
    for row in parsed(response).select("table.hub-grid tbody tr"):
        if row.th.get_text(strip=True) == str(agency):
            return {cell["data-label"]: cell.get_text(strip=True) for cell in row.select("td")}
    return {}


class TestTheGrid:
    def test_each_section_of_each_agency_says_in_words_how_far_it_is(self, cast, review, summary, visit):
        reviews.fill_in(summary, by=cast.agency_lead, on=NOW, lessons="")
        shown = visit("coordinator").get(page("agencies", review))
        housing, trust = cells(shown, cast.housing), cells(shown, cast.trust)
        assert housing["Child"] == housing["Records"] == housing["Chronology"] == "Done"
        assert housing["Learning"] == "In progress"
        assert set(trust.values()) == {"Not started"}
        assert len(housing) == 10

    def test_an_optional_section_of_what_was_returned_is_not_said_to_be_unfinished(self, cast, review, summary, visit):
        reviews.return_it(
            cast,
            summary,
            on=NOW,
            criminal_process="",
            professional_process="",
            single_agency_process="",
            other_review="",
        )
        shown = cells(visit("coordinator").get(page("agencies", review)), cast.housing)
        assert shown["Other processes"] == "Nothing said"
        assert shown["Child"] == "Done"

    def test_a_nil_return_has_no_sections(self, cast, review, summary, visit):
        reviews.make_nil(cast, summary, on=NOW)
        shown = cells(visit("coordinator").get(page("agencies", review)), cast.housing)
        assert shown["Agency"] == "Nil return"
        assert shown["Child"] == "–"

    def test_nothing_of_what_is_written_is_on_it(self, cast, review, summary, visit):
        reviews.fill_in(summary, by=cast.agency_lead, on=NOW)
        shown = visit("coordinator").text(page("agencies", review))
        assert fresh(summary).lessons not in shown
        assert summary.events.get().what_happened not in shown

    def test_when_it_was_asked_first_opened_by_the_agency_due_and_returned(self, cast, review, summary, visit, clock):
        coordinator = visit("coordinator")
        coordinator.get(summary)
        assert "First opened Not opened yet" in coordinator.text(page("agencies", review))
        clock.move_to(london("2026-12-14 09:30"))
        visit("agency_lead").get(summary)
        reviews.return_it(cast, summary, on=london("2026-12-16 15:00"))
        text = visit("business_manager").text(page("agencies", review))
        assert "Asked 11 December 2026 at 1:45pm" in text
        assert "First opened 14 December 2026 at 9:30am" in text
        assert "Returned 16 December 2026 at 3pm, 3 working days after it was asked" in text

    def test_whom_the_hub_reminded_and_when(self, review, visit, clock):
        clock.move_to(london("2026-12-21 08:00"))
        reminders.send_due(on=london("2026-12-21 08:00"))
        text = visit("coordinator").text(page("agencies", review))
        assert "21 December 2026 at 8am: Lena Hollis, Lucas Ambry" in text

    def test_it_is_the_business_teams(self, cast, review, visit):
        assert visit("business_manager").get(page("agencies", review)).status_code == 200
        assert visit("agency_lead").get(page("agencies", review)).status_code == 404
        assert visit("reviewer").get(page("agencies", review)).status_code == 403

    def test_the_review_links_to_it(self, review, visit):
        assert page("agencies", review) in visit("coordinator").get(review).content.decode()

    def test_it_asks_as_much_for_many_agencies_as_for_two(self, cast, review, visit, django_assert_max_num_queries):
        coordinator = visit("coordinator")
        coordinator.get(page("agencies", review))
        with django_assert_max_num_queries(60) as two:
            coordinator.get(page("agencies", review))
        more = [Agencies(name=f"Agency {number}") for number in range(8)]
        for number, agency in enumerate(more):
            person_with(f"Lead {number}", Role.AGENCY_LEAD, agency=agency)
        workflow.ask_agencies(review, by=cast.coordinator, on=NOW, agencies=more)
        for summary in AgencySummary.objects.filter(agency__in=more).order_by("pk"):
            workflow.chase_agency(summary, by=cast.coordinator, on=NOW)
        with django_assert_max_num_queries(len(two)):
            assert coordinator.text(page("agencies", review)).count("Not started") == 100


class TestChasing:
    def test_one_press_on_the_page_tells_the_leads_and_records_when_and_by_whom(self, cast, review, summary, visit):
        coordinator = visit("coordinator")
        shown = parsed(coordinator.get(page("agencies", review)))
        form = shown.select_one(f'form[action="{page("chase-agency", summary)}"]')
        values = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
        answer = coordinator.post(page("chase-agency", summary), values)
        assert answer.status_code == 302
        chase = Chase.objects.get()
        assert (chase.summary, chase.chased_by, chase.told) == (summary, cast.coordinator, "Lena Hollis, Lucas Ambry")
        told = Notice.objects.filter(kind="rapid_reviews.agency_chased").order_by("user__full_name")
        assert [notice.user for notice in told] == [cast.agency_lead, cast.second_lead]
        assert "Its date: Tuesday 22 December 2026" in told[0].body
        assert "by Colm Ferris: Lena Hollis, Lucas Ambry" in coordinator.text(page("agencies", review))

    def test_two_agencies_are_chased_from_one_page(self, cast, review, visit):
        coordinator = visit("coordinator")
        shown = parsed(coordinator.get(page("agencies", review)))
        for summary in review.summaries.order_by("pk"):
            form = shown.select_one(f'form[action="{page("chase-agency", summary)}"]')
            values = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
            assert coordinator.post(page("chase-agency", summary), values).status_code == 302
        assert Chase.objects.count() == 2

    def test_not_twice_within_an_hour(self, cast, summary):
        workflow.chase_agency(summary, by=cast.coordinator, on=NOW)
        for minutes in (0, 59):
            with pytest.raises(CannotProceed, match="Wait an hour"):
                workflow.chase_agency(summary, by=cast.business_manager, on=NOW + timedelta(minutes=minutes))
        workflow.chase_agency(summary, by=cast.coordinator, on=NOW + timedelta(minutes=60))
        assert Chase.objects.count() == 2

    def test_who_is_kept_out_is_not_told(self, cast, summary):
        sight.keep_out(summary.case, by=cast.business_manager, on=NOW, person=cast.agency_lead, reason="Named in it")
        workflow.chase_agency(summary, by=cast.coordinator, on=NOW)
        assert Chase.objects.get().told == "Lucas Ambry"
        assert not Notice.objects.filter(kind="rapid_reviews.agency_chased", user=cast.agency_lead).exists()

    def test_where_nobody_can_be_told_it_is_refused(self, cast, summary):
        for person in (cast.agency_lead, cast.second_lead):
            sight.keep_out(summary.case, by=cast.business_manager, on=NOW, person=person, reason="Named in it")
        assert Membership.objects.filter(agency=cast.housing, role=Role.AGENCY_LEAD).exists()
        with pytest.raises(CannotProceed, match="no safeguarding lead who can be told"):
            workflow.chase_agency(summary, by=cast.coordinator, on=NOW)

    def test_what_came_is_not_chased(self, cast, review, summary, visit):
        reviews.make_nil(cast, summary, on=NOW)
        assert visit("coordinator").get(page("chase-agency", summary)).status_code == 409
        assert page("chase-agency", summary) not in visit("coordinator").get(page("agencies", review)).content.decode()


class TestExtending:
    def extend(self, visit, summary, day=date(2027, 1, 8)):
        return visit("coordinator").send(
            page("extend-summary", summary), due=day, reason="Records in store", agreed_by="The chair"
        )

    def test_a_later_day_with_the_reason_and_who_agreed(self, cast, review, summary, visit):
        assert self.extend(visit, summary).url == page("agencies", review)
        found = waits(summary)
        assert rules.london_day(found.due_at) == date(2027, 1, 8)
        assert (found.extension_reason, found.extension_agreed_by) == ("Records in store", "The chair")
        assert Event.objects.filter(verb="extend_deadline", reference=summary.reference).count() == 1
        assert Notice.objects.filter(kind="date-moved", user=cast.agency_lead).exists()

    def test_not_an_earlier_day_than_it_has(self, summary, visit):
        assert self.extend(visit, summary, date(2026, 12, 16)).status_code == 422
        assert waits(summary).extended_at is None

    def test_a_section_without_a_day_of_its_own_moves_with_it_and_another_does_not(self, cast, summary, visit):
        reviews.fill_in(summary, by=cast.agency_lead, on=NOW)
        give = {"by": cast.agency_lead, "on": NOW, "person": cast.second_lead}
        workflow.give_section(summary, section="child", **give)
        workflow.give_section(summary, section="practice", due_on=date(2026, 12, 15), **give)
        self.extend(visit, summary)
        due = dict(Deadline.objects.filter(rule=rules.SECTION_WRITTEN.code).values_list("key", "due_at"))
        assert rules.london_day(due["child"]) == date(2027, 1, 8)
        assert rules.london_day(due["practice"]) == date(2026, 12, 15)

    def test_its_approval_moves_with_it(self, cast, summary, visit):
        reviews.fill_in(summary, by=cast.agency_lead, on=NOW)
        workflow.send_for_approval(summary, by=cast.agency_lead, on=NOW, approver=cast.second_lead)
        self.extend(visit, summary)
        approval = Deadline.objects.get(rule=rules.SUMMARY_APPROVED.code, reference=summary.reference)
        assert rules.london_day(approval.due_at) == date(2027, 1, 8)

    def test_the_report_says_extended_while_it_is_waited_for_and_when_it_came_by_that_day(
        self, cast, review, summary, visit
    ):
        assert queries.summary_status(summary) == "not_returned"
        self.extend(visit, summary)
        assert queries.summary_status(fresh(summary)) == "extended"
        assert "Extended to 8 January 2027" in str(queries.content(review)["parts"])
        returned = reviews.return_it(cast, summary, on=london("2027-01-07 15:00"))
        assert queries.summary_status(returned) == "extended"

    def test_what_came_by_its_first_day_is_in_time_and_what_came_after_the_extended_one_late(
        self, cast, review, summary, visit
    ):
        self.extend(visit, summary)
        early = reviews.return_it(cast, summary, on=london("2026-12-21 15:00"))
        assert queries.summary_status(early) == "in_time"
        late = workflow.send_back(early, by=cast.coordinator, on=london("2026-12-21 16:00"), reason="Say more")
        late = reviews.return_it(cast, late, on=london("2027-02-01 15:00"))
        assert queries.summary_status(late) == "late_before_meeting"

    def test_asked_late_with_a_day_of_its_own_is_no_extension(self, cast, review):
        person_with("Lead of the council", Role.AGENCY_LEAD, agency=cast.council)
        later = london("2027-01-04 10:00")
        workflow.ask_agencies(review, by=cast.coordinator, on=later, agencies=[cast.council], due_on=date(2027, 1, 20))
        summary = reviews.of(review, cast.council)
        assert waits(summary).extended_at is not None
        assert queries.summary_status(summary) == "not_returned"


class TestGoingWithout:
    @pytest.fixture
    def gone(self, summary, visit):
        visit("coordinator").must_send(page("go-without", summary), reason="Three requests, no answer")
        return fresh(summary)

    def test_it_is_recorded_with_the_reason_by_whom_and_when_and_nothing_is_due_any_more(self, cast, gone, visit):
        assert (gone.went_without_by, gone.went_without_why) == (cast.coordinator, "Three requests, no answer")
        assert waits(gone) is None
        text = visit("coordinator").text(page("agencies", gone.review))
        assert "Three requests, no answer" in text
        assert "by Colm Ferris" in text
        assert Event.objects.get(verb="go_without").words == "Three requests, no answer"

    def test_the_agency_is_told_and_not_why(self, cast, gone):
        notice = Notice.objects.get(kind="rapid_reviews.went_without", user=cast.agency_lead)
        assert "Three requests" not in notice.body

    def test_the_report_prints_it_with_the_reason(self, gone):
        printed = str(queries.content(gone.review)["parts"])
        assert "Not returned, the review went on without it: Three requests, no answer" in printed

    def test_it_is_not_chased_extended_or_gone_on_without_again(self, cast, gone):
        for act, answers in (
            (workflow.chase_agency, {}),
            (workflow.go_without, {"reason": "Again"}),
            (workflow.extend_summary, {"due": date(2027, 1, 8), "reason": "Late", "agreed_by": "The chair"}),
        ):
            with pytest.raises(CannotProceed, match="goes on without"):
                act(gone, by=cast.coordinator, on=NOW, **answers)

    def test_it_may_still_come_in_late(self, cast, gone):
        came = reviews.return_it(cast, gone, on=london("2027-01-07 15:00"))
        assert came.status == "returned"
        assert queries.summary_status(came) == "late_before_meeting"

    def test_the_approver_may_still_send_it_back_to_its_author(self, cast, summary):
        reviews.fill_in(summary, by=cast.agency_lead, on=NOW)
        summary = workflow.send_for_approval(summary, by=cast.agency_lead, on=NOW, approver=cast.second_lead)
        workflow.go_without(summary, by=cast.coordinator, on=NOW, reason="Too late for the meeting")
        back = workflow.return_to_author(summary, by=cast.second_lead, on=NOW, reason="Not fair yet")
        assert back.status == "asked"
