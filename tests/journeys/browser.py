"""What every journey asks of every page, and a person's hands in it: answering questions by their words."""

import re
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve
from playwright.sync_api import expect

from tests.sign_in import sign_in_browser

RECORDED = set()
"""The URL names of the pages that went through `page_ok` in this run."""

LOOKED_AT = set()
"""What axe has seen: (URL name, title, about how much is on it); the same page of the same size is seen once a run."""

WHAT_IS_THERE = """() => [
  document.title,
  document.querySelectorAll("main *").length,
  [...document.querySelectorAll(".govuk-error-summary__list a[href^='#']")].map(link => link.getAttribute("href")),
]"""

CAN_TAKE_FOCUS = """address => {
  const target = document.getElementById(address.slice(1));
  if (!target) return "is not on the page";
  target.focus();
  return document.activeElement === target ? "" : "does not take focus";
}"""

FIND_QUESTION = """question => {
  const words = element => element.textContent.trim().replace(/\\s+/g, " ");
  const shown = element => element.getClientRects().length > 0;
  const main = document.querySelector("main");
  for (const legend of main.querySelectorAll("legend")) {
    if (words(legend) !== question || !shown(legend)) continue;
    const fieldset = legend.closest("fieldset");
    const boxes = [...fieldset.querySelectorAll(":scope > .govuk-date-input input")];
    if (boxes.length) return ["date", boxes.map(box => box.id)];
    const options = fieldset.querySelectorAll(":scope > [data-module] > div > input");
    if (options.length) return ["options", Object.fromEntries([...options].map(one => [words(one.labels[0]), one.id]))];
  }
  for (const label of main.querySelectorAll("label")) {
    if (words(label) !== question || !shown(label)) continue;
    const kind = label.control.tagName === "SELECT" ? "select" : label.control.type;
    return [kind, [label.control.id]];
  }
}"""


def page_ok(page, *, narrow=False, scripted=True):
    """This will look at the page as it stands: accessibility, console, where its error links lead, its width.

    `narrow` also squeezes it to 320 pixels. Records the page's URL name. `scripted` says whether the browser runs
    scripts.
    """
    where = urlsplit(page.url).path
    RECORDED.add(resolve(where).view_name)
    title, size, error_links = page.evaluate(WHAT_IS_THERE)
    kind = (resolve(where).view_name, title, size // 100)
    if scripted and kind not in LOOKED_AT:  # axe itself is a script
        LOOKED_AT.add(kind)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{where}\n{found.generate_report()}"
    assert not page.troubles, f"{where}: {page.troubles}"
    for address in error_links:
        wrong = page.evaluate(CAN_TAKE_FOCUS, address)
        assert not wrong, f"{where}: the error summary leads to {address}, which {wrong}"
    if narrow:
        wide = page.viewport_size
        page.set_viewport_size({"width": 320, "height": 800})
        across = page.evaluate("document.documentElement.scrollWidth")
        assert across <= 320, f"{where} is {across} pixels across on a screen of 320"
        page.set_viewport_size(wide)


def watched(page):
    """This will collect in `page.troubles` what the browser complains of: scripts, policies, files not found."""
    page.troubles = []

    def on_console(message):
        # The page's own status (404, 409, 422) is what a test asks for; the browser calls it an error.
        own_status = message.text.startswith("Failed to load resource") and message.location.get("url") == page.url
        if message.type in ("error", "warning") and not own_status:
            page.troubles.append(message.text)

    page.on("console", on_console)
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    return page


class Person:
    """Somebody at a browser of their own: goes to pages, answers questions, presses buttons."""

    def __init__(self, context, address, user=None, *, scripted=True, looks=True):
        self.context, self.address, self.scripted, self.looks = context, address, scripted, looks
        self.page = watched(context.new_page())
        self.been = []
        if user is not None:
            sign_in_browser(context, address, user)

    def look(self, **options):
        """This will check the page shown and remember its address."""
        self.been.append(urlsplit(self.page.url).path)
        if self.looks:
            page_ok(self.page, scripted=self.scripted, **options)
        return self

    def goes_to(self, path, **options):
        self.page.goto(self.address + path)
        return self.look(**options)

    def follows(self, words, **options):
        """This will follow the link of these words (or the first of several); it may look like a button."""
        found = [self.page.get_by_role(role, name=words, exact=True) for role in ("link", "button")]
        with self.page.expect_navigation():
            found[0].or_(found[1]).first.click()
        return self.look(**options)

    def takes_up(self, what, reference, **options):
        """This will go to "Your work" and follow the line that asks for this."""
        self.page.goto(self.address)
        line = self.page.get_by_role("row").filter(has_text=what).filter(has_text=reference)
        with self.page.expect_navigation():
            line.get_by_role("link").first.click()
        return self.look(**options)

    def presses(self, words, **options):
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words, exact=True).click()
        return self.look(**options)

    def answers(self, questions):
        """This will answer questions, each by its label or legend."""
        for question, answer in questions.items():
            self.answer(question, answer)
        return self

    def answer(self, question, answer):
        """This will give one answer: a text, a date, a (date, time), a list of options, True for a box to tick."""
        kind, ids = self.find(question)
        if kind == "date":
            day, *time = answer if isinstance(answer, tuple) else (answer,)
            for box, value in zip(ids, [day.day, day.month, day.year, *time], strict=True):
                self.input(box).fill(str(value))
        elif kind == "options":
            for option in [answer] if isinstance(answer, str) else answer:
                assert option in ids, f"“{question}” offers {list(ids)}, not “{option}”"
                self.input(ids[option]).check()
        elif kind == "checkbox":
            self.input(ids[0]).set_checked(answer)
        elif kind == "file":
            self.input(ids[0]).set_input_files(answer)
        elif kind == "select":
            self.input(ids[0]).select_option(label=answer)
        else:
            self.input(ids[0]).fill(answer)

    def find(self, question):
        """This will find a visible question by its words: (kind, the ids of its inputs)."""
        found = self.page.evaluate(FIND_QUESTION, question)
        assert found, f"no question “{question}” on {self.page.url}"
        return found

    def input(self, id):
        return self.page.locator(f'[id="{id}"]')

    def says_why(self, question, why):
        """This will open “Not known? Say why” beside a question and say it."""
        hint = f"({question})"
        main = self.page.locator("main")
        details = main.locator("details", has=self.page.locator("summary", has_text=hint))
        details.locator("summary").click()
        details.get_by_label("Why is it not known?").fill(why)
        return self

    def opens(self, words):
        """This will open what lies behind a summary, if it is closed."""
        details = self.page.locator("main details", has=self.page.locator("summary", has_text=words)).first
        if details.get_attribute("open") is None:
            details.locator("summary").click()
        return self

    def text(self, within="main"):
        """This will return the words of the page as it stands."""
        return " ".join(self.page.locator(within).text_content().split())

    def reads(self, *words):
        """This will see these words on the page."""
        text = self.text()
        missing = [each for each in words if " ".join(each.split()) not in text]
        assert not missing, f"{self.page.url} does not say {missing}, but: {text}"
        return self

    def does_not_read(self, *words):
        text = self.text("body")
        found = [each for each in words if " ".join(each.split()) in text]
        assert not found, f"{self.page.url} says {found}"
        return self

    def has_heading(self, words):
        expect(self.page.get_by_role("heading", level=1)).to_have_text(re.compile(re.escape(words)))
        return self

    def problems(self):
        """This will return what the error summary says, which has to be there."""
        summary = self.page.locator(".govuk-error-summary__list li")
        expect(summary.first).to_be_visible()
        return summary.all_inner_texts()

    def downloads(self, words):
        """This will follow a link to a file and return the file's bytes."""
        link = self.page.get_by_role("link", name=words, exact=True).first
        self.been.append(link.get_attribute("href"))
        with self.page.expect_download() as download:
            link.click()
        return download.value.path().read_bytes()

    def status_of(self, path):
        """This will return the status that a page answers with."""
        return self.page.request.get(self.address + path, max_redirects=0).status
