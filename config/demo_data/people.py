"""Who works at the invented partnership: one account for each role, all of them with one password.

Every name, agency and address is invented; `.example` is nobody's.
"""

from typing import NamedTuple

from partnership.models import Agency
from partnership.roles import Role

PASSWORD = "lantern harbour walnut"  # noqa: S105
DOMAIN = "harrowmere.example"
Kind = Agency.Kind


class Place(NamedTuple):
    """An agency of the demo."""

    name: str
    kind: str
    partner: str = ""
    services: tuple = ()
    inside_area: bool = True
    responds_through: str = ""


class Account(NamedTuple):
    """A person of the demo: how they sign in, who they are and what they are there for."""

    login: str
    name: str
    job: str
    agency: str
    roles: tuple
    what: str = ""

    @property
    def email(self):
        return f"{self.login}@{DOMAIN}"

    @property
    def described(self):
        """The role as the table of accounts names it."""
        return self.what or Role(self.roles[0]).label


UNIT = "Harrowmere SCP Business Unit"
COUNCIL = "Harrowmere Council Children’s Services"
ICB = "Mere Valley Integrated Care Board"
POLICE = "Mere Valley Constabulary"
TRUST = "Harrowmere Hospitals Trust"
COMMUNITY = "Mere Valley Community Health Trust"
SCHOOL = "Harrowmere Larkspur Primary School"
ACADEMY = "Harrowmere Northgate Academy"
PROBATION = "Mere Valley Probation"
HOUSING = "Harrowmere Homes"
REFUGE = "Safe Harbour Harrowmere"
SURGERY = "Millrace Surgery"
ELSEWHERE = "Wexmoor Council Children’s Services"

PLACES = (
    Place(UNIT, Kind.BUSINESS_UNIT),
    Place(COUNCIL, Kind.LOCAL_AUTHORITY, "la", ("childrens_social_care", "early_years", "youth_justice")),
    Place(ICB, Kind.HEALTH, "icb"),
    Place(POLICE, Kind.POLICE, "police", ("police",)),
    Place(TRUST, Kind.HEALTH, "", ("hospital_trust", "midwifery")),
    Place(COMMUNITY, Kind.HEALTH, "", ("health_visitor", "school_nurse", "child_mental_health")),
    Place(SCHOOL, Kind.EDUCATION, "", ("primary_school",)),
    Place(ACADEMY, Kind.EDUCATION, "", ("secondary_school",)),
    Place(PROBATION, Kind.PROBATION, "", ("probation",)),
    Place(HOUSING, Kind.OTHER, "", ("housing",)),
    Place(REFUGE, Kind.VOLUNTARY, "", ("domestic_abuse",), responds_through=COUNCIL),
    Place(SURGERY, Kind.HEALTH, "", ("gp",), responds_through=ICB),
    Place(ELSEWHERE, Kind.LOCAL_AUTHORITY, "", ("childrens_social_care",), inside_area=False),
)

ACCOUNTS = (
    Account("business.manager", "Beatrix Marlowe", "Business Manager", UNIT, (Role.BUSINESS_MANAGER,)),
    Account("coordinator", "Callum Odell", "Business Co-ordinator", UNIT, (Role.BUSINESS_COORDINATOR,)),
    Account("referrer", "Rosalind Pike", "Consultant paediatrician", TRUST, (Role.REFERRER,)),
    Account("approver", "Anselm Croft", "Head of safeguarding", TRUST, (Role.APPROVER,)),
    Account("agency.lead", "Leonie Trask", "Named nurse", TRUST, (Role.AGENCY_LEAD,), "Agency lead, hospital"),
    Account(
        "lead.community", "Corin Hale", "Named nurse", COMMUNITY, (Role.AGENCY_LEAD,), "Agency lead, community health"
    ),
    Account(
        "lead.council",
        "Ottoline Swift",
        "Service manager, quality",
        COUNCIL,
        (Role.AGENCY_LEAD, Role.REFERRER),
        "Agency lead and referrer, council",
    ),
    Account("approver.council", "Bertram Yale", "Head of service", COUNCIL, (Role.APPROVER,), "Approver, council"),
    Account(
        "lead.police", "Petra Lund", "Detective sergeant, reviews", POLICE, (Role.AGENCY_LEAD,), "Agency lead, police"
    ),
    Account("school", "Sidony Brook", "Designated safeguarding lead", SCHOOL, (Role.SCHOOL,)),
    Account("approver.school", "Jocelyn Ware", "Head teacher", SCHOOL, (Role.APPROVER,), "Approver, school"),
    Account(
        "panel.la", "Alder Finch", "Assistant director", COUNCIL, (Role.PANEL_MEMBER,), "Virtual Panel, local authority"
    ),
    Account("panel.icb", "Imogen Dace", "Designated nurse", ICB, (Role.PANEL_MEMBER,), "Virtual Panel, ICB"),
    Account("panel.police", "Conrad Vane", "Superintendent", POLICE, (Role.PANEL_MEMBER,), "Virtual Panel, police"),
    Account(
        "alternate.la", "Hester Quill", "Head of service", COUNCIL, (Role.PANEL_MEMBER,), "Alternate, local authority"
    ),
    Account("alternate.icb", "Magnus Thorn", "Named GP", ICB, (Role.PANEL_MEMBER,), "Alternate, ICB"),
    Account(
        "alternate.police", "Dinah Rook", "Detective chief inspector", POLICE, (Role.PANEL_MEMBER,), "Alternate, police"
    ),
    Account("la.notifier", "Nerys Holt", "Principal social worker", COUNCIL, (Role.LA_NOTIFIER,)),
    Account(
        "partner.la",
        "Lavinia Stone",
        "Director of children’s services",
        COUNCIL,
        (Role.DELEGATED_PARTNER,),
        "Delegated partner, local authority",
    ),
    Account("partner.icb", "Ivo Penhale", "Chief nurse", ICB, (Role.DELEGATED_PARTNER,), "Delegated partner, ICB"),
    Account(
        "partner.police",
        "Prudence Ash",
        "Assistant chief constable",
        POLICE,
        (Role.DELEGATED_PARTNER,),
        "Delegated partner, police",
    ),
    Account(
        "deputy.la", "Dermot Lisle", "Deputy director", COUNCIL, (Role.DELEGATED_PARTNER,), "Deputy, local authority"
    ),
    Account("reviewer", "Ruth Ambrose", "Independent reviewer", UNIT, (Role.REVIEWER,)),
    Account("scrutineer", "Silas Greaves", "Independent Scrutineer", UNIT, (Role.SCRUTINEER,)),
    Account(
        "manager", "Maud Kerridge", "Director of operations", TRUST, (Role.MANAGER,), "Manager (figures, no cases)"
    ),
    Account("administrator", "Adela Frome", "Systems administrator", UNIT, (Role.ADMINISTRATOR,)),
    Account(
        "elsewhere",
        "Eustace Gray",
        "Team manager",
        ELSEWHERE,
        (Role.AGENCY_LEAD,),
        "Agency lead of another area (sees none)",
    ),
)
