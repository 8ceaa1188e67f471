"""How a notice about a record is written: template, subject, one link. Each app's notices.py says who gets it."""

from django.template.loader import render_to_string
from django.utils import timezone

from access.can import lent_by
from access.models import Exclusion
from notifications import outbox
from partnership.models import Appointment, User


def tell(kind, *, record, to, subject, path, on, **context):
    """This will queue an e-mail about a record: its reference, what is needed, by when, one link, and nothing else.

    `kind` is "app.notice" and names the template `emails/app/notice.txt`. `to` is a person, an e-mail address, or
    several people: one e-mail each, but to nobody who is kept out of the case. The same notice of the same moment to
    the same person is queued once. Who covers for one of them in this case is told as well, and why.
    """
    body = render_to_string(
        f"emails/{kind.replace('.', '/')}.txt",
        {"reference": record.reference, "link": outbox.link(path), **context},
    )
    told = [to] if isinstance(to, User | str) else list(to)
    out = set(Exclusion.objects.in_force(on).filter(case=record.case_id).values_list("user", flat=True))
    told = [one for one in told if isinstance(one, str) or one.pk not in out]
    covering = [(person, body + COVERS) for person in _who_cover(told, record, on=on)]
    for one, words in [*((one, body) for one in told), *covering]:
        outbox.queue(
            kind=kind,
            to=one,
            subject=f"{record.reference}: {subject}",
            body=words,
            dedupe_key=f"{kind}:{record.reference}:{getattr(one, 'pk', one)}:{on.isoformat()}",
            on=on,
            reference=record.reference,
            case=record.case,
        )


COVERS = "\nYou are told because you cover for a colleague.\n"


def _who_cover(people, record, *, on):
    """The people who cover for one of these on this day, and may do something in this case by it."""
    covers = Appointment.objects.covers(timezone.localdate(on))
    covers = covers.filter(for_user__in=[one.pk for one in people if isinstance(one, User)], user__is_active=True)
    found = covers.select_related("user").order_by("user", "pk")
    return [each.user for each in found if each.for_user_id in lent_by(each.user, record, moment=on)]
