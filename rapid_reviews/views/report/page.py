"""The report as the PDF will show it, and what the acts on it share."""

import json

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from casework.views import RecordView, TransitionView
from partnership.models import Partner
from partnership.permissions import Permission as P
from rapid_reviews import queries, workflow
from rapid_reviews.forms import Confirm
from rapid_reviews.forms.report import (
    ANALYSIS,
)
from rapid_reviews.models import SECTIONS, RapidReview
from rapid_reviews.workflow import EDITABLE, SIGNED

Status = RapidReview.Status


BUTTONS = (
    ("issue-draft", "Issue the draft to the rapid review panel", ""),
    ("comment", "Agree the draft or comment on it", ""),
    ("close-comments", "Close the round of comments", ""),
    ("lock-for-signature", "Lock for signature", ""),
    ("sign-off", "Decide and sign", ""),
    ("submit-report", "Record that it was sent", ""),
    ("record-reply", "Record the National Panel’s reply", ""),
    ("close-review", "Close the review", "secondary"),
)
"""What can be done with the report, in the order of its buttons; the workflow says which are there."""


def buttons(review, available):
    """This will return (words, address, kind) of what this person can do with the report as it stands.

    One button stands out: what comes next. A draft that was commented on may be issued again, but is locked next.
    """
    found = []
    for name, words, kind in BUTTONS:
        if name in available:
            again = name == "issue-draft" and review.comments_closed_at
            later = name == "lock-for-signature" and not review.comments_closed_at
            kind = "secondary" if again or later else kind
            found.append((words, reverse(name, args=[review.reference]), kind))
    return found


class ReportPage(RecordView):
    """What the pages that show the report share: who may read it, and its content as it counts."""

    model = RapidReview

    def check_readable(self):
        if not (self.may(P.READ_PACK) or self.may(P.EDIT_REPORT)):
            raise Http404

    @cached_property
    def version(self):
        """The frozen version that is signed, decided or sent; None while the report is written."""
        written = (Status.GATHERING, Status.PACK_ISSUED, Status.DRAFTING, Status.WITH_MEMBERS)
        return None if self.record.status in written else workflow.version_to_sign(self.record)

    def content(self):
        if self.version:
            return json.loads(self.version.content)
        return queries.content(self.record, queries.anybody(self.now))


class Report(ReportPage):
    """The report as a page: every section with its sources, the signatures, and what can be done now."""

    template_name = "rapid_reviews/report.html"

    def get_context_data(self, **context):
        self.check_readable()
        record = self.record
        begun = record.status not in (Status.GATHERING, Status.PACK_ISSUED)
        done = queries.done_already(record, self.request.user, day=timezone.localdate(self.now))
        context |= {"begun": begun, "actions": buttons(record, context["available"] - done)}
        if not begun:
            return super().get_context_data(**context)
        content = self.content()
        edits = self.may(P.EDIT_REPORT) and record.status in EDITABLE
        comments = comments_by_section(record)
        for part in content["parts"]:
            for section in part["sections"]:
                section["edit"] = ways_to_edit(record, section["number"]) if edits else []
                section["rows"] = analysis_rows(record) if edits and section["number"] == "2.2e" else []
                section["comments"] = comments.pop(section["number"], [])
        return super().get_context_data(
            content=content,
            version=self.version,
            comments=[comment for found in comments.values() for comment in found],
            signing=signing(record),
            edits=edits,
            will_void=voided_by_an_edit(record) if edits else None,
            has_comments=record.draft_issued_at is not None,
            meeting=queries.meeting_of(record),
            document=next(iter(workflow.documents_of(record)), None),
            makes_pdf="make-pdf-again" in context["available"],
            submission=getattr(record, "submission", None),
            replies=record.replies.select_related("recorded_by").order_by("replied_on", "pk"),
            deadlines=workflow.report_deadlines(record),
            **context,
        )


def ways_to_edit(review, number):
    """This will return the links by which a section is edited, as [(words, address)]."""
    reference = review.reference
    before_signature = review.status in workflow.fill_in_meeting.sources
    if number in SECTIONS:
        return [("Edit", reverse("edit-section", args=[reference, number]))]
    if number == "1.1c":
        return [("Enter deprivation deciles", reverse("edit-deciles", args=[reference]))]
    if number == "2.2e":
        return [
            ("Add an area of concern", reverse("add-analysis", args=[reference, "concern"])),
            ("Add a key practice episode", reverse("add-analysis", args=[reference, "episode"])),
        ]
    if number in ("2.4c", "2.4d", "2.4e", "2.4f"):
        return [("Edit", reverse("edit-recommendation", args=[reference]))]
    pages = {"1.1a": "people", "2.3a": "actions", "2.4b": "views"}
    if number in pages and before_signature:
        return [("Change in the meeting’s record", reverse("fill-in-meeting", args=[reference, pages[number]]))]
    return []


def analysis_rows(review):
    """This will list the rows of the analysis with the ways to change each or take it off."""
    found = []
    for kind in ANALYSIS.values():
        for number, row in enumerate(getattr(review, kind.related).order_by("pk"), 1):
            args = [review.reference, kind.slug, row.pk]
            title = f"{kind.singular.capitalize()} {number}"
            found.append((title, reverse("edit-analysis", args=args), reverse("remove-analysis", args=args)))
    return found


def comments_by_section(review):
    """This will return the comments on the newest draft, by section."""
    found = {}
    for _, comments in queries.replies_of_members(review):
        for comment in comments:
            if not comment.agrees:
                found.setdefault(comment.section, []).append(
                    {"by": comment.said_by, "at": comment.given_at, "text": comment.text}
                )
    return found


def signing(review):
    """This will say of each partner who signed what and when, or that nobody has."""
    signed = {row.partner: row for row in queries.signatures_in_force(review)}
    voided = review.sign_offs.exclude(voided_at=None).select_related("signed_by", "voided_by").order_by("-voided_at")
    return {
        "asked": review.status in (*SIGNED, Status.SUBMITTED, Status.CLOSED),
        "partners": [
            (partner.label, workflow.signature_in_words(signed[partner]) if partner in signed else None)
            for partner in Partner
        ],
        "count": len(signed),
        "all_differ": len(signed) == len(Partner) and not review.decided_outcome,
        "voided": list(voided),
    }


def voided_by_an_edit(review):
    """This will name whose signatures an edit would void; None where the report is not locked."""
    if review.status not in SIGNED:
        return None
    return [f"{row.signed_by} ({row.get_partner_display()})" for row in queries.signatures_in_force(review)]


class ReportAct(TransitionView):
    """One thing done with the report; leads back to it."""

    model = RapidReview
    form_class = Confirm

    def get_success_url(self, record):
        return reverse("report", args=[record.reference])


def gaps_with_links(review, signatories=None, day=None):
    """This will return what stands between the report and its signatures, as (where it is put right, message)."""
    if signatories is None:
        gaps = queries.gaps_of_report(review)
    else:
        gaps = workflow.gaps_before_lock(review, signatories, day)
    return [(where_put_right(review, page), message) for page, message in gaps]


def where_put_right(review, page):
    reference = review.reference
    if page == "sin":
        return reverse("virtual-panel", args=[review.referral.reference])
    if page == "comments":
        return reverse("issue-draft" if review.draft_issued_at is None else "comments", args=[reference])
    ways = ways_to_edit(review, page)
    return ways[0][1] if ways else ""
