"""What of a rapid review waits for somebody who leaves (`casework.handover`), and who may take it over."""

from django.utils import timezone

from casework import handover
from deadlines import rules
from rapid_reviews.models import AgencySummary, GivenSection, PanelMember, RapidReview
from rapid_reviews.queries.gathering import approvers_of, leads_of
from rapid_reviews.queries.sections import section_writers

Status = RapidReview.Status
WITH_THE_PARTNERS = (Status.LOCKED, Status.DECIDED, Status.SUBMITTED)
WRITTEN = (*AgencySummary.EDITABLE, AgencySummary.Status.WITH_APPROVER)


def summaries_written_by(person, *, moment):
    """This will list the summaries a person is writing: another lead of the agency takes them over.

    Where there is none, anybody of the agency, who becomes its lead by it.
    """
    found = []
    for summary in _summaries(author=person, status__in=WRITTEN):
        item = _item("author", summary, "Author of the single agency summary")
        leads = leads_of(summary.agency, day=timezone.localdate(moment))
        but = (person, summary.approver if summary.status == AgencySummary.Status.WITH_APPROVER else None)
        item.people = [lead for lead in leads if lead not in but] or handover.people_at(
            summary.agency, moment=moment, but=but
        )
        found.append(item)
    return found


def summaries_to_approve(person, *, moment):
    """This will list the summaries that wait for a person's approval: somebody who may approve them, and wrote none."""
    found = []
    for summary in _summaries(approver=person, status=AgencySummary.Status.WITH_APPROVER):
        item = _item("summary_approver", summary, "Approver of the single agency summary")
        may = approvers_of(summary.agency, author=summary.author, day=timezone.localdate(moment))
        item.people = [one for one in may if one != person]
        item.deadlines = handover.waiting(person, summary.reference, rules.SUMMARY_APPROVED)
        found.append(item)
    return found


def sections_written_by(person, *, moment):
    """This will list the sections a person was given of summaries that are being written: anybody of the agency."""
    found = []
    rows = GivenSection.objects.filter(person=person, ended_at=None, summary__status__in=AgencySummary.EDITABLE)
    rows = rows.filter(summary__review__status__in=RapidReview.OPEN).select_related("summary__case", "summary__agency")
    for given in rows.order_by("pk"):
        summary = given.summary
        what = "A section of the single agency summary"
        item = handover.Item("section", given, what, summary.reference, summary.case)
        item.people = [one for one in section_writers(summary, moment=moment) if one != person]
        waiting = handover.waiting(person, summary.reference, rules.SECTION_WRITTEN)
        item.deadlines = [deadline for deadline in waiting if deadline.key == given.section]
        item.otherwise = "The agency’s safeguarding lead writes it"
        found.append(item)
    return found


def _summaries(**which):
    rows = AgencySummary.objects.filter(review__status__in=RapidReview.OPEN, **which)
    return rows.select_related("case", "agency", "author", "approver").order_by("pk")


def panels_of(person, *, moment):
    """This will list the rapid review panels a person is on, unless as the chair: somebody of their agency follows."""
    found = []
    rows = PanelMember.objects.filter(user=person, until_at=None).exclude(review__status__in=RapidReview.OVER)
    for member in rows.exclude(review__chair=person).select_related("review__case", "agency").order_by("pk"):
        review = member.review
        item = handover.Item("panel_member", member, "Rapid review panel member", review.reference, review.case)
        others = list(review.members.filter(until_at=None).exclude(user=person).select_related("user"))
        beside = (
            handover.people_at(member.agency, moment=moment)
            if member.agency
            else handover.people_beside(person, moment=moment)
        )
        item.people = [one for one in beside if one != person and one not in [other.user for other in others]]
        item.deadlines = handover.waiting(person, review.reference, rules.PANEL_COMMENTS)
        stay = [other.user for other in others if other.agency_id and other.agency_id == member.agency_id]
        if stay:
            item.otherwise = f"{handover.names(stay)} stays a member for {member.agency}"
        elif review.status in WITH_THE_PARTNERS:
            item.otherwise = "The report is with the partners: nobody new is needed"
        found.append(item)
    return found


def chaired_by(person, *, moment):
    """This will list the open reviews a person chairs: another chair is appointed, who declares for themselves."""
    found = []
    rows = RapidReview.objects.filter(chair=person, status__in=(*RapidReview.OPEN, Status.SUBMITTED))
    for review in rows.select_related("case").order_by("pk"):
        item = _item("chair", review, "Chair and author")
        item.otherwise = "Another chair is appointed: the business manager is asked to"
        if review.status == Status.SUBMITTED:
            item.otherwise = "The report was sent: nobody new is needed"
        item.deadlines = handover.waiting(person, review.reference, rules.WAITING, rules.PANEL_COMMENTS)
        found.append(item)
    return found


def _item(kind, record, what):
    return handover.Item(kind, record, what, record.reference, record.case)
