from django.urls import path

from appointments import views

urlpatterns = [
    path("", views.People.as_view(), name="people"),
    path("invite/", views.Invite.as_view(), name="invite"),
    path("roles/", views.Roles.as_view(), name="roles"),
    path("<int:pk>/", views.Person.as_view(), name="person"),
    path("<int:pk>/invite-again/", views.InviteAgain.as_view(), name="invite-again"),
    path("<int:pk>/roles/", views.GiveRole.as_view(), name="give-role"),
    path("<int:pk>/roles/<int:membership>/end/", views.EndRole.as_view(), name="end-role"),
    path("<int:pk>/stop/", views.StopSignIn.as_view(), name="stop-sign-in"),
    path("<int:pk>/let/", views.LetSignIn.as_view(), name="let-sign-in"),
]
