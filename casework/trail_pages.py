"""Who looked at a case, and who changed what in it: the first things a coroner asks."""

from datetime import datetime, time, timedelta

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone

from access.can import log_reading
from access.models import Case
from casework import changes
from casework.models import CaseRecord
from casework.views import RecordView, ask_for_factor
from casework.workflow import NotAllowed
from design import forms
from design.lists import Column, Listing, as_csv
from partnership import second_factor
from partnership.permissions import Permission as P
from trail.models import Reading


class TrailPage(RecordView):
    """A page of the trail of one case. Taking it away as a file needs a fresh second factor, and is logged."""

    model = Case
    name = ""
    permission = P.READ_TRAIL

    def get(self, request, *args, **kwargs):
        if not self.may(self.permission):
            raise NotAllowed(f"{self.name} of a case needs {self.permission}")
        if "format" in request.GET and not second_factor.has_fresh_factor(request):
            return ask_for_factor(request)
        return self.answer()

    def log_export(self, form_at):
        log_reading(
            self.request,
            reference=self.record.reference,
            case=self.record.reference,
            allowed=True,
            on=self.now,
            what=f"{self.name} as {form_at}",
        )


class Span(forms.Form):
    """Whose doing, and between which days."""

    who = forms.CharField(label="Name, or part of it", required=False, max_length=100, width=20)
    since = forms.DateField(label="From", required=False)
    until = forms.DateField(label="To", required=False)


def begin_of(day):
    return timezone.make_aware(datetime.combine(day, time()))


def day_after(day):
    return day + timedelta(days=1)


class ReadingFilters(Span):
    refused = forms.BooleanField(label="Only looks that were refused", required=False)


READINGS = Listing(
    name="who-looked",
    nouns=("look", "looks"),
    caption="Looks",
    columns=[
        Column("When", "at", sort="at", kind="date"),
        Column("Who", "by.full_name", sort="by__full_name"),
        Column("Record", "reference", sort="reference"),
        Column("What", lambda row: row.what.replace("-", " ").capitalize(), sort="what"),
        Column("Seen", lambda row: "Seen" if row.allowed else "Refused"),
        Column("From address", "address"),
    ],
    filters=ReadingFilters,
    filter_by={
        "who": "by__full_name__icontains",
        "since": lambda rows, day: rows.filter(at__gte=begin_of(day)),
        "until": lambda rows, day: rows.filter(at__lt=begin_of(day_after(day))),
        "refused": lambda rows, chosen: rows.filter(allowed=False) if chosen else rows,
    },
    order="-when",
    formats=("csv",),
)


class WhoLooked(TrailPage):
    """Every look at a page, document or file of a case, and every one that was refused."""

    template_name = "casework/who_looked.html"
    name = "who-looked"

    def answer(self):
        case = self.record
        references = [
            case.reference,
            *(
                reference
                for model in CaseRecord.__subclasses__()
                for reference in model.objects.filter(case=case).values_list("reference", flat=True)
            ),
        ]
        # A refused look knows no case: who looked was told that there is none.
        looks = Reading.objects.filter(Q(case=case.reference) | Q(reference__in=references, allowed=False))
        return READINGS.respond(
            self.request,
            looks.select_related("by"),
            self.template_name,
            context=self.get_context_data(),
            on_export=self.log_export,
        )


class WhoChangedWhat(TrailPage):
    """Every value that was saved in a case, before and after, by whom and when."""

    template_name = "casework/who_changed_what.html"
    name = "who-changed-what"
    PAGE = 25
    AT_ONCE = 500

    def answer(self):
        form = Span(self.request.GET or None)
        asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
        since, until = asked.get("since"), asked.get("until")
        rows = changes.changes_of(
            self.record,
            reader=self.request.user,
            who=asked.get("who", ""),
            since=since and begin_of(since),
            until=until and begin_of(until + timedelta(days=1)),
        )
        if self.request.GET.get("format") == "csv":
            return self.as_file(rows)
        page = Paginator(rows, self.PAGE).get_page(self.request.GET.get("page"))
        query = self.request.GET.copy()
        query.pop("page", None)
        return self.render(form=form, page=page, query=query.urlencode(), changes=self.explained(page.object_list))

    def explained(self, rows):
        return changes.explained(list(rows), sees_confidential=self.may(P.SEE_CONFIDENTIAL_ADDRESS))

    def as_file(self, rows):
        self.log_export("csv")
        count = rows.count()
        table = (
            (change.at, change.who, change.of, change.what, *value)
            for start in range(0, count, self.AT_ONCE)
            for change in self.explained(rows[start : start + self.AT_ONCE])
            for value in change.values or [("", "", "")]
        )
        head = ["When", "Who", "Record", "What was done", "Answer", "Before", "After"]
        response = HttpResponse(as_csv(head, table), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{self.name}.csv"'
        response["X-Content-Type-Options"] = "nosniff"
        return response
