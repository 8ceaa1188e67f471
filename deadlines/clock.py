"""The only writers of deadlines, of what belongs to them (pauses, delays), and of diary entries.

Every function takes the moment of the act as `on` (aware) and the person as `by` (`None` is the calendar), and refuses
to run outside the transaction of the change it belongs to. A local date can be extended, or stand still for a while,
with a reason and who agreed; a national one never moves for anybody, only with the bank holidays: a delay is recorded
beside it.
"""

from collections import defaultdict
from datetime import date, datetime

from django.db import connection
from django.db.models import Exists, OuterRef
from django.urls import reverse

from access.models import Case
from deadlines import queries, rules, words
from deadlines.models import Deadline, Delay, DiaryEntry, Pause
from deadlines.rules import NaiveMoment, Unit
from notifications import outbox
from trail import models as trail


class OutsideTransaction(RuntimeError):
    """A deadline was about to be written outside the transaction of the change it belongs to."""


class AlreadyRunning(RuntimeError):
    """This timescale is running for this record (and key) already: meet or stop it first."""


class NationalDate(ValueError):
    """Somebody tried to move a national date, or to change a national length."""


class NotRunning(ValueError):
    """This deadline is met or stopped, stands still, or has no date: what is asked of it needs one that runs."""


class AddresseeUnclear(ValueError):
    """A deadline waits for one role, one agency or one person: none or several were named."""


def start(
    rule, *, case, reference, counts_from, on, by, path="", role="", agency=None, user=None, key="", label="", due=None
):
    """This will start a timescale of a record and return its Deadline, with the rule's numbers as in force copied.

    `counts_from` is the aware moment it is counted from; `path` opens the work that waits. It waits for the `role`,
    `agency` or `user` named, otherwise for the rule's own role. `key` tells several under one rule apart (one for each
    partner); `label` says what is needed where the rule's own words do not. `due` is a day (or an aware moment) that
    somebody named instead of a length, for rules without one; left out, the work waits without a date.
    """
    check(counts_from, on)
    if not (role or agency or user):
        role = rule.responsible
    if sum(1 for addressee in (role, agency, user) if addressee) != 1:
        raise AddresseeUnclear(f"{rule.code} of {reference} waits for one role, agency or person")
    if _open(reference, rule, key).exists():
        raise AlreadyRunning(f"{rule.code} of {reference} {key}".strip())
    working_days, cutoff = queries.working_days(), None if rule.national else queries.daily_cutoff()
    rule = queries.rule_in_force(rule, case.opened_on if case else rules.london_day(counts_from))
    deadline = Deadline(
        case=case,
        reference=reference,
        path=path,
        rule=rule.code,
        label=label or rule.label,
        number=rule.number,
        earliest=rule.earliest,
        unit=rule.unit,
        by_time=rule.by_time,
        direction=rule.direction,
        national=rule.national,
        basis=rule.basis,
        edition=rule.edition,
        anchor=rule.anchor,
        cutoff=cutoff,
        counts_from=counts_from,
        role=role,
        agency=agency,
        user=user,
        key=key,
        started_at=on,
    )
    if rule.unit != Unit.NAMED_DAY:
        if due is not None:
            raise ValueError(f"{rule.code} is counted: its day is not named but worked out")
        _work_out(deadline, working_days)
    elif due is not None:
        deadline.due_at = _named(due)
    return trail.save(deadline, by=by, on=on, reason="started")


def meet(rule, *, reference, on, by, key=""):
    """This will record that what was due has been done at `on`, and return the deadlines met.

    `key=None` meets every open one of the rule. Nothing open is no fault: it may have been done before it was asked.
    """
    check(on)
    met = _locked(_open(reference, rule, key))
    for deadline in met:
        _end_pause(deadline, on=on, by=by, reason="met")
        deadline.met_at = on
        trail.save(deadline, by=by, on=on, reason="met")
        _look_no_more(deadline, on=on, by=by)
    return met


def extend(deadline, *, due, on, by, reason, agreed_by):
    """This will give a local deadline another day (or aware moment), with the reason and who agreed to it.

    A day ends at the time of day its rule names. The date it had stays in its history and the change is on the case's
    timeline. A national date is refused.
    """
    check(on)
    _check_running(deadline, reason, agreed_by)
    deadline.due_at, deadline.extended_at = _named(due, deadline.by_time or rules.END_OF_DAY), on
    deadline.extension_reason, deadline.extension_agreed_by = reason, agreed_by
    trail.save(deadline, by=by, on=on, reason=reason)
    _on_timeline("extend_deadline", deadline, by=by, on=on, text=f"{deadline.label}: {reason}")
    return deadline


def pause(deadline, *, on, by, reason, agreed_by):
    """This will let a local deadline stand still: nobody is reminded and it is not overdue until it is resumed."""
    check(on)
    _check_running(deadline, reason, agreed_by)
    trail.save(Pause(deadline=deadline, from_at=on, reason=reason, agreed_by=agreed_by), by=by, on=on, reason="paused")
    deadline.paused_at = on
    trail.save(deadline, by=by, on=on, reason=reason)
    _on_timeline("pause_deadline", deadline, by=by, on=on, text=f"{deadline.label}: {reason}")
    return deadline


def resume(deadline, *, on, by, reason):
    """This will let a deadline that stood still go on, later by what was lost, and tell the people it waits for."""
    check(on)
    if deadline.paused_at is None:
        raise NotRunning(f"{deadline} does not stand still.")
    was = deadline.due_at
    _end_pause(deadline, on=on, by=by, reason=reason)
    trail.save(deadline, by=by, on=on, reason=reason)
    _on_timeline("resume_deadline", deadline, by=by, on=on, text=f"{deadline.label}: {reason}")
    if deadline.due_at != was:
        tell_moved([(deadline, was)], on=on, because=f"it stood still until {words.day_words(rules.london_day(on))}")


def record_delay(deadline, *, on, by, reason, expected_on, letters, review_on):
    """This will record beside a national date why it is not kept, when to expect it, and who was written to.

    The date stays. On `review_on` (not after `expected_on`) the delay is looked at again: that waits for whoever
    recorded it, in place of what waited for a delay recorded before.
    """
    check(on)
    if not deadline.national:
        raise ValueError(f"“{deadline.label}” is a local date: extend it, or let it stand still.")
    if not deadline.is_open:
        raise NotRunning(f"{deadline} has ended.")
    delay = Delay(
        deadline=deadline,
        recorded_at=on,
        reason=reason,
        expected_on=expected_on,
        letters=letters,
        review_on=review_on,
    )
    trail.save(delay, by=by, on=on, reason="recorded")
    meet(rules.DELAY_REVIEWED, reference=deadline.reference, on=on, by=by, key=_of_delay(deadline))
    start(
        rules.DELAY_REVIEWED,
        case=deadline.case,
        reference=deadline.reference,
        counts_from=on,
        on=on,
        by=by,
        user=by,
        path=deadline.get_absolute_url(),
        key=_of_delay(deadline),
        due=review_on,
    )
    text = f"{deadline.label}, expected {words.day_words(expected_on)}: {reason}"
    _on_timeline("record_delay", deadline, by=by, on=on, text=text)
    return delay


def stop(rule, *, reference, on, by, reason, key=None):
    """This will stop what is open of a rule (`None`: everything open of the record) because it is no longer needed.

    `key` picks one of several under the rule. Stopped is not met: it counts neither as in time nor as late.
    """
    check(on)
    stopped = _locked(_open(reference, rule, key))
    for deadline in stopped:
        _end(deadline, on=on, by=by, reason=reason)
        if rule is not None:  # otherwise it is among what is stopped here
            _look_no_more(deadline, on=on, by=by)
    return stopped


def hand_over(deadlines, *, to, on, by, reason):
    """This will let open deadlines that wait for somebody by name wait for another person, who is reminded anew.

    The date stays. One that already waits for that person as well, under the same rule, is stopped instead.
    """
    check(on)
    for deadline in deadlines:
        key = str(to.pk) if deadline.key == str(deadline.user_id) else deadline.key
        same = Deadline.objects.open().filter(reference=deadline.reference, rule=deadline.rule, key=key)
        if same.exclude(pk=deadline.pk).exists():
            _end(deadline, on=on, by=by, reason=reason)
        else:
            deadline.user, deadline.key = to, key
            trail.save(deadline, by=by, on=on, reason=reason)


def reanchor(*, case, day0, on, by, because="the serious incident notification was sent before the referral"):
    """This will count a case's open milestones ("Day N") from another moment, and tell the people whose dates moved.

    `day0` is the aware moment that Day 0 follows from: the earlier of referral received and SIN sent. What was met
    stays; a date somebody extended stays too. Returns the deadlines whose date moved.
    """
    check(day0, on)
    open_now = Deadline.objects.open().filter(case=case, unit=Unit.DAY_OF_REVIEW).exclude(counts_from=day0)
    deadlines = _locked(open_now)
    for deadline in deadlines:
        deadline.counts_from = day0
    return _redate(deadlines, on=on, by=by, because=because, changed=True)


def recompute(*, on, by=trail.SYSTEM, because, started_between=None):
    """This will work out every open, counted date anew from the calendar in force, and tell those whose date moved.

    What was met or stopped, what somebody extended, and days that were named stay. Returns the deadlines that moved;
    the dates they had stay in their history. `started_between`: of those alone that were started between two moments.
    """
    check(on)
    deadlines = Deadline.objects.open()
    if started_between:
        deadlines = deadlines.filter(started_at__range=started_between)
    # The cases before their deadlines, as whoever works on a case does: else each could wait for the other.
    cases = Case.objects.filter(Exists(deadlines.filter(case=OuterRef("pk")))).order_by("pk")
    list(cases.select_for_update(no_key=True).values_list("pk"))
    deadlines = _locked(deadlines)
    return _redate(deadlines, on=on, by=by, because=because)


def book(*, case, reference, label, starts_at, on, by, path="", ends_at=None, role="", agency=None, user=None, key=""):
    """This will put a meeting into the diary of a role, an agency or a person; booked again, it moves."""
    check(starts_at, on)
    if sum(1 for addressee in (role, agency, user) if addressee) != 1:
        raise AddresseeUnclear(f"{label} of {reference} is one role's, agency's or person's")
    entry = DiaryEntry.objects.filter(reference=reference, label=label, key=key, cancelled_at=None).first()
    entry = entry or DiaryEntry(reference=reference, label=label, key=key)
    entry.case, entry.path, entry.starts_at, entry.ends_at = case, path, starts_at, ends_at
    entry.role, entry.agency, entry.user = role, agency, user
    return trail.save(entry, by=by, on=on, reason="booked")


def cancel(*, reference, label, on, by, reason, key=""):
    """This will take a meeting out of the diary, with the reason; it stays on record."""
    check(on)
    cancelled = list(DiaryEntry.objects.filter(reference=reference, label=label, key=key, cancelled_at=None))
    for entry in cancelled:
        entry.cancelled_at, entry.cancel_reason = on, reason
        trail.save(entry, by=by, on=on, reason=reason)
    return cancelled


def check(*moments):
    """This will refuse a write outside a transaction, and a moment without its time zone."""
    if not connection.in_atomic_block:
        raise OutsideTransaction("A deadline is written in the transaction of the change it belongs to.")
    for moment in moments:
        if not isinstance(moment, datetime) or moment.utcoffset() is None:
            raise NaiveMoment(f"{moment!r} is not a moment with a time zone.")


def _open(reference, rule, key):
    rows = Deadline.objects.open().filter(reference=reference).select_related("case").order_by("pk")
    if rule is not None:
        rows = rows.filter(rule=rule.code)
    return rows if key is None else rows.filter(key=key)


def _check_running(deadline, reason, agreed_by):
    """Refuse to move what nobody may move, or what has no running date, and a move without reason and agreement."""
    if deadline.national:
        raise NationalDate(f"“{deadline.label}” is a national date: it cannot be moved. Record the delay beside it.")
    if not deadline.runs:
        raise NotRunning(f"{deadline} does not run.")
    if not (reason and agreed_by):
        raise ValueError("Say why the date moves and who agreed.")


def _end_pause(deadline, *, on, by, reason):
    """End the pause of a deadline that stands still, if it does; its date moves by what was lost. Unsaved."""
    if deadline.paused_at is None:
        return
    ended = Pause.objects.get(deadline=deadline, until_at=None)
    # What was done is entered as of when it was done, which may lie before the pause: nothing was lost then.
    ended.until_at = max(on, ended.from_at)
    trail.save(ended, by=by, on=on, reason=reason)
    deadline.paused_at = None
    _move(deadline, [(ended.from_at, ended.until_at)], queries.working_days())


def _move(deadline, pauses, working_days):
    local = deadline.due_at.astimezone(rules.LONDON)
    deadline.due_at = rules.at(rules.later(deadline, local.date(), pauses, working_days), local.time())
    if deadline.earliest_on:
        deadline.earliest_on = rules.later(deadline, deadline.earliest_on, pauses, working_days)


def _end(deadline, *, on, by, reason):
    _end_pause(deadline, on=on, by=by, reason=reason)
    deadline.stopped_at, deadline.stop_reason = on, reason
    trail.save(deadline, by=by, on=on, reason=reason)


def _of_delay(deadline):
    """The key of what waits to look at a delay again: no person's, which handing over would change."""
    return f"delay:{deadline.pk}"


def _look_no_more(deadline, *, on, by):
    """Stop what waits to look at the delay of a national date that has ended."""
    if deadline.national:
        stop(
            rules.DELAY_REVIEWED,
            reference=deadline.reference,
            on=on,
            by=by,
            reason="The date it is about has ended",
            key=_of_delay(deadline),
        )


def _named(due, by_time=rules.END_OF_DAY):
    """The due moment of a day somebody named, by a time of day; or the moment itself."""
    if isinstance(due, datetime):
        check(due)
        return due
    if not isinstance(due, date):
        raise TypeError(f"A due day is a date, not {due!r}.")
    return rules.at(due, by_time)


def _work_out(deadline, working_days):
    moment, cutoff = deadline.counts_from, deadline.cutoff
    deadline.due_at = rules.due_at(deadline, moment, working_days, cutoff)
    deadline.earliest_on = rules.earliest_on(deadline, moment, working_days, cutoff)
    if deadline.pk:
        _move(deadline, deadline.pauses_ended, working_days)


def _redate(deadlines, *, on, by, because, changed=False):
    """Work out these deadlines anew; save, note and tell what moved. `changed` saves the others too."""
    working_days, moved = queries.working_days(), []
    for deadline in deadlines:
        was = deadline.due_at
        if deadline.counts:
            _work_out(deadline, working_days)
        if deadline.due_at != was:
            moved.append((deadline, was))
    written = deadlines if changed else [deadline for deadline, _ in moved]
    trail.change_many(written, ["counts_from", "due_at", "earliest_on"], by=by, on=on, reason=because)
    for lines in _by_case(moved).values():
        _on_timeline("move_deadlines", lines[0][0], by=by, on=on, text=f"{_said(lines)}\n\nBecause {because}.")
    tell_moved(moved, on=on, because=because)
    return [deadline for deadline, _ in moved]


def _locked(rows):
    """These deadlines as they are now, locked: nobody extends or meets one with the date it had before."""
    rows = rows.select_for_update(of=("self",)).select_related("case").prefetch_related("pauses")
    return list(rows.order_by("pk"))


def _by_case(moved):
    groups = defaultdict(list)
    for deadline, was in moved:
        groups[deadline.case.reference if deadline.case else deadline.reference].append((deadline, was))
    return groups


def _on_timeline(verb, deadline, *, by, on, text):
    case = deadline.case.reference if deadline.case else ""
    trail.record(verb=verb, reference=deadline.reference, case=case, by=by, on=on, words=text)


def _said(lines):
    return "\n".join(
        f"{deadline.reference}: {deadline.label}\n"
        f"  was {words.moment_words(was)}\n  now {words.moment_words(deadline.due_at)}"
        for deadline, was in lines
    )


def tell_moved(moved, *, on, because):
    """This will queue one notice per person and case: was, now, because. `moved`: (deadline, due moment before).

    It is not among what is said at once: it is sent at 08:00 on the next working day, beside the digest, unless one of
    the dates falls before that day is over.
    """
    morning = rules.next_morning(on, queries.working_days())
    day_ends = rules.at(rules.london_day(morning), rules.END_OF_DAY)
    told, people = defaultdict(list), queries.PeopleWaitedFor(on)
    for deadline, was in moved:
        for person in people.of(deadline):
            told[person, deadline.case_id].append((deadline, was))
    letters = {on: [], morning: []}
    for (person, _), lines in told.items():
        first, case = lines[0][0], lines[0][0].case
        reference = case.reference if case else first.reference
        what = "a date has moved" if len(lines) == 1 else f"{len(lines)} dates have moved"
        urgent = any(deadline.due_at <= day_ends for deadline, _ in lines)
        letters[on if urgent else morning].append(
            {
                "kind": "date-moved",
                "to": person,
                "subject": f"{reference}: {what}",
                "body": f"{_said(lines)}\n\nBecause {because}.\n\nYour work: {outbox.link(reverse('your-work'))}\n",
                "dedupe_key": f"date-moved:{person.pk}:{reference}:{on.isoformat()}",
                "reference": reference,
                "case": case,
            }
        )
    for send_from, several in letters.items():
        outbox.queue_for(send_from, several, on=on)
