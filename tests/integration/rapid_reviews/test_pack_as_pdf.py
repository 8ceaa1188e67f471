"""The pack on paper, and the working day that lies between it and the meeting."""

import io

import pikepdf
import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from casework import documents, printouts
from casework.models import Printout
from casework.workflow import CannotProceed
from rapid_reviews import queries, workflow
from rapid_reviews.printed import printed_pack
from tests.client import Visitor, problems
from tests.factories import rapid_reviews as reviews
from tests.integration.rapid_reviews.conftest import fresh
from tests.moments import london
from trail.models import Event

pytestmark = [pytest.mark.begins_with("pack_issued"), pytest.mark.moment("2026-12-11 14:00")]
NOW = london("2026-12-11 14:00")


@pytest.fixture
def review(cast):
    return reviews.pack_issued(cast)


@pytest.fixture
def shown(monkeypatch):
    """The HTML that was to become a PDF."""
    found = []
    monkeypatch.setattr(documents.pdf, "render", lambda html: found.append(html) or b"%PDF-1.7 quick")
    return found


def print_url(review):
    return reverse("print-pack", args=[review.reference])


def test_agenda_family_agencies_summaries_and_chronology_in_one_document(cast, review, shown):
    visitor = Visitor(cast.panel_police)
    assert print_url(review) in {
        link["href"] for link in visitor.read(reverse("pack", args=[review.reference]))("a", href=True)
    }
    where = visitor.must_send(print_url(review))
    printouts.make(Printout.objects.get().pk, on=NOW)
    paper = BeautifulSoup(shown[0], "html.parser")
    assert [head.get_text() for head in paper.select("section.part > h2")] == [
        "Agenda of the meeting",
        "Family and significant others",
        "Where the agencies stand",
        "Single agency summaries",
        "Combined chronology",
    ]
    text = " ".join(paper.get_text(" ").split())
    for summary in review.summaries.all():
        assert f"{summary.agency}, {summary.reference}" in text
        assert summary.key_periods in text
        assert summary.learning_for_other not in text
    for event in queries.combined_chronology(review):
        assert event.what_happened in text
        assert event.source in text
    for one in queries.family(review, sees_confidential=False):
        assert one.name in text
    answer = visitor.get(f"{where}file/")
    assert answer["Content-Disposition"] == 'attachment; filename="pack.pdf"'


def test_what_is_withheld_from_anybody_is_not_on_paper_for_who_may_read_it_either(cast, review, shown):
    summary = review.summaries.order_by("pk").first()
    lead = reviews.lead_of(cast, summary)
    event = summary.events.first()
    for kind, thing in (("event", event), ("answer", "key_periods")):
        reviews.restrict(fresh(summary), kind, thing, by=lead, on=NOW)
    for person in (lead, cast.business_manager, cast.panel_police):
        text = str(printed_pack(person, str(review.pk), NOW))
        assert event.what_happened not in text
        assert summary.key_periods not in text
        assert "An event is withheld." in text
        assert "A passage is withheld." in text


def test_who_does_not_read_the_pack_is_given_none(cast, review):
    assert printed_pack(cast.other_approver, str(review.pk), NOW) is None


def test_the_parts_and_the_summaries_are_bookmarks(cast, review):
    made = documents.as_pdf("pdf/pack.html", {"content": printed_pack(cast.panel_police, str(review.pk), NOW)})
    with pikepdf.open(io.BytesIO(made)) as pdf, pdf.open_outline() as outline:
        [top] = outline.root
        titles = [item.title for item in top.children]
        assert "Combined chronology" in titles
        summaries = next(item for item in top.children if item.title == "Single agency summaries")
        assert [item.title for item in summaries.children] == [
            f"{each.agency}, {each.reference}" for each in review.summaries.order_by("agency__name")
        ]


class TestAWorkingDayBeforeTheMeeting:
    @pytest.fixture
    def gathered(self, cast):
        """The meeting is on Monday 14 December: the pack is due by the end of this Friday."""
        review = reviews.chronology_shared(cast)
        return workflow.plan(
            fresh(review),
            by=cast.coordinator,
            on=NOW,
            period_from=review.period_from,
            period_until=review.period_until,
            meeting_at=london("2026-12-14 10:00"),
        )

    def issue(self, cast, review, on, **answers):
        return workflow.issue_pack(review, by=cast.coordinator, on=on, members=[cast.panel_la], **answers)

    def test_in_time_no_reason_is_asked_for(self, cast, gathered):
        assert self.issue(cast, gathered, NOW).pack_issued_at == NOW

    def test_too_near_it_is_refused_without_a_reason_which_the_timeline_keeps(self, cast, gathered):
        late = london("2026-12-13 10:00")
        with pytest.raises(CannotProceed) as refused:
            self.issue(cast, gathered, late)
        assert [field for field, _ in refused.value.problems] == ["late_why"]
        self.issue(cast, gathered, late, late_why="The trust answered on Saturday")
        said = Event.objects.get(reference=gathered.reference, verb="issue_pack")
        assert said.words == "The trust answered on Saturday"

    @pytest.mark.moment("2026-12-13 10:00")
    def test_the_page_asks_for_it_beside_the_answer(self, cast, gathered):
        visitor = Visitor(cast.coordinator)
        address = reverse("issue-pack", args=[gathered.reference])
        response = visitor.send(address, members=[str(cast.panel_la.pk)])
        assert problems(response) == [(workflow.gathering.TOO_NEAR, "#id_late_why")]
