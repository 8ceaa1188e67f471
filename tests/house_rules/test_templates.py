"""Templates compile; no e-mail can hold a case's words."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.template.base import FilterExpression, Variable, VariableNode
from django.template.loader import get_template

from tests.strictness import OURS, Undefined

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "templates"
TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file())
NOTICES = [name for name in TEMPLATES if name.startswith("emails/")]

# What an e-mail may say, each with what it is. A reference, a day or a link; never a word of the case.
MAY_BE_SAID = {
    "reference": "the record's reference",
    "link": "the one link",
    "due": "a due moment",
    "needed_by": "a day somebody named",
    "meeting": "the moment of a meeting",
    "keyed_in": "whether the referrer has an account: chooses between sentences",
    "notify": "whether the local authority notifies: chooses between sentences",
    "lines": "references, with due moments or with what is handed over",
    "line": "one of them",
    "now": "the moment of the reminder",
    "count": "how many",
    "head": "number and SHA-256 of the audit trail's last link",
    "day": "the day of that link, or the first day of a cover",
    "who": "a colleague: who took emergency access, covers, is covered for or has left",
    "until": "when that ends",
    "giver": "a colleague: who gave somebody a role",
    "role": "that role, and the agency it is at",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles(name):
    get_template(name)


def test_an_undefined_variable_is_an_error():
    assert isinstance(engines["django"].engine.string_if_invalid, Undefined)
    assert str(FOLDER) in OURS


def variables(nodes):
    """Every variable a template looks up, in `{{ }}` and in the arguments of its tags."""
    for node in nodes:
        if isinstance(node, VariableNode):
            yield from of_expression(node.filter_expression)
        for value in vars(node).values():
            yield from of_value(value)
        for inner in getattr(node, "child_nodelists", ()):
            yield from variables(getattr(node, inner, None) or ())


def of_value(value):
    if isinstance(value, FilterExpression):
        yield from of_expression(value)
    elif isinstance(value, list | tuple):
        for each in value:
            if not hasattr(each, "child_nodelists"):
                yield from of_value(each)
    elif hasattr(value, "first") or hasattr(value, "value"):  # the operators of an {% if %}
        for part in ("first", "second", "value"):
            yield from of_value(getattr(value, part, None))


def of_expression(expression):
    if isinstance(expression.var, Variable) and expression.var.lookups:
        yield expression.var.var
    for _, arguments in expression.filters:
        for is_variable, argument in arguments:
            if is_variable and argument.lookups:
                yield argument.var


@pytest.mark.parametrize("name", NOTICES)
def test_an_email_says_a_reference_a_day_and_a_link_and_no_more(name):
    used = set(variables(get_template(name).template.nodelist))
    assert {each.partition(".")[0] for each in used} <= set(MAY_BE_SAID)
    attributes = {each for each in used if "." in each} - {
        each for each in used if each.startswith(("line.", "forloop."))
    }
    assert not attributes, "an attribute of a record is a case field"
    text = (FOLDER / name).read_text()
    assert text.count("{{ link }}") <= 1


def test_the_check_of_emails_sees_what_is_hidden_in_a_tag():
    template = engines["django"].from_string(
        "{% if child.name %}x{% endif %}{% for one in record.children %}{{ one|default:record.outline }}{% endfor %}"
    )
    found = set(variables(template.template.nodelist))
    assert {"child.name", "one", "record.outline"} <= found


SENDERS = sorted(ROOT.glob("*/notices.py"))


@pytest.mark.parametrize("path", SENDERS, ids=lambda path: path.parent.name)
def test_a_subject_is_a_fixed_sentence(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.keyword) or node.arg != "subject":
            continue
        value = node.value
        if isinstance(value, ast.Constant):
            continue
        parts = value.values if isinstance(value, ast.JoinedStr) else [value]
        said = [ast.unparse(part.value) for part in parts if isinstance(part, ast.FormattedValue)]
        assert isinstance(value, ast.JoinedStr), ast.unparse(value)
        assert all(each.endswith(".reference") or each in ("subject", "reference") for each in said), said
