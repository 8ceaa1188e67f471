from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    """Who belongs to the partnership, acts for it, stands in or covers; and who takes over when somebody leaves."""

    name = "appointments"
    verbose_name = "Appointments"
    timeline = {"leave": "Somebody has left"}

    def ready(self):
        from appointments import leaving
        from casework import handover

        handover.KINDS |= {
            "appointment": handover.Kind(leaving.appointments_of, leaving.pass_appointment),
            "cover": handover.Kind(leaving.covers_taken, leaving.pass_cover),
            "lead": handover.Kind(leaving.agencies_led_alone, leaving.pass_lead),
        }
