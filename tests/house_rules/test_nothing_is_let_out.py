"""No field of a case is in an e-mail, a log line or an address, from the first line of a case to its end."""

import logging
import re

import pytest
from django.db.models import CharField, TextField
from django.urls import reverse

from notifications.models import Notice
from tests.client import Visitor
from tests.factories import reports, situations
from tests.moments import london
from trail.models import Reading

MARKER = re.compile(r"MRK|q[0-9a-f]{8}|SECRET|ZZ98", re.IGNORECASE)
SECRET = {"text": "SECRET-PLACE 7", "postcode": "ZZ98 7QX", "confidential": True}
# Dates of birth and death of the children of the situations, however they are written.
DATES = re.compile(r"19 March 2017|19/0?3/2017|2017-03-19")


def let_out(text):
    found = MARKER.search(text) or DATES.search(text)
    return found[0] if found else ""


class Heard(logging.Handler):
    """Every log record, as it was before anything is left out of it."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines = []

    def emit(self, record):
        self.lines.append(f"{record.name}: {record.getMessage()} {record.args!r} {record.exc_text or ''}")


@pytest.fixture
def heard():
    """All that a deployment with LOG_LEVEL=DEBUG would log: the settings hold Django's own loggers at WARNING."""
    handler, root = Heard(), logging.getLogger()
    before = root.level
    assert logging.getLogger("django").level == logging.WARNING
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(before)


def test_the_markers_are_there_to_be_found(cast):
    referral = situations.draft(cast)
    texts = [
        field.value_from_object(record)
        for record in (referral, *referral.children.order_by("pk"), *referral.carers.order_by("pk"))
        for field in record._meta.concrete_fields
        if isinstance(field, CharField | TextField) and not field.choices and field.editable
    ]
    known = {referral.referrer_organisation, ""}
    assert all(let_out(str(text)) for text in texts if text and text not in known)
    assert let_out("born 19 March 2017") == "19 March 2017"
    assert let_out("RF-2026-001: a referral was received") == ""


def test_from_referral_to_national_panel_no_e_mail_and_no_log_line_holds_a_word_of_the_case(cast, heard):
    reports.review_closed(cast, children=[{"home_address": SECRET}], place=SECRET)
    for make in (situations.more_information, situations.additional, situations.no_further_action, situations.returned):
        make(cast, children=[{"home_address": SECRET}])
    notices = list(Notice.objects.order_by("pk"))
    assert len({notice.kind for notice in notices}) > 15
    wrong = {(notice.kind, let_out(notice.subject + notice.body)) for notice in notices}
    assert {pair for pair in wrong if pair[1]} == set()
    assert [line for line in heard if let_out(line)] == []


def test_what_is_typed_refused_or_looked_for_is_in_no_log_line_and_no_access_log(cast, heard, clock):
    referral = situations.empty(cast)
    visitor, address = Visitor(cast.referrer), reverse("fill-in", args=[referral.reference, "incident"])
    visitor.must_send(address, outline="MRK-typed")
    visitor.send(address, outline="MRK-refused", **{"incident_on-day": "MRK-day"})
    visitor.post(address, {"outline": "MRK-without-a-key"})
    Visitor(cast.other_lead).post(address, {"outline": "MRK-not-theirs"})
    clock.move_to(london("2026-12-11 15:00"))
    visitor.post(address, {"outline": "MRK-too-late"})
    assert heard
    assert [line for line in heard if let_out(line)] == []
    read = Reading.objects.values_list("what", "reference", "case")
    assert [line for line in read if let_out(" ".join(line))] == []
