"""What the referral holds of the family, as an agency that was asked and the rapid review panel may see it."""

from typing import NamedTuple

from django.utils.text import capfirst

from design.forms import say_date
from rapid_reviews.models import AgencySummary, FamilyCorrection


class Relative(NamedTuple):
    """A subject child, or somebody around them: what an agency needs to search its records, and no more."""

    name: str
    other_names: str
    relationship: str
    born: str
    address: str


def family(review, *, sees_confidential):
    """This will list the children and everybody around them: name, relationship, date of birth, address.

    A confidential address is withheld from everybody but the business unit.
    """
    referral = review.referral
    found = [
        Relative(
            child.name or "Name not known",
            child.other_names,
            "Subject child",
            _born(child),
            _address(child.home_address, sees_confidential),
        )
        for child in referral.children.select_related("home_address").order_by("pk")
    ]
    for related in (referral.carers, referral.siblings, referral.other_people):
        found += [
            Relative(
                person.name or "Name not known",
                "",
                person.relationship_other or person.get_relationship_display() or capfirst(person._meta.verbose_name),
                _born(person),
                _address(person.address, sees_confidential),
            )
            for person in related.select_related("address").order_by("pk")
        ]
    return found


def initials(review):
    """This will list each child's initials with the date of birth: "A.B., born 3 May 2016"."""
    found = []
    for child in review.referral.children.order_by("pk"):
        letters = ".".join(part[0].upper() for part in child.name.split()) or "Name not known"
        found.append(", ".join(filter(None, (f"{letters}." if child.name else letters, _born(child, "born ")))))
    return found


def additions(review):
    """This will list what the returned summaries say differs or is new about the family, agency by agency.

    It stands beside what the referral holds; neither is changed by the other.
    """
    returned = review.summaries.filter(status__in=AgencySummary.RETURNED_STATUSES)
    rows = FamilyCorrection.objects.filter(summary__in=returned.values("pk")).select_related("summary__agency")
    return rows.order_by("summary__agency__name", "pk")


def _born(person, before=""):
    if person.date_of_birth:
        estimated = " (estimated)" if getattr(person, "date_of_birth_estimated", False) else ""
        return f"{before}{say_date(person.date_of_birth)}{estimated}"
    if getattr(person, "unborn", False):
        return f"unborn, expected {say_date(person.expected_on)}" if person.expected_on else "unborn"
    age = getattr(person, "age", None)
    return f"Aged {age}" if age is not None else ""


def _address(address, sees_confidential):
    return address.shown_to(sees_confidential) if address else ""
