"""Dates and times: what is understood, and what is said about each mistake."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from design import forms

LONDON = ZoneInfo("Europe/London")


def ask(field, **boxes):
    """This will answer one question and return (value, messages, ids of the boxes in the wrong)."""
    form = type("Asked", (forms.Form,), {"on": field})({f"on-{part}" if part else "on": v for part, v in boxes.items()})
    form.is_valid()
    return form.cleaned_data.get("on"), form.errors.get("on", []), form["on"].error_parts if form.errors else ()


def born(day="", month="", year="", **kwargs):
    return ask(forms.DateField(label="Date of birth", **kwargs), day=day, month=month, year=year)


@pytest.mark.parametrize("month", ["1", "01", "jan", "Jan", "JANUARY", "Jan.", " january "])
def test_a_month_may_be_a_number_or_a_word(month):
    assert born("6", month, "2026")[0] == date(2026, 1, 6)


def test_september_is_often_written_with_four_letters():
    assert born("6", "Sept", "2026")[0] == date(2026, 9, 6)


@pytest.mark.parametrize(
    ("boxes", "message", "parts"),
    [
        (("", "", ""), "Enter date of birth", ("day", "month", "year")),
        (("", "3", "2026"), "Date of birth must include a day", ("day",)),
        (("27", "", ""), "Date of birth must include a month and year", ("month", "year")),
        (("", "3", ""), "Date of birth must include a day and year", ("day", "year")),
        (("27", "3", "26"), "Date of birth: year must include 4 numbers", ("year",)),
        (("31", "2", "2026"), "Date of birth must be a real date", ("day", "month", "year")),
        (("32", "1", "2026"), "Date of birth must be a real date", ("day",)),
        (("1", "13", "2026"), "Date of birth must be a real date", ("month",)),
        (("1", "ju", "2026"), "Date of birth must be a real date", ("month",)),
        (("x", "y", "z"), "Date of birth must be a real date", ("day", "month", "year")),
        (("١", "1", "2026"), "Date of birth must be a real date", ("day",)),
        (("1", "1", "0026"), "Date of birth must be a real date", ("year",)),
    ],
)
def test_each_mistake_has_its_own_message_and_boxes(boxes, message, parts):
    value, messages, wrong = born(*boxes)
    assert (value, messages, wrong) == (None, [message], parts)


@pytest.mark.moment("2026-12-11 14:00")
@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({"latest": "today"}, "Date of birth must be today or in the past"),
        ({"latest": "yesterday"}, "Date of birth must be in the past"),
        ({"latest": date(2026, 12, 1)}, "Date of birth must be on or before 1 December 2026"),
        ({"earliest": "tomorrow"}, None),
        ({"earliest": date(2027, 1, 1)}, "Date of birth must be on or after 1 January 2027"),
        ({"latest": lambda: date(2026, 11, 30)}, "Date of birth must be on or before 30 November 2026"),
    ],
)
def test_a_date_outside_what_can_be_is_refused_with_the_reason(bounds, message):
    assert born("12", "12", "2026", **bounds)[1] == ([message] if message else [])


def test_a_question_cannot_begin_a_message():
    _, messages, _ = ask(forms.DateField(label="When was the child last seen?"), day="31", month="2", year="2026")
    assert messages == ["The date must be a real date"]
    assert ask(forms.DateField(label="When was the child last seen?"))[1] == ["Answer “When was the child last seen?”"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4pm", time(16)),
        ("4 pm", time(16)),
        ("4.30pm", time(16, 30)),
        ("4:30 p.m.", time(16, 30)),
        ("16:00", time(16)),
        ("1630", time(16, 30)),
        ("04:30", time(4, 30)),
        ("00:15", time(0, 15)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("midday", time(12)),
        ("Noon", time(12)),
        ("midnight", time(0)),
        ("23.59", time(23, 59)),
    ],
)
def test_a_time_is_taken_as_people_write_it(text, expected):
    assert ask(forms.TimeField(label="Time"), **{"": text})[0] == expected


@pytest.mark.parametrize("text", ["4", "4:30", "9.05", "10", "930"])
def test_a_time_that_may_be_morning_or_afternoon_is_asked_again(text):
    message = "Time must say am or pm, like 4:30pm, or use the 24-hour clock, like 16:30"
    assert ask(forms.TimeField(label="Time"), **{"": text})[1] == [message]


@pytest.mark.parametrize("text", ["25:00", "4:60pm", "13pm", "later", "0pm", "٤pm", "16:0"])
def test_what_is_no_time_is_refused(text):
    assert ask(forms.TimeField(label="Time"), **{"": text})[1] == ["Time must be a time, like 4pm, 4:30pm or 16:30"]


@given(st.times())
def test_a_time_written_and_read_again_is_the_same(moment):
    moment = moment.replace(second=0, microsecond=0, tzinfo=None, fold=0)
    assert forms.read_time(forms.say_time(moment)) == moment


def test_noon_is_said_as_midday():
    said = [forms.say_time(moment) for moment in (time(12), time(0), time(12, 5), time(0, 5))]
    assert said == ["midday", "midnight", "12:05pm", "12:05am"]


def received(day="11", month="12", year="2026", time="4pm", **kwargs):
    return ask(forms.DateTimeField(label="Received", **kwargs), day=day, month=month, year=year, time=time)


def test_a_moment_is_that_of_clocks_in_britain():
    assert received()[0] == datetime(2026, 12, 11, 16, tzinfo=UTC)
    assert received(month="7")[0] == datetime(2026, 7, 11, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("boxes", "message", "parts"),
    [
        ({"time": ""}, "Received must include a time", ("time",)),
        ({"day": ""}, "Received must include a day", ("day",)),
        ({"time": "4"}, "Received must say am or pm, like 4:30pm, or use the 24-hour clock, like 16:30", ("time",)),
        (
            {"day": "28", "month": "3", "year": "2027", "time": "01:30"},
            "Received must be a time that exists: the clocks went forward in that hour",
            ("time",),
        ),
    ],
)
def test_a_moment_s_mistakes(boxes, message, parts):
    assert received(**boxes)[1:] == ([message], parts)


@pytest.mark.moment("2026-12-11 14:00")
def test_a_moment_after_now_is_refused():
    assert received(latest="now")[1] == ["Received must be now or in the past"]
    assert received(time="2pm", latest="now")[1] == []
    early = datetime(2026, 12, 12, 9, tzinfo=LONDON)
    assert received(earliest=early)[1] == ["Received must be on or after 12 December 2026 at 9am"]


def test_boxes_show_what_is_stored_and_what_was_typed():
    form_class = type("Form", (forms.Form,), {"on": forms.DateTimeField()})
    stored = str(form_class(initial={"on": datetime(2026, 7, 11, 15, 30, tzinfo=UTC)})["on"])
    assert 'value="11"' in stored
    assert 'value="4:30pm"' in stored
    typed = str(form_class({"on-day": "eleven", "on-time": "four"})["on"])
    assert 'value="eleven"' in typed
    assert 'value="four"' in typed


def test_an_unchanged_date_has_not_changed():
    form_class = type("Form", (forms.Form,), {"on": forms.DateField()})
    data = {"on-day": "6", "on-month": "jan", "on-year": "2026"}
    assert not form_class(data, initial={"on": date(2026, 1, 6)}).has_changed()
    assert form_class(data, initial={"on": date(2026, 1, 7)}).has_changed()
    assert form_class({"on-day": "x"}, initial={"on": None}).has_changed()
