"""What a test run forbids that production would quietly accept."""

import sys
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import DateField, DateTimeField
from django.db.models.expressions import OrderBy
from django.db.models.functions import Random
from django.db.models.sql.compiler import (
    SQLAggregateCompiler,
    SQLCompiler,
    SQLDeleteCompiler,
    SQLInsertCompiler,
    SQLUpdateCompiler,
)
from django.template import base as template_base
from django.template import engines

ROOT = Path(settings.BASE_DIR)
OURS = (str(ROOT / "templates"), *(str(path) for path in ROOT.glob("*/templates")))


def switch_on():
    """This will switch on everything below, for the whole run."""
    refuse_undefined_variables()
    refuse_moments_as_dates()
    shuffle_unordered_querysets()
    draw_plainly()


def draw_plainly():
    """This will draw templates as in production: no test asks which were drawn, and noting it copies every context."""
    template_base.Template._render = lambda self, context: self.nodelist.render(context)


class Undefined(str):
    """The value of a template variable that does not exist: a failure in our own templates, empty in others'."""

    def __contains__(self, text):
        return text == "%s" or super().__contains__(text)

    def __mod__(self, variable):
        origin = template_of_caller()
        if origin.startswith(OURS):
            raise AssertionError(f"{{{{ {variable} }}}} is undefined in {Path(origin).relative_to(ROOT)}")
        return ""

    def __bool__(self):
        return True


def template_of_caller():
    """This will return the file of the template that is being rendered, innermost first."""
    frame = sys._getframe(2)
    while frame:
        node = frame.f_locals.get("self")
        if isinstance(node, template_base.Node | template_base.Template) and getattr(node, "origin", None):
            return node.origin.name or ""
        frame = frame.f_back
    return ""


def refuse_undefined_variables():
    engines["django"].engine.string_if_invalid = Undefined()


def refuse_moments_as_dates():
    """This will refuse a datetime in a date column: which day it is depends on the time zone, so say it."""
    original = DateField.get_prep_value

    def get_prep_value(self, value):
        if isinstance(value, datetime) and not isinstance(self, DateTimeField):
            raise TypeError(f"{self} is a date and was given the moment {value!r}")
        return original(self, value)

    DateField.get_prep_value = get_prep_value


AT_RANDOM = [(OrderBy(Random()), ("RANDOM() ASC", (), False))]
"""As the compiler gives it for `order_by("?")`; made once, it costs a query nothing."""


def shuffle_unordered_querysets():
    """This will return rows in random order wherever no order was asked for: nobody may count on one."""
    original = SQLCompiler.get_order_by
    writers = (SQLAggregateCompiler, SQLDeleteCompiler, SQLInsertCompiler, SQLUpdateCompiler)

    def get_order_by(self):
        query = self.query
        ordered = query.extra_order_by or query.order_by or (query.default_ordering and query.get_meta().ordering)
        plain = not (query.distinct or query.combinator or query.group_by or query.subquery)
        if ordered or not plain or isinstance(self, writers) or not query.default_cols:
            return original(self)
        return AT_RANDOM

    SQLCompiler.get_order_by = get_order_by
