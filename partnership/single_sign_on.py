"""Signing in through one's own organisation: whom its provider may sign in, what that counts for, and the pages.

Nobody signs up. A provider speaks for the people of its agency alone, and only while they have a role there.
"""

import logging
import time

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_login_redirect_url, get_next_redirect_url
from allauth.decorators import rate_limit
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from partnership import openid, second_factor
from partnership.models import Membership, User

log = logging.getLogger(__name__)


@transaction.atomic
def person_of(provider, said, *, on):
    """This will return (who signed in at the provider, whether for the first time), or refuse.

    The first time their verified e-mail address says who they are, and the provider's subject is tied to them; from
    then on the subject says it. Each time they have to be let in here, and to have a role at the provider's agency.
    """
    tie = SocialAccount.objects.filter(provider=provider.id, uid=said.subject).select_related("user").first()
    if tie is not None and tie.extra_data.get("issuer") != provider.issuer:
        raise openid.Refused("the subject was tied to a person when another issuer stood behind this id")
    person = tie.user if tie else _by_email(provider, said)
    if not person.is_active:
        raise openid.Refused("the person may not sign in")
    roles = Membership.objects.in_force(timezone.localdate(on)).filter(user=person, agency__name=provider.agency)
    if not roles.exists():
        raise openid.Refused("the person has no role at the provider's agency today")
    if tie is not None:
        return person, False
    new = {"user": person, "extra_data": {"issuer": provider.issuer}}
    _, is_first = SocialAccount.objects.get_or_create(provider=provider.id, uid=said.subject, defaults=new)
    return person, is_first


def _by_email(provider, said):
    if not said.email:
        raise openid.Refused("the subject is not known and has no verified e-mail address")
    # Locked, so that of two subjects with this address one is tied (and one subject that comes twice, once).
    person = User.objects.select_for_update().filter(email=said.email).first()
    if person is None:
        raise openid.Refused("nobody here has this e-mail address")
    if SocialAccount.objects.filter(provider=provider.id, user=person).exclude(uid=said.subject).exists():
        raise openid.Refused("the person is tied to another subject of this provider")
    return person


def record(request, provider, person, said, *, anew=False):
    """This will note in the session what was given at the provider, and when: that is how fresh it is.

    `anew` says that the provider was asked to have the person sign in again. One that does not say when they did is
    believed that far, but not as a fresh second factor.
    """
    at = said.at or (time.time() if anew else 0)
    record_authentication(request, person, "socialaccount", provider=provider.id, given_at=at)
    if said.two_factors:
        kind = {"type": "openid_connect", "provider": provider.id, "strong": said.resistant}
        record_authentication(request, person, "mfa", given_at=said.at or 0, **kind)


def organisations_of(person):
    """This will list the names of the organisations through which a person has signed in."""
    tied = set(SocialAccount.objects.filter(user=person).values_list("provider", flat=True))
    return [provider.name for provider in settings.OPENID_CONNECT if provider.id in tied]


def _provider(id):
    for provider in settings.OPENID_CONNECT:
        if provider.id == id:
            return provider
    raise Http404


def leads_to(response, found):
    """This will let the page's form lead to these providers: no other page's may leave the hub (config.middleware)."""
    response.may_lead_to = sorted({each for provider in found for each in provider.origins})
    return response


class SignIn(account.LoginView):
    """The sign-in page, with a button for each organisation that signs its own people in."""

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"organisations": settings.OPENID_CONNECT}

    def render_to_response(self, context, **kwargs):
        return leads_to(super().render_to_response(context, **kwargs), settings.OPENID_CONNECT)


class ChangePassword(account.PasswordChangeView):
    """A new password. Who has none, because their organisation signs them in, gets one as who has forgotten theirs."""

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_usable_password():
            return redirect("account_reset_password")
        return super().dispatch(request, *args, **kwargs)


@login_not_required
@require_http_methods(["GET", "POST"])
@rate_limit(action="single_sign_on")
def start(request, id):
    """This will lead to the provider of an organisation on POST: no link elsewhere can begin it."""
    provider = _provider(id)
    if request.user.is_authenticated or request.method == "GET":
        return redirect(get_login_redirect_url(request) if request.user.is_authenticated else settings.LOGIN_URL)
    return _leave(request, provider, then=get_next_redirect_url(request) or "")


@login_not_required
@require_GET
@rate_limit(action="single_sign_on_answer", limit_get=True)
def answer(request, id):
    """This will take the provider's answer and sign the person in, or note that somebody signed in there anew."""
    provider = _provider(id)
    try:
        kept = openid.kept_for(request, provider)
        if request.user.is_authenticated and not kept["again"]:
            return redirect(kept["then"] or settings.LOGIN_REDIRECT_URL)
        said = openid.said(request, provider, kept)
        person = _let_in(request, provider, said)
        if kept["again"]:
            return _signed_in_anew(request, provider, person, said, kept)
    except openid.Refused as refusal:
        log.warning("Single sign-on through %s was refused: %s", provider.id, str(refusal))
        return render(request, "account/single_sign_on.html", {"is_away": False}, status=403)
    except openid.Away as away:
        return _away(request, provider, away)
    return _sign_in(request, provider, person, said, then=kept["then"])


def _leave(request, provider, **options):
    try:
        return openid.lead_to(request, provider, **options)
    except openid.Away as away:
        return _away(request, provider, away)


def _away(request, provider, away):
    log.error("Single sign-on through %s: the provider is away: %s", provider.id, str(away))
    return render(request, "account/single_sign_on.html", {"is_away": True}, status=503)


@transaction.atomic
def _let_in(request, provider, said):
    """This will return who may come in, and tell them of the first time."""
    person, is_first = person_of(provider, said, on=timezone.now())
    if is_first:
        told = {"organisation": provider.name}
        get_adapter(request).send_notification_mail("account/email/single_sign_on", person, told)
    return person


def _sign_in(request, provider, person, said, *, then):
    """This will sign a person in as a password does; two factors given there stand for the second one here."""
    record(request, provider, person, said)
    given = {"stages": {AuthenticateStage.key: {"handled": True}}} if said.two_factors else {}
    return perform_login(request, Login(user=person, redirect_url=then or None, state=given))


def _signed_in_anew(request, provider, person, said, kept):
    if not request.user.is_authenticated or not str(request.user.pk) == kept["again"] == str(person.pk):
        raise openid.Refused("somebody else signed in than who was asked to")
    record(request, provider, person, said, anew=True)
    if second_factor.has_fresh_factor(request):
        return redirect(kept["then"] or settings.LOGIN_REDIRECT_URL)
    return _ask_again(request, provider, then=kept["then"], failed=True)


@require_http_methods(["GET", "POST"])
@rate_limit(action="single_sign_on")
def again(request):
    """This will have somebody who signed in through their organisation sign in there anew: their fresh factor."""
    provider = second_factor.organisation_of(request)
    if provider is None:
        raise Http404
    then = get_next_redirect_url(request) or ""
    if request.method == "POST":
        return _leave(request, provider, then=then, again=str(request.user.pk))
    return _ask_again(request, provider, then=then)


def _ask_again(request, provider, *, then, failed=False):
    must = second_factor.must_use_passkey(request.user)
    context = {"organisation": provider, "then": then, "failed": failed, "must_use_passkey": must}
    return leads_to(render(request, "account/single_sign_on_again.html", context), [provider])
