"""What reaches the log: where something went wrong, never the words it went wrong with.

An exception's message may quote a row ("Failing row contains (…)") or a value somebody typed. So a traceback is written
as files, lines and exception classes; messages of exceptions stay out, and so does what stood after an address's `?`
and a part of one that is as long as a key: who has the link of an invitation or of a calendar needs nothing more.
"""

import logging
import re
import traceback

QUERY = re.compile(r"(/[^\s?]*)\?\S+")
KEY = re.compile(r"(?<=/)[\w:.~%=-]{25,}(?=/?(?:[\s?\"']|$))")


class ReticentFormatter(logging.Formatter):
    """One line per event; tracebacks without values."""

    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record):
        if record.args or record.exc_info:
            record = logging.makeLogRecord(record.__dict__ | {"exc_text": None})
            record.msg, record.args = reticent_message(record), ()
        return KEY.sub("…", QUERY.sub(r"\1?…", super().format(record)))

    def formatException(self, info):
        return "\n".join(reticent_traceback(info[1]))


def reticent_message(record):
    """This will return the message with every exception in its arguments named by class only."""
    args = record.args
    if isinstance(args, dict) and "exc" in args:
        # Celery's "Task … raised unexpected": the exception and traceback come as text.
        exception = record.exc_info[1] if record.exc_info else None
        name = type(exception).__name__ if exception else "an exception"
        args = args | {"exc": name, "traceback": "", "args": "", "kwargs": ""}
    elif isinstance(args, tuple):
        args = tuple(type(arg).__name__ if isinstance(arg, BaseException) else arg for arg in args)
    return str(record.msg) % args if args else str(record.msg)


def reticent_traceback(exception):
    """This will yield where an exception and its causes came from, without what they said."""
    if cause := exception.__cause__ or (None if exception.__suppress_context__ else exception.__context__):
        yield from reticent_traceback(cause)
        yield "then:"
    for frame in traceback.extract_tb(exception.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
    yield f"{type(exception).__module__}.{type(exception).__qualname__}"
