"""What is asked of something that is not to be shared: with whom all the same, until when, who asked, why."""

from design import forms
from partnership.models import Agency


class Terms(forms.Form):
    """With whom it may be shared, until when, and when it is looked at again."""

    subjects = {"until_on": "the last day", "review_on": "the review date"}

    shared_with = forms.ModelMultipleChoiceField(
        queryset=Agency.objects.none(),
        label="Which other agencies may read it?",
        required=False,
        help_text="The agency whose summary it is, whoever typed it in for them, and the business manager read it in "
        "any case. Of an agency you select its safeguarding leads read it. Select none to keep it from everybody else: "
        "the rapid review panel, the chair, the partners and the report.",
    )
    until_on = forms.DateField(
        label="Until the end of which day?",
        required=False,
        earliest="today",
        help_text="Leave this empty if no day is set: it is withheld until it is lifted.",
    )
    review_on = forms.DateField(
        label="Review date",
        earliest="tomorrow",
        help_text="When whoever marked it and the business manager are asked whether it still has to be withheld.",
        error_messages={"required": "Enter the review date"},
    )
    reason = forms.CharField(label="Reason", rows=4, max_length=5000, error_messages={"required": "Enter the reason"})

    def __init__(self, *args, agencies, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["shared_with"].queryset = agencies
        if not agencies.exists():
            del self.fields["shared_with"]


class RestrictDisclosure(Terms):
    """Who asked that it is not shared, and the terms."""

    asked_by = forms.CharField(
        label="Who asked for it?",
        max_length=200,
        help_text="Name and rank or role, for example the senior investigating officer.",
        error_messages={"required": "Enter who asked for it"},
    )
    asked_by_organisation = forms.CharField(
        label="Their organisation or force",
        max_length=200,
        error_messages={"required": "Enter their organisation or force"},
    )
    field_order = ["asked_by", "asked_by_organisation", "reason", "shared_with", "until_on", "review_on"]


class ReviewDisclosure(Terms):
    """Why it stays withheld, and the terms from now on."""

    field_order = ["reason", "shared_with", "until_on", "review_on"]
