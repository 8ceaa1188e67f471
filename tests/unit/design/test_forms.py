"""Forms: messages, the error summary, what an option reveals, "not known – why", a model's fields as questions."""

import re
import uuid

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.template import engines
from django.utils.datastructures import MultiValueDict

from design import forms

YES_NO = [("yes", "Yes"), ("no", "No")]
NATURES = [("death", "Death"), ("serious_harm", "Serious harm")]
MANY = [(f"c{n}", f"Circumstance {n}") for n in range(9)]
WORDS_NOT_USED = re.compile(r"\b(please|sorry|valid|invalid|forbidden|oops)\b", re.IGNORECASE)


class Notified(forms.Form):
    """Revealed questions under radios and, one deeper, under checkboxes."""

    reveals = {"notified": {"yes": ["reference", "to"]}, "to": {"other": ["whom"]}}
    notified = forms.ChoiceField(label="Notified?", choices=YES_NO, required=False)
    reference = forms.CharField(label="Reference", max_length=5)
    to = forms.MultipleChoiceField(label="To", choices=[("ofsted", "Ofsted"), ("other", "Other")], required=False)
    whom = forms.CharField(label="Whom")


class Child(models.Model):
    """A model that no table stands behind."""

    name = models.CharField("the child's name", max_length=20)
    story = models.TextField(blank=True)
    born_on = models.DateField("date of birth", null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    meets_at = models.TimeField(null=True, blank=True)
    nature = models.CharField(max_length=20, choices=NATURES, blank=True)
    circumstance = models.CharField(max_length=20, choices=lambda: MANY, blank=True)
    factors = ArrayField(models.CharField(max_length=9, choices=MANY), default=list, blank=True)
    interpreter = models.BooleanField(null=True, blank=True)
    confirmed = models.BooleanField(default=False)
    email = models.EmailField(blank=True)
    weeks = models.PositiveSmallIntegerField(null=True, blank=True)
    sibling = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True)
    not_known = models.JSONField(default=dict, blank=True)

    class Meta:
        app_label = "nowhere"
        managed = False

    def __str__(self):
        return self.name


class ChildForm(forms.ModelForm):
    """Every kind of field a model may have."""

    class Meta:
        model = Child
        exclude = ["not_known", "sibling"]
        not_known = ["born_on", "nature", "interpreter", "name"]


def page(form):
    return (
        engines["django"]
        .from_string("{% load govuk %}{% error_summary form %}{% form form %}{% endform %}")
        .render({"form": form})
    )


def ids_in(html):
    ids = re.findall(r'\bid="([^"]*)"', html)
    assert len(ids) == len(set(ids)), "an id is used twice"
    return set(ids)


def wrong(form_class, data=None, **kwargs):
    form = form_class(data or {"x": "1"}, **kwargs)
    assert not form.is_valid()
    return form


# --- words ---


def test_required_messages_name_the_question():
    class Form(forms.Form):
        subjects = {"name": "the child’s name"}
        name = forms.CharField(label="Name")
        la_number = forms.CharField(label="LA case number")
        area = forms.ChoiceField(choices=MANY)
        seen = forms.YesNoField(label="Was the child seen alone?")
        agreed = forms.BooleanField(label="I have checked this")
        letter = forms.FileField()
        mine = forms.CharField(error_messages={"required": "Say who you are"})

    messages = {name: errors[0] for name, errors in wrong(Form).errors.items()}
    assert messages == {
        "name": "Enter the child’s name",
        "la_number": "Enter LA case number",
        "area": "Select area",
        "seen": "Answer “Was the child seen alone?”",
        "agreed": "Select “I have checked this”",
        "letter": "Select letter",
        "mine": "Say who you are",
    }


def test_other_messages_say_what_is_wanted():
    class Form(forms.Form):
        name = forms.CharField(label="50% of the name", max_length=3)
        weeks = forms.IntegerField(max_value=42)
        days = forms.IntegerField(label="Days")
        cost = forms.DecimalField(label="Cost")
        email = forms.EmailField()
        area = forms.ChoiceField(choices=MANY)
        factors = forms.MultipleChoiceField(choices=MANY)

    data = {"name": "long", "weeks": "43", "days": "x", "cost": "x", "email": "x", "area": "x", "factors": ["x"]}
    messages = {name: errors[0] for name, errors in wrong(Form, data).errors.items()}
    assert messages == {
        "name": "50% of the name must be 3 characters or fewer (it has 4)",
        "weeks": "Weeks must be 42 or less",
        "days": "Days must be a whole number, like 4",
        "cost": "Cost must be a number, like 4",
        "email": "Enter an e-mail address in the correct format, like name@organisation.example",
        "area": "Select area from the list",
        "factors": "Select factors from the list",
    }
    assert not any(WORDS_NOT_USED.search(message) for message in messages.values())


@pytest.mark.parametrize(
    "field", [name for name in forms.__all__ if name.endswith("Field") and name[:5] not in ("Model", "Govuk")]
)
def test_no_field_has_a_message_in_words_we_do_not_use(field):
    form = type("Form", (forms.Form,), {"it": getattr(forms, field)(label="It")})({})
    form.is_valid()
    for message in form.fields["it"].error_messages.values():
        assert not WORDS_NOT_USED.search(str(message)), message


def test_a_thousands_comma_is_taken():
    form = type("Form", (forms.Form,), {"n": forms.IntegerField()})({"n": "1,000"})
    assert form.is_valid()
    assert form.cleaned_data["n"] == 1000


# --- the page ---


def test_every_error_links_to_an_input_of_its_own_on_the_page():
    form = wrong(
        ChildForm,
        {"born_on-day": "1", "seen_at-day": "1", "meets_at": "4", "nature": "x", "circumstance": "x"}
        | {"factors": ["x"], "email": "x", "weeks": "x", "name": ""},
    )
    html = page(form)
    ids = ids_in(html)
    targets = re.findall(r'href="#([^"]+)"', html)
    assert len(targets) == len(form.errors) == 9
    for target in targets:
        assert target in ids
        assert re.search(rf'<(input|select|textarea)[^>]*\bid="{re.escape(target)}"', html), target


def test_errors_come_in_the_order_of_the_page():
    class Form(forms.Form):
        layout = forms.Layout(forms.Fieldset("Second first", "b"), "a")
        a = forms.CharField()
        b = forms.CharField()

    form = wrong(Form)
    form.add_error(None, "Two agencies have not sent their summary.")
    assert form.error_summary() == [
        ("", "Two agencies have not sent their summary."),
        ("id_b", "Enter B"),
        ("id_a", "Enter A"),
    ]


def test_a_form_whose_fields_moved_since_still_shows_those_left():
    class Form(forms.Form):
        layout = forms.Layout("a", forms.Fieldset("Gone", "b"))
        a = forms.CharField()
        b = forms.CharField()

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            del self.fields["b"]

    html = page(Form())
    assert 'id="id_a"' in html
    assert "Gone" not in html


def test_a_layout_that_names_no_field_is_a_mistake():
    form_class = type("Form", (forms.Form,), {"layout": forms.Layout("tpyo"), "a": forms.CharField()})
    with pytest.raises(KeyError, match="tpyo"):
        form_class().helper  # noqa: B018


def test_fields_on_no_page_are_named():
    form_class = type("Form", (Notified,), {"layout": forms.Layout("notified"), "forgotten": forms.CharField()})
    assert form_class().names_left_out == ["forgotten"]


def test_the_browser_checks_nothing():
    html = page(ChildForm({"name": ""}))
    for name in ("required", "maxlength", "minlength", "min", "max", "step", "pattern"):
        assert not re.search(rf"<(?:input|select|textarea)[^>]*\s{name}[\s=>]", html), name
    assert 'type="number"' not in html
    assert 'type="date"' not in html
    assert "<form " in html
    assert " novalidate" in html


def test_optional_questions_are_marked_where_the_form_says_what_it_needs():
    class Form(forms.Form):
        needed = ["name"]
        name = forms.CharField(required=False)
        nickname = forms.CharField(required=False)

    html = page(Form())
    assert "Nickname (optional)" in html
    assert "Name (optional)" not in html


def test_forms_of_a_formset_share_no_id():
    class Sibling(forms.Form):
        reveals = {"known": {"yes": ["born_on"]}}
        known = forms.YesNoField(label="Known?")
        born_on = forms.DateField(required=False)

        class Meta:
            not_known = ["born_on"]

    formset = forms.formset_factory(Sibling, extra=3)(prefix="siblings")
    ids_in("".join(page(form) for form in formset) + str(formset.management_form))


def test_text_is_escaped_wherever_it_is_shown():
    evil = "<script>alert(1)</script>"

    class Form(forms.Form):
        layout = forms.Layout(
            forms.Fieldset(evil, "name", hint=evil),
            forms.Inset(evil),
            forms.Paragraph(evil),
            forms.Heading(evil),
            forms.Warning(evil),
            forms.Details(evil, "nature"),
        )
        name = forms.CharField(label=evil, help_text=evil, initial=evil)
        nature = forms.ChoiceField(label=evil, choices=[("a", evil)], widget=forms.Radios(hints={"a": evil}))

    form = wrong(Form, {"name": "", "nature": evil})
    form.add_error("name", evil)
    assert "<script" not in page(form)
    assert "<script" not in page(Form())


def test_a_text_of_64_kb_is_an_answer_and_one_of_a_megabyte_is_not():
    class Story(forms.Form):
        story = forms.CharField(label="What happened?", rows=5)

    assert Story({"story": "é" * 32 * 1024}).is_valid()
    assert Story({"story": "x" * 256 * 1024}).is_valid()
    said = "This text has 1,024 KB, and an answer 256 KB at most: send it as a document"
    assert wrong(Story, {"story": "x" * 1024 * 1024}).errors == {"story": [said]}
    assert wrong(Story, {"story": "x" * 256 * 1024 + "x"}).errors["story"] == [said.replace("1,024", "257")]


# --- what an option reveals ---


def test_revealed_questions_stand_inside_their_option_once():
    html = page(Notified())
    assert html.count('name="reference"') == html.count('name="whom"') == 1
    assert 'data-aria-controls="conditional-id_notified"' in html
    assert html.index("conditional-id_notified") < html.index('name="reference"') < html.index('value="no"')


def test_what_is_revealed_must_be_answered_only_when_it_is():
    assert Notified({"notified": "no"}).is_valid()
    assert Notified({}).is_valid()
    assert set(wrong(Notified, {"notified": "yes"}).errors) == {"reference"}
    data = MultiValueDict({"notified": ["yes"], "reference": ["R1"], "to": ["other"]})
    assert set(wrong(Notified, data).errors) == {"whom"}


def test_while_nothing_is_chosen_only_the_choice_is_missing():
    class Told(Notified):
        notified = forms.ChoiceField(
            label="Notified?", choices=[("yes", "Yes")], widget=forms.Radios(reveals={"yes": ["reference"]})
        )

    assert set(wrong(Told, {}).errors) == {"notified"}
    assert set(wrong(Told, {"reference": "far too long"}).errors) == {"notified", "reference"}


def test_what_is_folded_away_is_open_while_it_holds_an_answer_or_a_mistake():
    class Folded(Notified):
        layout = forms.Layout("notified", forms.Details("More", "to"))

    assert '<details class="govuk-details">' in page(Folded())
    assert '<details class="govuk-details">' in page(Folded({"notified": "no"}))
    assert '<details class="govuk-details" open>' in page(Folded(MultiValueDict({"to": ["ofsted"]})))
    assert '<details class="govuk-details" open>' in page(Folded(MultiValueDict({"to": ["nobody"]})))


def test_what_another_option_revealed_is_dropped():
    form = Notified({"notified": "no", "reference": "far too long", "to": "other", "whom": "x"})
    assert form.is_valid()
    assert form.cleaned_data == {"notified": "no", "reference": "", "to": [], "whom": ""}


def test_what_was_typed_without_choosing_is_kept():
    form = Notified({"reference": "R1"})
    assert form.is_valid()
    assert form.cleaned_data["reference"] == "R1"
    assert set(wrong(Notified, {"reference": "far too long"}).errors) == {"reference"}


# --- not known, and why ---


def test_a_reason_takes_the_place_of_an_answer():
    form = ChildForm({"name__why": "Abandoned at birth", "born_on__why": "Age estimated"})
    assert form.is_valid(), form.errors
    assert form.not_known == {"name": "Abandoned at birth", "born_on": "Age estimated"}
    assert form.instance.not_known == form.not_known
    assert form.cleaned_data["born_on"] is None


def test_an_answer_and_a_reason_are_one_too_many():
    form = wrong(ChildForm, {"name": "Invented", "interpreter": "no", "interpreter__why": "Not asked"})
    assert form.errors == {"interpreter": ["Give interpreter, or say why it is not known, but not both"]}
    assert form.not_known == {}


def test_a_wrong_answer_stays_wrong_with_a_reason():
    form = wrong(ChildForm, {"name": "Invented", "born_on-day": "1", "born_on__why": "Not asked"})
    assert form.errors == {"born_on": ["Date of birth must include a month and year"]}


def test_reasons_given_before_are_shown_and_those_of_other_pages_kept():
    child = Child(name="Invented", not_known={"nature": "Too early", "gp": "Not registered"})
    form = ChildForm(instance=child)
    html = page(form)
    assert re.search(r'name="nature__why"[^>]*value="Too early"|value="Too early"[^>]*name="nature__why"', html)
    assert html.count("<details") == 4
    assert html.count(" open>") == 1
    form = ChildForm({"name": "Invented", "nature": "death"}, instance=child)
    assert form.is_valid()
    assert child.not_known == {"gp": "Not registered"}


# --- a model's fields ---


def test_a_model_s_fields_become_our_questions():
    form = ChildForm()
    widgets = {name: type(form.fields[name].widget).__name__ for name in form.fields if "__why" not in name}
    assert widgets == {
        "name": "TextInput",
        "story": "Textarea",
        "born_on": "DateBoxes",
        "seen_at": "DateTimeBoxes",
        "meets_at": "TimeText",
        "nature": "Radios",
        "circumstance": "Select",
        "factors": "Checkboxes",
        "interpreter": "Radios",
        "confirmed": "Checkbox",
        "email": "EmailInput",
        "weeks": "NumberInput",
    }
    html = page(form)
    assert '<option value="" selected>Choose…</option>' in re.sub(r"\s+", " ", html)
    assert "---------" not in html
    assert 'value=""' not in html.replace('<option value=""', "")
    assert "For example, 27 3 2026" in html


def test_answers_reach_the_instance():
    data = MultiValueDict(
        {
            "name": ["Invented"],
            "born_on-day": ["6"],
            "born_on-month": ["january"],
            "born_on-year": ["2020"],
            "nature": ["death"],
            "circumstance": ["c8"],
            "factors": ["c1", "c3"],
            "interpreter": ["no"],
            "meets_at": ["midday"],
            "weeks": ["12"],
        }
    )
    form = ChildForm(data)
    assert form.is_valid(), form.errors
    child = form.instance
    assert (child.nature, child.circumstance, child.factors, child.interpreter) == ("death", "c8", ["c1", "c3"], False)
    assert str(child.born_on) == "2020-01-06"
    assert child.meets_at.hour == 12
    assert child.confirmed is False
    shown = page(ChildForm(instance=child))
    assert shown.count(" checked") == 4
    assert 'value="c8" selected' in shown


def test_a_form_may_choose_its_own_widget_and_field():
    class Form(forms.ModelForm):
        class Meta:
            model = Child
            fields = ["nature", "circumstance", "story"]
            widgets = {"nature": forms.Select(), "circumstance": forms.Radios(hints={"c1": "Hint"})}
            field_classes = {"story": forms.EmailField}
            labels = {"nature": "Kind"}

    form = Form()
    assert isinstance(form.fields["nature"].widget, forms.Select)
    assert form.fields["nature"].label == "Kind"
    assert isinstance(form.fields["story"], forms.EmailField)
    assert "Hint" in page(form)


def test_several_files_come_as_a_list():
    from django.core.files.uploadedfile import SimpleUploadedFile

    form_class = type("Form", (forms.Form,), {"files_": forms.FilesField(label="Files")})
    sent = [SimpleUploadedFile(f"{uuid.UUID(int=n)}.txt", b"x") for n in (1, 2)]
    form = form_class({}, MultiValueDict({"files_": sent}))
    assert form.is_valid()
    assert form.cleaned_data["files_"] == sent
    assert form_class({}, MultiValueDict({"files_": [SimpleUploadedFile("a.txt", b"")]})).errors["files_"] == [
        "The selected file is empty"
    ]
    assert form_class({}, {}).errors["files_"] == ["Select files"]
    assert 'enctype="multipart/form-data"' in page(form_class())
