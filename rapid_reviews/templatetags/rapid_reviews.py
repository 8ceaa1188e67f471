"""What other pages show of a rapid review: the way from a referral to its review, or to opening one."""

from django import template
from django.urls import reverse

from access.can import can
from partnership.permissions import Permission
from rapid_reviews.models import RapidReview
from referrals.models import Referral

register = template.Library()


@register.inclusion_tag("rapid_reviews/of_referral.html", takes_context=True)
def rapid_review_of(context, referral):
    """Link to the rapid review of a referral for who may see it; offer to open one once the Virtual Panel agreed."""
    user, now = context["request"].user, context["now"]
    shown = {"review": None, "open_url": ""}
    if referral.status == Referral.Status.RAPID_REVIEW and can(user, Permission.RUN_RAPID_REVIEW, referral, moment=now):
        shown["open_url"] = reverse("open-from-referral", args=[referral.reference])
    elif referral.status == Referral.Status.REVIEW_OPENED:
        visible = RapidReview.objects.visible_to(user, moment=now)
        shown["review"] = visible.filter(referral=referral).first()
    return shown


A_LONG_WORD = 16
"""Letters; a table of six columns still fits the page with a word of this length in each."""


@register.filter
def has_long_word(words):
    """Whether a word of this cell may have to be broken for its column to fit the page."""
    return any(len(word) > A_LONG_WORD for word in str(words).split())
