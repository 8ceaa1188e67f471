"""The Virtual Panel's pages, and the local authority's."""

from django.http import Http404
from django.utils import timezone

from casework import details
from casework.views import RecordView
from partnership.permissions import Permission as P
from referrals import forms, queries, workflow
from referrals.models import Referral
from referrals.views import answers
from referrals.views.acts import ReferralAct


class VirtualPanel(RecordView):
    """The views, side by side: for the business team always, for a member after their own."""

    model = Referral
    template_name = "referrals/virtual_panel.html"

    def get_context_data(self, **context):
        if not self.may(P.VIEW_PANEL):
            raise Http404
        record, user = self.record, self.request.user
        sees_all = self.may(P.SCREEN_REFERRAL) or queries.may_read_views(record, user)
        views = list(queries.views_in_force(record)) if sees_all else []
        shown = [
            (view, details.rows(view, forms.GiveView.shown_fields(), sees_confidential=False, only_given=True))
            for view in views
        ]
        return super().get_context_data(
            views=shown,
            sees_all=sees_all,
            decision=record.panel_decision,
            earlier=queries.earlier_rounds(record) if sees_all else [],
            la_decisions=record.notification_decisions.select_related("decided_by").order_by("-decided_at", "-pk"),
            sin=record.sin,
            withdrawn=record.notifications.exclude(withdrawn_at=None).select_related("withdrawn_by").order_by("pk"),
            due_at=queries.notification_due_at(record),
            **context,
        )


class GiveView(ReferralAct):
    is_blind = True
    transition = workflow.give_view
    form_class = forms.GiveView
    template_name = "referrals/give_view.html"
    done = "Your view was recorded"

    def get_form(self, data=None, files=None):
        mine = queries.views_in_force(self.record).filter(member=self.request.user).first()
        return self.form_class(data, instance=mine)

    def get_context_data(self, **context):
        return super().get_context_data(sections=answers.to_read(self.record, sees_confidential=False), **context)

    def get_success_url(self, record):
        return f"{record.get_absolute_url()}panel/"


class TellOutcome(ReferralAct):
    transition = workflow.tell_outcome
    form_class = forms.TellOutcome
    template_name = "referrals/tell_outcome.html"
    done = "The referrer was told"

    def get_context_data(self, **context):
        views = [view for view in queries.views_in_force(self.record) if view.outcome]
        return super().get_context_data(views=views, **context)


class DecideNotification(ReferralAct):
    transition = workflow.decide_notification
    form_class = forms.DecideNotification
    template_name = "referrals/decide_notification.html"
    done = "The local authority’s decision was recorded"


class WithdrawNotification(ReferralAct):
    """The local authority withdrew the notification because the criteria proved unmet."""

    transition = workflow.withdraw_notification
    form_class = forms.WithdrawNotification
    template_name = "referrals/withdraw_notification.html"
    done = "It was recorded that the serious incident notification was withdrawn"


class RecordNotification(ReferralAct):
    transition = workflow.record_notification
    form_class = forms.RecordNotification
    template_name = "referrals/record_notification.html"
    done = "The serious incident notification was recorded"

    def get_form_kwargs(self):
        return {"user": self.request.user, "today": timezone.localdate(self.now)}

    def get_context_data(self, **context):
        return super().get_context_data(due_at=queries.notification_due_at(self.record), **context)
