"""What printed pages show: of each, what its reader may see at the moment it is made (`casework.printouts`)."""

from django.http import QueryDict

from access.can import can
from casework.printouts import Kind
from deadlines import board, queries
from deadlines.models import Deadline
from deadlines.why import explained
from design.lists import Url
from partnership.permissions import Permission as P

MOST = 1000
"""Rows of a printed list: more is for the spreadsheet."""


def printed_board(user, query, moment):
    """This will return the board as it was filtered and sorted in the query."""
    if not may_see_board(user, query, moment):
        return None
    data, listing = QueryDict(query), board.listing(user, moment=moment, working_days=queries.working_days())
    form = listing.filter_form(data)
    found = listing.ordered(listing.filtered(board.rows(user, moment=moment), form), data)
    number = found.count()
    return {
        "title": "Deadline board",
        "asked": [each["words"] for each in listing.chosen(form, Url(data, ""))],
        "said": f"{number:,} open" + (f", of which the first {MOST:,} are here" if number > MOST else ""),
        "head": [column.label for column in listing.columns],
        "rows": [
            [listing.cell(column, row, at)["text"] for at, column in enumerate(listing.columns)] for row in found[:MOST]
        ],
        "moment": moment,
        "whose": user.full_name,
    }


def printed_date(user, query, moment):
    """This will return why one date is what it is; `query` is the deadline's number."""
    seen = _date(user, query, moment).select_related("case").first()
    return seen and explained(seen, moment) | {"whose": user.full_name}


def may_see_board(user, query, moment):
    """This will say whether somebody may see the board."""
    return can(user, P.VIEW_BOARD, moment=moment)


def may_see_date(user, query, moment):
    """This will say whether somebody may see the date of this number."""
    return _date(user, query, moment).exists()


def _date(user, query, moment):
    return Deadline.objects.visible_to(user, moment=moment).filter(pk=query)


KINDS = {
    "deadline-board": Kind("pdf/list.html", "deadline-board", printed_board, may_see_board),
    "why-this-date": Kind("pdf/why_this_date.html", "why-this-date", printed_date, may_see_date),
}
