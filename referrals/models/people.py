from django.db import models
from django.db.models import Q

from access.models import Address
from partnership.fields import code, several_codes
from referrals.models.referral import Referral
from trail.models import TrackedModel


class Person(TrackedModel):
    """What is asked about everybody the referral names.

    `not_known` holds, for a required answer that could not be given, the reason why: {field name: why}.
    """

    name = models.CharField("Name", max_length=200, blank=True)
    ethnicity = code("Ethnicity", "ethnicity")
    disability = code("Disability", "disability")
    disability_types = several_codes("Kind of disability", "disability_type")
    send = code("Special educational needs", "send")
    send_needs = several_codes("Kind of need", "send_need")
    disability_detail = models.TextField("Details of disability or SEND", blank=True)

    class Meta(TrackedModel.Meta):
        abstract = True

    def __str__(self):
        return self.name or f"{self._meta.verbose_name.capitalize()} without a name yet"


class Child(Person):
    """A subject child: one it happened to. Twins or siblings harmed in one incident share the referral."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="children", editable=False)
    other_names = models.CharField(
        "Other and previous names", max_length=300, blank=True, help_text="Any other name the child is known by."
    )
    unborn = models.BooleanField("The child is not yet born", default=False)
    expected_on = models.DateField("Expected date of delivery", null=True, blank=True)
    date_of_birth = models.DateField("Date of birth", null=True, blank=True)
    died_on = models.DateField("Date of death", null=True, blank=True)
    died_at_time = models.TimeField("Time of death", null=True, blank=True)
    died_where = models.CharField("Place of death", max_length=300, blank=True)
    nature = code("Nature of the incident for this child", "nature")
    nature_other = models.CharField("What nature", max_length=300, blank=True)
    circumstance = code("Circumstance", "circumstance")
    circumstance_other = models.CharField("What circumstance", max_length=300, blank=True)
    abuse = code("Main type of abuse", "abuse")
    harm = models.TextField("The harm", blank=True)
    home_address = models.ForeignKey(
        Address, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Home address"
    )
    birth_sex = code("Birth sex", "birth_sex")
    gender_identity = code("Gender identity", "gender_identity")
    gender_identity_other = models.CharField("What gender identity", max_length=100, blank=True)
    ethnicity_why = models.CharField("Why ethnicity was not obtained", max_length=300, blank=True)
    first_language = models.CharField("First language", max_length=100, blank=True)
    interpreter = code("Interpreter needed", "yes_no_unknown")
    religion = code("Religion", "religion")
    religion_other = models.CharField("What religion", max_length=100, blank=True)
    immigration_status = code("Immigration status, if relevant", "immigration")
    education = code("Education provision", "education")
    education_setting = models.CharField("School or setting", max_length=200, blank=True)
    education_attendance = models.CharField("Attendance", max_length=200, blank=True)
    education_exclusions = models.CharField("Exclusions", max_length=300, blank=True)
    nhs_number = models.CharField("NHS number", max_length=12, blank=True)
    upn = models.CharField("Unique pupil number (UPN)", max_length=13, blank=True)
    la_case_number = models.CharField("Local authority case number", max_length=40, blank=True)
    pen_picture = models.TextField(
        "Pen picture of the child and the child’s lived experience",
        blank=True,
        help_text="A short description of the child and their life, to help understand the lived experience and what "
        "the incident means for them.",
    )
    social_work = code("Current or previous social work involvement", "social_work_involvement")
    social_work_detail = models.TextField(
        "Details of the involvement", blank=True, help_text="Local authority, worker or team, and dates."
    )
    level_of_help = code("Level of help at the time of the incident", "level_of_help")
    care_status = code("Care status", "care_status")
    legal_status = code("Legal status", "legal_status")
    placement_type = code("Placement type", "placement_type")
    placing_la = code("Placing local authority", "local_authority")
    placement_provider = code("Placement provider", "placement_provider")
    placement_provider_name = models.CharField("Provider’s name", max_length=200, blank=True)
    placement_urn = models.CharField("Provider’s unique reference number (URN)", max_length=20, blank=True)
    plan = code("Child protection or child in need plan", "plan")
    plan_category = code("Category of the child protection plan", "cp_category")
    gp_practice = models.CharField("GP practice", max_length=200, blank=True)
    not_known = models.JSONField(default=dict, blank=True, editable=False)

    class Meta(Person.Meta):
        verbose_name = "child"
        verbose_name_plural = "children"
        constraints = [
            models.CheckConstraint(
                name="no_death_before_birth",
                condition=Q(died_on__isnull=True)
                | Q(date_of_birth__isnull=True)
                | Q(died_on__gte=models.F("date_of_birth")),
            ),
        ]


class FamilyMember(Person):
    """What is asked about a carer, a sibling or another person who matters to the child."""

    date_of_birth = models.DateField("Date of birth", null=True, blank=True)
    date_of_birth_estimated = models.BooleanField("The date of birth is an estimate", default=False)
    age = models.PositiveSmallIntegerField("Age, if the date of birth is not known", null=True, blank=True)
    address = models.ForeignKey(
        Address, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Address"
    )
    relationship = code("Relationship to the child", "relationship")
    relationship_other = models.CharField("What relationship", max_length=200, blank=True)
    parental_responsibility = code("Parental responsibility", "parental_responsibility")
    lived_with_then = code("Lived with the child at the time", "lived_with_child")
    lives_with_now = code("Lives with the child now", "lived_with_child")

    class Meta(Person.Meta):
        abstract = True


class Carer(FamilyMember):
    """A parent or carer of a subject child."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="carers", editable=False)

    class Meta(FamilyMember.Meta):
        verbose_name = "parent or carer"
        verbose_name_plural = "parents and carers"


class Sibling(FamilyMember):
    """A brother or sister of a subject child: of whom it is also asked what help and schooling they had."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="siblings", editable=False)
    level_of_help = code("Level of help at the time of the incident", "level_of_help")
    education = code("Education provision", "education")
    education_setting = models.CharField("School or setting", max_length=200, blank=True)

    class Meta(FamilyMember.Meta):
        verbose_name = "sibling"


class OtherPerson(FamilyMember):
    """Another person who is significant to the child."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="other_people", editable=False)

    class Meta(FamilyMember.Meta):
        verbose_name = "other significant person"
        verbose_name_plural = "other significant people"
