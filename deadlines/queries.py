"""Reads that others build on: the calendar in force, the rule in force, and who a deadline waits for."""

from dataclasses import replace

from django.db.models import Max, Q
from django.utils import timezone

from access.can import people_with
from access.models import Case, Exclusion
from deadlines import rules
from deadlines.calendar import WorkingDays, england_and_wales
from deadlines.models import LENT_RULES, BankHoliday, ClosureDay, Deadline, RuleOverride
from partnership.models import Appointment, Membership, Partnership, User
from partnership.roles import CaseRole, Role


def working_days():
    """This will return the calendar in force: the bank holidays of the table and the partnership's closure days.

    Before reference data is loaded the committed list answers; an empty calendar would give wrong dates.
    """
    listed = list(BankHoliday.objects.filter(withdrawn_on=None).values_list("day", "name", "expected"))
    closures = dict(ClosureDay.objects.filter(withdrawn_on=None).values_list("day", "name"))
    committed = england_and_wales()
    if not listed:
        return committed.with_closures(closures)
    return WorkingDays(
        {day: name for day, name, _ in listed},
        closures,
        expected=[day for day, _, expected in listed if expected],
        as_of=committed.as_of,
        announced_until=committed.announced_until,
        until=committed.until,
    )


def list_date():
    """This will return the date of the newest entry of the bank holiday list in force."""
    return BankHoliday.objects.aggregate(newest=Max("listed_on"))["newest"] or england_and_wales().as_of


def daily_cutoff():
    """This will return the partnership's daily cut-off for local timescales, or nothing."""
    return Partnership.objects.values_list("daily_cutoff", flat=True).first()


def rule_in_force(rule, day):
    """This will return the rule with the partnership's own length as it was in force on this day.

    National rules come back as they are: they cannot be overridden.
    """
    if rule.national:
        return rule
    return with_own_length(rule, own_lengths(day).get(rule.code))


def own_lengths(day):
    """This will return the partnership's own lengths in force on this day, by the rule's code. One query."""
    overrides = RuleOverride.objects.filter(in_force_from__lte=day, withdrawn_on=None).order_by("in_force_from")
    return {override.rule: override for override in overrides}


def with_own_length(rule, override):
    """This will return the rule with a length of the partnership's own; as it is without one."""
    if override is None:
        return rule
    return replace(
        rule,
        number=override.number,
        by_time=override.by_time,
        edition=f"Local timescales from {override.in_force_from.isoformat()}",
        basis=f"The partnership’s own length: {override.reason}",
    )


class PeopleWaitedFor:
    """Whom deadlines and diary entries wait for at one moment: asked once of all that wait for the same.

    A standing role, an agency or a person answers alike in every case, but where the case is restricted, was not sent
    yet, or keeps somebody out; a role in the case is each case's own.
    """

    def __init__(self, moment):
        self.moment, self.known = moment, {}
        self.keeps_out = set(Exclusion.objects.in_force(moment).values_list("case", flat=True))

    def of(self, work, *, cover=True):
        """This will return them as `people_waited_for` does, as a list."""
        lent = not isinstance(work, Deadline) or work.rule in LENT_RULES
        key = work.role, work.agency_id, work.user_id, lent, cover, self._of_its_own(work.case, work.role)
        if key not in self.known:
            self.known[key] = list(people_waited_for(work, moment=self.moment, cover=cover))
        return self.known[key]

    def with_role(self, case, role):
        """This will return who holds a role for a case, as `people_with` does, as a list."""
        key = role, self._of_its_own(case, role)
        if key not in self.known:
            self.known[key] = list(people_with(case, role, moment=self.moment))
        return self.known[key]

    def _of_its_own(self, case, role):
        """The key of a case in which the answer may be another than elsewhere."""
        if case is None:
            return ""
        its_own = case.restricted or case.stage in Case.UNSENT or case.pk in self.keeps_out or role in CaseRole
        return case.pk if its_own else None


def people_waited_for(work, *, moment, cover=True):
    """This will return the active people a deadline or diary entry belongs to at this moment.

    The person named; or the safeguarding leads of the agency; or whoever holds the role, which is asked of access
    when it matters, never stored. And who covers for one of them on that day (`cover=False`: without).
    """
    if not (work.user_id or work.agency_id):
        return people_with(work.case, work.role, moment=moment, cover=cover)
    day = timezone.localdate(moment)
    held, covers = Membership.objects.in_force(day), Appointment.objects.covers(day)
    if work.user_id:
        theirs = Q(pk=work.user_id)
        lent = not isinstance(work, Deadline) or work.rule in LENT_RULES
        covers = covers.filter(for_user=work.user_id) if lent else covers.none()
    else:
        leads = held.filter(agency=work.agency_id, role=Role.AGENCY_LEAD)
        theirs = Q(pk__in=leads.values("user"))
        covers = covers.filter(agency=work.agency_id, for_user__in=leads.values("user"))
    kept_out = Exclusion.objects.in_force(moment).filter(case=work.case_id).exclude(case=None).values("user")
    if cover:
        theirs |= Q(pk__in=covers.exclude(for_user__in=kept_out).values("user"))
    return User.objects.filter(theirs, is_active=True).exclude(pk__in=kept_out)


def timescales(reference):
    """This will return every deadline of a record, met and stopped ones too, oldest due first: for its page."""
    return Deadline.objects.filter(reference=reference).select_related("agency", "user").oldest_first()


def timescales_of_case(case):
    """This will return every deadline of a case, oldest due first: SIN, national and local dates side by side."""
    return Deadline.objects.filter(case=case).select_related("agency", "user").oldest_first()


def day_counts():
    """This will return what "Day 7 of 15" is counted against, the newest first: not that of a review that was ended."""
    return Deadline.objects.filter(rule=rules.REPORT_LOCAL.code, stopped_at=None).order_by("-pk")


def report_deadline(case):
    """This will return the deadline that "Day 7 of 15" is counted against in this case, or nothing."""
    return report_deadlines([case]).get(case.pk)


def report_deadlines(cases):
    """This will return the same for the cases of a list, by the case's key, in one query."""
    reports = day_counts().filter(case__in=cases)
    return {deadline.case_id: deadline for deadline in reports.reverse()}
