"""What a request left in the database: rows written and not rolled back again, by table."""

import re
from collections import Counter

ANYBODY = {"django_session", "trail_reading", "casework_draft"}
"""Written for everybody: the session, who looked, and what somebody typed whose session had ended."""
OPENING = {"casework_presence"}
"""Written for who opens a page with answers on it: they have it open."""
WRITES = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
SAVEPOINT = re.compile(r'^(SAVEPOINT|ROLLBACK TO SAVEPOINT) "?(\w+)"?')


class Watched:
    """`with connection.execute_wrapper(watched):` notes every row that is written."""

    def __init__(self):
        self.written, self.savepoints = [], {}

    def __call__(self, execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if found := WRITES.match(sql):
            self.written.append((found[1], max(context["cursor"].rowcount, 0)))
        elif found := SAVEPOINT.match(sql):
            what, name = found.groups()
            if what == "SAVEPOINT":
                self.savepoints[name] = len(self.written)
            else:
                del self.written[self.savepoints.get(name, 0) :]
        return result

    @property
    def rows(self):
        rows = Counter()
        for table, number in self.written:
            rows[table] += number
        return rows

    @property
    def tables(self):
        return {table for table, number in self.rows.items() if number}

    def without_history(self, models):
        """This will return the tracked tables with another number of changes than of rows in their history."""
        rows, found = self.rows, []
        for model in models:
            changes, kept = rows[model._meta.db_table], rows[model.history.model._meta.db_table]
            if changes != kept:
                found.append(f"{model._meta.label}: {changes} changes, {kept} rows of history")
        return found
