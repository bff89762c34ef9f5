"""A user's statement: what is asked, what is shown and told, and its files, on the screen, for spreadsheets and on paper."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QDate, QSize
from PySide6.QtGui import QImage
from PySide6.QtPdf import QPdfDocument

from app.domain.errors import UnknownError
from app.domain.events import MarketsSeeded
from app.domain.market import MarketKey
from app.domain.odds import from_american
from app.domain.offer import EVERYTHING
from app.domain.order import HistoryPage, HistoryQuery, OrderReport
from app.domain.user import User
from app.ui.saving import save_new
from app.ui.views.user_statement import BACKWARDS, BUSY, UserStatementWindow, days_of, file_name
from tests.ui.kit import HOME, START, Desk, group, seeded, selections

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # a window on a screen that is none
ANN = "cust-8841"


@pytest.fixture
def window(desk: Desk) -> Iterator[UserStatementWindow]:
    desk.venue.offers = EVERYTHING
    desk.desk.users.put([User(ANN, "Ann Lee"), User("cust-2", "Bob")])
    window = UserStatementWindow(desk.window, desk.desk, "B2B (practice)", desk.tasks.start, desk.display, desk.theme, desk.time.now)
    yield window
    window.hide()


def told(number: int, status: str = "open", **more: object) -> OrderReport:
    report = OrderReport(
        f"b2b-{number}", f"v-{number}", status, "unmatched", odds=from_american(150), quantity=Decimal("10.00"), original=Decimal("10.00"),
        filled=Decimal(0), event_id=1001, market_id=219, selection_id=HOME, user=ANN, placed_at=START - timedelta(hours=number),
        updated_at=START,
    )  # fmt: skip
    return msgspec.structs.replace(report, **more)


def midnight(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day).astimezone()


def queries(desk: Desk) -> list[HistoryQuery]:
    return [query for what, query, *_ in desk.venue.asked if what == "history_page" and isinstance(query, HistoryQuery)]


def test_bringing_it_reads_this_month_of_that_user(desk: Desk, window: UserStatementWindow) -> None:
    desk.venue.pages = {"": HistoryPage((told(1), told(2)), synced_at=START - timedelta(seconds=4))}
    window.bring(ANN)
    today = START.astimezone()
    assert queries(desk) == [HistoryQuery(midnight(today.year, today.month, 1), user=ANN)]
    assert window.windowTitle() == "Statement of Ann Lee (cust-8841)"
    assert window.model.rowCount() == 2
    assert window.sums.text().startswith("orders 2 · asked for 20.00 · matched stake 0.00 · cancelled 0.00")
    assert (window.who.text(), window.who.isVisible()) == ("Ann Lee (cust-8841)", True)
    assert window.state.text().endswith("the venue's record lagged 4.0 s")


def test_a_row_whose_market_is_read_later_gets_its_name_in_the_table_and_in_the_files(desk: Desk, window: UserStatementWindow) -> None:
    late = MarketKey(1001, 777, Decimal("-2.5"))
    desk.venue.pages = {"": HistoryPage((told(1, market_id=777, strike=Decimal("2.5"), selection_id=selections(late)[1].id),))}
    window.bring(ANN)
    assert window.model.rows[0].draft.selection_name == ""
    found = (*seeded().groups, group("First Half Spread", "spread", late))
    desk.session.emit([MarketsSeeded(1001, found, (), 2000.0)])
    draft = window.model.rows[0].draft
    assert (draft.market_name, draft.selection_name) == ("First Half Spread", selections(late)[1].name)
    assert window._shown is not None
    assert window._shown.orders[0].draft.selection_name == draft.selection_name


def test_another_name_of_the_user_stands_there_at_once(desk: Desk, window: UserStatementWindow) -> None:
    window.bring(ANN)
    desk.desk.users.put([User(ANN, "Ann B. Lee")])
    assert (window.who.text(), window.windowTitle()) == ("Ann B. Lee (cust-8841)", "Statement of Ann B. Lee (cust-8841)")


def test_other_days_are_asked_for_when_they_are_wanted_and_not_before(desk: Desk, window: UserStatementWindow) -> None:
    window.bring(ANN)
    window.since.setDate(QDate(2026, 10, 1))
    window.until.setDate(QDate(2026, 10, 31))
    assert window.period.currentText() == "Other days"
    assert len(queries(desk)) == 1
    window.go.click()
    assert queries(desk)[1] == HistoryQuery(midnight(2026, 10, 1), midnight(2026, 11, 1), user=ANN)


def test_days_the_wrong_way_round_are_told_and_nothing_is_asked(desk: Desk, window: UserStatementWindow) -> None:
    window.bring(ANN)
    window.since.setDate(QDate(2026, 11, 30))
    window.go.click()
    assert window.state.text() == BACKWARDS
    assert len(queries(desk)) == 1


def test_a_statement_that_is_not_whole_says_so_on_the_screen_and_in_its_name(desk: Desk, window: UserStatementWindow) -> None:
    desk.venue.reading_problem = UnknownError("No answer within 5 s")
    window.bring(ANN)
    assert window.trouble.text().startswith("⚠ This statement is not whole. It could not be read to the end: No answer within 5 s")
    assert window.words.text() == "Nothing could be read. Press Read to try again."
    assert window._shown is not None
    assert file_name(window._shown).endswith("-not-whole")


def test_an_empty_period_names_the_user_and_the_days(window: UserStatementWindow) -> None:
    window.bring(ANN)
    assert window.words.text() == "The venue's record has no orders of Ann Lee (cust-8841) from 1 Nov 2026 to 21 Nov 2026."


def test_another_user_never_sees_the_statement_of_the_one_before(desk: Desk, window: UserStatementWindow) -> None:
    desk.venue.pages = {"": HistoryPage((told(1),))}
    window.bring(ANN)
    window.bring("cust-2")
    assert queries(desk)[-1].user == "cust-2"
    assert window.model.rowCount() == 0
    assert "1 row of other users" in window.trouble.text()


def test_a_reading_that_ends_after_another_user_was_chosen_is_not_shown_as_theirs(desk: Desk, window: UserStatementWindow) -> None:
    desk.venue.pages = {"": HistoryPage((told(1),), "p2"), "p2": HistoryPage((told(2),))}
    record = desk.desk.user_record
    record.changed.connect(lambda: window.bring("cust-2") if record.progress.pages == 1 and window.isVisible() else None)
    window.bring(ANN)
    assert (record.statement is not None, window.model.rowCount(), window.state.text()) == (True, 0, BUSY)
    assert (window.go.isEnabled(), window.save_pdf.isEnabled()) == (True, False)


def test_nobody_is_nobody(desk: Desk, window: UserStatementWindow) -> None:
    window.bring("")
    assert (window.isVisible(), queries(desk)) == (False, [])


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("This month", ((2026, 3, 1), (2026, 3, 10))),
        ("Last month", ((2026, 2, 1), (2026, 2, 28))),
        ("Today", ((2026, 3, 10), (2026, 3, 10))),
        ("7 days", ((2026, 3, 4), (2026, 3, 10))),
        ("30 days", ((2026, 2, 9), (2026, 3, 10))),
    ],
)
def test_a_period_has_its_days(words: str, days: tuple[tuple[int, int, int], tuple[int, int, int]]) -> None:
    assert days_of(words, QDate(2026, 3, 10)) == (QDate(*days[0]), QDate(*days[1]))


# Files


def test_the_file_for_spreadsheets_has_both_times_plain_odds_and_nothing_that_runs(
    desk: Desk, window: UserStatementWindow, tmp_path: Path
) -> None:
    rows = (told(1, "closed", winning="loss", filled=Decimal("10.00")), told(2, odds=from_american(-110), selection_id="=HYPERLINK(1)"))
    desk.venue.pages = {"": HistoryPage(rows)}
    window.bring(ANN)
    window.write_csv(str(tmp_path / "a.csv"))
    text = (tmp_path / "a.csv").read_bytes().decode("utf-8-sig")
    first, second = csv.DictReader(io.StringIO(text))
    assert first["Placed (UTC)"] == "2026-11-21 10:00:00", "Excel takes no other form for a time"
    assert datetime.fromisoformat(first["Placed (local)"]).astimezone() == START - timedelta(hours=2)
    assert (first["Odds"], first["Selection"], second["Odds"], second["Result"]) == ("-110", "'=HYPERLINK(1)", "+150", "-10.00")
    assert (first["Outcome"], second["Outcome"]) == ("", "loss")
    assert {row["User"] for row in (first, second)} == {ANN}
    assert window.state.text() == f"Saved as {tmp_path / 'a.csv'}"


def test_a_file_that_is_there_already_stays(desk: Desk, window: UserStatementWindow, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("mine")
    window.bring(ANN)
    window.write_csv(str(tmp_path / "a.csv"))
    assert (tmp_path / "a.csv").read_text() == "mine"
    assert (tmp_path / "a-2.csv").exists()


@pytest.mark.parametrize("name", ["no/such/folder/a.csv", "a\0.csv"])
def test_a_file_that_cannot_be_written_is_told(window: UserStatementWindow, tmp_path: Path, name: str) -> None:
    window.bring(ANN)
    window.write_csv(str(tmp_path / name))
    assert window.state.text().startswith("It was not saved: ")


def test_saving_puts_the_bytes_there(tmp_path: Path) -> None:
    assert save_new(tmp_path / "x.pdf", b"%PDF").read_bytes() == b"%PDF"


@pytest.mark.parametrize(("size", "points"), [("A4", (595, 842)), ("Letter", (612, 792))])
def test_the_paper_has_every_order_its_head_on_each_page_and_page_x_of_y(
    desk: Desk, window: UserStatementWindow, tmp_path: Path, size: str, points: tuple[int, int]
) -> None:
    desk.theme.use("dark")
    desk.venue.pages = {"": HistoryPage(tuple(told(number) for number in range(70)), synced_at=START)}
    window.bring(ANN)
    window.paper.setCurrentText(size)
    window.write_pdf(str(tmp_path / "s.pdf"))
    paper = opened(tmp_path / "s.pdf")
    assert (round(paper.pagePointSize(0).width()), round(paper.pagePointSize(0).height())) == points
    pages = [paper.getAllText(page).text() for page in range(paper.pageCount())]
    assert len(pages) == 3
    assert pages[1].count("Moneyline") >= 34, "orders on a whole page"
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of 3" in text
        assert "Ann Lee (cust-8841)" in text
        assert all(title in text for title in ("Placed", "Selection", "Odds", "Stake", "Matched stake", "Status", "Result"))
    assert pages[-1].split("Total")[1].split()[:6] == ["70", "orders", "700.00", "0.00", "0.00", "Ann"], "what it adds up to closes it"
    for fact in ("Statement of orders", "B2B (practice)", "1 Nov 2026 to 21 Nov 2026", "21 Nov 2026", "700.00"):
        assert fact in pages[0]
    told_ids = re.findall(r"\bv-\d+\b", " ".join(pages))
    assert sorted(told_ids) == sorted(f"v-{number}" for number in range(70))
    paper.close()


def test_on_paper_the_event_stands_first_and_the_order_id_short_and_last(desk: Desk, window: UserStatementWindow, tmp_path: Path) -> None:
    long = "0199a1c2-7d3e-7abc-8def-0123456789ab"
    desk.venue.pages = {"": HistoryPage((told(1, "closed", venue_order_id=long, winning="loss", filled=Decimal("10.00")),))}
    window.bring(ANN)
    window.write_pdf(str(tmp_path / "s.pdf"))
    paper = opened(tmp_path / "s.pdf")
    text = " ".join(paper.getAllText(0).text().split())
    assert "Lakers at Warriors · Moneyline" in text
    assert "loss" in text
    assert (long in text, "0199…789ab" in text) == (False, True)
    assert "it is whole in the CSV" in text
    paper.close()


def test_paper_is_black_on_white_whatever_the_theme(desk: Desk, window: UserStatementWindow, tmp_path: Path) -> None:
    desk.theme.use("dark")
    desk.venue.pages = {"": HistoryPage((told(1, "closed", winning="loss", filled=Decimal("10.00")),))}
    window.bring(ANN)
    window.write_pdf(str(tmp_path / "s.pdf"))
    paper = opened(tmp_path / "s.pdf")
    drawn = paper.render(0, QSize(595, 842)).convertToFormat(QImage.Format.Format_ARGB32)
    colours = [drawn.pixelColor(x, y) for x in range(0, 595, 2) for y in range(0, 842, 2)]
    inked = [colour for colour in colours if colour.alpha() > 200]
    assert all(max(colour.red(), colour.green(), colour.blue()) - min(colour.red(), colour.green(), colour.blue()) < 8 for colour in inked)
    assert sum(colour.lightness() < 100 for colour in inked) < len(colours) / 10
    paper.close()


def test_a_statement_that_is_not_whole_says_so_on_paper(desk: Desk, window: UserStatementWindow, tmp_path: Path) -> None:
    desk.venue.reading_problem = UnknownError("No answer within 5 s")
    window.bring(ANN)
    window.write_pdf(str(tmp_path / "s.pdf"))
    paper = opened(tmp_path / "s.pdf")
    text = " ".join(paper.getAllText(0).text().split())
    assert "This statement is not whole. It could not be read to the end: No answer within 5 s" in text
    assert "Page 1 of 1" in text
    paper.close()


def opened(path: Path) -> QPdfDocument:
    paper = QPdfDocument()
    assert paper.load(str(path)) is QPdfDocument.Error.None_
    return paper
