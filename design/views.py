"""Every component in every state: what is looked at first when the look changes. Everything shown is invented."""

import datetime

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from design import forms
from design.lists import Column, Listing
from design.templatetags.govuk import COLOURS, status_tag

SERVICES = [
    ("gp", "GP"),
    ("health_visitor", "Health visitor"),
    ("police", "Police"),
    ("primary_school", "Primary school"),
    ("other", "Other"),
]
AREAS = [(f"area_{n}", name) for n, name in enumerate(("Ambleford", "Brackwater", "Cold Aston", "Dunmarsh"), 1)]
MANY = [(f"m{n}", f"Circumstance {n}") for n in range(1, 13)]


class EveryQuestion(forms.Form):
    """One of each kind of question."""

    layout = forms.Layout(
        forms.Fieldset("Words and numbers", "name", "email", "length", "cost", "story", size="l"),
        forms.Fieldset(
            "Choices",
            "area",
            "circumstance",
            "notified",
            "services",
            "none_of_these",
            "seen",
            "confirm",
            size="l",
            hint="Radios for a few, a list for many.",
        ),
        forms.Heading("Dates and times", size="l"),
        forms.Paragraph("Months may be written as words."),
        "born_on",
        "met_at",
        "received_at",
        forms.Inset("A date of birth may be estimated."),
        forms.Warning("What is sent cannot be changed afterwards."),
        forms.Details(
            "Adding files", forms.Paragraph("Word, PDF or pictures, up to 50 MB each."), "letter", "evidence"
        ),
    )
    option_hints = {"notified": {"deciding": "The local authority has been told and has not decided."}}
    reveals = {"notified": {"yes": ["notified_at", "notified_reference"], "no": ["not_notified_because"]}}
    subjects = {"name": "the child’s name", "confirm": "I have checked this with my manager"}

    name = forms.CharField(label="Name of the child", help_text="As on the birth certificate.", max_length=40)
    email = forms.EmailField(label="E-mail address", help_text="We send reminders there, without any details.")
    length = forms.IntegerField(label="Weeks of pregnancy", width=2)
    cost = forms.DecimalField(label="Cost", widget=forms.NumberInput(prefix="£", suffix="a day", inputmode="decimal"))
    story = forms.CharField(label="What happened", rows=5, help_text="Only what is known, and how it is known.")
    area = forms.ChoiceField(label="Area", choices=AREAS)
    circumstance = forms.ChoiceField(label="Circumstance", choices=MANY)
    notified = forms.ChoiceField(
        label="Has the local authority notified?",
        choices=[("yes", "Yes"), ("deciding", "It is being considered"), ("no", "It decided not to")],
    )
    notified_at = forms.DateTimeField(label="When it notified", latest="now")
    notified_reference = forms.CharField(label="Reference", width=20, required=False)
    not_notified_because = forms.CharField(label="Why not", rows=3)
    services = forms.MultipleChoiceField(
        label="Services working with the family",
        help_text="Select all that apply.",
        choices=SERVICES,
        widget=forms.Checkboxes(
            hints={"gp": "The practice with which the child is registered."}, reveals={"other": ["which"]}
        ),
    )
    which = forms.CharField(label="Which service", width=20)
    none_of_these = forms.MultipleChoiceField(
        label="Parallel processes",
        choices=[("inquest", "Inquest"), ("criminal", "Criminal investigation"), ("none", "None of these")],
        widget=forms.Checkboxes(divider_before="none", exclusive=["none"]),
    )
    seen = forms.YesNoField(label="Was the child seen alone?")
    confirm = forms.BooleanField(label="I have checked this with my manager", help_text="Or with their deputy.")
    born_on = forms.DateField(label="Date of birth", latest="today")
    met_at = forms.TimeField(label="Time of the meeting")
    received_at = forms.DateTimeField(label="Received")
    letter = forms.FileField(label="Letter")
    evidence = forms.FilesField(label="Evidence", required=False)

    class Meta:
        not_known = ["born_on"]


class OneQuestion(forms.Form):
    """One thing per page: the question is the page's heading."""

    page_heading = "involved"
    reveals = {"involved": {"yes": ["from_on"]}}
    involved = forms.YesNoField(label="Has your agency been in contact with the family?")
    from_on = forms.DateField(label="Since when", required=False)


class Filters(forms.Form):
    """What the example list can be narrowed by."""

    text = forms.CharField(label="Reference or words", required=False)
    stage = forms.ChoiceField(label="Stage", choices=[("waiting", "Waiting"), ("done", "Done")], required=False)
    stage.widget = forms.Select(empty_label="All")
    due_before = forms.DateField(label="Due before", required=False)


class InventedRows(list):
    """Enough of a query for the example list, without a database."""

    ordered = True

    def order_by(self, first, *rest):
        return InventedRows(
            sorted(self, key=lambda row: row[first.expression.name], reverse=first.descending)
            if hasattr(first, "expression")
            else self
        )

    def filter(self, **lookups):
        return InventedRows(row for row in self if all(str(row[k]) == str(v) for k, v in lookups.items()))

    def count(self):
        return len(self)

    def iterator(self, chunk_size):
        return iter(self)


DAY = datetime.date(2026, 12, 14)
ROWS = InventedRows(
    {
        "reference": f"RR-2026-{n:03d}",
        "stage": "waiting" if n % 3 else "done",
        "agency": "Ambleford Hospitals Trust" if n % 2 else "Brackwater Borough Council",
        "due_on": DAY + datetime.timedelta(days=n * 7 % 61),
        "days": n * 7 % 61,
    }
    for n in range(1, 64)
)
LISTING = Listing(
    name="example",
    nouns=("request", "requests"),
    columns=[
        Column("Reference", "reference", sort="reference", url=lambda row: "#" + row["reference"]),
        Column("Agency", "agency", sort="agency"),
        Column(
            "Stage",
            "stage",
            show=lambda row: status_tag(row["stage"].capitalize(), "done" if row["stage"] == "done" else "waiting"),
        ),
        Column("Due", "due_on", sort="due_on", kind="date"),
        Column("Days left", "days", sort="days", kind="number"),
    ],
    filters=Filters,
    filter_by={
        "stage": "stage",
        "text": lambda rows, text: InventedRows(row for row in rows if text.lower() in str(row.values()).lower()),
        "due_before": lambda rows, day: InventedRows(row for row in rows if row["due_on"] < day),
    },
    order="due",
)

NAVIGATION = [
    ("Your work", "/design/", True),
    ("Cases", "/design/list/", False),
    ("Referrals", "/design/task-list/", False),
]
FOOTER = [("Accessibility statement", "/design/"), ("Privacy", "/design/")]
TASKS = [
    {"title": "Notifying area", "url": "/design/question/", "status": "Completed"},
    {
        "title": "The incident",
        "url": "/design/question/",
        "status": "In progress",
        "hint": "What happened, when and where",
    },
    {"title": "Case factors", "url": "/design/question/", "status": "Not yet started"},
    {"title": "Agencies", "url": "/design/question/", "status": "There is a problem"},
    {"title": "Check and send", "status": "Cannot start yet", "hint": "When every section is complete"},
]
ANSWERS = [
    ("Name of the child", "Invented Name", "/design/question/"),
    ("Date of birth", datetime.date(2019, 3, 1), "/design/question/"),
    ("Known to social care", True, "/design/question/"),
    ("Services", ["Health visitor", "Primary school"], "/design/question/"),
    {
        "key": "What happened",
        "value": "First line.\nSecond line, which is a good deal longer than the first one and so wraps.",
        "actions": [("Change", "/design/question/"), ("Compare", "/design/question/")],
    },
    ("GP practice", "", ""),
]
EVENTS = [
    {
        "title": "Sent to the Virtual Panel",
        "by": "Ada Invented, Business Manager",
        "at": datetime.datetime(2026, 12, 14, 16, 0, tzinfo=datetime.UTC),
        "text": "Complete. The incident lies in our area.",
    },
    {
        "title": "Referral received",
        "by": "Brook Madeup",
        "at": datetime.datetime(2026, 12, 11, 9, 5, tzinfo=datetime.UTC),
    },
]
HEAD = ["Agency", "Asked", "Returned"]
TABLE = [
    ["Ambleford Hospitals Trust", datetime.date(2026, 12, 11), datetime.date(2026, 12, 18)],
    ["Brackwater Borough Council", datetime.date(2026, 12, 11), None],
]
PAGES = ("question", "task-list", "check-answers", "confirmation", "list", "empty-list", "record")
FAILURES = {"400": 400, "403": 403, "404": 404, "500": 500, "403_csrf": 403}


def wrong_answers():
    """Give a form in which every question has been answered wrongly."""
    return EveryQuestion(
        {
            "wrong-name": "A name that is much longer than anybody could think of writing down here",
            "wrong-email": "nowhere",
            "wrong-length": "many",
            "wrong-notified": "yes",
            "wrong-notified_at-day": "3",
            "wrong-services": ["other"],
            "wrong-born_on-day": "31",
            "wrong-born_on-month": "feb",
            "wrong-born_on-year": "2026",
            "wrong-born_on__why": "The family did not say.",
            "wrong-met_at": "4.30",
            "wrong-received_at-day": "11",
            "wrong-received_at-month": "december",
            "wrong-received_at-year": "26",
        },
        prefix="wrong",
    )


@login_not_required
@require_safe
def components(request):
    """This will show every component in every state."""
    context = {
        "navigation": NAVIGATION,
        "footer_links": FOOTER,
        "empty": EveryQuestion(),
        "wrong": wrong_answers(),
        "tasks": TASKS,
        "answers": ANSWERS,
        "events": EVENTS,
        "head": HEAD,
        "table": TABLE,
        "kinds": [(kind.capitalize() or "New", kind) for kind in COLOURS if kind != "new"],
        "crumbs": [("Cases", "/design/list/"), ("RR-2026-003", "/design/record/"), ("Agencies", "")],
        "sub": [
            ("Summary", "/design/", True),
            ("Timeline", "/design/record/", False),
            ("Documents", "/design/", False),
        ],
        "page": LISTING.page(request.GET, ROWS, request.path),
    }
    return render(request, "design/components.html", context)


@login_not_required
def example(request, name):
    """This will show one kind of page whole, or one of the pages that say what went wrong."""
    if name in FAILURES:
        return render(request, f"{name}.html", {"navigation": NAVIGATION}, status=FAILURES[name])
    if name not in PAGES:
        raise Http404
    context = {"navigation": NAVIGATION, "footer_links": FOOTER, "tasks": TASKS, "answers": ANSWERS, "events": EVENTS}
    if name == "question":
        form = OneQuestion(request.POST or None)
        if form.is_bound:
            form.is_valid()
        context["form"] = form
    if name in ("list", "empty-list"):
        rows = ROWS if name == "list" else InventedRows()
        return LISTING.respond(request, rows, "design/list.html", context)
    return render(request, f"design/{name.replace('-', '_')}.html", context)
