"""Every e-mail this app sends: who gets it, what it says. A reference and a link, never a word of the case."""

from django.urls import reverse

from access.can import business_team
from casework.notices import tell
from referrals import queries


def approval_needed(referral, *, on, due):
    """To the senior manager: a referral waits for your approval."""
    path = reverse("approve", args=[referral.reference])
    tell(
        "referrals.approval_needed",
        record=referral,
        to=referral.approver,
        subject="a referral waits for your approval",
        path=path,
        on=on,
        due=due,
    )


def returned(referral, *, on):
    """To the referrer: the approver returned the referral with a comment."""
    tell(
        "referrals.returned",
        record=referral,
        to=queries.referrer_of(referral, moment=on),
        subject="the referral was returned to you",
        path=referral.get_absolute_url(),
        on=on,
    )


def received(referral, *, on, due):
    """To the business team: a referral was received. To the referrer: we have it."""
    tell(
        "referrals.received",
        record=referral,
        to=business_team(referral.case, moment=on),
        subject="a referral was received",
        path=reverse("screen", args=[referral.reference]),
        on=on,
        due=due,
    )
    # A referrer without an account is told at the address the form holds.
    referrer = referral.referrer_email if referral.keyed_in else queries.referrer_of(referral, moment=on)
    if referrer:
        tell(
            "referrals.acknowledged",
            record=referral,
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
    tell(
        "referrals.question_asked",
        record=referral,
        to=queries.referrer_of(referral, moment=on),
        subject="more information is needed",
        path=reverse("answer", args=[referral.reference]),
        on=on,
        needed_by=needed_by,
    )


def question_answered(referral, *, on):
    """To the business team: the referrer has answered."""
    tell(
        "referrals.question_answered",
        record=referral,
        to=business_team(referral.case, moment=on),
        subject="the questions about the referral were answered",
        path=referral.get_absolute_url(),
        on=on,
    )


def panel_asked(referral, member, *, on, due):
    """To a Virtual Panel member or alternate: your view is needed."""
    tell(
        "referrals.panel_asked",
        record=referral,
        to=member,
        subject="your view is needed",
        path=reverse("give-view", args=[referral.reference]),
        on=on,
        due=due,
    )


def panel_decided(referral, *, on):
    """To the business team: the Virtual Panel's quorum agreed, and the referrer is to be told."""
    tell(
        "referrals.panel_decided",
        record=referral,
        to=business_team(referral.case, moment=on),
        subject="the Virtual Panel has decided",
        path=referral.get_absolute_url(),
        on=on,
    )


def notification_withdrawn(referral, *, on):
    """To the business team: the local authority withdrew the notification; a rapid review is to be ended."""
    tell(
        "referrals.notification_withdrawn",
        record=referral,
        to=business_team(referral.case, moment=on),
        subject="the serious incident notification was withdrawn",
        path=referral.get_absolute_url(),
        on=on,
    )


def ended(referral, *, on):
    """To the referrer: the referral went no further in this form; the page says how."""
    referrer = referral.referrer_email if referral.keyed_in else queries.referrer_of(referral, moment=on)
    if referrer:
        tell(
            "referrals.ended",
            record=referral,
            to=referrer,
            subject="an outcome of the referral is recorded",
            path=referral.get_absolute_url(),
            on=on,
            keyed_in=referral.keyed_in,
        )


def joined(referral, *, on):
    """To the first referrer: another referral about the same incident was added to the case."""
    if not referral.keyed_in:
        tell(
            "referrals.joined",
            record=referral,
            to=queries.referrer_of(referral, moment=on),
            subject="another referral was added to the case",
            path=referral.get_absolute_url(),
            on=on,
        )
