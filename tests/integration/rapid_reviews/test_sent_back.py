"""A summary comes back with comments by section; returned again, it shows what changed since."""

import pytest
from django.urls import reverse

from rapid_reviews import queries, workflow
from rapid_reviews.models import DisclosureRestriction, SectionComment
from tests.client import parsed
from tests.factories import rapid_reviews as reviews
from tests.integration.rapid_reviews.conftest import fresh
from tests.moments import london

pytestmark = pytest.mark.begins_with("summary_returned")
BACK, AGAIN, NOW = (london(f"2026-12-11 14:{minute}") for minute in ("00", "10", "20"))


def page(name, summary, *more):
    return reverse(name, args=[summary.reference, *more])


@pytest.fixture
def summary(cast):
    return reviews.summary_returned(cast)


@pytest.fixture
def sent_back(cast, summary, clock):
    """Sent back with a comment on the whole and one on a section."""
    clock.move_to(BACK)
    comments = {"child": "Whose words are these?"}
    return workflow.send_back(summary, by=cast.coordinator, on=BACK, reason="Please say more", comments=comments)


@pytest.fixture
def write(cast, sent_back, clock):
    """Write answers of the summary that came back."""
    clock.move_to(AGAIN)

    def write(**values):
        return workflow.fill_in_summary(sent_back, by=cast.agency_lead, on=AGAIN, values=values)

    return write


@pytest.fixture
def return_it(cast, clock):
    def return_it(summary):
        summary = workflow.send_for_approval(summary, by=cast.agency_lead, on=AGAIN, approver=cast.second_lead)
        summary = workflow.approve_summary(summary, by=cast.second_lead, on=AGAIN)
        clock.move_to(NOW)
        return summary

    return return_it


def rows_of(response):
    """The differences: [(what, then, now)]."""
    return [
        tuple(cell.get_text(" ", strip=True) for cell in row.select("th, td"))
        for row in parsed(response).select("tbody tr")
    ]


class TestComments:
    def test_the_form_asks_for_one_on_each_section_and_needs_none(self, cast, summary, visit):
        coordinator = visit("coordinator")
        coordinator.must_send(
            page("send-back", summary), reason="Please say more", section_child="Whose words?", section_practice=""
        )
        comment = SectionComment.objects.get()
        assert (comment.section, comment.text, comment.made_by) == ("child", "Whose words?", cast.coordinator)
        assert fresh(summary).status == "sent_back"

    def test_it_stands_on_its_section_and_in_the_task_list(self, sent_back, visit):
        lead = visit("agency_lead")
        assert "Sent back: Whose words are these?" in lead.text(sent_back)
        assert "Whose words are these?" in lead.text(page("fill-in-summary", sent_back, "child"))
        assert "Whose words are these?" not in lead.text(page("fill-in-summary", sent_back, "practice"))

    def test_who_was_given_another_section_does_not_read_it(self, cast, sent_back, visit):
        person = reviews.Memberships(agency=cast.housing, role="referrer").user
        workflow.give_section(sent_back, by=cast.agency_lead, on=BACK, section="practice", person=person)
        assert "Whose words are these?" not in visit(person).text(sent_back)

    def test_the_approver_comments_on_sections_as_well(self, cast, visit):
        summary = reviews.summary_with_approver(cast)
        visit("second_lead").must_send(
            page("return-to-author", summary), reason="Nearly there", section_learning="By whom?"
        )
        assert "Sent back: By whom?" in visit("agency_lead").text(summary)

    def test_those_of_an_earlier_time_stay_on_record_and_off_the_pages(self, cast, sent_back, return_it, visit):
        again = return_it(sent_back)
        workflow.send_back(again, by=cast.coordinator, on=NOW, reason="One thing more")
        assert "Whose words are these?" not in visit("agency_lead").text(again)
        assert SectionComment.objects.filter(summary=again).count() == 1
        assert queries.comments_now(again) == {}


class TestWhatChanged:
    def test_an_answer_then_and_now_side_by_side_and_nothing_that_stayed(self, write, return_it, summary, visit):
        before = summary.pen_picture
        changed = return_it(write(pen_picture="She draws horses"))
        response = visit("coordinator").get(page("what-changed", changed))
        assert rows_of(response) == [("Pen picture of the child", before, "She draws horses")]
        text = visit("coordinator").text(page("what-changed", changed))
        assert "Please say more" in text
        assert "Whose words are these?" in text

    def test_rows_that_came_changed_and_went(self, cast, write, sent_back, return_it, visit):
        by = {"by": cast.agency_lead, "on": AGAIN}
        write()
        event, action = sent_back.events.get(), sent_back.lesson_actions.get()
        workflow.fill_in_summary_row(sent_back, row=event, values={"what_was_done": "A visit on the day"}, **by)
        workflow.remove_summary_row(sent_back, row=action, **by)
        practitioner = sent_back.practitioners.model(summary=sent_back)
        workflow.fill_in_summary_row(sent_back, row=practitioner, values={"name": "Ines Marlow"}, **by)
        changed = return_it(sent_back)
        found = rows_of(visit("coordinator").get(page("what-changed", changed)))
        assert any("(changed)" in what and now == "A visit on the day" for what, _, now in found)
        assert any("(removed)" in what and then == action.action for what, then, _ in found)
        assert ("Ines Marlow (added): Name", "–", "Ines Marlow") in found
        assert not any(what.startswith("Pen picture") for what, _, _ in found)

    def test_what_came_and_went_meanwhile_is_nothing(self, cast, write, sent_back, return_it, visit):
        write()
        row = reviews.add_row(sent_back, "action", by=cast.agency_lead, on=AGAIN, tag="Passing")
        workflow.remove_summary_row(sent_back, by=cast.agency_lead, on=AGAIN, row=row)
        changed = return_it(sent_back)
        assert "Nothing has changed" in visit("coordinator").text(page("what-changed", changed))

    def test_what_is_withheld_is_in_neither_column(self, cast, write, sent_back, return_it, visit):
        event, was = sent_back.events.get(), sent_back.pen_picture
        reviews.restrict(sent_back, "answer", "pen_picture", by=cast.agency_lead, on=AGAIN)
        reviews.restrict(sent_back, by=cast.agency_lead, on=AGAIN)
        told = event.what_happened
        write(pen_picture="She draws horses")
        workflow.fill_in_summary_row(
            sent_back, by=cast.agency_lead, on=AGAIN, row=event, values={"what_happened": "Something else"}
        )
        changed = return_it(sent_back)
        shown = visit("coordinator").get(page("what-changed", changed)).content.decode()
        for hidden in (was, told, "She draws horses", "Something else"):
            assert hidden not in shown
        assert "What is withheld from you is not compared" in shown
        assert "She draws horses" in visit("business_manager").text(page("what-changed", changed))

    def test_an_event_that_was_marked_and_then_removed_is_not_let_out_by_that(
        self, cast, write, sent_back, return_it, visit
    ):
        event = sent_back.events.get()
        reviews.restrict(sent_back, by=cast.agency_lead, on=AGAIN)
        write()
        workflow.remove_summary_row(sent_back, by=cast.agency_lead, on=AGAIN, row=event)
        reviews.add_row(sent_back, "event", by=cast.agency_lead, on=AGAIN, tag="Another")
        assert not DisclosureRestriction.objects.exists()
        changed = return_it(sent_back)
        assert event.what_happened not in visit("coordinator").text(page("what-changed", changed))
        assert event.what_happened in visit("business_manager").text(page("what-changed", changed))

    def test_nothing_is_read_of_it_outside_agency_and_business_team(self, cast, write, return_it, visit):
        changed = return_it(write(pen_picture="She draws horses"))
        assert visit("other_lead").get(page("what-changed", changed)).status_code == 404
        assert visit("agency_lead").get(page("what-changed", changed)).status_code == 200

    def test_it_is_linked_where_the_summary_is_read_and_accepted(self, write, return_it, visit):
        changed = return_it(write(pen_picture="She draws horses"))
        address = page("what-changed", changed)
        for where in (changed.get_absolute_url(), page("accept-summary", changed)):
            assert f'href="{address}"' in visit("coordinator").get(where).content.decode()

    def test_a_summary_that_never_came_back_has_no_such_link(self, summary, visit):
        assert "What changed" not in visit("coordinator").text(summary)
        assert "was not sent back" in visit("coordinator").text(page("what-changed", summary))

    def test_it_asks_as_much_for_many_events_as_for_few(
        self, cast, write, sent_back, return_it, visit, django_assert_max_num_queries
    ):
        write()
        for number in range(3):
            reviews.add_row(sent_back, "event", by=cast.agency_lead, on=AGAIN, tag=f"Event {number}")
        changed = return_it(sent_back)
        visit("coordinator").get(page("what-changed", changed))
        with django_assert_max_num_queries(60) as few:
            visit("coordinator").get(page("what-changed", changed))
        changed = workflow.send_back(changed, by=cast.coordinator, on=NOW, reason="More")
        later = london("2026-12-11 14:30")
        for number in range(40):
            reviews.add_row(changed, "event", by=cast.agency_lead, on=later, tag=f"Later event {number}")
        with django_assert_max_num_queries(len(few) + 2):
            found = rows_of(visit("coordinator").get(page("what-changed", changed)))
        assert sum("(added)" in what for what, _, _ in found) >= 40
