"""How a record of work moves: one decorator, no engine.

    @transition(Referral, sources=(Status.DRAFT,), target=Status.WITH_APPROVER, permission=P.SUBMIT_REFERRAL)
    def submit(referral, *, by, on, approver): ...

Calling `submit(referral, by=…, on=…, approver=…)` locks the case and the record, checks the right and the status,
runs the body, writes the status with its history and one event of the timeline, and returns the fresh record; all of
it or nothing. Conditions stay plain `if` in the body, which raises `CannotProceed` for what a person can put right.
"""

from contextlib import nullcontext

from django.db import transaction
from django.utils import timezone

from access.can import acts_for, can
from access.models import Case
from trail import models as trail

REGISTRY = []
"""Every transition, in the order of definition: tests, diagrams and the permission table read it."""


class WrongState(Exception):
    """The record is not in a status from which this can be done: somebody was faster, or the page is old."""

    def __init__(self, record):
        self.record = record
        super().__init__(f"{record.reference} is “{record.get_status_display()}”")


class NotAllowed(Exception):
    """The person does not hold the right for this."""


class CannotProceed(Exception):
    """Something a person can put right first. `problems` is a list of (field or section, message)."""

    def __init__(self, *problems):
        self.problems = [("", problem) if isinstance(problem, str) else problem for problem in problems]
        super().__init__("; ".join(message for _, message in self.problems))


class Transition:
    """One thing that can be done to a record: see `transition`."""

    def __init__(self, body, model, *, sources, target, permission, event, words, system, ways):
        self.body, self.model, self.permission = body, model, permission
        self.sources, self.target = sources, target
        self.ways = frozenset(ways or ((source, each) for source in sources for each in self.targets))
        self.event, self.words, self.system = event, words, system
        self.name = body.__name__
        self.__doc__ = body.__doc__
        REGISTRY.append(self)

    def __repr__(self):
        return f"{self.model.__name__}.{self.name}"

    @property
    def url_name(self):
        return self.name.replace("_", "-")

    @property
    def targets(self):
        return self.target if isinstance(self.target, tuple) else (self.target,) if self.target else ()

    @property
    def opens(self):
        """Whether this opens a record rather than moving one."""
        return not self.sources

    def is_allowed(self, record, user, *, moment):
        return can(user, self.permission, record, moment=moment)

    def is_available(self, record, user, *, moment):
        """Whether the person may do this to the record as it stands: what decides if a button is shown."""
        return record.status in self.sources and self.is_allowed(record, user, moment=moment)

    def __call__(self, record=None, *, by, on, acting_for=None, **data):
        with transaction.atomic(), by.roles_read_once() if by else nullcontext():
            if self.opens:
                self._check_right(None, by=by, on=on)
                record, before, was = self.body(by=by, on=on, **data), None, None
            else:
                record = self._lock(record)
                self._check_right(record, by=by, on=on)
                if record.status not in self.sources:
                    raise WrongState(record)
                before, was = _values(record), record.status
                acting_for = acting_for or acts_for(by, self.permission, record, moment=on)
                chosen = self.body(record, by=by, on=on, **data)
                if self.target:
                    self._move(record, chosen if isinstance(self.target, tuple) else self.target)
            words = data.get(self.words) or ""
            if before is None or _values(record) != before:
                trail.save(record, by=by, on=on, reason=self.name)
                if was != record.status:
                    _publish_stage(record, by=by, on=on)
            if self.event:
                note(record, self.name, by=by, on=on, words=words, acting_for=acting_for)
            return record

    def _move(self, record, status):
        if status != record.status and (record.status, status) not in self.ways:
            raise RuntimeError(f"{self!r} does not say that it leads from {record.status} to {status}")
        record.status = status

    def _lock(self, record):
        # Parent before child, always: two people acting on one case wait for each other and never deadlock.
        Case.objects.select_for_update().get(pk=record.case_id)
        rows = self.model.objects.select_for_update(of=("self",))
        return (rows if self.model is Case else rows.select_related("case")).get(pk=record.pk)

    def _check_right(self, record, *, by, on):
        if by is trail.SYSTEM:
            if not self.system:
                raise NotAllowed(f"{self!r} is done by a person")
        elif not can(by, self.permission, record, moment=on):
            raise NotAllowed(f"{self!r} needs {self.permission}")


def note(record, verb, *, by, on, words="", acting_for=None):
    """This will put on the timeline of a record's case what was done to it, beside what a transition says itself."""
    trail.record(
        verb=verb,
        reference=record.reference,
        case=record.case.reference,
        by=by,
        on=on,
        words=words,
        acting_for=acting_for,
    )


def transition(model, *, sources, target, permission, event=True, words="reason", system=False, ways=None):
    """This will declare a function as a transition of `model`.

    `sources`: the statuses it starts from; `()` opens a record (the body returns it unsaved, with its status).
    `target`: the status it leads to; a tuple lets the body return which; `None` is an act that leaves the status.
    `ways`: (from, to) pairs, where a tuple's statuses are not all reached from all sources; elsewhere it is an act.
    `event=False` keeps it off the timeline (saving a form section is in the column history, not a decision).
    `words`: the keyword whose text is the event's words. `system=True` lets the calendar do it.
    """

    def declare(body):
        return Transition(
            body,
            model,
            sources=tuple(sources),
            target=target,
            permission=permission,
            event=event,
            words=words,
            system=system,
            ways=ways,
        )

    return declare


def _values(record):
    return {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}


def _publish_stage(record, *, by, on):
    stage = record.case_stage()
    case = record.case
    if stage is None or case.stage == stage:
        return
    case.stage = stage
    case.closed_on = timezone.localdate(on) if stage in Case.ENDED else None
    trail.save(case, by=by, on=on, reason=record.reference)
