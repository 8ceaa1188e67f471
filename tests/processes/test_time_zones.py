"""A date is the same on whatever server it is worked out: civil time in London, not the machine's."""

import os
import subprocess
import sys

import pytest

from tests.processes.running import ROOT

ZONES = ["UTC", "Europe/London", "America/Los_Angeles", "Pacific/Kiritimati"]
# Half an hour before midnight, in winter and in summer; the hour that the clock goes through twice; Good Friday, whose
# Day 0 is the Tuesday after it; the last day of a month that February does not have.
ASKED = """report_local,2026-12-11T23:30
sin_national,2026-07-09T23:30Z
sin_national,2026-10-25T01:30
screening,2027-03-26T16:01
lcspr_published,2026-08-31T00:30
"""
DUE = """2027-01-06T16:00:00+00:00
2026-07-17T23:59:00+01:00
2026-10-30T23:59:00+00:00
2027-03-31T12:00:00+01:00
2027-02-28T23:59:00+00:00
"""


@pytest.mark.parametrize("zone", ZONES)
def test_a_server_of_any_zone_gives_the_same_dates(zone):
    done = subprocess.run(
        [sys.executable, "manage.py", "due", "--stdin"],
        cwd=ROOT,
        env=os.environ | {"TZ": zone},
        input=ASKED,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == DUE
