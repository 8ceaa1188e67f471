"""The one place that talks to the mail server."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage

NEVER = (550, 551, 553)
"""Answers to a recipient that mean "there is no such mailbox", unless a policy is named (5.7: RFC 3463)."""


class Undeliverable(Exception):
    """The mail server will never take this message for this address."""


def send(notice):
    """This will hand one notice to the mail server.

    Raises OSError (smtplib's included) where it was not taken and may be tried again, Undeliverable where it will never
    be. What the server says of us or of the message (credentials, relaying, policy, size) is tried again: that can be
    mended.
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
        if all(code in NEVER and b"5.7." not in said for code, said in refused.recipients.values()):
            raise Undeliverable(f"refused with {max(code for code, _ in refused.recipients.values())}") from refused
        raise
