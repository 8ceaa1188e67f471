"""The ledger: every e-mail about a case, to whom, when, and whether it was accepted."""

import pytest
from django.core import mail

from casework.models import NameMatch
from deadlines.reminders import send_due
from notifications import outbox
from notifications.models import Notice
from partnership.roles import Role
from tests.client import Visitor, parsed
from tests.factories import situations
from tests.factories.people import person_with
from tests.moments import london
from trail.models import Reading

pytestmark = pytest.mark.begins_with("with_panel")
NOW = london("2026-12-11 14:00")


@pytest.fixture
def referral(cast):
    return situations.with_panel(cast)


@pytest.fixture
def ledger(referral):
    return f"/cases/{referral.case.reference}/emails/"


def rows(visitor, address, **query):
    page = parsed(visitor.get(address, data=query))
    return [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.select("tbody tr")]


def test_who_was_asked_for_a_view_and_that_it_was_accepted(cast, referral, ledger):
    asked = Notice.objects.get(user=cast.panel_icb, case=referral.case)
    outbox.deliver(asked.pk, on=NOW)
    assert mail.outbox[-1].to == [cast.panel_icb.email]
    coordinator = Visitor(cast.coordinator)
    assert ledger in [
        link["href"] for link in coordinator.read(f"/cases/{referral.case.reference}/timeline/").select("a")
    ]
    (row,) = rows(coordinator, ledger, who="ormond")
    assert row[1] == f"Pavel Ormond, {cast.panel_icb.email}"
    assert row[2].startswith(referral.reference)
    assert row[3:] == ["11 December 2026 at 2pm", "Accepted by the mail server"]
    assert rows(coordinator, ledger, who="ormond", state="waiting") == []


def test_what_waits_and_what_could_not_be_sent(cast, referral, ledger):
    refused, given_up = Notice.objects.filter(case=referral.case).order_by("pk")[:2]
    Notice.objects.filter(pk=refused.pk).update(attempts=2, error="SMTPRecipientsRefused")
    Notice.objects.filter(pk=given_up.pk).update(attempts=1, error="SMTPRecipientsRefused", given_up_at=NOW)
    visitor = Visitor(cast.business_manager)
    said = [row[4] for row in rows(visitor, ledger)]
    assert "Waits to be sent" in said
    assert "Waits to be sent, after 2 tries: SMTPRecipientsRefused" in said
    assert [row[4] for row in rows(visitor, ledger, state="not_sent")] == [
        "Could not be sent, after 1 try: SMTPRecipientsRefused"
    ]


def test_a_digest_that_speaks_of_the_case_is_among_them(cast, referral, ledger, clock):
    later = london("2026-12-15 08:00")
    clock.move_to(later)
    send_due(on=later)
    said = {
        row[2]
        for row in rows(
            Visitor(cast.business_manager), ledger, **{"since-day": 15, "since-month": 12, "since-year": 2026}
        )
    }
    assert any(subject.startswith("Your work on Tuesday 15 December 2026") for subject in said)


def test_days_are_days_in_london(cast, referral, ledger):
    Notice.objects.filter(case=referral.case).update(queued_at=london("2026-12-10 00:00"))
    first = Notice.objects.filter(case=referral.case).order_by("pk").first()
    Notice.objects.filter(pk=first.pk).update(queued_at=london("2026-12-10 23:59"))

    def day(name, number):
        return {f"{name}-day": number, f"{name}-month": 12, f"{name}-year": 2026}

    visitor, number = Visitor(cast.business_manager), Notice.objects.filter(case=referral.case).count()
    assert len(rows(visitor, ledger, **day("since", 10), **day("until", 10))) == min(number, 25)
    assert rows(visitor, ledger, **day("since", 11)) == []
    assert rows(visitor, ledger, **day("until", 9)) == []


def test_who_may_be_named_is_shown_to_those_it_was_sent_to_alone(cast, ledger):
    situations.somebody_named(cast)
    assert NameMatch.objects.exists()
    prompt = "somebody may be named in the case"
    case = NameMatch.objects.get().case.reference
    address = f"/cases/{case}/emails/"
    assert prompt in Visitor(cast.business_manager).text(address)
    assert prompt not in Visitor(cast.coordinator).text(address)
    named = person_with("Beatrix Orchard", Role.BUSINESS_MANAGER, agency=cast.unit)  # manages it, and was not told
    assert prompt not in Visitor(named).text(address)


def test_taking_it_away_takes_a_fresh_factor_and_is_written_down(cast, referral, ledger, clock):
    visitor = Visitor(cast.coordinator)
    answer = visitor.get(f"{ledger}?format=csv")
    assert answer["Content-Disposition"] == 'attachment; filename="emails.csv"'
    assert Reading.objects.get(what="emails as csv").case == referral.case.reference
    clock.shift(6 * 60)
    assert "reauthenticate" in visitor.get(f"{ledger}?format=csv")["Location"]
