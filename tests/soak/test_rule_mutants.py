"""Every small fault put into a rule file is noticed by the ordinary tests, or stands in accepted_mutants.txt with why.

First the ordinary tests run once and say which of them runs which line; every branch of the rule files has to be run.
Then each mutant meets the tests that run its line, nearest ones first. A survivor that is not on the list fails, and
so does a line of the list that survives no longer.
"""

import fcntl
import json
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from itertools import chain, zip_longest
from pathlib import Path

import coverage
import pytest

from tests.processes.running import ROOT, clean_environment
from tests.soak.amount import ONLY, SECONDS, watch
from tests.soak.mutants import mutants_of

RULES = {
    # path: the functions of it that are rules (none named: all of it)
    "deadlines/calendar.py": (),
    "deadlines/clock.py": (),
    "deadlines/calendar_changes.py": (),
    "casework/workflow.py": (),
    "access/can.py": (),
    "access/addresses.py": (),
    "access/models.py": (
        "CaseQuerySet.visible_to",
        "AccessQuerySet.in_force",
        "AccessQuerySet.of",
        "reached",
        "lending",
        "kept_out",
        "not_even_its_name",
        "cases_open_to",
        "VisibleQuerySet.visible_to",
        "Address.__str__",
        "Address.shown_to",
    ),
    "partnership/roles.py": (),
    "deadlines/models.py": (
        "addressed_to",
        "_meant_for",
        "DeadlineQuerySet.open",
        "DeadlineQuerySet.waiting_for",
        "DeadlineQuerySet.visible_to",
        "Deadline.is_open",
        "Deadline.was_in_time",
        "Deadline.counts",
        "Deadline.is_overdue",
        "DiaryEntryQuerySet.visible_to",
    ),
    "rapid_reviews/models/summary.py": (
        "_asked",
        "_own",
        "_approved_by",
        "SummaryQuerySet.written_by",
        "SummaryQuerySet.own",
        "SummaryQuerySet.visible_to",
        "SummaryQuerySet.returned",
        "AgencySummary.is_editable",
        "AgencySummary.narrowed_to",
        "AgencySummary._is_asked_of",
        "AgencySummary.is_known_to_who_types",
    ),
    "notifications/outbox.py": (),
    "rapid_reviews/workflow/decision.py": (
        "version_to_sign",
        "appointment_to_sign",
        "sign_off",
        "_asked_no_more",
        "agreed_outcome",
        "_outcome",
    ),
    "rapid_reviews/workflow/report.py": ("gaps_before_lock",),
    "rapid_reviews/queries/signing.py": (),
    "referrals/workflow/decision.py": ("give_view", "_check_consistent", "_asked_no_more", "_decide"),
    "referrals/queries.py": ("panel_appointments", "views_in_force", "agreed_outcome", "may_read_views"),
}
WIDER = {
    "rapid_reviews/queries/disclosure.py": (),
    "casework/sight.py": (),
    "partnership/models.py": (
        "Roles.led",
        "led_among",
        "User.roles_read_once",
        "User.standing",
        "User.leads",
        "User.covers",
        "User.roles",
        "User._own_and_lent",
        "_roles_of_somebody",
        "MembershipQuerySet.in_force",
        "AppointmentQuerySet.covers",
        "AppointmentQuerySet.signing",
        "Appointment.has_ended",
        "Appointment.end_before",
    ),
}
"""Rules too, whose faults meet so many tests that they take as long as all others: tried with SOAK_WIDER=1 as well."""
if os.environ.get("SOAK_WIDER"):
    RULES |= WIDER
ORDINARY = ["tests/unit", "tests/integration"]
"""The tests of the rules; those of `house_rules` look at everything and are about none of these lines."""
WHOLE = [path for path, within in RULES.items() if not within]
ABOUT = {
    "access/addresses.py": "tests/integration/access/test_addresses.py",
    "rapid_reviews/models/summary.py": "tests/integration/rapid_reviews/test_whose_summary.py",
}
"""The tests about a file whose lines nearly all tests run: asked before those, which notice less."""
FIRST = 8
"""How many of the tests that killed other mutants a mutant meets before all others: its function's, then its file's."""
NEAR, FAR = 240, 60
"""Seconds of tests that a mutant meets, as long as they took while measured (without that, a third): those of its own
app first, then the others."""
EXPECTED = 20
"""The same for a mutant of the list of those that survive."""

pytestmark = [pytest.mark.soak, pytest.mark.real_time]


def accepted():
    """This will return {mutant: why it may survive} of the list beside this file."""
    found = {}
    for line in (Path(__file__).parent / "accepted_mutants.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            mutant, _, why = line.partition(" || ")
            assert why.strip(), f"without a reason: {mutant}"
            found[mutant.strip()] = why.strip()
    return found


@pytest.fixture(scope="session")
def covered():
    """What the ordinary tests run, measured once a run whoever asks first: the data, and each test's seconds."""
    kept = os.environ.get("SOAK_COVERING")  # a folder of an earlier run, while working on these tests
    folder = Path(kept or Path(os.environ["TEST_VAR"]) / "covering")
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            environment = clean_environment(COVERING=str(folder), COVERING_FILES=json.dumps(list(RULES)))
            for name in ("TEST_VAR", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID"):
                environment.pop(name, None)
            plugin = ["-p", "tests.soak.covering", "-p", "no:cacheprovider"]
            done = subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-n", "2", *plugin, *ORDINARY],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"the ordinary tests fail:\n{done.stdout[-6000:]}"
            (folder / "done").touch()
    return read_covered(folder)


def read_covered(folder):
    whole = coverage.Coverage(data_file=str(folder / f"read-{os.getpid()}"), branch=True, config_file=False)
    whole.combine([str(path) for path in folder.glob("gw*.coverage")], keep=True)
    seconds = {}
    for path in folder.glob("gw*.json"):
        seconds |= json.loads(path.read_text())
    return whole, seconds


@pytest.mark.parametrize("path", WHOLE)
def test_every_branch_of_a_rule_file_is_run_by_the_ordinary_tests(path, covered):
    whole, _ = covered
    analysis = whole._analyze(str(ROOT / path))
    assert analysis.numbers.n_statements
    missing = analysis.missing_formatted(branches=True)
    assert not missing, f"{path}: no ordinary test runs {missing}"


def lines_of(path, covered):
    """This will return {line of a file: the tests that run it}."""
    whole, seconds = covered
    by_line = whole.get_data().contexts_by_lineno(str(ROOT / path))
    return {line: {test for test in tests if test in seconds} for line, tests in by_line.items()}


def is_of_imports(mutant, covered):
    """Whether its line is run before the first test alone, while modules are imported, and its answer remembered."""
    by_line = lines_of(mutant.path, covered)
    return mutant.at_import or not any(by_line.get(line) for line in mutant.lines)


def nearest_tests(mutant, covered, *, expected):
    """This will return the tests that run a mutant's line: (those about it, of its own app, the others).

    Quickest first. `expected`: it stands in the list, so a few of them say that it still survives.
    """
    _, seconds = covered
    by_line = lines_of(mutant.path, covered)
    running = set().union(*(by_line.get(line, ()) for line in mutant.lines))
    if not running:  # of imports: whoever uses the file notices
        running = set().union(*by_line.values())
    app = mutant.path.partition("/")[0]
    modules = defaultdict(list)
    for test in running:
        modules[test.partition("::")[0]].append(test)
    order = sorted(modules, key=lambda name: (sum(map(seconds.get, modules[name])) / len(modules[name]), name))
    near = [name for name in order if f"/{app}/" in name]
    near = near or order[:2]
    far = [name for name in order if name not in near]
    random.Random(str(mutant)).shuffle(far)
    about = [name for name in near if name == ABOUT.get(mutant.path)]
    near = [name for name in near if name not in about]
    most = (EXPECTED,) * 3 if expected else (NEAR, NEAR, FAR)
    return [within(names, modules, seconds, each) for names, each in zip((about, near, far), most, strict=True)]


def within(names, modules, seconds, most):
    """This will choose tests for so many seconds, of each module in turn its quickest, and return them by module."""
    queues = [sorted(modules[name], key=lambda test: (seconds[test], test)) for name in names]
    chosen, spent = set(), 0
    for test in chain.from_iterable(zip_longest(*queues)):
        if test and spent <= most:
            chosen.add(test)
            spent += seconds[test]
    return [test for queue in queues for test in queue if test in chosen]


class Lane:
    """A process that tries mutants: tests.soak.lane, with every test collected that runs a line of a rule."""

    def __init__(self, covered, log):
        number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        jobs_end, self.jobs = (os.fdopen(end, mode) for end, mode in zip(os.pipe(), "rw", strict=True))
        self.answers, answers_end = (os.fdopen(end, mode) for end, mode in zip(os.pipe(), "rw", strict=True))
        # The servers of this run, in a corner of its own: tests.plugin names it by the worker.
        environment = os.environ | {
            "PYTEST_XDIST_WORKER": f"gw{8 + number}",
            "LANE_IN": str(jobs_end.fileno()),
            "LANE_OUT": str(answers_end.fileno()),
        }
        environment.pop("PYTEST_XDIST_WORKER_COUNT", None)
        modules = sorted({test.partition("::")[0] for test in covered[1]})
        self.log, self.killers = log, defaultdict(set)
        with log.open("w") as out:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "pytest",
                    "-s",
                    "-q",
                    "-p",
                    "tests.soak.lane",
                    "-p",
                    "no:cacheprovider",
                    *modules,
                ],
                cwd=ROOT,
                env=environment,
                pass_fds=(jobs_end.fileno(), answers_end.fileno()),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        jobs_end.close()
        answers_end.close()

    def try_it(self, mutant, index, covered, *, expected):
        """This will say what becomes of a mutant; `expected`: it survived before."""
        _, seconds = covered
        outcome = "survived: no test runs it"
        about, near, far = nearest_tests(mutant, covered, expected=expected)
        # What noticed the faults before in the same function or file notices most of the others: it is asked first, the
        # quickest of it before all.
        met, place = {*about, *near, *far}, (mutant.path, mutant.function)
        killers = [sorted(self.killers[of], key=seconds.get) for of in (place, mutant.path)]
        first = [test for test in dict.fromkeys(chain(*killers)) if test in met][:FIRST]
        for tests in (first, about, near, far):
            if not tests:
                continue
            job = {
                "path": mutant.path,
                "within": RULES[mutant.path],
                "index": index,
                "tests": tests,
                "seconds": 60 + 5 * sum(map(seconds.get, tests)),
                "fresh": is_of_imports(mutant, covered),
            }
            self.jobs.write(json.dumps(job) + "\n")
            self.jobs.flush()
            answer = self.answers.readline()
            assert answer, f"the lane ended: {self.log.read_text()[-3000:]}"
            outcome = json.loads(answer)["outcome"]
            if not outcome.startswith("survived"):
                break
        killer = outcome.partition(" by ")[2]
        for of in (place, mutant.path) if killer else ():
            self.killers[of].add(killer)
        return outcome

    def end(self):
        self.jobs.close()
        self.process.wait(60)
        self.answers.close()


@pytest.fixture(scope="module")
def lane(covered, tmp_path_factory):
    made = Lane(covered, tmp_path_factory.mktemp("lane") / "log")
    yield made
    made.end()


@pytest.mark.parametrize("path", RULES)
def test_no_fault_in_a_rule_goes_unnoticed(path, covered, lane, record_property):
    known = accepted()
    found = list(enumerate(mutants_of(path, within=RULES[path])))
    whole = len(found)
    if ONLY:
        found = [(index, mutant) for index, mutant in found if str(mutant) in ONLY]
    if SECONDS:  # while working on it: a sample
        random.shuffle(found)
    survivors, faults, tried, end = [], [], 0, time.monotonic() + (SECONDS or 10**6)
    for index, mutant in found:
        if time.monotonic() > end:
            break
        began = time.monotonic()
        outcome = lane.try_it(mutant, index, covered, expected=str(mutant) in known)
        tried += 1
        if outcome.startswith("survived"):
            survivors.append(str(mutant))
        elif not outcome.startswith("killed"):
            faults.append(f"{mutant}: {outcome}")
        watch(f"{time.monotonic() - began:.1f} s: {outcome[:300]} || {mutant}")
    record_property("mutants", tried)
    record_property("survived outside the accepted list", len(set(survivors) - set(known)))
    assert not faults, "\n".join(faults)
    assert set(survivors) <= set(known), "survived:\n" + "\n".join(each for each in survivors if each not in known)
    if tried == whole:
        gone = {each for each in known if each.startswith(f"{path} | ")} - set(survivors)
        assert not gone, "no longer survive, take them off the list:\n" + "\n".join(sorted(gone))
