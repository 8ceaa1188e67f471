"""What changed in a summary since it was sent back: for the business team, and for the agency whose words they are."""

from django.core.paginator import Paginator

from casework.views import RecordView
from casework.workflow import NotAllowed
from design.forms import say_moment
from partnership.permissions import Permission as P
from rapid_reviews import forms, queries
from rapid_reviews.queries import resubmission
from rapid_reviews.views.answers import RECORDS
from rapid_reviews.views.chronology import links
from rapid_reviews.views.summary.page import OfSummary
from trail.models import Event

PAGE = 50


class WhatChanged(OfSummary, RecordView):
    """Every answer that is another one, then and now side by side; every row that came, changed or went."""

    template_name = "rapid_reviews/what_changed.html"

    def get(self, request, *args, **kwargs):
        if not ((self.is_agencys or self.may(P.RUN_RAPID_REVIEW)) and self.reads_answers):
            raise NotAllowed("what an agency is still writing is its own")
        since = self.came_back_at
        return self.render(since=since, **(self.differences(since) if since else {}))

    def differences(self, since):
        """The differences by section, a page of them, and the comments they answer."""
        record = self.record
        answers = [
            (section.title, found)
            for section in forms.SECTIONS
            if section.form
            for found in resubmission.answers_changed(
                record, section.form.shown_fields(), since=since, marks=self.marks
            )
        ]
        records = resubmission.answers_changed(record, ["records_where"], since=since, marks=self.marks)
        rows = [
            (section, key)
            for section in forms.SECTIONS
            if (kind := section.rows)
            for key in resubmission.rows_saved(record, kind.slug, kind.model, since=since, marks=self.marks)
        ]
        page = Paginator([*answers, *((RECORDS, found) for found in records), *rows], PAGE).get_page(
            self.request.GET.get("page")
        )
        event = Event.objects.filter(reference=record.reference, at=since, verb__in=queries.SENT_BACK)
        comments = record.section_comments.filter(made_at=since).order_by("pk")
        return {
            "sections": self.by_section(page, since),
            "pages": links(page),
            "reason": event.select_related("by", "text").order_by("-pk").first(),
            "comments": [
                {"key": forms.section_of(comment.section).title, "value": comment.text} for comment in comments
            ],
            "withheld": bool(self.marks.withholds_of(record)),
            "said_since": say_moment(since),
        }

    def by_section(self, page, since):
        """What is on this page: [(section, its differences)], the rows of each kind read together."""
        keys, found = {}, {}
        for what, which in page:
            if isinstance(what, forms.Section):
                keys.setdefault(what, []).append(which)
            else:
                found.setdefault(what, []).append(which)
        for section, wanted in keys.items():
            kind = section.rows
            found.setdefault(section.title, []).extend(
                resubmission.rows_changed(
                    kind.model,
                    wanted,
                    kind.form.shown_fields(),
                    since=since,
                    title=queries.when if kind.slug == "event" else str,
                    address=self.address(),
                )
            )
        order = [section.title for section in forms.SECTIONS]
        order.insert(1, RECORDS)
        return [(title, found[title]) for title in order if found.get(title)]

    def address(self):
        """How an address is shown to this reader."""
        secret = [] if self.is_agencys else queries.confidential_addresses(self.record.review)
        allowed = self.may(P.SEE_CONFIDENTIAL_ADDRESS)
        return lambda address: queries.address_of_agency(address, secret, allowed=allowed)
