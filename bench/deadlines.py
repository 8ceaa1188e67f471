"""Deadlines: working days, the board, the reminder sweep, and re-dating after a new bank holiday."""

import time
from datetime import date, timedelta

import numpy

from bench import _hub
from deadlines.calendar import england_and_wales

CALLS = 100_000


def measure():
    """This will yield every figure beside its reference."""
    yield from working_days()
    for number in (10_000, 100_000):
        yield from in_the_hub(number, "board")
    yield from in_the_hub(100_000, "sweep")
    yield from in_the_hub(100_000, "recompute")


def working_days():
    """Adding working days, against numpy's busday_offset with the same holidays: one by one, and all at once."""
    ours = england_and_wales()
    holidays = numpy.array(sorted(ours.holidays), dtype="datetime64[D]")
    theirs = numpy.busdaycalendar(holidays=holidays)
    days = [date(2026, 1, 5) + timedelta(days=n % 1500) for n in range(CALLS)]
    lengths = [n % 60 + 1 for n in range(CALLS)]

    def by_numpy(day, n):
        return numpy.busday_offset(day, n, roll="backward", busdaycal=theirs)

    assert all(
        ours.add(day, n) == by_numpy(day, n).astype(object) for day, n in zip(days[:5000], lengths, strict=False)
    )
    yield f"{CALLS:,} working days added, one by one", per_call(ours.add, days, lengths)
    yield "the same by numpy's busday_offset, one by one", per_call(by_numpy, days, lengths)
    yield f"{CALLS:,} working days added in a list", once(lambda: list(map(ours.add, days, lengths)))
    everything, several = numpy.array(days, dtype="datetime64[D]"), numpy.array(lengths)
    yield "the same by numpy's busday_offset, one array", once(lambda: by_numpy(everything, several))


def per_call(function, days, lengths):
    began = time.perf_counter()
    for day, n in zip(days, lengths, strict=True):
        function(day, n)
    return f"{(time.perf_counter() - began) / CALLS * 1e6:.2f} µs each"


def once(act):
    began = time.perf_counter()
    act()
    return f"{(time.perf_counter() - began) * 1000:.0f} ms"


def in_the_hub(number, name):
    """This will run one of bench._deadlines in a hub of its own, with so many open deadlines."""
    with _hub.running() as environment:
        _hub.inside(environment, "_deadlines", "build", number)
        for line in _hub.inside(environment, "_deadlines", name, number).splitlines():
            figure, what = line.split("\t")
            yield what, figure
