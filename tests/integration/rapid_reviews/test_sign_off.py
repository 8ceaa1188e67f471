"""The partners decide and sign one exact version; the same decision of two is the outcome; an edit voids it all."""

from itertools import product

import pytest
from django.urls import reverse

from access.models import Access
from casework.models import Document
from casework.workflow import CannotProceed
from deadlines import rules
from deadlines.models import Deadline
from notifications.models import Notice
from partnership.models import Appointment, Partner, Partnership
from partnership.roles import Role
from rapid_reviews import queries, tasks, workflow
from rapid_reviews.models import RapidReview, SignOff
from tests.client import fields_of, parsed, problems, said, words
from tests.factories import reports
from tests.factories.people import Appointments, Memberships
from tests.integration.rapid_reviews.conftest import fresh
from tests.moments import london
from tests.sign_in import sign_in
from trail.models import Event, save

ON = london("2026-12-11 13:59")
PARTNERS = ("partner_la", "partner_icb", "partner_police")
DECISIONS = ("agrees", "agrees_with_comments", "does_not_agree")


def page(name, review, *more):
    return reverse(name, args=[review.reference, *more])


def in_force(review):
    return {row.partner: row for row in queries.signatures_in_force(review)}


# The page


class TestThePage:
    def test_it_shows_exactly_the_frozen_version_with_its_number_and_hash(self, locked, visit):
        version = workflow.version_to_sign(locked)
        shown = visit("partner_la").read(page("sign-off", locked))
        assert shown.find("input", attrs={"name": "sha256"})["value"] == version.sha256
        text = words(shown)
        assert f"Version {version.number}, locked" in text
        assert version.sha256 in text
        assert "You sign for Local authority as Delegated safeguarding partner" in text
        for passage in ("worried_about", "concern", "lines_of_enquiry"):
            assert reports.said(locked, passage) in text

    def test_a_partner_agrees(self, locked, visit):
        where = visit("partner_la").must_send(page("sign-off", locked), decision="agrees")
        assert where == page("report", locked) + "#decision"
        row = SignOff.objects.get(review=locked)
        assert (row.partner, row.decision, row.outcome) == ("la", "agrees", "lcspr")
        assert (row.signed_by, row.signed_at) == (visit("partner_la").user, london("2026-12-11 14:00"))
        assert row.report_version == workflow.version_to_sign(locked)
        assert fresh(locked).status == RapidReview.Status.LOCKED
        shown = visit("partner_la").text(page("sign-off", locked))
        assert "You have signed already: nobody signs twice." in shown
        for where in ("report", "rapid-review"):
            assert not visit("partner_la").read(page(where, locked)).select(f'a[href="{page("sign-off", locked)}"]')
        assert "Signed Delia Ravenscroft Delegated safeguarding partner 11 December 2026 at 2pm" in shown

    def test_comments_and_reasons_are_asked_for(self, locked, visit):
        visitor = visit("partner_icb")
        response = visitor.send(page("sign-off", locked))
        assert problems(response) == [("Select your decision", "#id_decision")]
        response = visitor.send(page("sign-off", locked), decision="agrees_with_comments")
        assert problems(response) == [("Enter your comments", "#id_comments")]
        response = visitor.send(page("sign-off", locked), decision="does_not_agree")
        assert problems(response) == [
            ("Select what you decide instead", "#id_outcome"),
            ("Enter your reasons", "#id_comments"),
        ]
        assert not SignOff.objects.exists()

    def test_who_does_not_agree_decides_otherwise(self, locked, visit):
        form = visit("partner_police").read(page("sign-off", locked))
        offered = [one["value"] for one in form.select("input[name=outcome]")]
        assert offered == ["no_further", "other_learning"]
        visit("partner_police").must_send(
            page("sign-off", locked), decision="does_not_agree", outcome="other_learning", comments="An audit will do."
        )
        row = SignOff.objects.get(review=locked)
        assert (row.outcome, row.comments) == ("other_learning", "An audit will do.")
        text = visit("coordinator").text(page("report", locked))
        assert "Does not agree" in text
        assert "An audit will do." in text

    def test_only_those_who_are_asked_sign(self, locked, visit):
        for part, status in (
            ("partner_la", 200),
            ("deputy", 200),
            ("coordinator", 403),
            ("reviewer", 403),
            ("panel_la", 403),
            ("agency_lead", 403),
            ("la_notifier", 404),
            ("other_referrer", 404),
        ):
            assert visit(part).get(page("sign-off", locked)).status_code == status, part

    def test_an_old_page_is_told_that_the_report_was_edited(self, cast, locked, visit):
        visitor = visit("partner_la")
        form = visitor.form(page("sign-off", locked))
        review = workflow.edit_section(locked, by=cast.coordinator, on=ON, section="2.2d", text="Another thought.")
        assert visitor.post(page("sign-off", locked), form | {"decision": "agrees"}).status_code == 409
        workflow.lock_for_signature(review, by=cast.coordinator, on=ON)
        response = visitor.post(page("sign-off", locked), form | {"decision": "agrees"})
        assert "The report was edited since this page was opened" in said(response)
        assert not SignOff.objects.exists()
        # The page that says so shows the new version, and signs that.
        assert "Another thought." in words(response)
        assert visitor.post(page("sign-off", locked), fields_of(parsed(response))).status_code == 302
        assert SignOff.objects.get().report_version == workflow.version_to_sign(locked)

    def test_signing_asks_for_a_fresh_factor_and_keeps_what_was_typed(self, locked, visit, clock):
        visitor = visit("partner_la")
        form = visitor.form(page("sign-off", locked))
        clock.move_to(london("2026-12-11 14:06"))
        answers = {"decision": "agrees_with_comments", "comments": "Do it soon."}
        response = visitor.post(page("sign-off", locked), form | answers)
        assert response["Location"].startswith(reverse("mfa_reauthenticate"))
        assert not SignOff.objects.exists()
        assert visitor.get(page("sign-off", locked))["Location"].startswith(reverse("mfa_reauthenticate"))
        sign_in(visitor.client, visitor.user)
        kept = visitor.form(page("sign-off", locked))
        assert (kept["decision"], kept["comments"]) == ("agrees_with_comments", "Do it soon.")
        visitor.must_send(page("sign-off", locked))
        assert SignOff.objects.get(review=locked).comments == "Do it soon."


# The hash


class TestWhatIsSigned:
    def test_the_hash_is_that_of_the_content(self, locked):
        import hashlib

        version = workflow.version_to_sign(locked)
        assert version.sha256 == hashlib.sha256(version.content.encode()).hexdigest()
        assert reports.said(locked, "threshold") in version.content

    def test_a_version_that_was_tampered_with_is_not_signed(self, cast, locked):
        version = workflow.version_to_sign(locked)
        version.content = version.content.replace(reports.said(locked, "threshold"), "Something else")
        save(version, by=None, on=ON)
        with pytest.raises(CannotProceed, match="read it again"):
            reports.sign(locked, by=cast.partner_la, on=ON)

    def test_every_signature_of_a_decision_is_on_the_same_version(self, cast, locked):
        for part in PARTNERS:
            reports.sign(locked, by=getattr(cast, part), on=ON)
        assert {row.report_version_id for row in in_force(locked).values()} == {workflow.version_to_sign(locked).pk}


# The decision


@pytest.mark.parametrize("decisions", list(product(DECISIONS, repeat=3)), ids=" ".join)
def test_the_same_decision_by_two_of_three_is_the_outcome(cast, locked, decisions):
    for part, decision in zip(PARTNERS, decisions, strict=True):
        reports.sign(locked, by=getattr(cast, part), on=ON, decision=decision)
    review = fresh(locked)
    against = decisions.count("does_not_agree")
    assert review.status == RapidReview.Status.DECIDED
    assert review.decided_outcome == ("no_further" if against >= 2 else "lcspr")
    assert len(in_force(review)) == 3


class TestQuorum:
    def test_one_signature_decides_nothing_two_of_the_same_do(self, cast, locked):
        assert reports.sign(locked, by=cast.partner_la, on=ON).status == RapidReview.Status.LOCKED
        assert not Document.objects.exists()
        review = reports.sign(locked, by=cast.partner_police, on=ON)
        assert (review.status, review.decided_outcome, review.decided_at) == ("decided", "lcspr", ON)
        event = Event.objects.get(reference=review.reference, verb="partners_decided")
        assert (event.by, event.words) == (None, "(a) The threshold is met: an LCSPR")
        told = Notice.objects.filter(kind="rapid_reviews.partners_decided", reference=review.reference)
        assert {notice.user for notice in told} == {cast.business_manager, cast.coordinator}
        assert Document.objects.get().reference == review.reference

    def test_two_of_a_different_mind_wait_for_the_third(self, cast, locked):
        reports.sign(locked, by=cast.partner_la, on=ON)
        reports.sign(locked, by=cast.partner_icb, on=ON, decision="does_not_agree")
        assert fresh(locked).status == RapidReview.Status.LOCKED
        review = reports.sign(locked, by=cast.partner_police, on=ON, decision="does_not_agree")
        assert review.decided_outcome == "no_further"

    def test_three_different_decisions_are_none(self, cast, locked, visit):
        reports.sign(locked, by=cast.partner_la, on=ON)
        reports.sign(locked, by=cast.partner_icb, on=ON, decision="does_not_agree", outcome="no_further")
        reports.sign(locked, by=cast.partner_police, on=ON, decision="does_not_agree", outcome="other_learning")
        assert fresh(locked).status == RapidReview.Status.LOCKED
        assert "The three partners have decided differently" in visit("coordinator").text(page("report", locked))

    def test_the_third_is_still_asked_and_may_sign_until_it_is_sent(self, cast, locked, visit):
        reports.sign(locked, by=cast.partner_la, on=ON)
        reports.sign(locked, by=cast.partner_icb, on=ON)
        asked = Deadline.objects.open().filter(reference=locked.reference, rule=rules.SIGN_OFF.code)
        assert [deadline.user for deadline in asked] == [cast.partner_police]
        assert "Police Has not signed" in visit("coordinator").text(page("report", locked))
        visit("partner_police").must_send(page("sign-off", locked), decision="agrees")
        assert Document.objects.filter(reference=locked.reference).count() == 2
        newest = Document.objects.order_by("-pk").first().version.content
        assert "Dana Kestrel" in newest

    def test_a_quorum_of_three_needs_all(self, cast, locked):
        partnership = Partnership.load()
        partnership.quorum = 3
        save(partnership, by=None, on=ON)
        for part in PARTNERS[:2]:
            assert reports.sign(locked, by=getattr(cast, part), on=ON).status == RapidReview.Status.LOCKED
        assert reports.sign(locked, by=cast.partner_police, on=ON).status == RapidReview.Status.DECIDED


# Deputies


class TestDeputies:
    def test_a_deputy_signs_for_their_partner(self, cast, locked, visit):
        assert "as Deputy for Dominic Yarrow, delegated safeguarding partner" in visit("deputy").text(
            page("sign-off", locked)
        )
        visit("deputy").must_send(page("sign-off", locked), decision="agrees")
        row = in_force(locked)["icb"]
        assert (row.signed_by, row.appointment.for_user) == (cast.deputy, cast.partner_icb)
        event = Event.objects.get(reference=locked.reference, verb="sign_off")
        assert (event.by, event.acting_for) == (cast.deputy, cast.partner_icb)
        waiting = Deadline.objects.open().filter(reference=locked.reference, rule=rules.SIGN_OFF.code)
        assert cast.partner_icb not in {deadline.user for deadline in waiting}

    @pytest.mark.parametrize(("first", "second"), [("deputy", "partner_icb"), ("partner_icb", "deputy")])
    def test_partner_and_deputy_count_once(self, cast, locked, visit, first, second):
        visit(first).must_send(page("sign-off", locked), decision="agrees")
        shown = visit(second).text(page("sign-off", locked))
        assert f"{visit(first).user} has signed for Integrated care board already." in shown
        with pytest.raises(CannotProceed, match="has signed for Integrated care board already"):
            reports.sign(locked, by=visit(second).user, on=ON)
        assert fresh(locked).status == RapidReview.Status.LOCKED
        assert len(in_force(locked)) == 1

    def test_nobody_signs_for_two_partners(self, cast, locked):
        Appointments(kind="deputy", user=cast.partner_la, for_user=cast.partner_police, partner=Partner.POLICE)
        reports.sign(locked, by=cast.partner_la, on=ON)
        with pytest.raises(CannotProceed, match="nobody signs twice"):
            reports.sign(locked, by=cast.partner_la, on=ON)
        assert list(in_force(locked)) == ["la"]

    def test_a_delegation_that_has_ended_signs_no_more(self, cast, locked, visit):
        line = Appointment.objects.get(user=cast.partner_la, kind="delegation")
        line.until_on = ON.date().replace(day=10)
        save(line, by=None, on=ON)
        assert "You are not appointed to sign for a partner today" in visit("partner_la").text(page("sign-off", locked))
        with pytest.raises(CannotProceed, match="not appointed"):
            reports.sign(locked, by=cast.partner_la, on=ON)


class TestWhoIsAppointedAfterTheLock:
    @pytest.fixture(autouse=True)
    def of_the_police(self, cast):
        Memberships(user=cast.school, agency=cast.police, role=Role.MANAGER)

    def test_a_new_deputy_is_asked_and_signs_the_locked_version(self, cast, locked, visit):
        version = workflow.version_to_sign(locked)
        assert visit("school").get(page("sign-off", locked)).status_code == 404
        Appointments(kind="deputy", user=cast.school, for_user=cast.partner_police, partner=Partner.POLICE)
        tasks.follow_register()
        notice = Notice.objects.get(kind="rapid_reviews.signature_asked", user=cast.school)
        assert page("sign-off", locked) in notice.body
        assert "Decide and sign" in visit("school").text("/")
        shown = visit("school").text(page("sign-off", locked))
        assert f"as Deputy for {cast.partner_police}, delegated safeguarding partner" in shown
        visit("school").must_send(page("sign-off", locked), decision="agrees")
        row = in_force(locked)["police"]
        assert (row.signed_by, row.report_version) == (cast.school, version)
        event = Event.objects.get(reference=locked.reference, verb="signatory_asked")
        assert event.words == f"{cast.school}: Deputy of the delegated partner, Police"

    def test_once_and_nobody_else(self, cast, locked, visit):
        before = set(Access.objects.filter(case=locked.case).values_list("pk", flat=True))
        tasks.follow_register()
        assert set(Access.objects.filter(case=locked.case).values_list("pk", flat=True)) == before
        Appointments(kind="deputy", user=cast.school, for_user=cast.partner_police, partner=Partner.POLICE)
        Appointments(
            kind="cover",
            user=cast.manager,
            for_user=cast.partner_police,
            agency=cast.police,
            until_on=ON.date(),
        )
        tasks.follow_register()
        tasks.follow_register()
        assert Notice.objects.filter(kind="rapid_reviews.signature_asked", user=cast.school).count() == 1
        assert Access.objects.filter(case=locked.case).exclude(pk__in=before).get().user == cast.school
        for part in ("manager", "administrator", "scrutineer"):
            assert visit(part).get(page("sign-off", locked)).status_code == 404

    def test_not_for_a_partner_who_has_signed(self, cast, locked, visit):
        reports.sign(locked, by=cast.partner_police, on=ON)
        Appointments(kind="deputy", user=cast.school, for_user=cast.partner_police, partner=Partner.POLICE)
        tasks.follow_register()
        assert visit("school").get(page("sign-off", locked)).status_code == 404

    def test_whose_appointment_ends_loses_sight_and_the_signature_stays(self, cast, locked, visit):
        reports.sign(locked, by=cast.partner_la, on=ON)
        line = Appointment.objects.get(user=cast.partner_la, kind="delegation")
        line.until_on = ON.date().replace(day=10)
        save(line, by=None, on=ON)
        tasks.follow_register()
        assert visit("partner_la").get(page("report", locked)).status_code == 404
        assert in_force(locked)["la"].signed_by == cast.partner_la

    def test_nobody_is_asked_before_the_lock_or_after_the_sending(self, cast, locked):
        locked.status = RapidReview.Status.SUBMITTED
        save(locked, by=None, on=ON)
        Appointments(kind="deputy", user=cast.school, for_user=cast.partner_police, partner=Partner.POLICE)
        tasks.follow_register()
        assert not Access.objects.filter(case=locked.case, user=cast.school).exists()


# An edit voids


class TestVoiding:
    def test_the_editor_is_warned_whose_signatures_become_void_and_then_told(self, cast, locked, visit):
        edit = page("edit-section", locked, "2.2d")
        assert "Nobody has signed yet" in visit("coordinator").text(edit)
        reports.sign(locked, by=cast.partner_la, on=ON)
        reports.sign(locked, by=cast.deputy, on=ON)
        warned = visit("coordinator").text(edit)
        whose = "Delia Ravenscroft (Local authority), Della Quince (Integrated care board)"
        assert f"makes these signatures void: {whose}." in warned
        where = visit("coordinator").must_send(edit, text="Put differently.")
        review = fresh(locked)
        assert (review.status, review.decided_at, review.decided_outcome) == ("drafting", None, "")
        assert not in_force(review)
        assert {row.voided_by for row in review.sign_offs.all()} == {cast.coordinator}
        shown = visit("coordinator").text(where)
        assert f"these signatures are void: {whose}" in shown
        assert "void since the report was edited by Colm Ferris" in shown
        event = Event.objects.get(reference=review.reference, verb="void_signatures")
        assert event.words == f"The report was edited. Voided: {whose}"
        told = Notice.objects.filter(kind="rapid_reviews.signature_voided", reference=review.reference)
        assert {notice.user for notice in told} == {cast.partner_la, cast.deputy}

    def test_whose_signature_was_voided_can_follow_the_link(self, cast, locked, visit):
        reports.sign(locked, by=cast.partner_la, on=ON)
        workflow.edit_section(locked, by=cast.coordinator, on=ON, section="2.2d", text="Put differently.")
        notice = Notice.objects.get(kind="rapid_reviews.signature_voided", user=cast.partner_la)
        path = next(line for line in notice.body.splitlines() if line.startswith("http")).split("8000", 1)[1]
        assert visit("partner_la").get(path).status_code == 200

    def test_a_save_without_a_change_voids_nothing(self, cast, locked, visit):
        reports.sign(locked, by=cast.partner_la, on=ON)
        for name, more in (("edit-section", ["2.2d"]), ("edit-recommendation", []), ("edit-deciles", [])):
            visit("coordinator").must_send(page(name, locked, *more))
        branch = locked.branches.get()
        visit("coordinator").must_send(page("edit-analysis", locked, "concern", branch.pk))
        assert fresh(locked).status == RapidReview.Status.LOCKED
        assert len(in_force(locked)) == 1

    @pytest.mark.parametrize("what", ["recommendation", "analysis", "removal", "deciles"])
    def test_any_kind_of_edit_voids(self, cast, locked, visit, what):
        reports.sign(locked, by=cast.partner_la, on=ON)
        visitor = visit("coordinator")
        branch = locked.branches.get()
        if what == "recommendation":
            visitor.must_send(page("edit-recommendation", locked), timescales="Eight weeks")
        elif what == "analysis":
            visitor.must_send(page("add-analysis", locked, "concern"), concern="One more")
        elif what == "removal":
            assert "makes these signatures void" in visitor.text(page("remove-analysis", locked, "concern", branch.pk))
            visitor.must_send(page("remove-analysis", locked, "concern", branch.pk))
        else:
            visitor.must_send(page("edit-deciles", locked), decile_1="9")
        assert fresh(locked).status == RapidReview.Status.DRAFTING
        assert not in_force(locked)

    def test_a_decided_report_that_is_edited_is_decided_and_signed_anew(self, cast, locked):
        for part in PARTNERS[:2]:
            reports.sign(locked, by=getattr(cast, part), on=ON)
        first = Document.objects.get()
        review = workflow.edit_section(locked, by=cast.coordinator, on=ON, section="2.2d", text="Put differently.")
        review = workflow.lock_for_signature(review, by=cast.coordinator, on=ON)
        assert workflow.version_to_sign(review).number > first.version.number
        assert workflow.documents_of(review) == []
        later = london("2026-12-11 14:00")
        for part in PARTNERS[:2]:
            review = reports.sign(review, by=getattr(cast, part), on=later)
        assert review.status == RapidReview.Status.DECIDED
        assert [document.pk for document in workflow.documents_of(review)] == [Document.objects.order_by("-pk")[0].pk]
        assert review.sign_offs.count() == 4
