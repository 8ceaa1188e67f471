"""What is done to a referral: by its approver, by the business unit, by its referrer."""

from django.utils import timezone

from casework.views import TransitionView
from partnership.permissions import Permission as P
from referrals import forms, queries, workflow
from referrals.models import Referral
from referrals.views import answers


class ReferralAct(TransitionView):
    model = Referral


class Approve(ReferralAct):
    transition = workflow.approve
    form_class = forms.Confirm
    template_name = "referrals/approve.html"
    done = "The referral was approved and has been received by the partnership"

    def get_context_data(self, **context):
        sees = self.may(P.SEE_CONFIDENTIAL_ADDRESS)
        return super().get_context_data(sections=answers.to_read(self.record, sees_confidential=sees), **context)


class ReturnToReferrer(ReferralAct):
    transition = workflow.return_to_referrer
    form_class = forms.Reason
    template_name = "referrals/return_to_referrer.html"
    done = "The referral was returned to the referrer"


class Screen(ReferralAct):
    transition = workflow.screen
    form_class = forms.Screen
    template_name = "referrals/screen.html"
    done = "The screening was recorded"

    def get_form(self, data=None, files=None):
        return self.form_class(data, instance=self.record, sees_confidential=True)

    def get_context_data(self, **context):
        duplicates = queries.possible_duplicates(self.record, user=self.request.user, moment=self.now)
        return super().get_context_data(duplicates=duplicates, **context)


class Ask(ReferralAct):
    transition = workflow.ask
    form_class = forms.Ask
    template_name = "referrals/ask.html"
    done = "The referrer was asked"


class Answer(ReferralAct):
    transition = workflow.answer
    form_class = forms.Answer
    template_name = "referrals/answer.html"
    done = "The answer was sent to the business unit"

    def get_context_data(self, **context):
        question = self.record.questions.filter(answer="").order_by("-asked_at").first()
        return super().get_context_data(question=question, **context)


class TellPartners(ReferralAct):
    transition = workflow.tell_partners
    form_class = forms.TellPartners
    template_name = "referrals/tell_partners.html"
    done = "It is recorded that the partners were told"


class Correct(ReferralAct):
    transition = workflow.correct
    form_class = forms.Correct
    template_name = "referrals/correct.html"
    done = "The correction stands beside the referral"


class SendToPanel(ReferralAct):
    transition = workflow.send_to_panel
    form_class = forms.SendToPanel
    template_name = "referrals/send_to_panel.html"
    done = "The referral was put to the Virtual Panel"


class Attach(ReferralAct):
    transition = workflow.attach
    form_class = forms.Attach
    template_name = "referrals/attach.html"
    done = "The referral was attached to the earlier one"

    def get_form_kwargs(self):
        others = Referral.objects.visible_to(self.request.user, moment=timezone.now()).exclude(pk=self.record.pk)
        return {"others": others}


class Detach(ReferralAct):
    transition = workflow.detach
    form_class = forms.Reason
    template_name = "referrals/detach.html"
    done = "The referral is a case of its own again"


class PassOn(ReferralAct):
    transition = workflow.pass_on
    form_class = forms.PassOn
    template_name = "referrals/pass_on.html"
    done = "It is recorded where the referral was passed to"


class Withdraw(ReferralAct):
    transition = workflow.withdraw
    form_class = forms.Reason
    template_name = "referrals/withdraw.html"
    done = "The referral was withdrawn"
