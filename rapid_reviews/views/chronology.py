"""What the agencies together know: the combined chronology and the pack."""

from django.core.paginator import Paginator
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode

from access.can import can, get_visible_or_404
from casework.printout_pages import AskForExport
from casework.views import RecordView, answer_list
from design.lists import Url, pages
from partnership.permissions import Permission as P
from rapid_reviews import listings, queries
from rapid_reviews.models import AgencySummary, RapidReview

PAGE = 50
Status = AgencySummary.Status


class PackPage(RecordView):
    """A page of what the pack opens: for the business team, the chair once it is shared, members from its issue."""

    model = RapidReview

    def get_context_data(self, **context):
        if not self.may(P.READ_PACK):
            raise Http404
        return super().get_context_data(**context)

    def get(self, request, *args, **kwargs):
        return self.render()

    @cached_property
    def marks(self):
        """What of the summaries is not to be shared, as this person reads it."""
        return queries.marks_of(self.record, queries.reader_of(self.record, self.request.user, moment=self.now))

    def withheld_events(self):
        return queries.said_of_withheld("event" for _ in queries.withheld_events(self.record, self.marks))


def asked_of(review, marks, data):
    """This will return what an address asks of the combined chronology, as (its list, all its events, how texts go).

    The last is None, or puts labels in place of names.
    """
    events = queries.combined_chronology(review, marks)
    told = events.order_by("summary__agency__name").values_list("summary__agency", "summary__agency__name")
    say = queries.name_key(review).neutral if data.get("names") == listings.LABELLED else None
    return listings.combined([(str(pk), name) for pk, name in told.distinct()], say or str), events, say


class Chronology(PackPage):
    """Every event that the returned summaries tell of, by time, year by year; each names its agency.

    Narrowed by what the address asks for, with labels in place of names where it asks for them; as a file as well.
    """

    template_name = "rapid_reviews/chronology.html"

    def get(self, request, *args, **kwargs):
        if not self.may(P.READ_PACK):
            raise Http404
        listing, events, self.say = asked_of(self.record, self.marks, request.GET)
        if request.GET.get("format") in listing.formats:  # a file is passed on: it holds what everybody may read
            shared = queries.marks_of(self.record, queries.anybody(self.now))
            listing, events, _ = asked_of(self.record, shared, request.GET)
            return answer_list(listing, request, events, self.template_name, name="combined chronology", of=self.record)
        return self.render(events=events, listing=listing)

    def get_context_data(self, *, events, listing, **context):
        record, marks, data = self.record, self.marks, self.request.GET
        form, url = listing.filter_form(data), Url(data, "")
        found = listing.filtered(events, form)
        page = Paginator(found, PAGE).get_page(data.get("page"))
        entries = queries.entries(record, page, marks, self.say)
        incident_before, incident_at_end = self.incident_among(found, page)
        return super().get_context_data(
            page=page,
            years=[(year, by_year(entries, year)) for year in dict.fromkeys(year_of(entry) for entry in entries)],
            jumps=jumps(found, url),
            pages=pages(page.number, page.paginator.num_pages, url),
            agencies=[name for _, name in listing.filters.base_fields["agency"].choices],
            print_query=data.urlencode(),
            withheld=self.withheld_events(),
            waiting=[row.summary for row in queries.progress(record) if is_waiting(row.summary)],
            filter_form=form,
            has_errors=form.is_bound and bool(form.errors),
            chosen=list(listing.chosen(form, url)),
            exports=[(name.upper(), url.having(format=name, page=None)) for name in listing.formats] if entries else [],
            labelled=self.say is not None,
            incident=queries.incident_in_words(record.referral),
            incident_before=incident_before,
            incident_at_end=incident_at_end,
            **context,
        )

    def incident_among(self, found, page):
        """Where the incident stands: (the key of the event above which it does, whether it does at the page's end)."""
        day = self.record.referral.incident_on
        if day is None:
            return None, False
        if following := found.filter(starts_on__gte=day).values_list("pk", flat=True).first():
            return following, False
        before = found.exclude(starts_on=None).count()
        return None, page.start_index() <= before <= page.end_index()


def year_of(entry):
    return entry.event.starts_on.year if entry.event.starts_on else None


def by_year(entries, year):
    return [entry for entry in entries if year_of(entry) == year]


def jumps(events, url):
    """This will return (year, address of its first page, how many events), where there is more than one year."""
    found, passed = [], 0
    for year, count in queries.years(events):
        number = passed // PAGE + 1
        found.append((year, f"{url.having(page=number)}#year-{year or 'none'}", count))
        passed += count
    return found


def links(page, **kept):
    """The addresses of the other pages, as the pagination component takes them; `kept` is what else they ask for."""
    more = f"&{urlencode(kept)}" if kept else ""
    shown = page.paginator.get_elided_page_range(page.number) if page.has_other_pages() else []
    return {
        "previous": f"?page={page.previous_page_number()}{more}" if page.has_previous() else "",
        "next": f"?page={page.next_page_number()}{more}" if page.has_next() else "",
        "items": [
            {"ellipsis": True}
            if number == page.paginator.ELLIPSIS
            else {"number": number, "url": f"?page={number}{more}", "current": number == page.number, "ellipsis": False}
            for number in shown
        ],
    }


def is_returned(summary):
    return summary.status in AgencySummary.RETURNED_STATUSES


def is_waiting(summary):
    return summary.status not in (*AgencySummary.RETURNED_STATUSES, Status.NIL)


class Pack(PackPage):
    """The pack: summaries, nil returns, what is missing, the chronology, the family and the agenda."""

    template_name = "rapid_reviews/pack.html"

    def get_context_data(self, **context):
        record = self.record
        rows = queries.progress(record)
        return super().get_context_data(
            returned=[row for row in rows if is_returned(row.summary)],
            nil=[row for row in rows if row.summary.status == Status.NIL],
            waiting=[row for row in rows if is_waiting(row.summary)],
            family=queries.family(record, sees_confidential=self.may(P.SEE_CONFIDENTIAL_ADDRESS)),
            additions=additions(record, self.marks, sees_confidential=self.may(P.SEE_CONFIDENTIAL_ADDRESS)),
            withheld_additions=self.withheld_additions(),
            events=queries.combined_chronology(record, self.marks).count(),
            withheld=self.withheld_events(),
            members=record.members.filter(until_at=None).select_related("user", "agency").order_by("pk"),
            agenda=queries.AGENDA,
            **context,
        )

    def withheld_additions(self):
        """That something an agency holds about the family is withheld from this reader, in neutral words."""
        returned = [row.summary for row in queries.progress(self.record) if is_returned(row.summary)]
        return queries.said_of_withheld(
            "correction" for summary in returned for _ in self.marks.hidden("correction", summary)
        )


class AskForPackExport(AskForExport):
    """Asks for a file of what the pack opens."""

    def find(self):
        self.record = get_visible_or_404(RapidReview.objects.all(), self.request, self.kwargs["reference"])
        if not can(self.request.user, P.READ_PACK, self.record, moment=self.now):
            raise Http404

    def caption(self):
        return self.record.reference

    def about(self):
        return {"query": str(self.record.pk), "reference": self.record.reference, "case": self.record.case}


class PrintChronology(AskForPackExport):
    """The combined chronology as its page shows it, as a PDF or, where the address says so, as a Word file."""

    title = "The combined chronology as a file"
    button = "Make the file"
    done = "The file was asked for"

    @property
    def kind(self):
        return "chronology-docx" if self.request.GET.get("as") == "docx" else "chronology"

    def about(self):
        # Labels first: what is cut off a long address may be words that were looked for, and never that.
        data = self.request.GET.copy()
        names = data.pop("names", [""])[-1]
        query = f"{self.record.pk}?names={listings.LABELLED if names == listings.LABELLED else ''}&{data.urlencode()}"
        return super().about() | {"query": query[:2000]}

    def back(self):
        return f"{reverse('chronology', args=[self.record.reference])}?{self.request.GET.urlencode()}", "Chronology"


class PrintPack(AskForPackExport):
    """The pack as one PDF, for who reads it on the screen."""

    kind = "pack"
    title = "The pack as a PDF"
    explained = (
        "It holds the agenda, the family, the summaries and the combined chronology, as everybody who reads the pack "
        "may see them. It is yours alone, and is deleted after a day."
    )

    def back(self):
        return reverse("pack", args=[self.record.reference]), "The pack"


def additions(review, marks, *, sees_confidential):
    """What agencies hold that differs or is new, as [(row, address as this reader may see it)]."""
    secret = queries.confidential_addresses(review)
    return [
        (row, queries.address_of_agency(row.address, secret, allowed=sees_confidential))
        for row in queries.additions(review, marks)
    ]
