"""What the partners are asked when they sign, and what is recorded of the sending and the reply."""

from casework.forms import RecordForm
from design import forms
from partnership import codes
from rapid_reviews.models import Outcome, PanelReply


class SignOff(forms.Form):
    """A partner's decision on exactly the version that is shown (`sha256`)."""

    decision = forms.ChoiceField(
        label="Your decision",
        choices=codes.choices("partner_decision"),
        widget=forms.Radios,
        error_messages={"required": "Select your decision"},
    )
    outcome = forms.ChoiceField(label="What do you decide instead?", required=False, widget=forms.Radios)
    comments = forms.CharField(
        label="Your comments, or your reasons",
        help_text="Needed unless you simply agree. They are printed in the report.",
        rows=6,
        max_length=20_000,
        required=False,
    )
    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reveals = {"decision": {"does_not_agree": ["outcome"]}}

    def __init__(self, *args, recommended, sha256, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [choice for choice in Outcome.choices if choice[0] != recommended]
        self.fields["sha256"].initial = sha256

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        decision = cleaned.get("decision")
        if decision == "does_not_agree" and not cleaned.get("outcome"):
            self.add_error("outcome", "Select what you decide instead")
        if decision in ("agrees_with_comments", "does_not_agree") and not cleaned.get("comments"):
            words = "Enter your comments" if decision == "agrees_with_comments" else "Enter your reasons"
            self.add_error("comments", words)
        return cleaned


class SubmitReport(forms.Form):
    """The sending that was done by secure e-mail, as it is recorded."""

    subjects = {"sent_at": "when it was sent"}

    recipient = forms.EmailField(label="Sent to", error_messages={"required": "Enter where it was sent to"})
    sent_at = forms.DateTimeField(label="When was it sent?", latest="now")
    late_reason = forms.CharField(
        label="If it was late, why", rows=4, max_length=10_000, required=False, help_text="Needed after either date."
    )


class RecordReply(RecordForm):
    class Meta:
        model = PanelReply
        fields = ["reply", "replied_on", "text"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reply"].required = True
        self.fields["reply"].error_messages["required"] = "Select what the National Panel replied"
        self.fields["replied_on"].latest = "today"
        self.fields["replied_on"].error_messages["required"] = "Enter the date of the reply"
