"""Filling in a referral: the task list, a page per section, a page per child, person or service, check answers."""

from django.http import Http404
from django.urls import reverse

from access.can import can
from casework import details
from casework.views import FormPage, TransitionView
from partnership.permissions import Permission as P
from referrals import forms, queries, workflow
from referrals.models import Referral


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
        rows = getattr(self.record, section.rows.related).order_by("pk") if section.rows else []
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
    """One child, person, service or process: added or changed on a page of its own."""

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

    def get_row(self):
        if "row" not in self.kwargs:
            return self.kind.model(referral=self.record)
        row = getattr(self.record, self.kind.related).filter(pk=self.kwargs["row"]).first()
        if row is None:
            raise Http404
        return row

    def get_form(self, data=None, files=None):
        return self.kind.form(data, instance=self.get_row(), sees_confidential=self.may_see_addresses())

    def get_context_data(self, **context):
        return super().get_context_data(kind=self.kind, section=self.section, **context)

    def act(self, form):
        workflow.fill_in_row(
            self.record,
            by=self.request.user,
            on=self.now,
            row=self.get_row(),
            values=form.values(),
            seen=form.seen(),
        )
        return reverse("fill-in", args=[self.record.reference, self.section.slug])


class RemoveRow(RowPage):
    transition = workflow.remove_row
    template_name = "referrals/remove_row.html"

    def get_form(self, data=None, files=None):
        return forms.Confirm(data)

    def get_context_data(self, **context):
        return super().get_context_data(row=self.get_row(), **context)

    def act(self, form):
        workflow.remove_row(self.record, by=self.request.user, on=self.now, row=self.get_row())
        return reverse("fill-in", args=[self.record.reference, self.section.slug])


def answers(record, *, sees_confidential, change=False):
    """This will return every answer of the referral by section: what check answers, approver and reader see.

    A list of (section, rows of the referral itself, [(title, rows, address of the row's page)]).
    """
    found = []
    for section in forms.SECTIONS:
        own, people = [], []
        if section.form:
            own = details.rows(record, section.form.shown_fields(), sees_confidential=sees_confidential)
        if section.rows:
            for row in getattr(record, section.rows.related).order_by("pk"):
                shown = details.rows(
                    row, section.rows.form.shown_fields(), sees_confidential=sees_confidential, only_given=not change
                )
                link = reverse("fill-in-row", args=[record.reference, section.rows.slug, row.pk]) if change else ""
                people.append((str(row), shown, link))
        found.append((section, own, people))
    return found


class Submit(TransitionView):
    """Check answers, and send: every gap in one summary, each with a link to where it is answered."""

    model = Referral
    transition = workflow.submit
    form_class = forms.Submit
    template_name = "referrals/submit.html"

    def get_form_kwargs(self):
        return {"referral": self.record, "user": self.request.user, "today": self.now.date()}

    def gaps(self):
        gaps = []
        for gap in queries.gaps(self.record):
            if gap.row:
                page = reverse("fill-in-row", args=[self.record.reference, "child", gap.row])
            else:
                page = reverse("fill-in", args=[self.record.reference, gap.section])
            field = f"{gap.field}__text" if gap.field == "home_address" else gap.field
            gaps.append((f"{page}#id_{field}" if field else page, gap.message))
        return gaps

    def get_context_data(self, **context):
        gaps = self.gaps()
        sees = can(self.request.user, P.SEE_CONFIDENTIAL_ADDRESS, self.record, moment=self.now)
        return super().get_context_data(
            gaps=gaps, sections=answers(self.record, sees_confidential=sees, change=True), **context
        )

    def act(self, form):
        record = self.transition(self.record, by=self.request.user, on=self.now, **form.arguments())
        return reverse("sent", args=[record.reference])
