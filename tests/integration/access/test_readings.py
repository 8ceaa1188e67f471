"""Who looked at what: one line of the access log for each look, the refused ones too."""

from django.test import RequestFactory

from access import can
from tests.client import Visitor
from tests.factories import situations
from tests.moments import london
from trail import models as trail


def test_looking_is_logged_who_what_and_from_where(cast):
    referral = situations.screened(cast)
    Visitor(cast.business_manager).read(referral)
    reading = trail.Reading.objects.get(by=cast.business_manager)
    assert (reading.reference, reading.case, reading.allowed) == (referral.reference, referral.case.reference, True)
    assert (reading.what, reading.address) == ("referral", "127.0.0.1")


def test_a_look_that_was_refused_is_logged_too(cast):
    referral = situations.screened(cast)
    assert Visitor(cast.other_lead).get(referral).status_code == 404
    assert Visitor(cast.other_lead).get("/referrals/RF-2026-999/").status_code == 404
    refused = trail.Reading.objects.filter(by=cast.other_lead, allowed=False).order_by("pk")
    assert [reading.reference for reading in refused] == [referral.reference, "RF-2026-999"]
    assert {reading.case for reading in refused} == {""}, "a refused look learns nothing of the case"


def test_what_is_longer_than_the_log_is_cut(cast):
    request = RequestFactory().get("/")
    request.user = cast.referrer
    on = london("2026-12-11 14:00")
    can.log_reading(request, reference="R" * 101, case="", allowed=False, on=on, what="file " + "n" * 200)
    reading = trail.Reading.objects.get()
    assert (len(reading.reference), len(reading.what)) == (100, 200)
