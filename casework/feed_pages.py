"""A person's own calendar address: the page where it is made and ended, and the calendar behind it."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework.views import Act, FreshFactor, Page
from deadlines import feed
from design import forms
from design.forms import say_moment


class CalendarFeed(Page):
    """The address a person has, and what it is for."""

    template_name = "deadlines/calendar_feed.html"

    def get(self, request):
        current = feed.of(request.user)
        return self.render(
            address=feed.address(current) if current else "", since=say_moment(current.made_at) if current else ""
        )


class FeedAct(FreshFactor, Act):
    """One thing done to one's own calendar address: it lets others read one's due dates, so a fresh factor is asked."""

    form_class = forms.Form

    def back(self):
        return reverse("calendar-feed"), "Calendar address"


class MakeAddress(FeedAct):
    title = "Make a calendar address"
    explained = (
        "Whoever knows the address can read your due dates and meetings: references, and what is needed, no names. "
        "An address you made before stops working."
    )
    button = "Make the address"
    done = "The calendar address was made"

    def do(self):
        return feed.make(self.request.user, on=self.now)


class EndAddress(FeedAct):
    title = "End the calendar address"
    explained = "Calendars that subscribed to it get nothing more. What they have copied stays with them."
    button = "End the address"
    done = "The calendar address has ended"

    def do(self):
        return feed.revoke(self.request.user, on=self.now)


@login_not_required
@require_safe
def calendar(request, token):
    """This will send the calendar of whoever made this address; any other address is not there."""
    found = feed.find(token)
    if found is None:
        raise Http404
    made = feed.calendar(found.user, moment=timezone.now())
    response = HttpResponse(made, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="due-dates.ics"'
    return response
