"""Every address of the hub."""

from django.conf import settings
from django.urls import include, path

from config.health import health

urlpatterns = [
    path("health/", health, name="health"),
    path("accounts/", include("partnership.urls")),
]
if settings.SHOW_ONE_TIME_CODES:
    urlpatterns.append(path("demo/mail/", include("config.mail")))
