from django.apps import AppConfig


class RapidReviewsConfig(AppConfig):
    """What the agencies together know within fifteen working days, and what they tell the National Panel."""

    name = "rapid_reviews"
    verbose_name = "Rapid reviews"

    def ready(self):
        from casework import documents
        from partnership.permissions import Permission

        documents.KINDS["rapid_review_report"] = documents.Kind("pdf/rapid_review_report.html", Permission.READ_PACK)
