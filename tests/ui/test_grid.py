"""The odds grid: what it shows, and what a click on it writes."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QAbstractItemModelTester, QTest

from app.domain.events import BookChanged, MarketStatusChanged, StreamDown
from app.services.prices import Tick
from app.ui.delegates.odds_cell import elided_name
from app.ui.formats import OddsFormat
from app.ui.models.odds_grid import Col, Head, Line
from tests.ui.kit import AWAY, HOME, MONEYLINE, SPREADS, Desk, book, report


def line(desk: Desk, selection_id: str = HOME) -> Line:
    place = desk.window.at_hand.grid.model.row_of_selection(selection_id)
    assert place is not None
    row = desk.window.at_hand.grid.model.rows[place]
    assert isinstance(row, Line)
    return row


def click(desk: Desk, selection_id: str, column: Col, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    grid = desk.window.at_hand.grid
    place = grid.model.row_of_selection(selection_id)
    assert place is not None
    at = grid.table.visualRect(grid.model.index(place, column)).center()
    QTest.mouseClick(grid.table.viewport(), Qt.MouseButton.LeftButton, modifier, at)


def test_a_row_shows_three_levels_of_odds_and_takeable_money(desk: Desk) -> None:
    model = desk.window.at_hand.grid.model
    shown = [model.text(line(desk), column) for column in (Col.BEST, Col.SECOND, Col.THIRD)]
    assert shown == ["+150 / 55", "+146 / 96.72", "+144 / 410"]


def test_a_missing_level_is_a_dash_and_never_odds(desk: Desk) -> None:
    assert desk.window.at_hand.grid.model.text(line(desk, AWAY), Col.THIRD) == "—"


@pytest.mark.parametrize(("style", "text"), [(OddsFormat.DECIMAL, "2.50 / 55"), (OddsFormat.IMPLIED, "40.0 % / 55")])
def test_the_switch_of_format_reaches_the_grid(desk: Desk, style: OddsFormat, text: str) -> None:
    desk.window.at_hand.grid.format.setCurrentText(str(style))
    assert desk.window.at_hand.grid.model.text(line(desk), Col.BEST) == text


def test_the_fair_price_takes_the_margin_out(desk: Desk) -> None:
    # 40.0 % and 61.54 % make 101.54 %: fair is 39.39 %, or +154.
    assert desk.window.at_hand.grid.model.text(line(desk), Col.FAIR) == "+154"


def test_a_click_on_a_price_fills_the_ticket(desk: Desk) -> None:
    click(desk, HOME, Col.SECOND)
    ticket = desk.window.at_hand.ticket
    assert (ticket.selection.text(), ticket.odds.text()) == ("Los Angeles Lakers", "+146")
    assert "Lakers at Warriors" in ticket.contest.text()
    assert ticket.stake.text() == ""


def test_a_click_with_ctrl_takes_only_what_is_there(desk: Desk) -> None:
    click(desk, HOME, Col.SECOND, Qt.KeyboardModifier.ControlModifier)
    assert desk.window.at_hand.ticket.stake.text() == "151.72"


def test_a_click_on_a_number_shows_that_line(desk: Desk) -> None:
    grid = desk.window.at_hand.grid
    place = grid.model.row_of_group(223)
    assert place is not None
    head = grid.model.rows[place]
    assert isinstance(head, Head)
    assert head.chosen.key == SPREADS[0]
    rect = grid.table.visualRect(grid.model.index(place, 0))
    box = next(box for box, market in grid.delegate._strikes(rect, head) if market.key == SPREADS[1])
    QTest.mouseClick(
        grid.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(box.center().x(), rect.center().y())
    )
    chosen = grid.model.rows[place]
    assert isinstance(chosen, Head)
    assert chosen.chosen.key == SPREADS[1]


def test_a_changed_book_announces_its_own_rows_only(desk: Desk) -> None:
    told: list[int] = []
    desk.window.at_hand.grid.model.dataChanged.connect(lambda first, last, *_: told.append(first.row()))
    desk.session.emit([BookChanged(book(best=152, sequence=5))])
    desk.frame()
    assert sorted(set(told)) == desk.window.at_hand.grid.model._rows_of[MONEYLINE]
    assert line(desk).tick[0] is Tick.UP


def test_a_book_goes_stale_when_the_health_beat_stops(desk: Desk) -> None:
    assert line(desk).is_tradable
    desk.beat(11.0)
    assert line(desk).is_tradable
    desk.beat(130.0)
    assert not line(desk).is_tradable


def test_a_lost_stream_greys_every_price_and_locks_the_ticket(desk: Desk) -> None:
    click(desk, HOME, Col.BEST)
    desk.window.at_hand.ticket.stake.setText("10")
    assert desk.window.at_hand.ticket.place.isEnabled()
    desk.session.emit([StreamDown("The stream's connection was lost", 0.5)])
    desk.frame()
    assert not line(desk).is_tradable
    assert not desk.window.at_hand.ticket.place.isEnabled()
    assert "not verified" in desk.window.at_hand.ticket.objection.text()
    assert desk.window.at_hand.banner.isVisible()


def test_a_suspended_market_cannot_be_ordered_on_and_says_so(desk: Desk) -> None:
    desk.session.emit([MarketStatusChanged(1001, 219, "suspended")])
    desk.frame()
    assert not line(desk).is_tradable
    rows = desk.window.at_hand.grid.model.rows
    assert [row.group.name for row in rows if isinstance(row, Head)] == ["Spread", "Moneyline"]


def test_own_resting_orders_and_if_wins_stand_in_the_grid(desk: Desk) -> None:
    click(desk, HOME, Col.BEST)
    desk.window.at_hand.ticket.stake.setText("100")
    desk.window.at_hand.ticket.place.click()
    ref, draft = desk.venue.placed[0]
    half = msgspec.structs.replace(report(ref, draft), matching="partially_matched", filled=Decimal("40.00"))
    desk.session.blotter.apply(half)
    desk.frame()
    model = desk.window.at_hand.grid.model
    assert model.text(line(desk), Col.MINE) == "+150 × 60"
    assert model.text(line(desk), Col.IF_WINS) == "+60.00"
    assert model.text(line(desk, AWAY), Col.IF_WINS) == "−40.00"


def test_the_filter_leaves_matching_groups(desk: Desk) -> None:
    desk.window.at_hand.grid.market_filter.setText("spre")
    heads = [row.group.name for row in desk.window.at_hand.grid.model.rows if isinstance(row, Head)]
    assert heads == ["Spread"]
    desk.window.at_hand.grid.market_filter.setText("nothing like it")
    assert desk.window.at_hand.grid.words.isVisible()
    assert desk.window.at_hand.grid.words.text() == "No market matches this filter."


def test_an_event_without_markets_says_so(desk: Desk) -> None:
    desk.window.open_event(2001)
    desk.frame()
    assert desk.window.at_hand.grid.words.text() == "The venue lists no markets for this event."


def test_a_narrow_pane_gives_up_figures_before_names(desk: Desk) -> None:
    desk.window.resize(1280, 800)
    table = desk.window.at_hand.grid.table
    table.resize(680, 400)
    assert table.isColumnHidden(Col.SPARK)
    assert table.columnWidth(Col.NAME) >= 150
    assert not any(table.isColumnHidden(column) for column in (Col.BEST, Col.SECOND, Col.THIRD, Col.AGE, Col.IF_WINS))


def test_the_table_as_csv_carries_both_sizes_and_no_formula(desk: Desk) -> None:
    lines = desk.window.at_hand.grid.model.to_csv().splitlines()
    assert lines[0].startswith("Market,Participant,If wins,Best price,Best takeable,Best resting")
    assert lines[1].startswith("Moneyline,Los Angeles Lakers,0.00,+150,55.00,55.00,+146,96.72")


def test_the_model_keeps_qts_rules(desk: Desk) -> None:
    QAbstractItemModelTester(desk.window.at_hand.grid.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    desk.session.emit([BookChanged(book(best=155, sequence=9))])
    desk.frame()
    desk.window.open_event(2001)
    desk.window.open_event(1001)
    desk.frame()


def test_what_came_between_a_frame_and_its_painting_is_not_left_on_screen(desk: Desk) -> None:
    desk.session.emit([BookChanged(book(best=152, sequence=5))])
    desk.frame()
    desk.session.emit([BookChanged(book(best=160, sequence=6))])  # after the frame, before it is painted
    assert desk.window.at_hand.grid.model.text(line(desk), Col.BEST) == "+152 / 55"
    desk.session.emit([BookChanged(book(best=152, sequence=7))])
    desk.frame()
    assert desk.window.at_hand.grid.model.text(line(desk), Col.BEST) == "+152 / 55"


def test_only_the_levels_that_differ_are_announced(desk: Desk) -> None:
    told: list[tuple[int, int]] = []
    desk.window.at_hand.grid.model.dataChanged.connect(lambda first, last, *_: told.append((first.column(), last.column())))
    desk.session.emit([BookChanged(book(sequence=5))])
    desk.frame()
    assert told == []
    desk.session.emit([BookChanged(book(best=152, sequence=6))])
    desk.frame()
    assert (Col.THIRD, Col.BEST) in told


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("Michigan State Spartans +17", "… +17"),
        ("Lafayette Wanderers −4.5", "… −4.5"),
        ("Bartholomew Higginbotham over 25.5", "… over 25.5"),
    ],
)
def test_a_name_without_room_is_cut_before_its_number(name: str, end: str, desk: Desk) -> None:
    metrics = QFontMetrics(desk.theme.font(13, bold=True))
    room = metrics.horizontalAdvance(name) - 20
    shown = elided_name(name, metrics, room)
    assert shown.endswith(end)
    assert metrics.horizontalAdvance(shown) <= room
    assert elided_name(name, metrics, room + 20) == name


def test_a_name_without_a_number_is_cut_at_its_end(desk: Desk) -> None:
    metrics = QFontMetrics(desk.theme.font(13, bold=True))
    assert elided_name("Michigan State Spartans", metrics, 100).endswith("…")
