"""The report is sent to the National Panel, which replies; then the review closes."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from access.models import Access
from casework import documents, tasks
from casework.workflow import CannotProceed
from deadlines import rules
from deadlines.models import Deadline
from partnership.models import Partnership
from rapid_reviews import workflow
from rapid_reviews.models import PanelReply, RapidReview, ReportSubmission
from tests.client import problems, said
from tests.factories import reports
from tests.integration.rapid_reviews.conftest import fresh
from tests.moments import london
from trail.models import Event, Reading, save

NOON = london("2026-12-11 13:59")
NATIONAL, LOCAL = rules.REPORT_NATIONAL.code, rules.REPORT_LOCAL.code


@pytest.fixture(scope="module", autouse=True)
def _quick_pdf():
    with reports.quick_pdf():
        yield


@pytest.fixture(scope="module")
def with_decision(made_once):
    return made_once(reports.decided)


@pytest.fixture(scope="module")
def with_pdf(made_once):
    return made_once(reports.pdf_made, side=None)


@pytest.fixture(scope="module")
def sent_once(made_once):
    return made_once(reports.submitted, side=None)


@pytest.fixture
def decided(with_decision, db):
    """Decided by two of three; the PDF is not made yet."""
    return fresh(with_decision)


@pytest.fixture
def ready(with_pdf, db):
    """Decided, and the PDF made."""
    return fresh(with_pdf)


@pytest.fixture
def sent(sent_once, db):
    return fresh(sent_once)


def page(name, review, *more):
    return reverse(name, args=[review.reference, *more])


def deadline(review, code):
    return Deadline.objects.filter(case=review.case, rule=code).order_by("-pk").first()


class TestAPdfThatCannotBeMade:
    @pytest.fixture
    def failed(self, decided, monkeypatch):
        """The worker could not make it: what went wrong quotes the case."""

        def fail(html):
            raise ValueError(f"cannot draw {html}")

        with monkeypatch.context() as patch:
            patch.setattr(documents.pdf, "render", fail)
            tasks.render_document(documents.of(decided, workflow.REPORT).first().pk)
        return decided

    def test_the_business_team_is_told_and_has_it_made_again(self, failed, visit):
        team = visit("business_manager")
        for where in ("report", "submit-report"):
            shown = team.text(page(where, failed))
            assert "Could not be made" in shown
            assert "Being made" not in shown
            assert "Try again" in shown
        response = team.send(page("submit-report", failed), sent_at=NOON)
        assert said(response) == "There is a problem The PDF could not be made: have it made again first"
        team.must_send(page("make-pdf-again", failed))
        assert "Being made" in team.text(page("report", failed))
        tasks.render_document(documents.of(failed, workflow.REPORT).first().pk)
        assert f"{failed.reference}.pdf" in team.text(page("report", failed))
        team.must_send(page("submit-report", failed), sent_at=london("2026-12-11 14:00"))
        assert fresh(failed).status == RapidReview.Status.SUBMITTED

    def test_others_see_that_it_could_not_be_made_and_cannot_try(self, failed, visit):
        for part in ("partner_la", "reviewer"):
            shown = visit(part).text(page("report", failed))
            assert "Could not be made" in shown
            assert "Try again" not in shown
            assert visit(part).get(page("make-pdf-again", failed)).status_code == 403

    def test_the_log_names_the_document_and_no_word_of_the_case(self, failed, caplog):
        said_by_worker = [record.getMessage() for record in caplog.get_records("setup")]
        (line,) = [line for line in said_by_worker if "could not be made" in line]
        document = documents.of(failed, workflow.REPORT).first()
        assert line == f"document {document.key.hex[:8]} of {failed.reference} could not be made: ValueError"
        assert not any("MRK" in line for line in said_by_worker)
        assert Event.objects.get(verb="document_failed", reference=failed.reference).words == workflow.REPORT

    def test_nothing_to_make_again_where_it_is_made_or_being_made(self, decided, ready, visit):
        for review in (decided, ready):
            response = visit("business_manager").send(page("make-pdf-again", review))
            assert said(response) == "There is a problem The PDF is made, or is being made"


class TestSubmitting:
    def test_it_waits_for_the_pdf(self, decided, visit):
        shown = visit("business_manager").text(page("submit-report", decided))
        assert "is being made" in shown
        assert "Check again" in shown
        response = visit("business_manager").send(page("submit-report", decided), sent_at=NOON)
        assert said(response) == "There is a problem The PDF is still being made: try again in a minute"
        reports.render(decided, on=NOON)
        document = workflow.documents_of(decided)[0]
        shown = visit("business_manager").text(page("submit-report", decided))
        assert "is being made" not in shown
        assert document.sha256 in shown

    def test_the_recipient_is_the_partnerships_setting(self, ready, visit):
        assert visit("business_manager").form(page("submit-report", ready))["recipient"] == (
            "rapid.reviews@national-panel.example"
        )
        partnership = Partnership.load()
        partnership.national_panel_email = "elsewhere@national-panel.example"
        save(partnership, by=None, on=NOON)
        form = visit("business_manager").form(page("submit-report", ready))
        assert form["recipient"] == "elsewhere@national-panel.example"

    def test_it_is_recorded_with_the_exact_file_recipient_person_and_moment(self, ready, visit):
        where = visit("business_manager").must_send(page("submit-report", ready), sent_at=NOON)
        review = fresh(ready)
        row = ReportSubmission.objects.get(review=review)
        assert review.status == RapidReview.Status.SUBMITTED
        assert (row.sent_at, row.recorded_at) == (NOON, london("2026-12-11 14:00"))
        assert row.recorded_by == visit("business_manager").user
        shown = visit("business_manager").text(where)
        assert "11 December 2026 at 1:59pm, to rapid.reviews@national-panel.example" in shown
        assert row.document.sha256 in shown
        assert "The National Panel has not replied yet." in shown

    def test_both_timescales_are_met_at_the_moment_it_was_sent(self, ready, visit):
        visit("coordinator").must_send(page("submit-report", ready), sent_at=NOON)
        assert {deadline(ready, code).met_at for code in (NATIONAL, LOCAL)} == {NOON}
        assert visit("coordinator").text(page("report", ready)).count("Done, in time") == 2

    def test_the_reply_is_chased_after_ten_working_days(self, ready, visit):
        visit("business_manager").must_send(page("submit-report", ready), sent_at=NOON)
        chase = Deadline.objects.get(reference=ready.reference, rule=rules.NATIONAL_REPLY.code)
        assert (chase.due_at, chase.role) == (london("2026-12-29 23:59"), "business_manager")
        assert chase.path == page("record-reply", ready)

    def test_the_third_partner_is_not_asked_any_more(self, cast, ready, visit):
        visit("business_manager").must_send(page("submit-report", ready), sent_at=NOON)
        waiting = Deadline.objects.open().filter(reference=ready.reference, rule=rules.SIGN_OFF.code)
        assert not waiting.exists()
        assert visit("partner_police").get(page("sign-off", ready)).status_code == 409

    @pytest.mark.parametrize(
        ("sent_at", "late_for"),
        [
            ("2027-01-06 16:00", ""),
            ("2027-01-06 16:01", "the local date"),
            ("2027-01-06 23:58", "the local date"),
            ("2027-01-07 09:00", "the national date and the local date"),
        ],
    )
    def test_late_needs_its_reason(self, cast, ready, visit, clock, sent_at, late_for):
        """Received and notified on Friday 11 December: Day 15 is Wednesday 6 January 2027, by 4pm here."""
        clock.move_to(london("2027-01-07 10:00"))
        response = visit("business_manager").send(page("submit-report", ready), sent_at=london(sent_at))
        if not late_for:
            assert response.status_code == 302
            return
        assert problems(response) == [(f"It was sent after {late_for}: enter why", "#id_late_reason")]
        visit("business_manager").must_send(
            page("submit-report", ready), sent_at=london(sent_at), late_reason="The meeting was moved."
        )
        assert "The meeting was moved." in visit("business_manager").text(page("report", ready))
        event = Event.objects.get(reference=ready.reference, verb="submit_report")
        assert event.words == "The meeting was moved."
        late = deadline(ready, LOCAL)
        assert late.met_at > late.due_at

    def test_it_cannot_be_sent_tomorrow_or_before_the_pdf_was_made(self, ready, visit):
        visitor = visit("business_manager")
        response = visitor.send(page("submit-report", ready), sent_at=london("2026-12-11 15:00"))
        assert problems(response)[0][0].endswith("must be now or in the past")
        response = visitor.send(page("submit-report", ready), sent_at=london("2026-12-11 13:30"))
        assert problems(response) == [
            ("The PDF was made 11 December 2026 at 1:59pm: it cannot have been sent before", "#id_sent_at-day")
        ]

    def test_a_signature_after_the_sending_does_not_change_what_was_sent(self, cast, ready):
        sent_file = workflow.documents_of(ready)[0]
        later = london("2026-12-11 14:30")
        reports.sign(ready, by=cast.partner_police, on=later)
        with pytest.raises(CannotProceed, match="still being made"):
            workflow.submit_report(ready, by=cast.coordinator, on=later, recipient="a@b.example", sent_at=NOON)
        reports.render(ready, on=later)
        workflow.submit_report(ready, by=cast.coordinator, on=later, recipient="a@b.example", sent_at=NOON)
        assert ReportSubmission.objects.get(review=ready).document == sent_file

    def test_only_the_business_team_records_it_and_once(self, ready, visit):
        for part, status in (("reviewer", 403), ("panel_la", 403), ("partner_la", 403), ("second_lead", 404)):
            assert visit(part).get(page("submit-report", ready)).status_code == status, part
        form = visit("business_manager").form(page("submit-report", ready))
        boxes = {"sent_at-day": "11", "sent_at-month": "12", "sent_at-year": "2026", "sent_at-time": "13:59"}
        answers = {
            visit("business_manager").post(page("submit-report", ready), form | boxes)["Location"] for _ in "ten"
        }
        assert answers == {page("report", ready)}
        assert visit("coordinator").get(page("submit-report", ready)).status_code == 409
        assert ReportSubmission.objects.filter(review=ready).count() == 1


class TestTheReply:
    def test_it_is_recorded_and_ends_the_chase(self, sent, visit):
        response = visit("business_manager").send(page("record-reply", sent))
        assert [message for message, _ in problems(response)] == [
            "Select what the National Panel replied",
            "Enter the date of the reply",
        ]
        visit("business_manager").must_send(
            page("record-reply", sent),
            reply="more_information",
            replied_on=date(2026, 12, 11),
            text="Send the timeline.",
        )
        shown = visit("coordinator").text(page("report", sent))
        assert "Reply of the National Panel: More information needed" in shown
        assert "Send the timeline." in shown
        assert Deadline.objects.get(reference=sent.reference, rule=rules.NATIONAL_REPLY.code).met_at
        assert fresh(sent).status == RapidReview.Status.SUBMITTED

    def test_a_second_reply_stands_beside_the_first(self, sent, visit):
        for reply in ("more_information", "agrees"):
            visit("business_manager").must_send(page("record-reply", sent), reply=reply, replied_on=date(2026, 12, 11))
        assert PanelReply.objects.filter(review=sent).count() == 2

    def test_a_reply_of_tomorrow_is_refused(self, sent, visit):
        response = visit("business_manager").send(
            page("record-reply", sent), reply="agrees", replied_on=date(2026, 12, 12)
        )
        assert "must be today or in the past" in said(response)

    def test_a_reply_of_before_the_sending_is_refused(self, sent, visit):
        response = visit("business_manager").send(
            page("record-reply", sent), reply="agrees", replied_on=date(2026, 12, 10)
        )
        early = "The report was sent 11 December 2026: the reply cannot be from before"
        assert problems(response) == [(early, "#id_replied_on-day")]
        assert not PanelReply.objects.exists()


class TestClosing:
    def test_it_ends_sight_with_the_next_request(self, cast, sent, visit):
        readers = ("reviewer", "panel_la", "panel_icb", "agency_lead", "other_lead", "partner_la", "deputy", "referrer")
        for part in readers:
            assert visit(part).get(page("report", sent)).status_code == 200, part
        visit("business_manager").must_send(page("close-review", sent), reason="Everything is done.")
        for part in readers:
            for name in ("report", "rapid-review", "meeting", "pack", "chronology"):
                assert visit(part).get(page(name, sent)).status_code == 404, (part, name)
        document = workflow.documents_of(sent)[0]
        assert visit("panel_la").get(page("rapid-review-document", sent, document.key)).status_code == 404
        assert visit("agency_lead").get(sent.summaries.get(agency=cast.housing)).status_code == 404
        for part in ("business_manager", "coordinator"):
            assert visit(part).get(page("report", sent)).status_code == 200
        assert visit("referrer").get(sent.referral).status_code == 200

    def test_the_case_is_closed_with_its_reason_and_nothing_waits(self, sent, visit):
        visit("business_manager").must_send(page("close-review", sent), reason="Everything is done.")
        review = fresh(sent)
        assert (review.status, review.case.stage, review.case.closed_on) == ("closed", "closed", date(2026, 12, 11))
        assert Event.objects.get(reference=review.reference, verb="close_review").words == "Everything is done."
        of_review = Deadline.objects.open().filter(reference__in=[review.reference, *own_summaries(review)])
        assert not of_review.exists()
        assert not review.members.filter(until_at=None).exists()

    def test_it_needs_a_reason_and_the_business_team(self, sent, visit):
        response = visit("business_manager").send(page("close-review", sent))
        assert problems(response) == [("Enter the reason", "#id_reason")]
        assert visit("reviewer").get(page("close-review", sent)).status_code == 403

    def test_it_is_not_closed_before_it_was_sent(self, ready, visit):
        assert visit("business_manager").get(page("close-review", ready)).status_code == 409


def own_summaries(review):
    return list(review.summaries.values_list("reference", flat=True))


@pytest.mark.parametrize("outcome", ["no_further", "lcspr"])
def test_a_suspected_suicide_without_an_lcspr_cannot_be_closed(cast, visit, outcome):
    child = {"nature": "death", "circumstance": "death_suspected_suicide"}
    review = reports.comments_closed(cast, children=[child])
    workflow.edit_recommendation(review, by=cast.coordinator, on=NOON, values={"outcome": outcome})
    review = workflow.lock_for_signature(review, by=cast.coordinator, on=NOON)
    for person in (cast.partner_la, cast.partner_icb):
        review = reports.sign(review, by=person, on=NOON)
    reports.render(review, on=NOON)
    review = workflow.submit_report(
        review, by=cast.coordinator, on=NOON + timedelta(seconds=20), recipient="a@b.example", sent_at=NOON
    )
    response = visit("business_manager").send(page("close-review", review), reason="Done.")
    if outcome == "lcspr":
        assert fresh(review).status == RapidReview.Status.CLOSED
        return
    assert "stays open until a brief learning review exists" in said(response)
    assert fresh(review).status == RapidReview.Status.SUBMITTED
    assert Access.objects.in_force(NOON + timedelta(minutes=1)).filter(case=review.case, role="case_chair").exists()


class TestTheDocument:
    def test_it_is_read_by_whoever_reads_the_report_and_each_reading_is_logged(self, ready, visit):
        document = workflow.documents_of(ready)[0]
        url = page("rapid-review-document", ready, document.key)
        for part, status in (
            ("business_manager", 200),
            ("reviewer", 200),
            ("panel_la", 200),
            ("partner_police", 200),
            ("second_lead", 404),
            ("la_notifier", 404),
            ("manager", 404),
        ):
            assert visit(part).get(url).status_code == status, part
        read = Reading.objects.filter(what=f"document {document.key.hex[:8]}", reference=ready.reference)
        assert read.filter(allowed=True).count() == 4

    def test_it_is_the_very_file_as_an_attachment_named_by_its_reference(self, ready, visit):
        document = workflow.documents_of(ready)[0]
        response = visit("coordinator").get(page("rapid-review-document", ready, document.key))
        assert response.content == documents.read(document)
        assert response["Content-Disposition"] == f'attachment; filename="{ready.reference}.pdf"'
        assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
        assert response["Cache-Control"] == "no-store"

    def test_another_reviews_document_and_one_being_made_are_not_there(self, cast, ready, decided, visit):
        other = workflow.documents_of(decided)[0]
        for review, document in ((ready, other), (decided, other)):
            url = page("rapid-review-document", review, document.key)
            assert visit("coordinator").get(url).status_code == 404
