"""Who may see what, as its people walk it: the first sign-in after an invitation, a restricted case, an emergency."""

import re

import pytest
from playwright.sync_api import expect

from appointments.workflow import invite
from casework import sight
from notifications.models import Notice
from partnership.roles import Role
from partnership.second_factor import codes_of
from tests.factories import rapid_reviews, situations
from tests.journeys.browser import Person
from tests.moments import london

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.moment("2026-12-11 14:00")]
PASSWORD = "a heron on the weir"


def link_of_the_invitation():
    return re.search(r"http://localhost:8000(/\S+)", Notice.objects.get(kind="account.invitation").body)[1]


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_from_an_invitation_to_your_work(person, cast_committed, javascript):
    cast = cast_committed
    manager = person(cast.business_manager, looks=javascript)
    manager.goes_to("/").follows("People", narrow=True).follows("Invite somebody", narrow=True)
    manager.presses("Send the invitation")
    assert len(manager.problems()) == 4
    manager.answers({"Name": "Noor Sable", "E-mail address": "noor@thistledown.example"})
    manager.answers({"Agency": cast.trust.name, "Role": "Agency safeguarding lead"})
    manager.presses("Send the invitation", narrow=True).reads("Noor Sable", "Invited")
    link = link_of_the_invitation()

    newcomer: Person = person(looks=javascript)
    newcomer.goes_to(link, narrow=True).has_heading("Choose your password")
    newcomer.answers({"New password": "password12345", "New password again": "password12345"})
    newcomer.presses("Save the password").reads("known from a data breach")
    newcomer.answers({"New password": PASSWORD, "New password again": PASSWORD}).presses("Save the password")
    newcomer.answers({"E-mail address": "noor@thistledown.example", "Password": PASSWORD}).presses("Continue")
    newcomer.has_heading("Set up your authenticator app")
    secret = newcomer.page.locator("main details code").text_content().strip()
    newcomer.answers({"One-time code": codes_of(secret)[0]}).presses("Continue")
    newcomer.goes_to("/").has_heading("Your work")
    newcomer.goes_to(link).has_heading("This invitation does not work any more")


def has_a_device(someone):
    """This will give somebody's browser a device that holds passkeys, unlocked by its owner."""
    session = someone.context.new_cdp_session(someone.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_from_an_invitation_to_your_work_with_a_passkey(person, cast_committed):
    cast = cast_committed
    sent = {"full_name": "Noor Sable", "email": "noor@thistledown.example", "agency": cast.icb}
    invite(**sent, role=Role.DELEGATED_PARTNER, job_title="", by=cast.business_manager, on=london("2026-12-11 14:00"))
    newcomer: Person = person()
    newcomer.goes_to(link_of_the_invitation())
    newcomer.answers({"New password": PASSWORD, "New password again": PASSWORD}).presses("Save the password")
    newcomer.answers({"E-mail address": "noor@thistledown.example", "Password": PASSWORD}).presses("Continue")
    newcomer.has_heading("Add a passkey")
    expect(newcomer.page.get_by_text("No passkey was used.")).to_be_hidden()
    newcomer.page.evaluate("() => { navigator.credentials.create = () => Promise.reject(new Error('stopped')) }")
    newcomer.page.get_by_role("button", name="Add the passkey").click()
    expect(newcomer.page.get_by_role("alert")).to_have_text("No passkey was used. Try again, or use another way.")
    has_a_device(newcomer)
    newcomer.goes_to("/").answer("What you call it", "Work laptop")
    newcomer.presses("Add the passkey", narrow=True).has_heading("Recovery codes")
    newcomer.goes_to("/").has_heading("Your work")
    newcomer.goes_to("/accounts/2fa/", narrow=True).reads("Work laptop", "For a second device")
    newcomer.presses("Sign out")
    newcomer.answers({"E-mail address": "noor@thistledown.example", "Password": PASSWORD}).presses("Continue")
    newcomer.has_heading("Use your second factor").look(narrow=True)
    newcomer.presses("Use your passkey").goes_to("/").has_heading("Your work")


@pytest.mark.parametrize("javascript", [False], ids=["without scripts"])
def test_without_scripts_the_page_of_passkeys_says_so(person, cast_committed, javascript):
    lead = person(cast_committed.agency_lead)
    lead.goes_to("/accounts/2fa/").follows("Add a passkey").presses("Add the passkey")
    assert lead.problems() == [
        "No passkey of yours was used. Try again, in a browser with JavaScript and at the device that holds your "
        "passkey."
    ]


def test_a_restricted_case_and_an_emergency(person, cast_committed, clock):
    cast = cast_committed
    referral = situations.with_panel(cast)
    case = referral.case.reference
    manager, coordinator = person(cast.business_manager), person(cast.coordinator)
    coordinator.goes_to(referral.get_absolute_url())
    manager.goes_to(f"/cases/{case}/timeline/").follows("Who can see this case, and why", narrow=True)
    manager.follows("Restrict this case", narrow=True)
    manager.answer("Reason", "The child of a colleague")
    manager.presses("Restrict the case", narrow=True).reads("This case is restricted.", cast.panel_la.full_name)
    assert coordinator.status_of(referral.get_absolute_url()) == 404

    coordinator.goes_to("/").follows("Emergency access to a case", narrow=True)
    coordinator.answers({"Reference of the case": case, "Reason": "The police ask tonight"})
    coordinator.presses("Read the case for one hour").reads("You can read this case for one hour", "Emergency access")
    coordinator.goes_to(referral.get_absolute_url())
    manager.goes_to(f"/cases/{case}/access/").reads("Emergency access", "11 December 2026 at 3pm")
    manager.goes_to(f"/cases/{case}/looks/", narrow=True).reads(cast.coordinator.full_name, "Seen")
    manager.goes_to(f"/cases/{case}/changes/", narrow=True).reads("Who changed what")
    clock.move_to(london("2026-12-11 15:00"))
    assert person(cast.coordinator).status_of(referral.get_absolute_url()) == 404


@pytest.mark.moment("2026-12-15 14:00")
def test_an_agency_sees_that_its_summary_was_opened_in_an_emergency(person, cast_committed):
    cast = cast_committed
    summary = rapid_reviews.summary_returned(cast)
    now = london("2026-12-15 14:00")
    sight.take_emergency_access(summary.case.reference, by=cast.partner_icb, on=now, reason="At the door")
    person(cast.partner_icb).goes_to(summary.get_absolute_url())
    lead = person(cast.agency_lead)
    lead.goes_to(summary.get_absolute_url()).follows("Who has opened this summary", narrow=True)
    lead.reads(f"{cast.partner_icb.full_name} (emergency access)", "15 December 2026 at 2pm")
