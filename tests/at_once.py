"""Many threads that do something at the very same moment, each on a connection of its own."""

import threading

from django.db import connections

TIMES = 50


def at_once(*presses):
    """This will call all of these at the same moment, each in a thread; returns what each returned, or raised."""
    ready, outcomes = threading.Barrier(len(presses)), [None] * len(presses)

    def run(number, press):
        try:
            ready.wait(timeout=60)
            outcomes[number] = press()
        except Exception as refused:
            outcomes[number] = refused
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(presses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return outcomes
