"""The one place that talks to the mail server."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage

PERMANENT = 500
"""From this code on an answer of a mail server means "never", below it "not now" (RFC 5321, 4.2.1)."""


class Undeliverable(Exception):
    """The mail server will never take this message for this address."""


def send(notice):
    """This will hand one notice to the mail server.

    Raises OSError (smtplib's included) where it was not taken and may be tried again, Undeliverable where it will never
    be. What the server says of us (its greeting, our credentials, our address) is tried again: that can be mended.
    """
    host = settings.PUBLIC_URL.split("//", 1)[1].split("/", 1)[0].split(":", 1)[0]
    message = EmailMessage(
        subject=notice.subject,
        body=notice.body,
        to=[notice.address],
        # The same row tried again is the same message to every mail server on the way.
        headers={"Message-ID": f"<notice-{notice.pk}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as refused:
        if all(code >= PERMANENT for code, _ in refused.recipients.values()):
            raise Undeliverable(f"refused with {max(code for code, _ in refused.recipients.values())}") from refused
        raise
    except smtplib.SMTPDataError as refused:
        if refused.smtp_code >= PERMANENT:
            raise Undeliverable(f"refused with {refused.smtp_code}") from refused
        raise
