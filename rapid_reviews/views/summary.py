"""A single agency summary: asked for, filled in, approved, returned; accepted or sent back; typed in from an e-mail."""

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.views import View

from access.can import get_visible_or_404, log_reading, permissions_on
from casework import details, drafts, files
from casework.models import Attachment
from casework.views import FormPage, TransitionView
from deadlines import rules
from deadlines.queries import timescales, working_days
from design.forms import say_date
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
        return listings.SUMMARIES.respond(request, rows, "rapid_reviews/agency_summaries.html")


class SummaryPage(FormPage):
    """A page of a summary. It knows who is looking: the agency, its approver, the business team, or a panel member."""

    model = AgencySummary

    @cached_property
    def is_agencys(self):
        """Whether this person writes or approves it for the agency (or types it in for them)."""
        return self.may(P.RETURN_SUMMARY) or self.may(P.APPROVE_SUMMARY)

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
        return self.is_agencys or returned or (self.is_teams and record.status == Status.SENT_BACK)

    def sections(self, *, change=False):
        hidden = () if self.is_agencys or self.is_teams else answers.BEFORE_THE_PACK
        # Its own words are the agency's: withheld from it, they would say that they name the confidential place.
        secret = [] if self.is_agencys else queries.confidential_addresses(self.record.review)
        allowed = self.may(P.SEE_CONFIDENTIAL_ADDRESS)

        def address(row):
            return queries.address_of_agency(row, secret, allowed=allowed)

        return answers.sections(self.record, address=address, change=change, hidden=hidden)

    def family(self):
        # An agency sees an address only as the panel does: a confidential one is the business unit's alone.
        return queries.family(self.record.review, sees_confidential=self.may(P.SEE_CONFIDENTIAL_ADDRESS))

    def get_context_data(self, **context):
        return super().get_context_data(by_email=self.by_email, **context)


class AgencySummaryView(SummaryPage):
    """A summary's page: what is asked, the first question, then the task list; what it says, for who reads it."""

    transition = workflow.fill_in_summary
    form_class = forms.Involved
    template_name = "rapid_reviews/agency_summary.html"

    def get(self, request, *args, **kwargs):
        kept, kept_at = drafts.find(request)
        return self.render(form=self.get_form(kept), kept_at=kept_at)

    def get_form(self, data=None, files=None):
        return self.form_class(data, instance=self.record)

    def act(self, form):
        if form.cleaned_data["involved"] is False:  # saved with the nil return itself
            return reverse("return-nil", args=[self.record.reference])
        workflow.fill_in_summary(self.record, by=self.request.user, on=self.now, values=form.values(), seen=form.seen())
        return self.record.get_absolute_url()

    def get_context_data(self, **context):
        record = self.record
        writes = record.is_editable and self.may(P.RETURN_SUMMARY)
        context |= {"tag": TAGS[record.status], "writes": writes, "tasks": [], "sections": [], "nil": []}
        if writes and record.involved:
            context["tasks"] = answers.tasks(record)
        elif record.status == Status.NIL:
            context["nil"] = answers.nil_return(record)
        elif self.reads_answers and not writes:
            context["sections"] = self.sections()
        due = timescales(record.reference)
        if not self.is_teams:
            due = due.filter(role="")  # what waits for the business team is theirs to know
        return super().get_context_data(
            request_rows=self.request_rows(),
            family=self.family(),
            is_agencys=self.is_agencys,
            is_teams=self.is_teams,
            reads_review=self.may(P.VIEW_RAPID_REVIEW),
            comment=self.comment() if writes or self.is_teams else None,
            deadlines=due if self.is_agencys or self.is_teams else [],
            actions=self.buttons(),
            attachments=originals(record) if self.is_agencys or self.is_teams else [],
            **context,
        )

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


def originals(summary):
    return Attachment.objects.filter(reference=summary.reference).order_by("added_at")


# Filling in


class FillInSummary(SummaryPage):
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
        cards = self.cards() if section.rows else []
        return super().get_context_data(
            section=section,
            cards=cards,
            add_words=add_words(section.rows, another=bool(cards)) if section.rows else "",
            family=self.family() if section.slug == "family" else [],
            review=self.record.review,
            **context,
        )

    def cards(self):
        """The rows of this section as the summary list takes them: what tells each apart, and what can be done."""
        kind, found = self.section.rows, []
        for row in kind.of(self.record):
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
                self.record, by=self.request.user, on=self.now, values=form.values(), seen=form.seen()
            )
        return self.next_page()

    def next_page(self):
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


class FillInSummaryRow(SummaryPage):
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
        if row is None:
            raise Http404
        return row

    def get_form(self, data=None, files=None):
        return self.kind.form(data, instance=self.get_row(), sees_confidential=self.may(P.SEE_CONFIDENTIAL_ADDRESS))

    def get_context_data(self, **context):
        return super().get_context_data(kind=self.kind, section=self.section, **context)

    def act(self, form):
        workflow.fill_in_summary_row(
            self.record,
            by=self.request.user,
            on=self.now,
            row=self.get_row(),
            values=form.values(),
            seen=form.seen(),
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
        workflow.remove_summary_row(self.record, by=self.request.user, on=self.now, row=self.get_row())
        return answers.section_url(self.record, self.section.slug)


# Returning


class SummaryAct(SummaryPage, TransitionView):
    """One thing done to a summary."""


class SecureRecords(SummaryAct):
    transition = workflow.secure_records
    form_class = forms.SecureRecords
    template_name = "rapid_reviews/secure_records.html"
    done = "It is recorded that the records are secured"

    def get_form_kwargs(self):
        return {"initial": {"records_where": self.record.records_where}}

    def get_success_url(self, record):
        if record.involved and record.is_editable:
            return answers.section_url(record, forms.SECTIONS[1].slug)
        return super().get_success_url(record)


class ReturnNil(SummaryAct):
    transition = workflow.return_nil
    template_name = "rapid_reviews/return_nil.html"

    def get_form(self, data=None, files=None):
        form_class = forms.ReturnNilByEmail if self.by_email else forms.ReturnNil
        return form_class(data, initial=self.known())

    def known(self):
        record = self.record
        if self.by_email:
            return {"systems_searched": record.systems_searched, "names_used": record.names_used}
        return {
            "systems_searched": record.systems_searched,
            "names_used": self.names(),
            "searched_by": record.searched_by or self.request.user.full_name,
        }

    def names(self):
        """The names the agency was given; asked again, what it said then and whoever joined the family since."""
        family, said = self.family(), self.record.names_used
        if not said:
            return "\n".join(given_to_search(family))
        new = [person for person in family if person.added and person.name not in said]
        return "\n".join([said, *given_to_search(new)])

    def get_context_data(self, **context):
        return super().get_context_data(family=self.family(), **context)


def given_to_search(family):
    """This will list the names and dates of birth an agency was given."""
    return [
        ", ".join(filter(None, (person.name, person.other_names, person.born)))
        for person in family
        if person.name != "Name not known"
    ]


class CheckAnswers(SummaryAct):
    """Every answer, and every gap in one summary, each with a link to where it is answered."""

    def get_context_data(self, **context):
        form, missing = context["form"], answers.gaps(self.record)
        said = {message for _, message in missing}
        own = [(f"#{target}" if target else "", message) for target, message in form.error_summary()]
        return super().get_context_data(
            gaps=missing,
            problems=[*missing, *(line for line in own if line[1] not in said)] if form.is_bound else [],
            sections=self.sections(change=True),
            **context,
        )


class SendForApproval(CheckAnswers):
    transition = workflow.send_for_approval
    form_class = forms.SendForApproval
    template_name = "rapid_reviews/send_for_approval.html"

    def get_form_kwargs(self):
        day = timezone.localdate(self.now)
        people = queries.approvers_of(self.record.agency, author=self.request.user, day=day)
        return {"people": people, "waived": bool(self.record.approval_waived_why)}


class ApproveSummary(SummaryAct):
    transition = workflow.approve_summary
    form_class = forms.Confirm
    template_name = "rapid_reviews/approve_summary.html"
    done = "The summary was approved and returned to the partnership"

    def get_context_data(self, **context):
        return super().get_context_data(sections=self.sections(), **context)


class ReturnToAuthor(SummaryAct):
    transition = workflow.return_to_author
    form_class = forms.Reason
    template_name = "rapid_reviews/return_to_author.html"
    done = "The summary was returned to its author"


# The business team


class WithAdditions(SummaryAct):
    """An act that may also settle who of those the summary names joins the family, and who is asked again."""

    form_class = forms.Additions

    def get_form_kwargs(self):
        review = self.record.review
        grows = queries.family_can_grow(review)
        return {
            "proposed": queries.proposed_additions(self.record) if grows else (),
            "nil": queries.nil_returns(review),
        }

    def get_context_data(self, **context):
        return super().get_context_data(family=self.family(), **context)


class AcceptSummary(WithAdditions):
    transition = workflow.accept_summary
    template_name = "rapid_reviews/accept_summary.html"
    done = "The summary was accepted"


class AcceptAdditions(WithAdditions):
    """For a summary that was accepted already: who joins the family after all, or leaves it again."""

    transition = workflow.accept_additions
    template_name = "rapid_reviews/accept_additions.html"
    done = "The family was changed for every agency"


class SendBack(SummaryAct):
    transition = workflow.send_back
    form_class = forms.Reason
    template_name = "rapid_reviews/send_back.html"
    done = "The summary was sent back to the agency"


class WaiveApproval(SummaryAct):
    transition = workflow.waive_approval
    form_class = forms.Reason
    template_name = "rapid_reviews/waive_approval.html"
    done = "The agency can return its summary without a second person"


class KeyInSummary(SummaryAct):
    """The original of a summary that came by e-mail; from then on the business team fills it in."""

    transition = workflow.key_in_summary
    form_class = forms.KeyInSummary
    template_name = "rapid_reviews/key_in_summary.html"

    def act(self, form):
        original = form.cleaned_data["original"]
        record = workflow.key_in_summary(self.record, by=self.request.user, on=self.now)
        if original:
            files.store(original, record=record, by=self.request.user, on=self.now)
        return record.get_absolute_url()


class EnterSummary(CheckAnswers):
    transition = workflow.enter_summary
    form_class = forms.EnterSummary
    template_name = "rapid_reviews/enter_summary.html"
    done = "The summary was entered for the agency"


class ReopenSummary(SummaryAct):
    transition = workflow.reopen_summary
    form_class = forms.Reason
    template_name = "rapid_reviews/reopen_summary.html"
    done = "The agency was asked again"


class SummaryFile(View):
    """The original of a summary that came by e-mail, for the agency and the business team."""

    def get(self, request, reference, key):
        now = timezone.now()
        record = get_visible_or_404(AgencySummary.objects.all(), request, reference)
        permissions = permissions_on(request.user, record, moment=now)
        attachment = originals(record).filter(key=key).first()
        if attachment is None or not permissions & {P.RETURN_SUMMARY, P.APPROVE_SUMMARY, P.ENTER_SUMMARY}:
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
