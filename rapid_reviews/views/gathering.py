"""The list of rapid reviews, a review's own page, and what is done to it while it gathers."""

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.views import View

from casework import named
from casework.views import FreshFactor, RecordView, TransitionView, answer_list
from casework.workflow import WrongState
from deadlines.queries import day_counts, timescales, working_days
from partnership.models import Partner, Partnership
from partnership.permissions import Permission as P
from rapid_reviews import forms, listings, queries, workflow
from rapid_reviews.models import RapidReview
from referrals.models import Referral

Status = RapidReview.Status


class RapidReviews(View):
    """The rapid reviews a person may see, the one due first on top."""

    def get(self, request):
        now = timezone.now()
        listing = listings.reviews(now=now, calendar=working_days())
        rows = queries.reviews_for(request.user, moment=now)
        return answer_list(listing, request, rows, "rapid_reviews/rapid_reviews.html", name="rapid-reviews")


class OpenFromReferral(TransitionView):
    """The Virtual Panel agreed on a rapid review: opened from the referral, by the business team."""

    model = Referral
    transition = workflow.open_from_referral
    form_class = forms.Confirm
    template_name = "rapid_reviews/open_from_referral.html"

    def check_open(self):
        if not self.may(P.RUN_RAPID_REVIEW):
            raise PermissionDenied
        if self.record.status != Referral.Status.RAPID_REVIEW:
            raise WrongState(self.record)

    def act(self, form):
        review = self.transition(by=self.request.user, on=self.now, referral=self.record)
        self.say(f"Rapid review {review.reference} was opened")
        return review.get_absolute_url()


class RapidReviewView(RecordView):
    """A review's page: where it stands, when what is due, who is asked, and what can be done now."""

    model = RapidReview
    template_name = "rapid_reviews/rapid_review.html"

    def get_context_data(self, **context):
        record = self.record
        reads_pack = self.may(P.READ_PACK)
        available = context["available"]
        done = queries.done_already(record, self.request.user, day=timezone.localdate(self.now))
        return super().get_context_data(
            tag=TAGS[record.status],
            comes_next=comes_next(record),
            report=day_counts().filter(reference=record.reference).first(),
            dates=queries.report_dates(record),
            progress=queries.progress(record),
            members=record.members.filter(until_at=None).select_related("user", "agency").order_by("pk"),
            actions=buttons(record, available - done),
            meeting_was=record.meeting_at is not None and record.meeting_at < self.now,
            can={name.replace("-", "_"): True for name in available},
            deadlines=timescales(record.reference),
            reads_pack=reads_pack,
            reads_meeting=reads_meeting(record) or (record.pack_issued_at and self.may(P.EDIT_REPORT)),
            reads_report=reads_meeting(record) and (reads_pack or self.may(P.EDIT_REPORT)),
            reads_referral=self.may(P.VIEW_REFERRAL),
            sees_timeline=self.may(P.VIEW_TIMELINE),
            sees_agencies=self.may(P.RUN_RAPID_REVIEW),
            **context,
        )


TAGS = {
    Status.GATHERING: "progress",
    Status.PACK_ISSUED: "progress",
    Status.DRAFTING: "progress",
    Status.WITH_MEMBERS: "waiting",
    Status.LOCKED: "waiting",
    Status.DECIDED: "attention",
    Status.SUBMITTED: "done",
    Status.CLOSED: "stopped",
    Status.ENDED: "stopped",
}
"""What a status is like, for the colour of its tag."""


def comes_next(record):
    """This will say what the review waits for as it stands: how many have answered, and what follows then."""
    match record.status:
        case Status.GATHERING if record.summaries.exists():
            asked = record.summaries.count()
            back = asked - record.summaries.filter(returned_at=None).count()
            said = f"{back} of {asked} agencies {have(back)} returned their summary."
            return f"{said} Next the pack is issued to the rapid review panel."
        case Status.PACK_ISSUED:
            return "Next the rapid review meeting is held, and its record is written."
        case Status.DRAFTING:
            return "The report is being written. Next the draft is issued to the rapid review panel."
        case Status.WITH_MEMBERS:
            replies = queries.replies_of_members(record)
            given = sum(bool(comments) for _, comments in replies)
            said = f"{given} of {len(replies)} members of the rapid review panel {have(given)} replied to the draft."
            return f"{said} Next the chair closes the round of comments, and the report is locked for signature."
        case Status.LOCKED:
            signed, quorum = len(queries.signatures_in_force(record)), Partnership.load().quorum
            said = f"{signed} of {len(Partner)} statutory partners {have(signed)} signed."
            return f"{said} The report is decided when {quorum} decide the same."
        case Status.DECIDED:
            return (
                "The partners have decided. Next the report is sent to the National Panel, and that is recorded here."
            )
        case Status.SUBMITTED:
            return "The report was sent. The National Panel’s reply is waited for."
    return ""


def have(number):
    return "has" if number == 1 else "have"


def reads_meeting(record):
    """Whether the meeting's record, and with it the report, is there to be read."""
    meeting = getattr(record, "meeting", None)
    return meeting is not None and meeting.recorded_at is not None


BUTTONS = (
    ("declare-no-conflict", "Declare that you have no conflict", ""),
    ("ask-agencies", "Ask agencies", ""),
    ("appoint-chair", "Appoint the chair", ""),
    ("plan", "Set the period and the meeting", ""),
    ("issue-pack", "Issue the pack", ""),
    ("meeting", "Write the record of the meeting", ""),
    ("comment", "Agree the draft or comment on it", ""),
    ("sign-off", "Decide and sign", ""),
    ("submit-report", "Record that the report was sent", ""),
    ("record-reply", "Record the National Panel’s reply", ""),
    ("add-agency", "Add an agency and ask it", "secondary"),
    ("share-chronology", "Share the chronology with the chair", "secondary"),
    ("close-comments", "Close the round of comments", "secondary"),
    ("end-review", "End the rapid review", "warning"),
    ("close-review", "Close the rapid review", "secondary"),
)
"""What can be done, in the order of its buttons; the workflow says which are there."""


def buttons(record, available):
    """This will return (words, address, kind) of what this person can do to the review as it stands.

    One button stands out and is the first: what comes next.
    """
    offered = {*available, "meeting"} if "record-meeting" in available else available
    later = {"plan"} if record.meeting_at else set()
    shown = [(name, words, kind) for name, words, kind in BUTTONS if name in offered]
    following = next((name for name, _, kind in shown if not kind and name not in later), None)
    shown.sort(key=lambda button: button[0] != following)
    return [
        (words, reverse(name, args=[record.reference]), kind or ("" if name == following else "secondary"))
        for name, words, kind in shown
    ]


class ReviewAct(TransitionView):
    model = RapidReview


class AppointChair(ReviewAct):
    transition = workflow.appoint_chair
    form_class = forms.AppointChair
    template_name = "rapid_reviews/appoint_chair.html"
    done = "The chair was appointed, and asked to declare that they have no conflict"

    def get_form_kwargs(self):
        return {"candidates": queries.chair_candidates(self.record, moment=self.now)}

    def get_context_data(self, **context):
        return super().get_context_data(manages=self.may(P.MANAGE_ACCESS), **context)


class DeclareNoConflict(ReviewAct):
    transition = workflow.declare_no_conflict
    form_class = forms.Confirm
    template_name = "rapid_reviews/declare_no_conflict.html"
    done = "Your declaration was recorded"

    def get_context_data(self, **context):
        known = named.conflicts(self.record.case).get(self.request.user.pk, "")
        return super().get_context_data(known=known and named.of_oneself(known), **context)


class Plan(ReviewAct):
    transition = workflow.plan
    form_class = forms.Plan
    template_name = "rapid_reviews/plan.html"
    done = "The plan was saved"

    def get_form(self, data=None, files=None):
        return self.form_class(data, instance=self.record)


class AskAgencies(ReviewAct):
    transition = workflow.ask_agencies
    form_class = forms.AskAgencies
    template_name = "rapid_reviews/ask_agencies.html"
    done = "The agencies were asked, by e-mail to their safeguarding leads"

    def agencies(self):
        """Those proposed, the others, and those that cannot be asked for want of a safeguarding lead."""
        day = timezone.localdate(self.now)
        proposed = list(queries.proposed_agencies(self.record))
        others = [agency for agency in queries.askable_agencies(self.record) if agency not in proposed]
        led = queries.agencies_with_a_lead(day)
        without = [agency for agency in (*proposed, *others) if agency.pk not in led]
        return (
            [agency for agency in proposed if agency.pk in led],
            [agency for agency in others if agency.pk in led],
            without,
        )

    def get_form_kwargs(self):
        proposed, others, self.without_lead = self.agencies()
        return {
            "proposed": proposed,
            "others": others,
            "named": queries.services_named(self.record),
            "late": not queries.is_first_round(self.record, moment=self.now),
        }

    def get_context_data(self, **context):
        return super().get_context_data(
            without_lead=self.without_lead, due=queries.summaries_due(self.record, moment=self.now), **context
        )


class AddAgency(FreshFactor, ReviewAct):
    transition = workflow.add_agency
    form_class = forms.AddAgency
    template_name = "rapid_reviews/add_agency.html"
    done = "The agency was added, its lead invited and asked"

    def get_form_kwargs(self):
        """What the hub knows of an agency that was chosen for want of a safeguarding lead."""
        asked = self.request.GET.get("agency", "")
        agency = queries.askable_agencies(self.record).filter(pk=asked).first() if asked.isdecimal() else None
        if agency is None:
            return {}
        known = ("name", "kind", "escalation_name", "escalation_email")
        return {"initial": {name: getattr(agency, name) for name in known}}


class ShareChronology(ReviewAct):
    transition = workflow.share_chronology
    form_class = forms.Confirm
    template_name = "rapid_reviews/share_chronology.html"
    done = "The chair can read the chronology and the summaries"

    def get_context_data(self, **context):
        return super().get_context_data(progress=queries.progress(self.record), **context)


class IssuePack(ReviewAct):
    transition = workflow.issue_pack
    form_class = forms.IssuePack
    template_name = "rapid_reviews/issue_pack.html"
    done = "The pack was issued to the rapid review panel"

    def get_form_kwargs(self):
        return {
            "candidates": queries.panel_candidates(self.record, moment=self.now),
            "too_near": queries.is_too_near_the_meeting(self.record, moment=self.now),
        }

    def get_context_data(self, **context):
        return super().get_context_data(progress=queries.progress(self.record), **context)
