from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """A serious incident reaches the partnership, and the partnership decides what it is."""

    name = "referrals"
    verbose_name = "Referrals"
    timeline = {
        "open_referral": "Referral opened",
        "key_in_referral": "Referral keyed in",
        "submit": "Referral sent",
        "return_to_referrer": "Returned to the referrer",
        "approve": "Referral approved and received",
        "screen": "Referral screened",
        "ask": "More information asked for",
        "answer": "Question answered",
        "tell_partners": "Partners and other areas told",
        "correct": "Correction added",
        "send_to_panel": "Put to the Virtual Panel",
        "attach": "Attached to an earlier referral",
        "detach": "Made a case of its own again",
        "pass_on": "Passed to another partnership",
        "withdraw": "Referral withdrawn",
        "panel_member_asked": "Asked for a view: appointed since the Virtual Panel was asked",
        "panel_member_left": "Asked for a view no more: the appointment has ended",
        "give_view": "View given as a Virtual Panel member",
        "virtual_panel_decided": "The Virtual Panel agreed",
        "tell_outcome": "Referrer told the outcome",
        "hand_over": "Handed over to a rapid review",
        "decide_notification": "Local authority’s decision recorded",
        "withdraw_notification": "Serious incident notification withdrawn",
        "back_to_panel": "Back to the Virtual Panel",
        "record_notification": "Serious incident notification recorded as sent",
    }
    """How the timeline says what was done."""

    def ready(self):
        from casework import handover, named
        from deadlines import rules
        from referrals import queries, workflow

        handover.KINDS |= {
            "referrer": handover.Kind(queries.referrals_of, workflow.pass_referral),
            "approver": handover.Kind(queries.approvals_of, workflow.pass_approval),
            "notifier": handover.Kind(queries.notifications_of, workflow.pass_notification),
        }
        handover.FOLLOWERS[rules.VIRTUAL_PANEL.code] = workflow.follow_register
        named.SOURCES.append(queries.people_named)
