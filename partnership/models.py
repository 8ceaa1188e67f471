"""The partnership, its agencies, its people and the roles they stand in."""

from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from simple_history.models import HistoricalRecords

from partnership.roles import BUSINESS_TEAM, LENT, Role
from trail.models import TrackedModel, TrackedQuerySet


class Partner(models.TextChoices):
    """The three statutory safeguarding partners (Children Act 2004 s.16E)."""

    LOCAL_AUTHORITY = "la", "Local authority"
    ICB = "icb", "Integrated care board"
    POLICE = "police", "Police"


class Partnership(TrackedModel):
    """The one partnership this deployment serves: names, contacts and local settings are data, not code."""

    name = models.CharField("name", max_length=200)
    short_name = models.CharField("short name", max_length=40)
    local_authorities = ArrayField(models.CharField(max_length=12), default=list, verbose_name="local authorities")
    email = models.EmailField("e-mail")
    telephone = models.CharField("telephone", max_length=40, blank=True)
    urgent_contact = models.CharField("if a child is at risk now, call", max_length=200)
    national_thresholds_url = models.URLField("national guidance", blank=True)
    local_thresholds_url = models.URLField("local thresholds", blank=True)
    quorum = models.PositiveSmallIntegerField("partners who must agree on the same outcome", default=2)
    daily_cutoff = models.TimeField("daily cut-off for local timescales", null=True, blank=True)
    letter_signatory = models.CharField("who signs letters", max_length=200, blank=True)
    mediator = models.CharField("who mediates", max_length=200, blank=True)
    national_panel_email = models.EmailField("where reports to the National Panel are sent", blank=True)
    only = models.BooleanField(default=True, editable=False, unique=True)

    class Meta(TrackedModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(only=True), name="one_partnership"),
            models.CheckConstraint(condition=Q(quorum__range=(1, 3)), name="quorum_of_three_partners"),
        ]

    def __str__(self):
        return self.name

    @classmethod
    def load(cls):
        """This will return the partnership; a deployment without one has not been set up (`load_reference`)."""
        return cls.objects.get()


class Agency(TrackedModel):
    """An organisation inside or outside the area: has a lead, an escalation contact and services it provides."""

    class Kind(models.TextChoices):
        LOCAL_AUTHORITY = "local_authority", "Local authority"
        HEALTH = "health", "Health"
        POLICE = "police", "Police"
        PROBATION = "probation", "Probation"
        EDUCATION = "education", "Education"
        VOLUNTARY = "voluntary", "Voluntary or community"
        BUSINESS_UNIT = "business_unit", "Business unit of the partnership"
        OTHER = "other", "Other"

    name = models.CharField("name", max_length=200, unique=True)
    kind = models.CharField("kind", max_length=20, choices=Kind)
    partner = models.CharField("statutory partner", max_length=10, choices=Partner, blank=True)
    services = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name="services it provides"
    )
    inside_area = models.BooleanField("inside our area", default=True)
    email = models.EmailField("e-mail", blank=True)
    escalation_name = models.CharField("escalation contact", max_length=200)
    escalation_email = models.EmailField("escalation contact's e-mail")
    out_of_term_contact = models.CharField("out-of-term contact", max_length=200, blank=True)
    responds_through = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="responds_for", verbose_name="responds through"
    )
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaces", verbose_name="replaced by"
    )

    class Meta(TrackedModel.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(responds_through=F("pk")), name="agency_responds_through_another"),
        ]
        verbose_name_plural = "agencies"

    def __str__(self):
        return self.name


class Roles(NamedTuple):
    """A person's standing roles on a date, each as (role, the agency's key)."""

    own: list
    lent: dict
    """By cover: {the key of whom they cover for: the roles that person lends them}."""

    @property
    def led(self):
        """The keys of the agencies they are a safeguarding lead of themselves."""
        return led_among(self.own)


def led_among(roles):
    """This will return the agencies that these (role, agency's key) make somebody a safeguarding lead of."""
    return [agency for role, agency in roles if role == Role.AGENCY_LEAD]


class UserManager(BaseUserManager.from_queryset(TrackedQuerySet)):
    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """A person who signs in. What they may do comes from memberships, appointments and access to cases."""

    email = models.EmailField("e-mail", unique=True)
    full_name = models.CharField("name", max_length=150)
    job_title = models.CharField("job title", max_length=150, blank=True)
    telephone = models.CharField("telephone", max_length=40, blank=True)
    is_active = models.BooleanField("may sign in", default=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    history = HistoricalRecords(
        excluded_fields=["password", "last_login"],
        history_change_reason_field=models.TextField(blank=True, default=""),
    )
    objects = UserManager()

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="email_in_lower_case"),
        ]

    def __str__(self):
        return self.full_name

    def get_full_name(self):
        return self.full_name

    remembered = None
    """The roles that were read, by date: within a request (partnership.middleware) and within `roles_read_once`."""

    @contextmanager
    def roles_read_once(self):
        """Within, this person's roles are read once and not anew each time: nothing that is done changes them."""
        if self.remembered is not None:
            yield
            return
        self.remembered = {}
        try:
            yield
        finally:
            self.remembered = None

    def standing(self, day):
        """This will return the standing roles held on this date: a list of (role, the agency's key)."""
        return self.roles(day).own

    def leads(self, day):
        """This will return the keys of the agencies this person is a safeguarding lead of on this date."""
        return self.roles(day).led

    def covers(self, day):
        """This will return whom this person covers for on this date: {their key: [(role they lend, agency's key)]}."""
        return self.roles(day).lent

    def roles(self, day):
        """This will return the roles of this date: their own, and those lent by whom they cover for, in one query.

        Lent are the roles of `LENT` at the agency the cover is for, while both belong to it; those of the business
        team to one of the team alone.
        """
        if self.remembered is not None and day in self.remembered:
            return self.remembered[day]
        sql, parameters = _roles_of_somebody()
        with connection.cursor() as cursor:
            cursor.execute(sql, [{ANY_DAY: day, ANYBODY: self.pk}.get(each, each) for each in parameters])
            roles = self._own_and_lent(cursor.fetchall())
        if self.remembered is not None:
            self.remembered[day] = roles
        return roles

    def _own_and_lent(self, rows):
        own = [(role, agency) for user, role, agency in rows if user == self.pk]
        agencies, team = {agency for _, agency in own}, any(role in BUSINESS_TEAM for role, _ in own)
        lent = {}
        for user, role, agency in rows:
            if user != self.pk and agency in agencies:
                roles = lent.setdefault(user, [])
                if role in LENT and (team or role not in BUSINESS_TEAM):
                    roles.append((role, agency))
        return Roles(own, lent)

    def save(self, *args, **kwargs):
        # The one tracked row that libraries save too (a sign-in stamps last_login, a reset sets the password):
        # without an author named by trail.models.save it is the person's own change, now.
        if not hasattr(self, "_history_date"):
            self._history_user = self if self.pk else None
            self._history_date = timezone.now()
            self._change_reason = ""
        try:
            super().save(*args, **kwargs)
        finally:
            del self._history_date, self._history_user, self._change_reason


ANY_DAY, ANYBODY = date.min, -1
"""What stands in a query that is made once for the day and the person it is asked for."""


@cache
def _roles_of_somebody():
    """The query of `User.roles`, as SQL with its parameters: every request asks it, and making it costs most of it."""
    held = Membership.objects.in_force(ANY_DAY)
    lenders = {"kind": Appointment.Kind.COVER, "for_user__is_active": True}
    covers = Appointment.objects.in_force(ANY_DAY).filter(user=ANYBODY, **lenders)
    own = held.filter(user=ANYBODY).values_list("user", "role", "agency")
    lent = held.filter(user__appointed__in=covers, agency=F("user__appointed__agency"))
    return own.union(lent.values_list("user", "role", "agency")).query.sql_with_params()


class MembershipQuerySet(TrackedQuerySet):
    def in_force(self, day):
        """Memberships that hold on this date, both ends included."""
        return self.filter(from_on__lte=day).filter(Q(until_on__isnull=True) | Q(until_on__gte=day))


class Membership(TrackedModel):
    """A person's standing role at an agency, from a date until a date."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="memberships")
    role = models.CharField("role", max_length=30, choices=Role)
    from_on = models.DateField("from")
    until_on = models.DateField("until", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta(TrackedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["user", "agency", "role"],
                condition=Q(until_on__isnull=True),
                name="one_open_membership_per_role",
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")), name="membership_ends_after_start"
            ),
        ]

    def __str__(self):
        return f"{self.user}, {self.get_role_display()}, {self.agency}"


HELD_AT = {
    Role.BUSINESS_MANAGER: Agency.Kind.BUSINESS_UNIT,
    Role.BUSINESS_COORDINATOR: Agency.Kind.BUSINESS_UNIT,
    Role.LA_NOTIFIER: Agency.Kind.LOCAL_AUTHORITY,
}
"""The kind of agency at which alone a role can be held (domain.md, section 2)."""

FOR_A_PARTNER = {Role.PANEL_MEMBER, Role.DELEGATED_PARTNER}
"""Roles of people who speak for a statutory partner: held at an agency that belongs to one."""


class AppointmentQuerySet(TrackedQuerySet):
    in_force = MembershipQuerySet.in_force

    def covers(self, day):
        """Cover that counts on this date: both belong to the agency it is for, and who is covered may sign in."""
        held = Membership.objects.in_force(day).filter(agency=OuterRef("agency"))
        both = [Exists(held.filter(user=OuterRef(person))) for person in ("user", "for_user")]
        return self.in_force(day).filter(*both, kind=Appointment.Kind.COVER, for_user__is_active=True)

    def signing(self, day):
        """Who may sign for a statutory partner on this date: the delegated, and their deputies while they are.

        They belong to an agency of that partner. A delegation ends with its holder: one who left, or whose delegation
        ended, has no deputy any more.
        """
        held = Membership.objects.in_force(day).filter(user=OuterRef("user"), agency__partner=OuterRef("partner"))
        belongs = Exists(held)
        delegated = self.model.objects.in_force(day).filter(belongs, kind=Appointment.Kind.DELEGATION)
        deputises = Exists(delegated.filter(user=OuterRef("for_user"), partner=OuterRef("partner")))
        signs = Q(kind=Appointment.Kind.DELEGATION) | Q(kind=Appointment.Kind.DEPUTY) & Q(deputises)
        return self.in_force(day).filter(signs, belongs)


class Appointment(TrackedModel):
    """A line of the appointment register: a delegation, deputy, alternate or cover, with its authority.

    `user` is appointed; `for_user` is whom they act for (a delegation acts for the partner itself). A delegation ends
    with its holder; what was signed under it stays. One that was ended before it began, or on its first day, has its
    last day before its first.
    """

    class Kind(models.TextChoices):
        DELEGATION = "delegation", "Delegated safeguarding partner"
        VIRTUAL_PANEL = "virtual_panel", "Virtual Panel member"
        ALTERNATE = "alternate", "Alternate on the Virtual Panel"
        DEPUTY = "deputy", "Deputy of the delegated partner"
        COVER = "cover", "Cover"

    kind = models.CharField("kind", max_length=20, choices=Kind)
    user = models.ForeignKey(User, models.PROTECT, related_name="appointments")
    for_user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="appointed")
    partner = models.CharField("statutory partner", max_length=10, choices=Partner, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="appointments")
    from_on = models.DateField("from")
    until_on = models.DateField("until", null=True, blank=True)
    authority = models.CharField("authority given by", max_length=200)

    objects = AppointmentQuerySet.as_manager()

    class Meta(TrackedModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on") - timedelta(days=1)),
                name="appointment_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(kind="cover") | Q(until_on__isnull=False, agency__isnull=False),
                name="cover_has_its_last_day_and_its_agency",
            ),
            models.CheckConstraint(
                condition=Q(kind="cover") | ~Q(partner=""), name="appointment_names_a_partner_unless_cover"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["alternate", "deputy", "cover"]) | Q(for_user__isnull=False),
                name="who_acts_for_somebody_names_them",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.user}"

    def has_ended(self, day):
        """Whether it held its last day before this one, or never held because it was ended before it began."""
        return self.until_on is not None and (self.until_on < day or self.until_on < self.from_on)

    def end_before(self, day):
        """Write the last day of one that no longer holds from this day on; `trail.models.save` keeps it."""
        self.until_on = max(day, self.from_on) - timedelta(days=1)
