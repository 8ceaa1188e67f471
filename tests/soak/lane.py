"""Tries mutants, each in a process of its own that is forked from one in which all is imported and collected.

A pytest plugin (`-p tests.soak.lane`): instead of running tests it reads jobs, one JSON object a line, from the pipe
LANE_IN and writes an answer for each to LANE_OUT. In the fork of a job the functions of the module that the fault
changes are given their changed code, and the tests of the job run until one fails.

What is worked out when a module is imported (a decorator's statuses, a default, a constant) cannot be changed that way:
such a job says `"fresh": true`, and its fork starts Python anew with the fault in place from the first import.
"""

import contextlib
import functools
import gc
import importlib.machinery
import importlib.util
import json
import os
import select
import signal
import sys
import time
import traceback
import types

from django.db import connections
from django.urls import get_resolver
from pytest_django.plugin import blocking_manager_key

from tests.soak.mutants import ROOT, mutants_of, parse

KILLED, SURVIVED, FAULT = "killed", "survived", "fault"
PLANTED = os.environ.get("LANE_PLANTED")
"""In a process started anew: the mutant's path, within, and index."""


def pytest_runtestloop(session):
    """This will answer every job until the pipe is closed."""
    if PLANTED:
        return None  # the tests run as they always do
    get_resolver()._populate()
    database = make_database(session)
    by_name = {item.nodeid: item for item in session.items}
    made = {}
    with open(int(os.environ["LANE_IN"])) as jobs, open(int(os.environ["LANE_OUT"]), "w") as answers:
        for line in jobs:
            job = json.loads(line)
            path = job["path"]
            if path not in made:
                made[path] = mutants_of(path, within=tuple(job["within"]))
                # Before the forks, which look at none of it again: what they touch is copied for each of them.
                gc.unfreeze()  # what is frozen is not found by looking
                living(str(ROOT / path))
                sound_codes(str(ROOT / path), path)
                gc.collect()
                gc.freeze()
            started = time.perf_counter()
            if job["fresh"]:
                outcome = in_a_fork(start_anew, job, seconds=job["seconds"])
            else:
                mutant = made[path][job["index"]]
                items = [by_name[name] for name in job["tests"] if name in by_name]
                outcome = in_a_fork(try_it, mutant, items, seconds=job["seconds"])
                if outcome != SURVIVED and not outcome.startswith(f"{KILLED} by "):
                    database.copy_template()  # it may have ended in the middle of something
            answers.write(json.dumps({"outcome": outcome, "took": round(time.perf_counter() - started, 2)}) + "\n")
            answers.flush()
    return True


def make_database(session):
    """This will make the database of this lane once: what a test does is undone, or it makes a new one itself."""
    from tests import database  # it is Django's: not before its settings are read

    with session.config.stash[blocking_manager_key].unblock():
        database.make_ours()
        connections.close_all()
    database.make_ours = lambda: None
    return database


def in_a_fork(act, *arguments, seconds):
    """This will call `act(*arguments)` in a fork that is ended when its time is over, and return its answer."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        os.setpgid(0, 0)
        try:
            answer = act(*arguments)
        except BaseException:
            answer = f"{FAULT}: {traceback.format_exc()}"
        os.write(write, answer.encode()[-4000:])
        os._exit(0)
    os.close(write)
    ready, _, _ = select.select([read], [], [], seconds)
    answer = os.read(read, 5000).decode() if ready else ""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(read)
    return answer or (f"{KILLED}: the process ended" if ready else f"{KILLED}: not done within {seconds:.0f} s")


def try_it(mutant, items):
    """This will give the functions their changed code, run the tests and say what became of the mutant."""
    from _pytest.runner import runtestprotocol

    if not items:
        return f"{FAULT}: none of its tests was collected"
    plant(mutant)
    rank = {}
    for item in items:
        rank.setdefault(item.path, len(rank))
    order = {item: number for number, item in enumerate(items[0].session.items)}
    items.sort(key=lambda item: (rank[item.path], order[item]))
    for item, following in zip(items, [*items[1:], None], strict=True):
        if any(report.failed for report in runtestprotocol(item, nextitem=following, log=False)):
            return f"{KILLED} by {item.nodeid}"
    return SURVIVED


def plant(mutant):
    """This will put the changed code into every living function that was made from this place."""
    file = str(ROOT / mutant.path)
    spoilt = codes_of(compile(mutant.tree(), file, "exec"))
    changed = {where: code for where, code in spoilt.items() if sound_codes(file, mutant.path).get(where) != code}
    found = 0
    functions, caches = living(file)
    for each in caches:
        each.cache_clear()  # what was worked out before is worked out anew
    for each in functions:
        where = (each.__code__.co_qualname, each.__code__.co_firstlineno)
        if where in changed:
            each.__code__ = changed[where]
            found += 1
    if not found:
        raise LookupError(f"no living function has the place of {mutant}")


@functools.cache
def living(file):
    """This will return the functions made from a file, and what remembers their answers: looked for once a lane."""
    functions, caches = [], []
    for each in gc.get_objects():
        if type(each) is types.FunctionType and each.__code__.co_filename == file:
            functions.append(each)
        elif type(each) is functools._lru_cache_wrapper and file_of(each.__wrapped__) == file:
            caches.append(each)
    return functions, caches


def file_of(function):
    return getattr(getattr(function, "__code__", None), "co_filename", "")


@functools.cache
def sound_codes(file, path):
    return codes_of(compile(parse(path), file, "exec"))


def codes_of(code):
    """This will return the code objects in a compiled module: {(qualified name, first line): code}."""
    found = {}
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            found[each.co_qualname, each.co_firstlineno] = each
            found |= codes_of(each)
    return found


def start_anew(job):
    """This will run the job's tests in a new Python, and never return unless it cannot."""
    import subprocess

    planted = json.dumps([job["path"], job["within"], job["index"]])
    early = ["-W", "ignore::pytest.PytestAssertRewriteWarning", "-p", "no:cacheprovider", "-p", "tests.soak.lane"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "--tb=line", *early, *job["tests"]],
        cwd=ROOT,
        env=os.environ | {"LANE_PLANTED": planted},
        capture_output=True,
        text=True,
        check=False,
    )
    if "cannot be imported: planted" in done.stderr + done.stdout:
        return f"{KILLED}: it cannot be imported"
    if "was planted" not in done.stderr:
        return f"{FAULT}: never imported\n{done.stdout[-1500:]}{done.stderr[-1500:]}"
    fault = f"{FAULT}: {done.stdout[-1500:]}{done.stderr[-1500:]}"
    return {0: SURVIVED, 1: KILLED, 2: KILLED}.get(done.returncode, fault)


class Planted:
    """An import hook: this one module is compiled from the tree with the fault."""

    def __init__(self, mutant):
        self.file, self.tree = str(ROOT / mutant.path), mutant.tree()
        self.name = mutant.path.removesuffix(".py").replace("/", ".")

    def find_spec(self, fullname, path=None, target=None):
        if fullname != self.name:
            return None
        planted = self

        class Loader(importlib.machinery.SourceFileLoader):
            def get_code(self, name):
                say("was planted")
                return compile(planted.tree, planted.file, "exec", dont_inherit=True)

            def exec_module(self, module):
                try:
                    super().exec_module(module)
                except BaseException:
                    say("cannot be imported: planted")
                    raise

        return importlib.util.spec_from_file_location(fullname, self.file, loader=Loader(fullname, self.file))


def say(what):
    """This will tell the process that started this one, past pytest's capture."""
    os.write(STDERR, f"{what}\n".encode())


STDERR = os.dup(2)
if PLANTED:
    _path, _within, _index = json.loads(PLANTED)
    sys.meta_path.insert(0, Planted(mutants_of(_path, within=tuple(_within))[_index]))
