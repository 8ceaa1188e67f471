"""How a due date is shown everywhere: `{% load govuk deadlines %}`, in this order, for `{% due deadline now %}`."""

from django import template
from django.template.loader import render_to_string

from deadlines import queries, rules, words

register = template.Library()


@register.simple_tag(takes_context=True)
def due(context, deadline, now, why=True, day=""):
    """This will show when a deadline is due, or how it ended, with the way to how that was worked out.

    Takes the place of design's `due`, which it fills in. `day`: "Day 7 of 15" beside it (see `day_of`). The page's view
    may pass `working_days` in the context; otherwise the calendar is read once for the page.
    """
    working_days = rules.calendar_of(deadline, calendar_of(context))
    date = ""
    if deadline.met_at:
        late = words.lateness_words(deadline.due_at, deadline.met_at, working_days).lower() if deadline.due_at else ""
        said = f"Done, {late}" if late else "Done"
    elif deadline.stopped_at:
        said = "Not needed any more"
    elif deadline.paused_at:
        said = words.paused_words(deadline.paused_at)
    else:
        said = words.due_words(deadline.due_at, now, working_days)
        if deadline.is_overdue(now):
            # A day not followed by a working day yet is named by the words themselves.
            date = "" if said.startswith("Overdue: was due") else f"{words.moment_words(deadline.due_at)}:"
    shown = {
        "words": said,
        "date": date,
        "day": day,
        "tone": "late" if deadline.is_overdue(now) else "",
        "url": deadline.get_absolute_url() if why and deadline.due_at else "",
        "about": f"{deadline.label}, {deadline.reference}",
    }
    return render_to_string("components/due.html", shown)


@register.simple_tag(takes_context=True)
def day_of(context, deadline, now):
    """This will say "Day 7 of 15" for the review whose local report deadline this is; nothing without one."""
    return words.day_words_of_review(deadline, now, calendar_of(context)) if deadline else ""


@register.simple_tag(takes_context=True)
def day_of_case(context, case, now):
    """This will say ", Day 7 of 15" behind the reference of a record whose case has a rapid review; else nothing."""
    report = queries.report_deadline(case) if case else None
    return f", {words.day_words_of_review(report, now, calendar_of(context))}" if report else ""


@register.filter
def on_day(day):
    """This will say a date: Tuesday 22 December 2026."""
    return words.day_words(day)


@register.filter
def by_moment(moment):
    """This will say a due moment: Wednesday 6 January 2027 by 4pm."""
    return words.moment_words(moment) if moment else "no date"


@register.filter
def at_moment(moment):
    """This will say a moment that was: Friday 11 December 2026 at 10am."""
    return words.start_words(moment)


def calendar_of(context):
    if "working_days" not in context:
        # In the outermost layer, so that it outlives the loop or include that asked first.
        context.dicts[0]["working_days"] = queries.working_days()
    return context["working_days"]
