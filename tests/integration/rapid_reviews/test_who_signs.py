"""Who may sign for a statutory partner: the delegated and their deputies in force, each partner and person once."""

from datetime import date

import pytest

from casework import sight
from casework.models import NameMatch
from casework.workflow import CannotProceed
from deadlines import rules
from deadlines.models import Deadline
from notifications.models import Notice
from partnership.models import Appointment, Partner
from partnership.roles import Role
from rapid_reviews import queries, workflow
from rapid_reviews.models import RapidReview
from tests.factories import reports
from tests.factories.people import Appointments, Memberships
from tests.moments import london
from trail.models import save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_pdf")]
DAY = date(2026, 12, 11)
ON = london("2026-12-11 13:59")


def names(appointments):
    return [appointment.user.full_name for appointment in appointments]


def test_who_is_kept_out_of_the_case_is_not_asked_to_sign_and_not_counted(cast):
    review = reports.comments_closed(cast)
    sight.keep_out(review.case, by=cast.business_manager, on=ON, person=cast.partner_police, reason="Manages the chair")
    assert "Dana Kestrel" in names(queries.signatories(DAY))
    assert "Dana Kestrel" not in names(queries.able_to_sign(review, DAY))
    workflow.lock_for_signature(RapidReview.objects.get(pk=review.pk), by=cast.coordinator, on=ON)
    asked = Notice.objects.filter(kind="rapid_reviews.signature_asked", reference=review.reference)
    assert {notice.user for notice in asked} == {cast.partner_icb, cast.deputy, cast.partner_la}
    sight.let_back_in(review.case, by=cast.business_manager, on=ON, person=cast.partner_police, reason="No longer")
    assert "Dana Kestrel" in names(queries.able_to_sign(review, DAY))


def test_who_is_kept_out_of_another_case_is_asked_to_sign_in_this_one(cast):
    review, theirs = reports.comments_closed(cast), reports.comments_closed(cast, side=cast.theirs)
    sight.keep_out(theirs.case, by=cast.business_manager, on=ON, person=cast.partner_police, reason="Manages the chair")
    assert "Dana Kestrel" in names(queries.able_to_sign(review, DAY))
    assert "Dana Kestrel" not in names(queries.able_to_sign(theirs, DAY))


def test_the_delegated_and_their_deputies_sign_and_the_virtual_panel_does_not(cast):
    assert names(queries.signatories(DAY)) == [
        "Dominic Yarrow",
        "Della Quince",
        "Delia Ravenscroft",
        "Dana Kestrel",
    ]


def test_who_left_signs_no_more(cast):
    cast.deputy.is_active = False
    save(cast.deputy, by=cast.administrator, on=ON)
    ended = Appointment.objects.get(user=cast.partner_la)
    ended.until_on = date(2026, 12, 10)
    save(ended, by=cast.administrator, on=ON)
    assert names(queries.signatories(DAY)) == ["Dominic Yarrow", "Dana Kestrel"]


def test_who_may_be_named_in_the_case_signs_for_nobody_in_it(cast):
    locked = reports.report_locked(cast)
    assert queries.free_to_sign(locked, cast.partner_icb, day=DAY)
    row = NameMatch(case=locked.case, user=cast.partner_icb, kind="professional", words="referrer", found_at=ON)
    row.reference = locked.referral.reference
    save(row, by=None, on=ON)
    assert names(queries.able_to_sign(locked, DAY)) == ["Della Quince", "Delia Ravenscroft", "Dana Kestrel"]
    assert queries.free_to_sign(locked, cast.partner_icb, day=DAY) == []


def test_who_signed_has_met_their_timescale_and_who_could_have_signed_has_none_left(cast, locked):
    reports.sign(locked, by=cast.partner_icb, on=ON)
    rows = Deadline.objects.filter(reference=locked.reference, rule=rules.SIGN_OFF.code)
    ended = {row.user: (row.met_at, row.stopped_at) for row in rows}
    assert ended[cast.partner_icb] == (ON, None)
    assert ended[cast.deputy] == (None, ON)
    assert ended[cast.partner_la] == (None, None)


def test_a_partner_signs_once_and_so_does_a_person(cast, locked):
    assert names(queries.free_to_sign(locked, cast.deputy, day=DAY)) == ["Della Quince"]
    reports.sign(locked, by=cast.partner_icb, on=ON)
    assert queries.free_to_sign(locked, cast.deputy, day=DAY) == [], "their partner has signed"
    Appointments(
        user=cast.partner_icb, partner=Partner.POLICE, kind=Appointment.Kind.DEPUTY, for_user=cast.partner_police
    )
    assert queries.free_to_sign(locked, cast.partner_icb, day=DAY) == [], "they have signed for another partner"
    assert names(queries.free_to_sign(locked, cast.partner_la, day=DAY)) == ["Delia Ravenscroft"]


def test_a_deputy_of_two_partners_signs_for_the_first(cast, locked):
    kind = Appointment.Kind.DEPUTY
    Memberships(user=cast.deputy, agency=cast.police, role=Role.MANAGER)
    Appointments(user=cast.deputy, partner=Partner.POLICE, kind=kind, for_user=cast.partner_police)
    free = queries.free_to_sign(locked, cast.deputy, day=DAY)
    assert [appointment.partner for appointment in free] == [Partner.ICB, Partner.POLICE]
    assert workflow.appointment_to_sign(locked, cast.deputy, on=ON).partner == Partner.ICB


def test_the_version_to_sign_is_the_reviews_own(cast, locked):
    theirs = reports.report_locked(cast, side=cast.theirs)
    assert workflow.version_to_sign(locked).reference == locked.reference
    assert workflow.version_to_sign(theirs).reference == theirs.reference


def test_who_cannot_sign_is_told_why(cast, locked):
    reports.sign(locked, by=cast.partner_la, on=ON)
    reports.sign(locked, by=cast.partner_icb, on=ON)
    for person, why in (
        (cast.partner_la, "You have signed already: nobody signs twice"),
        (cast.deputy, "Dominic Yarrow has signed for Integrated care board already"),
        (cast.panel_police, "You are not appointed to sign for a partner today"),
    ):
        with pytest.raises(CannotProceed, match=why):
            workflow.appointment_to_sign(locked, person, on=ON)
    assert workflow.appointment_to_sign(locked, cast.partner_police, on=ON).partner == Partner.POLICE


def test_it_is_locked_while_as_many_can_sign_as_must_decide_the_same(cast, locked):
    able = list(queries.signatories(DAY))
    two = [appointment for appointment in able if appointment.partner != Partner.POLICE]
    assert workflow.gaps_before_lock(locked, two) == []
    one = [appointment for appointment in two if appointment.partner != Partner.ICB]
    assert workflow.gaps_before_lock(locked, one) == [
        ("", "2 partners must be able to sign. Nobody is appointed for: Integrated care board, Police")
    ]


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ({"decision": "agrees_with_comments"}, "Enter your comments, or your reasons"),
        ({"decision": "does_not_agree", "outcome": "no_further"}, "Enter your comments, or your reasons"),
        ({"decision": "does_not_agree", "comments": "Not met"}, "Select what you decide instead"),
        ({"decision": "does_not_agree", "comments": "Not met", "outcome": "lcspr"}, "Select what you decide instead"),
    ],
)
def test_what_a_decision_needs_is_asked_for_wherever_it_comes_from(cast, locked, answers, missing):
    sha256 = workflow.version_to_sign(locked).sha256
    with pytest.raises(CannotProceed, match=missing):
        workflow.sign_off(locked, by=cast.partner_la, on=ON, sha256=sha256, **answers)
    assert queries.signatures_in_force(locked) == []
