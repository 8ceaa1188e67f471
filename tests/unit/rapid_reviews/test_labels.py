"""Names of a case as neutral labels, and back."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapid_reviews.labels import SHARED, Key, Person, not_in_key

KEY = Key(
    [
        Person("Child 1", ("Dara Marsh", "Dee")),
        Person("Mother", ("Orla Marsh", "Orla O’Fenn")),
        Person("GP 2", ("Dr Wick-Hale",)),
        Person("Father", ()),
    ]
)


@pytest.mark.parametrize(
    ("told", "shared"),
    [
        ("Dara Marsh was seen with Orla Marsh.", "Child 1 was seen with Mother."),
        ("DARA and dee", "Child 1 and Child 1"),
        ("Dara’s bruise, Dara's coat", "Child 1’s bruise, Child 1's coat"),
        ("The Marsh children", f"The {SHARED} children"),
        ("marshland and Daral stay", "marshland and Daral stay"),
        ("Orla O'Fenn rang", "Mother rang"),
        ("seen by Wick-Hale", "seen by GP 2"),
        ("Dara\n  Marsh", "Child 1"),
        ("Lives at ZZ9 9ZZ, 020 7946 0000", "Lives at [postcode], [telephone number]"),
        ("NHS 943 476 5919", "NHS [NHS number]"),
        ("to dara.marsh@school.example today", "to [e-mail address] today"),
        ("at 14:30 on 22 May 2016, 38.5 degrees", "at 14:30 on 22 May 2016, 38.5 degrees"),
    ],
)
def test_a_name_in_full_or_in_part_becomes_its_label(told, shared):
    assert KEY.neutral(told) == shared


def test_and_back():
    assert KEY.real("child 1 and Mother; Child 12; Father") == "Dara Marsh and Orla Marsh; Child 12; Father"


def test_a_label_of_several_people_is_not_put_back():
    key = Key([Person("[professional]", ("Ivo Reed",)), Person("[professional]", ("Ada Reed",))])
    assert key.neutral("Ivo and Ada Reed") == "[professional] and [professional]"
    assert key.real("[professional] rang") == "[professional] rang"


@given(st.text(), st.sampled_from(["Dara Marsh", "dara", "Marsh", "Orla O’Fenn", "Wick-Hale", "DEE"]), st.text())
def test_no_name_of_the_key_is_left_in_any_text(before, name, after):
    shared = KEY.neutral(f"{before} {name} {after}")
    assert not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", shared, re.IGNORECASE)


@given(st.text())
def test_what_is_shared_is_not_changed_by_sharing_it_again(text):
    once = KEY.neutral(text)
    assert KEY.neutral(once) == once


def test_words_that_may_be_names_and_are_in_no_key():
    texts = ["On Monday Dara met Tobin and Tobin's aunt, Wren.", "The Coat was red, a coat. Then Wren, and Tobin left."]
    assert not_in_key(texts, KEY) == [("Tobin", 3), ("Wren", 2)]


def test_a_key_of_nobody_changes_nothing():
    assert Key([]).neutral("Dara") == "Dara" == Key([]).real("Dara")
