"""Fifty people typing at once: how long the hub takes to keep what they type, beside the SQL of it alone."""

import http.client
import json
import socket
import statistics
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

from bench import _hub

WRITERS, EVERY, ROUNDS = 50, 5, 8
"""Each page sends every five seconds while somebody types."""


def measure():
    """This will yield the time of an autosave over HTTP and of the same statements, both with fifty writers."""
    with _hub.running() as environment:
        writers = json.loads(_hub.inside(environment, "_autosave", "build", WRITERS))
        with serving(environment) as port:
            keep(port, writers[0])
            yield from figures(together(lambda n: keep(port, writers[n])), "autosave over HTTP")
        alone = json.loads(_hub.inside(environment, "_autosave", "alone", WRITERS))
        yield "statements of one autosave", str(alone["statements"])
        yield from figures(alone["times"], "its statements alone")


def figures(times, what):
    times = sorted(times)
    shown = f"{statistics.median(times) * 1000:.0f} ms, {times[int(len(times) * 0.95)] * 1000:.0f} ms"
    yield f"{what}, {WRITERS} writers, one each {EVERY} s: median, 95th of 100", shown


def together(act):
    """This will have every writer act once in EVERY seconds, ROUNDS times, evenly spread; returns the seconds taken."""
    times, begin = [], time.monotonic() + 1

    def write(n):
        for turn in range(ROUNDS):
            time.sleep(max(0, begin + turn * EVERY + n * EVERY / WRITERS - time.monotonic()))
            began = time.monotonic()
            act(n)
            times.append(time.monotonic() - began)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(times) == WRITERS * ROUNDS, "somebody's text was not kept"
    return times


def keep(port, writer):
    """This will send what one writer's page sends by itself."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", writer["path"], writer["body"], writer["headers"])
    answer = connection.getresponse()
    said = answer.read()
    assert answer.status == 200, (answer.status, said[:200])
    connection.close()


@contextmanager
def serving(environment):
    """This will run the web processes as production does, and give their port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "config.wsgi"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(port)
            yield port
        finally:
            process.terminate()


def wait_for(port):
    for _ in range(600):
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the hub did not start")
