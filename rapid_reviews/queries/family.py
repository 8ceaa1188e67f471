"""What is held of the family, as an agency that was asked and the rapid review panel may see it."""

from typing import NamedTuple

from django.utils.text import capfirst

from access.models import Address
from design.forms import say_date, say_moment
from rapid_reviews.models import AgencySummary, FamilyCorrection, RapidReview
from rapid_reviews.queries.disclosure import marks_of


class Relative(NamedTuple):
    """A subject child, or somebody around them: what an agency needs to search its records, and no more."""

    name: str
    other_names: str
    relationship: str
    born: str
    address: str
    added: str = ""
    """Who proposed and who accepted them, for somebody the referral does not name."""


def family(review, *, sees_confidential):
    """This will list the children and everybody around them: name, relationship, date of birth, address.

    Who joined later, from an agency's summary, stands behind those of the referral. A confidential address is withheld
    from everybody but the business unit.
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
    secret = confidential_addresses(review)
    found += [
        Relative(
            row.name,
            "",
            row.get_relationship_display() or "Significant other",
            _born(row),
            address_of_agency(row.address, secret, allowed=sees_confidential),
            said_of_addition(row),
        )
        for row in joined(review)
    ]
    return found


def people_of(review):
    """This will return everybody of the family, as [(person, relationship, address or None)]; who joined later last."""
    referral = review.referral
    found = [
        (child, "Subject child", child.home_address)
        for child in referral.children.select_related("home_address").order_by("pk")
    ]
    for related in (referral.carers, referral.siblings, referral.other_people):
        for person in related.select_related("address").order_by("pk"):
            relationship = person.relationship_other or person.get_relationship_display()
            found.append((person, relationship or related.model._meta.verbose_name.capitalize(), person.address))
    found += [(row, row.get_relationship_display() or "Significant other", row.address) for row in joined(review)]
    return found


def joined(review):
    """This will return the people whom agencies added and the business team accepted, in the order they joined."""
    rows = FamilyCorrection.objects.filter(summary__review=review).exclude(accepted_at=None)
    return rows.select_related("summary__agency", "summary__author", "accepted_by", "address").order_by(
        "accepted_at", "pk"
    )


def said_of_addition(row):
    """This will say who proposed somebody who joined the family, and who accepted them."""
    author = row.summary.author_name or row.summary.author
    proposed = f"{row.summary.agency} ({author})" if author else str(row.summary.agency)
    return f"Added: proposed by {proposed}, accepted by {row.accepted_by}, {say_moment(row.accepted_at)}"


def proposed_additions(summary, marks=None):
    """This will return the rows of a summary that name somebody: who can join the family, or has joined it.

    With the marks of a reader, without those that are withheld from them.
    """
    hidden = marks.hidden("correction", summary) if marks else []
    rows = summary.family_corrections.exclude(name="").exclude(pk__in=hidden)
    return rows.select_related("address").order_by("pk")


def family_can_grow(review):
    """This will say whether somebody can still join the family: until the report is locked for signature."""
    return review.status in RapidReview.BEFORE_LOCK


def nil_returns(review):
    """This will return the summaries of the agencies that found nothing: whom to ask again with a new name."""
    rows = review.summaries.filter(status=AgencySummary.Status.NIL).select_related("agency", "case", "review")
    return rows.order_by("agency__name")


def initials(review):
    """This will list each child's initials with the date of birth: "A.B., born 3 May 2016"."""
    found = []
    for child in review.referral.children.order_by("pk"):
        letters = ".".join(part[0].upper() for part in child.name.split()) or "Name not known"
        found.append(", ".join(filter(None, (f"{letters}." if child.name else letters, _born(child, "born ")))))
    return found


def additions(review, marks=None):
    """This will list what the returned summaries say differs or is new about the family, agency by agency.

    It stands beside what the referral holds; neither is changed by the other. Who has joined the family is not in it,
    nor what is withheld from the reader whose `marks` these are (without them: from anybody).
    """
    marks = marks or marks_of(review)
    returned = review.summaries.filter(status__in=AgencySummary.RETURNED_STATUSES)
    rows = FamilyCorrection.objects.filter(summary__in=returned.values("pk"), accepted_at=None)
    rows = rows.exclude(pk__in=marks.hidden("correction"))
    return rows.select_related("summary__agency", "address").order_by("summary__agency__name", "pk")


def confidential_addresses(review):
    """This will return the addresses of a case that are the business unit's alone."""
    return list(Address.objects.filter(case=review.case, confidential=True))


def address_of_agency(address, confidential, *, allowed=False):
    """This will return an address in an agency's own words; withheld where it is, or names, a confidential one."""
    if address is None:
        return ""
    shown = address.shown_to(allowed)
    if allowed:
        return shown
    plain = _plain(shown)
    for secret in confidential:
        for part in (_plain(secret.text), _plain(secret.postcode)):
            if part and (part in plain or (plain and plain in part)):
                return Address.WITHHELD
    return shown


def _plain(text):
    return "".join(text.lower().split())


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
