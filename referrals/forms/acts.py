"""The forms of what is done to a referral: the answers are the arguments of the workflow function."""

from casework import files
from casework.forms import RecordForm
from design import forms
from partnership import codes
from partnership.models import Membership, User
from partnership.roles import Role
from referrals.models import Referral


class Confirm(forms.Form):
    """Nothing is asked: the button says it all."""


class Reason(forms.Form):
    reason = forms.CharField(label="Reason", rows=4, max_length=5000, error_messages={"required": "Enter the reason"})


class Submit(forms.Form):
    """Who approves: a senior manager of the referrer's agency, or the referrer being that manager."""

    I_AM = "me"

    approves = forms.ChoiceField(
        label="Who approves the referral?",
        help_text="Your agency’s senior manager approves it. Approval is the moment the partnership receives it.",
        error_messages={"required": "Select who approves the referral"},
    )

    def __init__(self, *args, referral, user, today, **kwargs):
        super().__init__(*args, **kwargs)
        if referral.keyed_in:
            del self.fields["approves"]
            return
        approvers = Membership.objects.in_force(today).filter(agency=referral.agency, role=Role.APPROVER)
        people = User.objects.filter(is_active=True, pk__in=approvers.values("user")).exclude(pk=user.pk)
        self.people = {str(person.pk): person for person in people.order_by("full_name")}
        self.fields["approves"].choices = [
            *((pk, f"{person.full_name}, {person.job_title}".rstrip(", ")) for pk, person in self.people.items()),
            (self.I_AM, "I am the senior manager"),
        ]

    def arguments(self):
        """This will return what `workflow.submit` takes."""
        chosen = self.cleaned_data.get("approves")
        return {"approver": self.people.get(chosen), "senior_manager": chosen == self.I_AM} if chosen else {}


class KeyIn(forms.Form):
    """A referral that came by e-mail, letter or telephone: when it came, how, and the original."""

    received_at = forms.DateTimeField(
        label="When did it reach the partnership?",
        help_text="The moment it reached the mailbox, the building or the telephone. Day 0 counts from it.",
        latest="now",
    )
    channel = forms.ChoiceField(
        label="How did it come?",
        choices=[choice for choice in codes.choices("channel") if choice[0] != "service"],
        error_messages={"required": "Select how it came"},
    )
    original = forms.FileField(
        label="The original",
        required=False,
        help_text="PDF, DOCX, EML, MSG, PNG or JPEG, up to 50MB. A telephone call may have none.",
        validators=[files.check],
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["original"].widget.attrs["accept"] = files.ACCEPT


class AttachFile(forms.Form):
    file = forms.FileField(
        label="File",
        help_text="PDF, DOCX, EML, MSG, PNG or JPEG, up to 50MB.",
        validators=[files.check],
        error_messages={"required": "Select a file", "empty": "The selected file is empty"},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = files.ACCEPT


class Screen(RecordForm):
    class Meta:
        model = Referral
        fields = [
            "child_reference",
            "complete",
            "in_our_area",
            "la_aware_at",
            "already_notified",
            "duplicates_checked",
            "screening_notes",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["la_aware_at"].latest = "now"
        for name, message in {
            "complete": "Select whether the referral is complete",
            "in_our_area": "Select whether the incident happened in our area",
            "already_notified": "Select whether the local authority has already notified",
        }.items():
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = message


class Ask(forms.Form):
    question = forms.CharField(
        label="What do you need to know?",
        rows=5,
        max_length=10_000,
        error_messages={"required": "Enter what you need to know"},
    )
    needed_by = forms.DateField(label="By when", required=False, earliest="today")


class Answer(forms.Form):
    answer = forms.CharField(
        label="Your answer", rows=8, max_length=50_000, error_messages={"required": "Enter your answer"}
    )


class TellPartners(forms.Form):
    told = forms.CharField(
        label="Who was told, when and how",
        rows=4,
        max_length=10_000,
        help_text="The three safeguarding partners, and each other area concerned.",
        error_messages={"required": "Enter who was told, when and how"},
    )


class Correct(forms.Form):
    about = forms.CharField(
        label="Which answer is corrected?",
        max_length=200,
        error_messages={"required": "Enter which answer is corrected"},
    )
    text = forms.CharField(
        label="What is right, and how it is known",
        rows=4,
        max_length=10_000,
        error_messages={"required": "Enter what is right"},
    )


class SendToPanel(forms.Form):
    rationale = forms.CharField(
        label="Rationale, and what the Virtual Panel should look at",
        rows=5,
        max_length=10_000,
        error_messages={"required": "Enter the rationale"},
    )


class Attach(forms.Form):
    """An additional referral about the same incident: to which earlier one it belongs."""

    first = forms.CharField(
        label="Reference of the first referral",
        width=20,
        max_length=30,
        help_text="For example RF-2026-014",
        error_messages={"required": "Enter the reference of the first referral"},
    )
    rationale = forms.CharField(
        label="Why it is the same incident",
        rows=4,
        max_length=10_000,
        error_messages={"required": "Enter why it is the same incident"},
    )

    def __init__(self, *args, others, **kwargs):
        super().__init__(*args, **kwargs)
        self.others = others

    def clean_first(self):
        """The referral of that reference, among those the person may see: any other does not exist for them."""
        found = self.others.filter(reference=self.cleaned_data["first"].strip().upper()).first()
        if found is None:
            raise forms.ValidationError("There is no other referral with this reference")
        return found


class PassOn(forms.Form):
    passed_to = forms.CharField(
        label="Which partnership was it passed to?",
        max_length=200,
        error_messages={"required": "Enter which partnership it was passed to"},
    )
    passed_at = forms.DateTimeField(label="When was it passed on?", latest="now")
    rationale = forms.CharField(
        label="Why", rows=4, max_length=10_000, error_messages={"required": "Enter why it was passed on"}
    )
