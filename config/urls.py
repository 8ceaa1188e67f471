"""Every address of the hub."""

from django.conf import settings
from django.urls import include, path

from config.about import PAGES, about
from config.health import health

urlpatterns = [
    path("health/", health, name="health"),
    *(path(f"{name}/", about, {"page": name}, name=name) for name in PAGES),
    path("accounts/", include("partnership.urls")),
    path("", include("deadlines.urls")),
    path("", include("casework.urls")),
    path("people/", include("appointments.urls")),
    path("referrals/", include("referrals.urls")),
    path("rapid-reviews/", include("rapid_reviews.urls")),
]
if settings.SHOW_ONE_TIME_CODES:
    urlpatterns += [
        path("demo/mail/", include("config.mail")),
        path("design/", include("design.urls")),
    ]
