from django.apps import AppConfig


class RapidReviewsConfig(AppConfig):
    """What the agencies together know within fifteen working days, and what they tell the National Panel."""

    name = "rapid_reviews"
    verbose_name = "Rapid reviews"
