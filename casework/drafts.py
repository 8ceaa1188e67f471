"""Nothing typed is lost: what a page sends while somebody types, or after their session or token ran out, is kept.

Each page load has a draft of its own, named by its form key: two tabs of one person never write over each other. A
page that shows a draft takes it over: once it keeps or saves something itself, the draft it took up is gone, unless
that has grown meanwhile in the tab it came from.
"""

from datetime import timedelta

from django.http import JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode

from casework import keys
from casework.models import Draft, Submission

LASTS = timedelta(days=90)
"""What nobody goes on with for so long is case text that waits for nobody."""
TAKEN_UP, DISCARD = "taken_up", "discard_draft"
NEVER_KEPT = {"csrfmiddlewaretoken", keys.FIELD, TAKEN_UP}
LONGEST = 2_000_000
HEADER = "Hub-Autosave"

SIGNED_OUT = "You have been signed out. What you typed stays on this page. Sign in, then go on here."
SENT = "What was on this page has been sent. What you typed since is not kept: open the page again to change it."
NOT_OURS = "This is not kept as a draft. Copy what you typed before you leave the page."


class TooLong(Exception):
    """More was typed on a page than a draft can hold."""


def is_autosave(request):
    """This will say whether the page sent this by itself while somebody typed: nothing is saved to the record."""
    return request.method == "POST" and HEADER in request.headers


def keep(request, *, on):
    """This will keep what a POST carried, for the person its form was shown to; says whether it was kept.

    The signed form key names that person, so neither a stranger nor another site can leave a draft with somebody.
    Passwords and codes are never in such a form: sign-in pages carry no form key. Raises `TooLong`.
    """
    user_id, key = keys.read_key(request.POST.get(keys.FIELD, ""))
    if user_id is None or len(request.path) > 300:
        return False
    values = request.POST.copy()
    for name in NEVER_KEPT:
        values.pop(name, None)
    text = values.urlencode()
    if len(text) > LONGEST:
        raise TooLong(f"{len(text) // 1000:,} KB were typed on this page, and a draft has {LONGEST // 1000:,} at most")
    Draft.objects.bulk_create(
        [Draft(user_id=user_id, path=request.path, key=key, values=text, kept_at=on)],
        update_conflicts=True,
        unique_fields=["user", "path", "key"],
        update_fields=["values", "kept_at"],
    )
    taken_up_by(request, user_id).delete()
    return True


def autosave(request, *, on, others=()):
    """This will keep what a page sent by itself, and answer with what it is to say: words in JSON.

    A page that was sent meanwhile keeps nothing: a draft would come back after the save. Looked up after keeping, not
    before: the save may be done in between, and what is committed before it, `forget` finds.
    """
    try:
        kept = keep(request, on=on)
    except TooLong as refused:
        return JsonResponse({"said": f"This is too long to keep as a draft: {refused}."}, status=413)
    user_id, key = keys.read_key(request.POST.get(keys.FIELD, ""))
    if kept and Submission.objects.filter(user=user_id, key=key).exists():
        Draft.objects.filter(user=user_id, path=request.path, key=key).delete()
        return JsonResponse({"said": SENT}, status=409)
    if not request.user.is_authenticated:
        address = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
        return JsonResponse({"said": SIGNED_OUT, "sign_in": address}, status=401)
    if not kept:
        return JsonResponse({"said": NOT_OURS}, status=400)
    said = f"Saved as a draft at {timezone.localtime(on):%H:%M}"
    return JsonResponse({"said": said, "others": list(others)})


def texts_of(request):
    """This will return the texts that a POST carried, for a page on which they cannot be saved any more."""
    hidden = {*NEVER_KEPT, "version", "sha256"}
    return [value for name, value in request.POST.items() if name not in hidden and len(value.split()) > 1]


def find(request):
    """This will return the draft that this page shows: the one asked for (`?draft=7`), else the newest; or None."""
    mine = Draft.objects.filter(user=request.user, path=request.path).order_by("-kept_at", "-pk")
    asked = request.GET.get("draft", "")
    if asked.isascii() and asked.isdecimal() and len(asked) < 18:
        mine = mine.filter(pk=asked)
    return mine.first()


def in_page(request, kept=None):
    """This will return what a page with a form carries for its draft: its key, and the draft it took up.

    A refused form keeps both: it was not sent yet.
    """
    mine, _ = keys.read_key(request.POST.get(keys.FIELD, ""))
    form_key = request.POST[keys.FIELD] if mine == request.user.pk else keys.new_key(request.user)
    taken_up = kept.as_shown if kept else request.POST.get(TAKEN_UP, "")
    return {"form_key": form_key, "kept": kept, "taken_up": taken_up}


def others_of(draft):
    """This will return what the same person typed on the same page elsewhere, in another tab, newest first."""
    same = Draft.objects.filter(user=draft.user_id, path=draft.path).exclude(pk=draft.pk)
    return same.order_by("-kept_at", "-pk").only("pk", "kept_at")


def taken_up_by(request, user_id):
    """This will find the draft that the page of this POST showed, while it is as it was shown."""
    pk, _, moment = request.POST.get(TAKEN_UP, "").partition("@")
    try:
        kept_at = parse_datetime(moment)
    except ValueError:
        kept_at = None
    if kept_at is None or timezone.is_naive(kept_at) or not (pk.isascii() and pk.isdecimal() and len(pk) < 18):
        return Draft.objects.none()
    return Draft.objects.filter(user=user_id, path=request.path, pk=pk, kept_at=kept_at)


def forget(request):
    """This will drop the draft of this very page and the one it took up, once it is saved. Another tab's stays."""
    _, key = keys.read_key(request.POST.get(keys.FIELD, ""))
    Draft.objects.filter(user=request.user, path=request.path, key=key).delete()
    taken_up_by(request, request.user.pk).delete()


def forget_old(*, on):
    """This will drop the drafts that nobody has typed on for 90 days."""
    Draft.objects.filter(kept_at__lt=on - LASTS).delete()


def discard(request):
    """This will throw away the draft that the page showed: one of the person's own, of this page."""
    taken_up_by(request, request.user.pk).delete()


class KeepTyping:
    """Middleware, before the sign-in requirement: a POST by somebody whose session has ended is kept for them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method != "POST" or request.user.is_authenticated:
            return self.get_response(request)
        if is_autosave(request):
            return autosave(request, on=timezone.now())
        kept = keep_if_short(request)
        response = self.get_response(request)
        if kept and response.status_code == 302:  # to where they sign in, which says so
            location = response["Location"]
            response["Location"] = f"{location}{'&' if '?' in location else '?'}kept=yes"
        return response


def keep_if_short(request):
    """This will keep what a refused POST carried; what is too long for a draft is not kept."""
    try:
        return keep(request, on=timezone.now())
    except TooLong:
        return False
