"""The hub's addresses and the page of every component, which otherwise only the demo routes."""

from django.urls import include, path

from config.urls import urlpatterns as hub

urlpatterns = [*hub, path("design/", include("design.urls"))]
