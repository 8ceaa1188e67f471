"""Who may sign the report for a statutory partner, and whose signatures stand."""

from access.models import Exclusion
from casework import named
from partnership.models import Appointment, Partner


def signatories(day):
    """This will return the appointments that may sign for a statutory partner: the delegated and their deputies.

    A deputy may while the one they act for is the delegated partner, and belongs to the partnership.
    """
    return Appointment.objects.signing(day).filter(user__is_active=True).order_by("partner", "pk")


def able_to_sign(review, day):
    """This will return the appointments of those who may sign in this case: nobody named in it, or kept out of it."""
    out = Exclusion.objects.filter(case=review.case_id, until_at=None).values("user")
    return signatories(day).exclude(user__in=named.conflicts(review.case)).exclude(user__in=out)


def free_to_sign(review, user, *, day):
    """This will return the appointments by which a person may sign now: of partners for whom nobody has signed yet.

    Each partner counts once, and so does each person. Who may be named in the case signs for nobody.
    """
    signed = signatures_in_force(review)
    if any(row.signed_by_id == user.pk for row in signed):
        return []
    held = able_to_sign(review, day).filter(user=user).select_related("for_user")
    return list(held.exclude(partner__in=[row.partner for row in signed]))


def signatures_in_force(review):
    """This will return the partners' signatures that no later edit has voided, in the partners' order."""
    order = {partner.value: number for number, partner in enumerate(Partner)}
    signed = review.sign_offs.filter(voided_at=None).select_related("signed_by", "report_version", "appointment")
    return sorted(signed.order_by("pk"), key=lambda sign_off: order[sign_off.partner])
