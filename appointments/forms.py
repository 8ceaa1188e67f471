"""What is asked about people and their roles."""

from casework.forms import Reason
from design import forms
from partnership.models import Agency
from partnership.roles import Role

__all__ = ["GiveRole", "Invite", "InviteAgain", "PeopleFilters", "Reason"]


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
