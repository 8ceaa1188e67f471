"""What is done with a summary: secured, returned, approved, accepted, typed in from an e-mail."""

from casework import files
from design import forms
from design.forms import say_date


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
    """Who approves: somebody other than the author. Nobody is asked where the second person is waived.

    What is known against somebody (`known`) stands under their name, and keeps them from approving.
    """

    approver = forms.ChoiceField(
        label="Who approves the summary?",
        help_text="A senior manager of your agency, or another safeguarding lead. They read it and return it to the "
        "partnership.",
        error_messages={"required": "Select who approves the summary"},
    )

    def __init__(self, *args, people, waived, known=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        field = self.fields["approver"]
        field.widget.hints = {str(pk): f"Cannot approve: {words}" for pk, words in (known or {}).items()}
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
