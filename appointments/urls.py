from django.urls import path

from appointments import cover_pages, register_pages, views

urlpatterns = [
    path("", views.People.as_view(), name="people"),
    path("invite/", views.Invite.as_view(), name="invite"),
    path("roles/", views.Roles.as_view(), name="roles"),
    path("appointments/", register_pages.Appointments.as_view(), name="appointments"),
    path("appointments/enter/", register_pages.EnterAppointment.as_view(), name="enter-appointment"),
    path("appointments/<int:appointment>/end/", register_pages.EndAppointment.as_view(), name="end-appointment"),
    path("cover/", cover_pages.Cover.as_view(), name="cover"),
    path("cover/name/", cover_pages.NameCover.as_view(), name="name-cover"),
    path("cover/<int:appointment>/end/", cover_pages.EndCover.as_view(), name="end-cover"),
    path("<int:pk>/", views.Person.as_view(), name="person"),
    path("<int:pk>/invite-again/", views.InviteAgain.as_view(), name="invite-again"),
    path("<int:pk>/roles/", views.GiveRole.as_view(), name="give-role"),
    path("<int:pk>/roles/<int:membership>/end/", views.EndRole.as_view(), name="end-role"),
    path("<int:pk>/leave/", views.Leave.as_view(), name="leave"),
    path("<int:pk>/stop/", views.StopSignIn.as_view(), name="stop-sign-in"),
    path("<int:pk>/let/", views.LetSignIn.as_view(), name="let-sign-in"),
]
