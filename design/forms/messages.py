"""What a form says when an answer cannot be taken, in GOV.UK's manner.

Words not used: please, sorry, valid, invalid, forbidden, oops. The subject of a message is the field's label with a
small first letter; a form may name a better one: `subjects = {"name": "the child’s name"}`.
"""

from django import forms

CHOICES = (forms.ChoiceField, forms.ModelChoiceField)  # multiple choices derive from these


def subject_of(field, name=""):
    """Give what messages call this field: its own subject, or its label with a small first letter."""
    own = getattr(field, "subject", "")
    if own:
        return str(own)
    label = str(field.label if field.label is not None else name.replace("_", " ")).strip()
    if len(label) > 1 and label[0].isupper() and not label[1].isupper():
        label = label[0].lower() + label[1:]
    return label


def sentence(words):
    """Give the words with a capital letter."""
    return words[:1].upper() + words[1:]


def words_for(field, name):
    """Give {code: message} for every mistake this kind of field can report."""
    subject = subject_of(field, name)
    question = subject.endswith("?")
    quoted = f"“{sentence(subject)}”"
    # For messages into which a number is put; a per cent sign in a label must survive that.
    start = (quoted if question else sentence(subject)).replace("%", "%%")
    answer = f"Answer {quoted}" if question else ""
    words = {
        "required": answer or f"Enter {subject}",
        "max_length": f"{start} must be %(limit_value)s characters or fewer (it has %(show_value)s)",
        "min_length": f"{start} must be %(limit_value)s characters or more",
        "max_value": f"{start} must be %(limit_value)s or less",
        "min_value": f"{start} must be %(limit_value)s or more",
        "max_digits": f"{start} must have no more than %(max)s digits",
        "max_decimal_places": f"{start} must have no more than %(max)s numbers after the point",
        "max_whole_digits": f"{start} must have no more than %(max)s digits before the point",
        "null_characters_not_allowed": f"{sentence(subject)} has a character that cannot be stored",
        "unique": f"{sentence(subject)} is already used by another record",
    }
    if isinstance(field, forms.FileField):
        words |= {
            "required": answer or f"Select {subject}",
            "invalid": "The file was not received. Select it again.",
            "missing": "The file was not received. Select it again.",
            "empty": "The selected file is empty",
            "contradiction": "Select a file, or tick the box that removes the one there is, but not both",
            "max_length": "The name of the selected file must be %(max)d characters or fewer (it has %(length)d)",
        }
    elif isinstance(field, forms.BooleanField):
        words["required"] = f"Select {quoted}"
    elif isinstance(field, CHOICES):
        words |= {
            "required": answer or f"Select {subject}",
            "invalid_choice": f"Select {subject} from the list"  # noqa: S608  (English, not SQL)
            if not question
            else f"Select one of the answers to {quoted}",
            "invalid_list": answer or f"Select {subject}",
            "invalid_pk_value": f"Select {subject} from the list",  # noqa: S608  (English, not SQL)
        }
        words["invalid_choice"] = words["invalid_choice"].replace("%", "%%")
        words["invalid_pk_value"] = words["invalid_pk_value"].replace("%", "%%")
    elif isinstance(field, forms.IntegerField):  # decimals and floats derive from it
        whole = "a number" if isinstance(field, (forms.DecimalField, forms.FloatField)) else "a whole number"
        words["invalid"] = f"{sentence(subject)} must be {whole}, like 4"
    elif isinstance(field, forms.EmailField):
        words["invalid"] = "Enter an e-mail address in the correct format, like name@organisation.example"
    elif isinstance(field, forms.URLField):
        words["invalid"] = "Enter a web address in the correct format, like https://organisation.example"
    return words


def put_in_our_words(field, name):
    """Replace those of the field's messages that are still Django's; the form's own stay."""
    django_words = {}
    for cls in reversed(type(field).__mro__):
        if cls.__module__.startswith("django."):
            django_words |= vars(cls).get("default_error_messages", {})
    for code, message in words_for(field, name).items():
        current = field.error_messages.get(code)
        if current is None or current is django_words.get(code):
            field.error_messages[code] = message
