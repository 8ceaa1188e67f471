"""The sections of a summary shared among people of its agency: given, finished, opened again, taken back."""

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from casework.views import RecordView
from casework.workflow import NotAllowed, WrongState
from partnership.permissions import Permission as P
from rapid_reviews import forms, queries, workflow
from rapid_reviews.views import answers
from rapid_reviews.views.summary.page import OfSummary
from rapid_reviews.views.summary.returning import SummaryAct


class WhoWritesWhat(OfSummary, RecordView):
    """Every section of a summary that is being written, whose it is, and the way to give it to somebody."""

    template_name = "rapid_reviews/who_writes_what.html"

    def get(self, request, *args, **kwargs):
        if not self.may(P.RETURN_SUMMARY):
            raise NotAllowed(f"who writes what needs {P.RETURN_SUMMARY}")
        if not self.record.is_editable:
            raise WrongState(self.record)
        return self.render(rows=self.rows())

    def rows(self):
        found, address = [], self.record.reference
        for section in forms.SECTIONS:
            given = self.sections_given.get(section.slug)
            actions, said = [("Give to somebody", "give-section")], "Nobody in particular"
            if given:
                again = ("Open it again", "reopen-section") if given.done_at else ("Mark as finished", "finish-section")
                actions = [again, ("Give to somebody else", "give-section"), ("Take back", "take-back-section")]
                said = answers.said_of_given(given)
            links = [(words, reverse(name, args=[address, section.slug])) for words, name in actions]
            found.append({"key": section.title, "value": said, "actions": links, "hidden": section.title})
        return found


class SectionAct(SummaryAct):
    """One thing done with a section."""

    @cached_property
    def section(self):
        section = forms.section_of(self.kwargs["section"])
        if section is None:
            raise Http404
        return section

    @property
    def given(self):
        return self.sections_given.get(self.section.slug)

    def get_context_data(self, **context):
        return super().get_context_data(section=self.section, given=self.given, **context)

    def act(self, form):
        self.transition(self.record, by=self.request.user, on=self.now, section=self.section.slug, **form.cleaned_data)
        self.say(self.done)
        return self.back_to()

    def back_to(self):
        if self.writes_in_part:
            return self.record.get_absolute_url()
        return reverse("who-writes-what", args=[self.record.reference])


class GiveSection(SectionAct):
    transition = workflow.give_section
    template_name = "rapid_reviews/give_section.html"
    done = "The section was given"

    def get_form(self, data=None, files=None):
        due = queries.due_of_summary(self.record)
        people = queries.section_writers(self.record, moment=self.now)
        return forms.GiveSection(data, people=people, due=due and timezone.localdate(due))


class TakeBackSection(SectionAct):
    transition = workflow.take_back_section
    form_class = forms.Confirm
    template_name = "rapid_reviews/take_back_section.html"
    done = "The section is nobody’s in particular now"


class OnesOwnSection(SectionAct):
    """For who was given the section, and the agency's safeguarding leads."""

    def check_open(self):
        super().check_open()
        if not self.writes_section(self.section):
            raise NotAllowed("whoever was given a section writes that section alone")


class FinishSection(OnesOwnSection):
    transition = workflow.finish_section
    form_class = forms.Confirm
    template_name = "rapid_reviews/finish_section.html"
    done = "The section is marked as finished"


class ReopenSection(OnesOwnSection):
    transition = workflow.reopen_section
    form_class = forms.Confirm
    template_name = "rapid_reviews/reopen_section.html"
    done = "The section is not finished"
