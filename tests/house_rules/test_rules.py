"""Every timescale is started by a workflow and met or stopped by one, unless its app is still to come."""

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from deadlines import rules
from partnership.roles import CaseRole, Role

ROOT = Path(settings.BASE_DIR)
# Not started by a workflow function, with the reason.
STARTED_OTHERWISE = {}


def files_of(app):
    """The files of an app's workflow: a module, or a package of them."""
    folder = ROOT / app / "workflow"
    return sorted(folder.glob("*.py")) if folder.is_dir() else [ROOT / app / "workflow.py"]


WORK_APPS = [app.name for app in apps.get_app_configs() if any(path.exists() for path in files_of(app.name))]
WORK_APPS = [name for name in WORK_APPS if name != "casework"]


def named(node):
    """The rules that a piece of a program names: `rules.SIN_LOCAL` → SIN_LOCAL."""
    return {
        part.attr
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "rules"
    }


def called(node):
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def starts_something(node):
    return isinstance(node, ast.Call) and "start" in called(node)


def started_by(node):
    """The parts of a statement that name what it starts: a call's arguments, or what a loop of such calls goes over."""
    if starts_something(node):
        return node.args
    if isinstance(node, ast.For) and any(starts_something(part) for each in node.body for part in ast.walk(each)):
        return [node.iter]
    return []


def uses():
    """This will return (rules started, rules named in any other way) in the workflows."""
    started, otherwise = set(), set()
    # The clock starts one itself: what waits to look at the delay of a national date again; casework another.
    others = [ROOT / "deadlines" / "clock.py", ROOT / "casework" / "undelivered.py"]
    for path in [*(path for app in WORK_APPS for path in files_of(app)), *others]:
        tree = ast.parse(path.read_text())
        starts = set()
        for node in ast.walk(tree):
            for part in started_by(node):
                started |= named(part)
                starts |= {id(each) for each in ast.walk(part)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and id(node) not in starts:
                otherwise |= named(node)
    return started, otherwise


STARTED, ENDED = uses()
BY_CODE = {rule.code: name for name, rule in vars(rules).items() if isinstance(rule, rules.Rule)}


def is_to_come(rule):
    return rule.starts_in and find_spec(rule.starts_in) is None


@pytest.mark.parametrize("rule", rules.RULES.values(), ids=lambda rule: rule.code)
def test_a_rule_is_started_and_met_or_stopped(rule):
    name = BY_CODE[rule.code]
    if is_to_come(rule):
        assert name not in STARTED
        return
    assert name in STARTED or rule.code in STARTED_OTHERWISE, f"no workflow starts {name}"
    assert name in ENDED, f"no workflow meets or stops {name}"


@pytest.mark.parametrize("rule", rules.RULES.values(), ids=lambda rule: rule.code)
def test_a_rule_waits_for_a_role_that_exists_and_says_its_basis(rule):
    assert rule.responsible == "" or rule.responsible in [*Role, *CaseRole]
    assert rule.basis
    assert rule.edition
    assert rule.label[0].isupper()
    if rule.national:
        assert "own timescale" not in rule.basis
