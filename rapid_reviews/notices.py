"""Every e-mail of a rapid review: a reference, what is needed, by when, one link."""

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from access.can import people_with
from notifications import outbox
from partnership.roles import BUSINESS_TEAM
from rapid_reviews import queries


def _send(kind, *, record, to, subject, path, on, **context):
    body = render_to_string(
        f"emails/rapid_reviews/{kind}.txt", {"reference": record.reference, "link": outbox.link(path), **context}
    )
    outbox.queue(
        kind=f"rapid_reviews.{kind}",
        to=to,
        subject=f"{record.reference}: {subject}",
        body=body,
        dedupe_key=f"{kind}:{record.reference}:{getattr(to, 'pk', to)}:{on.isoformat()}",
        on=on,
        reference=record.reference,
        case=record.case,
    )


def business_team(record, *, on):
    """This will return the people of the business team who may see this case."""
    managers, coordinators = (people_with(record.case, role, moment=on) for role in BUSINESS_TEAM)
    return (managers | coordinators).distinct()


def chair_appointed(review, *, on):
    """To the chair: you are appointed; declare that you have no conflict."""
    path = reverse("declare-no-conflict", args=[review.reference])
    _send("chair_appointed", record=review, to=review.chair, subject="you are appointed chair", path=path, on=on)


def summary_asked(summary, *, on, due):
    """To each safeguarding lead of the agency: your single agency summary is asked for."""
    for lead in queries.leads_of(summary.agency, day=timezone.localdate(on)):
        _send(
            "summary_asked",
            record=summary,
            to=lead,
            subject="a single agency summary is asked for",
            path=summary.get_absolute_url(),
            on=on,
            due=due,
        )


def invited(user, *, record, on):
    """To a person added with their agency: you have an account, and how to set it up."""
    path = reverse("account_reset_password")
    _send("invited", record=record, to=user, subject="you are invited to the hub", path=path, on=on)


def approval_asked(summary, *, on):
    """To the approver: a summary waits for you."""
    path = reverse("approve-summary", args=[summary.reference])
    _send(
        "approval_asked",
        record=summary,
        to=summary.approver,
        subject="a summary waits for your approval",
        path=path,
        on=on,
    )


def returned_to_author(summary, *, on):
    """To the author: the approver returned the summary."""
    path = summary.get_absolute_url()
    _send(
        "returned_to_author",
        record=summary,
        to=summary.author,
        subject="the summary was returned to you",
        path=path,
        on=on,
    )


def approval_waived(summary, *, on):
    """To the agency's leads: the summary may be returned without a second person."""
    for lead in queries.leads_of(summary.agency, day=timezone.localdate(on)):
        path = reverse("send-for-approval", args=[summary.reference])
        _send("approval_waived", record=summary, to=lead, subject="no second person is needed", path=path, on=on)


def summary_returned(summary, *, on):
    """To the business team: a summary, or a nil return, has come."""
    for person in business_team(summary, on=on):
        path = summary.get_absolute_url()
        _send("summary_returned", record=summary, to=person, subject="a summary was returned", path=path, on=on)


def sent_back(summary, *, on, due):
    """To the agency's leads: the summary was sent back with a comment."""
    for lead in queries.leads_of(summary.agency, day=timezone.localdate(on)):
        path = summary.get_absolute_url()
        _send("sent_back", record=summary, to=lead, subject="the summary was sent back", path=path, on=on, due=due)


def chronology_shared(review, *, on):
    """To the chair: the combined chronology is there to read."""
    path = reverse("chronology", args=[review.reference])
    _send("chronology_shared", record=review, to=review.chair, subject="the chronology is ready", path=path, on=on)


def pack_issued(review, members, *, on):
    """To each named member of the rapid review panel: the pack is there to read."""
    for member in members:
        path = reverse("pack", args=[review.reference])
        _send(
            "pack_issued",
            record=review,
            to=member,
            subject="the pack is ready",
            path=path,
            on=on,
            meeting=review.meeting_at,
        )


def meeting_planned(review, *, on):
    """To each member of the rapid review panel: the meeting was moved."""
    for member in review.members.filter(until_at=None).select_related("user").order_by("pk"):
        _send(
            "meeting_planned",
            record=review,
            to=member.user,
            subject="the meeting has moved",
            path=review.get_absolute_url(),
            on=on,
            meeting=review.meeting_at,
        )


def draft_issued(review, member, *, on, due):
    """To each panel member: the draft report is there; agree it or comment."""
    path = reverse("comment", args=[review.reference])
    _send("draft_issued", record=review, to=member, subject="the draft report is ready", path=path, on=on, due=due)


def signature_asked(review, signatory, *, on, due):
    """To each delegated partner and deputy: your decision is needed."""
    path = reverse("sign-off", args=[review.reference])
    _send("signature_asked", record=review, to=signatory, subject="your decision is needed", path=path, on=on, due=due)


def signature_voided(review, signatory, *, on):
    """To a partner who had signed: the report was edited, the signature no longer stands."""
    path = review.get_absolute_url()
    _send("signature_voided", record=review, to=signatory, subject="your signature was voided", path=path, on=on)


def partners_decided(review, *, on):
    """To the business team: the partners' quorum has decided; the report can be sent."""
    for person in business_team(review, on=on):
        path = reverse("submit-report", args=[review.reference])
        _send("partners_decided", record=review, to=person, subject="the partners have decided", path=path, on=on)
