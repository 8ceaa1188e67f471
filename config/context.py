"""What every page knows: whose hub it is, and the ways through it that this person has."""

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from access.can import can
from access.models import Access, kept_out
from config.about import PAGES
from partnership.models import Partnership
from partnership.permissions import Permission
from partnership.roles import roles_granting

SEES_REVIEWS = set(roles_granting(Permission.VIEW_RAPID_REVIEW))
HAS_SUMMARIES = {*roles_granting(Permission.WRITE_SECTION), *roles_granting(Permission.APPROVE_SUMMARY)}


def house(request):
    """This will give templates the partnership (read only if shown), the footer and a signed-in person's navigation."""
    return {
        "partnership": SimpleLazyObject(lambda: Partnership.objects.first()),
        "navigation": navigation(request) if getattr(request, "user", None) and request.user.is_authenticated else [],
        "footer_links": [(title, reverse(name)) for name, title in PAGES.items()],
        "shortcuts": SimpleLazyObject(lambda: shortcuts(request)),
    }


def shortcuts(request):
    """This will list what a person may begin from "Your work": (what, address); read only where it is shown."""
    now, user = timezone.now(), request.user
    ways = []
    if can(user, Permission.OPEN_REFERRAL, moment=now):
        ways.append(("Refer a serious incident", reverse("open-referral")))
    if can(user, Permission.MANAGE_PEOPLE, moment=now):
        ways.append(("People", reverse("people")))
    if can(user, Permission.EMERGENCY_ACCESS, moment=now):
        ways.append(("Emergency access to a case", reverse("emergency-access")))
    ways.append(("Cover while you are away", reverse("cover")))
    ways.append(("Timescales and bank holidays", reverse("timescales")))
    ways.append(("Due dates in your own calendar", reverse("calendar-feed")))
    return ways


def navigation(request):
    """This will list the ways through the hub: (label, address, is it where we are). The last three only for their own.

    Rapid reviews: for the business team, and for who has sight of a case that lets them see one. Summaries: for who
    writes or approves one. Deadlines: for the business team and managers.
    """
    user, now = request.user, timezone.now()
    ways = [("Your work", reverse("your-work")), ("Referrals", reverse("referrals"))]
    if runs_reviews := can(user, Permission.VIEW_RAPID_REVIEW, moment=now):
        held = set()
    else:
        rows = Access.objects.of(user, now).in_force(now).filter(~kept_out(user, moment=now))
        held = set(rows.values_list("role", flat=True))
    if runs_reviews or not held.isdisjoint(SEES_REVIEWS):
        ways.append(("Rapid reviews", reverse("rapid-reviews")))
    if not held.isdisjoint(HAS_SUMMARIES):
        ways.append(("Summaries", reverse("agency-summaries")))
    if can(user, Permission.VIEW_BOARD, moment=now):
        ways.append(("Deadlines", reverse("deadline-board")))
    here = [url for _, url in ways if request.path == url or (url != "/" and request.path.startswith(url))]
    current = max(here, key=len, default="")
    return [(label, url, url == current) for label, url in ways]
