"""Sections of a summary given to people of its agency: given, finished, opened again, taken back, ended."""

from django.utils import timezone

from access import can
from casework.workflow import CannotProceed, NotAllowed, transition
from deadlines import clock, rules
from deadlines.words import day_words
from partnership.permissions import Permission as P
from partnership.roles import CaseRole
from rapid_reviews import notices, queries
from rapid_reviews.models import AgencySummary, GivenSection
from trail import models as trail

WRITTEN = {"model": AgencySummary, "sources": AgencySummary.EDITABLE, "target": None, "event": False}


@transition(**WRITTEN, permission=P.RETURN_SUMMARY)
def give_section(summary, *, by, on, section, person, due_on=None):
    """This will give a section to somebody of the agency, who writes it and is told by e-mail.

    Due on the day named, which is not past and not after the summary's own; without one, when the summary is due. Who
    had the section before has it no longer. Refused before the agency has said that it had contact.
    """
    if summary.involved is not True:
        raise CannotProceed("Say first whether your agency has had contact with the family")
    if not queries.section_writers(summary, moment=on).filter(pk=person.pk).exists():
        raise CannotProceed(("person", "Select somebody of your agency"))
    due_at, today = queries.due_of_summary(summary), timezone.localdate(on)
    if due_on and due_on < today:
        raise CannotProceed(("due_on", "Enter today or a later day"))
    if due_on and due_at and due_on > (last := rules.london_day(due_at)):
        if last < today:
            raise CannotProceed(("due_on", f"The summary was due {day_words(last)}: leave it empty"))
        raise CannotProceed(("due_on", f"Enter a day until {day_words(last)}, when the summary is due"))
    _end(_open(summary, section), by=by, on=on, why="Given to somebody else")
    given = GivenSection(summary=summary, section=section, person=person, due_on=due_on, given_at=on, given_by=by)
    trail.save(given, by=by, on=on, reason="give_section")
    reason = f"Writes a section of the summary {summary.reference}"
    can.grant(case=summary.case, user=person, role=CaseRole.SECTION_WRITER, reason=reason, on=on, by=by)
    _ask(given, by=by, on=on)


@transition(**WRITTEN, permission=P.RETURN_SUMMARY)
def take_back_section(summary, *, by, on, section):
    """This will end that a section is somebody's: the agency's safeguarding leads write it themselves again."""
    _end(_one(summary, section), by=by, on=on, why="Taken back")


@transition(**WRITTEN, permission=P.WRITE_SECTION)
def finish_section(summary, *, by, on, section):
    """This will record that a section is finished: by who was given it, or by a safeguarding lead of the agency."""
    refuse_others_section(summary, section, by=by, on=on)
    for given in _one(summary, section):
        if given.done_at:
            raise CannotProceed("The section is finished already")
        given.done_at, given.done_by = on, by
        trail.save(given, by=by, on=on, reason="finish_section")
    clock.meet(rules.SECTION_WRITTEN, reference=summary.reference, on=on, by=by, key=section)


@transition(**WRITTEN, permission=P.WRITE_SECTION)
def reopen_section(summary, *, by, on, section):
    """This will record that a section is not finished after all; who was given it is told, unless they say so."""
    refuse_others_section(summary, section, by=by, on=on)
    for given in _one(summary, section):
        if not given.done_at:
            raise CannotProceed("The section is not finished")
        given.done_at, given.done_by = None, None
        trail.save(given, by=by, on=on, reason="reopen_section")
        _ask(given, by=by, on=on)


def refuse_others_section(summary, section, *, by, on):
    """This will refuse who was given sections of a summary to write in any other than these."""
    if can.can(by, P.RETURN_SUMMARY, summary, moment=on):
        return
    given = summary.given_sections.in_force(on).filter(section=section, person=by)
    if not given.exists():
        raise NotAllowed("whoever was given a section writes that section alone")


def end_sections(summary, *, by, on, why):
    """This will end that sections of a summary are somebody's, because it was sent."""
    _end(_open(summary), by=by, on=on, why=why)


def _open(summary, section=None):
    rows = summary.given_sections.filter(ended_at=None).select_related("person", "summary__case")
    return list((rows if section is None else rows.filter(section=section)).order_by("pk"))


def _one(summary, section):
    found = _open(summary, section)
    if not found:
        raise CannotProceed("The section is not given to anybody any more")
    return found


def _end(rows, *, by, on, why):
    for given in rows:
        given.ended_at, given.ended_why = on, why
        trail.save(given, by=by, on=on, reason=why)
        reference = given.summary.reference
        clock.stop(rules.SECTION_WRITTEN, reference=reference, on=on, by=by, reason=why, key=given.section)
        case = given.summary.case
        others = GivenSection.objects.filter(person=given.person, summary__case=case, ended_at=None)
        if not others.exists():
            role = CaseRole.SECTION_WRITER
            can.end(case=case, role=role, user=given.person, on=on, by=by, reason=why)


def _ask(given, *, by, on):
    """Start the timescale of a section, and tell whose it is, unless they gave it to themselves."""
    summary = given.summary
    deadline = clock.start(
        rules.SECTION_WRITTEN,
        case=summary.case,
        reference=summary.reference,
        path=f"{summary.get_absolute_url()}fill-in/{given.section}/",
        counts_from=on,
        on=on,
        by=by,
        user=given.person,
        key=given.section,
        due=given.due_on or queries.due_of_summary(summary),
    )
    if given.person != by:
        notices.section_given(given, on=on, due=deadline.due_at)
