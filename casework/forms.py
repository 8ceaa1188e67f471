"""Forms over records of work: what an address needs, wherever it is asked."""

from access.models import Exclusion
from casework import versions
from design import forms
from partnership.models import User


class RecordForm(forms.ModelForm):
    """A form over a record of work or one of its rows, with any number of addresses.

    `addresses` names the model's address columns. Each is asked as text, postcode and "keep confidential", and cleaned
    into one dictionary. A confidential address is the business unit's alone: for anybody else (`sees_confidential`
    false) its boxes are empty, and left empty they leave it as it is.
    """

    addresses = ()

    def __init__(self, *args, sees_confidential=False, **kwargs):
        self.sees_confidential = sees_confidential
        super().__init__(*args, **kwargs)
        self._version = versions.fingerprint(self.instance, self.shown_fields())
        for name in self.addresses:
            self._ask_address(name)

    @classmethod
    def part_names(cls, name):
        return [f"{name}__text", f"{name}__postcode", f"{name}__confidential"]

    def _ask_address(self, name):
        current = getattr(self.instance, name)
        label = self._meta.model._meta.get_field(name).verbose_name
        hidden = current is not None and current.confidential and not self.sees_confidential
        text, postcode, confidential = self.part_names(name)
        self.fields[text] = forms.CharField(
            label=label,
            required=False,
            rows=3,
            max_length=2000,
            initial=current.text if current and not hidden else "",
            help_text="A confidential address is held. Type here only to replace it." if hidden else "",
        )
        self.fields[postcode] = forms.CharField(
            label="Postcode",
            required=False,
            max_length=10,
            width=10,
            initial=current.postcode if current and not hidden else "",
        )
        self.fields[confidential] = forms.BooleanField(
            label="Keep this address confidential",
            required=False,
            initial=bool(current and current.confidential),
            help_text="For a refuge or a placement. Only the partnership’s business unit will see it.",
        )
        for part in (text, postcode):
            self.fields[part].label_size = "s"

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        for name in self.addresses:
            parts = [cleaned.pop(part, None) for part in self.part_names(name)]
            text, postcode, confidential = parts[0] or "", parts[1] or "", bool(parts[2])
            current = getattr(self.instance, name)
            hidden = current is not None and current.confidential and not self.sees_confidential
            if hidden and not (text.strip() or postcode.strip()):
                if not confidential:
                    self.add_error(self.part_names(name)[0], "Type the address again to make it no longer confidential")
                continue
            cleaned[name] = {"text": text, "postcode": postcode, "confidential": confidential}
        return cleaned

    def seen(self):
        """This will return what the page showed of these answers, as it came back with them."""
        return versions.Seen(tuple(self.shown_fields()), self.data.get("version", ""))

    def version(self):
        """This will return the fingerprint the page sends back: taken before anything typed is put on the instance."""
        return self._version

    def values(self):
        """This will return the cleaned answers as `workflow.fill_in` takes them, with why something is not known."""
        values = dict(self.cleaned_data)
        if self.not_known_fields:
            values["not_known"] = self.instance.not_known
        return values

    @classmethod
    def shown_fields(cls):
        """This will list the model fields this form asks for, in its order: what a check-answers page shows."""
        names = [name for name in cls.base_fields if not name.endswith("__why")]
        placed = []
        for name in names:
            placed.append(name)
            placed += [address for address, after in cls.address_after.items() if after == name]
        return [*[address for address in cls.addresses if address not in cls.address_after], *placed]

    address_after = {}
    """Where each address stands on a page of answers: {address: the field before it}."""


class Reason(forms.Form):
    reason = forms.CharField(label="Reason", rows=4, max_length=5000, error_messages={"required": "Enter the reason"})


class RestrictCase(Reason):
    """Why a case is restricted, and who else of the business team holds it."""

    holders = forms.ModelMultipleChoiceField(queryset=User.objects.none(), label="Who else holds it?", required=False)

    def __init__(self, *args, team, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["holders"].queryset = team
        self.order_fields(["holders", "reason"])


class SomebodyAndWhy(Reason):
    """A person out of a list that the page gives, and the reason."""

    person = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label="Who?",
        widget=forms.Select,
        error_messages={"required": "Select the person"},
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people
        self.order_fields(["person", "reason"])


class KeepOut(SomebodyAndWhy):
    reason = forms.CharField(
        label="Reason",
        rows=4,
        max_length=Exclusion._meta.get_field("reason").max_length,
        help_text="For example: named in the case; works with the family; manages the author.",
        error_messages={"required": "Enter the reason"},
    )


class EmergencyAccess(Reason):
    """The case somebody needs to read now, and why."""

    reference = forms.CharField(
        label="Reference of the case",
        max_length=30,
        width=20,
        help_text="As it stands in an e-mail or on paper, for example C-2026-004.",
        error_messages={"required": "Enter the reference of the case"},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "The partners and the business team read it."
        self.order_fields(["reference", "reason"])

    def clean_reference(self):
        return self.cleaned_data["reference"].strip().upper()
