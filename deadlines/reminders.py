"""Telling people in time: the ladder of stages, one digest a person and working day, overdue at once.

A stage counts as reached when its moment has passed (`<=`), never when it is exactly now: after a silence of three days
the next sweep records what was missed, and the digest says it as it stands today. Notices hold references alone.
"""

from collections import defaultdict
from datetime import timedelta
from itertools import groupby

from django.db import connection, transaction
from django.db.models import F
from django.urls import reverse

from access.models import Exclusion
from deadlines import queries, rules, words
from deadlines.models import Deadline, Reminder
from deadlines.rules import To
from notifications import outbox
from partnership.models import Agency, Membership
from partnership.roles import Role

ONE_SWEEP_AT_A_TIME = 0x64756564
STAGES = {stage.code: stage for stage in (*rules.LADDER, rules.NATIONAL_TOMORROW)}


def send_due(*, on):
    """This will record every stage reached by `on` and queue what is to be said now; returns the notices queued.

    Safe at any time, any number of times and by any number of processes: nothing is said twice. Nothing is said before
    08:00, and on a day that is not worked only that a national date falls tomorrow.
    """
    with transaction.atomic():
        if not _only_sweep():
            return []
        working_days, today = queries.working_days(), rules.london_day(on)
        if on < rules.at(today, rules.MORNING):
            return []
        if not working_days.is_working_day(today):
            return _warn_of_tomorrow(today, on)
        _record_stages(working_days, today, on)
        return _say_what_is_open(working_days, today, on)


def _only_sweep():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_SWEEP_AT_A_TIME])
        return cursor.fetchone()[0]


def _record_stages(working_days, today, on):
    """Write a Reminder for each stage reached, for each person it goes to, that is not there yet."""
    last_day = working_days.add(today, max(-stage.days for stage in rules.LADDER if stage.days is not None))
    running = Deadline.objects.open().filter(paused_at=None)
    coming = running.filter(due_at__lt=rules.at(last_day + timedelta(days=1), rules.MORNING))
    audience, rows = Audience(on), []
    for deadline in coming.select_related("case", "agency", "user").order_by("pk").iterator(chunk_size=2000):
        for stage in rules.ladder_of(deadline.rule):
            if stage.reached_at(deadline.due_at, working_days) <= on:
                rows += _reminders(deadline, stage, audience.of(deadline, stage), on)
    Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)


def _reminders(deadline, stage, people, on):
    return [
        Reminder(deadline=deadline, stage=stage.code, due_at=deadline.due_at, user=user, address=address, at=on)
        for address, user in people.items()
    ]


class Audience:
    """Who is told of a stage: addresses with their account where there is one, asked once each."""

    def __init__(self, on):
        self.on, self.known = on, {}
        self.people = queries.PeopleWaitedFor(on)

    def of(self, deadline, stage):
        """This will return whom a stage goes to. Where nobody holds the role, the business managers are told."""
        match stage.to:
            case To.RESPONSIBLE:
                return self._responsible(deadline) or self._managers(deadline)
            case To.ESCALATION:
                found = {agency.escalation_email for agency in self._agencies(deadline)} - {""}
                return dict.fromkeys(sorted(found - self._kept_out(deadline.case)))
            case To.BUSINESS_MANAGER:
                return self._managers(deadline)
        return self._partner_leads(deadline)

    def still(self, reminder):
        """This will say whether somebody who was to be told is still among them: not kept out, not handed over from."""
        deadline, stage = reminder.deadline, STAGES[reminder.stage]
        return reminder.address in self._once((deadline.pk, stage.code), lambda: self.of(deadline, stage))

    def _responsible(self, deadline):
        return _addressed(self.people.of(deadline))

    def _managers(self, deadline):
        return _addressed(self.people.with_role(deadline.case, Role.BUSINESS_MANAGER))

    def _partner_leads(self, deadline):
        """The delegated partners of its agencies' partners, of those who may know of the case."""
        partners = sorted({agency.partner for agency in self._agencies(deadline)} - {""})
        leads = Membership.objects.in_force(rules.london_day(self.on)).filter(role=Role.DELEGATED_PARTNER)
        theirs = leads.filter(agency__partner__in=partners).values_list("user", flat=True)
        leading = self._once(("leads", *partners), lambda: set(theirs))
        people = self.people.with_role(deadline.case, Role.DELEGATED_PARTNER)
        return _addressed(person for person in people if person.pk in leading)

    def _kept_out(self, case):
        """The addresses of whom the case keeps out: an agency's escalation contact may be one of them."""
        kept_out = Exclusion.objects.in_force(self.on).filter(case=case)
        return self._once(("kept out", case and case.pk), lambda: set(kept_out.values_list("user__email", flat=True)))

    def _agencies(self, deadline):
        """The agency it waits for, or those of the people it waits for."""
        if deadline.agency:
            return [deadline.agency]
        users = self.people.of(deadline, cover=False)
        held = Membership.objects.in_force(rules.london_day(self.on)).filter(user__in=users)
        found = Agency.objects.filter(pk__in=held.values("agency")).order_by("pk")
        return self._once(("agencies", *(user.pk for user in users)), lambda: list(found))

    def _once(self, key, ask):
        if key not in self.known:
            self.known[key] = ask()
        return self.known[key]


def _addressed(people):
    return {person.email: person for person in people}


def _say_what_is_open(working_days, today, on):
    """Queue a digest to everyone who had none today; to the others what became overdue since."""
    running = {"deadline__met_at": None, "deadline__stopped_at": None, "deadline__paused_at": None}
    current = Reminder.objects.filter(notice=None, **running)
    current = current.filter(due_at=F("deadline__due_at"))
    current = current.select_related("deadline__case", "deadline__agency", "deadline__user", "user")
    theirs, audience = defaultdict(list), Audience(on)
    for reminder in current.order_by("address", "due_at", "deadline__reference", "pk"):
        if audience.still(reminder):
            theirs[reminder.address].append(reminder)
    had_one = _had_a_digest(theirs, today)
    notices = []
    for address, reminders in theirs.items():
        if address not in had_one:
            notices.append(_digest(address, reminders, working_days, today, on))
            continue
        for reminder in reminders:
            if reminder.stage == rules.OVERDUE.code:
                notices.append(_overdue(reminder, working_days, on))
    return notices


def _had_a_digest(addresses, today):
    start = rules.at(today, rules.MORNING)
    digests = Reminder.objects.filter(notice__kind="digest", notice__queued_at__gte=start, address__in=list(addresses))
    return set(digests.values_list("address", flat=True))


def _digest(address, reminders, working_days, today, on):
    """Queue one notice with all open reminders of a person: by case, oldest due first, each deadline once."""
    lines = {reminder.deadline_id: reminder for reminder in reversed(reminders)}  # the lowest stage is the person's own
    told = sorted(lines.values(), key=lambda reminder: (reminder.due_at, reminder.deadline_id))
    first_due = {}
    for reminder in told:
        first_due.setdefault(_case_of(reminder.deadline), reminder.due_at)
    told.sort(key=lambda reminder: (first_due[_case_of(reminder.deadline)], _case_of(reminder.deadline)))
    parts = []
    for case, of_case in groupby(told, key=lambda reminder: _case_of(reminder.deadline)):
        parts.append("\n".join([case, *(_line(reminder, working_days, on) for reminder in of_case)]))
    late = sum(reminder.due_at < on for reminder in told)
    own = next((reminder for reminder in reminders if reminder.user_id), reminders[0])
    said = [f"{late} overdue"] * bool(late) + [f"{len(told) - late} due"] * (len(told) > late)
    notice = outbox.queue(
        kind="digest",
        to=own.user or address,
        subject=f"{'Your' if own.user_id else 'Overdue'} work on {words.day_words(today)}: {', '.join(said)}",
        body="\n\n".join([*parts, _where_to(own)]),
        dedupe_key=f"digest:{own.user_id or address}:{today.isoformat()}",
        on=on,
    )
    _taken_up(reminders, notice)
    return notice


def _where_to(reminder):
    if reminder.user_id:
        return f"Your work: {outbox.link(reverse('your-work'))}\n"
    return "You are told as your agency's escalation contact. Its safeguarding lead can open the work.\n"


def _line(reminder, working_days, on):
    deadline = reminder.deadline
    own = "" if deadline.reference == _case_of(deadline) else f"{deadline.reference}: "
    waits = "" if STAGES[reminder.stage].to == To.RESPONSIBLE else " (waits for somebody else)"
    said = words.due_words(deadline.due_at, on, rules.calendar_of(deadline, working_days))
    return f"  {own}{deadline.label}{waits}\n    {said}"


def _overdue(reminder, working_days, on):
    deadline = reminder.deadline
    key = f"overdue:{deadline.pk}:{deadline.due_at.isoformat()}:{reminder.user_id or reminder.address}"
    return _at_once(reminder, "overdue", f"{deadline.reference}: overdue", key, working_days, on)


def _warn_of_tomorrow(today, on):
    """Queue what is said on a day that is not worked: a national date falls on the next day."""
    tomorrow = today + timedelta(days=1)
    morning_after = rules.at(tomorrow + timedelta(days=1), rules.MORNING) - timedelta(hours=8)
    due = Deadline.objects.open().filter(national=True, due_at__gte=on, due_at__lt=morning_after)
    audience, rows = Audience(on), []
    for deadline in due.select_related("case", "agency", "user").order_by("pk"):
        if rules.london_day(deadline.due_at) == tomorrow:
            people = audience.of(deadline, rules.NATIONAL_TOMORROW)
            rows += _reminders(deadline, rules.NATIONAL_TOMORROW, people, on)
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    unsaid = Reminder.objects.filter(notice=None, stage=rules.NATIONAL_TOMORROW.code, due_at=F("deadline__due_at"))
    unsaid = unsaid.filter(deadline__met_at=None, deadline__stopped_at=None, due_at__gte=on)
    notices, working_days = [], queries.working_days()
    for reminder in unsaid.select_related("deadline__case", "user").order_by("due_at", "pk"):
        key = f"tomorrow:{reminder.deadline_id}:{today.isoformat()}:{reminder.user_id or reminder.address}"
        subject = f"{reminder.deadline.reference}: a national date falls tomorrow"
        notices.append(_at_once(reminder, "national-tomorrow", subject, key, working_days, on))
    return notices


def _at_once(reminder, kind, subject, dedupe_key, working_days, on):
    deadline = reminder.deadline
    said = words.due_words(deadline.due_at, on, rules.calendar_of(deadline, working_days))
    path = deadline.path or reverse("your-work")
    notice = outbox.queue(
        kind=kind,
        to=reminder.user or reminder.address,
        subject=subject,
        body=f"{deadline.reference}: {deadline.label}\n{said}\n\n{outbox.link(path)}\n",
        dedupe_key=dedupe_key,
        reference=deadline.reference,
        case=deadline.case,
        on=on,
    )
    _taken_up([reminder], notice)
    return notice


def _taken_up(reminders, notice):
    Reminder.objects.filter(pk__in=[reminder.pk for reminder in reminders]).update(notice=notice)


def _case_of(deadline):
    return deadline.case.reference if deadline.case else deadline.reference
