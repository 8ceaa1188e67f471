"""The draft: issued, agreed or commented on, the round closed; then locked for signature."""

from django.urls import reverse
from django.utils import timezone

from casework import named
from partnership.permissions import Permission as P
from rapid_reviews import queries, workflow
from rapid_reviews.forms.report import (
    Comment,
    heading_of,
)
from rapid_reviews.views.report.page import ReportAct, ReportPage, buttons, gaps_with_links


class IssueDraft(ReportAct):
    transition = workflow.issue_draft
    template_name = "rapid_reviews/issue_draft.html"
    done = "The draft was issued to the rapid review panel"

    def get_context_data(self, **context):
        members = self.record.members.filter(until_at=None).select_related("user", "agency").order_by("user__full_name")
        return super().get_context_data(members=members, gaps=gaps_with_links(self.record), **context)


class GiveComment(ReportAct):
    """A panel member agrees the draft or says something about a section; any number of times until it is closed."""

    transition = workflow.comment
    template_name = "rapid_reviews/comment.html"

    def get_form(self, data=None, files=None):
        section = self.request.GET.get("section", "")
        initial = {"answer": Comment.COMMENT, "section": section} if section else None
        return Comment(data, initial=initial)

    def get_context_data(self, **context):
        mine = [
            one
            for _, comments in queries.replies_of_members(self.record)
            for one in comments
            if one.member_id == self.request.user.pk
        ]
        return super().get_context_data(
            mine=[(heading_of(one.section), one) for one in mine],
            **context,
        )

    def act(self, form):
        values = form.arguments()
        self.transition(self.record, by=self.request.user, on=self.now, **values)
        self.say("You agreed the draft" if values["agrees"] else "Your comment was added. You can add another.")
        return reverse("report" if values["agrees"] else "comment", args=[self.record.reference])


class Comments(ReportPage):
    """Who has agreed, who has commented what, and who has not replied."""

    template_name = "rapid_reviews/comments.html"

    def get_context_data(self, **context):
        self.check_readable()
        replies = [
            (member, [(heading_of(one.section), one) for one in comments])
            for member, comments in queries.replies_of_members(self.record)
        ]
        return super().get_context_data(
            replies=replies,
            missing=sum(1 for _, comments in replies if not comments),
            actions=[each for each in buttons(self.record, context["available"]) if "comment" in each[1]],
            **context,
        )


class CloseComments(ReportAct):
    transition = workflow.close_comments
    template_name = "rapid_reviews/close_comments.html"
    done = "The round of comments was closed"

    def get_context_data(self, **context):
        silent = [member.user for member, comments in queries.replies_of_members(self.record) if not comments]
        return super().get_context_data(silent=silent, **context)


class LockForSignature(ReportAct):
    transition = workflow.lock_for_signature
    template_name = "rapid_reviews/lock_for_signature.html"
    done = "The report was locked, and the partners asked to decide and sign it"

    def get_context_data(self, **context):
        day = timezone.localdate(self.now)
        known = named.conflicts(self.record.case)
        signatories = list(queries.able_to_sign(self.record, day).select_related("user", "for_user"))
        passed_over = list(queries.signatories(day).filter(user__in=known).select_related("user"))
        return super().get_context_data(
            gaps=gaps_with_links(self.record, signatories, day),
            asked=[
                (appointment.get_partner_display(), str(appointment.user), workflow.capacity_of(appointment))
                for appointment in signatories
            ],
            asked_head=["Partner", "Name", "Capacity"],
            passed_over=[(appointment, known[appointment.user_id]) for appointment in passed_over],
            manages=self.may(P.MANAGE_ACCESS),
            **context,
        )
