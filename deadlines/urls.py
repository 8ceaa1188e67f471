from django.urls import path

from deadlines import views

urlpatterns = [
    path("", views.your_work, name="your-work"),
    path("deadlines/<int:pk>/why/", views.why_this_date, name="why-this-date"),
]
