"""Somebody is away, and later leaves: cover for the days that were named, then everything handed over at once."""

from datetime import date

import pytest

from deadlines.models import Deadline
from notifications.models import Notice
from partnership.roles import Role
from tests.factories import person_with, situations
from tests.journeys.conftest import BOTH_WAYS
from tests.moments import london

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.moment("2026-12-11 14:00")]


@pytest.mark.parametrize("javascript", BOTH_WAYS)
def test_away_for_some_days_and_then_for_good(person, cast_committed, javascript, clock):
    cast = cast_committed
    vera = person_with("Vera Standish", Role.APPROVER, agency=cast.hospital, job_title="Deputy director")
    first, second = situations.with_approver(cast), situations.with_approver(cast)

    # The approver names who covers until Sunday.
    away = person(cast.approver)
    away.goes_to("/").follows("Cover while you are away", narrow=True)
    away.reads("Nobody covers for you", "that takes a deputy or an alternate")
    away.follows("Name who covers for you", narrow=True)
    away.presses("Name the cover", narrow=True)
    assert away.problems() == ["Select who covers for you", "Enter the first day", "Enter the last day"]
    away.answers({"Who covers for you?": "Vera Standish"})
    away.answers({"First day": date(2026, 12, 11), "Last day": date(2026, 12, 13)})
    away.presses("Name the cover", narrow=True).reads("The cover was named", "Vera Standish", "In force")
    assert Notice.objects.filter(kind="appointments.cover_taken", user=vera).exists()

    # Who covers has it in their work, and does it in their own name.
    covering = person(vera)
    covering.goes_to("/", narrow=True).reads(f"(for {cast.approver.full_name})")
    covering.takes_up("Approve the referral", first.reference).presses("Approve the referral")
    manager = person(cast.business_manager)
    manager.goes_to(f"/cases/{first.case.reference}/timeline/")
    manager.reads(f"Vera Standish for {cast.approver.full_name}").follows("Who can see this case, and why")
    manager.reads("By cover", f"Vera Standish for {cast.approver.full_name}, until 13 December 2026")

    # It ends with its last day.
    clock.move_to(london("2026-12-14 09:00"))
    later = person(vera)
    later.goes_to("/").does_not_read(second.reference)
    assert later.status_of(second.get_absolute_url()) == 404

    # Then the approver leaves.
    manager = person(cast.business_manager)
    manager.goes_to("/people/").follows(cast.approver.full_name, narrow=True)
    manager.follows("Let them leave and hand over", narrow=True)
    item = f"Approver of the referral, {second.reference}"
    manager.answers({"Reason": "A post elsewhere"}).presses("End their roles and hand this over", narrow=True)
    assert manager.problems() == [f"Select who takes this over: {item}"]
    manager.answers({item: "Vera Standish, Deputy director"})
    manager.presses("End their roles and hand this over", narrow=True)
    manager.reads("Their roles have ended", "Roles that have ended")
    assert not Deadline.objects.open().filter(user=cast.approver).exists()

    taking_over = person(vera)
    taking_over.goes_to("/").takes_up("Approve the referral", second.reference).presses("Approve the referral")
    gone = person(cast.approver, looks=False)
    gone.goes_to("/").reads("Nothing waits for you.")
    assert gone.status_of(first.get_absolute_url()) == 404


def test_the_register_from_an_entry_to_its_end(person, cast_committed):
    cast = cast_committed
    manager = person(cast.business_manager)
    manager.goes_to("/people/").follows("Appointment register", narrow=True)
    manager.follows("Enter an appointment", narrow=True)
    manager.answers({"As what?": "Deputy of the delegated partner", "Who is appointed?": cast.manager.full_name})
    manager.answers({"Statutory partner": "Local authority", "Whom do they act for?": cast.partner_la.full_name})
    manager.answers({"First day": date(2026, 12, 11), "Authority given by": "Chief executive, letter of 1 December"})
    manager.answers({"Reason": "Leave over Christmas"})
    manager.presses("Enter the appointment").reads("The appointment was entered", cast.manager.full_name)
    manager.goes_to("/people/appointments/?kind=deputy&partner=la", narrow=True)
    manager.follows(f"End that of {cast.manager.full_name}", narrow=True)
    manager.answers({"Reason": "Back at work"}).presses("End the appointment", narrow=True)
    manager.reads("The appointment has its end").goes_to("/people/appointments/?kind=deputy&partner=la")
    manager.reads("Ended before it began")
