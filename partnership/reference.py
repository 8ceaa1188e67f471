"""What must be in the database before anybody signs in: the partnership itself."""

from partnership.models import Partnership
from trail.models import save


def load(*, on):
    """This will make the one partnership, with invented particulars to be replaced, if there is none yet."""
    if Partnership.objects.exists():
        return "the partnership is there"
    partnership = Partnership(
        name="Harrowmere Safeguarding Children Partnership",
        short_name="Harrowmere SCP",
        local_authorities=["E08000004"],
        email="business.unit@harrowmere-scp.example",
        telephone="0161 496 0100",
        urgent_contact="the police on 999, or Harrowmere children’s social care on 0161 496 0199, day and night",
        letter_signatory="Chair of the Partnership",
        mediator="Independent Scrutineer",
        national_panel_email="rapid.reviews@national-panel.example",
    )
    save(partnership, by=None, on=on, reason="made when the hub was set up")
    return "made the partnership"
