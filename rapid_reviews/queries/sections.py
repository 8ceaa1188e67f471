"""Sections of a summary that its agency shares among several people, and the comments with which it came back."""

from django.db.models import Q
from django.utils import timezone

from access.models import Exclusion
from deadlines.models import Deadline
from partnership.models import Membership, User
from rapid_reviews.models import SectionComment
from rapid_reviews.queries.gathering import RETURNING

SENT_BACK = ("send_back", "return_to_author")
"""The acts with which a summary comes back to who writes it."""


def section_writers(summary, *, moment):
    """This will return who may be given a section: everybody of the agency, or of the one it responds through.

    Nobody who is kept out of the case.
    """
    agencies = Q(agency=summary.agency_id) | Q(agency__responds_for=summary.agency_id)
    held = Membership.objects.in_force(timezone.localdate(moment)).filter(agencies)
    kept_out = Exclusion.objects.in_force(moment).filter(case=summary.case_id)
    people = User.objects.filter(pk__in=held.values("user"), is_active=True).exclude(pk__in=kept_out.values("user"))
    return people.order_by("full_name", "pk")


def sections_given(summary, *, moment):
    """This will return which sections are somebody's, by slug: one query."""
    rows = summary.given_sections.in_force(moment).select_related("person", "done_by")
    return {row.section: row for row in rows.order_by("pk")}


def deadline_of_summary(summary):
    """This will return the deadline by which the summary itself is waited for, or None."""
    running = Deadline.objects.open().filter(reference=summary.reference, rule__in=RETURNING)
    return running.select_related("case", "agency").order_by("-pk").first()


def due_of_summary(summary):
    """This will return the moment the summary itself is due while it is waited for, or None."""
    running = deadline_of_summary(summary)
    return running.due_at if running else None


def came_back(summary, *acts):
    """This will return when the summary last came back to who writes it, by one of these acts or any; or None."""
    saves = summary.history.filter(history_change_reason__in=acts or SENT_BACK)
    return saves.order_by("-history_date", "-history_id").values_list("history_date", flat=True).first()


def comments_now(summary):
    """This will return the comments with which the summary last came back, by the slug of their section."""
    rows = SectionComment.objects.filter(summary=summary, made_at=came_back(summary)).select_related("made_by")
    return {row.section: row for row in rows.order_by("pk")}
