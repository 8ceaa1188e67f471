"""A referral from its first line to its receipt, and its other ends."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from access.models import Case
from casework.workflow import CannotProceed
from deadlines import rules
from deadlines.models import Deadline
from notifications.models import Notice
from partnership.roles import Role
from referrals import queries, workflow
from referrals.models import Referral
from tests.client import Visitor, parsed, problems, words
from tests.factories import Memberships, situations
from tests.moments import london
from trail.models import Reading

NOON = london("2026-12-11 12:00")
NOW = london("2026-12-11 14:00")


def page(referral, name, *more):
    return reverse(name, args=[referral.reference, *more])


def dates(referral, rule):
    """Every deadline of a rule, as (counts from, due, open?), oldest first."""
    found = Deadline.objects.filter(reference=referral.reference, rule=rule.code).order_by("pk")
    return [(row.counts_from, row.due_at, row.met_at is None and row.stopped_at is None) for row in found]


def running(referral):
    return set(Deadline.objects.open().filter(reference=referral.reference).values_list("rule", flat=True))


# Sending


def test_all_that_is_missing_is_said_at_once_and_each_line_leads_to_its_field(cast):
    referral = situations.empty(cast)
    answer = Visitor(cast.referrer).send(page(referral, "submit"), approves=str(cast.approver.pk))
    assert answer.status_code == 422
    said = dict(problems(answer))
    assert len(said) == len(queries.gaps(referral)) >= 7
    assert said["Enter the incident outline"] == f"{page(referral, 'fill-in', 'incident')}#id_outline"
    assert said["Add at least one child"].startswith(page(referral, "fill-in", "children"))
    referral.refresh_from_db()
    assert referral.status == "draft"


def test_each_line_of_the_summary_lands_on_an_input_of_its_page(cast):
    referral = situations.empty(cast)
    child = situations.add_row(referral, "child", by=cast.referrer, on=NOON, birth_sex="", level_of_help="", nature="")
    visitor = Visitor(cast.referrer)
    answer = visitor.send(page(referral, "submit"), approves=str(cast.approver.pk))
    assert child.pk
    for message, link in problems(answer):
        address, _, anchor = link.partition("#")
        assert not anchor or visitor.read(address).find(id=anchor), message


@pytest.mark.moment("2027-07-01 00:30")
def test_an_approver_is_offered_from_the_first_minute_of_their_day(cast):
    """In Greenwich it is still the day before: the days that count are London's."""
    Memberships(user=cast.school, agency=cast.hospital, role=Role.APPROVER, from_on=date(2027, 7, 1))
    form = Visitor(cast.referrer).read(page(situations.draft(cast), "submit"))
    assert str(cast.school.pk) in [option["value"] for option in form.select("[name=approves], [name=approves] option")]


def test_an_incident_after_the_referral_is_refused(cast):
    referral = situations.draft(cast)
    address = page(referral, "fill-in", "incident")
    workflow.fill_in(referral, by=cast.referrer, on=NOON, values={"referred_on": date(2026, 12, 8)})
    answer = Visitor(cast.referrer).send(address, incident_on=date(2026, 12, 9))
    assert "The incident cannot be after the date of the referral" in dict(problems(answer))
    workflow.fill_in(referral, by=cast.referrer, on=NOON, values={"referred_on": date(2026, 12, 7)})
    with pytest.raises(CannotProceed, match="incident cannot be after"):
        workflow.submit(referral, by=cast.referrer, on=NOON, approver=cast.approver)


def test_a_date_in_the_future_is_refused(cast):
    referral = situations.draft(cast)
    answer = Visitor(cast.referrer).send(page(referral, "fill-in", "incident"), incident_on=date(2026, 12, 12))
    assert answer.status_code == 422


def test_a_death_before_the_birth_is_refused_on_whichever_page_comes_second(cast):
    referral = situations.draft(cast)
    row = referral.children.get()
    visitor = Visitor(cast.referrer)
    said = []
    for part in ("", "what-happened"):
        address = page(referral, "fill-in-row", "child", row.pk, *([part] if part else []))
        shown = visitor.get(address)
        if shown.status_code != 200:
            continue
        names = {field["name"].split("-")[0] for field in parsed(shown).select("main [name]")}
        wrong = {"date_of_birth": date(2026, 12, 11)} if "date_of_birth" in names else {"died_on": date(2016, 1, 1)}
        said += [message for message, _ in problems(visitor.send(address, **wrong))]
    assert said
    assert set(said) == {"The date of death cannot be before the date of birth"}


def test_not_known_needs_its_reason_and_is_shown_with_it(cast):
    why = "The mother would not say"
    child = {"date_of_birth": None, "not_known": {"date_of_birth": why}}
    referral = situations.received(cast, children=[child])
    assert f"Not known: {why}" in Visitor(cast.business_manager).text(referral)
    without = situations.draft(cast, side=cast.theirs, children=[child | {"not_known": {}}])
    assert [gap.field for gap in queries.gaps(without)] == ["date_of_birth"]


def test_two_children_are_told_apart_in_what_is_missing(cast):
    referral = situations.draft(cast, children=[{}, {"nature": ""}])
    assert [gap.message for gap in queries.gaps(referral)] == ["Select the nature of the incident (child 2)"]


def test_the_senior_manager_who_refers_needs_no_second_account(cast):
    referral = situations.draft(cast)
    Visitor(cast.referrer).must_send(page(referral, "submit"), approves="me")
    referral.refresh_from_db()
    assert (referral.status, referral.approved_by, referral.received_at) == ("received", cast.referrer, NOW)


def test_only_senior_managers_of_the_same_agency_can_be_asked(cast):
    referral = situations.draft(cast)
    offered = {
        option["value"] for option in Visitor(cast.referrer).read(page(referral, "submit")).select("[name=approves]")
    }
    assert offered == {str(cast.approver.pk), "me"}
    answer = Visitor(cast.referrer).send(page(referral, "submit"), approves=str(cast.other_approver.pk))
    assert answer.status_code == 422


# Approval


def test_approval_is_the_moment_of_receipt_and_the_first_known_clocks_start(cast):
    referral = situations.received(cast)
    assert referral.received_at == london("2026-12-11 11:00")
    assert referral.case.stage == Case.Stage.REFERRAL
    assert running(referral) == {"screening", "sin_local", "sin_national", "partners_told"}


def test_returned_and_sent_again_the_comment_is_read_and_the_approver_asked_anew(cast):
    referral = situations.returned(cast)
    assert "MRK-return reason" in Visitor(cast.referrer).text(referral)
    assert running(referral) == {"returned"}
    again = workflow.submit(referral, by=cast.referrer, on=NOON, approver=cast.approver)
    assert (again.status, running(referral)) == ("with_approver", {"approval"})
    assert Notice.objects.filter(kind="referrals.approval_needed").count() == 2
    assert Case.objects.get(pk=referral.case_id).stage == Case.Stage.BEING_REFERRED


def test_what_came_by_letter_counts_from_when_it_came(cast):
    referral = workflow.submit(situations.keyed_in(cast), by=cast.coordinator, on=NOON)
    assert (referral.status, referral.received_at) == ("received", london("2026-12-11 08:15"))
    assert dates(referral, rules.SCREENING)[0][0] == london("2026-12-11 08:15")
    assert referral.approved_by is None


def test_it_may_have_come_days_ago_and_never_tomorrow(cast):
    came = london("2026-12-04 16:40")
    referral = workflow.key_in_referral(by=cast.coordinator, on=NOON, received_at=came, channel="letter")
    assert referral.received_at == came
    with pytest.raises(CannotProceed, match="must be in the past"):
        workflow.key_in_referral(
            by=cast.coordinator, on=NOON, received_at=NOON + timedelta(minutes=1), channel="letter"
        )


def test_what_was_asked_about_a_keyed_in_referral_can_be_answered_by_the_business_team(cast):
    referral = workflow.submit(situations.keyed_in(cast), by=cast.coordinator, on=NOON)
    referral = workflow.ask(referral, by=cast.coordinator, on=NOON, question="Since when?")
    Visitor(cast.business_manager).must_send(page(referral, "answer"), answer="Since March, she says")
    referral.refresh_from_db()
    assert (referral.status, referral.questions.get().answer) == ("received", "Since March, she says")


# When the local authority became aware


def test_the_national_clocks_start_when_awareness_becomes_known(cast):
    referral = situations.received(cast, la_aware_on=None)
    assert running(referral) == {"screening", "sin_local"}
    aware = london("2026-12-10 09:30")
    situations.screen(cast, referral, on=NOON, la_aware_at=aware)
    assert running(referral) == {"screening", "sin_local", "sin_national", "partners_told"}
    assert dates(referral, rules.SIN_NATIONAL) == [(aware, london("2026-12-17 23:59"), True)]


def test_they_move_when_the_moment_is_corrected_and_the_old_date_stays_on_record(cast):
    referral = situations.received(cast, la_aware_on=None)
    first, right = london("2026-12-10 09:30"), london("2026-12-08 17:00")
    situations.screen(cast, referral, on=NOON, la_aware_at=first)
    situations.screen(cast, referral, on=NOON + timedelta(minutes=5), la_aware_at=right)
    assert dates(referral, rules.SIN_NATIONAL) == [
        (first, london("2026-12-17 23:59"), False),
        (right, london("2026-12-15 23:59"), True),
    ]


def test_a_screening_saved_again_with_the_same_moment_moves_nothing(cast):
    referral = situations.received(cast, la_aware_on=None)
    for minutes in (0, 5):
        aware = london("2026-12-10 09:30")
        situations.screen(cast, referral, on=NOON + timedelta(minutes=minutes), la_aware_at=aware)
    assert len(dates(referral, rules.SIN_NATIONAL)) == 1


# Put to the Virtual Panel


def test_it_goes_to_the_panel_only_screened_and_with_its_doubles_looked_at(cast):
    referral = situations.received(cast)
    with pytest.raises(CannotProceed, match="Record the screening"):
        workflow.send_to_panel(referral, by=cast.business_manager, on=NOON, rationale="x")
    situations.screen(cast, referral, on=NOON, duplicates_checked=False)
    with pytest.raises(CannotProceed, match="possible duplicates"):
        workflow.send_to_panel(referral, by=cast.business_manager, on=NOON, rationale="x")


# Other ends


def test_an_additional_referral_keeps_the_first_day_0_and_can_be_undone(cast):
    first = situations.received(cast, side=cast.theirs)
    referral = situations.additional(cast, first=first)
    assert (referral.attached_to, running(referral), referral.case.stage) == (first, set(), Case.Stage.CLOSED)
    assert dates(first, rules.SCREENING)[0][0] == first.received_at
    told = set(Notice.objects.filter(kind__in=["referrals.joined", "referrals.ended"]).values_list("kind", "address"))
    assert told == {("referrals.joined", cast.other_referrer.email), ("referrals.ended", cast.referrer.email)}
    again = workflow.detach(referral, by=cast.business_manager, on=NOW, reason="Another incident")
    assert (again.attached_to, again.status, again.case.stage) == (None, "received", Case.Stage.REFERRAL)
    assert again.case.closed_on is None
    assert dates(again, rules.SCREENING)[-1] == (again.received_at, dates(again, rules.SCREENING)[0][1], True)


def test_of_two_that_are_attached_to_each_other_at_once_one_goes_on(cast):
    ours, theirs = situations.screened(cast), situations.screened(cast, side=cast.theirs)
    stale = Referral.objects.get(pk=ours.pk)
    workflow.attach(ours, by=cast.business_manager, on=NOON, first=theirs, rationale="The same incident")
    with pytest.raises(CannotProceed, match="Select the first referral"):
        workflow.attach(theirs, by=cast.coordinator, on=NOON, first=stale, rationale="The same incident")


def test_a_referral_is_not_attached_to_itself_nor_to_one_that_is_attached(cast):
    attached = situations.additional(cast)
    other = situations.screened(cast)
    for first in (other, attached):
        with pytest.raises(CannotProceed, match="first referral of the incident"):
            workflow.attach(other, by=cast.business_manager, on=NOON, first=first, rationale="x")


def test_an_incident_elsewhere_is_passed_on_and_its_clocks_stop(cast):
    referral = situations.passed_on(cast)
    assert (referral.passed_to, running(referral)) == ("Foxglove and Vale partnership", set())
    assert "Foxglove and Vale partnership" in Visitor(cast.referrer).text(referral)


def test_withdrawn_the_local_authoritys_timescale_runs_on(cast):
    referral = situations.withdrawn(cast)
    assert running(referral) == {"sin_local", "sin_national", "partners_told"}
    assert referral.case.stage == Case.Stage.CLOSED


@pytest.mark.begins_with("")
def test_a_draft_that_was_withdrawn_never_reaches_the_business_team(cast):
    referral = situations.never_sent(cast)
    assert referral.case.stage == Case.Stage.NEVER_SENT
    assert not Referral.objects.visible_to(cast.business_manager, moment=NOW).exists()
    assert not Notice.objects.filter(user__in=[cast.business_manager, cast.coordinator]).exists()
    assert running(referral) == set()


def test_the_page_offers_what_can_be_done_now_and_nothing_else(cast):
    referral = situations.screened(cast)
    offered = {
        a["href"].rstrip("/").rpartition("/")[2]
        for a in Visitor(cast.business_manager).read(referral).select("main a.govuk-button")
    }
    assert {"send-to-panel", "ask", "attach", "pass-on", "withdraw"} <= offered
    assert offered & {"submit", "approve", "answer", "detach", "give-view"} == set()
    assert "Screen" in words(Visitor(cast.business_manager).read(referral))


# Possible duplicates


def doubles(cast, mine, theirs):
    """Why a child of another referral is shown beside one's own; nothing where it is not."""
    far = {"name": "Zebedee Quill", "date_of_birth": date(2012, 5, 5), "other_names": "", "nhs_number": "", "upn": ""}
    far |= {"la_case_number": "", "home_address": {"text": "1 Mill Lane", "postcode": "OL1 1AA", "confidential": False}}
    near = {
        "name": "Marigold Thorne",
        "date_of_birth": date(2019, 8, 1),
        "other_names": "",
        "nhs_number": "",
        "upn": "",
    }
    near |= {"la_case_number": "", "home_address": {"text": "8 Elm Row", "postcode": "OL2 2BB", "confidential": False}}
    situations.received(cast, side=cast.theirs, children=[near | theirs])
    referral = situations.received(cast, children=[far | mine])
    found = queries.possible_duplicates(referral, user=cast.business_manager, moment=NOW)
    return [why for double in found for why in double.why]


@pytest.mark.parametrize(
    ("mine", "theirs", "why"),
    [
        ({}, {}, []),
        ({"name": "Marigold Thorne"}, {}, ["same name"]),
        ({"name": "Marygold Thorn"}, {}, ["similar name"]),
        ({"name": "Goldie Thorne-Baker"}, {"other_names": "Goldie Thorne-Baker"}, ["similar name"]),
        ({"other_names": "Goldie Quill, Marigold Thorn"}, {}, ["similar name"]),
        ({"date_of_birth": date(2019, 8, 1)}, {}, ["same date of birth"]),
        ({"home_address": {"text": "8 Elm Row, OL2", "postcode": "", "confidential": True}}, {}, ["similar address"]),
        ({"home_address": {"text": "x", "postcode": "ol2 2bb", "confidential": True}}, {}, ["same postcode"]),
        ({"nhs_number": "943 476 5919"}, {"nhs_number": "943 476 5919"}, ["same NHS number"]),
        ({"upn": "A123"}, {"upn": "A123"}, ["same UPN"]),
        ({"la_case_number": "77"}, {"la_case_number": "77"}, ["same local authority case number"]),
    ],
)
def test_a_possible_double_is_shown_with_its_reason(mine, theirs, why, cast):
    assert doubles(cast, mine, theirs) == why


@pytest.mark.begins_with("")
def test_doubles_are_found_in_closed_cases_and_never_in_what_was_not_sent(cast):
    child = [{"name": "Marigold Thorne", "date_of_birth": date(2019, 8, 1)}]
    closed = situations.withdrawn(cast, side=cast.theirs, children=child)
    situations.draft(cast, side=cast.theirs, children=child)
    referral = situations.received(cast, children=child)
    found = queries.possible_duplicates(referral, user=cast.business_manager, moment=NOW)
    assert {double.child.referral for double in found} == {closed}


# Lists


def queries_of(visitor, address, django_assert_max_num_queries):
    with django_assert_max_num_queries(60) as captured:
        assert visitor.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("address", ["/referrals/", "/", "/referrals/?format=csv"])
def test_a_list_asks_as_often_for_many_rows_as_for_two(address, cast, django_assert_max_num_queries):
    visitor = Visitor(cast.business_manager)
    for _ in range(2):
        situations.received(cast, rows=False)
    few = queries_of(visitor, address, django_assert_max_num_queries)
    for _ in range(6):
        situations.received(cast, rows=False)
    assert queries_of(visitor, address, django_assert_max_num_queries) == few


def test_taking_a_list_away_needs_a_fresh_factor_and_is_written_down(cast, clock):
    visitor = Visitor(cast.business_manager)
    assert visitor.get("/referrals/?format=csv").status_code == 200
    assert Reading.objects.filter(by=cast.business_manager, what="referrals as csv").count() == 1
    clock.shift(timedelta(minutes=10))
    assert visitor.get("/referrals/").status_code == 200
    assert "reauthenticate" in visitor.get("/referrals/?format=csv")["Location"]
