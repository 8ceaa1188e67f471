"""Many signatures at the same moment take effect once."""

import threading

import pytest
from django.db import connection
from django.urls import reverse

from casework.models import Document, Version
from casework.workflow import CannotProceed
from rapid_reviews import workflow
from rapid_reviews.models import RapidReview, SignOff
from tests.client import Visitor
from tests.factories import reports
from tests.integration.rapid_reviews.conftest import fresh
from tests.moments import london
from trail.models import Event

ON = london("2026-12-11 13:59")


def page(name, review):
    return reverse(name, args=[review.reference])


@pytest.mark.django_db(transaction=True)
@pytest.mark.moment("2026-12-11 14:00")
def test_twenty_parallel_sign_offs_take_effect_once(cast_committed):
    """Each of the four who may sign presses five times at the same moment; every partner has one signature."""
    review = reports.report_locked(cast_committed)
    people = [cast_committed.partner_la, cast_committed.partner_icb, cast_committed.partner_police]
    people.append(cast_committed.deputy)
    sha256, ready, outcomes = workflow.version_to_sign(review).sha256, threading.Barrier(20), []

    def press(person):
        try:
            ready.wait(timeout=30)
            workflow.sign_off(review, by=person, on=ON, decision="agrees", sha256=sha256)
            outcomes.append("signed")
        except CannotProceed:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[person]) for person in people for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["refused"] * 17 + ["signed"] * 3
    review = fresh(review)
    assert sorted(row.partner for row in review.sign_offs.all()) == ["icb", "la", "police"]
    assert review.status == RapidReview.Status.DECIDED
    assert Event.objects.filter(reference=review.reference, verb="partners_decided").count() == 1
    assert Event.objects.filter(reference=review.reference, verb="sign_off").count() == 3
    assert Document.objects.filter(reference=review.reference).count() == 2
    assert Version.objects.filter(reference=review.reference).count() == 3


@pytest.mark.django_db(transaction=True)
def test_twenty_presses_of_one_form_sign_once(cast_committed):
    review = reports.report_locked(cast_committed)
    visitor = Visitor(cast_committed.partner_la)
    form = visitor.form(page("sign-off", review)) | {"decision": "agrees"}
    cookies, answers, ready = visitor.client.cookies, [], threading.Barrier(20)

    def press():
        try:
            other = Visitor()
            other.client.cookies = cookies.copy()
            ready.wait(timeout=30)
            answers.append(other.post(page("sign-off", review), form)["Location"])
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [page("report", review) + "#decision"] * 20
    assert SignOff.objects.filter(review=review).count() == 1
