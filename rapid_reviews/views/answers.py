"""What a single agency summary says, as pages show it: to be checked and changed, or to be read."""

from typing import NamedTuple

from django.urls import resolve, reverse
from django.utils.text import Truncator

from casework import details, presence
from design.forms import DateField, say_date
from rapid_reviews import forms, queries
from rapid_reviews.models import AgencySummary

BEFORE_THE_PACK = ("learning_for_other",)
"""What only the agency and the business team read: learning for another agency goes to the business team first."""
IN_THE_TITLE = ("precision", "starts_on", "ends_on", "starts_at_time")
RECORDS = "Records secured"
CARDS = 50
"""How many events stand on the page of a summary; all of them stand in a list of their own."""


class Card(NamedTuple):
    """One row of a section: an event, a correction, an action, a practitioner."""

    title: str
    rows: list
    actions: tuple
    note: str = ""


class Shown(NamedTuple):
    """One section: its own answers and its rows."""

    slug: str
    title: str
    own: list
    cards: list
    nothing: str
    """What is said where the section lists rows and there is none."""
    withheld: str = ""
    """That something of it is withheld from this reader, in neutral words."""
    more: str = ""
    """Where all rows stand, of which these are the first."""


def section_url(summary, slug):
    return reverse("fill-in-summary", args=[summary.reference, slug])


def row_url(summary, kind, row):
    return reverse("fill-in-summary-row", args=[summary.reference, kind.slug, row.pk])


def address_of_gap(summary, section, field):
    """This will return where a missing answer is given: its page, and its input on it."""
    if field == "involved":
        return f"{summary.get_absolute_url()}#id_involved"
    if section == "records":
        return reverse("secure-records", args=[summary.reference]) + "#id_records_where"
    page = section_url(summary, section)
    return f"{page}#{_input(forms.section_of(section).form, field)}" if field else page


def _input(form, field):
    return f"id_{field}-day" if isinstance(form.base_fields[field], DateField) else f"id_{field}"


def gaps(summary):
    """This will list what the summary still lacks, as (address where it is given, message)."""
    return [(address_of_gap(summary, section, field), words) for section, field, words in queries.summary_gaps(summary)]


def sections(summary, *, address, marks, change=False, hidden=(), actions=None):
    """This will return the whole summary by sections. `change` gives every answer the way to change it.

    Readers see what was answered, but for what is withheld from them (`marks`); who checks the answers sees also what
    was not. `address` puts the address of somebody in the family into the words that this reader may see.
    `actions(kind, which)` gives other links for each passage.
    """
    shown = Shows(summary, address, marks, change, actions or (lambda kind, which: ()))
    found = [_section(section, shown, hidden=hidden) for section in forms.SECTIONS]
    return [found[0], _records(summary, change=change), *found[1:]]


class Shows(NamedTuple):
    """How one summary is shown to one reader."""

    summary: AgencySummary
    address: object
    marks: queries.Marks
    change: bool
    actions: object

    def hides(self, kind, which):
        return self.marks.hides(self.summary, kind, which)

    def title(self, words, kind, which):
        """A question or the title of a row, with what everybody else is kept from named as such."""
        return f"{words} (not to be shared)" if self.marks.restriction(self.summary, kind, which) else words


def _section(section, shown, *, hidden):
    summary, change, own, withheld = shown.summary, shown.change, [], []
    if section.form:
        names = [
            name for name in section.form.shown_fields() if name not in hidden and is_asked(summary, section, name)
        ]
        for row in details.rows(summary, names, sees_confidential=False, only_given=not change):
            if shown.hides("answer", row.field):
                withheld += ["answer"] if row.given else []
                continue
            link = f"{section_url(summary, section.slug)}#{_input(section.form, row.field)}" if change else ""
            title, actions = shown.title(row.label, "answer", row.field), shown.actions("answer", row.field)
            own.append({"key": title, "value": row.value, "change": link, "actions": actions})
    kind, more = section.rows, ""
    hidden_rows = shown.marks.hidden(kind.slug, summary) if kind else []
    withheld += [kind.slug for _ in hidden_rows]
    seen = kind.of(summary).exclude(pk__in=hidden_rows) if kind else []
    if kind and kind.slug == "event" and len(seen := seen[: CARDS + 1]) > CARDS:
        more = reverse("summary-chronology", args=[summary.reference])
        seen = seen[:CARDS]
    cards = [_card(kind, row, shown) for row in seen]
    nothing = ""
    if kind and not seen and not hidden_rows:
        nothing = f"No {kind.plural}."
    elif not own and not cards and not withheld:
        nothing = "Nothing was said."
    return Shown(section.slug, section.title, own, cards, nothing, queries.said_of_withheld(withheld), more)


def is_asked(summary, section, name):
    """This will say whether a question is asked at all: what an option reveals is, once that option is chosen."""
    for parent, revealed in section.form.reveals.items():
        for value, names in revealed.items():
            if name in names:
                return {True: "yes", False: "no"}.get(getattr(summary, parent)) == value
    return True


def _card(kind, row, shown):
    names = kind.form.shown_fields()
    title, note = str(row), ""
    if kind.slug == "event":
        title = queries.when(row)
        names = [name for name in names if name not in IN_THE_TITLE]
        if lacks_analysis(row):
            note = LACKS_ANALYSIS
    rows = [
        {"key": each.label, "value": shown.address(row.address) if each.field == "address" else each.value}
        for each in details.rows(row, names, sees_confidential=False, only_given=True)
    ]
    if kind.slug == "correction" and row.accepted_at:
        rows.append({"key": "The family", "value": queries.said_of_addition(row)})
    actions = tuple(shown.actions(kind.slug, row.pk))
    if shown.change:
        remove = reverse("remove-summary-row", args=[shown.summary.reference, kind.slug, row.pk])
        actions = (("Change", row_url(shown.summary, kind, row)), ("Remove", remove), *actions)
    return Card(shown.title(title, kind.slug, row.pk), rows, actions, note)


LACKS_ANALYSIS = "Significant, without an analysis"


def lacks_analysis(event):
    """This will say whether a significant event has no analysis: pointed out, never refused."""
    return event.significance == "significant" and not event.analysis


def _records(summary, *, change):
    link = reverse("secure-records", args=[summary.reference]) + "#id_records_where" if change else ""
    names = ["records_secured_at", "records_where"] if summary.records_secured_at else ["records_where"]
    own = [
        {"key": RECORDS if row.field == "records_secured_at" else row.label, "value": row.value, "change": link}
        for row in details.rows(summary, names, sees_confidential=False, only_given=not change)
    ]
    return Shown("records", RECORDS, own, [], "" if own else "Nothing was said.")


def nil_return(summary):
    """This will return what a nil return says."""
    names = ["systems_searched", "names_used", "searched_by"]
    return [
        {"key": row.label, "value": row.value, "change": ""}
        for row in details.rows(summary, names, sees_confidential=False)
    ]


def people_in(summary, *, besides, on):
    """This will return who else has a page of each section open: {slug: names}."""
    found = {}
    for path, person in presence.below(besides, summary.get_absolute_url(), on=on):
        shown = resolve(path).kwargs
        kind = forms.ROWS.get(shown.get("kind"))
        slug = forms.section_of_rows(kind).slug if kind else shown.get("section")
        names = found.setdefault(slug, [])
        if str(person) not in names:
            names.append(str(person))
    return found


def counts(summary):
    """This will return how many rows of each kind a summary has, by the kind's slug."""
    return {kind.slug: kind.of(summary).count() for kind in forms.ROWS.values()}


def status_of(summary, section, rows, missing):
    """This will say how far a section is, in one of GOV.UK's words; `missing` are the sections that lack an answer."""
    begun = bool(section.rows and rows[section.rows.slug])
    if section.form:
        begun = begun or any(getattr(summary, name) not in (None, "", []) for name in section.form.shown_fields())
    return "Not yet started" if not begun else "In progress" if section.slug in missing else "Completed"


def tasks(summary, *, people, given, comments, is_open, leads):
    """This will return the items of the task list: each section, its status, whose it is, and who is in it.

    `is_open(section)` says whether the reader writes it: what they do not is no link, and its comment not theirs.
    """
    missing, rows = {section for section, _, _ in queries.summary_gaps(summary)}, counts(summary)
    found = []
    for section in forms.SECTIONS:
        writes, number = is_open(section), rows[section.rows.slug] if section.rows else 0
        hints = ["" if section.needed else "Optional"]
        if number:
            hints = [f"{number} {section.rows.singular if number == 1 else section.rows.plural}"]
        if whose := given.get(section.slug):
            hints.append(said_of_given(whose))
        if writes and (comment := comments.get(section.slug)):
            hints.append(f"Sent back: {Truncator(comment.text).words(30)}")
        if there := people.get(section.slug):
            hints.append(f"Open now: {', '.join(there)}")
        found.append(
            {
                "title": section.title,
                "hint": ". ".join(filter(None, hints)),
                "url": section_url(summary, section.slug) if writes else "",
                "status": status_of(summary, section, rows, missing),
            }
        )
    secured = {
        "title": RECORDS,
        "hint": "Within 1 working day of the request",
        "url": reverse("secure-records", args=[summary.reference]) if leads else "",
        "status": "Completed" if summary.records_secured_at else "Not yet started",
    }
    return [found[0], secured, *found[1:]]


def said_of_given(given):
    """This will say whose a section is, until when, or who has finished it."""
    if given.done_at:
        return f"Finished by {given.done_by}"
    return f"{given.person}, due {say_date(given.due_on)}" if given.due_on else str(given.person)
