"""Two people, one record: what a page showed when it was opened, so that nobody's save goes over another's unseen."""

import hashlib
import json
from typing import NamedTuple

from django.core.serializers.json import DjangoJSONEncoder


class Seen(NamedTuple):
    """The fields a page showed and the fingerprint of their values at that moment."""

    names: tuple
    fingerprint: str


class Overtaken(Exception):
    """Somebody else saved these very answers since the page was opened."""


def fingerprint(record, names):
    """This will return a short hash of the named columns as they stand; an address counts by its words."""
    values = {}
    for name in names:
        field = record._meta.get_field(name)
        value = getattr(record, field.attname)
        if field.is_relation and value is not None and hasattr(getattr(record, name), "postcode"):
            address = getattr(record, name)
            value = [address.text, address.postcode, address.confidential]
        values[name] = value
    words = json.dumps(values, cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()[:20]


def check(record, seen):
    """This will refuse (`Overtaken`) when the named columns are not what the page showed; call it under the lock."""
    if seen is not None and fingerprint(record, seen.names) != seen.fingerprint:
        raise Overtaken
