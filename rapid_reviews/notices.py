"""Every e-mail of a rapid review: a reference, what is needed, by when, one link."""

from django.urls import reverse
from django.utils import timezone

from access.can import business_team, people_with
from access.models import Exclusion
from casework.notices import tell
from partnership.roles import CaseRole, Role
from rapid_reviews import queries
from rapid_reviews.models import RapidReview


def chair_appointed(review, *, on):
    """To the chair: you are appointed; declare that you have no conflict."""
    path = reverse("declare-no-conflict", args=[review.reference])
    tell(
        "rapid_reviews.chair_appointed",
        record=review,
        to=review.chair,
        subject="you are appointed chair",
        path=path,
        on=on,
    )


def summary_asked(summary, *, on, due):
    """To each safeguarding lead of the agency: your single agency summary is asked for."""
    tell(
        "rapid_reviews.summary_asked",
        record=summary,
        to=queries.leads_of(summary.agency, day=timezone.localdate(on)),
        subject="a single agency summary is asked for",
        path=summary.get_absolute_url(),
        on=on,
        due=due,
    )


def family_added(summary, *, on):
    """To the leads of an agency that is still writing: somebody was added to the family; search for them too."""
    tell(
        "rapid_reviews.family_added",
        record=summary,
        to=queries.leads_of(summary.agency, day=timezone.localdate(on)),
        subject="the family’s details have changed",
        path=summary.get_absolute_url(),
        on=on,
    )


def section_given(given, *, on, due):
    """To whom a section of the agency's summary was given: it is theirs to write."""
    summary = given.summary
    tell(
        "rapid_reviews.section_given",
        record=summary,
        to=given.person,
        subject="a section waits for you",
        path=summary.get_absolute_url(),
        on=on,
        due=due,
    )


def approval_asked(summary, *, on, due):
    """To the approver: a summary waits for you."""
    path = reverse("approve-summary", args=[summary.reference])
    tell(
        "rapid_reviews.approval_asked",
        record=summary,
        to=summary.approver,
        subject="a summary waits for your approval",
        path=path,
        on=on,
        due=due,
    )


def returned_to_author(summary, *, on, due):
    """To the author: the approver returned the summary."""
    path = summary.get_absolute_url()
    tell(
        "rapid_reviews.returned_to_author",
        record=summary,
        to=summary.author,
        subject="the summary was returned to you",
        path=path,
        on=on,
        due=due,
    )


def approval_waived(summary, *, on):
    """To the agency's leads: the summary may be returned without a second person."""
    path = reverse("send-for-approval", args=[summary.reference])
    tell(
        "rapid_reviews.approval_waived",
        record=summary,
        to=queries.leads_of(summary.agency, day=timezone.localdate(on)),
        subject="no second person is needed",
        path=path,
        on=on,
    )


def summary_returned(summary, *, on):
    """To the business team: a summary, or a nil return, has come."""
    path = summary.get_absolute_url()
    tell(
        "rapid_reviews.summary_returned",
        record=summary,
        to=business_team(summary.case, moment=on),
        subject="a summary was returned",
        path=path,
        on=on,
    )


def agency_chased(summary, *, to, on, due):
    """To the agency's leads: the summary is waited for."""
    tell(
        "rapid_reviews.agency_chased",
        record=summary,
        to=to,
        subject="the single agency summary is waited for",
        path=summary.get_absolute_url(),
        on=on,
        due=due,
    )


def went_without(summary, *, on):
    """To the agency's leads: the rapid review goes on without their summary."""
    tell(
        "rapid_reviews.went_without",
        record=summary,
        to=queries.leads_of(summary.agency, day=timezone.localdate(on)),
        subject="the rapid review goes on without the summary",
        path=summary.get_absolute_url(),
        on=on,
    )


def sent_back(summary, *, on, due):
    """To the agency's leads: the summary was sent back with a comment."""
    path = summary.get_absolute_url()
    tell(
        "rapid_reviews.sent_back",
        record=summary,
        to=queries.leads_of(summary.agency, day=timezone.localdate(on)),
        subject="the summary was sent back",
        path=path,
        on=on,
        due=due,
    )


def disclosure_restricted(summary, *, by, on):
    """To the business manager and the agency's leads: something in the summary is withheld from now on."""
    tell(
        "rapid_reviews.disclosure_restricted",
        record=summary,
        to=_who_restricts(summary, by=by, on=on),
        subject="a passage is withheld",
        path=reverse("not-shared", args=[summary.reference]),
        on=on,
    )


def disclosure_lifted(summary, *, by, on):
    """To the same: something in the summary is no longer withheld."""
    tell(
        "rapid_reviews.disclosure_lifted",
        record=summary,
        to=_who_restricts(summary, by=by, on=on),
        subject="a passage is no longer withheld",
        path=reverse("not-shared", args=[summary.reference]),
        on=on,
    )


def _who_restricts(summary, *, by, on):
    """Who marks what is not to be shared in a summary, but whoever just did."""
    told = set(people_with(summary.case, Role.BUSINESS_MANAGER, moment=on))
    if summary.review.status not in RapidReview.OVER:
        kept_out = Exclusion.objects.in_force(on).filter(case=summary.case).values_list("user", flat=True)
        leads = queries.leads_of(summary.agency, day=timezone.localdate(on))
        told |= {lead for lead in leads if lead.pk not in set(kept_out)}
    return sorted(told - {by}, key=lambda one: one.pk)


def chronology_shared(review, *, on):
    """To the chair: the combined chronology is there to read."""
    path = reverse("chronology", args=[review.reference])
    tell(
        "rapid_reviews.chronology_shared",
        record=review,
        to=review.chair,
        subject="the chronology is ready",
        path=path,
        on=on,
    )


def pack_issued(review, members, *, on):
    """To each named member of the rapid review panel: the pack is there to read."""
    path = reverse("pack", args=[review.reference])
    tell(
        "rapid_reviews.pack_issued",
        record=review,
        to=members,
        subject="the pack is ready",
        path=path,
        on=on,
        meeting=review.meeting_at,
    )


def late_paper(summary, *, on):
    """To each member of the rapid review panel: a summary came after the pack, and belongs to it now."""
    tell(
        "rapid_reviews.late_paper",
        record=summary.review,
        to=_members(summary.review),
        subject="a late paper was added to the pack",
        path=reverse("pack", args=[summary.review.reference]),
        on=on,
    )


def meeting_planned(review, *, on):
    """To each member of the rapid review panel: the meeting was moved."""
    tell(
        "rapid_reviews.meeting_planned",
        record=review,
        to=_members(review),
        subject="the meeting has moved",
        path=review.get_absolute_url(),
        on=on,
        meeting=review.meeting_at,
    )


def draft_issued(review, member, *, on, due):
    """To each panel member: the draft report is there; agree it or comment."""
    path = reverse("comment", args=[review.reference])
    tell(
        "rapid_reviews.draft_issued",
        record=review,
        to=member,
        subject="the draft report is ready",
        path=path,
        on=on,
        due=due,
    )


def signature_asked(review, signatory, *, on, due):
    """To each delegated partner and deputy: your decision is needed."""
    path = reverse("sign-off", args=[review.reference])
    tell(
        "rapid_reviews.signature_asked",
        record=review,
        to=signatory,
        subject="your decision is needed",
        path=path,
        on=on,
        due=due,
    )


def signature_voided(review, signatory, *, on):
    """To a partner who had signed: the report was edited, the signature no longer stands."""
    path = review.get_absolute_url()
    tell(
        "rapid_reviews.signature_voided",
        record=review,
        to=signatory,
        subject="your signature was voided",
        path=path,
        on=on,
    )


def partners_decided(review, *, on):
    """To the business team: the partners' quorum has decided; the report can be sent."""
    path = reverse("submit-report", args=[review.reference])
    tell(
        "rapid_reviews.partners_decided",
        record=review,
        to=business_team(review.case, moment=on),
        subject="the partners have decided",
        path=path,
        on=on,
    )


def review_ended(review, *, on):
    """To everybody who takes part: the review has ended, nothing more is needed. Told before their sight of it ends."""
    told = {review.chair} if review.chair else set()
    told |= set(_members(review))
    for role in (CaseRole.ASKED_AGENCY, CaseRole.SECTION_WRITER, CaseRole.SUMMARY_APPROVER, CaseRole.SIGNATORY):
        told |= set(people_with(review.case, role, moment=on))
    tell(
        "rapid_reviews.review_ended",
        record=review,
        to=sorted(told, key=lambda one: one.pk),
        subject="the rapid review has ended",
        path=reverse("your-work"),
        on=on,
    )


def _members(review):
    """The members of the rapid review panel, as it stands."""
    return [member.user for member in review.members.filter(until_at=None).select_related("user").order_by("pk")]
