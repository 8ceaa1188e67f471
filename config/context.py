"""What every page knows: whose hub it is, and the ways through it that this person has."""

from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from partnership.models import Partnership


def house(request):
    """This will give templates the partnership (read only if shown) and a signed-in person's navigation."""
    return {
        "partnership": SimpleLazyObject(lambda: Partnership.objects.first()),
        "navigation": navigation(request) if getattr(request, "user", None) and request.user.is_authenticated else [],
    }


def navigation(request):
    ways = [("Your work", reverse("your-work")), ("Referrals", reverse("referrals"))]
    return [(label, url, request.path == url or (url != "/" and request.path.startswith(url))) for label, url in ways]
