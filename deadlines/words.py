"""How dates and deadlines are said: words, not colour. Pure Python, no Django.

The same words stand on pages, in digests and in the answer to "why this date?".
"""

from deadlines.rules import END_OF_DAY, LONDON, day_of, london_day, time_words


def day_words(day):
    """This will say a day: Tuesday 22 December 2026."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def moment_words(moment):
    """This will say a due moment: "Wednesday 6 January 2027 by 4pm", or the day alone where it ends with the day."""
    local = moment.astimezone(LONDON)
    return f"{day_words(local.date())}{_by(local)}"


def start_words(moment):
    """This will say the moment a timescale starts from: "Friday 11 December 2026 at 10am"."""
    local = moment.astimezone(LONDON)
    return f"{day_words(local.date())} at {time_words(local.time())}"


def due_words(due_at, now, working_days):
    """This will say when something open is due, as seen at `now`.

    "Due today by 4pm", "Due tomorrow", "Due Tuesday 22 December 2026", "Overdue by 1 working day", "No date set".
    Lateness is counted in whole working days since the due day.
    """
    if due_at is None:
        return "No date set"
    due, today = london_day(due_at), london_day(now)
    by = _by(due_at.astimezone(LONDON))
    if due_at < now:
        late = working_days.count(due, today)
        if late:
            return f"Overdue by {late} working day{'' if late == 1 else 's'}"
        return f"Overdue: was due today{by}" if due == today else f"Overdue: was due {day_words(due)}{by}"
    match (due - today).days:
        case 0:
            return f"Due today{by}"
        case 1:
            return f"Due tomorrow{by}"
    return f"Due {moment_words(due_at)}"


def paused_words(paused_at):
    """This will say since when something stands still: "Paused since Friday 11 December 2026"."""
    return f"Paused since {day_words(london_day(paused_at))}"


def lateness_words(due_at, met_at, working_days):
    """This will say whether something met was in time: "In time", "Late by 2 working days", "Late, the same day"."""
    if met_at <= due_at:
        return "In time"
    late = working_days.count(london_day(due_at), london_day(met_at))
    if late:
        return f"Late by {late} working day{'' if late == 1 else 's'}"
    return "Late, the same day" if london_day(due_at) == london_day(met_at) else "Late, before the next working day"


def day_words_of_review(deadline, now, working_days):
    """This will say "Day 7 of 15" for a deadline counted in days of the review, the day it was met once it is met."""
    day = day_of(deadline.counts_from, deadline.met_at or now, working_days, deadline.cutoff)
    return f"Day {day} of {deadline.number}"


def _by(local):
    due_time = local.time().replace(second=0, microsecond=0)
    return "" if due_time == END_OF_DAY else f" by {time_words(due_time)}"
