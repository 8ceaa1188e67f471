"""The forms about people: a subject child, part by part or whole, and the family."""

from casework.forms import RecordForm
from design.forms import Details, Fieldset, Layout, Radios
from referrals.models import Carer, Child, OtherPerson, Sibling
from referrals.queries import CHILD_NOT_KNOWN

IN_ONE_LINE = 32
"""Options that are this many letters together stand side by side."""


class PersonForm(RecordForm):
    """What the forms about people share: short options in one line, no date in the future."""

    past = ("date_of_birth", "died_on")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.past:
            if name in self.fields:
                self.fields[name].latest = "today"
        for field in self.fields.values():
            if isinstance(field.widget, Radios):
                field.widget.inline = sum(len(str(label)) for _, label in field.choices) <= IN_ONE_LINE


class ChildPart(PersonForm):
    """A part of what is asked about a child; the answers of the others are on the instance."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.not_known_fields:
            if choices := getattr(self.fields[name], "choices", None):
                # "Not known" is said with the reason why, beside the question.
                self.fields[name].choices = [choice for choice in choices if choice[0] != "not_known"]

    def clean(self):
        cleaned = super().clean()
        born = cleaned.get("date_of_birth", self.instance.date_of_birth)
        died = cleaned.get("died_on", self.instance.died_on)
        if born and died and died < born:
            wrong = "died_on" if "died_on" in self.fields else "date_of_birth"
            self.add_error(wrong, "The date of death cannot be before the date of birth")
        if cleaned.get("unborn") and cleaned.get("date_of_birth"):
            self.add_error("date_of_birth", "Give a date of birth, or say that the child is not yet born, but not both")
        return cleaned


class AboutTheChild(ChildPart):
    addresses = ("home_address",)
    address_after = {"home_address": "expected_on"}
    reveals = {"gender_identity": {"other": ["gender_identity_other"]}}
    layout = Layout(
        "name",
        "other_names",
        "date_of_birth",
        Details("The child is not yet born", "unborn", "expected_on"),
        Fieldset("Home", "home_address__text", "home_address__postcode", "home_address__confidential"),
        Fieldset(
            "Identity",
            "birth_sex",
            "gender_identity",
            "ethnicity",
            "ethnicity_why",
            "first_language",
            "interpreter",
            "religion",
            "religion_other",
            "immigration_status",
        ),
        Fieldset("Numbers", "nhs_number", "upn", "la_case_number"),
    )

    class Meta:
        model = Child
        not_known = [name for name in CHILD_NOT_KNOWN if name != "level_of_help"]
        labels = {
            "ethnicity_why": "If not yet obtained, why",
            "religion_other": "If any other religion, which",
        }
        fields = [
            "name",
            "other_names",
            "date_of_birth",
            "unborn",
            "expected_on",
            "birth_sex",
            "gender_identity",
            "gender_identity_other",
            "ethnicity",
            "ethnicity_why",
            "first_language",
            "interpreter",
            "religion",
            "religion_other",
            "immigration_status",
            "nhs_number",
            "upn",
            "la_case_number",
        ]


class WhatHappened(ChildPart):
    reveals = {"nature": {"death": ["died_on", "died_at_time", "died_where"], "other": ["nature_other"]}}
    layout = Layout("nature", "circumstance", "circumstance_other", "abuse", "harm")

    class Meta:
        model = Child
        labels = {"circumstance_other": "If other, what circumstance"}
        fields = [
            "nature",
            "nature_other",
            "died_on",
            "died_at_time",
            "died_where",
            "circumstance",
            "circumstance_other",
            "abuse",
            "harm",
        ]


DISABILITY_FIELDS = ["disability", "disability_types", "send", "send_needs", "disability_detail"]
DISABILITY_REVEALS = {"disability": {"yes": ["disability_types"]}}
DISABILITY = Fieldset(
    "Disability and special educational needs",
    "disability",
    "send",
    Details("Which kind of special educational need", "send_needs"),
    "disability_detail",
)


class TheChildsLife(ChildPart):
    reveals = DISABILITY_REVEALS
    layout = Layout(
        "pen_picture",
        DISABILITY,
        Fieldset("Education", "education", "education_setting", "education_attendance", "education_exclusions"),
        Fieldset("Health", "gp_practice"),
    )

    class Meta:
        model = Child
        fields = [
            "pen_picture",
            *DISABILITY_FIELDS,
            "education",
            "education_setting",
            "education_attendance",
            "education_exclusions",
            "gp_practice",
        ]


class HelpAndCare(ChildPart):
    reveals = {
        "plan": {"child_protection": ["plan_category"]},
        "care_status": {
            "looked_after": [
                "legal_status",
                "placement_type",
                "placing_la",
                "placement_provider",
                "placement_provider_name",
                "placement_urn",
            ]
        },
    }
    layout = Layout("level_of_help", "social_work", "social_work_detail", "plan", "care_status")

    class Meta:
        model = Child
        not_known = ["level_of_help"]
        fields = [
            "level_of_help",
            "social_work",
            "social_work_detail",
            "plan",
            "plan_category",
            "care_status",
            "legal_status",
            "placement_type",
            "placing_la",
            "placement_provider",
            "placement_provider_name",
            "placement_urn",
        ]


PARTS = (AboutTheChild, WhatHappened, TheChildsLife, HelpAndCare)


class ChildForm(ChildPart):
    """Everything about a child on one page, for the business unit that keys it in."""

    addresses = AboutTheChild.addresses
    address_after = AboutTheChild.address_after
    reveals = {name: revealed for part in PARTS for name, revealed in part.reveals.items()}
    layout = Layout(
        Fieldset("About the child", *AboutTheChild.layout.fields[:4]),
        *AboutTheChild.layout.fields[4:],
        Fieldset("What happened to the child", *WhatHappened.layout.fields),
        Fieldset("The child’s life", "pen_picture"),
        *TheChildsLife.layout.fields[1:],
        Fieldset("Help and care at the time", *HelpAndCare.layout.fields),
    )

    class Meta:
        model = Child
        not_known = list(CHILD_NOT_KNOWN)
        labels = {**AboutTheChild.Meta.labels, **WhatHappened.Meta.labels}
        fields = [name for part in PARTS for name in part.Meta.fields]


MEMBER = [
    "name",
    "relationship",
    "relationship_other",
    "date_of_birth",
    "date_of_birth_estimated",
    "age",
    "parental_responsibility",
    "lived_with_then",
    "lives_with_now",
    "ethnicity",
    *DISABILITY_FIELDS,
]
MEMBER_LAYOUT = (
    "name",
    "relationship",
    "relationship_other",
    "date_of_birth",
    "date_of_birth_estimated",
    "age",
    Fieldset(
        "Home", "address__text", "address__postcode", "address__confidential", "lived_with_then", "lives_with_now"
    ),
    "parental_responsibility",
    "ethnicity",
    DISABILITY,
)
MEMBER_LABELS = {"relationship_other": "If other, what relationship"}


class FamilyMemberForm(PersonForm):
    addresses = ("address",)
    address_after = {"address": "age"}
    reveals = DISABILITY_REVEALS
    layout = Layout(*MEMBER_LAYOUT)

    def clean(self):
        cleaned = super().clean()
        own = [value for name, value in cleaned.items() if name not in self.addresses]
        if not any(value not in ("", [], None, False) for value in own):
            self.add_error("name", "Enter a name, or what is known about this person")
        return cleaned


class CarerForm(FamilyMemberForm):
    class Meta:
        model = Carer
        labels = MEMBER_LABELS
        fields = MEMBER


class SiblingForm(FamilyMemberForm):
    layout = Layout(*MEMBER_LAYOUT, Fieldset("Help and education", "level_of_help", "education", "education_setting"))

    class Meta:
        model = Sibling
        labels = MEMBER_LABELS
        fields = [*MEMBER, "level_of_help", "education", "education_setting"]


class OtherPersonForm(FamilyMemberForm):
    class Meta:
        model = OtherPerson
        labels = MEMBER_LABELS
        fields = MEMBER
