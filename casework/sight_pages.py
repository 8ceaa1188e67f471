"""The pages of who may see a case, and of emergency access."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods

from access import can
from access.models import Case
from casework import drafts, forms, keys, named, sight
from casework.views import FreshFactor, RecordView, TransitionView, ask_for_factor
from casework.workflow import CannotProceed, NotAllowed
from design.forms import say_date, say_moment
from partnership import second_factor
from partnership.permissions import Permission as P
from partnership.roles import BUSINESS_TEAM, Role


class WhoSees(RecordView):
    """Who can see a case and why; for who manages it, who is kept out, and what can be done about either."""

    model = Case
    template_name = "casework/who_sees.html"

    def get_context_data(self, **context):
        case, now = self.record, self.now
        rows = sight.let_in(case, moment=now)
        leads = sight.leads_among(rows, case, moment=now)
        manages = self.may(P.MANAGE_ACCESS)
        return super().get_context_data(
            access_head=["Who", "As", "Why", "Since", "Until"],
            access_rows=[
                (
                    str(row.user)
                    if row.user
                    else "\n".join([str(row.agency), *(leads[row.agency_id] or ["Nobody yet"])]),
                    row.get_role_display(),
                    row.reason,
                    say_moment(row.from_at),
                    say_moment(row.until_at) if row.until_at else "No end yet",
                )
                for row in rows
            ],
            standing=[
                (str(person), Role(role).label)
                for role in BUSINESS_TEAM
                for person in can.people_with(case, role, moment=now, cover=False).order_by("full_name", "pk")
            ],
            covering=[
                f"{row.user} for {row.for_user}, until {say_date(row.until_on)}"
                for row in can.covers_in(case, moment=now)
            ],
            manages=manages,
            prompts=[
                (str(match.user), match.words, match.reference, match.user_id, match.pk)
                for match in named.prompts(case, self.request.user, moment=now)
            ],
            out_head=["Who", "Why", "Since"],
            out_rows=[(str(row.user), row.reason, say_moment(row.from_at)) for row in sight.kept_out(case, moment=now)]
            if manages
            else [],
            **context,
        )


class SightAct(FreshFactor, TransitionView):
    """One thing done to who sees a case: with a fresh second factor, as everything that gives or takes rights."""

    model = Case
    template_name = "casework/sight_act.html"

    def get_context_data(self, **context):
        return super().get_context_data(title=self.title, explained=self.explained, button=self.button, **context)

    def get_success_url(self, record):
        return record.get_absolute_url()


class RestrictCase(SightAct):
    form_class = forms.RestrictCase
    transition = sight.restrict_case
    title = "Restrict this case"
    explained = (
        "Your business team no longer sees it, except you and the people you choose here. Agencies that were asked, "
        "members of the Virtual Panel and of the rapid review panel, and signatories keep what they see."
    )
    button = "Restrict the case"
    done = "The case is restricted"

    def get_form_kwargs(self):
        out = sight.kept_out(self.record, moment=self.now).values("user")
        return {"team": sight.team(self.now).exclude(pk=self.request.user.pk).exclude(pk__in=out)}


class LiftRestriction(SightAct):
    form_class = forms.Reason
    transition = sight.lift_restriction
    title = "Lift the restriction"
    explained = "The whole business team sees the case again."
    button = "Lift the restriction"
    done = "The restriction was lifted"


class AddHolder(SightAct):
    form_class = forms.SomebodyAndWhy
    transition = sight.add_holder
    title = "Let somebody hold this case"
    explained = "A person of the business team sees the restricted case as they would see any other."
    button = "Let them hold it"
    done = "They hold the case from now on"

    def get_form_kwargs(self):
        holders = can.business_team(self.record, moment=self.now).values("pk")
        return {"people": sight.team(self.now).exclude(pk__in=holders)}


class KeepOut(SightAct):
    form_class = forms.KeepOut
    transition = sight.keep_out
    title = "Keep somebody out of this case"
    explained = (
        "For somebody who is named in it or has a conflict of interest. They no longer see anything of it, whatever "
        "else would let them in; to them it looks as if it did not exist."
    )
    button = "Keep them out"
    done = "They are kept out of the case"

    def get_form_kwargs(self):
        already = sight.kept_out(self.record, moment=self.now).values("user")
        return {"people": sight.everybody().exclude(pk__in=already), "initial": self.prompted()}

    def prompted(self):
        """Who is asked about, where a prompt leads here: they may be named in the case."""
        asked = self.request.GET.get("person", "")
        found = named.in_force(self.record).filter(user=asked).first() if asked.isdecimal() else None
        return {"person": found.user_id, "reason": f"May be named in the case as {found.words}"} if found else None

    def get_success_url(self, record):
        may_stay = can.can(self.request.user, P.MANAGE_ACCESS, record, moment=self.now)
        return record.get_absolute_url() if may_stay else reverse("your-work")


class PeopleNamed(RecordView):
    """Everybody of the hub who may be named in a case, as what; and who was found not to be the same person."""

    model = Case
    template_name = "casework/people_named.html"
    PAGE = 50

    def get_context_data(self, **context):
        if not self.may(P.MANAGE_ACCESS):
            raise NotAllowed(f"who may be named in a case needs {P.MANAGE_ACCESS}")
        rows = named.everybody_named(self.record, but=self.request.user)
        page = Paginator(rows, self.PAGE).get_page(self.request.GET.get("page"))
        out = {row.user_id for row in sight.kept_out(self.record, moment=self.now)}
        return super().get_context_data(page=page, out=out, **context)


class NotTheSamePerson(SightAct):
    form_class = forms.Reason
    transition = named.not_the_same_person
    title = "Not the same person"
    button = "It is not the same person"
    done = "It is recorded that it is not the same person"

    @cached_property
    def match(self):
        others = named.in_force(self.record).exclude(user=self.request.user)
        return get_object_or_404(others, pk=self.kwargs["match"])

    @property
    def explained(self):
        match = self.match
        return (
            f"{match.reference} names somebody as {match.words} who has the same name, e-mail address or telephone "
            f"number as {match.user}. Say how you know that it is somebody else."
        )

    def act(self, form):
        self.transition(self.record, by=self.request.user, on=self.now, match=self.match, **form.cleaned_data)
        self.say(self.done)
        return reverse("people-named", args=[self.record.reference])


class LetBackIn(SightAct):
    form_class = forms.SomebodyAndWhy
    transition = sight.let_back_in
    title = "Let somebody back in"
    explained = "They see again what they would see without having been kept out."
    button = "Let them back in"
    done = "They are no longer kept out"

    def get_form_kwargs(self):
        out = sight.kept_out(self.record, moment=self.now).values("user")
        return {"people": sight.everybody().filter(pk__in=out)}


PAGE = 50


@require_http_methods(["GET", "POST"])
def emergency_access(request):
    """This will show every emergency access there was, and take one for the person on POST."""
    now = timezone.now()
    if not can.can(request.user, P.EMERGENCY_ACCESS, moment=now):
        raise PermissionDenied
    if not second_factor.has_fresh_factor(request):
        return ask_for_factor(request)
    kept = drafts.find(request)
    form = forms.EmergencyAccess(request.POST if request.method == "POST" else kept and kept.answers)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(keys.once(request, lambda: _take(request, form.cleaned_data, now), on=now))
        except CannotProceed as obstacle:
            can.log_reading(request, reference=form.cleaned_data["reference"], case="", allowed=False, on=now)
            for field, message in obstacle.problems:
                form.add_error(field, message)
    page = Paginator(sight.emergencies(request.user, moment=now), PAGE).get_page(request.GET.get("page"))
    why = sight.why_taken(page)
    context = {
        "form": form,
        **drafts.in_page(request, kept),
        "page": page,
        "head": ["Case", "Who", "Why", "From", "Until"],
        "rows": [
            (
                row.case.reference,
                str(row.user),
                why.get((row.case.reference, row.user_id, row.from_at), ""),
                say_moment(row.from_at),
                say_moment(row.until_at),
            )
            for row in page
        ],
    }
    return render(
        request, "casework/emergency_access.html", context, status=422 if form.is_bound and form.errors else 200
    )


def _take(request, answers, now):
    case = sight.take_emergency_access(answers["reference"], by=request.user, on=now, reason=answers["reason"])
    drafts.forget(request)
    messages.success(request, "You can read this case for one hour. The partners were told.")
    return reverse("timeline", args=[case.reference])
