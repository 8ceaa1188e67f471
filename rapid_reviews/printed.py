"""The pack and the combined chronology on paper, made for its reader when they ask for it (`casework.printouts`)."""

from django.http import QueryDict

from access.can import can
from casework.printouts import Kind
from design.forms import say_date, say_moment
from design.lists import Url
from partnership.models import Partnership
from partnership.permissions import Permission as P
from rapid_reviews import queries
from rapid_reviews.models import AgencySummary, RapidReview
from rapid_reviews.queries.content import MARKING
from rapid_reviews.views import answers
from rapid_reviews.views.chronology import asked_of, is_returned, is_waiting


def may_read_pack(user, query, moment):
    """This will say whether somebody may read the pack of the rapid review whose number `query` is."""
    review = _review(user, query, moment)
    return review is not None and can(user, P.READ_PACK, review, moment=moment)


def printed_pack(user, query, moment):
    """This will return the pack as parts of blocks, or nothing where it is not theirs to read.

    Paper is passed on. It holds what every member of the rapid review panel may read, also where who asks for it
    reads more: nothing that is marked as not to be shared, and no confidential address.
    """
    if not may_read_pack(user, query, moment):
        return None
    review = _review(user, query, moment)
    marks = queries.marks_of(review, queries.anybody(moment))
    rows = [row.summary for row in queries.progress(review)]
    returned = [summary for summary in rows if is_returned(summary)]
    return {
        "title": f"Pack of rapid review {review.reference}",
        "partnership": Partnership.load().name,
        "marking": MARKING,
        "reference": review.reference,
        "cover": _cover(review),
        "parts": [
            _part("agenda", "Agenda of the meeting", _agenda()),
            _part("family", "Family and significant others", _family(review, marks, returned)),
            _part("agencies", "Where the agencies stand", _agencies(review, rows)),
            _part("summaries", "Single agency summaries", *_summaries(review, marks, returned)),
            _part("chronology", "Combined chronology", _chronology(review, marks)),
        ],
        "moment": moment,
        "whose": user.full_name,
    }


def _review(user, query, moment):
    rows = RapidReview.objects.visible_to(user, moment=moment).filter(pk=query)
    return rows.select_related("case", "referral", "chair").first()


def _part(anchor, title, *sections):
    return {"anchor": anchor, "title": title, "sections": sections}


def _section(blocks, title="", anchor=""):
    return {"title": title, "anchor": anchor, "blocks": blocks}


def _cover(review):
    members = review.members.filter(until_at=None).select_related("user", "agency").order_by("pk")
    return [
        ["Children", "\n".join(queries.initials(review))],
        ["Meeting", say_moment(review.meeting_at) if review.meeting_at else "No date is set"],
        *([["Place", review.meeting_place]] if review.meeting_place else []),
        ["Chair", str(review.chair or "Not appointed")],
        ["Issued", say_moment(review.pack_issued_at) if review.pack_issued_at else "Not issued yet: a preview"],
        ["Period looked at", f"{say_date(review.period_from)} to {say_date(review.period_until)}"],
        *([["Rapid review panel", "\n".join(_said_of(member) for member in members)]] if members else []),
    ]


def _said_of(member):
    return f"{member.user}, {member.agency}" if member.agency else str(member.user)


def _agenda():
    rows = [
        [str(number), "\n".join([title, *(f"– {step}" for step in steps)]), who]
        for number, (title, who, steps) in enumerate(queries.AGENDA, 1)
    ]
    return _section([{"head": ["No.", "Item", "Led by"], "rows": rows}])


def _family(review, marks, returned):
    people = [
        [
            "\n".join(filter(None, (one.name, one.other_names and f"also {one.other_names}", one.added))),
            one.relationship,
            one.born or "Not known",
            one.address or "Not known",
        ]
        for one in queries.family(review, sees_confidential=False)
    ]
    secret = queries.confidential_addresses(review)
    beside = [
        [
            str(row.summary.agency),
            row.name,
            row.get_relationship_display(),
            say_date(row.date_of_birth) if row.date_of_birth else "",
            queries.address_of_agency(row.address, secret),
            row.what,
        ]
        for row in queries.additions(review, marks)
    ]
    withheld = queries.said_of_withheld("correction" for each in returned for _ in marks.hidden("correction", each))
    return _section(
        [
            {"head": ["Name", "Relationship", "Born", "Address"], "rows": people},
            {
                "title": "What agencies hold that differs or is new" if beside else "",
                "head": ["Agency", "Name", "Relationship", "Born", "Address", "What differs or is new"],
                "rows": beside,
            },
            {"note": withheld},
        ]
    )


def _agencies(review, rows):
    return _section([{"head": ["Agency", "Summary", "Returned"], "rows": [_standing(review, each) for each in rows]}])


def _standing(review, summary):
    if summary.status == AgencySummary.Status.NIL:
        said = "Nil return: no contact found"
    elif is_waiting(summary):
        said = "The review goes on without it" if summary.went_without_at else "Not returned"
    else:
        late = review.pack_issued_at and summary.returned_at > review.pack_issued_at
        said = "Returned, late paper" if late else "Returned"
    when = say_moment(summary.returned_at) if summary.returned_at and not is_waiting(summary) else ""
    return [str(summary.agency), said, when]


def _summaries(review, marks, returned):
    secret = queries.confidential_addresses(review)

    def address(held):
        return queries.address_of_agency(held, secret)

    found = []
    for summary in returned:
        shown = answers.sections(summary, address=address, marks=marks, hidden=answers.BEFORE_THE_PACK)
        blocks = [block for part in shown if part.slug != "chronology" for block in _blocks(part)]
        found.append(_section(blocks, title=f"{summary.agency}, {summary.reference}", anchor=summary.reference))
    return found or [_section([{"note": "No agency has returned a summary yet."}])]


def _blocks(part):
    """A section of a summary as blocks: its answers, its rows, and that something of it is withheld."""
    cards = [{"title": f"{part.title}: {card.title}", "pairs": _pairs(card.rows)} for card in part.cards]
    said = " ".join(filter(None, (part.nothing, part.withheld)))
    own = {"title": part.title, "pairs": _pairs(part.own)} if part.own or not cards else {}
    return [block for block in (own, *cards, {"note": said}) if any(block.values())]


def _pairs(rows):
    return [[row["key"], row["value"]] for row in rows]


HEAD = ["Date", "Agency", "What happened", "Source"]


def _chronology(review, marks):
    rows = _events(review, queries.combined_chronology(review, marks), marks)
    withheld = queries.said_of_withheld("event" for _ in queries.withheld_events(review, marks))
    said = " ".join(filter(None, ("" if rows else "No agency has returned an event yet.", withheld)))
    return _section([{"head": HEAD, "rows": rows}, {"note": said}])


def _events(review, events, marks, say=None):
    return [
        [
            f"{entry.when}\n({entry.event.date_as_written})",
            str(entry.event.summary.agency),
            _said(entry),
            entry.event.source,
        ]
        for entry in queries.entries(review, events, marks, say)
    ]


def _said(entry):
    """An event in one cell: its words, and what else is known under their names."""
    event = entry.event
    named = (
        ("Ages", "; ".join(entry.ages)),
        ("Who", event.who),
        ("Child seen", event.get_child_seen_display() if event.child_seen else ""),
        ("What was done", event.what_was_done),
        ("The child’s voice", event.childs_voice),
        ("Significance", event.get_significance_display() if event.significance else ""),
        ("Analysis", event.analysis),
    )
    return "\n".join([event.what_happened, *(f"{name}: {words}" for name, words in named if words)])


def may_read_chronology(user, query, moment):
    """This will say whether somebody may read the combined chronology: `query` is "number of the review?filters"."""
    return may_read_pack(user, query.partition("?")[0], moment)


def printed_chronology(user, query, moment):
    """This will return the combined chronology as a list, filtered as its page was, without what is withheld."""
    number, _, asked = query.partition("?")
    if not may_read_pack(user, number, moment):
        return None
    review, data = _review(user, number, moment), QueryDict(asked)
    marks = queries.marks_of(review, queries.anybody(moment))
    listing, events, say = asked_of(review, marks, data)
    form = listing.filter_form(data)
    rows = _events(review, listing.filtered(events, form), marks, say)
    withheld = queries.said_of_withheld("event" for _ in queries.withheld_events(review, marks))
    return {
        "title": f"Combined chronology of {review.reference}",
        "said": f"{len(rows)} event{'' if len(rows) == 1 else 's'}",
        "asked": [each["words"] for each in listing.chosen(form, Url(data, ""))],
        "head": HEAD,
        "rows": rows,
        "note": withheld,
        "moment": moment,
        "whose": user.full_name,
    }


KINDS = {
    "pack": Kind("pdf/pack.html", "pack", printed_pack, may_read_pack),
    "chronology": Kind("pdf/list.html", "combined-chronology", printed_chronology, may_read_chronology),
    "chronology-docx": Kind("", "combined-chronology", printed_chronology, may_read_chronology, "docx"),
}
