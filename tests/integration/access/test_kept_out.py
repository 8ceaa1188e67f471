"""An exclusion keeps one person from one case: nobody else from it, and them from no other."""

from access.can import can
from access.models import Case, Exclusion
from partnership.permissions import Permission
from tests.factories.people import LONG_AGO
from tests.moments import london
from trail.models import save

NOW = london("2026-12-11 14:00")


def test_an_exclusion_is_of_one_person_in_one_case(cast):
    case, other = (
        save(Case(reference=name, stage="rapid_review", opened_on=NOW.date()), by=None, on=LONG_AGO)
        for name in ("RF-2026-001", "RF-2026-002")
    )
    save(Exclusion(case=case, user=cast.coordinator, reason="Named", from_at=LONG_AGO), by=None, on=LONG_AGO)
    sees = Permission.VIEW_TIMELINE
    assert not can(cast.coordinator, sees, case, moment=NOW)
    assert can(cast.coordinator, sees, other, moment=NOW)
    assert can(cast.business_manager, sees, case, moment=NOW)
