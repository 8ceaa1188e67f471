"""Inviting people, giving and ending their roles, and letting them sign in or not.

Nobody does any of it to themselves, and only an administrator makes or unmakes one: so that no single account can raise
its own rights. What is done is in the history of people and memberships, with who did it.
"""

from datetime import timedelta

from django.db import IntegrityError
from django.db.transaction import atomic
from django.utils import timezone

from access.can import can
from casework import handover, named, sight
from casework.standing import begin_role
from casework.workflow import CannotProceed, NotAllowed
from partnership import accounts
from partnership.models import Membership, User
from partnership.permissions import Permission as P
from partnership.roles import Role
from trail import models as trail


@atomic
def invite(*, by, on, email, full_name, agency, role, job_title=""):
    """This will make an account without a password, give it a role, and invite the person by e-mail. Returns them."""
    check_right(by, None, role, on=on)
    email = email.strip().lower()
    person = User(email=email, full_name=full_name.strip(), job_title=job_title)
    person.set_unusable_password()
    try:
        # The constraint decides, not a look beforehand: two may invite the same person at the same moment.
        with atomic():
            trail.save(person, by=by, on=on, reason="invite")
    except IntegrityError as taken:
        raise CannotProceed(("email", "Somebody with this e-mail address has an account already")) from taken
    begin_role(person, agency, role, by=by, on=on, reason="invite")
    accounts.send_invitation(person)
    named.match_person(person, on=on)
    return person


@atomic
def invite_again(person, *, by, on):
    """This will send another invitation to somebody who has not chosen a password yet; earlier links still work."""
    check_right(by, person, None, on=on)
    if person.has_usable_password():
        raise CannotProceed("This person has signed in before: they can ask for a new password themselves")
    accounts.send_invitation(person)
    return person


@atomic
def give_role(person, *, by, on, agency, role):
    """This will give a person one more role, at an agency, from today."""
    person = _lock(person)
    check_right(by, person, role, on=on)
    held = Membership.objects.in_force(timezone.localdate(on)).filter(user=person, agency=agency, role=role)
    if held.exists():
        raise CannotProceed(("role", f"{person} has this role at {agency} already"))
    begin_role(person, agency, role, by=by, on=on, reason="give_role")
    return person


@atomic
def end_role(membership, *, by, on, reason):
    """This will end a role at once: it no longer counts with the next request. Who led it is not replaced by this.

    The last role is not ended while something waits for the person by name: they leave, and it is handed over.
    """
    person = _lock(membership.user)
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    check_right(by, person, membership.role, on=on)
    today = timezone.localdate(on)
    if membership.until_on is not None and membership.until_on < today:
        raise CannotProceed("This role has ended already")
    check_another_manager(person, membership.role, on=on)
    rest = [row for row in memberships_of(person, on=on) if row.pk != membership.pk]
    if membership.agency_id not in {row.agency_id for row in rest} and handover.items_of(person, moment=on):
        words = "This is their last role there, and something waits for them: let them leave and hand it over"
        raise CannotProceed(words)
    if membership.role == Role.BUSINESS_MANAGER and not any(row.role == membership.role for row in rest):
        check_cases_held(person, on=on)
    end_membership(membership, by=by, on=on, reason=reason)
    return person


def memberships_of(person, *, on):
    """This will return the memberships a person holds now, locked."""
    rows = Membership.objects.in_force(timezone.localdate(on)).filter(user=person)
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def end_membership(membership, *, by, on, reason):
    """This will end a membership with yesterday, so that it no longer counts."""
    yesterday = timezone.localdate(on) - timedelta(days=1)
    if membership.from_on > yesterday:
        trail.remove(membership, by=by, on=on, reason=reason)  # its last day would lie before its first
    else:
        membership.until_on = yesterday
        trail.save(membership, by=by, on=on, reason=reason)


@atomic
def let_sign_in(person, *, by, on, may, reason):
    """This will let a person sign in, or no longer, from their next request on. Their roles stay as they are.

    Stopping somebody never waits for anything: what they alone hold is held by the other business managers from then
    on, and where they are signed in, they are signed out for good.
    """
    person = _lock(person)
    check_right(by, person, None, on=on)
    if person.is_active == may:
        raise CannotProceed("This person may sign in already" if may else "This person may not sign in already")
    if not may:
        check_another_manager(person, Role.BUSINESS_MANAGER, on=on)
        sight.hold_instead(person, by=by, on=on)
    accounts.end_all_sessions(person)  # on letting in again too: a sign-in may have been half way when it was stopped
    person.is_active = may
    trail.save(person, by=by, on=on, reason=reason)
    named.match_person(person, on=on)
    return person


def _lock(person):
    # Without the key: who works in a case meanwhile, and is named by what they write there, is not waited for.
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


def check_right(by, person, role, *, on):
    """This will refuse who does not manage people, oneself, and an administrator to all but another one."""
    if not can(by, P.MANAGE_PEOPLE, moment=on):
        raise NotAllowed(f"people are managed by who holds {P.MANAGE_PEOPLE}")
    if person is not None and person.pk == by.pk:
        raise CannotProceed("Nobody changes their own account or roles: ask a colleague")
    roles = {role} if role else {held for held, _ in person.standing(timezone.localdate(on))}
    if Role.ADMINISTRATOR in roles and not can(by, P.CONFIGURE, moment=on):
        raise CannotProceed(("role" if role else "", "Only an administrator can do this to an administrator"))


def check_cases_held(person, *, on):
    """A restricted case has a holder who can see it: who alone holds one hands it over first."""
    if any(not item.otherwise for item in sight.cases_held(person, moment=on)):
        raise CannotProceed("They alone hold a restricted case: another business manager has to hold it first")


def check_another_manager(person, role, *, on):
    """Somebody has to run the cases: the last business manager stays until there is another."""
    if role != Role.BUSINESS_MANAGER:
        return
    managers = Membership.objects.in_force(timezone.localdate(on)).filter(role=role, user__is_active=True)
    # Locked, so that two who end each other's role at the same moment do not both succeed.
    held = list(managers.select_for_update(of=("self",)).values_list("user", flat=True))
    if person.pk in held and set(held) == {person.pk}:
        raise CannotProceed("This is the only business manager: there has to be another first")
