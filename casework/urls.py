from django.urls import path

from casework import views

urlpatterns = [
    path("cases/<str:reference>/timeline/", views.Timeline.as_view(), name="timeline"),
]
