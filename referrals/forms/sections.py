"""The sections of the referral form, in the order of the paper form, and the form of each."""

from dataclasses import dataclass

from casework.forms import RecordForm
from design.forms import Details, Fieldset, Inset, Layout
from referrals.models import Carer, Child, InvolvedService, OtherPerson, ParallelProcess, Referral, Sibling
from referrals.queries import CHILD_NOT_KNOWN


class NotifyingArea(RecordForm):
    class Meta:
        model = Referral
        fields = ["la_residence", "la_incident"]


class Referrer(RecordForm):
    class Meta:
        model = Referral
        fields = [
            "referred_on",
            "referrer_name",
            "referrer_organisation",
            "referrer_telephone",
            "referrer_email",
        ]


class Incident(RecordForm):
    addresses = ("place",)
    address_after = {"place": "place_type"}
    reveals = {
        "incident_precision": {"between": ["incident_until"]},
        "la_reported": {
            "yes": ["la_reported_on", "la_reported_at_time", "la_reported_reference", "la_reported_by"],
            "decided_not": ["la_reported_reason"],
        },
    }
    layout = Layout(
        "outline",
        Fieldset("When it happened", "incident_on", "incident_precision", "incident_at_time"),
        Fieldset("Where it happened", "place_type", "place__text", "place__postcode", "place__confidential"),
        "how_distinct",
        Fieldset(
            "When the local authority became aware",
            Inset(
                "The national timescale to notify counts from this moment. Leave it empty if you do not know: the "
                "business unit or the local authority can fill it in."
            ),
            "la_aware_on",
            "la_aware_at_time",
            "la_aware_how",
            "la_aware_officer",
        ),
        "la_reported",
        Fieldset(
            "Person suspected of harm",
            "suspect_name",
            "suspect_relationship",
            "suspect_relationship_other",
            "suspect_charged",
        ),
    )

    class Meta:
        model = Referral
        fields = [
            "outline",
            "incident_on",
            "incident_precision",
            "incident_until",
            "incident_at_time",
            "place_type",
            "how_distinct",
            "la_aware_on",
            "la_aware_at_time",
            "la_aware_how",
            "la_aware_officer",
            "la_reported",
            "la_reported_on",
            "la_reported_at_time",
            "la_reported_reference",
            "la_reported_by",
            "la_reported_reason",
            "suspect_name",
            "suspect_relationship",
            "suspect_relationship_other",
            "suspect_charged",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("incident_on", "la_aware_on", "la_reported_on"):
            self.fields[name].latest = "today"

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("incident_on"), cleaned.get("incident_until")
        if first and last and last < first:
            self.add_error("incident_until", "The latest date must be on or after the first date")
        referred = self.instance.referred_on
        if first and referred and first > referred:
            self.add_error("incident_on", "The incident cannot be after the date of the referral")
        return cleaned


class Factors(RecordForm):
    class Meta:
        model = Referral
        fields = ["factors", "factors_other"]


class Oversight(RecordForm):
    reveals = {
        "discussed": {
            "yes": ["discussed_name", "discussed_role", "discussed_on"],
            "no": ["not_discussed_why"],
        },
        "kept_safe": {"yes": ["kept_safe_what", "kept_safe_who"]},
    }

    class Meta:
        model = Referral
        fields = [
            "discussed",
            "discussed_name",
            "discussed_role",
            "discussed_on",
            "not_discussed_why",
            "kept_safe",
            "kept_safe_what",
            "kept_safe_who",
        ]


class OtherConsiderations(RecordForm):
    class Meta:
        model = Referral
        fields = ["other_considerations"]


PERSON = ["ethnicity", "disability", "disability_types", "send", "send_needs", "disability_detail"]
DISABILITY_REVEALS = {"disability": {"yes": ["disability_types"]}}
DISABILITY = Fieldset(
    "Disability and special educational needs", "disability", "send", "send_needs", "disability_detail"
)


class ChildForm(RecordForm):
    addresses = ("home_address",)
    address_after = {"home_address": "harm"}
    layout = Layout(
        Fieldset(
            "The child",
            "name",
            "other_names",
            "date_of_birth",
            Details("The child is not yet born", "unborn", "expected_on"),
        ),
        Fieldset(
            "What happened to this child",
            "nature",
            "nature_other",
            "circumstance",
            "circumstance_other",
            "abuse",
            "harm",
            Details("The child has died", "died_on", "died_at_time", "died_where"),
        ),
        Fieldset("Home", "home_address__text", "home_address__postcode", "home_address__confidential"),
        Fieldset(
            "Identity",
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
        ),
        DISABILITY,
        Fieldset("Education", "education", "education_setting", "education_attendance", "education_exclusions"),
        Fieldset("Numbers", "nhs_number", "upn", "la_case_number"),
        Fieldset("About the child", "pen_picture"),
        Fieldset(
            "Help and care at the time",
            "social_work",
            "social_work_detail",
            "level_of_help",
            "plan",
            "plan_category",
            "care_status",
            "legal_status",
            "placement_type",
            "placing_la",
            "placement_provider",
            "placement_provider_name",
            "placement_urn",
            "gp_practice",
        ),
    )
    reveals = DISABILITY_REVEALS

    class Meta:
        model = Child
        not_known = list(CHILD_NOT_KNOWN)
        fields = [
            "name",
            "other_names",
            "date_of_birth",
            "unborn",
            "expected_on",
            "nature",
            "nature_other",
            "circumstance",
            "circumstance_other",
            "abuse",
            "harm",
            "died_on",
            "died_at_time",
            "died_where",
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
            *PERSON[1:],
            "education",
            "education_setting",
            "education_attendance",
            "education_exclusions",
            "nhs_number",
            "upn",
            "la_case_number",
            "pen_picture",
            "social_work",
            "social_work_detail",
            "level_of_help",
            "plan",
            "plan_category",
            "care_status",
            "legal_status",
            "placement_type",
            "placing_la",
            "placement_provider",
            "placement_provider_name",
            "placement_urn",
            "gp_practice",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("date_of_birth", "died_on"):
            self.fields[name].latest = "today"

    def clean(self):
        cleaned = super().clean()
        born, died = cleaned.get("date_of_birth"), cleaned.get("died_on")
        if born and died and died < born:
            self.add_error("died_on", "The date of death cannot be before the date of birth")
        if cleaned.get("unborn") and born:
            self.add_error("date_of_birth", "Give a date of birth, or say that the child is not yet born, but not both")
        return cleaned


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
    *PERSON,
]


class FamilyMemberForm(RecordForm):
    addresses = ("address",)
    address_after = {"address": "age"}
    reveals = DISABILITY_REVEALS
    layout = Layout(
        "name",
        "relationship",
        "relationship_other",
        "date_of_birth",
        "date_of_birth_estimated",
        "age",
        "address__text",
        "address__postcode",
        "address__confidential",
        "parental_responsibility",
        "lived_with_then",
        "lives_with_now",
        "ethnicity",
        DISABILITY,
        "level_of_help",
        "education",
        "education_setting",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["date_of_birth"].latest = "today"

    def clean(self):
        cleaned = super().clean()
        if not any(cleaned.get(name) for name in self._meta.fields):
            self.add_error("name", "Enter a name, or what is known about this person")
        return cleaned


class CarerForm(FamilyMemberForm):
    class Meta:
        model = Carer
        fields = MEMBER


class SiblingForm(FamilyMemberForm):
    class Meta:
        model = Sibling
        fields = [*MEMBER, "level_of_help", "education", "education_setting"]


class OtherPersonForm(FamilyMemberForm):
    class Meta:
        model = OtherPerson
        fields = MEMBER


for _form in (CarerForm, OtherPersonForm):
    _form.layout = Layout(*FamilyMemberForm.layout.fields[:-3])


class InvolvedServiceForm(RecordForm):
    class Meta:
        model = InvolvedService
        fields = ["service", "service_other", "name", "contact", "works_with", "involvement", "practitioner"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["service"].required = True
        self.fields["service"].error_messages["required"] = "Select the service"


class ParallelProcessForm(RecordForm):
    class Meta:
        model = ParallelProcess
        fields = ["process", "process_other", "process_reference", "contact", "may_share"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["process"].required = True
        self.fields["process"].error_messages["required"] = "Select the process"


@dataclass(frozen=True)
class RowKind:
    """People or services of which a referral has any number: each is a page of its own."""

    slug: str
    form: type
    related: str
    singular: str
    plural: str

    @property
    def model(self):
        return self.form._meta.model


@dataclass(frozen=True)
class Section:
    """One section of the form: a page of questions about the referral, or a list of rows, or both."""

    slug: str
    title: str
    form: type = None
    rows: RowKind = None
    hint: str = ""


SECTIONS = (
    Section("notifying-area", "Notifying area", NotifyingArea),
    Section("referrer", "Referrer", Referrer),
    Section("incident", "The incident", Incident),
    Section("factors", "Case factors", Factors),
    Section(
        "children",
        "Subject children",
        rows=RowKind("child", ChildForm, "children", "child", "children"),
        hint="Each child it happened to. Twins, or siblings harmed in the same incident, are one referral.",
    ),
    Section(
        "carers",
        "Parents and carers",
        rows=RowKind("carer", CarerForm, "carers", "parent or carer", "parents and carers"),
    ),
    Section("siblings", "Siblings", rows=RowKind("sibling", SiblingForm, "siblings", "sibling", "siblings")),
    Section(
        "others",
        "Other significant people",
        rows=RowKind("other", OtherPersonForm, "other_people", "other person", "other people"),
        hint="Other people who matter to the child, if known.",
    ),
    Section(
        "services",
        "Agencies working with the family",
        rows=RowKind("service", InvolvedServiceForm, "services", "service", "services"),
        hint="Each service that works, or worked, with the child or the family. They are who will be asked.",
    ),
    Section("oversight", "Management oversight and immediate safeguarding", Oversight),
    Section(
        "processes",
        "Other considerations and parallel processes",
        OtherConsiderations,
        rows=RowKind("process", ParallelProcessForm, "processes", "parallel process", "parallel processes"),
    ),
)
ROWS = {section.rows.slug: section.rows for section in SECTIONS if section.rows}


def section_of(slug):
    """This will return the section of this slug, or None."""
    return next((section for section in SECTIONS if section.slug == slug), None)
