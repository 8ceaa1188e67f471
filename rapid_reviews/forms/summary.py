"""The single agency summary: its sections in the order of the paper form, and what is done with it."""

from dataclasses import dataclass

from casework import files
from casework.forms import RecordForm
from design import forms
from design.forms import Fieldset, Inset, Layout, say_date
from rapid_reviews.models import AgencySummary, ChronologyEvent, FamilyCorrection, LessonAction, Practitioner

LONG = 8
"""Rows of the boxes that ask for more than a few sentences."""


class Narrative(RecordForm):
    """A section in which every question is answered at length."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = str(LONG)


class Involved(RecordForm):
    """The first question: it decides whether there is more than one page to answer."""

    class Meta:
        model = AgencySummary
        fields = ["involved"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["involved"]
        field.required, field.widget.inline = True, False
        field.help_text = (
            "Search your records for everybody listed above, other names included. Close associates count as well."
        )
        field.error_messages["required"] = "Select yes if your agency has had contact"
        field.widget.hints = {
            "yes": "You fill in the summary, section by section. It can be saved and continued later.",
            "no": "A nil return: one more page, and you are done.",
        }


class AboutTheAgency(RecordForm):
    reveals = {"independent": {"no": ["not_independent_why"]}}
    layout = Layout(
        Fieldset("The author", "author_name", "author_designation", "author_contact", "author_address"),
        "independent",
    )

    class Meta:
        model = AgencySummary
        fields = [
            "author_name",
            "author_designation",
            "author_contact",
            "author_address",
            "independent",
            "not_independent_why",
        ]
        labels = {
            "author_name": "Name",
            "independent": "Is the author independent of the work with the child?",
            "not_independent_why": "Why not",
        }
        help_texts = {
            "independent": "The author has not worked with the child, and does not manage anyone who has.",
        }

    subjects = {"not_independent_why": "why the author is not independent"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["independent"].required = False  # to save; queries.summary_gaps asks for it to send


class Family(RecordForm):
    class Meta:
        model = AgencySummary
        fields = ["family_matches"]
        help_texts = {
            "family_matches": "If they do not, or you hold more, add it above. It stands beside what is held.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["family_matches"].required = False  # to save; queries.summary_gaps asks for it to send


class Processes(RecordForm):
    class Meta:
        model = AgencySummary
        fields = ["criminal_process", "professional_process", "single_agency_process", "other_review"]


class AboutTheChild(Narrative):
    class Meta:
        model = AgencySummary
        fields = ["pen_picture", "views_wishes", "presents", "life_is_like", "impact"]


class Involvement(Narrative):
    layout = Layout(
        Fieldset(
            "Whom the agency worked with",
            "involvement_with",
            "involvement_from",
            "involvement_until",
            "involvement_state",
        ),
        Fieldset("What it did", "key_periods"),
        Fieldset("The family", "about_parents", "about_siblings"),
    )

    class Meta:
        model = AgencySummary
        fields = [
            "involvement_with",
            "involvement_from",
            "involvement_until",
            "involvement_state",
            "key_periods",
            "about_parents",
            "about_siblings",
        ]
        labels = {
            "involvement_with": "With whom",
            "involvement_from": "From",
            "involvement_until": "Until, if it has ended",
            "involvement_state": "Is the case open or closed?",
        }

    subjects = {"involvement_from": "the first day", "involvement_until": "the last day"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("involvement_from", "involvement_until"):
            self.fields[name].latest = "today"

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("involvement_from"), cleaned.get("involvement_until")
        if first and last and last < first:
            self.add_error("involvement_until", "The last day must be on or after the first day")
        return cleaned


class Practice(Narrative):
    class Meta:
        model = AgencySummary
        fields = ["perspective", "worked_well", "worried_about"]
        help_texts = {
            "worried_about": "At the time of the event, and before it.",
        }


class Learning(Narrative):
    class Meta:
        model = AgencySummary
        fields = ["lessons", "learning_for_other", "recommendations", "themes", "focus", "focus_detail"]
        help_texts = {"lessons": "The actions that follow are added below, one by one."}


class EventForm(RecordForm):
    reveals = {"precision": {"range": ["ends_on"]}}
    layout = Layout(
        Inset(
            "For many contacts without significance enter one range of dates, with an explanation of why they are not "
            "significant. It is not enough to list contacts: say what they mean."
        ),
        Fieldset("When", "date_as_written", "precision", "starts_on", "starts_at_time"),
        Fieldset("Who and from where", "source", "who", "child_seen"),
        Fieldset("What", "what_happened", "what_was_done", "childs_voice"),
        Fieldset("What it means", "significance", "analysis"),
    )

    class Meta:
        model = ChronologyEvent
        fields = [
            "date_as_written",
            "precision",
            "starts_on",
            "ends_on",
            "starts_at_time",
            "source",
            "who",
            "child_seen",
            "what_happened",
            "what_was_done",
            "childs_voice",
            "significance",
            "analysis",
        ]
        labels = {"starts_on": "Date, or first day"}
        help_texts = {
            "starts_on": "For example, 27 3 2026. For a month or a year enter its first day.",
            "source": "For example “GP record” or “home visit note”.",
            "who": "Family members and practitioners, by name and role.",
            "childs_voice": "What the child said, or how they showed what they felt.",
            "analysis": "What the event meant for the child, and for practice. A significant event needs one.",
        }

    subjects = {"date_as_written": "the date as the record writes it", "starts_on": "the date"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["precision"].required = True
        self.fields["precision"].error_messages["required"] = "Select how exact the date is"
        for name in ("starts_on", "ends_on"):
            self.fields[name].latest = "today"

    def clean(self):
        cleaned = super().clean()
        first, last, precision = cleaned.get("starts_on"), cleaned.get("ends_on"), cleaned.get("precision")
        if precision == "not_recorded":
            cleaned["starts_on"] = cleaned["ends_on"] = cleaned["starts_at_time"] = None
        elif precision and first is None and "starts_on" not in self.errors:
            self.add_error("starts_on", "Enter the date, or say that it is not recorded")
        elif precision == "range" and last is None and "ends_on" not in self.errors:
            self.add_error("ends_on", "Enter the last day of the range")
        if first and last and last < first:
            self.add_error("ends_on", "The last day must be on or after the first day")
        return cleaned


class CorrectionForm(RecordForm):
    addresses = ("address",)
    address_after = {"address": "date_of_birth"}
    layout = Layout(
        Fieldset("Who", "relationship", "name", "date_of_birth"),
        Fieldset("Where they live", "address__text", "address__postcode", "address__confidential"),
        Fieldset("What you hold", "what"),
    )

    class Meta:
        model = FamilyCorrection
        fields = ["relationship", "name", "date_of_birth", "what"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["date_of_birth"].latest = "today"

    def clean(self):
        cleaned = super().clean()
        # A confidential address that is held is left as it is: `address` is then not among the answers.
        address = cleaned.get("address", {"text": "held"})
        given = [cleaned.get(name) for name in self._meta.fields]
        if not self.errors and not any((*given, address["text"], address.get("postcode"))):
            self.add_error("what", "Enter what differs, or what is new")
        return cleaned


class LessonActionForm(RecordForm):
    class Meta:
        model = LessonAction
        fields = ["action", "outcome", "by_whom", "by_when"]


class Additions(forms.Form):
    """Who of those a summary names joins the family for every agency, and who is asked again because of it."""

    additions = forms.MultipleChoiceField(
        label="Who joins the family?",
        required=False,
        help_text="Select people whom the referral does not name. Every agency then sees them, and the report lists "
        "them. What differs about somebody it names stands beside it either way.",
    )
    ask_again = forms.MultipleChoiceField(
        label="Which agencies that found nothing are asked again, with the new name?",
        required=False,
        help_text="Only if somebody joins now. Their safeguarding leads are told by e-mail.",
    )

    def __init__(self, *args, proposed, nil, **kwargs):
        super().__init__(*args, **kwargs)
        self.proposed = {str(row.pk): row for row in proposed}
        self.nil = {str(summary.pk): summary for summary in nil}
        if not self.proposed:
            del self.fields["additions"], self.fields["ask_again"]
            return
        field = self.fields["additions"]
        field.choices = [(pk, row.name) for pk, row in self.proposed.items()]
        field.initial = [pk for pk, row in self.proposed.items() if row.accepted_at]
        field.widget.hints = {pk: _about_addition(row) for pk, row in self.proposed.items()}
        if not self.nil:
            del self.fields["ask_again"]
            return
        again = self.fields["ask_again"]
        again.choices = [(pk, summary.agency.name) for pk, summary in self.nil.items()]
        again.initial = list(self.nil)

    def clean_additions(self):
        """The rows behind the choices."""
        return [self.proposed[pk] for pk in self.cleaned_data["additions"]]

    def clean_ask_again(self):
        """The nil returns behind the choices."""
        return [self.nil[pk] for pk in self.cleaned_data["ask_again"]]


def _about_addition(row):
    known = [row.get_relationship_display(), row.date_of_birth and f"born {say_date(row.date_of_birth)}", row.what]
    return ". ".join(str(part) for part in known if part)


class PractitionerForm(RecordForm):
    class Meta:
        model = Practitioner
        fields = ["name", "role", "spoken_to_on", "agrees_fair"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["spoken_to_on"].latest = "today"


@dataclass(frozen=True)
class RowKind:
    """What a summary has any number of: each is a page of its own."""

    slug: str
    form: type
    related: str
    singular: str
    plural: str
    order: tuple = ("pk",)

    @property
    def model(self):
        return self.form._meta.model

    def of(self, summary):
        """This will return the rows of a summary, in their order."""
        return getattr(summary, self.related).order_by(*self.order)


@dataclass(frozen=True)
class Section:
    """One section of the summary: a page of questions, or a list of rows, or both."""

    slug: str
    title: str
    form: type = None
    rows: RowKind = None
    hint: str = ""
    needed: bool = True


SECTIONS = (
    Section("agency", "Agency and declaration", AboutTheAgency),
    Section(
        "family",
        "Family and significant others",
        Family,
        rows=RowKind(
            "correction",
            CorrectionForm,
            "family_corrections",
            "correction or addition",
            "corrections and additions",
        ),
    ),
    Section(
        "processes",
        "Other processes and investigations",
        Processes,
        hint="Those you know of that are taking place in relation to the case. Leave empty what you do not know of.",
        needed=False,
    ),
    Section(
        "chronology",
        "Chronology of involvement",
        rows=RowKind("event", EventForm, "events", "event", "events", order=("starts_on", "starts_at_time", "pk")),
    ),
    Section("child", "About the child", AboutTheChild),
    Section("involvement", "Summary of involvement", Involvement),
    Section("practice", "Practice", Practice),
    Section(
        "learning",
        "Learning",
        Learning,
        rows=RowKind("action", LessonActionForm, "lesson_actions", "action", "actions"),
    ),
    Section(
        "practitioners",
        "Involved practitioners",
        rows=RowKind(
            "practitioner", PractitionerForm, "practitioners", "involved practitioner", "involved practitioners"
        ),
        hint="Who worked with the family, whether you spoke to them, and whether they agree that the text is fair. "
        "They need no account.",
        needed=False,
    ),
)
ROWS = {section.rows.slug: section.rows for section in SECTIONS if section.rows}


def section_of(slug):
    """This will return the section of this slug, or None."""
    return next((section for section in SECTIONS if section.slug == slug), None)


def section_of_rows(kind):
    """This will return the section that lists this kind of row."""
    return next(section for section in SECTIONS if section.rows is kind)


# What is done with it


class SecureRecords(forms.Form):
    records_where = forms.CharField(
        label="Which records are secured, and where",
        rows=5,
        max_length=10_000,
        help_text="Paper files and electronic records: who holds them, and that nobody can change them.",
        error_messages={"required": "Enter which records are secured, and where"},
    )


class ReturnNil(forms.Form):
    """What stands in for a summary when nothing was found."""

    systems_searched = forms.CharField(
        label="Systems searched", rows=3, max_length=5000, error_messages={"required": "Enter the systems searched"}
    )
    names_used = forms.CharField(
        label="Names and dates used",
        rows=3,
        max_length=5000,
        help_text="Every name, former name and date of birth that was searched for.",
        error_messages={"required": "Enter the names and dates used"},
    )
    searched_by = forms.CharField(
        label="Searched by", max_length=200, error_messages={"required": "Enter who searched"}
    )


class ReturnNilByEmail(ReturnNil):
    """The same, typed in for the agency by the business team."""

    subjects = {"returned_at": "when it came"}

    returned_at = forms.DateTimeField(label="When did it come?", latest="now")


class SendForApproval(forms.Form):
    """Who approves: somebody other than the author. Nobody is asked where the second person is waived."""

    approver = forms.ChoiceField(
        label="Who approves the summary?",
        help_text="A senior manager of your agency, or another safeguarding lead. They read it and return it to the "
        "partnership.",
        error_messages={"required": "Select who approves the summary"},
    )

    def __init__(self, *args, people, waived, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        field = self.fields["approver"]
        field.choices = [(pk, _named(person)) for pk, person in self.people.items()]
        if waived and not self.people:
            del self.fields["approver"]
        elif waived:
            field.required = False
            field.choices = [*field.choices, ("", "Nobody: a second person is not needed")]

    def clean_approver(self):
        """The person behind the choice."""
        return self.people.get(self.cleaned_data["approver"])


def _named(person):
    return f"{person.full_name}, {person.job_title}" if person.job_title else person.full_name


class KeyInSummary(forms.Form):
    """What came by e-mail, before it is typed in."""

    original = forms.FileField(
        label="The original",
        required=False,
        help_text="PDF, DOCX, EML, MSG, PNG or JPEG, up to 50MB.",
        validators=[files.check],
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["original"].widget.attrs["accept"] = files.ACCEPT


class EnterSummary(forms.Form):
    """When it came, and who approved it at the agency; or why nobody did."""

    subjects = {"returned_at": "when it came"}

    returned_at = forms.DateTimeField(label="When did it come?", latest="now")
    approver_name = forms.CharField(
        label="Quality assured and approved by",
        required=False,
        max_length=200,
        help_text="As the agency’s form says it: name and designation.",
    )
    approval_waived_why = forms.CharField(
        label="If nobody approved it, why that is accepted",
        required=False,
        rows=3,
        max_length=2000,
        help_text="The report prints it.",
    )

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not (cleaned.get("approver_name") or cleaned.get("approval_waived_why")):
            self.add_error("approver_name", "Enter who approved it, or why nobody did")
        return cleaned
