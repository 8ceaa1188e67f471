"""The lists of referrals: columns, filters and order."""

from design import forms
from design.lists import Column, Listing
from referrals.models import Referral


class ReferralFilters(forms.Form):
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=Referral.Status.choices,
        widget=forms.Select(empty_label="Any status"),
    )


REFERRALS = Listing(
    name="referrals",
    nouns=("referral", "referrals"),
    columns=[
        Column("Reference", "reference", sort="reference", url=lambda row: row.get_absolute_url()),
        Column("Status", "get_status_display", sort="status"),
        Column(
            "Referring agency",
            lambda row: row.agency.name if row.agency else row.referrer_organisation,
            sort="agency__name",
        ),
        Column("Received", "received_at", sort="received_at", kind="date"),
        Column("Opened by", "opened_by.full_name"),
    ],
    filters=ReferralFilters,
    filter_by={"status": "status"},
    order="-reference",
)
