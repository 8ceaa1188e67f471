"""Every e-mail this app sends: who gets it, what it says. A reference and a link, never a word of the case."""

from django.template.loader import render_to_string
from django.urls import reverse

from access.can import people_with
from notifications import outbox
from partnership.roles import BUSINESS_TEAM


def _send(kind, *, referral, to, subject, path, on, again="", **context):
    body = render_to_string(
        f"emails/referrals/{kind}.txt", {"reference": referral.reference, "link": outbox.link(path), **context}
    )
    recipient = getattr(to, "pk", to)
    outbox.queue(
        kind=f"referrals.{kind}",
        to=to,
        subject=f"{referral.reference}: {subject}",
        body=body,
        dedupe_key=f"{kind}:{referral.reference}:{recipient}:{again or on.isoformat()}",
        on=on,
        reference=referral.reference,
        case=referral.case,
    )


def business_team(referral, *, on):
    """This will return the people of the business team who may see this case."""
    people = people_with(referral.case, BUSINESS_TEAM[0], moment=on)
    return (people | people_with(referral.case, BUSINESS_TEAM[1], moment=on)).distinct()


def approval_needed(referral, *, on, due):
    """To the senior manager: a referral waits for your approval."""
    path = reverse("approve", args=[referral.reference])
    _send(
        "approval_needed",
        referral=referral,
        to=referral.approver,
        subject="a referral waits for your approval",
        path=path,
        on=on,
        due=due,
    )


def returned(referral, *, on):
    """To the referrer: the approver returned the referral with a comment."""
    _send(
        "returned",
        referral=referral,
        to=referral.opened_by,
        subject="the referral was returned to you",
        path=referral.get_absolute_url(),
        on=on,
    )


def received(referral, *, on):
    """To the business team: a referral was received. To the referrer: we have it."""
    for person in business_team(referral, on=on):
        _send(
            "received",
            referral=referral,
            to=person,
            subject="a referral was received",
            path=reverse("screen", args=[referral.reference]),
            on=on,
        )
    # A referrer without an account is told at the address the form holds.
    referrer = referral.opened_by if not referral.keyed_in else referral.referrer_email
    if referrer:
        _send(
            "acknowledged",
            referral=referral,
            to=referrer,
            subject="the referral has been received",
            path=referral.get_absolute_url(),
            on=on,
            keyed_in=referral.keyed_in,
        )


def question_asked(referral, *, on, needed_by):
    """To the referrer: the business unit needs more information."""
    if referral.keyed_in:
        return  # asked by the business unit itself, by the channel the referral came through
    _send(
        "question_asked",
        referral=referral,
        to=referral.opened_by,
        subject="more information is needed",
        path=reverse("answer", args=[referral.reference]),
        on=on,
        needed_by=needed_by,
    )


def question_answered(referral, *, on):
    """To the business team: the referrer has answered."""
    for person in business_team(referral, on=on):
        _send(
            "question_answered",
            referral=referral,
            to=person,
            subject="the questions about the referral were answered",
            path=referral.get_absolute_url(),
            on=on,
        )


def panel_asked(referral, member, *, on, due):
    """To a Virtual Panel member or alternate: your view is needed."""
    _send(
        "panel_asked",
        referral=referral,
        to=member,
        subject="your view is needed",
        path=reverse("give-view", args=[referral.reference]),
        on=on,
        due=due,
    )


def panel_decided(referral, *, on):
    """To the business team: the Virtual Panel's quorum agreed, and the referrer is to be told."""
    for person in business_team(referral, on=on):
        _send(
            "panel_decided",
            referral=referral,
            to=person,
            subject="the Virtual Panel has decided",
            path=referral.get_absolute_url(),
            on=on,
        )


def ended(referral, *, on):
    """To the referrer: the referral went no further in this form; the page says how."""
    referrer = referral.opened_by if not referral.keyed_in else referral.referrer_email
    if referrer:
        _send(
            "ended",
            referral=referral,
            to=referrer,
            subject="an outcome of the referral is recorded",
            path=referral.get_absolute_url(),
            on=on,
            keyed_in=referral.keyed_in,
        )


def joined(referral, *, on):
    """To the first referrer: another referral about the same incident was added to the case."""
    if not referral.keyed_in:
        _send(
            "joined",
            referral=referral,
            to=referral.opened_by,
            subject="another referral was added to the case",
            path=referral.get_absolute_url(),
            on=on,
        )
