"""Situations that stand on one another, reached without making the way there again.

A situation makes the one before it and takes one step more: `pack_issued` calls `review_gathering`, and so on back to
`empty`. Alone, each is made from the start. On a `Way`, everything reached stays, with a savepoint behind it; what
comes later in the same line takes only the steps that are missing, and what branches off goes back to where it does:

    way = Way(cast)                          # in a transaction that is never committed
    review = way.reach("pack_issued")        # the case of our side
    review = way.reach("pack_issued", other=True)

Going through them in the order of `one_after_another()` costs little more than one case from beginning to end.
"""

from contextlib import contextmanager
from functools import wraps
from itertools import chain

from django.db import transaction

SITUATIONS = {}
DAY = "2026-12-11"
"""The day on which situations happen, unless another is named."""

_stop_at = None
"""What answers instead of a situation's function while a Way is walked."""


def situation(function):
    """This will list a situation under its name; it takes the cast, `side` (who refers), and answers."""

    @wraps(function)
    def reach(cast, *, side=None, **answers):
        if _stop_at:
            return _stop_at(function, side, answers)
        return function(cast, side=side, **answers)

    SITUATIONS[function.__name__] = reach
    return reach


def on_its_own(function):
    """This will mark a situation that stands on more than the one before it: a Way makes it from the start."""
    function.on_its_own = True
    return function


def _before():
    """The situation that each stands on: {name: name or None}."""
    before = {}
    for name, function in SITUATIONS.items():
        called = [each for each in function.__wrapped__.__code__.co_names if each in SITUATIONS]
        before[name] = called[0] if called and not hasattr(function.__wrapped__, "on_its_own") else None
    return before


def one_after_another():
    """This will return the names of all situations, each behind the one it stands on, what branches off first."""
    before = _before()

    def with_what_follows(name):
        branches = sorted((with_what_follows(each) for each in before if before[each] == name), key=len)
        return [name, *chain.from_iterable(branches)]

    roots = (with_what_follows(name) for name in before if before[name] is None)
    return list(chain.from_iterable(sorted(roots, key=len)))


@contextmanager
def walking(stop_at):
    """This will ask `stop_at(function, side, answers)` for every situation within; None: make them from the start."""
    global _stop_at
    before, _stop_at = _stop_at, stop_at
    try:
        yield
    finally:
        _stop_at = before


@contextmanager
def given_first(name, record, cast):
    """Within, the first who asks for this situation of our side gets the record, read again; others make their own."""
    left = [record]

    def stop_at(function, side, answers):
        usual = side in (None, cast.ours) and answers in ({}, {"day": DAY})
        if left and usual and function.__name__ == name:
            return read_again(left.pop())
        return function(cast, side=side, **answers)

    with walking(stop_at):
        yield


def read_again(record):
    return type(record).objects.select_related("case").get(pk=record.pk)


def begun_by(test):
    """This will return the situation that a test (an item of pytest) begins with, or "".

    What `begins_with` marks it with; otherwise, of the situations that it names itself, in its fixtures or in functions
    of its module that it calls, the one that is furthest on.
    """
    if test.get_closest_marker("begins_with"):
        return marked_with(test)
    if {"made_once", "way", "world"} & set(test.fixturenames):
        return ""  # what they share, they make themselves
    fixtures = test._fixtureinfo.name2fixturedefs
    functions = [test.function, *(fixtures[name][-1].func for name in test.fixturenames if name in fixtures)]
    return max((name for function in functions for name in _named_by(function)), key=_steps_to, default="")


def marked_with(test):
    """This will return the situation that a test is marked with, or ""."""
    marker = test.get_closest_marker("begins_with")
    return marker.args[0] if marker else ""


def _named_by(function):
    """The situations that a function names, or another of its module that it calls."""
    known = getattr(function, "__globals__", {})
    names = getattr(getattr(function, "__code__", None), "co_names", ())
    called = [known[name] for name in names if getattr(known.get(name), "__module__", "") == known.get("__name__")]
    for each in (function, *(one for one in called if hasattr(one, "__code__"))):
        names = each.__code__.co_names if hasattr(each, "__code__") else ()
        if any(getattr(known.get(name), "__package__", "") == __package__ for name in names):
            yield from (name for name in names if name in SITUATIONS)


def _steps_to(name):
    """How many situations it takes to come to one."""
    before = _before()[name]
    return 1 + (_steps_to(before) if before else 0)


class Way:
    """One line of situations, each with a savepoint behind it: of our side's case, and of the other side's (`both`)."""

    def __init__(self, cast, *, both=True):
        self.cast, self.stops, self.both = cast, [], both

    def reach(self, name, *, other=False, **answers):
        """This will return the record of a situation, read again; what lay beyond it is undone."""
        with walking(self.stop_at):
            return SITUATIONS[name](self.cast, side=self.cast.theirs if other else self.cast.ours, **answers)

    def is_at(self, name):
        """This will say whether the last stop is this situation, without any answers of its own."""
        return bool(self.stops) and self.stops[-1][0] == (name, {"day": DAY})

    def stop_at(self, function, side, answers):
        stop = function.__name__, {"day": DAY} | answers
        known = [key for key, _, _ in self.stops]
        if stop in known:
            self.go_back(known.index(stop))
        else:
            self.stops.append((stop, *self.make(function, answers)))
        return self.last(side)

    def go_back(self, number):
        transaction.savepoint_rollback(self.stops[number][1])
        del self.stops[number + 1 :]

    def make(self, function, answers):
        """This will take the step to a situation for both sides: (savepoint, [our record, theirs])."""
        ours, theirs = self.cast.ours, self.cast.theirs
        first, second = self.stop_at, lambda function, side, answers: self.last(side)
        if hasattr(function, "on_its_own"):
            first = second = None
        with walking(first):
            records = [function(self.cast, side=ours, **answers)]
        if self.both:
            with walking(second):
                records.append(function(self.cast, side=theirs, **answers))
        return transaction.savepoint(), records

    def last(self, side):
        """This will return the record at the last stop, read again."""
        return read_again(self.stops[-1][2][side is self.cast.theirs])
