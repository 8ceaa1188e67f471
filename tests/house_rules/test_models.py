"""Models: tracked or listed with a reason, protected, constrained, without hidden order or clock."""

import pytest
from django.apps import apps
from django.db import models

from partnership.models import User
from trail.models import TrackedModel, TrackedQuerySet

OURS = [
    model
    for model in apps.get_models()
    if not model.__module__.startswith(("django.", "allauth.", "simple_history.")) and not hasattr(model, "history_id")
]
TRACKED = [model for model in OURS if issubclass(model, TrackedModel)]

UNTRACKED = {
    "partnership.User": "tracked by its own history: its base class is Django's",
    "trail.Event": "the timeline: appended only",
    "trail.Text": "the words of the timeline: apart, so that erasure can empty them",
    "trail.Reading": "the access log: appended only",
    "trail.Seal": "the chain of both: appended only",
    "trail.Head": "the chain's end of a day: appended only",
    "notifications.Notice": "its own record of what was sent, to whom and when",
    "casework.Draft": "readable by its author alone, gone once saved",
    "casework.Presence": "who has a page open: gone after a day; that it was opened is logged",
    "casework.Printout": "a copy for its reader alone, gone after a day; that it was taken away is logged",
    "casework.Submission": "holds no case data",
    "casework.ReferenceCounter": "the references themselves are its history",
    "casework.Job": "progress of background work; what it makes is recorded",
    "rapid_reviews.ChronologyImport": "a working paper; what it brought is in the history of the events",
    "rapid_reviews.ImportedRow": "a row of such a working paper",
    "rapid_reviews.RememberedHeading": "a help for an agency's next file; holds no case data",
    "deadlines.Reminder": "its own record of what was said, to whom and when",
}
WHEN_IS_ELSEWHERE = {
    "Referral.opened_by": "its case's opened_on, and the event open_referral",
    "AgencySummary.entered_by": "the event key_in_summary",
}
THE_CALENDAR_MAY = {
    # Nobody is named where the calendar did it; the moment is always there.
    "Document.requested_by",
    "Version.frozen_by",
}


def label(model):
    return model._meta.label


def names(model):
    return {field.name for field in model._meta.get_fields()}


def pair_of(model, field):
    """The column that says when, for a column that says who: `approved_by` and `approved_at` (or `_on`)."""
    act = field.name.removesuffix("_by")
    return next((name for name in (f"{act}_at", f"{act}_on") if name in names(model)), None)


def flat(condition):
    """Every column a constraint's condition names."""
    if isinstance(condition, models.Q):
        for child in condition.children:
            yield from flat(child)
    elif isinstance(condition, tuple):
        yield condition[0].partition("__")[0]


def constrained_together(model, *columns):
    return any(
        set(columns) <= set(flat(constraint.condition))
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
    )


@pytest.mark.parametrize("model", OURS, ids=label)
def test_every_model_is_tracked_or_listed_with_a_reason(model):
    assert issubclass(model, TrackedModel) != (label(model) in UNTRACKED)


def test_the_list_of_untracked_models_names_models_that_exist():
    assert set(UNTRACKED) - {label(model) for model in OURS} <= {"casework.Job"}


@pytest.mark.parametrize("model", TRACKED, ids=label)
def test_a_tracked_model_can_be_written_through_one_door_only(model):
    assert isinstance(model.objects.all(), TrackedQuerySet)
    assert isinstance(model._base_manager.all(), TrackedQuerySet), "related managers would pass the history by"
    assert hasattr(model, "history")


@pytest.mark.parametrize("model", OURS, ids=label)
def test_no_order_and_no_clock_is_hidden_in_a_model(model):
    assert not model._meta.ordering
    for field in model._meta.concrete_fields:
        assert not getattr(field, "auto_now", False), field
        assert not getattr(field, "auto_now_add", False), field
        if isinstance(field, models.DateField | models.TimeField):
            assert not field.has_default(), f"{field}: the moment is passed in"


@pytest.mark.parametrize("model", OURS, ids=label)
def test_what_is_pointed_at_cannot_be_deleted(model):
    # They go with the account, or the working paper, they belong to.
    mine = {"casework.Draft", "casework.Presence", "casework.Submission", "rapid_reviews.ImportedRow"}
    for field in model._meta.concrete_fields:
        if field.remote_field:
            assert field.remote_field.on_delete is models.PROTECT or label(model) in mine, field


@pytest.mark.parametrize("model", OURS, ids=label)
def test_who_and_when_come_in_pairs(model):
    for field in model._meta.concrete_fields:
        name = f"{model.__name__}.{field.name}"
        if field.related_model is not User or not field.name.endswith("_by") or name in WHEN_IS_ELSEWHERE:
            continue
        pair = pair_of(model, field)
        assert pair, f"{name} has no moment"
        when = model._meta.get_field(pair)
        if name in THE_CALENDAR_MAY:
            assert not when.null
        elif field.null or when.null:
            assert constrained_together(model, field.name, pair), f"{name} and {pair}: both or neither"


@pytest.mark.parametrize("model", OURS, ids=label)
def test_a_column_of_codes_is_wide_enough_for_each(model):
    for field in model._meta.concrete_fields:
        column = getattr(field, "base_field", field)
        if not (column.choices and isinstance(column, models.CharField)):
            continue
        codes = [str(code) for code, _ in column.flatchoices]
        assert codes, field
        assert max(map(len, codes)) <= column.max_length, field
        assert len(set(codes)) == len(codes), field


@pytest.mark.parametrize("model", OURS, ids=label)
def test_a_model_says_what_it_is(model):
    assert model.__doc__, model
    assert not model.__doc__.startswith(f"{model.__name__}("), f"{label(model)} has no docstring"
    assert str(model._meta.verbose_name)
