"""What the referrer of the journeys answers, page by page, in the words of the page."""

from datetime import date

THURSDAY, FRIDAY = date(2026, 12, 10), date(2026, 12, 11)

NOTIFYING_AREA = {
    "Local authority where the child ordinarily resides": "Oldham",
    "Local authority where the incident occurred": "Rochdale",
}
REFERRER = {
    "Date of referral": FRIDAY,
    "Referrer’s name": "Rhea Castellan",
    "Referrer’s organisation": "Harrowmere General Hospital",
    "Telephone": "0161 496 0321",
    "E-mail": "rhea.castellan@harrowmere.example",
}
INCIDENT = {
    "Incident outline": "Both children were brought in unconscious. One of them died in the night.",
    "Date of the incident": date(2026, 12, 8),
    "How exactly is the date of the incident known?": "Between two dates",
    "The latest date it can have been": date(2026, 12, 9),
    "Time of the incident, if known": "11:40pm",
    "Type of place": "Home address",
    "Place of the incident": "3 Tenter Row, Harrowmere",
    "Postcode": "ZZ99 1AA",
    "How is the case distinct from other child protection work?": "Two children of one family, and a death.",
    "Date the local authority became aware": THURSDAY,
    "Time the local authority became aware": "9:15am",
    "How it became aware": "Telephone call from the ward",
    "Which officer": "Gwendoline Marsh, duty team",
    "Has the local authority reported a serious child safeguarding incident?": "Yes",
    "Date it was reported": THURSDAY,
    "Time it was reported": "4:45pm",
    "Reference of the report": "SIN-QX-71",
    "Reported by": "Osbert Lane",
    "Name": "Lambert Fisk",
    "Their relationship to the child": "Other",
    "If other, what relationship": "Lodger of the family",
    "Have they been charged?": "Not known",
}
FACTORS = {"What is known": ["Neglect", "Unsafe sleep environment", "Other"], "Other factor": "Carbon monoxide"}

ABOUT_THE_CHILD = {
    "Name": "Merryn Fairbrook",
    "Other and previous names": "Merryn Oakes",
    "Date of birth": date(2019, 4, 23),
    "Home address": "3 Tenter Row, Harrowmere",
    "Postcode": "ZZ99 1AA",
    "Birth sex": "Female",
    "Gender identity": "Other",
    "What gender identity": "Has not said",
    "Ethnicity": "Not yet obtained",
    "If not yet obtained, why": "The parents could not be asked",
    "First language": "Cornish",
    "Interpreter needed": "No",
    "Religion": "Any other religion",
    "If any other religion, which": "Bahá’í",
    "Immigration status, if relevant": "British or Irish citizen",
    "NHS number": "999 000 0018",
    "Unique pupil number (UPN)": "Z999000018",
    "Local authority case number": "LA-55-018",
}
WHAT_HAPPENED = {
    "Nature of the incident for this child": "Death",
    "Date of death": date(2026, 12, 9),
    "Time of death": "3:05am",
    "Place of death": "Ward 6",
    "Circumstance": "Other",
    "If other, what circumstance": "Poisoning by gas",
    "Main type of abuse": "Neglect",
    "The harm": "Carbon monoxide poisoning from a boiler nobody had mended.",
}
LIFE = {
    "Pen picture of the child and the child’s lived experience": "Merryn kept snails and wanted to be a vet.",
    "Disability": "Yes",
    "Kind of disability": ["Hearing", "Communication"],
    "Special educational needs": "SEN support",
    "Kind of need": ["Hearing impairment"],
    "Details of disability or SEND": "Wears two hearing aids.",
    "Education provision": "Primary school",
    "School or setting": "Foxglove Primary School",
    "Attendance": "88 per cent",
    "Exclusions": "One day in March",
    "GP practice": "Kiln Lane Surgery",
}
HELP = {
    "Level of help at the time of the incident": "Looked after",
    "Current or previous social work involvement": "Current and previous",
    "Details of the involvement": "Duty team since October",
    "Child protection or child in need plan": "Child protection plan",
    "Category of the child protection plan": "Neglect",
    "Care status": "Looked after",
    "Legal status": "Full care order",
    "Placement type": "Children’s home",
    "Placing local authority": "Bury",
    "Placement provider": "Private provision",
    "Provider’s name": "Thistle Care",
    "Provider’s unique reference number (URN)": "SC990018",
}
CHILD_PAGES = (ABOUT_THE_CHILD, WHAT_HAPPENED, LIFE, HELP)

SECOND_CHILD = {
    "Date of birth": date(2024, 8, 2),
    "Home address": "3 Tenter Row, Harrowmere",
    "Birth sex": "Male",
    "Ethnicity": "White British",
}
NOT_KNOWN = {"name": "The family calls him only by a pet name", "first language": "He does not speak yet"}
SECOND_HAPPENED = {
    "Nature of the incident for this child": "Serious harm",
    "Circumstance": "Serious harm: neglect",
    "Main type of abuse": "Neglect",
}

CARER = {
    "Name": "Sunniva Fairbrook",
    "Relationship to the child": "Mother",
    "Date of birth": date(1994, 1, 30),
    "The date of birth is an estimate": True,
    "Address": "Flat 8, Somewhere Safe",
    "Postcode": "ZZ99 7QX",
    "Keep this address confidential": True,
    "Lived with the child at the time": "Sometimes",
    "Lives with the child now": "No",
    "Parental responsibility": "Yes",
    "Ethnicity": "Any other White background",
}
SIBLING = {
    "Name": "Tegan Fairbrook",
    "Relationship to the child": "Full sibling",
    "Date of birth": date(2013, 9, 3),
    "Lived with the child at the time": "Yes",
    "Level of help at the time of the incident": "Early help",
    "Education provision": "Secondary school",
    "School or setting": "Bracken Academy",
}
OTHER = {"Name": "Lambert Fisk", "Relationship to the child": "Other", "If other, what relationship": "Lodger"} | {
    "Age, if the date of birth is not known": "41"
}
SERVICE = {
    "Service": "Health visitor",
    "Service name": "Thistledown Community Trust",
    "Contact": "Team Kingfisher, 0161 496 0456",
    "Works with whom": "The younger child",
    "Current or closed": "Current",
    "Practitioner": "Averil Moss",
}
OTHER_SERVICE = {"Service": "Other", "If other, what service": "Gas engineers", "Service name": "Boilers of Harrowmere"}
OVERSIGHT = {
    "Have you discussed the referral with a manager or DSL?": "Yes",
    "Manager’s or DSL’s name": "Ambrose Field",
    "Their role": "Matron",
    "Date it was discussed": THURSDAY,
    "Where needed, has action been taken to keep the child or other children safe?": "Yes",
    "What action": "Tegan stays with an aunt.",
    "By whom": "Duty team",
}
CONSIDERATIONS = {"Any other considerations": "A newspaper has called the ward."}
PROCESS = {
    "Process": "Coroner",
    "Reference": "COR-QX-9",
    "Contact": "Coroner’s officer",
    "What may be shared": "Nothing before the inquest opens",
}

# The meeting of the rapid review panel, and its report

MEETING = {
    "Date": date(2026, 12, 29),
    "Began": "10:05am",
    "Ended": "12:40pm",
    "Place or link": "Weir Room, and by link",
    "Note-taker": "Idris Pell",
    "The confidentiality statement was read": True,
    "Conflicts of interest were asked about": True,
    "Conflicts of interest declared": "The housing lead once let a flat to the uncle.",
    "If it was moved or inquorate, why": "Five minutes late: the link failed.",
    "Agencies not represented": "The nursery had been asked to listen and did not.",
}
LA, ICB = "Petra Lindqvist, Harrowmere Council", "Pavel Ormond, Harrowmere Integrated Care Board"
HOUSING, HOSPITAL = "Lena Hollis, Larkspur Homes", "Rhea Castellan, Harrowmere General Hospital"
CHAIR = "Rowan Beck, Brackenfield Reviews"
ATTENDANCE = {LA: "Attended", ICB: "Substitute", "Who came in place of Pavel Ormond": "Edda Marsh"} | {
    HOUSING: "Attended",
    HOSPITAL: "Apologies",
    CHAIR: "Attended",
}
HEARD = {
    "The case, introduced by the referrer": "The ward told the story of the night.",
    "Overview of involvement": "Three agencies, none of them in the house since July.",
}
FACTS = {
    "Parallel processes": "The inquest opens in March.",
    "Immediate safeguarding concerns": "The siblings sleep at the aunt’s.",
}
DISCUSSION = {
    "Immediate thoughts": "Nobody asked who sleeps where.",
    "What are we worried about?": "Boilers that are nobody’s business.",
    "What worked well?": "The repairs line rang the duty team.",
    "What learning should be shared?": "A cold house is a safeguarding matter.",
    "Summary of emerging learning": "Ask about heating at every visit.",
}
VIEWS = {
    LA: "Meets the criteria",
    "Rationale of Petra Lindqvist": "Two agencies each thought the other had asked.",
    "Edda Marsh, Harrowmere Integrated Care Board": "Does not meet the criteria",
    "Rationale of Edda Marsh": "The learning is plain already.",
    HOUSING: "Cannot say",
    "Rationale of Lena Hollis": "Too close to the tenancy to judge.",
    CHAIR: "Meets the criteria",
    "Rationale of Rowan Beck": "The same theme as two winters ago.",
}
ACTION = {
    "Action": "Write a joint protocol on cold homes",
    "Outcome": "Every visit asks about heating",
    "Lead officer": "Head of tenancies",
    "By when": date(2027, 3, 31),
    "Immediate, for a child’s safety": True,
}
NEXT_STEPS = {
    "Threshold for an LCSPR, and rationale": "Both criteria of regulation 11 are met.",
    "Does the rapid review panel recommend an LCSPR?": "Yes",
    "Is the recommendation unanimous?": "No",
    "Dissent": "Health would rather have an audit.",
    "Recommendations": "A review of how agencies share what they see at the door.",
}
CONCERN = {
    "Area of concern": "Heating was not seen as care",
    "Cause": "No form asks about it",
    "Effect": "Three visits passed the broken boiler",
}
EPISODE = {
    "Dates": "2 to 9 November 2026",
    "What happened": "The landlord’s gas check was put off twice.",
    "Why": "Nobody opened the door.",
    "What it shows": "A closed door ended the task.",
}
RECOMMENDATION = {
    "Recommendation": "(a) The threshold is met: an LCSPR",
    "Criteria to take into account": ["Recurrent themes", "Concerns about two or more agencies working together"],
    "Circumstances to have regard to": ["An institutional setting"],
    "Type and method of the review or audit": "Appreciative inquiry",
    "Timescales": "Six months from the decision",
    "Period": "December 2024 to December 2026",
    "Key lines of enquiry": "Who sees the house, and whom do they tell?",
    "Agencies": "Housing, children’s social care, the health visitors",
    "Are there issues of national importance?": "Yes",
    "Which issues": "Landlords are not among the relevant agencies.",
    "Is the learning shared with the family?": "Yes",
    "Why, with whom and how": "With the mother, through her advocate, once the inquest is over.",
}

LETTER = {
    "name": "letter.eml",
    "mimeType": "message/rfc822",
    "buffer": b"From: averil@thistledown.example\r\nSubject: Referral\r\n\r\nThe form is below.\r\n",
}


def words_of(*pages):
    """This will return what a reader should find of these answers: texts, options and dates in words."""
    found = []
    for question, answer in ((q, a) for page in pages for q, a in page.items()):
        for each in answer if isinstance(answer, list) else [answer]:
            if isinstance(each, date):
                found.append(f"{each.day} {each:%B %Y}")
            elif isinstance(each, str) and question != "Postcode" and each != "Other":
                found.append(each)
    return found
