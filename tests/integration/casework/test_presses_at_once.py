"""Ten identical presses at the same moment make one record, one event and one answer."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.urls import reverse

from notifications import worker
from notifications.models import Notice
from referrals import workflow
from referrals.models import Referral
from tests.client import Visitor
from tests.factories import situations
from trail.models import Event

pytestmark = pytest.mark.django_db(transaction=True)
PRESSES = 10


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    monkeypatch.setattr(worker.current_app, "send_task", lambda *arguments, **options: None)


def press_at_once(visitor, address, form):
    """This will send the same form ten times at once, and return the answers."""

    def press(_):
        try:
            other = Visitor()
            other.client.cookies = visitor.client.cookies.copy()
            answer = other.post(address, form)
            return answer.status_code, answer.get("Location", "")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(PRESSES) as pool:
        return list(pool.map(press, range(PRESSES)))


def test_ten_presses_open_one_referral(cast_committed):
    visitor = Visitor(cast_committed.referrer)
    answers = press_at_once(visitor, reverse("open-referral"), visitor.form(reverse("open-referral")))
    referral = Referral.objects.get()
    assert set(answers) == {(302, referral.get_absolute_url())}
    assert Event.objects.filter(verb="open_referral").count() == 1


def test_ten_presses_approve_once_and_say_so_once(cast_committed):
    cast = cast_committed
    referral = situations.with_approver(cast)
    visitor, address = Visitor(cast.approver), reverse("approve", args=[referral.reference])
    answers = press_at_once(visitor, address, visitor.form(address))
    assert set(answers) == {(302, referral.get_absolute_url())}
    assert Event.objects.filter(verb="approve").count() == 1
    assert Notice.objects.filter(kind="referrals.received", user=cast.business_manager).count() == 1


def test_who_acts_on_a_case_waits_for_who_is_acting_on_it(cast_committed):
    referral = situations.screened(cast_committed, rows=False)
    elsewhere = connection.copy()
    elsewhere.set_autocommit(False)
    try:
        with elsewhere.cursor() as cursor:
            cursor.execute("SELECT id FROM access_case WHERE id = %s FOR UPDATE", [referral.case_id])
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '50ms'")
            on = situations.at(situations.DAY, "13:00")
            workflow.tell_partners(referral, by=cast_committed.business_manager, on=on, told="All three")
    finally:
        elsewhere.close()
