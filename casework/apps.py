from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """Work and paper: what every record of work shares. Knows no word of the domain."""

    name = "casework"
    verbose_name = "Casework"
    timeline = {
        "render_document": "PDF made",
        "document_failed": "PDF could not be made",
        "restrict_case": "Case restricted",
        "lift_restriction": "Restriction lifted",
        "add_holder": "Holder of the restricted case named",
        "keep_out": "Somebody kept out of the case",
        "let_back_in": "Somebody let back into the case",
        "emergency_access": "Emergency access taken",
        "handed_over": "Handed over: somebody has left",
        "not_taken_over": "Somebody has left",
        "send_email_again": "E-mail sent again that could not be sent",
        "settle_email": "E-mail that could not be sent: settled",
        "not_the_same_person": "A name was looked at: not the same person",
    }
    """How the timeline says what was done."""

    def ready(self):
        from casework import handover, printed, printouts, sight, undelivered
        from notifications import outbox

        printouts.KINDS |= printed.KINDS
        outbox.WHEN_GIVEN_UP.append(undelivered.ask)
        handover.KINDS["holder"] = handover.Kind(sight.cases_held, sight.pass_hold)
