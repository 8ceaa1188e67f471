"""What the agency does with its summary: secures records, returns it or nothing, approves it."""

from django.utils import timezone

from casework import named
from casework.views import TransitionView
from rapid_reviews import forms, queries, workflow
from rapid_reviews.views import answers
from rapid_reviews.views.summary.page import SummaryPage


class SummaryAct(SummaryPage, TransitionView):
    """One thing done to a summary."""


class SecureRecords(SummaryAct):
    transition = workflow.secure_records
    form_class = forms.SecureRecords
    template_name = "rapid_reviews/secure_records.html"
    done = "It is recorded that the records are secured"

    def get_form_kwargs(self):
        return {"initial": {"records_where": self.record.records_where}}

    def get_success_url(self, record):
        if record.involved and record.is_editable:
            return answers.section_url(record, forms.SECTIONS[1].slug)
        return super().get_success_url(record)


class ReturnNil(SummaryAct):
    transition = workflow.return_nil
    template_name = "rapid_reviews/return_nil.html"

    def get_form(self, data=None, files=None):
        form_class = forms.ReturnNilByEmail if self.by_email else forms.ReturnNil
        return form_class(data, initial=self.known())

    def known(self):
        record = self.record
        if self.by_email:
            return {"systems_searched": record.systems_searched, "names_used": record.names_used}
        return {
            "systems_searched": record.systems_searched,
            "names_used": self.names(),
            "searched_by": record.searched_by or self.request.user.full_name,
        }

    def names(self):
        """The names the agency was given; asked again, what it said then and whoever joined the family since."""
        family, said = self.family(), self.record.names_used
        if not said:
            return "\n".join(given_to_search(family))
        new = [person for person in family if person.added and person.name not in said]
        return "\n".join([said, *given_to_search(new)])

    def get_context_data(self, **context):
        return super().get_context_data(family=self.family(), **context)


def given_to_search(family):
    """This will list the names and dates of birth an agency was given."""
    return [
        ", ".join(filter(None, (person.name, person.other_names, person.born)))
        for person in family
        if person.name != "Name not known"
    ]


class CheckAnswers(SummaryAct):
    """Every answer, and every gap in one summary, each with a link to where it is answered."""

    def get_context_data(self, **context):
        form, missing = context["form"], answers.gaps(self.record)
        said = {message for _, message in missing}
        own = [(f"#{target}" if target else "", message) for target, message in form.error_summary()]
        return super().get_context_data(
            gaps=missing,
            problems=[*missing, *(line for line in own if line[1] not in said)] if form.is_bound else [],
            sections=self.sections(change=True),
            **context,
        )


class SendForApproval(CheckAnswers):
    transition = workflow.send_for_approval
    form_class = forms.SendForApproval
    template_name = "rapid_reviews/send_for_approval.html"

    def get_form_kwargs(self):
        day = timezone.localdate(self.now)
        people = queries.approvers_of(self.record.agency, author=self.request.user, day=day)
        known = queries.approver_conflicts(self.record)
        return {"people": people, "waived": bool(self.record.approval_waived_why), "known": known}


class ApproveSummary(SummaryAct):
    transition = workflow.approve_summary
    form_class = forms.Confirm
    template_name = "rapid_reviews/approve_summary.html"
    done = "The summary was approved and returned to the partnership"

    def get_context_data(self, **context):
        known = queries.approver_conflicts(self.record).get(self.request.user.pk, "")
        return super().get_context_data(
            sections=self.sections(),
            known=known and named.of_oneself(known),
            was_sent_back=bool(self.came_back_at),
            **context,
        )


class ReturnToAuthor(SummaryAct):
    transition = workflow.return_to_author
    form_class = forms.SendBack
    template_name = "rapid_reviews/return_to_author.html"
    done = "The summary was returned to its author"
