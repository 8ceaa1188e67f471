"""The sections of the referral form, in the order of the paper form, and the form of each."""

from dataclasses import dataclass

from casework.forms import RecordForm
from design.forms import Fieldset, Inset, Layout
from referrals.forms.people import (
    AboutTheChild,
    CarerForm,
    ChildForm,
    HelpAndCare,
    OtherPersonForm,
    SiblingForm,
    TheChildsLife,
    WhatHappened,
)
from referrals.models import InvolvedService, ParallelProcess, Referral


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
        labels = {
            "incident_until": "The latest date it can have been",
            "suspect_name": "Name",
            "suspect_relationship_other": "If other, what relationship",
        }

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
    reveals = {"factors": {"other": ["factors_other"]}}

    class Meta:
        model = Referral
        labels = {"factors": "What is known"}
        fields = ["factors", "factors_other"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["factors"].widget.small = True


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


class InvolvedServiceForm(RecordForm):
    class Meta:
        model = InvolvedService
        labels = {"service_other": "If other, what service"}
        fields = ["service", "service_other", "name", "contact", "works_with", "involvement", "practitioner"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["service"].required = True
        self.fields["service"].error_messages["required"] = "Select the service"


class ParallelProcessForm(RecordForm):
    class Meta:
        model = ParallelProcess
        labels = {"process_other": "If other, what process"}
        fields = ["process", "process_other", "process_reference", "contact", "may_share"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["process"].required = True
        self.fields["process"].error_messages["required"] = "Select the process"


@dataclass(frozen=True)
class Part:
    """One page of several about the same row."""

    slug: str
    title: str
    form: type
    short: str
    """Its title where the pages are listed beside each other."""


@dataclass(frozen=True)
class RowKind:
    """People or services of which a referral has any number: each is a page of its own, or several pages in turn."""

    slug: str
    form: type
    related: str
    singular: str
    plural: str
    told_apart_by: tuple = ()
    """What is shown beside a name where people are listed."""
    parts: tuple = ()
    in_one_row: bool = False
    """Read as one line of a list (a service and what is known of it) rather than as a card of questions."""

    @property
    def model(self):
        return self.form._meta.model

    @property
    def title(self):
        """What one of them is called at the top of its page."""
        return str(self.model._meta.verbose_name).capitalize()


@dataclass(frozen=True)
class Section:
    """One section of the form: a page of questions about the referral, or a list of rows, or both."""

    slug: str
    title: str
    form: type = None
    rows: RowKind = None
    hint: str = ""
    optional: bool = False


CHILD_PARTS = (
    Part("about", "About the child", AboutTheChild, "About the child"),
    Part("what-happened", "What happened to the child", WhatHappened, "What happened"),
    Part("life", "The child’s life", TheChildsLife, "The child’s life"),
    Part("help-and-care", "Help and care at the time", HelpAndCare, "Help and care"),
)
SECTIONS = (
    Section("notifying-area", "Notifying area", NotifyingArea),
    Section("referrer", "Referrer", Referrer),
    Section("incident", "The incident", Incident),
    Section("factors", "Case factors", Factors, optional=True),
    Section(
        "children",
        "Subject children",
        rows=RowKind("child", ChildForm, "children", "child", "children", ("date_of_birth", "nature"), CHILD_PARTS),
        hint="Each child it happened to. Twins, or siblings harmed in the same incident, are one referral.",
    ),
    Section(
        "carers",
        "Parents and carers",
        rows=RowKind(
            "carer",
            CarerForm,
            "carers",
            "parent or carer",
            "parents and carers",
            ("relationship", "date_of_birth", "age"),
        ),
        optional=True,
    ),
    Section(
        "siblings",
        "Siblings",
        rows=RowKind(
            "sibling", SiblingForm, "siblings", "sibling", "siblings", ("relationship", "date_of_birth", "age")
        ),
        hint="Brothers and sisters it did not happen to, half and step-siblings too.",
        optional=True,
    ),
    Section(
        "others",
        "Other significant people",
        rows=RowKind("other", OtherPersonForm, "other_people", "person", "other people", ("relationship", "age")),
        hint="Other people who matter to the child, if known.",
        optional=True,
    ),
    Section(
        "services",
        "Agencies working with the family",
        rows=RowKind("service", InvolvedServiceForm, "services", "service", "services", in_one_row=True),
        hint="Each service that works, or worked, with the child or the family. They are who will be asked.",
        optional=True,
    ),
    Section("oversight", "Management oversight and immediate safeguarding", Oversight),
    Section(
        "processes",
        "Other considerations and parallel processes",
        OtherConsiderations,
        rows=RowKind(
            "process", ParallelProcessForm, "processes", "parallel process", "parallel processes", in_one_row=True
        ),
        optional=True,
    ),
)
ROWS = {section.rows.slug: section.rows for section in SECTIONS if section.rows}


def section_of(slug):
    """This will return the section of this slug, or None."""
    return next((section for section in SECTIONS if section.slug == slug), None)
