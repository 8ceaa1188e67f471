"""Using the hub as a browser does: get a page, take the form that is on it, change answers, send it.

visitor = Visitor(cast.referrer)
page = visitor.get(referral)                       # an address, or anything with get_absolute_url()
answer = visitor.send(url, la_residence="E08000004", referred_on=date(2026, 12, 11))
visitor.must_send(url, …)                          # and it has to lead on; follows to the next page
"""

from datetime import date, datetime

from bs4 import BeautifulSoup
from django.test import Client

from casework import keys
from tests.sign_in import sign_in


class Visitor:
    """One person with a browser; `None` is somebody who has not signed in."""

    def __init__(self, user=None, *, checks_csrf=False):
        self.user = user
        self.client = Client(enforce_csrf_checks=checks_csrf, raise_request_exception=True)
        if user is not None:
            sign_in(self.client, user)

    def get(self, address, **options):
        """This will open a page."""
        return self.client.get(path_of(address), **options)

    def read(self, address):
        """This will open a page, which has to be there, and return it parsed."""
        response = self.get(address)
        assert response.status_code == 200, f"{path_of(address)} answered {response.status_code}"
        return parsed(response)

    def text(self, address):
        """This will open a page and return the words in its main part, spaces joined."""
        return words(self.read(address))

    def form(self, address, **options):
        """This will open a page and return what its form would send as it stands."""
        return fields_of(parsed(self.get(address, **options)))

    def post(self, address, values=None, **options):
        """This will send these very values."""
        return self.client.post(path_of(address), values or {}, **options)

    def send(self, address, **answers):
        """This will open a page, change answers in its form, and send it; see `changed` for dates and files."""
        return self.post(address, changed(self.form(address), answers))

    def must_send(self, address, **answers):
        """This will send a form that has to be accepted, and return where it led."""
        response = self.send(address, **answers)
        assert response.status_code == 302, f"{path_of(address)}: {response.status_code}: {said(response)}"
        return response["Location"]

    def sign_out(self):
        """This will end the session, as half an hour without a click does."""
        self.client.session.flush()


def path_of(address):
    return address if isinstance(address, str) else address.get_absolute_url()


def parsed(response):
    """This will parse a page."""
    return BeautifulSoup(response.content, "lxml")


def words(page):
    """This will return the words of a page's main part (or of the whole, without one), spaces joined."""
    if not isinstance(page, BeautifulSoup):
        page = parsed(page)
    return " ".join((page.find("main") or page).get_text(" ").split())


def said(response):
    """This will return what a page says is wrong, else the beginning of what it says."""
    summary = parsed(response).select_one(".govuk-error-summary")
    return " ".join(summary.get_text(" ").split()) if summary else words(response)[:400]


def problems(response):
    """This will return the error summary as [(what it says, where it leads)], in its order."""
    return [(link.get_text(strip=True), link["href"]) for link in parsed(response).select(".govuk-error-summary a")]


def fields_of(page, *, needed=True):
    """This will return what the page's own form (not the one that signs out) would send if nothing was changed."""
    forms = [form for form in page.select("main form, form") if form.find(attrs={"name": keys.FIELD})]
    forms = forms or [form for form in page.select("main form") if form.get("method") == "post"]
    if not forms and not needed:
        return {}
    assert forms, f"no form on “{page.title.get_text(strip=True) if page.title else page.get_text()[:200]}”"
    values = {}
    for part in forms[0].select("input[name], textarea[name], select[name]"):
        name, kind = part["name"], part.get("type", "text")
        if part.has_attr("disabled") or kind in ("submit", "file", "button"):
            continue
        if kind in ("checkbox", "radio"):
            if part.has_attr("checked"):
                values.setdefault(name, []).append(part.get("value", "on"))
        elif part.name == "select":
            chosen = [option.get("value", "") for option in part.select("option[selected]")]
            values[name] = chosen or [option.get("value", "") for option in part.select("option")[:1]]
        elif part.name == "textarea":
            values[name] = part.get_text().removeprefix("\n")
        else:
            values[name] = part.get("value", "")
    return {name: value[0] if isinstance(value, list) and len(value) == 1 else value for name, value in values.items()}


def changed(values, answers):
    """This will put answers into a form's values: a date fills its boxes, None clears, a list ticks several."""
    values = dict(values)
    for name, value in answers.items():
        if isinstance(value, datetime):
            values |= {f"{name}-time": value.strftime("%H:%M")} | boxes(name, value)
        elif isinstance(value, date):
            values |= boxes(name, value)
        elif value is None:
            for each in [each for each in values if each == name or each.startswith(f"{name}-")]:
                del values[each]
        elif value is True:
            values[name] = "on"
        else:
            values[name] = value
    return values


def boxes(name, day):
    """This will return a date as its three boxes send it."""
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def form_key(user):
    """This will return a fresh form key of this person, for a POST without its page."""
    return keys.new_key(user)
