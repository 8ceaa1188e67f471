"""What the tests of a rapid review share: the cast's visitors, and a case that many tests only look at."""

import pytest

from rapid_reviews import workflow
from rapid_reviews.models import AgencySummary
from referrals import workflow as referral_workflow
from tests.client import Visitor
from tests.factories import rapid_reviews as reviews
from tests.factories import reports, situations
from tests.moments import london


@pytest.fixture
def visit(cast):
    """This will sign somebody of the cast in and return their browser: `visit("coordinator")`."""
    visitors = {}

    def sign_in(part):
        person = getattr(cast, part) if isinstance(part, str) else part
        return visitors.setdefault(person.pk, Visitor(person))

    return sign_in


@pytest.fixture
def on_monday(cast, clock):
    """The example of the timescales: received on Friday 11 December 2026, the notification sent on Monday 14 December.

    The rapid review is opened on that Monday at 10:00, and nothing else is done yet.
    """
    referral = situations.rapid_review_decided(cast)
    clock.move_to(london("2026-12-14 10:00"))
    on = london("2026-12-14 10:00")
    referral = referral_workflow.record_notification(
        referral,
        by=cast.la_notifier,
        on=on,
        sent_at=london("2026-12-14 09:30"),
        sin_reference="SIN-2026-77",
        sent_by=cast.la_notifier,
    )
    return workflow.open_from_referral(by=cast.coordinator, on=on, referral=referral)


@pytest.fixture
def asked(cast):
    """Two agencies were asked: Larkspur Homes' summary, with its review behind it."""
    return reviews.summary_asked(cast)


@pytest.fixture(scope="module")
def frozen(made_once):
    return made_once(reports.report_locked)


@pytest.fixture
def locked(frozen, db):
    """Locked for signature: an LCSPR is recommended, nobody has signed. Made once for the module."""
    return fresh(frozen)


def fresh(record):
    """This will read a record again."""
    return type(record).objects.select_related("case").get(pk=record.pk)


def summary_of(review, agency):
    return AgencySummary.objects.select_related("case", "agency").get(review=review, agency=agency)
