"""Dates as records write them: read where they can be, asked about where they can be two, never guessed."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapid_reviews.written_dates import Reading, read

TODAY = date(2026, 12, 11)
MAY = date(2016, 5, 22)


def of(text, **options):
    return read(text, today=TODAY, **options)


def shown(reading):
    """A reading as one line: how exact, from, until, at."""
    parts = [reading.precision, reading.starts_on, reading.ends_on, reading.at and f"{reading.at:%H:%M}"]
    return " ".join(str(part) for part in parts if part)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("22/5/16", "exact 2016-05-22"),
        ("22/05/2016", "exact 2016-05-22"),
        ("22.5.16", "exact 2016-05-22"),
        ("22-05-2016", "exact 2016-05-22"),
        ("22 5 2016", "exact 2016-05-22"),
        ("22.05/16", "exact 2016-05-22"),
        ("22//5/16", "exact 2016-05-22"),
        ("2016-05-22", "exact 2016-05-22"),
        ("5/22/2016", "exact 2016-05-22"),
        ("22 May 2016", "exact 2016-05-22"),
        ("22nd May 2016", "exact 2016-05-22"),
        ("22nd of May 2016", "exact 2016-05-22"),
        ("22-May-16", "exact 2016-05-22"),
        ("22MAY2016", "exact 2016-05-22"),
        ("22 may '16", "exact 2016-05-22"),
        ("May 22, 2016", "exact 2016-05-22"),
        ("Sunday 22 May 2016", "exact 2016-05-22"),
        ("Sun. 22/05/16", "exact 2016-05-22"),
        ("on 22 May 2016", "exact 2016-05-22"),
        ("22 May 2016.", "exact 2016-05-22"),
        ("3 Sept 2019", "exact 2019-09-03"),
        ("4/4/16", "exact 2016-04-04"),
        ("29 February 2016", "exact 2016-02-29"),
        ("1/1/87", "exact 1987-01-01"),
        ("?22 May 2016", "about 2016-05-22"),
        ("? 22/5/16", "about 2016-05-22"),
        ("22 May 2016?", "about 2016-05-22"),
        ("c. 22 May 2016", "about 2016-05-22"),
        ("circa 22 May 2016", "about 2016-05-22"),
        ("approx 22 May 2016", "about 2016-05-22"),
        ("on or about 22 May 2016", "about 2016-05-22"),
        ("w/c 23 May 2016", "about 2016-05-23"),
        ("May 2016", "month 2016-05-01"),
        ("?May 2016", "month 2016-05-01"),
        ("May '16", "month 2016-05-01"),
        ("05/2016", "month 2016-05-01"),
        ("2016-05", "month 2016-05-01"),
        ("2016", "year 2016-01-01"),
        ("c. 2016", "year 2016-01-01"),
        ("early June 2016", "range 2016-06-01 2016-06-10"),
        ("Mid-June 2016", "range 2016-06-11 2016-06-20"),
        ("late February 2016", "range 2016-02-21 2016-02-29"),
        ("end of Feb 2015", "range 2015-02-21 2015-02-28"),
        ("22/5/16 14.30", "exact 2016-05-22 14:30"),
        ("22/5/16 14:30", "exact 2016-05-22 14:30"),
        ("22.5.16 14.30", "exact 2016-05-22 14:30"),
        ("22/5/16, 14:30:05", "exact 2016-05-22 14:30"),
        ("2016-05-22T14:30", "exact 2016-05-22 14:30"),
        ("22 May 2016 at 2.30pm", "exact 2016-05-22 14:30"),
        ("22 May 2016 at 2 p.m.", "exact 2016-05-22 14:00"),
        ("22 May 2016 12am", "exact 2016-05-22 00:00"),
        ("22 May 2016 1430hrs", "exact 2016-05-22 14:30"),
        ("22 May 2016 at 0905", "exact 2016-05-22 09:05"),
        ("22 May 2016 (09:05)", "exact 2016-05-22 09:05"),
        ("22 May 2016 noon", "exact 2016-05-22 12:00"),
        ("14:30 22/5/16", "exact 2016-05-22 14:30"),
        ("14:30hrs on 22 May 2016", "exact 2016-05-22 14:30"),
        ("?22 May 2016 14.30", "about 2016-05-22 14:30"),
        ("22 May 2016, evening", "exact 2016-05-22"),
        ("22/5/16 - 24/5/16", "range 2016-05-22 2016-05-24"),
        ("22/5/16-24/5/16", "range 2016-05-22 2016-05-24"),
        ("22/5/16 to 24/6/16", "range 2016-05-22 2016-06-24"),
        ("3–5 May 2016", "range 2016-05-03 2016-05-05"),
        ("3-5 May 2016", "range 2016-05-03 2016-05-05"),
        ("3rd to 5th May 2016", "range 2016-05-03 2016-05-05"),
        ("between 3 and 5 May 2016", "range 2016-05-03 2016-05-05"),
        ("from 30 April until 5 May 2016", "range 2016-04-30 2016-05-05"),
        ("30 December 2015 - 2 January 2016", "range 2015-12-30 2016-01-02"),
        ("May to June 2016", "range 2016-05-01 2016-06-30"),
        ("May 2016 - 3 June 2016", "range 2016-05-01 2016-06-03"),
        ("2014-2016", "range 2014-01-01 2016-12-31"),
        ("", "not_recorded"),
        ("?", "not_recorded"),
        ("Not recorded", "not_recorded"),
        ("(date unknown)", "not_recorded"),
        ("N/K", "not_recorded"),
    ],
)
def test_what_a_record_means(text, meant):
    assert shown(of(text)) == meant
    assert of(text).problem == ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("early June", "The year is missing"),
        ("22 May", "The year is missing"),
        ("3-5 May", "The year is missing"),
        ("31/2/2016", "There is no 31 February 2016"),
        ("30 Feb 2016", "There is no 30 February 2016"),
        ("29/2/15", "There is no 29 February 2015"),
        ("22/22/16", "There is no month 22"),
        ("2016-13-01", "There is no month 13"),
        ("22 May 1066", "There is no 22 May 1066"),
        ("5 May 2016 to 3 May 2016", "The date could not be read"),
        ("after the holidays", "The date could not be read"),
        ("22 May 2016 25:70", "The date could not be read"),
        ("x" * 101, "The date is too long to be read"),
    ],
)
def test_what_cannot_be_read_says_what_is_missing(text, problem):
    assert of(text) == Reading(problem=problem)


def test_a_day_and_a_month_that_can_be_either_are_asked_about():
    found = of("3/4/16 at 9am")
    assert found.problem == "It can be 3 April 2016 or 4 March 2016"
    assert [shown(each) for each in found.choices] == ["exact 2016-04-03 09:00", "exact 2016-03-04 09:00"]
    assert found.starts_on is None


def test_both_ends_of_a_range_are_written_alike():
    found = of("3/4/16 - 5/6/16")
    assert [shown(each) for each in found.choices] == ["range 2016-04-03 2016-06-05", "range 2016-03-04 2016-05-06"]
    assert shown(of("3/4/16 - 22/5/16")) == "range 2016-04-03 2016-05-22"


@pytest.mark.parametrize(("day_first", "meant"), [(True, "exact 2016-04-03"), (False, "exact 2016-03-04")])
def test_known_of_all_dates_of_a_file_it_is_not_asked_again(day_first, meant):
    assert shown(of("3/4/16", day_first=day_first)) == meant


def test_where_days_come_first_none_is_read_the_other_way_round():
    assert of("5/22/16", day_first=True).problem == "There is no month 22"


def test_two_digits_are_no_year_to_come():
    assert of("22 May 26").starts_on.year == 2026
    assert of("22 May 27").starts_on.year == 1927
    assert read("22 May 27", today=date(2027, 1, 1)).starts_on.year == 2027


DAYS = st.dates(date(1950, 1, 1), TODAY)


@given(DAYS, st.sampled_from(["%d %B %Y", "%A %d %b %Y", "%d-%b-%y", "%Y-%m-%d", "%B %d, %Y"]))
def test_a_day_that_names_its_month_is_that_day(day, form):
    if "%y" in form and TODAY.year - day.year > 99:
        return
    written = day.strftime(form)
    expected = day if "%y" not in form or day.year > 1926 else None
    assert expected is None or of(written) == Reading("exact", day)


@given(DAYS, st.times(), st.sampled_from(["%d/%m/%Y", "%d.%m.%Y", "%d %m %Y"]))
def test_numbers_are_that_day_or_one_of_two(day, at, form):
    found = of(f"{day.strftime(form)} {at:%H:%M}")
    meant = Reading("exact", day, at=time(at.hour, at.minute))
    if day.day > 12 or day.day == day.month:
        assert found == meant
    else:
        assert meant in found.choices
        assert len(found.choices) == 2


@given(DAYS, st.integers(0, 800))
def test_from_one_day_to_another(day, more):
    last = min(day + timedelta(days=more), TODAY)
    assert of(f"{day:%d %B %Y} to {last:%d %B %Y}") == Reading("range", day, last)


NUMBERS = ["3", "22", "31", "2016", "16", "14", "30"]
WORDS = ["may", "june", "early", "mid", "to", "at", "pm", "on", "between", "and", "c.", "hrs", "sat", "noon"]
PIECES = st.lists(st.sampled_from([*NUMBERS, *WORDS, "-", "–", "/", ".", ":", "?"]))


@given(st.one_of(st.text(), PIECES.map(" ".join), PIECES.map("".join)), st.sampled_from([None, True, False]))
def test_whatever_is_written_it_means_something_or_says_what_is_missing(text, day_first):
    found = of(text, day_first=day_first)
    if found.problem:
        assert found.starts_on is None
        assert all(each.starts_on and not each.problem for each in found.choices)
    elif found.precision != "not_recorded":
        assert found.starts_on
        assert (found.ends_on is not None) == (found.precision == "range")
        assert found.ends_on is None or found.ends_on >= found.starts_on
