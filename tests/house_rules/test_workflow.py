"""Every transition is known by one name in six places, and every status has a way in and a way out."""

from pathlib import Path

import pytest
from django.conf import settings

from casework.management.commands import draw_workflow
from casework.workflow import REGISTRY
from partnership.permissions import Permission
from partnership.roles import GRANTS, roles_granting
from referrals.models import Referral
from tests.house_rules.urls import every_route

ROOT = Path(settings.BASE_DIR)
MODELS = draw_workflow.records_of_work()

# Where a record stays for good. What is missing here needs a way out.
FINAL = {
    "referrals.Referral": {
        "passed_on": "another partnership has it",
        "withdrawn": "a new referral is opened instead",
        "no_further_action": "a decision; the referrer was told why",
        "practice_learning_review": "the learning review goes on from here",
        "brief_learning_review": "the learning review goes on from here",
        "single_agency_review": "the learning review goes on from here",
        "good_practice": "the learning review goes on from here",
        "escalation": "the escalation goes on from here",
    },
    "rapid_reviews.RapidReview": {
        "closed": "sent to the National Panel and done with",
        "ended": "its serious incident notification was withdrawn; the case is back with the Virtual Panel",
    },
    "rapid_reviews.AgencySummary": {
        "accepted": "it is in the chronology and the pack",
    },
}
INTERNAL = {
    "hand_over": "called by the rapid review that opens",
    "back_to_panel": "called by the rapid review that is ended",
}
NAMED_OTHERWISE = {
    # transition: (its URL, its view), where one function serves pages of several names
    "fill_in_row": ("fill-in-row", "RowPage"),
    "open_referral": ("open-referral", "Start"),
    "key_in_referral": ("key-in-referral", "KeyIn"),
    "comment": ("comment", "GiveComment"),
}


def ids(transitions):
    return [repr(each) for each in transitions]


def camel(name):
    return "".join(word.capitalize() for word in name.split("_"))


@pytest.mark.parametrize("transition", REGISTRY, ids=ids(REGISTRY))
def test_a_transition_has_a_url_a_view_a_template_and_a_permission_somebody_holds(transition):
    name = transition.name
    url, view_name = NAMED_OTHERWISE.get(name, (transition.url_name, camel(name)))
    assert isinstance(transition.permission, Permission)
    assert roles_granting(transition.permission), f"nobody holds {transition.permission}"
    assert transition.__doc__, "says what it will do"
    assert transition.__doc__.startswith("This will "), transition.__doc__.splitlines()[0]
    if name in INTERNAL or (transition.system and url not in every_route()):
        return  # done by the calendar alone, or by another transition
    view = getattr(every_route().get(url), "view_class", None)
    assert view is not None, f"no URL named {url}"
    assert view.__name__ == view_name
    if declared := getattr(view, "transition", None):
        assert declared is transition
    template = getattr(view, "template_name", None)
    # Several may share a page that is named after none of them.
    others = {each.name for each in REGISTRY} - {name}
    assert template is None or Path(template).stem not in others, f"{url} is drawn by {template}"
    assert template is None or (ROOT / "templates" / template).exists()


def test_no_two_transitions_share_a_name():
    names = [each.name for each in REGISTRY]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("model", MODELS, ids=[model._meta.label for model in MODELS])
def test_every_status_is_reached_and_left_or_final(model):
    ways = {way for each in REGISTRY if each.model is model for way in each.ways}
    first = draw_workflow.first_status(model)
    reached, edge = {first}, [first]
    while edge:
        here = edge.pop()
        for source, target in ways:
            if source == here and target not in reached:
                reached.add(target)
                edge.append(target)
    never = set(model.Status) - reached
    assert not never, f"no way leads to {sorted(never)}"
    left = {source for source, target in ways if source != target}
    final = set(FINAL.get(model._meta.label, {}))
    assert set(model.Status) - left == final, "a status without a way out is final with its reason, and only such a one"


def test_every_permission_is_granted_to_somebody():
    granted = frozenset().union(*GRANTS.values())
    # What later stages of the case bring: granted already to nobody, or to somebody whose pages come with them.
    assert set(Permission) - granted == set()


def test_statuses_publish_a_stage_or_none_on_purpose():
    for model in MODELS:
        assert set(model.STAGES) <= set(model.Status), model


def test_the_drawing_is_up_to_date():
    text = (ROOT / "docs" / "workflow.md").read_text()
    assert text == draw_workflow.draw(), "run manage.py draw_workflow"


def test_a_draft_is_where_a_referral_begins():
    assert draw_workflow.first_status(Referral) == Referral.Status.DRAFT
