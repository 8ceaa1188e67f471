"""The page of a single agency summary, the list of them, and the original of one that came by e-mail."""

from dataclasses import replace

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View

from access.can import get_visible_or_404, log_reading, permissions_on
from casework import files
from casework.models import Attachment
from casework.views import FormPage, RecordView, answer_list
from casework.workflow import NotAllowed
from deadlines import rules, words
from deadlines.queries import timescales, working_days
from design.forms import say_date, say_moment
from design.lists import CELL
from partnership.permissions import Permission as P
from rapid_reviews import forms, listings, queries, workflow
from rapid_reviews.models import AgencySummary
from rapid_reviews.views import answers
from trail.models import Event

Status = AgencySummary.Status


TAGS = {
    Status.ASKED: "new",
    Status.WITH_APPROVER: "waiting",
    Status.RETURNED: "progress",
    Status.SENT_BACK: "attention",
    Status.ACCEPTED: "done",
    Status.NIL: "done",
}
"""What a status is like, for the colour of its tag."""


class AgencySummaries(View):
    """What a person's agencies were asked for, and what they were asked to approve."""

    def get(self, request):
        rows = queries.summaries_for(request.user, moment=timezone.now())
        return answer_list(
            listings.SUMMARIES, request, rows, "rapid_reviews/agency_summaries.html", name="agency-summaries"
        )


class OfSummary:
    """A page of a summary. It knows who is looking: the agency, its approver, the business team, or a panel member."""

    model = AgencySummary

    @cached_property
    def is_agencys(self):
        """Whether this person writes or approves it for the agency (or types it in for them)."""
        return self.may(P.RETURN_SUMMARY) or self.may(P.APPROVE_SUMMARY)

    @cached_property
    def writes_in_part(self):
        """Whether this person was given sections of it, and writes those alone."""
        return self.may(P.WRITE_SECTION) and not self.may(P.RETURN_SUMMARY)

    @cached_property
    def sections_given(self):
        """Which sections are somebody's, by their slug."""
        return queries.sections_given(self.record, moment=self.now)

    def writes_section(self, section):
        """Whether this person writes this section: a lead each; who was given it, if nothing of it is withheld."""
        if not self.writes_in_part:
            return self.may(P.RETURN_SUMMARY)
        given = self.sections_given.get(section.slug)
        if given is None or given.person != self.request.user:
            return False
        hidden = set(self.marks.hidden("answer", self.record))
        return not (section.form and hidden & set(section.form.shown_fields()))

    @property
    def brings_chronology(self):
        """Whether this person may bring a chronology as a file: who writes that section, and reads all of it."""
        of_events = forms.section_of_rows(forms.ROWS["event"])
        return self.writes_section(of_events) and not self.marks.hidden("event", self.record)

    @cached_property
    def is_teams(self):
        return self.may(P.ENTER_SUMMARY)

    @cached_property
    def by_email(self):
        """Whether this person types in what came by e-mail."""
        return self.is_teams and self.record.entered_by_id is not None

    @cached_property
    def reads_answers(self):
        """What an agency is still writing is its own; once returned, it is read by whom the pack is open to."""
        record = self.record
        returned = record.status in (*AgencySummary.RETURNED_STATUSES, Status.NIL)
        agencys = self.is_agencys or self.writes_in_part
        return agencys or returned or (self.is_teams and record.status == Status.SENT_BACK)

    @cached_property
    def marks(self):
        """What of the case's summaries is not to be shared, as this person reads it."""
        review = self.record.review
        return queries.marks_of(review, queries.reader_of(review, self.request.user, moment=self.now))

    def sections(self, *, change=False, actions=None):
        agencys = self.is_agencys or self.writes_in_part
        hidden = () if agencys or self.is_teams else answers.BEFORE_THE_PACK
        # Its own words are the agency's: withheld from it, they would say that they name the confidential place.
        secret = [] if agencys else queries.confidential_addresses(self.record.review)
        allowed = self.may(P.SEE_CONFIDENTIAL_ADDRESS)

        def address(row):
            return queries.address_of_agency(row, secret, allowed=allowed)

        found = answers.sections(
            self.record, address=address, marks=self.marks, change=change, hidden=hidden, actions=actions
        )
        if self.writes_in_part:  # beside their own they read what is there already
            return [shown for shown in found if shown.own or shown.cards or shown.withheld]
        return found

    @cached_property
    def came_back_at(self):
        """When it last came back: to the agency by the business team, within it by the approver as well; or None."""
        return queries.came_back(self.record, *([] if self.is_agencys and not self.is_teams else ["send_back"]))

    def family(self):
        # An agency sees an address only as the panel does: a confidential one is the business unit's alone.
        return queries.family(self.record.review, sees_confidential=self.may(P.SEE_CONFIDENTIAL_ADDRESS))

    def get_context_data(self, **context):
        return super().get_context_data(by_email=self.by_email, **context)


class SummaryChronology(OfSummary, RecordView):
    """The chronology of one summary as a list, and as a file that an import takes again: for who reads its answers."""

    def get(self, request, *args, **kwargs):
        record = self.record
        if not self.reads_answers:
            raise NotAllowed("what an agency is still writing is its own")
        rows = record.events.exclude(pk__in=self.marks.hidden("event", record))
        too_long = queries.longest_text(rows) > CELL
        context = {
            "record": record,
            "now": self.now,
            "withheld": queries.said_of_withheld("event" for _ in self.marks.hidden("event", record)),
            "too_long": too_long,
        }
        return answer_list(
            replace(listings.EVENTS, formats=("csv",)) if too_long else listings.EVENTS,
            request,
            rows,
            "rapid_reviews/summary_chronology.html",
            name="chronology",
            of=record,
            context=context,
        )


class SummaryPage(OfSummary, FormPage):
    """A page of a summary with a form."""


class SummaryReaders(RecordView):
    """Who has opened a summary: for the agency it is of, and the business team."""

    model = AgencySummary
    template_name = "rapid_reviews/summary_readers.html"

    def get_context_data(self, **context):
        if not (self.may(P.RETURN_SUMMARY) or self.may(P.APPROVE_SUMMARY) or self.may(P.RUN_RAPID_REVIEW)):
            raise NotAllowed("who has opened a summary is the agency's to know")
        rows = [
            (
                queries.name_of(row),
                row["times"],
                say_moment(row["first"]),
                say_moment(row["last"]),
            )
            for row in queries.readers_of(self.record, moment=self.now)
        ]
        return super().get_context_data(head=["Who", "How often", "First", "Last"], rows=rows, **context)


class AgencySummaryView(SummaryPage):
    """A summary's page: what is asked, the first question, then the task list; what it says, for who reads it."""

    transition = workflow.fill_in_summary
    form_class = forms.Involved
    template_name = "rapid_reviews/agency_summary.html"

    def get(self, request, *args, **kwargs):
        return self.show()

    def get_form(self, data=None, files=None):
        return self.form_class(data, instance=self.record)

    @property
    def writes(self):
        return self.record.is_editable and self.may(P.RETURN_SUMMARY)

    def is_shared(self, form):
        """The page is read by many: who fills in its question sees who else does."""
        return self.writes and not self.record.involved and super().is_shared(form)

    def act(self, form):
        if form.cleaned_data["involved"] is False:  # saved with the nil return itself
            return reverse("return-nil", args=[self.record.reference])
        workflow.fill_in_summary(self.record, by=self.request.user, on=self.now, values=form.values(), seen=form.seen())
        return self.record.get_absolute_url()

    def get_context_data(self, **context):
        record = self.record
        writes = self.writes
        context |= {"tag": TAGS[record.status], "writes": writes, "tasks": [], "sections": [], "nil": []}
        if record.is_editable and record.involved and self.may(P.WRITE_SECTION):
            context["tasks"] = self.tasks()
        if record.status == Status.NIL:
            context["nil"] = answers.nil_return(record)
        elif self.reads_answers and not writes:
            context["sections"] = self.sections()
        due = timescales(record.reference)
        if not self.is_teams:
            # What waits for the business team is theirs to know; who approves is shown what they are asked for.
            due = due.filter(role="").visible_to(self.request.user, moment=self.now)
        return super().get_context_data(
            request_rows=self.request_rows(),
            family=self.family(),
            own_sections=self.own_sections() if context["tasks"] and self.writes_in_part else [],
            shares=bool(context["tasks"]) and writes and not self.by_email,
            is_agencys=self.is_agencys,
            is_teams=self.is_teams,
            reads_review=self.may(P.VIEW_RAPID_REVIEW),
            comment=self.comment() if writes or self.is_teams else None,
            deadlines=due if self.is_agencys or self.is_teams else [],
            actions=self.buttons(),
            shows_changes=self.reads_answers and (self.is_agencys or self.is_teams) and bool(self.came_back_at),
            restricts=self.may(P.RESTRICT_DISCLOSURE),
            **self.originals_shown(),
            **context,
        )

    def tasks(self):
        """The sections: how far each is, whose it is, with which comment it came back, who is in it now."""
        record = self.record
        return answers.tasks(
            record,
            people=answers.people_in(record, besides=self.request.user, on=self.now),
            given=self.sections_given,
            comments=queries.comments_now(record),
            is_open=self.writes_section,
            leads=self.may(P.RETURN_SUMMARY),
        )

    def own_sections(self):
        """The sections this person was given, with what they can do with each."""
        record, rows = self.record, []
        due = {row.key: row for row in timescales(record.reference).filter(rule=rules.SECTION_WRITTEN.code).open()}
        for section in forms.SECTIONS:
            given = self.sections_given.get(section.slug)
            if given is None or given.person != self.request.user:
                continue
            address = [record.reference, section.slug]
            actions = [("Not finished after all", reverse("reopen-section", args=address))]
            if not given.done_at:
                actions = [("Mark as finished", reverse("finish-section", args=address))]
            if not self.writes_section(section):
                said, actions = "Something of it is withheld from you: your safeguarding lead writes it", []
            elif given.done_at:
                said = f"Finished {say_moment(given.done_at)}"
            else:
                said = f"Due {say_day_of(due.get(section.slug))}"
            rows.append({"key": section.title, "value": said, "actions": actions, "hidden": section.title})
        return rows

    def originals_shown(self):
        """The originals this person may take away, and that others are withheld, in neutral words."""
        if not (self.is_agencys or self.is_teams):
            return {"attachments": [], "withheld_files": ""}
        found = originals(self.record)
        if not self.marks.withholds_of(self.record):
            return {"attachments": found, "withheld_files": ""}
        return {"attachments": [], "withheld_files": queries.said_of_withheld("file" for _ in found)}

    def request_rows(self):
        """What is asked, as the request says it (domain: reference, initials, period, asked, due, meeting, basis)."""
        record, review = self.record, self.record.review
        deadline = next((row.deadline for row in queries.progress(review) if row.summary == record), None)
        rows = [
            ("Agency", record.agency.name),
            ("Children", queries.initials(review)),
            ("Period", f"{say_date(review.period_from)} to {say_date(review.period_until)}"),
            ("Asked", record.asked_at),
            ("Due", self.due_words(deadline)),
        ]
        if review.meeting_at:
            rows.append(("Rapid review meeting", review.meeting_at))
        return [*rows, ("Legal basis", LEGAL_BASIS)]

    def due_words(self, deadline):
        if deadline is None or deadline.due_at is None:
            return ""
        day = rules.london_day(deadline.due_at)
        days = working_days().count(rules.london_day(deadline.started_at), day)
        return f"{day:%A} {say_date(day)}: {days} working day{'' if days == 1 else 's'} from the request"

    def comment(self):
        """The newest comment with which it came back to its author, while it is there."""
        if not self.record.is_editable:
            return None
        found = Event.objects.filter(reference=self.record.reference, verb__in=COMMENTS).select_related("by", "text")
        last = found.order_by("-at", "-pk").first()
        return {"title": COMMENTS[last.verb], "words": last.words, "by": last.by, "at": last.at} if last else None

    def buttons(self):
        available, record = self.available(), self.record
        address = [record.reference]
        if not record.involved:
            available -= {"send-for-approval"}
        if record.involved is None and record.is_editable and not self.by_email:
            available -= {"return-nil", "secure-records"}  # the question on the page leads there
        if self.by_email:
            available -= {"send-for-approval", "key-in-summary", "waive-approval"}
        else:
            available -= {"enter-summary"}
        if record.approval_waived_why:
            available -= {"waive-approval"}
        if record.status == Status.NIL and record.records_secured_at:
            available -= {"secure-records"}
        grows = "accept-additions" in available and queries.family_can_grow(record.review)
        if not (grows and queries.proposed_additions(record).exists()):
            available -= {"accept-additions"}
        if record.is_editable:
            available -= {"secure-records"}  # stands in the task list
        return [(words, reverse(name, args=address), kind) for name, words, kind in BUTTONS if name in available]


LEGAL_BASIS = (
    "Children Act 2004 section 16H: the safeguarding partners ask for this information to enable or assist their "
    "functions, and whom they ask must comply."
)
COMMENTS = {
    "return_to_author": "Returned by the approver with this comment",
    "send_back": "Sent back by the business unit with this comment",
    "reopen_summary": "Asked again, because",
}
BUTTONS = (
    ("send-for-approval", "Check answers and send", ""),
    ("approve-summary", "Read and approve", ""),
    ("accept-summary", "Accept", ""),
    ("accept-additions", "Add people to the family", "secondary"),
    ("send-back", "Send back with a comment", "secondary"),
    ("enter-summary", "Check answers and enter it", ""),
    ("secure-records", "Record that records are secured", "secondary"),
    ("return-nil", "No contact after all: make a nil return", "secondary"),
    ("key-in-summary", "Type it in for the agency", "secondary"),
    ("waive-approval", "Waive the second person", "secondary"),
    ("reopen-summary", "Ask the agency again", "secondary"),
)
"""What can be done, in the order of its buttons; the workflow says which are there."""


def say_day_of(deadline):
    """This will say by when something is due; that no date is set, where there is none."""
    return words.moment_words(deadline.due_at) if deadline and deadline.due_at else "without a date"


def originals(summary):
    return Attachment.objects.filter(reference=summary.reference).order_by("added_at")


class SummaryFile(View):
    """The original of a summary that came by e-mail, for the agency and the business team."""

    def get(self, request, reference, key):
        now = timezone.now()
        record = get_visible_or_404(AgencySummary.objects.all(), request, reference)
        permissions = permissions_on(request.user, record, moment=now)
        attachment = originals(record).filter(key=key).first()
        if attachment is None or not permissions & {P.RETURN_SUMMARY, P.APPROVE_SUMMARY, P.ENTER_SUMMARY}:
            raise Http404
        reader = queries.reader_of(record.review, request.user, moment=now)
        if queries.marks_of(record.review, reader).withholds_of(record):
            raise Http404
        log_reading(
            request,
            reference=record.reference,
            case=record.case.reference,
            allowed=True,
            on=now,
            what=f"file {attachment.key.hex[:8]}",
        )
        return files.serve(attachment)
