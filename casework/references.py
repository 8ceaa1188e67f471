"""References: given when a record is opened, never reused, the one name of a record outside the database."""

from django.db import transaction

from casework.models import ReferenceCounter


def take(prefix, *, year):
    """This will return the next reference of this kind and year, such as `RF-2026-014`.

    The counter row is locked until the caller's transaction ends: a reference that was rolled back is given again,
    one that was committed never is.
    """
    with transaction.atomic():
        ReferenceCounter.objects.get_or_create(prefix=prefix, year=year)
        counter = ReferenceCounter.objects.select_for_update().get(prefix=prefix, year=year)
        counter.last += 1
        counter.save()
    return f"{prefix}-{year}-{counter.last:03}"
