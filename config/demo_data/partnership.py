"""Makes the agencies, the people with their second factor, and the appointment register."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password

from config.demo_data.people import ACCOUNTS, DOMAIN, PASSWORD, PLACES
from deadlines.rules import london_day
from partnership import second_factor
from partnership.models import Agency, Appointment, Membership, User
from trail.models import save

REASON = "made for the demo"
BEGAN = timedelta(days=500)

REGISTER = (
    # kind, who, for whom, partner, authority given by
    ("delegation", "partner.la", "", "la", "Chief executive’s letter"),
    ("delegation", "partner.icb", "", "icb", "Chief executive’s letter"),
    ("delegation", "partner.police", "", "police", "Chief constable’s letter"),
    ("deputy", "deputy.la", "partner.la", "la", "Director of children’s services"),
    ("virtual_panel", "panel.la", "", "la", "Director of children’s services"),
    ("virtual_panel", "panel.icb", "", "icb", "Chief nurse"),
    ("virtual_panel", "panel.police", "", "police", "Assistant chief constable"),
    ("alternate", "alternate.la", "panel.la", "la", "Director of children’s services"),
    ("alternate", "alternate.icb", "panel.icb", "icb", "Chief nurse"),
    ("alternate", "alternate.police", "panel.police", "police", "Assistant chief constable"),
)


class World:
    """The people and agencies of the demo: `world["referrer"]`, `world.agencies[name]`."""

    def __init__(self):
        self.people, self.agencies = {}, {}

    def __getitem__(self, login):
        return self.people[login]


def make(*, now):
    """This will make everybody and everything that was there before the first case."""
    world, on = World(), now - BEGAN
    since = london_day(on)
    for place in PLACES:
        world.agencies[place.name] = save(
            Agency(
                name=place.name,
                kind=place.kind,
                partner=place.partner,
                services=list(place.services),
                inside_area=place.inside_area,
                responds_through=world.agencies.get(place.responds_through),
                email=f"safeguarding.{len(world.agencies) + 1}@{DOMAIN}",
                escalation_name="Duty safeguarding manager",
                escalation_email=f"escalation.{len(world.agencies) + 1}@{DOMAIN}",
            ),
            by=None,
            on=on,
            reason=REASON,
        )
    password = make_password(PASSWORD)  # slow on purpose, and the same for all
    for number, account in enumerate(ACCOUNTS, 1):
        person = User(
            email=account.email,
            full_name=account.name,
            job_title=account.job,
            telephone=f"0161 496 0{200 + number}",  # numbers kept for fiction
            password=password,
        )
        world.people[account.login] = save(person, by=None, on=on, reason=REASON)
        second_factor.enrol(person)
        for role in account.roles:
            held = Membership(user=person, agency=world.agencies[account.agency], role=role, from_on=since)
            save(held, by=None, on=on, reason=REASON)
    for kind, who, for_whom, partner, authority in REGISTER:
        line = Appointment(
            kind=kind,
            user=world[who],
            for_user=world.people.get(for_whom),
            partner=partner,
            from_on=since,
            authority=authority,
        )
        save(line, by=None, on=on, reason=REASON)
    return world
