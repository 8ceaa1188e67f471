"""Who joins the family: proposed by an agency in its summary, accepted by the business team, seen by every agency."""

import json

import pytest
from django.urls import reverse

from casework.workflow import CannotProceed
from notifications.models import Notice
from rapid_reviews import queries, workflow
from rapid_reviews.models import AgencySummary, FamilyCorrection
from tests.factories import rapid_reviews as reviews
from tests.factories import reports
from tests.integration.rapid_reviews.conftest import fresh, summary_of
from tests.moments import london
from trail.models import Event

pytestmark = pytest.mark.begins_with("review_gathering")
Status = AgencySummary.Status
ON = london("2026-12-11 13:50")
REFUGE = {"text": "Plum Court refuge", "postcode": "ZZ97 1PC", "confidential": True}


def an_agency_adds_somebody(cast):
    """Larkspur Homes names Fennel Ash; Thistledown found nothing; the council is still writing."""
    reviews.give_council_a_lead(cast)
    summary = reviews.summary_filled_in(cast)
    review = workflow.ask_agencies(
        fresh(summary).review, by=cast.coordinator, on=london("2026-12-11 13:46"), agencies=[cast.council]
    )
    reviews.make_nil(cast, summary_of(review, cast.trust), on=london("2026-12-11 13:46"))
    reviews.add_row(
        summary,
        "correction",
        by=cast.agency_lead,
        on=london("2026-12-11 13:46"),
        relationship="grandparent",
        name="Fennel Ash",
        what="Moved in during the spring",
        address=REFUGE,
    )
    summary = workflow.send_for_approval(
        fresh(summary), by=cast.agency_lead, on=london("2026-12-11 13:47"), approver=cast.second_lead
    )
    return workflow.approve_summary(summary, by=cast.second_lead, on=london("2026-12-11 13:48"))


@pytest.fixture(scope="module")
def returned_once(made_once):
    return made_once(an_agency_adds_somebody)


@pytest.fixture
def returned(cast, returned_once):
    return fresh(returned_once)


@pytest.fixture
def addition(returned):
    return returned.family_corrections.get(name="Fennel Ash")


def page(name, summary):
    return reverse(name, args=[summary.reference])


def section(review, number):
    found = (each for part in queries.content(review)["parts"] for each in part["sections"])
    return json.dumps(next(each for each in found if each["number"] == number), ensure_ascii=False)


def accept(cast, summary, rows, **more):
    return workflow.accept_summary(summary, by=cast.coordinator, on=ON, additions=rows, **more)


def test_the_business_team_accepts_somebody_with_the_summary_and_nil_returns_are_asked_again(
    cast, returned, addition, visit
):
    team = visit("coordinator")
    form = team.form(page("accept-summary", returned))
    nil = summary_of(returned.review, cast.trust)
    assert form["ask_again"] == str(nil.pk), "offered in the same step, already selected"
    assert "additions" not in form, "who joins is chosen, never taken for granted"
    team.must_send(page("accept-summary", returned), additions=[str(addition.pk)])
    assert (fresh(returned).status, fresh(nil).status) == (Status.ACCEPTED, Status.ASKED)
    row = FamilyCorrection.objects.get(pk=addition.pk)
    assert (row.accepted_by, row.accepted_at) == (cast.coordinator, london("2026-12-11 14:00"))
    told = Notice.objects.filter(kind="rapid_reviews.summary_asked", reference=nil.reference).order_by("pk")
    assert told.last().user == cast.other_lead
    assert told.count() == 2
    text = visit("other_lead").text(nil)
    assert "Asked again, because Somebody was added to the family" in text
    assert "Fennel Ash" in text
    assert "Fennel Ash" in visit("other_lead").form(page("return-nil", nil))["names_used"]


def test_every_agency_sees_who_joined_and_who_proposed_and_accepted_them(cast, returned, addition, visit):
    accept(cast, returned, [addition])
    council = summary_of(returned.review, cast.council)
    for where in (council, reverse("fill-in-summary", args=[council.reference, "family"])):
        if where != council:
            visit("manager").must_send(council, involved="yes")
        text = visit("manager").text(where)
        assert "Fennel Ash" in text
        assert f"Added: proposed by Larkspur Homes ({returned.author_name}), accepted by {cast.coordinator}" in text
        assert "Plum Court" not in text
    assert list(Notice.objects.filter(kind="rapid_reviews.family_added").values_list("user", flat=True)) == [
        cast.manager.pk
    ]
    event = Event.objects.get(verb="joined_family")
    assert event.words == "Fennel Ash, proposed by Larkspur Homes"
    assert "Person added to the family" in visit("coordinator").text(reverse("timeline", args=[returned.case]))


def test_the_summary_that_named_them_says_that_they_joined(cast, returned, addition, visit):
    accept(cast, returned, [addition])
    for part in ("agency_lead", "second_lead", "coordinator", "business_manager"):
        text = visit(part).text(returned)
        assert f"The family Added: proposed by Larkspur Homes ({returned.author_name})" in text, part


def test_pack_and_report_list_them_with_the_source(cast, returned, addition, visit):
    assert "Fennel Ash" not in section(returned.review, "1.1c")
    accept(cast, returned, [addition])
    shown = section(returned.review, "1.1c")
    assert "Fennel Ash" in shown
    assert "proposed by Larkspur Homes" in shown
    assert f"Summary {returned.reference}, Larkspur Homes, added, by {cast.coordinator}" in shown
    assert shown.count("Fennel Ash") == 1, "not among what stands beside the family as well"
    assert "Plum Court" not in shown
    text = visit("coordinator").text(reverse("pack", args=[returned.review.reference]))
    assert "Plum Court" in text
    assert text.count("Fennel Ash") == 1


def test_an_agency_reads_its_own_words_and_learns_nothing_from_them(cast, returned, visit):
    """Were they withheld where they name the confidential place, every guess would be answered."""
    summary = workflow.send_back(returned, by=cast.coordinator, on=ON, reason="Who else lives there?")
    named = {"name": "Sorrel Ash", "address": {"text": "plum court refuge"}}
    reviews.add_row(summary, "correction", by=cast.agency_lead, on=ON, **named)
    assert "plum court refuge" in visit("agency_lead").text(reverse("send-for-approval", args=[returned.reference]))


def test_a_confidential_address_of_an_addition_is_the_business_units_alone(cast, returned, addition, visit):
    assert "Plum Court" in visit("coordinator").text(returned)
    for part in ("agency_lead", "second_lead"):
        text = visit(part).text(returned)
        assert "Fennel Ash" in text
        assert "Plum Court" not in text
        assert "Address withheld" in text


def test_nobody_joins_and_nobody_is_asked_again_unless_somebody_is_chosen(cast, returned, visit):
    visit("coordinator").must_send(page("accept-summary", returned))
    assert fresh(returned).status == Status.ACCEPTED
    assert not FamilyCorrection.objects.exclude(accepted_at=None).exists()
    assert fresh(summary_of(returned.review, cast.trust)).status == Status.NIL
    assert not Notice.objects.filter(kind="rapid_reviews.family_added").exists()


def test_somebody_may_join_later_and_leave_again(cast, returned, addition, visit):
    accept(cast, returned, [])
    team, where = visit("coordinator"), page("accept-additions", returned)
    assert "Add people to the family" in team.text(returned)
    team.must_send(where, additions=[str(addition.pk)], ask_again=None)
    assert "Fennel Ash" in [person.name for person in queries.family(returned.review, sees_confidential=False)]
    assert fresh(summary_of(returned.review, cast.trust)).status == Status.NIL
    assert team.form(where)["additions"] == str(addition.pk)
    team.must_send(where, additions=None)
    assert "Fennel Ash" not in [person.name for person in queries.family(returned.review, sees_confidential=False)]
    assert [event.verb for event in Event.objects.filter(verb__endswith="_family").order_by("pk")] == [
        "joined_family",
        "left_family",
    ]


def test_only_whom_this_summary_names_can_join(cast, returned):
    of_another = FamilyCorrection(pk=999_999, summary=summary_of(returned.review, cast.council), name="Sorrel Ash")
    with pytest.raises(CannotProceed, match="whom this summary names"):
        accept(cast, returned, [of_another])


def test_nobody_joins_once_the_report_is_locked(cast, visit):
    review = reports.report_locked(cast)
    summary = review.summaries.order_by("agency__name").first()
    row = summary.family_corrections.exclude(name="").first()
    with pytest.raises(CannotProceed, match="locked for signature"):
        workflow.accept_summary(summary, by=cast.coordinator, on=london("2026-12-11 13:59"), additions=[row])
    assert "Who joins the family" not in visit("coordinator").text(page("accept-summary", summary))
    visit("coordinator").must_send(page("accept-summary", summary))
    assert "Add people to the family" not in visit("coordinator").text(summary)
