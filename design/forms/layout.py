"""Where the questions of a form stand. crispy's Layout orders them; these group and explain them.

    layout = Layout("name", Fieldset("Where it happened", "place", "postcode"), Details("Help", Paragraph("…")))

A string is the name of a field. Fields that an option reveals are placed by the option and are not named again.
"""

from crispy_forms.layout import HTML, Layout, LayoutObject
from crispy_forms.utils import render_field
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

__all__ = ["HTML", "Details", "Fieldset", "Heading", "Inset", "Layout", "Paragraph", "Warning"]


class Group(LayoutObject):
    """Fields inside something."""

    template = ""

    def __init__(self, *fields):
        self.fields = list(fields)

    def with_fields(self, fields):
        """Give a copy that holds other fields."""
        copy = object.__new__(type(self))
        copy.__dict__ = {**self.__dict__, "fields": fields}
        return copy

    def names(self):
        return [name for field in self.fields for name in names_in(field)]

    def render(self, form, context, template_pack=None, **kwargs):
        pack = {"template_pack": template_pack} if template_pack else {}
        html = SafeString("".join(render_field(field, form, context, **pack) for field in self.fields))
        return render_to_string(self.template, {"group": self, "fields": html, "is_open": self.shown(form)})

    def shown(self, form):
        """Say whether what can be closed stands open."""
        return True


class Fieldset(Group):
    """Questions that belong together, under one legend."""

    template = "hub/layout/fieldset.html"

    def __init__(self, legend, *fields, size="m", hint=""):
        super().__init__(*fields)
        self.legend, self.size, self.hint = legend, size, hint


class Details(Group):
    """Something only some people need; open when it holds a mistake, an answer or two texts to put together."""

    template = "hub/layout/details.html"

    def __init__(self, summary, *fields, is_open=False):
        super().__init__(*fields)
        self.summary, self.is_open = summary, is_open

    def shown(self, form):
        """As above."""
        names = [name for name in self.names() if name in form.fields]
        return self.is_open or any(
            form[name].errors or form[name].both_texts or is_answer(form[name].value()) for name in names
        )


def is_answer(value):
    """Say whether a box holds something: of a date, any of its parts."""
    return any(map(is_answer, value)) if isinstance(value, (list, tuple)) else bool(value)


class Words:
    """Text between the questions."""

    template = ""

    def __init__(self, text):
        self.text = text

    def render(self, form, context, template_pack=None, **kwargs):
        return render_to_string(self.template, {"words": self})


class Inset(Words):
    """Text that stands out from the rest."""

    template = "hub/layout/inset.html"


class Warning(Words):
    """What happens if this is done, or not done."""

    template = "hub/layout/warning.html"


class Paragraph(Words):
    """A paragraph."""

    template = "hub/layout/paragraph.html"


class Heading(Words):
    """A heading between groups of questions."""

    template = "hub/layout/heading.html"

    def __init__(self, text, *, size="m", level=2):
        super().__init__(text)
        self.size, self.level = size, level


def names_in(item):
    """List the fields a layout names, in order."""
    if isinstance(item, str):
        return [item]
    return [name for child in getattr(item, "fields", ()) for name in names_in(child)]


def only(item, present, known):
    """Copy a layout without the fields this form left out; a name the form never had is a mistake in the layout."""
    if isinstance(item, str):
        if item not in present and item not in known:
            raise KeyError(f"The layout names “{item}”, which the form does not have.")
        return item if item in present else None
    if not hasattr(item, "fields"):
        return item
    fields = [kept for kept in (only(child, present, known) for child in item.fields) if kept is not None]
    if hasattr(item, "with_fields"):
        return item.with_fields(fields) if fields or not item.fields else None
    return Layout(*fields)
