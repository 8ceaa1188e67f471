"""How a field becomes HTML: Django's own hooks, GOV.UK's markup."""

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

from design.forms.widgets import DateBoxes

# First match wins. The kind names the CSS class and the error summary's target.
KINDS = (
    (DateBoxes, "date"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file-upload"),
    (forms.PasswordInput, "password"),
)
CSS = {
    "input": "govuk-input",
    "password": "govuk-input",
    "textarea": "govuk-textarea",
    "select": "govuk-select",
    "file-upload": "govuk-file-upload",
    "checkbox": "govuk-checkboxes__input",
}
# The server checks; a browser's own bubbles are in the wrong words and in the wrong place, and maxlength cuts pastes.
NO_BROWSER_CHECKS = ("required", "maxlength", "minlength", "min", "max", "step", "pattern", "aria-invalid")


class GovukBoundField(BoundField):
    """A field of a form with its label, hint, errors and the ids that tie them together."""

    @property
    def kind(self):
        return next((kind for cls, kind in KINDS if isinstance(self.field.widget, cls)), "input")

    @property
    def hint_id(self):
        return f"{self.auto_id}-hint" if self.help_text and self.auto_id else ""

    @property
    def error_id(self):
        return f"{self.auto_id}-error" if self.errors and self.auto_id else ""

    @property
    def aria_describedby(self):
        return "" if self.is_hidden else " ".join(filter(None, (self.hint_id, self.error_id)))

    @property
    def error_parts(self):
        """Name the boxes in the wrong: those the error names, or all of them."""
        errors = self.form.errors.as_data().get(self.name, []) if self.errors else []
        if not errors:
            return ()
        named = [part for error in errors for part in (getattr(error, "params", None) or {}).get("parts", ())]
        return tuple(named) or tuple(part for part, _, _ in self.field.widget.parts)

    @property
    def error_target(self):
        """Give the id of the first input, for the error summary's link."""
        if self.is_hidden:
            return ""
        if self.kind == "date":
            in_order = [part for part, _, _ in self.field.widget.parts if part in self.error_parts]
            return f"{self.auto_id}-{in_order[0] if in_order else 'day'}"
        if self.kind in ("radios", "checkboxes") and not hasattr(self.field.widget, "reveals"):
            return f"{self.auto_id}_0"  # Django's own widget, from somebody else's form
        return self.auto_id

    @property
    def both_texts(self):
        """Give what somebody else saved and what was typed here, each with its heading, where they differ."""
        texts = getattr(self.form, "both_texts", {}).get(self.name, ())
        return list(zip(("Saved by somebody else", "Typed here"), texts, strict=False)) if texts else []

    @property
    def may_be_hidden(self):
        """Say whether another answer decides if this question is seen."""
        return self.name in getattr(self.form, "revealed_names", ())

    @property
    def is_page_heading(self):
        return getattr(self.form, "page_heading", "") == self.name

    @property
    def label_size(self):
        if self.is_page_heading:
            return "l"
        if self.name in getattr(self.form, "revealed_names", ()):
            return ""
        own = getattr(self.field, "label_size", None)
        return getattr(self.form, "label_size", "s") if own is None else own

    @property
    def is_marked_optional(self):
        needed = getattr(self.form, "needed", None)
        return needed is not None and self.name not in needed and not self.field.required

    @property
    def stands_in_another(self):
        """Say whether another field places this one: the option that reveals it, or the answer it explains."""
        return self.name in getattr(self.form, "placed_names", ())

    @property
    def why(self):
        """Give the small field "not known – why" that stands beside this one, if it has one."""
        name = f"{self.name}__why"
        return self.form[name] if name in self.form.fields else None

    @property
    def why_open(self):
        return bool(self.why and (self.why.value() or self.why.errors))

    def build_widget_attrs(self, attrs, widget=None):
        attrs = super().build_widget_attrs(attrs, widget)
        widget, kind = widget or self.field.widget, self.kind
        if widget.is_hidden:
            return attrs
        for name in NO_BROWSER_CHECKS:
            attrs[name] = False
        if kind in CSS:
            extra = attrs.get("class") or widget.attrs.get("class", "")
            attrs["class"] = " ".join(
                filter(None, (CSS[kind], f"{CSS[kind]}--error" if self.errors and kind != "checkbox" else "", extra))
            )
        if kind == "textarea":
            attrs["cols"] = False
            attrs.setdefault("rows", widget.attrs.get("rows") if widget.attrs.get("rows") not in (None, "10") else "5")
        if kind == "date":
            attrs["error_parts"] = self.error_parts
        return attrs

    def as_widget(self, widget=None, attrs=None, only_initial=False):
        inner = widget or self.field.widget
        if getattr(inner, "reveals", None):
            inner.revealed = {
                str(value): [self.form[name] for name in names if name in self.form.fields]
                for value, names in inner.reveals.items()
            }
        return super().as_widget(widget, attrs, only_initial)


class GovukRenderer(TemplatesSetting):
    """Every form of the product, those of the sign-in library too, looks like GOV.UK's."""

    bound_field_class = GovukBoundField
    field_template_name = "govuk/field.html"
    form_template_name = "govuk/form.html"
    formset_template_name = "govuk/formset.html"
