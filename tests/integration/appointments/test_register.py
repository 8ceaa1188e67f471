"""The appointment register: entered and ended by somebody else, with a reason; whoever is asked follows it at once."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access import can
from appointments import register
from casework.workflow import CannotProceed, NotAllowed
from deadlines import rules
from deadlines.models import Deadline
from notifications.models import Notice
from partnership.models import Appointment, Membership
from partnership.roles import CaseRole, Role
from rapid_reviews import queries
from referrals import tasks, workflow
from tests.client import Visitor, problems
from tests.factories import Appointments, cover, person_with, reports, situations
from tests.moments import london
from tests.sign_in import sign_in
from trail.models import Event, add_many, save

NOW = london("2026-12-11 14:00")
TODAY = date(2026, 12, 11)
YESTERDAY = TODAY - timedelta(days=1)
PAGE = "/people/appointments/"
ENTER = "/people/appointments/enter/"


@pytest.fixture
def vera(cast):
    return person_with("Vera Standish", Role.MANAGER, agency=cast.icb)


def enter(cast, **answers):
    given = {
        "kind": "deputy",
        "partner": "icb",
        "for_user": cast.partner_icb,
        "from_on": TODAY,
        "authority": "Chief executive, letter of 1 December",
        "reason": "Dominic is away",
    }
    return register.enter_appointment(by=cast.business_manager, on=NOW, **(given | answers))


def end(cast, row, from_on=TODAY):
    return register.end_appointment(row, by=cast.business_manager, on=NOW, from_on=from_on, reason="Left")


def of(person, kind):
    return Appointment.objects.get(user=person, kind=kind)


# The list


def test_the_register_says_who_for_whom_since_when_and_by_whose_authority(cast):
    cover(cast.second_lead, cast.agency_lead, agency=cast.housing, until_on=date(2026, 12, 20))
    rows = Visitor(cast.business_manager).read(PAGE).select("main tbody tr")
    said = {" | ".join(cell.get_text(" ", strip=True) for cell in row.select("th, td")) for row in rows}
    assert (
        "Della Quince della.quince@harrowmere.example | Deputy of the delegated partner, for Dominic Yarrow | "
        "Integrated care board | 6 January 2020" in (next(row for row in said if row.startswith("Della")))
    )
    assert "Lucas Ambry lucas.ambry@harrowmere.example | Cover, for Lena Hollis | Larkspur Homes" in next(
        row for row in said if "Lucas" in row
    )
    assert all("Chief Executive of the partner | In force" in row for row in said if "Cover" not in row)


def test_it_is_narrowed_by_the_address(cast):
    visitor = Visitor(cast.business_manager)
    end(cast, of(cast.partner_police, "delegation"))
    Appointments(kind="virtual_panel", user=cast.manager, partner="la", from_on=date(2026, 12, 20))

    def said(**filters):
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        text = visitor.text(f"{PAGE}?{query}")
        names = ("Della Quince", "Petra Lindqvist", "Dana Kestrel", "Mona Archer", "Delia Ravenscroft")
        return [name for name in names if name in text.partition("Apply")[2]]

    assert said(kind="deputy") == ["Della Quince"]
    assert said(partner="la") == ["Petra Lindqvist", "Mona Archer", "Delia Ravenscroft"]
    assert said(state="ended") == ["Dana Kestrel"]
    assert said(state="to_come") == ["Mona Archer"]
    assert said(state="in_force", partner="police") == []
    assert said(state="in_force", kind="delegation") == ["Delia Ravenscroft"]


def test_it_costs_the_same_for_two_rows_and_for_twenty_thousand(cast):
    visitor = Visitor(cast.business_manager)
    visitor.read(PAGE)

    def asked(page):
        with CaptureQueriesContext(connection) as queries:
            visitor.read(page)
        return len(queries)

    few = asked(f"{PAGE}?kind=deputy")
    row = {"kind": "deputy", "user": cast.deputy, "for_user": cast.partner_icb, "partner": "icb", "authority": "x"}
    day = date(2020, 1, 1)
    add_many(
        [Appointment(**row, from_on=day + timedelta(days=n), until_on=day + timedelta(days=n)) for n in range(20_000)],
        by=None,
        on=NOW,
    )
    assert asked(f"{PAGE}?kind=deputy") == few
    assert "of 20,001 appointments" in visitor.text(f"{PAGE}?kind=deputy")


def test_it_is_kept_by_who_manages_people(cast):
    for person in (cast.coordinator, cast.partner_la, cast.agency_lead, cast.manager):
        assert Visitor(person).get(PAGE).status_code == 403
        assert Visitor(person).get(ENTER).status_code == 403
        with pytest.raises(NotAllowed):
            register.enter_appointment(
                by=person,
                on=NOW,
                kind="deputy",
                user=cast.manager,
                partner="la",
                for_user=cast.partner_la,
                from_on=TODAY,
                authority="x",
                reason="x",
            )
        with pytest.raises(NotAllowed):
            register.end_appointment(
                of(cast.partner_police, "delegation"), by=person, on=NOW, from_on=TODAY, reason="x"
            )
    assert Visitor(cast.administrator).get(PAGE).status_code == 200


# Entering


def test_a_deputy_is_entered_with_authority_and_reason_and_may_sign(cast, vera):
    visitor = Visitor(cast.business_manager)
    went_to = visitor.must_send(
        ENTER,
        kind="deputy",
        user=str(vera.pk),
        partner="icb",
        for_user=str(cast.partner_icb.pk),
        from_on=TODAY,
        authority="Chief executive, letter of 1 December",
        reason="Dominic is away",
    )
    assert went_to == PAGE
    row = of(vera, "deputy")
    assert (row.partner, row.for_user, row.until_on) == ("icb", cast.partner_icb, None)
    kept = row.history.get()
    assert (kept.history_user, kept.history_change_reason) == (cast.business_manager, "Dominic is away")
    assert row in queries.signatories(TODAY)


def test_what_is_needed_is_asked_for(cast):
    answer = Visitor(cast.business_manager).send(ENTER)
    assert [message for message, _ in problems(answer)] == [
        "Select what the person is appointed as",
        "Select who is appointed",
        "Enter the first day",
        "Enter who gave the authority",
        "Enter the reason",
    ]


def test_what_makes_no_sense_is_refused(cast, vera):
    nobody = person_with("Nadia Nowhere", Role.MANAGER, agency=cast.trust)
    for answers, message in (
        ({"user": vera, "partner": ""}, "Select the statutory partner"),
        ({"user": nobody}, "belongs to no agency of this partner: Integrated care board"),
        ({"user": vera, "for_user": None}, "Select the person they act for"),
        ({"user": cast.partner_icb}, "Nobody acts for themselves"),
        ({"user": vera, "for_user": cast.panel_icb}, "is not Delegated safeguarding partner for Integrated care board"),
        ({"user": vera, "for_user": cast.partner_la}, "Delia Ravenscroft is not Delegated safeguarding partner"),
        ({"user": vera, "kind": "alternate"}, "Dominic Yarrow is not Virtual Panel member"),
        ({"user": cast.deputy}, "Della Quince is Deputy of the delegated partner for Dominic Yarrow already"),
        ({"user": vera, "kind": "delegation"}, "Dominic Yarrow is Delegated safeguarding partner for"),
        ({"user": vera, "kind": "virtual_panel"}, "Pavel Ormond is Virtual Panel member for"),
        ({"user": vera, "until_on": YESTERDAY}, "The last day must be the first day or later"),
    ):
        with pytest.raises(CannotProceed, match=message):
            enter(cast, **answers)
    assert Appointment.objects.count() == 8


def test_who_follows_somebody_is_entered_from_the_day_after(cast, vera):
    end(cast, of(cast.panel_icb, "virtual_panel"), from_on=date(2026, 12, 20))
    with pytest.raises(CannotProceed, match="Pavel Ormond is Virtual Panel member"):
        enter(cast, user=vera, kind="virtual_panel", from_on=date(2026, 12, 19))
    row = enter(cast, user=vera, kind="virtual_panel", from_on=date(2026, 12, 20))
    assert (row.for_user, row.until_on) == (None, None)
    with pytest.raises(CannotProceed, match="Vera Standish is Virtual Panel member"):
        enter(cast, user=cast.deputy, kind="virtual_panel", from_on=date(2026, 12, 21))
    enter(cast, user=cast.deputy, kind="alternate", for_user=cast.panel_icb, until_on=date(2026, 12, 19))


def test_nobody_enters_or_ends_an_appointment_of_their_own(cast):
    mine = Appointments(kind="deputy", user=cast.business_manager, for_user=cast.partner_icb, partner="icb")
    for refused in (
        lambda: enter(cast, user=cast.business_manager),
        lambda: enter(cast, user=cast.deputy, kind="alternate", for_user=cast.business_manager),
        lambda: end(cast, mine),
    ):
        with pytest.raises(CannotProceed, match="an appointment of their own"):
            refused()


def test_acts_need_a_fresh_factor_and_happen_once(cast, vera, clock):
    visitor, row = Visitor(cast.business_manager), of(cast.deputy, "deputy")
    page = f"/people/appointments/{row.pk}/end/"
    values = visitor.form(page) | {"reason": "Another post"}
    clock.move_to(NOW + timedelta(minutes=6))
    for answer in (visitor.get(page), visitor.post(page, values), visitor.get(ENTER)):
        assert answer["Location"].startswith("/accounts/2fa/reauthenticate/")
    sign_in(visitor.client, cast.business_manager)
    assert "Another post" in visitor.get(page).content.decode()
    assert {visitor.post(page, values).status_code for _ in range(2)} == {302}
    assert row.history.count() == 2


# Ending


def test_it_ends_from_a_day_and_what_was_signed_under_it_stays(cast, quick_pdf):
    review = reports.report_locked(cast)
    reports.sign(review, by=cast.partner_la, on=NOW)
    visitor, row = Visitor(cast.business_manager), of(cast.partner_la, "delegation")
    visitor.must_send(f"/people/appointments/{row.pk}/end/", reason="Left the council")
    row.refresh_from_db()
    assert row.until_on == YESTERDAY
    assert [signed.signed_by for signed in queries.signatures_in_force(review)] == [cast.partner_la]
    assert cast.partner_la not in [each.user for each in queries.signatories(TODAY)]
    assert Visitor(cast.partner_la).get(review).status_code == 404, "at once, not with the next minute"
    with pytest.raises(CannotProceed, match="ended already"):
        end(cast, row)


def test_it_ends_today_or_later_and_not_later_than_it_does(cast):
    row = of(cast.partner_la, "delegation")
    with pytest.raises(CannotProceed, match="ends today or later"):
        end(cast, row, from_on=YESTERDAY)
    row = end(cast, row, from_on=date(2026, 12, 20))
    assert row.until_on == date(2026, 12, 19)
    assert row in queries.signatories(TODAY)
    with pytest.raises(CannotProceed, match="ends earlier than that already"):
        end(cast, row, from_on=date(2026, 12, 20))
    assert end(cast, row).until_on == YESTERDAY


def test_one_that_has_not_begun_is_called_off(cast, vera):
    row = enter(cast, user=vera, from_on=date(2026, 12, 20))
    row = end(cast, row)
    assert row.has_ended(date(2026, 12, 20))
    assert "Ended before it began" in Visitor(cast.business_manager).text(f"{PAGE}?state=ended")
    assert not Appointment.objects.in_force(date(2026, 12, 20)).filter(pk=row.pk).exists()


def test_a_cover_that_is_ended_here_is_told_to_both(cast):
    row = cover(cast.second_lead, cast.agency_lead, agency=cast.housing)
    end(cast, row)
    told = Notice.objects.filter(kind="appointments.cover_ended")
    assert {mail.user for mail in told} == {cast.second_lead, cast.agency_lead}


# A delegation ends with its holder


def test_a_delegation_takes_its_deputies_with_it(cast, quick_pdf):
    review = reports.report_locked(cast)
    assert Visitor(cast.deputy).get(f"/rapid-reviews/{review.reference}/sign-off/").status_code == 200
    end(cast, of(cast.partner_icb, "delegation"))
    assert of(cast.deputy, "deputy").until_on == YESTERDAY
    assert Visitor(cast.deputy).get(f"/rapid-reviews/{review.reference}/sign-off/").status_code == 404
    assert of(cast.partner_la, "delegation").until_on is None


@pytest.mark.parametrize("how", ["its day has passed", "the holder belongs nowhere"])
def test_a_deputy_of_somebody_who_is_not_delegated_any_more_cannot_sign(cast, how):
    assert [each.user for each in queries.signatories(TODAY)] == [
        *(cast.partner_icb, cast.deputy, cast.partner_la, cast.partner_police),
    ]
    kind = {"its day has passed": Appointment, "the holder belongs nowhere": Membership}[how]
    row = kind.objects.get(user=cast.partner_icb)
    row.until_on = YESTERDAY
    save(row, by=None, on=NOW)
    assert [each.user for each in queries.signatories(TODAY)] == [cast.partner_la, cast.partner_police]
    said = Visitor(cast.business_manager).text(f"{PAGE}?kind=deputy")
    assert "Ended with the delegation" in said


def test_a_deputy_of_another_partners_delegate_cannot_sign(cast, vera):
    Appointments(kind="deputy", user=vera, for_user=cast.partner_icb, partner="police")
    assert vera not in [each.user for each in queries.signatories(TODAY)]


def test_a_deputy_signs_while_the_delegated_partner_may_not_sign_in(cast):
    cast.partner_icb.is_active = False
    save(cast.partner_icb, by=cast.administrator, on=NOW)
    assert cast.deputy in [each.user for each in queries.signatories(TODAY)]


# The Virtual Panel follows the register


def test_who_comes_to_the_virtual_panel_is_asked_at_once_and_who_leaves_it_no_more(cast, vera):
    referral = situations.with_panel(cast)
    end(cast, of(cast.panel_icb, "virtual_panel"))
    assert Visitor(cast.panel_icb).get(referral).status_code == 404
    gone = Deadline.objects.get(reference=referral.reference, key=str(cast.panel_icb.pk))
    assert gone.stopped_at == NOW
    enter(cast, user=vera, kind="virtual_panel", for_user=None)
    asked = Deadline.objects.open().get(reference=referral.reference, key=str(vera.pk))
    assert asked.due_at == gone.due_at, "counted from the same moment"
    assert Notice.objects.filter(kind="referrals.panel_asked", user=vera).count() == 1
    verbs = Event.objects.filter(reference=referral.reference, verb__startswith="panel_member").order_by("pk")
    assert [(event.verb, event.words) for event in verbs] == [
        ("panel_member_left", "Pavel Ormond"),
        ("panel_member_asked", "Vera Standish: Virtual Panel member, Integrated care board"),
    ]
    situations.give_view(referral, by=vera, on=NOW)
    tasks.follow_register()
    assert Notice.objects.filter(kind="referrals.panel_asked", user=vera).count() == 1


def test_nobody_new_is_asked_for_a_partner_who_has_answered(cast, vera):
    referral = situations.with_panel(cast)
    situations.give_view(referral, by=cast.panel_icb, on=NOW)
    end(cast, of(cast.panel_icb, "virtual_panel"))
    enter(cast, user=vera, kind="virtual_panel", for_user=None)
    assert vera not in can.people_with(referral.case, CaseRole.PANEL_MEMBER, moment=NOW)
    assert [view.member for view in referral.panel_views.filter(superseded_at=None)] == [cast.panel_icb]


def test_after_the_decision_only_who_follows_one_still_to_answer_is_asked(cast, vera):
    referral = situations.rapid_review_decided(cast)
    vera_of_police = person_with("Pia Standish", Role.MANAGER, agency=cast.police)
    enter(cast, user=vera, kind="alternate", for_user=cast.panel_icb)
    enter(cast, user=vera_of_police, partner="police", kind="alternate", for_user=cast.panel_police)
    waiting = Deadline.objects.open().filter(reference=referral.reference, rule=rules.VIRTUAL_PANEL.code)
    assert {each.user for each in waiting} == {cast.panel_police, cast.alternate}
    end(cast, of(vera_of_police, "alternate"))
    end(cast, of(cast.panel_police, "virtual_panel"))
    assert {each.user for each in waiting.all()} == {cast.alternate}
    enter(cast, user=vera_of_police, partner="police", kind="virtual_panel", for_user=None)
    assert {each.user for each in waiting.all()} == {cast.alternate}, "the alternate is asked already"


def test_in_place_of_the_last_who_was_to_answer_somebody_new_is_asked(cast):
    referral = situations.rapid_review_decided(cast)
    pia = person_with("Pia Standish", Role.MANAGER, agency=cast.police)
    ended = of(cast.panel_police, "virtual_panel")
    ended.end_before(TODAY)
    save(ended, by=None, on=NOW)
    Appointments(kind="virtual_panel", user=pia, partner="police")
    tasks.follow_register()
    waiting = Deadline.objects.open().filter(reference=referral.reference, rule=rules.VIRTUAL_PANEL.code)
    assert {each.user for each in waiting} == {cast.alternate, pia}


def test_a_referral_that_moved_on_meanwhile_is_left_alone(cast, monkeypatch):
    from casework.workflow import WrongState
    from referrals.workflow import asking

    referral = situations.with_panel(cast)

    def moved_on(*arguments, **options):
        raise WrongState(referral)

    monkeypatch.setattr(asking, "follow_panel", moved_on)
    workflow.follow_register(on=NOW)
