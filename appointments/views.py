"""The pages of people and their roles: for the business manager and the administrator."""

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property

from access.can import can
from access.models import not_even_its_name
from appointments import forms, leaving, listings, workflow
from casework.views import Act, FreshFactor, Page, answer_list
from deadlines.models import Deadline
from design.forms import say_date
from partnership import second_factor
from partnership.models import Appointment, Membership, User
from partnership.permissions import Permission as P
from partnership.roles import GRANTS, CaseRole, Role


class PeoplePage(Page):
    """A page for who manages people."""

    def dispatch(self, request, *args, **kwargs):
        if not can(request.user, P.MANAGE_PEOPLE, moment=self.now):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def person(self):
        return get_object_or_404(User, pk=self.kwargs["pk"])


class People(PeoplePage):
    """Everybody, with the roles they hold today."""

    def get(self, request):
        held = Membership.objects.in_force(self.day).select_related("agency").order_by("role", "pk")
        everybody = User.objects.prefetch_related(Prefetch("memberships", held, to_attr="held"))
        return answer_list(listings.people(day=self.day), request, everybody, "appointments/people.html", name="people")


class Person(PeoplePage):
    """One person: account, roles, appointments, and what waits for them."""

    def get(self, request, pk):
        person = self.person
        roles = Membership.objects.filter(user=person).select_related("agency").order_by("-from_on", "-pk")
        appointments = Appointment.objects.in_force(self.day).filter(user=person).select_related("for_user", "agency")
        unseen = not_even_its_name(request.user, moment=self.now)
        waiting = Deadline.objects.open().filter(~unseen, user=person).oldest_first()
        context = {
            "person": person,
            "is_self": person.pk == request.user.pk,
            "state": listings.state_of(person),
            "glance": [
                ("E-mail address", person.email),
                ("Job title", person.job_title or "Not given"),
                ("Account", listings.state_of(person)),
                ("Second factor", "Set up" if second_factor.has_second_factor(person) else "Not set up yet"),
            ],
            "held": [
                (f"{each.get_role_display()}, {each.agency}", f"since {say_date(each.from_on)}", each.pk)
                for each in roles
                if each.until_on is None or each.until_on >= self.day
            ],
            "ended": [
                f"{each.get_role_display()}, {each.agency}, {say_date(each.from_on)} to {say_date(each.until_on)}"
                for each in roles
                if each.until_on is not None and each.until_on < self.day
            ],
            "appointments": [
                f"{each.get_kind_display()}{f' for {each.for_user}' if each.for_user else ''}, {each.authority}"
                for each in appointments.order_by("kind", "pk")
            ],
            "waiting": [f"{each.label}, {each.reference}" for each in waiting[:50]],
        }
        return render(request, "appointments/person.html", context)


class Roles(PeoplePage):
    """The matrix: what each role may do, standing roles and roles in one case, to read and to print."""

    def get(self, request):
        rows = [(permission.sentence, *(self.who(permission, roles) for roles in (Role, CaseRole))) for permission in P]
        head = ["What it allows", "Roles at an agency or in the business unit", "Roles in one case"]
        return render(request, "appointments/roles.html", {"head": head, "rows": rows})

    def who(self, permission, roles):
        return "\n".join(role.label for role in roles if permission in GRANTS[role])


class PeopleAct(FreshFactor, PeoplePage, Act):
    """One thing done to a person or their roles, by who manages people."""

    def caption(self):
        return self.person.full_name if "pk" in self.kwargs else ""

    def back(self):
        if "pk" in self.kwargs:
            return reverse("person", args=[self.person.pk]), self.person.full_name
        return reverse("people"), "People"

    def done_to(self, person):
        super().done_to(person)
        return reverse("person", args=[person.pk])


class Invite(PeopleAct):
    form_class = forms.Invite
    title = "Invite somebody"
    explained = "They get an e-mail with a link, choose a password, and set up their second factor."
    button = "Send the invitation"
    done = "The invitation was sent"

    def do(self, **answers):
        return workflow.invite(**answers, **self.who_and_when())


class InviteAgain(PeopleAct):
    form_class = forms.InviteAgain
    title = "Send the invitation again"
    explained = "For somebody who has not chosen a password yet. The link works for 14 days."
    button = "Send it again"
    done = "The invitation was sent again"

    def do(self):
        return workflow.invite_again(self.person, **self.who_and_when())


class GiveRole(PeopleAct):
    form_class = forms.GiveRole
    title = "Give a role"
    explained = "It counts from now on."
    button = "Give the role"
    done = "The role was given"

    def do(self, **answers):
        return workflow.give_role(self.person, **answers, **self.who_and_when())


class EndRole(PeopleAct):
    form_class = forms.Reason
    explained = (
        "It ends at once. What waits for this person by name is not handed over by this: if they leave, let them leave."
    )
    button = "End the role"
    done = "The role has ended"

    def find(self):
        self.membership = get_object_or_404(Membership, pk=self.kwargs["membership"], user=self.person)
        self.title = f"End a role: {self.membership.get_role_display()}, {self.membership.agency}"

    def do(self, **answers):
        return workflow.end_role(self.membership, **answers, **self.who_and_when())


class StopSignIn(PeopleAct):
    form_class = forms.Reason
    title = "Let somebody no longer sign in"
    explained = "They are signed out with their next request. Their roles stay, so that this can be taken back."
    button = "Let them no longer sign in"
    done = "They may no longer sign in"

    def do(self, **answers):
        return workflow.let_sign_in(self.person, may=False, **answers, **self.who_and_when())


class LetSignIn(PeopleAct):
    form_class = forms.Reason
    title = "Let somebody sign in again"
    explained = "With the password and the second factor they had."
    button = "Let them sign in"
    done = "They may sign in again"

    def do(self, **answers):
        return workflow.let_sign_in(self.person, may=True, **answers, **self.who_and_when())


class Leave(PeopleAct):
    """Somebody leaves: every open item with who takes it over, and all of it in one step."""

    title = "Somebody leaves"
    explained = (
        "Their roles, their appointments and their sight of cases end at once. Say who takes over each thing that "
        "waits for them by name. They can still sign in, and see no case: afterwards, let them no longer sign in."
    )
    button = "End their roles and hand this over"
    done = "Their roles have ended. If they have left for good, let them no longer sign in"

    def get_form(self, data=None, files=None):
        items = leaving.items_for(self.person, by=self.request.user, moment=self.now)
        return forms.Leave(data, items=items)

    def arguments(self, form):
        return form.arguments()

    def do(self, **answers):
        return leaving.leave(self.person, **answers, **self.who_and_when())
