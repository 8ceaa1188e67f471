"""What of a summary is not to be shared: marked, looked at again, and lifted."""

from django.utils import timezone

from casework.workflow import CannotProceed, transition
from deadlines import clock, rules
from partnership.permissions import Permission as P
from partnership.roles import Role
from rapid_reviews import notices, queries
from rapid_reviews.models import AgencySummary, DisclosureRestriction, DisclosureShare, RapidReview, ReportSection
from trail import models as trail

ALWAYS = tuple(AgencySummary.Status)


# The timeline says that it was done. What, why and at whose request is in the row and its history, for who may know.
@transition(AgencySummary, sources=ALWAYS, target=None, permission=P.RESTRICT_DISCLOSURE, words="")
def restrict_disclosure(
    summary,
    *,
    by,
    on,
    kind,
    thing,
    shared_with=(),
    until_on=None,
    asked_by,
    asked_by_organisation,
    reason,
    review_on,
):
    """This will mark a passage, event or document of a summary as not to be shared, from this moment on every page.

    `kind` and `thing` are an answer's field, a row, or a file (`queries.thing_of`). It is shared with the agencies
    named, besides the author agency and the business manager. A report that is still being written loses the words that
    were put into it; one that is locked or was sent stays as it is, and the restriction's page says so.
    """
    _check_terms(summary, shared_with, until_on, review_on, on=on)
    pointer = {"answer": thing} if kind == "answer" else {kind: thing}
    for before in summary.restrictions.in_force().filter(**pointer):
        if not before.has_passed(timezone.localdate(on)):
            raise CannotProceed("It is marked as not to be shared already")
        _lift(summary, before, by=by, on=on, reason="Its last day has passed")
    if kind == "correction" and thing.accepted_at:
        raise CannotProceed(f"{thing} has joined the family: everybody who was asked knows of them")
    row = DisclosureRestriction(
        summary=summary,
        until_on=until_on,
        asked_by=asked_by,
        asked_by_organisation=asked_by_organisation,
        reason=reason,
        review_on=review_on,
        marked_at=on,
        marked_by=by,
        **pointer,
    )
    trail.save(row, by=by, on=on, reason="restrict_disclosure")
    _share(row, shared_with, by=by, on=on)
    _start_review(summary, row, by=by, on=on)
    _take_out_of_report(summary.review, row, by=by, on=on)
    notices.disclosure_restricted(summary, by=by, on=on)


@transition(AgencySummary, sources=ALWAYS, target=None, permission=P.RESTRICT_DISCLOSURE, words="")
def review_disclosure(summary, *, by, on, restriction, review_on, shared_with=(), until_on=None, reason):
    """This will record that a restriction was looked at again and stays: until when, with whom, and the next review."""
    row = _in_force(summary, restriction)
    _check_terms(summary, shared_with, until_on, review_on, on=on)
    row.until_on, row.review_on, row.reason = until_on, review_on, reason
    trail.save(row, by=by, on=on, reason="review_disclosure")
    _share(row, shared_with, by=by, on=on)
    for key in _keys(row):
        clock.meet(rules.DISCLOSURE_REVIEWED, reference=summary.reference, on=on, by=by, key=key)
    _start_review(summary, row, by=by, on=on)
    # Its last day may have passed meanwhile, and the report been filled in from what anybody could read.
    _take_out_of_report(summary.review, row, by=by, on=on)


@transition(AgencySummary, sources=ALWAYS, target=None, permission=P.RESTRICT_DISCLOSURE, words="")
def lift_disclosure(summary, *, by, on, restriction, reason):
    """This will end a restriction: what was marked is read again by everybody who reads the summary."""
    _lift(summary, _in_force(summary, restriction), by=by, on=on, reason=reason)
    notices.disclosure_lifted(summary, by=by, on=on)


def forget_disclosure(summary, row, *, by, on):
    """This will take the marks off a row that is being removed from a summary; their history stays.

    It is told as if they were lifted: entered anew, the row would have none.
    """
    if any(not restriction.lifted_at for restriction in row.restrictions.order_by("pk")):
        notices.disclosure_lifted(summary, by=by, on=on)
    for restriction in row.restrictions.order_by("pk"):
        _stop_review(summary, restriction, by=by, on=on, reason="What was marked was removed")
        for share in restriction.shares.order_by("pk"):
            trail.remove(share, by=by, on=on, reason="remove_summary_row")
        trail.remove(restriction, by=by, on=on, reason="remove_summary_row")


def keep_reviewing(review, *, by, on):
    """This will have the business manager alone review what stays withheld when a rapid review is over."""
    rows = DisclosureRestriction.objects.in_force(timezone.localdate(on)).filter(summary__review=review)
    for row in rows.select_related("summary__case").order_by("pk"):
        _start_clock(row.summary, row, by=by, on=on, key=_keys(row)[0], role=Role.BUSINESS_MANAGER)


def _check_terms(summary, shared_with, until_on, review_on, *, on):
    today, problems = timezone.localdate(on), []
    if until_on and until_on < today:
        problems.append(("until_on", "The last day must be today or in the future"))
    if review_on <= today:
        problems.append(("review_on", "The review date must be in the future"))
    asked = set(summary.review.summaries.exclude(pk=summary.pk).values_list("agency", flat=True))
    if {agency.pk for agency in shared_with} - asked:
        problems.append(("shared_with", "Select agencies that were asked for a summary in this case"))
    if problems:
        raise CannotProceed(*problems)


def _in_force(summary, restriction):
    row = summary.restrictions.in_force().filter(pk=restriction.pk).first()
    if row is None:
        raise CannotProceed("It is not marked as not to be shared any more")
    return row


def _share(row, agencies, *, by, on):
    wanted = {agency.pk: agency for agency in agencies}
    for share in row.shares.order_by("pk"):
        if wanted.pop(share.agency_id, None) is None:
            trail.remove(share, by=by, on=on, reason="review_disclosure")
    for agency in wanted.values():
        trail.save(DisclosureShare(restriction=row, agency=agency), by=by, on=on, reason="restrict_disclosure")


def _lift(summary, row, *, by, on, reason):
    row.lifted_at, row.lifted_by, row.lifted_why = on, by, reason
    trail.save(row, by=by, on=on, reason="lift_disclosure")
    _stop_review(summary, row, by=by, on=on, reason="It is no longer withheld")


# The review date


def _keys(row):
    """The two deadlines of a restriction: the business manager's, and that of who marked it."""
    return (str(row.pk), f"{row.pk}-marked-by")


def _start_review(summary, row, *, by, on):
    of_manager, of_marker = _keys(row)
    _start_clock(summary, row, by=by, on=on, key=of_manager, role=Role.BUSINESS_MANAGER)
    managers = row.marked_by.standing(timezone.localdate(on))
    if Role.BUSINESS_MANAGER not in {role for role, _ in managers}:
        _start_clock(summary, row, by=by, on=on, key=of_marker, user=row.marked_by)


def _start_clock(summary, row, *, by, on, key, **whom):
    clock.start(
        rules.DISCLOSURE_REVIEWED,
        case=summary.case,
        reference=summary.reference,
        path=f"{summary.get_absolute_url()}not-shared/{row.pk}/",
        counts_from=on,
        on=on,
        by=by,
        due=row.review_on,
        key=key,
        **whom,
    )


def _stop_review(summary, row, *, by, on, reason):
    for key in _keys(row):
        clock.stop(rules.DISCLOSURE_REVIEWED, reference=summary.reference, on=on, by=by, reason=reason, key=key)


# The report


def _take_out_of_report(review, restriction, *, by, on):
    """Put the neutral sentence where the report's text, not locked yet, holds the words as they were prefilled."""
    if review.status not in RapidReview.BEFORE_LOCK:
        return
    held = {section for section, _ in queries.held_in_report(review, [restriction])}
    for row in ReportSection.objects.filter(review=review, section__in=held).order_by("pk"):
        row.text = queries.without(row.text, restriction)
        trail.save(row, by=by, on=on, reason="restrict_disclosure")
