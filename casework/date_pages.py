"""The pages on which a date of a case is moved, or its delay recorded: reached from "why this date?"."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from access.can import can, log_reading
from casework import date_forms, dates
from casework.printout_pages import AskForPrintout
from casework.views import Act
from casework.workflow import CannotProceed
from deadlines import words
from deadlines.models import Deadline
from partnership.permissions import Permission as P


class DateAct(Act):
    """One thing done to a date, by who may move the dates of its case. `way` is one of `Deadline.ways`."""

    way = ""

    def find(self):
        user, pk = self.request.user, self.kwargs["pk"]
        rows = Deadline.objects.visible_to(user, moment=self.now).exclude(case=None)
        self.deadline = rows.filter(pk=pk).select_related("case").first()
        if self.deadline is None:
            log_reading(self.request, reference=f"deadline {pk}", case="", allowed=False, on=self.now)
            raise Http404
        if not can(user, P.MOVE_DATES, self.deadline.case, moment=self.now):
            raise PermissionDenied

    def check_open(self):
        if self.way not in self.deadline.ways:
            raise CannotProceed("This cannot be done to the date as it stands now. Nothing was changed.")

    def caption(self):
        return f"{self.deadline.label}, {self.deadline.reference}"

    @property
    def explained(self):
        return f"{self.said} It is due {words.moment_words(self.deadline.due_at)}."

    def back(self):
        return self.deadline.get_absolute_url(), "Why this date?"

    def do(self, **answers):
        return self.function(self.deadline, **answers, **self.who_and_when())


class PrintDate(AskForPrintout):
    """A PDF of "why this date?", for whoever may see the date."""

    kind = "why-this-date"
    title = "Why this date, as a PDF"

    def find(self):
        pk = self.kwargs["pk"]
        rows = Deadline.objects.visible_to(self.request.user, moment=self.now)
        self.deadline = deadline = rows.filter(pk=pk).select_related("case").first()
        log_reading(
            self.request,
            reference=deadline.reference if deadline else f"deadline {pk}",
            case=deadline.case.reference if deadline and deadline.case else "",
            allowed=deadline is not None,
            on=self.now,
        )
        if deadline is None:
            raise Http404

    def caption(self):
        return f"{self.deadline.label}, {self.deadline.reference}"

    def about(self):
        deadline = self.deadline
        return {"query": str(deadline.pk), "reference": deadline.reference, "case": deadline.case}

    def back(self):
        return self.deadline.get_absolute_url(), "Why this date?"


class Extend(DateAct):
    way = "extend"
    form_class = date_forms.Extend
    function = staticmethod(dates.extend)
    title = "Extend a date"
    said = "The date it had, the reason and who agreed stay with it."
    button = "Extend it"
    done = "The date was extended"


class Pause(DateAct):
    way = "pause"
    form_class = date_forms.Agreed
    function = staticmethod(dates.pause)
    title = "Pause a timescale"
    said = "Nobody is reminded until it is resumed. Then the date is later by the days it stood still."
    button = "Pause it"
    done = "The timescale stands still"


class Resume(DateAct):
    way = "resume"
    form_class = date_forms.Why
    function = staticmethod(dates.resume)
    title = "Resume a timescale"
    said = "It goes on from today, and its date is later by the days it stood still."
    button = "Resume it"
    done = "The timescale goes on"


class RecordDelay(DateAct):
    way = "record-delay"
    form_class = date_forms.RecordDelay
    function = staticmethod(dates.record_delay)
    title = "Record a delay"
    said = "A national date cannot be moved or paused. Why it is not kept, and what is done about it, stands beside it."
    button = "Record the delay"
    done = "The delay was recorded"
