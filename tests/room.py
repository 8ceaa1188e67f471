"""Room for Python's calls: why a request is not slow at one depth and quick at the next.

CPython keeps the frames of calls in pieces of 16 KiB, about sixty calls each. A call that needs a new piece maps it,
and returns it to the system when it ends: some 10 µs instead of 0.04. A loop that happens to stand at such an edge pays
it with every call: a test run was seen to map 48,000 pieces in eight seconds. A piece is as large as the call that
needs it: so one call that asks for a lot, and stays, leaves room for all those within it.
"""

from functools import wraps

WORDS = 1 << 17
"""Of 8 bytes: the call asks for 1 MiB, gets a piece of 2, and the rest holds several thousand calls."""


def roomy(function):
    """This will return the function with room for the calls within it, without any memory touched for it."""

    @wraps(function)
    def call(*arguments, **options):
        return function(*arguments, **options)

    call.__code__ = call.__code__.replace(co_stacksize=WORDS)
    return call
