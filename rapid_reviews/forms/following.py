"""What is asked when a summary that is waited for gets another date, or the review goes on without it."""

from casework import date_forms
from casework.forms import Reason


class ExtendSummary(date_forms.Extend):
    """A later day for one agency's summary."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["due"].help_text = "The agency is told beside the next morning’s reminders."


class GoWithout(Reason):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "The report prints it."
