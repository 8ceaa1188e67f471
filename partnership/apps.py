from django.apps import AppConfig


class PartnershipConfig(AppConfig):
    """Who we are: the partnership, its agencies, its people and what each role may do."""

    name = "partnership"
    verbose_name = "Partnership"
