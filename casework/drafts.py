"""Nothing typed is lost: a form whose session or token ran out is kept for its author and shown again."""

from django.http import QueryDict
from django.utils import timezone

from casework import keys
from casework.models import Draft

NEVER_KEPT = {"csrfmiddlewaretoken", keys.FIELD}
LONGEST = 2_000_000


def keep(request, *, on):
    """This will keep what a refused POST carried, for the person its form was shown to; says whether it was kept.

    The signed form key names that person, so neither a stranger nor another site can leave a draft with somebody.
    Passwords and codes are never in such a form: sign-in pages carry no form key.
    """
    user_id, _ = keys.read_key(request.POST.get(keys.FIELD, ""))
    if user_id is None:
        return False
    values = request.POST.copy()
    for name in NEVER_KEPT:
        values.pop(name, None)
    text = values.urlencode()
    if len(text) > LONGEST or len(request.path) > 300:
        return False
    Draft.objects.update_or_create(user_id=user_id, path=request.path, defaults={"values": text, "kept_at": on})
    return True


def texts_of(request):
    """This will return the texts that a POST carried, for a page on which they cannot be saved any more."""
    hidden = {*NEVER_KEPT, "version", "sha256"}
    return [value for name, value in request.POST.items() if name not in hidden and len(value.split()) > 1]


def find(request):
    """This will return the kept draft of this page as (QueryDict, moment), or (None, None)."""
    draft = Draft.objects.filter(user=request.user, path=request.path).first()
    if draft is None:
        return None, None
    return QueryDict(draft.values), draft.kept_at


def forget(request):
    """This will drop the kept draft of this page, once it is saved."""
    Draft.objects.filter(user=request.user, path=request.path).delete()


class KeepTyping:
    """Middleware, before the sign-in requirement: a POST by somebody whose session has ended is kept for them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        kept = request.method == "POST" and not request.user.is_authenticated and keep(request, on=timezone.now())
        response = self.get_response(request)
        if kept and response.status_code == 302:  # to where they sign in, which says so
            location = response["Location"]
            response["Location"] = f"{location}{'&' if '?' in location else '?'}kept=yes"
        return response
