"""Opening a rapid review, its chair, its plan, the agencies that are asked, and who gets the pack."""

from casework.forms import RecordForm
from design import forms
from partnership.models import Agency
from rapid_reviews.models import RapidReview


class Confirm(forms.Form):
    """Nothing is asked: the button says it all."""


class AppointChair(forms.Form):
    """Who chairs, and why they can. What the hub knows against somebody stands under their name."""

    chair = forms.ChoiceField(
        label="Chair and author",
        widget=forms.Radios,
        error_messages={"required": "Select who chairs the rapid review"},
    )
    skills = forms.CharField(
        label="Skills and experience for this case",
        rows=4,
        max_length=5000,
        help_text="Why this person: what they know of the kind of case, and that they are independent of it.",
        error_messages={"required": "Enter the skills and experience for this case"},
    )

    def __init__(self, *args, candidates, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(candidate.person.pk): candidate.person for candidate in candidates}
        self.fields["chair"].choices = [(pk, person.full_name) for pk, person in self.people.items()]
        self.fields["chair"].widget.hints = {
            str(candidate.person.pk): ". Known: ".join(filter(None, (candidate.what, ", ".join(candidate.known))))
            for candidate in candidates
        }

    def clean_chair(self):
        """The person behind the choice."""
        return self.people[self.cleaned_data["chair"]]


class Plan(RecordForm):
    layout = forms.Layout(
        forms.Fieldset("The period looked at", "period_from", "period_until"),
        forms.Fieldset("The meeting", "meeting_at", "meeting_place"),
    )

    class Meta:
        model = RapidReview
        fields = ["period_from", "period_until", "meeting_at", "meeting_place"]
        labels = {
            "period_from": "From",
            "period_until": "To",
            "meeting_at": "When",
        }

    subjects = {
        "period_from": "the first day of the period",
        "period_until": "the last day of the period",
        "meeting_at": "the date of the meeting",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["period_until"].latest = "today"

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("period_from"), cleaned.get("period_until")
        if first and last and last < first:
            self.add_error("period_until", "The last day of the period must be on or after the first")
        return cleaned


class AskAgencies(forms.Form):
    """Which agencies are asked: those that provide a service the referral names come first, already selected."""

    agencies = forms.ModelMultipleChoiceField(
        queryset=Agency.objects.none(),
        label="Agencies",
        error_messages={"required": "Select at least one agency"},
    )
    due_on = forms.DateField(label="Due on another day", required=False, earliest="today")

    def __init__(self, *args, proposed, others, named, late, **kwargs):
        super().__init__(*args, **kwargs)
        if not late:
            del self.fields["due_on"]
        field = self.fields["agencies"]
        self.offered = offered = [*proposed, *others]
        field.queryset = Agency.objects.filter(pk__in=[agency.pk for agency in offered])
        field.choices = [(agency.pk, agency.name) for agency in offered]
        field.initial = [agency.pk for agency in proposed]
        field.widget.hints = {
            str(agency.pk): f"Named in the referral: {', '.join(named.get(agency.pk, ['a service it provides']))}"
            for agency in proposed
        }

    def clean_agencies(self):
        """The agencies chosen, in the order in which they were offered."""
        chosen = {agency.pk for agency in self.cleaned_data["agencies"]}
        return [agency for agency in self.offered if agency.pk in chosen]


class AddAgency(forms.Form):
    """An agency the hub does not know yet, and its safeguarding lead: invited and asked in the same step."""

    layout = forms.Layout(
        forms.Fieldset("The agency", "name", "kind"),
        forms.Fieldset("Its safeguarding lead", "lead_name", "lead_email"),
        forms.Fieldset("Its escalation contact", "escalation_name", "escalation_email"),
    )
    name = forms.CharField(
        label="Name of the agency", max_length=200, error_messages={"required": "Enter the name of the agency"}
    )
    kind = forms.ChoiceField(
        label="Kind of agency",
        choices=[choice for choice in Agency.Kind.choices if choice[0] != Agency.Kind.BUSINESS_UNIT],
        widget=forms.Radios,
        error_messages={"required": "Select the kind of agency"},
    )
    lead_name = forms.CharField(
        label="Lead’s name", max_length=150, error_messages={"required": "Enter the lead’s name"}
    )
    lead_email = forms.EmailField(
        label="Lead’s e-mail",
        help_text="The invitation and the request are sent here. Neither holds anything about the case.",
        error_messages={"required": "Enter the lead’s e-mail"},
    )
    escalation_name = forms.CharField(
        label="Escalation contact’s name",
        max_length=200,
        help_text="Who is told when the summary is late.",
        error_messages={"required": "Enter the escalation contact’s name"},
    )
    escalation_email = forms.EmailField(
        label="Escalation contact’s e-mail", error_messages={"required": "Enter the escalation contact’s e-mail"}
    )


class IssuePack(forms.Form):
    """Who is on the rapid review panel: they see the pack from now on, and nobody else does."""

    members = forms.MultipleChoiceField(
        label="Members of the rapid review panel",
        help_text="The chair is a member in any case.",
        error_messages={"required": "Select who is on the rapid review panel"},
    )
    late_why = forms.CharField(
        label="Why it is issued less than one working day before the meeting",
        rows=3,
        max_length=2000,
        required=False,
        help_text="It stays on the timeline of the case.",
    )

    def __init__(self, *args, candidates, too_near, **kwargs):
        super().__init__(*args, **kwargs)
        if not too_near:
            del self.fields["late_why"]
        self.people = {str(candidate.person.pk): candidate.person for candidate in candidates}
        field = self.fields["members"]
        field.choices = [(pk, person.full_name) for pk, person in self.people.items()]
        field.initial = [str(candidate.person.pk) for candidate in candidates if candidate.proposed]
        field.widget.hints = {str(candidate.person.pk): candidate.what for candidate in candidates}

    def clean_members(self):
        """The people behind the choices."""
        return [self.people[pk] for pk in self.cleaned_data["members"]]
