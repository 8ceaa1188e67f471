"""The ledger of a case: every e-mail that was sent about it, to whom, when, and whether it was accepted."""

from django.db.models import Exists, OuterRef, Q, TextChoices
from django.http import Http404
from django.urls import reverse

from access.can import log_reading
from casework import undelivered
from casework.trail_pages import Span, TrailPage, begin_of, day_after
from casework.views import Act
from casework.workflow import CannotProceed
from deadlines.models import Reminder
from design import forms
from design.forms import say_moment
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
    if notice.given_up_at and not notice.attempts:
        return f"{State.NOT_SENT.label}: {notice.error}"
    said = State.NOT_SENT.label if notice.given_up_at else State.WAITING.label
    if not notice.given_up_at and notice.send_from > notice.queued_at:
        said = f"{said} from {say_moment(notice.send_from)}"
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


class Way(TextChoices):
    AGAIN = "again", "Send it again"
    SETTLED = "settled", "Nothing more is sent: it was settled another way"


class SeeToEmail(forms.Form):
    """What becomes of an e-mail that could not be sent."""

    way = forms.ChoiceField(
        label="What do you do about it?",
        choices=Way.choices,
        widget=forms.Radios(),
        error_messages={"required": "Select what you do about it"},
    )
    words = forms.CharField(
        label="How was it settled?",
        rows=3,
        max_length=500,
        help_text="For example: told by telephone on Monday. It is on the case’s timeline: no names.",
        error_messages={"required": "Enter how it was settled"},
    )
    reveals = {"way": {Way.SETTLED: ["words"]}}


class SeeToUndelivered(Act):
    """An e-mail that can never be sent as it stands: sent again, or settled another way."""

    form_class = SeeToEmail
    template_name = "casework/undelivered.html"
    title = "An e-mail could not be sent"
    button = "Continue"
    done = "The e-mail was seen to"

    def find(self):
        rows = Notice.objects.select_related("case", "user")
        self.notice = undelivered.of(rows).filter(pk=self.kwargs["pk"]).first()
        case = self.notice and undelivered.known_case(self.notice)
        allowed = bool(self.notice) and undelivered.may_see(self.request.user, self.notice, moment=self.now)
        self.reference = case.reference if allowed and case else ""
        log_reading(
            self.request, reference=f"e-mail {self.kwargs['pk']}", case=self.reference, allowed=allowed, on=self.now
        )
        if not allowed:
            raise Http404

    def check_open(self):
        if undelivered.waiting(self.notice) is None:
            raise CannotProceed("Somebody has seen to this e-mail already.")

    def caption(self):
        return self.reference

    def back(self):
        return reverse("your-work"), "Your work"

    def get_context_data(self, **context):
        notice = self.notice
        said = [("To", f"{notice.user.full_name}, {notice.address}" if notice.user else notice.address)]
        # What is about a case that the team does not know of, or for whom it was written to alone, says no more.
        if notice.kind not in PROMPTS and bool(notice.case) == bool(self.reference):
            said.append(("Subject", notice.subject))
        said += [("Written", say_moment(notice.queued_at)), ("What became of it", state_of(notice))]
        return super().get_context_data(said=said, to_account=notice.user, **context)

    def do(self, way, words):
        if way == Way.AGAIN:
            return undelivered.send_again(self.notice, **self.who_and_when())
        return undelivered.settle(self.notice, words=words, **self.who_and_when())
