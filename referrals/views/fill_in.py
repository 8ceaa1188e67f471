"""Filling in a referral: the task list, a page per section, a page per child, person or service, check answers."""

from copy import copy

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from access.can import can
from casework.views import FormPage, TransitionView
from partnership.permissions import Permission as P
from referrals import forms, queries, workflow
from referrals.models import Referral
from referrals.views import answers
from referrals.views.answers import parts_of, row_address


class ReferralPage(FormPage):
    model = Referral

    def may_see_addresses(self):
        return can(self.request.user, P.SEE_CONFIDENTIAL_ADDRESS, self.record, moment=self.now)


class FillIn(ReferralPage):
    """One section: its questions, its list of rows, or both. Save and continue leads to the next section."""

    transition = workflow.fill_in
    template_name = "referrals/fill_in.html"

    @property
    def section(self):
        section = forms.section_of(self.kwargs["section"])
        if section is None:
            raise Http404
        return section

    def get_form(self, data=None, files=None):
        if self.section.form is None:
            return forms.Confirm(data)
        return self.section.form(data, instance=self.record, sees_confidential=self.may_see_addresses())

    def get_context_data(self, **context):
        section = self.section
        rows = answers.lines(self.record, section, sees_confidential=self.may_see_addresses()) if section.rows else []
        return super().get_context_data(section=section, rows=rows, **context)

    def act(self, form):
        if self.section.form:
            workflow.fill_in(self.record, by=self.request.user, on=self.now, values=form.values(), seen=form.seen())
        return self.next_page()

    def next_page(self):
        slugs = [section.slug for section in forms.SECTIONS]
        place = slugs.index(self.section.slug)
        if place + 1 < len(slugs):
            return reverse("fill-in", args=[self.record.reference, slugs[place + 1]])
        return reverse("submit", args=[self.record.reference])


class RowPage(ReferralPage):
    """One child, person, service or process: added or changed on a page of its own, a child on several in turn.

    The business unit, which copies a form that is complete, has a child on one page.
    """

    transition = workflow.fill_in_row
    template_name = "referrals/fill_in_row.html"

    @property
    def kind(self):
        try:
            return forms.ROWS[self.kwargs["kind"]]
        except KeyError:
            raise Http404 from None

    @property
    def section(self):
        return next(section for section in forms.SECTIONS if section.rows is self.kind)

    @property
    def parts(self):
        return parts_of(self.record, self.kind)

    @property
    def part(self):
        """The page asked for: the first where the address names none; None where everything is on one page."""
        slug = self.kwargs.get("part")
        found = [part for part in self.parts if slug in (None, part.slug)]
        if slug and not found:
            raise Http404
        return found[0] if found else None

    @cached_property
    def row(self):
        if "row" not in self.kwargs:
            return self.kind.model(referral=self.record)
        row = getattr(self.record, self.kind.related).filter(pk=self.kwargs["row"]).first()
        if row is None:
            raise Http404
        return row

    def get_form(self, data=None, files=None):
        form = self.part.form if self.part else self.kind.form
        return form(data, instance=copy(self.row), sees_confidential=self.may_see_addresses())

    def get_context_data(self, **context):
        pages = []
        if self.row.pk:
            pages = [
                (part.short, row_address(self.record, self.kind, self.row, part), part == self.part)
                for part in self.parts
            ]
        return super().get_context_data(
            kind=self.kind, section=self.section, part=self.part, pages=pages, row=self.row, **context
        )

    def act(self, form):
        row = self.row
        workflow.fill_in_row(
            self.record, by=self.request.user, on=self.now, row=row, values=form.values(), seen=form.seen()
        )
        following = self.parts[self.parts.index(self.part) + 1 :] if self.part else ()
        if following:
            return row_address(self.record, self.kind, row, following[0])
        return reverse("fill-in", args=[self.record.reference, self.section.slug])


class RemoveRow(RowPage):
    transition = workflow.remove_row
    template_name = "referrals/remove_row.html"

    def get_form(self, data=None, files=None):
        return forms.Confirm(data)

    def act(self, form):
        workflow.remove_row(self.record, by=self.request.user, on=self.now, row=self.row)
        return reverse("fill-in", args=[self.record.reference, self.section.slug])


class Submit(TransitionView):
    """Check answers, and send: every gap in one summary, each with a link to where it is answered."""

    model = Referral
    transition = workflow.submit
    form_class = forms.Submit
    template_name = "referrals/submit.html"

    def get_form_kwargs(self):
        return {"referral": self.record, "user": self.request.user, "today": timezone.localdate(self.now)}

    def get_context_data(self, **context):
        sees = can(self.request.user, P.SEE_CONFIDENTIAL_ADDRESS, self.record, moment=self.now)
        gaps = queries.gaps(self.record)
        return super().get_context_data(
            gaps=[(answers.address_of_gap(self.record, gap), gap.message) for gap in gaps],
            sections=answers.to_check(self.record, gaps=gaps, sees_confidential=sees),
            **context,
        )

    def act(self, form):
        record = self.transition(self.record, by=self.request.user, on=self.now, **form.arguments())
        return reverse("sent", args=[record.reference])
