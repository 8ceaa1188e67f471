"""Writes docs/workflow.md: the state diagram of every record of work, drawn from the transitions themselves."""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from casework.models import CaseRecord
from casework.workflow import REGISTRY
from partnership.roles import roles_granting

FILE = Path(settings.BASE_DIR) / "docs" / "workflow.md"
HEAD = """# How records of work move

Drawn from the transitions by `manage.py draw_workflow`; do not edit it here. A test holds it up to date.

An *act* changes no status: a view given, a section filled in, a file asked for.
"""


class Command(BaseCommand):
    help = "Draws docs/workflow.md from the transitions; with --check it only says whether the file is up to date."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="change nothing; fail if the file is out of date")

    def handle(self, *args, check=False, **options):
        text = draw()
        if check:
            if not FILE.exists() or FILE.read_text() != text:
                raise CommandError("docs/workflow.md is out of date: run manage.py draw_workflow")
            return
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(text)


def records_of_work():
    """This will return every kind of record of work, in the order of the apps, then of the models."""
    return [model for model in apps.get_models() if issubclass(model, CaseRecord)]


def first_status(model):
    """This will return the status a record of this kind is opened in: the first that its `Status` names."""
    return next(iter(model.Status))


def draw():
    """This will return the text of docs/workflow.md."""
    return "\n".join([HEAD, *(section(model) for model in records_of_work())])


def section(model):
    name = model._meta.verbose_name
    known = [each for each in REGISTRY if each.model is model]
    lines = [f"## {name[:1].upper()}{name[1:]}", "", "```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{status.label}" as {status.value}' for status in model.Status]
    lines += [f"    [*] --> {first_status(model).value}"]
    lines += [f"    {source} --> {target}: {what}" for source, target, what in arrows(model, known)]
    lines += ["```", "", "| what is done | from | to | who may |", "|---|---|---|---|"]
    lines += [row(each) for each in known]
    return "\n".join([*lines, ""])


def arrows(model, known):
    """This will return (from, to, what) of every change of status, one arrow for all that leads the same way."""
    ways = {}
    for each in known:
        for source, target in each.ways:
            if source != target:
                ways.setdefault((model.Status(source), model.Status(target)), []).append(words(each))
    order = list(model.Status)
    drawn = sorted(ways, key=lambda way: [order.index(status) for status in way])
    return [(source.value, target.value, ", ".join(ways[source, target])) for source, target in drawn]


def words(transition):
    return transition.name.replace("_", " ")


def row(transition):
    status = transition.model.Status
    sources = [status(source).label for source in transition.sources] or ["(opens it)"]
    if len(sources) == len(status):
        sources = ["any"]
    targets = [status(target).label for target in transition.targets]
    roles = [role.label for role in roles_granting(transition.permission)]
    if transition.system:
        roles.append("the calendar")
    cells = [words(transition), "; ".join(sources), " or ".join(targets) or "(an act)", "; ".join(roles)]
    return f"| {' | '.join(cells)} |"
