from celery import shared_task
from django.utils import timezone

from referrals import workflow


@shared_task(name="referrals.tasks.follow_register")
def follow_register():
    """This will ask whoever came to the Virtual Panel since a referral was put to it."""
    workflow.follow_register(on=timezone.now())
