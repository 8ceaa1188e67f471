"""The bases of every form: GOV.UK's words and error summary, layout, "not known – why", conditional questions."""

from functools import cached_property

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import ModelFormMetaclass

from design.forms import fields, layout, widgets
from design.forms.messages import put_in_our_words, sentence, subject_of
from design.forms.renderer import GovukRenderer


class HubForm:
    """What Form and ModelForm share.

    A form may say, as class attributes:

    - `layout`: a Layout; without one the fields come in their order.
    - `page_heading`: the name of the field whose label is the page's heading (one thing per page).
    - `label_size`: "s" (bold, the default), "" (regular), "m".
    - `subjects`: {field: what messages call it}, where the label would read badly in a sentence.
    - `option_hints`: {field: {value: words under that option}}.
    - `reveals`: {field: {value: [fields]}}: asked only when that option is chosen; visible to all without JavaScript.
      What was typed under an option not chosen is dropped in `clean`.
    - `needed`: names of the questions that must be answered to submit; the others are marked "(optional)".
    """

    default_renderer = GovukRenderer
    use_required_attribute = False
    layout = None
    page_heading = ""
    label_size = "s"
    subjects = {}
    option_hints = {}
    reveals = {}
    needed = None

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.not_known = {}
        for name, subject in self.subjects.items():
            if name in self.fields:
                self.fields[name].subject = subject
        self._add_whys()
        for field in self.fields.values():
            fields.choose_widget(field)
            fields.limit_text(field)
        for name, hints in self.option_hints.items():
            if name in self.fields:
                self.fields[name].widget.hints = {**self.fields[name].widget.hints, **hints}
        for name, revealed in self.reveals.items():
            if name in self.fields:
                self.fields[name].widget.reveals = {**self.fields[name].widget.reveals, **revealed}

    # --- order and layout ---

    @cached_property
    def revealed_by(self):
        """Map each revealed field to (the field, the values) that reveal it."""
        revealed = {}
        for parent, field in self.fields.items():
            for value, names in (getattr(field.widget, "reveals", None) or {}).items():
                for name in names:
                    revealed.setdefault(name, (parent, set()))[1].add(str(value))
        return revealed

    @property
    def revealed_names(self):
        return self.revealed_by.keys()

    @property
    def why_names(self):
        return [f"{name}__why" for name in self.not_known_fields if f"{name}__why" in self.fields]

    @property
    def placed_names(self):
        """Name the fields that another field brings with it, so that no layout names them."""
        return {*self.revealed_names, *self.why_names}

    @property
    def helper(self):
        """Give crispy what it needs: no <form> tag (the page has it, with the token), our layout."""
        helper = FormHelper()
        helper.template_pack = "hub"
        helper.form_tag = False
        helper.disable_csrf = True
        helper.render_hidden_fields = True
        helper.include_media = False
        if self.layout is None:
            placed = self.placed_names
            visible = [n for n in self.fields if n not in placed and not self.fields[n].widget.is_hidden]
            helper.layout = layout.Layout(*visible)
        else:
            helper.layout = layout.only(self.layout, self.fields.keys(), self.base_fields.keys())
        return helper

    @property
    def names_on_page(self):
        """List every visible field in the order in which it stands on the page."""
        names = []

        def add(name):
            if name in self.fields and name not in names:
                names.append(name)
                add(f"{name}__why")
                for revealed in (getattr(self.fields[name].widget, "reveals", None) or {}).values():
                    for child in revealed:
                        add(child)

        for name in layout.names_in(self.helper.layout):
            add(name)
        return names

    @property
    def names_left_out(self):
        """List the fields nobody would see: not hidden, yet on no page. A house rule wants this empty."""
        on_page = set(self.names_on_page)
        return [name for name, field in self.fields.items() if name not in on_page and not field.widget.is_hidden]

    # --- mistakes ---

    def full_clean(self):
        if self.is_bound:
            for name, field in self.fields.items():
                if field.label is None:
                    field.label = name.replace("_", " ").capitalize()
                put_in_our_words(field, name)
        super().full_clean()

    def error_summary(self):
        """List (id of the first input, message) in the order of the page; the id is "" where there is none."""
        if not self.errors:
            return []
        names = self.names_on_page
        lines = [("", message) for message in self.non_field_errors()]
        for name in [*names, *(n for n in self.errors if n not in names and n != "__all__")]:
            lines += [(self[name].error_target, message) for message in self.errors.get(name, ())]
        return lines

    # --- not known, and why ---

    @property
    def not_known_fields(self):
        return getattr(getattr(self, "Meta", None), "not_known", ())

    def _add_whys(self):
        kept = getattr(getattr(self, "instance", None), "not_known", None) or {}
        for name in self.not_known_fields:
            if name not in self.fields:
                continue
            subject = subject_of(self.fields[name], name)
            why = fields.CharField(
                required=False, max_length=200, label="Why is it not known?", initial=kept.get(name, "")
            )
            why.subject = f"why it is not known ({subject})"
            why.about = subject
            why.label_size = ""
            self.fields[f"{name}__why"] = why

    def _clean_fields(self):
        super()._clean_fields()
        self._clean_whys()
        self._drop_what_is_not_asked()

    def _clean_whys(self):
        for name in self.not_known_fields:
            if name not in self.fields or f"{name}__why" not in self.cleaned_data:
                continue
            why = self.cleaned_data.pop(f"{name}__why").strip()
            if not why:
                continue
            empty_but_required = [e.code for e in self.errors.as_data().get(name, ())] == ["required"]
            if empty_but_required:
                del self._errors[name]
                self.cleaned_data[name] = self._empty_value(name)
            if name in self._errors:
                continue
            if not self._is_empty(name):
                subject = subject_of(self.fields[name], name)
                self.add_error(
                    name,
                    ValidationError(f"Give {subject}, or say why it is not known, but not both", code="known_and_not"),
                )
                continue
            self.not_known[name] = why

    def _is_empty(self, name):
        value, field = self.cleaned_data.get(name), self.fields[name]
        return value in field.empty_values or (value is False and isinstance(field, forms.BooleanField))

    def _empty_value(self, name):
        field = self.fields[name]
        if isinstance(field, (forms.MultipleChoiceField, fields.FilesField)):
            return []
        return getattr(field, "empty_value", None)

    def _drop_what_is_not_asked(self):
        """Empty what another option would have revealed: the page hid it, so it is no answer.

        While nothing is chosen at all everything typed is kept: without JavaScript all of it is on the page. Nothing is
        missing then but the choice.
        """
        dropped = set()
        for name, (parent, values) in sorted(self.revealed_by.items(), key=lambda item: self._depth(item[0])):
            if name not in self.fields:
                continue
            chosen = self.fields[parent].prepare_value(self.cleaned_data.get(parent))
            chosen = {
                str(v) for v in (chosen if isinstance(chosen, (list, tuple, set)) else [chosen]) if v not in (None, "")
            }
            if chosen & values:
                continue
            gone = chosen or parent in dropped
            errors = self._errors.as_data().get(name, ()) if name in self._errors else ()
            if gone or [error.code for error in errors] == ["required"]:
                self._errors.pop(name, None)
                self.cleaned_data[name] = self._empty_value(name)
            if gone:
                dropped.add(name)
                self.not_known.pop(name, None)

    def _depth(self, name):
        return 1 + self._depth(self.revealed_by[name][0]) if name in self.revealed_by else 0


class Form(HubForm, forms.Form):
    """The base of every form that no model stands behind."""


class OurModelFormMetaclass(ModelFormMetaclass):
    """Maps a model's fields to our questions, also where Meta does not inherit another Meta."""

    def __new__(mcs, name, bases, attrs):
        meta = attrs.get("Meta")
        if meta is not None and not hasattr(meta, "formfield_callback"):
            meta.formfield_callback = staticmethod(question_for)
        return super().__new__(mcs, name, bases, attrs)


class ModelForm(HubForm, forms.ModelForm, metaclass=OurModelFormMetaclass):
    """The base of every form over a model. It fills the instance; saving is the workflow's business.

    `Meta.not_known = ["birth_sex"]` adds "Not known? Say why" beside the field; the reasons lie in `form.not_known` and
    are kept in the instance's `not_known` (a JSONField) under the field's name.
    """

    def _get_validation_exclusions(self):
        """Leave unchecked by the model what is not known: the reason stands for it."""
        return super()._get_validation_exclusions() | self.not_known.keys()

    def _post_clean(self):
        if self.not_known_fields and hasattr(self.instance, "not_known"):
            asked = {name for name in self.not_known_fields if name in self.fields}
            kept = {name: why for name, why in (self.instance.not_known or {}).items() if name not in asked}
            self.instance.not_known = {**kept, **self.not_known}
        super()._post_clean()


def width_for(length):
    """Choose an input's width by the longest answer it takes."""
    return next((width for width in (2, 3, 4, 5, 10, 20, 30) if length and length <= width), None)


def question_for(model_field, **kwargs):
    """Give the form field for a model's field: the `formfield_callback` of every ModelForm."""
    kwargs.setdefault("show_hidden_initial", False)  # a callable default would add hidden inputs
    form_class = kwargs.pop("form_class", None)  # Meta.field_classes
    given = kwargs.get("widget")
    if form_class is not None:
        return model_field.formfield(form_class=form_class, choices_form_class=form_class, **kwargs)
    if isinstance(model_field, models.BooleanField) and not model_field.choices:
        if model_field.null:
            common = {"label": sentence(str(model_field.verbose_name)), "help_text": model_field.help_text}
            return fields.YesNoField(**{**common, "required": not model_field.blank, **kwargs})
        return model_field.formfield(form_class=fields.BooleanField, **kwargs)
    if model_field.choices:
        kwargs["widget"] = given or widgets.RadiosOrSelect
        return model_field.formfield(choices_form_class=forms.TypedChoiceField, **kwargs)
    if getattr(model_field, "base_field", None) is not None and model_field.base_field.choices:  # ArrayField of codes
        return array_question(model_field, **kwargs)
    for model_class, field_class in KIND_OF_QUESTION:
        if isinstance(model_field, model_class):
            options = {} if not issubclass(field_class, forms.Field) else {"form_class": field_class}
            if issubclass(field_class, (fields.DateField, fields.TimeField)) and not (
                kwargs.get("help_text") or model_field.help_text
            ):
                kwargs["help_text"] = None  # the field's own example
            return model_field.formfield(**{**options, **kwargs})
    if isinstance(model_field, models.TextField):
        kwargs["widget"] = given or widgets.Textarea
        kwargs["form_class"] = fields.CharField
    elif isinstance(model_field, models.CharField):
        kwargs["widget"] = given or widgets.TextInput(width=width_for(model_field.max_length))
        kwargs["form_class"] = fields.CharField
    return model_field.formfield(**kwargs)


def array_question(model_field, **kwargs):
    """Give checkboxes for a list of codes."""
    kwargs.setdefault("widget", widgets.Checkboxes)
    kwargs.setdefault("label", sentence(str(model_field.verbose_name)))
    kwargs.setdefault("help_text", model_field.help_text)
    kwargs.setdefault("required", not model_field.blank)
    return fields.MultipleChoiceField(choices=lambda: model_field.base_field.choices, **kwargs)


KIND_OF_QUESTION = (
    (models.DateTimeField, fields.DateTimeField),  # before DateField, which it derives from
    (models.DateField, fields.DateField),
    (models.TimeField, fields.TimeField),
    (models.EmailField, fields.EmailField),
    (models.DecimalField, fields.DecimalField),
    (models.IntegerField, fields.IntegerField),
    (models.FileField, fields.FileField),
    (models.ManyToManyField, fields.ModelMultipleChoiceField),
    (models.ForeignKey, fields.ModelChoiceField),
)
