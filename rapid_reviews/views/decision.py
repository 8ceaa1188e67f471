"""The partners sign; the report is sent; the National Panel replies; the review closes; its PDF is read."""

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.views import View

from access.can import can, get_visible_or_404, log_reading
from casework import documents
from casework.views import FormPage, FreshFactor, TransitionView
from casework.workflow import CannotProceed
from partnership.models import Partnership
from rapid_reviews import workflow
from rapid_reviews.forms import Reason
from rapid_reviews.forms.decision import RecordReply as ReplyForm
from rapid_reviews.forms.decision import SignOff as SignOffForm
from rapid_reviews.forms.decision import SubmitReport as SubmitForm
from rapid_reviews.models import RapidReview
from rapid_reviews.views.report import ReportAct, ReportPage, signing


class SignOff(FreshFactor, ReportPage, FormPage):
    """The frozen version exactly as it is signed, and the partner's decision on it."""

    transition = workflow.sign_off
    template_name = "rapid_reviews/sign_off.html"

    def appointment(self):
        """By what the person may sign now, and why not, where they may not."""
        try:
            return workflow.appointment_to_sign(self.record, self.request.user, on=self.now), ""
        except CannotProceed as refused:
            return None, str(refused)

    def get_form(self, data=None, files=None):
        return SignOffForm(data, recommended=self.record.recommendation.outcome, sha256=self.version.sha256)

    def get_context_data(self, **context):
        appointment, refused = self.appointment()
        if context["form"].is_bound:  # the page shows the newest version, whatever the one sent was opened on
            context["form"].data = context["form"].data.copy()
            context["form"].data["sha256"] = self.version.sha256
        return super().get_context_data(
            content=self.content(),
            version=self.version,
            appointment=appointment,
            capacity=workflow.capacity_of(appointment) if appointment else "",
            refused=refused,
            signing=signing(self.record),
            **context,
        )

    def act(self, form):
        appointment, _ = self.appointment()
        record = self.transition(
            self.record,
            by=self.request.user,
            on=self.now,
            acting_for=appointment.for_user if appointment else None,
            **form.cleaned_data,
        )
        self.say("Your decision and signature were recorded")
        return reverse("report", args=[record.reference]) + "#decision"


class MakePdfAgain(ReportAct):
    """After a PDF could not be made: a worker tries once more."""

    transition = workflow.make_pdf_again
    template_name = "rapid_reviews/make_pdf_again.html"
    done = "The PDF is being made again"


class SubmitReport(ReportAct):
    """What was sent to the National Panel by secure e-mail: recorded here, with the exact file."""

    transition = workflow.submit_report
    template_name = "rapid_reviews/submit_report.html"
    done = "It is recorded that the report was sent to the National Panel"

    def get_form(self, data=None, files=None):
        return SubmitForm(data, initial={"recipient": Partnership.load().national_panel_email})

    def get_context_data(self, **context):
        made = workflow.documents_of(self.record)
        return super().get_context_data(
            document=made[0] if made else None,
            makes_pdf=True,
            signing=signing(self.record),
            deadlines=workflow.report_deadlines(self.record),
            **context,
        )


class RecordReply(ReportAct):
    transition = workflow.record_reply
    form_class = ReplyForm
    template_name = "rapid_reviews/record_reply.html"
    done = "The National Panel’s reply was recorded"


class EndReview(TransitionView):
    """Its notification was withdrawn: the review ends, and the case goes back to the Virtual Panel."""

    model = RapidReview
    transition = workflow.end_review
    form_class = Reason
    template_name = "rapid_reviews/end_review.html"
    done = "The rapid review was ended; the Virtual Panel is asked again"


class CloseReview(ReportAct):
    transition = workflow.close_review
    form_class = Reason
    template_name = "rapid_reviews/close_review.html"
    done = "The rapid review was closed"


class Document(View):
    """The PDF of a signed version, to whoever may read the report; each reading is logged."""

    def get(self, request, reference, key):
        now = timezone.now()
        record = get_visible_or_404(RapidReview.objects.all(), request, reference)
        document = documents.of(record, workflow.REPORT).filter(key=key).exclude(rendered_at=None).first()
        allowed = can(request.user, documents.KINDS[workflow.REPORT].permission, record, moment=now)
        what = f"document {key.hex[:8]}"
        case = record.case.reference
        log_reading(request, reference=reference, case=case, allowed=bool(document and allowed), on=now, what=what)
        if document is None or not allowed:
            raise Http404
        return documents.serve(document)
