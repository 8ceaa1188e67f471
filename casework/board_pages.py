"""The deadline board and its chart: for the business team and managers."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import render
from django.urls import reverse

from access.can import can
from casework.printout_pages import AskForExport
from casework.views import Page, answer_list
from deadlines import board, queries
from design.lists import Url, pages
from partnership.permissions import Permission as P


class BoardPage(Page):
    """A page for who may see the board."""

    def dispatch(self, request, *args, **kwargs):
        if not can(request.user, P.VIEW_BOARD, moment=self.now):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class DeadlineBoard(BoardPage):
    """Everything open, overdue first, with the counts of what the other filters leave."""

    def get(self, request):
        asked = {"moment": self.now, "working_days": queries.working_days()}
        found, listing = board.rows(request.user, moment=self.now), board.listing(request.user, **asked)
        but_state = request.GET.copy()
        but_state.pop("state", None)
        counted = listing.filtered(found, listing.filter_form(but_state))
        query = request.GET.urlencode()
        counts = board.counts(counted, **asked, data=request.GET)
        context = {
            "counts": counts,
            "print_url": f"{reverse('print-board')}?{query}",
            "groups_url": f"{reverse('who-has-how-much')}?{query}",
        }
        shown = {"context": context, "count": sum(each.number for each in narrowest(counts))}
        return answer_list(listing, request, found, "deadlines/board.html", name="the deadline board", **shown)


def narrowest(counts):
    """This will return the count of the state that was chosen, or of all."""
    return [each for each in counts if each.current] or counts


class WhoHasHowMuch(BoardPage):
    """How many are open by stage, agency, person or role, each with the list of just those."""

    PAGE = 25

    def get(self, request):
        asked = {"moment": self.now, "working_days": queries.working_days()}
        by = request.GET.get("by", "")
        by = by if by in board.GROUPS else "agency"
        listing = board.listing(request.user, **asked)
        narrowed = request.GET.copy()
        narrowed.pop(by, None)
        form = listing.filter_form(narrowed)
        found = listing.filtered(board.rows(request.user, moment=self.now), form)
        groups, others = board.grouped(found, by, **asked, data=narrowed)
        page = Paginator(groups, self.PAGE).get_page(request.GET.get("page"))
        url = Url(request.GET, request.path)
        context = {
            "by": board.GROUPS[by],
            "ways": [(words, url.having(by=name, page=None), name == by) for name, words in board.GROUPS.items()],
            "others": others,
            "others_are": board.OTHERS[by],
            "chosen": list(listing.chosen(form, url)),
            "states": [state.label for state in board.State],
            "page": page,
            "pages": pages(page.number, page.paginator.num_pages, url),
        }
        return render(request, "deadlines/who_has_how_much.html", context)


class PrintBoard(AskForExport):
    """A PDF of the board as it is filtered and sorted."""

    kind = "deadline-board"
    title = "The deadline board as a PDF"

    def find(self):
        if not can(self.request.user, P.VIEW_BOARD, moment=self.now):
            raise PermissionDenied

    def about(self):
        return {"query": self.request.GET.urlencode()[:2000]}

    def back(self):
        query = self.request.GET.urlencode()
        return f"{reverse('deadline-board')}{'?' if query else ''}{query}", "Deadline board"


class InTime(BoardPage):
    """How much of what fell due was done in time, month by month: national dates and local ones."""

    WIDTH, HEIGHT, GAP = 55, 160, 9
    """Of a month's bar and of the chart, in the units of its drawing."""

    def get(self, request):
        groups = [
            self.group(title, board.in_time(request.user, moment=self.now, national=national))
            for title, national in (("National dates", True), ("Local dates", False))
        ]
        return render(request, "deadlines/in_time.html", {"groups": groups})

    def group(self, title, months):
        bars = []
        for at, month in enumerate(months):
            height = 0 if month.rate is None else month.rate * self.HEIGHT / 100
            left = at * self.WIDTH
            bars.append(
                {
                    "month": month,
                    "x": left + self.GAP,
                    "y": self.HEIGHT - height + 20,
                    "width": self.WIDTH - 2 * self.GAP,
                    "height": height,
                    "middle": left + self.WIDTH // 2,
                    "above": self.HEIGHT - height + 14,
                }
            )
        counted = [month for month in months if month.total]
        total, kept = sum(month.total for month in counted), sum(month.in_time for month in counted)
        said = f"{kept} of {total} in time" if total else "Nothing fell due"
        return {
            "title": title,
            "said": said,
            "bars": bars,
            "months": list(reversed(months)),
            "width": len(months) * self.WIDTH,
            "height": self.HEIGHT + 45,
            "floor": self.HEIGHT + 20,
            "label_at": self.HEIGHT + 38,
        }
