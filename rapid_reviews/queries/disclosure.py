"""What of the summaries is marked as not to be shared, and what of it is withheld from one reader.

The one place that decides it: `Reader.sees`. Every page, list, export and report of what agencies returned takes what
it shows through `Marks`, or through a query that does. What asks for no reader gets what anybody may read.

The author agency's safeguarding leads, its approver, the safeguarding leads of the agencies it is shared with and the
business manager read what is marked. The co-ordinator does not: the business team runs the process, and the pack, the
chronology and the report need no passage that is withheld, so the circle is kept to one person there. Of a summary that
came by e-mail it is read by whoever typed it in, too, and by who types while that is not finished. Chair, rapid review
panel, signatories and who takes emergency access do not read it.
"""

import copy
from collections import Counter
from datetime import date
from typing import NamedTuple

from django.db import models
from django.utils import timezone

from access.can import permissions_on
from casework.models import Attachment
from partnership.permissions import Permission
from rapid_reviews.models import AgencySummary, DisclosureRestriction

ANSWERS = (
    *("criminal_process", "professional_process", "single_agency_process", "other_review"),
    *("pen_picture", "views_wishes", "presents", "life_is_like", "impact"),
    *("involvement_with", "key_periods", "about_parents", "about_siblings"),
    *("perspective", "worked_well", "worried_about"),
    *("lessons", "learning_for_other", "recommendations", "themes", "focus_detail"),
)
"""The answers of a summary that can be marked: every passage that tells of the family and the work with it."""
ROWS = {
    "event": "events",
    "correction": "family_corrections",
    "action": "lesson_actions",
    "practitioner": "practitioners",
}
"""The rows of a summary that can be marked: the column of the restriction, and the summary's name for them."""
SAID = {"event": ("An event is withheld.", "events"), "file": ("A document is withheld.", "documents")}
PASSAGE = ("A passage is withheld.", "passages")


class Reader(NamedTuple):
    """Who reads, as far as that decides what is withheld from them."""

    sees_all: bool = False
    own: frozenset = frozenset()
    """The summaries they write, approve or typed in."""
    agencies: frozenset = frozenset()
    """The agencies they are a safeguarding lead of."""
    day: date | None = None
    """The day on which they read; without one, what has passed its last day is withheld as well."""

    def sees(self, restriction):
        """This will say whether this reader may see what a restriction in force marks."""
        if self.sees_all or restriction.summary_id in self.own:
            return True
        return any(share.agency_id in self.agencies for share in restriction.shares.all())


ANYBODY = Reader()


def anybody(moment):
    """This will return the reader that pack and report are made for: nobody's own, on the day of this moment."""
    return Reader(day=timezone.localdate(moment))


def reader_of(review, user, *, moment):
    """This will return what a person is as a reader of the summaries of a review."""
    day = timezone.localdate(moment)
    granted = permissions_on(user, review, moment=moment)
    if Permission.SEE_RESTRICTED in granted:
        return Reader(sees_all=True, day=day)
    own = set(AgencySummary.objects.own(user, moment=moment).filter(review=review).values_list("pk", flat=True))
    if Permission.ENTER_SUMMARY in granted:
        typed = AgencySummary.objects.filter(review=review).exclude(entered_by=None).prefetch_related("restrictions")
        own |= {summary.pk for summary in typed if summary.is_known_to_who_types(user)}
    return Reader(own=frozenset(own), agencies=frozenset(user.leads(day)), day=day)


class Marks:
    """What is marked in the summaries of a review, as one reader sees it."""

    def __init__(self, restrictions, reader):
        self.reader = reader
        self.found = {(row.summary_id, row.kind, row.which): row for row in restrictions}
        self.withheld = {key for key, row in self.found.items() if not reader.sees(row)}

    def restriction(self, summary, kind, which):
        """This will return the restriction in force on a thing, or None."""
        return self.found.get((summary.pk, kind, which))

    def hides(self, summary, kind, which):
        """This will say whether a thing is withheld from this reader."""
        return (summary.pk, kind, which) in self.withheld

    def reads_all_of(self, summary):
        """This will say whether this reader reads whatever is marked in a summary, now or later."""
        return self.reader.sees_all or summary.pk in self.reader.own

    def withholds_of(self, summary):
        """This will say whether anything of a summary is withheld: then its originals are too, which hold all of it."""
        return any(pk == summary.pk for pk, _, _ in self.withheld)

    def hidden(self, kind, summary=None):
        """This will return the keys (of answers: the fields) of this kind that are withheld, in one summary or all."""
        return [which for pk, each, which in self.withheld if each == kind and (summary is None or pk == summary.pk)]


def marks_of(review, reader=ANYBODY):
    """This will return what is marked in the summaries of a review, as this reader sees it."""
    rows = DisclosureRestriction.objects.in_force(reader.day).filter(summary__review=review)
    return Marks(rows.prefetch_related("shares"), reader)


def said_of_withheld(kinds):
    """This will say in neutral words that things of these kinds are withheld, and nothing about them: "" for none."""
    said = []
    for (one, many), count in Counter(SAID.get(kind, PASSAGE) for kind in kinds).items():
        said.append(one if count == 1 else f"{count} {many} are withheld.")
    return " ".join(said)


def as_read(summary, marks):
    """This will return a summary as it may be read: a copy in whose answers stands what is withheld, if anything is.

    It is for reading alone, and never saved.
    """
    read = copy.copy(summary)
    for name in marks.hidden("answer", summary):
        if getattr(summary, name):
            setattr(read, name, PASSAGE[0])
    return read


def thing_of(summary, kind, which):
    """This will return what of a summary can be marked: the name of an answer that was given, a row, a file; or None.

    `which` is the name of the answer's field, or a number as it stands in an address.
    """
    if kind == "answer":
        return which if which in ANSWERS and getattr(summary, which) else None
    rows = {name: getattr(summary, related) for name, related in ROWS.items()}
    rows["file"] = Attachment.objects.filter(reference=summary.reference)
    if kind not in rows or not str(which).isdecimal():
        return None
    return rows[kind].filter(pk=which).first()


WORDS = {"event": "what_happened", "correction": "what", "action": "action", "practitioner": "name"}
"""The column of a row that holds its words."""


def words_of(restriction):
    """This will return the words that are marked: "" for a file."""
    kind = restriction.kind
    if kind == "answer":
        return getattr(restriction.summary, restriction.answer)
    return "" if kind == "file" else getattr(getattr(restriction, kind), WORDS[kind])


def restrictions_of(summary):
    """This will return everything that was ever marked in a summary, what is in force first, the newest on top."""
    rows = summary.restrictions.select_related(
        "summary__agency", "event", "correction", "action", "practitioner", "file", "marked_by", "lifted_by"
    )
    return rows.order_by(models.F("lifted_at").desc(nulls_first=True), "-marked_at", "-pk")
