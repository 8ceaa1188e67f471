"""Which agencies to ask, what their summaries still lack, and the combined chronology."""

from datetime import timedelta
from typing import NamedTuple

from django.db.models import Case, F, OuterRef, Prefetch, Q, Subquery, When

from deadlines import queries as deadline_queries
from deadlines import rules
from deadlines.models import Deadline
from partnership import codes
from partnership.models import Agency, Membership
from partnership.roles import Role
from rapid_reviews.models import AgencySummary, ChronologyEvent, RapidReview
from rapid_reviews.queries.disclosure import marks_of
from rapid_reviews.queries.signing import free_to_sign
from referrals import queries as referral_queries

SUMMARY_NEEDED = {
    "author_name": ("agency", "Enter the report author"),
    "author_designation": ("agency", "Enter the author’s designation"),
    "key_periods": ("involvement", "Enter the summary of the agency’s involvement"),
    "pen_picture": ("child", "Enter the pen picture of the child"),
    "perspective": ("practice", "Enter the key professionals’ perspective, or why it was not practicable"),
    "worked_well": ("practice", "Enter what worked well"),
    "worried_about": ("practice", "Enter what you were worried about"),
    "lessons": ("learning", "Enter the lessons learnt"),
}
"""What an agency with involvement must answer: field → (section, message)."""


def summary_gaps(summary, rows=None):
    """This will collect every reason why a summary cannot be returned yet, as (section, field, message).

    `rows` are the numbers of its rows by kind, where they are known.
    """
    if rows is None:
        rows = {"correction": summary.family_corrections.exists(), "event": summary.events.exists()}
    found = []
    if summary.involved is None:
        found.append(("agency", "involved", "Select whether the agency had contact with the child or the family"))
    if summary.independent is None:
        found.append(("agency", "independent", "Select whether the author is independent of the work with the child"))
    if summary.independent is False and not summary.not_independent_why:
        found.append(("agency", "not_independent_why", "Enter why the author is not independent"))
    if summary.records_secured_at is None:
        found.append(("records", "", "Confirm that the records are secured"))
    if summary.family_matches is None:
        found.append(("family", "family_matches", "Select whether the family’s details match"))
    if summary.family_matches is False and not rows["correction"]:
        found.append(("family", "", "Add what differs in the family’s details"))
    found += [
        (section, field, words) for field, (section, words) in SUMMARY_NEEDED.items() if not getattr(summary, field)
    ]
    if not rows["event"]:
        found.append(("chronology", "", "Add at least one event to the chronology"))
    return found


RETURNING = (rules.SUMMARY_RETURNED.code, rules.SUMMARY_ASKED_LATER.code)


def reviews_for(user, *, moment):
    """This will return the rapid reviews a person may see, each with its local date (`due_at`, `report_deadlines`)."""
    local = deadline_queries.day_counts()
    return (
        RapidReview.objects.visible_to(user, moment=moment)
        .select_related("case", "chair")
        .prefetch_related(Prefetch("case__deadlines", queryset=local, to_attr="report_deadlines"))
        .annotate(due_at=Subquery(local.filter(reference=OuterRef("reference")).values("due_at")[:1]))
    )


def summaries_for(user, *, moment):
    """This will return the single agency summaries a person writes or approves, each with its due moment."""
    due = Deadline.objects.filter(reference=OuterRef("reference"), rule__in=RETURNING).order_by("-pk")
    own = AgencySummary.objects.worked_on_by(user, moment=moment).select_related("agency", "case")
    return own.annotate(due_at=Subquery(due.values("due_at")[:1]))


def report_dates(review):
    """This will return the three dates that stand side by side: (what it is, deadline or None, why there is none)."""
    newest = {}
    wanted = (rules.SIN_NATIONAL.code, rules.REPORT_NATIONAL.code, rules.REPORT_LOCAL.code)
    for deadline in Deadline.objects.filter(case=review.case, rule__in=wanted).order_by("pk"):
        newest[deadline.rule] = deadline
    no_moment = "The moment the local authority became aware is not recorded."
    no_sin = "It counts from the serious incident notification, which is not recorded as sent."
    return [
        (title, newest.get(rule.code), why)
        for title, rule, why in (
            ("Serious incident notification", rules.SIN_NATIONAL, no_moment),
            ("Report, national date", rules.REPORT_NATIONAL, no_sin),
            ("Report, local date", rules.REPORT_LOCAL, ""),
        )
    ]


class Progress(NamedTuple):
    """One agency of a review: its summary and the deadline it is due by, as it last ran."""

    summary: AgencySummary
    deadline: Deadline


def progress(review):
    """This will return what each agency was asked for and where it stands, by the agencies' names."""
    summaries = review.summaries.select_related("agency", "case", "review").order_by("agency__name")
    due = {}
    for deadline in Deadline.objects.filter(case=review.case, rule__in=RETURNING).order_by("pk"):
        due[deadline.reference] = deadline
    return [Progress(summary, due.get(summary.reference)) for summary in summaries]


def services_named(review):
    """This will return what the referral names for each agency that provides it: {agency's key: [service, …]}."""
    found = {}
    for named in review.referral.services.order_by("pk"):
        if not named.service:
            continue
        label = codes.LISTS["agency_service"][named.service].label
        words = f"{label} ({named.name})" if named.name else label
        for agency in Agency.objects.filter(services__contains=[named.service]).order_by("pk"):
            found.setdefault(agency.replaced_by_id or agency.responds_through_id or agency.pk, []).append(words)
    return found


def proposed_agencies(review):
    """This will return the agencies that provide a service the referral names and were not asked yet.

    Those of our area, and any that the referral names itself. An agency that responds through another, or was
    replaced, stands for the one that answers.
    """
    services = review.referral.services.exclude(service="")
    provides = Q(inside_area=True, services__overlap=list(services.values_list("service", flat=True)))
    named = Agency.objects.filter(provides | Q(name__in=services.exclude(name="").values("name")))
    answering = {(agency.replaced_by_id or agency.responds_through_id or agency.pk) for agency in named}
    return askable_agencies(review).filter(pk__in=answering)


def askable_agencies(review):
    """This will return every agency that could be asked and was not yet."""
    asked = AgencySummary.objects.filter(review=review).values("agency")
    return (
        Agency.objects.filter(replaced_by=None, responds_through=None)
        .exclude(kind=Agency.Kind.BUSINESS_UNIT)
        .exclude(pk__in=asked)
        .order_by("name")
    )


def agencies_with_a_lead(day):
    """This will return the keys of the agencies that have a safeguarding lead on a day: only they can be asked."""
    held = Membership.objects.in_force(day).filter(role=Role.AGENCY_LEAD, user__is_active=True)
    return set(held.values_list("agency", flat=True))


def summaries_due(review, *, moment):
    """This will return when a summary asked for now is due: Day 7, or the length for a late request after it."""
    calendar, cutoff = deadline_queries.working_days(), deadline_queries.daily_cutoff()
    opened_on = review.case.opened_on
    if is_first_round(review, moment=moment):
        rule = deadline_queries.rule_in_force(rules.SUMMARY_RETURNED, opened_on)
        return rules.due_at(rule, day_0(review), calendar, cutoff)
    rule = deadline_queries.rule_in_force(rules.SUMMARY_ASKED_LATER, opened_on)
    due = rules.due_at(rule, moment, calendar, cutoff)
    last = last_day_before_pack(review, moment=moment)
    return rules.at(last, rules.END_OF_DAY) if last and last < rules.london_day(due) else due


def is_first_round(review, *, moment):
    """This will say whether summaries asked for now are due on Day 7: it has not passed yet."""
    rule = deadline_queries.rule_in_force(rules.SUMMARY_RETURNED, review.case.opened_on)
    calendar, cutoff = deadline_queries.working_days(), deadline_queries.daily_cutoff()
    return rules.due_at(rule, day_0(review), calendar, cutoff) > moment


def last_day_before_pack(review, *, moment):
    """This will return the working day before the pack is due, which no late request goes beyond; None once it is past.

    None as well when the pack is issued: what is asked for then circulates as a late paper.
    """
    codes = (rules.PACK_ISSUED.code, rules.PACK_BEFORE_MEETING.code)
    waiting = Deadline.objects.open().filter(reference=review.reference, rule__in=codes)
    due = waiting.order_by("due_at").values_list("due_at", flat=True).first()
    if due is None:
        return None
    last = deadline_queries.working_days().subtract(rules.london_day(due), 1)
    return last if last >= rules.london_day(moment) else None


def is_too_near_the_meeting(review, *, moment):
    """This will say whether the pack is issued less than its length of time before the meeting (one working day)."""
    waiting = Deadline.objects.open().filter(reference=review.reference, rule=rules.PACK_BEFORE_MEETING.code)
    return waiting.filter(due_at__lt=moment).exists()


def first_date(summary):
    """This will return the day by which the agency was asked for its summary in the first round, or None."""
    first = Deadline.objects.filter(reference=summary.reference, rule=rules.SUMMARY_RETURNED.code).order_by("pk")
    due = first.values_list("due_at", flat=True).first()
    return rules.london_day(due) if due else None


def leads_of(agency, *, day):
    """This will return the people who are safeguarding leads of an agency on a day."""
    held = Membership.objects.in_force(day).filter(agency=agency, role=Role.AGENCY_LEAD, user__is_active=True)
    return [membership.user for membership in held.select_related("user").order_by("pk")]


def approvers_of(agency, *, author, day):
    """This will return who may approve an agency's summary: its leads and managers, and those it responds through."""
    agencies = Q(agency=agency) | Q(agency__responds_for=agency)
    held = Membership.objects.in_force(day).filter(agencies, role__in=(Role.AGENCY_LEAD, Role.APPROVER))
    people = {membership.user for membership in held.select_related("user") if membership.user.is_active}
    return sorted(people - {author}, key=lambda person: person.full_name)


VAGUE = ("about", "range", "month", "year")
"""How exact a date is that is not known to the day, the nearest to it first."""


def combined_chronology(review, marks=None):
    """This will return every event of the returned summaries in the order of time, each with its agency.

    Of those that begin on one day, what is known to the day comes first: without a time, then by time. After it what
    only begins then for all that is known: about that day, a range, a month, a year. An event without a recorded date
    stands last; the agencies' words are never changed. What is withheld from the reader whose `marks` these are is
    left out; without them, what is withheld from anybody.
    """
    marks = marks or marks_of(review)
    returned = AgencySummary.objects.filter(review=review, status__in=AgencySummary.RETURNED_STATUSES)
    return (
        ChronologyEvent.objects.filter(summary__in=returned.values("pk"))
        .exclude(pk__in=marks.hidden("event"))
        .select_related("summary__agency")
        .alias(vague=Case(*[When(precision=code, then=at) for at, code in enumerate(VAGUE, 1)], default=0))
        .order_by(F("starts_on").asc(nulls_last=True), "vague", F("starts_at_time").asc(nulls_first=True), "pk")
    )


def withheld_events(review, marks):
    """This will return the keys of the events that the combined chronology leaves out for this reader."""
    returned = AgencySummary.objects.filter(review=review, status__in=AgencySummary.RETURNED_STATUSES)
    rows = ChronologyEvent.objects.filter(summary__in=returned.values("pk"), pk__in=marks.hidden("event"))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def default_period(referral):
    """This will return the period looked at unless another is chosen: the twelve months to the incident."""
    until = referral.incident_until or referral.incident_on
    return until - timedelta(days=365), until


def is_late(summary):
    """This will say whether a returned summary came after its date, as (late, due moment)."""
    deadline = _last_deadline(summary)
    due = deadline.due_at if deadline else None
    return bool(summary.returned_at and due and summary.returned_at > due), due


def _last_deadline(summary):
    return Deadline.objects.filter(reference=summary.reference, rule__in=RETURNING).order_by("-pk").first()


def extended_from(summary):
    """This will return the moment a summary was due before its date was extended by agreement; None if it was not.

    A late request has its date set to a day in the act that starts it, which is no agreement.
    """
    deadline = _last_deadline(summary)
    if deadline is None or deadline.extended_at is None or deadline.extended_at <= deadline.started_at:
        return None
    before = deadline.history.filter(extended_at=None) | deadline.history.filter(extended_at__lte=deadline.started_at)
    return before.order_by("-history_date", "-history_id").first().due_at


def summary_status(summary):
    """This will return the summary's status as the report says it (section 1.1a): a code of `summary_status`."""
    if summary.status == AgencySummary.Status.NIL:
        return "nil_return"
    if summary.status not in AgencySummary.RETURNED_STATUSES:
        if summary.went_without_at:
            return "went_without"
        return "extended" if extended_from(summary) else "not_returned"
    late, _ = is_late(summary)
    if not late:
        was_due = extended_from(summary)
        return "extended" if was_due and summary.returned_at > was_due else "in_time"
    meeting = getattr(summary.review, "meeting", None)
    if meeting and meeting.held_on and rules.london_day(summary.returned_at) > meeting.held_on:
        return "late_after_meeting"
    return "late_before_meeting"


def done_already(review, user, *, day):
    """This will return the acts (URL names) that need no button of their own any more: done, or offered elsewhere.

    Signing is done for who has signed, and for whose partner somebody else has.
    """
    done = set()
    if review.chair_declared_at:
        done.add("declare-no-conflict")
    if review.chair_id:
        done.add("appoint-chair")
    if review.summaries.exists():
        done.add("ask-agencies")
    if not is_withdrawn(review):
        done.add("end-review")
    if not free_to_sign(review, user, day=day):
        done.add("sign-off")
    return done


def is_withdrawn(review):
    """This will say whether the serious incident notification was withdrawn, and no other was sent since."""
    return review.referral.sin is None and review.referral.notifications.exists()


def day_0(review):
    """This will return the moment that the review's days count from."""
    return referral_queries.day_0(review.referral)
