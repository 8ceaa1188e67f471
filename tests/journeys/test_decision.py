"""Part two of a case: the Virtual Panel answers alone, decides together; the local authority notifies; the referrer
is told."""

from datetime import date

import pytest

from notifications.models import Notice
from tests.factories import situations
from tests.moments import london

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.moment("2026-12-14 09:00")]

VIEW = {
    "I have read the referral": True,
    "Further information that your agency holds": "Two attendances in the autumn.",
    "Rationale for the first criterion": "The injuries do not fit the account.",
    "Rationale for the second criterion": "The child died.",
    "Rationale for the outcome": "Both criteria are met.",
    "Anything to do immediately": "A strategy meeting for the siblings today.",
}
CHOICES = {
    "Abuse or neglect of a child is known or suspected": "Met",
    "The child has died or been seriously harmed": "Met",
    "Is a serious incident notification needed?": "Yes",
    "Outcome": "Rapid review",
}


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_the_virtual_panel_decides_and_the_local_authority_notifies(cast_committed, person, javascript, clock):
    cast = cast_committed
    referral = situations.with_panel(cast, day="2026-12-11")
    address = referral.get_absolute_url()

    first = person(cast.panel_la)
    first.goes_to("/", narrow=javascript).reads("Give your view", "Due today")
    first.goes_to(f"{address}panel/").reads("You see the other partners’ views once you have given your own")
    first.goes_to(f"{address}give-view/", narrow=javascript)
    first.presses("Give this view")
    assert "Say that you have read the referral" in first.problems()
    first.answers(VIEW | CHOICES).presses("Give this view").reads("Your view was recorded", "Not decided yet")
    assert first.status_of(f"{address}screen/") == 403

    second = person(cast.panel_icb, looks=False)
    second.goes_to(f"{address}panel/").does_not_read("The injuries do not fit the account.")
    second.goes_to(f"{address}give-view/").answers(VIEW | CHOICES)
    second.presses("Give this view").reads("Rapid review", "2 partners agreed", "The injuries do not fit the account.")

    manager = person(cast.business_manager)
    manager.goes_to(address).follows("Tell the referrer the outcome", narrow=javascript)
    manager.answer("What the referrer is told", "Both criteria are met: there will be a rapid review.")
    manager.presses("Tell the referrer").reads("The referrer was told")
    person(cast.referrer).goes_to(address).reads("Both criteria are met: there will be a rapid review.")

    notifier = person(cast.la_notifier)
    notifier.goes_to(address).follows("Record the decision to notify or not", narrow=javascript)
    notifier.answers({"Will the local authority notify?": "Yes", "Why": "The duty applies."})
    notifier.presses("Record the decision")
    notifier.goes_to(f"{address}record-notification/", narrow=javascript).reads("Thursday 17 December 2026")
    notifier.answers({"Sent": (date(2026, 12, 14), "8:50am"), "Reference given by the national system": "SIN-0042"})
    notifier.presses("Record the serious incident notification").reads("The serious incident notification was recorded")

    clock.move_to(london("2026-12-14 09:20"))
    manager.goes_to(f"{address}panel/", narrow=javascript).reads("SIN-0042", "The duty applies.")
    manager.follows(referral.reference).reads("Done, in time")
    assert person(cast.other_lead, looks=False).status_of(f"{address}panel/") == 404

    told = Notice.objects.filter(reference=referral.reference)
    assert not told.filter(body__contains="injuries").exists()
    assert not told.exclude(subject__startswith=referral.reference).exists()
