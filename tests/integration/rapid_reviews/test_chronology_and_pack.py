"""The combined chronology and the pack: what the agencies together know, for those it is open to."""

import csv
import io
import zipfile
from datetime import date, time, timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlencode
from docx import Document
from openpyxl import load_workbook

from access.models import Address
from casework import documents, printouts
from casework.models import Printout
from rapid_reviews import queries, workflow
from rapid_reviews.models import ChronologyEvent
from tests.client import problems, words
from tests.factories import rapid_reviews as reviews
from tests.integration.rapid_reviews.conftest import fresh, summary_of
from tests.moments import london
from trail import models as trail

pytestmark = pytest.mark.begins_with("review_gathering")


def page(name, review):
    return reverse(name, args=[review.reference])


@pytest.fixture
def gathered(cast):
    """Two agencies returned: Larkspur Homes with an event in 2019 and one in 2026, Thistledown with two in 2026."""
    review = reviews.review_gathering(cast)
    for agency, days in (
        (cast.housing, [date(2026, 3, 3), date(2019, 1, 1)]),
        (cast.trust, [date(2026, 3, 3), date(2026, 1, 9)]),
    ):
        summary = summary_of(review, agency)
        by = reviews.lead_of(cast, summary)
        for number, day in enumerate(days):
            answers = {"starts_on": day, "starts_at_time": time(9 + number), "date_as_written": f"{agency.name} {day}"}
            reviews.add_row(summary, "event", by=by, on=london("2026-12-11 13:50"), **answers)
        summary = fresh(summary)
        workflow.waive_approval(summary, by=cast.business_manager, on=london("2026-12-11 13:50"), reason="One")
        reviews.return_it(cast, fresh(summary), on=london("2026-12-11 13:51"))
    # the one event that every filled-in summary has is taken for granted here
    for event in ChronologyEvent.objects.exclude(date_as_written__contains=" 20"):
        trail.remove(event, by=None, on=london("2026-12-11 13:52"))
    return fresh(review)


def events_on(visitor, review, query=""):
    shown = visitor.read(page("chronology", review) + query)
    return [
        (
            " ".join(event.find(class_="hub-event__when").get_text(" ").split()),
            " ".join(event.find(class_="hub-event__agency").get_text(" ").split()),
        )
        for event in shown.select(".hub-event")
    ]


def add(summary, *, by, events):
    """Add events to a returned summary, as an import would have."""
    usual = {"date_as_written": "as written", "precision": "exact", "source": "Log"}
    made = [ChronologyEvent(summary=summary, **usual | event) for event in events]
    trail.add_many(made, by=by, on=london("2026-12-11 13:55"))


class TestTheChronology:
    def test_all_agencies_by_time_each_event_naming_its_agency(self, gathered, visit):
        assert events_on(visit("coordinator"), gathered) == [
            ("1 January 2019, 10am", "Larkspur Homes Outside the period Significant"),
            ("9 January 2026, 10am", "Thistledown Community Trust Significant"),
            ("3 March 2026, 9am", "Larkspur Homes Significant"),
            ("3 March 2026, 9am", "Thistledown Community Trust Significant"),
        ]

    def test_the_agencys_words_the_date_as_written_and_the_childs_age(self, gathered, visit):
        text = visit("coordinator").text(page("chronology", gathered))
        child = gathered.referral.children.get()
        event = queries.combined_chronology(gathered).first()
        assert "As the record writes it Larkspur Homes 2019-01-01 (exact date)" in text
        assert f"Age {child.name}: 21 months" in text
        assert f"{child.name}: 8 years" in text
        for said in (event.source, event.who, event.what_happened, event.what_was_done, event.childs_voice):
            assert said in text
        assert "4 events from 2 agencies: Larkspur Homes; Thistledown Community Trust" in text

    def test_years_are_jumped_to_and_pages_are_turned(self, cast, gathered, visit):
        summary = summary_of(gathered, cast.trust)
        made = [
            ChronologyEvent(
                summary=summary,
                date_as_written="as written",
                precision="exact",
                starts_on=date(2024, 1, 1) + timedelta(days=number),
                source="Log",
                what_happened=f"Contact {number}",
            )
            for number in range(70)
        ]
        trail.add_many(made, by=cast.other_lead, on=london("2026-12-11 13:55"))
        visitor = visit("coordinator")
        first, second = events_on(visitor, gathered), events_on(visitor, gathered, "?page=2")
        assert (len(first), len(second)) == (50, 24)
        jumps = visitor.read(page("chronology", gathered)).select("nav[aria-label=Years] a")
        assert [(" ".join(jump.get_text(" ").split()), jump["href"]) for jump in jumps] == [
            ("2019 : (1)", "?page=1#year-2019"),
            ("2024 : (70)", "?page=1#year-2024"),
            ("2026 : (3)", "?page=2#year-2026"),
        ]

    def test_of_one_day_the_exact_comes_first_then_what_only_begins_with_it(self, cast, gathered, visit):
        day = date(2026, 1, 1)
        add(
            summary_of(gathered, cast.trust),
            by=cast.other_lead,
            events=[
                {"what_happened": "year", "precision": "year", "starts_on": day},
                {"what_happened": "month", "precision": "month", "starts_on": day},
                {
                    "what_happened": "range",
                    "precision": "range",
                    "starts_on": day,
                    "ends_on": date(2026, 1, 4),
                },
                {"what_happened": "about", "precision": "about", "starts_on": day},
                {"what_happened": "at nine", "starts_on": day, "starts_at_time": time(9)},
                {"what_happened": "that day", "starts_on": day},
                {"what_happened": "none", "precision": "not_recorded", "starts_on": None},
            ],
        )
        told = [event.what_happened for event in queries.combined_chronology(gathered)]
        told = [words for words in told if not words.startswith("MRK")]
        assert told == ["that day", "at nine", "about", "range", "month", "year", "none"]

    @pytest.mark.parametrize(
        ("asked", "shown"),
        [
            ({"agency": "trust"}, ["9 January 2026, 10am", "3 March 2026, 9am", "May 2026"]),
            ({"person": "tobin"}, ["May 2026"]),
            ({"text": "RED coat"}, ["May 2026"]),
            ({"text": "red shoes"}, []),
            ({"significance": "routine"}, ["May 2026"]),
            ({"since": "31/5/2026"}, ["May 2026"]),
            ({"since": "1/6/2026"}, []),
            ({"until": "1/1/2019"}, ["1 January 2019, 10am"]),
            ({"since": "2/3/2026", "until": "3/3/2026"}, ["3 March 2026, 9am", "3 March 2026, 9am"]),
        ],
    )
    def test_it_is_narrowed_by_what_the_address_says(self, cast, gathered, visit, asked, shown):
        event = {"what_happened": "A red coat", "who": "Tobin Quill", "precision": "month", "significance": "routine"}
        add(summary_of(gathered, cast.trust), by=cast.other_lead, events=[event | {"starts_on": date(2026, 5, 1)}])
        query = {}
        for name, value in asked.items():
            if name in ("since", "until"):
                query |= dict(zip((f"{name}-day", f"{name}-month", f"{name}-year"), value.split("/"), strict=True))
            else:
                query[name] = getattr(cast, value).pk if name == "agency" else value
        visitor = visit("coordinator")
        assert [when for when, _ in events_on(visitor, gathered, f"?{urlencode(query)}")] == shown
        count = visitor.text(page("chronology", gathered) + f"?{urlencode(query)}")
        assert f"{len(shown)} event{'' if len(shown) == 1 else 's'} " in count

    def test_a_filter_that_was_not_understood_is_said_beside_it(self, gathered, visit):
        response = visit("coordinator").get(
            page("chronology", gathered) + "?since-day=40&since-month=1&since-year=2026"
        )
        assert [where for _, where in problems(response)] == ["#id_since-day"]

    def test_it_costs_the_same_for_few_and_for_many(self, cast, gathered, visit):
        visitor = visit("coordinator")
        with CaptureQueriesContext(connection) as few:
            visitor.get(page("chronology", gathered))
        events = [{"what_happened": f"Contact {number}", "starts_on": date(2026, 2, 1)} for number in range(60)]
        add(summary_of(gathered, cast.trust), by=cast.other_lead, events=events)
        with CaptureQueriesContext(connection) as many:
            visitor.get(page("chronology", gathered))
        assert len(many) <= len(few)

    def test_the_incident_stands_where_it_happened(self, cast, gathered, visit):
        address, visitor = page("chronology", gathered), visit("coordinator")
        said = "The incident: Between 9 December 2026 and 10 December 2026"
        assert visitor.read(address).select(".hub-event, .hub-incident")[-1].get_text(" ", strip=True).startswith(said)
        events = [{"what_happened": "After it", "starts_on": date(2026, 12, 9)}]
        events += [{"what_happened": f"Contact {number}", "starts_on": date(2026, 4, 1)} for number in range(60)]
        add(summary_of(gathered, cast.trust), by=cast.other_lead, events=events)
        assert said not in visitor.text(address)
        *_, incident, last = visitor.read(f"{address}?page=2").select(".hub-event, .hub-incident")
        assert incident.get_text(" ", strip=True).startswith(said)
        assert "After it" in last.get_text(" ")

    def test_as_a_file_with_names_or_with_labels(self, cast, gathered, visit):
        child = gathered.referral.children.get()
        event = {"what_happened": f"=cmd {child.name}’s coat", "who": child.name, "starts_on": date(2026, 5, 1)}
        add(summary_of(gathered, cast.trust), by=cast.other_lead, events=[event])
        visitor, address = visit("coordinator"), page("chronology", gathered)
        rows = list(csv.reader(io.StringIO(visitor.get(f"{address}?format=csv").content.decode("utf-8-sig"))))
        assert len(rows) == 6
        assert any(f"'=cmd {child.name}’s coat" in row for row in rows)
        labelled = visitor.get(f"{address}?format=csv&names=labels").content.decode("utf-8-sig")
        assert child.name not in labelled
        assert "Child 1’s coat" in labelled
        book = visitor.get(f"{address}?format=xlsx&names=labels&text=coat")
        sheet = load_workbook(io.BytesIO(book.content))
        assert sheet.active.max_row == 2
        assert "Child 1" in [cell.value for cell in sheet.active[2]]
        assert [sheet.properties.creator, sheet.properties.lastModifiedBy] == [None, None]
        archive = zipfile.ZipFile(io.BytesIO(book.content))
        assert not any(child.name.encode() in archive.read(part) for part in archive.infolist())
        text = visitor.text(f"{address}?names=labels")
        assert child.name not in text
        assert "Child 1’s coat" in text
        assert "Child 1: 9 years" in text

    @pytest.mark.parametrize("word", [False, True])
    def test_as_a_pdf_or_a_word_file_made_by_a_worker(self, cast, gathered, visit, monkeypatch, word):
        child, summary = gathered.referral.children.get(), summary_of(gathered, cast.trust)
        event = {"what_happened": f"{child.name}’s\nred coat", "who": child.name, "starts_on": date(2026, 5, 1)}
        add(summary, by=cast.other_lead, events=[event, event | {"what_happened": "Withheld"}])
        held = ChronologyEvent.objects.get(what_happened="Withheld")
        reviews.restrict(fresh(summary), "event", held, by=cast.other_lead, on=london("2026-12-11 13:56"))
        visitor = visit("business_manager")
        query = "?since-day=1&since-month=4&since-year=2026&names=labels" + ("&as=docx" if word else "")
        shown = []
        monkeypatch.setattr(documents.pdf, "render", lambda html: shown.append(html) or b"%PDF-1.7 quick")
        where = visitor.must_send(reverse("print-chronology", args=[gathered.reference]) + query)
        printouts.make(Printout.objects.get().pk, on=london("2026-12-11 13:57"))
        answer = visitor.get(f"{where}file/")
        name = f"combined-chronology.{'docx' if word else 'pdf'}"
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
        if not word:
            text = " ".join(BeautifulSoup(shown[0], "lxml").get_text(" ").split())
            assert "1 event . From: 1 April 2026" in text.replace(" .", ".").replace(".", " .")
            assert "Child 1’s red coat Ages: Child 1: 9 years Who: Child 1" in text
            assert child.name not in text
            assert "Withheld" not in text
            assert "An event is withheld." in text
            return
        made = Document(io.BytesIO(answer.content))
        [head, row] = made.tables[0].rows
        assert [cell.text for cell in head.cells] == ["Date", "Agency", "What happened", "Source"]
        assert row.cells[0].text == "1 May 2026\n(as written)"
        assert row.cells[2].text == "Child 1’s\nred coat\nAges: Child 1: 9 years\nWho: Child 1"
        assert (made.core_properties.author, made.core_properties.last_modified_by) == ("", "")
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        for held_back in (child.name, "Withheld"):
            assert not any(held_back.encode() in archive.read(part) for part in archive.infolist())

    def test_what_an_agency_is_still_writing_is_not_in_it(self, cast, visit):
        summary = reviews.summary_filled_in(cast)
        text = visit("coordinator").text(page("chronology", summary.review))
        assert "No agency has returned an event yet" in text
        assert "Not returned yet: Larkspur Homes; Thistledown Community Trust" in text

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"precision": "exact"}, "3 May 2026"),
            ({"precision": "about"}, "About 3 May 2026"),
            ({"precision": "month"}, "May 2026"),
            ({"precision": "year"}, "2026"),
            ({"precision": "range", "ends_on": date(2026, 6, 9)}, "3 May 2026 to 9 June 2026"),
            ({"precision": "exact", "starts_at_time": time(16, 30)}, "3 May 2026, 4:30pm"),
            ({"precision": "not_recorded", "starts_on": None}, "Date not recorded"),
        ],
    )
    def test_a_date_is_said_as_exactly_as_it_is_known(self, values, said):
        assert queries.when(ChronologyEvent(**{"starts_on": date(2026, 5, 3)} | values)) == said

    @pytest.mark.parametrize(
        ("day", "said"),
        [
            (date(2017, 3, 18), "before birth"),
            (date(2017, 3, 19), "0 days"),
            (date(2017, 3, 20), "1 day"),
            (date(2017, 4, 18), "30 days"),
            (date(2017, 4, 19), "1 month"),
            (date(2019, 3, 18), "23 months"),
            (date(2019, 3, 19), "2 years"),
            (date(2026, 12, 9), "9 years"),
            (date(2026, 12, 11), "after death"),
            (None, ""),
        ],
    )
    def test_how_old_a_child_was(self, day, said, cast):
        from referrals.models import Child

        child = Child(date_of_birth=date(2017, 3, 19), died_on=date(2026, 12, 10))
        assert queries.age_at(child, day) == said
        assert queries.age_at(Child(), day) == ""


class TestThePack:
    def test_summaries_nil_returns_what_is_missing_family_and_agenda(self, cast, visit):
        summary = reviews.summary_returned(cast)
        review = summary.review
        reviews.give_council_a_lead(cast)
        workflow.ask_agencies(review, by=cast.coordinator, on=london("2026-12-11 13:52"), agencies=[cast.council])
        reviews.make_nil(cast, summary_of(review, cast.trust), on=london("2026-12-11 13:53"))
        text = visit("coordinator").text(page("pack", review))
        assert "Not issued yet" in text
        assert f"Summaries Larkspur Homes, {summary.reference} , returned 11 December 2026 at 1:48pm" in text
        assert "Nil returns These agencies searched their records and found no contact. Thistledown" in text
        assert "Asked, and not returned Harrowmere Council. Due Tuesday 22 December 2026" in text
        for person in queries.family(review, sees_confidential=True):
            assert person.name in text
        assert "Introduction of the case, by the referrer" in text
        correction = summary.family_corrections.get()
        assert f"Larkspur Homes : {correction.name}" in text

    def test_a_confidential_address_is_the_business_units_alone(self, cast, visit):
        review = reviews.pack_issued(cast)
        address = Address.objects.get(pk=review.referral.children.get().home_address_id)
        address.confidential = True
        trail.save(address, by=cast.coordinator, on=london("2026-12-11 13:58"))
        for part in ("panel_la", "reviewer", "agency_lead", "referrer"):
            response = visit(part).get(page("pack", review))
            assert address.text not in response.content.decode()
            assert "Address withheld" in words(response)
        assert address.text in visit("business_manager").text(page("pack", review))

    def test_what_comes_in_after_its_issue_is_a_late_paper(self, cast, visit, clock):
        review = reviews.summary_returned(cast).review
        workflow.issue_pack(fresh(review), by=cast.coordinator, on=london("2026-12-11 13:55"), members=[cast.panel_la])
        clock.move_to(london("2026-12-14 09:00"))
        reviews.return_it(cast, summary_of(review, cast.trust), on=london("2026-12-14 09:00"))
        text = visit("panel_la").text(page("pack", review))
        assert "returned 14 December 2026 at 9am Late paper" in text

    def test_a_member_reads_every_returned_summary_and_no_other(self, cast, visit):
        summary = reviews.summary_returned(cast)
        review, trust = summary.review, summary_of(summary.review, cast.trust)
        reviews.fill_in(trust, by=cast.other_lead, on=london("2026-12-11 13:52"))
        workflow.issue_pack(fresh(review), by=cast.coordinator, on=london("2026-12-11 13:55"), members=[cast.panel_la])
        assert summary.pen_picture in visit("panel_la").text(summary)
        assert fresh(trust).pen_picture not in visit("panel_la").get(trust).content.decode()

    def test_recused_they_see_nothing_of_it(self, cast, visit):
        from access.models import Exclusion

        review = reviews.pack_issued(cast)
        kept_out = Exclusion(case=review.case, user=cast.panel_la, reason="Named", from_at=london("2026-12-11 13:59"))
        trail.save(kept_out, by=None, on=london("2026-12-11 13:59"))
        for address in (review.get_absolute_url(), page("pack", review), page("chronology", review)):
            assert visit("panel_la").get(address).status_code == 404

    def test_looking_is_logged_also_when_it_is_refused(self, cast, visit):
        review = reviews.pack_issued(cast)
        visit("panel_la").get(page("pack", review))
        visit("alternate").get(page("pack", review))
        looked = trail.Reading.objects.filter(reference=review.reference, what="pack").order_by("pk")
        assert [(reading.by, reading.allowed) for reading in looked] == [
            (cast.panel_la, True),
            (cast.alternate, False),
        ]
