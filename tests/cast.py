"""The fixed cast: the people of an invented partnership, in every role, and those who must see nothing.

`make_cast()` makes them all, and returns a `Cast`: `cast.referrer`, `cast.panel_la` … (a person each), `cast.hospital`
… (an agency each), `cast.ours` and `cast.theirs` (who refers and who approves at either of two agencies).
"""

from types import SimpleNamespace

from partnership.models import Agency, Appointment, Partner
from partnership.roles import Role
from tests.factories.people import Agencies, Appointments, person_with

Kind = Agency.Kind


class Cast(SimpleNamespace):
    """Everybody, by the name of their part."""

    def person(self, part):
        """This will return who plays a part of the permission table, or None where nobody is signed in."""
        return {"signed_out": None, "no_second_factor": self.coordinator}.get(part) or getattr(self, part, None)


def make_cast():
    """This will make the agencies, the people, their roles and the appointment register."""
    unit = Agencies(name="Harrowmere Partnership Business Unit", kind=Kind.BUSINESS_UNIT)
    hospital = Agencies(name="Harrowmere General Hospital", services=["hospital"])
    trust = Agencies(name="Thistledown Community Trust", services=["health_visitor", "school_nurse"])
    housing = Agencies(name="Larkspur Homes", kind=Kind.OTHER, services=["housing"])
    council = Agencies(
        name="Harrowmere Council",
        kind=Kind.LOCAL_AUTHORITY,
        partner=Partner.LOCAL_AUTHORITY,
        services=["childrens_social_care"],
    )
    icb = Agencies(name="Harrowmere Integrated Care Board", partner=Partner.ICB)
    police = Agencies(name="Harrowmere Constabulary", kind=Kind.POLICE, partner=Partner.POLICE, services=["police"])
    primary = Agencies(name="Foxglove Primary School", kind=Kind.EDUCATION, services=["primary_school"])
    reviews = Agencies(name="Brackenfield Reviews", kind=Kind.OTHER, inside_area=False)

    cast = Cast(
        unit=unit,
        hospital=hospital,
        trust=trust,
        housing=housing,
        council=council,
        icb=icb,
        police=police,
        primary=primary,
        reviews=reviews,
        business_manager=person_with("Maya Underwood", Role.BUSINESS_MANAGER, agency=unit),
        coordinator=person_with("Colm Ferris", Role.BUSINESS_COORDINATOR, agency=unit),
        referrer=person_with("Rhea Castellan", Role.REFERRER, agency=hospital, job_title="Named nurse"),
        approver=person_with("Alder Prentice", Role.APPROVER, agency=hospital, job_title="Director of nursing"),
        other_referrer=person_with("Otto Nightingale", Role.REFERRER, agency=trust),
        other_approver=person_with("Orla Wintour", Role.APPROVER, agency=trust),
        other_lead=person_with("Osian Pike", Role.AGENCY_LEAD, agency=trust),
        agency_lead=person_with("Lena Hollis", Role.AGENCY_LEAD, agency=housing),
        second_lead=person_with("Lucas Ambry", Role.AGENCY_LEAD, agency=housing),
        panel_la=person_with("Petra Lindqvist", Role.PANEL_MEMBER, agency=council, job_title="Assistant director"),
        panel_icb=person_with("Pavel Ormond", Role.PANEL_MEMBER, agency=icb, job_title="Designated nurse"),
        panel_police=person_with("Priya Stroud", Role.PANEL_MEMBER, agency=police, job_title="Superintendent"),
        alternate=person_with("Alun Marsh", Role.PANEL_MEMBER, agency=police, job_title="Detective chief inspector"),
        partner_la=person_with("Delia Ravenscroft", Role.DELEGATED_PARTNER, agency=council),
        partner_icb=person_with("Dominic Yarrow", Role.DELEGATED_PARTNER, agency=icb),
        partner_police=person_with("Dana Kestrel", Role.DELEGATED_PARTNER, agency=police),
        deputy=person_with("Della Quince", Role.DELEGATED_PARTNER, agency=icb),
        la_notifier=person_with("Nell Thackeray", Role.LA_NOTIFIER, agency=council),
        reviewer=person_with("Rowan Beck", Role.REVIEWER, agency=reviews),
        scrutineer=person_with("Silas Greenhow", Role.SCRUTINEER, agency=reviews),
        manager=person_with("Mona Archer", Role.MANAGER, agency=council),
        school=person_with("Sheila Tansy", Role.SCHOOL, agency=primary),
        administrator=person_with("Ada Wickham", Role.ADMINISTRATOR, agency=unit),
        deactivated=person_with("Former Colleague", Role.BUSINESS_MANAGER, agency=unit, is_active=False),
    )
    register(cast)
    cast.ours = SimpleNamespace(referrer=cast.referrer, approver=cast.approver, agency=hospital)
    cast.theirs = SimpleNamespace(referrer=cast.other_referrer, approver=cast.other_approver, agency=trust)
    return cast


def register(cast):
    """This will write the appointment register: who sits on the Virtual Panel, who decides, who stands in."""
    appointments = Appointment.Kind
    for part, partner in (("la", "la"), ("icb", "icb"), ("police", "police")):
        member, delegated = getattr(cast, f"panel_{part}"), getattr(cast, f"partner_{part}")
        Appointments(kind=appointments.VIRTUAL_PANEL, user=member, partner=partner)
        Appointments(kind=appointments.DELEGATION, user=delegated, partner=partner)
    Appointments(kind=appointments.ALTERNATE, user=cast.alternate, for_user=cast.panel_police, partner="police")
    Appointments(kind=appointments.DEPUTY, user=cast.deputy, for_user=cast.partner_icb, partner="icb")
