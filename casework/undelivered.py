"""An e-mail that can never be sent is work for the business team: sent again, or settled another way."""

from contextlib import contextmanager

from django.db.models import Exists, OuterRef, TextField, Value
from django.db.models.functions import Cast, Concat
from django.db.transaction import atomic
from django.urls import reverse

from access.can import can, people_with
from access.models import Case
from casework.workflow import CannotProceed, NotAllowed
from deadlines import clock, queries, rules
from deadlines.models import Deadline
from notifications import outbox
from notifications.models import Notice
from partnership.permissions import Permission as P
from partnership.roles import Role
from trail import models as trail

KEY = "notice:"
NO_RECORD = "E-mail"
"""What stands for the reference of an e-mail that is about no record of work."""


def ask(notice, *, on):
    """This will put an e-mail that was given up before the business team, in the transaction that gave it up."""
    case = known_case(notice)
    team = people_with(case, Role.BUSINESS_COORDINATOR, moment=on).exists()
    clock.start(
        rules.EMAIL_UNDELIVERED,
        case=case,
        reference=notice.reference if case else NO_RECORD,
        role=Role.BUSINESS_COORDINATOR if team else Role.BUSINESS_MANAGER,
        counts_from=on,
        on=on,
        by=trail.SYSTEM,
        path=reverse("undelivered-email", args=[notice.pk]),
        key=_key(notice),
        due=queries.working_days().add(rules.london_day(on), 1),
    )


def known_case(notice):
    """This will return the case of an e-mail, unless the business team does not know of it: it was not sent yet."""
    return None if notice.case is None or notice.case.stage in Case.UNSENT else notice.case


def of(notices):
    """This will narrow e-mails to those that are, or once were, work because they could not be sent."""
    key = Concat(Value(KEY), Cast(OuterRef("pk"), TextField()))
    asked = Deadline.objects.filter(rule=rules.EMAIL_UNDELIVERED.code, key=key)
    return notices.filter(Exists(asked))


def waiting(notice):
    """This will return the work that an e-mail still is for somebody, or nothing."""
    return Deadline.objects.open().filter(rule=rules.EMAIL_UNDELIVERED.code, key=_key(notice)).first()


def may_see(user, notice, *, moment):
    """This will say whether somebody may see to this e-mail: who reads the e-mails of its case."""
    return can(user, P.READ_EMAILS, known_case(notice), moment=moment)


def send_again(notice, *, by, on):
    """This will queue an e-mail that was given up anew, and return it; 72 hours of trying begin again.

    To the address its person's account has now, or to the same one where it went to nobody with an account (an
    agency's escalation contact): what is in it is for whom it was written to, and for nobody an address is typed for.
    """
    with _taken_up(notice, "send_email_again", by=by, on=on) as current:
        current.address = current.user.email if current.user else current.address
        current.given_up_at, current.error, current.attempts = None, "", 0
        current.send_from = current.try_after = on
        current.save()
        outbox.announce(current)
        return current


def settle(notice, *, words, by, on):
    """This will record how whom it was for was told otherwise, or why nobody has to be."""
    with _taken_up(notice, "settle_email", by=by, on=on, words=words) as current:
        return current


@contextmanager
def _taken_up(notice, verb, *, by, on, words=""):
    """Within: a transaction, the e-mail locked and still waiting for somebody. Then that is done, and on record."""
    with atomic():
        current = Notice.objects.select_for_update(of=("self",)).select_related("case", "user").get(pk=notice.pk)
        if not may_see(by, current, moment=on):
            raise NotAllowed(f"seeing to an e-mail of {current.case} needs {P.READ_EMAILS}")
        work = waiting(current)
        if work is None:
            raise CannotProceed("Somebody has seen to this e-mail already.")
        clock.meet(rules.EMAIL_UNDELIVERED, reference=work.reference, key=work.key, on=on, by=by)
        yield current
        case = work.case.reference if work.case else ""
        trail.record(verb=verb, reference=work.reference, case=case, by=by, on=on, words=words)


def _key(notice):
    return f"{KEY}{notice.pk}"
