"""Ending access: of one person, of one agency, or of everybody in a role; each row keeps when it ended and why."""

from access.can import end, grant
from access.models import Access, Case
from partnership.roles import CaseRole
from tests.factories.people import LONG_AGO
from tests.moments import london
from trail.models import save

NOW = london("2026-12-11 14:00")


def test_each_ends_what_it_names_and_nothing_else(cast):
    case, other = (
        save(Case(reference=name, stage="rapid_review", opened_on=NOW.date()), by=None, on=LONG_AGO)
        for name in ("RF-2026-001", "RF-2026-002")
    )
    asked = {"role": CaseRole.ASKED_AGENCY, "reason": "asked", "on": LONG_AGO, "by": None}
    housing = grant(case=case, agency=cast.housing, **asked)
    trust = grant(case=case, agency=cast.trust, **asked)
    elsewhere = grant(case=other, agency=cast.housing, **asked)
    reads = asked | {"role": CaseRole.PACK_READER}
    reader = grant(case=case, user=cast.panel_la, **reads)
    second = grant(case=case, user=cast.panel_icb, **reads)
    assert grant(case=case, user=cast.panel_la, **reads) == reader, "what is held already stays"

    done = {"case": case, "on": NOW, "by": cast.coordinator, "reason": "returned"}
    end(role=CaseRole.ASKED_AGENCY, agency=cast.housing, **done)
    assert ended() == {housing}
    end(role=CaseRole.PACK_READER, user=cast.panel_la, **done)
    assert ended() == {housing, reader}
    end(role=CaseRole.PACK_READER, **done)
    assert ended() == {housing, reader, second}
    last = housing.history.order_by("-history_id").first()
    assert (last.until_at, last.history_user, last.history_change_reason) == (NOW, cast.coordinator, "returned")
    assert {trust, elsewhere} == set(Access.objects.in_force(NOW))


def ended():
    return set(Access.objects.exclude(until_at=None))
