"""Our components have the very markup of GOV.UK Frontend: compared with the examples its npm package ships."""

import json
from pathlib import Path

import pytest
from django.template import engines
from django.test.html import Element, parse_html
from django.utils.safestring import mark_safe

from design import forms

COMPONENTS = Path(__file__).parents[3] / "node_modules/govuk-frontend/dist/govuk/components"
# Names are ours (a date's parts are NAME-day); preventDoubleClick is an option we always take; nothing is disabled.
IGNORED = {"name", "data-prevent-double-click", "disabled"}


def theirs(component, name):
    examples = json.loads((COMPONENTS / component / "fixtures.json").read_text())["fixtures"]
    return next(example["html"] for example in examples if example["name"] == name)


def tidy(element, *, empty_conditionals):
    """This will take out what we mean to differ in: names, and what an option reveals (fixtures have a bare input)."""
    if not isinstance(element, Element):
        return
    element.attributes = [(key, value) for key, value in element.attributes if key not in IGNORED]
    classes = dict(element.attributes).get("class") or ""
    if empty_conditionals and "__conditional" in classes:
        element.children = []
    for child in element.children:
        tidy(child, empty_conditionals=empty_conditionals)


def dom(html):
    root = parse_html(html)
    tidy(root, empty_conditionals=True)
    return root


def render(template, **context):
    return engines["django"].from_string("{% load govuk %}" + template).render(context)


def question(id_, field, *, data=None, error="", initial=None, heading=False, size=""):
    """This will render one field whose id is `id_`."""
    initials = {} if initial is None else {id_: initial}
    attributes = {id_: field, "label_size": size, "page_heading": id_ if heading else ""}
    form = type("OneQuestion", (forms.Form,), attributes)(data, auto_id="%s", initial=initials)
    if error:
        form.is_bound = True
        form.full_clean()
        form._errors.clear()
        form.add_error(id_, error)
    return form[id_].as_field_group()


WASTE = [
    ("animal", "Waste from animal carcasses"),
    ("mines", "Waste from mines or quarries"),
    ("farm", "Farm or agricultural waste"),
]
NI_HINT = "It’s on your National Insurance card, benefit letter, payslip or P60. For example, ‘QQ 12 34 56 C’."
CONTACT = [("email", "Email"), ("phone", "Phone"), ("text", "Text message")]
CHANGED = [("yes", "Yes"), ("no", "No")]
CHANGED_HINT = "This includes changing your last name or spelling your name differently."
DOB = "What is your date of birth?"
FILE_HINT = "Your photo may be in your Pictures, Photos, Downloads or Desktop folder. Or in an app like iPhoto."


class Contact(forms.Form):
    """An option reveals a question, as in GOV.UK's example of the same name."""

    label_size = ""
    email = forms.CharField(label="Email address")
    phone = forms.CharField(label="Phone number")
    text = forms.CharField(label="Mobile phone number")


def conditional(field_class, widget_class, id_, *, chosen=None):
    widget = widget_class(reveals={"email": ["email"], "phone": ["phone"], "text": ["text"]})
    field = field_class(label="How do you want to be contacted?", choices=CONTACT, widget=widget)
    return str(type("Contacting", (Contact,), {id_: field})(auto_id="%s", initial={id_: chosen})[id_].as_field_group())


QUESTIONS = {
    ("input", "default"): lambda: question("test-name", forms.CharField(label="National Insurance number")),
    ("input", "with hint text"): lambda: question(
        "input-with-hint-text", forms.CharField(label="National insurance number", help_text=NI_HINT)
    ),
    ("input", "with error message"): lambda: question(
        "input-with-error-message",
        forms.CharField(label="National Insurance number"),
        error="Enter a National Insurance number in the correct format",
    ),
    ("input", "with width-10 class"): lambda: question(
        "input-width-10", forms.CharField(label="National insurance number", help_text=NI_HINT, width=10)
    ),
    ("input", "with label as page heading"): lambda: question(
        "input-with-page-heading", forms.CharField(label="National Insurance number"), heading=True
    ),
    ("input", "with prefix and suffix"): lambda: question(
        "input-with-prefix-suffix", forms.CharField(label="Cost per item, in pounds", prefix="£", suffix="per item")
    ),
    ("textarea", "default"): lambda: question(
        "more-detail", forms.CharField(label="Can you provide more detail?", rows=5)
    ),
    ("textarea", "with hint"): lambda: question(
        "more-detail",
        forms.CharField(
            label="Can you provide more detail?",
            rows=5,
            help_text="Don't include personal or financial information, eg your National Insurance number or credit "
            "card details.",
        ),
    ),
    ("textarea", "with error message"): lambda: question(
        "no-ni-reason",
        forms.CharField(label="Why can’t you provide a National Insurance number?", rows=5),
        error="You must provide an explanation",
    ),
    ("select", "default"): lambda: question("select-1", selecting(), initial="2"),
    ("select", "with hint text and error message"): lambda: question(
        "select-2", selecting(help_text="Hint text goes here"), error="Error message goes here"
    ),
    ("radios", "with hint"): lambda: question("example-with-hint", changed()),
    ("radios", "inline"): lambda: question("example", changed(inline=True), initial="no"),
    ("radios", "with fieldset and error message"): lambda: question(
        "example",
        forms.ChoiceField(label="Have you changed your name?", choices=CHANGED, widget=forms.Radios),
        data={"example": "no"},
        error="Please select an option",
    ),
    ("radios", "with a divider"): lambda: question(
        "example-divider",
        forms.ChoiceField(
            label="How do you want to sign in?",
            choices=[
                ("government-gateway", "Use Government Gateway"),
                ("govuk-verify", "Use GOV.UK Verify"),
                ("create-account", "Create an account"),
            ],
            widget=forms.Radios(divider_before="create-account"),
        ),
    ),
    ("radios", "with conditional items"): lambda: conditional(forms.ChoiceField, forms.Radios, "how-contacted"),
    ("radios", "with conditional item checked"): lambda: conditional(
        forms.ChoiceField, forms.Radios, "how-contacted-checked", chosen="email"
    ),
    ("checkboxes", "with conditional items"): lambda: conditional(
        forms.MultipleChoiceField, forms.Checkboxes, "how-contacted"
    ),
    ("checkboxes", "with error message"): lambda: question(
        "waste",
        forms.MultipleChoiceField(
            label="Which types of waste do you transport regularly?",
            choices=WASTE,
            widget=forms.Checkboxes(
                hints={value: "Nullam id dolor id nibh ultricies vehicula ut id elit." for value, _ in WASTE}
            ),
        ),
        error="Please select an option",
    ),
    ("checkboxes", "with divider and None"): lambda: question(
        "with-divider-and-none",
        forms.MultipleChoiceField(
            label="Which types of waste do you transport regularly?",
            choices=[*WASTE, ("none", "None of these")],
            widget=forms.Checkboxes(divider_before="none", exclusive=["none"]),
        ),
    ),
    ("date-input", "default"): lambda: question("dob", forms.DateField(label=DOB, help_text="For example, 31 3 1980")),
    ("date-input", "with error message and hint"): lambda: question(
        "dob-errors", forms.DateField(label=DOB, help_text="For example, 31 3 1980"), error="Error message goes here"
    ),
    ("date-input", "with error on day input"): lambda: question(
        "dob-day-error",
        forms.DateField(label=DOB, help_text="For example, 31 3 1980"),
        error=forms.ValidationError("Error message goes here", params={"parts": ("day",)}),
    ),
    ("file-upload", "default"): lambda: question("file-upload-1", forms.FileField(label="Upload a file")),
    ("file-upload", "with error message and hint"): lambda: question(
        "file-upload-3", forms.FileField(label="Upload a file", help_text=FILE_HINT), error="Error message goes here"
    ),
}


def selecting(**kwargs):
    choices = [(str(n), f"GOV.UK frontend option {n}") for n in (1, 2, 3)]
    return forms.ChoiceField(
        label="Label text goes here", choices=choices, widget=forms.Select(empty_label=None), **kwargs
    )


def changed(**kwargs):
    return forms.ChoiceField(
        label="Have you changed your name?", choices=CHANGED, help_text=CHANGED_HINT, widget=forms.Radios(**kwargs)
    )


ADDRESS = "email@email.com"
LINES = "<br>".join(f"Address line {n}" for n in range(1, 6))
CONTACTS = f'<p class="govuk-body">{ADDRESS}</p><p class="govuk-body">{LINES}</p>'
PASSPORT = "The date your passport was issued must be in the past"
PIECES = {
    ("error-summary", "default"): lambda: render(
        "{% include 'components/error_summary.html' %}",
        lines=[("example-error-1", PASSPORT), ("example-error-2", "Enter a postcode, like AA1 1AA")],
    ),
    ("error-summary", "without links"): lambda: render(
        "{% include 'components/error_summary.html' %}", lines=[("", "Invalid username or password")]
    ),
    ("button", "default"): lambda: render("{% button 'Save and continue' %}"),
    ("button", "secondary"): lambda: render("{% button 'Secondary button' kind='secondary' %}"),
    ("button", "warning"): lambda: render("{% button 'Warning button' kind='warning' %}"),
    ("button", "link"): lambda: render("{% button 'Link button' url='/' %}"),
    ("tag", "default"): lambda: render("{% tag 'Alpha' %}"),
    ("tag", "grey"): lambda: render("{% tag 'Grey' colour='grey' %}"),
    ("details", "default"): lambda: render(
        "{% details 'Help with nationality' %}We need to know your nationality so we can work out which elections "
        "you’re entitled to vote in. If you can’t provide your nationality, you’ll have to send copies of "
        "identity documents through the post.{% enddetails %}"
    ),
    ("inset-text", "default"): lambda: render(
        "{% inset %}It can take up to 8 weeks to register a lasting power of attorney if there are no mistakes in the "
        "application.{% endinset %}"
    ),
    ("warning-text", "default"): lambda: render("{% warning 'You can be fined up to £5,000 if you don’t register.' %}"),
    ("panel", "default"): lambda: render(
        "{% panel 'Application complete' reference='HDJ2123F' %}Your reference number{% endpanel %}"
    ),
    ("notification-banner", "default"): lambda: render(
        "{% notification 'This publication was withdrawn on 7 March 2014.' %}"
    ),
    ("notification-banner", "with type as success"): lambda: render(
        f"{{% notification 'Email sent to example@{ADDRESS.partition('@')[2]}' success=True %}}"
    ),
    ("back-link", "default"): lambda: render("{% include 'components/back_link.html' with url='#' text='' %}"),
    ("breadcrumbs", "with last breadcrumb as current page"): lambda: render(
        "{% breadcrumbs items %}",
        items=[("Home", "/"), ("Passports, travel and living abroad", "/browse/abroad"), ("Travel abroad", "")],
    ),
    ("pagination", "default"): lambda: render("{% pagination pages %}", pages=page_links("/page/{}", (1, 2, 3), 2)),
    ("pagination", "with many pages"): lambda: render(
        "{% pagination pages %}", pages=page_links("/page/{}", (1, None, 8, 9, 10, 11, 12, None, 40), 10)
    ),
    ("task-list", "default"): lambda: render(
        "{% task_list items %}",
        items=[
            {"title": "Company Directors", "url": "#", "status": "Completed"},
            {"title": "Registered company details", "url": "#", "status": "Incomplete", "colour": "blue"},
            {"title": "Business plan", "url": "#", "status": "Incomplete", "colour": "blue"},
        ],
    ),
    ("table", "with head"): lambda: render(
        "{% table head rows numeric='1,2' cards=False row_headers=False %}",
        head=["Month you apply", "Rate for bicycles", "Rate for vehicles"],
        rows=[["January", "£85", "£95"], ["February", "£75", "£55"], ["March", "£165", "£125"]],
    ),
    ("skip-link", "default"): lambda: part_of_page("govuk-skip-link", href="#test-target-element"),
    ("fieldset", "styled as medium text"): lambda: without_heading(
        forms.Fieldset("What is your address?").render(forms.Form(), None)
    ),
    ("summary-list", "with actions"): lambda: render(
        "{% summary_list rows %}",
        rows=[
            {"key": "Name", "value": "Firstname Lastname", "actions": [("Edit", "#"), ("Delete", "#")]},
            ("Date of birth", "13/08/1980", "#"),
            {
                "key": "Contact information",
                "value": mark_safe(CONTACTS),
                "actions": [("Edit", "#"), ("Change", "#")],
            },
        ],
    ),
    ("summary-list", "as a summary card with actions"): lambda: render(
        "{% summary_list rows card='Undergraduate teaching assistant' card_actions=actions %}",
        rows=[("Name", "Firstname Lastname"), ("Date of birth", "13/08/1980")],
        actions=[("Delete job history", "#"), ("Withdraw job history", "#")],
    ),
}


def without_heading(html):
    """This will take the heading out of our legend, by which screen readers list the parts of a long page."""
    return html.replace('<h2 class="govuk-fieldset__heading">', "").replace("</h2>", "").replace(" hub-fieldset", "")


def page_links(url, numbers, current):
    items = [
        {"ellipsis": True}
        if n is None
        else {"number": n, "url": url.format(n), "current": n == current, "ellipsis": False}
        for n in numbers
    ]
    return {"previous": "/previous", "next": "/next", "items": items}


def part_of_page(class_name, **changes):
    """This will find the element of that class in the base page."""
    todo = [parse_html(engines["django"].get_template("base.html").render())]
    while todo:
        element = todo.pop()
        if isinstance(element, Element):
            attributes = dict(element.attributes)
            if attributes.get("class") == class_name:
                element.attributes = sorted({**attributes, **changes}.items())
                return str(element)
            todo += element.children
    raise AssertionError(f"The page has no {class_name}")


@pytest.mark.parametrize(("component", "example"), QUESTIONS)
def test_question(component, example):
    assert dom(QUESTIONS[component, example]()) == dom(theirs(component, example))


@pytest.mark.parametrize(("component", "example"), PIECES)
def test_piece(component, example):
    assert dom(PIECES[component, example]()) == dom(theirs(component, example))
