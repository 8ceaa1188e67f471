"""The co-ordinator's view of the gathering: agencies by sections, times, who was chased; and what can be done there."""

from django.urls import reverse

from casework import keys
from casework.views import RecordView, TransitionView
from casework.workflow import NotAllowed
from deadlines import rules
from deadlines.queries import working_days
from design.forms import say_moment
from partnership.permissions import Permission as P
from rapid_reviews import forms, queries, workflow
from rapid_reviews.models import AgencySummary, RapidReview
from rapid_reviews.views import answers
from rapid_reviews.views.summary.page import TAGS

SHORT = {
    "agency": "Agency",
    "records": "Records",
    "family": "Family",
    "processes": "Other processes",
    "chronology": "Chronology",
    "child": "Child",
    "involvement": "Involvement",
    "practice": "Practice",
    "learning": "Learning",
    "practitioners": "People involved",
}
"""The sections as the heads of narrow columns."""
WORDS = {"Not yet started": "Not started", "In progress": "In progress", "Completed": "Done"}
SHOWN = 5
"""How many of an agency's chases, and of its reminders, are listed."""
NONE = "–"
NOTHING = "Nothing said"


class Agencies(RecordView):
    """Where every agency stands, section by section, and when it was asked, reminded and chased."""

    model = RapidReview
    template_name = "rapid_reviews/agencies.html"

    def get(self, request, *args, **kwargs):
        if not self.may(P.RUN_RAPID_REVIEW):
            raise NotAllowed(f"where the agencies stand needs {P.RUN_RAPID_REVIEW}")
        found, calendar = queries.standings(self.record), working_days()
        return self.render(
            heads=list(SHORT.values()),
            rows=[(each.summary, cells_of(each)) for each in found],
            agencies=[self.about(each, calendar) for each in found],
            chase_form=forms.Confirm(),
            working_days=calendar,
        )

    def about(self, standing, calendar):
        """One agency: where it stands, its times, and what can be done about it."""
        summary, open_now = standing.summary, self.record.status not in RapidReview.OVER
        waited_for = open_now and summary.status in workflow.chase_agency.sources and not summary.went_without_at
        runs = standing.deadline and standing.deadline.runs
        address = [summary.reference]
        links = [("Read the summary", summary.get_absolute_url())]
        if waited_for and runs and self.may(P.MOVE_DATES):
            links.append(("Extend its date", reverse("extend-summary", args=address)))
        if waited_for:
            links.append(("Go on without it", reverse("go-without", args=address)))
        return {
            "summary": summary,
            "tag": TAGS[summary.status],
            "deadline": standing.deadline,
            "opened": summary.first_opened_at,
            "returned": returned_words(summary, calendar),
            "chases": standing.chases[:SHOWN],
            "more_chases": len(standing.chases[SHOWN:]),
            "reminders": [(at, ", ".join(names)) for at, names in standing.reminders[:SHOWN]],
            "more_reminders": len(standing.reminders[SHOWN:]),
            "links": links,
            "chase_url": reverse("chase-agency", args=address) if waited_for else "",
            "key": keys.new_key(self.request.user) if waited_for else "",
        }


def cells_of(standing):
    """This will say how far each section of one agency's summary is: [(head, words)]."""
    summary = standing.summary
    if summary.status == AgencySummary.Status.NIL:
        return [(head, "Nil return" if slug == "agency" else NONE) for slug, head in SHORT.items()]
    missing = {section for section, _, _ in queries.summary_gaps(summary, standing.rows)}
    said = {
        section.slug: WORDS[answers.status_of(summary, section, standing.rows, missing)] for section in forms.SECTIONS
    }
    if summary.status in AgencySummary.RETURNED_STATUSES:
        said = {slug: NOTHING if words == "Not started" else words for slug, words in said.items()}
    said["records"] = WORDS["Completed" if summary.records_secured_at else "Not yet started"]
    return [(head, said[slug]) for slug, head in SHORT.items()]


def returned_words(summary, calendar):
    """This will say when a summary came, and after how many working days."""
    if summary.returned_at is None:
        return ""
    asked, came = (rules.london_day(moment) for moment in (summary.asked_at, summary.returned_at))
    days = calendar.count(asked, came)
    return f"{say_moment(summary.returned_at)}, {days} working day{'' if days == 1 else 's'} after it was asked"


class AgencyAct(TransitionView):
    """One thing done about a summary that is waited for; leads back to where the agencies stand."""

    model = AgencySummary

    def get_context_data(self, **context):
        back = reverse("agencies", args=[self.record.review.reference])
        return super().get_context_data(back_to=back, due=queries.due_of_summary(self.record), **context)

    def get_success_url(self, record):
        return reverse("agencies", args=[record.review.reference])


class ChaseAgency(AgencyAct):
    transition = workflow.chase_agency
    form_class = forms.Confirm
    template_name = "rapid_reviews/chase_agency.html"
    done = "The agency’s safeguarding leads were asked once more, by e-mail"


class ExtendSummary(AgencyAct):
    transition = workflow.extend_summary
    form_class = forms.ExtendSummary
    template_name = "rapid_reviews/extend_summary.html"
    done = "The date was extended"


class GoWithout(AgencyAct):
    transition = workflow.go_without
    form_class = forms.GoWithout
    template_name = "rapid_reviews/go_without.html"
    done = "It is recorded that the review goes on without this summary"
