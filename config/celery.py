"""Background work and its timetable: `celery -A config worker`, `celery -A config beat`.

Tasks take ids and make one call. Truth lies in PostgreSQL: whatever the queue lost, a straggler task finds.
"""

import ctypes
import logging.config
import os
import signal
import sys
import time
from datetime import timedelta
from importlib.util import find_spec

from celery import Celery, bootsteps
from celery.beat import Scheduler
from celery.signals import setup_logging, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("hub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

MINUTE = 60
app.conf.beat_schedule = {
    # `expires`: what a worker did not get to before its next turn is not done twice.
    name: {"task": name, "schedule": seconds, "options": {"expires": seconds}}
    for name, seconds in {
        "notifications.tasks.deliver_stragglers": MINUTE,
        "casework.tasks.run_stragglers": MINUTE,
        "referrals.tasks.follow_register": MINUTE,
        "rapid_reviews.tasks.follow_register": MINUTE,
        "rapid_reviews.tasks.run_waiting_imports": MINUTE,
        "trail.tasks.seal_trail": MINUTE,
        "deadlines.tasks.send_due_reminders": 10 * MINUTE,
        "notifications.tasks.mail_audit_head": 60 * MINUTE,
        "casework.tasks.match_names": 60 * MINUTE,
    }.items()
    if find_spec(name.rpartition(".")[0])  # an app may have no background work yet
}


@setup_logging.connect
def log_as_configured(**kwargs):
    """This will keep Celery from setting up a log of its own: ours says nothing that a case holds."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@worker_process_init.connect
def end_with_the_worker(**kwargs):
    """This will have the kernel end a process of the pool together with its worker: killed, that one cannot."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, int(signal.SIGKILL))  # PR_SET_PDEATHSIG


HEARTBEAT = 5
HEARTBEAT_LASTS = 30


def beat_heart(name):
    """This will say in the cache that a process of this name is alive; /health/ looks there."""
    from django.core.cache import cache

    cache.set(f"alive:{name}", time.time(), HEARTBEAT_LASTS)


class WorkerHeart(bootsteps.StartStopStep):
    """Beats in the worker's own process, also while its children are busy for minutes, and only with a broker.

    A step of the consumer, not of the worker: losing the broker clears every timer, finding it starts this again.
    """

    requires = {"celery.worker.consumer.tasks:Tasks"}

    def start(self, consumer):
        beat_heart("worker")
        consumer.timer.call_repeatedly(HEARTBEAT, beat_heart, ("worker",))


app.steps["consumer"].add(WorkerHeart)


class BeatingScheduler(Scheduler):
    """Keeps no file that a kill could spoil: every entry is due at a start, and each is safe to run twice.

    Left to Celery an entry waits its whole interval first: restarted every few minutes, it would never run.
    """

    max_interval = HEARTBEAT
    last_beat = 0

    def setup_schedule(self):
        super().setup_schedule()
        for entry in self.schedule.values():
            entry.last_run_at = self.app.now() - timedelta(days=1)

    def tick(self, *args, **kwargs):
        if time.monotonic() - self.last_beat >= HEARTBEAT:
            self.last_beat = time.monotonic()
            beat_heart("beat")
        return min(super().tick(*args, **kwargs), HEARTBEAT)


app.conf.beat_scheduler = BeatingScheduler
