"""Rapid reviews whose panel has met: the report being drafted, with the members, signed, decided, and sent.

All of it is invented. `Story` says what differs from case to case; the functions below take it as far as it goes.
"""

from dataclasses import dataclass, field
from datetime import time

from casework import documents
from config.demo_data.people import COMMUNITY, COUNCIL, HOUSING, POLICE, SCHOOL
from config.demo_data.rapid_reviews import Review
from config.demo_data.telling import Telling
from partnership.models import Partnership
from rapid_reviews import queries, workflow
from rapid_reviews.models import Action, AnalysisBranch, KeyEpisode, LessonAction

EDITION = "English Indices of Deprivation 2025"


@dataclass(frozen=True)
class Story:
    """What one review is about, from the referral to the recommendation."""

    child: str
    years: int
    sex: str
    outline: str
    harm: str
    circumstance: str
    abuse: str
    home: str
    pen_picture: str
    mother: str
    council: dict
    health: dict
    meeting: dict
    branches: list
    episode: dict
    recommendation: dict
    factors: list = field(default_factory=list)


USUAL_MEETING = {
    "began_at": time(10),
    "ended_at": time(12, 20),
    "place": "Weir Room, and by video",
    "chaired_by": "Ruth Ambrose",
    "note_taker": "Callum Odell",
    "confidentiality_read": True,
    "conflicts_asked": True,
    "unanimous": True,
    "parallel": "A police investigation is under way; its senior officer asks that no witness is spoken to.",
    "involvement": "Each agency told of its involvement; the chronology was taken as read.",
}


def _met(world, when, story, *, received):
    """The case from its referral to the meeting, held on Day 10 of a referral received so many workdays ago."""
    on = when.on_workday(received, "09:05")
    address = {"text": f"{story.home}, Harrowmere", "postcode": "ZZ99 3VZ"}
    telling = Telling(world["referrer"], on).tell(
        outline=story.outline,
        incident_on=when.day_before(on),
        incident_at_time=time(18, 40),
        place_type="home_address",
        place=address,
        la_aware_on=when.day_before(on, 0),
        factors=story.factors,
    )
    telling.child(
        story.child,
        date_of_birth=when.born(story.years, 4),
        birth_sex=story.sex,
        nature="serious_harm",
        circumstance=story.circumstance,
        abuse=story.abuse,
        harm=story.harm,
        home_address=address,
        education="primary" if story.years > 4 else "early_years",
        pen_picture=story.pen_picture,
    )
    telling.mother(story.mother, date_of_birth=when.born(story.years + 24, 2), address=address)
    for service, name in (
        ("childrens_social_care", COUNCIL),
        ("health_visitor", COMMUNITY),
        ("police", POLICE),
        ("housing", HOUSING),
        ("primary_school", SCHOOL),
    ):
        telling.service(service, name, "The family")
    review = Review(world, when, telling, received=received).open(received - 1)
    review.ask(received - 2, COUNCIL, COMMUNITY, POLICE)
    review.nil(POLICE, "lead.police", when.on_workday(received - 4, "11:25"))
    for agency, person, approver, answers in (
        (COUNCIL, "lead.council", "approver.council", story.council),
        (COMMUNITY, "lead.community", None, story.health),
    ):
        _return_summary(review, when, agency, person, approver, answers, day=received - 6)
    by = world["coordinator"]
    members = ("referrer", "lead.council", "lead.community", "panel.la", "panel.icb", "panel.police")
    review.record = workflow.plan(
        review.record,
        by=by,
        on=when.on_workday(received - 7, "09:40"),
        period_from=review.record.period_from,
        period_until=review.record.period_until,
        meeting_at=when.on_workday(received - 10, "10:00"),
        meeting_place=USUAL_MEETING["place"],
    )
    workflow.issue_pack(
        review.record, by=by, on=when.on_workday(received - 8, "15:00"), members=[world[login] for login in members]
    )
    _record_meeting(review, world, when, story, day=received - 10)
    return review


def _return_summary(review, when, agency, person, approver, answers, *, day):
    on = when.on_workday(day, "14:10")
    events = [
        {"source": "Case record", "who": "The child and mother", "significance": "significant"}
        | event
        | {"starts_on": when.day_before(on, event["starts_on"])}
        for event in answers["events"]
    ]
    said = {name: value for name, value in answers.items() if name not in ("events", "action")}
    summary = review.fill_in(agency, person, on, events=events, **said)
    action, outcome = answers["action"]
    when_done = {"by_whom": "Head of service", "by_when": when.next_workday()}
    review.add(summary, LessonAction, person, on, action=action, outcome=outcome, **when_done)
    review.return_it(agency, person, approver, when.on_workday(day, "16:30"))
    accepted = when.on_workday(day - 1, "10:15")
    workflow.accept_summary(review.summary(agency), by=review.world["coordinator"], on=accepted)


def _record_meeting(review, world, when, story, *, day):
    by, on = world["coordinator"], when.on_workday(day, "13:10")
    said = {name: value for name, value in story.meeting.items() if name not in ("views", "actions")}
    values = USUAL_MEETING | {"held_on": when.day_before(on, 0)} | said
    workflow.fill_in_meeting(review.record, by=by, on=on, values=values)
    people = queries.people_invited(queries.meeting_of(review.record))
    for person, rationale in zip(people, [*story.meeting["views"]] * len(people), strict=False):
        view = "meets" if values["recommends_lcspr"] else "does_not_meet"
        came = {"attended": "attended", "view": view, "rationale": rationale}
        workflow.fill_in_meeting_row(review.record, by=by, on=on, row=person, values=came)
    for action, outcome, lead in story.meeting["actions"]:
        values = {"action": action, "outcome": outcome, "lead_officer": lead, "due_on": when.next_workday()}
        workflow.fill_in_meeting_row(review.record, by=by, on=on, row=Action(), values=values)
    review.record = workflow.record_meeting(review.record, by=by, on=on)


def _write(review, world, on, story):
    """What the report needs beside what it was prefilled with."""
    by = world["coordinator"]
    if not review.record.sections.get(section="2.2h").text:
        text = "None of the earlier reviews here concerned this family. Two of them found the same gap at weekends."
        workflow.edit_section(review.record, by=by, on=on, section="2.2h", text=text)
    for concern, cause, effect in story.branches:
        values = {"concern": concern, "cause": cause, "effect": effect}
        workflow.edit_analysis(review.record, by=by, on=on, row=AnalysisBranch(), values=values)
    workflow.edit_analysis(review.record, by=world["reviewer"], on=on, row=KeyEpisode(), values=story.episode)
    lived_in = [address for _, _, address in queries.people_of(review.record) if address]
    deciles = dict.fromkeys(lived_in, 2)
    workflow.edit_deciles(review.record, by=by, on=on, deciles=deciles, edition=EDITION)
    review.record = workflow.edit_recommendation(
        review.record, by=world["reviewer"], on=on, values={"national_importance": False} | story.recommendation
    )


def _agree(review, world, *, issued, closed):
    """The draft goes to the members; some agree, one comments, the chair closes the round."""
    review.record = workflow.issue_draft(review.record, by=world["reviewer"], on=issued)
    for login in ("panel.la", "panel.icb", "referrer"):
        workflow.comment(review.record, by=world[login], on=issued, agrees=True)
    workflow.comment(
        review.record,
        by=world["lead.council"],
        on=issued,
        agrees=False,
        section="2.2f",
        text="Say that the duty team was two people short that week; without it the delay reads as indifference.",
    )
    if closed:
        review.record = workflow.close_comments(review.record, by=world["reviewer"], on=closed)


def _sign(review, world, login, on, decision="agrees", comments=""):
    version = workflow.version_to_sign(review.record)
    by = world[login]
    review.record = workflow.sign_off(
        review.record,
        by=by,
        on=on,
        acting_for=workflow.appointment_to_sign(review.record, by, on=on).for_user,
        decision=decision,
        comments=comments,
        sha256=version.sha256,
    )


# The stages


def drafting(world, when):
    """Day 11: the meeting was yesterday, the report is prefilled and waits for its authors."""
    return _met(world, when, GLASSHOUSE, received=11).record


def with_members(world, when):
    """Day 12: the draft is with the panel members, three of whom have agreed."""
    review = _met(world, when, TOWPATH, received=12)
    _write(review, world, when.on_workday(2, "16:20"), TOWPATH)
    _agree(review, world, issued=when.on_workday(1, "09:30"), closed=None)
    return review.record


def one_signature(world, when):
    """Day 14: locked for signature, one partner has signed, the others have until 4pm."""
    review = _met(world, when, ORCHARD, received=14)
    _write(review, world, when.on_workday(3, "11:00"), ORCHARD)
    _agree(review, world, issued=when.on_workday(3, "12:00"), closed=when.on_workday(2, "16:30"))
    review.record = workflow.lock_for_signature(review.record, by=world["coordinator"], on=when.on_workday(1, "10:00"))
    _sign(review, world, "partner.icb", when.on_workday(1, "15:20"))
    return review.record


def decided(world, when):
    """Day 15: two partners have decided the same; the PDF can be sent by 4pm."""
    review = _met(world, when, LANTERN, received=15)
    _write(review, world, when.on_workday(4, "11:00"), LANTERN)
    _agree(review, world, issued=when.on_workday(4, "12:00"), closed=when.on_workday(3, "16:30"))
    review.record = workflow.lock_for_signature(review.record, by=world["coordinator"], on=when.on_workday(2, "10:00"))
    _sign(review, world, "deputy.la", when.on_workday(2, "16:05"))
    _sign(review, world, "partner.police", when.on_workday(1, "11:45"))
    return review.record


def submitted(world, when):
    """Sent to the National Panel on Day 15, in time, with all three signatures; its reply is awaited."""
    review = _met(world, when, WEIR, received=20)
    _write(review, world, when.on_workday(9, "11:00"), WEIR)
    _agree(review, world, issued=when.on_workday(9, "12:00"), closed=when.on_workday(8, "16:30"))
    review.record = workflow.lock_for_signature(review.record, by=world["coordinator"], on=when.on_workday(7, "10:00"))
    _sign(review, world, "partner.la", when.on_workday(7, "14:30"))
    comments = "The review should look at how weekends are covered in all three agencies, not in one."
    _sign(review, world, "partner.icb", when.on_workday(6, "09:10"), "agrees_with_comments", comments)
    _sign(review, world, "partner.police", when.on_workday(6, "12:00"))
    documents.render(workflow.documents_of(review.record)[0].pk, on=when.on_workday(6, "12:05"))
    return workflow.submit_report(
        review.record,
        by=world["business.manager"],
        on=when.on_workday(5, "11:30"),
        sent_at=when.on_workday(5, "11:20"),
        recipient=Partnership.load().national_panel_email,
    )


# What they are about


GLASSHOUSE = Story(
    child="Merryn Oakes",
    years=6,
    sex="2",
    outline="A girl of 6 was brought to hospital by a neighbour with hypothermia. She had been put out of the flat for "
    "hours. She weighs what a girl of 4 weighs.\n\nIt meets the criteria: neglect and emotional abuse are suspected "
    "and the harm is serious.",
    harm="Hypothermia and long-standing malnutrition.",
    circumstance="harm_neglect",
    abuse="neglect",
    home="Flat 2, The Glasshouse",
    pen_picture="Merryn can name every dog in the street and saves her crusts for them.",
    mother="Petronel Oakes",
    factors=["neglect", "emotional_abuse", "domestic_abuse"],
    council={
        "pen_picture": "A watchful child who answers for her mother.",
        "views_wishes": "She told her teacher that she would like a bed of her own.",
        "key_periods": "Two assessments in two years, both closed with advice. Open to family help when it happened.",
        "about_parents": "The mother grew up in care and has asked for help three times.",
        "perspective": "The family help worker felt that every worry alone was too small to take further.",
        "worked_well": "The worker saw Merryn at school each week.",
        "worried_about": "Nobody had seen where she slept.",
        "lessons": "See the bedroom; say so in the record when it was not seen.",
        "action": ("Make the child’s bedroom a question of every assessment", "It is seen, or said why not"),
        "events": [
            {"starts_on": 330, "what_happened": "School rang: Merryn had asked for other children’s lunches."},
            {"starts_on": 120, "what_happened": "A visit was refused at the door; the next was in three weeks."},
        ],
    },
    health={
        "pen_picture": "Known to the school nurse, who weighed her each term.",
        "key_periods": "Weight fell across two centile lines in a year; two letters to the GP, one unanswered.",
        "perspective": "The school nurse said that she carried the worry alone.",
        "worked_well": "The nurse kept weighing when the appointments were missed.",
        "worried_about": "The letter that was not answered was not chased.",
        "lessons": "A letter about weight is followed by a call within ten days.",
        "action": ("Chase letters about weight within ten days", "No letter stays unanswered"),
        "events": [{"starts_on": 200, "what_happened": "Weight on the second centile. Letter to the GP."}],
    },
    meeting={
        "the_case": "The consultant told how Merryn came in and what she said in the first hour.",
        "immediate_concerns": "Merryn stays with her aunt under an interim order. There are no other children.",
        "thoughts": "The panel was struck that five people each held one piece.",
        "worried_about": "Neglect was written down as events, never as a life.",
        "worked_well": "Weekly time at school was the one constant.",
        "to_share": "A seven-minute briefing on seeing where a child sleeps.",
        "emerging": "Cumulative neglect is not seen when each contact is judged by itself.",
        "threshold": "Abuse is suspected and the harm is serious. Two agencies together could have known.",
        "recommendations": "A local review that looks at cumulative neglect.",
        "recommends_lcspr": True,
        "views": ["Both criteria are met and there is learning for more than one agency."],
        "actions": [
            ("Hold a neglect meeting when two agencies write the same worry", "One shared plan", "A. Finch, council"),
            ("Tell GPs how a letter about weight is marked urgent", "Answered in ten days", "I. Dace, ICB"),
        ],
    },
    branches=[
        ("Neglect was judged contact by contact", "Each record opens on the last entry", "The pattern stayed unseen")
    ],
    episode={"dates": "The spring", "what": "A visit was refused", "why": "No cover", "shows": "Weeks without sight"},
    recommendation={"outcome": "lcspr"},
)
TOWPATH = Story(
    child="Piran Lamb",
    years=8,
    sex="1",
    outline="A boy of 8 was pulled from the canal by a passer-by while in the care of his mother’s partner, who was "
    "drunk. He was without oxygen for minutes.",
    harm="Brain injury from near-drowning.",
    circumstance="harm_neglect",
    abuse="neglect",
    home="6 Towpath Cottages",
    pen_picture="Piran collects timetables and knows when every train is late.",
    mother="Kerensa Lamb",
    factors=["neglect", "alcohol_parent", "accidental_injury"],
    council=GLASSHOUSE.council
    | {
        "pen_picture": "A boy who looks after the grown-ups.",
        "key_periods": "One assessment after an anonymous call, closed when the partner moved out. He moved back.",
        "worried_about": "Nobody asked again who lived there.",
        "events": [{"starts_on": 250, "what_happened": "Anonymous call: the boy was alone at the lock at night."}],
    },
    health=GLASSHOUSE.health
    | {
        "pen_picture": "Fit and well at every check.",
        "key_periods": "School entry check only.",
        "worried_about": "The service did not know of the call.",
        "events": [{"starts_on": 400, "what_happened": "School entry check: well, cared for, talkative."}],
    },
    meeting=GLASSHOUSE.meeting
    | {
        "thoughts": "The call was taken seriously; what came after it was not.",
        "threshold": "The harm is serious. Neglect is suspected, but what there is to learn lies in one service and is "
        "being acted on.",
        "recommendations": "A multi-agency audit of anonymous calls.",
        "recommends_lcspr": False,
        "views": ["The learning is clear and can be shared now."],
    },
    branches=[("Who lives in the home was not asked again", "Closed on a statement", "The risk came back unseen")],
    episode={"dates": "Eight months before", "what": "An anonymous call", "why": "Judged alone", "shows": "One look"},
    recommendation={
        "outcome": "other_learning",
        "criteria": ["improvements"],
        "circumstances": ["single_agency"],
        "method": "multi_agency_audit",
        "timescales": "Ten weeks",
        "lines_of_enquiry": "What happens to an anonymous call in each agency?",
        "agencies": "Council, police, community health",
    },
)
ORCHARD = Story(
    child="Loveday Hart",
    years=5,
    sex="2",
    outline="A girl of 5 was found with bruises of several ages and a broken wrist that was two weeks old. Her "
    "mother’s partner has been arrested.",
    harm="Healing fractures of the wrist and two ribs.",
    circumstance="harm_physical",
    abuse="physical",
    home="3 Orchard Rise",
    pen_picture="Loveday sings to herself and stops when a door opens.",
    mother="Jenifer Hart",
    factors=["physical_abuse", "domestic_abuse"],
    council=GLASSHOUSE.council
    | {"key_periods": "Two referrals about domestic abuse, both closed without seeing Loveday."},
    health=GLASSHOUSE.health | {"key_periods": "Two attendances at the walk-in centre; each told of a fall."},
    meeting=GLASSHOUSE.meeting | {"views": ["Three agencies knew of the partner; none knew that the others did."]},
    branches=[("Domestic abuse was recorded as the mother’s", "Forms name one victim", "Nobody saw the child")],
    episode={"dates": "The summer", "what": "Two falls", "why": "No shared record", "shows": "No pattern was seen"},
    recommendation={
        "criteria": ["improvements", "recurrent", "working_together"],
        "method": "reflective_session",
        "timescales": "Six months from the decision",
        "lines_of_enquiry": "How do agencies hear a child when the adults’ account is at hand?",
        "agencies": "Council, community health, hospitals trust, police",
        "share_with_family": True,
        "family_why": "The mother, by the business manager, once the police agree.",
    },
)
LANTERN = Story(
    child="Tobias Fenn",
    years=2,
    sex="1",
    outline="A boy of 2 was brought in floppy after eating cannabis sweets. He had been left with an older child.",
    harm="Respiratory arrest; recovered with a tremor.",
    circumstance="harm_neglect",
    abuse="neglect",
    home="Lantern Court 11",
    pen_picture="Tobias throws everything once to hear what it says.",
    mother="Demelza Fenn",
    factors=["neglect", "drugs_parent"],
    council=GLASSHOUSE.council | {"key_periods": "Family help since the spring, reviewed each month."},
    health=GLASSHOUSE.health | {"key_periods": "Universal service; weighed and well."},
    meeting=TOWPATH.meeting
    | {
        "threshold": "The harm was serious. The agencies worked together and the plan was followed: no improvement to "
        "how they do that was found.",
        "recommendations": "No further review. Share the briefing on edible drugs.",
    },
    branches=[("Edible drugs look like sweets", "New and cheap", "Parents underrate them")],
    episode={"dates": "The week before", "what": "A home visit", "why": "On plan", "shows": "Good practice"},
    recommendation={"outcome": "no_further", "circumstances": ["single_agency"], "share_with_family": False},
)
WEIR = Story(
    child="Elestren Moor",
    years=3,
    sex="2",
    outline="A girl of 3 was admitted with burns to a third of her body. The bath had been run by her brother of 7, "
    "who looked after her in the evenings.\n\nIt meets the criteria: neglect is suspected and the harm will last.",
    harm="Burns to 30% of the body; skin grafts needed until she is grown.",
    circumstance="harm_neglect",
    abuse="neglect",
    home="19 Weir Street",
    pen_picture="Elestren dances. Her key worker says that she is the first to notice when another child is sad.",
    mother="Morwen Moor",
    factors=["neglect", "parent_mental_health", "young_carer"],
    council={
        "pen_picture": "A bright, busy girl who turns to her brother for comfort, not to her mother.",
        "views_wishes": "She asks for her brother by name each evening.",
        "life_is_like": "Evenings without a grown-up, and mornings when her brother dressed her.",
        "impact": "She will live with scars and many operations.",
        "key_periods": "Open as a child in need for seven months after the mother’s admission. Four workers in that "
        "time. Closed in the autumn when the mother was well.",
        "about_parents": "The mother has a recurring depression and told her psychiatrist that she slept through the "
        "evenings. That letter went to the GP alone.",
        "about_siblings": "Her brother of 7 was late for school on most Mondays. Nobody asked why.",
        "perspective": "The last social worker said that the plan was about the mother’s illness and hardly about the "
        "children’s evenings.",
        "worked_well": "The nursery rang on each day that Elestren was missing.",
        "worried_about": "The case was closed at a meeting to which mental health services were not invited.",
        "lessons": "Ask about evenings and weekends, and ask the children.",
        "action": ("Invite adult mental health to every closing meeting where a parent is their patient", "They come"),
        "events": [
            {
                "starts_on": 250,
                "what_happened": "Mother admitted to hospital; the children stayed with a neighbour.",
                "child_seen": "yes",
                "childs_voice": "“Davy does my shoes.”",
                "analysis": "Who would do it when the mother came home was not asked.",
            },
            {
                "starts_on": 70,
                "what_happened": "Closing meeting. Adult mental health was not invited.",
                "child_seen": "no",
                "analysis": "The plan had no sentence about evenings.",
            },
        ],
    },
    health={
        "pen_picture": "Elestren met every milestone early.",
        "presents": "Clean and cheerful in the mornings, tired in the afternoons.",
        "key_periods": "Seen at eight months and at two years. The health visitor was told of the mother’s admission "
        "but not of her return home.",
        "about_parents": "The mother missed three appointments of her own after the admission.",
        "perspective": "The health visitor: “I knew that she was ill. I did not know that nobody was awake.”",
        "worked_well": "The two-year check was done at home, on a Saturday, because the mother asked.",
        "worried_about": "Adult and child records are in two systems that do not speak.",
        "lessons": "A parent’s discharge letter goes to the health visitor as well.",
        "action": ("Copy discharge letters of parents of under-fives to the health visitor", "She knows in two days"),
        "events": [
            {
                "starts_on": 160,
                "what_happened": "Two-year check at home. All milestones met; the brother made the tea.",
                "child_seen": "spoken_to_alone",
                "analysis": "A boy of 7 making hot drinks was taken as sweet.",
            }
        ],
    },
    meeting={
        "the_case": "The consultant described the injuries and what the brother said: that he had felt the water with "
        "his hand and thought it right.",
        "immediate_concerns": "Both children are with their grandmother under an interim order. The brother has a play "
        "therapist. The cooker at the grandmother’s has been guarded.",
        "thoughts": "The panel spoke for a long time of the brother, who was a carer at seven and was thanked for it.",
        "worried_about": "Every service saw a capable little boy; none asked what that meant for the evenings.",
        "worked_well": "The nursery’s calls, and the health visitor’s Saturday.",
        "to_share": "Young carers begin much younger than we look for them.",
        "emerging": "Adult services hold what children’s services need to know about evenings and weekends.",
        "threshold": "Neglect is suspected and the harm is serious. Improvements are needed in how adult mental health "
        "and children’s services work together, which two earlier reviews here also found.",
        "recommendations": "A local child safeguarding practice review, led independently, on children whose parents "
        "are patients of adult mental health.",
        "recommends_lcspr": True,
        "unanimous": False,
        "dissent": "The council’s safeguarding lead would have preferred an audit, since the improvements are known.",
        "views": [
            "Both criteria are met. Two agencies each held half of what mattered.",
            "The theme recurs here; an audit would tell us what we know.",
            "There is learning for services that are not usually asked.",
        ],
        "actions": [
            ("Agree how adult mental health is invited to closing meetings", "They come", "A. Finch, council"),
            ("Copy discharge letters to health visitors", "Known within two days", "I. Dace, ICB"),
            ("Teach first responders to ask who looks after whom", "Young carers are named", "C. Vane, police"),
        ],
    },
    branches=[
        (
            "Evenings and weekends were nobody’s",
            "Plans were written for the hours in which services are open",
            "A boy of 7 ran the bath",
        ),
        (
            "The mother’s illness was known, its effect on her children was not",
            "Adult and child records are kept apart and letters go to the GP alone",
            "The case was closed on the mother’s word that she was well",
        ),
    ],
    episode={
        "dates": "Ten weeks before the injury",
        "what": "The closing meeting, held without adult mental health.",
        "why": "The invitation list was that of the children’s plan.",
        "shows": "Who is invited decides what is known.",
    },
    recommendation={
        "criteria": ["improvements", "recurrent", "working_together"],
        "circumstances": ["several_areas"],
        "method": "appreciative_inquiry",
        "timescales": "Published within six months of the decision",
        "period": "From the mother’s admission to the injury",
        "lines_of_enquiry": "How do adult mental health and children’s services share what they know about evenings?\n"
        "How are very young carers recognised?\nWhat did the two earlier reviews change?",
        "agencies": "Council, community health, hospitals trust, mental health trust, nursery, police",
        "national_importance": True,
        "national_issues": "Very young carers of children whose parents are patients of adult mental health.",
        "share_with_family": True,
        "family_why": "The grandmother and, when she is well, the mother: by the business manager, at home.",
    },
)

CASES = (submitted, decided, one_signature, with_members, drafting)
"""Oldest first."""
