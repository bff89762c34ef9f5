"""I-24, I-25 and what a venue's odd words do in the window: names are drawn as plain text, ids decide, and nothing in a slot fails.

What they do to the readings behind the window is in tests/venues/inputs.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QWidget

from app import ui
from app.domain.events import EventChanged, FeedFault, MarketsSeeded, OrderReported, TournamentChanged
from app.domain.market import Competitor, MarketGroup, Sport, Tournament
from app.domain.order import OrderReport
from app.ui.models.odds_grid import Col
from app.ui.views.ticket import Stage
from tests.ui.acts import place, write
from tests.ui.kit import AWAY, HOME, Desk, seeded
from tests.ui.test_grid import click

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none

NAMES = {
    "empty": "",
    "10,000 characters": "W" * 10_000,
    "right to left": "\u202egnol",
    "zero width": "a\u200b\u200d\ufeffb",
    "emoji": "🏈👨\u200d👩\u200d👧",
    "bold": "<b>Bears</b>",
    "image": '<img src="/etc/hostname">',
    "table": "<table><tr><td>1",
    "newline": "a\nb\r\nc",
    "NUL": "a\x00b",
    "percent": "%s%n%1",
    "braces": "{0}{name}",
    "combining": "\u0301\u0301\u0301",
    "link": '<a href="https://x.invalid">y</a>',
    "ampersand": "&amp;&A",
}


def renamed(seed: MarketsSeeded, name: str) -> MarketsSeeded:
    """Every market and selection of an event under one name."""

    def group(one: MarketGroup) -> MarketGroup:
        markets = tuple(
            msgspec.structs.replace(
                market, name=name, selections=tuple(msgspec.structs.replace(selection, name=name) for selection in market.selections)
            )
            for market in one.markets
        )
        return msgspec.structs.replace(one, name=name, category=name, sub_type=name, markets=markets)

    return msgspec.structs.replace(seed, groups=tuple(group(one) for one in seed.groups))


def call_everything(desk: Desk, name: str) -> None:
    """The venue gives tournament, event, markets, selections, an order and a fault this name."""
    catalogue = desk.session.catalogue
    event = msgspec.structs.replace(
        catalogue.events[1001],
        name=name,
        status=name,
        tournament_name=name,
        sport_name=name,
        competitors=(Competitor(1, name, name, name),),
    )
    desk.session.emit([TournamentChanged(Tournament(132, name, Sport(2, name), name)), EventChanged(event), renamed(seeded(), name)])
    desk.session.emit([OrderReported(OrderReport(name, "v-9", name, name, name, event_id=1001, market_id=219, selection_id=HOME))])
    desk.session.emit([FeedFault(f"a market called {name} cannot be read", name)])


def is_plain(text: str, name: str) -> bool:
    """Whether a text that Qt judges by itself has no tag of the name in it."""
    return "<" not in name or name not in text


def tips(model: QAbstractItemModel, parent: QModelIndex | None = None) -> list[str]:
    """Every tooltip of a model, of all its levels."""
    root = parent or QModelIndex()
    found = []
    for row in range(model.rowCount(root)):
        for column in range(model.columnCount(root)):
            index = model.index(row, column, root)
            found += [str(model.data(index, Qt.ItemDataRole.ToolTipRole) or "")]
            if column == 0:
                found += tips(model, index)
    return found


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_i24_a_name_is_drawn_as_plain_text_everywhere(desk: Desk, name: str) -> None:
    call_everything(desk, name)
    desk.frame()
    desk.beat()
    desk.window.grab()
    for widget in desk.window.findChildren(QWidget):
        assert is_plain(widget.toolTip(), name), (
            f"{type(widget).__name__} in {type(widget.parent()).__name__} tips {widget.toolTip()[:100]}"
        )
        if isinstance(widget, QLabel) and widget.textFormat() != Qt.TextFormat.PlainText:
            assert "<" not in name or name not in widget.text(), f"{type(widget.parent()).__name__} shows {widget.text()[:100]}"
    for view in desk.window.findChildren(QAbstractItemView):
        if view.model() is not None:
            assert [tip[:100] for tip in tips(view.model()) if not is_plain(tip, name)] == [], type(view).__name__


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_i24_an_order_on_an_oddly_named_selection_is_placed_and_shown(desk: Desk, name: str) -> None:
    call_everything(desk, name)
    desk.frame()
    ref = place(desk, "100")
    desk.window.at_hand.blotter.grab()
    desk.window.at_hand.ticket.grab()
    assert desk.session.blotter.orders[ref].draft.selection_id == HOME
    assert desk.session.blotter.orders[ref].draft.selection_name == name


# I-25


def swapped(seed: MarketsSeeded) -> MarketsSeeded:
    """The same with the names of the moneyline's two selections exchanged: home is away now."""
    first, *others = seed.groups
    (market,) = first.markets
    home, away = market.selections
    turned = (msgspec.structs.replace(home, name=away.name), msgspec.structs.replace(away, name=home.name))
    group = msgspec.structs.replace(first, markets=(msgspec.structs.replace(market, selections=turned),))
    return msgspec.structs.replace(seed, groups=(group, *others))


def test_i25_sides_that_change_under_an_open_ticket_are_said_and_lock_it(desk: Desk) -> None:
    ticket = write(desk, "100")
    assert ticket.place.isEnabled()
    desk.session.emit([swapped(seeded())])
    desk.frame()
    assert "Golden State Warriors now" in ticket.objection.text()
    assert not ticket.place.isEnabled()
    assert ticket.stage is not Stage.ARMED
    assert desk.venue.placed == []


def test_i25_the_same_sides_in_another_order_change_nothing(desk: Desk) -> None:
    ticket = write(desk, "100")
    first, *others = seeded().groups
    (market,) = first.markets
    turned = msgspec.structs.replace(market, selections=tuple(reversed(market.selections)))
    desk.session.emit([msgspec.structs.replace(seeded(), groups=(msgspec.structs.replace(first, markets=(turned,)), *others))])
    desk.frame()
    assert ticket.objection.text() == ""
    ticket.place.click()
    assert [draft.selection_id for _, draft in desk.venue.placed] == [HOME]


def test_i25_two_selections_of_one_name_stay_apart_by_their_ids(desk: Desk) -> None:
    desk.session.emit([renamed(seeded(), "Bears")])
    desk.frame()
    click(desk, AWAY, Col.BEST)
    desk.window.at_hand.ticket.stake.setText("100")
    desk.window.at_hand.ticket.place.click()
    assert [draft.selection_id for _, draft in desk.venue.placed] == [AWAY]
    assert desk.venue.placed[0][1].odds.american == -160


# I-09: ids beyond what a C integer holds pass through the window's signals whole


@pytest.mark.parametrize("event_id", [2**31, 2**53 + 1, 2**63 - 1])
def test_i09_a_large_event_id_can_be_opened_from_the_tree(desk: Desk, event_id: int) -> None:
    event = msgspec.structs.replace(desk.session.catalogue.events[1002], id=event_id, name="Far Away")
    desk.session.emit([EventChanged(event)])
    desk.frame()
    desk.window.at_hand.events.event_chosen.emit(event_id)
    assert desk.session.open_event_id == event_id


def test_i09_no_signal_of_the_window_carries_an_id_as_an_integer_of_c() -> None:
    views = Path(ui.__file__).parent.rglob("*.py")
    assert [path.name for path in views if re.search(r"= Signal\([^)]*\bint\b", path.read_text())] == []
