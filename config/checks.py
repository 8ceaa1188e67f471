"""What must be true before the hub may start; Django runs these before every command."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Warning, register
from django.utils import timezone

from deadlines.calendar import england_and_wales
from partnership import passwords, providers

FEWEST_BREACHED_PASSWORDS = 100_000


@register()
def one_time_codes_are_for_demos(app_configs, **kwargs):
    """This will refuse to show one-time codes on any but the servers that config/embedded.py made."""
    if settings.SHOW_ONE_TIME_CODES and not settings.EMBEDDED:
        return [Error("SHOW_ONE_TIME_CODES is for the demo: this database is not one of its own.", id="config.E001")]
    return []


@register()
def public_url_is_safe(app_configs, **kwargs):
    """This will refuse plain http for anything but this very machine."""
    address = urlsplit(settings.PUBLIC_URL)
    if address.scheme == "https" and address.hostname and not address.path:
        return []
    if address.scheme == "http" and address.hostname == "localhost" and not address.path:
        return []
    return [Error("PUBLIC_URL must be https://HOST, or http://localhost:PORT to try it.", id="config.E002")]


@register()
def organisations_sign_in_over_https(app_configs, **kwargs):
    """This will refuse a provider of sign-in over plain http, except on this very machine to try it."""
    unsafe = [
        provider.id
        for provider in settings.OPENID_CONNECT
        if not all(providers.is_safe(each, public_url=settings.PUBLIC_URL) for each in provider.addresses())
    ]
    return [Error(f"OPENID_CONNECT: the addresses of {id} must be https://…", id="config.E005") for id in unsafe]


@register()
def the_application_is_not_the_owner(app_configs, **kwargs):
    """This will refuse one role for both: whoever owns the trail's tables can rewrite them."""
    if settings.APPLICATION_ROLE == settings.OWNER_ROLE:
        return [Error("DATABASE_URL and MIGRATE_URL must name two different roles.", id="config.E003")]
    return []


@register()
def announced_bank_holidays_reach_a_year_ahead(app_configs, **kwargs):
    """This will warn when the announced bank holidays end in under twelve months: later ones are only expected."""
    until = england_and_wales().announced_until
    if (until - timezone.localdate()).days < 365:
        hint = "Run manage.py refresh_bank_holidays and release the new list."
        return [Warning(f"The announced bank holidays end on {until:%d %B %Y}.", hint=hint, id="config.W001")]
    return []


@register()
def breached_passwords_are_known(app_configs, **kwargs):
    """This will refuse to start without the list of breached passwords, or with a stump of it."""
    known = passwords.LIST.read_bytes().count(b"\n") if passwords.LIST.exists() else 0
    if known >= FEWEST_BREACHED_PASSWORDS:
        return []
    return [Error(f"The list of breached passwords holds {known}.", hint="Run make setup.", id="config.E004")]
