"""A passage, event or document that is not to be shared: read by those it names, withheld everywhere from the rest."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from casework import sight
from casework.workflow import CannotProceed, NotAllowed
from deadlines import rules
from deadlines.models import Deadline
from notifications.models import Notice
from rapid_reviews import queries, workflow
from rapid_reviews.models import DisclosureRestriction, ReportSection
from rapid_reviews.queries.disclosure import as_read
from tests.client import problems, words
from tests.factories import rapid_reviews as reviews
from tests.factories import reports, situations
from tests.integration.rapid_reviews.conftest import fresh, summary_of
from tests.moments import london
from trail.models import Event, save

pytestmark = pytest.mark.begins_with("pack_issued")
NOW = london("2026-12-11 14:00")
MAY_READ = ("agency_lead", "second_lead", "business_manager")
MAY_NOT = ("coordinator", "other_lead", "panel_la", "panel_police", "reviewer", "referrer")


@pytest.fixture
def review(cast):
    """The pack is issued; Larkspur Homes and Thistledown have returned their summaries."""
    return reviews.pack_issued(cast)


@pytest.fixture
def summary(cast, review):
    return summary_of(review, cast.housing)


def row_of(summary, kind):
    related = {"event": "events", "action": "lesson_actions", "correction": "family_corrections"}
    return getattr(summary, related.get(kind, "practitioners")).get()


def mark(cast, summary, kind="event", thing=None, **terms):
    if thing is None:
        thing = "criminal_process" if kind == "answer" else row_of(summary, kind)
    return reviews.restrict(fresh(summary), kind, thing, by=cast.agency_lead, on=NOW, **terms)


def words_of(summary, kind):
    """Words of what `mark` marks."""
    summary = fresh(summary)
    if kind == "answer":
        return summary.criminal_process
    columns = {"event": "what_happened", "action": "action", "correction": "what", "practitioner": "name"}
    return getattr(row_of(summary, kind), columns[kind])


def pages_of(review, summary):
    address = review.get_absolute_url()
    return (summary.get_absolute_url(), f"{address}pack/", f"{address}chronology/", f"{address}report/")


def seen_by(visitor, review, summary):
    """Everything that a person can open of the case, tags and all."""
    answers = [visitor.get(page) for page in pages_of(review, summary)]
    return " ".join(answer.content.decode() for answer in answers if answer.status_code == 200)


def found(marked, visitor, review, summary):
    """The kinds whose words a person finds on some page: `marked` is {kind: its words}."""
    seen = seen_by(visitor, review, summary)
    return {kind for kind, words in marked.items() if words in seen}


KINDS = {
    "event": "An event is withheld.",
    "answer": "A passage is withheld.",
    "action": "A passage is withheld.",
    "correction": "A passage is withheld.",
    "practitioner": "A passage is withheld.",
}


class TestWhoReadsIt:
    def test_the_agency_and_the_business_manager_and_nobody_else(self, cast, review, summary, visit):
        marked = {kind: words_of(summary, kind) for kind in KINDS}
        everybody = (*MAY_READ, *MAY_NOT)

        def kinds_found(parts):
            return {part: found(marked, visit(part), review, summary) for part in parts}

        assert kinds_found(everybody) == {part: set(KINDS) for part in everybody}
        made = [mark(cast, summary, kind) for kind in KINDS]
        assert kinds_found(everybody) == {part: set(KINDS) if part in MAY_READ else set() for part in everybody}
        for restriction in made:
            address = f"{summary.get_absolute_url()}not-shared/{restriction.pk}/lift/"
            visit("second_lead").must_send(address, reason="Over")
            restriction.refresh_from_db()
            assert (restriction.lifted_by, restriction.lifted_why) == (cast.second_lead, "Over")
        assert kinds_found(MAY_NOT) == {part: set(KINDS) for part in MAY_NOT}

    @pytest.mark.parametrize("kind", KINDS)
    def test_what_is_marked_is_withheld_and_nothing_beside_it(self, cast, review, summary, visit, kind):
        marked = {each: words_of(summary, each) for each in KINDS}
        restriction = mark(cast, summary, kind)
        assert found(marked, visit("panel_la"), review, summary) == set(KINDS) - {kind}
        assert KINDS[kind] in visit("panel_la").text(summary)
        assert KINDS[kind] not in visit("agency_lead").text(summary)
        visit("second_lead").must_send(f"{summary.get_absolute_url()}not-shared/{restriction.pk}/lift/", reason="Over")
        assert KINDS[kind] not in visit("panel_la").text(summary)

    def test_a_marked_answer_that_was_emptied_since_is_empty_to_everybody(self, cast, summary):
        mark(cast, summary, "answer")
        emptied = fresh(summary)
        assert as_read(emptied, queries.marks_of(emptied.review)).criminal_process == "A passage is withheld."
        emptied.criminal_process = ""
        save(emptied, by=cast.agency_lead, on=NOW)
        assert as_read(emptied, queries.marks_of(emptied.review)).criminal_process == ""

    def test_it_is_withheld_through_its_last_day_and_read_on_the_next(self, cast, review, summary, visit, clock):
        marked = words_of(summary, "event")
        mark(cast, summary, until_on=date(2026, 12, 15))
        clock.move_to(london("2026-12-15 23:30"))
        assert marked not in seen_by(visit("panel_la"), review, summary)
        clock.move_to(london("2026-12-16 00:30"))
        visit("panel_police")
        assert marked in seen_by(visit("panel_police"), review, summary)

    def test_an_agency_it_is_shared_with_reads_it_through_its_leads(self, cast, review, summary, visit):
        marked = words_of(summary, "event")
        mark(cast, summary, shared_with=[cast.trust])
        assert marked in seen_by(visit("other_lead"), review, summary)
        assert marked not in seen_by(visit("panel_la"), review, summary)
        assert marked not in seen_by(visit("coordinator"), review, summary)

    def test_its_date_its_agency_and_its_number_are_not_in_the_chronology(self, cast, review, summary, visit):
        mark(cast, summary)
        text = visit("panel_la").text(f"{review.get_absolute_url()}chronology/")
        assert "1 event from 1 agency: Thistledown Community Trust" in text
        assert "An event is withheld." in text
        assert "Combined chronology (1 event). An event is withheld." in visit("panel_la").text(
            f"{review.get_absolute_url()}pack/"
        )
        whole = visit("business_manager").text(f"{review.get_absolute_url()}chronology/")
        assert "2 events from 2 agencies" in whole
        assert "Not to be shared" in whole

    def test_the_same_neutral_words_whoever_asked_for_whatever_reason(self, cast, review, summary, visit):
        restriction = mark(cast, summary, "answer")
        seen = "".join(seen_by(visit(part), review, summary) for part in MAY_NOT)
        for told in (restriction.asked_by, restriction.asked_by_organisation, restriction.reason):
            assert told not in seen
        timeline = visit("coordinator").text(f"/cases/{review.case.reference}/timeline/")
        assert "A passage is withheld" in timeline
        assert restriction.reason not in timeline

    def test_emergency_access_does_not_open_it(self, cast, review, summary, visit):
        mark(cast, summary)
        sight.take_emergency_access(review.case.reference, by=cast.partner_icb, on=NOW, reason="At the door")
        text = visit("partner_icb").text(summary)
        assert "An event is withheld." in text
        assert words_of(summary, "event") not in text

    def test_who_is_kept_out_of_the_case_reads_nothing_of_it(self, cast, review, summary, visit):
        mark(cast, summary)
        sight.keep_out(review.case, by=cast.business_manager, on=NOW, person=cast.second_lead, reason="Named")
        assert visit("second_lead").get(f"{summary.get_absolute_url()}not-shared/").status_code == 404
        assert not Notice.objects.filter(kind="rapid_reviews.disclosure_lifted", user=cast.second_lead).exists()

    def test_what_asks_for_no_reader_gets_what_anybody_may_read(self, cast, review, summary):
        assert queries.combined_chronology(review).count() == 2
        mark(cast, summary, until_on=date(2026, 12, 11))
        assert queries.combined_chronology(review).count() == 1
        assert [row.summary.agency for row in queries.additions(review)] == [cast.housing, cast.trust]


def takes_away(visitor, address):
    """Whether a person gets the file of this address; read to its end it is closed."""
    answer = visitor.get(address)
    return bool(b"".join(answer)) if answer.streaming else answer.status_code != 404


class TestADocument:
    def test_it_is_taken_away_by_who_may_read_it_alone(self, cast, visit):
        summary = reviews.summary_asked(cast)
        by = cast.business_manager
        summary = workflow.key_in_summary(summary, by=by, on=NOW)
        original = situations.add_file(summary, by=by, on=NOW)
        summary = reviews.fill_in(summary, by=by, on=NOW)
        workflow.enter_summary(summary, by=by, on=NOW, returned_at=NOW, approver_name="The director")
        address = reverse("summary-file", args=[summary.reference, original.key])
        assert takes_away(visit("coordinator"), address)
        page = reverse("restrict-disclosure", args=[summary.reference, "file", original.pk])
        assert visit("business_manager").get(page).status_code == 200
        reviews.restrict(fresh(summary), "file", original, by=by, on=NOW)
        assert not takes_away(visit("coordinator"), address)
        assert takes_away(visit("agency_lead"), address)
        assert takes_away(visit("business_manager"), address)
        assert "A document is withheld." in visit("coordinator").text(summary)
        assert original.name not in visit("coordinator").text(summary)
        assert original.name in visit("agency_lead").text(summary)

    def test_an_original_is_withheld_with_whatever_it_holds(self, cast, visit):
        summary = workflow.key_in_summary(reviews.summary_asked(cast), by=cast.business_manager, on=NOW)
        original = situations.add_file(summary, by=cast.business_manager, on=NOW)
        summary = reviews.fill_in(summary, by=cast.business_manager, on=NOW)
        workflow.enter_summary(summary, by=cast.business_manager, on=NOW, returned_at=NOW, approver_name="The director")
        address = reverse("summary-file", args=[summary.reference, original.key])
        assert takes_away(visit("coordinator"), address)
        reviews.restrict(fresh(summary), "answer", "worried_about", by=cast.business_manager, on=NOW)
        assert not takes_away(visit("coordinator"), address)
        assert original.name not in visit("coordinator").text(summary)
        assert "A document is withheld." in visit("coordinator").text(summary)
        assert takes_away(visit("business_manager"), address)
        assert takes_away(visit("agency_lead"), address)


def may_type(visit, summary):
    """Who of the business team reads and types in the sections of a summary."""
    section = reverse("fill-in-summary", args=[summary.reference, "child"])
    return {part for part in ("business_manager", "coordinator") if visit(part).get(section).status_code == 200}


class TestASummaryThatCameByEmail:
    def test_typing_it_in_is_no_way_to_what_is_marked(self, cast):
        summary = reviews.summary_filled_in(cast)
        reviews.restrict(summary, "answer", "worried_about", by=cast.agency_lead, on=NOW)
        with pytest.raises(CannotProceed, match="the business manager enters it"):
            workflow.key_in_summary(fresh(summary), by=cast.coordinator, on=NOW)
        assert workflow.key_in_summary(fresh(summary), by=cast.business_manager, on=NOW).entered_by_id

    def test_entering_it_is_no_way_either(self, cast, visit):
        summary = reviews.summary_filled_in(cast)
        reviews.restrict(summary, "answer", "worried_about", by=cast.agency_lead, on=NOW)
        entered = {"returned_at": NOW, "approver_name": "The director"}
        with pytest.raises(CannotProceed, match="Begin with “Type it in"):
            workflow.enter_summary(fresh(summary), by=cast.coordinator, on=NOW, **entered)
        assert visit("coordinator").get(reverse("enter-summary", args=[summary.reference])).status_code == 409
        workflow.key_in_summary(fresh(summary), by=cast.business_manager, on=NOW)
        with pytest.raises(CannotProceed, match="the business manager enters it"):
            workflow.enter_summary(fresh(summary), by=cast.coordinator, on=NOW, **entered)
        assert may_type(visit, summary) == {"business_manager"}

    def test_sent_back_it_is_read_by_no_more_people(self, cast, typed, visit):
        workflow.enter_summary(
            fresh(typed), by=cast.business_manager, on=NOW, returned_at=NOW, approver_name="The director"
        )
        mark(cast, typed, "answer")
        workflow.send_back(fresh(typed), by=cast.business_manager, on=NOW + timedelta(minutes=1), reason="Say more")
        assert may_type(visit, typed) == {"business_manager"}

    @pytest.fixture
    def typed(self, cast):
        """The co-ordinator is typing it in."""
        summary = workflow.key_in_summary(reviews.summary_asked(cast), by=cast.coordinator, on=NOW)
        return reviews.fill_in(summary, by=cast.coordinator, on=NOW)

    def test_who_typed_it_in_marks_and_reads_it(self, cast, typed, visit):
        address = reverse("restrict-disclosure", args=[typed.reference, "answer", "criminal_process"])
        visit("coordinator").must_send(
            address, asked_by="DI Moss", asked_by_organisation="Police", reason="A trial", review_on=date(2027, 1, 4)
        )
        workflow.enter_summary(fresh(typed), by=cast.coordinator, on=NOW, returned_at=NOW, approver_name="The director")
        assert fresh(typed).criminal_process in visit("coordinator").text(typed)
        assert visit("coordinator").get(f"{typed.get_absolute_url()}not-shared/").status_code == 200

    def test_a_colleague_types_on_while_nothing_is_marked_by_somebody_else(self, cast, typed):
        def knows(person):
            return fresh(typed).is_known_to_who_types(person)

        assert knows(cast.coordinator)
        assert knows(cast.business_manager)
        marked = mark(cast, typed)
        assert knows(cast.coordinator), "who typed it in has it before them anyway"
        assert not knows(cast.business_manager)
        workflow.lift_disclosure(fresh(typed), by=cast.agency_lead, on=NOW, restriction=marked, reason="It is over")
        assert knows(cast.business_manager)
        workflow.enter_summary(fresh(typed), by=cast.coordinator, on=NOW, returned_at=NOW, approver_name="The director")
        assert not knows(cast.business_manager)

    def test_another_of_the_business_team_does_not_once_it_is_entered(self, cast, typed, visit):
        mark(cast, typed)
        on = NOW + timedelta(minutes=1)
        workflow.enter_summary(
            fresh(typed), by=cast.business_manager, on=on, returned_at=NOW, approver_name="The director"
        )
        assert "An event is withheld." in visit("coordinator").text(typed)
        assert visit("coordinator").get(f"{typed.get_absolute_url()}not-shared/").status_code == 403


class TestMarking:
    def test_from_the_summarys_page_to_the_list_of_what_is_withheld(self, cast, summary, visit):
        visitor, listed = visit("agency_lead"), f"{summary.get_absolute_url()}not-shared/"
        assert "What of it is not to be shared" in visitor.text(summary)
        assert "Nothing is marked." in visitor.text(listed)
        event = row_of(summary, "event")
        link = visitor.read(listed).find("a", href=f"{listed}event/{event.pk}/")
        assert link.get_text().startswith("Do not share")
        went_to = visitor.must_send(
            link["href"],
            asked_by="DI Moss",
            asked_by_organisation="Harrowmere Constabulary",
            reason="The trial begins in March",
            until_on=date(2027, 3, 31),
            review_on=date(2027, 1, 4),
            shared_with=[str(cast.trust.pk)],
        )
        assert went_to == listed
        text = visitor.text(went_to)
        assert "It is withheld from everybody else from now on" in text
        assert "Not to be shared Until the end of 31 March 2027. Review date 4 January 2027." in text
        restriction = DisclosureRestriction.objects.get()
        text = visit("business_manager").text(f"{listed}{restriction.pk}/")
        for said in (
            "DI Moss, Harrowmere Constabulary",
            "The trial begins in March",
            "Thistledown",
            event.what_happened,
        ):
            assert said in text

    def test_what_has_to_be_said_and_which_days_can_be(self, cast, summary, visit):
        address = reverse("restrict-disclosure", args=[summary.reference, "answer", "lessons"])
        assert problems(visit("agency_lead").send(address)) == [
            ("Enter who asked for it", "#id_asked_by"),
            ("Enter their organisation or force", "#id_asked_by_organisation"),
            ("Enter the reason", "#id_reason"),
            ("Enter the review date", "#id_review_on-day"),
        ]
        said = {"asked_by": "DI Moss", "asked_by_organisation": "Police", "reason": "A trial"}
        days = {"until_on": date(2026, 12, 10), "review_on": date(2026, 12, 11)}
        assert problems(visit("agency_lead").send(address, **said, **days)) == [
            ("The last day must be today or in the future", "#id_until_on-day"),
            ("The review date must be in the future", "#id_review_on-day"),
        ]
        with pytest.raises(CannotProceed, match="must be in the future"):
            mark(cast, summary, review_on=date(2026, 12, 11))
        with pytest.raises(CannotProceed, match="must be today or in the future"):
            mark(cast, summary, until_on=date(2026, 12, 10))
        with pytest.raises(CannotProceed, match="asked for a summary in this case"):
            mark(cast, summary, shared_with=[cast.police])

    @pytest.mark.parametrize(
        ("kind", "which"),
        [("answer", "author_name"), ("answer", "nothing"), ("event", "0"), ("event", "x"), ("secret", "1")],
    )
    def test_what_is_not_there_cannot_be_marked(self, summary, visit, kind, which):
        address = reverse("restrict-disclosure", args=[summary.reference, kind, which])
        assert visit("agency_lead").get(address).status_code == 404

    def test_not_a_row_of_another_agencys_summary(self, cast, review, summary, visit):
        other = row_of(summary_of(review, cast.trust), "event")
        address = reverse("restrict-disclosure", args=[summary.reference, "event", other.pk])
        assert visit("agency_lead").get(address).status_code == 404

    def test_not_an_answer_that_was_not_given(self, cast, visit):
        summary = reviews.summary_asked(cast)
        address = reverse("restrict-disclosure", args=[summary.reference, "answer", "lessons"])
        assert visit("agency_lead").get(address).status_code == 404

    def test_who_else_sees_the_summary_can_neither_mark_nor_ask_why(self, cast, summary, visit):
        restriction = mark(cast, summary)
        base = f"{summary.get_absolute_url()}not-shared/"
        for part in ("coordinator", "panel_la", "reviewer", "other_lead", "referrer"):
            for page in (
                base,
                f"{base}{restriction.pk}/",
                f"{base}{restriction.pk}/lift/",
                f"{base}0/",
                f"{base}answer/lessons/",
            ):
                assert visit(part).get(page).status_code == 403, (part, page)
        with pytest.raises(NotAllowed):
            workflow.lift_disclosure(fresh(summary), by=cast.other_lead, on=NOW, restriction=restriction, reason="x")

    def test_it_is_marked_once(self, cast, summary, visit):
        restriction = mark(cast, summary, until_on=date(2026, 12, 20))
        with pytest.raises(CannotProceed, match="already"):
            mark(cast, summary)
        page = visit("agency_lead").read(f"{summary.get_absolute_url()}not-shared/")
        assert page.find("a", href=f"{summary.get_absolute_url()}not-shared/{restriction.pk}/")

    def test_after_its_last_day_it_can_be_marked_again(self, cast, review, summary, visit, clock):
        mark(cast, summary, until_on=date(2026, 12, 15))
        clock.move_to(london("2026-12-17 10:00"))
        on = london("2026-12-17 10:00")
        reviews.restrict(fresh(summary), by=cast.agency_lead, on=on)
        assert DisclosureRestriction.objects.in_force(date(2026, 12, 17)).count() == 1
        assert "An event is withheld." in visit("panel_la").text(summary)
        text = visit("agency_lead").text(f"{summary.get_absolute_url()}not-shared/")
        assert "Lifted" in text

    def test_what_is_marked_while_it_is_written_stays_marked(self, cast, visit):
        summary = reviews.summary_filled_in(cast)
        mark(cast, summary, "answer", "lessons")
        workflow.waive_approval(fresh(summary), by=cast.business_manager, on=NOW, reason="One")
        workflow.send_for_approval(fresh(summary), by=cast.agency_lead, on=NOW)
        assert fresh(summary).lessons not in visit("coordinator").text(summary)
        assert fresh(summary).lessons in visit("agency_lead").text(summary)

    def test_a_marked_row_that_is_removed_takes_its_marks_along_and_they_stay_in_the_history(self, cast):
        summary = reviews.summary_filled_in(cast)
        restriction = mark(cast, summary)
        workflow.remove_summary_row(fresh(summary), by=cast.agency_lead, on=NOW, row=row_of(summary, "event"))
        assert Notice.objects.filter(kind="rapid_reviews.disclosure_lifted").exists()
        assert not DisclosureRestriction.objects.exists()
        assert DisclosureRestriction.history.filter(id=restriction.pk, history_type="-").exists()
        assert not Deadline.objects.open().filter(rule=rules.DISCLOSURE_REVIEWED.code).exists()


class TestTheFamily:
    def test_who_has_joined_it_is_known_to_all_and_cannot_be_withheld(self, cast, summary):
        workflow.accept_summary(fresh(summary), by=cast.coordinator, on=NOW, additions=[row_of(summary, "correction")])
        with pytest.raises(CannotProceed, match="has joined the family"):
            mark(cast, summary, "correction")

    def test_who_is_withheld_cannot_join_it(self, cast, summary, visit):
        row = row_of(summary, "correction")
        mark(cast, summary, "correction")
        page = visit("coordinator").get(f"{summary.get_absolute_url()}accept-summary/")
        assert row.name not in page.content.decode()
        with pytest.raises(CannotProceed, match="cannot join the family"):
            workflow.accept_summary(fresh(summary), by=cast.coordinator, on=NOW, additions=[row])


class TestTheReport:
    def test_what_is_withheld_is_not_in_it_and_a_neutral_sentence_stands_there(self, cast, review, summary):
        for kind in KINDS:
            mark(cast, summary, kind)
        workflow.accept_summary(fresh(summary), by=cast.coordinator, on=NOW)
        reports.fill_in_meeting(cast, fresh(review), on=NOW)
        workflow.record_meeting(fresh(review), by=cast.coordinator, on=NOW)
        content = queries.content(fresh(review), queries.anybody(NOW))
        said = str(content)
        for kind in KINDS:
            assert words_of(summary, kind) not in said, kind
        by_number = {part["number"]: str(part) for all_parts in content["parts"] for part in all_parts["sections"]}
        for number, sentence in (
            ("2.1b", "The combined chronology holds 1 event from 1 agency."),
            ("2.1b", "An event is withheld."),
            ("2.1d", "Larkspur Homes: A passage is withheld."),
            ("1.1c", "A passage is withheld."),
            ("2.3a", "A passage is withheld."),
        ):
            assert sentence in by_number[number]

    def test_what_was_put_into_a_report_that_is_being_written_is_taken_out(self, cast, visit):
        review = reports.report_written(cast)
        summary = summary_of(review, cast.housing)
        event, passage = words_of(summary, "event"), words_of(summary, "answer")
        before = dict(ReportSection.objects.filter(review=review).values_list("section", "text"))
        assert event in before["2.1b"]
        assert passage in before["2.1d"]
        mark(cast, summary)
        restriction = mark(cast, summary, "answer")
        after = dict(ReportSection.objects.filter(review=review).values_list("section", "text"))
        assert event not in after["2.1b"]
        assert "An event is withheld." in after["2.1b"]
        assert passage not in after["2.1d"]
        assert "Larkspur Homes: A passage is withheld." in after["2.1d"]
        assert {number for number in before if before[number] != after[number]} == {"2.1b", "2.1d"}
        trust = summary_of(review, cast.trust)
        assert words_of(trust, "event") in after["2.1b"]
        page = visit("agency_lead").text(f"{summary.get_absolute_url()}not-shared/{restriction.pk}/")
        assert "The report holds these words" not in page

    def test_a_page_that_was_open_before_does_not_put_it_back(self, cast, visit):
        review = reports.report_written(cast)
        summary, editor = summary_of(review, cast.housing), visit("coordinator")
        address = f"{review.get_absolute_url()}report/sections/2.1d/"
        opened = editor.form(address)
        assert words_of(summary, "answer") in opened["text"]
        mark(cast, summary, "answer")
        text = f"{summary.agency}: {words_of(summary, 'answer')}"
        with pytest.raises(CannotProceed, match="marked as not to be shared since"):
            workflow.edit_section(fresh(review), by=cast.coordinator, on=NOW, section="2.1d", text=text)
        assert editor.post(address, opened).status_code == 409, "the section was changed meanwhile"
        response = editor.send(address, text=text)
        message = "These words hold what an agency has marked as not to be shared since: take it out"
        assert problems(response) == [(message, "#id_text")]

    def test_a_draft_does_not_go_to_the_panel_members_with_words_in_it_that_are_withheld(self, cast):
        review = reports.report_written(cast)
        summary = summary_of(review, cast.housing)
        restriction = mark(cast, summary, "answer")
        section = ReportSection.objects.get(review=review, section="2.1d")
        text = f"{section.text}\n\n{summary.agency}: {words_of(summary, 'answer')}"
        section.text = text
        save(section, by=cast.coordinator, on=NOW)
        with pytest.raises(CannotProceed, match=r"Section 2\.1d holds words that are withheld: take them out"):
            workflow.issue_draft(fresh(review), by=cast.coordinator, on=NOW)
        terms = {"review_on": date(2027, 1, 4), "reason": "The trial goes on"}
        workflow.review_disclosure(
            fresh(summary), by=cast.agency_lead, on=NOW, restriction=restriction, **terms
        )  # looked at again, it stays, and the words go
        assert workflow.issue_draft(fresh(review), by=cast.coordinator, on=NOW).status == "with_members"

    def test_it_cannot_be_locked_with_words_in_it_that_are_withheld(self, cast, visit):
        review = reports.comments_closed(cast)
        summary = summary_of(review, cast.housing)
        restriction = mark(cast, summary, "answer")
        section = ReportSection.objects.get(review=review, section="2.1d")
        text = f"{section.text}\n\n{summary.agency}: {words_of(summary, 'answer')}"
        section.text = text
        save(section, by=cast.coordinator, on=NOW)
        with pytest.raises(CannotProceed, match=r"Section 2\.1d holds words that are withheld: take them out"):
            workflow.lock_for_signature(fresh(review), by=cast.coordinator, on=NOW)
        assert "Section 2.1d holds words" in visit("coordinator").text(
            f"{review.get_absolute_url()}lock-for-signature/"
        )
        page = visit("agency_lead").text(f"{summary.get_absolute_url()}not-shared/{restriction.pk}/")
        assert "They stand in section 2.1d" in page
        workflow.lift_disclosure(fresh(summary), by=cast.agency_lead, on=NOW, restriction=restriction, reason="Over")
        assert workflow.lock_for_signature(fresh(review), by=cast.coordinator, on=NOW).status == "locked"

    def test_what_is_signed_and_printed_holds_nothing_of_it(self, cast, quick_pdf):
        review = reports.comments_closed(cast)
        summary = summary_of(review, cast.housing)
        for kind in KINDS:
            mark(cast, summary, kind)
        review = workflow.lock_for_signature(fresh(review), by=cast.coordinator, on=NOW)
        version = workflow.version_to_sign(review)
        for kind in KINDS:
            assert words_of(summary, kind) not in version.content, kind

    def test_a_report_that_is_locked_stays_as_it_is_and_the_restriction_says_so(self, cast, visit):
        review = reports.report_locked(cast)
        summary = summary_of(review, cast.housing)
        before = workflow.version_to_sign(review).sha256
        restriction = mark(cast, summary, "action")
        assert workflow.version_to_sign(fresh(review)).sha256 == before
        page = visit("business_manager").text(f"{summary.get_absolute_url()}not-shared/{restriction.pk}/")
        assert "The report that was locked for signature holds these words." in page


class TestAfterThePack:
    def test_the_restriction_says_that_the_pack_was_issued_and_who_had_opened_it(self, cast, review, summary, visit):
        visit("panel_la").get(f"{review.get_absolute_url()}pack/")
        restriction = reviews.restrict(fresh(summary), by=cast.agency_lead, on=NOW + timedelta(minutes=1))
        text = visit("agency_lead").text(f"{summary.get_absolute_url()}not-shared/{restriction.pk}/")
        assert "The pack had been issued 11 December 2026 at 1:55pm." in text
        assert cast.panel_la.full_name in text
        assert cast.panel_icb.full_name not in text

    def test_before_it_there_is_nothing_to_say(self, cast, visit):
        summary = reviews.summary_returned(cast)
        restriction = mark(cast, summary)
        text = visit("agency_lead").text(f"{summary.get_absolute_url()}not-shared/{restriction.pk}/")
        assert "had been issued" not in text
        assert "Nobody outside Larkspur Homes had opened the summary" in text


class TestTheReviewDate:
    def waiting(self):
        found = Deadline.objects.open().filter(rule=rules.DISCLOSURE_REVIEWED.code)
        return sorted((str(each.user or each.role), rules.london_day(each.due_at)) for each in found)

    def test_who_marked_it_and_the_business_manager_are_asked(self, cast, summary, visit, clock):
        restriction = mark(cast, summary, review_on=date(2027, 1, 4))
        assert self.waiting() == [
            (cast.agency_lead.full_name, date(2027, 1, 4)),
            ("business_manager", date(2027, 1, 4)),
        ]
        for part in ("agency_lead", "business_manager"):
            assert "Review what is withheld" in visit(part).text("/")
        assert "Review what is withheld" not in visit("coordinator").text("/")
        clock.move_to(london("2027-01-04 09:00"))
        text = visit("second_lead").text(f"{summary.get_absolute_url()}not-shared/{restriction.pk}/")
        assert "Its review is due." in text

    def test_kept_withheld_it_is_asked_again(self, cast, summary, visit, clock):
        restriction = mark(cast, summary, review_on=date(2027, 1, 4), shared_with=[cast.trust])
        clock.move_to(london("2027-01-04 09:00"))
        address = f"{summary.get_absolute_url()}not-shared/{restriction.pk}/review/"
        visit("business_manager").must_send(
            address, reason="The trial was moved", review_on=date(2027, 2, 1), shared_with=None
        )
        restriction.refresh_from_db()
        assert (restriction.reason, restriction.review_on) == ("The trial was moved", date(2027, 2, 1))
        assert not restriction.shares.exists()
        assert {day for _, day in self.waiting()} == {date(2027, 2, 1)}
        assert "An event is withheld." in visit("other_lead").text(summary)
        assert Deadline.objects.filter(rule=rules.DISCLOSURE_REVIEWED.code).exclude(met_at=None).count() == 2

    def test_lifted_nobody_is_asked_any_more(self, cast, summary):
        restriction = mark(cast, summary)
        workflow.lift_disclosure(fresh(summary), by=cast.agency_lead, on=NOW, restriction=restriction, reason="Over")
        assert self.waiting() == []
        with pytest.raises(CannotProceed, match="any more"):
            workflow.lift_disclosure(fresh(summary), by=cast.agency_lead, on=NOW, restriction=restriction, reason="x")

    def test_marked_by_the_business_manager_it_is_one_deadline(self, cast, summary):
        reviews.restrict(fresh(summary), by=cast.business_manager, on=NOW)
        assert [who for who, _ in self.waiting()] == ["business_manager"]

    def test_once_the_review_is_closed_the_business_manager_goes_on(self, cast, quick_pdf, visit):
        review = reports.submitted(cast)
        summary = summary_of(review, cast.housing)
        mark(cast, summary, review_on=date(2027, 1, 4))
        workflow.close_review(fresh(review), by=cast.business_manager, on=NOW, reason="Done")
        assert [who for who, _ in self.waiting()] == ["business_manager"]
        assert "An event is withheld." in visit("coordinator").text(summary)
        assert words_of(summary, "event") in visit("business_manager").text(summary)
        restriction = summary.restrictions.get()
        visit("business_manager").must_send(
            f"{summary.get_absolute_url()}not-shared/{restriction.pk}/lift/", reason="The trial is over"
        )
        assert words_of(summary, "event") in visit("coordinator").text(summary)


class TestWhoIsTold:
    def test_the_business_manager_and_the_agencys_leads_by_reference_alone(self, cast, summary):
        restriction = mark(cast, summary)
        told = Notice.objects.filter(kind="rapid_reviews.disclosure_restricted")
        assert {notice.user for notice in told} == {cast.business_manager, cast.second_lead}
        for notice in told:
            assert notice.subject == f"{summary.reference}: a passage is withheld"
            for hidden in (restriction.reason, restriction.asked_by, words_of(summary, "event")):
                assert hidden not in notice.subject + notice.body
        workflow.lift_disclosure(fresh(summary), by=cast.business_manager, on=NOW, restriction=restriction, reason="x")
        told = Notice.objects.filter(kind="rapid_reviews.disclosure_lifted")
        assert {notice.user for notice in told} == {cast.agency_lead, cast.second_lead}

    def test_each_act_is_on_the_timeline_without_its_words(self, cast, summary):
        restriction = mark(cast, summary)
        workflow.review_disclosure(
            fresh(summary),
            by=cast.agency_lead,
            on=NOW,
            restriction=restriction,
            review_on=date(2027, 2, 1),
            reason="Still needed",
        )
        workflow.lift_disclosure(fresh(summary), by=cast.agency_lead, on=NOW, restriction=restriction, reason="Over")
        verbs = ("restrict_disclosure", "review_disclosure", "lift_disclosure")
        events = Event.objects.filter(reference=summary.reference, verb__in=verbs).order_by("pk")
        assert [(event.verb, event.words) for event in events] == [(verb, "") for verb in verbs]

    def test_what_was_withheld_from_whom_is_in_the_history_for_who_reads_the_trail(self, cast, review, summary, visit):
        restriction = mark(cast, summary, shared_with=[cast.trust])
        answer = visit("business_manager").get(f"/cases/{review.case.reference}/changes/")
        assert restriction.reason in words(answer)
        assert visit("coordinator").get(f"/cases/{review.case.reference}/changes/").status_code == 403
