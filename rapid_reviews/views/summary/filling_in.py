"""Filling in a summary: a page per section, a page per event, correction, action or practitioner."""

from django.core.paginator import Paginator
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import Truncator

from casework import details
from casework.workflow import NotAllowed
from partnership.permissions import Permission as P
from rapid_reviews import forms, queries, workflow
from rapid_reviews.views import answers
from rapid_reviews.views.chronology import links
from rapid_reviews.views.summary.page import SummaryPage

PAGE = 50


class SectionPage(SummaryPage):
    """A page on which a section is written: by a lead of the agency, or by whom they gave that section."""

    def check_open(self):
        super().check_open()
        if not self.writes_section(self.section):
            raise NotAllowed("whoever was given a section writes that section alone")

    @cached_property
    def comment(self):
        """The comment on this section with which the summary came back, while it is there."""
        return queries.comments_now(self.record).get(self.section.slug)

    def get_context_data(self, **context):
        return super().get_context_data(section=self.section, section_comment=self.comment, **context)


class FillInSummary(SectionPage):
    """One section: its questions, its list of rows, or both. Save and continue leads to the next section."""

    transition = workflow.fill_in_summary
    template_name = "rapid_reviews/fill_in_summary.html"

    @cached_property
    def section(self):
        section = forms.section_of(self.kwargs["section"])
        if section is None:
            raise Http404
        return section

    def get_form(self, data=None, files=None):
        if self.section.form is None:
            return forms.Confirm(data)
        return self.section.form(data, instance=self.record, initial=self.known())

    def known(self):
        """What the hub knows of the author already, for answers not given yet."""
        if self.section.slug != "agency" or self.by_email or self.record.author_name:
            return {}
        user = self.request.user
        contact = ", ".join(filter(None, (user.telephone, user.email)))
        return {"author_name": user.full_name, "author_designation": user.job_title, "author_contact": contact}

    def get_context_data(self, **context):
        section = self.section
        kind = section.rows
        hidden = self.marks.hidden(kind.slug, self.record) if kind else []
        rows = kind.of(self.record).exclude(pk__in=hidden) if kind else []
        page = Paginator(rows, PAGE).get_page(self.request.GET.get("page"))
        cards = self.cards(page)
        return super().get_context_data(
            cards=cards,
            pages=links(page),
            add_words=add_words(kind, another=bool(cards)) if kind else "",
            withheld=queries.said_of_withheld(kind.slug for _ in hidden) if kind else "",
            brings=self.brings_chronology,
            family=self.family() if section.slug == "family" else [],
            review=self.record.review,
            brought=self.brought(),
            **context,
        )

    def brought(self):
        """The chronology that was last brought as a file, for who may bring one."""
        if self.section.slug != "chronology" or not self.brings_chronology:
            return None
        return queries.latest_import(self.record)

    def cards(self, rows):
        """Rows of this section as the summary list takes them: what tells each apart, and what can be done."""
        kind, found = self.section.rows, []
        for row in rows:
            title, said = str(row), [about(kind, row)]
            if kind.slug == "event":
                title = queries.when(row)
                said += ["Outside the period"] if queries.is_outside(self.record.review, row) else []
                said += [answers.LACKS_ANALYSIS] if answers.lacks_analysis(row) else []
            address = [self.record.reference, kind.slug, row.pk]
            actions = [
                ("Change", reverse("fill-in-summary-row", args=address)),
                ("Remove", reverse("remove-summary-row", args=address)),
            ]
            found.append({"key": title, "value": said, "actions": actions, "hidden": title})
        return found

    def act(self, form):
        if self.section.form:
            workflow.fill_in_summary(
                self.record,
                by=self.request.user,
                on=self.now,
                values=form.values(),
                seen=form.seen(),
                section=self.section.slug,
            )
        return self.next_page()

    def next_page(self):
        if self.writes_in_part:
            return self.record.get_absolute_url()
        slugs = [section.slug for section in forms.SECTIONS]
        place = slugs.index(self.section.slug)
        if place == 0 and self.record.records_secured_at is None:
            return reverse("secure-records", args=[self.record.reference])
        if place + 1 < len(slugs):
            return answers.section_url(self.record, slugs[place + 1])
        return reverse("enter-summary" if self.by_email else "send-for-approval", args=[self.record.reference])


def add_words(kind, *, another):
    """This will return the words of the button that adds a row: "Add an event", "Add another event"."""
    if another:
        return f"Add another {kind.singular}"
    return f"Add {'an' if kind.singular[0] in 'aeiou' else 'a'} {kind.singular}"


def about(kind, row):
    """This will return the line under a row's name in its list."""
    if kind.slug == "event":
        return Truncator(row.what_happened).words(30)
    names = [name for name in kind.form.shown_fields() if name not in ("name", "action")]
    shown = details.rows(row, names, sees_confidential=False, only_given=True)
    return Truncator(". ".join(f"{each.label}: {each.value}" for each in shown)).words(30)


class FillInSummaryRow(SectionPage):
    """One event, correction, action or practitioner: added or changed on a page of its own."""

    transition = workflow.fill_in_summary_row
    template_name = "rapid_reviews/fill_in_summary_row.html"

    @cached_property
    def kind(self):
        try:
            return forms.ROWS[self.kwargs["kind"]]
        except KeyError:
            raise Http404 from None

    @property
    def section(self):
        return forms.section_of_rows(self.kind)

    def get_row(self):
        if "row" not in self.kwargs:
            return self.kind.model(summary=self.record)
        row = getattr(self.record, self.kind.related).filter(pk=self.kwargs["row"]).first()
        if row is None or self.marks.hides(self.record, self.kind.slug, row.pk):
            raise Http404
        return row

    def which(self):
        return {"section": self.section.slug, "kind": self.kind.slug}

    def get_form(self, data=None, files=None):
        return self.kind.form(data, instance=self.get_row(), sees_confidential=self.may(P.SEE_CONFIDENTIAL_ADDRESS))

    def get_context_data(self, **context):
        return super().get_context_data(kind=self.kind, **context)

    def act(self, form):
        workflow.fill_in_summary_row(
            self.record,
            by=self.request.user,
            on=self.now,
            row=self.get_row(),
            values=form.values(),
            seen=form.seen(),
            **self.which(),
        )
        if "another" in self.request.POST:
            return reverse("add-summary-row", args=[self.record.reference, self.kind.slug])
        return answers.section_url(self.record, self.section.slug)


class RemoveSummaryRow(FillInSummaryRow):
    transition = workflow.remove_summary_row
    template_name = "rapid_reviews/remove_summary_row.html"

    def get_form(self, data=None, files=None):
        return forms.Confirm(data)

    def get_context_data(self, **context):
        row = self.get_row()
        title = queries.when(row) if self.kind.slug == "event" else str(row)
        return super().get_context_data(row=row, title=title, **context)

    def act(self, form):
        workflow.remove_summary_row(self.record, by=self.request.user, on=self.now, row=self.get_row(), **self.which())
        return answers.section_url(self.record, self.section.slug)
