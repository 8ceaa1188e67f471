"""What is asked about people and their roles."""

from django.db.models import TextChoices

from casework.forms import Reason
from design import forms
from partnership.models import Agency, Appointment, Partner, User
from partnership.roles import Role

__all__ = [
    "AppointmentFilters",
    "EndAppointment",
    "EndCover",
    "EnterAppointment",
    "GiveRole",
    "Invite",
    "InviteAgain",
    "Leave",
    "NameCover",
    "PeopleFilters",
    "Reason",
    "State",
]


class GiveRole(forms.Form):
    """One role at one agency."""

    agency = forms.ModelChoiceField(
        queryset=Agency.objects.order_by("name", "pk"),
        label="Agency",
        error_messages={"required": "Select the agency"},
    )
    role = forms.ChoiceField(
        label="Role", choices=Role.choices, widget=forms.Select, error_messages={"required": "Select the role"}
    )


class Invite(GiveRole):
    """Who is invited, and in which role."""

    subjects = {"email": "the e-mail address", "full_name": "the name"}

    full_name = forms.CharField(label="Name", max_length=150)
    email = forms.EmailField(label="E-mail address", help_text="Their own, not one that several people read.")
    job_title = forms.CharField(label="Job title", max_length=150, required=False)
    field_order = ["full_name", "email", "job_title", "agency", "role"]


class InviteAgain(forms.Form):
    """Nothing is asked: the button says it all."""


class PeopleFilters(forms.Form):
    name = forms.CharField(label="Name or e-mail address", required=False, max_length=100, width=20)
    role = forms.ChoiceField(
        label="Role", required=False, choices=Role.choices, widget=forms.Select(empty_label="Any role")
    )
    agency = forms.ModelChoiceField(
        label="Agency",
        required=False,
        queryset=Agency.objects.order_by("name", "pk"),
        widget=forms.Select(empty_label="Any agency"),
    )


# The appointment register


class State(TextChoices):
    """Whether an appointment holds."""

    IN_FORCE = "in_force", "In force"
    TO_COME = "to_come", "To come"
    ENDED = "ended", "Ended"


class AppointmentFilters(forms.Form):
    kind = forms.ChoiceField(
        label="As", required=False, choices=Appointment.Kind.choices, widget=forms.Select(empty_label="Any")
    )
    partner = forms.ChoiceField(
        label="Statutory partner", required=False, choices=Partner.choices, widget=forms.Select(empty_label="Any")
    )
    state = forms.ChoiceField(
        label="State", required=False, choices=State.choices, widget=forms.Select(empty_label="Any")
    )


class EnterAppointment(Reason):
    """One line of the register."""

    subjects = {"authority": "who gave the authority"}

    kind = forms.ChoiceField(
        label="As what?",
        choices=Appointment.Kind.choices,
        widget=forms.Radios,
        error_messages={"required": "Select what the person is appointed as"},
    )
    user = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label="Who is appointed?",
        widget=forms.Select,
        error_messages={"required": "Select who is appointed"},
    )
    partner = forms.ChoiceField(
        label="Statutory partner",
        required=False,
        choices=Partner.choices,
        widget=forms.Select(empty_label="None"),
        help_text="Left out for cover alone, which is for an agency.",
    )
    for_user = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label="Whom do they act for?",
        required=False,
        widget=forms.Select(empty_label="Nobody"),
        help_text="For a deputy, an alternate and a cover.",
    )
    from_on = forms.DateField(label="First day", error_messages={"required": "Enter the first day"})
    until_on = forms.DateField(
        label="Last day", required=False, help_text="Left out while there is no end yet. A cover needs one."
    )
    authority = forms.CharField(
        label="Authority given by",
        max_length=200,
        help_text="Whose decision it is, and the document it stands in.",
    )
    field_order = ["kind", "user", "partner", "for_user", "from_on", "until_on", "authority", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        everybody = User.objects.filter(is_active=True).order_by("full_name", "pk")
        self.fields["user"].queryset = self.fields["for_user"].queryset = everybody


class EndAppointment(Reason):
    """From when an appointment no longer holds, and why."""

    from_on = forms.DateField(
        label="From when does it no longer hold?",
        help_text="Today or later. The day before is its last.",
        error_messages={"required": "Enter the day from which it no longer holds"},
    )
    field_order = ["from_on", "reason"]


# Cover


class NameCover(forms.Form):
    """Who covers for the person who asks, and on which days."""

    covering = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label="Who covers for you?",
        widget=forms.Select,
        help_text="Somebody of your own agency; for the business team, of the business team.",
        error_messages={"required": "Select who covers for you"},
    )
    from_on = forms.DateField(label="First day", error_messages={"required": "Enter the first day"})
    until_on = forms.DateField(
        label="Last day",
        help_text="Three months after the first day at most.",
        error_messages={"required": "Enter the last day"},
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["covering"].queryset = people


class EndCover(forms.Form):
    """Nothing is asked: the button says it all."""


# Leaving


class Leave(Reason):
    """Who takes over each thing that waits for somebody who leaves; one question for each."""

    OTHERWISE = "otherwise"
    FIRST = "Give somebody of the agency the role first: nobody may take this over yet."

    everything = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label="Who takes over what is not chosen below?",
        required=False,
        widget=forms.Select(empty_label="Nobody: each is chosen"),
        help_text="As far as they may take it over. Appointments are chosen one by one.",
    )
    authority = forms.CharField(
        label="Authority for the appointments handed over, given by",
        required=False,
        max_length=200,
        help_text="Asked only where an appointment is handed to somebody.",
    )

    def __init__(self, *args, items, **kwargs):
        super().__init__(*args, **kwargs)
        self.items = {item.key: item for item in items}
        people = {one.pk: one for item in items for one in item.people}
        for key, item in self.items.items():
            self.fields[key] = self.question(item)
        self.fields["everything"].queryset = User.objects.filter(pk__in=people).order_by("full_name", "pk")
        if not people:
            del self.fields["everything"]
        if not any(item.kind == "appointment" for item in items):
            del self.fields["authority"]
        self.order_fields(["everything", *self.items, "authority", "reason"])

    def question(self, item):
        choices = [(str(one.pk), ", ".join(filter(None, (one.full_name, one.job_title)))) for one in item.people]
        if item.otherwise:
            choices.append((self.OTHERWISE, item.otherwise))
        return forms.ChoiceField(
            label=str(item),
            required=False,
            choices=choices,
            widget=forms.Select(empty_label="Not chosen"),
            help_text="" if choices else self.FIRST,
        )

    def arguments(self):
        """This will return what `leaving.leave` takes."""
        people = {str(one.pk): one for item in self.items.values() for one in item.people}
        answers = {key: self.cleaned_data.pop(key, "") for key in self.items}
        takes = {key: people.get(answer, answer) for key, answer in answers.items() if answer}
        return {"takes": takes, **self.cleaned_data}
