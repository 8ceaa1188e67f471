"""The names key of a case: who is called what where names are not to be known, and texts put one way or the other."""

from django.http import Http404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from casework.views import FormPage
from partnership.permissions import Permission as P
from rapid_reviews import forms, queries, workflow
from rapid_reviews.forms.naming import TO_LABELS, LabelOfPerson, ReplaceNames
from rapid_reviews.models import RapidReview
from rapid_reviews.views.chronology import PackPage


class NameKey(PackPage):
    """The key: each label with the names it stands for, and what may lack one."""

    template_name = "rapid_reviews/name_key.html"

    def get_context_data(self, **context):
        record, marks = self.record, self.marks
        return super().get_context_data(
            lines=queries.entries_of_key(record),
            practitioners=queries.practitioners_without_label(record, marks),
            words=queries.words_that_may_be_names(record, marks),
            looked_at=queries.LOOKED_AT,
            changes=self.may(P.EDIT_REPORT) and record.status in workflow.label_person.sources,
            **context,
        )


@method_decorator(sensitive_post_parameters("text"), name="dispatch")
class ReplaceNamesView(PackPage):
    """A text with labels in place of names, or names in place of labels: shown once, kept nowhere."""

    template_name = "rapid_reviews/replace_names.html"

    def get(self, request, *args, **kwargs):
        return self.render(form=ReplaceNames())

    def post(self, request, *args, **kwargs):
        form = ReplaceNames(request.POST)
        if not form.is_valid():
            return self.render(form=form, status=422)
        if not self.may(P.READ_PACK):
            raise Http404
        key, answers = queries.name_key(self.record), form.cleaned_data
        turn = key.neutral if answers["way"] == TO_LABELS else key.real
        return self.render(form=form, result=turn(answers["text"]), neutral=answers["way"] == TO_LABELS)


class KeyAct(FormPage):
    """A change of the key. It leads back to the key."""

    model = RapidReview

    def key_url(self):
        return reverse("name-key", args=[self.record.reference])

    def get_context_data(self, **context):
        return super().get_context_data(key_url=self.key_url(), **context)


class LabelPerson(KeyAct):
    """A label entered by hand, or another name for somebody who has one."""

    transition = workflow.label_person
    form_class = LabelOfPerson
    template_name = "rapid_reviews/label_person.html"

    def act(self, form):
        self.transition(self.record, by=self.request.user, on=self.now, **form.cleaned_data)
        self.say("The names key was changed")
        return self.key_url()


class RemoveLabel(KeyAct):
    """What was entered by hand for a label, taken off the key."""

    transition = workflow.remove_label
    template_name = "rapid_reviews/remove_label.html"

    def find_row(self):
        row = self.record.name_labels.filter(pk=self.kwargs["row"]).first()
        if row is None:
            raise Http404
        return row

    def get_form(self, data=None, files=None):
        self.find_row()
        return forms.Confirm(data)

    def get_context_data(self, **context):
        return super().get_context_data(row=self.find_row(), **context)

    def act(self, form):
        self.transition(self.record, by=self.request.user, on=self.now, row=self.find_row())
        self.say("The label was taken off the names key")
        return self.key_url()
