"""What the Virtual Panel and the local authority are asked."""

from typing import ClassVar

from casework.forms import RecordForm
from design import forms
from partnership import codes
from referrals import queries
from referrals.models import NotificationDecision, PanelView, SeriousIncidentNotification

NEEDED = {
    "abuse": "Select your view on the first criterion",
    "abuse_rationale": "Enter the rationale for the first criterion",
    "harm": "Select your view on the second criterion",
    "harm_rationale": "Enter the rationale for the second criterion",
    "sin_needed": "Select whether a serious incident notification is needed",
}


class GiveView(RecordForm):
    reveals = {
        "outcome": {"no_further_action": ["nfa_reason", "nfa_reason_other"]},
    }
    layout = forms.Layout(
        "referral_read",
        "further_information",
        forms.Fieldset("The two criteria", "abuse", "abuse_rationale", "harm", "harm_rationale", "needed"),
        forms.Fieldset("What follows", "sin_needed", "outcome", "rationale", "immediate_action"),
    )

    class Meta:
        model = PanelView
        widgets: ClassVar = {"outcome": forms.Radios}
        labels: ClassVar = {
            "needed": "If you cannot say yet, what is needed",
            "nfa_reason_other": "If another review or another reason: which",
        }
        fields = [
            "referral_read",
            "further_information",
            "abuse",
            "abuse_rationale",
            "harm",
            "harm_rationale",
            "needed",
            "sin_needed",
            "outcome",
            "nfa_reason",
            "nfa_reason_other",
            "rationale",
            "immediate_action",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["referral_read"].required = True
        self.fields["referral_read"].error_messages["required"] = "Say that you have read the referral"
        for name, message in NEEDED.items():
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = message
        # Both boxes of the model default to False; a question nobody answered is not a "no".
        self.fields["sin_needed"] = forms.YesNoField(
            label=PanelView._meta.get_field("sin_needed").verbose_name,
            error_messages={"required": NEEDED["sin_needed"]},
        )

    def clean(self):
        cleaned = super().clean()
        if "cannot_say" in (cleaned.get("abuse"), cleaned.get("harm")):
            if not cleaned.get("needed"):
                self.add_error("needed", "Enter what is needed to say")
        elif cleaned.get("outcome") and not cleaned.get("rationale"):
            self.add_error("rationale", "Enter the rationale for the outcome")
        if cleaned.get("outcome") == "no_further_action" and not cleaned.get("nfa_reason"):
            self.add_error("nfa_reason", "Select the reason for no further action")
        if cleaned.get("nfa_reason") in codes.asking_for_words("nfa_reason") and not cleaned.get("nfa_reason_other"):
            self.add_error("nfa_reason_other", "Enter which review, or what reason")
        return cleaned


class TellOutcome(forms.Form):
    told = forms.CharField(
        label="What the referrer is told",
        rows=8,
        max_length=20_000,
        help_text="The outcome and the reasons. The referrer reads it in the hub; the e-mail holds only the reference.",
        error_messages={"required": "Enter what the referrer is told"},
    )


class DecideNotification(RecordForm):
    class Meta:
        model = NotificationDecision
        fields = ["notify", "why"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["notify"] = forms.YesNoField(
            label="Will the local authority notify?",
            error_messages={"required": "Select whether the local authority will notify"},
        )
        self.fields["why"].error_messages["required"] = "Enter why"


class WithdrawNotification(forms.Form):
    """When and why the local authority withdrew the notification."""

    withdrawn_at = forms.DateTimeField(label="When was it withdrawn?", latest="now")
    withdrawn_why = forms.CharField(
        label="Why was it withdrawn?",
        rows=5,
        max_length=10_000,
        help_text="Which of the two criteria proved unmet, and what showed it.",
        error_messages={"required": "Enter why it was withdrawn"},
    )


class RecordNotification(RecordForm):
    class Meta:
        model = SeriousIncidentNotification
        fields = ["sent_at", "sin_reference", "sent_by", "late_reason"]

    subjects = {"sent_at": "when it was sent"}

    def __init__(self, *args, user, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sent_at"].latest = "now"
        people = queries.notifiers(today).filter(is_active=True)
        self.fields["sent_by"].queryset = people.order_by("full_name")
        self.fields["sent_by"].initial = user.pk
        self.fields["sent_by"].error_messages["required"] = "Select who sent it"
        self.fields["sin_reference"].error_messages["required"] = "Enter the reference given by the national system"
