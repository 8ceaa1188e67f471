"""What a row of permissions.csv is tried on: a record in a situation, an address, and what its form needs.

A row is named by its URL name, with `:situation` behind it where a route is tried in a second one. A new route needs a
line here only if its address takes more than a reference, its form needs answers, or another situation suits it.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import date

from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from casework import documents
from deadlines import calendar_changes, rules
from deadlines.models import BankHoliday, ClosureDay, Deadline, RuleOverride
from notifications.models import Notice
from partnership.models import Agency, Appointment, Membership, User
from rapid_reviews.models import AgencySummary, ImportedRow, NameLabel
from referrals.models import Referral
from tests.factories import cover, rapid_reviews, situations
from tests.moments import london
from trail import models as trail

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


def ended(record, world):
    """This will return (a record, what ends its case or None): what the third status of a cell is about.

    A referral is withdrawn. A rapid review ends one way only, so that another one which has ended stands for it.
    """
    if isinstance(record, Referral):
        return record, withdraw
    closed = world.closed
    return rapid_reviews.usual(world.cast, closed) if isinstance(record, AgencySummary) else closed, None


def withdraw(referral):
    return situations.withdraw(referral, on=situations.at(situations.DAY, "13:59"))


def row_of(kind):
    """The address of the first row of this kind: [reference, kind, its number]."""

    def args(record):
        related = situations.forms.ROWS[kind].related
        return [record.reference, kind, getattr(record, related).order_by("pk").first().pk]

    return args


def a_lead(cast, summary):
    return rapid_reviews.lead_of(cast, summary)


def row_of_summary(kind):
    """The address of the first row of a summary of this kind."""

    def args(record):
        related = getattr(record, rapid_reviews.forms.ROWS[kind].related)
        return [record.reference, kind, related.order_by("pk").first().pk]

    return args


def row_of_review(kind, related):
    """The address of the first row of this kind of a review or its meeting."""

    def args(record):
        owner = record if hasattr(record, related) else record.meeting
        return [record.reference, kind, getattr(owner, related).order_by("pk").first().pk]

    return args


def label_of_review(record):
    """The address of a label of the names key, entered by hand."""
    row = record.name_labels.first()
    if row is None:
        row = NameLabel(review=record, label="Neighbour", names="Tobin Quill")
        trail.save(row, by=trail.SYSTEM, on=record.opened_at, reason="label_person")
    return [record.reference, row.pk]


def also(*more):
    """An address of the reference and something more."""
    return lambda record: [record.reference, *more]


def somebody(record):
    return [User.objects.get(full_name="Sheila Tansy").pk]


def somebody_gone(record):
    return [User.objects.get(full_name="Former Colleague").pk]


def role_of_somebody(record):
    return [*somebody(record), Membership.objects.get(user__full_name="Sheila Tansy").pk]


def an_appointment(record):
    return [Appointment.objects.get(user__full_name="Della Quince").pk]


def cover_to_come(record):
    """A cover of Lena Hollis by Lucas Ambry that is not in force, so that it changes nobody's rights."""
    row = Appointment.objects.filter(kind="cover").first()
    if row is None:
        people = {name: User.objects.get(full_name=name) for name in ("Lena Hollis", "Lucas Ambry")}
        days = {"from_on": date(2027, 1, 4), "until_on": date(2027, 1, 8)}
        housing = Agency.objects.get(name="Larkspur Homes")
        row = cover(people["Lucas Ambry"], people["Lena Hollis"], agency=housing, **days)
    return [row.pk]


def a_deputy(record, cast, who):
    return {
        "kind": "deputy",
        "user": str(cast.manager.pk),
        "partner": "la",
        "for_user": str(cast.partner_la.pk),
        **day("from_on", "11"),
        "authority": "Chief executive",
        "reason": "Leave",
    }


def another_of_the_agency(record, cast, who):
    return {"covering": str(cast.second_lead.pk), **day("from_on", "11"), **day("until_on", "12")}


def day(name, number):
    """A day of the month of the situations, as its boxes send it."""
    return {f"{name}-day": number, f"{name}-month": "12", f"{name}-year": "2026"}


def somebody_new(record, cast, who):
    agency = str(cast.trust.pk)
    return {"full_name": "Noor Sable", "email": "noor@thistledown.example", "agency": agency, "role": "manager"}


def of_case(record):
    return [record.case.reference]


def match_of_case(record):
    return [record.case.reference, record.case.name_matches.get().pk]


def document_of(record):
    return [record.reference, documents.of(record, "rapid_review_report").first().key]


def christmas(record):
    return [BankHoliday.objects.get(day=date(2026, 12, 25)).pk]


def a_closure(record):
    day, on = date(2026, 12, 30), london("2026-12-01 09:00")
    with transaction.atomic():
        known = ClosureDay.objects.filter(day=day).first()
        return [(known or calendar_changes.add_closure_day(day=day, name="Closed", on=on, by=None)).pk]


def a_length(record):
    on = london("2026-12-01 09:00")
    given = {"number": 6, "in_force_from": date(2027, 6, 1), "reason": "Agreed", "on": on, "by": None}
    with transaction.atomic():
        known = RuleOverride.objects.filter(rule=rules.SUMMARY_RETURNED.code).first()
        return [(known or calendar_changes.override(rules.SUMMARY_RETURNED, **given)).pk]


def given_up(record):
    return [Notice.objects.get(case=record.case, given_up_at__isnull=False).pk]


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
    Notice.objects.filter(sent_at=None).update(sent_at=F("queued_at"))  # nothing has waited for too long


def another_lead(cast, who):
    """Who approves what the other of Larkspur Homes' two safeguarding leads wrote."""
    return cast.agency_lead if who == "summary_approver" else cast.second_lead


def the_council_too(record, cast, who):
    rapid_reviews.give_council_a_lead(cast)
    return {"agencies": [str(cast.council.pk)]}


MAIL = "01765450000000000000-0a1b2c3d"


def a_caught_mail():
    folder = settings.VAR / "mail"
    folder.mkdir(exist_ok=True)
    (folder / f"{MAIL}.eml").write_text("To: somebody@harrowmere.example\nX-To: somebody@harrowmere.example\n\nText\n")


def moment(name, at):
    """A moment of the day of the situations, as its boxes send it."""
    return {f"{name}-day": "11", f"{name}-month": "12", f"{name}-year": "2026", f"{name}-time": at}


def restriction_of(record):
    """The address of what is marked in a summary; of nothing, where nothing is."""
    marked = record.restrictions.order_by("pk").first()
    return [record.reference, marked.pk if marked else 0]


def import_of(record):
    """The address of what was brought to a summary; of nothing, where nothing was."""
    brought = record.imports.order_by("pk").last()
    return [record.reference, brought.pk if brought else 0]


def row_of_import(record):
    """The address of the last row of what was brought."""
    row = ImportedRow.objects.filter(brought__summary=record).order_by("pk").last()
    return [*import_of(record), row.pk if row else 0]


def until_another_review():
    return {"reason": "A trial", "review_on-day": "4", "review_on-month": "1", "review_on-year": "2027"}


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
    "accept-invitation": Route(args=lambda record: ["not-a-key"]),
    # No organisation signs its people in here; where one does: tests/integration/sign_in/test_single_sign_on.py.
    "single-sign-on": Route(args=lambda record: ["council"]),
    "single-sign-on-answer": Route(args=lambda record: ["council"]),
    "calendar": Route(args=lambda record: ["not-a-key"]),  # a true one: tests/integration/deadlines/test_feed.py
    "remove-passkey": Route(args=lambda record: [1]),  # nobody's: one's own are tried in integration/sign_in
    # People
    "invite": Route(answers=somebody_new),
    "person": Route(args=somebody),
    "invite-again": Route(args=somebody),
    "give-role": Route(args=somebody, answers=lambda *_: {"agency": "", "role": "manager"}),
    "end-role": Route(args=role_of_somebody, answers=lambda *_: {"reason": "Left"}),
    "enter-appointment": Route(answers=a_deputy),
    "end-appointment": Route(args=an_appointment, answers=lambda *_: {"reason": "Left"}),
    "leave": Route(args=somebody, answers=lambda *_: {"reason": "Left"}),
    "name-cover": Route(answers=another_of_the_agency),
    "end-cover": Route(args=cover_to_come),
    "stop-sign-in": Route(args=somebody, answers=lambda *_: {"reason": "Left"}),
    "let-sign-in": Route(args=somebody_gone, answers=lambda *_: {"reason": "Came back"}),
    "why-this-date": Route("screened", args=deadline(rules.SIN_NATIONAL)),
    "print-date": Route("screened", args=deadline(rules.SIN_NATIONAL)),
    "printout": Route(args=lambda record: [uuid.uuid4()]),
    "printout-file": Route(args=lambda record: [uuid.uuid4()]),
    "extend": Route(
        "with_panel",
        args=deadline(rules.SIN_LOCAL),
        answers=lambda *_: day("due", "16") | {"reason": "A record is missing", "agreed_by": "The partners"},
    ),
    "pause": Route(
        "with_panel",
        args=deadline(rules.SIN_LOCAL),
        answers=lambda *_: {"reason": "A trial", "agreed_by": "The partners"},
    ),
    "resume": Route(
        "timescale_paused", args=deadline(rules.SIN_LOCAL), answers=lambda *_: {"reason": "The trial ended"}
    ),
    "record-delay": Route(
        "with_panel",
        args=deadline(rules.SIN_NATIONAL),
        answers=lambda *_: day("expected_on", "30") | day("review_on", "21") | {"reason": "A trial", "letters": "None"},
    ),
    "timeline": Route("with_panel", args=of_case),
    "set-length": Route(
        args=lambda record: ["summary_returned"],
        answers=lambda *_: {"number": "6", "by_time": "", "reason": "Agreed"} | day("in_force_from", "14"),
    ),
    "withdraw-length": Route(args=a_length, answers=lambda *_: {"reason": "Put off"}),
    "add-bank-holiday": Route(answers=lambda *_: day("day", "17") | {"name": "Day of mourning"}),
    "withdraw-bank-holiday": Route(args=christmas, answers=lambda *_: {"reason": "It was moved"}),
    "add-closure-day": Route(answers=lambda *_: day("day", "17") | {"name": "Office move"}),
    "withdraw-closure-day": Route(args=a_closure, answers=lambda *_: {"reason": "Put off"}),
    "undelivered-email": Route(
        "email_undelivered", args=given_up, answers=lambda *_: {"way": "settled", "words": "Told by telephone"}
    ),
    # Who sees a case
    "emails": Route("with_panel", args=of_case),
    "who-looked": Route("with_panel", args=of_case),
    "who-changed-what": Route("with_panel", args=of_case),
    "case-access": Route("with_panel", args=of_case),
    "restrict-case": Route("with_panel", args=of_case, answers=lambda *_: {"reason": "A colleague’s child"}),
    "keep-out": Route(
        "with_panel",
        args=of_case,
        answers=lambda record, cast, who: {"person": str(cast.school.pk), "reason": "Named in the case"},
    ),
    "people-named": Route("somebody_named", args=of_case),
    "not-the-same-person": Route(
        "somebody_named", args=match_of_case, answers=lambda *_: {"reason": "Born in another year"}
    ),
    "lift-restriction": Route("restricted", args=of_case, answers=lambda *_: {"reason": "No longer needed"}),
    "add-holder": Route(
        "restricted",
        args=of_case,
        answers=lambda record, cast, who: {"person": str(cast.coordinator.pk), "reason": "Holiday"},
    ),
    "let-back-in": Route(
        "restricted",
        args=of_case,
        answers=lambda record, cast, who: {"person": str(cast.school.pk), "reason": "Another person"},
    ),
    "emergency-access": Route(answers=lambda *_: {"reference": "C-2026-999", "reason": "Police ask"}),
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
    "withdraw-notification": Route(
        "sin_sent", answers=lambda *_: moment("withdrawn_at", "1:45pm") | {"withdrawn_why": "No abuse after all"}
    ),
    # Gathering
    "open-from-referral": Route("rapid_review_decided"),
    "rapid-review": Route("review_gathering"),
    "appoint-chair": Route(
        "review_opened", answers=lambda record, cast, who: {"chair": str(cast.reviewer.pk), "skills": "Many reviews"}
    ),
    "declare-no-conflict": Route("chair_appointed"),
    "plan": Route("review_gathering"),
    "ask-agencies": Route("review_gathering", answers=the_council_too),
    "add-agency": Route(
        "review_gathering",
        answers=lambda *_: {
            "name": "Saltmarsh Nursery",
            "kind": "education",
            "lead_name": "Nora Saltmarsh",
            "lead_email": "nora@saltmarsh.example",
            "escalation_name": "Head",
            "escalation_email": "head@saltmarsh.example",
        },
    ),
    "share-chronology": Route("chronology_shared"),
    "issue-pack": Route("chronology_shared", answers=lambda record, cast, who: {"members": [str(cast.panel_la.pk)]}),
    "chronology": Route("pack_issued"),
    "pack": Route("pack_issued"),
    "print-chronology": Route("pack_issued"),
    "print-pack": Route("pack_issued"),
    "name-key": Route("pack_issued"),
    "replace-names": Route("pack_issued", answers=lambda *_: {"text": "Told by the GP", "way": "labels"}),
    "label-person": Route("pack_issued", answers=lambda *_: {"label": "GP 2", "names": "Dr Wick-Hale"}),
    "remove-label": Route("pack_issued", args=label_of_review),
    "summary-readers": Route("summary_asked"),
    "agency-summary": Route("summary_asked", answers=lambda *_: {"involved": "yes"}),
    "fill-in-summary": Route("summary_filled_in", args=also("agency")),
    "add-summary-row": Route(
        "summary_filled_in", args=also("action"), answers=lambda *_: {"action": "Train everybody"}
    ),
    "fill-in-summary-row": Route("summary_filled_in", args=row_of_summary("action")),
    "remove-summary-row": Route("summary_filled_in", args=row_of_summary("action")),
    "agencies": Route("review_gathering"),
    "chase-agency": Route("summary_filled_in"),
    "extend-summary": Route(
        "summary_filled_in",
        answers=lambda *_: {
            "due-day": "8",
            "due-month": "1",
            "due-year": "2027",
            "reason": "Records in store",
            "agreed_by": "The chair",
        },
    ),
    "go-without": Route("summary_filled_in", answers=lambda *_: {"reason": "No answer"}),
    "what-changed": Route("summary_returned_again"),
    "who-writes-what": Route("section_given"),
    "give-section": Route(
        "summary_filled_in",
        args=also("child"),
        answers=lambda record, cast, who: {"person": str(a_lead(cast, record).pk)},
    ),
    "take-back-section": Route("section_given", args=also("child")),
    "finish-section": Route("section_given", args=also("child")),
    "reopen-section": Route("section_finished", args=also("child")),
    "secure-records": Route("summary_filled_in", answers=lambda *_: {"records_where": "In the strong room"}),
    "return-nil": Route(
        "summary_filled_in",
        answers=lambda *_: {"systems_searched": "Both", "names_used": "All", "searched_by": "The lead"},
    ),
    "send-for-approval": Route(
        "summary_filled_in", answers=lambda record, cast, who: {"approver": str(another_lead(cast, who).pk)}
    ),
    "approve-summary": Route("summary_with_approver"),
    "return-to-author": Route("summary_with_approver", answers=lambda *_: {"reason": "Say since when"}),
    "accept-summary": Route("summary_returned"),
    "accept-additions": Route("summary_accepted"),
    "send-back": Route("summary_returned", answers=lambda *_: {"reason": "Say since when"}),
    "waive-approval": Route("summary_filled_in", answers=lambda *_: {"reason": "A team of one"}),
    "key-in-summary": Route("summary_filled_in"),
    "enter-summary": Route(
        "summary_keyed_in", answers=lambda *_: moment("returned_at", "1:30pm") | {"approver_name": "The director"}
    ),
    "reopen-summary": Route("summary_nil", answers=lambda *_: {"reason": "Found under another name"}),
    "summary-file": Route("summary_keyed_in", args=file_of),
    # A chronology from a file
    "summary-chronology": Route("summary_returned"),
    "bring-chronology": Route("summary_filled_in", answers=lambda *_: {"pasted": rapid_reviews.BROUGHT}),
    "import-chronology": Route("chronology_brought", args=import_of),
    "map-columns": Route(
        "chronology_brought",
        args=import_of,
        answers=lambda *_: {"column_0": "date", "column_1": "source", "column_2": "what_happened"},
    ),
    "put-row-right": Route("chronology_brought", args=row_of_import, answers=lambda *_: {"wish": "leave_out"}),
    "undo-import": Route("chronology_imported", args=import_of),
    # What is not to be shared
    "not-shared": Route("summary_restricted"),
    "disclosure-restriction": Route("summary_restricted", args=restriction_of),
    "restrict-disclosure": Route(
        "summary_restricted",
        args=also("answer", "lessons"),
        answers=lambda *_: {"asked_by": "DI Moss", "asked_by_organisation": "Police", **until_another_review()},
    ),
    "review-disclosure": Route("summary_restricted", args=restriction_of, answers=lambda *_: until_another_review()),
    "lift-disclosure": Route("summary_restricted", args=restriction_of, answers=lambda *_: {"reason": "Over"}),
    # Meeting and report
    "meeting": Route("report_written"),
    "fill-in-meeting": Route("report_written", args=also("when")),
    "add-meeting-row": Route(
        "report_written",
        args=also("action"),
        answers=lambda *_: {
            "action": "Train everybody",
            "outcome": "Everybody knows",
            "lead_officer": "Head of nursing",
            "due_on-day": "1",
            "due_on-month": "3",
            "due_on-year": "2027",
        },
    ),
    "fill-in-meeting-row": Route("report_written", args=row_of_review("action", "actions")),
    "remove-meeting-row": Route("report_written", args=row_of_review("action", "actions")),
    "record-meeting": Route("meeting_filled_in"),
    "report": Route("report_written"),
    "edit-section": Route("report_written", args=also("2.2f"), answers=lambda *_: {"text": "Another text"}),
    "add-analysis": Route("report_written", args=also("concern"), answers=lambda *_: {"concern": "Another"}),
    "edit-analysis": Route("report_written", args=row_of_review("concern", "branches")),
    "remove-analysis": Route("report_written", args=row_of_review("concern", "branches")),
    "edit-recommendation": Route("report_written"),
    "edit-deciles": Route("report_written"),
    "issue-draft": Route("report_written"),
    "comment": Route("with_members", answers=lambda *_: {"answer": "agree"}),
    "comments": Route("with_members"),
    "close-comments": Route("with_members"),
    "lock-for-signature": Route("comments_closed"),
    "sign-off": Route("report_locked", answers=lambda *_: {"decision": "agrees"}),
    "make-pdf-again": Route("pdf_failed"),
    "submit-report": Route(
        "pdf_made",
        answers=lambda *_: moment("sent_at", "1:59pm") | {"recipient": "rapid.reviews@national-panel.example"},
    ),
    "rapid-review-document": Route("pdf_made", args=document_of),
    "record-reply": Route(
        "submitted",
        answers=lambda *_: {
            "reply": "agrees",
            "replied_on-day": "11",
            "replied_on-month": "12",
            "replied_on-year": "2026",
        },
    ),
    "end-review": Route(
        "notification_withdrawn", answers=lambda *_: {"reason": "The serious incident notification was withdrawn"}
    ),
    "close-review": Route("submitted", answers=lambda *_: {"reason": "All is done"}),
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
