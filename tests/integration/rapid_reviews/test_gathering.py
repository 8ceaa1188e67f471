"""The business team opens a rapid review, appoints its chair, asks the agencies and issues the pack."""

from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.models import Access
from deadlines import rules
from deadlines.models import Deadline, DiaryEntry
from notifications.models import Notice
from partnership.models import Agency, Membership, User
from partnership.roles import CaseRole, Role
from rapid_reviews.models import AgencySummary, PanelMember, RapidReview
from referrals.models import Referral
from tests.client import Visitor, form_key, parsed, problems, words
from tests.factories import rapid_reviews as reviews
from tests.factories import situations
from tests.factories.people import Agencies, Memberships
from tests.integration.rapid_reviews.conftest import fresh, summary_of
from tests.moments import london
from trail.models import Event

pytestmark = pytest.mark.begins_with("rapid_review_decided")


def page(name, record):
    return reverse(name, args=[record.reference])


def due(record, rule):
    return Deadline.objects.filter(reference=record.reference, rule=rule.code).order_by("-pk").first().due_at


def told(kind, **wanted):
    """The people and addresses that were told something."""
    notices = Notice.objects.filter(kind=f"rapid_reviews.{kind}", **wanted)
    return sorted(str(notice.user or notice.address) for notice in notices.select_related("user"))


def invited():
    return [notice.user.full_name for notice in Notice.objects.filter(kind="account.invitation")]


# Opening


class TestOpening:
    def test_the_business_team_opens_it_from_the_referrals_page(self, cast, visit):
        referral = situations.rapid_review_decided(cast)
        visitor = visit("coordinator")
        button = visitor.read(referral).find("a", string=lambda text: text and "Open the rapid review" in text)
        where = visitor.must_send(button["href"])
        review = RapidReview.objects.get()
        assert where == review.get_absolute_url()
        assert review.reference == "RR-2026-001"
        assert fresh(referral).status == Referral.Status.REVIEW_OPENED
        assert fresh(review).case == referral.case
        assert f"Rapid review {review.reference}" in visitor.text(referral)

    def test_the_period_is_the_twelve_months_to_the_incident(self, cast, visit):
        referral = situations.rapid_review_decided(cast)
        visit("coordinator").must_send(page("open-from-referral", referral))
        review = RapidReview.objects.get()
        assert (review.period_from, review.period_until) == (date(2025, 12, 10), date(2026, 12, 10))

    def test_nobody_else_is_offered_it_or_may_do_it(self, cast, visit):
        referral = situations.rapid_review_decided(cast)
        for part in ("referrer", "panel_la", "la_notifier"):
            assert "Open the rapid review" not in visit(part).text(referral)
            assert visit(part).get(page("open-from-referral", referral)).status_code == 403
        assert visit("agency_lead").get(page("open-from-referral", referral)).status_code == 404
        assert not RapidReview.objects.exists()

    def test_a_referral_that_is_not_there_yet_says_what_it_is(self, cast, visit):
        referral = situations.with_panel(cast)
        response = visit("coordinator").get(page("open-from-referral", referral))
        assert response.status_code == 409
        assert "With the Virtual Panel" in words(response)

    def test_a_second_time_says_that_it_was_opened(self, cast, visit):
        referral = situations.rapid_review_decided(cast)
        visit("coordinator").must_send(page("open-from-referral", referral))
        response = visit("business_manager").get(page("open-from-referral", referral))
        assert response.status_code == 409
        assert "Rapid review opened" in words(response)
        assert RapidReview.objects.count() == 1

    def test_ten_presses_open_one(self, cast, visit):
        referral = situations.rapid_review_decided(cast)
        visitor = visit("coordinator")
        address = page("open-from-referral", referral)
        values = visitor.form(address)
        answers = {visitor.post(address, values)["Location"] for _ in range(10)}
        assert answers == {RapidReview.objects.get().get_absolute_url()}
        assert Event.objects.filter(verb="open_from_referral").count() == 1

    def test_its_dates_stand_side_by_side(self, cast, on_monday, visit):
        text = visit("coordinator").text(on_monday)
        assert "Report, local date Due Wednesday 6 January 2027 by 4pm" in text
        assert "Report, national date Due Thursday 7 January 2027" in text
        assert "Serious incident notification Done, in time" in text
        assert "Day 1 of 15" in text

    def test_without_a_notification_the_national_date_says_why_it_is_missing(self, cast, visit):
        referral = situations.rapid_review_decided(cast)
        where = visit("coordinator").must_send(page("open-from-referral", referral))
        assert "It counts from the serious incident notification, which is not recorded as sent" in visit(
            "coordinator"
        ).text(where)

    def test_every_milestone_of_the_timetable_is_started(self, on_monday):
        started = dict(Deadline.objects.filter(reference=on_monday.reference).values_list("rule", "due_at"))
        days = {
            rules.SUMMARIES_REQUESTED: "2026-12-15 23:59",
            rules.CHRONOLOGY: "2026-12-24 23:59",
            rules.PACK_ISSUED: "2026-12-24 23:59",
            rules.MEETING: "2026-12-30 23:59",
            rules.DRAFT_ISSUED: "2026-12-30 23:59",
            rules.REPORT_LOCAL: "2027-01-06 16:00",
        }
        assert started == {rule.code: london(moment) for rule, moment in days.items()}


# The list


class TestTheList:
    def test_it_shows_each_review_with_its_day_and_local_date(self, cast, on_monday, visit):
        table = visit("coordinator").read(reverse("rapid-reviews")).find("table")
        row = " ".join(table.find("tbody").get_text(" ").split())
        assert row == "RR-2026-001 Gathering Day 1 of 15 6 January 2027 at 4pm"

    def test_only_what_a_person_may_see(self, cast, visit):
        reviews.review_gathering(cast)
        assert "RR-2026-001" in visit("reviewer").text(reverse("rapid-reviews"))
        for part in ("agency_lead", "referrer", "panel_la", "manager", "administrator"):
            assert "There are no rapid reviews" in visit(part).text(reverse("rapid-reviews"))

    def test_the_way_there_is_shown_to_who_sees_any(self, cast, visit):
        reviews.review_gathering(cast)

        def ways(part):
            return [link.get_text(strip=True) for link in visit(part).read("/").select("nav[aria-label=Menu] a")]

        assert ways("coordinator") == ["Your work", "Referrals", "Rapid reviews", "Deadlines"]
        assert ways("reviewer") == ["Your work", "Referrals", "Rapid reviews"]
        assert ways("agency_lead") == ["Your work", "Referrals", "Summaries"]
        assert ways("school") == ["Your work", "Referrals"]

    def test_two_and_six_reviews_take_as_many_queries(self, cast, visit):
        visitor, asked = visit("coordinator"), []
        for more in (2, 4):
            for _ in range(more):
                reviews.review_opened(cast)
            with CaptureQueriesContext(connection) as queries:
                visitor.get(reverse("rapid-reviews"))
            asked.append(len(queries))
        assert asked[0] == asked[1]


# The chair


class TestTheChair:
    def test_the_pool_is_offered_with_what_is_known_against_each(self, cast, visit):
        review = reviews.review_gathering(cast)
        reviews.give_council_a_lead(cast)
        visit("coordinator").must_send(page("ask-agencies", review), agencies=[str(cast.council.pk)])
        offered = visit("business_manager").read(page("appoint-chair", review))
        said = {
            item.find("label").get_text(strip=True): item.find(class_="govuk-hint").get_text(strip=True)
            for item in offered.select(".govuk-radios__item")
        }
        assert "Rowan Beck" not in said  # is the chair now
        assert said["Silas Greenhow"] == "Independent Scrutineer, Brackenfield Reviews"
        assert "Known: their agency was asked for a summary" in said["Petra Lindqvist"]
        assert "Lena Hollis" not in said

    def test_the_chair_is_appointed_with_their_skills_and_asked_to_declare(self, cast, on_monday, visit):
        visit("business_manager").must_send(
            page("appoint-chair", on_monday), chair=str(cast.reviewer.pk), skills="Twelve years of reviews"
        )
        review = fresh(on_monday)
        assert (review.chair, review.chair_skills, review.chair_declared_at) == (
            cast.reviewer,
            "Twelve years of reviews",
            None,
        )
        assert told("chair_appointed") == ["Rowan Beck"]
        assert "Declare that you have no conflict of interest as chair" in visit("reviewer").text("/")
        assert "No declaration yet" in visit("coordinator").text(review)
        visit("reviewer").must_send(page("declare-no-conflict", review))
        assert fresh(review).chair_declared_at == london("2026-12-14 10:00")
        assert "Declare" not in visit("reviewer").text("/")
        assert "Declared no conflict of interest" in visit("coordinator").text(review)

    def test_who_referred_the_case_cannot_chair_it(self, cast, on_monday, visit):
        referrer = on_monday.referral.opened_by
        Memberships(user=referrer, agency=cast.hospital, role=Role.REVIEWER)
        response = visit("business_manager").send(
            page("appoint-chair", on_monday), chair=str(referrer.pk), skills="Knows the case"
        )
        assert response.status_code == 422
        assert problems(response) == [
            ("Rhea Castellan cannot chair: they referred the case or approved the referral", "#id_chair")
        ]

    def test_nobody_but_the_chair_declares(self, cast, visit):
        review = reviews.chair_appointed(cast)
        assert visit("coordinator").get(page("declare-no-conflict", review)).status_code == 403
        assert fresh(review).chair_declared_at is None

    def test_another_chair_takes_over_and_the_first_sees_it_no_longer(self, cast, visit):
        review = reviews.chronology_shared(cast)
        assert visit("reviewer").get(review).status_code == 200
        visit("business_manager").must_send(
            page("appoint-chair", review), chair=str(cast.scrutineer.pk), skills="Independent"
        )
        assert visit("reviewer").get(review).status_code == 404
        assert visit("scrutineer").get(review).status_code == 200
        assert visit("scrutineer").get(page("chronology", review)).status_code == 404
        assert "Declare that you have no conflict" not in visit("reviewer").text("/")

    def test_another_chair_after_the_pack_is_on_the_panel_and_the_first_is_not(self, cast, visit):
        review = reviews.pack_issued(cast)
        visit("business_manager").must_send(
            page("appoint-chair", review), chair=str(cast.scrutineer.pk), skills="Independent"
        )
        assert visit("reviewer").get(page("pack", review)).status_code == 404
        assert visit("scrutineer").get(page("pack", review)).status_code == 200
        members = PanelMember.objects.filter(review=review, until_at=None)
        assert cast.scrutineer in {member.user for member in members}
        assert cast.reviewer not in {member.user for member in members}

    def test_nothing_is_appointed_without_an_answer(self, cast, on_monday, visit):
        response = visit("coordinator").send(page("appoint-chair", on_monday))
        assert problems(response) == [
            ("Select who chairs the rapid review", "#id_chair"),
            ("Enter the skills and experience for this case", "#id_skills"),
        ]
        assert parsed(response).title.get_text().startswith("Error: ")


# Period and meeting


class TestThePlan:
    def test_the_period_and_the_meeting_are_set(self, cast, on_monday, visit):
        visit("coordinator").must_send(
            page("plan", on_monday),
            period_from=date(2025, 6, 1),
            meeting_at=datetime(2026, 12, 29, 10, 0),
            meeting_place="Weir Room",
        )
        review = fresh(on_monday)
        assert (review.period_from, review.period_until) == (date(2025, 6, 1), date(2026, 12, 10))
        assert review.meeting_at == london("2026-12-29 10:00")
        assert due(review, rules.PACK_BEFORE_MEETING) == london("2026-12-24 23:59")
        assert DiaryEntry.objects.get(reference=review.reference).starts_at == london("2026-12-29 10:00")
        text = visit("coordinator").text(review)
        assert "The rapid review meeting is on Tuesday 29 December 2026 at 10am, Weir Room" in text

    def test_the_meeting_moves_and_the_packs_date_with_it(self, cast, on_monday, visit):
        for day in (29, 30):
            visit("coordinator").must_send(page("plan", on_monday), meeting_at=datetime(2026, 12, day, 10, 0))
        assert due(on_monday, rules.PACK_BEFORE_MEETING) == london("2026-12-29 23:59")
        assert Deadline.objects.open().filter(rule=rules.PACK_BEFORE_MEETING.code).count() == 1

    def test_who_has_the_pack_is_told_that_the_meeting_moved(self, cast, visit):
        review = reviews.pack_issued(cast)
        visit("coordinator").must_send(page("plan", review), meeting_at=datetime(2026, 12, 30, 10, 0))
        assert told("meeting_planned") == sorted(
            str(member.user) for member in PanelMember.objects.filter(review=review).select_related("user")
        )

    def test_a_meeting_before_the_review_was_opened_is_refused(self, cast, on_monday, visit):
        response = visit("coordinator").send(page("plan", on_monday), meeting_at=datetime(2026, 12, 14, 9, 59))
        opened = "The rapid review was opened 14 December 2026 at 10am: the meeting cannot be before"
        assert problems(response) == [(opened, "#id_meeting_at-day")]
        assert fresh(on_monday).meeting_at is None

    def test_a_period_that_ends_before_it_begins_is_refused(self, cast, on_monday, visit):
        response = visit("coordinator").send(page("plan", on_monday), period_until=date(2024, 1, 1))
        assert problems(response) == [
            ("The last day of the period must be on or after the first", "#id_period_until-day")
        ]


# Asking


class TestAskingAgencies:
    def test_those_whose_service_the_referral_names_are_proposed_and_say_why(self, cast, visit):
        review = reviews.review_opened(cast)
        named = review.referral.services.get()
        asking = visit("coordinator").read(page("ask-agencies", review))
        items = asking.select(".govuk-checkboxes__item")
        selected = [item.find("label").get_text(strip=True) for item in items if item.find("input").has_attr("checked")]
        provides = Agency.objects.filter(services__contains=[named.service]).values_list("name", flat=True)
        assert selected == [name for name in provides if name in selected]
        first = items[0]
        assert first.find("label").get_text(strip=True) in selected or not selected

    def test_an_agency_answers_for_another_that_responds_through_it(self, cast, visit):
        review = reviews.review_opened(cast)
        service = review.referral.services.get().service
        Agencies(name="Small Charity", services=[service], responds_through=cast.housing)
        asking = visit("coordinator").read(page("ask-agencies", review))
        first = asking.select_one(".govuk-checkboxes__item")
        assert first.find("label").get_text(strip=True) == "Larkspur Homes"
        assert first.find("input").has_attr("checked")
        assert first.find(class_="govuk-hint").get_text(strip=True).startswith("Named in the referral: ")
        assert "Small Charity" not in words(asking)

    def test_summaries_are_due_on_day_7(self, cast, on_monday, visit):
        asking = visit("coordinator").text(page("ask-agencies", on_monday))
        assert "Asked now, the summary is due Tuesday 22 December 2026" in asking
        visit("coordinator").must_send(
            page("ask-agencies", on_monday), agencies=[str(cast.housing.pk), str(cast.trust.pk)]
        )
        for agency in (cast.housing, cast.trust):
            summary = summary_of(on_monday, agency)
            assert due(summary, rules.SUMMARY_RETURNED) == london("2026-12-22 23:59")
            assert due(summary, rules.RECORDS_SECURED) == london("2026-12-15 23:59")
        assert told("summary_asked") == ["Lena Hollis", "Lucas Ambry", "Osian Pike"]
        met = Deadline.objects.get(reference=on_monday.reference, rule=rules.SUMMARIES_REQUESTED.code)
        assert met.met_at == london("2026-12-14 10:00")
        text = visit("coordinator").text(on_monday)
        assert "Larkspur Homes Asked 14 December 2026 Due Tuesday 22 December 2026" in text

    def test_asked_after_day_7_it_is_not_due_after_the_working_day_before_the_pack(self, cast, on_monday, visit, clock):
        clock.move_to(london("2026-12-23 09:00"))
        asking = visit("coordinator").text(page("ask-agencies", on_monday))
        assert "the summary is due Wednesday 23 December 2026 , unless you name another day below" in asking
        visit("coordinator").must_send(page("ask-agencies", on_monday), agencies=[str(cast.housing.pk)])
        summary = summary_of(on_monday, cast.housing)
        assert due(summary, rules.SUMMARY_ASKED_LATER) == london("2026-12-23 23:59")
        assert "Due today" in visit("agency_lead").text(summary)

    def test_or_on_the_day_the_coordinator_names(self, cast, on_monday, visit, clock):
        clock.move_to(london("2026-12-23 09:00"))
        visit("coordinator").must_send(
            page("ask-agencies", on_monday), agencies=[str(cast.housing.pk)], due_on=date(2026, 12, 29)
        )
        summary = summary_of(on_monday, cast.housing)
        assert due(summary, rules.SUMMARY_ASKED_LATER) == london("2026-12-29 23:59")
        notice = Notice.objects.filter(kind="rapid_reviews.summary_asked").first()
        assert "due Tuesday 29 December 2026" in notice.body

    def test_in_the_first_round_no_other_day_is_named(self, cast, on_monday, visit):
        assert "due_on" not in str(visit("coordinator").form(page("ask-agencies", on_monday)))

    def test_asked_after_the_pack_the_summary_is_due_5_working_days_later(self, cast, on_monday, visit, clock):
        clock.move_to(london("2026-12-29 09:00"))
        asking = visit("coordinator").text(page("ask-agencies", on_monday))
        assert "the summary is due Wednesday 6 January 2027" in asking
        visit("coordinator").must_send(page("ask-agencies", on_monday), agencies=[str(cast.housing.pk)])
        summary = summary_of(on_monday, cast.housing)
        assert due(summary, rules.SUMMARY_ASKED_LATER) == london("2027-01-06 23:59")
        assert not Deadline.objects.open().filter(rule=rules.SUMMARY_RETURNED.code).exists()

    def test_an_agency_without_a_lead_is_named_and_cannot_be_asked(self, cast, on_monday, visit):
        asking = visit("coordinator").read(page("ask-agencies", on_monday))
        offered = [label.get_text(strip=True) for label in asking.select(".govuk-checkboxes__label")]
        assert offered == ["Larkspur Homes", "Thistledown Community Trust"]
        text = words(asking)
        assert "Cannot be asked yet" in text
        assert asking.find("a", href=f"{page('add-agency', on_monday)}?agency={cast.police.pk}")
        assert "Harrowmere Constabulary: add its safeguarding lead" in text

    def test_an_agency_is_asked_once(self, cast, asked, visit):
        review = asked.review
        offered = visit("coordinator").read(page("ask-agencies", review)).select(".govuk-checkboxes__label")
        assert offered == []
        response = visit("coordinator").send(page("ask-agencies", review), agencies=[str(cast.housing.pk)])
        assert response.status_code == 422
        assert AgencySummary.objects.filter(review=review).count() == 2

    def test_nobody_asks_but_the_business_team(self, cast, visit):
        review = reviews.review_gathering(cast)
        assert visit("reviewer").get(page("ask-agencies", review)).status_code == 403
        assert visit("agency_lead").get(page("ask-agencies", review)).status_code == 404

    def test_ten_presses_ask_each_agency_once(self, cast, on_monday, visit):
        visitor = visit("coordinator")
        address = page("ask-agencies", on_monday)
        values = visitor.form(address) | {"agencies": [str(cast.housing.pk)]}
        for _ in range(10):
            assert visitor.post(address, values).status_code == 302
        assert AgencySummary.objects.count() == 1
        assert len(told("summary_asked")) == 2
        assert Event.objects.filter(verb="ask_agency").count() == 1


NEW = {
    "name": "Wexmoor Nursery",
    "kind": "education",
    "lead_name": "Winnie Garth",
    "lead_email": "Winnie.Garth@wexmoor.example",
    "escalation_name": "Warren Todd",
    "escalation_email": "warren.todd@wexmoor.example",
}


class TestAddingAnAgency:
    def test_it_is_added_its_lead_invited_and_asked_in_one_step(self, cast, on_monday, visit):
        visit("coordinator").must_send(page("add-agency", on_monday), **NEW)
        agency = Agency.objects.get(name="Wexmoor Nursery")
        lead = User.objects.get(email="winnie.garth@wexmoor.example")
        assert Membership.objects.get(user=lead).agency == agency
        assert agency.escalation_email == "warren.todd@wexmoor.example"
        assert (invited(), told("summary_asked")) == (["Winnie Garth"], ["Winnie Garth"])
        summary = summary_of(on_monday, agency)
        assert due(summary, rules.SUMMARY_RETURNED) == london("2026-12-22 23:59")
        assert Visitor(lead).get(summary).status_code == 200

    def test_somebody_with_an_account_is_not_invited_again(self, cast, on_monday, visit):
        values = NEW | {"lead_name": "Sheila Tansy", "lead_email": cast.school.email}
        visit("coordinator").must_send(page("add-agency", on_monday), **values)
        assert (invited(), told("summary_asked")) == ([], ["Sheila Tansy"])

    def test_nobody_makes_themselves_its_lead(self, cast, on_monday, visit):
        values = NEW | {"lead_email": cast.coordinator.email.upper()}
        response = visit("coordinator").send(page("add-agency", on_monday), **values)
        assert problems(response) == [("Nobody makes themselves an agency’s safeguarding lead", "#id_lead_email")]

    def test_nor_somebody_who_may_not_sign_in(self, cast, on_monday, visit):
        values = NEW | {"lead_email": cast.deactivated.email}
        response = visit("coordinator").send(page("add-agency", on_monday), **values)
        assert problems(response) == [("This person may not sign in: name somebody else", "#id_lead_email")]
        assert not Agency.objects.filter(name="Wexmoor Nursery").exists()

    def test_ten_presses_invite_once(self, cast, on_monday, visit):
        visitor = visit("coordinator")
        address = page("add-agency", on_monday)
        values = visitor.form(address) | NEW
        for _ in range(10):
            assert visitor.post(address, values).status_code == 302
        assert Agency.objects.filter(name="Wexmoor Nursery").count() == 1
        assert len(invited()) == 1

    def test_an_agency_without_a_lead_gets_one_and_is_asked(self, cast, on_monday, visit):
        visitor, address = visit("coordinator"), page("add-agency", on_monday)
        known = visitor.form(f"{address}?agency={cast.police.pk}")
        assert (known["name"], known["kind"]) == ("Harrowmere Constabulary", "police")
        visitor.must_send(
            f"{address}?agency={cast.police.pk}", lead_name="Winnie Garth", lead_email="winnie.garth@wexmoor.example"
        )
        assert Agency.objects.filter(name="Harrowmere Constabulary").count() == 1
        assert told("summary_asked") == ["Winnie Garth"]
        assert summary_of(on_monday, cast.police).status == AgencySummary.Status.ASKED

    def test_a_name_that_is_taken_is_refused_and_nothing_is_made(self, cast, on_monday, visit):
        response = visit("coordinator").send(page("add-agency", on_monday), **NEW | {"name": "larkspur homes"})
        assert problems(response) == [("There is an agency of this name already", "#id_name")]
        assert not User.objects.filter(email="winnie.garth@wexmoor.example").exists()

    def test_every_gap_is_said_at_once(self, cast, on_monday, visit):
        response = visit("coordinator").send(page("add-agency", on_monday))
        assert [message for message, _ in problems(response)] == [
            "Enter the name of the agency",
            "Select the kind of agency",
            "Enter the lead’s name",
            "Enter the lead’s e-mail",
            "Enter the escalation contact’s name",
            "Enter the escalation contact’s e-mail",
        ]


# Chronology and pack


class TestTheChronologyToTheChair:
    def test_it_opens_chronology_and_summaries_to_the_chair(self, cast, visit):
        summary = reviews.summary_returned(cast)
        review = summary.review
        assert visit("reviewer").get(page("chronology", review)).status_code == 404
        assert visit("reviewer").get(summary).status_code == 404
        visit("coordinator").must_send(page("share-chronology", review))
        assert visit("reviewer").get(page("chronology", review)).status_code == 200
        assert visit("reviewer").get(summary).status_code == 200
        assert told("chronology_shared") == ["Rowan Beck"]

    def test_not_before_the_chair_has_declared(self, cast, visit):
        review = reviews.chair_appointed(cast)
        response = visit("coordinator").send(page("share-chronology", review))
        assert "Rowan Beck has not declared the absence of a conflict of interest" in words(response)
        assert not Access.objects.filter(role=CaseRole.PACK_READER).exists()

    def test_not_without_a_chair(self, cast, on_monday, visit):
        response = visit("coordinator").send(page("share-chronology", on_monday))
        assert "Appoint the chair first" in words(response)


class TestIssuingThePack:
    def test_who_is_proposed_and_why(self, cast, visit):
        review = reviews.summary_returned(cast).review
        issuing = visit("coordinator").read(page("issue-pack", review))
        offered = {
            item.find("label").get_text(strip=True): (
                item.find(class_="govuk-hint").get_text(strip=True),
                item.find("input").has_attr("checked"),
            )
            for item in issuing.select(".govuk-checkboxes__item")
        }
        assert offered == {
            "Rowan Beck": ("Chair", True),
            "Rhea Castellan": ("Referrer", True),
            "Lena Hollis": ("Safeguarding lead, Larkspur Homes", True),
            "Lucas Ambry": ("Safeguarding lead, Larkspur Homes", True),
            "Osian Pike": ("Safeguarding lead, Thistledown Community Trust (not returned yet)", False),
            "Pavel Ormond": ("Virtual Panel member, Integrated care board", True),
            "Petra Lindqvist": ("Virtual Panel member, Local authority", True),
            "Priya Stroud": ("Virtual Panel member, Police", True),
        }

    def test_agencies_with_a_nil_return_are_not_members(self, cast, visit):
        review = reviews.summary_returned(cast).review
        reviews.make_nil(cast, summary_of(review, cast.trust), on=london("2026-12-11 13:52"))
        assert "Osian Pike" not in visit("coordinator").text(page("issue-pack", review))

    def test_the_named_see_it_from_then_on_and_nobody_before_or_beside_them(self, cast, visit):
        summary = reviews.summary_returned(cast)
        review = summary.review
        everybody = ("referrer", "agency_lead", "panel_la", "panel_icb", "panel_police", "other_lead", "alternate")
        for part in everybody:
            for address in (review.get_absolute_url(), page("pack", review), page("chronology", review)):
                assert visit(part).get(address).status_code == 404, (part, address)
        members = [cast.referrer, cast.agency_lead, cast.panel_la]
        visit("coordinator").must_send(page("issue-pack", review), members=[str(person.pk) for person in members])
        for part in ("referrer", "agency_lead", "panel_la", "reviewer"):
            for address in (review, page("pack", review), page("chronology", review), summary):
                assert visit(part).get(address).status_code == 200, (part, address)
        for part in ("panel_icb", "other_lead", "alternate", "second_lead"):
            assert visit(part).get(page("pack", review)).status_code == 404
        assert told("pack_issued") == ["Lena Hollis", "Petra Lindqvist", "Rhea Castellan", "Rowan Beck"]
        assert fresh(review).status == RapidReview.Status.PACK_ISSUED
        text = visit("referrer").text(review)
        assert "Lena Hollis, Larkspur Homes" in text
        assert "Rowan Beck (chair), Brackenfield Reviews" in text

    def test_what_stands_in_its_way_is_said_all_at_once(self, cast, visit):
        review = reviews.review_opened(cast)
        response = visit("coordinator").send(page("issue-pack", review), members=[str(cast.panel_la.pk)])
        assert response.status_code == 422
        text = words(response)
        assert "Appoint the chair before the pack is issued" in text
        assert "No agency has returned a summary yet" in text
        assert fresh(review).status == RapidReview.Status.GATHERING

    def test_somebody_must_be_selected(self, cast, visit):
        review = reviews.chronology_shared(cast)
        response = visit("coordinator").send(page("issue-pack", review), members=None)
        assert problems(response) == [("Select who is on the rapid review panel", "#id_members")]

    def test_it_is_issued_once(self, cast, visit):
        review = reviews.pack_issued(cast)
        assert visit("coordinator").get(page("issue-pack", review)).status_code == 409
        response = visit("coordinator").post(
            page("issue-pack", review), {"form_key": form_key(cast.coordinator), "members": [str(cast.panel_la.pk)]}
        )
        assert response.status_code == 409
        assert "Pack issued" in words(response)

    def test_its_timescales_are_met(self, cast):
        review = reviews.pack_issued(cast)
        open_now = set(Deadline.objects.open().filter(reference=review.reference).values_list("rule", flat=True))
        assert open_now == {"meeting", "draft_issued", "report_local"}
