"""Every timescale on one page, and the arithmetic that turns a moment into a due moment. Pure Python, no Django.

*National* timescales: the day of the event is excluded and the next working day is day 1, whatever day the event fell
on; bank holidays of England and Wales; no cut-off, no closure days; nobody can move them.
*Local* timescales: Day 0 is the day of receipt; received on a day that is not worked, or after the daily cut-off, the
next working day is Day 0; the partnership’s closure days are skipped too; lengths and times can be overridden.
Lengths in calendar days, weeks and months run from the date itself and stand wherever they fall.

Times are civil time in London, whatever the server’s zone. A timescale without a time of day ends at 23:59.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from deadlines.calendar import Step, WorkingDays, add_months

LONDON = ZoneInfo("Europe/London")
END_OF_DAY = time(23, 59)
MIDDAY = time(12)
FOUR_PM = time(16)


class Unit(StrEnum):
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    WEEKS = "weeks"
    MONTHS = "months"
    DAY_OF_REVIEW = "day_of_review"
    """Day N, where Day 0 is the earlier of "referral received" and "SIN sent"."""
    NAMED_DAY = "named_day"
    """A day somebody names, or none yet: no length is counted."""


class Direction(StrEnum):
    AFTER = "after"
    BEFORE = "before"


class NaiveMoment(ValueError):
    """A moment came without its time zone: which day it fell on cannot be known."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One timescale: what is due, how long after (or before) what, and why."""

    code: str
    label: str
    number: int | None
    unit: Unit
    anchor: str
    """The moment the length is counted from, as it is read: "the local authority became aware"."""
    responsible: str
    """The standing or case role (`partnership.roles`) that has to do it, where nobody is named when it starts."""
    basis: str
    edition: str
    in_force_from: date
    national: bool = False
    by_time: time | None = None
    direction: Direction = Direction.AFTER
    earliest: int | None = None
    """The first day it may be done where the timescale is a span: 10 in "Day 10 to 11"."""
    starts_in: str = ""
    """The app that will start this clock, while it has no workflow yet."""

    @property
    def milestone(self):
        """The length as people say it: "Day 7", "5 working days after the local authority became aware"."""
        return milestone(self)


def milestone(terms):
    """This will say the length of a rule, or of a running deadline that copied its numbers, in the field's words."""
    number = terms.number
    if terms.unit == Unit.NAMED_DAY or number is None:
        return "on the day that was named"
    by, earliest = f", {time_words(terms.by_time)}" if terms.by_time else "", terms.earliest
    if terms.unit == Unit.DAY_OF_REVIEW:
        return f"Day {earliest} to {number}{by}" if earliest else f"Day {number}{by}"
    unit = terms.unit.replace("_", " ")
    length = f"{number} {unit.removesuffix('s') if number == 1 else unit}"
    length = f"{earliest} to {length}" if earliest else length
    at_least = "at least " if terms.direction == Direction.BEFORE else ""
    return f"{at_least}{length} {terms.direction} {terms.anchor}{by}"


def time_words(moment):
    """This will say a time of day as the GOV.UK style does: 4pm, 9:30am, midday."""
    if moment == MIDDAY:
        return "midday"
    hour, half = moment.hour % 12 or 12, "pm" if moment.hour >= 12 else "am"
    return f"{hour}:{moment.minute:02}{half}" if moment.minute else f"{hour}{half}"


# The sources of national lengths. What could not be read in a published text says so: it is shown on "why this date?".
_WT, _WT_FROM = "Working Together to Safeguard Children 2023", date(2023, 12, 15)
_PANEL, _PANEL_FROM = "Child Safeguarding Practice Review Panel guidance, June 2025", date(2025, 6, 1)
_REGS, _REGS_FROM = "SI 2018/789", date(2018, 6, 29)
_ACT, _ACT_FROM = "Children Act 2004", date(2018, 6, 29)
_LOCAL, _LOCAL_FROM = "Local timescales", date(2018, 9, 29)
TO_CONFIRM = "To be confirmed in the published text before it is relied on as law."
_RAPID_REVIEW = "The partnership’s rapid review timetable"


def _national(code, label, number, unit, anchor, responsible, *, basis, edition=(_WT, _WT_FROM), **more):
    return Rule(code, label, number, unit, anchor, responsible, basis, *edition, national=True, **more)


def _local(code, label, number, unit, anchor, responsible, *, basis="The partnership’s own timescale", **more):
    return Rule(code, label, number, unit, anchor, responsible, basis, _LOCAL, _LOCAL_FROM, **more)


def _day(code, label, number, responsible, *, basis=_RAPID_REVIEW, **more):
    return _local(code, label, number, Unit.DAY_OF_REVIEW, DAY_0, responsible, basis=basis, **more)


WORKING_DAYS, CALENDAR_DAYS, WEEKS, MONTHS = Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.WEEKS, Unit.MONTHS
AWARE = "the local authority became aware"
SIN_SENT = "the serious incident notification was sent"
DAY_0 = "the referral was received or the serious incident notification was sent, whichever was earlier"

# fmt: off
# Referral and decision
APPROVAL = _local("approval", "Approve the referral, or return it", 1, WORKING_DAYS,
                  "the referral was sent for approval", "case_approver")
RETURNED = _local("returned", "Change what was sent back and send it again", None, Unit.NAMED_DAY,
                  "it was sent back", "case_referrer", basis="Waits until it is sent again")
WAITING = _local("waiting", "Something waits for you", None, Unit.NAMED_DAY, "it was asked", "",
                 basis="Work without a timescale of its own: says what it is where it is started")
DELAY_REVIEWED = _local("delay_reviewed", "Look again at the delay of a national date", None, Unit.NAMED_DAY,
                        "the delay was recorded", "business_manager", basis="The day named when it was recorded")
EMAIL_UNDELIVERED = _local("email_undelivered", "See to an e-mail that could not be sent", None, Unit.NAMED_DAY,
                           "the mail server refused it, or it was tried for 72 hours", "business_coordinator",
                           basis="Waits until it is sent again, or settled another way")
SCREENING = _day("screening", "Screen the referral", 1, "business_manager", by_time=MIDDAY,
                 basis="The partnership’s own timescale: before the Virtual Panel decides on Day 1")
MORE_INFORMATION = _local("more_information", "Answer the business unit’s questions", None, Unit.NAMED_DAY,
                          "the questions were asked", "case_referrer", basis="The day the business unit named")
VIRTUAL_PANEL = _day("virtual_panel", "Give your view as a Virtual Panel member", 1, "case_panel_member")
SIN_LOCAL = _day("sin_local", "Send the serious incident notification (local date)", 1, "case_notifier")
SIN_NATIONAL = _national("sin_national", "Send the serious incident notification", 5, WORKING_DAYS, AWARE,
                         "case_notifier", basis="Children Act 2004 s.16C(1); Working Together 2023, chapter 5")
PARTNERS_TOLD = _national("partners_told", "Tell the safeguarding partners and other areas", 5, WORKING_DAYS, AWARE,
                          "business_manager", basis="Working Together 2023, chapter 5")
OUTCOME_TOLD = _local("outcome_told", "Tell the referrer the outcome", 1, WORKING_DAYS,
                      "the Virtual Panel decided", "business_manager", basis=_RAPID_REVIEW)

# Rapid review
SUMMARIES_REQUESTED = _day("summaries_requested", "Ask the agencies for their summaries", 2, "business_coordinator")
RECORDS_SECURED = _local("records_secured", "Confirm that the records are secured", 1, WORKING_DAYS,
                         "the summary was requested", "case_asked_agency", basis=_RAPID_REVIEW)
SUMMARY_RETURNED = _day("summary_returned", "Return the single agency summary", 7, "case_asked_agency")
SUMMARY_ASKED_LATER = _local("summary_asked_later", "Return the single agency summary", 5, WORKING_DAYS,
                             "the summary was requested", "case_asked_agency",
                             basis="Asked after the first round: the co-ordinator’s date, 5 working days unless named")
SECTION_WRITTEN = _local("section_written", "Write your section of the single agency summary", None, Unit.NAMED_DAY,
                         "it was given", "case_section_writer",
                         basis="The day the agency’s safeguarding lead named, otherwise the day the summary is due")
SUMMARY_APPROVED = _local("summary_approved", "Approve the single agency summary", None, Unit.NAMED_DAY,
                          "the author sent it", "case_summary_approver", basis="Due with the summary it completes")
SUMMARY_CHECKED = _local("summary_checked", "Accept the single agency summary, or send it back", 1, WORKING_DAYS,
                         "the summary came in", "business_coordinator")
DISCLOSURE_REVIEWED = _local("disclosure_reviewed", "Review what is withheld", None, Unit.NAMED_DAY,
                             "it was marked", "business_manager", basis="The review date named when it was marked")
CHRONOLOGY = _day("chronology", "Combined chronology to the chair and the business manager", 9, "business_coordinator")
PACK_ISSUED = _day("pack_issued", "Issue the pack to the rapid review panel", 9, "business_coordinator")
PACK_BEFORE_MEETING = _local("pack_before_meeting", "Issue the pack to the rapid review panel", 1, WORKING_DAYS,
                             "the rapid review meeting", "business_coordinator", direction=Direction.BEFORE,
                             basis=_RAPID_REVIEW)
MEETING = _day("meeting", "Hold the rapid review meeting", 11, "case_chair", earliest=10)
DRAFT_ISSUED = _day("draft_issued", "Issue the draft report", 11, "case_chair")
PANEL_COMMENTS = _day("panel_comments", "Agree the draft report or comment on it", 13, "case_review_panel_member")
SIGN_OFF = _day("sign_off", "Decide and sign the report", 14, "case_signatory", by_time=FOUR_PM)
REPORT_LOCAL = _day("report_local", "Send the report to the National Panel (local date)", 15, "business_manager",
                    by_time=FOUR_PM)
REPORT_NATIONAL = _national("report_national", "Send the report to the National Panel", 15, WORKING_DAYS, SIN_SENT,
                            "business_manager", edition=(_PANEL, _PANEL_FROM),
                            basis="An expectation of the National Panel’s guidance, not a statutory limit")
NATIONAL_REPLY = _local("national_reply", "Chase the National Panel’s reply", 10, WORKING_DAYS,
                        "the report was sent to the National Panel", "business_manager",
                        basis="Practice: about ten days; no national text was found")
LESSON_LOG = _local("lesson_log", "Return the lesson log", 2, WEEKS, "the meeting", "agency_lead",
                    starts_in="learning")

# LCSPR
LCSPR_TOLD = _local("lcspr_told", "Tell the National Panel, Ofsted and DfE of the LCSPR and its reviewer", 5,
                    WORKING_DAYS, "the decision to initiate it", "business_manager", starts_in="lcspr",
                    basis=f"Working Together 2023: promptly on the decision; five days is local. {TO_CONFIRM}")
LCSPR_PUBLISHED = _national("lcspr_published", "Complete and publish the LCSPR", 6, MONTHS,
                            "the decision to initiate it", "reviewer", starts_in="lcspr",
                            basis=f"Working Together 2023, chapter 5: no later than six months. {TO_CONFIRM}")
LCSPR_CHECKPOINT = _local("lcspr_checkpoint", "Check the LCSPR's progress and quality", 1, MONTHS, "the last check",
                          "business_manager", starts_in="lcspr",
                          basis="SI 2018/789 reg 14: at regular intervals; monthly is local")
LCSPR_ADVANCE_COPY = _national("lcspr_advance_copy",
                               "Advance copy to the National Panel, Secretary of State and Ofsted", 7, WORKING_DAYS,
                               "publication", "business_manager", direction=Direction.BEFORE,
                               starts_in="lcspr", edition=(_REGS, _REGS_FROM),
                               basis=f"2018 Regulations and Working Together 2023. {TO_CONFIRM}")
LCSPR_STAYS_PUBLISHED = _national("lcspr_stays_published", "The report stays published until", 12, MONTHS,
                                  "publication", "business_manager", starts_in="lcspr", edition=(_REGS, _REGS_FROM),
                                  basis=f"2018 Regulations: at least one year. {TO_CONFIRM}")
LCSPR_MODERATION = _local("lcspr_moderation", "Hold the moderation meeting", 6, MONTHS, "the review ended",
                          "business_manager", earliest=3, starts_in="lcspr")

# Other reviews
LEARNING_SCREENED = _local("learning_screened", "Screen the learning review; gather more information", 5, WORKING_DAYS,
                           "the request was received", "business_manager", starts_in="learning")
LEARNING_DECIDED = _local("learning_decided", "Decide at a Hub meeting: no further action, group or single agency", 4,
                          WEEKS, "the request was received", "business_manager", starts_in="learning")
LEARNING_REPORT = _local("learning_report", "Report for scrutiny", 6, WEEKS, "the Hub decided", "reviewer",
                         starts_in="learning")
BRIEF_MEETING = _local("brief_meeting", "Hold the brief learning review’s meeting", 4, WEEKS, "the referral",
                       "business_manager", starts_in="learning")
BRIEF_UPDATE = _local("brief_update", "Update the brief learning review’s actions", 1, MONTHS, "the last update",
                      "agency_lead", starts_in="learning")
SINGLE_AGENCY = _local("single_agency", "Complete the single agency review", 3, WEEKS, "the letter was received",
                       "agency_lead", starts_in="learning",
                       basis="The partnership’s own timescale; the letter counts as received 1 working day later")
ESCALATION_CHECKED = _local("escalation_checked", "Check that the stages of escalation were followed", 1, WORKING_DAYS,
                            "the escalation was received", "business_manager", starts_in="learning")
ESCALATION_PROPOSAL = _local("escalation_proposal", "The partners propose a resolution", 3, WORKING_DAYS,
                             "the escalation was received", "delegated_partner", earliest=2, starts_in="learning")
ESCALATION_MEDIATED = _local("escalation_mediated", "Offer mediation", 5, WORKING_DAYS, "the escalation was received",
                             "business_manager", earliest=4, starts_in="learning")
ESCALATION_COMPLAINT = _local("escalation_complaint", "Refer to the complaints process where it is unresolved", 7,
                              WORKING_DAYS, "the escalation was received", "business_manager", starts_in="learning")
COMPLAINT_ANSWERED = _local("complaint_answered", "Answer the complaint in writing, with the Ombudsman’s details", 28,
                            CALENDAR_DAYS, "the complaint was received", "business_manager", starts_in="learning")

# Audits, training, the year
AUDIT_RETURNED = _local("audit_returned", "Return the self-assessment", None, Unit.NAMED_DAY, "the round opened",
                        "agency_lead", starts_in="audits", basis="The day the round names")
AUDIT_FOLLOWED_UP = _local("audit_followed_up", "Report on the action plan", None, Unit.NAMED_DAY, "the round closed",
                           "agency_lead", starts_in="audits", basis="The day the round names")
TRAINING_3_MONTHS = _local("training_3_months", "Say what the training changed, after 3 months", 3, MONTHS,
                           "the training", "agency_lead", starts_in="learning")
TRAINING_6_MONTHS = _local("training_6_months", "Say what the training changed, after 6 months", 6, MONTHS,
                           "the training", "agency_lead", starts_in="learning")
YEARLY_REPORT = _national("yearly_report", "Publish the yearly report", 6, MONTHS, "31 March, the end of the year",
                          "business_manager", starts_in="learning", edition=(_WT, _WT_FROM),
                          basis=f"Children Act 2004 s.16G; the end of September: Working Together 2023. {TO_CONFIRM}")
YEARLY_REPORT_COPIES = _national("yearly_report_copies", "Copies of the yearly report to the Panel and Foundations",
                                 7, CALENDAR_DAYS, "publication", "business_manager", starts_in="learning",
                                 basis=f"Working Together 2023. {TO_CONFIRM}")
# fmt: on

RULES = {rule.code: rule for rule in list(globals().values()) if isinstance(rule, Rule)}
"""Every timescale by its code."""


# The chase: from the person (and their cover) upwards; it stops when the work comes in.


class To(StrEnum):
    RESPONSIBLE = "responsible"
    ESCALATION = "escalation"
    BUSINESS_MANAGER = "business_manager"
    PARTNER_LEAD = "partner_lead"


class Stage(NamedTuple):
    """One step of the reminder ladder, reached so many working days from the due day, at 08:00; and who is told."""

    code: str
    days: int | None
    """Working days: negative before the due day; None is the due moment itself."""
    to: To

    def reached_at(self, due_at, working_days):
        """This will return the moment from which this stage applies to a deadline."""
        if self.days is None:
            return due_at
        due_day, n = london_day(due_at), self.days
        day = working_days.add(due_day, n) if n > 0 else working_days.subtract(due_day, -n)
        return at(day, MORNING)


MORNING = time(8)
COMING, TODAY, OVERDUE = (
    Stage("coming", -2, To.RESPONSIBLE),
    Stage("today", 0, To.RESPONSIBLE),
    Stage("overdue", None, To.RESPONSIBLE),
)
LADDER = (
    COMING,
    TODAY,
    OVERDUE,
    Stage("overdue_1", 1, To.ESCALATION),
    Stage("overdue_2", 2, To.BUSINESS_MANAGER),
    Stage("overdue_3", 3, To.PARTNER_LEAD),
)
AMONG_THEMSELVES = {SECTION_WRITTEN.code}
"""Rules whose date an agency sets for its own people: what they are late for in the end has a date that escalates."""


def ladder_of(rule):
    """This will return the stages of the ladder that a deadline under this rule climbs."""
    return [stage for stage in LADDER if stage.to == To.RESPONSIBLE or rule not in AMONG_THEMSELVES]


NATIONAL_TOMORROW = Stage("national_tomorrow", None, To.RESPONSIBLE)
"""The one thing said on a day that is not worked: a national date falls on the next day."""


def next_morning(moment, working_days):
    """This will return the next 08:00 of a working day: when what is not said at once is said."""
    today = london_day(moment)
    morning = at(working_days.add(today, 0), MORNING)
    return morning if morning > moment else at(working_days.add(today, 1), MORNING)


# From a moment to a due moment


class Working(NamedTuple):
    """How a due date was worked out: the first day, the days passed, those lost in pauses, and where it ended."""

    start: date
    start_reason: str
    steps: list[Step]
    lost: list[tuple[datetime, datetime, int]]
    due_on: date
    last_working_day: date
    """The due day, or the last working day before it: what a date in weeks or months is shown with."""


def at(day, moment):
    """This will return the aware moment of a time of day in London."""
    return datetime.combine(day, moment, tzinfo=LONDON)


def london_day(moment):
    """This will return the day a moment fell on in London. A moment without a time zone is refused."""
    return _london(moment).date()


def day_zero(moment, working_days, cutoff=None):
    """This will return Day 0 of a local timescale: the day of receipt, or the next working day.

    The next one where that day is not worked, or where the moment lies after the daily cut-off (16:00 itself is in
    time for a cut-off at 16:00).
    """
    local = _london(moment)
    too_late = cutoff is not None and local.time() > cutoff
    return working_days.add(local.date(), 1 if too_late and working_days.is_working_day(local.date()) else 0)


def day_of(start, today, working_days, cutoff=None):
    """This will return the number in "Day 7 of 15".

    `start` is Day 0 as a date, or the moment that Day 0 follows from; `today` a date or an aware moment. A day that is
    not worked belongs to the last one that was; before Day 0 it is Day 0.
    """
    day_0 = day_zero(start, working_days, cutoff) if isinstance(start, datetime) else start
    now = london_day(today) if isinstance(today, datetime) else today
    return max(0, working_days.count(day_0, now))


def due_on(terms, moment, working_days, cutoff=None):
    """This will return the day a timescale ends on: `terms` is a rule, or a deadline that copied its numbers."""
    working_days = _calendar(terms, working_days)
    return _counted(terms, terms.number, _start(terms, moment, working_days, cutoff)[0], working_days)


def due_at(terms, moment, working_days, cutoff=None):
    """This will return the aware due moment (civil time in London) of a timescale that starts at this moment.

    `working_days` is the calendar with the partnership’s closure days, `cutoff` its daily cut-off: national timescales
    look at neither. Refused for a timescale without a length, whose day is named.
    """
    return at(due_on(terms, moment, working_days, cutoff), terms.by_time or END_OF_DAY)


def earliest_on(terms, moment, working_days, cutoff=None):
    """This will return the first day a span allows ("Day 10 to 11"), or nothing where the rule is not a span."""
    if terms.earliest is None:
        return None
    working_days = _calendar(terms, working_days)
    return _counted(terms, terms.earliest, _start(terms, moment, working_days, cutoff)[0], working_days)


STRAIGHT = (Unit.CALENDAR_DAYS, Unit.WEEKS, Unit.MONTHS)
"""Lengths that run straight through: no day is skipped, and each day of a pause is lost."""


def stood_still(terms, from_at, until_at, working_days):
    """This will return how many days a timescale lost while it stood still: working days, or calendar days.

    The day it was stopped on is not lost, the day it went on is: paused on Monday and resumed on Wednesday is two.
    """
    start, end = london_day(from_at), london_day(until_at)
    return (end - start).days if terms.unit in STRAIGHT else working_days.count(start, end)


def later(terms, day, pauses, working_days):
    """This will return a timescale's day, moved by what was lost in each of its pauses: (from, until), in order."""
    for from_at, until_at in pauses:
        lost = stood_still(terms, from_at, until_at, working_days)
        if terms.unit in STRAIGHT:
            day += timedelta(days=lost)
        elif lost:
            day = working_days.add(day, lost)
    return day


def work_out(terms, moment, working_days, cutoff=None, pauses=()):
    """This will return how a due date comes about: day by day, and then later by what each pause cost."""
    working_days = _calendar(terms, working_days)
    start, reason = _start(terms, moment, working_days, cutoff)
    end = later(terms, _counted(terms, terms.number, start, working_days), pauses, working_days)
    lost = [(*pause, stood_still(terms, *pause, working_days)) for pause in pauses]
    steps = []
    if terms.unit in (Unit.WORKING_DAYS, Unit.DAY_OF_REVIEW):
        steps = working_days.explain(start, -terms.number if terms.direction == Direction.BEFORE else terms.number)
    return Working(start, reason, steps, lost, end, working_days.subtract(end, 0))


def calendar_of(terms, working_days):
    """This will return the calendar as a timescale knows it: a national one knows no closure days."""
    return working_days.without_closures() if terms.national else working_days


def _calendar(terms, working_days):
    """The calendar this timescale is counted in; one without a length is refused."""
    if terms.number is None:
        raise ValueError(f"{terms.label}: this timescale has no length; its day is named.")
    return calendar_of(terms, working_days)


def _start(terms, moment, working_days, cutoff):
    """The day a timescale is counted from, which is itself not counted, and why it is that day."""
    day = london_day(moment)
    if terms.unit not in (Unit.WORKING_DAYS, Unit.DAY_OF_REVIEW) or terms.direction == Direction.BEFORE:
        return day, "the date itself"
    if terms.national:
        return day, "the day of the event is not counted; the next working day is day 1"
    day_0 = day_zero(moment, working_days, cutoff)
    if day_0 == day:
        return day, "Day 0 is that day; the next working day is Day 1"
    closed = working_days.why_not(day)
    return day_0, f"received on a day that is not worked: {closed}" if closed else "received after the daily cut-off"


def _counted(terms, number, start, working_days):
    sign = -1 if terms.direction == Direction.BEFORE else 1
    match terms.unit:
        case Unit.CALENDAR_DAYS:
            return start + timedelta(days=sign * number)
        case Unit.WEEKS:
            return start + timedelta(weeks=sign * number)
        case Unit.MONTHS:
            return add_months(start, sign * number)
    return working_days.add(start, number) if sign > 0 else working_days.subtract(start, number)


def _london(moment):
    if not isinstance(moment, datetime):
        raise TypeError(f"A timescale starts at a moment, not at {moment!r}.")
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise NaiveMoment(f"{moment.isoformat()} has no time zone: the day it fell on cannot be known.")
    return moment.astimezone(LONDON)


__all__ = ["RULES", "Direction", "Rule", "Unit", "WorkingDays", "day_of", "day_zero", "due_at", "due_on", "work_out"]
