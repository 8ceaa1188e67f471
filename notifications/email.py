"""The one place that talks to the mail server."""

from django.conf import settings
from django.core.mail import EmailMessage


def send(notice):
    """This will hand one notice to the mail server. Raises OSError (smtplib's included) when it is refused."""
    host = settings.PUBLIC_URL.split("//", 1)[1].split("/", 1)[0].split(":", 1)[0]
    message = EmailMessage(
        subject=notice.subject,
        body=notice.body,
        to=[notice.address],
        # The same row tried again is the same message to every mail server on the way.
        headers={"Message-ID": f"<notice-{notice.pk}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    message.send()
