"""One writer of bench.sealing: writes events, each in a transaction of its own, and prints how many it managed."""

import sys
import time

import django

django.setup()

from django.db import transaction  # noqa: E402  (after setup)
from django.utils import timezone  # noqa: E402

from trail import models as trail  # noqa: E402


def main(begin, seconds):
    done = 0
    trail.Event.objects.exists()  # connected before the clock starts
    while time.time() < begin:
        time.sleep(0.01)
    while time.time() < begin + seconds:
        with transaction.atomic():
            trail.record(verb="screen", reference="RF-2026-001", case="C", by=None, on=timezone.now(), words="Why")
        done += 1
    print(done)


if __name__ == "__main__":
    main(*(float(argument) for argument in sys.argv[1:]))
