"""What a row of permissions.csv is tried on: a record in a situation, an address, and what its form needs.

A row is named by its URL name, with `:situation` behind it where a route is tried in a second one. A new route needs a
line here only if its address takes more than a reference, its form needs answers, or another situation suits it.
"""

from dataclasses import dataclass, replace

from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from deadlines import rules
from deadlines.models import Deadline
from referrals.models import Referral
from tests.factories import situations

NO_RECORD = ""


def nothing(*arguments):
    return {}


@dataclass(frozen=True)
class Route:
    """How one route is tried."""

    situation: str = NO_RECORD
    """The name of a situation; NO_RECORD for an address that names no record."""
    args: object = None
    """What the address takes: a function of the record; its reference where there is a situation, otherwise nothing."""
    answers: object = nothing
    """What the form needs: a function of (record, cast, who) → {field: answer}."""
    prepare: object = nothing
    """Anything to be so before the request: a function without arguments."""


def close(record, cast):
    """This will end the case of a record as its situation allows: what the third status of a cell is about."""
    if isinstance(record, Referral):
        return situations.withdraw(record, on=situations.at(situations.DAY, "13:50"))
    raise NotImplementedError(f"say in tests/house_rules/routes.py how the case of a {type(record).__name__} ends")


def row_of(kind):
    """The address of the first row of this kind: [reference, kind, its number]."""

    def args(record):
        related = situations.forms.ROWS[kind].related
        return [record.reference, kind, getattr(record, related).order_by("pk").first().pk]

    return args


def deadline(rule):
    return lambda record: [
        Deadline.objects.filter(reference=record.reference, rule=rule.code).order_by("-pk").first().pk
    ]


def file_of(record):
    return [record.reference, situations.files.Attachment.objects.get(reference=record.reference).key]


def upload(*arguments):
    return {"file": SimpleUploadedFile("note.pdf", b"%PDF-1.7\n%%EOF\n")}


def another_referral(record, cast, who):
    other = Referral.objects.exclude(pk=record.pk).filter(status="received").order_by("pk").first()
    return {"first": other.reference if other else "RF-2026-999", "rationale": "The same incident"}


def everything_is_alive():
    for name in ("worker", "beat"):
        cache.set(f"alive:{name}", "now", 60)


MAIL = "01765450000000000000-0a1b2c3d"


def a_caught_mail():
    folder = settings.VAR / "mail"
    folder.mkdir(exist_ok=True)
    (folder / f"{MAIL}.eml").write_text("To: somebody@harrowmere.example\nX-To: somebody@harrowmere.example\n\nText\n")


def moment(name, at):
    """A moment of the day of the situations, as its boxes send it."""
    return {f"{name}-day": "11", f"{name}-month": "12", f"{name}-year": "2026", f"{name}-time": at}


VIEW = {
    "referral_read": "on",
    "abuse": "met",
    "abuse_rationale": "Said so",
    "harm": "met",
    "harm_rationale": "Said so",
    "sin_needed": "yes",
    "outcome": "rapid_review",
    "rationale": "Both criteria are met",
}

ROUTES = {
    "health": Route(prepare=everything_is_alive),
    "demo_mail": Route(prepare=a_caught_mail),
    "demo_mail_message": Route(args=lambda record: [MAIL], prepare=a_caught_mail),
    "example": Route(args=lambda record: ["question"]),
    "account_reset_password_from_key": Route(args=lambda record: ["1", "not-a-key"]),
    "why-this-date": Route("screened", args=deadline(rules.SIN_NATIONAL)),
    "timeline": Route("with_panel", args=lambda record: [record.case.reference]),
    # Referrals
    "referral": Route("screened"),
    "key-in-referral": Route(answers=lambda *_: {**moment("received_at", "8:15am"), "channel": "telephone"}),
    "fill-in": Route(
        "draft",
        args=lambda record: [record.reference, "notifying-area"],
        answers=lambda *_: {"la_residence": "E08000004"},
    ),
    "add-row": Route("draft", args=lambda record: [record.reference, "service"], answers=lambda *_: {"service": "gp"}),
    "fill-in-row": Route("draft", args=row_of("service"), answers=lambda *_: {"service": "gp"}),
    "remove-row": Route("draft", args=row_of("service")),
    "submit": Route("draft", answers=lambda record, cast, who: {"approves": str(cast.approver.pk)}),
    "sent": Route("with_approver"),
    "attach-file": Route("draft", answers=upload),
    "file": Route("with_file", args=file_of),
    "approve": Route("with_approver"),
    "return-to-referrer": Route("with_approver", answers=lambda *_: {"reason": "Say when"}),
    "screen": Route(
        "screened",
        answers=lambda *_: {"complete": "yes", "in_our_area": "yes", "already_notified": "not_known"},
    ),
    "ask": Route("screened", answers=lambda *_: {"question": "Since when?"}),
    "answer": Route("more_information", answers=lambda *_: {"answer": "Since March"}),
    "correct": Route("screened", answers=lambda *_: {"about": "The date", "text": "It was the day before"}),
    "send-to-panel": Route("screened", answers=lambda *_: {"rationale": "Both criteria may be met"}),
    "attach": Route("screened", answers=another_referral),
    "detach": Route("additional", answers=lambda *_: {"reason": "Another incident"}),
    "pass-on": Route(
        "screened",
        answers=lambda *_: {
            "passed_to": "Foxglove and Vale partnership",
            **moment("passed_at", "1pm"),
            "rationale": "It happened there",
        },
    ),
    "withdraw": Route("screened", answers=lambda *_: {"reason": "Sent in error"}),
    # The decision
    "virtual-panel": Route("one_view"),
    "give-view": Route("one_view", answers=lambda *_: VIEW),
    "tell-partners": Route("screened", answers=lambda *_: {"told": "All three, by telephone"}),
    "tell-outcome": Route("rapid_review_decided", answers=lambda *_: {"told": "A rapid review will be held"}),
    "decide-notification": Route("one_view", answers=lambda *_: {"notify": "yes", "why": "Both criteria are met"}),
    "record-notification": Route(
        "one_view",
        answers=lambda record, cast, who: {
            **moment("sent_at", "1pm"),
            "sin_reference": "SIN-1",
            "sent_by": str(cast.la_notifier.pk),
        },
    ),
}


def route_of(name):
    """This will return the Route of a row: its own, or the route's in the situation named behind the colon."""
    route_name, _, situation = name.partition(":")
    route = ROUTES.get(route_name, Route())
    return replace(route, situation=situation) if situation else route


def address(name, record):
    """This will return the address that a row tries on this record (None where it names no record)."""
    route = route_of(name)
    args = route.args(record) if route.args else [record.reference] if route.situation else []
    return reverse(name.partition(":")[0], args=args)
