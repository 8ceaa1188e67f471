"""The case, and every reason why somebody may see it."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from partnership.models import Agency, User, led_among
from partnership.permissions import Permission
from partnership.roles import LENT, CaseRole, roles_granting, roles_lending
from trail.models import TrackedModel, TrackedQuerySet


class CaseQuerySet(TrackedQuerySet):
    def visible_to(self, user, *, moment):
        """The cases whose timeline this person may read."""
        seen = reached(user, Permission.VIEW_TIMELINE, moment=moment, case="pk")
        return self.filter(seen).filter(~kept_out(user, moment=moment, case="pk"))


class Case(TrackedModel):
    """One incident, from the referral to the learning. Every record of work belongs to a case.

    What is done to a case itself (who may see it) goes the way of every record of work: it is its own case, and its
    stage is its status.
    """

    class Stage(models.TextChoices):
        BEING_REFERRED = "being_referred", "Being referred"
        REFERRAL = "referral", "Referral"
        RAPID_REVIEW = "rapid_review", "Rapid review"
        CLOSED = "closed", "Closed"
        NEVER_SENT = "never_sent", "Withdrawn before it was sent"

    ENDED = (Stage.CLOSED, Stage.NEVER_SENT)
    UNSENT = (Stage.BEING_REFERRED, Stage.NEVER_SENT)
    """Stages in which nobody sees the case by a standing role: it has not reached the partnership."""

    reference = models.CharField(max_length=30, unique=True, editable=False)
    stage = models.CharField(max_length=20, choices=Stage)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    restricted = models.BooleanField(default=False)

    objects = CaseQuerySet.as_manager()

    class Meta(TrackedModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=False, stage__in=["closed", "never_sent"])
                | (Q(closed_on__isnull=True) & ~Q(stage__in=["closed", "never_sent"])),
                name="closed_case_has_its_date",
            ),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("case-access", args=[self.reference])

    @property
    def case(self):
        return self

    @property
    def case_id(self):
        return self.pk

    @property
    def status(self):
        return self.stage

    def get_status_display(self):
        return self.get_stage_display()


class AccessQuerySet(TrackedQuerySet):
    def in_force(self, moment):
        """Rows that hold at this moment: from inclusive, until exclusive."""
        return self.filter(from_at__lte=moment).filter(Q(until_at__isnull=True) | Q(until_at__gt=moment))

    def of(self, user, moment):
        """Rows that are this person's, or belong to an agency they are a safeguarding lead of; and by cover.

        Of whom they cover for the rows in the roles that are lent (`LENT`), and those of the agency: unless that person
        is kept out of the case. Nobody lends what they may not do themselves.
        """
        own = user.roles(timezone.localdate(moment))
        theirs = Q(user=user) | Q(agency__in=own.led) if own.led else Q(user=user)
        for covered, roles in own.lent.items():
            lent = Q(user=covered, role__in=LENT_IN_A_CASE) | Q(agency__in=led_among(roles))
            theirs |= lent & ~kept_out(covered, moment=moment)
        return self.filter(theirs)


class Access(TrackedModel):
    """One reason why a person, or an agency's safeguarding leads, may see one case: what as, why, from when to when."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="access")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="access")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="access")
    role = models.CharField(max_length=40, choices=CaseRole)
    reason = models.CharField(max_length=300)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    objects = AccessQuerySet.as_manager()

    class Meta(TrackedModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, agency__isnull=True) | Q(user__isnull=True, agency__isnull=False),
                name="access_is_a_person_or_an_agency",
            ),
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gte=F("from_at")), name="access_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["case", "user", "role"],
                condition=Q(until_at__isnull=True, user__isnull=False),
                name="one_open_access_per_person_and_role",
            ),
            models.UniqueConstraint(
                fields=["case", "agency", "role"],
                condition=Q(until_at__isnull=True, agency__isnull=False),
                name="one_open_access_per_agency_and_role",
            ),
        ]

    def __str__(self):
        return f"{self.user or self.agency}: {self.get_role_display()} in {self.case}"


class Exclusion(TrackedModel):
    """A person kept from one case (named in it, recused): stronger than any access, until lifted."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="exclusions")
    user = models.ForeignKey(User, models.PROTECT, related_name="exclusions")
    reason = models.CharField(max_length=300)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    objects = AccessQuerySet.as_manager()

    class Meta(TrackedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user"], condition=Q(until_at__isnull=True), name="one_open_exclusion_per_person"
            ),
        ]

    def __str__(self):
        return f"{self.user} kept from {self.case}"


LENT_IN_A_CASE = [role for role in LENT if role in CaseRole]


def reached(user, permission, *, moment, case="case"):
    """The condition under which a record's case gives this person the permission, whoever is kept out aside.

    Two ways in: a row of `Access` whose role grants the permission (theirs, their agency's, or of whom they cover for),
    or a standing role that grants it, for cases that were received and are not restricted, or that they hold. `case` is
    the way from the record to its case.
    """
    roles = roles_granting(permission)
    held = user.roles(timezone.localdate(moment))
    stands = any(role in roles for role, _ in held.own)
    # Plain values: nested in the big query, the roles cost more to build than to run.
    enough = [*roles, CaseRole.HOLDER] if stands else roles
    rows = Access.objects.of(user, moment).in_force(moment).filter(case=OuterRef(case))
    way_in = Q(Exists(rows.filter(role__in=enough)))
    of_case = "" if case == "pk" else f"{case}__"
    open_to_all = Q(**{f"{of_case}restricted": False}) & ~Q(**{f"{of_case}stage__in": Case.UNSENT})
    if stands:
        return way_in | open_to_all
    if lenders := lending(held, permission):
        lent = [~kept_out(lender, moment=moment, case=case) for lender in lenders]
        way_in |= (open_to_all | Q(Exists(rows.filter(role=CaseRole.HOLDER)))) & Q(*lent, _connector=Q.OR)
    return way_in


def lending(held, permission):
    """This will return the keys of those who lend a standing role that brings the permission; `held`: User.roles."""
    roles = roles_lending(permission) if held.lent else ()
    return [lender for lender, lent in held.lent.items() if any(role in roles for role, _ in lent)]


def kept_out(user, *, moment, case="case"):
    """The condition under which this person (or their key) is kept from a record's case: stronger than every way in."""
    return Exists(Exclusion.objects.in_force(moment).filter(case=OuterRef(case), user=user))


def not_even_its_name(user, *, moment, case="case"):
    """The condition under which this person learns nothing of a record's case, its reference included.

    They are kept out of it, or it is restricted and no row of `Access` lets them in.
    """
    let_in = Exists(Access.objects.of(user, moment).in_force(moment).filter(case=OuterRef(case)))
    restricted = Q(**{"restricted" if case == "pk" else f"{case}__restricted": True})
    return Q(kept_out(user, moment=moment, case=case)) | restricted & ~let_in


def cases_open_to(user, permission, *, moment):
    """This will return the cases in which this person holds this permission at this moment, as a queryset."""
    return Case.objects.filter(reached(user, permission, moment=moment, case="pk")).filter(
        ~kept_out(user, moment=moment, case="pk")
    )


class VisibleQuerySet(TrackedQuerySet):
    """The records of work a person may know exist: `view_permission` of the model, in a case open to them."""

    def visible_to(self, user, *, moment):
        seen = reached(user, self.model.view_permission, moment=moment)
        return self.filter(seen).filter(~kept_out(user, moment=moment))


class Address(TrackedModel):
    """An address of somebody in a case. A confidential one (refuge, placement) is the business unit's alone."""

    WITHHELD = "Address withheld"

    case = models.ForeignKey(Case, models.PROTECT, related_name="addresses")
    text = models.TextField("address", blank=True)
    postcode = models.CharField("postcode", max_length=10, blank=True)
    confidential = models.BooleanField("keep this address confidential", default=False)

    def __str__(self):
        return self.WITHHELD if self.confidential else self.text

    def shown_to(self, allowed):
        """This will return the address as lines of text, or "Address withheld".

        `allowed` is whether the reader holds `see_confidential_address` for the case (`access.can.can`), worked out
        once a page. Every page, PDF and export reads an address through here.
        """
        if self.confidential and not allowed:
            return self.WITHHELD
        return "\n".join(part for part in (self.text.strip(), self.postcode) if part)
