"""Who sends what nobody should, to one row of the permission table, and notes what is wrong with the answers.

Never a server error; never another answer than the table's (or a refusal of the input); nothing stored for who may not;
every page well-formed, under its content security policy, with whatever was typed as text.
"""

from collections import Counter
from http.cookies import SimpleCookie
from urllib.parse import parse_qsl, urlsplit

from django.core.cache import cache
from django.db import connection

from casework import keys
from tests.client import fields_of, parsed
from tests.house_rules import routes
from tests.house_rules.world import ROWS, undone
from tests.soak import hostile
from tests.soak.amount import watch
from tests.soak.watched import ANYBODY, OPENING, Watched

HEADERS = ["accept-language", "accept", "referer", "x-forwarded-for", "user-agent", "if-modified-since"]
REFUSED_INPUT = {400, 413}
ANSWERS = {
    "GET": {200, 302, 400, 404},
    "POST": {200, 302, 400, 404, 409, 413, 422},
}
ROWS_OF = Counter(row.route.partition(":")[0] for row in ROWS)
"""How many rows the table has for a route: its methods, and the situations it is asked in."""


def share_of(row, requests):
    """This will return how many of the requests a route gets are for this row of it."""
    return -(-requests // ROWS_OF[row.route.partition(":")[0]])


class Sender:
    """Sends what one row of the table is about, as anybody, spoilt in one way or another."""

    def __init__(self, row, world, rng):
        self.row, self.world, self.rng = row, world, rng
        self.route = routes.route_of(row.route)
        self.record = world.record(self.route.situation, "own") if self.route.situation else None
        self.url = routes.address(row.route, self.record)
        self.parts = [part for part, cell in row.cells.items() if cell[0] != "-"]
        self.allowed = [part for part in self.parts if row.cells[part][0] in ("200", "302")]
        self.known, self.faults, self.sent = None, {}, 0

    def client(self, part):
        self.world.client.cookies = SimpleCookie(self.world.cookies[part])
        return self.world.client

    def asked(self, part):
        """What is sent by who has the page before them: the values of its form with their key; and its queries."""
        if self.known is None:
            self.known = self.read((self.allowed or self.parts)[0])
        user = self.world.cast.person(part)
        form, queries = self.known
        return ({keys.FIELD: keys.new_key(user)} if user else {}) | form, queries

    def read(self, part):
        """This will return what the page asks: the values of its form, and the names of its queries."""
        with undone():
            page = self.client(part).get(self.url)
            if page.streaming:
                b"".join(page)
        if page.status_code != 200 or "html" not in page["Content-Type"]:
            return {}, set()
        html = parsed(page)
        form = fields_of(html, needed=False) if self.row.method == "POST" else {}
        form.pop(keys.FIELD, None)
        queries = {name for link in html.select("a[href]") for name, _ in parse_qsl(urlsplit(link["href"]).query)}
        return form, queries | {field["name"] for field in html.select("form[method=get] [name]")}

    def send(self, times, *, until=None):
        """This will send so many requests, or as many as go before the moment `until()` says it is enough."""
        for number in range(times):
            if number and until and until():
                break
            if not number % 10:
                cache.clear()  # sign-in's rate limits
                self.route.prepare()
            self.once()
        return self

    def once(self):
        """This will send one request and note what is wrong with its answer."""
        rng, row = self.rng, self.row
        part = rng.choice(self.allowed if self.allowed and rng.random() < 0.75 else self.parts)
        expected = int(row.cells[part][0])
        form, queries = self.asked(part)
        url, odd_path, headers = self.url, False, {}
        if rng.random() < 0.15:
            url, odd_path = self.odd_path(), True
        if (row.method == "GET" and rng.random() < 0.85) or rng.random() < 0.1:
            url += f"?{hostile.query(rng, queries)}"
        if rng.random() < 0.1:
            odd = rng.choice([*hostile.SNIPPETS, *hostile.NUMBERS]).replace("\r", "").replace("\n", "")
            headers = {rng.choice(HEADERS): odd}
        send = {}
        if row.method == "POST":
            answers = self.route.answers(self.record, self.world.cast, part) if rng.random() < 0.7 else {}
            values = form | answers
            if rng.random() < 0.15:
                content, kind = hostile.body(
                    rng, {name: each for name, each in values.items() if isinstance(each, str)}
                )
                send = {"data": content, "content_type": kind}  # by `generic`: the client itself would encode it anew
            else:
                send = {"data": hostile.values(rng, values, keys.FIELD)}
        said = f"{row.method} {url[:200]} as {part}: {str(send)[:700]} {headers or ''}"
        written = Watched()
        self.sent += 1
        with undone():
            try:
                with connection.execute_wrapper(written):
                    client = self.client(part)
                    if "content_type" in send:
                        response = client.generic("POST", url, headers=headers, **send)
                    else:
                        response = getattr(client, row.method.lower())(url, headers=headers, **send)
                    content = b"".join(response) if response.streaming else response.content
            except Exception as broken:
                where = broken.__traceback__
                while where.tb_next:
                    where = where.tb_next
                place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}"
                self.note(f"{type(broken).__name__} {str(broken)[:300]} at {place}", said)
                return
            self.look(response, content, said, expected, odd_path, written.tables)
            if response.status_code == 302 and expected in (200, 302) and row.method == "POST":
                self.follow(part, response["Location"], said)

    def odd_path(self):
        parts = self.url.split("/")
        at = self.rng.choice([number for number, part in enumerate(parts) if part] or [0])
        return "/".join([*parts[:at], hostile.segment(self.rng), *parts[at + 1 :]])

    def look(self, response, content, said, expected, odd_path, tables):
        status = response.status_code
        may = expected in (200, 302)
        answers = ANSWERS[self.row.method] if may else {expected} | REFUSED_INPUT
        if odd_path:
            answers = answers | {200, 302, 403, 404, 405}  # another number is another record: it may be theirs
        if status not in answers:
            self.note(f"answers {status} where the table says {expected}", said)
        by_opening = OPENING if may and self.row.method == "GET" else set()
        if (not may or self.row.method == "GET") and not odd_path and not tables <= ANYBODY | by_opening:
            self.note(f"stores {sorted(tables - ANYBODY)} for who may not, or by GET", said)
        if status >= 400 and self.row.method == "POST" and tables - ANYBODY:
            self.note(f"stores {sorted(tables - ANYBODY)} though it answers {status}", said)
        self.look_at_page(response, content, said)

    def look_at_page(self, response, content, said):
        if response.status_code < 500 and b"Traceback (most recent call last)" in content:
            self.note("shows a traceback", said)
        if "html" not in response.get("Content-Type", "") or not content:
            return
        if not response.get("Content-Security-Policy", "").startswith("default-src 'none'"):
            self.note("has no content security policy", said)
        if response.status_code in (403, 404) and len(content) < 100:
            return  # bare, from tests.house_rules.urls
        for wrong in hostile.wrong_with(content.decode(response.charset)):
            self.note(wrong, said)

    def follow(self, part, location, said):
        try:
            page = self.client(part).get(location)
            content = b"".join(page) if page.streaming else page.content
        except Exception as broken:
            self.note(f"{type(broken).__name__} {str(broken)[:300]} on the page it leads to, {location}", said)
            return
        if page.status_code >= 500:
            self.note(f"the page it leads to answers {page.status_code}", said)
        self.look_at_page(page, content, said)

    def note(self, what, said):
        if what not in self.faults:
            watch(f"{self.row.method} {self.row.route}: {what}\n    {said}")
        self.faults.setdefault(what, said)

    def told(self):
        return "\n".join(f"{what}\n    {said}" for what, said in self.faults.items())
