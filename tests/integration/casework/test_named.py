"""People who work on the hub and may be named in a case: a prompt for the family's, a conflict for professionals."""

from datetime import timedelta

import pytest
from django.urls import reverse

from access import can
from access.models import Exclusion
from appointments import workflow as appointments
from casework import named, sight
from casework.models import NameMatch
from casework.workflow import CannotProceed, NotAllowed
from notifications.models import Notice
from partnership.roles import Role
from rapid_reviews import queries, workflow
from referrals import workflow as referral_workflow
from tests.client import Visitor, problems, words
from tests.factories import rapid_reviews as reviews
from tests.factories import reports, situations
from tests.factories.people import person_with
from tests.integration.rapid_reviews.conftest import fresh, summary_of
from tests.moments import london
from trail.models import Event, save

pytestmark = pytest.mark.django_db
NOW = london("2026-12-11 14:00")


def matches(case):
    return [(str(row.user), row.kind, row.words, row.reference) for row in named.in_force(case)]


def told():
    return {notice.user for notice in Notice.objects.filter(kind="casework.may_be_named")}


def call(person, name):
    """Give somebody of the hub another name."""
    person.full_name = name
    return save(person, by=None, on=NOW)


class TestWhenTwoNamesAreTheSame:
    @pytest.mark.parametrize(
        "other",
        [
            "Lena Hollis",
            "LENA  HOLLIS",
            "Hollis, Lena",
            "Dr Lena Hollis",
            "Mrs. Lena Hollis",
            "Léna Höllis",
            "Hollis Lena",
            "Lena Hollis (health visitor)",
            "Lena Hollis, health visitor",
            "Sam Pike; Lena Hollis",
            "Sam Pike\nLena Hollis",
        ],
    )
    def test_case_accents_titles_and_order_do_not_count(self, other):
        assert named.keys_of("Lena Hollis") & named.keys_of(other)

    @pytest.mark.parametrize("other", ["Lena Hollister", "Lena", "Lena Mary Hollis", "Hollis", "", "Dr Hollis", "?"])
    def test_another_name_a_part_of_one_or_none_is_not_the_same(self, other):
        assert not named.keys_of("Lena Hollis") & named.keys_of(other)

    def test_names_that_are_joined_or_have_an_apostrophe(self):
        assert named.keys_of("Ann-Marie O’Brien") == named.keys_of("O'Brien, Ann Marie")

    def test_one_word_is_no_name_to_compare(self):
        assert named.keys_of("Mum") == set()
        assert named.keys_of("Dr Smith") == set()

    def test_e_mail_addresses_and_telephone_numbers_in_any_words(self):
        text = "Ring +44 (0)161 496 0123 or write to Lena.Hollis@larkspur.example."
        assert named.contacts_of(text) == {"01614960123", "lena.hollis@larkspur.example"}
        assert named.contacts_of("0161 496-0123") == {"01614960123"}
        assert named.contacts_of("Ext. 1234, 12 March 2026") == set()


class TestNamedAmongTheFamily:
    @pytest.mark.parametrize(
        ("answers", "words_"),
        [
            ({"suspect_name": "Tansy, Sheila"}, "person suspected of harm"),
            ({"children": [{"name": "Sheila TANSY"}]}, "child"),
            ({"children": [{"other_names": "Shel, Miss Sheila Tansy"}]}, "child"),
        ],
    )
    def test_the_business_manager_is_told_at_once_when_the_referral_is_received(self, cast, answers, words_):
        referral = situations.with_approver(cast, **answers)
        assert not NameMatch.objects.exists()
        referral = referral_workflow.approve(referral, by=cast.approver, on=NOW)
        assert matches(referral.case) == [("Sheila Tansy", "family", words_, referral.reference)]
        notice = Notice.objects.get(kind="casework.may_be_named")
        assert notice.user == cast.business_manager
        assert notice.subject == f"{referral.case.reference}: somebody may be named in the case"
        assert "Sheila" not in notice.subject + notice.body
        assert words_ not in notice.subject + notice.body
        assert referral.case.get_absolute_url() in notice.body

    @pytest.mark.parametrize(
        ("kind", "words_"),
        [("carer", "parent or carer"), ("sibling", "sibling"), ("other", "other significant person")],
    )
    def test_whoever_of_the_family_it_is(self, cast, kind, words_):
        referral = situations.draft(cast)
        situations.add_row(referral, kind, by=cast.referrer, on=NOW, name="sheila tansy")
        referral = referral_workflow.submit(referral, by=cast.referrer, on=NOW, approver=cast.approver)
        referral = referral_workflow.approve(referral, by=cast.approver, on=NOW)
        assert matches(referral.case) == [("Sheila Tansy", "family", words_, referral.reference)]

    def test_nothing_happens_by_itself(self, cast):
        referral = situations.with_panel(cast, suspect_name=cast.panel_la.full_name)
        assert matches(referral.case)
        assert Visitor(cast.panel_la).get(referral).status_code == 200
        assert not Exclusion.objects.exists()

    def test_the_prompt_keeps_them_out_with_the_words_already_there(self, cast):
        referral = situations.with_panel(cast, suspect_name=cast.panel_la.full_name)
        visitor, page = Visitor(cast.business_manager), referral.case.get_absolute_url()
        asked = "Petra Lindqvist may be named in this case as person suspected of harm: keep them out?"
        assert asked in visitor.text(page)
        link = visitor.read(page).find("a", string="Keep Petra Lindqvist out")["href"]
        form = visitor.form(link)
        assert form["person"] == str(cast.panel_la.pk)
        assert form["reason"] == "May be named in the case as person suspected of harm"
        visitor.must_send(link)
        assert Visitor(cast.panel_la).get(referral).status_code == 404
        assert asked not in visitor.text(page)

    def test_the_link_survives_the_fresh_second_factor(self, cast, clock):
        referral = situations.with_panel(cast, suspect_name=cast.panel_la.full_name)
        visitor = Visitor(cast.business_manager)
        clock.move_to(NOW + timedelta(minutes=6))
        path = f"{reverse('keep-out', args=[referral.case.reference])}?person={cast.panel_la.pk}"
        assert "person%3D" in visitor.get(path)["Location"]

    def test_not_the_same_person_is_recorded_with_its_reason_and_asked_no_more(self, cast):
        referral = situations.with_panel(cast, suspect_name=cast.panel_la.full_name)
        visitor, page = Visitor(cast.business_manager), referral.case.get_absolute_url()
        link = visitor.read(page).find("a", string="Not the same person")["href"]
        assert problems(visitor.send(link)) == [("Enter the reason", "#id_reason")]
        went_to = visitor.must_send(link, reason="Born thirty years apart")
        text = visitor.text(went_to)
        assert "Petra Lindqvist , as person suspected of harm" in text
        assert "Not the same person Maya Underwood, 11 December 2026 at 2pm: Born thirty years apart" in text
        assert "may be named in this case" not in visitor.text(page)
        row = NameMatch.objects.get()
        assert (row.settled_by, row.settled_why) == (cast.business_manager, "Born thirty years apart")
        event = Event.objects.get(verb="not_the_same_person")
        assert (event.by, event.words) == (cast.business_manager, "")
        named.match_all(on=NOW)
        assert matches(referral.case) == []
        assert Notice.objects.filter(kind="casework.may_be_named").count() == 1
        with pytest.raises(CannotProceed, match="settled already"):
            named.not_the_same_person(referral.case, by=cast.business_manager, on=NOW, match=row, reason="x")

    def test_who_else_opens_the_page_is_not_asked(self, cast):
        referral = situations.with_panel(cast, suspect_name=cast.school.full_name)
        for person in (cast.coordinator, cast.panel_la):
            assert "Sheila Tansy" not in Visitor(person).text(referral.case)
        assert told() == {cast.business_manager}
        match = NameMatch.objects.get()
        with pytest.raises(NotAllowed):
            named.not_the_same_person(referral.case, by=cast.coordinator, on=NOW, match=match, reason="x")

    def test_somebody_added_to_the_family_is_compared_when_they_join_it(self, cast):
        review = reviews.review_gathering(cast)
        summary = summary_of(review, cast.housing)
        reviews.fill_in(summary, by=cast.agency_lead, on=NOW)
        row = reviews.add_row(fresh(summary), "correction", by=cast.agency_lead, on=NOW, name="Sheila Tansy")
        summary = workflow.send_for_approval(fresh(summary), by=cast.agency_lead, on=NOW, approver=cast.second_lead)
        summary = workflow.approve_summary(summary, by=cast.second_lead, on=NOW)
        assert matches(review.case) == []
        summary = workflow.accept_summary(summary, by=cast.coordinator, on=NOW, additions=[row])
        assert matches(review.case) == [("Sheila Tansy", "family", "somebody added to the family", summary.reference)]
        assert told() == {cast.business_manager}
        workflow.accept_additions(fresh(summary), by=cast.coordinator, on=NOW, additions=[])
        assert matches(review.case) == []

    def test_a_case_that_was_not_sent_is_not_looked_at(self, cast):
        situations.with_approver(cast, suspect_name="Sheila Tansy")
        named.match_all(on=NOW)
        assert not NameMatch.objects.exists()


class TestSomebodyNew:
    def test_who_is_invited_is_looked_for_in_every_case(self, cast):
        referral = situations.with_panel(cast, suspect_name="Noor Sable")
        person = appointments.invite(
            by=cast.administrator,
            on=NOW,
            email="noor@larkspur.example",
            full_name="Noor Sable",
            agency=cast.housing,
            role=Role.AGENCY_LEAD,
        )
        assert [row.user for row in named.in_force(referral.case)] == [person]
        assert told() == {cast.business_manager}

    def test_so_is_the_lead_of_an_agency_that_is_added(self, cast):
        review = reviews.review_gathering(cast, suspect_name="Nora Saltmarsh")
        workflow.add_agency(
            review,
            by=cast.coordinator,
            on=NOW,
            name="Saltmarsh Nursery",
            kind="education",
            lead_name="Nora Saltmarsh",
            lead_email="lead@saltmarsh.example",
            escalation_name="Head",
            escalation_email="head@saltmarsh.example",
        )
        assert [who for who, *_ in matches(review.case)] == ["Nora Saltmarsh"]
        assert told() == {cast.business_manager}

    def test_who_has_another_name_is_found_by_the_next_sweep(self, cast):
        referral = situations.with_panel(cast, suspect_name="Noor Sable")
        call(cast.school, "Noor Sable")
        named.match_all(on=NOW)
        assert [row.user for row in named.in_force(referral.case)] == [cast.school]
        named.match_all(on=NOW + timedelta(hours=1))
        assert NameMatch.objects.count() == 1
        assert Notice.objects.filter(kind="casework.may_be_named").count() == 1
        call(cast.school, "Sheila Tansy")
        named.match_all(on=NOW + timedelta(hours=2))
        assert matches(referral.case) == []

    def test_who_may_not_sign_in_is_not_asked_about_until_they_may(self, cast):
        referral = situations.with_panel(cast, suspect_name=cast.deactivated.full_name)
        assert matches(referral.case) == []
        appointments.let_sign_in(cast.deactivated, by=cast.administrator, on=NOW, may=True, reason="Came back")
        assert matches(referral.case) == [
            ("Former Colleague", "family", "person suspected of harm", referral.reference)
        ]

    def test_one_query_finds_the_people_however_many_there_are(self, cast, django_assert_max_num_queries):
        referral = situations.with_panel(cast)
        for number in range(20):
            person_with(f"Person Number{number:02}", Role.MANAGER, agency=cast.council)
        with django_assert_max_num_queries(20):
            named.match(referral.case, on=NOW)


class TestTheBusinessManagerIsNamed:
    def test_the_only_one_is_not_told_and_another_of_the_team_is(self, cast):
        referral = situations.with_panel(cast, suspect_name=cast.business_manager.full_name)
        assert told() == {cast.coordinator}
        assert "may be named in this case" not in Visitor(cast.business_manager).text(referral.case)
        text = Visitor(cast.coordinator).text(referral.case)
        assert "Maya Underwood may be named in this case as person suspected of harm: keep them out?" in text
        assert "Only a business manager can keep somebody out." in text

    def test_where_there_are_two_the_other_is_told(self, cast):
        second = person_with("Mabel Stone", Role.BUSINESS_MANAGER, agency=cast.unit)
        referral = situations.with_panel(cast, suspect_name=cast.business_manager.full_name)
        assert told() == {second}
        page = Visitor(second)
        page.must_send(page.read(referral.case).find("a", string="Keep Maya Underwood out")["href"])
        assert Visitor(cast.business_manager).get(referral).status_code == 404

    def test_of_a_restricted_case_that_they_alone_hold_another_of_the_team_is_told_without_seeing_it(self, cast):
        referral = situations.with_panel(cast)
        sight.restrict_case(referral.case, by=cast.business_manager, on=NOW, reason="A colleague")
        carer = referral.carers.get()
        carer.name = cast.business_manager.full_name
        save(carer, by=None, on=NOW)
        named.match_all(on=NOW)
        assert told() == {cast.coordinator}
        assert Visitor(cast.coordinator).get(referral.case).status_code == 404
        with pytest.raises(CannotProceed, match="must hold the case first"):
            sight.keep_out(
                fresh(referral).case, by=cast.business_manager, on=NOW, person=cast.business_manager, reason="Named"
            )

    def test_nobody_says_of_themselves_that_it_is_somebody_else(self, cast):
        referral = situations.with_panel(cast, suspect_name=cast.business_manager.full_name)
        match = NameMatch.objects.get()
        with pytest.raises(CannotProceed, match="Nobody decides this of themselves"):
            named.not_the_same_person(referral.case, by=cast.business_manager, on=NOW, match=match, reason="Not me")
        visitor = Visitor(cast.business_manager)
        address = reverse("not-the-same-person", args=[referral.case.reference, match.pk])
        assert visitor.get(address).status_code == 404
        assert "Nobody was found." in visitor.text(reverse("people-named", args=[referral.case.reference]))


class TestNamedAsAProfessional:
    def test_no_e_mail_and_no_prompt_to_keep_them_out(self, cast):
        referral = situations.draft(cast)
        situations.add_row(referral, "service", by=cast.referrer, on=NOW, practitioner="Sheila Tansy")
        referral = referral_workflow.submit(referral, by=cast.referrer, on=NOW, approver=cast.approver)
        referral = referral_workflow.approve(referral, by=cast.approver, on=NOW)
        assert matches(referral.case) == [("Sheila Tansy", "professional", "practitioner", referral.reference)]
        assert not told()
        assert "Sheila Tansy" not in Visitor(cast.business_manager).text(referral.case)

    def test_by_e_mail_address_or_telephone_number_too(self, cast):
        cast.school.telephone = "0161 496 0123"
        save(cast.school, by=None, on=NOW)
        contact = f"The office, {cast.panel_la.email}, or +44 161 496 0123"
        referral = situations.draft(cast)
        situations.add_row(referral, "service", by=cast.referrer, on=NOW, contact=contact)
        referral = referral_workflow.submit(referral, by=cast.referrer, on=NOW, approver=cast.approver)
        referral = referral_workflow.approve(referral, by=cast.approver, on=NOW)
        assert [(who, as_) for who, _, as_, _ in matches(referral.case)] == [
            ("Petra Lindqvist", "contact of a service"),
            ("Sheila Tansy", "contact of a service"),
        ]

    def test_an_agencys_lead_keeps_sight_of_their_own_agencys_material(self, cast):
        summary = reviews.summary_filled_in(cast)
        reviews.add_row(fresh(summary), "practitioner", by=cast.agency_lead, on=NOW, name="Lena Hollis")
        summary = workflow.send_for_approval(fresh(summary), by=cast.agency_lead, on=NOW, approver=cast.second_lead)
        assert matches(summary.case) == [("Lena Hollis", "professional", "practitioner", summary.reference)]
        assert Visitor(cast.agency_lead).get(summary).status_code == 200
        assert can.permissions_on(cast.agency_lead, summary, moment=NOW)
        assert not Exclusion.objects.exists()

    def test_they_may_not_chair(self, cast):
        review = reviews.review_opened(cast, suspect_name="", referrer_name=cast.reviewer.full_name)
        known = "they may be named in the case as referrer"
        assert known in words(Visitor(cast.business_manager).get(f"{review.get_absolute_url()}appoint-chair/"))
        with pytest.raises(CannotProceed, match=known):
            workflow.appoint_chair(review, by=cast.business_manager, on=NOW, chair=cast.reviewer, skills="Many")

    def test_found_after_the_appointment_they_cannot_declare_that_there_is_no_conflict(self, cast):
        review = reviews.chair_appointed(cast)
        service = review.referral.services.get()
        service.practitioner = cast.reviewer.full_name
        save(service, by=None, on=NOW)
        named.match_all(on=NOW)
        page = f"{review.get_absolute_url()}declare-no-conflict/"
        said = "You cannot declare this yet: you may be named in the case as practitioner"
        assert said in Visitor(cast.reviewer).text(page)
        assert said in words(Visitor(cast.reviewer).send(page))
        settle(cast, review.case)
        Visitor(cast.reviewer).must_send(page)

    def test_they_may_not_approve_the_summary_that_names_them(self, cast):
        summary = reviews.summary_filled_in(cast)
        reviews.add_row(fresh(summary), "practitioner", by=cast.agency_lead, on=NOW, name="Ambry, Lucas")
        visitor, page = Visitor(cast.agency_lead), f"{summary.get_absolute_url()}send-for-approval/"
        assert "Cannot approve: may be one of the involved practitioners" in visitor.text(page)
        answer = visitor.send(page, approver=str(cast.second_lead.pk))
        said = "Lucas Ambry cannot approve it: may be one of the involved practitioners"
        assert problems(answer) == [(said, "#id_approver")]

    def test_nor_if_the_referral_names_them(self, cast):
        summary = reviews.summary_filled_in(cast, referrer_name=cast.second_lead.full_name)
        with pytest.raises(CannotProceed, match="may be named in the case as referrer"):
            workflow.send_for_approval(fresh(summary), by=cast.agency_lead, on=NOW, approver=cast.second_lead)

    def test_found_once_they_were_asked_they_return_it_to_its_author(self, cast):
        summary = reviews.summary_with_approver(cast)
        row = summary.practitioners.get()
        row.name = cast.second_lead.full_name
        save(row, by=None, on=NOW)
        named.match_all(on=NOW)
        page = f"{summary.get_absolute_url()}approve-summary/"
        assert "You cannot approve it: you may be named in the case as practitioner." in Visitor(cast.second_lead).text(
            page
        )
        with pytest.raises(CannotProceed, match="you may be named"):
            workflow.approve_summary(fresh(summary), by=cast.second_lead, on=NOW)
        settle(cast, summary.case)
        assert workflow.approve_summary(fresh(summary), by=cast.second_lead, on=NOW).status == "returned"

    def test_they_are_not_asked_to_sign_and_their_deputy_is(self, cast, quick_pdf):
        review = reports.comments_closed(cast, referrer_name=cast.partner_icb.full_name)
        text = Visitor(cast.business_manager).text(f"{review.get_absolute_url()}lock-for-signature/")
        assert "Who cannot sign in this case Dominic Yarrow, Integrated care board: may be named in the case" in text
        review = workflow.lock_for_signature(review, by=cast.coordinator, on=NOW)
        asked = set(can.people_with(review.case, "case_signatory", moment=NOW))
        assert asked == {cast.partner_la, cast.partner_police, cast.deputy}
        workflow.follow_register(review, by=None, on=NOW)
        assert set(can.people_with(review.case, "case_signatory", moment=NOW)) == asked

    def test_found_once_they_were_asked_to_sign_they_are_told_why_they_cannot(self, cast, quick_pdf):
        review = reports.report_locked(cast)
        referral = review.referral
        referral.referrer_name = cast.partner_la.full_name
        save(referral, by=None, on=NOW)
        named.match_all(on=NOW)
        said = "You cannot sign in this case: you may be named in the case as referrer"
        assert said in Visitor(cast.partner_la).text(f"{review.get_absolute_url()}sign-off/")
        with pytest.raises(CannotProceed, match=said):
            reports.sign(review, by=cast.partner_la, on=NOW)
        assert queries.free_to_sign(review, cast.partner_la, day=NOW.date()) == []
        settle(cast, review.case)
        reports.sign(fresh(review), by=cast.partner_la, on=NOW)

    def test_as_what_somebody_may_be_of_the_family_is_not_said_where_people_are_chosen(self, cast):
        review = reviews.review_opened(cast, suspect_name=cast.reviewer.full_name)
        page = words(Visitor(cast.coordinator).get(f"{review.get_absolute_url()}appoint-chair/"))
        assert "Known: the business manager has to look at something first" in page
        assert "suspected of harm" not in page
        with pytest.raises(CannotProceed, match="cannot chair"):
            workflow.appoint_chair(review, by=cast.business_manager, on=NOW, chair=cast.reviewer, skills="Many")


def settle(cast, case):
    for match in named.in_force(case):
        named.not_the_same_person(case, by=cast.business_manager, on=NOW, match=match, reason="Another person")
