"""The calendar and the timescales: for everybody to read, for who keeps them to change."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from access.can import can
from casework import calendar_forms as forms
from casework import calendar_keeping
from casework.views import Act, Page
from deadlines import queries, rules, words
from deadlines.models import BankHoliday, ClosureDay, RuleOverride
from design.lists import Column, Listing
from partnership.permissions import Permission as P
from partnership.roles import CaseRole, Role

ROLES = dict([*Role.choices, *CaseRole.choices])
STATES = {"in_force": {"withdrawn_on": None}, "withdrawn": {"withdrawn_on__isnull": False}}


class CalendarPage(Page):
    """A list that everybody may read."""

    def listing(self, name, nouns, columns, *, change, label, **more):
        """The list of days, each with the way to take it out, where the reader may."""
        if self.keeps:
            columns = [
                *columns,
                Column(
                    "Change",
                    lambda row: "" if row.withdrawn_on else f"{label} {words.day_words(row.day)}",
                    url=lambda row: reverse(change, args=[row.pk]),
                ),
            ]
        return Listing(
            name=name,
            nouns=nouns,
            columns=columns,
            filters=forms.DayFilters,
            filter_by={
                "year": lambda rows, year: rows,  # the page has narrowed them: without a year it begins with this one
                "state": lambda rows, state: rows.filter(**STATES[state]),
            },
            order="day",
            formats=(),
            **more,
        )

    @property
    def keeps(self):
        return can(self.request.user, P.KEEP_CALENDAR, moment=self.now)

    def days(self, model):
        """The days of the year asked for; otherwise from this year on."""
        year = self.request.GET.get("year", "")
        if year in forms.YEARS:
            return model.objects.filter(day__year=year)
        return model.objects.filter(day__year__gte=self.day.year)


DAY = Column("Day", lambda row: words.day_words(row.day), sort="day", kind="date")
STATE = Column(
    "State", lambda row: f"Taken out on {words.day_words(row.withdrawn_on)}" if row.withdrawn_on else "Counts"
)


class BankHolidays(CalendarPage):
    """The bank holidays of England and Wales as they count here."""

    def get(self, request):
        columns = [
            DAY,
            Column("Name", "name"),
            Column("Known", lambda row: "Expected by the rule, not announced yet" if row.expected else "Announced"),
            Column("From the list of", "listed_on", kind="date"),
            STATE,
        ]
        nouns = ("bank holiday", "bank holidays")
        listing = self.listing("bank-holidays", nouns, columns, change="withdraw-bank-holiday", label="Take out")
        context = {"keeps": self.keeps, "list_date": queries.list_date(), "calendar": queries.working_days()}
        return listing.respond(request, self.days(BankHoliday), "deadlines/bank_holidays.html", context=context)


class ClosureDays(CalendarPage):
    """The days on which the partnership is closed: skipped by local timescales alone."""

    def get(self, request):
        columns = [DAY, Column("Name", "name"), STATE]
        nouns = ("closure day", "closure days")
        listing = self.listing("closure-days", nouns, columns, change="withdraw-closure-day", label="Take out")
        rows = self.days(ClosureDay)
        return listing.respond(request, rows, "deadlines/closure_days.html", context={"keeps": self.keeps})


class Timescales(CalendarPage):
    """Every timescale there is: its length as it counts for a case opened today, its basis, and who has to do it."""

    def get(self, request):
        groups = [
            ("National timescales", "Nobody here can change them.", self.rows(national=True)),
            ("Local timescales", "The partnership can set lengths of its own.", self.rows(national=False)),
        ]
        return render(request, "deadlines/timescales.html", {"groups": groups, "keeps": self.keeps})

    def rows(self, *, national):
        own = queries.own_lengths(self.day)
        found = []
        for rule in rules.RULES.values():
            if rule.national == national:
                counts = queries.with_own_length(rule, own.get(rule.code))
                change = reverse("set-length", args=[rule.code]) if self.keeps and can_be_set(rule) else ""
                found.append((rule, counts, ROLES.get(rule.responsible, "Whoever it waits for"), change))
        return found


def can_be_set(rule):
    return not rule.national and rule.number is not None and not rule.starts_in


class KeeperAct(Act):
    """One thing done to the calendar, by who keeps it."""

    def find(self):
        if not can(self.request.user, P.KEEP_CALENDAR, moment=self.now):
            raise PermissionDenied
        self.fetch()

    def fetch(self):
        """Fetch what it is done to."""

    def done_to(self, moved):
        """As for every act; `moved` is how many dates it moved, or nothing where it can move none."""
        if moved is not None:
            dates = "1 date moved" if moved == 1 else f"{moved} dates moved"
            self.done = f"{self.done}. {dates if moved else 'No date moved'}"
        return super().done_to(moved)


class AddBankHoliday(KeeperAct):
    form_class = forms.AddDay
    title = "Enter a bank holiday"
    explained = (
        "A day proclaimed for England and Wales. Every open date that it touches moves at once, national ones too; "
        "what is done stays. Whoever a moved date waits for is told at 8am on the next working day."
    )
    button = "Enter the bank holiday"
    done = "The bank holiday was entered"

    def do(self, **answers):
        return calendar_keeping.add_bank_holiday(**answers, **self.who_and_when())

    def back(self):
        return reverse("bank-holidays"), "Bank holidays"


class WithdrawBankHoliday(KeeperAct):
    form_class = forms.Withdraw
    title = "Take out a bank holiday"
    explained = "It was moved, or entered in error. Every open date that it touched moves back."
    button = "Take it out"
    done = "The bank holiday was taken out"

    def fetch(self):
        self.row = get_object_or_404(BankHoliday, pk=self.kwargs["pk"])

    def check_open(self):
        calendar_keeping.check_counts(self.row)

    def caption(self):
        return f"{words.day_words(self.row.day)}, {self.row.name}"

    def do(self, **answers):
        return calendar_keeping.withdraw_bank_holiday(self.row, **answers, **self.who_and_when())

    def back(self):
        return reverse("bank-holidays"), "Bank holidays"


class AddClosureDay(KeeperAct):
    form_class = forms.AddDay
    title = "Enter a closure day"
    explained = (
        "A day the partnership does not work that is no bank holiday. Local dates skip it, open ones too; national "
        "ones do not. Where that takes a local date past the national one, “why this date?” warns of it."
    )
    button = "Enter the closure day"
    done = "The closure day was entered"

    def do(self, **answers):
        return calendar_keeping.add_closure_day(**answers, **self.who_and_when())

    def back(self):
        return reverse("closure-days"), "Closure days"


class WithdrawClosureDay(KeeperAct):
    form_class = forms.Withdraw
    title = "Take out a closure day"
    explained = "Every open local date that it touched moves back."
    button = "Take it out"
    done = "The closure day was taken out"

    def fetch(self):
        self.row = get_object_or_404(ClosureDay, pk=self.kwargs["pk"])

    def check_open(self):
        calendar_keeping.check_counts(self.row)

    def caption(self):
        return f"{words.day_words(self.row.day)}, {self.row.name}"

    def do(self, **answers):
        return calendar_keeping.withdraw_closure_day(self.row, **answers, **self.who_and_when())

    def back(self):
        return reverse("closure-days"), "Closure days"


class SetLength(KeeperAct):
    title = "Set a length of your own"
    button = "Set the length"
    done = "The length was set"

    def fetch(self):
        self.rule = rules.RULES.get(self.kwargs["code"])
        if self.rule is None or not can_be_set(self.rule):
            raise Http404
        self.counts = queries.rule_in_force(self.rule, self.day)

    @property
    def explained(self):
        return f"It is counted in {forms.unit_of(self.rule)}. For a case opened today it is: {self.counts.milestone}."

    def caption(self):
        return self.rule.label

    def get_form(self, data=None, files=None):
        initial = {"number": self.counts.number, "by_time": self.counts.by_time}
        return forms.OwnLength(data, initial=initial)

    def get_context_data(self, **context):
        before = [
            (
                row,
                queries.with_own_length(self.rule, row).milestone,
                row.in_force_from > self.day,
            )
            for row in RuleOverride.objects.filter(rule=self.rule.code).order_by("-in_force_from")
        ]
        return super().get_context_data(before=before, **context)

    template_name = "deadlines/set_length.html"

    def do(self, **answers):
        calendar_keeping.set_length(self.rule, **answers, **self.who_and_when())

    def back(self):
        return reverse("timescales"), "Timescales"


class WithdrawLength(KeeperAct):
    form_class = forms.TakeBack
    title = "Take back a length of your own"
    button = "Take it back"
    done = "The length was taken back"

    def fetch(self):
        self.row = get_object_or_404(RuleOverride, pk=self.kwargs["pk"], rule__in=rules.RULES)
        self.rule = rules.RULES[self.row.rule]

    def check_open(self):
        calendar_keeping.check_not_in_force(self.row, on=self.now)

    @property
    def explained(self):
        length = queries.with_own_length(self.rule, self.row).milestone
        return f"It would be {length}, for cases opened from {words.day_words(self.row.in_force_from)}."

    def caption(self):
        return self.rule.label

    def do(self, **answers):
        calendar_keeping.withdraw_length(self.row, **answers, **self.who_and_when())

    def back(self):
        return reverse("set-length", args=[self.rule.code]), "Set a length of your own"
