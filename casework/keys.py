"""One-time form keys: a form sent twice takes effect once, and one sent too late is kept for its author."""

import uuid

from django.core import signing
from django.core.exceptions import BadRequest
from django.db import transaction

from casework.models import Submission

SALT = "casework.form"
FIELD = "form_key"


def new_key(user):
    """This will return a fresh key for a form shown to this person: signed, so that no other site can make one."""
    return signing.dumps([user.pk, uuid.uuid4().hex], salt=SALT)


def read_key(value):
    """This will return (user id, key) of a form key, or (None, "") when it is not one of ours."""
    try:
        user_id, key = signing.loads(value, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None, ""
    return user_id, key


def went_to(request):
    """This will return where this very form went when it was sent before, or "" when it was not."""
    user_id, key = read_key(request.POST.get(FIELD, ""))
    sent = Submission.objects.filter(user=request.user, key=key, user_id=user_id).first()
    return sent.went_to if sent else ""


def once(request, act, *, on):
    """This will run `act()` in a transaction unless this very form was sent before, and return where to go next.

    `act` returns an address. Ten presses at once wait for each other in the database: the first acts, the others get
    its address. A POST without a key of this person's is refused as a bad request.
    """
    user_id, key = read_key(request.POST.get(FIELD, ""))
    if user_id != request.user.pk:
        raise BadRequest("The form key is missing or another person's.")
    with transaction.atomic():
        sent, new = Submission.objects.get_or_create(user=request.user, key=key, defaults={"at": on})
        if new:
            sent.went_to = act()
            sent.save()
    return sent.went_to
