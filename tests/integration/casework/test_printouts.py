"""A page as a PDF: asked for, made by a worker, its reader's alone, gone after a day."""

import io
from datetime import timedelta

import pikepdf
import pytest

from casework import documents, printouts, sight, tasks
from casework.models import Printout
from deadlines import rules
from deadlines.models import Deadline
from partnership.models import Membership
from partnership.roles import Role
from tests.client import Visitor, parsed
from tests.factories import situations
from tests.factories.people import person_with
from tests.factories.reports import quick_pdf
from tests.moments import london
from trail.models import Reading, save

pytestmark = pytest.mark.begins_with("with_panel")
NOW = london("2026-12-11 14:00")


@pytest.fixture
def referral(cast):
    return situations.with_panel(cast)


@pytest.fixture
def watcher(cast):
    return person_with("Mona Watcher", Role.MANAGER, agency=cast.unit)


@pytest.fixture
def shown(monkeypatch):
    """The HTML that was to become a PDF."""
    found = []
    monkeypatch.setattr(documents.pdf, "render", lambda html: found.append(html) or b"%PDF-1.7 quick")
    return found


def asked(visitor, address):
    """Ask for the PDF of a page, and return where it is waited for."""
    return visitor.must_send(address)


def test_the_board_as_it_was_filtered(watcher, referral, shown):
    visitor = Visitor(watcher)
    page = visitor.read("/board/?state=soon")
    ask = next(link["href"] for link in page.select("a") if link.get_text() == "As a PDF")
    where = asked(visitor, ask)
    assert "Being made" in visitor.text(where)
    assert visitor.get(f"{where}file/")["Location"] == where
    tasks.run_stragglers()
    printouts.make(Printout.objects.get().pk, on=NOW)
    rows = len(page.select("tbody tr"))
    assert rows
    assert f"{rows} open" in shown[0]
    assert "When: Due in 5 working days" in shown[0]
    assert shown[0].count("<tr>") == rows + 1
    assert "As Mona Watcher could see it, 11 December 2026 at 2pm" in shown[0]
    assert "deadline-board.pdf" in visitor.text(where)
    answer = visitor.get(f"{where}file/")
    assert answer.content == b"%PDF-1.7 quick"
    assert answer["Content-Disposition"] == 'attachment; filename="deadline-board.pdf"'
    assert Reading.objects.filter(by=watcher, what="deadline-board as PDF", allowed=True).exists()


def test_why_this_date_says_on_paper_what_the_page_says(cast, referral, shown):
    deadline = Deadline.objects.open().filter(reference=referral.reference, rule=rules.SIN_NATIONAL.code).first()
    visitor = Visitor(cast.coordinator)
    page = visitor.read(deadline.get_absolute_url())
    where = asked(visitor, f"/deadlines/{deadline.pk}/pdf/")
    printouts.make(Printout.objects.get().pk, on=NOW)
    on_paper = " ".join(parsed_text(shown[0]).split())
    for cell in page.select("dd, tbody td, tbody th"):
        assert " ".join(cell.get_text(" ").split()) in on_paper
    assert "why-this-date.pdf" in visitor.text(where)
    visitor.get(f"{where}file/")
    assert Reading.objects.filter(what="why-this-date as PDF", case=referral.case.reference).exists()


def parsed_text(html):
    return parsed(type("Answer", (), {"content": html})).get_text(" ")


def test_the_pdf_itself_is_tagged_and_says_its_title(cast, referral):
    deadline = Deadline.objects.open().filter(reference=referral.reference, rule=rules.SIN_NATIONAL.code).first()
    made = printouts.ask("why-this-date", query=str(deadline.pk), by=cast.coordinator, on=NOW)
    printouts.make(made.pk, on=NOW)
    made.refresh_from_db()
    with pikepdf.open(io.BytesIO(bytes(made.content))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.docinfo["/Title"]) == f"Why this date? {referral.reference}"


def test_it_is_nobody_elses(cast, watcher, referral):
    made = printouts.ask("deadline-board", query="", by=watcher, on=NOW)
    with quick_pdf():
        printouts.make(made.pk, on=NOW)
    for address in (f"/printouts/{made.key}/", f"/printouts/{made.key}/file/"):
        assert Visitor(cast.business_manager).get(address).status_code == 404
        assert Visitor(watcher).get(address).status_code == 200


def test_after_a_day_it_is_gone(watcher, referral):
    made = printouts.ask("deadline-board", query="", by=watcher, on=NOW)
    assert printouts.of(watcher, made.key, moment=NOW + timedelta(hours=23, minutes=59)) == made
    assert printouts.of(watcher, made.key, moment=NOW + timedelta(days=1)) is None
    printouts.forget_old(on=NOW + timedelta(hours=23, minutes=59))
    assert Printout.objects.exists()
    printouts.forget_old(on=NOW + timedelta(days=1))
    assert not Printout.objects.exists()


def test_who_may_not_see_it_any_more_gets_nothing(watcher, referral):
    made = printouts.ask("deadline-board", query="", by=watcher, on=NOW)
    held = Membership.objects.get(user=watcher)
    held.until_on = london("2026-12-10 12:00").date()
    save(held, by=None, on=NOW)
    printouts.make(made.pk, on=NOW)
    made.refresh_from_db()
    assert (made.failed_at, made.content) == (NOW, None)
    assert Visitor(watcher).get(f"/printouts/{made.key}/").status_code == 404


def test_who_was_kept_out_meanwhile_cannot_fetch_what_was_made_before(cast, referral):
    deadline = Deadline.objects.open().filter(reference=referral.reference, rule=rules.SIN_NATIONAL.code).first()
    made = printouts.ask("why-this-date", query=str(deadline.pk), by=cast.coordinator, on=NOW)
    with quick_pdf():
        printouts.make(made.pk, on=NOW)
    assert Visitor(cast.coordinator).get(f"/printouts/{made.key}/file/").status_code == 200
    sight.keep_out(referral.case, by=cast.business_manager, on=NOW, person=cast.coordinator, reason="Named")
    for address in (f"/printouts/{made.key}/", f"/printouts/{made.key}/file/"):
        assert Visitor(cast.coordinator).get(address).status_code == 404


def test_one_that_workers_die_over_is_not_tried_for_ever(watcher, referral, monkeypatch, caplog):
    made = printouts.ask("deadline-board", query="", by=watcher, on=NOW)

    class Died(BaseException):
        pass

    def die(*arguments):
        raise Died

    monkeypatch.setattr(documents, "as_pdf", die)
    for _ in range(printouts.ATTEMPTS):
        with pytest.raises(Died):
            printouts.make(made.pk, on=NOW)
    printouts.make(made.pk, on=NOW)
    assert not printouts.waiting().exists()
    made.refresh_from_db()
    assert (made.attempts, made.failed_at) == (4, NOW)


def test_a_fault_is_logged_without_its_words(watcher, referral, monkeypatch, caplog):
    made = printouts.ask("deadline-board", query="", by=watcher, on=NOW)
    monkeypatch.setattr(documents, "as_pdf", lambda *arguments: 1 / 0)
    printouts.make(made.pk, on=NOW)
    assert "ZeroDivisionError" in caplog.text
    assert "division by" not in caplog.text
    assert not printouts.waiting().exists()
