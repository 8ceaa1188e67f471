from django.conf import settings
from django.db import models
from django.db.models import Q

from partnership.fields import code
from referrals.models.referral import Referral
from trail.models import TrackedModel


class InvolvedService(TrackedModel):
    """A service that works, or worked, with the family: from it the agencies to be asked are proposed."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="services", editable=False)
    service = code("Service", "agency_service")
    service_other = models.CharField("What service", max_length=200, blank=True)
    name = models.CharField("Service name", max_length=200, blank=True)
    contact = models.CharField("Contact", max_length=300, blank=True)
    works_with = models.CharField("Works with whom", max_length=300, blank=True)
    involvement = code("Current or closed", "involvement")
    practitioner = models.CharField("Practitioner", max_length=200, blank=True)

    class Meta(TrackedModel.Meta):
        verbose_name = "service"

    def __str__(self):
        return self.get_service_display()


class ParallelProcess(TrackedModel):
    """Another process about the same events: police, coroner, courts, another review."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="processes", editable=False)
    process = code("Process", "parallel_process")
    process_other = models.CharField("What process", max_length=200, blank=True)
    process_reference = models.CharField("Reference", max_length=100, blank=True)
    contact = models.CharField("Contact", max_length=300, blank=True)
    may_share = models.TextField("What may be shared", blank=True)

    class Meta(TrackedModel.Meta):
        verbose_name = "parallel process"
        verbose_name_plural = "parallel processes"

    def __str__(self):
        return self.get_process_display()


class Question(TrackedModel):
    """What the business unit asked about a referral, and the answer that stands beside it."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="questions", editable=False)
    question = models.TextField()
    needed_by = models.DateField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta(TrackedModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="an_answer_has_its_person_and_moment",
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
        ]

    def __str__(self):
        return f"{self.referral}: question"
