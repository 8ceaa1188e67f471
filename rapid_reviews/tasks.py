from celery import shared_task
from django.utils import timezone

from rapid_reviews import workflow


@shared_task(name="rapid_reviews.tasks.follow_register")
def follow_register():
    """This will ask whoever entered the appointment register since a report was locked for signature."""
    workflow.follow_register_of_all(on=timezone.now())
