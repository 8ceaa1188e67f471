"""The report: prefilled with its sources, edited, agreed by the panel members, locked for signature."""

import json
from datetime import date

import pytest
from django.urls import reverse

from access.models import Address
from casework.models import Version
from deadlines import rules
from deadlines.models import Deadline
from notifications.models import Notice
from rapid_reviews import queries, workflow
from rapid_reviews.models import HEADINGS, PARTS, AgencySummary, RapidReview, ReportComment, ReportSection
from tests.client import changed, fields_of, parsed, problems, said, words
from tests.factories import rapid_reviews, reports
from tests.factories.answers import marker
from tests.factories.situations import DAY, at
from tests.integration.rapid_reviews.conftest import fresh
from tests.moments import london
from trail.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def begun(made_once):
    return made_once(reports.drafting)


@pytest.fixture(scope="module")
def wide(made_once):
    return made_once(reports.comments_closed)


@pytest.fixture
def review(begun, db):
    """The meeting is recorded, the report prefilled and nothing else."""
    return fresh(begun)


@pytest.fixture
def ready(wide, db):
    """Written, commented on, the round closed."""
    return fresh(wide)


def page(name, review, *more):
    return reverse(name, args=[review.reference, *more])


def section_on(document, number):
    return " ".join(document.find(id=f"section-{number}").get_text(" ").split())


def text_of(review, number):
    return ReportSection.objects.get(review=review, section=number).text


# Prefilled


class TestPrefill:
    def test_every_section_stands_in_its_order(self, review, visit):
        headings = [
            one.get_text(strip=True) for one in visit("coordinator").read(page("report", review)).select("h2, h3")
        ]
        wanted = []
        for part, title in PARTS.items():
            wanted.append(f"{part} {title}")
            wanted += [f"{number} {words}" for number, words in HEADINGS.items() if number.startswith(part)]
        assert [heading for heading in headings if heading in wanted] == wanted
        assert "3 Safeguarding partners’ decision" in headings

    def test_the_cover_says_whom_when_and_who_chairs(self, review):
        cover = dict(queries.content(review)["cover"])
        referral = review.referral
        child = referral.children.get()
        assert cover["Child"] == child.name
        assert cover["Date of birth"] == "19 March 2017"
        assert cover["Date of death"] == "10 December 2026"
        assert cover["Date of the incident"].startswith("Between 9 December 2026 and 10 December 2026, ")
        assert cover["Referral"] == f"{referral.reference}, received 11 December 2026 at 11am"
        assert cover["Local authority became aware"] == "10 December 2026 at 10am"
        assert cover["Serious incident notification"].startswith(referral.sin.sin_reference)
        assert cover["Chair and author"] == "Rowan Beck"
        assert "10am to 12:30pm" in cover["Rapid review meeting"]
        assert "declared none as chair" in cover["Conflicts of interest"]

    def test_a_replaced_chair_is_named_too(self, cast, review):
        workflow.appoint_chair(
            review, by=cast.business_manager, on=london("2026-12-11 13:57"), chair=cast.scrutineer, skills="Reviews"
        )
        assert (
            dict(queries.content(fresh(review))["cover"])["Chair and author"] == "Silas Greenhow (before: Rowan Beck)"
        )

    def test_each_passage_comes_by_its_arrow_and_names_its_source(self, review, visit):
        referral, child = review.referral, review.referral.children.get()
        summary = AgencySummary.objects.filter(review=review).select_related("agency").order_by("agency__name").first()
        from_referral = f"From: Referral {referral.reference}, by {referral.referrer_name}, 11 December 2026 at 11am"
        from_summary = f"Summary {summary.reference}, {summary.agency}, by {summary.author_name}, 11 December 2026"
        from_meeting = "Meeting of the rapid review panel"
        shown = visit("coordinator").read(page("report", review))
        for number, texts, source in (
            ("2.1a", [referral.outline, child.pen_picture], from_referral),
            ("2.1b", [summary.key_periods, "holds 2 events from 2 agencies"], from_summary),
            ("2.1b", [f"Involvement: {summary.involvement_with}, from 3 February 2016 until"], from_summary),
            ("2.1b", [], "Combined chronology, 11 December 2026"),
            ("2.1c", [referral.kept_safe_what, reports.said(review, "action", "0")], from_referral),
            ("2.1c", [reports.said(review, "immediate_concerns")], from_meeting),
            ("2.1d", [referral.processes.get().may_share, summary.criminal_process], from_summary),
            ("2.1d", [referral.other_considerations, reports.said(review, "parallel")], from_meeting),
            ("2.2a", [summary.pen_picture, summary.views_wishes, summary.impact], from_summary),
            ("2.2a.i", ["White British", child.first_language], from_referral),
            ("2.2b", [summary.about_parents, summary.about_siblings], from_summary),
            ("2.2c", [summary.perspective], from_summary),
            ("2.2d", [reports.said(review, "thoughts")], from_meeting),
            ("2.2f", [summary.worried_about, reports.said(review, "worried_about")], from_summary),
            ("2.2g", [summary.worked_well, reports.said(review, "worked_well")], from_meeting),
            ("2.3a", [reports.said(review, "outcome", "0"), "its own action"], from_meeting),
            ("2.4a", [reports.said(review, "agencies_not_represented")], from_meeting),
            ("2.4b", [reports.said(review, "view", "0"), reports.said(review, "in place")], from_meeting),
            ("2.4c", [reports.said(review, "threshold"), reports.said(review, "dissent")], from_meeting),
            ("2.4e", [reports.said(review, "to_share"), reports.said(review, "emerging")], from_meeting),
        ):
            section = section_on(shown, number)
            for text in [*texts, source]:
                assert " ".join(text.split()) in section, f"{number}: {text}"

    def test_significant_events_of_the_chronology_are_told(self, cast):
        review = reports.drafting(cast, side=cast.theirs)
        for summary in review.summaries.all():
            event = summary.events.get()
            assert (event.significance == "significant") == (event.what_happened in text_of(review, "2.1b"))

    def test_agencies_stand_where_they_belong(self, cast):
        """1.1a who contributed and came, 1.1b nil returns, 1.1d not returned; gaps in 2.4a."""
        review = rapid_reviews.review_gathering(cast)
        housing, trust = (rapid_reviews.of(review, agency) for agency in (cast.housing, cast.trust))
        rapid_reviews.make_nil(cast, housing, on=at(DAY, "13:50"))
        rapid_reviews.return_it(cast, trust, on=at(DAY, "13:50"))
        council = rapid_reviews.give_council_a_lead(cast)
        review = workflow.ask_agencies(review, by=cast.coordinator, on=at(DAY, "13:51"), agencies=[cast.council])
        members = [cast.panel_la, cast.other_lead]
        review = workflow.issue_pack(review, by=cast.coordinator, on=at(DAY, "13:55"), members=members)
        review = reports.fill_in_meeting(cast, review, on=at(DAY, "13:56"))
        review = workflow.record_meeting(review, by=cast.coordinator, on=at(DAY, "13:56"))
        sections = {
            section["number"]: json.dumps(section["blocks"], ensure_ascii=False)
            for part in queries.content(review)["parts"]
            for section in part["sections"]
        }
        assert cast.trust.name in sections["1.1a"]
        assert "Petra Lindqvist" in sections["1.1a"]
        assert cast.housing.name in sections["1.1b"]
        assert marker(housing.reference, "systems_searched") in sections["1.1b"]
        assert cast.council.name in sections["1.1d"]
        assert "Not returned" in sections["1.1d"]
        assert f"Asked and not returned: {cast.council}." in sections["2.4a"]
        assert council.full_name not in sections["1.1a"]

    def test_an_accepted_addition_to_the_family_stands_beside_it(self, cast, review):
        summary = AgencySummary.objects.filter(review=review).order_by("pk").first()
        addition = summary.family_corrections.get()
        family = next(
            section for section in queries.content(review)["parts"][0]["sections"] if section["number"] == "1.1c"
        )
        assert addition.name not in json.dumps(family, ensure_ascii=False)
        workflow.accept_summary(summary, by=cast.coordinator, on=london("2026-12-11 13:57"))
        family = next(
            section for section in queries.content(review)["parts"][0]["sections"] if section["number"] == "1.1c"
        )
        assert addition.name in json.dumps(family, ensure_ascii=False)
        assert addition.what in json.dumps(family, ensure_ascii=False)

    def test_the_referral_is_annexed_with_every_answer_given(self, review, visit):
        referral = review.referral
        shown = visit("coordinator").text(page("report", review))
        for words_given in (referral.outline, referral.how_distinct, referral.referrer_name, referral.suspect_name):
            assert words_given in shown
        service = referral.services.get()
        assert service.practitioner in shown


# A confidential address


def test_a_confidential_address_is_withheld_from_report_and_annex(cast, visit):
    secret = {"text": "Room 4, Bramblewick House", "postcode": "ZZ99 3WZ", "confidential": True}
    review = reports.drafting(cast, children=[{"home_address": secret}], place=secret)
    summary = review.summaries.order_by("pk").first()
    correction = summary.family_corrections.get()
    assert correction.address
    text = json.dumps(queries.content(fresh(review)), ensure_ascii=False)
    assert "Bramblewick" not in text
    assert "ZZ99 3WZ" not in text
    assert "Address withheld" in text
    for part in ("coordinator", "reviewer", "panel_la"):
        assert "Bramblewick" not in visit(part).text(page("report", review))
    assert "Bramblewick" not in visit("coordinator").text(page("edit-deciles", review))


@pytest.mark.parametrize("typed", ["Bramblewick House", "room 4, bramblewick house", "now at ZZ993WZ"])
def test_an_agencys_own_words_do_not_give_it_away(cast, typed):
    secret = [Address(text="Room 4, Bramblewick House", postcode="ZZ99 3WZ", confidential=True)]
    assert queries.address_of_agency(Address(text=typed), secret) == "Address withheld"
    assert queries.address_of_agency(Address(text=typed), secret, allowed=True) == typed
    assert queries.address_of_agency(Address(text="14 Mill Lane"), secret) == "14 Mill Lane"
    assert queries.address_of_agency(None, secret) == ""


# Edited


class TestEditing:
    def test_the_text_of_a_section_is_saved_and_its_source_stays(self, review, visit):
        visitor = visit("coordinator")
        where = visitor.must_send(page("edit-section", review, "2.2d"), text="The panel was struck by the silence.")
        assert where.endswith("#section-2.2d")
        section = section_on(visitor.read(where), "2.2d")
        assert "The panel was struck by the silence." in section
        assert "From: Meeting of the rapid review panel" in section
        assert "Edited, by Colm Ferris, 11 December 2026 at 2pm" in section

    def test_the_co_ordinator_the_business_manager_and_the_chair_edit_nobody_else(self, review, visit):
        for part, status in (
            ("coordinator", 200),
            ("business_manager", 200),
            ("reviewer", 200),
            ("panel_la", 403),
            ("agency_lead", 403),
            ("partner_la", 404),
            ("second_lead", 404),
        ):
            assert visit(part).get(page("edit-section", review, "2.1a")).status_code == status, part
            assert visit(part).get(page("edit-recommendation", review)).status_code == status, part
        assert "Edit" not in visit("panel_la").text(page("report", review)).split("2.1a")[1].split("2.1b")[0]

    def test_a_save_over_another_shows_both_texts(self, review, visit):
        mine = fields_of(visit("coordinator").read(page("edit-section", review, "2.2d")))
        visit("reviewer").must_send(page("edit-section", review, "2.2d"), text="Theirs.")
        response = visit("coordinator").post(page("edit-section", review, "2.2d"), changed(mine, {"text": "Mine."}))
        assert response.status_code == 409
        assert "Theirs." in words(response)
        assert "Mine." in words(response)
        assert text_of(review, "2.2d") == "Theirs."
        merged = changed(fields_of(parsed(response)), {"text": "Theirs. Mine."})
        assert visit("coordinator").post(page("edit-section", review, "2.2d"), merged).status_code == 302
        assert text_of(review, "2.2d") == "Theirs. Mine."

    def test_the_analysis_is_a_tree_of_concern_cause_and_effect(self, review, visit):
        visitor = visit("reviewer")
        add = page("add-analysis", review, "concern")
        assert problems(visitor.send(add, cause="Because")) == [("Enter the area of concern", "#id_concern")]
        visitor.must_send(
            add, concern="Strategy discussions came late", cause="No cover at weekends", effect="Two days"
        )
        visitor.must_send(page("add-analysis", review, "episode"), dates="March 2026", what="A bruise was seen")
        section = section_on(visitor.read(page("report", review)), "2.2e")
        tree = "Area of concern: Strategy discussions came late Cause: No cover at weekends Effect: Two days"
        assert tree in section
        assert "March 2026" in section
        change, remove = (
            visitor.read(page("report", review)).find(id="section-2.2e").select(f"a[href*='{end}']")[0]["href"]
            for end in ("analysis/concern/", "remove/")
        )
        visitor.must_send(page("edit-analysis", review, "concern", review.branches.get().pk), effect="Three days")
        assert "Three days" in visitor.text(page("report", review))
        assert change
        visitor.must_send(remove)
        assert not fresh(review).branches.exists()

    def test_what_is_not_there_is_not_found(self, review, visit):
        visitor = visit("coordinator")
        for url in (
            page("edit-section", review, "9.9z"),
            page("edit-section", review, "1.1a"),
            page("add-analysis", review, "nothing"),
            page("edit-analysis", review, "concern", 999_999),
            page("remove-analysis", review, "episode", 999_999),
        ):
            assert visitor.get(url).status_code == 404, url

    def test_the_recommendation_asks_for_criteria_and_circumstances_as_two_lists(self, review, visit):
        visitor = visit("coordinator")
        form = visitor.read(page("edit-recommendation", review))
        boxes = {name: len(form.select(f"input[type=checkbox][name={name}]")) for name in ("criteria", "circumstances")}
        assert boxes == {"criteria": 4, "circumstances": 4}
        visitor.must_send(
            page("edit-recommendation", review),
            outcome="other_learning",
            criteria=["recurrent", "working_together"],
            circumstances=["institutional"],
            method="multi_agency_audit",
            national_importance="no",
            share_with_family="yes",
        )
        shown = section_on(visitor.read(page("report", review)), "2.4c")
        for text in ("other learning", "Recurrent themes", "two or more agencies", "An institutional setting"):
            assert text in shown
        assert "Are there issues of national importance? No" in section_on(visitor.read(page("report", review)), "2.4d")

    def test_deciles_are_entered_for_each_address_once(self, review, visit):
        visitor = visit("coordinator")
        form = visitor.form(page("edit-deciles", review))
        assert sorted(name for name in form if name.startswith("decile_")) == [f"decile_{n}" for n in range(1, 5)]
        nothing = visitor.send(page("edit-deciles", review), edition="2019")
        assert problems(nothing) == [("Select a decile, or “Not known”, for at least one address", "#id_decile_1")]
        visitor.must_send(page("edit-deciles", review), decile_1="2", decile_2="not_known")
        family = section_on(visitor.read(page("report", review)), "1.1c")
        assert "English Indices of Deprivation 2025" in family
        assert sorted(row.decile or 0 for row in review.deciles.all()) == [0, 2]
        assert visitor.form(page("edit-deciles", review))["decile_1"] == "2"


# Panel members agree or comment


class TestComments:
    @pytest.fixture
    def issued(self, cast, review):
        reports.write_report(cast, review, on=london("2026-12-11 13:57"))
        return workflow.issue_draft(review, by=cast.reviewer, on=london("2026-12-11 13:58"))

    def test_issuing_asks_every_member_by_day_13(self, cast, review, visit):
        visit("reviewer").must_send(page("issue-draft", review))
        asked = Deadline.objects.filter(reference=review.reference, rule=rules.PANEL_COMMENTS.code, met_at=None)
        assert {str(deadline.user) for deadline in asked} == {str(m.user) for m in review.members.all()}
        assert {deadline.due_at for deadline in asked} == {london("2027-01-04 23:59")}
        notices = Notice.objects.filter(kind="rapid_reviews.draft_issued", reference=review.reference)
        assert notices.count() == review.members.count()
        assert fresh(review).status == RapidReview.Status.WITH_MEMBERS

    def test_a_member_agrees(self, issued, visit):
        where = visit("panel_la").must_send(page("comment", issued), answer="agree")
        assert where == page("report", issued)
        assert ReportComment.objects.get(review=issued, member=visit("panel_la").user).agrees
        mine = Deadline.objects.get(
            reference=issued.reference, rule=rules.PANEL_COMMENTS.code, user=visit("panel_la").user
        )
        assert mine.met_at

    def test_a_member_comments_by_section_and_the_editor_reads_it_there(self, issued, visit):
        response = visit("panel_icb").send(page("comment", issued), answer="comment", section="2.2f")
        assert problems(response) == [("Enter your comment", "#id_text")]
        visit("panel_icb").must_send(page("comment", issued), answer="comment", section="2.2f", text="Say since when.")
        visit("panel_icb").must_send(page("comment", issued), answer="comment", section="1.1a", text="We were there.")
        shown = visit("coordinator").read(page("report", issued))
        assert "Say since when. Comment of Pavel Ormond" in section_on(shown, "2.2f")
        assert "We were there." in section_on(shown, "1.1a")
        assert "Say since when." in visit("coordinator").text(page("edit-section", issued, "2.2f"))
        assert "2.2f What are we worried about? Say since when." in visit("panel_icb").text(page("comment", issued))

    def test_who_has_not_replied_is_listed_first(self, issued, visit):
        visit("panel_la").must_send(page("comment", issued), answer="agree")
        shown = visit("reviewer").text(page("comments", issued))
        total = issued.members.count()
        assert f"{total - 1} of {total} have not replied" in shown
        assert shown.index("Has not replied") < shown.index("Agrees the draft")

    def test_who_is_not_on_the_panel_does_not_comment(self, issued, visit):
        for part, status in (("coordinator", 403), ("partner_la", 404), ("other_referrer", 404)):
            assert visit(part).get(page("comment", issued)).status_code == status
        assert visit("partner_la").get(page("comments", issued)).status_code == 404

    def test_the_chair_closes_the_round_nobody_else(self, issued, visit):
        for part in ("coordinator", "panel_la"):
            assert visit(part).get(page("close-comments", issued)).status_code == 403
        assert "Petra Lindqvist" in visit("reviewer").text(page("close-comments", issued))
        visit("reviewer").must_send(page("close-comments", issued))
        review = fresh(issued)
        assert review.status == RapidReview.Status.DRAFTING
        assert (review.comments_closed_by, review.comments_closed_at) == (
            visit("reviewer").user,
            london("2026-12-11 14:00"),
        )
        assert not Deadline.objects.open().filter(reference=issued.reference, rule=rules.PANEL_COMMENTS.code).exists()
        assert visit("panel_la").get(page("comment", issued)).status_code == 409


# Locked for signature


class TestLocking:
    def test_it_freezes_one_exact_version_and_asks_the_partners_and_the_deputy(self, cast, ready, visit):
        visit("coordinator").must_send(page("lock-for-signature", ready))
        review = fresh(ready)
        assert review.status == RapidReview.Status.LOCKED
        version = Version.objects.get(reference=review.reference)
        assert json.loads(version.content) == json.loads(json.dumps(queries.content(review)))
        asked = Deadline.objects.filter(reference=review.reference, rule=rules.SIGN_OFF.code).select_related("user")
        assert {deadline.user for deadline in asked} == {
            cast.partner_la,
            cast.partner_icb,
            cast.partner_police,
            cast.deputy,
        }
        assert {deadline.due_at for deadline in asked} == {london("2027-01-05 16:00")}
        event = Event.objects.get(reference=review.reference, verb="freeze_version")
        assert version.sha256 in event.words
        notices = Notice.objects.filter(kind="rapid_reviews.signature_asked", reference=review.reference)
        assert notices.count() == 4

    def test_it_is_refused_before_the_notifications_reference_is_recorded(self, cast, visit):
        referral = rapid_reviews.situations.rapid_review_decided(cast)
        review = workflow.open_from_referral(by=cast.coordinator, on=at(DAY, "13:42"), referral=referral)
        assert "sin" in [page for page, _ in queries.gaps_of_report(review)]

    def test_every_gap_is_said_at_once(self, review, visit):
        response = visit("coordinator").send(page("lock-for-signature", review))
        assert response.status_code == 422
        assert problems(response) == [
            (
                "Select whether there are issues of national importance (2.4d)",
                page("edit-recommendation", review),
            ),
            ("The rapid review panel’s round of comments must be closed by the chair", page("issue-draft", review)),
        ]
        assert fresh(review).status == RapidReview.Status.DRAFTING

    def test_an_empty_section_is_named(self, cast, ready, visit):
        edit = {"by": cast.coordinator, "on": london("2026-12-11 13:59")}
        workflow.edit_section(ready, section="2.2a.i", text="", **edit)
        workflow.edit_recommendation(ready, values={"outcome": "", "rationale": "", "dissent": ""}, **edit)
        assert [message for message, _ in problems(visit("coordinator").send(page("lock-for-signature", ready)))] == [
            "Section 2.2a.i is empty: Identity and inequality",
            "Select what the rapid review panel recommends (2.4c)",
            "Enter the rationale of the recommendation (2.4c)",
            "Enter the dissent (2.4c)",
        ]

    def test_two_partners_must_be_able_to_sign(self, cast, ready, visit):
        from partnership.models import Appointment
        from trail.models import save

        for line in Appointment.objects.filter(kind__in=("delegation", "deputy")).exclude(partner="la"):
            line.until_on = date(2026, 12, 10)
            save(line, by=None, on=london("2026-12-11 13:59"))
        response = visit("coordinator").send(page("lock-for-signature", ready))
        assert "Nobody is appointed for: Integrated care board, Police" in said(response)

    def test_ten_presses_lock_it_once(self, ready, visit):
        visitor = visit("coordinator")
        form = visitor.form(page("lock-for-signature", ready))
        answers = {visitor.post(page("lock-for-signature", ready), form)["Location"] for _ in range(10)}
        assert answers == {page("report", ready)}
        assert Version.objects.filter(reference=ready.reference).count() == 1

    def test_meeting_notes_are_closed_and_the_report_shows_what_is_frozen(self, cast, ready, visit):
        review = workflow.lock_for_signature(ready, by=cast.coordinator, on=london("2026-12-11 13:59"))
        assert visit("coordinator").get(page("fill-in-meeting", review, "facts")).status_code == 409
        before = visit("coordinator").text(page("report", review))
        summary = review.summaries.order_by("pk").first()
        workflow.accept_summary(summary, by=cast.coordinator, on=london("2026-12-11 13:59"))
        assert visit("coordinator").text(page("report", review)) == before
        assert f"SHA-256 of its content: {workflow.version_to_sign(review).sha256}" in before


# Who reads it


def test_the_report_is_read_by_the_panel_and_the_team_and_reading_is_logged(review, visit):
    from trail.models import Reading

    for part, status in (
        ("coordinator", 200),
        ("reviewer", 200),
        ("panel_la", 200),
        ("agency_lead", 200),
        ("referrer", 200),
        ("second_lead", 404),
        ("partner_la", 404),
        ("la_notifier", 404),
        ("administrator", 404),
        ("manager", 404),
    ):
        assert visit(part).get(page("report", review)).status_code == status, part
    assert Reading.objects.filter(what="report", reference=review.reference, allowed=True).count() == 5
    assert Reading.objects.filter(what="report", reference=review.reference, allowed=False).count() == 5


def test_before_the_meeting_there_is_no_report(cast, visit):
    review = rapid_reviews.pack_issued(cast)
    assert "when the meeting of the rapid review panel has been recorded" in visit("panel_la").text(
        page("report", review)
    )
