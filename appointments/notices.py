"""The e-mails about cover and hand-over: who, from when until when, one link; never a word of a case."""

from django.template.loader import render_to_string
from django.urls import reverse

from notifications import outbox


def cover_taken(row, *, on):
    """To who covers: for whom, and on which days."""
    _tell("cover_taken", row.user, "you cover for a colleague", row, who=row.for_user, on=on)


def cover_given(row, *, on):
    """To who is covered for, where somebody else named the cover."""
    _tell("cover_given", row.for_user, "somebody covers for you", row, who=row.user, on=on)


def cover_ended(row, *, to, on):
    """To who did not end it: the cover has ended earlier than it was to."""
    for person in to:
        other = row.user if person == row.for_user else row.for_user
        _tell("cover_ended", person, "the end of a cover", row, who=other, on=on)


def handed_over(to, person, items, *, on):
    """To who takes over: from whom, and what, by reference."""
    words = {"who": str(person), "lines": [str(item) for item in items], "link": outbox.link(reverse("your-work"))}
    _queue("handed_over", to, "work was handed over to you", words, f"{person.pk}", on=on)


def went_by_itself(item, step, *, to, on):
    """To who manages a case: something in it was handed over by somebody who could not see what."""
    for manager in to:
        goes = f"{step.to} takes it over" if step.to else item.otherwise
        words = {"who": str(step.person), "line": f"{item}: {goes}", "link": outbox.link(reverse("your-work"))}
        _queue("went_by_itself", manager, "look who takes something over", words, item.key, on=on)


def left(person, *, on):
    """To who leaves: their roles have ended, and what waited for them is with others."""
    _queue("left", person, "your roles have ended", {}, "", on=on)


def _tell(name, to, subject, row, *, who, on):
    words = {"who": str(who), "day": row.from_on, "until": row.until_on, "link": outbox.link(reverse("cover"))}
    _queue(name, to, subject, words, str(row.pk), on=on)


def _queue(name, to, subject, words, key, *, on):
    outbox.queue(
        kind=f"appointments.{name}",
        to=to,
        subject=f"The hub: {subject}",
        body=render_to_string(f"emails/appointments/{name}.txt", words),
        dedupe_key=f"appointments.{name}:{key}:{to.pk}:{on.isoformat()}",
        on=on,
    )
