"""Headers that every page carries, and addresses that name nothing."""

from ipaddress import ip_address

from django.conf import settings
from django.http import Http404

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Static files are answered before this; every page may hold what only this reader may see.
    "Cache-Control": "no-store",
}


def headers(get_response):
    """This will add the headers that a view has not set itself.

    A page whose form leads to a sign-in elsewhere says where (`may_lead_to`); no other form leaves the hub.
    """

    def middleware(request):
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if elsewhere := getattr(response, "may_lead_to", ()):
            allowed = " ".join(["form-action 'self'", *elsewhere])
            response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace("form-action 'self'", allowed)
        return response

    return middleware


def sender_behind_proxies(get_response):
    """This will let a request come from who sent it to the outermost of our proxies, where there are any.

    Each proxy adds, at the end of X-Forwarded-For, whom it was asked by: the entry that the first of our own wrote is
    true, what stands before it is whatever the sender liked. The limits of signing in and the access log go by it.
    Without enough entries the request came another way, and is taken for what it is.
    """
    count = settings.TRUSTED_PROXIES

    def middleware(request):
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if count and len(forwarded) >= count and (sender := address_in(forwarded[-count])):
            request.META["REMOTE_ADDR"] = sender
        return get_response(request)

    return middleware


def address_in(text):
    """This will return the address in an entry of X-Forwarded-For, which some proxies write with a port; or ""."""
    text = text.strip()
    without_port = text.rpartition(":")[0] if text.count(":") == 1 or "]:" in text else text
    try:
        return str(ip_address(without_port.strip("[]")))
    except ValueError:
        return ""


def no_nul_in_address(get_response):
    """This will answer 404 to an address with a NUL in it: no reference has one, and PostgreSQL takes none."""

    def middleware(request):
        if "\0" in request.path_info:
            raise Http404
        return get_response(request)

    return middleware
