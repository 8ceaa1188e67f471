from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    """Who belongs to the partnership, and in which role: inviting people, giving and ending roles."""

    name = "appointments"
    verbose_name = "Appointments"
