"""What the business team does with a summary: accepts it, sends it back, types it in, asks again."""

from casework import files
from casework.workflow import WrongState
from rapid_reviews import forms, queries, workflow
from rapid_reviews.views.summary.returning import CheckAnswers, SummaryAct


class WithAdditions(SummaryAct):
    """An act that may also settle who of those the summary names joins the family, and who is asked again."""

    form_class = forms.Additions

    def get_form_kwargs(self):
        review = self.record.review
        grows = queries.family_can_grow(review)
        return {
            "proposed": queries.proposed_additions(self.record, self.marks) if grows else (),
            "nil": queries.nil_returns(review),
        }

    def get_context_data(self, **context):
        return super().get_context_data(family=self.family(), **context)


class AcceptSummary(WithAdditions):
    transition = workflow.accept_summary
    template_name = "rapid_reviews/accept_summary.html"
    done = "The summary was accepted"

    def get_context_data(self, **context):
        return super().get_context_data(was_sent_back=bool(self.came_back_at), **context)


class AcceptAdditions(WithAdditions):
    """For a summary that was accepted already: who joins the family after all, or leaves it again."""

    transition = workflow.accept_additions
    template_name = "rapid_reviews/accept_additions.html"
    done = "The family was changed for every agency"


class SendBack(SummaryAct):
    transition = workflow.send_back
    form_class = forms.SendBack
    template_name = "rapid_reviews/send_back.html"
    done = "The summary was sent back to the agency"


class WaiveApproval(SummaryAct):
    transition = workflow.waive_approval
    form_class = forms.Reason
    template_name = "rapid_reviews/waive_approval.html"
    done = "The agency can return its summary without a second person"


class KeyInSummary(SummaryAct):
    """The original of a summary that came by e-mail; from then on the business team fills it in."""

    transition = workflow.key_in_summary
    form_class = forms.KeyInSummary
    template_name = "rapid_reviews/key_in_summary.html"

    def act(self, form):
        original = form.cleaned_data["original"]
        record = workflow.key_in_summary(self.record, by=self.request.user, on=self.now)
        if original:
            files.store(original, record=record, by=self.request.user, on=self.now)
        return record.get_absolute_url()


class EnterSummary(CheckAnswers):
    transition = workflow.enter_summary
    form_class = forms.EnterSummary
    template_name = "rapid_reviews/enter_summary.html"
    done = "The summary was entered for the agency"

    def check_open(self):
        super().check_open()
        if self.record.entered_by_id is None:
            raise WrongState(self.record)


class ReopenSummary(SummaryAct):
    transition = workflow.reopen_summary
    form_class = forms.Reason
    template_name = "rapid_reviews/reopen_summary.html"
    done = "The agency was asked again"
