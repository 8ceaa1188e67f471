"""A chronology of 5,000 events from a spreadsheet: read, imported, brought again, undone; openpyxl alone beside it."""

from bench import _hub

ROWS = 5_000


def measure():
    """This will yield how long each step of an import takes in a worker, and how long the library takes alone."""
    with _hub.running() as environment:
        for line in _hub.inside(environment, "_importing", ROWS).splitlines():
            figure, what = line.split("\t")
            yield what, figure
