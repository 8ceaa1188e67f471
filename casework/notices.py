"""How a notice about a record is written: template, subject, one link. Each app's notices.py says who gets it."""

from django.template.loader import render_to_string

from notifications import outbox
from partnership.models import User


def tell(kind, *, record, to, subject, path, on, **context):
    """This will queue an e-mail about a record: its reference, what is needed, by when, one link, and nothing else.

    `kind` is "app.notice" and names the template `emails/app/notice.txt`. `to` is a person, an e-mail address, or
    several people: one e-mail each. The same notice of the same moment to the same person is queued once.
    """
    body = render_to_string(
        f"emails/{kind.replace('.', '/')}.txt",
        {"reference": record.reference, "link": outbox.link(path), **context},
    )
    for one in [to] if isinstance(to, User | str) else to:
        outbox.queue(
            kind=kind,
            to=one,
            subject=f"{record.reference}: {subject}",
            body=body,
            dedupe_key=f"{kind}:{record.reference}:{getattr(one, 'pk', one)}:{on.isoformat()}",
            on=on,
            reference=record.reference,
            case=record.case,
        )
