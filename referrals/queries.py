"""Reads that span the models of a referral: what is missing, what looks like a double, what waits."""

import re
from typing import NamedTuple

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from access.can import people_with
from access.models import Access, Address, Case, cases_open_to
from casework import handover
from casework.named import Named
from deadlines import rules
from deadlines.models import Deadline
from partnership.models import Appointment, Membership, Partnership, User
from partnership.permissions import Permission
from partnership.roles import CaseRole, Role, roles_granting
from referrals.models import (
    Carer,
    Child,
    InvolvedService,
    OtherPerson,
    PanelView,
    ParallelProcess,
    Referral,
    Sibling,
)

SIMILAR_NAME = 0.35
"""Trigram similarity from which two names are shown as possibly the same: low, since a person looks at each."""
SIMILAR_ADDRESS = 0.6
"""The same for the words of two addresses: higher, since every address of a street is like the others."""
SEVERAL = 4
"""How many of a child's names are compared."""


class Gap(NamedTuple):
    """A required answer that is missing: the section it belongs to, the row if any, the field, what to do."""

    section: str
    row: int | None
    field: str
    message: str


REQUIRED = {
    "notifying-area": {
        "la_residence": "Select the local authority where the child ordinarily resides",
        "la_incident": "Select the local authority where the incident occurred",
    },
    "referrer": {
        "referred_on": "Enter the date of the referral",
        "referrer_name": "Enter the referrer’s name",
        "referrer_organisation": "Enter the referrer’s organisation",
        "referrer_email": "Enter the referrer’s e-mail",
    },
    "incident": {
        "outline": "Enter the incident outline",
        "incident_precision": "Select how exactly the date of the incident is known",
        "incident_on": "Enter the date of the incident",
    },
    "oversight": {
        "discussed": "Select whether the referral was discussed with a manager or DSL",
        "kept_safe": "Select whether action was taken to keep the child or other children safe",
    },
}
"""What a referral must answer to be sent, by section (the starred fields of the paper form)."""

CHILD_REQUIRED = {
    "name": "Enter the child’s name",
    "date_of_birth": "Enter the child’s date of birth",
    "nature": "Select the nature of the incident",
    "circumstance": "Select the circumstance",
    "abuse": "Select the main type of abuse",
    "home_address": "Enter the child’s home address",
    "birth_sex": "Select the child’s birth sex",
    "ethnicity": "Select the child’s ethnicity",
    "first_language": "Enter the child’s first language",
    "level_of_help": "Select the level of help at the time of the incident",
}
CHILD_NOT_KNOWN = ("name", "date_of_birth", "birth_sex", "ethnicity", "first_language", "level_of_help")
"""The personal answers of CHILD_REQUIRED that "not known, and why" may stand in for."""


def gaps(referral):
    """This will collect every reason why the referral cannot be sent yet, all at once, as `Gap`s."""
    found = [
        Gap(section, None, field, message)
        for section, fields in REQUIRED.items()
        for field, message in fields.items()
        if not getattr(referral, field)
    ]
    found += _answers_that_need_more(referral)
    children = list(referral.children.order_by("pk"))
    if not children:
        found.append(Gap("children", None, "", "Add at least one child"))
    for number, child in enumerate(children, 1):
        found += _child_gaps(referral, child, number if len(children) > 1 else None)
    return found


def _answers_that_need_more(referral):
    if referral.discussed == "yes":
        wanted = {
            "discussed_name": "Enter the name of the manager or DSL",
            "discussed_role": "Enter the role of the manager or DSL",
            "discussed_on": "Enter the date it was discussed",
        }
    elif referral.discussed == "no":
        wanted = {"not_discussed_why": "Enter why the referral was not discussed"}
    else:
        wanted = {}
    if referral.kept_safe == "yes":
        wanted |= {"kept_safe_what": "Enter what action was taken", "kept_safe_who": "Enter who took the action"}
    for field, message in wanted.items():
        if not getattr(referral, field):
            yield Gap("oversight", None, field, message)
    if referral.incident_on and referral.referred_on and referral.incident_on > referral.referred_on:
        yield Gap("incident", None, "incident_on", "The incident cannot be after the date of the referral")
    if referral.incident_precision == "between" and not referral.incident_until:
        yield Gap("incident", None, "incident_until", "Enter the latest date the incident can have been")
    if "other" in referral.factors and not referral.factors_other:
        yield Gap("factors", None, "factors_other", "Enter the other factor")


def _child_gaps(referral, child, number):
    of = f" of child {number}" if number else ""
    for field, message in CHILD_REQUIRED.items():
        if field == "date_of_birth" and child.unborn:
            if not child.expected_on:
                yield Gap("children", child.pk, "expected_on", f"Enter the expected date of delivery{of}")
            continue
        if field == "name" and child.unborn and child.name == "":
            yield Gap("children", child.pk, "name", f"Enter the name{of}, such as “Unborn baby of …”")
            continue
        said_why = field in CHILD_NOT_KNOWN and field in child.not_known
        if not getattr(child, field) and not said_why:
            yield Gap("children", child.pk, field, f"{message} (child {number})" if number else message)
    if child.ethnicity == "NOBT" and not child.ethnicity_why:
        yield Gap("children", child.pk, "ethnicity_why", f"Enter why the ethnicity{of} was not obtained")
    if child.date_of_birth and referral.referred_on and child.date_of_birth > referral.referred_on:
        yield Gap("children", child.pk, "date_of_birth", f"The date of birth{of} cannot be after the referral")


class PossibleDuplicate(NamedTuple):
    """A child of another referral who may be the same, and why it is shown."""

    child: Child
    why: list


def possible_duplicates(referral, *, user, moment):
    """This will list children of other referrals, open or closed, who may be the same child, likeliest first.

    Compared: name and other names of both (trigram similarity), date of birth, home address (its postcode, or similar
    words), NHS number, UPN and local authority case number. Only cases this person may see; at most 20.
    """
    open_to = cases_open_to(user, Permission.VIEW_SCREENING, moment=moment)
    others = (
        Child.objects.filter(referral__case__in=open_to)
        .exclude(referral=referral)
        .select_related("referral", "home_address")
    )
    found = {}
    for mine in referral.children.select_related("home_address"):
        same = Q()
        for field in ("date_of_birth", "nhs_number", "upn", "la_case_number"):
            if value := getattr(mine, field):
                same |= Q(**{field: value})
        if mine.home_address and mine.home_address.postcode:
            same |= Q(home_address__postcode=mine.home_address.postcode)
        names = [mine.name or " ", *other_names_of(mine)]
        likeness = Greatest(
            *(TrigramSimilarity(field, name) for name in names[:SEVERAL] for field in ("name", "other_names"))
        )
        home = mine.home_address.text if mine.home_address else ""
        near = Coalesce(TrigramSimilarity("home_address__text", home or " "), 0.0)
        rows = others.annotate(likeness=likeness, near=near).filter(
            same | Q(likeness__gte=SIMILAR_NAME) | Q(near__gte=SIMILAR_ADDRESS)
        )
        for other in rows.order_by("-likeness", "-pk")[:20]:
            found.setdefault(other.pk, PossibleDuplicate(other, _why(mine, other)))
    return sorted(found.values(), key=lambda double: -len(double.why))[:20]


def other_names_of(child):
    """This will return the other and previous names of a child, one by one."""
    return [name.strip() for name in re.split(r"[,;/\n]", child.other_names) if name.strip()]


FAMILY_NAMED = (
    (Child, "child"),
    (Carer, "parent or carer"),
    (Sibling, "sibling"),
    (OtherPerson, "other significant person"),
)


def people_named(cases):
    """This will return everybody whom the referrals of these cases name, as `casework.named.Named`.

    The family, whoever belongs to it, and who is suspected of harm; the referrer, practitioners and contacts.
    """
    referrals = Referral.objects.filter(case__in=cases)
    of = ("referral__case", "referral__reference")
    for model, words in FAMILY_NAMED:
        rows = model.objects.filter(referral__in=referrals.values("pk"))
        for case, reference, name in rows.values_list(*of, "name"):
            yield Named(case, reference, "family", words, name)
    children = Child.objects.filter(referral__in=referrals.values("pk")).exclude(other_names="")
    for child in children.select_related("referral").only("other_names", *of):
        names = "; ".join(other_names_of(child))
        yield Named(child.referral.case_id, child.referral.reference, "family", "child", names)
    columns = ("case", "reference", "suspect_name", "referrer_name", "referrer_email", "referrer_telephone")
    for case, reference, suspect, referrer, email, telephone in referrals.values_list(*columns):
        yield Named(case, reference, "family", "person suspected of harm", suspect)
        yield Named(case, reference, "professional", "referrer", referrer, f"{email} {telephone}")
    services = InvolvedService.objects.filter(referral__in=referrals.values("pk"))
    for case, reference, practitioner, contact in services.values_list(*of, "practitioner", "contact"):
        yield Named(case, reference, "professional", "practitioner", practitioner)
        yield Named(case, reference, "professional", "contact of a service", contact, contact)
    processes = ParallelProcess.objects.filter(referral__in=referrals.values("pk"))
    for case, reference, contact in processes.values_list(*of, "contact"):
        yield Named(case, reference, "professional", "contact of a parallel process", contact, contact)


def _why(mine, other):
    why = []
    if other.likeness >= SIMILAR_NAME:
        why.append("same name" if mine.name.casefold() == other.name.casefold() else "similar name")
    for field, words in (
        ("date_of_birth", "same date of birth"),
        ("nhs_number", "same NHS number"),
        ("upn", "same UPN"),
        ("la_case_number", "same local authority case number"),
    ):
        if getattr(mine, field) and getattr(mine, field) == getattr(other, field):
            why.append(words)
    postcodes = {child.home_address.postcode if child.home_address else "" for child in (mine, other)}
    if len(postcodes) == 1 and "" not in postcodes:
        why.append("same postcode")
    elif other.near >= SIMILAR_ADDRESS:
        why.append("similar address")
    return why


def referrals_for(user, *, moment):
    """This will return the referrals this person may see, each with its newest moment, for the list."""
    return Referral.objects.visible_to(user, moment=moment).select_related("case", "agency", "opened_by")


def referrer_of(referral, *, moment):
    """This will return who stands for the referral now: whoever opened it, or took it over from them."""
    rows = Access.objects.in_force(moment).filter(case=referral.case, role=CaseRole.REFERRER)
    row = rows.select_related("user").order_by("-from_at", "-pk").first()
    return row.user if row else referral.opened_by


def notifiers(day):
    """This will return who notifies for the local authority on a day, and who covers for them."""
    held = Membership.objects.in_force(day).filter(role=Role.LA_NOTIFIER)
    covers = Appointment.objects.covers(day).filter(for_user__in=held.values("user"))
    return User.objects.filter(Q(pk__in=held.values("user")) | Q(pk__in=covers.values("user")))


def waiting_for_approval(*, user, moment):
    """This will return the referrals that wait for an approver: what the business unit sees is agency and age only."""
    return (
        Referral.objects.filter(status=Referral.Status.WITH_APPROVER)
        .exclude(pk__in=Referral.objects.visible_to(user, moment=moment).values("pk"))
        .values("pk", "agency__name", "sent_for_approval_at")
        .order_by("sent_for_approval_at")
    )


def panel_appointments(day):
    """This will return the appointments to the Virtual Panel in force on a day: members and their alternates."""
    kinds = (Appointment.Kind.VIRTUAL_PANEL, Appointment.Kind.ALTERNATE)
    return Appointment.objects.in_force(day).filter(kind__in=kinds, user__is_active=True).order_by("partner", "pk")


def views_in_force(referral):
    """This will return the Virtual Panel's views as they stand: at most one for each partner, first given first."""
    return (
        referral.panel_views.filter(superseded_at=None)
        .select_related("member", "appointment")
        .order_by("given_at", "pk")
    )


def agreed_outcome(referral):
    """This will return (outcome, partners) when the quorum agrees on the same outcome, else None.

    The quorum is the partnership's setting (two of three unless changed); a partner counts once, whoever spoke for it.
    """
    by_outcome = {}
    for view in views_in_force(referral):
        if view.outcome:
            by_outcome.setdefault(view.outcome, []).append(view.partner)
    quorum = Partnership.load().quorum
    return next(((outcome, sorted(agreed)) for outcome, agreed in by_outcome.items() if len(agreed) >= quorum), None)


def earlier_rounds(referral):
    """This will return what the Virtual Panel decided before the case came back to it: [(decision, its views)]."""
    views = {}
    for view in referral.panel_views.exclude(superseded_at=None).select_related("member").order_by("given_at", "pk"):
        views.setdefault(view.superseded_at, []).append(view)
    decisions = referral.panel_decisions.exclude(superseded_at=None).order_by("decided_at", "pk")
    return [(decision, views.get(decision.superseded_at, [])) for decision in decisions]


def may_read_views(referral, user):
    """This will say whether a panel member may see the others' views: once their own partner's was given by them,
    or the panel has decided."""
    if referral.status in Referral.DECIDED:
        return True
    return PanelView.objects.filter(referral=referral, member=user, superseded_at=None).exists()


def is_suspected_suicide(referral):
    """This will say whether any subject child's death is a suspected suicide."""
    return referral.children.filter(circumstance="death_suspected_suicide").exists()


def notification_due_at(referral):
    """This will return the national date of the serious incident notification, as it last ran, or None."""
    deadlines = Deadline.objects.filter(reference=referral.reference, rule=rules.SIN_NATIONAL.code)
    last = deadlines.order_by("-started_at", "-pk").first()
    return last.due_at if last else None


def day_0(referral):
    """This will return the moment that local milestones count from: received or SIN sent, whichever was earlier."""
    sin = referral.sin
    return min(referral.received_at, sin.sent_at) if sin else referral.received_at


def done_already(referral):
    """This will return the URL names of acts that can be done once and were: their buttons are not shown again."""
    done = set()
    decision = referral.panel_decision
    if decision is None or decision.told_at:
        done.add("tell-outcome")
    done |= {"decide-notification", "record-notification"} if referral.sin else {"withdraw-notification"}
    running = Deadline.objects.open().filter(reference=referral.reference)
    if not running.filter(rule=rules.PARTNERS_TOLD.code).exists():
        done.add("tell-partners")
    return done


# What waits for somebody who leaves (casework.handover)


def referrals_of(person, *, moment):
    """This will list the referrals a person stands for as their referrer: somebody of the agency takes them over.

    Received, with nothing asked of the referrer, one may be left as it is.
    """
    found = []
    for row in _parts(person, CaseRole.REFERRER, moment):
        referral = Referral.objects.select_related("agency").get(case=row.case)
        item = handover.Item("referrer", row, "Referrer", referral.reference, row.case)
        people = _people_of(referral, person, moment)
        item.people = [one for one in people if one.pk != referral.approver_id]
        item.deadlines = handover.waiting(person, referral.reference, rules.RETURNED, rules.MORE_INFORMATION)
        if referral.status not in (*Referral.EDITABLE, Referral.Status.MORE_INFORMATION):
            item.otherwise = "The partnership has the referral: nothing is asked of its referrer"
        found.append(item)
    return found


def approvals_of(person, *, moment):
    """This will list the referrals that wait for a person's approval: another senior manager of the agency gives it."""
    rows = Referral.objects.filter(status=Referral.Status.WITH_APPROVER, approver=person)
    found = []
    for referral in rows.select_related("case", "agency", "opened_by").order_by("pk"):
        item = handover.Item("approver", referral, "Approver of the referral", referral.reference, referral.case)
        but = (person, referral.opened_by, referrer_of(referral, moment=moment))
        item.people = handover.people_at(referral.agency, Role.APPROVER, moment=moment, but=but)
        item.deadlines = handover.waiting(person, referral.reference, rules.APPROVAL)
        found.append(item)
    return found


def notifications_of(person, *, moment):
    """This will list the cases in which a person notifies for the local authority, who still could have to."""
    held = Membership.objects.in_force(timezone.localdate(moment)).filter(role=Role.LA_NOTIFIER)
    people = User.objects.filter(is_active=True, pk__in=held.values("user")).exclude(pk=person.pk)
    people, found = list(people.order_by("full_name", "pk")), []
    for row in _parts(person, CaseRole.NOTIFIER, moment):
        others = people_with(row.case, CaseRole.NOTIFIER, moment=moment, cover=False).exclude(pk=person.pk)
        item = handover.Item("notifier", row, "Local authority notifier", row.case.reference, row.case, people)
        if others := list(others.order_by("full_name")):
            item.otherwise = f"{handover.names(others)} notifies in this case as well"
        found.append(item)
    return found


def _parts(person, role, moment):
    rows = Access.objects.in_force(moment).filter(user=person, role=role).exclude(case__stage__in=Case.ENDED)
    return rows.select_related("case").order_by("pk")


def _people_of(referral, person, moment):
    if referral.agency is None:
        return handover.people_beside(person, moment=moment)
    roles = [role for role in roles_granting(Permission.OPEN_REFERRAL) if role in Role]
    return handover.people_at(referral.agency, *roles, moment=moment, but=(person,))


KNOW_THE_FILES = {Permission.SEE_CONFIDENTIAL_ADDRESS, Permission.EDIT_REFERRAL, Permission.APPROVE_REFERRAL}
"""What the business unit may, and who sent the files."""


def withholds_files(referral, permissions):
    """This will say whether the files beside a referral are withheld from who holds these permissions.

    A letter may say a confidential address of the case, which is the business unit's alone (domain.md, section 4).
    """
    if not KNOW_THE_FILES.isdisjoint(permissions):
        return False
    return Address.objects.filter(case=referral.case_id, confidential=True).exists()
