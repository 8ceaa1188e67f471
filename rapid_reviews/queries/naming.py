"""The names key of a case: the family from what is held of it, everybody else as entered by hand."""

from typing import NamedTuple

from rapid_reviews.labels import Key, Person, not_in_key
from rapid_reviews.models import FamilyCorrection, NameLabel, Practitioner
from rapid_reviews.queries.family import people_of
from rapid_reviews.queries.gathering import combined_chronology

PROFESSIONAL = "[professional]"
"""What stands for a practitioner whom a summary names and nobody gave a label of their own."""
FAMILY_MEMBER = "[family member]"
"""What stands for somebody whom an agency adds to the family, until they join it."""
LOOKED_AT = 1000
"""Events in which words are looked for that may be names."""


class Entry(NamedTuple):
    """One line of the key as it is read."""

    label: str
    names: tuple
    row: NameLabel | None
    """Where names of it were entered by hand."""


def entries_of_key(review):
    """This will return the lines of the key: the family in its order, then what was entered by hand.

    Children are numbered. Others go by their relationship: the first of a kind without a number, so that whoever joins
    the family later changes nobody's label. A label entered by hand that is the family's adds its names to that line.
    """
    by_hand = {row.label.casefold(): row for row in review.name_labels.order_by("pk")}
    found, seen = [], {}
    for person, _, _ in people_of(review):
        kind = _kind(person)
        seen[kind] = number = seen.get(kind, 0) + 1
        label = f"{kind} {number}" if kind == "Child" or number > 1 else kind
        row = by_hand.pop(label.casefold(), None)
        found.append(Entry(label, _names(person, row), row))
    return found + [Entry(row.label, tuple(row.names.splitlines()), row) for row in by_hand.values()]


def _kind(person):
    if person._meta.model_name == "child":
        return "Child"
    if person.relationship and person.relationship != "other":
        return person.get_relationship_display()
    return person._meta.verbose_name.capitalize() if hasattr(person, "referral_id") else "Significant other"


def _names(person, row):
    also = getattr(person, "other_names", "").replace(";", ",").replace("\n", ",").split(",")
    names = [person.name, *also, *(row.names.splitlines() if row else ())]
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def name_key(review):
    """This will return the key that takes names out of texts.

    It holds as well every practitioner whom a summary names, and whoever an agency adds to the family and nobody has
    accepted yet, what is withheld included: a text that names them must not be let out because their row is not to be
    shared. Each kind shares one label, so that it says nothing of them.
    """
    people = [Person(entry.label, entry.names) for entry in entries_of_key(review)]
    known, found = Key(people), []
    for rows, label in ((Practitioner, PROFESSIONAL), (FamilyCorrection, FAMILY_MEMBER)):
        names = rows.objects.filter(summary__review=review).exclude(name="").values_list("name", flat=True)
        found += [Person(label, (name,)) for name in names if not known.holds(name)]
    return Key([*people, *found])


def practitioners_without_label(review, marks):
    """This will return the practitioners whom returned summaries name, as this reader may see them: (name, role)."""
    known = Key(Person(entry.label, entry.names) for entry in entries_of_key(review))
    rows = Practitioner.objects.filter(summary__in=review.summaries.returned()).order_by("name", "pk")
    rows = rows.exclude(pk__in=marks.hidden("practitioner")).values_list("name", "role")
    return [(name, role) for name, role in dict.fromkeys(rows) if not known.holds(name)]


def words_that_may_be_names(review, marks):
    """This will return words of the chronology that may be names and are not in the key: [(word, how often)]."""
    texts = combined_chronology(review, marks).values_list("who", "what_happened", "what_was_done", "analysis")
    return not_in_key([text for row in texts[:LOOKED_AT] for text in row], name_key(review))
