"""Rapid reviews under way: one whose agencies are answering, one whose pack is with the rapid review panel.

All of it is invented. Each function takes the people (`world`) and the moments (`when`), moves its case through the
workflow as its people would have, and returns the review.
"""

from datetime import time

from django.core.files.uploadedfile import SimpleUploadedFile

from casework import files
from config.demo_data.people import COMMUNITY, COUNCIL, HOUSING, POLICE, SCHOOL, TRUST
from config.demo_data.telling import Telling
from partnership.models import Agency
from rapid_reviews import workflow
from rapid_reviews.models import AgencySummary, ChronologyEvent, FamilyCorrection, LessonAction, Practitioner
from referrals import workflow as referral_workflow

BOTH_MET = {
    "referral_read": True,
    "abuse": "met",
    "abuse_rationale": "Neglect is suspected by the hospital and by the police.",
    "harm": "met",
    "harm_rationale": "The harm is serious and will last.",
    "sin_needed": True,
    "outcome": "rapid_review",
    "rationale": "Both criteria are met and the incident is ours to lead.",
}


class Review:
    """One rapid review from the referral on: whose moments, whose people, what is done next."""

    def __init__(self, world, when, telling, *, received):
        self.world, self.when = world, when
        self.referral = self.agree(telling, received)

    def at(self, workday, clock):
        return self.when.on_workday(workday, clock)

    def agree(self, telling, day):
        """Approved and received on a workday before today; agreed by the Virtual Panel and notified the day after."""
        world, referral = self.world, telling.send(self.world["approver"])
        manager, notifier = world["business.manager"], world["la.notifier"]
        referral = referral_workflow.approve(referral, by=world["approver"], on=self.at(day, "10:00"))
        referral = referral_workflow.screen(
            referral,
            by=manager,
            on=self.at(day, "11:15"),
            complete=True,
            in_our_area=True,
            la_aware_at=self.at(day, "08:45"),
            already_notified="being_considered",
            duplicates_checked=True,
            screening_notes="Complete. No earlier referral of this child.",
        )
        referral = referral_workflow.send_to_panel(
            referral, by=manager, on=self.at(day, "11:40"), rationale="Both criteria appear to be met."
        )
        for member, clock in (("panel.la", "13:05"), ("panel.icb", "14:20"), ("panel.police", "15:10")):
            referral = referral_workflow.give_view(referral, by=world[member], on=self.at(day, clock), **BOTH_MET)
        referral = referral_workflow.tell_outcome(
            referral,
            by=manager,
            on=self.at(day - 1, "09:20"),
            told="The Virtual Panel agreed on a rapid review. You will be asked to introduce the case at its meeting.",
        )
        referral = referral_workflow.decide_notification(
            referral, by=notifier, on=self.at(day - 1, "09:40"), notify=True, why="Both criteria are met."
        )
        referral = referral_workflow.record_notification(
            referral,
            by=notifier,
            on=self.at(day - 1, "10:30"),
            sent_at=self.at(day - 1, "10:15"),
            sin_reference=f"CSI-{referral.reference[-3:]}-{referral.received_at.year}",
            sent_by=notifier,
        )
        return referral_workflow.tell_partners(
            referral, by=manager, on=self.at(day - 1, "10:45"), told="All three partners, by secure e-mail."
        )

    def open(self, workday):
        """Opened, a chair appointed who has declared."""
        world = self.world
        self.record = workflow.open_from_referral(
            by=world["coordinator"], on=self.at(workday, "11:00"), referral=self.referral
        )
        self.record = workflow.appoint_chair(
            self.record,
            by=world["business.manager"],
            on=self.at(workday, "11:30"),
            chair=world["reviewer"],
            skills="Has chaired reviews of neglect for nine years; worked in no agency of this area.",
        )
        self.record = workflow.declare_no_conflict(self.record, by=world["reviewer"], on=self.at(workday, "14:00"))
        return self

    def ask(self, workday, *names):
        agencies = [self.world.agencies[name] for name in names]
        self.record = workflow.ask_agencies(
            self.record, by=self.world["coordinator"], on=self.at(workday, "09:30"), agencies=agencies
        )
        return self

    def summary(self, agency):
        """The summary an agency was asked for, as it stands."""
        asked = AgencySummary.objects.select_related("case")
        return asked.get(review=self.record, agency__name=agency)

    def fill_in(self, agency, person, on, *, events, **answers):
        """Fill in a summary: its answers, its events and the few rows every summary of the demo has."""
        summary, by = self.summary(agency), self.world[person]
        given = {
            "involved": True,
            "author_name": by.full_name,
            "author_designation": by.job_title,
            "author_contact": by.email,
            "independent": True,
            "family_matches": True,
        } | answers
        summary = workflow.fill_in_summary(summary, by=by, on=on, values=given)
        summary = workflow.secure_records(
            summary, by=by, on=on, records_where="Electronic record locked; paper file in the safe of the team."
        )
        for event in events:
            row = ChronologyEvent()
            values = {"precision": "exact", "date_as_written": f"{event['starts_on']:%d/%m/%Y}"} | event
            workflow.fill_in_summary_row(summary, by=by, on=on, row=row, values=values)
        return summary

    def add(self, summary, model, person, on, **values):
        workflow.fill_in_summary_row(summary, by=self.world[person], on=on, row=model(), values=values)

    def return_it(self, agency, person, approver, on):
        """Sent for approval and approved an hour of paper later; alone at their agency, without a second person."""
        summary, by = self.summary(agency), self.world[person]
        if approver is None:
            summary = workflow.waive_approval(
                summary, by=self.world["business.manager"], on=on, reason="Nobody else there may read the record."
            )
            return workflow.send_for_approval(summary, by=by, on=on)
        summary = workflow.send_for_approval(summary, by=by, on=on, approver=self.world[approver])
        return workflow.approve_summary(summary, by=self.world[approver], on=on)

    def nil(self, agency, person, on):
        return workflow.return_nil(
            self.summary(agency),
            by=self.world[person],
            on=on,
            systems_searched="Crime and intelligence systems, command and control, child abuse investigation files",
            names_used="All names and dates of birth of the request, former names included",
            searched_by=self.world[person].full_name,
        )


def gathering(world, when):
    """Day 8: one summary accepted, one just returned, one nil, one typed in, one overdue by a working day."""
    on = when.on_workday(8, "09:10")
    telling = Telling(world["referrer"], on).tell(
        outline="A boy of 3 was admitted unconscious after swallowing his father’s methadone. He survived with damage "
        "to his kidneys. The home was without food or heating.\n\nIt meets the criteria: neglect is suspected and the "
        "harm will last.",
        incident_on=when.day_before(on),
        incident_at_time=time(21, 30),
        place_type="home_address",
        place={"text": "4 Withy Lane, Harrowmere", "postcode": "ZZ99 3VZ"},
        la_aware_on=when.day_before(on, 0),
        factors=["neglect", "drugs_parent", "parent_mental_health"],
    )
    telling.child(
        "Robin Faircloth",
        date_of_birth=when.born(3, 2),
        birth_sex="1",
        nature="serious_harm",
        circumstance="harm_neglect",
        abuse="neglect",
        harm="Kidney failure after methadone; likely to need dialysis.",
        home_address={"text": "4 Withy Lane, Harrowmere", "postcode": "ZZ99 3VZ"},
        education="early_years",
        pen_picture="Robin chatters to everybody and carries a wooden bus wherever he goes.",
    )
    telling.mother("Sorrel Faircloth", date_of_birth=when.born(27, 5), address={"text": "4 Withy Lane, Harrowmere"})
    telling.other("Denzil Faircloth", relationship="father", age=31, lived_with_then="yes")
    telling.service("hospital_trust", TRUST, "Robin")
    telling.service("health_visitor", COMMUNITY, "Robin")
    telling.service("childrens_social_care", COUNCIL, "The family", involvement="closed")
    telling.service("police", POLICE, "The father")
    telling.service("housing", HOUSING, "The family")
    review = Review(world, when, telling, received=8).open(7).ask(6, TRUST, COMMUNITY, COUNCIL, POLICE)
    review.nil(POLICE, "lead.police", when.on_workday(5, "15:40"))
    _hospital(review, world, when)
    _nursery(review, world, when)
    _health_visitors(review, when)
    return review.record


def _hospital(review, world, when):
    on = when.on_workday(3, "16:10")
    summary = review.fill_in(
        TRUST,
        "agency.lead",
        on,
        family_matches=False,
        pen_picture="Staff remember a cheerful boy, small for his age, who asked for food.",
        impact="He will live with damaged kidneys.",
        involvement_with="Robin, in the emergency department",
        involvement_state="closed",
        key_periods="Three attendances in eleven months: a fall, a burn, a cough. Each was looked at by itself.",
        perspective="The nurses say that the records of earlier visits could not be opened at night.",
        worked_well="The third doctor rang the health visitor the same day.",
        worried_about="Nobody asked who looked after him in the evenings.",
        lessons="Earlier attendances have to be on the first screen.",
        learning_for_other="Children’s social care: the paediatrician’s letter was not answered.",
        recommendations="A shared view of attendances for the under-fives.",
        themes="Neglect seen as single events",
        focus=["multi_agency", "practice"],
        events=[
            {
                "starts_on": when.day_before(on, 320),
                "starts_at_time": time(22, 15),
                "source": "Emergency department record",
                "who": "Robin; his father; triage nurse",
                "child_seen": "yes",
                "what_happened": "Burn to the right hand. The father said that Robin had touched the oven.",
                "what_was_done": "Dressed and sent home.",
                "significance": "significant",
                "analysis": "No check of earlier visits. Robin was hungry and was given toast.",
            },
            {
                "date_as_written": "?the spring",
                "precision": "about",
                "starts_on": when.day_before(on, 240),
                "source": "Paediatric clinic letter",
                "who": "Robin; his mother",
                "child_seen": "spoken_to_alone",
                "what_happened": "Cough for six weeks. Weight had fallen to the second centile.",
                "what_was_done": "Letter to children’s social care.",
                "childs_voice": "“Daddy sleeps all day.”",
                "significance": "significant",
            },
        ],
    )
    review.add(
        summary,
        FamilyCorrection,
        "agency.lead",
        on,
        relationship="grandparent",
        name="Ottoline Faircloth",
        what="Brought Robin to the clinic; gave her address as Pear Tree Cottage.",
    )
    review.add(
        summary,
        LessonAction,
        "agency.lead",
        on,
        action="Show earlier attendances of under-fives on the first screen",
        outcome="A doctor at night sees them without asking",
        by_whom="Chief nursing information officer",
        by_when=when.next_workday(),
    )
    nurse = {"name": "Sister Ina Coll", "role": "Emergency nurse", "agrees_fair": "yes"}
    review.add(summary, Practitioner, "agency.lead", on, **nurse)
    review.return_it(TRUST, "agency.lead", "approver", when.on_workday(2, "11:05"))
    summary = review.summary(TRUST)
    workflow.accept_summary(
        summary, by=world["coordinator"], on=when.on_workday(2, "15:00"), additions=summary.family_corrections.all()
    )


def _health_visitors(review, when):
    on = when.on_workday(1, "10:20")
    review.fill_in(
        COMMUNITY,
        "lead.community",
        on,
        pen_picture="Robin knew the health visitor by name and showed her his bus at each visit.",
        key_periods="Universal service until 12 months, then targeted for his weight.",
        involvement_with="Robin and his mother",
        involvement_state="current",
        perspective="The health visitor felt that she was alone with her worry.",
        worked_well="Weighed at each visit, also when he was asleep.",
        worried_about="Two visits without access in the last three months.",
        lessons="Visits without access are discussed in supervision the same week.",
        events=[
            {
                "starts_on": when.day_before(on, 250),
                "ends_on": when.day_before(on, 130),
                "precision": "range",
                "date_as_written": "Four visits",
                "source": "Child health record",
                "who": "Robin; his mother; health visitor",
                "child_seen": "yes",
                "what_happened": "Four weighings at home, weight steady. None of them significant by itself.",
                "significance": "routine",
            },
        ],
    )
    review.return_it(COMMUNITY, "lead.community", None, when.on_workday(1, "16:45"))


def _nursery(review, world, when):
    """An agency nobody had: added, invited and asked in one step; its summary came by e-mail."""
    name = "Bramble Lane Nursery, Harrowmere"
    on, by = when.on_workday(5, "11:20"), world["coordinator"]
    workflow.add_agency(
        review.record,
        by=by,
        on=on,
        name=name,
        kind=Agency.Kind.EDUCATION,
        lead_name="Posy Withers",
        lead_email="posy.withers@bramblelane.example",
        escalation_name="Chair of the committee",
        escalation_email="committee@bramblelane.example",
    )
    on = when.on_workday(2, "13:30")
    summary = workflow.key_in_summary(review.summary(name), by=by, on=on)
    files.store(SimpleUploadedFile("summary.eml", ORIGINAL), record=summary, by=by, on=on)
    values = {
        "involved": True,
        "author_name": "Posy Withers",
        "author_designation": "Nursery manager",
        "pen_picture": "Robin came hungry on Mondays and slept after breakfast.",
        "key_periods": "Two mornings a week since he was two.",
    }
    workflow.fill_in_summary(summary, by=by, on=on, values=values)
    workflow.fill_in_summary_row(
        summary,
        by=by,
        on=on,
        row=ChronologyEvent(),
        values={
            "date_as_written": "most Mondays",
            "precision": "not_recorded",
            "source": "Day book",
            "what_happened": "Ate two breakfasts.",
            "significance": "significant",
        },
    )
    workflow.enter_summary(
        summary, by=by, on=on, returned_at=when.on_workday(2, "12:50"), approval_waived_why="A nursery of three staff."
    )


ORIGINAL = b"""From: posy.withers@bramblelane.example
To: business.unit@harrowmere-scp.example
Subject: What you asked for
Content-Type: text/plain; charset=utf-8

It is all in the form below.

Posy Withers, Bramble Lane Nursery
"""


def pack_issued(world, when):
    """Day 10: everybody has answered, the pack is with the panel, the meeting is on the next working day."""
    on = when.on_workday(10, "09:05")
    telling = Telling(world["referrer"], on).tell(
        outline="A girl of 14 was found unconscious in a park after an assault by four older young people. She has a "
        "brain injury. Exploitation had been suspected for months.",
        incident_on=when.day_before(on),
        incident_at_time=time(23, 10),
        place_type="public_place",
        place={"text": "Mill Meadow, Harrowmere", "postcode": ""},
        la_aware_on=when.day_before(on, 0),
        factors=["criminal_exploitation", "missing", "exclusions"],
    )
    telling.child(
        "Juniper Askew",
        date_of_birth=when.born(14, 7),
        birth_sex="2",
        nature="serious_harm",
        circumstance="harm_extra_familial_violence",
        abuse="serious_violence_outside_home",
        harm="Brain injury; in rehabilitation.",
        home_address={"text": "15 Sluice Street, Harrowmere", "postcode": "ZZ99 3WZ"},
        education="secondary",
        education_setting="Harrowmere Northgate Academy",
        pen_picture="Juniper draws, and is fierce about her younger brother.",
    )
    telling.mother("Tamsin Askew", date_of_birth=when.born(38, 1), address={"text": "15 Sluice Street, Harrowmere"})
    telling.sibling("Rowan Askew", relationship="full_sibling", date_of_birth=when.born(9, 3), lived_with_then="yes")
    telling.service("childrens_social_care", COUNCIL, "Juniper")
    telling.service("police", POLICE, "Juniper")
    telling.service("primary_school", SCHOOL, "Rowan")
    review = Review(world, when, telling, received=10).open(9).ask(8, COUNCIL, POLICE, TRUST)
    review.nil(TRUST, "agency.lead", when.on_workday(7, "10:10"))
    for agency, person, approver, source in (
        (COUNCIL, "lead.council", "approver.council", "Case record"),
        (POLICE, "lead.police", None, "Missing person report"),
    ):
        review.fill_in(
            agency,
            person,
            when.on_workday(5, "14:00"),
            pen_picture="A girl who tells grown-ups what they want to hear, and her friends the truth.",
            key_periods="Open for seven months; eleven episodes of going missing.",
            perspective="Workers felt that each service waited for another to lead.",
            worked_well="Return conversations were offered within a day.",
            worried_about="The same three names were in every return conversation.",
            lessons="Names that come again are taken to the exploitation panel.",
            events=[
                {
                    "starts_on": when.day_before(on, 190),
                    "source": source,
                    "who": "Juniper",
                    "child_seen": "no",
                    "what_happened": "Missing overnight; found in the next town.",
                    "what_was_done": "Return conversation offered.",
                    "significance": "significant",
                    "analysis": "The third time that month; no meeting was called.",
                },
                {
                    "starts_on": when.day_before(on, 140),
                    "starts_at_time": time(15, 30),
                    "source": source,
                    "who": "Juniper; her mother",
                    "child_seen": "spoken_to_alone",
                    "what_happened": "Said that she owed money.",
                    "childs_voice": "“It’s only till summer.”",
                    "significance": "significant",
                    "analysis": "Heard as bravado.",
                },
            ],
        )
        review.return_it(agency, person, approver, when.on_workday(4, "12:00"))
        workflow.accept_summary(review.summary(agency), by=world["coordinator"], on=when.on_workday(4, "15:30"))
    record, by = review.record, world["coordinator"]
    record = workflow.share_chronology(record, by=by, on=when.on_workday(3, "10:00"))
    record = workflow.plan(
        record,
        by=by,
        on=when.on_workday(3, "10:20"),
        period_from=record.period_from,
        period_until=record.period_until,
        meeting_at=when.morning_of_next_workday(),
        meeting_place="Weir Room, and by video",
    )
    members = [
        world[login] for login in ("referrer", "lead.council", "lead.police", "panel.la", "panel.icb", "panel.police")
    ]
    return workflow.issue_pack(record, by=by, on=when.on_workday(2, "11:00"), members=members)


CASES = (pack_issued, gathering)
"""Oldest first."""
