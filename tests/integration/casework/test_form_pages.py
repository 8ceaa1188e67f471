"""A form that is sent: once, in the right state, by the right person, and without losing what was typed."""

import pytest
from django.test import Client
from django.urls import reverse

from casework import keys
from casework.models import Draft
from referrals import workflow
from referrals.models import Referral
from tests.client import Visitor, fields_of, parsed, words
from tests.factories import situations
from tests.moments import london
from trail.models import Event

NOON = london("2026-12-11 12:00")
TYPED = "Nobody had seen the child since Monday"


def page(referral, name, *more):
    return reverse(name, args=[referral.reference, *more])


def state(referral):
    """All that a refused act must leave as it is."""
    row = Referral.objects.get(pk=referral.pk)
    return row.status, row.version, Event.objects.filter(reference=referral.reference).count()


# In the wrong state, by the wrong person


def test_what_cannot_be_done_any_more_says_what_happened_and_changes_nothing(cast):
    referral = situations.with_approver(cast)
    visitor = Visitor(cast.approver)
    form = visitor.form(page(referral, "approve"))
    workflow.withdraw(referral, by=cast.referrer, on=NOON, reason="Sent in error")
    before = state(referral)
    answer = visitor.post(page(referral, "approve"), form)
    assert answer.status_code == 409
    assert "is now “Withdrawn”" in words(answer)
    assert "Nothing was changed by what you did" in words(answer)
    assert "Rhea Castellan" in words(answer), "who did it"
    assert state(referral) == before
    asked = visitor.get(page(referral, "approve"))
    assert asked.status_code == 409
    assert "This cannot be done now" in words(asked)
    assert "has changed since" not in words(asked), "nobody had this page open before"


def test_who_may_not_is_refused_and_changes_nothing(cast):
    referral = situations.with_approver(cast)
    before = state(referral)
    for person, status in ((cast.referrer, 403), (cast.business_manager, 404), (cast.other_approver, 404)):
        answer = Visitor(person).post(page(referral, "approve"), {keys.FIELD: keys.new_key(person)})
        assert answer.status_code == status
    assert state(referral) == before


def test_extra_fields_of_a_post_change_nothing(cast):
    referral = situations.empty(cast)
    extra = {"status": "received", "opened_by": str(cast.other_referrer.pk), "outline": TYPED, "keyed_in": "on"}
    Visitor(cast.referrer).must_send(page(referral, "fill-in", "notifying-area"), la_residence="E08000004", **extra)
    row = Referral.objects.get(pk=referral.pk)
    assert (row.la_residence, row.status, row.opened_by, row.outline, row.keyed_in) == (
        "E08000004",
        "draft",
        cast.referrer,
        "",
        False,
    )


def test_a_row_of_another_referral_cannot_be_reached_through_ones_own(cast):
    mine, theirs = situations.draft(cast), situations.draft(cast, side=cast.theirs)
    row = theirs.children.get()
    for name in ("fill-in-row", "remove-row"):
        assert Visitor(cast.referrer).get(page(mine, name, "child", row.pk)).status_code == 404


# One-time keys


def test_a_second_press_goes_where_the_first_one_went(cast):
    visitor = Visitor(cast.referrer)
    form = visitor.form(reverse("open-referral"))
    first, second = visitor.post(reverse("open-referral"), form), visitor.post(reverse("open-referral"), form)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert Referral.objects.count() == 1


def test_a_second_press_after_the_state_moved_on_goes_there_too(cast):
    referral = situations.with_approver(cast)
    visitor = Visitor(cast.approver)
    form = visitor.form(page(referral, "approve"))
    answers = [visitor.post(page(referral, "approve"), form) for _ in range(3)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, referral.get_absolute_url())}
    assert Event.objects.filter(verb="approve").count() == 1


@pytest.mark.parametrize("key", ["", "made up", "of somebody else"])
def test_a_form_without_a_key_of_ones_own_is_a_bad_request(key, cast):
    key = keys.new_key(cast.approver) if key == "of somebody else" else key
    answer = Visitor(cast.referrer).post(reverse("open-referral"), {keys.FIELD: key})
    assert answer.status_code == 400
    assert Referral.objects.count() == 0


def test_a_refused_form_may_be_sent_again_once_it_is_put_right(cast):
    referral = situations.received(cast)
    visitor, address = Visitor(cast.business_manager), page(referral, "ask")
    refused = visitor.send(address, question="")
    assert refused.status_code == 422
    again = fields_of(parsed(refused)) | {"question": "Since when?"}
    assert visitor.post(address, again).status_code == 302


# What was typed is not lost


def send_after_time_out(person, address, **answers):
    """This will type into a page, let the session end, and send it."""
    visitor = Visitor(person)
    form = visitor.form(address) | answers
    visitor.sign_out()
    return visitor.post(address, form)


def test_a_session_that_ended_loses_no_text(cast):
    referral = situations.empty(cast)
    address = page(referral, "fill-in", "incident")
    answer = send_after_time_out(cast.referrer, address, outline=TYPED)
    assert "What you typed is kept: sign in, and it is there again." in words(Client().get(answer["Location"]))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    assert address in answer["Location"].replace("%2F", "/")
    shown = Visitor(cast.referrer).read(address)
    assert fields_of(shown)["outline"] == TYPED
    assert "This is what was typed here, kept at" in words(shown)


def test_what_was_kept_is_gone_once_it_is_saved(cast):
    referral = situations.empty(cast)
    address = page(referral, "fill-in", "incident")
    send_after_time_out(cast.referrer, address, outline=TYPED)
    visitor = Visitor(cast.referrer)
    visitor.must_send(address)
    referral.refresh_from_db()
    assert referral.outline == TYPED
    assert Draft.objects.count() == 0
    assert "This is what was typed here" not in visitor.text(address)


def test_what_was_kept_is_its_authors_alone(cast):
    referral = situations.keyed_in(cast)
    address = page(referral, "fill-in", "incident")
    send_after_time_out(cast.coordinator, address, outline=TYPED)
    assert TYPED not in Visitor(cast.business_manager).get(address).content.decode()
    assert TYPED in Visitor(cast.coordinator).get(address).content.decode()


def test_what_was_kept_does_not_open_a_page_that_was_closed_meanwhile(cast):
    referral = situations.draft(cast)
    address = page(referral, "fill-in", "incident")
    send_after_time_out(cast.referrer, address, outline=TYPED)
    workflow.submit(referral, by=cast.referrer, on=NOON, approver=cast.approver)
    assert Visitor(cast.referrer).get(address).status_code == 409


def test_a_stale_token_loses_no_text_and_ends_in_no_bare_refusal(cast):
    referral = situations.empty(cast)
    address = page(referral, "fill-in", "incident")
    visitor = Visitor(cast.referrer, checks_csrf=True)
    form = visitor.form(address) | {"outline": TYPED, "csrfmiddlewaretoken": "a" * 64}
    answer = visitor.post(address, form)
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert fields_of(visitor.read(address))["outline"] == TYPED


def test_another_site_can_leave_nothing_with_anybody(cast):
    referral = situations.empty(cast)
    address = page(referral, "fill-in", "incident")
    visitor = Visitor(cast.referrer, checks_csrf=True)
    answer = visitor.post(address, {"outline": TYPED, keys.FIELD: "guessed"})
    assert answer.status_code == 403
    assert Draft.objects.count() == 0


def test_a_refused_form_keeps_what_was_typed_and_says_error_in_its_title(cast):
    referral = situations.empty(cast)
    address = page(referral, "fill-in", "incident")
    typed = {"incident_on-day": "40", "incident_on-month": "13", "incident_on-year": "2026", "outline": TYPED}
    answer = Visitor(cast.referrer).send(address, **typed)
    assert answer.status_code == 422
    shown = parsed(answer)
    assert shown.title.get_text(strip=True).startswith("Error: ")
    assert {name: fields_of(shown)[name] for name in typed} == typed


# Two people, one record


def two_at_once(cast, *, theirs, mine):
    """This will have the manager save a section while the co-ordinator has its page open, and then send hers."""
    referral = situations.keyed_in(cast, how_distinct="As it was")
    address = page(referral, "fill-in", "incident")
    first, second = Visitor(cast.coordinator), Visitor(cast.business_manager)
    form = first.form(address)
    second.must_send(address, **theirs)
    return referral, address, first, first.post(address, form | mine)


def test_a_save_over_somebody_elses_change_shows_both_texts(cast):
    referral, _, _, answer = two_at_once(
        cast, theirs={"how_distinct": "Their words"}, mine={"how_distinct": "My words"}
    )
    assert answer.status_code == 409
    assert "Their words" in words(answer)
    assert "My words" in words(answer)
    assert Referral.objects.get(pk=referral.pk).how_distinct == "Their words"


def test_what_is_put_together_of_both_texts_is_saved(cast):
    referral, address, visitor, answer = two_at_once(
        cast, theirs={"how_distinct": "Their words"}, mine={"how_distinct": "My words"}
    )
    merged = fields_of(parsed(answer)) | {"how_distinct": "Their words. My words"}
    assert visitor.post(address, merged).status_code == 302
    assert Referral.objects.get(pk=referral.pk).how_distinct == "Their words. My words"


def test_two_people_in_different_sections_do_not_disturb_each_other(cast):
    referral = situations.keyed_in(cast)
    first, second = Visitor(cast.coordinator), Visitor(cast.business_manager)
    form = first.form(page(referral, "fill-in", "incident"))
    second.must_send(page(referral, "fill-in", "oversight"), kept_safe="not_needed")
    assert first.post(page(referral, "fill-in", "incident"), form | {"how_distinct": "Mine"}).status_code == 302


def test_what_was_kept_does_not_go_over_what_somebody_saved_meanwhile(cast):
    referral = situations.keyed_in(cast, how_distinct="As it was")
    address = page(referral, "fill-in", "incident")
    send_after_time_out(cast.coordinator, address, how_distinct="My words")
    Visitor(cast.business_manager).must_send(address, how_distinct="Their words")
    answer = Visitor(cast.coordinator).send(address)
    assert answer.status_code == 409
    assert Referral.objects.get(pk=referral.pk).how_distinct == "Their words"


def test_what_was_typed_is_shown_where_it_cannot_be_saved_any_more(cast):
    referral = situations.keyed_in(cast)
    address, visitor = page(referral, "withdraw"), Visitor(cast.coordinator)
    form = visitor.form(address)
    workflow.withdraw(referral, by=cast.coordinator, on=london("2026-12-11 14:00"), reason="Sent twice")
    answer = visitor.post(address, form | {"reason": "It was a long story."})
    assert answer.status_code == 409
    assert "What you typed It was not saved. Copy what you need. It was a long story." in words(answer)
