"""The outbox: every e-mail is a row before it is a message."""

from django.db import models
from django.db.models import Q

from access.models import Case
from partnership.models import User


class NoticeQuerySet(models.QuerySet):
    def waiting(self, moment):
        """Notices that are not sent, not given up, and due for a try."""
        return self.filter(sent_at=None, given_up_at=None, try_after__lte=moment)


class Notice(models.Model):
    """One e-mail to one person or address: queued with the change it speaks of, sent after it is committed.

    It holds the reference, what is needed, by when and a link; never a name, date of birth, address or case text.
    Untracked: it is its own record of what was sent, to whom and when.
    """

    kind = models.CharField(max_length=60)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="notices")
    reference = models.CharField(max_length=30, blank=True)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="notices")
    address = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    dedupe_key = models.CharField(max_length=200, unique=True)
    queued_at = models.DateTimeField()
    send_from = models.DateTimeField("the moment it may be sent from")
    try_after = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["try_after"],
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True),
                name="notices_to_send",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.reference}"
