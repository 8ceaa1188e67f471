"""Who covers for somebody is reminded as well, and so are only those whom it concerns further up the ladder."""

from datetime import date

import pytest

from access.can import grant
from deadlines import clock as engine
from deadlines import queries, rules
from deadlines.models import Deadline, DiaryEntry
from partnership.roles import CaseRole, Role
from tests.factories import Memberships, cover
from tests.integration.deadlines.conftest import LONG_AGO, agency, person
from tests.integration.deadlines.test_reminders import sweep
from tests.moments import london

pytestmark = pytest.mark.django_db
NOW = london("2026-12-14 10:00")


@pytest.fixture
def vera(trust):
    """Covers for the trust's lead in the week before Christmas; works elsewhere too."""
    vera = person("vera.cover", agency=trust, role=Role.MANAGER)
    Memberships(user=vera, agency=agency("Elsewhere Ambulance"), role=Role.MANAGER)
    return vera


def told(text):
    return {address for _, address, _ in sweep(text)}


def test_reminders_of_an_agencys_work_go_to_both_while_it_lasts(summary, lead, vera, trust):
    cover(vera, lead, agency=trust, from_on=date(2026, 12, 18), until_on=date(2026, 12, 21))
    assert told("2026-12-18 08:00") == {lead.email, vera.email}
    assert told("2026-12-22 08:00") == {lead.email}, "the cover ended with its last day"


def test_a_cover_that_begins_later_is_told_what_is_already_coming(summary, lead, vera, trust):
    assert told("2026-12-18 08:00") == {lead.email}
    cover(vera, lead, agency=trust, from_on=date(2026, 12, 21), until_on=date(2026, 12, 21))
    assert told("2026-12-21 08:00") == {vera.email}


def test_the_escalation_contact_told_is_that_of_who_is_covered_for(start, case, vera, trust, lead):
    grant(case=case, role=CaseRole.REFERRER, reason="x", on=LONG_AGO, by=None, user=lead)
    deadline = start(rules.APPROVAL, case, user=lead, at="2026-12-14 10:00")
    cover(vera, lead, agency=trust)
    assert set(queries.people_waited_for(deadline, moment=NOW)) == {lead, vera}
    assert told("2026-12-16 08:00") >= {lead.email, vera.email, trust.escalation_email}
    assert agency_contact(vera, "Elsewhere Ambulance") not in told("2026-12-17 08:00")


def agency_contact(user, name):
    return user.memberships.get(agency__name=name).agency.escalation_email


def test_a_role_in_a_case_that_is_lent_reminds_both_and_another_does_not(start, case, vera, trust, lead):
    for role in (CaseRole.NOTIFIER, CaseRole.PANEL_MEMBER):
        grant(case=case, role=role, reason="x", on=LONG_AGO, by=None, user=lead)
    cover(vera, lead, agency=trust)
    lent = start(rules.SIN_LOCAL, case)
    kept = start(rules.VIRTUAL_PANEL, case)
    assert set(queries.people_waited_for(lent, moment=NOW)) == {lead, vera}
    assert set(queries.people_waited_for(kept, moment=NOW)) == {lead}
    assert list(Deadline.objects.waiting_for(vera, moment=NOW)) == [lent]


def test_a_view_asked_by_name_is_not_lent_and_an_approval_is(start, case, vera, trust, lead):
    grant(case=case, role=CaseRole.APPROVER, reason="x", on=LONG_AGO, by=None, user=lead)
    cover(vera, lead, agency=trust)
    view = start(rules.VIRTUAL_PANEL, case, user=lead, key=str(lead.pk))
    approval = start(rules.APPROVAL, case, user=lead)
    assert set(queries.people_waited_for(view, moment=NOW)) == {lead}
    assert set(queries.people_waited_for(approval, moment=NOW)) == {lead, vera}
    assert list(Deadline.objects.waiting_for(vera, moment=NOW)) == [approval]
    assert set(Deadline.objects.visible_to(vera, moment=NOW)) == {approval}


def test_a_meeting_in_somebodys_diary_is_in_that_of_who_covers(case, vera, trust, lead, manager):
    cover(vera, lead, agency=trust)
    entry = engine.book(
        case=case, reference=case.reference, label="Meeting", starts_at=NOW, user=lead, on=NOW, by=manager
    )
    assert list(DiaryEntry.objects.visible_to(vera, moment=NOW)) == [entry]
    assert set(queries.people_waited_for(entry, moment=NOW)) == {lead, vera}
