"""Whole pages: what is in their head, what is never in them, what the built files hold."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from design import forms, views
from tests.unit.design.test_forms import ids_in

ROOT = Path(settings.BASE_DIR)
BUILT = ROOT / "static/built"
FAILURES = ["400.html", "403.html", "404.html", "500.html", "403_csrf.html"]
WORDS_NOT_USED = re.compile(r"\b(please|sorry|valid|invalid|forbidden|oops)\b", re.IGNORECASE)


@pytest.mark.parametrize("template", FAILURES)
def test_a_failure_page_needs_nothing_and_says_what_became_of_the_answers(template):
    html = get_template(template).render()
    text = re.sub(r"<[^>]+>", " ", html)
    assert "nswers" in text
    assert "contact the partnership" in text
    assert not WORDS_NOT_USED.search(text)


@pytest.mark.parametrize("path", [*ROOT.glob("templates/design/*.html"), *ROOT.glob("templates/components/*.html")])
def test_templates_do_not_use_words_we_do_not_use(path):
    text = re.sub(r"\{[{%].*?[%}]\}|<[^>]+>", " ", path.read_text())
    assert not WORDS_NOT_USED.search(text)


def test_the_built_files_hold_nothing_that_belongs_to_gov_uk_alone():
    names = {path.name for path in BUILT.iterdir()}
    assert names == {"govuk.css", "govuk-frontend.js", "autosave.js", "hub.css", "hub.js", "supported.js", "icon.svg"}
    for path in BUILT.iterdir():
        text = path.read_text()
        assert not re.search(r"GDS|crest|@font-face|/assets/|sourceMappingURL", text), path.name
        assert not re.search(r"(?:url\(|from |import )[\s\"']*https?:", text), path.name


def test_the_built_styles_still_hold_the_components_in_use():
    css = (BUILT / "govuk.css").read_text()
    for name in (
        "govuk-radios__conditional--hidden",
        "govuk-generic-header",
        "govuk-task-list",
        "moj-timeline",
        "moj-sub-navigation",
    ):
        assert f".{name}" in css, name
    assert css.count("{") == css.count("}")


def test_the_base_page_shows_who_is_signed_in_and_the_partnership():
    class Person:
        is_authenticated = True
        full_name = "Ada Invented"

    context = {
        "user": Person(),
        "partnership": {"name": "Ambleford Safeguarding Children Partnership"},
        "csrf_token": "t",
    }
    context["messages"] = []
    html = get_template("base.html").render(context)
    assert "Ambleford Safeguarding Children Partnership" in html
    assert "OFFICIAL-SENSITIVE" in html


def test_messages_become_banners_with_ids_of_their_own():
    from types import SimpleNamespace

    told = [SimpleNamespace(level_tag=tag, __str__=lambda self: "x") for tag in ("success", "info", "error")]
    html = get_template("components/messages.html").render({"messages": told})
    assert len(ids_in(html)) == 3
    assert html.count('role="alert"') == 2


def test_dates_are_said_in_words():
    assert forms.say_date(views.DAY) == "14 December 2026"
