"""Model fields that hold codes of the pick lists."""

from functools import partial

from django.contrib.postgres.fields import ArrayField
from django.db import models

from partnership import codes


def code(label, pick_list, **options):
    """This will make a column for one code of a pick list; empty until answered."""
    return models.CharField(label, max_length=40, blank=True, choices=partial(codes.choices, pick_list), **options)


def several_codes(label, pick_list, **options):
    """This will make a column for any number of codes of a pick list."""
    one = models.CharField(max_length=40, choices=partial(codes.choices, pick_list))
    return ArrayField(one, verbose_name=label, default=list, blank=True, **options)
