from django.urls import path

from casework import board_pages, date_pages, email_pages, feed_pages, sight_pages, trail_pages, views

urlpatterns = [
    path("cases/<str:reference>/access/", sight_pages.WhoSees.as_view(), name="case-access"),
    path("cases/<str:reference>/looks/", trail_pages.WhoLooked.as_view(), name="who-looked"),
    path("cases/<str:reference>/changes/", trail_pages.WhoChangedWhat.as_view(), name="who-changed-what"),
    path("cases/<str:reference>/emails/", email_pages.Emails.as_view(), name="emails"),
    path("cases/<str:reference>/restrict/", sight_pages.RestrictCase.as_view(), name="restrict-case"),
    path("cases/<str:reference>/lift/", sight_pages.LiftRestriction.as_view(), name="lift-restriction"),
    path("cases/<str:reference>/holder/", sight_pages.AddHolder.as_view(), name="add-holder"),
    path("cases/<str:reference>/keep-out/", sight_pages.KeepOut.as_view(), name="keep-out"),
    path("cases/<str:reference>/let-in/", sight_pages.LetBackIn.as_view(), name="let-back-in"),
    path("cases/<str:reference>/named/", sight_pages.PeopleNamed.as_view(), name="people-named"),
    path(
        "cases/<str:reference>/named/<int:match>/not-the-same/",
        sight_pages.NotTheSamePerson.as_view(),
        name="not-the-same-person",
    ),
    path("emergency-access/", sight_pages.emergency_access, name="emergency-access"),
    path("emails/<int:pk>/", email_pages.SeeToUndelivered.as_view(), name="undelivered-email"),
    path("board/", board_pages.DeadlineBoard.as_view(), name="deadline-board"),
    path("board/in-time/", board_pages.InTime.as_view(), name="in-time"),
    path("calendar/", feed_pages.CalendarFeed.as_view(), name="calendar-feed"),
    path("calendar/new/", feed_pages.MakeAddress.as_view(), name="make-calendar-address"),
    path("calendar/end/", feed_pages.EndAddress.as_view(), name="end-calendar-address"),
    path("calendar/<str:token>.ics", feed_pages.calendar, name="calendar"),
    path("deadlines/<int:pk>/extend/", date_pages.Extend.as_view(), name="extend"),
    path("deadlines/<int:pk>/pause/", date_pages.Pause.as_view(), name="pause"),
    path("deadlines/<int:pk>/resume/", date_pages.Resume.as_view(), name="resume"),
    path("deadlines/<int:pk>/delay/", date_pages.RecordDelay.as_view(), name="record-delay"),
    path("cases/<str:reference>/timeline/", views.Timeline.as_view(), name="timeline"),
]
