"""The ledger of a case: every e-mail that was sent about it, to whom, when, and whether it was accepted."""

from django.db.models import Exists, OuterRef, Q, TextChoices

from casework.trail_pages import Span, TrailPage, begin_of, day_after
from deadlines.models import Reminder
from design import forms
from design.lists import Column, Listing
from notifications.models import Notice
from partnership.permissions import Permission as P

PROMPTS = ["casework.may_be_named"]
"""What is said of colleagues who may be named in the case: shown to whom it was sent alone, who is none of them."""


class State(TextChoices):
    ACCEPTED = "accepted", "Accepted by the mail server"
    WAITING = "waiting", "Waits to be sent"
    NOT_SENT = "not_sent", "Could not be sent"


CONDITIONS = {
    State.ACCEPTED: Q(sent_at__isnull=False),
    State.WAITING: Q(sent_at=None, given_up_at=None),
    State.NOT_SENT: Q(given_up_at__isnull=False),
}


def state_of(notice):
    """This will say what became of an e-mail, in words."""
    if notice.sent_at:
        return State.ACCEPTED.label
    said = State.NOT_SENT.label if notice.given_up_at else State.WAITING.label
    tries = f"{notice.attempts} {'try' if notice.attempts == 1 else 'tries'}"
    return f"{said}, after {tries}: {notice.error}" if notice.error else said


class EmailFilters(Span):
    state = forms.ChoiceField(
        label="What became of it", required=False, choices=State.choices, widget=forms.Select(empty_label="Anything")
    )


EMAILS = Listing(
    name="emails",
    nouns=("e-mail", "e-mails"),
    caption="E-mails",
    columns=[
        Column("Written", "queued_at", sort="queued_at", kind="date"),
        Column("To", lambda row: f"{row.user.full_name}, {row.address}" if row.user else row.address),
        Column("Subject", "subject"),
        Column("Accepted", "sent_at", sort="sent_at", kind="date"),
        Column("What became of it", state_of),
    ],
    filters=EmailFilters,
    filter_by={
        "who": lambda rows, who: rows.filter(Q(user__full_name__icontains=who) | Q(address__icontains=who)),
        "since": lambda rows, day: rows.filter(queued_at__gte=begin_of(day)),
        "until": lambda rows, day: rows.filter(queued_at__lt=begin_of(day_after(day))),
        "state": lambda rows, state: rows.filter(CONDITIONS[state]),
    },
    order="-written",
    formats=("csv",),
    empty="No e-mail fits.",
)


class Emails(TrailPage):
    """Every e-mail about a case, digests that speak of it among them."""

    template_name = "casework/emails.html"
    name = "emails"
    permission = P.READ_EMAILS

    def answer(self):
        digests = Reminder.objects.filter(notice=OuterRef("pk"), deadline__case=self.record)
        theirs = Q(user=self.request.user) | ~Q(kind__in=PROMPTS)
        rows = Notice.objects.filter(Q(case=self.record) | Exists(digests), theirs).select_related("user")
        return EMAILS.respond(
            self.request, rows, self.template_name, context=self.get_context_data(), on_export=self.log_export
        )
