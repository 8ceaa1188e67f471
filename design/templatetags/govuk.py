"""Components of GOV.UK Frontend (and two of MOJ's) as tags: `{% load govuk %}`. Markup: templates/components/.

Block tags end with their own name: {% details "Why we ask" %}…{% enddetails %}. What is shown is escaped unless it
comes from the template itself.
"""

import datetime

from django import template
from django.conf import settings
from django.forms import BaseForm, BaseFormSet
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from design.forms import say_date as date_in_words
from design.forms import say_moment as moment_in_words
from design.forms import say_time as time_in_words
from design.forms.widgets import LONDON

register = template.Library()

# What a status is like, and the colour that goes with it. The words say it; the colour only helps.
COLOURS = {
    "": "",
    "new": "",
    "progress": "turquoise",
    "waiting": "yellow",
    "attention": "orange",
    "problem": "red",
    "done": "green",
    "stopped": "grey",
    "restricted": "purple",
}
TASKS = {
    "Completed": None,  # no tag: what is done needs no attention
    "In progress": "turquoise",
    "Not yet started": "",
    "Cannot start yet": None,
    "There is a problem": "red",
}
NOT_ANSWERED = mark_safe('<span class="hub-quiet">Not answered</span>')


# --- how values are written ---


@register.filter
def say_date(value):
    """Write 2027-01-06 as 6 January 2027; nothing as nothing."""
    if isinstance(value, datetime.datetime):
        value = value.astimezone(LONDON).date()
    return date_in_words(value) if value else ""


@register.filter
def say_weekday(value):
    """Write 2027-01-07 as Thursday 7 January 2027."""
    if isinstance(value, datetime.datetime):
        value = value.astimezone(LONDON).date()
    return f"{value:%A} {date_in_words(value)}" if value else ""


@register.filter
def say_moment(value):
    """Write a moment as 6 January 2027 at 4pm, as clocks in Britain show it."""
    return moment_in_words(value) if value else ""


@register.filter
def say_time(value):
    """Write 16:30 as 4:30pm."""
    return time_in_words(value) if value is not None else ""


@register.filter
def answer(value):
    """Write any answer for a reader: dates in words, yes or no, a list as a list, nothing as "Not answered"."""
    if value is True or value is False:
        return "Yes" if value else "No"
    if isinstance(value, datetime.datetime):
        return moment_in_words(value) if value.tzinfo else f"{date_in_words(value)} at {time_in_words(value.time())}"
    if isinstance(value, datetime.date):
        return date_in_words(value)
    if isinstance(value, datetime.time):
        return time_in_words(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        values = [v for v in value if v not in ("", None)]
        if len(values) < 2:
            return answer(values[0]) if values else NOT_ANSWERED
        items = format_html_join("", "<li>{}</li>", ((answer(v),) for v in values))
        return format_html('<ul class="govuk-list hub-tight-list">{}</ul>', items)
    return NOT_ANSWERED if value is None or value == "" else value


# --- forms ---


def forms_in(context):
    """List the forms a page is likely to call its own."""
    found = [context.get("form"), context.get("formset"), *(context.get("forms") or ())]
    return [form for form in found if isinstance(form, (BaseForm, BaseFormSet))]


def lines_of(form):
    """List (target, message) for one form or formset, ours or another library's."""
    if isinstance(form, BaseFormSet):
        lines = [("", message) for message in form.non_form_errors()] if form.is_bound else []
        return lines + [line for one in form for line in lines_of(one)]
    if hasattr(form, "error_summary"):
        return form.error_summary()
    lines = [("", message) for message in form.non_field_errors()] if form.is_bound else []
    return lines + [
        (getattr(form[name], "error_target", ""), message)
        for name, messages in form.errors.items()
        if name in form.fields
        for message in messages
    ]


@register.simple_tag(takes_context=True)
def error_prefix(context):
    """Begin the page's title with "Error: " while a form of the page has one."""
    return "Error: " if context.get("has_errors") or any(lines_of(form) for form in forms_in(context)) else ""


@register.simple_tag(takes_context=True)
def error_summary(context, *forms, message=""):
    """Show what is wrong at the top of the page, each line a link to its input.

    Without arguments: the page's `form`, `formset` and `forms`. `message` adds a line that belongs to no input.
    """
    lines = [("", message)] if message else []
    for form in forms or forms_in(context):
        lines += lines_of(form) if form else []
    return render_to_string("components/error_summary.html", {"lines": lines})


@register.simple_block_tag(takes_context=True)
def form(context, content, form, action=""):
    """Wrap a form: <form>, token, questions; buttons and anything else stand between the tags.

    {% form form %}{% button "Save and continue" %}{% endform %}
    """
    inside = {**context.flatten(), "form": form, "action": action, "content": content}
    return render_to_string("components/form.html", inside)


@register.simple_tag
def button(text, url="", kind="", name="", value=""):
    """A button that submits, or a link that looks like one. `kind`: secondary, warning, inverse."""
    return render_to_string(
        "components/button.html", {"text": text, "url": url, "kind": kind, "name": name, "value": value}
    )


@register.simple_tag
def idle_seconds():
    """How long a session lasts without a request."""
    return settings.SESSION_COOKIE_AGE


@register.simple_block_tag
def button_group(content):
    """Buttons and links side by side."""
    return format_html('<div class="govuk-button-group">{}</div>', content)


# --- showing ---


def as_row(row):
    """Bring (key, value), (key, value, change url) or a dict of key, value, change, actions into one shape."""
    if not isinstance(row, dict):
        key, value, *rest = row
        row = {"key": key, "value": value, "change": rest[0] if rest else ""}
    hidden = row.get("hidden") or str(row["key"])[:1].lower() + str(row["key"])[1:]
    actions = [{"text": text, "url": url, "hidden": hidden} for text, url in row.get("actions", ())]
    if row.get("change"):
        actions.append({"text": "Change", "url": row["change"], "hidden": hidden})
    value = answer(row["value"])
    return {
        "key": row["key"],
        "value": value,
        "actions": actions,
        "prewrap": isinstance(value, str) and not isinstance(value, SafeString) and "\n" in value,
    }


@register.simple_tag
def summary_list(rows, card="", level=2, card_actions=()):
    """Questions and answers, each with its change link; `card` puts them into a card of that title.

    A row is (question, answer), (question, answer, change url) or a dict: key, value, change, actions [(text, url)],
    hidden.
    """
    shaped = [as_row(row) for row in rows]
    return render_to_string(
        "components/summary_list.html",
        {
            "rows": shaped,
            "any_actions": any(row["actions"] for row in shaped),
            "card": card,
            "level": level,
            "card_actions": card_actions,
        },
    )


@register.simple_tag
def task_list(items, prefix="task-list"):
    """Sections of a long form. An item: title, url, status (one of the five), hint. What cannot start is no link."""
    shaped = []
    for number, item in enumerate(items, 1):
        status = item["status"]
        shaped.append(
            {
                "id": f"{prefix}-{number}",
                "title": item["title"],
                "hint": item.get("hint", ""),
                "url": "" if status == "Cannot start yet" else item.get("url", ""),
                "status": status,
                "colour": item["colour"] if "colour" in item else TASKS.get(status, ""),
                "cannot_start": status == "Cannot start yet",
            }
        )
    return render_to_string("components/task_list.html", {"items": shaped})


@register.simple_tag
def tag(text, colour=""):
    """A tag in one of GOV.UK's colours."""
    return render_to_string("components/tag.html", {"text": text, "colour": colour})


@register.simple_tag
def status_tag(text, kind=""):
    """A status in words; `kind`, a key of COLOURS (waiting, problem, done …), picks the colour."""
    return tag(text, COLOURS[kind])


@register.simple_tag
def due(words, date="", day="", tone="", url="", about=""):
    """When something is due: "Due today by 4pm", its date, "Day 7 of 15", and where it is worked out.

    `tone`: late, soon or nothing. A date or moment may be given as such.
    """
    if isinstance(date, datetime.date):
        date = say_weekday(date)
    return render_to_string(
        "components/due.html", {"words": words, "date": date, "day": day, "tone": tone, "url": url, "about": about}
    )


@register.simple_tag
def timeline(events, level=3):
    """What happened, newest first as given. An event: title, by, at (a moment), text; a dict or an object."""
    shaped = []
    for event in events:
        get = event.get if isinstance(event, dict) else lambda name, _event=event: getattr(_event, name, "")
        at = get("at")
        shaped.append(
            {
                "title": get("title"),
                "by": get("by") or "",
                "text": get("text") or "",
                "moment": moment_in_words(at) if isinstance(at, datetime.datetime) else say_date(at),
                "iso": at.isoformat(),
            }
        )
    return render_to_string("components/timeline.html", {"events": shaped, "level": level})


@register.simple_tag
def table(head, rows, caption="", numeric=(), cards=True, row_headers=True):
    """A table. `numeric`: positions of columns of numbers. On narrow screens `cards` shows one card a row."""
    numeric = {int(n) for n in (numeric.split(",") if isinstance(numeric, str) and numeric else numeric or ())}
    return render_to_string(
        "components/table.html",
        {
            "caption": caption,
            "cards": cards,
            "head": [{"text": text, "numeric": at in numeric} for at, text in enumerate(head or ())],
            "rows": [
                [
                    {
                        "text": "–" if text is None or text == "" else answer(text),
                        "numeric": at in numeric,
                        "header": row_headers and at == 0,
                        "label": head[at] if head else "",
                    }
                    for at, text in enumerate(row)
                ]
                for row in rows
            ],
        },
    )


@register.simple_tag
def pagination(pages, label=""):
    """Links to the other pages of a list; `pages` as Listing gives it: previous, next, items."""
    return render_to_string("components/pagination.html", {"pages": pages, "label": label})


@register.simple_tag
def listing(page, caption=""):
    """A list with its filters, order, pages and downloads; `page` as Listing.page() or .respond() gives it."""
    return render_to_string("components/listing.html", {"page": page, "caption": caption})


@register.simple_tag
def sub_navigation(items, label="On this case"):
    """Links between the pages of one record. An item: (text, url, is this page)."""
    return render_to_string("components/sub_navigation.html", {"items": items, "label": label})


@register.simple_tag
def breadcrumbs(items):
    """Where this page lies: (text, url), the page itself last with an empty url."""
    return render_to_string("components/breadcrumbs.html", {"items": items})


@register.simple_tag
def back_link(url, text="Back"):
    """The way back, above the page's content (block `back`); a landmark, so that it can be found from anywhere."""
    link = render_to_string("components/back_link.html", {"url": url, "text": text})
    return format_html('<nav aria-label="{}">{}</nav>', text, link)


@register.simple_tag
def notification(text, success=False, title="", id=""):
    """Something the reader ought to know that is not about an answer of theirs."""
    return render_to_string(
        "components/notification_banner.html",
        {"text": text, "success": success, "title": title, "id": id or "govuk-notification-banner-title"},
    )


@register.simple_tag
def warning(text):
    """What follows if something is done, or not done."""
    return render_to_string("components/warning_text.html", {"text": text})


@register.simple_block_tag
def details(content, summary, is_open=False):
    """Help that only some readers need."""
    return render_to_string("components/details.html", {"summary": summary, "text": content, "is_open": is_open})


@register.simple_block_tag
def inset(content):
    """Words that stand out from those around them."""
    return render_to_string("components/inset_text.html", {"text": content})


@register.simple_block_tag
def panel(content, title, reference=""):
    """Something has been done: what, under which reference."""
    return render_to_string(
        "components/panel.html", {"title": title, "body": SafeString(content.strip()), "reference": reference}
    )
