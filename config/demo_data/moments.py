"""When things happened, seen from the day the demo is made: so that what is overdue is, whenever that is."""

from datetime import time, timedelta

from deadlines import queries
from deadlines.calendar import add_months
from deadlines.rules import LONDON, at


class Moments:
    """Moments and days before `now`, counted in working days."""

    def __init__(self, now):
        self.now = now
        self.today = now.astimezone(LONDON).date()
        self.calendar = queries.working_days()

    def workday(self, n):
        """The day `n` working days before today, or before the next day that is worked: always in the past."""
        return self.calendar.subtract(self.calendar.add(self.today, 0), n)

    def on_workday(self, n, clock):
        """The moment on that day which a London clock shows as `clock`; n is at least 1."""
        return at(self.workday(n), time.fromisoformat(clock))

    def received_to_be_one_day_late(self, clock):
        """A receipt whose Day 1 fell one working day ago: on whatever day it is looked at, not a day more or less."""
        day_1 = self.calendar.subtract(self.calendar.subtract(self.today, 0), 1)
        return at(self.calendar.subtract(day_1, 1), time.fromisoformat(clock))

    def ago(self, **length):
        """A moment today, or last night: `ago(hours=3)`."""
        return self.now - timedelta(**length)

    def next_workday(self):
        """The first day that is worked after today."""
        return self.calendar.add(self.today, 1)

    def morning_of_next_workday(self):
        """Ten o'clock on that day: when meetings are."""
        return at(self.next_workday(), time(10))

    def day_before(self, moment, days=1):
        """The date so many days before a moment."""
        return (moment.astimezone(LONDON) - timedelta(days=days)).date()

    def born(self, years, months=0):
        """The date of birth of somebody who is that old today."""
        return add_months(self.today, -(12 * years + months))
