"""How a notice about a record is written: template, subject, one link. Each app's notices.py says who gets it."""

from django.template.loader import render_to_string

from notifications import outbox


def tell(kind, *, record, to, subject, path, on, **context):
    """This will queue one e-mail about a record: its reference, what is needed, by when, one link, and nothing else.

    `kind` is "app.notice" and names the template `emails/app/notice.txt`. The same notice of the same moment to the
    same person is queued once.
    """
    recipient = getattr(to, "pk", to)
    outbox.queue(
        kind=kind,
        to=to,
        subject=f"{record.reference}: {subject}",
        body=render_to_string(
            f"emails/{kind.replace('.', '/')}.txt",
            {"reference": record.reference, "link": outbox.link(path), **context},
        ),
        dedupe_key=f"{kind}:{record.reference}:{recipient}:{on.isoformat()}",
        on=on,
        reference=record.reference,
        case=record.case,
    )
