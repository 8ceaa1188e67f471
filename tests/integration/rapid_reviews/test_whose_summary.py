"""Whose a summary is: the agency's leads', its approver's, and everybody's to whom the pack is open."""

import pytest

from access import can
from casework import sight
from partnership.permissions import Permission as P
from partnership.roles import CaseRole, Role
from rapid_reviews.models import AgencySummary
from tests.factories import Memberships, person_with
from tests.factories import rapid_reviews as reviews
from tests.moments import london

pytestmark = pytest.mark.moment("2026-12-11 14:00")
NOW = london("2026-12-11 14:00")


def opened(how, person):
    return list(getattr(AgencySummary.objects, how)(person, moment=NOW).order_by("pk"))


def no_longer_asked(summary):
    can.end(case=summary.case, role=CaseRole.ASKED_AGENCY, agency=summary.agency, on=NOW, by=None, reason="Recalled")


@pytest.mark.parametrize("how", ["written_by", "own", "visible_to"])
def test_it_is_its_agencys_leads_as_long_as_the_agency_is_asked(cast, asked, how):
    others = [row for row in AgencySummary.objects.order_by("pk") if row.agency_id != asked.agency_id]
    assert others
    assert opened(how, cast.agency_lead) == [asked]
    elsewhere = person_with("Noor Sable", Role.AGENCY_LEAD, agency=cast.police)
    assert opened(how, elsewhere) == []
    no_longer_asked(asked)
    assert opened(how, cast.agency_lead) == []


def test_another_part_of_the_agency_in_the_case_does_not_make_it_theirs(cast, asked):
    no_longer_asked(asked)
    for role in (CaseRole.PACK_READER, CaseRole.REVIEW_PANEL_MEMBER):
        can.grant(case=asked.case, role=role, reason="Reads the pack", on=NOW, by=None, agency=asked.agency)
    assert opened("written_by", cast.agency_lead) == opened("own", cast.agency_lead) == []
    assert asked in opened("visible_to", cast.agency_lead)  # as everybody to whom the pack is open
    assert P.RETURN_SUMMARY not in can.permissions_on(cast.agency_lead, asked, moment=NOW)


def test_to_be_asked_in_another_case_does_not_make_it_theirs(cast, asked):
    other = reviews.summary_asked(cast, side=cast.theirs).case
    no_longer_asked(asked)
    can.grant(case=other, role=CaseRole.ASKED_AGENCY, reason="Asked there", on=NOW, by=None, agency=asked.agency)
    assert opened("written_by", cast.agency_lead) == opened("own", cast.agency_lead) == []


def test_to_be_asked_oneself_is_not_to_be_a_lead_of_who_is_asked(cast, asked):
    """Rows of access of a person, in the role of an agency, make them nobody's author."""
    can.grant(case=asked.case, role=CaseRole.ASKED_AGENCY, reason="In error", on=NOW, by=None, user=cast.school)
    assert opened("written_by", cast.school) == opened("own", cast.school) == []
    assert P.RETURN_SUMMARY not in can.permissions_on(cast.school, asked, moment=NOW)


@pytest.mark.parametrize("how", ["written_by", "own", "visible_to"])
def test_who_is_kept_out_of_the_case_has_none(cast, asked, how):
    case = asked.case
    sight.keep_out(case, by=cast.business_manager, on=NOW, person=cast.agency_lead, reason="Named in it")
    assert opened(how, cast.agency_lead) == []


def test_its_approver_has_it_while_they_are_its_approver(cast):
    summary = reviews.summary_with_approver(cast)
    approver = summary.approver
    assert opened("own", approver) == [summary]
    permissions = can.permissions_on(approver, summary, moment=NOW)
    assert P.APPROVE_SUMMARY in permissions
    other = AgencySummary.objects.exclude(pk=summary.pk).first()
    assert P.APPROVE_SUMMARY not in can.permissions_on(approver, other, moment=NOW)
    can.end(case=summary.case, role=CaseRole.SUMMARY_APPROVER, user=approver, on=NOW, by=None, reason="Another one")
    assert P.APPROVE_SUMMARY not in can.permissions_on(approver, summary, moment=NOW)


def test_the_business_team_sees_every_summary_and_writes_one_only_once_it_said_so(cast, asked):
    assert opened("visible_to", cast.coordinator) == list(AgencySummary.objects.order_by("pk"))
    assert opened("own", cast.coordinator) == []
    assert P.RETURN_SUMMARY not in can.permissions_on(cast.coordinator, asked, moment=NOW)
    asked.entered_by = cast.coordinator
    assert P.RETURN_SUMMARY in can.permissions_on(cast.coordinator, asked, moment=NOW)
    assert P.APPROVE_SUMMARY not in can.permissions_on(cast.coordinator, asked, moment=NOW)


@pytest.mark.parametrize("status", ["asked", "returned"])
def test_nobody_of_the_business_team_writes_what_nobody_typed_in(cast, asked, status):
    asked.status = status
    for person in (cast.business_manager, cast.coordinator):
        assert P.RETURN_SUMMARY not in can.permissions_on(person, asked, moment=NOW)


@pytest.mark.parametrize("status", ["asked", "returned"])
def test_what_is_typed_in_is_written_by_the_business_team_alone(cast, asked, status):
    can.grant(case=asked.case, role=CaseRole.PACK_READER, reason="Reads", on=NOW, by=None, user=cast.school)
    asked.entered_by, asked.status = cast.coordinator, status
    assert P.RETURN_SUMMARY not in can.permissions_on(cast.school, asked, moment=NOW)
    assert P.RETURN_SUMMARY in can.permissions_on(cast.business_manager, asked, moment=NOW)


@pytest.mark.parametrize("status", ["asked", "returned"])
def test_what_is_typed_in_is_marked_by_who_writes_it_alone(cast, asked, status):
    can.grant(case=asked.case, role=CaseRole.PACK_READER, reason="Reads", on=NOW, by=None, user=cast.school)
    asked.entered_by, asked.status = cast.coordinator, status
    assert P.RESTRICT_DISCLOSURE not in can.permissions_on(cast.school, asked, moment=NOW)
    assert P.RESTRICT_DISCLOSURE in can.permissions_on(cast.coordinator, asked, moment=NOW)


def test_what_a_colleague_types_in_is_closed_to_a_co_ordinator_once_somebody_marked_it(cast):
    """Until it is returned: from then on whoever may read what is marked sees it, and the others the rest."""
    colleague = person_with("Noor Sable", Role.BUSINESS_COORDINATOR, agency=cast.unit)
    summary = reviews.summary_filled_in(cast)
    reviews.restrict(summary, "answer", "worried_about", by=cast.agency_lead, on=NOW)
    summary.entered_by = cast.coordinator

    def writers():
        people = (cast.coordinator, colleague, cast.business_manager)
        return [each for each in people if P.RETURN_SUMMARY in can.permissions_on(each, summary, moment=NOW)]

    assert writers() == [cast.coordinator, cast.business_manager]
    summary.status = "returned"
    assert writers() == [cast.coordinator, colleague, cast.business_manager]


@pytest.mark.parametrize("left", ["another role of the agency", "the agency in another case"])
def test_who_leads_two_agencies_writes_the_summary_of_the_one_that_is_asked(cast, asked, left):
    """The other was asked, and is not any more: its summary is nobody's, whatever else its lead may do."""
    other = asked.review.summaries.exclude(pk=asked.pk).get()
    both = person_with("Noor Sable", Role.AGENCY_LEAD, agency=asked.agency)
    Memberships(user=both, agency=other.agency, role=Role.AGENCY_LEAD)
    assert opened("written_by", both) == sorted([asked, other], key=lambda row: row.pk)
    elsewhere = reviews.summary_asked(cast, side=cast.theirs).case
    no_longer_asked(other)
    if left == "another role of the agency":
        place = {"case": asked.case, "role": CaseRole.PACK_READER}
    else:
        place = {"case": elsewhere, "role": CaseRole.ASKED_AGENCY}
    can.grant(**place, reason="Asked there", on=NOW, by=None, agency=other.agency)
    written = opened("written_by", both)
    assert asked in written
    assert other not in written
    assert P.RETURN_SUMMARY in can.permissions_on(both, asked, moment=NOW)
    assert P.RETURN_SUMMARY not in can.permissions_on(both, other, moment=NOW)


def test_returned_is_what_came_with_something_in_it(cast):
    summary = reviews.summary_returned(cast)
    assert list(AgencySummary.objects.returned()) == [summary]
    assert AgencySummary.objects.count() > 1
