"""A small partnership for the tests of deadlines: a case, those who work on it, and one who must see nothing."""

from datetime import date

import pytest

from access.can import grant
from access.models import Case
from deadlines import clock as engine
from deadlines import rules
from partnership.models import Agency, Membership, User
from partnership.roles import CaseRole, Role
from tests.conftest import london
from trail.models import save

LONG_AGO = london("2020-01-06 09:00")


def person(name, *, agency=None, role=None, active=True):
    user = User(email=f"{name}@harrowmere.example", full_name=name.replace(".", " ").title(), is_active=active)
    save(user, by=None, on=LONG_AGO)
    if role:
        save(Membership(user=user, agency=agency, role=role, from_on=date(2020, 1, 6)), by=None, on=LONG_AGO)
    return user


def agency(name, **more):
    row = Agency(
        name=name,
        kind=more.pop("kind", Agency.Kind.HEALTH),
        escalation_name="Head of Safeguarding",
        escalation_email=f"escalation@{name.split()[0].lower()}.example",
        **more,
    )
    return save(row, by=None, on=LONG_AGO)


def open_case(reference, *, stage=Case.Stage.REFERRAL, restricted=False, on="2026-12-11"):
    row = Case(reference=reference, stage=stage, opened_on=date.fromisoformat(on), restricted=restricted)
    return save(row, by=None, on=LONG_AGO)


@pytest.fixture
def unit(db):
    return agency("Unit of the Harrowmere partnership", kind=Agency.Kind.BUSINESS_UNIT)


@pytest.fixture
def trust(db):
    return agency("Otterford Hospitals", partner="icb")


@pytest.fixture
def manager(unit):
    return person("maya.manager", agency=unit, role=Role.BUSINESS_MANAGER)


@pytest.fixture
def lead(trust):
    return person("lena.lead", agency=trust, role=Role.AGENCY_LEAD)


@pytest.fixture
def partner(trust):
    return person("pia.partner", agency=trust, role=Role.DELEGATED_PARTNER)


@pytest.fixture
def outsider(db):
    other = agency("Elsewhere Ambulance")
    return person("otto.outsider", agency=other, role=Role.AGENCY_LEAD)


@pytest.fixture
def case(db):
    return open_case("RF-2026-001")


@pytest.fixture
def member(case, trust):
    user = person("vera.virtual", agency=trust, role=Role.PANEL_MEMBER)
    grant(case=case, role=CaseRole.PANEL_MEMBER, reason="asked for a view", on=LONG_AGO, by=None, user=user)
    return user


@pytest.fixture
def start(manager):
    """This will start a timescale as the workflow functions do: `start(rule, case)` and what differs."""

    def start(rule, case, *, at="2026-12-11 10:00", **more):
        more.setdefault("reference", case.reference)
        more.setdefault("counts_from", london(at))
        more.setdefault("on", london(at))
        more.setdefault("path", f"/referrals/{case.reference}/")
        return engine.start(rule, case=case, by=manager, **more)

    return start


@pytest.fixture
def summary(start, case, trust, lead):
    """The summary that one agency was asked for."""
    return start(rules.SUMMARY_RETURNED, case, agency=trust, key=str(trust.pk))
