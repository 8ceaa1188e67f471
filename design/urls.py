"""The page of every component; routed only where nothing is real (the demo and the tests)."""

from django.urls import path

from design import views

urlpatterns = [
    path("", views.components, name="components"),
    path("<slug:name>/", views.example, name="example"),
]
