"""Whose words stand where: the markers of every case and agency, and who may find them on a page. Written by hand.

- A page about one case shows no word of another case, to nobody; but to the business team where it looks for
  duplicates.
- What an agency wrote is its own and the business team's until the pack is issued; the chair reads it once the
  chronology is shared; nobody outside the case's readers ever does.
- What one Virtual Panel member thinks is their own and the business team's until the decision.
"""

import re
from collections import defaultdict

from django.apps import apps
from django.db.models import CharField, JSONField, TextField
from django.utils import timezone

from rapid_reviews.models import AgencySummary, RapidReview
from referrals.models import PanelView, Referral

MARKER = re.compile(r"q[0-9a-f]{8}")
TEAM = ("business_manager", "coordinator")
UNDECIDED = {*Referral.EDITABLE, Referral.Status.WITH_PANEL}


WAYS = {
    "brought": "brought__summary__review",
    "summary": "summary__review",
    "meeting": "meeting__review",
    "review": "review",
    "referral": "referral",
}
"""From a row to the record of work it belongs to."""


def whose():
    """This will return {marker: every (row, work) that says it}, of all that is stored now."""
    found = defaultdict(list)
    for model in apps.get_models():
        if model._meta.app_label not in ("referrals", "rapid_reviews") or model.__name__.startswith("Historical"):
            continue
        fields = model._meta.concrete_fields
        names = [field.attname for field in fields if isinstance(field, CharField | TextField | JSONField)]
        way = next((way for way in WAYS if way in [field.name for field in fields]), None)
        is_work = model in (Referral, RapidReview, AgencySummary)
        if way is None and not is_work:  # of no case: what an agency calls its columns
            continue
        for row in model.objects.select_related("review" if model is AgencySummary else WAYS.get(way)).order_by("pk"):
            work = row if is_work else getattr(row, way)
            work = work.summary if way == "brought" else work
            work = work.review if hasattr(work, "review") and not isinstance(work, AgencySummary) else work
            for code in set(MARKER.findall(" ".join(str(getattr(row, name)) for name in names))):
                found[code].append((row, work))
    return found


def may_find(part, user, led, case, row, work, *, compares):
    """This will say whether a page about this case may show this person what this row of this work says.

    `led` are the agencies whose safeguarding lead they are.
    """
    if case != work.case_id:
        return compares and part in TEAM
    if part in TEAM:
        return True
    if isinstance(work, AgencySummary):
        if work.agency_id in led or user.pk in (work.author_id, work.approver_id):
            return True
        if work.review.status != RapidReview.Status.GATHERING:
            return True
        return user.pk == work.review.chair_id
    if isinstance(row, PanelView):
        return row.member_id == user.pk or work.status not in UNDECIDED
    return True


def strangers(text, part, user, case, known, *, compares=False):
    """This will list the markers in a page's text that this person may not find on a page about this case."""
    led = user.leads(timezone.localdate())
    return [
        f"{part}: {code} of {known[code][0][0]._meta.label}"
        for code in sorted(set(MARKER.findall(text)))
        if code in known and not any(may_find(part, user, led, case, *each, compares=compares) for each in known[code])
    ]
