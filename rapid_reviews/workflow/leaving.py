"""What of a rapid review is handed over when somebody leaves (`casework.handover`)."""

from django.utils import timezone

from access import can
from casework import handover
from casework.standing import begin_role
from casework.workflow import note
from deadlines import clock, rules
from partnership.roles import CaseRole, Role
from rapid_reviews import queries
from rapid_reviews.models import GivenSection, RapidReview
from rapid_reviews.workflow.gathering import NEW_CHAIR, leave_panel, name_member, start_clock
from trail import models as trail


def pass_authorship(item, step):
    """This will let another lead of the agency write its summary; who is none becomes one by it."""
    summary = item.row
    summary.author = step.to
    if summary.approver == step.to:
        summary.approver = None  # who approved an earlier text writes it now: somebody else approves
    trail.save(summary, by=step.by, on=step.on, reason=f"{step.person} has left")
    if step.to not in queries.leads_of(summary.agency, day=timezone.localdate(step.on)):
        reason = f"{step.person} has left"
        begin_role(step.to, summary.agency, Role.AGENCY_LEAD, by=step.by, on=step.on, reason=reason)


def pass_summary_approval(item, step):
    """This will ask somebody else to approve the agency's summary."""
    handover.pass_on(item.case, CaseRole.SUMMARY_APPROVER, step)
    item.row.approver = step.to
    trail.save(item.row, by=step.by, on=step.on, reason=f"{step.person} has left")


def pass_section(item, step):
    """This will let somebody else of the agency write a section, or nobody in particular: its leads write it then."""
    given, case = item.row, item.case
    given.ended_at, given.ended_why = step.on, f"{step.person} has left"
    trail.save(given, by=step.by, on=step.on, reason=given.ended_why)
    others = GivenSection.objects.filter(person=step.person, summary__case=case, ended_at=None)
    if not others.exists():
        role = CaseRole.SECTION_WRITER
        can.end(case=case, role=role, user=step.person, on=step.on, by=step.by, reason=given.ended_why)
    if step.to is None:
        _stop(item, step)
        return
    passed = GivenSection(
        summary=given.summary,
        section=given.section,
        person=step.to,
        due_on=given.due_on,
        given_at=step.on,
        given_by=step.by,
        done_at=given.done_at,
        done_by=given.done_by,
    )
    trail.save(passed, by=step.by, on=step.on, reason=given.ended_why)
    reason = f"Took over from {step.person}"
    can.grant(case=case, user=step.to, role=CaseRole.SECTION_WRITER, reason=reason, on=step.on, by=step.by)


def pass_panel_seat(item, step):
    """This will let somebody else sit on the rapid review panel; what the one before said stays on record."""
    review, reason = item.row.review, f"{step.person} has left"
    leave_panel(review, step.person, by=step.by, on=step.on, reason=reason)
    if step.to:
        name_member(review, step.to, by=step.by, on=step.on)
    else:
        _stop(item, step)


def leave_chair(item, step):
    """This will end that a person chairs a review; another chair is asked for, and both names stay on record."""
    review, by, on, reason = item.row, step.by, step.on, f"{step.person} has left"
    for role in (CaseRole.CHAIR, CaseRole.PACK_READER):
        can.end(case=review.case, role=role, user=step.person, on=on, by=by, reason=reason)
    leave_panel(review, step.person, by=by, on=on, reason=reason)
    _stop(item, step)
    review.chair, review.chair_appointed_at, review.chair_appointed_by = None, None, None
    review.chair_declared_at = None
    trail.save(review, by=by, on=on, reason=reason)
    note(review, "chair_left", by=by, on=on, words=str(step.person))
    if review.status in RapidReview.OPEN:
        label = "Appoint another chair: the one before has left"
        start_clock(
            rules.WAITING,
            review,
            "appoint-chair",
            on=on,
            by=by,
            counts_from=on,
            role=Role.BUSINESS_MANAGER,
            key=NEW_CHAIR,
            label=label,
        )


def _stop(item, step):
    for deadline in item.deadlines:
        rule = rules.RULES[deadline.rule]
        reason = f"{step.person} has left"
        clock.stop(rule, reference=deadline.reference, on=step.on, by=step.by, reason=reason, key=deadline.key)
