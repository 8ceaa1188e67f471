"""What a record said at a moment: when a page was opened, so that no save goes over another; when it was frozen."""

import hashlib
import json
from typing import NamedTuple

from django.core.serializers.json import DjangoJSONEncoder

from casework.models import Version
from trail import models as trail


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


def canonical(content):
    """This will write plain data as canonical JSON: the same content is always the same bytes."""
    return json.dumps(content, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def freeze(record, content, *, by, on):
    """This will keep a record's content as it stands, numbered, with its SHA-256: what a signature covers.

    Frozen again without a change it is the same version. Returns the `Version`.
    """
    text = canonical(content)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    last = Version.objects.filter(reference=record.reference).order_by("-number").first()
    if last and last.sha256 == sha256:
        return last
    version = Version(
        case=record.case,
        reference=record.reference,
        number=last.number + 1 if last else 1,
        content=text,
        sha256=sha256,
        frozen_at=on,
        frozen_by=by,
    )
    return trail.save(version, by=by, on=on, reason="freeze")


def is_intact(version):
    """This will say whether a version's content still has the SHA-256 it was frozen with."""
    return hashlib.sha256(version.content.encode()).hexdigest() == version.sha256
