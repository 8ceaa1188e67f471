"""Dates: the calendar is changed and what is open follows, the board is counted and printed, an e-mail is seen to."""

from datetime import date

import pytest
from django.utils import timezone

from casework import printouts
from casework.models import Printout
from deadlines.models import Deadline
from notifications import email, outbox
from notifications.models import Notice
from tests.factories import situations
from tests.journeys.conftest import BOTH_WAYS
from tests.moments import london

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.moment("2026-12-11 14:00")]
MOURNING = date(2026, 12, 17)


@pytest.mark.parametrize("javascript", BOTH_WAYS)
def test_a_day_of_mourning_moves_what_is_open_and_why_is_said(person, cast_committed, javascript):
    cast = cast_committed
    referral = situations.with_panel(cast)
    date_of = Deadline.objects.open().get(reference=referral.reference, rule="sin_national")

    manager = person(cast.business_manager)
    manager.goes_to("/").follows("Timescales and bank holidays", narrow=True)
    manager.reads("National timescales", "Nobody here can change them.", "Send the serious incident notification")
    manager.follows("Bank holidays", narrow=True).follows("Enter a bank holiday", narrow=True)
    manager.presses("Enter the bank holiday", narrow=True)
    assert manager.problems() == ["Enter the day", "Enter what the day is called"]
    manager.answers({"Which day?": date(2026, 12, 19), "What is it called?": "Day of mourning"})
    manager.presses("Enter the bank holiday")
    assert manager.problems() == ["Saturday 19 December 2026 is not worked anyway: enter a day from Monday to Friday"]
    manager.answers({"Which day?": MOURNING}).presses("Enter the bank holiday")
    manager.reads("The bank holiday was entered.", "dates moved")

    # Whoever has the work sees the new date, and why; the e-mail waits for the next working day.
    notifier = person(cast.la_notifier)
    notifier.goes_to(date_of.get_absolute_url(), narrow=True)
    notifier.reads("Thursday 17 December 2026", "was Thursday 17 December 2026, now Friday 18 December 2026")
    told = Notice.objects.filter(kind="date-moved", case=referral.case)
    assert told.exists()
    assert {notice.send_from for notice in told} == {london("2026-12-14 08:00")}
    assert notifier.status_of("/bank-holidays/new/") == 403

    # It was moved: what is open goes back, and the day stays on the list.
    manager.goes_to("/bank-holidays/?year=2026").follows("Take out Thursday 17 December 2026", narrow=True)
    manager.answers({"Why?": "It was moved to May"}).presses("Take it out").reads("The bank holiday was taken out.")
    manager.goes_to("/bank-holidays/?year=2026&state=withdrawn").reads("Day of mourning", "Taken out on")
    was, now = date_of.due_at, Deadline.objects.get(pk=date_of.pk).due_at
    assert now == was


@pytest.mark.parametrize("javascript", BOTH_WAYS)
def test_a_length_of_ones_own_is_set_for_later_and_taken_back(person, cast_committed, javascript):
    manager = person(cast_committed.business_manager)
    manager.goes_to("/timescales/").follows("Set your own length: Return the single agency summary", narrow=True)
    manager.answers({"How many?": "6", "For cases opened from which day on?": date(2027, 1, 4)})
    manager.answers({"By whose decision?": "Agreed by the partners on 10 December 2026"}).presses("Set the length")
    manager.reads("The length was set").goes_to("/timescales/summary_returned/length/", narrow=True)
    manager.reads("Day 6, for cases opened from Monday 4 January 2027").follows("Take it back (Day 6)", narrow=True)
    manager.answers({"Why?": "Put off"}).presses("Take it back", narrow=True)
    manager.reads("The length was taken back", "(taken back on Friday 11 December 2026)")


@pytest.mark.parametrize("javascript", BOTH_WAYS)
def test_a_manager_counts_what_is_open_and_takes_it_away_on_paper(person, cast_committed, javascript):
    cast = cast_committed
    situations.with_panel(cast)
    manager = person(cast.business_manager)
    manager.goes_to("/").follows("Deadlines", narrow=True).follows("Who has how much", narrow=True)
    manager.follows("By role", narrow=True).reads("Not among these", "waiting for an agency or a person")
    manager.goes_to("/board/?role=case_panel_member", narrow=True).follows("As a PDF", narrow=True)
    manager.presses("Make the PDF", narrow=True).reads("Being made")
    printouts.make(Printout.objects.get().pk, on=timezone.now())
    manager.follows("Look again", narrow=True)
    assert manager.downloads("deadline-board.pdf").startswith(b"%PDF-")


@pytest.mark.parametrize("javascript", BOTH_WAYS)
def test_an_e_mail_that_cannot_be_sent_is_seen_to(person, cast_committed, javascript, monkeypatch):
    cast = cast_committed
    referral = situations.with_panel(cast)
    notice = Notice.objects.get(case=referral.case, user=cast.panel_icb)

    def refuse(notice):
        raise email.Undeliverable("refused with 550")

    with monkeypatch.context() as patched:
        patched.setattr(email, "send", refuse)
        outbox.deliver(notice.pk, on=timezone.now())
    team = person(cast.coordinator)
    team.takes_up("See to an e-mail that could not be sent", referral.reference, narrow=True)
    team.reads(notice.subject, "refused with 550").presses("Continue", narrow=True)
    assert team.problems() == ["Select what you do about it"]
    team.answers({"What do you do about it?": "Nothing more is sent: it was settled another way"})
    team.answers({"How was it settled?": "Told by telephone on Friday"}).presses("Continue")
    team.reads("The e-mail was seen to")
    team.goes_to(f"/cases/{referral.case.reference}/timeline/", narrow=True).reads("Told by telephone on Friday")
