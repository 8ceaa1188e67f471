"""Your work, "why this date?" and the tags: who sees what, in which words, with how many queries."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.template import Context, Template
from django.test import RequestFactory

from access.can import grant
from access.models import Exclusion
from deadlines import calendar_changes, queries, rules, views, words
from deadlines import clock as engine
from deadlines.models import Deadline
from partnership.roles import CaseRole
from tests.conftest import london
from tests.integration.deadlines.conftest import LONG_AGO, agency, open_case, person
from trail.models import Reading, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(rf, monkeypatch):
    """This will give a page as one person reads it, parsed, without the sign-in that is tested elsewhere."""

    def read(view, user, path="/", **kwargs):
        request = rf.get(path)
        request.user, request.session = user, {}
        request._messages = []
        request.resolver_match = type("Match", (), {"view_name": view.__name__.replace("_", "-")})
        response = view(request, **kwargs)
        assert response.status_code == 200
        return BeautifulSoup(response.content, "lxml")

    return read


@pytest.fixture
def rf():
    return RequestFactory()


def text_of(page):
    return " ".join(page.find("main").get_text(" ").split())


def rows_of(page):
    return [" ".join(row.get_text(" ").split()) for row in page.select("tbody tr")]


# Whose work it is


def waiting(user, text="2026-12-14 10:00"):
    return {deadline.label for deadline in Deadline.objects.waiting_for(user, moment=london(text))}


def test_work_waits_for_the_person_the_agency_or_the_role(start, case, summary, manager, lead, member, outsider):
    start(rules.VIRTUAL_PANEL, case)
    start(rules.SIN_LOCAL, case, user=member)
    start(rules.SCREENING, case)
    assert waiting(lead) == {"Return the single agency summary"}
    assert waiting(member) == {
        "Give your view as a Virtual Panel member",
        "Send the serious incident notification (local date)",
    }
    assert waiting(manager) == {"Screen the referral"}
    assert waiting(outsider) == set()


def test_a_role_in_one_case_reaches_no_other(start, member):
    start(rules.VIRTUAL_PANEL, open_case("RF-2026-002"))
    assert waiting(member) == set()


def test_an_access_that_ended_brings_no_work(start, case, trust):
    user = person("tess.temporary", agency=trust)
    until = london("2026-12-13 10:00")
    grant(case=case, role=CaseRole.CHAIR, reason="chair", on=LONG_AGO, by=None, user=user, until_at=until)
    start(rules.MEETING, case)
    assert waiting(user, "2026-12-12 10:00") == {"Hold the rapid review meeting"}
    assert waiting(user, "2026-12-14 10:00") == set()


def test_a_standing_role_stops_at_restricted_and_unreceived_cases(start, manager):
    start(rules.SCREENING, open_case("RF-2026-002", restricted=True))
    start(rules.SCREENING, open_case("RF-2026-003", stage="being_referred"))
    assert waiting(manager) == set()


def test_who_is_kept_from_a_case_has_no_work_in_it(summary, case, lead, manager):
    exclusion = Exclusion(case=case, user=lead, reason="named in it", from_at=london("2026-12-12 09:00"))
    save(exclusion, by=manager, on=london("2026-12-12 09:00"))
    assert waiting(lead) == set()


def test_work_without_a_case(manager, outsider):
    on = london("2026-12-11 10:00")
    engine.start(rules.COMPLAINT_ANSWERED, case=None, reference="C-1", counts_from=on, on=on, by=manager)
    assert waiting(manager) == {"Answer the complaint in writing, with the Ombudsman’s details"}
    assert waiting(outsider) == set()


# The page "Your work"


@pytest.mark.moment("2026-12-22 14:00")
def test_your_work_says_what_when_and_where(read, start, case, manager):
    start(rules.REPORT_LOCAL, case, at="2026-12-01 10:00", path="/reviews/RR-1/submit/", reference="RR-2026-001")
    start(rules.PARTNERS_TOLD, case, at="2026-12-14 10:00")
    start(rules.OUTCOME_TOLD, case, at="2026-12-22 10:00")
    start(rules.NATIONAL_REPLY, case, at="2026-12-22 10:00")
    start(rules.WAITING, case, role="business_manager", label="Name a chair", path="")
    page = read(views.your_work, manager)
    assert [row.replace("How this was worked out", "…").split(" …")[0] for row in rows_of(page)] == [
        "Tell the safeguarding partners and other areas , RF-2026-001 RF-2026-001 "
        "Monday 21 December 2026: Overdue by 1 working day Day 15 of 15",
        "Send the report to the National Panel (local date) , RR-2026-001 RR-2026-001 Due today by 4pm Day 15 of 15",
        "Tell the referrer the outcome , RF-2026-001 RF-2026-001 Due tomorrow Day 15 of 15",
        "Chase the National Panel’s reply , RF-2026-001 RF-2026-001 Due Friday 8 January 2027 Day 15 of 15",
        "Name a chair RF-2026-001 No date set Day 15 of 15",
    ]
    assert page.select_one('a[href="/reviews/RR-1/submit/"]')
    assert "5 things wait for you" in text_of(page)
    assert page.title.get_text().startswith("Your work")


def test_nothing_to_do(read, outsider, summary):
    assert "Nothing waits for you." in text_of(read(views.your_work, outsider))


def test_one_thing(read, lead, summary):
    assert "One thing waits for you." in text_of(read(views.your_work, lead))


def test_your_work_is_paged(read, start, case, manager):
    for number in range(26):
        start(rules.WAITING, case, user=manager, key=str(number), label=f"Thing {number}")
    first, second = read(views.your_work, manager), read(views.your_work, manager, "/?page=2")
    assert (len(rows_of(first)), len(rows_of(second))) == (25, 1)
    assert first.select_one('a[rel="next"]')["href"] == "?page=2"
    assert second.select_one('a[rel="prev"]')["href"] == "?page=1"


def test_as_many_queries_for_two_things_as_for_twenty(
    read, start, case, manager, django_assert_num_queries, django_assert_max_num_queries
):
    def add(numbers):
        for number in numbers:
            start(rules.SIN_NATIONAL, case, user=manager, key=str(number), label=f"Thing {number}")

    add(range(2))
    read(views.your_work, manager)
    with django_assert_max_num_queries(13) as taken:
        read(views.your_work, manager)
    add(range(2, 20))
    with django_assert_num_queries(len(taken)):
        read(views.your_work, manager)


# The page "Why this date?"


def test_why_this_date(read, start, case, manager, member):
    deadline = start(rules.REPORT_LOCAL, case)
    calendar_changes.add_bank_holiday(
        day=date(2026, 12, 17), name="Day of mourning", on=london("2026-12-14 09:00"), by=manager
    )
    page = read(views.why_this_date, manager, pk=deadline.pk)
    said = text_of(page)
    assert "Thursday 7 January 2027 by 4pm" in said
    assert "Day 15, 4pm" in said
    assert "Friday 11 December 2026 at 10am: the referral was received or" in said
    assert "The partnership’s rapid review timetable" in said
    assert "list of Monday 14 December 2026, announced until Sunday 31 December 2028" in said
    assert (
        "Monday 14 December 2026 at 9am: was Wednesday 6 January 2027 by 4pm, now Thursday 7 January 2027 by 4pm, "
        "because Thursday 17 December 2026 is a bank holiday (Day of mourning)."
    ) in said
    rows = rows_of(page)
    assert rows[0] == "Saturday 12 December 2026 Skipped Saturday"
    assert "Thursday 17 December 2026 Skipped Bank holiday (Day of mourning)" in rows
    assert rows[-1] == "Thursday 7 January 2027 15 Working day 15"


def test_why_this_date_of_other_kinds(read, start, case, manager):
    def why(rule, **more):
        return text_of(read(views.why_this_date, manager, pk=start(rule, case, **more).pk))

    assert "Nobody can move it" in why(rules.SIN_NATIONAL)
    months = why(rules.LCSPR_PUBLISHED, at="2026-08-31 10:00")
    assert "Sunday 28 February 2027" in months
    assert "The last working day before it is Friday 26 February 2027" in months
    assert "To be confirmed in the published text" in months
    assert "no day is skipped" in months
    assert "From Tuesday 29 December 2026 to Wednesday 30 December 2026" in why(rules.MEETING)
    assert "Somebody named this day" in why(rules.MORE_INFORMATION, due=date(2026, 12, 16))
    assert "It waits until it is done" in why(rules.WAITING, role="business_manager")
    assert "Friday 25 December 2037" not in months


def test_why_an_extended_date_and_one_that_was_met(read, start, case, manager):
    extended, met = start(rules.SUMMARY_RETURNED, case), start(rules.PACK_ISSUED, case)
    on = london("2026-12-14 09:00")
    more = {"reason": "Records elsewhere", "agreed_by": "The chair", "on": on, "by": manager}
    engine.extend(extended, due=date(2026, 12, 31), **more)
    engine.meet(rules.PACK_ISSUED, reference=case.reference, on=on, by=manager)
    calendar_changes.add_bank_holiday(day=date(2026, 12, 17), name="Day of mourning", on=on, by=manager)
    said = text_of(read(views.why_this_date, manager, pk=extended.pk))
    assert "agreed by The chair: Records elsewhere" in said
    assert "was Tuesday 22 December 2026, now Thursday 31 December 2026" in said
    said = text_of(read(views.why_this_date, manager, pk=met.pk))
    assert "The calendar has changed since" in said
    assert "Done, in time" in said


def test_a_local_date_after_the_national_one_warns(read, start, case, manager):
    national, local = start(rules.REPORT_NATIONAL, case), start(rules.REPORT_LOCAL, case)
    page = read(views.why_this_date, manager, pk=local.pk)
    assert "lies after the national one" not in text_of(page)
    calendar_changes.add_closure_day(day=date(2026, 12, 29), name="Closed", on=london("2026-12-14 09:00"), by=manager)
    said = text_of(read(views.why_this_date, manager, pk=local.pk))
    assert "This local date lies after the national one, Wednesday 6 January 2027." in said
    assert "lies after" not in text_of(read(views.why_this_date, manager, pk=national.pk))


def test_what_was_entered_late_does_not_hide_an_earlier_change(read, start, case, manager):
    deadline = start(rules.SUMMARY_RETURNED, case)
    more = {"reason": "Records elsewhere", "agreed_by": "The chair", "on": london("2026-12-14 09:00"), "by": manager}
    engine.extend(deadline, due=date(2026, 12, 31), **more)
    engine.meet(rules.SUMMARY_RETURNED, reference=case.reference, on=london("2026-12-11 15:00"), by=manager)
    said = text_of(read(views.why_this_date, manager, pk=deadline.pk))
    assert "was Tuesday 22 December 2026, now Thursday 31 December 2026" in said
    assert "because met" not in said


def test_why_is_for_those_who_may_know(read, summary, case, lead, manager, member, outsider):
    from django.http import Http404

    for user in (lead, manager, member):
        read(views.why_this_date, user, pk=summary.pk)
    for user, pk in ((outsider, summary.pk), (lead, summary.pk + 1000), (lead, 10**30)):
        with pytest.raises(Http404):
            read(views.why_this_date, user, pk=pk)
    assert Reading.objects.filter(allowed=True, reference=case.reference).count() == 3
    assert Reading.objects.filter(allowed=False, by=outsider).get().reference == f"deadline {summary.pk}"


def test_a_lead_does_not_learn_what_other_agencies_were_asked(start, case, summary, lead):
    other = start(rules.SUMMARY_RETURNED, case, agency=agency("Hill Surgery"), key="surgery")
    assert set(Deadline.objects.visible_to(lead, moment=london("2026-12-14 10:00"))) == {summary}
    assert other.pk


# The tags


def rendered(template, **context):
    html = Template("{% load govuk deadlines %}" + template).render(Context(context))
    return " ".join(BeautifulSoup(html, "lxml").get_text(" ").split())


def test_the_due_tag(start, case, manager):
    deadline, now = start(rules.REPORT_LOCAL, case), london("2026-12-22 10:00")
    tag = "{% due deadline now %}"
    assert rendered(tag, deadline=deadline, now=now) == (
        "Due Wednesday 6 January 2027 by 4pm How this was worked out "
        ": Send the report to the National Panel (local date), RF-2026-001"
    )
    engine.meet(rules.REPORT_LOCAL, reference=case.reference, on=london("2027-01-08 10:00"), by=manager)
    deadline.refresh_from_db()
    assert rendered("{% due deadline now why=False %}", deadline=deadline, now=now) == "Done, late by 2 working days"
    undated = start(rules.WAITING, case, user=manager)
    assert rendered(tag, deadline=undated, now=now) == "No date set"
    engine.meet(rules.WAITING, reference=case.reference, on=now, by=manager)
    undated.refresh_from_db()
    assert rendered(tag, deadline=undated, now=now) == "Done"
    stopped = start(rules.SIN_LOCAL, case)
    engine.stop(rules.SIN_LOCAL, reference=case.reference, on=now, by=manager, reason="not needed")
    stopped.refresh_from_db()
    assert rendered("{% due deadline now why=False %}", deadline=stopped, now=now) == "Not needed any more"


def test_the_day_of_tag(start, case, manager):
    start(rules.REPORT_LOCAL, case, reference="RR-2026-001")
    report, tag = queries.report_deadline(case), "{% day_of deadline now as day %}{% due deadline now day=day %}"
    now = london("2026-12-22 10:00")
    assert rendered("{% day_of deadline now %}", deadline=report, now=now) == "Day 7 of 15"
    assert "by 4pm Day 7 of 15" in rendered(tag, deadline=report, now=now)
    engine.meet(rules.REPORT_LOCAL, reference="RR-2026-001", on=london("2026-12-30 10:00"), by=manager)
    assert rendered("{% day_of deadline now %}", deadline=queries.report_deadline(case), now=now) == "Day 11 of 15"
    assert rendered("{% day_of deadline now %}", deadline=None, now=now) == ""


def test_one_calendar_for_a_page_of_tags(start, case, manager, django_assert_max_num_queries):
    deadlines = [start(rules.SIN_NATIONAL, case, user=manager, key=str(number)) for number in range(5)]
    with django_assert_max_num_queries(2):
        rendered(
            "{% for deadline in deadlines %}{% due deadline now %}{% endfor %}",
            deadlines=deadlines,
            now=london("2026-12-14 10:00"),
        )


def test_filters(start, case):
    deadline = start(rules.REPORT_LOCAL, case)
    said = rendered("{{ d.due_at|by_moment }}; {{ d.counts_from|at_moment }}; {{ d.met_at|by_moment }}", d=deadline)
    assert said == "Wednesday 6 January 2027 by 4pm; Friday 11 December 2026 at 10am; no date"


def test_the_timescales_of_a_record(start, case, summary):
    start(rules.RECORDS_SECURED, case)
    assert [deadline.rule for deadline in queries.timescales(case.reference)] == ["records_secured", "summary_returned"]
    start(rules.REPORT_LOCAL, case, reference="RR-2026-001")
    assert [deadline.reference for deadline in queries.timescales_of_case(case)][-1] == "RR-2026-001"


def test_words_of_lateness_within_a_day():
    calendar = queries.working_days()
    due = london("2026-12-18 16:00")
    assert words.due_words(due, london("2026-12-18 16:01"), calendar) == "Overdue: was due today by 4pm"
    assert words.due_words(due, london("2026-12-19 10:00"), calendar) == (
        "Overdue: was due Friday 18 December 2026 by 4pm"
    )
    assert words.due_words(due, london("2026-12-22 10:00"), calendar) == "Overdue by 2 working days"
    assert words.lateness_words(due, london("2026-12-18 16:01"), calendar) == "Late, the same day"
    assert words.lateness_words(due, london("2026-12-19 16:01"), calendar) == "Late, before the next working day"
    assert words.lateness_words(due, london("2026-12-21 09:00"), calendar) == "Late by 1 working day"
    assert words.lateness_words(due, due, calendar) == "In time"
