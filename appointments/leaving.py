"""Somebody leaves: what waits for them by name goes to others in the same step (domain.md, section 2).

What there is to hand over each app says itself (`casework.handover`); the appointments, the cover taken and the last
lead of an agency are said here. Nothing is left without a successor but what names another way, and then only once
somebody has chosen that way.
"""

from django.db.models import F
from django.db.transaction import atomic
from django.utils import timezone

from access.models import Access, Case, not_even_its_name
from appointments import cover, notices, register, workflow
from casework import handover, sight
from casework.standing import begin_role
from casework.workflow import CannotProceed
from deadlines.models import Deadline
from partnership.models import Appointment, Membership, User
from partnership.roles import Role
from trail import models as trail

Kind = Appointment.Kind
OTHERWISE = "otherwise"
"""What is chosen for an item that goes on in the other way it names."""
PEOPLE = "people"
"""The reference under which the trail has what belongs to no case."""


# What this app has to hand over


WITHOUT_A_SUCCESSOR = {
    Kind.DELEGATION: "A new delegation is entered in the register: nobody signs for this partner until then",
    Kind.VIRTUAL_PANEL: "A new member is entered in the register: the alternates answer until then",
    Kind.ALTERNATE: "It ends with them",
    Kind.DEPUTY: "It ends with them",
}


def appointments_of(person, *, moment):
    """This will list the appointments a person holds or is to hold; somebody of the partner's agencies may follow."""
    rows = _to_come(moment).filter(user=person).exclude(kind=Kind.COVER).select_related("for_user")
    found = []
    for row in rows.order_by("pk"):
        held = Membership.objects.in_force(timezone.localdate(moment)).filter(agency__partner=row.partner)
        people = User.objects.filter(is_active=True, pk__in=held.values("user"))
        people = people.exclude(pk__in=[person.pk, row.for_user_id or 0])
        what = f"{row.get_kind_display()}, {row.get_partner_display()}"
        item = handover.Item("appointment", row, what, people=list(people.order_by("full_name", "pk")))
        item.otherwise = WITHOUT_A_SUCCESSOR[row.kind]
        found.append(item)
    return found


def pass_appointment(item, step):
    """This will end an appointment, and enter the successor's from today; a delegation ends with its deputies.

    Alternates go on: they act for the one who follows.
    """
    row, today, reason = item.row, timezone.localdate(step.on), f"{step.person} has left"
    from_on, until_on = max(row.from_on, today), row.until_on
    ended = [row, *(_acting_for(row, Kind.DEPUTY, today) if row.kind == Kind.DELEGATION else [])]
    for each in ended:
        each.end_before(today)
        trail.save(each, by=step.by, on=step.on, reason=reason)
    if step.to is None:
        return
    follows = Appointment(
        kind=row.kind,
        user=step.to,
        for_user=row.for_user,
        partner=row.partner,
        from_on=from_on,
        until_on=until_on,
        authority=step.authority,
    )
    try:
        register.store(follows, by=step.by, on=step.on, reason=reason)
    except CannotProceed as refused:  # beside the item, not beside a field of the register's form
        raise CannotProceed(*[(item.key, why) for _, why in refused.problems]) from refused
    for alternate in _acting_for(row, Kind.ALTERNATE, today) if row.kind == Kind.VIRTUAL_PANEL else []:
        if alternate.user == step.to:
            alternate.end_before(today)
        else:
            alternate.for_user = step.to
        trail.save(alternate, by=step.by, on=step.on, reason=reason)


def _acting_for(row, kind, day):
    rows = Appointment.objects.filter(kind=kind, for_user=row.user, partner=row.partner)
    return [each for each in rows.order_by("pk") if not each.has_ended(day)]


def covers_taken(person, *, moment):
    """This will list for whom a person covers or is to cover: somebody else who may cover for them does."""
    found = []
    for row in _to_come(moment).filter(user=person, kind=Kind.COVER).select_related("for_user").order_by("pk"):
        item = handover.Item("cover", row, f"Covers for {row.for_user}")
        who_may = cover.who_may_cover(row.for_user, day=timezone.localdate(moment)).exclude(pk=person.pk)
        item.people = list(who_may)
        item.otherwise = f"{row.for_user} is told that nobody covers for them any more"
        found.append(item)
    return found


def pass_cover(item, step):
    """This will end a cover, and let somebody else cover for the days that are left. Who is covered for is told."""
    row, today, reason = item.row, timezone.localdate(step.on), f"{step.person} has left"
    from_on, until_on = max(row.from_on, today), row.until_on
    row.end_before(today)
    trail.save(row, by=step.by, on=step.on, reason=reason)
    if step.to is None:
        notices.cover_ended(row, to=[row.for_user], on=step.on)
        return
    again = Appointment(
        kind=Kind.COVER, user=step.to, for_user=row.for_user, agency=row.agency, authority=row.authority
    )
    again.from_on, again.until_on = from_on, until_on
    trail.save(again, by=step.by, on=step.on, reason=reason)
    notices.cover_given(again, on=step.on)


def agencies_led_alone(person, *, moment):
    """This will list the agencies whose only safeguarding lead leaves while something waits for the agency."""
    held = Membership.objects.in_force(timezone.localdate(moment)).filter(role=Role.AGENCY_LEAD, user__is_active=True)
    others = held.exclude(user=person).values("agency")
    waits = Deadline.objects.open().exclude(agency=None).values("agency")
    found = []
    for row in held.filter(user=person, agency__in=waits).exclude(agency__in=others).select_related("agency"):
        item = handover.Item("lead", row, f"Only safeguarding lead of {row.agency}, which is asked for something")
        item.people = handover.people_at(row.agency, moment=moment, but=(person,))
        found.append(item)
    return found


def pass_lead(item, step):
    """This will make somebody of the agency its safeguarding lead."""
    held = Membership.objects.in_force(timezone.localdate(step.on)).filter(user=step.to, role=Role.AGENCY_LEAD)
    if not held.filter(agency=item.row.agency).exists():
        reason = f"{step.person} has left"
        begin_role(step.to, item.row.agency, Role.AGENCY_LEAD, by=step.by, on=step.on, reason=reason)


def _to_come(moment):
    """The appointments that hold today or later."""
    return Appointment.objects.exclude(until_on__lt=timezone.localdate(moment)).exclude(until_on__lt=F("from_on"))


# The step


def items_for(person, *, by, moment):
    """This will list what there is to hand over, as the one who does it may choose: not to themselves.

    What waits in a case of which they learn nothing is not there; it goes its own way (`leave`).
    """
    return [item for item in _everything(person, by=by, moment=moment) if not item.unseen]


def _everything(person, *, by, moment):
    """What there is to hand over, `unseen` where it is not for this person to know of."""
    found = handover.items_of(person, moment=moment)
    cases = Case.objects.filter(pk__in={item.case.pk for item in found if item.case})
    unseen = set(cases.filter(not_even_its_name(by, moment=moment, case="pk")).values_list("pk", flat=True))
    for item in found:
        item.people = [one for one in item.people if one.pk != by.pk]
        item.unseen = item.case is not None and item.case.pk in unseen
    return found


@atomic
def leave(person, *, by, on, reason, takes, everything=None, authority=""):
    """This will end everything a person is here, and hand each item to who was chosen. Returns the person.

    `takes` is {key of an item: a person, or OTHERWISE}; `everything` takes what was not chosen, where they may, but no
    appointment. Refused with every item that nobody takes, and for the last business manager. Both sides are told, one
    e-mail each.

    What waits in a case of which `by` learns nothing goes to `everything`, else on in the way it names, else to the
    first who may take it over; who manages that case is told to look whether it is in the right hands.
    """
    register.lock()
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    workflow.check_right(by, person, None, on=on)
    memberships = workflow.memberships_of(person, on=on)
    if not memberships:
        raise CannotProceed("This person has left already")
    for membership in memberships:
        workflow.check_another_manager(person, membership.role, on=on)
    items = _locked_items(person, by=by, on=on)
    steps = _steps(person, items, takes, everything, authority.strip(), by=by, on=on)
    for item, step in zip(items, steps, strict=True):
        handover.hand_over(item, step)
        _record(item, step)
    for membership in memberships:
        workflow.end_membership(membership, by=by, on=on, reason=reason)
    handover.follow_register(on=on)
    _end_sight(person, by=by, on=on)
    trail.record(verb="leave", reference=PEOPLE, case="", by=by, on=on, words=f"{person}: {reason}")
    _tell(person, items, steps, on=on)
    return person


def _locked_items(person, *, by, on):
    """The items, with their cases locked in one order: nobody moves them meanwhile, and no two wait for each other."""
    cases = sorted({item.case.pk for item in handover.items_of(person, moment=on) if item.case})
    list(Case.objects.select_for_update().filter(pk__in=cases).order_by("pk"))
    items = _everything(person, by=by, moment=on)
    if {item.case.pk for item in items if item.case} - set(cases):
        raise CannotProceed("Something more waits for this person since a moment ago: look again")
    return items


def _steps(person, items, takes, everything, authority, *, by, on):
    steps, problems = [], []
    for item in items:
        chosen = _by_itself(item, everything) if item.unseen else takes.get(item.key)
        if chosen is None and item.kind != "appointment" and everything in item.people:
            chosen = everything
        if chosen not in [*item.people, *([OTHERWISE] if item.otherwise else [])]:
            problems.append((item.key, _missing(item)))
        elif chosen != OTHERWISE and item.kind == "appointment" and not authority:
            problems.append(("authority", "Enter who gives the authority for the appointments that are handed over"))
        steps.append(handover.Step(person, None if chosen == OTHERWISE else chosen, by, on, authority))
    if problems:
        raise CannotProceed(*dict.fromkeys(problems))
    return steps


def _by_itself(item, everything):
    """Who takes over what nobody could choose somebody for."""
    if not item.people and not item.otherwise:
        raise CannotProceed("A colleague has to do this")
    if everything in item.people:
        return everything
    return OTHERWISE if item.otherwise else item.people[0]


def _missing(item):
    if item.people or item.otherwise:
        return f"Select who takes this over: {item}"
    return f"Nobody may take this over yet: give somebody the role first ({item})"


def _record(item, step):
    words = f"{item.what}: {step.person} to {step.to}" if step.to else f"{item.what}: {step.person}. {item.otherwise}"
    trail.record(
        verb="handed_over" if step.to else "not_taken_over",
        reference=item.reference or PEOPLE,
        case=item.case.reference if item.case else "",
        by=step.by,
        on=step.on,
        words=words,
    )


def _end_sight(person, *, by, on):
    """End what is left: sight of cases in which nothing waits for them, and the cover they had given."""
    reason = f"{person} has left"
    for row in Access.objects.in_force(on).filter(user=person).order_by("pk"):
        row.until_at = on
        trail.save(row, by=by, on=on, reason=reason)
    for row in _to_come(on).filter(for_user=person, kind=Kind.COVER).order_by("pk"):
        row.end_before(timezone.localdate(on))
        trail.save(row, by=by, on=on, reason=reason)
        notices.cover_ended(row, to=[row.user], on=on)


def _tell(person, items, steps, *, on):
    taken = {}
    for item, step in zip(items, steps, strict=True):
        if step.to:
            taken.setdefault(step.to, []).append(item)
    for to, theirs in taken.items():
        notices.handed_over(to, person, theirs, on=on)
    for item, step in zip(items, steps, strict=True):
        if item.unseen:
            managers = sight.managers_of(item.case, moment=on).exclude(pk=person.pk)
            notices.went_by_itself(item, step, to=managers, on=on)
    notices.left(person, on=on)
