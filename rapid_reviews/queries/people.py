"""Who may chair a rapid review, and who is on its panel."""

from typing import NamedTuple

from django.utils import timezone

from access.can import people_with
from casework import named
from casework.named import Named
from partnership.models import Appointment, Membership, User
from partnership.roles import CaseRole, Role
from rapid_reviews.models import AgencySummary, FamilyCorrection, Practitioner

POOL = (Role.REVIEWER, Role.SCRUTINEER, Role.PANEL_MEMBER, Role.DELEGATED_PARTNER)
"""The roles from which a chair and author is appointed."""


class Candidate(NamedTuple):
    """A person who may be chosen: what they are, what is known against it, and whether they are proposed."""

    person: User
    what: str
    known: tuple = ()
    proposed: bool = True


def people_named(cases):
    """This will return everybody whom the summaries of these cases name, as `casework.named.Named`.

    Who joined the family; and the practitioners of the summaries that their agencies have finished writing.
    """
    of = ("summary__case", "summary__reference", "name")
    joined = FamilyCorrection.objects.filter(summary__case__in=cases).exclude(accepted_at=None)
    for case, reference, name in joined.values_list(*of):
        yield Named(case, reference, "family", "somebody added to the family", name)
    yield from practitioners_named(AgencySummary.objects.filter(case__in=cases, status__in=WRITTEN))


def practitioners_named(summaries):
    """This will return the involved practitioners of these summaries, as `casework.named.Named`."""
    rows = Practitioner.objects.filter(summary__in=summaries)
    for case, reference, name in rows.values_list("summary__case", "summary__reference", "name"):
        yield Named(case, reference, "professional", "practitioner", name)


WRITTEN = (AgencySummary.Status.WITH_APPROVER, *AgencySummary.RETURNED_STATUSES)


def approver_conflicts(summary):
    """This will return what keeps people from approving a summary, as {person's key: what is known, in words}.

    They may be named in the case, or stand among the practitioners of this very summary.
    """
    found = named.conflicts(summary.case)
    among = named.people_among(summary.practitioners.values_list("name", flat=True))
    among -= named.settled(summary.case, summary.reference)
    return dict.fromkeys(among, "may be one of the involved practitioners") | found


def conflicts_known(review, person):
    """This will list what the hub knows that keeps a person from chairing.

    They referred it, wrote a summary, or may be named in the case.
    """
    known = []
    if person in (review.referral.opened_by, review.referral.approved_by):
        known.append("they referred the case or approved the referral")
    if review.summaries.filter(author=person).exists() or review.summaries.filter(approver=person).exists():
        known.append("they wrote or approved a summary")
    if found := named.conflicts(review.case).get(person.pk):
        known.append(f"they {found}" if found.startswith("may be") else found)
    return known


def chair_candidates(review, *, moment):
    """This will list who may be appointed chair and author: the pool, each with the conflicts the hub knows of.

    That somebody's agency was asked is shown; the declaration is theirs to make. A conflict of `conflicts_known` keeps
    them from chairing.
    """
    held = Membership.objects.in_force(timezone.localdate(moment)).filter(role__in=POOL, user__is_active=True)
    asked = set(review.summaries.values_list("agency", flat=True))
    people = {}
    for membership in held.select_related("user", "agency").order_by("user__full_name", "pk"):
        people.setdefault(membership.user, []).append(membership)
    found = []
    for person, memberships in people.items():
        if person.pk == review.chair_id:
            continue
        known = conflicts_known(review, person)
        if any(membership.agency_id in asked for membership in memberships):
            known.append("their agency was asked for a summary")
        found.append(Candidate(person, _as_words(memberships), tuple(known)))
    return found


def _as_words(memberships):
    return "; ".join(f"{membership.get_role_display()}, {membership.agency}" for membership in memberships)


def panel_candidates(review, *, moment):
    """This will list who may be named to the rapid review panel, each with why.

    The leads and authors of the agencies with involvement, the referrer, the chair, the Virtual Panel members.
    Agencies with a nil return are not on the panel.
    """
    day, found = timezone.localdate(moment), {}

    def add(person, why, *, proposed=True):
        if person is None or not person.is_active:
            return
        before = found.get(person, Candidate(person, "", (), False))
        what = f"{before.what}; {why}" if before.what else why
        found[person] = Candidate(person, what, (), before.proposed or proposed)

    add(review.chair, "Chair")
    # Who referred it introduces the case; one without an account is asked to the meeting.
    for person in people_with(review.case, CaseRole.REFERRER, moment=moment).order_by("full_name", "pk"):
        add(person, "Referrer")
    involved = review.summaries.exclude(status=AgencySummary.Status.NIL).exclude(involved=False)
    for summary in involved.select_related("agency", "author").order_by("agency__name"):
        returned = summary.status in AgencySummary.RETURNED_STATUSES
        still = "" if returned else " (not returned yet)"
        leads = Membership.objects.in_force(day).filter(agency=summary.agency, role=Role.AGENCY_LEAD)
        for lead in leads.select_related("user").order_by("user__full_name", "pk"):
            add(lead.user, f"Safeguarding lead, {summary.agency}{still}", proposed=returned)
        if summary.author not in found:
            add(summary.author, f"Author of the summary, {summary.agency}{still}", proposed=returned)
    members = Appointment.objects.in_force(day).filter(kind=Appointment.Kind.VIRTUAL_PANEL)
    for appointment in members.select_related("user").order_by("partner", "pk"):
        add(appointment.user, f"Virtual Panel member, {appointment.get_partner_display()}")
    return list(found.values())
