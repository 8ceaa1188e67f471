"""Every form field stands on its page, and every column of a record is asked, or left out on purpose."""

import ast
import inspect
import pkgutil
import textwrap
from importlib import import_module

import pytest
from django.apps import apps
from django.db import models

from design.forms.base import HubForm
from design.forms.layout import names_in

APPS = ("referrals", "rapid_reviews", "partnership")

NOT_ASKED = {
    # Columns that no form asks for: who fills them in. (`editable=False` on the column says the same in the model.)
    "Referral.outcome": "the transition that ends the screening",
    "PanelDecision.quorum": "the partnership's setting at that moment",
    "PanelDecision.agreed": "the partners who agreed",
    "PanelDecision.decided_at": "the moment of the view that completed the quorum",
    "PanelDecision.told_at": "the moment of the transition",
    "PanelDecision.told_by": "whoever told the referrer",
    "PanelMember.user": "each person of the form IssuePack's members",
    "Question.asked_by": "whoever asked",
    "Question.asked_at": "the moment of the transition",
    "Question.answered_by": "whoever answered",
    "Question.answered_at": "the moment of the transition",
}


def modules():
    for app in APPS:
        module = import_module(f"{app}.forms")
        yield module
        for found in pkgutil.walk_packages(getattr(module, "__path__", []), f"{app}.forms."):
            yield import_module(found.name)


def every_form():
    found = {}
    for module in modules():
        for value in vars(module).values():
            if inspect.isclass(value) and issubclass(value, HubForm) and value.__module__ == module.__name__:
                found[f"{value.__module__}.{value.__name__}"] = value
    return found


FORMS = every_form()


def needs_arguments(form_class):
    """Whether a form cannot be made without its page: it takes the record, the person, the choices."""
    parameters = inspect.signature(form_class.__init__).parameters.values()
    return any(each.kind is each.KEYWORD_ONLY and each.default is each.empty for each in parameters)


@pytest.mark.parametrize("name", FORMS)
def test_every_field_stands_on_the_page(name, db):
    form_class = FORMS[name]
    if form_class.layout is None:
        return  # without a layout of its own every field is placed
    if needs_arguments(form_class):
        placed = set(names_in(form_class.layout)) | {
            each for reveals in form_class.reveals.values() for names in reveals.values() for each in names
        }
        assert set(form_class.base_fields) <= placed
        return
    if getattr(form_class, "Meta", None) is None:
        pytest.skip("a base of other forms")
    form = form_class()
    assert form.names_left_out == []
    assert len(form.names_on_page) == len(set(form.names_on_page)), "asked twice"


@pytest.mark.parametrize("name", FORMS)
def test_a_form_checks_and_does_not_save(name):
    tree = ast.parse(textwrap.dedent(inspect.getsource(FORMS[name])))
    called = {node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and hasattr(node.func, "attr")}
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert called & {"save", "create", "update", "delete"} == set()
    assert "request" not in named


def asked_of(model):
    """The columns that forms over the model ask for, and those that an act's own form asks for by the same name."""
    asked = set()
    for name, form_class in FORMS.items():
        over = getattr(getattr(form_class, "_meta", None), "model", None)
        if over is model:
            asked |= set(form_class.shown_fields())
        elif over is None and name.startswith(f"{model._meta.app_label}."):
            asked |= set(form_class.base_fields)
    return asked


RECORDS = [
    model
    for app in ("referrals", "rapid_reviews")
    for model in apps.get_app_config(app).get_models()
    if not hasattr(model, "history_id")
]


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model._meta.label)
def test_every_column_is_asked_or_left_out_on_purpose(model):
    asked = asked_of(model)
    for field in model._meta.concrete_fields:
        name = f"{model.__name__}.{field.name}"
        if isinstance(field, models.AutoField) or not field.editable:
            assert name not in NOT_ASKED, f"{name} is marked editable=False already"
            continue
        assert (field.name in asked) != (name in NOT_ASKED), (
            f"{name}: asked by no form (editable=False says: on purpose)"
        )
