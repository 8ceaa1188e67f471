"""People are invited, given roles, and let go: by others than themselves, with effect on the next request."""

import re
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.models import Exclusion
from appointments import workflow
from casework import named, sight
from casework.workflow import CannotProceed, NotAllowed
from notifications.models import Notice
from partnership import accounts
from partnership.models import Appointment, Membership, User
from partnership.roles import GRANTS, Role
from tests.at_once import TIMES, at_once
from tests.client import Visitor, fields_of, parsed, problems, words
from tests.factories import situations
from tests.factories.people import Agencies, Memberships, person_with
from tests.moments import london
from tests.sign_in import sign_in
from trail.models import save

NOW = london("2026-12-11 14:00")
NEW = "lantern harbour walnut"


def invite(cast, **answers):
    given = {
        "full_name": "Noor Sable",
        "email": "Noor@Thistledown.example",
        "agency": cast.trust,
        "role": "agency_lead",
    }
    return workflow.invite(by=cast.business_manager, on=NOW, **(given | answers))


def link_in(mail):
    return re.search(r"http://localhost:8000(/accounts/invitation/\S+)", mail.body)[1]


def accept(path, password=NEW):
    client = Client()
    page = client.get(path)
    if page.status_code != 200:
        return page
    return client.post(path, fields_of(parsed(page)) | {"password1": password, "password2": password})


def test_from_the_invitation_to_the_first_sign_in(cast):
    went_to = Visitor(cast.administrator).must_send(
        "/people/invite/",
        full_name="Noor Sable",
        email="Noor@Thistledown.example",
        job_title="Named nurse",
        agency=str(cast.trust.pk),
        role="agency_lead",
    )
    person = User.objects.get(email="noor@thistledown.example")
    assert went_to == f"/people/{person.pk}/"
    assert "Agency safeguarding lead, Thistledown Community Trust" in Visitor(cast.administrator).text(went_to)
    mail = Notice.objects.get(kind="account.invitation")
    assert mail.user == person
    assert accept(link_in(mail)).url == "/accounts/login/"
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": NEW})
    assert client.get("/", follow=True).redirect_chain[-1][0].startswith("/accounts/2fa/totp/activate/")


def test_an_invitation_works_once_for_fourteen_days_and_is_nobody_elses_guess(cast, clock):
    invite(cast)
    path = link_in(Notice.objects.get(kind="account.invitation"))
    clock.move_to(NOW + timedelta(days=14, seconds=1))
    assert accept(path).status_code == 410
    clock.move_to(NOW + timedelta(days=13))
    assert accept(path.replace("/invitation/", "/invitation/x")).status_code == 410
    assert accept(path, password="password12345").status_code == 422
    assert accept(path).status_code == 302
    again = accept(path)
    assert again.status_code == 410
    assert "This invitation does not work any more" in words(again)


def test_what_waits_for_somebody_in_a_case_is_not_told_to_who_is_kept_out_of_it(cast):
    referral = situations.with_approver(cast)
    page = f"/people/{cast.approver.pk}/"
    assert referral.reference in Visitor(cast.administrator).text(page)
    row = Exclusion(case=referral.case, user=cast.administrator, reason="Named in it", from_at=NOW - timedelta(hours=1))
    save(row, by=None, on=NOW)
    assert referral.reference not in Visitor(cast.administrator).text(page)


def test_looking_at_an_invitation_uses_nothing_up(cast):
    person = invite(cast)
    path = link_in(Notice.objects.get(kind="account.invitation"))
    for _ in range(3):
        assert Client().get(path).status_code == 200
    assert not User.objects.get(pk=person.pk).has_usable_password()


def test_who_may_not_sign_in_cannot_accept_an_invitation(cast):
    person = invite(cast)
    path = link_in(Notice.objects.get(kind="account.invitation"))
    workflow.let_sign_in(person, by=cast.business_manager, on=NOW, may=False, reason="Another person was meant")
    assert accept(path).status_code == 410


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.django_db(transaction=True)
def test_fifty_who_accept_one_invitation_at_once_set_one_password():
    person = person_with("Noor Sable", Role.MANAGER, agency=Agencies())
    person.set_unusable_password()
    person.save()
    key = accounts.invitation_key(person)
    took = at_once(*(partial(accounts.accept_invitation, key, f"{NEW} {number}") for number in range(TIMES)))
    assert sorted(took) == [False] * (TIMES - 1) + [True]
    person.refresh_from_db()
    assert person.check_password(f"{NEW} {took.index(True)}")


@pytest.mark.django_db(transaction=True)
def test_fifty_invitations_of_one_address_at_once_make_one_account(cast_committed):
    asked = {"email": "noor@thistledown.example", "full_name": "Noor Sable", "agency": cast_committed.trust}
    invite_them = partial(workflow.invite, **asked, role=Role.AGENCY_LEAD, by=cast_committed.business_manager, on=NOW)
    outcomes = at_once(*[invite_them] * TIMES)
    assert sum(isinstance(each, User) for each in outcomes) == 1, outcomes
    assert sum(isinstance(each, CannotProceed) for each in outcomes) == TIMES - 1, outcomes
    assert User.objects.filter(email="noor@thistledown.example").count() == 1
    assert Notice.objects.filter(kind="account.invitation").count() == 1


def test_an_invitation_can_be_sent_again_until_it_is_accepted(cast, clock):
    person = invite(cast)
    clock.move_to(NOW + timedelta(hours=1))
    page = f"/people/{person.pk}/invite-again/"
    visitor = Visitor(cast.business_manager)
    assert visitor.must_send(page) == f"/people/{person.pk}/"
    first, second = Notice.objects.filter(kind="account.invitation").order_by("pk")
    assert accept(link_in(second)).status_code == 302
    assert accept(link_in(first)).status_code == 410
    assert "can ask for a new password themselves" in words(visitor.send(page))


def test_an_address_has_one_account(cast):
    invite(cast)
    with pytest.raises(CannotProceed, match="has an account already"):
        invite(cast, email=" NOOR@thistledown.example ")
    answer = Visitor(cast.business_manager).send("/people/invite/", full_name="", email="nobody", role="")
    assert problems(answer) == [
        ("Enter the name", "#id_full_name"),
        ("Enter an e-mail address in the correct format, like name@organisation.example", "#id_email"),
        ("Select the agency", "#id_agency"),
        ("Select the role", "#id_role"),
    ]


def test_a_role_given_and_ended_counts_with_the_next_request(cast):
    school, visitor = Visitor(cast.school), Visitor(cast.business_manager)
    assert school.get("/people/").status_code == 403
    page = f"/people/{cast.school.pk}/roles/"
    visitor.must_send(page, agency=str(cast.unit.pk), role="business_coordinator")
    assert school.get("/rapid-reviews/").status_code == 200
    assert problems(visitor.send(page, agency=str(cast.unit.pk), role="business_coordinator"))[0][1] == "#id_role"
    given = Membership.objects.get(user=cast.school, role="business_coordinator")
    visitor.must_send(f"/people/{cast.school.pk}/roles/{given.pk}/end/", reason="In error")
    assert not cast.school.memberships.filter(role="business_coordinator").exists()
    removed = Membership.history.filter(id=given.pk).order_by("-history_id").first()
    assert (removed.history_type, removed.history_change_reason) == ("-", "In error")


def test_no_role_begins_unseen_by_the_others_who_manage_people(cast):
    person = invite(cast)
    workflow.give_role(person, by=cast.administrator, on=NOW, agency=cast.trust, role="referrer")
    told = list(Notice.objects.filter(kind="casework.role_given").order_by("pk"))
    assert [each.user for each in told] == [cast.administrator, cast.business_manager]
    assert "Maya Underwood gave Noor Sable a role: Agency safeguarding lead at Thistledown" in told[0].body
    assert f"http://localhost:8000/people/{person.pk}/" in told[0].body


def test_a_role_held_for_longer_ends_with_yesterday(cast):
    held = cast.manager.memberships.get()
    workflow.end_role(held, by=cast.business_manager, on=NOW, reason="Left")
    held.refresh_from_db()
    assert held.until_on.isoformat() == "2026-12-10"
    assert cast.manager.standing(NOW.date()) == []
    with pytest.raises(CannotProceed, match="ended already"):
        workflow.end_role(held, by=cast.business_manager, on=NOW, reason="Left")


def test_what_waits_at_an_agency_is_handed_over_before_the_last_role_there_ends(cast):
    referral = situations.with_approver(cast)
    workflow.give_role(cast.approver, by=cast.business_manager, on=NOW, agency=cast.trust, role="manager")
    there = cast.approver.memberships.get(agency=cast.hospital)
    with pytest.raises(CannotProceed, match="their last role there, and something waits"):
        workflow.end_role(there, by=cast.business_manager, on=NOW, reason="x")
    elsewhere = cast.approver.memberships.get(agency=cast.trust)
    with pytest.raises(CannotProceed, match="their last role there"):
        workflow.end_role(elsewhere, by=cast.business_manager, on=NOW, reason="x")
    assert referral.status == "with_approver"


def test_who_signs_for_a_partner_belongs_to_it(cast):
    day = NOW.date()
    assert Appointment.objects.signing(day).filter(user=cast.partner_police).exists()
    workflow.give_role(cast.partner_police, by=cast.business_manager, on=NOW, agency=cast.trust, role="manager")
    workflow.end_membership(
        cast.partner_police.memberships.get(agency=cast.police), by=cast.business_manager, on=NOW, reason="x"
    )
    assert not Appointment.objects.signing(day).filter(user=cast.partner_police).exists()


def test_who_alone_holds_a_restricted_case_keeps_their_role_until_another_holds_it(cast):
    manager = person_with("Noor Sable", Role.BUSINESS_MANAGER, agency=cast.unit)
    Memberships(user=manager, agency=cast.unit, role=Role.BUSINESS_COORDINATOR)
    referral = situations.with_panel(cast)
    sight.restrict_case(referral.case, by=manager, on=NOW, reason="A colleague's child")
    by = {"by": cast.administrator, "on": NOW, "reason": "x"}
    role = manager.memberships.get(role=Role.BUSINESS_MANAGER)
    sight.add_holder(referral.case, by=manager, on=NOW, person=cast.coordinator, reason="Stands in")
    with pytest.raises(CannotProceed, match="another business manager has to hold it first"):
        workflow.end_role(role, **by)
    sight.add_holder(referral.case, by=manager, on=NOW, person=cast.business_manager, reason="Stands in")
    workflow.end_role(role, **by)


@pytest.mark.begins_with("")
def test_stopping_somebody_never_waits_and_what_they_alone_hold_is_held_by_the_others(cast):
    """Not by who may be named in the case, nor by who is kept out of it; and the others are told."""
    case = situations.with_panel(cast, children=[{"name": "Nadia Thorpe"}]).case
    manager, vera, ines, _ = (
        person_with(name, Role.BUSINESS_MANAGER, agency=cast.unit)
        for name in ("Noor Sable", "Vera Standish", "Ines Standish", "Nadia Thorpe")
    )
    named.match(case, on=NOW)
    sight.keep_out(case, by=manager, on=NOW, person=ines, reason="A neighbour")
    case = sight.restrict_case(case, by=manager, on=NOW, reason="A colleague's child")
    visitor = Visitor(manager)
    workflow.let_sign_in(manager, by=cast.administrator, on=NOW, may=False, reason="x")
    assert visitor.get("/").status_code == 302
    assert set(sight.managers_of(case, moment=NOW)) == {cast.business_manager, vera}
    told = Notice.objects.filter(kind="casework.held_instead")
    partners = {cast.partner_la, cast.partner_icb, cast.partner_police, cast.deputy}
    assert {notice.user for notice in told} == {cast.business_manager, vera} | partners
    assert "From now on it is held by: Maya Underwood, Vera Standish." in told.first().body


def test_stopping_a_colleague_is_no_quiet_way_to_what_they_hold(cast):
    """Who stopped them holds it only where there is nobody else, and the partners are told; nobody at all, as well."""
    case = situations.with_panel(cast).case
    holder, vera = (
        person_with(name, Role.BUSINESS_MANAGER, agency=cast.unit) for name in ("Noor Sable", "Vera Standish")
    )
    case = sight.restrict_case(case, by=holder, on=NOW, reason="A colleague's child")
    by = {"by": cast.business_manager, "on": NOW, "may": False, "reason": "x"}
    workflow.let_sign_in(vera, **by)
    workflow.let_sign_in(holder, **by)
    assert set(sight.managers_of(case, moment=NOW)) == {cast.business_manager}
    told = Notice.objects.filter(kind="casework.held_instead", user=cast.partner_la).get()
    assert "held by: Maya Underwood." in told.body


@pytest.mark.parametrize(
    ("role", "at", "said"),
    [
        (Role.BUSINESS_MANAGER, "trust", "Business Manager is a role at: Business unit of the partnership"),
        (Role.BUSINESS_COORDINATOR, "council", "is a role at: Business unit of the partnership"),
        (Role.LA_NOTIFIER, "police", "is a role at: Local authority"),
        (Role.PANEL_MEMBER, "housing", "is a role at an agency of a statutory partner"),
        (Role.DELEGATED_PARTNER, "trust", "is a role at an agency of a statutory partner"),
    ],
)
def test_a_role_belongs_to_its_kind_of_agency(cast, role, at, said):
    page = f"/people/{cast.agency_lead.pk}/roles/"
    answer = Visitor(cast.business_manager).send(page, agency=str(getattr(cast, at).pk), role=role)
    assert answer.status_code == 422
    assert said in problems(answer)[0][0]


def test_a_name_is_one_line_read_in_one_direction(cast):
    """Otherwise an account could be made to look like somebody else's."""
    name = "Maya\r\nUnder\u202ewood"
    sent = {"agency": str(cast.trust.pk), "role": "manager", "email": "m@thistledown.example", "full_name": name}
    Visitor(cast.business_manager).must_send("/people/invite/", **sent)
    assert User.objects.get(email="m@thistledown.example").full_name == "Maya Underwood"
    text = Visitor(cast.business_manager).text("/people/?name=underwood")
    assert "m@thistledown.example" in text
    assert cast.business_manager.email in text


def test_an_address_of_263_characters_is_refused_beside_its_field(cast):
    email = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 60}.example"
    sent = {"agency": str(cast.trust.pk), "role": "manager", "email": email, "full_name": "Noor Sable"}
    answer = Visitor(cast.business_manager).send("/people/invite/", **sent)
    assert answer.status_code == 422
    assert [where for _, where in problems(answer)] == ["#id_email"]


def test_who_may_no_longer_sign_in_is_out_with_the_next_request_until_let_in_again(cast):
    lead, visitor = Visitor(cast.agency_lead), Visitor(cast.business_manager)
    assert lead.get("/").status_code == 200
    visitor.must_send(f"/people/{cast.agency_lead.pk}/stop/", reason="Left")
    assert lead.get("/").status_code == 302
    assert "already" in words(visitor.send(f"/people/{cast.agency_lead.pk}/stop/", reason="Left"))
    visitor.must_send(f"/people/{cast.agency_lead.pk}/let/", reason="Back")
    assert sign_in(lead.client, cast.agency_lead).get("/").status_code == 200


def test_nobody_raises_their_own_rights(cast):
    for person in (cast.business_manager, cast.administrator):
        with pytest.raises(CannotProceed, match="their own account or roles"):
            workflow.give_role(person, by=person, on=NOW, agency=cast.unit, role="business_manager")
        with pytest.raises(CannotProceed, match="their own account or roles"):
            workflow.end_role(person.memberships.get(), by=person, on=NOW, reason="x")
        assert "This is you." in Visitor(person).text(f"/people/{person.pk}/")
    for person in (cast.coordinator, cast.partner_la, cast.manager):
        with pytest.raises(NotAllowed):
            workflow.give_role(cast.school, by=person, on=NOW, agency=cast.unit, role="manager")


def test_only_an_administrator_makes_or_unmakes_one(cast):
    by = cast.business_manager
    for refused in (
        lambda: workflow.give_role(cast.school, by=by, on=NOW, agency=cast.unit, role="administrator"),
        lambda: invite(cast, role="administrator"),
        lambda: workflow.end_role(cast.administrator.memberships.get(), by=by, on=NOW, reason="x"),
        lambda: workflow.let_sign_in(cast.administrator, by=by, on=NOW, may=False, reason="x"),
    ):
        with pytest.raises(CannotProceed, match="Only an administrator"):
            refused()
    workflow.give_role(cast.school, by=cast.administrator, on=NOW, agency=cast.unit, role="administrator")


def test_the_last_business_manager_stays(cast):
    by = cast.administrator
    with pytest.raises(CannotProceed, match="the only business manager"):
        workflow.end_role(cast.business_manager.memberships.get(), by=by, on=NOW, reason="x")
    with pytest.raises(CannotProceed, match="the only business manager"):
        workflow.let_sign_in(cast.business_manager, by=by, on=NOW, may=False, reason="x")
    workflow.give_role(cast.coordinator, by=by, on=NOW, agency=cast.unit, role="business_manager")
    workflow.let_sign_in(cast.business_manager, by=by, on=NOW, may=False, reason="x")
    with pytest.raises(CannotProceed, match="the only business manager"):
        workflow.end_role(cast.coordinator.memberships.get(role="business_manager"), by=by, on=NOW, reason="x")


def test_it_asks_for_a_fresh_factor_and_keeps_what_was_typed(cast, clock):
    visitor = Visitor(cast.business_manager)
    values = visitor.form("/people/invite/") | {"full_name": "Noor Sable"}
    clock.move_to(NOW + timedelta(minutes=6))
    for answer in (visitor.get("/people/invite/"), visitor.post("/people/invite/", values)):
        assert answer["Location"].startswith("/accounts/2fa/reauthenticate/")
    sign_in(visitor.client, cast.business_manager)
    assert "Noor Sable" in visitor.get("/people/invite/").content.decode()


def test_the_list_is_filtered_and_costs_the_same_for_many(cast):
    visitor = Visitor(cast.business_manager)
    assert "Lena Hollis" in visitor.text("/people/?role=agency_lead")
    assert "Maya Underwood" not in visitor.text("/people/?role=agency_lead")
    assert "Maya Underwood" in visitor.text(f"/people/?agency={cast.unit.pk}&name=UNDERWOOD")
    with CaptureQueriesContext(connection) as few:
        visitor.read("/people/?role=school")
    with CaptureQueriesContext(connection) as many:
        visitor.read("/people/")
    assert len(many) == len(few)


def test_the_matrix_says_what_the_program_grants(cast):
    page = Visitor(cast.administrator).read("/people/roles/")
    said = set()
    for row in page.select("main tbody tr"):
        sentence, *cells = [cell.get_text().strip() for cell in row.select("th, td")]
        said |= {(role, sentence) for cell in cells for role in cell.split("\n") if role != "–"}
    assert said == {(role.label, permission.sentence) for role, granted in GRANTS.items() for permission in granted}
