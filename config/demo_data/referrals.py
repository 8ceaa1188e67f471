"""Cases that are still referrals: one function each, from a form half filled in to one that ended.

All of it is invented. Every function takes the people (`world`) and the moments (`when`), and moves its referral
through the workflow as its people would have.
"""

from datetime import time

from django.core.files.uploadedfile import SimpleUploadedFile

from casework import files
from config.demo_data.people import COMMUNITY, COUNCIL, HOUSING, POLICE, REFUGE, SCHOOL, SURGERY, TRUST
from config.demo_data.telling import HERE, Telling
from referrals import workflow

NEXT_DOOR = "E08000008"
MILL_BROW = {"text": "77 Mill Brow, Harrowmere", "postcode": "ZZ99 3VZ"}
FULLERS_YARD = {"text": "9 Fuller’s Yard, Harrowmere", "postcode": "ZZ99 3WZ"}
WEIR_COURT = {"text": "Flat 6, Weir Court, Harrowmere", "postcode": "ZZ99 3WZ"}
ROWAN_HOUSE = {"text": "Rowan House", "postcode": "ZZ99 3WZ", "confidential": True}
REFUGE_ROOM = {"text": "Flat 2, Juniper House, Wexmoor", "postcode": "ZZ99 3VZ", "confidential": True}


def _address(text):
    return {"text": f"{text}, Harrowmere", "postcode": "ZZ99 3VZ"}


def passed_on(world, when):
    """The incident happened next door: passed to the partnership there."""
    on = when.on_workday(14, "09:20")
    telling = Telling(world["lead.council"], on).tell(
        la_incident=NEXT_DOOR,
        outline="A boy of 15 who lives in Harrowmere was stabbed at a tram stop in the neighbouring area. He is "
        "expected to lose the use of his hand. Exploitation by an older group is suspected.",
        incident_on=when.day_before(on, 2),
        incident_at_time=time(19, 45),
        place_type="public_place",
        place={"text": "Tram stop, Canal Parade", "postcode": ""},
        factors=["criminal_exploitation", "weapons", "missing"],
    )
    telling.child(
        "Jory Tamblyn",
        date_of_birth=when.born(15, 4),
        birth_sex="1",
        nature="serious_harm",
        circumstance="harm_extra_familial_violence",
        abuse="serious_violence_outside_home",
        home_address=_address("31 Tanyard Row"),
        education="alternative_provision",
        education_attendance="41%",
    )
    referral = telling.send(world["approver.council"])
    workflow.approve(referral, by=world["approver.council"], on=when.on_workday(14, "11:05"))
    by = world["coordinator"]
    workflow.screen(
        referral,
        by=by,
        on=when.on_workday(14, "14:30"),
        complete=True,
        in_our_area=False,
        already_notified="not_known",
        duplicates_checked=True,
        screening_notes="The incident lies outside our area.",
    )
    workflow.pass_on(
        referral,
        by=by,
        on=when.on_workday(14, "15:50"),
        passed_to="Wexmoor Safeguarding Children Partnership",
        passed_at=when.on_workday(14, "15:40"),
        rationale="The incident happened in their area. They have acknowledged it and will ask us for summaries.",
    )


def returned(world, when):
    """The approver wants to know more: back with the school that refers."""
    on = when.on_workday(3, "15:25")
    telling = Telling(world["school"], on).tell(
        outline="A pupil in year 6 told a teaching assistant what has been happening at home since the summer.",
        incident_on=when.day_before(on),
        incident_precision="no_single_event",
        discussed_name="Jocelyn Ware",
        discussed_role="Head teacher",
        factors=["emotional_abuse", "domestic_abuse", "young_carer"],
    )
    telling.child(
        "Elowen Carrick",
        date_of_birth=when.born(10, 2),
        birth_sex="2",
        nature="serious_harm",
        circumstance="other",
        circumstance_other="Long-term emotional harm",
        abuse="emotional",
        home_address=_address("The Lock House"),
        education="primary",
        education_setting=SCHOOL,
    )
    workflow.return_to_referrer(
        telling.send(world["approver.school"]),
        by=world["approver.school"],
        on=when.on_workday(2, "08:40"),
        reason="Say what makes this serious harm, and name the services that already know the family.",
    )


def overdue(world, when):
    """Nobody has screened it: one working day late on whatever day it is looked at."""
    on = when.received_to_be_one_day_late("08:50")
    telling = Telling(world["lead.council"], on).tell(
        outline="A girl of 4 was found by the ambulance crew in a flat without heating, weighing 11 kg, with sores "
        "and untreated decay of the teeth. A health visitor had recorded concern twice this year.",
        incident_on=when.day_before(on),
        place_type="home_address",
        la_aware_on=when.day_before(on),
        la_aware_at_time=time(16, 10),
        la_aware_how="Call from the hospital",
        la_aware_officer="Duty team manager",
        la_reported="being_considered",
        factors=["neglect", "parent_mental_health", "alcohol_parent"],
    )
    telling.child(
        "Tansy Holloway",
        date_of_birth=when.born(4, 5),
        birth_sex="2",
        nature="serious_harm",
        circumstance="harm_neglect",
        abuse="neglect",
        harm="Severe malnutrition; a long-term effect on growth is likely.",
        home_address=WEIR_COURT,
        level_of_help="closed_within_12_months",
        social_work="previous",
    )
    telling.mother("Verity Holloway", date_of_birth=when.born(27, 2))
    for service, name in (("health_visitor", COMMUNITY), ("gp", SURGERY), ("housing", HOUSING)):
        telling.service(service, name, "Tansy and her mother")
    workflow.approve(
        telling.send(world["approver.council"]),
        by=world["approver.council"],
        on=when.received_to_be_one_day_late("10:15"),
    )


def with_the_panel(world, when):
    """Twin brothers: put to the Virtual Panel; a second referral of the same incident joined it."""
    on = when.on_workday(1, "09:05")
    day, born = when.day_before(on), when.born(0, 7)
    telling = Telling(world["referrer"], on).tell(
        outline="Twin boys of 7 months were brought in by ambulance. One died in the resuscitation room; the other "
        "has a subdural haemorrhage and retinal bleeding. The account given does not explain the injuries.\n\n"
        "It meets the criteria: physical abuse is suspected, one child has died and one is seriously harmed.",
        incident_on=day,
        incident_at_time=time(6, 40),
        place_type="home_address",
        place=FULLERS_YARD,
        how_distinct="A child has died and the family was known to four agencies, none of which knew of the others.",
        la_aware_on=day,
        la_aware_at_time=time(9, 30),
        la_aware_how="Strategy discussion",
        la_aware_officer="Team manager, assessment team",
        la_reported="being_considered",
        suspect_name="Ansel Rudge",
        suspect_relationship="parents_partner",
        suspect_charged="no",
        factors=["physical_abuse", "abusive_head_trauma", "domestic_abuse", "parent_care_experienced"],
        other_considerations="A police investigation has begun; the coroner has been told.",
    )
    alike = {
        "date_of_birth": born,
        "birth_sex": "1",
        "abuse": "physical",
        "home_address": FULLERS_YARD,
        "education": "below_school_age",
        "level_of_help": "targeted_early_or_family_help",
        "social_work": "previous",
        "gp_practice": SURGERY,
        "pen_picture": "A smiling baby who had begun to sit up. The twins shared a cot and settled only together.",
    }
    telling.child(
        "Perran Tolliver",
        nature="death",
        circumstance="death_maltreatment_family",
        died_on=day,
        died_at_time=time(7, 55),
        died_where="Harrowmere Hospital",
        **alike,
    )
    telling.child(
        "Jago Tolliver",
        nature="serious_harm",
        circumstance="harm_physical",
        harm="Subdural haemorrhage; in intensive care.",
        **alike,
    )
    telling.mother("Morwenna Tolliver", date_of_birth=when.born(22, 1), address=REFUGE_ROOM, lives_with_now="no")
    telling.sibling(
        "Demelza Tolliver",
        relationship="half_sibling",
        date_of_birth=when.born(4, 10),
        lived_with_then="yes",
        lives_with_now="no",
        education="early_years",
    )
    telling.other("Ansel Rudge", relationship="parents_partner", age=25, lived_with_then="sometimes")
    telling.service("hospital_trust", TRUST, "The twins")
    telling.service("health_visitor", COMMUNITY, "The twins and their mother")
    telling.service("childrens_social_care", COUNCIL, "Demelza", involvement="closed")
    telling.service("domestic_abuse", REFUGE, "The mother")
    telling.service("police", POLICE, "The mother’s partner")
    telling.service("gp", SURGERY, "All of the family")
    telling.process(
        "criminal_investigation",
        contact="Mere Valley Constabulary, major incident team",
        may_share="Ask the senior investigating officer before anything is shared.",
    )
    telling.process("coroner", process_reference="MV/118")
    referral = telling.send(world["approver"])
    workflow.approve(referral, by=world["approver"], on=when.on_workday(1, "09:50"))
    by = world["business.manager"]
    workflow.screen(
        referral,
        by=by,
        on=when.on_workday(1, "11:10"),
        child_reference="HSCP 41 and 42",
        complete=True,
        in_our_area=True,
        already_notified="being_considered",
        duplicates_checked=True,
        screening_notes="Complete. Both criteria appear to be met for both children.",
    )
    workflow.send_to_panel(
        referral,
        by=by,
        on=when.on_workday(1, "11:25"),
        rationale="Look at whether both twins are subject children, and at what the domestic abuse service knew.",
    )
    _second_referral(world, when, referral, died_on=day, born=born)


def _second_referral(world, when, first, *, died_on, born):
    second = Telling(world["lead.police"], when.on_workday(1, "12:40")).tell(
        outline="A child has died and his twin is in intensive care. Officers attended after a call from the hospital.",
        incident_on=died_on,
        discussed="no",
        not_discussed_why="The duty inspector was at the scene.",
    )
    second.child(
        "Peran Tolliver",
        date_of_birth=born,
        birth_sex="1",
        nature="death",
        circumstance="death_other",
        abuse="not_yet_known",
        died_on=died_on,
        home_address=FULLERS_YARD,
    )
    workflow.attach(
        second.send(senior_manager=True),
        by=world["coordinator"],
        on=when.on_workday(1, "13:35"),
        first=first,
        rationale="The same incident, referred by the police as well.",
    )


def withdrawn(world, when):
    """Taken back by the referrer once the injury was explained; the local authority’s own clock runs on."""
    on = when.on_workday(1, "10:30")
    telling = Telling(world["referrer"], on).tell(
        outline="A baby of 5 months with a fracture of the thigh and no account of how it happened.",
        incident_on=when.day_before(on),
        kept_safe="not_needed",
        factors=["physical_abuse"],
    )
    telling.child(
        "Kit Penrose",
        date_of_birth=when.born(0, 5),
        birth_sex="2",
        nature="serious_harm",
        circumstance="harm_physical",
        abuse="physical",
        home_address=_address("2 Ropewalk"),
    )
    referral = telling.send(world["approver"])
    workflow.approve(referral, by=world["approver"], on=when.on_workday(1, "11:00"))
    workflow.withdraw(
        referral,
        by=world["referrer"],
        on=when.on_workday(1, "16:15"),
        reason="The second X-ray and the blood tests show a bone disease. Nobody suspects abuse or neglect any more.",
    )


def more_information(world, when):
    """Screened, and a question put to the referrer."""
    on = when.ago(hours=6)
    telling = Telling(world["lead.council"], on).tell(
        outline="A girl of 16 took an overdose in her placement and is on a ventilator.",
        incident_on=when.day_before(on),
        incident_at_time=time(22, 15),
        place_type="placement",
        place=ROWAN_HOUSE,
        la_aware_on=when.day_before(on),
        factors=["child_emotional_health", "self_harm", "regulated_setting"],
    )
    telling.child(
        "Isolde Marrack",
        date_of_birth=when.born(16, 1),
        birth_sex="2",
        gender_identity="girl_woman",
        nature="serious_harm",
        circumstance="harm_self_harm_attempt",
        abuse="not_yet_known",
        home_address=ROWAN_HOUSE,
        level_of_help="looked_after",
        social_work="current",
        care_status="looked_after",
        legal_status="C2",
        placement_type="K2",
        placing_la=HERE,
        placement_provider="PR4",
        placement_provider_name="Rowan Care",
        education="secondary",
        education_setting="Harrowmere Northgate Academy",
    )
    referral = telling.send(senior_manager=True)
    by = world["coordinator"]
    workflow.screen(
        referral,
        by=by,
        on=when.ago(hours=5),
        complete=False,
        in_our_area=True,
        already_notified="not_known",
        duplicates_checked=True,
    )
    workflow.ask(
        referral,
        by=by,
        on=when.ago(hours=4, minutes=50),
        question="Which other young people live in the placement, and who is keeping them safe tonight?",
        needed_by=when.next_workday(),
    )


def draft(world, when):
    """Begun by a paediatrician between two clinics: some of the incident, and a child without much about her."""
    on = when.ago(hours=5)
    telling = Telling(world["referrer"], on).only(
        la_residence=HERE,
        la_incident=HERE,
        outline="A girl of 2 with burns to both feet. The account changed between the ambulance and the ward.",
        incident_on=when.day_before(on),
    )
    telling.child("Linnet Vosper", date_of_birth=when.born(2, 3))


def waiting_for_approval(world, when):
    """Sent to the senior manager, who has until the next working day."""
    on = when.ago(hours=3)
    telling = Telling(world["referrer"], on).tell(
        outline="A boy of 13 was admitted with injuries to his back and arms which he says were punishment.",
        incident_on=when.day_before(on, 3),
        incident_precision="approximate",
        place_type="home_address",
        factors=["physical_abuse"],
    )
    telling.child(
        "Corentin Bray",
        date_of_birth=when.born(13, 8),
        birth_sex="1",
        nature="serious_harm",
        circumstance="harm_physical",
        abuse="physical",
        home_address=MILL_BROW,
        education="secondary",
        education_setting="Harrowmere Northgate Academy",
    )
    telling.send(world["approver"])


def keyed_in(world, when):
    """Came by e-mail from a nursery without an account, keyed in with the original: a child who is known already."""
    on, by = when.ago(minutes=70), world["coordinator"]
    record = workflow.key_in_referral(by=by, on=on, received_at=when.ago(hours=2), channel="email")
    files.store(SimpleUploadedFile("referral.eml", ORIGINAL), record=record, by=by, on=on)
    telling = Telling(by, on, record).tell(
        referred_on=when.day_before(on, 0),
        referrer_name="Winifred Moss",
        referrer_organisation="Acorn Barn Nursery, Harrowmere",
        referrer_email="winifred.moss@acornbarn.example",
        outline="A girl of 4 came to nursery with burns to her hands. Her mother said she had touched the stove; she "
        "said something else to her key worker.",
        incident_on=when.day_before(on),
        discussed_name="Winifred Moss",
        discussed_role="Nursery manager and DSL",
        discussed_on=when.day_before(on, 0),
    )
    telling.child(
        "Tansie Hollaway",
        date_of_birth=when.born(4, 5),
        birth_sex="2",
        nature="serious_harm",
        circumstance="harm_physical",
        abuse="physical",
        home_address=WEIR_COURT,
        education="early_years",
        education_setting="Acorn Barn Nursery",
    )
    telling.send()


def received(world, when):
    """Arrived within the hour: nobody has looked at it yet."""
    on = when.ago(minutes=55)
    telling = Telling(world["referrer"], on).tell(
        outline="A newborn was found on the steps of the hospital chapel, cold and short of oxygen. The mother was "
        "found; she had hidden the pregnancy and gave birth alone.",
        incident_on=when.day_before(on),
        place_type="hospital",
        place={"text": "Hospital chapel, Harrowmere", "postcode": ""},
        la_aware_on=when.day_before(on),
        la_aware_how="Emergency duty team",
        factors=["neglect", "parent_mental_health"],
    )
    telling.child(
        "Baby Nance",
        date_of_birth=when.day_before(on),
        birth_sex="2",
        nature="serious_harm",
        circumstance="harm_neglect",
        abuse="neglect",
        harm="Brain damage from cold and lack of oxygen.",
        home_address=_address("12 Chandler Street"),
        level_of_help="not_open",
        first_language="",
        not_known={"first_language": "A newborn"},
    )
    telling.mother("Ysella Nance", date_of_birth=when.born(19, 6))
    telling.service("midwifery", TRUST, "The mother")
    workflow.approve(telling.send(world["approver"]), by=world["approver"], on=when.ago(minutes=40))


ORIGINAL = b"""From: winifred.moss@acornbarn.example
To: business.unit@harrowmere-scp.example
Subject: Referral of a serious incident
Content-Type: text/plain; charset=utf-8

The form is filled in below. Call me if anything is missing.

Winifred Moss, Acorn Barn Nursery
"""

CASES = (
    passed_on,
    returned,
    overdue,
    with_the_panel,
    withdrawn,
    more_information,
    draft,
    waiting_for_approval,
    keyed_in,
    received,
)
"""Oldest first."""
