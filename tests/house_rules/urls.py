"""Every address of the hub, those of the demo included. Refusals are bare: only their status is looked at."""

from django.http import HttpResponseForbidden, HttpResponseNotFound
from django.urls import URLPattern, get_resolver, include, path

from config.urls import urlpatterns as hub

urlpatterns = [*hub]
if not any(getattr(each.pattern, "_route", "") == "demo/mail/" for each in hub):
    urlpatterns += [
        path("demo/mail/", include("config.mail")),
        path("design/", include("design.urls")),
    ]


def handler403(request, exception):
    return HttpResponseForbidden()


def handler404(request, exception):
    return HttpResponseNotFound()


def every_route():
    """This will return {URL name: view} of every address there is."""
    found = {}

    def walk(patterns):
        for each in patterns:
            if isinstance(each, URLPattern):
                assert each.name, f"{each.pattern} has no name"
                found[each.name] = each.callback
            else:
                walk(each.url_patterns)

    walk(get_resolver(__name__).url_patterns)
    return found
