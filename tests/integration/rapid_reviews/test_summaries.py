"""An agency is asked for its summary: what it sees, a nil return, the sections, approval, return; or by e-mail."""

from datetime import date, datetime, time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from access.models import Access, Address
from casework.models import Attachment, Presence
from deadlines import rules
from deadlines.models import Deadline
from notifications.models import Notice
from partnership.roles import CaseRole
from rapid_reviews import forms, queries, workflow
from rapid_reviews.models import AgencySummary, ChronologyEvent, Meeting
from tests.client import form_key, parsed, problems, words
from tests.factories import rapid_reviews as reviews
from tests.integration.rapid_reviews.conftest import fresh, summary_of
from tests.moments import london
from trail import models as trail
from trail.models import Event

pytestmark = pytest.mark.begins_with("review_gathering")
Status = AgencySummary.Status


def page(name, summary, *more):
    return reverse(name, args=[summary.reference, *more])


def told(kind):
    notices = Notice.objects.filter(kind=f"rapid_reviews.{kind}").select_related("user")
    return sorted(str(notice.user or notice.address) for notice in notices)


def open_rules(summary):
    return set(Deadline.objects.open().filter(reference=summary.reference).values_list("rule", flat=True))


def say_yes(visitor, summary):
    return visitor.must_send(summary, involved="yes")


# What is asked


class TestWhatAnAgencySees:
    def test_what_is_asked_until_when_and_on_what_basis(self, cast, on_monday, visit):
        visit("coordinator").must_send(
            reverse("plan", args=[on_monday.reference]), meeting_at=datetime(2026, 12, 29, 10, 0)
        )
        visit("coordinator").must_send(
            reverse("ask-agencies", args=[on_monday.reference]), agencies=[str(cast.housing.pk)]
        )
        summary = summary_of(on_monday, cast.housing)
        text = visit("agency_lead").text(summary)
        assert "Single agency summary" in text
        assert "Period 10 December 2025 to 10 December 2026" in text
        assert "Asked 14 December 2026 at 10am" in text
        assert "Due Tuesday 22 December 2026: 6 working days from the request" in text
        assert "Rapid review meeting 29 December 2026 at 10am" in text
        assert "Children Act 2004 section 16H" in text

    def test_the_children_and_the_family_by_name_birth_and_address(self, cast, asked, visit):
        text = visit("agency_lead").text(asked)
        referral = asked.review.referral
        child = referral.children.get()
        for expected in (child.name, child.other_names, child.home_address.text, "born 19 March 2017"):
            assert expected in text
        for person in (referral.carers.get(), referral.siblings.get(), referral.other_people.get()):
            assert person.name in text
            assert person.address.text in text

    def test_a_confidential_address_is_withheld_from_them(self, cast, asked, visit):
        child = asked.review.referral.children.get()
        address = Address.objects.get(pk=child.home_address_id)
        address.confidential = True
        trail.save(address, by=cast.coordinator, on=london("2026-12-11 13:50"))
        say_yes(visit("agency_lead"), asked)
        for where in (asked, page("fill-in-summary", asked, "family")):
            text = visit("agency_lead").text(where)
            assert address.text not in text
            assert "Address withheld" in text
        assert address.text in visit("coordinator").text(asked)

    def test_nothing_else_of_the_referral(self, cast, asked, visit):
        referral, child = asked.review.referral, asked.review.referral.children.get()
        seen = visit("agency_lead").get(asked).content.decode()
        for hidden in (referral.outline, referral.suspect_name, child.pen_picture, child.nhs_number, child.harm):
            assert hidden
            assert hidden not in seen
        for address in (referral, asked.review, reverse("timeline", args=[asked.case.reference])):
            assert visit("agency_lead").get(address).status_code == 404
        for name in ("chronology", "pack"):
            assert visit("agency_lead").get(reverse(name, args=[asked.review.reference])).status_code == 404

    def test_not_another_agencys_summary(self, cast, asked, visit):
        other = summary_of(asked.review, cast.trust)
        for name in ("agency-summary", "return-nil", "secure-records", "send-for-approval", "accept-summary"):
            assert visit("agency_lead").get(page(name, other)).status_code == 404
        assert visit("other_lead").get(other).status_code == 200

    def test_who_was_not_asked_sees_none(self, cast, asked, visit):
        for part in ("referrer", "approver", "panel_la", "school", "manager", "administrator", "reviewer"):
            assert visit(part).get(asked).status_code == 404

    def test_it_waits_among_their_work_and_in_their_list(self, cast, asked, visit):
        home = visit("agency_lead").text("/")
        assert "Return the single agency summary" in home
        assert "Confirm that the records are secured" in home
        assert asked.reference in visit("agency_lead").text(reverse("agency-summaries"))
        assert "There are no single agency summaries" in visit("school").text(reverse("agency-summaries"))

    def test_the_title_holds_the_reference_alone(self, cast, asked, visit):
        title = visit("agency_lead").read(asked).title.get_text(strip=True)
        assert title == f"Single agency summary {asked.reference} – Safeguarding Learning Hub"


# Nil return


class TestANilReturn:
    def test_from_the_question_to_the_end_in_three_pages(self, cast, asked, visit):
        """With the pages of signing in (password, code) that is five from the e-mail."""
        lead = visit("agency_lead")
        where = lead.must_send(asked, involved="no")
        assert where == page("return-nil", asked)
        where = lead.must_send(where, systems_searched="Tenancy system, complaints")
        assert where == asked.get_absolute_url()
        text = lead.text(where)
        assert f"Nil return received Its reference is {asked.reference}" in text
        assert "Nothing more is needed from you" in text
        summary = fresh(asked)
        assert (summary.status, summary.involved, summary.author) == (Status.NIL, False, cast.agency_lead)
        assert summary.returned_at == london("2026-12-11 14:00")
        assert open_rules(summary) == set()
        assert told("summary_returned") == ["Colm Ferris", "Maya Underwood"]

    def test_the_names_they_were_given_stand_there_already(self, cast, asked, visit):
        values = visit("agency_lead").form(page("return-nil", asked))
        for person in queries.family(asked.review, sees_confidential=False):
            assert person.name in values["names_used"]
            assert person.born in values["names_used"]
        assert values["searched_by"] == "Lena Hollis"

    def test_each_answer_is_needed(self, cast, asked, visit):
        response = visit("agency_lead").send(
            page("return-nil", asked), systems_searched="", names_used="", searched_by=""
        )
        assert problems(response) == [
            ("Enter the systems searched", "#id_systems_searched"),
            ("Enter the names and dates used", "#id_names_used"),
            ("Enter who searched", "#id_searched_by"),
        ]
        assert fresh(asked).status == Status.ASKED

    def test_the_first_question_has_to_be_answered(self, cast, asked, visit):
        response = visit("agency_lead").send(asked)
        assert response.status_code == 422
        assert problems(response) == [("Select yes if your agency has had contact", "#id_involved")]

    def test_found_after_all_under_another_name_it_is_asked_again(self, cast, visit):
        summary = reviews.summary_nil(cast)
        visit("coordinator").must_send(page("reopen-summary", summary), reason="Also known as Fennel")
        summary = fresh(summary)
        assert (summary.status, summary.involved, summary.returned_at) == (Status.ASKED, None, None)
        assert open_rules(summary) == {"summary_asked_later", "records_secured"}
        text = visit("agency_lead").text(summary)
        assert "Asked again, because Also known as Fennel" in text
        assert say_yes(visit("agency_lead"), summary) == summary.get_absolute_url()

    def test_an_agency_that_holds_a_record_after_all_secures_it(self, cast, visit):
        summary = reviews.summary_nil(cast)
        visit("agency_lead").must_send(page("secure-records", summary), records_where="One letter, in the safe")
        assert fresh(summary).records_secured_by == cast.agency_lead

    def test_ten_presses_make_one(self, cast, asked, visit):
        lead, address = visit("agency_lead"), page("return-nil", asked)
        values = lead.form(address) | {"systems_searched": "All"}
        assert {lead.post(address, values)["Location"] for _ in range(10)} == {asked.get_absolute_url()}
        assert Event.objects.filter(verb="return_nil").count() == 1
        assert len(told("summary_returned")) == 2


# Filling in


class TestFillingIn:
    def test_yes_leads_to_the_sections(self, cast, asked, visit):
        lead = visit("agency_lead")
        assert say_yes(lead, asked) == asked.get_absolute_url()
        tasks = lead.read(asked).select(".govuk-task-list__item")
        found = [" ".join(task.get_text(" ").split()) for task in tasks]
        assert found == [
            "Agency and declaration Not yet started",
            "Records secured Within 1 working day of the request Not yet started",
            "Family and significant others Not yet started",
            "Other processes and investigations Optional Not yet started",
            "Chronology of involvement Not yet started",
            "About the child Not yet started",
            "Summary of involvement Not yet started",
            "Practice Not yet started",
            "Learning Not yet started",
            "Involved practitioners Optional Not yet started",
        ]

    def test_what_the_hub_knows_of_the_author_stands_there_already(self, cast, asked, visit):
        values = visit("agency_lead").form(page("fill-in-summary", asked, "agency"))
        assert values["author_name"] == "Lena Hollis"
        assert values["author_contact"] == "lena.hollis@harrowmere.example"

    def test_each_section_leads_to_the_next(self, cast, asked, visit):
        lead = visit("agency_lead")
        say_yes(lead, asked)
        where, passed = page("fill-in-summary", asked, "agency"), []
        while "send-for-approval" not in where:
            passed.append(where.removeprefix(asked.get_absolute_url()))
            given = {"records_where": "Locked on Monday"} if "secure-records" in where else {}
            where = lead.must_send(where, **given)
        assert passed == [
            "fill-in/agency/",
            "secure-records/",
            *(f"fill-in/{section.slug}/" for section in forms.SECTIONS[1:]),
        ]

    @pytest.mark.parametrize("slug", [section.slug for section in forms.SECTIONS if section.form])
    def test_every_question_of_a_section_is_on_its_page_and_saved(self, slug, cast, asked, visit):
        form_class = forms.section_of(slug).form
        given = {name: False for name in ("independent", "family_matches") if name in form_class.shown_fields()}
        values = reviews.answers_for(form_class, asked.reference, **given)
        lead = visit("agency_lead")
        answers = {
            name: {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
            for name, value in values.items()
        }
        lead.must_send(page("fill-in-summary", asked, slug), **answers)
        summary = fresh(asked)
        for name, value in values.items():
            assert getattr(summary, name) == value, name

    def test_a_section_that_does_not_exist_is_not_found(self, cast, asked, visit):
        assert visit("agency_lead").get(page("fill-in-summary", asked, "weather")).status_code == 404
        assert visit("agency_lead").get(page("add-summary-row", asked, "cloud")).status_code == 404
        assert visit("agency_lead").get(page("fill-in-summary-row", asked, "event", 987654)).status_code == 404

    def test_rows_of_another_summary_are_not_found(self, cast, asked, visit):
        other = summary_of(asked.review, cast.trust)
        row = reviews.add_row(other, "event", by=cast.other_lead, on=london("2026-12-11 13:50"))
        for name in ("fill-in-summary-row", "remove-summary-row"):
            assert visit("agency_lead").get(page(name, asked, "event", row.pk)).status_code == 404

    def test_the_involvement_cannot_end_before_it_began(self, cast, asked, visit):
        response = visit("agency_lead").send(
            page("fill-in-summary", asked, "involvement"),
            involvement_from=date(2026, 3, 1),
            involvement_until=date(2026, 2, 1),
        )
        assert problems(response) == [("The last day must be on or after the first day", "#id_involvement_until-day")]

    def test_somebody_else_saved_it_meanwhile_both_texts_are_shown(self, cast, asked, visit):
        where = page("fill-in-summary", asked, "child")
        first = visit("agency_lead").form(where)
        visit("second_lead").must_send(where, pen_picture="A quiet boy")
        response = visit("agency_lead").post(where, first | {"pen_picture": "A lively boy"})
        assert response.status_code == 409
        text = words(response)
        assert "Somebody else saved these answers while this page was open" in text
        assert "A quiet boy" in text
        assert "A lively boy" in text
        assert fresh(asked).pen_picture == "A quiet boy"

    def test_the_task_list_says_who_is_in_which_section_now(self, cast, asked, visit):
        lead, second = visit("agency_lead"), visit("second_lead")
        say_yes(lead, asked)
        second.get(page("fill-in-summary", asked, "child"))
        second.get(page("add-summary-row", asked, "event"))
        items = parsed(lead.get(asked)).select(".govuk-task-list__item")
        open_now = [item.a.get_text() for item in items if f"Open now: {cast.second_lead}" in item.get_text()]
        assert set(open_now) == {forms.section_of("child").title, forms.section_of("chronology").title}
        assert "Open now" not in second.text(asked), "oneself is not named"

    def test_who_only_reads_the_summary_is_not_in_it(self, cast, asked, visit):
        visit("coordinator").get(asked)
        visit("agency_lead").get(asked)
        assert set(Presence.objects.values_list("user", flat=True)) == {cast.agency_lead.pk}

    def test_the_author_is_who_filled_it_in_first(self, cast, asked, visit):
        visit("second_lead").must_send(page("fill-in-summary", asked, "child"), pen_picture="A quiet boy")
        visit("agency_lead").must_send(page("fill-in-summary", asked, "child"), pen_picture="A lively boy")
        assert fresh(asked).author == cast.second_lead

    def test_records_are_secured_within_their_own_timescale(self, cast, asked, visit):
        response = visit("agency_lead").send(page("secure-records", asked))
        assert problems(response) == [("Enter which records are secured, and where", "#id_records_where")]
        say_yes(visit("agency_lead"), asked)
        where = visit("agency_lead").must_send(page("secure-records", asked), records_where="Locked")
        assert where == page("fill-in-summary", asked, "family")
        assert "records_secured" not in open_rules(asked)


EVENT = {
    "date_as_written": "?3 March 2026",
    "precision": "about",
    "starts_on": date(2026, 3, 3),
    "source": "Repairs log",
    "what_happened": "A neighbour reported shouting",
}


UNSAID = {"precision": None, "starts_on": None}


class TestTheChronology:
    def add(self, visitor, summary, **answers):
        return visitor.send(page("add-summary-row", summary, "event"), **EVENT | answers)

    def test_an_event_keeps_the_date_as_it_was_written_beside_what_it_was_taken_to_mean(self, cast, asked, visit):
        response = self.add(visit("agency_lead"), asked)
        assert response["Location"] == page("fill-in-summary", asked, "chronology")
        event = ChronologyEvent.objects.get()
        assert (event.date_as_written, event.starts_on) == ("?3 March 2026", date(2026, 3, 3))
        text = visit("agency_lead").text(response["Location"])
        assert "About 3 March 2026 A neighbour reported shouting" in text

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("?22 May 2026 14.30", ("about", date(2026, 5, 22), None, time(14, 30))),
            ("May 2026", ("month", date(2026, 5, 1), None, None)),
            ("3-5 May 2026", ("range", date(2026, 5, 3), date(2026, 5, 5), None)),
            ("not recorded", ("not_recorded", None, None, None)),
        ],
    )
    def test_its_date_is_read_from_the_words_alone(self, written, meant, cast, asked, visit):
        response = self.add(visit("agency_lead"), asked, date_as_written=written, **UNSAID)
        assert response.status_code == 302
        event = ChronologyEvent.objects.get()
        assert (event.precision, event.starts_on, event.ends_on, event.starts_at_time) == meant
        assert event.date_as_written == written

    @pytest.mark.parametrize(
        ("written", "asked_back"),
        [
            ("3/4/26", "It can be 3 April 2026 or 4 March 2026."),
            ("early June", "The year is missing."),
            ("31/2/26", "There is no 31 February 2026."),
        ],
    )
    def test_what_cannot_be_read_is_asked_about_and_never_guessed(self, written, asked_back, asked, visit):
        response = self.add(visit("agency_lead"), asked, date_as_written=written, **UNSAID)
        message = f"{asked_back} Write it otherwise, or say below how exact it is and which day"
        assert problems(response) == [(message, "#id_date_as_written")]
        response = self.add(visit("agency_lead"), asked, date_as_written=written)
        assert response.status_code == 302
        assert ChronologyEvent.objects.get().starts_on == date(2026, 3, 3)

    def test_what_is_written_of_the_future_is_refused(self, asked, visit):
        response = self.add(visit("agency_lead"), asked, date_as_written="22 May 2027", **UNSAID)
        assert problems(response) == [("The date must be today or in the past", "#id_date_as_written")]

    def test_other_words_are_read_anew_unless_the_date_is_said_as_well(self, asked, visit):
        lead = visit("agency_lead")
        self.add(lead, asked, date_as_written="May 2026", **UNSAID)
        event = ChronologyEvent.objects.get()
        address = page("fill-in-summary-row", asked, "event", event.pk)
        lead.must_send(address, date_as_written="22/5/26")
        event.refresh_from_db()
        assert (event.precision, event.starts_on) == ("exact", date(2026, 5, 22))
        lead.must_send(address, what_was_done="A visit")
        lead.must_send(address, date_as_written="?23/5/26", starts_on=date(2026, 5, 24))
        event.refresh_from_db()
        assert (event.precision, event.starts_on) == ("exact", date(2026, 5, 24))

    def test_one_event_after_another(self, cast, asked, visit):
        response = self.add(visit("agency_lead"), asked, another="yes")
        assert response["Location"] == page("add-summary-row", asked, "event")

    @pytest.mark.parametrize(
        ("answers", "said"),
        [
            ({"precision": None}, ("Select how exact the date is", "#id_precision")),
            ({"starts_on": None}, ("Enter the date, or say that it is not recorded", "#id_starts_on-day")),
            ({"precision": "range"}, ("Enter the last day of the range", "#id_ends_on-day")),
            (
                {"precision": "range", "ends_on": date(2026, 2, 1)},
                ("The last day must be on or after the first day", "#id_ends_on-day"),
            ),
            ({"starts_on": date(2027, 1, 1)}, ("The date must be today or in the past", "#id_starts_on-day")),
            ({"source": ""}, ("Enter source of the record", "#id_source")),
            ({"what_happened": ""}, ("Enter what happened", "#id_what_happened")),
            ({"date_as_written": ""}, ("Enter the date as the record writes it", "#id_date_as_written")),
        ],
    )
    def test_what_cannot_be_is_refused_with_the_reason(self, answers, said, cast, asked, visit):
        response = self.add(visit("agency_lead"), asked, **answers)
        assert response.status_code == 422
        assert problems(response) == [said]

    def test_without_a_recorded_date_it_needs_none(self, cast, asked, visit):
        response = self.add(visit("agency_lead"), asked, precision="not_recorded", starts_on=date(2026, 3, 3))
        assert response.status_code == 302
        assert ChronologyEvent.objects.get().starts_on is None

    def test_many_contacts_as_one_range(self, cast, asked, visit):
        self.add(visit("agency_lead"), asked, precision="range", ends_on=date(2026, 5, 4), significance="routine")
        text = visit("agency_lead").text(page("fill-in-summary", asked, "chronology"))
        assert "3 March 2026 to 4 May 2026" in text

    def test_a_significant_event_without_analysis_is_pointed_out_not_refused(self, cast, asked, visit):
        self.add(visit("agency_lead"), asked, significance="significant")
        text = visit("agency_lead").text(page("fill-in-summary", asked, "chronology"))
        assert "Significant, without an analysis" in text

    def test_one_outside_the_period_is_marked(self, cast, asked, visit):
        self.add(visit("agency_lead"), asked, starts_on=date(2019, 1, 1))
        assert "Outside the period" in visit("agency_lead").text(page("fill-in-summary", asked, "chronology"))

    def test_an_event_is_changed_and_taken_off_again(self, cast, asked, visit):
        self.add(visit("agency_lead"), asked)
        event = ChronologyEvent.objects.get()
        visit("agency_lead").must_send(page("fill-in-summary-row", asked, "event", event.pk), source="Letter")
        assert ChronologyEvent.objects.get().source == "Letter"
        visit("agency_lead").must_send(page("remove-summary-row", asked, "event", event.pk))
        assert not ChronologyEvent.objects.exists()
        assert ChronologyEvent.history.filter(history_type="-").count() == 1

    @pytest.mark.parametrize(
        ("kind", "answers", "related"),
        [
            ("correction", {"name": "Fennel Ash", "what": "Lives there as well"}, "family_corrections"),
            ("action", {"action": "Train the wardens", "by_when": date(2027, 2, 1)}, "lesson_actions"),
            ("practitioner", {"name": "Warden Quill", "agrees_fair": "yes"}, "practitioners"),
        ],
    )
    def test_other_rows_have_a_page_each(self, kind, answers, related, cast, asked, visit):
        visit("agency_lead").must_send(page("add-summary-row", asked, kind), **answers)
        row = getattr(asked, related).get()
        assert str(row) in visit("agency_lead").text(page("send-for-approval", asked))


# Sending, approving, returning


class TestSendingForApproval:
    def test_every_gap_at_once_each_with_where_it_is_answered(self, cast, asked, visit):
        lead = visit("agency_lead")
        say_yes(lead, asked)
        response = lead.send(page("send-for-approval", asked), approver=str(cast.second_lead.pk))
        assert response.status_code == 422
        found = problems(response)
        assert [message for message, _ in found] == [words for _, _, words in queries.summary_gaps(fresh(asked))]
        assert len(found) == 12
        for _, address in found:
            path, _, target = address.partition("#")
            there = lead.read(path)
            assert not target or there.find(id=target), address
        assert parsed(response).title.get_text().startswith("Error: ")
        assert fresh(asked).status == Status.ASKED

    def test_the_approver_is_asked_and_never_the_author(self, cast, visit):
        summary = reviews.summary_filled_in(cast)
        sending = visit("agency_lead").read(page("send-for-approval", summary))
        offered = [label.get_text(strip=True) for label in sending.select(".govuk-radios__label")]
        assert offered == ["Lucas Ambry"]
        response = visit("agency_lead").send(page("send-for-approval", summary), approver=str(cast.agency_lead.pk))
        assert response.status_code == 422
        visit("agency_lead").must_send(page("send-for-approval", summary), approver=str(cast.second_lead.pk))
        summary = fresh(summary)
        assert (summary.status, summary.author, summary.approver) == (
            Status.WITH_APPROVER,
            cast.agency_lead,
            cast.second_lead,
        )
        assert told("approval_asked") == ["Lucas Ambry"]
        assert "Approve the single agency summary" in visit("second_lead").text("/")

    def test_its_approval_is_due_with_it(self, cast):
        summary = reviews.summary_with_approver(cast)
        approval = Deadline.objects.open().get(reference=summary.reference, rule=rules.SUMMARY_APPROVED.code)
        returned = Deadline.objects.open().get(reference=summary.reference, rule=rules.SUMMARY_RETURNED.code)
        assert approval.due_at == returned.due_at

    def test_every_answer_stands_on_the_page_that_is_checked_and_the_one_that_is_approved(self, cast, visit):
        summary = reviews.summary_filled_in(cast)
        marks = [value for value in vars(summary).values() if isinstance(value, str) and value.startswith("MRK-")]
        marks += [
            value
            for kind in forms.ROWS.values()
            for row in kind.of(summary)
            for value in vars(row).values()
            if isinstance(value, str) and value.startswith("MRK-")
        ]
        assert len(marks) > 35
        checked = visit("agency_lead").text(page("send-for-approval", summary))
        assert [mark for mark in marks if mark not in checked] == []
        visit("agency_lead").must_send(page("send-for-approval", summary), approver=str(cast.second_lead.pk))
        approved = visit("second_lead").text(page("approve-summary", summary))
        assert [mark for mark in marks if mark not in approved] == []

    def test_who_is_alone_at_their_agency_is_told_what_to_do(self, cast, visit):
        summary = reviews.summary_filled_in(cast)
        for held in cast.second_lead.memberships.all():
            held.until_on = date(2026, 12, 1)
            trail.save(held, by=None, on=london("2026-12-01 09:00"))
        text = visit("agency_lead").text(page("send-for-approval", summary))
        assert "Nobody else at your agency can approve it in the hub" in text
        assert not visit("agency_lead").read(page("send-for-approval", summary)).select("main form")
        assert visit("coordinator").get(page("waive-approval", summary)).status_code == 403, "the manager's alone"
        visit("business_manager").must_send(page("waive-approval", summary), reason="A charity of one")
        assert told("approval_waived") == ["Lena Hollis"]
        text = visit("agency_lead").text(page("send-for-approval", summary))
        assert "No second person has to approve it: A charity of one" in text
        visit("agency_lead").must_send(page("send-for-approval", summary))
        summary = fresh(summary)
        assert (summary.status, summary.approver, summary.approval_waived_why) == (
            Status.RETURNED,
            None,
            "A charity of one",
        )

    def test_the_approver_returns_it_with_a_comment(self, cast, visit):
        summary = reviews.summary_with_approver(cast)
        visit("second_lead").must_send(page("return-to-author", summary), reason="Say when it closed")
        summary = fresh(summary)
        assert summary.status == Status.ASKED
        assert told("returned_to_author") == ["Lena Hollis"]
        text = visit("agency_lead").text(summary)
        assert "Returned by the approver with this comment Say when it closed" in text
        assert "summary_approved" not in open_rules(summary)
        visit("agency_lead").must_send(page("send-for-approval", summary), approver=str(cast.second_lead.pk))
        assert fresh(summary).status == Status.WITH_APPROVER

    def test_approved_it_is_returned_in_time(self, cast, visit):
        summary = reviews.summary_with_approver(cast)
        where = visit("second_lead").must_send(page("approve-summary", summary))
        assert where == summary.get_absolute_url()
        summary = fresh(summary)
        assert (summary.status, summary.approver_name) == (Status.RETURNED, "Lucas Ambry")
        assert summary.approved_at == summary.returned_at == london("2026-12-11 14:00")
        assert open_rules(summary) == {"summary_checked"}
        assert queries.summary_status(summary) == "in_time"
        assert "The summary was returned" in visit("agency_lead").text(summary)

    def test_returned_after_its_date_it_is_late(self, cast, visit, clock):
        summary = reviews.summary_with_approver(cast)
        clock.move_to(london("2026-12-23 09:00"))
        visit("second_lead").must_send(page("approve-summary", summary))
        assert queries.summary_status(fresh(summary)) == "late_before_meeting"
        assert "Done, late by 1 working day" in visit("coordinator").text(summary.review)

    def test_the_author_does_not_approve_and_an_approver_does_not_write(self, cast, visit):
        summary = reviews.summary_with_approver(cast)
        assert visit("agency_lead").get(page("approve-summary", summary)).status_code == 403
        trust = summary_of(summary.review, cast.trust)
        reviews.fill_in(trust, by=cast.other_lead, on=london("2026-12-11 13:50"))
        trust = fresh(trust)
        workflow.send_for_approval(
            trust, by=cast.other_lead, on=london("2026-12-11 13:51"), approver=cast.other_approver
        )
        assert visit("other_approver").get(page("approve-summary", trust)).status_code == 200
        workflow.return_to_author(trust, by=cast.other_approver, on=london("2026-12-11 13:52"), reason="More")
        assert visit("other_approver").get(trust).status_code == 200
        for name in ("return-nil", "secure-records", "send-for-approval"):
            assert visit("other_approver").get(page(name, trust)).status_code == 403
        assert visit("other_approver").post(trust, {"form_key": form_key(cast.other_approver)}).status_code == 403

    def test_once_sent_nobody_changes_it(self, cast, visit):
        summary = reviews.summary_with_approver(cast)
        for address in (page("fill-in-summary", summary, "child"), page("return-nil", summary)):
            response = visit("agency_lead").get(address)
            assert response.status_code == 409
            assert "With the agency’s approver" in words(response)

    def test_approved_twice_the_second_says_what_happened(self, cast, visit):
        summary = reviews.summary_with_approver(cast)
        visit("second_lead").must_send(page("approve-summary", summary))
        response = visit("second_lead").get(page("approve-summary", summary))
        assert response.status_code == 409
        assert "is now “Returned”" in words(response)


# The business team


def test_returned_in_the_night_after_the_meeting_it_is_late_after_the_meeting(cast):
    """Half past midnight of a summer night is the day before in Greenwich; the days that count are London's."""
    summary = reviews.summary_returned(cast)
    summary.returned_at = london("2027-07-02 00:30")
    summary.review.meeting = Meeting(review=summary.review, held_on=date(2027, 7, 1))
    assert queries.summary_status(summary) == "late_after_meeting"


class TestReading:
    def test_what_an_agency_is_still_writing_is_its_own(self, cast, visit):
        summary = reviews.summary_filled_in(cast)
        for part in ("coordinator", "business_manager"):
            response = visit(part).get(summary)
            assert summary.pen_picture not in response.content.decode()
            assert "Asked" in words(response)

    def test_learning_for_another_agency_goes_to_the_business_team_first(self, cast, visit):
        review = reviews.pack_issued(cast)
        summary = summary_of(review, cast.housing)
        assert summary.learning_for_other in visit("coordinator").text(summary)
        assert summary.learning_for_other in visit("agency_lead").text(summary)
        text = visit("panel_la").text(summary)
        assert summary.pen_picture in text
        assert summary.learning_for_other not in text

    def test_what_comes_after_the_pack_is_a_late_paper_and_the_members_are_told(self, cast, visit):
        review = reviews.pack_issued(cast)
        assert told("late_paper") == []
        reviews.give_council_a_lead(cast)
        visit("coordinator").must_send(
            reverse("ask-agencies", args=[review.reference]), agencies=[str(cast.council.pk)]
        )
        summary = summary_of(review, cast.council)
        workflow.key_in_summary(summary, by=cast.coordinator, on=london("2026-12-11 14:00"))
        workflow.enter_summary(
            fresh(summary),
            by=cast.coordinator,
            on=london("2026-12-11 14:00"),
            returned_at=london("2026-12-11 14:00"),
            approver_name="Director",
        )
        assert told("late_paper") == sorted(str(member.user) for member in review.members.all())
        text = visit("panel_la").text(reverse("pack", args=[review.reference]))
        assert f"Harrowmere Council, {summary.reference} , returned 11 December 2026 at 2pm Late paper" in text

    def test_it_is_accepted(self, cast, visit):
        summary = reviews.summary_returned(cast)
        visit("coordinator").must_send(page("accept-summary", summary))
        summary = fresh(summary)
        assert (summary.status, summary.accepted_by) == (Status.ACCEPTED, cast.coordinator)
        assert open_rules(summary) == set()

    def test_or_sent_back_with_a_comment_and_asked_for_again(self, cast, visit):
        summary = reviews.summary_returned(cast)
        visit("coordinator").must_send(page("send-back", summary), reason="What of the second visit?")
        summary = fresh(summary)
        assert (summary.status, summary.returned_at) == (Status.SENT_BACK, None)
        assert told("sent_back") == ["Lena Hollis", "Lucas Ambry"]
        assert open_rules(summary) == {"summary_asked_later"}
        again = Deadline.objects.open().get(reference=summary.reference)
        assert rules.london_day(again.due_at) >= queries.first_date(summary)
        text = visit("agency_lead").text(summary)
        assert "Sent back by the business unit with this comment What of the second visit?" in text
        assert queries.combined_chronology(summary.review).count() == 0
        visit("agency_lead").must_send(page("send-for-approval", summary), approver=str(cast.second_lead.pk))
        visit("second_lead").must_send(page("approve-summary", summary))
        assert fresh(summary).status == Status.RETURNED
        assert queries.combined_chronology(summary.review).count() == 1

    def test_only_the_business_team_accepts(self, cast, visit):
        summary = reviews.summary_returned(cast)
        for name in ("accept-summary", "send-back"):
            assert visit("agency_lead").get(page(name, summary)).status_code == 403


class TestWhatCameByEmail:
    def key_in(self, visitor, summary, **more):
        return visitor.must_send(page("key-in-summary", summary), **more)

    def test_it_is_typed_in_with_the_original_attached(self, cast, asked, visit):
        team = visit("coordinator")
        assert team.get(page("fill-in-summary", asked, "child")).status_code == 403
        original = SimpleUploadedFile("from-larkspur.eml", b"From: a@larkspur.example\r\nSubject: x\r\n\r\ny\r\n")
        self.key_in(team, asked, original=original)
        team.must_send(asked, involved="yes")
        team.must_send(page("fill-in-summary", asked, "child"), pen_picture="A quiet boy")
        team.must_send(page("add-summary-row", asked, "event"), **EVENT)
        team.must_send(
            page("enter-summary", asked),
            returned_at=datetime(2026, 12, 11, 13, 50),
            approver_name="Ivy Larch, director",
        )
        summary = fresh(asked)
        assert (summary.status, summary.author, summary.entered_by) == (Status.RETURNED, None, cast.coordinator)
        assert (summary.approver_name, summary.returned_at) == ("Ivy Larch, director", london("2026-12-11 13:50"))
        assert open_rules(summary) == {"summary_checked"}
        file = Attachment.objects.get(reference=summary.reference)
        for part in ("coordinator", "agency_lead"):
            response = visit(part).get(page("summary-file", summary, file.key))
            assert b"".join(response.streaming_content).startswith(b"From: a@larkspur.example")
        assert visit("other_lead").get(page("summary-file", summary, file.key)).status_code == 404
        assert "from-larkspur.eml" in visit("coordinator").text(summary)

    def test_who_approved_it_or_why_nobody_did(self, cast, visit):
        summary = reviews.summary_keyed_in(cast)
        response = visit("coordinator").send(page("enter-summary", summary), returned_at=datetime(2026, 12, 11, 13, 50))
        assert problems(response) == [("Enter who approved it, or why nobody did", "#id_approver_name")]
        visit("coordinator").must_send(
            page("enter-summary", summary),
            returned_at=datetime(2026, 12, 11, 13, 50),
            approval_waived_why="A charity of one",
        )
        assert fresh(summary).approval_waived_why == "A charity of one"

    def test_it_cannot_have_come_in_the_future(self, cast, visit):
        summary = reviews.summary_keyed_in(cast)
        response = visit("coordinator").send(
            page("enter-summary", summary), returned_at=datetime(2026, 12, 12, 9, 0), approver_name="Ivy Larch"
        )
        assert response.status_code == 422
        assert [where for _, where in problems(response)] == ["#id_returned_at-day"]

    def test_a_nil_return_by_email_counts_from_when_it_came(self, cast, asked, visit):
        self.key_in(visit("coordinator"), asked)
        visit("coordinator").must_send(
            page("return-nil", asked),
            systems_searched="Tenancies",
            names_used="All of them",
            searched_by="Ivy Larch",
            returned_at=datetime(2026, 12, 11, 13, 48),
        )
        summary = fresh(asked)
        assert (summary.status, summary.author) == (Status.NIL, None)
        assert summary.returned_at == london("2026-12-11 13:48")

    def test_a_file_of_another_kind_is_refused(self, cast, asked, visit):
        original = SimpleUploadedFile("virus.exe", b"MZ")
        response = visit("coordinator").send(page("key-in-summary", asked), original=original)
        assert problems(response) == [("The selected file must be a PDF, DOCX, EML, MSG, PNG or JPEG", "#id_original")]

    def test_the_agency_can_still_go_on_itself(self, cast, asked, visit):
        self.key_in(visit("coordinator"), asked)
        assert say_yes(visit("agency_lead"), asked)
        visit("agency_lead").must_send(page("fill-in-summary", asked, "child"), pen_picture="A quiet boy")
        assert fresh(asked).author == cast.agency_lead


def test_sight_ends_with_the_access(cast, asked, visit):
    """Who was asked sees it while the access lasts, and a lead who leaves the agency sees it no longer."""
    assert visit("second_lead").get(asked).status_code == 200
    for held in cast.second_lead.memberships.all():
        held.until_on = date(2026, 12, 10)
        trail.save(held, by=None, on=london("2026-12-10 09:00"))
    assert visit("second_lead").get(asked).status_code == 404
    row = Access.objects.get(case=asked.case, role=CaseRole.ASKED_AGENCY, agency=cast.housing)
    row.until_at = london("2026-12-11 13:59")
    trail.save(row, by=None, on=london("2026-12-11 13:59"))
    assert visit("agency_lead").get(asked).status_code == 404
