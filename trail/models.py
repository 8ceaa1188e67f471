"""What was done, and who looked: two records kept apart on purpose.

The column history (django-simple-history, through `TrackedModel`) says which value changed. The timeline (`Event`)
says who decided what, and why. People are foreign keys; records are named by their reference, so that the trail can
never block what it describes. The application's database role may insert into this app's tables and read them,
nothing else: see `config/management/commands/migrate.py`.
"""

import hashlib

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.deletion import Collector
from django.db.models.functions import Cast
from simple_history.models import HistoricalRecords

SYSTEM = None
"""The author of what the calendar does by itself: no person."""


class SidewaysWrite(RuntimeError):
    """A tracked row was about to be written past its history."""


class TrackedQuerySet(models.QuerySet):
    """A queryset that reads freely and refuses every write that would leave no history."""

    def _refuse(self, what):
        raise SidewaysWrite(
            f"{what} on {self.model.__name__} leaves no history: use trail.models.save, add_many or change_many"
        )

    def create(self, **kwargs):
        self._refuse("create()")

    def update(self, **kwargs):
        self._refuse("update()")

    def delete(self):
        self._refuse("delete()")

    def bulk_create(self, objs, *args, **kwargs):
        self._refuse("bulk_create()")

    def bulk_update(self, objs, *args, **kwargs):
        self._refuse("bulk_update()")


class TrackedModel(models.Model):
    """A record whose every change is kept: who, when, why, and each value before and after."""

    history = HistoricalRecords(inherit=True, history_change_reason_field=models.TextField(blank=True, default=""))
    objects = TrackedQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args, **kwargs):
        if not hasattr(self, "_history_date"):
            raise SidewaysWrite(f"{type(self).__name__} is saved through trail.models.save, with a person and a time")
        try:
            super().save(*args, **kwargs)
        finally:
            # One authorship serves one save; the next must name its own.
            del self._history_date, self._history_user, self._change_reason

    def validate_constraints(self, exclude=None):
        """Constraints are the database's last word; forms and workflow say the same rules in the user's words."""

    def delete(self, *args, **kwargs):
        raise SidewaysWrite(f"{type(self).__name__} rows are closed, never deleted: see trail.models.remove")


def _sign(record, *, by, on, reason):
    record._history_user = by
    record._history_date = on
    record._change_reason = reason


def save(record, *, by, on, reason=""):
    """This will save a tracked row with its history: who (`None` is the calendar), the moment and the reason.

    `on` is an aware datetime, passed in so that a past moment (a referral keyed in from a letter) is recorded as
    what it was. Returns the record.
    """
    _sign(record, by=by, on=on, reason=reason)
    record.save()
    return record


def remove(record, *, by, on, reason=""):
    """This will delete one tracked row and keep its history: for rows of a form that has not been sent yet.

    Records of work are closed instead; `PROTECT` on their foreign keys stops the rest.
    """
    _sign(record, by=by, on=on, reason=reason)
    models.Model.delete(record)


def remove_many(records, *, by, on, reason=""):
    """This will delete many tracked rows of one model and keep their history, as `remove` would."""
    for record in records:
        _sign(record, by=by, on=on, reason=reason)
    collector = Collector(using=DEFAULT_DB_ALIAS)
    collector.collect(records)
    collector.delete()


def add_many(records, *, by, on, reason=""):
    """This will insert many tracked rows of one model together with their history: the one door for bulk work."""
    if not records:
        return []
    model = type(records[0])
    # The tracked queryset refuses bulk_create; a plain one on the same model is what this door opens.
    rows = models.QuerySet(model).bulk_create(records)
    model.history.bulk_history_create(rows, default_user=by, default_date=on, default_change_reason=reason)
    return rows


def change_many(records, fields, *, by, on, reason=""):
    """This will write these fields of many tracked rows of one model together with their history, as `save` would."""
    if not records:
        return []
    model = type(records[0])
    columns = [model._meta.pk, *map(model._meta.get_field, fields)]
    names = [connection.ops.quote_name(field.column) for field in columns]
    # One array a column: Django's bulk_update writes a CASE for each value, and takes ten times as long.
    arrays = [
        [field.get_db_prep_save(getattr(record, field.attname), connection) for record in records] for field in columns
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {connection.ops.quote_name(model._meta.db_table)} AS held "  # noqa: S608 (names of our models)
            f"SET {', '.join(f'{name} = new.{name}' for name in names[1:])} "
            f"FROM unnest({', '.join(f'%s::{field.rel_db_type(connection)}[]' for field in columns)}) "
            f"AS new({', '.join(names)}) WHERE held.{names[0]} = new.{names[0]}",
            arrays,
        )
    model.history.bulk_history_create(
        records, batch_size=2000, update=True, default_user=by, default_date=on, default_change_reason=reason
    )
    return records


class Written(models.Model):
    """A line of the trail: added in the transaction of what it speaks of, sealed once that is over (trail.sealing).

    `xid` is that transaction's number, given by PostgreSQL: numbers of rows are given before the commit, and a row with
    a smaller one may come to light later; a transaction that is over brings nothing more.
    """

    xid = models.BigIntegerField(
        editable=False,
        db_index=True,
        db_default=Cast(Cast(models.Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField()),
    )

    class Meta:
        abstract = True


class Text(models.Model):
    """The words of an event. They lie apart so that the owner of the tables can empty them, for disposal and erasure.

    The event keeps their SHA-256; `certificate` says under which certificate they were removed.
    """

    words = models.TextField()
    certificate = models.CharField(max_length=60, blank=True)

    def __str__(self):
        return f"words {self.pk}"


class Event(Written):
    """One line of a case's timeline: who decided or did what, when, and why."""

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    acting_for = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=60)
    reference = models.CharField(max_length=30)
    case = models.CharField(max_length=30, db_index=True)
    text = models.OneToOneField(Text, models.PROTECT, null=True, related_name="event")
    sha256 = models.CharField(max_length=64, blank=True)

    def __str__(self):
        return f"{self.verb} {self.reference}"

    @property
    def words(self):
        return self.text.words if self.text else ""


class Reading(Written):
    """One look at a case page, document or export, or one that was refused: who, when, from where."""

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=200)
    reference = models.CharField(max_length=100)
    case = models.CharField(max_length=30, db_index=True, blank=True)
    allowed = models.BooleanField()
    address = models.GenericIPAddressField(null=True)

    def __str__(self):
        return f"{self.what} {self.reference}"


class Seal(models.Model):
    """One link of the chain: which line was sealed next, and the SHA-256 of its content and of the link before.

    `xid` is the line's; `ahead` is the number of the transaction that sealed it: all that had begun have smaller ones.
    """

    position = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=10, choices=[("event", "event"), ("reading", "reading")])
    row = models.BigIntegerField()
    xid = models.BigIntegerField()
    ahead = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "row"], name="a_line_is_sealed_once")]

    def __str__(self):
        return f"seal {self.position}"


class Head(models.Model):
    """The chain's last link on one day, as it was mailed: what a rebuilt chain cannot agree with."""

    day = models.DateField(primary_key=True)
    position = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)

    def __str__(self):
        return f"{self.position} {self.sha256}"


def record(*, verb, reference, case, by, on, words="", acting_for=None):
    """This will write one event of the timeline, in the caller's transaction.

    `reference` names the record and `case` the case it belongs to (both as text); `words` is what the person wrote,
    a reason or a rationale, kept apart with its SHA-256 on the event.
    """
    text = Text.objects.create(words=words) if words else None
    return Event.objects.create(
        at=on,
        by=by,
        acting_for=acting_for,
        verb=verb,
        reference=reference,
        case=case,
        text=text,
        sha256=hashlib.sha256(words.encode()).hexdigest() if words else "",
    )
