"""The trail as a chain: each line of it is sealed with the SHA-256 of its content and of the link before.

Writers do not wait for the chain: they insert, and one task at a time seals what transactions that are over have left
(`seal`). Whoever edits, deletes, inserts, swaps or cuts afterwards is found out by `verify`; only who rebuilds the
whole chain is not, except against a head that was mailed before (`Head`).
"""

import hashlib
import heapq
import json
from bisect import bisect
from collections import Counter
from itertools import islice
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from trail.models import Event, Head, Reading, Seal

START = "0" * 64
"""What the first link follows."""

CONTENT = {
    "event": ("id", "at", "by_id", "acting_for_id", "verb", "reference", "case", "text_id", "sha256"),
    "reading": ("id", "at", "by_id", "what", "reference", "case", "allowed", "address"),
}
"""What of a line is sealed; the words of an event through their own SHA-256, so that they can be removed."""

MODELS = {"event": Event, "reading": Reading}
LOCK = int.from_bytes(b"seal")
"""The advisory lock of the one who seals."""


def link(before, kind, values):
    """This will return the SHA-256 of a line's content and of the link before it, in hexadecimal."""
    content = json.dumps([before, kind, *values], ensure_ascii=False, separators=(",", ":"), default=_in_words)
    return hashlib.sha256(content.encode()).hexdigest()


def _in_words(value):
    # Moments come from PostgreSQL in UTC to the microsecond; an address as text or as an object with the same words.
    return value.isoformat(timespec="microseconds") if hasattr(value, "isoformat") else str(value)


@transaction.atomic
def seal(*, limit=10_000, everything=False):
    """This will seal up to `limit` lines of transactions that are over, oldest first, and return how many.

    Where another process is sealing, nothing is done. `everything` also seals what was brought from another database
    cluster, whose transactions have numbers that this one has not reached: for a restore, while nobody writes.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
    running_from, ahead = _transactions()
    last = Seal.objects.order_by("-position").first()
    position, sha256, sealed_to = (last.position, last.sha256, last.xid) if last else (0, START, 0)
    found = {}
    for kind in MODELS:
        rows = _unsealed(kind)
        if not everything:
            # In a cluster that was made anew the numbers begin again: then the seals alone say what is left.
            rows = rows.filter(xid__gte=sealed_to if sealed_to < running_from else 0, xid__lt=running_from)
        lines = rows.order_by("xid", "pk").values_list("xid", *CONTENT[kind])[:limit]
        found[kind] = [(xid, kind, values) for xid, *values in lines]
    seals = []
    for xid, kind, values in islice(heapq.merge(*found.values(), key=lambda line: line[0]), limit):
        position, sha256 = position + 1, link(sha256, kind, values)
        seals.append(Seal(position=position, kind=kind, row=values[0], xid=xid, ahead=ahead, sha256=sha256))
    Seal.objects.bulk_create(seals, batch_size=2000)
    return len(seals)


def _unsealed(kind):
    return MODELS[kind].objects.filter(~Exists(Seal.objects.filter(kind=kind, row=OuterRef("pk"))))


def _transactions():
    """The number of the oldest transaction of this database that may still write, and the newest number there is.

    All before the one are over. The other is the sealing transaction's own: a snapshot ends behind the last that is
    over, and some that run may have been given later numbers. A transaction of another database counts only while
    PostgreSQL does not say whose it is: locks are taken a moment after the number.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(min(running.xid), passed), own
            FROM (SELECT pg_current_xact_id()::text::bigint AS own, pg_current_snapshot() AS snapshot) now
            CROSS JOIN LATERAL (SELECT pg_snapshot_xmax(snapshot)::text::bigint AS passed) next
            LEFT JOIN LATERAL (SELECT xid::text::bigint FROM pg_snapshot_xip(snapshot) AS xid) running
            ON NOT EXISTS (
                SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
                WHERE locktype = 'transactionid' AND granted AND datname <> current_database()
                AND transactionid::text::bigint = running.xid % 4294967296
            )
            GROUP BY passed, own
            """
        )
        return cursor.fetchone()


def head(day):
    """This will return the chain's head of a day, taking it if none was taken yet; `None` while nothing is sealed."""
    last = Seal.objects.order_by("-position").first()
    if last is None:
        return None
    return Head.objects.get_or_create(day=day, defaults={"position": last.position, "sha256": last.sha256})[0]


class Verified(NamedTuple):
    """What `verify` found: links, lines not sealed yet, words removed by certificate, and what is wrong."""

    links: int
    waiting: int
    removed: Counter
    faults: list


def verify(mailed=()):
    """This will compare the whole trail with its chain: `mailed` are heads, (position, SHA-256), from elsewhere.

    Finds every line that was edited, deleted, swapped or inserted between others, and links that are missing; links cut
    from the end, or a chain rebuilt as a whole, by the heads. Reads in one pass, without holding it in memory.
    """
    kept = dict(Head.objects.values_list("position", "sha256"))
    heads = [(kept, "kept"), (dict(mailed), "mailed")]
    removed, faults, waiting = Counter(), [], 0
    numbering = {kind: Numbering() for kind in MODELS}
    position, before = 0, START
    for now, kind, row, xid, ahead, sha256, *content in _chain():
        values, (words, certificate) = content[2:11] if kind == "event" else content[11:], content[:2]
        if now != position + 1:
            faults.append(f"Links {position + 1} to {now - 1} are missing.")
        if values[0] is None:
            faults.append(f"Link {now}: {kind} {row} was deleted.")
        elif link(before, kind, values) != sha256:
            faults.append(f"Link {now}: {kind} {row} is not what was sealed.")
        elif kind == "event" and certificate and not words:
            removed[certificate] += 1
        elif kind == "event" and hashlib.sha256((words or "").encode()).hexdigest() != (values[-1] or NO_WORDS):
            faults.append(f"Link {now}: the words of event {row} are not what was sealed.")
        if numbering[kind].is_late(row, xid):
            faults.append(f"Link {now}: {kind} {row} was inserted between earlier ones.")
        numbering[kind].add(row, ahead)
        faults += [
            f"Link {now} is not the head that was {how}: the chain was rebuilt."
            for known, how in heads
            if known.get(now, sha256) != sha256
        ]
        position, before = now, sha256
    for known, how in heads:
        if (last := max(known, default=0)) > position:
            faults.append(f"Links {position + 1} to {last} are missing: link {last} was {how} as the head.")
    for kind in MODELS:
        for row, xid in _unsealed(kind).order_by("pk").values_list("pk", "xid").iterator():
            waiting += 1
            if numbering[kind].is_late(row, xid):
                faults.append(f"{kind} {row} was inserted between earlier ones.")
    return Verified(position, waiting, removed, faults)


class Numbering:
    """The numbers of one table's sealed lines: a line with a smaller number than one sealed before is either of a
    transaction that had begun by then, or was put in later."""

    def __init__(self):
        self.highest, self.ahead = [], []

    def add(self, row, ahead):
        if self.highest and row <= self.highest[-1]:
            return
        if self.ahead and ahead == self.ahead[-1]:
            self.highest[-1] = row
        else:
            self.highest.append(row)
            self.ahead.append(ahead)

    def is_late(self, row, xid):
        later = bisect(self.highest, row)
        return later < len(self.highest) and xid >= self.ahead[later]


NO_WORDS = hashlib.sha256(b"").hexdigest()


def _chain():
    """Every link with the line it seals, in order, a few thousand at a time."""
    columns = {kind: ", ".join(f'{kind}."{name}"' for name in names) for kind, names in CONTENT.items()}
    query = f"""
        SELECT seal.position, seal.kind, seal.row, seal.xid, seal.ahead, seal.sha256, words.words, words.certificate,
               {columns["event"]}, {columns["reading"]}
        FROM trail_seal seal
        LEFT JOIN trail_event event ON seal.kind = 'event' AND event.id = seal.row
        LEFT JOIN trail_text words ON words.id = event.text_id
        LEFT JOIN trail_reading reading ON seal.kind = 'reading' AND reading.id = seal.row
        ORDER BY seal.position
    """  # noqa: S608  (the names of our own columns)
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(5000):
            yield from rows
