"""The report edited: sections, recommendation, analysis, deprivation deciles."""

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property

from casework.views import FormPage
from rapid_reviews import queries, workflow
from rapid_reviews.forms import Confirm
from rapid_reviews.forms.report import (
    ANALYSIS,
    Deciles,
    RecommendationForm,
    SectionText,
)
from rapid_reviews.models import RapidReview, Recommendation, ReportSection
from rapid_reviews.views.report.page import comments_by_section, voided_by_an_edit
from rapid_reviews.workflow import SIGNED

EDITION = "English Indices of Deprivation 2025"


class EditPage(FormPage):
    """A page that edits the report: it warns where signatures would be voided, and leads back to the section."""

    model = RapidReview
    template_name = "rapid_reviews/edit.html"
    heading = ""
    anchor = ""

    def get_context_data(self, **context):
        return super().get_context_data(
            heading=self.heading,
            will_void=voided_by_an_edit(self.record),
            report_url=self.report_url(),
            **context,
        )

    def report_url(self):
        return f"{reverse('report', args=[self.record.reference])}#section-{self.anchor}"

    def saved(self, before):
        """Say what the edit did, and return where to go."""
        if before:
            self.say(f"The change was saved. The report is open again and these signatures are void: {before}")
        else:
            self.say("The change was saved")
        return self.report_url()

    def act(self, form):
        before = voided_by_an_edit(self.record)
        record = self.edit(form)
        opened_again = before is not None and record.status not in SIGNED
        return self.saved((", ".join(before) or "none was given yet") if opened_again else "")

    def edit(self, form):
        """Call the workflow and return the review as it then stands."""
        raise NotImplementedError


class EditSection(EditPage):
    transition = workflow.edit_section

    @property
    def anchor(self):
        return self.kwargs["section"]

    @property
    def heading(self):
        return f"Edit section {self.kwargs['section']}"

    def find_row(self):
        row = ReportSection.objects.filter(review=self.record, section=self.kwargs["section"]).first()
        if row is None:
            raise Http404
        return row

    def get_form(self, data=None, files=None):
        return SectionText(data, instance=self.find_row())

    def get_context_data(self, **context):
        row = self.find_row()
        comments = comments_by_section(self.record).get(row.section, [])
        return super().get_context_data(sources=queries.sources_in_words(row.sources), comments=comments, **context)

    def edit(self, form):
        return self.transition(
            self.record,
            by=self.request.user,
            on=self.now,
            section=self.kwargs["section"],
            text=form.cleaned_data["text"],
            seen=form.seen(),
        )


class EditRecommendation(EditPage):
    transition = workflow.edit_recommendation
    heading = "Edit the recommendation"
    anchor = "2.4c"

    def get_form(self, data=None, files=None):
        row = Recommendation.objects.filter(review=self.record).first() or Recommendation(review=self.record)
        return RecommendationForm(data, instance=row)

    def edit(self, form):
        return self.transition(self.record, by=self.request.user, on=self.now, values=form.values(), seen=form.seen())


class EditAnalysis(EditPage):
    """An area of concern or a key practice episode, added or changed."""

    transition = workflow.edit_analysis
    anchor = "2.2e"

    @cached_property
    def kind(self):
        try:
            return ANALYSIS[self.kwargs["kind"]]
        except KeyError:
            raise Http404 from None

    @property
    def heading(self):
        return f"{'Change' if 'row' in self.kwargs else 'Add'} {self.kind.article} {self.kind.singular}"

    def find_row(self):
        if "row" not in self.kwargs:
            return self.kind.model(review=self.record)
        row = self.kind.model.objects.filter(review=self.record, pk=self.kwargs["row"]).first()
        if row is None:
            raise Http404
        return row

    def get_form(self, data=None, files=None):
        return self.kind.form(data, instance=self.find_row())

    def edit(self, form):
        return self.transition(
            self.record,
            by=self.request.user,
            on=self.now,
            row=self.find_row(),
            values=form.values(),
            seen=form.seen(),
        )


class RemoveAnalysis(EditAnalysis):
    transition = workflow.remove_analysis
    template_name = "rapid_reviews/remove_analysis.html"

    @property
    def heading(self):
        return f"Remove this {self.kind.singular}?"

    def get_form(self, data=None, files=None):
        self.find_row()
        return Confirm(data)

    def get_context_data(self, **context):
        return super().get_context_data(row=self.find_row(), **context)

    def edit(self, form):
        return self.transition(self.record, by=self.request.user, on=self.now, row=self.find_row())


class EditDeciles(EditPage):
    transition = workflow.edit_deciles
    heading = "Enter deprivation deciles"
    anchor = "1.1c"

    def get_form(self, data=None, files=None):
        held = {row.address_id: row for row in self.record.deciles.order_by("pk")}
        edition = next((row.edition for row in held.values()), EDITION)
        return Deciles(data, people=queries.people_of(self.record), held=held, edition=edition)

    def edit(self, form):
        return self.transition(self.record, by=self.request.user, on=self.now, **form.arguments())
