"""Names of a case turned into neutral labels and back: "Child 1", "Mother", "GP 2". Pure: it knows texts alone.

A name is found as whole words, whatever their case, in full or by any part of it: "Dara Marsh", "DARA", "Marsh's". A
part that several people share ("Marsh") says nobody's label, only that it is a name of the family. Postcodes, telephone
numbers, e-mail addresses and NHS numbers are found by their shape. What is in no key is found by nobody:
`not_in_key` points at words that may be names.
"""

import re
from typing import NamedTuple

SHARED = "[family name]"
"""What stands for a part of a name that several people have."""
SHAPES = (
    ("[e-mail address]", r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+"),
    ("[postcode]", r"\b[A-Za-z]{1,2}\d[A-Za-z\d]?\s*\d[A-Za-z]{2}\b"),
    ("[NHS number]", r"(?<![\d-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d-])"),
    ("[telephone number]", r"(?<![\d+])(?:\+44\s?|0)(?:\d[ -]?){8,9}\d(?!\d)"),
)
"""What is masked by its shape, in this order: a number of ten digits that begins with 0 is a telephone's."""
NO_NAME = {"and", "de", "der", "di", "la", "le", "of", "the", "van", "von", "mr", "mrs", "ms", "miss", "dr", "prof"}
"""Parts of a name that say nobody's: they stay as they are."""
SHORTEST = 2
"""Letters of a part of a name; a single initial is no name."""


class Person(NamedTuple):
    """Somebody of the key: the neutral label, and every name they go by, the one to put back first."""

    label: str
    names: tuple


class Key:
    """The names of one case. `neutral` takes them out of a text, `real` puts them back.

    A person without a name is in the key with their label alone. A label in brackets stands for several people, and
    nobody's name is put back for it.
    """

    def __init__(self, people):
        self.people = tuple(people)
        self._labels, self._full = {}, {}
        for person in self.people:
            for name in person.names:
                self._full.setdefault(_plain(name), set()).add(person.label)
        for person in self.people:
            for part in _parts(person.names):
                self._labels.setdefault(part, set()).add(person.label)
        self._names = _any_of([*self._full, *self._labels])
        self._shapes = [(said, re.compile(shape)) for said, shape in SHAPES]
        self._real = {_plain(each.label): each.names[0] for each in self.people if each.names and each.label[0] != "["}
        self._known_labels = _any_of(self._real)

    def neutral(self, text):
        """This will return the text with a label for each name, and what has the shape of an address or number masked.

        Numbers and addresses first: an e-mail address holds a name, and is to go as a whole.
        """
        for said, shape in self._shapes:
            text = shape.sub(said, text)
        return self._names.sub(self._label, text) if self._names else text

    def real(self, text):
        """This will return the text with the name in full for each label; what was masked by its shape stays masked."""
        return self._known_labels.sub(lambda found: self._real[_plain(found[0])], text) if self._known_labels else text

    def holds(self, word):
        """This will say whether a word is a name of the key, or a part of one."""
        return _plain(word) in self._full or _plain(word) in self._labels

    def _label(self, found):
        said = _plain(found[0])
        labels = self._full.get(said) or self._labels[said]
        return next(iter(labels)) if len(labels) == 1 else SHARED


def not_in_key(texts, key, *, most=50):
    """This will return words of these texts that may be names and are not in the key, the most frequent first.

    Words with a capital inside a sentence that stand nowhere in small letters: [(word, how often)], `most` at most.
    """
    small, found = set(), {}
    for text in texts:
        small.update(re.findall(r"\b[a-z][\w’'-]*", text))
        for word in re.findall(r"(?<=[\w,;:] )[A-Z][a-z]+(?:[-’'][A-Z][a-z]+)*\b", text):
            found[word] = found.get(word, 0) + 1
    names = [
        (word, times)
        for word, times in found.items()
        if word.lower() not in small and word.lower() not in COMMON and not key.holds(word)
    ]
    return sorted(names, key=lambda each: (-each[1], each[0]))[:most]


NO_NAMES = """
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
october november december christmas easter english child mother father sister brother police hospital school council
social worker health visitor nurse doctor team service trust court family
"""
COMMON = frozenset(NO_NAMES.split())
"""Words with a capital that are nobody's name."""


def _plain(name):
    return " ".join(name.replace("’", "'").casefold().split())


def _parts(names):
    return {
        part
        for name in names
        for part in re.findall(r"[^\W\d_]+(?:['-][^\W\d_]+)*", _plain(name))
        if len(part) >= SHORTEST and part not in NO_NAME
    }


def _any_of(names):
    """A pattern that finds any of these as whole words, the longest first; None for none. A possessive is left."""
    wanted = sorted(filter(None, names), key=lambda name: (-len(name), name))
    said = "|".join(re.escape(name).replace(r"\ ", r"\s+").replace("'", "['’]") for name in wanted)
    return re.compile(rf"(?<!\w)(?:{said})(?!\w)", re.IGNORECASE) if said else None
