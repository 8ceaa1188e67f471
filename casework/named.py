"""People who work on the hub and may be named in a case: found, shown to who decides, settled (domain.md, section 2).

A name that is the same is a prompt, never a lock. Named among the family, or as suspected of harm: the business manager
is told at once and keeps them out, or says that it is not the same person. Named as a professional: they keep sight of
their own agency's material, and it counts as a conflict of interest where somebody is chosen for the case.

Compared are whole names (case, accents, titles and the order of names do not count), e-mail addresses and telephone
numbers. What a case's names are is told by the work apps (`SOURCES`).
"""

import re
import unicodedata
from collections import defaultdict
from typing import NamedTuple

from django.db.transaction import atomic

from access import can
from access.models import Case, Exclusion
from casework import sight
from casework.models import NameMatch
from casework.notices import tell
from casework.workflow import CannotProceed, transition
from partnership.models import User
from partnership.permissions import Permission as P
from partnership.roles import Role
from trail import models as trail

Kind = NameMatch.Kind


class Named(NamedTuple):
    """Somebody whom a record of a case names: in which case and record, as what."""

    case: int
    reference: str
    kind: str
    words: str
    name: str
    contact: str = ""
    """Where their e-mail address or telephone number may stand, in any words."""


SOURCES = []
"""Functions of the work apps, set in `apps.py`: of a queryset of cases they return everybody named, as `Named`."""


# When two names are the same


TITLES = {
    *("mr", "mrs", "miss", "ms", "mx", "master", "sir", "dame", "lord", "lady"),
    *("dr", "doctor", "prof", "professor", "rev", "reverend"),
}
SEVERAL = re.compile(r"[;/\n]")
ASIDE = re.compile(r"\([^)]*\)")
EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
TELEPHONE = re.compile(r"\+?\d[\d ()-]{8,}\d")


def keys_of(text):
    """This will return what names in a text are compared by: {"hollis lena"} for "Dr Lena Hollis" or "Hollis, Lena".

    Several names may be divided by a semicolon, a slash or a line. A single word is no name that could be compared.
    """
    parts = [ASIDE.sub(" ", part) for part in SEVERAL.split(text)]
    parts += [part.partition(",")[0] for part in parts if "," in part]  # "Lena Hollis, health visitor"
    return {key for part in parts if (key := _key(part))}


def _key(name):
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = re.split(r"[^\w]+", re.sub(r"['’.]", "", plain).replace("_", " "))
    words = [word for word in words if word and word not in TITLES]
    return " ".join(sorted(words)) if len(words) > 1 else ""


def contacts_of(text):
    """This will return the e-mail addresses and telephone numbers in a text, as they are compared."""
    found = {email.lower() for email in EMAIL.findall(text)}
    for number in TELEPHONE.findall(text):
        digits = re.sub(r"\D", "", re.sub(r"^\+44 ?(\(0\))?", "0", number))
        found.add(digits)
    return found


class _People:
    """The active people of the hub by what they are compared by."""

    def __init__(self, people):
        self.by_key = defaultdict(set)
        for pk, name, email, telephone in people.values_list("pk", "full_name", "email", "telephone"):
            for key in (*keys_of(name), *contacts_of(f"{email} {telephone}")):
                self.by_key[key].add(pk)

    def all(self):
        return set().union(*self.by_key.values())

    def who(self, named):
        """This will return the keys of the people who may be the one that is named."""
        keys = keys_of(named.name) | contacts_of(named.contact)
        return set().union(*(self.by_key[key] for key in keys if key in self.by_key))


def _names(cases):
    for source in SOURCES:
        yield from source(cases)


# Looking for them


@atomic
def match(case, *, on, also=()):
    """This will compare everybody named in a case with everybody who works on the hub, and tell who has to decide.

    What was settled stays settled. A case that has not reached the partnership is not looked at. `also` are people whom
    a record names from this moment on: the status by which they count is written when its transition ends.
    """
    if case.stage not in sight.RECEIVED:
        return
    people = _People(User.objects.filter(is_active=True))
    wanted = {
        (pk, each.kind, each.reference, each.words)
        for each in (*_names(Case.objects.filter(pk=case.pk)), *also)
        for pk in people.who(each)
    }
    Case.objects.select_for_update().get(pk=case.pk)  # of two who look at once, the second finds what the first wrote
    held = {(row.user_id, row.kind, row.reference, row.words): row for row in NameMatch.objects.filter(case=case)}
    new = [_found(case, key, held.get(key), on=on) for key in sorted(wanted)]
    for key in held.keys() - wanted:
        _gone(held[key], on=on)
    _tell(case, [row for row in new if row and row.kind == Kind.FAMILY], on=on)


def _found(case, key, row, *, on):
    """Write a match that is new or has come back, and return it; None for one that was there."""
    if row and row.gone_at is None:
        return None
    user, kind, reference, words = key
    row = row or NameMatch(case=case, user_id=user, kind=kind, reference=reference, words=words, found_at=on)
    row.gone_at = None
    trail.save(row, by=trail.SYSTEM, on=on, reason="match")
    return row if row.settled_at is None else None


def _gone(row, *, on):
    if row.gone_at is None:
        row.gone_at = on
        trail.save(row, by=trail.SYSTEM, on=on, reason="match")


def people_among(names):
    """This will return the keys of the active people of the hub whose name is one of these."""
    wanted = set().union(*(keys_of(name) for name in names))
    people = _People(User.objects.filter(is_active=True)) if wanted else None
    return set().union(*(people.by_key.get(key, ()) for key in wanted))


def match_person(person, *, on):
    """This will look for one person, who is new or has another name, in every case the partnership has received."""
    for case in _cases_that_name(_People(User.objects.filter(pk=person.pk, is_active=True))):
        match(case, on=on)


def match_all(*, on):
    """This will look for everybody in every case: who has another name, or came another way, is found as well."""
    for case in _cases_that_name(_People(User.objects.filter(is_active=True))):
        match(case, on=on)


def _cases_that_name(people):
    """The cases the partnership has received that name, or named, one of these people."""
    cases = Case.objects.filter(stage__in=sight.RECEIVED)
    found = {each.case for each in _names(cases) if people.who(each)}
    found |= set(NameMatch.objects.filter(gone_at=None, user__in=people.all()).values_list("case", flat=True))
    return list(cases.filter(pk__in=found).order_by("pk"))


# What was found


def in_force(case):
    """This will return the matches of a case that nobody has settled and that are still there."""
    rows = NameMatch.objects.filter(case=case, settled_at=None, gone_at=None, user__is_active=True)
    return rows.select_related("user").order_by("user__full_name", "kind", "reference", "words", "pk")


def everybody_named(case, *, but):
    """This will return every match of a case, settled ones too, what waits first; never of who looks (`but`)."""
    rows = NameMatch.objects.filter(case=case, user__is_active=True).exclude(user=but).select_related("user")
    return rows.order_by("settled_at", "gone_at", "kind", "user__full_name", "pk").select_related("settled_by", "user")


def prompts(case, user, *, moment):
    """This will return what this person has to decide: who may be named among the family and is not kept out yet."""
    if user not in who_decides(case, moment=moment):
        return []
    kept_out = Exclusion.objects.in_force(moment).filter(case=case)
    return list(in_force(case).filter(kind=Kind.FAMILY).exclude(user__in=kept_out.values("user")))


def who_decides(case, *, moment):
    """This will return who is told of somebody who may be named among the family: never the person themselves.

    The business managers of the case; where all of them are named, others of the business team who see it; where nobody
    else sees it, others of the team.
    """
    named = set(in_force(case).filter(kind=Kind.FAMILY).values_list("user", flat=True))
    kept_out = set(Exclusion.objects.in_force(moment).filter(case=case).values_list("user", flat=True))
    for people in (
        can.people_with(case, Role.BUSINESS_MANAGER, moment=moment),
        can.business_team(case, moment=moment),
        sight.team(moment),
    ):
        if found := [person for person in people.order_by("pk") if person.pk not in named | kept_out]:
            return found
    return []


def _tell(case, found, *, on):
    if not found:
        return
    tell(
        "casework.may_be_named",
        record=case,
        to=who_decides(case, moment=on),
        subject="somebody may be named in the case",
        path=case.get_absolute_url(),
        on=on,
    )


def conflicts(case):
    """This will return who may be named in a case, as {person's key: what is known, in words}.

    As what somebody may be named among the family is for the business manager to know, and is not said here.
    """
    found = defaultdict(list)
    for row in in_force(case):
        said = f"may be named in the case as {row.words}" if row.kind == Kind.PROFESSIONAL else FAMILY_SAID
        if said not in found[row.user_id]:
            found[row.user_id].append(said)
    return {pk: "; ".join(said) for pk, said in found.items()}


FAMILY_SAID = "the business manager has to look at something first"


def of_oneself(known):
    """This will say to the person themselves what `conflicts` says of them."""
    return f"you {known}" if known.startswith("may be") else known


def settled(case, reference):
    """This will return the keys of the people who are not the person that a record names, as somebody has said."""
    rows = NameMatch.objects.filter(case=case, reference=reference).exclude(settled_at=None)
    return set(rows.values_list("user", flat=True))


@transition(Case, sources=sight.RECEIVED, target=None, permission=P.MANAGE_ACCESS, words="")
def not_the_same_person(case, *, by, on, match, reason):
    """This will record that somebody on the hub is not the person a case names; the prompt and the conflict are gone.

    Nobody says so of themselves.
    """
    row = in_force(case).filter(pk=match.pk).first()
    if row is None:
        raise CannotProceed("This was settled already")
    if row.user_id == by.pk:
        raise CannotProceed("Nobody decides this of themselves: ask a colleague")
    row.settled_at, row.settled_by, row.settled_why = on, by, reason
    trail.save(row, by=by, on=on, reason="not_the_same_person")
