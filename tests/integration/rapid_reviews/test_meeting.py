"""The rapid review meeting: written down page by page, then recorded as held."""

from datetime import date, time

import pytest
from django.template import engines
from django.urls import reverse

from deadlines import rules
from deadlines.models import Deadline
from rapid_reviews import queries, workflow
from rapid_reviews.models import Action, RapidReview
from tests.client import changed, fields_of, parsed, problems, said, words
from tests.factories import rapid_reviews, reports
from tests.integration.rapid_reviews.conftest import fresh
from tests.moments import london

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def with_pack(made_once):
    return made_once(rapid_reviews.pack_issued)


@pytest.fixture(scope="module")
def written_down(made_once):
    return made_once(reports.meeting_filled_in, side=None)


@pytest.fixture
def pack(with_pack, db):
    return fresh(with_pack)


@pytest.fixture
def written(written_down, db):
    return fresh(written_down)


def group(review, slug):
    return reverse("fill-in-meeting", args=[review.reference, slug])


def record(review):
    return reverse("record-meeting", args=[review.reference])


class TestWritingItDown:
    def test_the_first_page_knows_what_was_planned(self, pack, visit):
        form = visit("coordinator").form(group(pack, "when"))
        planned = ("held_on-day", "held_on-month", "held_on-year", "began_at", "place", "chaired_by", "note_taker")
        assert [form[name] for name in planned] == [
            "28",
            "12",
            "2026",
            "10am",
            pack.meeting_place,
            "Rowan Beck",
            "Colm Ferris",
        ]

    @pytest.mark.moment("2026-12-29 09:00")
    def test_everybody_of_the_panel_is_listed_from_the_first_save(self, pack, visit):
        visitor = visit("coordinator")
        where = visitor.must_send(group(pack, "when"))
        assert where == group(pack, "people")
        listed = [legend.get_text(strip=True) for legend in visitor.read(where).select("main fieldset > legend")]
        assert listed == [
            f"{member.user}, {member.agency}" for member in pack.members.order_by("pk").select_related("user", "agency")
        ]

    def test_who_attended_is_saved_by_a_button_that_says_so(self, written, visit, monkeypatch):
        monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")
        pages = ("when", "people", "facts", "discussion", "views", "actions", "next-steps")
        saved = [visit("coordinator").read(group(written, one)).select("main form button")[-1] for one in pages]
        words = ["Continue" if one == "actions" else "Save and continue" for one in pages]
        assert [button.get_text(strip=True) for button in saved] == words

    def test_the_chair_and_the_business_team_write_it_others_do_not(self, pack, visit):
        for part in ("coordinator", "business_manager", "reviewer"):
            assert visit(part).get(group(pack, "when")).status_code == 200
        for part in ("panel_la", "agency_lead"):
            assert visit(part).get(group(pack, "when")).status_code == 403
            assert visit(part).get(reverse("meeting", args=[pack.reference])).status_code == 404
        for part in ("partner_la", "other_referrer", "second_lead"):
            assert visit(part).get(group(pack, "when")).status_code == 404

    def test_a_substitute_came_in_place_of_somebody(self, written, visit):
        visitor = visit("coordinator")
        people = list(queries.people_invited(queries.meeting_of(written)))
        answers = {f"attended_{people[0].pk}": "substitute", f"in_place_{people[0].pk}": "Edda Marsh"}
        visitor.must_send(group(written, "people"), **answers)
        people[0].refresh_from_db()
        assert (people[0].attended, people[0].in_place) == ("substitute", "Edda Marsh")
        assert "The view of Edda Marsh" not in visitor.text(group(written, "views"))
        assert "Edda Marsh" in visitor.text(group(written, "views"))

    def test_two_people_record_attendance_at_once_and_see_both(self, written, visit):
        mine = fields_of(visit("coordinator").read(group(written, "people")))
        theirs = fields_of(visit("business_manager").read(group(written, "people")))
        first = queries.people_invited(queries.meeting_of(written))[0]
        visit("business_manager").post(group(written, "people"), changed(theirs, {f"attended_{first.pk}": "apologies"}))
        response = visit("coordinator").post(
            group(written, "people"), changed(mine, {f"attended_{first.pk}": "absent"})
        )
        assert response.status_code == 409
        assert "Apologies" in words(response)
        assert "Absent" in words(response)
        again = visit("coordinator").post(group(written, "people"), fields_of(parsed(response)))
        assert again.status_code == 302
        first.refresh_from_db()
        assert first.attended == "absent"

    def test_an_action_asks_for_outcome_lead_officer_and_date(self, written, visit):
        add = reverse("add-meeting-row", args=[written.reference, "action"])
        response = visit("coordinator").send(add, action="Agree a pathway")
        assert problems(response) == [
            ("Enter the outcome it should have", "#id_outcome"),
            ("Enter who leads it", "#id_lead_officer"),
            ("Enter by when it is to be done", "#id_due_on-day"),
        ]
        visit("coordinator").must_send(
            add, action="Agree a pathway", outcome="One pathway", lead_officer="E. Marsh", due_on=date(2027, 3, 1)
        )
        assert Action.objects.filter(meeting__review=written, action="Agree a pathway").exists()

    def test_an_action_and_somebody_invited_can_be_taken_off(self, written, visit):
        visitor = visit("coordinator")
        visitor.must_send(
            reverse("add-meeting-row", args=[written.reference, "person"]), name="Edda Marsh", attended="attended"
        )
        page = visitor.read(group(written, "people"))
        remove = page.select_one("a[href$='/remove/']")["href"]
        visitor.must_send(remove)
        assert "Edda Marsh" not in visitor.text(group(written, "people"))
        for action in Action.objects.filter(meeting__review=written):
            visitor.must_send(reverse("remove-meeting-row", args=[written.reference, "action", action.pk]))
        assert not Action.objects.filter(meeting__review=written).exists()

    def test_another_reviews_row_is_not_there(self, written, visit):
        other = reverse("fill-in-meeting-row", args=[written.reference, "action", 999_999])
        assert visit("coordinator").get(other).status_code == 404
        assert visit("coordinator").get(group(written, "nothing")).status_code == 404
        unknown = reverse("add-meeting-row", args=[written.reference, "nothing"])
        assert visit("coordinator").get(unknown).status_code == 404

    def test_it_cannot_end_before_it_began_or_be_tomorrow(self, written, visit):
        response = visit("coordinator").send(
            group(written, "when"), held_on=date(2026, 12, 12), began_at="3pm", ended_at="2pm"
        )
        assert [message for message, _ in problems(response)] == [
            "Date must be today or in the past",
            "The meeting cannot have ended before it began",
        ]

    def test_people_actions_and_views_wait_for_the_first_page(self, pack, visit):
        assert "Begin with" in visit("coordinator").text(group(pack, "people"))
        add = reverse("add-meeting-row", args=[pack.reference, "action"])
        answers = {"action": "A", "outcome": "O", "lead_officer": "L", "due_on": date(2027, 3, 1)}
        assert "Save when and where" in said(visit("coordinator").send(add, **answers))


class TestRecordingIt:
    def test_every_gap_is_said_at_once_with_a_way_to_put_it_right(self, pack, visit):
        response = visit("coordinator").send(record(pack))
        assert problems(response) == [
            ("Enter the date of the meeting", group(pack, "when")),
            ("Enter when the meeting ended", group(pack, "when")),
            ("Enter who chaired the meeting", group(pack, "when")),
            ("Say that the confidentiality statement was read", group(pack, "when")),
            ("Say that conflicts of interest were asked about", group(pack, "when")),
            ("Enter the rationale on the threshold for an LCSPR", group(pack, "next-steps")),
        ]
        assert fresh(pack).status == RapidReview.Status.PACK_ISSUED

    def test_so_are_the_gaps_of_people_views_actions_and_next_steps(self, cast, written, visit):
        meeting = queries.meeting_of(written)
        first, second = queries.people_invited(meeting)[:2]
        action = meeting.actions.order_by("pk").first()
        edit = {"by": cast.coordinator, "on": london("2026-12-11 13:57")}
        workflow.fill_in_meeting_row(written, row=first, values={"attended": ""}, **edit)
        workflow.fill_in_meeting_row(written, row=second, values={"in_place": "", "view": ""}, **edit)
        workflow.fill_in_meeting_row(written, row=action, values={"outcome": "", "due_on": None}, **edit)
        values = {"recommends_lcspr": None, "dissent": "", "held_on": date(2026, 12, 11), "ended_at": time(9)}
        workflow.fill_in_meeting(written, values=values, **edit)
        assert [message for message, _ in problems(visit("coordinator").send(record(written)))] == [
            f"Select whether {first} attended",
            f"Enter who came in place of {second}",
            f"Select the view of {second}",
            "Enter the outcome of action 1",
            "Enter the date of action 1",
            "Select whether the rapid review panel recommends an LCSPR",
            "Enter the dissent",
        ]

    def test_it_is_recorded_and_the_report_begins(self, written, visit):
        where = visit("coordinator").must_send(record(written))
        review = fresh(written)
        assert where == reverse("report", args=[review.reference])
        assert review.status == RapidReview.Status.DRAFTING
        assert review.sections.count() == 13
        assert "Recorded 11 December 2026 at 2pm by Colm Ferris" in visit("panel_la").text(
            reverse("meeting", args=[review.reference])
        )

    def test_the_timescale_is_met_when_it_ended_not_when_it_was_recorded(self, cast, written):
        workflow.record_meeting(written, by=cast.coordinator, on=london("2026-12-14 09:00"))
        deadline = Deadline.objects.get(reference=written.reference, rule=rules.MEETING.code)
        assert deadline.met_at == london("2026-12-11 12:30")

    def test_a_meeting_that_has_not_ended_is_not_recorded(self, cast, written, visit):
        values = {"ended_at": time(16)}
        workflow.fill_in_meeting(written, by=cast.coordinator, on=london("2026-12-11 13:57"), values=values)
        response = visit("coordinator").send(record(written))
        assert response.status_code == 422
        assert "must have ended" in words(response)
        assert fresh(written).status == RapidReview.Status.PACK_ISSUED

    def test_a_second_time_changes_nothing(self, written, visit):
        visit("coordinator").must_send(record(written))
        assert visit("business_manager").get(record(written)).status_code == 409
        assert fresh(written).sections.count() == 13
