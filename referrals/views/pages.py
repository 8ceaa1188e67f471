"""Opening and keying in a referral, the list, a referral's own page and its files."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from access.can import can, get_visible_or_404, log_reading, permissions_on
from casework import details, files, keys
from casework.models import Attachment, Correction
from casework.views import FormPage, OneForm, Page, RecordView, answer_list, last_event
from casework.workflow import WrongState
from deadlines.queries import timescales
from design.forms import say_date, say_moment
from partnership.models import Partnership
from partnership.permissions import Permission as P
from referrals import forms, listings, queries, workflow
from referrals.models import Referral
from referrals.views import answers


class Start(View):
    """What is and is not a serious child safeguarding case, and the button that opens a referral."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.now = timezone.now()

    def dispatch(self, request, *args, **kwargs):
        if not can(request.user, P.OPEN_REFERRAL, moment=self.now):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request):
        context = {
            "partnership": Partnership.load(),
            "form_key": keys.new_key(request.user),
            "may_key_in": can(request.user, P.KEY_IN_REFERRAL, moment=self.now),
        }
        return render(request, "referrals/start.html", context)

    def post(self, request):
        def act():
            referral = workflow.open_referral(by=request.user, on=self.now)
            return referral.get_absolute_url()

        return redirect(keys.once(request, act, on=self.now))


class KeyIn(OneForm, Page):
    """The business unit opens a referral that came by e-mail, letter or telephone."""

    form_class = forms.KeyIn
    template_name = "referrals/key_in_referral.html"

    def dispatch(self, request, *args, **kwargs):
        if not can(request.user, P.KEY_IN_REFERRAL, moment=self.now):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def act(self, form):
        original = form.cleaned_data.pop("original")
        referral = workflow.key_in_referral(by=self.request.user, on=self.now, **form.cleaned_data)
        if original:
            files.store(original, record=referral, by=self.request.user, on=self.now)
        return referral.get_absolute_url()


class Referrals(View):
    """The referrals a person may see; for the business unit also how many wait for an approver."""

    def get(self, request):
        now = timezone.now()
        context = {
            "may_open": can(request.user, P.OPEN_REFERRAL, moment=now),
            "may_key_in": can(request.user, P.KEY_IN_REFERRAL, moment=now),
            "waiting": queries.waiting_for_approval(user=request.user, moment=now)
            if can(request.user, P.SEE_WAITING_REFERRALS, moment=now)
            else [],
            "now": now,
        }
        rows = queries.referrals_for(request.user, moment=now)
        return answer_list(
            listings.REFERRALS, request, rows, "referrals/referrals.html", name="referrals", context=context
        )


class ReferralView(RecordView):
    """A referral's page: the task list while it is filled in, then what it says and what can be done with it."""

    model = Referral
    template_name = "referrals/referral.html"

    def get_context_data(self, **context):
        record = self.record
        sees = self.may(P.SEE_CONFIDENTIAL_ADDRESS)
        context |= {"may_screen": self.may(P.VIEW_SCREENING), "may_see_timeline": self.may(P.VIEW_TIMELINE)}
        if record.is_editable and self.may(P.EDIT_REFERRAL):
            context["tasks"] = tasks(record)
        else:
            context["sections"] = answers.to_read(record, sees_confidential=sees)
            context["glance"] = at_a_glance(record)
        if context["may_screen"] and record.screened_at:
            rows = details.rows(record, forms.Screen.shown_fields(), sees_confidential=sees)
            context["screening"] = [(row.label, row.value) for row in rows]
        if record.status == Referral.Status.RETURNED:
            context["last_comment"] = last_event(record).words
        decision = record.panel_decision
        context["told"] = decision.told if decision else ""
        context["may_see_panel"] = record.is_received and self.may(P.VIEW_PANEL)
        context["actions"] = buttons(record, context["available"] - queries.done_already(record))
        # What the business unit wrote for the Virtual Panel is not for the referrer; how a referral ended is.
        context["shows_rationale"] = context["may_screen"] or context["may_see_panel"] or record.status in ENDED
        context["tag"] = TAGS.get(record.status, "progress")
        context["deadlines"] = timescales(record.reference) if self.may(P.VIEW_TIMELINE) else []
        context["questions"] = record.questions.order_by("asked_at").select_related("asked_by", "answered_by")
        context["corrections"] = Correction.objects.filter(reference=record.reference).order_by("made_at")
        attachments = Attachment.objects.filter(reference=record.reference).order_by("added_at")
        context["files_withheld"] = attachments.exists() and queries.withholds_files(record, self.permissions)
        context["attachments"] = [] if context["files_withheld"] else attachments
        return super().get_context_data(**context)


TAGS = {
    Referral.Status.WITH_APPROVER: "waiting",
    Referral.Status.RETURNED: "attention",
    Referral.Status.RECEIVED: "new",
    Referral.Status.MORE_INFORMATION: "waiting",
    Referral.Status.ADDITIONAL: "stopped",
    Referral.Status.PASSED_ON: "stopped",
    Referral.Status.WITHDRAWN: "stopped",
}
"""What a status is like, for the colour of its tag; the others are on their way."""


ENDED = (Referral.Status.ADDITIONAL, Referral.Status.PASSED_ON, Referral.Status.WITHDRAWN)


def at_a_glance(record):
    """This will return what a reader wants first: which children, when, who referred, who approved, how it came."""
    children = []
    for child in record.children.order_by("pk"):
        born = f"born {say_date(child.date_of_birth)}" if child.date_of_birth else ""
        children.append(", ".join(filter(None, (str(child), born, child.get_nature_display()))))
    referrer = ", ".join(filter(None, (record.referrer_name, record.referrer_organisation)))
    rows = [
        ("Children" if len(children) > 1 else "Child", "\n".join(children)),
        ("Incident", say_date(record.incident_on) if record.incident_on else ""),
        ("Referred by", referrer),
    ]
    if record.approved_by:
        rows.append(("Approved by", f"{record.approved_by}, {say_moment(record.approved_at)}"))
    if record.keyed_in:
        rows.append(("Came by", f"{record.get_channel_display()}, keyed in by {record.opened_by}"))
    return rows


BUTTONS = (
    ("submit", "Check answers and send", ""),
    ("approve", "Read and approve", ""),
    ("return-to-referrer", "Return with a comment", "secondary"),
    ("answer", "Answer the question", ""),
    ("screen", "Screen", ""),
    ("send-to-panel", "Put to the Virtual Panel", ""),
    ("ask", "Ask for more information", "secondary"),
    ("attach", "Attach to an earlier referral", "secondary"),
    ("detach", "Make it a case of its own again", "secondary"),
    ("pass-on", "Passed to another partnership", "secondary"),
    ("give-view", "Give your view", ""),
    ("tell-outcome", "Tell the referrer the outcome", ""),
    ("decide-notification", "Record the decision to notify or not", "secondary"),
    ("record-notification", "Record the serious incident notification as sent", "secondary"),
    ("withdraw-notification", "Record that the serious incident notification was withdrawn", "secondary"),
    ("tell-partners", "Record that the partners were told", "secondary"),
    ("correct", "Add a correction", "secondary"),
    ("withdraw", "Withdraw", "secondary"),
)
"""What can be done, in the order of its buttons; the workflow says which are there."""


def buttons(record, available):
    """This will return (words, address, kind) of what this person can do to the record as it stands."""
    return [(words, reverse(name, args=[record.reference]), kind) for name, words, kind in BUTTONS if name in available]


def tasks(record):
    """This will return the items of the task list: title, address, and one of GOV.UK's statuses."""
    gaps = queries.gaps(record)
    found = []
    for section in forms.SECTIONS:
        missing = [gap for gap in gaps if gap.section == section.slug]
        begun = bool(section.rows and getattr(record, section.rows.related).exists())
        if section.form:
            begun = begun or any(getattr(record, name) not in (None, "", []) for name in section.form.shown_fields())
        status = "Not yet started" if not begun else "In progress" if missing else "Completed"
        url = reverse("fill-in", args=[record.reference, section.slug])
        hint = "Optional" if section.optional else ""
        found.append({"title": section.title, "hint": hint, "url": url, "status": status})
    return found


class Sent(RecordView):
    """The confirmation: the reference, what happens next and when. There is none for what was not sent."""

    model = Referral
    template_name = "referrals/sent.html"

    def get(self, request, *args, **kwargs):
        record = self.record
        never_sent = record.status == Referral.Status.WITHDRAWN and not record.is_received
        return redirect(record) if record.is_editable or never_sent else self.render()


class AttachFile(FormPage):
    """A file added to a referral: the original, or something that came later."""

    model = Referral
    form_class = forms.AttachFile
    template_name = "referrals/attach_file.html"

    def check_open(self):
        if self.may(P.SCREEN_REFERRAL):
            return
        if not self.may(P.EDIT_REFERRAL):
            raise PermissionDenied
        if not self.record.is_editable:
            raise WrongState(self.record)

    def act(self, form):
        files.store(form.cleaned_data["file"], record=self.record, by=self.request.user, on=self.now)
        self.say("The file was added")
        return self.record.get_absolute_url()


class File(View):
    """One stored file, to whoever may read the referral it belongs to, unless it may say a confidential address."""

    def get(self, request, reference, key):
        record = get_visible_or_404(Referral.objects.all(), request, reference)
        now = timezone.now()
        attachment = Attachment.objects.filter(reference=record.reference, key=key).first()
        if attachment is None or queries.withholds_files(record, permissions_on(request.user, record, moment=now)):
            raise Http404
        log_reading(
            request,
            reference=record.reference,
            case=record.case.reference,
            allowed=True,
            on=now,
            what=f"file {attachment.key.hex[:8]}",
        )
        return files.serve(attachment)
