"""While somebody types the page keeps a draft by itself, and people who have the same page open see each other."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils import timezone

from access import can
from casework import drafts, keys, presence
from casework.models import Draft, Presence
from referrals import workflow
from referrals.models import Referral
from tests.client import Visitor, fields_of, parsed, words
from tests.factories import situations
from trail import models as trail
from trail.models import Event, Reading

TYPED = "Nobody had seen the child since Monday"
LATER = "Nobody had seen the child since Monday, nor on Tuesday"


def incident(referral):
    return reverse("fill-in", args=[referral.reference, "incident"])


def types(visitor, address, form, **answers):
    """This will have a page keep by itself what is typed in its form."""
    return visitor.post(address, form | answers, headers={drafts.HEADER: "yes"})


@pytest.fixture
def writing(cast):
    """The co-ordinator at a page of a referral that the business unit keyed in: (page, browser, form)."""
    address = incident(situations.keyed_in(cast))
    visitor = Visitor(cast.coordinator)
    return address, visitor, visitor.form(address)


# Kept while it is typed


def test_what_is_typed_is_kept_without_being_sent_and_nothing_else_changes(cast, writing):
    address, visitor, form = writing
    before = Referral.objects.values_list("version", "outline").get(), Event.objects.count(), Reading.objects.count()
    answer = types(visitor, address, form, outline=TYPED)
    assert (answer.status_code, answer.json()["said"]) == (200, f"Saved as a draft at {timezone.localtime():%H:%M}")
    assert (
        Referral.objects.values_list("version", "outline").get(),
        Event.objects.count(),
        Reading.objects.count(),
    ) == before, "neither saved, nor on the timeline, nor a reading"
    shown = Visitor(cast.coordinator).read(address)
    assert fields_of(shown)["outline"] == TYPED
    assert "This is what was typed here, kept at" in words(shown)
    assert TYPED not in Visitor(cast.business_manager).get(address).content.decode(), "its author's alone"


def test_keeping_what_is_typed_takes_two_statements_more_than_letting_somebody_open_the_page(
    writing, django_assert_max_num_queries
):
    address, visitor, form = writing
    types(visitor, address, form, outline=TYPED)
    with django_assert_max_num_queries(13) as said:
        types(visitor, address, form, outline=LATER)
    written = [query["sql"] for query in said.captured_queries if '"casework_' in query["sql"]]
    assert sum('"casework_draft"' in sql for sql in written) == 1
    assert sum('"casework_submission"' in sql for sql in written) == 1


def test_who_may_not_open_the_page_keeps_nothing_there(cast):
    address = incident(situations.draft(cast))
    for person in (cast.other_referrer, cast.business_manager):
        answer = types(Visitor(person), address, {keys.FIELD: keys.new_key(person)}, outline=TYPED)
        assert answer.status_code == 404
    assert not Draft.objects.exists()
    assert not Presence.objects.exists()
    assert Reading.objects.filter(allowed=False).count() == 2, "a look that was refused is written down"


def test_a_page_that_cannot_be_saved_any_more_keeps_nothing(cast):
    referral = situations.draft(cast)
    visitor = Visitor(cast.referrer)
    form = visitor.form(incident(referral))
    workflow.submit(referral, by=cast.referrer, on=timezone.now(), approver=cast.approver)
    assert types(visitor, incident(referral), form, outline=TYPED).status_code == 409
    assert not Draft.objects.exists()


def test_after_the_session_ended_what_is_typed_is_kept_still(cast, writing):
    address, visitor, form = writing
    visitor.sign_out()
    answer = types(visitor, address, form, outline=TYPED)
    assert answer.status_code == 401
    assert answer.json() == {"said": drafts.SIGNED_OUT, "sign_in": f"/accounts/login/?next={quote(address, safe='')}"}
    assert fields_of(Visitor(cast.coordinator).read(address))["outline"] == TYPED


def test_a_stale_token_keeps_it_too(cast):
    address = incident(situations.empty(cast))
    visitor = Visitor(cast.referrer, checks_csrf=True)
    form = visitor.form(address) | {"csrfmiddlewaretoken": "a" * 64}
    assert types(visitor, address, form, outline=TYPED).status_code == 200
    assert fields_of(visitor.read(address))["outline"] == TYPED


def test_another_site_and_another_persons_page_leave_nothing_with_whom_is_signed_in(cast, writing):
    address, visitor, form = writing
    assert types(visitor, address, {keys.FIELD: "guessed"}, outline=TYPED).status_code == 400
    form[keys.FIELD] = keys.new_key(cast.business_manager)
    types(visitor, address, form, outline=TYPED)
    assert set(Draft.objects.values_list("user", flat=True)) == {cast.business_manager.pk}


@pytest.mark.parametrize(
    "text", ["a\0b", "100 %25 &outline=x", "one\r\ntwo\ttabs  ", "\u202e ünïcode 👪", "<b>&amp;</b>"]
)
def test_any_text_comes_back_as_it_was_typed(text, cast, writing):
    address, visitor, form = writing
    assert types(visitor, address, form, outline=text).status_code == 200
    assert Draft.objects.get().answers["outline"] == text
    assert visitor.get(address).status_code == 200


@pytest.mark.parametrize("size", [64 * 1024, 1024 * 1024])
def test_a_long_answer_is_kept_as_it_is(size, cast, writing):
    address, visitor, form = writing
    assert types(visitor, address, form, outline="a" * size).status_code == 200
    assert len(fields_of(Visitor(cast.coordinator).read(address))["outline"]) == size


def test_an_answer_of_a_megabyte_is_kept_and_refused_with_its_size_when_it_is_sent(cast, writing):
    address, visitor, form = writing
    types(visitor, address, form, outline="a" * 1024 * 1024)
    answer = visitor.post(address, visitor.form(address))
    assert answer.status_code == 422
    assert "This text has 1,024 KB" in words(answer)


def test_what_is_too_long_for_a_draft_is_said_to_be(cast, writing):
    address, visitor, form = writing
    types(visitor, address, form, outline=TYPED)
    answer = types(visitor, address, form, outline="a" * 2_100_000)
    assert answer.status_code == 413
    assert "too long to keep as a draft: 2,1" in answer.json()["said"]
    assert fields_of(visitor.read(address))["outline"] == TYPED
    visitor.sign_out()
    assert types(visitor, address, form, outline="a" * 2_100_000).status_code == 413
    assert visitor.post(address, form | {"outline": "a" * 2_100_000})["Location"].startswith("/accounts/login/")


# A draft and the save


def test_a_draft_is_gone_once_its_page_is_saved(cast, writing):
    address, visitor, form = writing
    types(visitor, address, form, outline=TYPED)
    assert visitor.post(address, form | {"outline": TYPED}).status_code == 302
    assert not Draft.objects.exists()


def test_what_was_under_way_while_the_page_was_saved_brings_no_draft_back(writing):
    address, visitor, form = writing
    assert visitor.post(address, form | {"outline": LATER}).status_code == 302
    answer = types(visitor, address, form, outline=TYPED)
    assert (answer.status_code, answer.json()["said"]) == (409, drafts.SENT)
    assert not Draft.objects.exists()


def test_a_refused_page_goes_on_with_its_draft_and_leaves_none_behind(cast):
    address = reverse("ask", args=[situations.received(cast).reference])
    visitor = Visitor(cast.business_manager)
    form = visitor.form(address)
    types(visitor, address, form, question=TYPED)
    refused = visitor.post(address, form | {"question": ""})
    assert refused.status_code == 422
    again = fields_of(parsed(refused))
    assert again[keys.FIELD] == form[keys.FIELD]
    assert visitor.post(address, again | {"question": "Since when?"}).status_code == 302
    assert not Draft.objects.exists()


def test_a_draft_can_be_thrown_away(cast, writing):
    address, visitor, form = writing
    types(visitor, address, form, outline=TYPED)
    button = visitor.read(address).find("button", string=lambda text: text and "Discard the draft" in text)
    values = {part["name"]: part["value"] for part in button.find_parent("form").select("input[name]")}
    answer = visitor.post(address, values | {button["name"]: button["value"]})
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert fields_of(visitor.read(address))["outline"] != TYPED
    assert not Draft.objects.exists()


# Two tabs of one person


def test_two_tabs_keep_a_draft_each_and_both_can_be_found_again(cast, writing, clock):
    address, visitor, first = writing
    second = visitor.form(address)
    types(visitor, address, first, outline="In the first tab")
    clock.shift(timedelta(minutes=1))
    types(visitor, address, second, outline="In the second tab")
    shown = visitor.read(address)
    assert fields_of(shown)["outline"] == "In the second tab"
    link = shown.find("a", string=lambda text: text and "typed here in another tab" in text)
    assert fields_of(visitor.read(address + link["href"]))["outline"] == "In the first tab"


def test_saving_one_tab_leaves_the_draft_of_the_other(writing):
    address, visitor, first = writing
    second = visitor.form(address)
    types(visitor, address, first, outline="In the first tab")
    types(visitor, address, second, outline="In the second tab")
    visitor.post(address, second | {"outline": "In the second tab"})
    assert [draft.answers["outline"] for draft in Draft.objects.all()] == ["In the first tab"]


def test_a_page_that_took_a_draft_up_goes_on_with_it_alone(writing):
    address, visitor, form = writing
    types(visitor, address, form, outline=TYPED)
    again = visitor.form(address)
    types(visitor, address, again, outline=LATER)
    assert [draft.answers["outline"] for draft in Draft.objects.all()] == [LATER]


def test_a_draft_that_grew_after_it_was_taken_up_stays(writing, clock):
    address, visitor, form = writing
    types(visitor, address, form, outline=TYPED)
    again = visitor.form(address)
    clock.shift(timedelta(minutes=1))
    types(visitor, address, form, outline=LATER)
    types(visitor, address, again, outline="Something else")
    visitor.post(address, again | {"outline": "Something else"})
    assert [draft.answers["outline"] for draft in Draft.objects.all()] == [LATER]


@pytest.mark.parametrize("made_up", ["7", "@", "7@never", "7@2026-12-11T14:00:00", "²@2026-12-11T14:00:00+00:00"])
def test_a_made_up_draft_to_take_up_throws_nothing_away(made_up, writing):
    address, visitor, form = writing
    types(visitor, address, form, outline=TYPED)
    types(visitor, address, visitor.form(address), taken_up=made_up, outline=LATER)
    assert Draft.objects.count() == 2


# Who is in it now


def test_two_people_at_one_page_see_each_other(cast, writing):
    address, visitor, form = writing
    now = f"{timezone.localtime():%H:%M}"
    manager = Visitor(cast.business_manager)
    assert f"{cast.coordinator} has this page open, opened {now}" in manager.text(address)
    answer = types(visitor, address, form, outline=TYPED)
    assert answer.json()["others"] == [f"{cast.business_manager} has this page open, opened {now}"]
    assert f"{cast.coordinator} has this page open, last typed {now}" in manager.text(address)
    assert "has this page open" not in visitor.text(incident(situations.keyed_in(cast))), "of another record"


def test_who_saved_or_went_away_is_not_shown_as_there(cast, writing, clock):
    address, visitor, form = writing
    manager = Visitor(cast.business_manager)
    visitor.post(address, form | {"outline": TYPED})
    assert "has this page open" not in manager.text(address)
    visitor.get(address)
    clock.shift(presence.SHOWN_FOR + timedelta(minutes=1))
    assert "has this page open" not in manager.text(address)


def test_who_was_there_is_forgotten_after_a_day(writing):
    presence.forget_old(on=timezone.now() + timedelta(hours=23))
    assert Presence.objects.count() == 1
    presence.forget_old(on=timezone.now() + timedelta(hours=25))
    assert not Presence.objects.exists()


def test_a_draft_that_nobody_goes_on_with_is_dropped_after_ninety_days(writing):
    address, visitor, form = writing
    types(visitor, address, form, outline=TYPED)
    drafts.forget_old(on=timezone.now() + timedelta(days=89))
    assert Draft.objects.count() == 1
    drafts.forget_old(on=timezone.now() + timedelta(days=91))
    assert not Draft.objects.exists()


def test_members_of_the_virtual_panel_do_not_see_who_else_is_answering(cast):
    referral = situations.with_panel(cast)
    address = reverse("give-view", args=[referral.reference])
    Visitor(cast.panel_la).read(address)
    assert "has this page open" not in Visitor(cast.panel_icb).text(address)
    assert not Presence.objects.exists()


def test_a_person_who_was_deactivated_is_not_shown(cast, writing):
    address, *_ = writing
    cast.coordinator.is_active = False
    trail.save(cast.coordinator, by=cast.business_manager, on=timezone.now(), reason="Left")
    assert "has this page open" not in Visitor(cast.business_manager).text(address)


def test_only_a_refused_look_is_logged_where_nothing_is_shown(cast, rf):
    referral = situations.draft(cast)
    request = rf.get("/")
    request.user = cast.referrer
    before = Reading.objects.count()
    assert can.get_visible_or_404(Referral.objects.all(), request, referral.reference, reads=False) == referral
    assert Reading.objects.count() == before


# Both texts


def test_both_texts_stand_above_the_box_in_which_they_are_put_together(cast, writing):
    address, visitor, form = writing
    Visitor(cast.business_manager).must_send(address, outline="A neighbour called")
    answer = parsed(visitor.post(address, form | {"outline": TYPED}))
    group = answer.find(id="id_outline").find_parent(class_="govuk-form-group")
    both = group.find(role="group")
    assert both["aria-label"].startswith("Both texts: ")
    assert " ".join(both.get_text(" ").split()) == f"Saved by somebody else A neighbour called Typed here {TYPED}"
    assert answer.select_one('main a[href="#id_outline"]'), "the list of what differs leads there"


def test_what_somebody_else_answered_is_shown_also_where_ones_own_answer_hides_its_question(cast):
    referral = situations.keyed_in(cast)
    address = reverse("fill-in-row", args=[referral.reference, "child", referral.children.get().pk])
    visitor = Visitor(cast.coordinator)
    form = visitor.form(address)
    Visitor(cast.business_manager).must_send(address, nature="other", nature_other="Found wandering")
    answer = parsed(visitor.post(address, form | {"nature": "serious_harm"}))
    assert "Found wandering" in answer.select_one(".govuk-inset-text").get_text()
