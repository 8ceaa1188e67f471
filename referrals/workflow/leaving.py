"""What of a referral is handed over when somebody leaves (`casework.handover`)."""

from casework import handover
from partnership.roles import CaseRole
from trail import models as trail


def pass_referral(item, step):
    """This will let somebody else stand for a referral as its referrer; who opened it stays on record."""
    handover.pass_on(item.case, CaseRole.REFERRER, step)


def pass_approval(item, step):
    """This will ask somebody else to approve a referral."""
    handover.pass_on(item.case, CaseRole.APPROVER, step)
    item.row.approver = step.to
    trail.save(item.row, by=step.by, on=step.on, reason=f"{step.person} has left")


def pass_notification(item, step):
    """This will let somebody else decide and notify for the local authority in a case."""
    handover.pass_on(item.case, CaseRole.NOTIFIER, step)
