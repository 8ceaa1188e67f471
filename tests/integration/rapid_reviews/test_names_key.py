"""The names key of a case: neutral labels in place of names, and back."""

import pytest
from django.urls import reverse

from rapid_reviews import queries, workflow
from tests.client import problems
from tests.factories import rapid_reviews as reviews
from tests.integration.rapid_reviews.conftest import fresh
from tests.moments import london
from trail.models import Event, save

pytestmark = [pytest.mark.begins_with("pack_issued"), pytest.mark.moment("2026-12-11 14:00")]
NOW = london("2026-12-11 14:00")


@pytest.fixture
def review(cast):
    return reviews.pack_issued(cast)


def page(name, review, *more):
    return reverse(name, args=[review.reference, *more])


def labels(review):
    return {entry.label: entry.names for entry in queries.entries_of_key(review)}


def test_the_family_is_in_the_key_by_itself_and_children_are_numbered(review):
    child = review.referral.children.get()
    assert labels(review)["Child 1"] == (child.name, child.other_names)
    for person in (*review.referral.carers.all(), *review.referral.siblings.all()):
        assert any(person.name in names for names in labels(review).values())


def test_a_label_by_hand_and_another_name_of_somebody_of_the_family(cast, review, visit):
    visitor = visit("coordinator")
    visitor.must_send(page("label-person", review), label="GP 2", names="Dr Wick-Hale\r\n\r\nIvo  Wick-Hale")
    visitor.must_send(page("label-person", review), label="child 1", names="Dee")
    assert labels(review)["GP 2"] == ("Dr Wick-Hale", "Ivo Wick-Hale")
    child = review.referral.children.get()
    assert labels(review)["Child 1"] == (child.name, child.other_names, "Dee")
    assert queries.name_key(review).neutral(f"Dee and {child.name} saw wick-hale") == "Child 1 and Child 1 saw GP 2"
    visitor.must_send(page("label-person", review), label="gp 2", names="Dr Other")
    assert labels(review)["GP 2"] == ("Dr Other",)
    row = review.name_labels.get(label="GP 2")
    visitor.must_send(page("remove-label", review, row.pk))
    assert "GP 2" not in labels(review)
    assert not Event.objects.filter(reference=review.reference, verb__in=("label_person", "remove_label")).exists()


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"label": "", "names": "X"}, ("Enter the neutral label", "#id_label")),
        ({"label": "Aunt", "names": " \n "}, ("Enter at least one name", "#id_names")),
        ({"label": "Wren", "names": "wren"}, ("A label that is the name itself hides nothing", "#id_label")),
    ],
)
def test_what_is_refused_beside_its_answer(review, visit, answers, problem):
    assert problems(visit("coordinator").send(page("label-person", review), **answers)) == [problem]


def test_a_text_goes_to_labels_and_back_and_is_kept_nowhere(review, visit):
    visitor, child = visit("panel_police"), review.referral.children.get()
    address = page("replace-names", review)
    shown = visitor.send(address, text=f"{child.name} lives at ZZ9 9ZZ", way="labels")
    assert "Child 1 lives at [postcode]" in shown.content.decode().split('id="result"')[1]
    shown = visitor.send(address, text="Child 1 was seen", way="names")
    assert f"{child.name} was seen" in shown.content.decode().split('id="result"')[1]
    assert problems(visitor.send(address, text="", way="labels")) == [("Enter the text", "#id_text")]


def test_a_practitioner_without_a_label_is_a_professional(cast, review, visit):
    summary = review.summaries.order_by("pk").first()
    one = summary.practitioners.get()
    assert queries.name_key(review).neutral(f"Told {one.name}") == "Told [professional]"
    text = visit("coordinator").text(page("name-key", review))
    assert one.name in text
    reviews.restrict(fresh(summary), "practitioner", one, by=reviews.lead_of(cast, summary), on=NOW)
    assert one.name not in visit("coordinator").text(page("name-key", review))
    assert queries.name_key(review).neutral(f"Told {one.name}") == "Told [professional]"


def test_whom_an_agency_adds_to_the_family_is_a_family_member_until_they_join_it(cast, review):
    row = review.summaries.order_by("pk").first().family_corrections.get()
    assert queries.name_key(review).neutral(f"{row.name} rang") == "[family member] rang"


def test_words_that_may_be_names_are_pointed_at_until_they_have_a_label(cast, review, visit):
    event = queries.combined_chronology(review).first()
    event.what_happened = "He went to Tobin after school."
    save(event, by=cast.agency_lead, on=NOW, reason="fill_in_summary_row")
    text = visit("coordinator").text(page("name-key", review))
    assert "Tobin (1)" in text
    workflow.label_person(review, by=cast.coordinator, on=NOW, label="Friend", names="Tobin Quill")
    assert "Tobin (1)" not in visit("coordinator").text(page("name-key", review))
    assert "Add a label" not in visit("panel_police").text(page("name-key", review))
