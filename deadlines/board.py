"""The deadline board: every open timescale a manager may know of, counted, filtered and sorted; and what was in time.

No case content: the references, the stage, what the rule asks for and who has it. Whoever may read the timeline of a
case reads the work's own words too.
"""

from collections import defaultdict
from datetime import time, timedelta
from functools import partial
from typing import NamedTuple

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Prefetch,
    Q,
    TextChoices,
)
from django.db.models.functions import TruncMonth
from django.urls import reverse

from access.models import Case as CaseOfWork
from access.models import cases_open_to, reached
from deadlines import queries, rules, words
from deadlines.models import RUNS_UNTIL, Deadline
from design import forms
from design.lists import Column, Listing
from partnership.models import Agency, Membership, User
from partnership.permissions import Permission
from partnership.roles import CaseRole, Role

SOON = 5
"""Working days."""
MIDNIGHT = time()
ROLES = dict([*Role.choices, *CaseRole.choices])


class State(TextChoices):
    OVERDUE = "overdue", "Overdue"
    TODAY = "today", "Due today"
    SOON = "soon", f"Due in {SOON} working days"
    LATER = "later", "Due later"
    PAUSED = "paused", "Paused"
    NO_DATE = "no_date", "No date set"


def _in_sight(user, *, moment):
    """Deadlines of the cases that the board shows this person: not the restricted ones they do not hold."""
    # Asked of the cases once, not of each of their deadlines.
    cases = cases_open_to(user, Permission.VIEW_BOARD, moment=moment).order_by().values("pk")
    return Deadline.objects.filter(Q(case=None) | Q(case__in=cases))


def rows(user, *, moment):
    """This will return what is open, with `runs_until` (its due moment unless it stands still) and `reads`.

    `reads`: whether the person may read the timeline of the case.
    """
    on_the_case = reached(user, Permission.VIEW_TIMELINE, moment=moment)
    found = _in_sight(user, moment=moment).open().select_related("case", "agency", "user")
    found = found.prefetch_related(Prefetch("case__deadlines", queries.day_counts(), to_attr="report_deadlines"))
    return found.annotate(
        runs_until=RUNS_UNTIL,
        reads=ExpressionWrapper(on_the_case, output_field=BooleanField()),
    )


def states(*, moment, working_days):
    """This will return the condition of each state: of every open deadline exactly one holds."""
    today = rules.london_day(moment)
    day_ends = rules.at(today + timedelta(days=1), MIDNIGHT)
    soon_ends = rules.at(working_days.add(today, SOON) + timedelta(days=1), MIDNIGHT)
    runs = Q(paused_at=None)
    return {
        State.OVERDUE: runs & Q(due_at__lt=moment),
        State.TODAY: runs & Q(due_at__gte=moment, due_at__lt=day_ends),
        State.SOON: runs & Q(due_at__gte=day_ends, due_at__lt=soon_ends),
        State.LATER: runs & Q(due_at__gte=soon_ends),
        State.PAUSED: Q(paused_at__isnull=False),
        State.NO_DATE: Q(due_at=None),
    }


class BoardFilters(forms.Form):
    state = forms.ChoiceField(
        label="When", required=False, choices=State.choices, widget=forms.Select(empty_label="Any time")
    )
    stage = forms.ChoiceField(
        label="Stage of the case",
        required=False,
        choices=[choice for choice in CaseOfWork.Stage.choices if choice[0] not in CaseOfWork.UNSENT],
        widget=forms.Select(empty_label="Any stage"),
    )
    agency = forms.ModelChoiceField(
        queryset=Agency.objects.order_by("name", "pk"),
        label="Agency",
        required=False,
        widget=forms.Select(empty_label="Any agency"),
    )
    person = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label="Person",
        required=False,
        widget=forms.Select(empty_label="Anybody"),
    )
    role = forms.ChoiceField(
        label="Role", required=False, choices=list(ROLES.items()), widget=forms.Select(empty_label="Any role")
    )
    what = forms.ChoiceField(
        label="What is needed",
        required=False,
        choices=[(rule.code, rule.label) for rule in rules.RULES.values() if not rule.starts_in],
        widget=forms.Select(empty_label="Anything"),
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people


def listing(user, *, moment, working_days):
    """This will return the list of what is open as it stands at this moment, for this person to filter."""
    # Distinct, so that the database asks once for all people: one by one it may read every deadline for each.
    named = _in_sight(user, moment=moment).open().exclude(user=None).order_by().values("user").distinct()
    people = User.objects.filter(pk__in=named).order_by("full_name", "pk")
    conditions = states(moment=moment, working_days=working_days)
    held = Membership.objects.in_force(rules.london_day(moment)).filter(user=OuterRef("user"))

    def when(row):
        if row.paused_at:
            return words.paused_words(row.paused_at)
        return words.due_words(row.due_at, moment, rules.calendar_of(row, working_days))

    def stage(row):
        if row.case is None:
            return ""
        said, report = row.case.get_stage_display(), next(iter(row.case.report_deadlines), None)
        return f"{said}, {words.day_words_of_review(report, moment, working_days)}" if report else said

    return Listing(
        name="deadline-board",
        nouns=("deadline", "deadlines"),
        columns=[
            Column("Reference", "reference", sort="reference", url=_case),
            Column("Stage", stage, sort="case__stage"),
            Column("What is needed", what),
            Column("Waits for", waits_for),
            Column("When", when),
            Column("Due", "due_at", sort="runs_until", kind="date", url=_why, show=_due),
        ],
        filters=partial(BoardFilters, people=people),
        filter_by={
            "state": lambda found, state: found.filter(conditions[state]),
            "stage": "case__stage",
            "agency": lambda found, agency: found.filter(Q(agency=agency) | Exists(held.filter(agency=agency))),
            "person": "user",
            "role": "role",
            "what": "rule",
        },
        order="due",
        formats=("csv", "xlsx"),
        empty="Nothing is open that fits.",
    )


def what(row):
    """This will say what is needed: in the work's own words to who is on the case, else in the rule's."""
    return row.label if row.reads or row.rule not in rules.RULES else rules.RULES[row.rule].label


def waits_for(row):
    """This will say whom a deadline waits for: the person, the agency or the role."""
    return str(row.user or row.agency or ROLES.get(row.role, row.role))


def _case(row):
    """The case, not where the work is done: that is for whom it waits."""
    return reverse("timeline", args=[row.case.reference]) if row.reads and row.case else ""


def _due(row):
    return words.moment_words(row.due_at) if row.due_at else ""


def _why(row):
    return row.get_absolute_url() if row.reads and row.due_at else ""


class Counted(NamedTuple):
    """One line of the board's counts: what it counts, how many, and the list of just those."""

    label: str
    number: int
    url: str
    current: bool


def counts(found, *, moment, working_days, data):
    """This will count rows by state, each with the address of the board that lists them. One query.

    `found` is narrowed by every filter but the state.
    """
    conditions = states(moment=moment, working_days=working_days)
    numbers = found.order_by().aggregate(
        **{state.value: Count("pk", filter=condition) for state, condition in conditions.items()}
    )
    return [
        Counted(state.label, numbers[state.value], _with(data, state=state.value), data.get("state") == state.value)
        for state in State
    ]


def _with(data, **changes):
    changed = data.copy()
    for name in ("page", "by"):
        changed.pop(name, None)
    for name, value in changes.items():
        changed[name] = value
    return f"{reverse('deadline-board')}?{changed.urlencode()}"


GROUPS = {
    "stage": "stage of the case",
    "agency": "agency",
    "person": "person",
    "role": "role",
}
"""What open deadlines can be counted by."""

OTHERS = {
    "stage": "about no case",
    "agency": "waiting for a role, or for somebody of no agency",
    "person": "waiting for an agency or a role",
    "role": "waiting for an agency or a person",
}
"""What is not among the counts by it."""


class Group(NamedTuple):
    """One line of counts: whose or which, and how many."""

    label: str
    cells: list
    """(state, how many, the list of those) of each state, and of all."""


def grouped(found, by, *, moment, working_days, data):
    """This will count rows by stage, agency, person or role: a `Group` each, the most overdue first.

    An agency's are those that wait for it and for the people who belong to it, as its filter on the board finds them.
    Returns these, and how many rows are nobody's of that kind (they wait for a role, or are about no case). As many
    queries whatever the number of rows.
    """
    conditions = states(moment=moment, working_days=working_days)
    numbers = {state.value: Count("pk", filter=condition, distinct=True) for state, condition in conditions.items()}
    found, today = found.order_by(), rules.london_day(moment)
    if by == "agency":
        names = dict(Agency.objects.values_list("pk", "name"))
        held = Q(user__memberships__from_on__lte=today) & (
            Q(user__memberships__until_on=None) | Q(user__memberships__until_on__gte=today)
        )
        theirs = found.exclude(agency=None).values_list("agency")
        belong = found.filter(held).values_list("user__memberships__agency")
        parts = [theirs, belong]
        of_some_agency = Membership.objects.in_force(today).filter(user=OuterRef("user"))
        others = found.filter(agency=None).exclude(Exists(of_some_agency))
    elif by == "person":
        names = dict(User.objects.filter(deadlines__in=found).values_list("pk", "full_name"))
        parts, others = [found.exclude(user=None).values_list("user")], found.filter(user=None)
    elif by == "role":
        names, parts, others = ROLES, [found.exclude(role="").values_list("role")], found.filter(role="")
    else:
        names, others = dict(CaseOfWork.Stage.choices), found.filter(case=None)
        parts = [found.exclude(case=None).values_list("case__stage")]
    counted = defaultdict(lambda: [0] * len(State))
    for part in parts:
        for key, *of_key in part.annotate(**numbers):
            counted[key] = [one + more for one, more in zip(counted[key], of_key, strict=True)]
    groups = [Group(str(names.get(key, key)), _cells(data, by, key, each)) for key, each in counted.items()]
    groups.sort(key=lambda group: ([-number for _, number, _ in group.cells], group.label))
    return groups, others.count()


def _cells(data, by, key, numbers):
    here = {by: key}
    cells = [
        (state.label, number, _with(data, **here, state=state.value))
        for state, number in zip(State, numbers, strict=True)
    ]
    return [*cells, ("All", sum(numbers), _with(data, **here))]


# What was in time


class Month(NamedTuple):
    """Of what fell due in a month: done in time, done late, and open still."""

    first: object
    in_time: int
    late: int
    open: int

    @property
    def total(self):
        return self.in_time + self.late + self.open

    @property
    def rate(self):
        """The part that was done in time, in whole hundredths rounded down; None where nothing fell due."""
        return 100 * self.in_time // self.total if self.total else None


def in_time(user, *, moment, national, months=12):
    """This will return a `Month` for each of the last months, the current one last: what fell due in it until now.

    Of the national dates or of the local ones. What was stopped, stands still or was never dated is not counted. One
    query.
    """
    today = rules.london_day(moment)
    firsts = [_months_before(today, number) for number in reversed(range(months))]
    fell_due = _in_sight(user, moment=moment).filter(stopped_at=None, paused_at=None, due_at__lt=moment)
    fell_due = fell_due.filter(national=national, due_at__gte=rules.at(firsts[0], MIDNIGHT))
    by_month = fell_due.annotate(month=TruncMonth("due_at", tzinfo=rules.LONDON)).values("month").order_by("month")
    found = by_month.annotate(
        in_time=Count("pk", filter=Q(met_at__lte=F("due_at"))),
        late=Count("pk", filter=Q(met_at__gt=F("due_at"))),
        open=Count("pk", filter=Q(met_at=None)),
    )
    numbers = {row["month"].date(): (row["in_time"], row["late"], row["open"]) for row in found}
    return [Month(first, *numbers.get(first, (0, 0, 0))) for first in firsts]


def _months_before(day, number):
    years, month = divmod(day.month - 1 - number, 12)
    return day.replace(year=day.year + years, month=month + 1, day=1)
