"""When it is due: the calendar as it is in force, the running deadlines, and what was said about them."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from access.models import Access, Case, kept_out, reached
from deadlines import rules
from partnership.models import Agency, led_among
from partnership.permissions import Permission
from partnership.roles import LENT, CaseRole
from trail.models import TrackedModel, TrackedQuerySet

UNITS = [(unit.value, unit.value.replace("_", " ")) for unit in rules.Unit]
DIRECTIONS = [(direction.value, direction.value) for direction in rules.Direction]


class BankHoliday(TrackedModel):
    """A bank holiday of England and Wales. At run time this table is the truth; the committed list only fills it.

    One that was withdrawn stays, with the date of that: loading the list again must not bring it back.
    """

    day = models.DateField(unique=True)
    name = models.CharField(max_length=100)
    expected = models.BooleanField("follows from the rule, not announced yet", default=False)
    listed_on = models.DateField("date of the list it comes from")
    withdrawn_on = models.DateField(null=True)

    def __str__(self):
        return f"{self.day:%d %B %Y}, {self.name}"


class ClosureDay(TrackedModel):
    """A day the partnership does not work that is no bank holiday: skipped by local timescales alone."""

    day = models.DateField(unique=True)
    name = models.CharField(max_length=100)
    withdrawn_on = models.DateField(null=True)

    def __str__(self):
        return f"{self.day:%d %B %Y}, {self.name}"


class RuleOverride(TrackedModel):
    """The partnership's own length of a local timescale, for cases opened from a date on.

    Written by `calendar_changes.override`.

    Which rules are local is known to `rules.py` alone, so that a new national line there needs no migration.
    """

    rule = models.CharField(max_length=40)
    number = models.PositiveSmallIntegerField()
    by_time = models.TimeField(null=True)
    in_force_from = models.DateField()
    reason = models.CharField(max_length=300)
    withdrawn_on = models.DateField("taken back before it was in force", null=True)

    class Meta(TrackedModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__lt=F("in_force_from")),
                name="own_length_in_force_stays",
            ),
            models.UniqueConstraint(fields=["rule", "in_force_from"], name="one_override_per_rule_and_date"),
        ]

    def __str__(self):
        return f"{self.rule}: {self.number} from {self.in_force_from}"


LENT_RULES = [rule.code for rule in rules.RULES.values() if rule.responsible in LENT]
"""What waits for somebody by name and for who covers for them as well: the work of a role that is lent."""


def addressed_to(user, moment, **lent):
    """The condition under which something with case, user, agency and role waits for this person.

    Also as cover for somebody who is not kept out of the case; `lent` is what has to hold of what waits for that person
    by name.
    """
    return _meant_for(user, moment, **lent) & ~kept_out(user, moment=moment)


def _meant_for(user, moment, **lent):
    held = user.roles(timezone.localdate(moment))
    rows = Access.objects.of(user, moment).in_force(moment).filter(case=OuterRef("case"))
    # A standing role reaches the cases that were received and are not restricted, or that one holds, as in access.
    holds = Exists(rows.filter(role=CaseRole.HOLDER))
    received = Q(case=None) | Q(case__restricted=False) & ~Q(case__stage__in=Case.UNSENT) | holds
    meant = (
        Q(user=user)
        | Q(agency__in=held.led)
        | Exists(rows.filter(role=OuterRef("role")))
        | Q(role__in={role for role, _ in held.own}) & received
    )
    for covered, roles in held.lent.items():
        theirs = Q(user=covered, **lent) | Q(role__in={role for role, _ in roles}) & received
        meant |= (theirs | Q(agency__in=led_among(roles))) & ~kept_out(covered, moment=moment)
    return meant


RUNS_UNTIL = models.Case(models.When(paused_at=None, then=F("due_at")))
"""The due moment, unless it stands still: what the board is sorted by."""


class DeadlineQuerySet(TrackedQuerySet):
    def open(self):
        """What still waits: neither met nor stopped."""
        return self.filter(met_at=None, stopped_at=None)

    def waiting_for(self, user, *, moment):
        """What waits for this person, for an agency they lead, or for a role they hold, and is still open."""
        return self.open().filter(addressed_to(user, moment, rule__in=LENT_RULES))

    def visible_to(self, user, *, moment):
        """What this person may know of: what waited for them, and everything due in a case whose timeline they see."""
        seen = [reached(user, permission, moment=moment) for permission in SEE_DATES]
        theirs = _meant_for(user, moment, rule__in=LENT_RULES)
        return self.filter(theirs | seen[0] | seen[1]).filter(~kept_out(user, moment=moment))

    def oldest_first(self):
        """Oldest due first; what has no date comes last, in the order it was asked."""
        return self.order_by(F("due_at").asc(nulls_last=True), "started_at", "pk")


SEE_DATES = (Permission.VIEW_TIMELINE, Permission.VIEW_RAPID_REVIEW)


class Deadline(TrackedModel):
    """Something that waits for somebody, usually until a moment. The rule's numbers are copied when it starts.

    A later change of the rule or of a local length therefore never moves it; a bank holiday does (`clock.recompute`).
    Overdue is computed: `due_at < now` and still open.
    """

    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="deadlines")
    reference = models.CharField(max_length=30)
    path = models.CharField("where the work is done", max_length=300, blank=True)
    rule = models.CharField(max_length=40)
    label = models.CharField("what is needed", max_length=200)
    number = models.PositiveSmallIntegerField(null=True)
    earliest = models.PositiveSmallIntegerField(null=True)
    unit = models.CharField(max_length=20, choices=UNITS)
    by_time = models.TimeField(null=True)
    direction = models.CharField(max_length=10, choices=DIRECTIONS, default=rules.Direction.AFTER.value)
    national = models.BooleanField(default=False)
    basis = models.CharField(max_length=300)
    edition = models.CharField(max_length=100)
    anchor = models.CharField("the moment it is counted from", max_length=150)
    cutoff = models.TimeField("daily cut-off when it started", null=True)
    counts_from = models.DateTimeField()
    earliest_on = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)
    role = models.CharField(max_length=40, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="deadlines")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="deadlines")
    key = models.CharField("which of several under one rule", max_length=60, blank=True)
    started_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stop_reason = models.CharField(max_length=300, blank=True)
    extended_at = models.DateTimeField(null=True)
    extension_reason = models.CharField(max_length=300, blank=True)
    extension_agreed_by = models.CharField(max_length=150, blank=True)
    paused_at = models.DateTimeField("stands still since", null=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta(TrackedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "rule", "key"],
                condition=Q(met_at__isnull=True, stopped_at__isnull=True),
                name="one_open_deadline_per_rule_and_key",
            ),
            models.CheckConstraint(
                condition=Q(role="", agency__isnull=True, user__isnull=False)
                | Q(role="", agency__isnull=False, user__isnull=True)
                | (~Q(role="") & Q(agency__isnull=True, user__isnull=True)),
                name="deadline_waits_for_a_role_an_agency_or_a_person",
            ),
            models.CheckConstraint(
                condition=Q(met_at__isnull=True) | Q(stopped_at__isnull=True), name="deadline_is_met_or_stopped"
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True, stop_reason="")
                | (Q(stopped_at__isnull=False) & ~Q(stop_reason="")),
                name="stopped_deadline_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(extended_at__isnull=True, extension_reason="", extension_agreed_by="")
                | (Q(extended_at__isnull=False, national=False) & ~Q(extension_reason="") & ~Q(extension_agreed_by="")),
                name="extension_is_local_and_has_reason_and_agreement",
            ),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True)
                | Q(national=False, due_at__isnull=False, met_at__isnull=True, stopped_at__isnull=True),
                name="what_is_paused_is_local_open_and_has_a_date",
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True, unit=rules.Unit.NAMED_DAY.value)
                | (Q(number__isnull=False, due_at__isnull=False) & ~Q(unit=rules.Unit.NAMED_DAY.value)),
                name="deadline_is_counted_or_its_day_is_named",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(met_at__isnull=True, stopped_at__isnull=True), name="open_by_due"
            ),
            models.Index(
                RUNS_UNTIL,
                "id",
                condition=Q(met_at__isnull=True, stopped_at__isnull=True),
                name="open_in_the_boards_order",
            ),
            models.Index(
                fields=["user"], condition=Q(met_at__isnull=True, stopped_at__isnull=True), name="open_by_person"
            ),
            models.Index(
                fields=["agency"], condition=Q(met_at__isnull=True, stopped_at__isnull=True), name="open_by_agency"
            ),
            models.Index(
                fields=["role", "case"], condition=Q(met_at__isnull=True, stopped_at__isnull=True), name="open_by_role"
            ),
            models.Index(fields=["reference"], name="deadlines_of_a_record"),
        ]

    def __str__(self):
        return f"{self.reference}: {self.label}"

    def get_absolute_url(self):
        """The page that answers "why this date?"."""
        return reverse("why-this-date", kwargs={"pk": self.pk})

    @property
    def is_open(self):
        return self.met_at is None and self.stopped_at is None

    @property
    def was_in_time(self):
        """Whether it was met by its due moment; None while it is open, stopped or has no date."""
        return None if self.met_at is None or self.due_at is None else self.met_at <= self.due_at

    @property
    def counts(self):
        """Whether its date follows from a length (and so moves with the calendar), rather than from somebody's word."""
        return self.number is not None and self.extended_at is None

    @property
    def runs(self):
        """Whether it is open, has a date and does not stand still."""
        return self.is_open and self.due_at is not None and self.paused_at is None

    @property
    def pauses_ended(self):
        """The times it stood still and went on: [(from, until)], in order, as `rules.later` takes them."""
        ended = [(pause.from_at, pause.until_at) for pause in self.pauses.all() if pause.until_at]
        return sorted(ended)

    @property
    def ways(self):
        """What can be done about the date as it stands, by the name of its page."""
        if self.case_id is None:
            return ()
        if self.runs and not self.national:
            # What is due before a day that stands cannot stand still: it would be due after it.
            return ("extend",) if self.direction == rules.Direction.BEFORE else ("extend", "pause")
        if self.runs:
            return ("record-delay",)
        return ("resume",) if self.paused_at else ()

    def is_overdue(self, moment):
        return self.runs and self.due_at < moment


class Pause(TrackedModel):
    """A time in which a local deadline stood still: its date moved by as much as was lost of its unit."""

    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="pauses")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300)
    agreed_by = models.CharField(max_length=150)

    class Meta(TrackedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["deadline"], condition=Q(until_at__isnull=True), name="one_open_pause_per_deadline"
            ),
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gte=F("from_at")), name="pause_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(agreed_by=""), name="pause_has_reason_and_agreement"),
        ]

    def __str__(self):
        return f"{self.deadline} stood still from {self.from_at}"


class Delay(TrackedModel):
    """Why a national date will not be kept or was not: recorded beside it, since it cannot be moved.

    The newest counts; the ones before it stay as they were recorded.
    """

    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="delays")
    recorded_at = models.DateTimeField()
    reason = models.CharField(max_length=2000)
    expected_on = models.DateField("the day it is expected now")
    letters = models.CharField("who was written to, and when", max_length=2000)
    review_on = models.DateField("the day this is looked at again")

    class Meta(TrackedModel.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(reason="") & ~Q(letters=""), name="delay_has_reason_and_letters"),
            models.CheckConstraint(
                condition=Q(review_on__lte=F("expected_on")), name="delay_is_looked_at_before_it_is_over"
            ),
        ]

    def __str__(self):
        return f"{self.deadline} expected on {self.expected_on}"


class Reminder(models.Model):
    """One stage of the ladder that one person was, or is still to be, told of. Untracked: it is its own record.

    It belongs to the due moment it speaks of, so a deadline that moved is reminded of anew. `notice` is the e-mail
    that took it up; without one it waits for the next digest.
    """

    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="reminders")
    stage = models.CharField(max_length=20)
    due_at = models.DateTimeField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="reminders")
    address = models.EmailField()
    at = models.DateTimeField()
    notice = models.ForeignKey("notifications.Notice", models.PROTECT, null=True, related_name="reminders")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["deadline", "stage", "due_at", "address"], name="each_person_is_told_of_a_stage_once"
            ),
        ]
        indexes = [models.Index(fields=["address"], condition=Q(notice__isnull=True), name="reminders_to_send")]

    def __str__(self):
        return f"{self.stage} of {self.deadline_id}"


class DiaryEntryQuerySet(TrackedQuerySet):
    def visible_to(self, user, *, moment):
        """The meetings this person is asked to, in cases they are not kept from."""
        return self.filter(addressed_to(user, moment))


class DiaryEntry(TrackedModel):
    """A meeting: when it is, and whose it is. What it is about stands on the page behind its path, not here."""

    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="diary_entries")
    reference = models.CharField(max_length=30)
    path = models.CharField(max_length=300, blank=True)
    label = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    role = models.CharField(max_length=40, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="diary_entries")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="diary_entries")
    key = models.CharField(max_length=60, blank=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=300, blank=True)

    objects = DiaryEntryQuerySet.as_manager()

    class Meta(TrackedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "label", "key"],
                condition=Q(cancelled_at__isnull=True),
                name="one_open_diary_entry_per_meeting",
            ),
            models.CheckConstraint(
                condition=Q(role="", agency__isnull=True, user__isnull=False)
                | Q(role="", agency__isnull=False, user__isnull=True)
                | (~Q(role="") & Q(agency__isnull=True, user__isnull=True)),
                name="diary_entry_is_a_roles_an_agencys_or_a_persons",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancel_reason="")
                | (Q(cancelled_at__isnull=False) & ~Q(cancel_reason="")),
                name="cancelled_diary_entry_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="diary_entry_ends_after_start"
            ),
        ]

    def __str__(self):
        return f"{self.reference}: {self.label}"


class CalendarFeed(TrackedModel):
    """A person's private calendar address: whoever knows it reads their due dates and meetings, until it is revoked.

    The address itself is not stored: it is worked out from `nonce` and the hub's secret key (`deadlines.feed`).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="calendar_feeds")
    nonce = models.UUIDField(unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta(TrackedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at__isnull=True), name="one_calendar_address_per_person"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("made_at")), name="revoked_after_it_was_made"
            ),
        ]

    def __str__(self):
        return f"Calendar address of {self.user}"
