"""Every form of the permission table, filled with what nobody should send: a thousand times a route.

Whole requests are sent a hundred times a route (test_every_address); what they spend on everything around the form is
saved here: the page's own form is given the same hostile values and checked, and its messages are written out.
"""

import random
import re
import time

import pytest
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http.multipartparser import MultiPartParserError
from django.test import RequestFactory
from django.urls import resolve

from casework import keys
from casework.views import OneForm
from tests.house_rules.urls import every_route
from tests.house_rules.world import ROWS, undone
from tests.soak import hostile
from tests.soak.amount import SECONDS, SEED
from tests.soak.sender import Sender, share_of

pytestmark = pytest.mark.soak

OF_A_ROUTE = 1000
AT_ONCE = 20
"""How many a page takes before it is opened anew: a form over a record writes what was typed onto it."""
REFUSED = (TooManyFieldsSent, TooManyFilesSent, RequestDataTooBig, MultiPartParserError)


def is_form_of_ours(row):
    view = getattr(every_route()[row.route.partition(":")[0]], "view_class", None)
    return row.method == "POST" and view is not None and issubclass(view, OneForm)


POSTED = [row for row in ROWS if is_form_of_ours(row)]


class Filler(Sender):
    """Fills the form of one row's page as somebody who may, in the page's own view."""

    def fill(self, times, *, until):
        for number in range(0, times, AT_ONCE):
            if number and until():
                break
            with undone():
                self.fill_some(min(AT_ONCE, times - number))

    def fill_some(self, times):
        """Open the page, and fill its form so many times."""
        part = (self.allowed or self.parts)[0]
        form, _ = self.asked(part)
        view = self.view_as(self.world.cast.person(part))
        for _ in range(times):
            answers = self.route.answers(self.record, self.world.cast, part) if self.rng.random() < 0.7 else {}
            values = hostile.values(self.rng, form | answers, keys.FIELD)
            self.sent += 1
            said = f"{self.row.route}: {str(values)[:700]}"
            try:
                sent = RequestFactory().post(self.url, values)
                filled = view.get_form(sent.POST, sent.FILES)
                shown = "" if filled.is_valid() else str(filled.errors)
            except REFUSED:
                continue
            except Exception as broken:
                self.note(f"{type(broken).__name__} {re.sub(r'0x[0-9a-f]+', '', str(broken))[:200]}", said)
                continue
            for wrong in hostile.wrong_with(shown):
                self.note(wrong, said)

    def view_as(self, user):
        """The view of this address as it is when this person has opened it."""
        match = resolve(self.url)
        request = RequestFactory().get(self.url)
        request.user, request.resolver_match, request.session = user, match, {}
        view = match.func.view_class()
        view.setup(request, *match.args, **match.kwargs)
        if hasattr(view, "find"):
            view.find()
        return view


@pytest.mark.parametrize("row", POSTED, ids=[row.route for row in POSTED])
def test_nothing_typed_breaks_a_form(row, world, record_property):
    end = time.monotonic() + (SECONDS / len(POSTED) if SECONDS else 10**6)
    filler = Filler(row, world, random.Random(f"{SEED} form {row.route}"))
    filler.fill(share_of(row, OF_A_ROUTE), until=lambda: time.monotonic() > end)
    record_property("forms filled", filler.sent)
    assert filler.sent
    assert not filler.faults, f"SOAK_SEED={SEED} {row.route}\n{filler.told()}"
