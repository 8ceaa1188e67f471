"""What of a summary is not to be shared: the list, one restriction, marking something, reviewing and lifting it."""

from django.core.paginator import Paginator
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from access.can import permissions_on
from casework import files
from casework.views import RecordView
from casework.workflow import NotAllowed
from design.forms import say_date, say_moment
from partnership.models import Agency
from partnership.permissions import Permission as P
from rapid_reviews import forms, queries, workflow
from rapid_reviews.models import AgencySummary, RapidReview
from rapid_reviews.views.chronology import links
from rapid_reviews.views.summary.page import OfSummary, originals
from rapid_reviews.views.summary.returning import SummaryAct

PAGE = 50


class RestrictionPage(OfSummary, RecordView):
    """A page for who may mark what is not to be shared: it says at whose request, and why."""

    def get(self, request, *args, **kwargs):
        if not self.may(P.RESTRICT_DISCLOSURE):
            raise NotAllowed(f"what is not to be shared needs {P.RESTRICT_DISCLOSURE}")
        return self.render()


class OneRestriction:
    """A page of one restriction of the summary."""

    @cached_property
    def restriction(self):
        row = queries.restrictions_of(self.record).filter(pk=self.kwargs["restriction"]).first()
        if row is None:
            raise Http404
        return row

    def get_context_data(self, **context):
        row = self.restriction
        return super().get_context_data(restriction=row, said=name_of(row), **context)


class NotShared(RestrictionPage):
    """Everything of a summary that is, or was, not to be shared; and its passages, each with the way to mark it."""

    template_name = "rapid_reviews/not_shared.html"

    def get_context_data(self, **context):
        today = timezone.localdate(self.now)
        page = Paginator(queries.restrictions_of(self.record), PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            restrictions=[(name_of(row), address_of(row), state_of(row, today), row) for row in page],
            pages=links(page),
            passages=self.sections(actions=self.ways_to_mark),
            files=[(one, self.ways_to_mark("file", one.pk)) for one in originals(self.record)],
            **context,
        )

    def ways_to_mark(self, kind, which):
        """The link by which a passage is marked, or to what is marked already."""
        if found := self.marks.restriction(self.record, kind, which):
            return (("Not to be shared", address_of(found)),)
        if kind == "answer" and which not in queries.ANSWERS:
            return ()
        return (("Do not share", reverse("restrict-disclosure", args=[self.record.reference, kind, which])),)


class DisclosureRestrictionView(OneRestriction, RestrictionPage):
    """One restriction: what, until when, at whose request; and who had opened the summary before it was marked."""

    template_name = "rapid_reviews/disclosure_restriction.html"

    def get_context_data(self, **context):
        row, review, today = self.restriction, self.record.review, timezone.localdate(self.now)
        issued = review.pack_issued_at
        in_force = row.lifted_at is None and not row.has_passed(today)
        return super().get_context_data(
            state=state_of(row, today),
            glance=glance(row),
            words=queries.words_of(row),
            in_force=in_force,
            edits_report=P.EDIT_REPORT in permissions_on(self.request.user, self.record.case, moment=self.now),
            lifted=row.lifted_at is not None,
            review_due=in_force and row.review_on <= today,
            issued=issued if issued and issued < row.marked_at else None,
            readers=[
                (queries.name_of(found), say_moment(found["first"]))
                for found in queries.readers_of(self.record, moment=self.now, until=row.marked_at)
            ],
            readers_head=["Who", "First opened"],
            held=[section for section, _ in queries.held_in_report(review, [row])] if in_force else [],
            held_in_version=in_force and held_in_version(review, row),
            **context,
        )


def held_in_version(review, restriction):
    """This will say whether the version of the report that is signed, or was sent, holds words of what is marked."""
    if review.status in RapidReview.BEFORE_LOCK:
        return False
    version = workflow.version_to_sign(review)
    return version is not None and queries.is_in_version(version, restriction)


class RestrictDisclosure(SummaryAct):
    """Something is marked as not to be shared: from then on it is withheld from everybody who is not named."""

    transition = workflow.restrict_disclosure
    template_name = "rapid_reviews/mark_not_shared.html"
    done = "It is withheld from everybody else from now on"

    @cached_property
    def thing(self):
        found = queries.thing_of(self.record, self.kwargs["kind"], self.kwargs["which"])
        if found is None:
            raise Http404
        return found

    def get_form(self, data=None, files=None):
        return forms.RestrictDisclosure(data, agencies=other_agencies(self.record))

    def get_context_data(self, **context):
        return super().get_context_data(said=name_of_thing(self.record, self.kwargs["kind"], self.thing), **context)

    def act(self, form):
        self.transition(
            self.record,
            by=self.request.user,
            on=self.now,
            kind=self.kwargs["kind"],
            thing=self.thing,
            **form.cleaned_data,
        )
        self.say(self.done)
        return reverse("not-shared", args=[self.record.reference])


class RestrictionAct(OneRestriction, SummaryAct):
    """One thing done with a restriction; leads back to it."""

    def act(self, form):
        self.transition(
            self.record, by=self.request.user, on=self.now, restriction=self.restriction, **form.cleaned_data
        )
        self.say(self.done)
        return address_of(self.restriction)


class ReviewDisclosure(RestrictionAct):
    transition = workflow.review_disclosure
    template_name = "rapid_reviews/keep_not_shared.html"
    done = "It stays withheld"

    def get_form(self, data=None, files=None):
        row = self.restriction
        initial = {
            "reason": row.reason,
            "until_on": row.until_on,
            "shared_with": [share.agency_id for share in row.shares.all()],
        }
        return forms.ReviewDisclosure(data, initial=initial, agencies=other_agencies(self.record))


class LiftDisclosure(RestrictionAct):
    transition = workflow.lift_disclosure
    form_class = forms.Reason
    template_name = "rapid_reviews/share_again.html"
    done = "It is no longer withheld"


# In words


def other_agencies(summary):
    """This will return the agencies of the case that something of this summary can be shared with."""
    asked = AgencySummary.objects.filter(review=summary.review).exclude(pk=summary.pk)
    return Agency.objects.filter(pk__in=asked.values("agency")).order_by("name")


def address_of(restriction):
    return reverse("disclosure-restriction", args=[restriction.summary.reference, restriction.pk])


def name_of(restriction):
    """This will name what is marked: the question, the event by its date, the file."""
    thing = restriction.answer or getattr(restriction, restriction.kind)
    return name_of_thing(restriction.summary, restriction.kind, thing)


def name_of_thing(summary, kind, thing):
    if kind == "answer":
        return str(summary._meta.get_field(thing).verbose_name)
    if kind == "file":
        return f"{files.TYPES[thing.kind][0]}, added {say_moment(thing.added_at)}"
    title = queries.when(thing) if kind == "event" else str(thing)
    return f"{forms.ROWS[kind].singular.capitalize()}: {title}"


def state_of(restriction, today):
    """This will say how a restriction stands, as (words, what the status is like)."""
    if restriction.lifted_at:
        return "Lifted", "stopped"
    if restriction.has_passed(today):
        return "Its last day has passed", "stopped"
    if restriction.review_on <= today:
        return "Review due", "attention"
    return "Not to be shared", "restricted"


def glance(restriction):
    """This will return the terms of a restriction as rows of a summary list."""
    typed = restriction.summary.entered_by
    shared = [str(share) for share in restriction.shares.select_related("agency").order_by("agency__name")]
    typing = [f"{typed}, who typed it in"] if typed else []
    readers = ["The author agency", *typing, "the business manager", *(f"{each}’s leads" for each in shared)]
    rows = [
        ("Asked by", f"{restriction.asked_by}, {restriction.asked_by_organisation}"),
        ("Reason", restriction.reason),
        ("Read by", "; ".join(readers)),
        ("Until the end of", say_date(restriction.until_on) if restriction.until_on else "No day is set"),
        ("Review date", say_date(restriction.review_on)),
        ("Marked", f"{say_moment(restriction.marked_at)}, by {restriction.marked_by}"),
    ]
    if restriction.lifted_at:
        rows.append(("Lifted", f"{say_moment(restriction.lifted_at)}, by {restriction.lifted_by}"))
        rows.append(("Why it was lifted", restriction.lifted_why))
    return rows
