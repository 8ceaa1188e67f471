"""Many signatures at the same moment take effect once; so does closing."""

from functools import partial

import pytest
from django.urls import reverse

from casework.models import Document, Version
from casework.workflow import CannotProceed, WrongState
from rapid_reviews import workflow
from rapid_reviews.models import RapidReview, SignOff
from tests.at_once import TIMES, at_once
from tests.client import Visitor
from tests.factories import reports
from tests.integration.rapid_reviews.conftest import fresh
from tests.moments import london
from trail.models import Event

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.moment("2026-12-11 14:00")]
ON = london("2026-12-11 13:59")


def page(name, review):
    return reverse(name, args=[review.reference])


def refusals(outcomes, of):
    refused = [type(each) is of for each in outcomes]
    assert all(no or isinstance(each, RapidReview) for no, each in zip(refused, outcomes, strict=True)), outcomes
    return sum(refused)


def test_fifty_two_parallel_sign_offs_take_effect_once(cast_committed):
    """Each of the four who may sign presses thirteen times at the same moment; every partner has one signature."""
    review = reports.report_locked(cast_committed)
    people = [cast_committed.partner_la, cast_committed.partner_icb, cast_committed.partner_police]
    people.append(cast_committed.deputy)
    sha256 = workflow.version_to_sign(review).sha256
    sign = partial(workflow.sign_off, review, on=ON, decision="agrees", sha256=sha256)
    assert refusals(at_once(*(partial(sign, by=person) for person in people * 13)), CannotProceed) == 49
    review = fresh(review)
    assert sorted(row.partner for row in review.sign_offs.all()) == ["icb", "la", "police"]
    assert review.status == RapidReview.Status.DECIDED
    assert Event.objects.filter(reference=review.reference, verb="partners_decided").count() == 1
    assert Event.objects.filter(reference=review.reference, verb="sign_off").count() == 3
    assert Document.objects.filter(reference=review.reference).count() == 2
    assert Version.objects.filter(reference=review.reference).count() == 3


def test_fifty_presses_of_one_form_sign_once(cast_committed):
    review = reports.report_locked(cast_committed)
    visitor = Visitor(cast_committed.partner_la)
    form = visitor.form(page("sign-off", review)) | {"decision": "agrees"}

    def press():
        other = Visitor()
        other.client.cookies = visitor.client.cookies.copy()
        return other.post(page("sign-off", review), form)["Location"]

    assert at_once(*[press] * TIMES) == [page("report", review) + "#decision"] * TIMES
    assert SignOff.objects.filter(review=review).count() == 1


def test_fifty_who_close_a_review_at_once_close_it_once(cast_committed):
    review = reports.submitted(cast_committed)
    team = [cast_committed.business_manager, cast_committed.coordinator]
    workflow.record_reply(review, by=team[0], on=ON, reply="agrees", replied_on=ON.date())
    close = partial(workflow.close_review, review, on=ON, reason="The National Panel agrees")
    outcomes = at_once(*(partial(close, by=person) for person in team * (TIMES // 2)))
    assert refusals(outcomes, WrongState) == TIMES - 1
    assert Event.objects.filter(reference=review.reference, verb="close_review").count() == 1
    assert fresh(review).status == RapidReview.Status.CLOSED
