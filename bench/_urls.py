"""The hub's addresses, and one that renders the HTML of a page of it that was captured: nothing is asked of anybody."""

from contextlib import contextmanager
from unittest import mock

from django.shortcuts import render
from django.urls import path

from config.urls import *  # noqa: F403
from config.urls import urlpatterns as ours
from design import lists

captured = {}


@contextmanager
def capturing():
    def keep(request, template, context, **options):
        captured["page"] = template, context
        return render(request, template, context, **options)

    with mock.patch.object(lists, "render", keep):
        yield


def same_html(request):
    template, context = captured["page"]
    return render(request, template, context)


urlpatterns = [*ours, path("same-html/", same_html, name="same-html")]
