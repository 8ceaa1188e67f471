"""What the business team does about a summary that is waited for: chases it, extends its date, goes on without it."""

from datetime import timedelta

from django.utils import timezone

from access.models import Exclusion
from casework import dates
from casework.workflow import CannotProceed, transition
from deadlines import clock, rules
from deadlines.models import Deadline
from design.forms import say_moment
from partnership.permissions import Permission as P
from rapid_reviews import notices, queries
from rapid_reviews.models import AgencySummary, Chase, RapidReview
from trail import models as trail

WAITED_FOR = {
    "model": AgencySummary,
    "sources": (*AgencySummary.EDITABLE, AgencySummary.Status.WITH_APPROVER),
    "target": None,
}
NOT_AGAIN_WITHIN = timedelta(hours=1)
DUE_WITH_IT = (rules.SECTION_WRITTEN, rules.SUMMARY_APPROVED)


@transition(**WAITED_FOR, permission=P.RUN_RAPID_REVIEW)
def chase_agency(summary, *, by, on):
    """This will ask an agency's safeguarding leads for its summary once more, by e-mail, and record whom and when.

    Refused within an hour of the last time, where the review goes on without it, and where nobody can be told.
    """
    _check_waited_for(summary)
    last = summary.chases.order_by("-chased_at", "-pk").first()
    if last and on - last.chased_at < NOT_AGAIN_WITHIN:
        raise CannotProceed(f"{summary.agency} was chased {say_moment(last.chased_at)}. Wait an hour")
    kept_out = Exclusion.objects.in_force(on).filter(case=summary.case_id).values_list("user", flat=True)
    leads = [one for one in queries.leads_of(summary.agency, day=timezone.localdate(on)) if one.pk not in set(kept_out)]
    if not leads:
        raise CannotProceed(f"{summary.agency} has no safeguarding lead who can be told")
    chase = Chase(summary=summary, chased_at=on, chased_by=by, told=", ".join(str(one) for one in leads))
    trail.save(chase, by=by, on=on, reason="chase_agency")
    notices.agency_chased(summary, to=leads, on=on, due=queries.due_of_summary(summary))


@transition(**WAITED_FOR, permission=P.MOVE_DATES, event=False)
def extend_summary(summary, *, by, on, due, reason, agreed_by):
    """This will give an agency a later day for its summary, with the reason and who agreed, as any local date.

    What is due with it moves with it: its approval, and the sections without a day of their own. Refused where no date
    runs. The timeline says it as it does of every date.
    """
    _check_waited_for(summary)
    deadline = queries.deadline_of_summary(summary)
    if deadline is None:
        raise CannotProceed("No date runs for this summary")
    was = deadline.due_at
    dates.extend(deadline, due=due, reason=reason, agreed_by=agreed_by, by=by, on=on)
    codes = [rule.code for rule in DUE_WITH_IT]
    with_it = Deadline.objects.open().filter(reference=summary.reference, rule__in=codes, due_at=was, paused_at=None)
    for other in with_it.select_related("case").order_by("pk"):
        clock.extend(other, due=due, reason=reason, agreed_by=agreed_by, by=by, on=on)


@transition(**WAITED_FOR, permission=P.RUN_RAPID_REVIEW)
def go_without(summary, *, by, on, reason):
    """This will record that the review goes on without an agency's summary, with the reason that the report prints.

    Its date runs no longer and nobody is reminded; the agency is told, and may still return it: late.
    """
    _check_waited_for(summary)
    summary.went_without_at, summary.went_without_by, summary.went_without_why = on, by, reason
    for rule in (rules.SUMMARY_RETURNED, rules.SUMMARY_ASKED_LATER, rules.SECTION_WRITTEN):
        clock.stop(rule, reference=summary.reference, on=on, by=by, reason="The review goes on without it")
    notices.went_without(summary, on=on)


def _check_waited_for(summary):
    if summary.review.status in RapidReview.OVER:
        raise CannotProceed("The rapid review is over")
    if summary.went_without_at:
        raise CannotProceed("The review goes on without this summary")
