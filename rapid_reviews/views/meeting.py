"""The record of the rapid review meeting: read, written page by page, and recorded as held."""

from functools import partial

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from casework import details
from casework.views import FormPage, RecordView, TransitionView
from partnership.permissions import Permission as P
from rapid_reviews import queries, workflow
from rapid_reviews.forms import Confirm
from rapid_reviews.forms.meeting import GROUPS, MEETING_ROWS, RowsForm
from rapid_reviews.models import RapidReview


def links_of(review):
    """This will return a function that gives the address of a page of the record, by its slug."""
    return partial(_address, review.reference)


def _address(reference, slug):
    return reverse("fill-in-meeting", args=[reference, slug])


class MeetingView(RecordView):
    """The record as it stands: the business team and the chair write it, the panel reads it once it is recorded."""

    model = RapidReview
    template_name = "rapid_reviews/meeting.html"

    def get_context_data(self, **context):
        record, meeting = self.record, queries.meeting_of(self.record)
        writes = self.may(P.EDIT_REPORT)
        if not (writes or (self.may(P.READ_PACK) and meeting.recorded_at)):
            raise Http404
        change = writes and record.status in workflow.fill_in_meeting.sources
        return super().get_context_data(
            meeting=meeting,
            groups=[group_as_read(record, meeting, group, change=change) for group in GROUPS],
            gaps=[] if meeting.recorded_at or not change else gaps_with_links(record),
            **context,
        )


def group_as_read(review, meeting, group, *, change):
    """This will return a page of the record as it is read: its answers, people, views or actions, and its link."""
    shown = {"group": group, "url": links_of(review)(group.slug) if change else "", "rows": [], "head": [], "table": []}
    if group.slug == "people":
        shown["head"] = ["Name", "Agency and role", "Attendance"]
        shown["table"] = [
            [person.name, agency_and_role(person), attendance(person)] for person in queries.people_invited(meeting)
        ]
    elif group.slug == "views":
        shown["head"] = ["Name", "View", "Rationale"]
        shown["table"] = [
            [person.in_place or person.name, person.get_view_display(), person.rationale]
            for person in queries.people_invited(meeting)
            if person.came or person.view
        ]
    elif group.slug == "actions":
        shown["head"] = ["Action", "Outcome", "Lead officer", "By when"]
        shown["table"] = [
            [action.action, action.outcome, action.lead_officer, action.due_on]
            for action in (meeting.actions.order_by("pk") if meeting.pk else ())
        ]
    else:
        rows = details.rows(meeting, group.form.shown_fields(), sees_confidential=False)
        shown["rows"] = [(row.label, row.value if row.given else "") for row in rows]
    return shown


def agency_and_role(person):
    return ", ".join(part for part in (str(person.agency or ""), person.role) if part)


def attendance(person):
    said = person.get_attended_display()
    return f"{said}: {person.in_place}" if person.in_place else said


def gaps_with_links(review):
    """This will return what the record lacks as (address where it is put right, message)."""
    address = links_of(review)
    return [(address(page), message) for page, message in queries.gaps_of_meeting(review)]


class FillInMeeting(FormPage):
    """One page of the record. Save and continue leads to the next, the last to the record."""

    model = RapidReview
    transition = workflow.fill_in_meeting
    template_name = "rapid_reviews/fill_in_meeting.html"

    @cached_property
    def group(self):
        found = [group for group in GROUPS if group.slug == self.kwargs["group"]]
        if not found:
            raise Http404
        return found[0]

    def get_form(self, data=None, files=None):
        meeting, form = queries.meeting_of(self.record), self.group.form
        if form is None:
            return Confirm(data)
        if issubclass(form, RowsForm):
            people = queries.people_invited(meeting)
            return form(data, rows=[one for one in people if one.came] if self.group.slug == "views" else people)
        return form(data, instance=meeting, initial=self.known() if meeting.pk is None else None)

    def known(self):
        """What the hub knows before the first save."""
        review = self.record
        planned = timezone.localtime(review.meeting_at) if review.meeting_at else None
        return {
            "held_on": planned.date() if planned else None,
            "began_at": planned.time() if planned else None,
            "place": review.meeting_place,
            "chaired_by": str(review.chair or ""),
            "note_taker": str(self.request.user),
        }

    def get_context_data(self, **context):
        meeting = queries.meeting_of(self.record)
        kind, rows = MEETING_ROWS.get(self.group.rows), []
        if kind and meeting.pk:
            for row in getattr(meeting, kind.related).order_by("pk"):
                if kind.slug == "person" and row.member_id:
                    continue
                rows.append(row_as_listed(self.record, kind, row))
        return super().get_context_data(
            group=self.group,
            kind=kind,
            rows=rows,
            begun=meeting.pk is not None,
            # A form is a class, and a template would call it.
            saves=self.group.form is not None,
            **context,
        )

    def act(self, form):
        by, on = self.request.user, self.now
        if isinstance(form, RowsForm):
            for row, values, seen in form.changes():
                workflow.fill_in_meeting_row(self.record, by=by, on=on, row=row, values=values, seen=seen)
        elif self.group.form:
            workflow.fill_in_meeting(self.record, by=by, on=on, values=form.values(), seen=form.seen())
        following = [group.slug for group in GROUPS[GROUPS.index(self.group) + 1 :]]
        return links_of(self.record)(following[0]) if following else reverse("meeting", args=[self.record.reference])

    def render_both_texts(self, typed):
        if not isinstance(typed, RowsForm):
            return super().render_both_texts(typed)
        saved = self.get_form()
        theirs, mine = saved.in_words(), typed.in_words()
        both = {
            name: (theirs[name][1] or details.NOT_GIVEN, mine[name][1] or details.NOT_GIVEN)
            for name in mine
            if name in theirs and theirs[name][1] != mine[name][1]
        }
        return self.render_differences(typed, both, version=saved.version())


def row_as_listed(review, kind, row):
    """This will return a row as a page lists it, with the ways to change it or take it off."""
    args = [review.reference, kind.slug, row.pk]
    value = (
        f"{row.outcome}\n{row.lead_officer}".strip()
        if kind.slug == "action"
        else ", ".join(part for part in (agency_and_role(row), attendance(row)) if part)
    )
    return {
        "key": str(row),
        "value": value,
        "actions": [
            ("Change", reverse("fill-in-meeting-row", args=args)),
            ("Remove", reverse("remove-meeting-row", args=args)),
        ],
        "hidden": str(row),
    }


class FillInMeetingRow(FormPage):
    """One action, or one person who was invited beside the panel."""

    model = RapidReview
    transition = workflow.fill_in_meeting_row
    template_name = "rapid_reviews/fill_in_meeting_row.html"

    @cached_property
    def kind(self):
        try:
            return MEETING_ROWS[self.kwargs["kind"]]
        except KeyError:
            raise Http404 from None

    @property
    def group(self):
        return next(group for group in GROUPS if group.rows == self.kind.slug)

    def find_row(self):
        if "row" not in self.kwargs:
            return self.kind.model()
        rows = self.kind.model.objects.filter(meeting__review=self.record)
        row = rows.filter(pk=self.kwargs["row"]).first()
        if row is None:
            raise Http404
        return row

    def get_form(self, data=None, files=None):
        return self.kind.form(data, instance=self.find_row())

    def get_context_data(self, **context):
        return super().get_context_data(
            kind=self.kind, group=self.group, group_url=links_of(self.record)(self.group.slug), **context
        )

    def act(self, form):
        workflow.fill_in_meeting_row(
            self.record,
            by=self.request.user,
            on=self.now,
            row=self.find_row(),
            values=form.values(),
            seen=form.seen(),
        )
        if self.request.POST.get("another"):
            return reverse("add-meeting-row", args=[self.record.reference, self.kind.slug])
        return links_of(self.record)(self.group.slug)


class RemoveMeetingRow(FillInMeetingRow):
    transition = workflow.remove_meeting_row
    template_name = "rapid_reviews/remove_meeting_row.html"

    def get_form(self, data=None, files=None):
        self.find_row()
        return Confirm(data)

    def get_context_data(self, **context):
        return super().get_context_data(row=self.find_row(), **context)

    def act(self, form):
        workflow.remove_meeting_row(self.record, by=self.request.user, on=self.now, row=self.find_row())
        return links_of(self.record)(self.group.slug)


class RecordMeeting(TransitionView):
    """The meeting is recorded as held; every gap in one summary, each with a link to where it is put right."""

    model = RapidReview
    transition = workflow.record_meeting
    form_class = Confirm
    template_name = "rapid_reviews/record_meeting.html"
    done = "The meeting was recorded, and the report begun"

    def get_context_data(self, **context):
        return super().get_context_data(
            gaps=gaps_with_links(self.record), meeting=queries.meeting_of(self.record), **context
        )

    def get_success_url(self, record):
        return reverse("report", args=[record.reference])
