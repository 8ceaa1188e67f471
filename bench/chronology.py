"""The combined chronology of fourteen agencies: its page, narrowed and not, and the whole of it on paper."""

from bench import _hub


def measure():
    """This will yield the page at 7,000 and 70,000 events beside its statements alone, and paper of 3,500 and 7,000."""
    for number, names in ((500, ("page", "paper")), (250, ("paper",)), (5_000, ("page",))):
        with _hub.running() as environment:
            _hub.inside(environment, "_chronology", "build", number)
            for name in names:
                for line in _hub.inside(environment, "_chronology", name, number).splitlines():
                    figure, what = line.split("\t")
                    yield what, figure
