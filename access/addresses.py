"""Writing an address: one row per place named in a form, changed in place while the form is open."""

from access.models import Address
from trail import models as trail


def write(current, *, case, by, on, text="", postcode="", confidential=False):
    """This will create, change or drop an address row to match what a form holds, and return it (or None)."""
    if not (text.strip() or postcode.strip()):
        return None
    address = current or Address(case=case)
    wanted = (text, postcode.upper(), confidential)
    if (address.text, address.postcode, address.confidential) != wanted:
        address.text, address.postcode, address.confidential = wanted
        trail.save(address, by=by, on=on, reason="address")
    return address


def assign(record, values, *, case, by, on):
    """This will set the answers of one form on a row; an address arrives as its parts and becomes a row of its own."""
    for name, value in values.items():
        if record._meta.get_field(name).related_model is Address:
            value = write(getattr(record, name), case=case, by=by, on=on, **(value or {}))
        setattr(record, name, value)
