from celery import shared_task
from django.utils import timezone

from casework.workflow import WrongState
from rapid_reviews import workflow
from rapid_reviews.models import RapidReview
from trail import models as trail


@shared_task(name="rapid_reviews.tasks.follow_register")
def follow_register():
    """This will ask whoever entered the appointment register since a report was locked for signature."""
    for review in RapidReview.objects.filter(status__in=workflow.SIGNED).order_by("pk"):
        try:
            workflow.follow_register(review, by=trail.SYSTEM, on=timezone.now())
        except WrongState:  # it moved on meanwhile: nobody is asked any more
            continue
