"""Opening a rapid review, asking the agencies, and issuing the pack."""

from django.db import IntegrityError
from django.db.transaction import atomic
from django.utils import timezone

from access import can
from casework import named, references
from casework.standing import begin_role
from casework.workflow import CannotProceed, note, transition
from deadlines import clock, rules
from design.forms import say_moment
from partnership import accounts
from partnership.models import Agency, Membership, User
from partnership.permissions import Permission as P
from partnership.roles import CaseRole, Role
from rapid_reviews import notices, queries
from rapid_reviews.models import AgencySummary, PanelMember, RapidReview
from referrals import workflow as referral_workflow
from referrals.models import Referral
from trail import models as trail

Status = RapidReview.Status
NEW_CHAIR = "chair"
"""The key under which the business manager's own work waits after a chair has left."""


def start_clock(rule, review, page, *, on, by, counts_from=None, **more):
    """This will start a timescale of the review; its days count from Day 0 unless another moment is named."""
    path = f"{review.get_absolute_url()}{page}/" if page else review.get_absolute_url()
    return clock.start(
        rule,
        case=review.case,
        reference=review.reference,
        path=path,
        counts_from=counts_from or queries.day_0(review),
        on=on,
        by=by,
        **more,
    )


@transition(RapidReview, sources=(), target=None, permission=P.RUN_RAPID_REVIEW)
def open_from_referral(*, by, on, referral):
    """This will open the rapid review that the Virtual Panel agreed, and hand the referral over to it.

    Its milestones count from the earlier of "referral received" and "serious incident notification sent".
    """
    if referral.status != Referral.Status.RAPID_REVIEW:
        raise CannotProceed("A rapid review opens once the Virtual Panel has agreed on it, and once only")
    referral = referral_workflow.hand_over(referral, by=by, on=on)
    period_from, period_until = queries.default_period(referral)
    review = RapidReview(
        case=referral.case,
        referral=referral,
        reference=references.take("RR", year=timezone.localdate(on).year),
        status=Status.GATHERING,
        opened_at=on,
        opened_by=by,
        period_from=period_from,
        period_until=period_until,
    )
    for rule, page, role in (
        (rules.SUMMARIES_REQUESTED, "ask-agencies", Role.BUSINESS_COORDINATOR),
        (rules.CHRONOLOGY, "share-chronology", Role.BUSINESS_COORDINATOR),
        (rules.PACK_ISSUED, "issue-pack", Role.BUSINESS_COORDINATOR),
        (rules.MEETING, "meeting", CaseRole.CHAIR),
        (rules.DRAFT_ISSUED, "report", CaseRole.CHAIR),
        (rules.REPORT_LOCAL, "", Role.BUSINESS_MANAGER),  # the review's page leads on, whatever is next
    ):
        start_clock(rule, review, page, on=on, by=by, role=role)
    return review


# People of the review


@transition(RapidReview, sources=RapidReview.OPEN, target=None, permission=P.RUN_RAPID_REVIEW)
def appoint_chair(review, *, by, on, chair, skills):
    """This will appoint the chair and author, replacing the one before; both stay on record.

    The chair declares the absence of a conflict before the pack is issued.
    """
    if known := queries.conflicts_known(review, chair):
        raise CannotProceed(("chair", f"{chair} cannot chair: {'; '.join(known)}"))
    before = review.chair
    if before:
        for role in (CaseRole.CHAIR, CaseRole.PACK_READER):
            can.end(case=review.case, role=role, user=before, on=on, by=by, reason="Another chair was appointed")
    review.chair, review.chair_skills = chair, skills
    review.chair_appointed_at, review.chair_appointed_by, review.chair_declared_at = on, by, None
    can.grant(case=review.case, user=chair, role=CaseRole.CHAIR, reason="Appointed chair and author", on=on, by=by)
    clock.stop(rules.WAITING, reference=review.reference, on=on, by=by, reason="Another chair", key="declaration")
    clock.meet(rules.WAITING, reference=review.reference, on=on, by=by, key=NEW_CHAIR)
    start_clock(
        rules.WAITING,
        review,
        "declare-no-conflict",
        on=on,
        by=by,
        counts_from=on,
        user=chair,
        key="declaration",
        label="Declare that you have no conflict of interest as chair",
    )
    if review.pack_issued_at:
        if before and before not in {candidate.person for candidate in queries.panel_candidates(review, moment=on)}:
            leave_panel(review, before, by=by, on=on, reason="Another chair was appointed")
        name_member(review, chair, by=by, on=on)
    notices.chair_appointed(review, on=on)


@transition(RapidReview, sources=RapidReview.OPEN, target=None, permission=P.DECLARE_NO_CONFLICT)
def declare_no_conflict(review, *, by, on):
    """This will record the chair's declaration that they have no conflict of interest in the case."""
    if review.chair_id != by.pk:
        raise CannotProceed("Only the appointed chair can declare this")
    if known := named.conflicts(review.case).get(by.pk):
        raise CannotProceed(f"You cannot declare this yet: {named.of_oneself(known)}")
    review.chair_declared_at = on
    clock.meet(rules.WAITING, reference=review.reference, on=on, by=by, key="declaration")


@transition(RapidReview, sources=RapidReview.OPEN, target=None, permission=P.RUN_RAPID_REVIEW, event=False)
def plan(review, *, by, on, period_from, period_until, meeting_at=None, meeting_place=""):
    """This will set the period looked at, and the meeting's moment and place.

    The pack is due at least one working day before the meeting as well as on its own day.
    """
    if meeting_at != review.meeting_at:
        if meeting_at and meeting_at < review.opened_at:
            opened = say_moment(review.opened_at)
            raise CannotProceed(("meeting_at", f"The rapid review was opened {opened}: the meeting cannot be before"))
        reason = "The meeting was moved"
        clock.stop(rules.PACK_BEFORE_MEETING, reference=review.reference, on=on, by=by, reason=reason)
        if meeting_at and review.pack_issued_at is None:
            start_clock(rules.PACK_BEFORE_MEETING, review, "issue-pack", on=on, by=by, counts_from=meeting_at)
        _put_in_diary(review, meeting_at, by=by, on=on)
    moved = (meeting_at, meeting_place) != (review.meeting_at, review.meeting_place)
    review.period_from, review.period_until = period_from, period_until
    review.meeting_at, review.meeting_place = meeting_at, meeting_place
    if moved and meeting_at and review.pack_issued_at:
        notices.meeting_planned(review, on=on)


def _put_in_diary(review, meeting_at, *, by, on):
    label = "Rapid review meeting"
    if meeting_at is None:
        clock.cancel(reference=review.reference, label=label, on=on, by=by, reason="No date is set")
        return
    clock.book(
        case=review.case,
        reference=review.reference,
        label=label,
        path=review.get_absolute_url(),
        starts_at=meeting_at,
        role=CaseRole.REVIEW_PANEL_MEMBER,
        on=on,
        by=by,
    )


# The agencies


@transition(RapidReview, sources=RapidReview.OPEN, target=None, permission=P.RUN_RAPID_REVIEW)
def ask_agencies(review, *, by, on, agencies, due_on=None):
    """This will ask each agency for its summary, by e-mail to its leads: due on Day 7, or later where asked later.

    Asked after Day 7 it is due on the day the co-ordinator names (`due_on`), otherwise 5 working days later, and not
    after the working day before the pack. An agency without a safeguarding lead cannot be asked: nobody would be told.
    """
    problems = []
    for agency in agencies:
        if not queries.leads_of(agency, day=timezone.localdate(on)):
            problems.append(("agencies", f"{agency} has no safeguarding lead: add one first"))
        if review.summaries.filter(agency=agency).exists():
            problems.append(("agencies", f"{agency} has been asked already"))
    if problems:
        raise CannotProceed(*problems)
    for agency in agencies:
        _ask(review, agency, by=by, on=on, due_on=due_on)


def _ask(review, agency, *, by, on, due_on=None):
    clock.meet(rules.SUMMARIES_REQUESTED, reference=review.reference, on=on, by=by)
    summary = AgencySummary(
        case=review.case,
        review=review,
        agency=agency,
        reference=references.take("AS", year=timezone.localdate(on).year),
        status=AgencySummary.Status.ASKED,
        asked_at=on,
        asked_by=by,
    )
    trail.save(summary, by=by, on=on, reason="ask_agencies")
    reason = f"Asked for the summary {summary.reference}"
    can.grant(case=review.case, agency=agency, role=CaseRole.ASKED_AGENCY, reason=reason, on=on, by=by)
    about = {"case": review.case, "reference": summary.reference, "agency": agency, "on": on, "by": by}
    due = clock.start(
        rules.SUMMARY_RETURNED, path=summary.get_absolute_url(), counts_from=queries.day_0(review), **about
    )
    if due.due_at <= on:  # asked after Day 7: the length for a late request counts from now
        clock.stop(rules.SUMMARY_RETURNED, reference=summary.reference, on=on, by=by, reason="Asked later")
        due = start_late_request(summary, by=by, on=on, due_on=due_on)
    path = f"{summary.get_absolute_url()}secure-records/"
    clock.start(rules.RECORDS_SECURED, path=path, counts_from=on, **about)
    note(summary, "ask_agency", by=by, on=on, words=agency.name)
    notices.summary_asked(summary, on=on, due=due.due_at)


@transition(RapidReview, sources=RapidReview.OPEN, target=None, permission=P.ADD_AGENCY)
def add_agency(review, *, by, on, name, kind, lead_name, lead_email, escalation_name, escalation_email):
    """This will add a new agency with its safeguarding lead, invite the lead, and ask the agency, in one step.

    An agency of this name that has no safeguarding lead gets this one, and is asked; one that has a lead is refused.
    """
    email = lead_email.lower()
    if email == by.email:
        raise CannotProceed(("lead_email", "Nobody makes themselves an agency’s safeguarding lead"))
    agency = Agency.objects.filter(name__iexact=name).first()
    led = agency and queries.leads_of(agency, day=timezone.localdate(on))
    if agency and (led or agency not in queries.askable_agencies(review)):
        raise CannotProceed(("name", "There is an agency of this name already"))
    lead = User.objects.filter(email=email).first()
    if lead and not lead.is_active:
        raise CannotProceed(("lead_email", "This person may not sign in: name somebody else"))
    if agency is None:
        agency = Agency(name=name, kind=kind, inside_area=False, email=email)
    agency.escalation_name, agency.escalation_email = escalation_name, escalation_email.lower()
    is_new = lead is None
    if is_new:
        lead = User(email=email, full_name=lead_name)
        lead.set_unusable_password()
    try:
        # The constraints decide, not the looks above: two reviews may add the same one at the same moment.
        with atomic():
            trail.save(agency, by=by, on=on, reason="add_agency")
            if is_new:
                trail.save(lead, by=by, on=on, reason="add_agency")
    except IntegrityError as taken:
        raise CannotProceed("It was added a moment ago: look again") from taken
    if is_new:
        accounts.send_invitation(lead)
        named.match_person(lead, on=on)
    begin_role(lead, agency, Role.AGENCY_LEAD, by=by, on=on, reason="add_agency")
    _ask(review, agency, by=by, on=on)


def start_late_request(summary, *, by, on, due_on=None):
    """This will start the timescale of a summary that is asked for after Day 7, or again.

    Due on the day that was named; otherwise after its own length, not before the date it was first asked for, and not
    after the working day before the pack.
    """
    due = clock.start(
        rules.SUMMARY_ASKED_LATER,
        case=summary.case,
        reference=summary.reference,
        path=summary.get_absolute_url(),
        counts_from=on,
        on=on,
        by=by,
        agency=summary.agency,
    )
    own_day = rules.london_day(due.due_at)
    last = queries.last_day_before_pack(summary.review, moment=on)
    named, reason = own_day, ""
    if due_on:
        named, reason = due_on, "The day named with the request"
    else:
        first = queries.first_date(summary)
        if first and first > named:
            named, reason = first, "Not before the date it was first asked for"
        if last and last < named:
            named, reason = last, "Not after the working day before the pack"
    if named == own_day:
        return due
    return clock.extend(due, due=named, on=on, by=by, reason=reason, agreed_by=str(by))


# Chronology and pack

TOO_NEAR = "Enter why the pack is issued less than one working day before the meeting"


@transition(RapidReview, sources=(Status.GATHERING,), target=None, permission=P.RUN_RAPID_REVIEW)
def share_chronology(review, *, by, on):
    """This will open the combined chronology and the returned summaries to the chair, before the pack is issued."""
    if review.chair_id is None:
        raise CannotProceed("Appoint the chair first")
    if review.chair_declared_at is None:
        raise CannotProceed(f"{review.chair} has not declared the absence of a conflict of interest")
    reason = "Reads the chronology as chair"
    can.grant(case=review.case, user=review.chair, role=CaseRole.PACK_READER, reason=reason, on=on, by=by)
    clock.meet(rules.CHRONOLOGY, reference=review.reference, on=on, by=by)
    notices.chronology_shared(review, on=on)


@transition(
    RapidReview,
    sources=(Status.GATHERING,),
    target=Status.PACK_ISSUED,
    permission=P.RUN_RAPID_REVIEW,
    words="late_why",
)
def issue_pack(review, *, by, on, members, late_why=""):
    """This will issue the pack to the named members of the rapid review panel, who see it from now on.

    `members` are people; the chair is one of them in any case. Nobody else sees another agency's summary. With less
    than one working day to the meeting it is refused without the reason (`late_why`), which the timeline keeps.
    """
    problems = []
    if queries.is_too_near_the_meeting(review, moment=on) and not late_why:
        problems.append(("late_why", TOO_NEAR))
    if review.chair_id is None:
        problems.append("Appoint the chair before the pack is issued")
    elif review.chair_declared_at is None:
        problems.append(f"{review.chair} has not declared the absence of a conflict of interest")
    if not AgencySummary.objects.filter(review=review).returned().exists():
        problems.append("No agency has returned a summary yet")
    if not members:
        problems.append(("members", "Select who is on the rapid review panel"))
    if problems:
        raise CannotProceed(*problems)
    review.pack_issued_at, review.pack_issued_by = on, by
    for person in {*members, review.chair}:
        name_member(review, person, by=by, on=on)
    clock.meet(rules.PACK_ISSUED, reference=review.reference, on=on, by=by)
    clock.meet(rules.PACK_BEFORE_MEETING, reference=review.reference, on=on, by=by)
    clock.meet(rules.CHRONOLOGY, reference=review.reference, on=on, by=by)
    notices.pack_issued(review, sorted({*members, review.chair}, key=lambda person: person.pk), on=on)


def name_member(review, person, *, by, on):
    """This will make a person a member of the rapid review panel, with sight of pack and draft until it closes.

    They come for the agency that was asked, where they belong to several.
    """
    if review.members.filter(user=person, until_at=None).exists():
        return
    held = Membership.objects.in_force(timezone.localdate(on)).filter(user=person).select_related("agency")
    agencies = [membership.agency for membership in held.order_by("pk")]
    asked = set(review.summaries.values_list("agency", flat=True))
    agency = next((agency for agency in agencies if agency.pk in asked), agencies[0] if agencies else None)
    member = PanelMember(review=review, user=person, agency=agency)
    trail.save(member, by=by, on=on, reason="issue_pack")
    reason = "Named to the rapid review panel"
    can.grant(case=review.case, user=person, role=CaseRole.REVIEW_PANEL_MEMBER, reason=reason, on=on, by=by)


def leave_panel(review, person, *, by, on, reason):
    """This will end that a person is a member of the rapid review panel."""
    for member in review.members.filter(user=person, until_at=None):
        member.until_at = on
        trail.save(member, by=by, on=on, reason=reason)
    can.end(case=review.case, role=CaseRole.REVIEW_PANEL_MEMBER, user=person, on=on, by=by, reason=reason)
