"""Random people press random buttons of one case, through its pages, from the referral to the National Panel.

Two presses of three could be done, one could not. What takes hours of typing is filled in between by the workflow's
own functions. After each step everything that must always hold is looked at.
"""

import logging
import random
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from access.can import permissions_on
from access.models import Access
from casework import documents, keys
from casework.models import Version
from casework.versions import canonical, is_intact
from casework.workflow import REGISTRY
from deadlines.models import Deadline
from partnership.models import Membership, User
from partnership.roles import roles_granting
from rapid_reviews import queries
from rapid_reviews.models import AgencySummary, RapidReview
from referrals.models import Referral
from tests.client import Visitor, changed, fields_of, parsed, said
from tests.factories import rapid_reviews, reports, situations
from tests.house_rules import routes
from tests.moments import london
from tests.soak import hostile
from tests.soak.amount import SECONDS, SEED
from tests.soak.watched import ANYBODY, OPENING, Watched
from trail.models import Event, TrackedModel

pytestmark = pytest.mark.soak

WALKS, STEPS = 10, 150
NOT_PRESSED = ("hand_over", "back_to_panel", "open_referral", "key_in_referral")
PRESSED = [each for each in REGISTRY if not each.system and each.name not in NOT_PRESSED]
# How often, where it could be done: what ends a case or goes back is rare, or no walk would arrive.
RARE = ["withdraw", "withdraw_notification", "pass_on", "attach", "detach"]
BACK = ["ask", "return_to_referrer", "return_to_author", "send_back", "reopen_summary", "correct", "return_nil"]
ASIDE = [
    "add_agency",
    "go_without",
    "extend_summary",
    "chase_agency",
    "give_section",
    "waive_approval",
    "key_in_summary",
    "close_review",
    "plan",
    "appoint_chair",
    "make_pdf_again",
]
TYPED = [each.name for each in REGISTRY if each.name.startswith(("fill_in", "remove_", "edit_"))]
ONWARDS = [
    *["submit", "approve", "send_to_panel", "give_view", "open_from_referral", "ask_agencies", "declare_no_conflict"],
    *["send_for_approval", "approve_summary", "accept_summary", "issue_pack", "record_meeting", "issue_draft"],
    *["close_comments", "lock_for_signature", "sign_off", "submit_report", "answer"],
]
WEIGHT = (
    dict.fromkeys(RARE, 0.02)
    | dict.fromkeys([*BACK, *ASIDE], 0.1)
    | dict.fromkeys(TYPED, 0.1)
    | dict.fromkeys(ONWARDS, 5)
)
ENDED = ({Referral.Status.WITHDRAWN, Referral.Status.PASSED_ON, Referral.Status.ADDITIONAL} | set(Referral.DECIDED)) - {
    Referral.Status.RAPID_REVIEW,
    Referral.Status.REVIEW_OPENED,
}
ANSWERS = {200, 302, 403, 404, 409, 422}
NEVER = ("school", "manager", "administrator", "other_referrer", "other_approver", "deactivated", "signed_out")
"""People whom nobody gives sight of this case, but for one who is chosen to approve a summary."""


def tracked(model=TrackedModel):
    for each in model.__subclasses__():
        if each._meta.abstract:
            yield from tracked(each)
        else:
            yield each


TRACKED = list(tracked())


class Walk:
    """One case and everything that happens to it."""

    def __init__(self, cast, clock, rng):
        self.cast, self.clock, self.rng = cast, clock, rng
        self.now = london("2026-12-11 10:00")
        clock.move_to(self.now)
        self.steps, self.done, self.path = 0, Counter(), []
        self.arrived = 0
        self.begin()

    def begin(self):
        """Another case: the first one, or the one before has ended."""
        begin = situations.empty if self.rng.random() < 0.8 else situations.keyed_in
        self.referral = begin(self.cast, day=timezone.localdate(self.now).isoformat())
        self.path = []

    def has_ended(self):
        """Whether nothing more can happen to the case; a report that was sent is counted once."""
        referral, *review = self.records()
        if review:
            self.arrived += review[0].status == "closed"
            return review[0].status == "closed"
        return referral.status in ENDED

    def records(self):
        """The records of the case as they stand."""
        yield Referral.objects.select_related("case").get(pk=self.referral.pk)
        review = RapidReview.objects.select_related("case").filter(referral=self.referral).order_by("-pk").first()
        if review:
            yield review
            yield from AgencySummary.objects.select_related("case").filter(review=review).order_by("pk")

    def people(self):
        return list(User.objects.filter(is_active=True).order_by("pk"))

    def step(self):
        """This will do one thing, move the clock, and look at everything."""
        self.steps += 1
        self.now += timedelta(minutes=self.rng.choice([1, 3, 10, 25]))
        if self.now.hour >= 17:
            self.now += timedelta(hours=17)  # the next case begins at half past nine
        self.clock.move_to(self.now)
        chance = self.rng.random()
        if chance < 0.2 and self.type_in():
            pass
        elif chance < 0.75:
            self.press(available=True)
        elif chance < 0.93:
            self.press(available=False)
        else:
            self.look_in()
        self.check()
        if self.has_ended():
            self.begin()

    # What people do

    def type_in(self):
        """Fill in what the record that is worked on lacks, all of it; whether there was anything."""
        referral, *later = self.records()
        watched = Watched()
        with connection.execute_wrapper(watched):
            done = self.type_into(referral, *later)
        assert not watched.without_history(TRACKED), self.say(done, watched.without_history(TRACKED))
        if done:
            self.path.append(done)
        return done

    def type_into(self, referral, review=None, *summaries):
        on, cast = self.now, self.cast
        if referral.status in Referral.EDITABLE and not referral.children.exists():
            situations.fill_in(referral, by=referral.opened_by, on=on)
            return "the referral is filled in"
        for summary in summaries:
            lead = rapid_reviews.lead_of(cast, summary)
            if summary.status in AgencySummary.EDITABLE and not summary.events.exists() and not summary.entered_by_id:
                rapid_reviews.fill_in(summary, by=lead, on=on)
                return f"{summary} is filled in"
        if review is None:
            return ""
        if review.status == "gathering" and not review.meeting_at:
            period = {"period_from": review.period_from, "period_until": review.period_until}
            at = self.now + timedelta(days=10)
            rapid_reviews.workflow.plan(
                review, by=cast.coordinator, on=on, **period, meeting_at=at, meeting_place="Hall"
            )
            return "the meeting is planned"
        if review.status == "pack_issued":
            reports.fill_in_meeting(cast, review, on=on, held_on=timezone.localdate(on))
            return "the meeting is written down"
        if review.status == "drafting" and queries.gaps_of_report(review):
            reports.write_report(cast, review, on=on)
            return "the report is written"
        if documents.waiting().filter(reference=review.reference).exists():
            reports.render(review, on=on)
            return "the PDF is made"
        return ""

    def press(self, *, available):
        """Send the form of one thing that can (or cannot) be done, as somebody who may (or may not)."""
        record, person, transition = self.choose(available=available)
        if record is None:
            return
        route = routes.ROUTES.get(transition.url_name, routes.Route())
        part = next((name for name, each in vars(self.cast).items() if each == person), "")
        try:
            arguments = route.args(record) if route.args else [record.reference]
            if transition.name in ("fill_in_summary", "fill_in", "edit_section", "fill_in_meeting"):
                arguments = [record.reference, arguments[1]]
            url = reverse(transition.url_name, args=arguments)
            answers = {} if transition.name == "ask_agencies" else route.answers(record, self.cast, part)
        except (AttributeError, IndexError, TypeError):
            return  # there is no such row yet
        self.send(record, person, transition, url, self.dated(transition, answers))

    def dated(self, transition, answers):
        """The answers that say a moment, at this moment."""
        on = timezone.localtime(self.now)
        for name in [name.removesuffix("-time") for name in answers if name.endswith("-time")]:
            answers |= {f"{name}-day": str(on.day), f"{name}-month": str(on.month), f"{name}-year": str(on.year)}
            answers[f"{name}-time"] = on.strftime("%H:%M")
        if transition.name == "send_for_approval":
            answers.pop("approver", None)
        if transition.name in ("submit_report", "record_notification"):
            answers["late_reason"] = "It was late"
        if transition.name == "screen":
            answers["duplicates_checked"] = "on"
        if transition.name == "give_view" and self.rng.random() < 0.15:
            answers |= self.rng.choice(
                [{"abuse": "cannot_say", "outcome": ""}, {"harm": "not_met", "outcome": "good_practice"}]
            )
        if transition.name == "sign_off" and self.rng.random() < 0.3:
            other = {"decision": "does_not_agree", "comments": "No", "outcome": "no_further"}
            answers |= self.rng.choice([{"decision": "agrees_with_comments", "comments": "Well"}, other])
        return answers

    def choose(self, *, available):
        """Somebody, a record and what to do with it: something they can do, or anything else."""
        people, records = self.people(), list(self.records())
        if not available:
            record, person = self.rng.choice(records), self.rng.choice(people)
            fits = [each for each in PRESSED if each.model is type(record) and each not in self.could(person, record)]
            return record, person, self.rng.choice(sorted(fits, key=lambda each: each.name))
        record = self.rng.choice(records if self.rng.random() < 0.2 else records[-3:])
        found = [(person, each) for person in people for each in self.could(person, record)]
        if not found:
            return None, None, None
        can_do = Counter(each for _, each in found)
        weights = [WEIGHT.get(each.name, 1) / can_do[each] for _, each in found]
        ((person, transition),) = self.rng.choices(found, weights)
        return record, person, transition

    def could(self, person, record):
        """What this person can do to the record as it stands; a review is opened from its referral."""
        may = permissions_on(person, record, moment=self.now)
        models = {type(record)} | ({RapidReview} if record.status == "rapid_review" else set())
        fits = [each for each in PRESSED if each.model in models and each.permission in may]
        fits = [each for each in fits if record.status in each.sources or each.name == "open_from_referral"]
        return sorted(fits, key=lambda each: each.name)

    def send(self, record, person, transition, url, answers):
        visitor = Visitor(person)
        before = Event.objects.count()
        watched = Watched()
        with connection.execute_wrapper(watched):
            page = visitor.get(url)
            form = fields_of(parsed(page), needed=False) if page.status_code == 200 else {}
            values = {keys.FIELD: keys.new_key(person)} | form
            if transition.name == "send_for_approval" and page.status_code == 200:
                offered = [each["value"] for each in parsed(page).select("[name=approver][value]") if each["value"]]
                answers = answers | ({"approver": self.rng.choice(offered)} if offered else {})
            if transition.name in ("issue_pack", "ask_agencies") and page.status_code == 200:
                name = "members" if transition.name == "issue_pack" else "agencies"
                offered = [each["value"] for each in parsed(page).select(f"[name={name}][value]")]
                if name == "agencies":  # those whose people the cast has
                    with_lead = {str(self.cast.housing.pk), str(self.cast.trust.pk)}
                    offered = [each for each in offered if each in with_lead] or offered[:1]
                answers = answers | {name: offered}
            response = visitor.post(url, changed(values, answers))
        took = (
            response.status_code == 302 and "login" not in response["Location"] and "reauth" not in response["Location"]
        )
        told = f"{person} {transition!r} on {record} ({record.status}) -> {response.status_code}"
        self.path.append(told + (f" {said(response)[:160]}" if response.status_code == 422 else ""))
        assert page.status_code in ANSWERS, self.say(told, page.status_code)
        assert response.status_code in ANSWERS, self.say(told)
        assert not watched.without_history(TRACKED), self.say(told, watched.without_history(TRACKED))
        events = list(Event.objects.order_by("-pk")[: Event.objects.count() - before])
        if took:
            self.done[transition.name] += 1
            own = [event for event in events if event.verb == transition.name]
            wanted = {1} if transition.event else {0, 1}
            assert len(own) in wanted, self.say(told, f"events: {[event.verb for event in events]}")
        else:
            assert not events, self.say(told, f"events: {events}")
            by_opening = OPENING if page.status_code == 200 else set()
            assert watched.tables <= ANYBODY | by_opening, self.say(told, f"stored {sorted(watched.tables)}")
        for shown in (page, response):
            if "html" in shown.get("Content-Type", "") and shown.status_code not in (403, 404):
                wrong = hostile.wrong_with(shown.content.decode())
                assert not wrong, self.say(told, wrong)

    def look_in(self):
        """Somebody opens the page of a record: who has no reason to see it gets 404."""
        for record in self.records():
            person = self.rng.choice(self.people())
            status = Visitor(person).get(record).status_code
            assert status in (200, 404), self.say(f"{person} opens {record}", status)
            assert status == 404 or self.has_a_reason(person, record), self.say(f"{person} sees {record}")
            part = self.rng.choice(NEVER)
            outsider = self.cast.person(part)
            if isinstance(record, AgencySummary) and outsider and record.approver_id == outsider.pk:
                continue
            status = Visitor(outsider).get(record).status_code
            assert status in ((302,) if part in ("deactivated", "signed_out") else (404,)), self.say(
                part, record, status
            )

    def has_a_reason(self, person, record):
        """Whether a row names this person, an agency they lead, or a role they hold, that opens this kind of record.

        Said here in its own words, not by `access`.
        """
        roles = set(roles_granting(type(record).view_permission))
        held = [each for each in Membership.objects.filter(user=person) if each.until_on is None]
        led = {each.agency_id for each in held if each.role == "agency_lead"}
        rows = [row for row in Access.objects.filter(case=record.case) if not row.until_at or row.until_at > self.now]
        theirs = {row.role for row in rows if row.user_id == person.pk or row.agency_id in led}
        standing = set() if record.case.stage in ("being_referred", "never_sent") else {each.role for each in held}
        if isinstance(record, AgencySummary):
            asked = {row.agency_id for row in rows if row.role == "case_asked_agency"} & led
            if record.agency_id in asked or record.approver_id == person.pk:
                return True
        return bool(roles & (theirs | standing))

    # What must always hold

    def check(self):
        """This will look at everything that holds whatever was done."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        open_ones = Counter()
        for deadline in Deadline.objects.filter(case=self.referral.case):
            assert not (deadline.met_at and deadline.stopped_at), self.say("met and stopped", deadline)
            if not (deadline.met_at or deadline.stopped_at):
                open_ones[deadline.reference, deadline.rule, deadline.key] += 1
        assert set(open_ones.values()) <= {1}, self.say(open_ones)
        for version in Version.objects.filter(case=self.referral.case):
            assert is_intact(version), self.say(version)
        review = RapidReview.objects.filter(referral=self.referral).order_by("-pk").first()
        signed = queries.signatures_in_force(review) if review else []
        if signed and review.status in ("locked", "decided") and not queries.is_withdrawn(review):
            now = canonical(queries.content(review))
            for one in signed:
                assert one.report_version.content == now, self.say(
                    f"{one.signed_by}'s signature stands on another text"
                )
        if signed:
            assert review.status in ("locked", "decided", "submitted", "closed", "ended"), self.say(
                "signed and open for changes"
            )
            assert len({one.signed_by_id for one in signed}) == len({one.partner for one in signed}) == len(signed)
        if review and review.status == "decided":
            most = Counter(one.outcome for one in signed).most_common(1)
            assert most, self.say("decided by nobody")
            assert most[0][1] >= 2, self.say("decided without a quorum")

    def say(self, *what):
        return f"SOAK_SEED={SEED}, step {self.steps}: {what}\n" + "\n".join(self.path[-12:])


@pytest.mark.parametrize("number", range(WALKS))
def test_a_walk_through_a_case_breaks_nothing(number, cast, clock, record_property):
    logging.disable(logging.CRITICAL)
    rng = random.Random(f"{SEED} {number}")
    end = time.monotonic() + (SECONDS / WALKS if SECONDS else 10**6)
    walk = Walk(cast, clock, rng)
    try:
        while walk.steps < STEPS and time.monotonic() < end:
            walk.step()
    finally:
        logging.disable(logging.NOTSET)
    review = RapidReview.objects.filter(referral=walk.referral).order_by("-pk").first()
    arrived = walk.arrived + bool(review and review.status == "submitted")
    record_property("steps walked", walk.steps)
    record_property("reports that reached the National Panel", arrived)
    print(f"walk {number}: {walk.steps} steps, {arrived} sent, now {review or walk.referral}, {dict(walk.done)}")
    print("\n".join(walk.path[-30:]))
