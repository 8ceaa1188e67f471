"""Headers that every page carries, and addresses that name nothing."""

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


def no_nul_in_address(get_response):
    """This will answer 404 to an address with a NUL in it: no reference has one, and PostgreSQL takes none."""

    def middleware(request):
        if "\0" in request.path_info:
            raise Http404
        return get_response(request)

    return middleware
