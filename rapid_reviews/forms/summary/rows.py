"""What a summary has any number of: events, corrections and additions, actions, practitioners."""

from django.utils import timezone

from casework.forms import RecordForm
from design.forms import Details, Fieldset, Inset, Layout
from rapid_reviews import written_dates
from rapid_reviews.models import ChronologyEvent, FamilyCorrection, LessonAction, Practitioner


class EventForm(RecordForm):
    """One event. Its date is read from the record's own words, unless how exact it is and the date are said here."""

    READ = ("precision", "starts_on", "ends_on", "starts_at_time")
    """What is read from the words."""
    reveals = {"precision": {"range": ["ends_on"]}}
    layout = Layout(
        Inset(
            "For many contacts without significance enter one range of dates, with an explanation of why they are not "
            "significant. It is not enough to list contacts: say what they mean."
        ),
        Fieldset("When", "date_as_written"),
        Details("Say yourself which date it is", "precision", "starts_on", "starts_at_time"),
        Fieldset("Who and from where", "source", "who", "child_seen"),
        Fieldset("What", "what_happened", "what_was_done", "childs_voice"),
        Fieldset("What it means", "significance", "analysis"),
    )

    class Meta:
        model = ChronologyEvent
        fields = [
            "date_as_written",
            "precision",
            "starts_on",
            "ends_on",
            "starts_at_time",
            "source",
            "who",
            "child_seen",
            "what_happened",
            "what_was_done",
            "childs_voice",
            "significance",
            "analysis",
        ]
        labels = {"starts_on": "Date, or first day"}
        help_texts = {
            "date_as_written": "For example “?22 May 2016”, “early June 2016” or “22/5/16 14.30”. It is kept as you "
            "type it, and the date is read from it.",
            "starts_on": "For example, 27 3 2026. For a month or a year enter its first day.",
            "source": "For example “GP record” or “home visit note”.",
            "who": "Family members and practitioners, by name and role.",
            "childs_voice": "What the child said, or how they showed what they felt.",
            "analysis": "What the event meant for the child, and for practice. A significant event needs one.",
        }

    subjects = {"date_as_written": "the date as the record writes it", "starts_on": "the date"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["precision"].required = False
        for name in ("starts_on", "ends_on"):
            self.fields[name].latest = "today"

    def clean(self):
        cleaned = super().clean()
        if self._is_to_be_read(cleaned):
            self._read(cleaned)
            return cleaned
        first, last, precision = cleaned.get("starts_on"), cleaned.get("ends_on"), cleaned.get("precision")
        if not precision and "precision" not in self.errors:
            self.add_error("precision", "Select how exact the date is")
        if precision == "not_recorded":
            cleaned["starts_on"] = cleaned["ends_on"] = cleaned["starts_at_time"] = None
        elif precision and first is None and "starts_on" not in self.errors:
            self.add_error("starts_on", "Enter the date, or say that it is not recorded")
        elif precision == "range" and last is None and "ends_on" not in self.errors:
            self.add_error("ends_on", "Enter the last day of the range")
        if first and last and last < first:
            self.add_error("ends_on", "The last day must be on or after the first day")
        return cleaned

    def _is_to_be_read(self, cleaned):
        """Whether nothing but the words was given; or of an event that is changed, nothing but they changed."""
        if any(name in self.errors for name in self.READ):
            return False
        if self.instance.pk and "date_as_written" in self.changed_data and not set(self.READ) & set(self.changed_data):
            return True
        return not (cleaned.get("precision") or cleaned.get("starts_on") or cleaned.get("ends_on"))

    def _read(self, cleaned):
        if "date_as_written" in self.errors:
            return
        today = timezone.localdate()
        found = written_dates.read(cleaned["date_as_written"], today=today)
        if found.problem:
            what_to_do = "Write it otherwise, or say below how exact it is and which day"
            self.add_error("date_as_written", f"{found.problem}. {what_to_do}")
        elif found.starts_on and found.starts_on > today:
            self.add_error("date_as_written", "The date must be today or in the past")
        at = found.at or (None if self.instance.pk else cleaned.get("starts_at_time"))
        cleaned |= dict(zip(self.READ, (found.precision, found.starts_on, found.ends_on, at), strict=True))


class CorrectionForm(RecordForm):
    addresses = ("address",)
    address_after = {"address": "date_of_birth"}
    layout = Layout(
        Fieldset("Who", "relationship", "name", "date_of_birth"),
        Fieldset("Where they live", "address__text", "address__postcode", "address__confidential"),
        Fieldset("What you hold", "what"),
    )

    class Meta:
        model = FamilyCorrection
        fields = ["relationship", "name", "date_of_birth", "what"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["date_of_birth"].latest = "today"

    def clean(self):
        cleaned = super().clean()
        # A confidential address that is held is left as it is: `address` is then not among the answers.
        address = cleaned.get("address", {"text": "held"})
        given = [cleaned.get(name) for name in self._meta.fields]
        if not self.errors and not any((*given, address["text"], address.get("postcode"))):
            self.add_error("what", "Enter what differs, or what is new")
        return cleaned


class LessonActionForm(RecordForm):
    class Meta:
        model = LessonAction
        fields = ["action", "outcome", "by_whom", "by_when"]


class PractitionerForm(RecordForm):
    class Meta:
        model = Practitioner
        fields = ["name", "role", "spoken_to_on", "agrees_fair"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["spoken_to_on"].latest = "today"
