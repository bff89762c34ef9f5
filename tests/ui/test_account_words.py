"""A desk speaks in the words of its provider: nowhere on it, in no tip and no name for a screen reader, stands one of the other's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLabel, QLineEdit, QMenu, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from app.domain.events import StreamUp
from app.domain.labels import LABELS
from app.domain.odds import from_american
from app.domain.offer import EVERYTHING, Offer
from app.domain.order import OrderDraft
from app.domain.profile import Provider
from app.domain.risk import Limits
from app.domain.user import User
from app.ui.dialogs.keys import KeysBox
from app.ui.dialogs.new_guard import Kind
from app.ui.models.limits import LIMIT_COLUMN
from app.ui.models.table import ROOT
from app.ui.theme import Theme
from app.ui.views.table import Table
from app.ui.views.ticket import Ticket
from tests.ui.acts import lose, place, write
from tests.ui.kit import HOME, MONEYLINE, Desk, seeded

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none

STRANGE = {
    Provider.TRADING: re.compile(r"\b(odds|stakes?|staked|selections?)\b", re.IGNORECASE),
    Provider.OMNIBUS: re.compile(r"\b(quantit(y|ies)|participants?)\b|^Price$", re.IGNORECASE),
}
"""Words of the other provider. In a sentence `price` is a plain word on every account (the venue's price ladder): it may be no title."""
CODES = frozenset({"STAKE", "SELECTION"})
"""Rules as logs and files name them on every account."""
HEAD, TIP = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole
TEN = Decimal(10)
Stage = Callable[[Desk], object]


@pytest.fixture(params=list(STRANGE))
def provider(request: pytest.FixtureRequest) -> Provider:
    found: Provider = request.param
    return found


@pytest.fixture
def spoken(provider: Provider, theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    """A desk of the provider, with users where its orders are for users."""
    offers = EVERYTHING if provider is Provider.OMNIBUS else EVERYTHING - {Offer.USERS}
    desk = Desk(theme, tmp_path, offers=offers, labels=LABELS[provider])
    desk.desk.users.put([User("cust-1", "Ann Lee")])
    desk.session.emit([StreamUp(is_relief=True)])
    desk.session.is_streaming = True
    yield desk
    desk.close()


# Reading a window


def texts(root: QWidget) -> Iterator[str]:
    """All that a person can read of a widget and of what is in it, shown now or not, and what a screen reader says."""
    shared = root.findChild(KeysBox)
    for widget in [root, *root.findChildren(QWidget)]:
        if shared is not None and (widget is shared or shared.isAncestorOf(widget)):
            continue  # one page for all accounts of the window
        yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.statusTip(), widget.windowTitle())
        yield from _own(widget)
        yield from (text for action in widget.actions() for text in (action.text(), action.toolTip()))


def _own(widget: QWidget) -> Iterator[str]:
    match widget:
        case QLabel() | QAbstractButton():
            yield widget.text()
        case QLineEdit():
            yield widget.placeholderText()
        case QComboBox():
            yield from (widget.itemText(at) for at in range(widget.count()))
        case QTabWidget():
            yield from (text for at in range(widget.count()) for text in (widget.tabText(at), widget.tabToolTip(at)))
        case QAbstractItemView() if widget.model() is not None:
            yield from _cells(widget.model())
            yield from _menus(widget)


def _cells(model: QAbstractItemModel) -> Iterator[str]:
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(ROOT)  # Qt hides it there
    for column in range(columns):
        yield from (str(model.headerData(column, Qt.Orientation.Horizontal, role) or "") for role in (HEAD, TIP))
        for row in range(model.rowCount(ROOT)):
            yield from (str(model.index(row, column).data(role) or "") for role in (HEAD, TIP))


def _menus(view: QAbstractItemView) -> Iterator[str]:
    """What stands in the menu of each row of our own tables."""
    if isinstance(view, Table) and view.isVisible():
        for row in range(view.model().rowCount()):
            point = view.visualRect(view.model().index(row, 0)).center()
            menu = view.menu_at(point)
            yield from (text for each in (menu, *menu.findChildren(QMenu)) for text in (each.title(), *(a.text() for a in each.actions())))


def strange(desk: Desk, provider: Provider) -> list[str]:
    """Texts of the whole desk in which a word of the other provider stands."""
    view = desk.window.at_hand
    roots = [desk.window, *view.boxes, *view.parts]
    read = {text for root in roots for text in texts(root)} - CODES
    assert len(read) > 200  # it looks at something
    return sorted(text for text in read if STRANGE[provider].search(text))


# What is on the screen


def bid(desk: Desk, stake: str = "100") -> Ticket:
    ticket = write(desk, stake)
    if ticket.has_users:
        ticket.choose_user("cust-1")
    return ticket


def limited(desk: Desk, **limits: Decimal) -> str:
    """A bid that is denied; the denial."""
    desk.desk.controls.limit_to(msgspec.structs.replace(Limits(), **limits))
    ticket = bid(desk)
    assert ticket.objection.text()
    return ticket.objection.text()


def typed(desk: Desk, odds: str, stake: str) -> None:
    ticket = bid(desk, stake)
    ticket.odds.setText(odds)
    assert ticket.objection.text()


def armed(desk: Desk) -> None:
    ticket = bid(desk)
    QTest.keyClick(ticket.stake, Qt.Key.Key_Return)
    assert ticket.card.text()


def spread(desk: Desk) -> None:
    """Over several prices, too little for some."""
    bid(desk, "2").prices.buttons[5].click()
    assert desk.window.at_hand.ticket.rows.texts()


def moved(desk: Desk) -> None:
    """What was chosen is called otherwise by now."""
    bid(desk)
    rename(desk, "Someone else")
    assert "Someone else now" in desk.window.at_hand.ticket.objection.text()


def rename(desk: Desk, name: str) -> None:
    """The venue calls the selections of the first market so from now on."""
    told = seeded(asked_at=desk.time.seconds)
    group = told.groups[0]
    called = tuple(msgspec.structs.replace(one, name=name) for one in group.markets[0].selections)
    market = msgspec.structs.replace(group.markets[0], selections=called)
    desk.session.emit([msgspec.structs.replace(told, groups=(msgspec.structs.replace(group, markets=(market,)), *told.groups[1:]))])
    desk.frame()
    desk.window.at_hand.ticket.refresh()


def unknown(desk: Desk) -> None:
    bid(desk)
    lose(desk, stake="100")
    bid(desk, "50")


def rows(desk: Desk, *lines: str) -> None:
    """The batch at hand with these rows, each for a user where orders are for users."""
    view = desk.window.at_hand
    view.tabs.setCurrentWidget(view.batch)
    user = "cust-1," if desk.desk.controls.has_users else ""
    view.batch.say_added(desk.desk.batch.add("\n".join(f"{user}{line}" for line in lines)))
    desk.tasks.settle()
    view.batch.refresh()


def bad_rows(desk: Desk) -> None:
    name = "Los Angeles Lakers"
    rows(desk, f"{name},+150,10", f"{name},+150,10", f"{name},99,10", f"{name},x,10", f"{name},+150,x", f"{name},+150,", f"{name},+999,10",
         "Nobody,+150,10", ",+150,10", "Nowhere,Nobody,+150,10", "Lakers,+150,10", f"{name},+150,9999", f"{name},+150,0")  # fmt: skip
    assert desk.desk.batch.totals.bad > 8


def headless_rows(desk: Desk) -> None:
    view = desk.window.at_hand
    view.tabs.setCurrentWidget(view.batch)
    for table in ("selection\nx", "a,b,c,d,e,f,g,h,i"):
        view.batch.say_added(desk.desk.batch.add(table))
        assert view.batch.added.text().startswith("Nothing was added")


def armed_rows(desk: Desk) -> None:
    rows(desk, "Los Angeles Lakers,+150,10", "Golden State Warriors,-160,20")
    desk.window.at_hand.batch.place.click()
    assert desk.window.at_hand.batch.card.text()


def guard_form(kind: Kind) -> Stage:
    def fill(desk: Desk) -> None:
        guards = desk.window.at_hand.guards
        guards.new_for_selection(OrderDraft(MONEYLINE, HOME, from_american(150), Decimal(10), "Lakers at Warriors", "Moneyline", "Lakers"))
        guards.box.kind.setCurrentText(kind)

    return fill


def bad_guard(desk: Desk) -> None:
    guard_form(Kind.LIQUIDITY)(desk)
    box = desk.window.at_hand.guards.box
    box.stake.setText("x")
    box.odds.setText("99")
    box.refresh()
    assert box.form.objection.text()


def tab(name: str) -> Stage:
    return lambda desk: desk.window.at_hand.tabs.setCurrentWidget(getattr(desk.window.at_hand, name))


def bad_limit(desk: Desk) -> None:
    tab("limits")(desk)
    model = desk.window.at_hand.limits.model
    place = next(at for at, line in enumerate(model.rows) if line.field == "stake")
    model.setData(model.index(place, LIMIT_COLUMN), "much")
    assert desk.window.at_hand.limits.said.text()


def ordered(desk: Desk) -> None:
    """Orders in the blotter and in the record."""
    bid(desk)
    place(desk)
    tab("record")(desk)
    desk.tasks.settle()
    assert desk.window.at_hand.record.model.rowCount()


def traded(desk: Desk) -> None:
    desk.window.at_hand.statement.bring()
    desk.tasks.settle()


def within(**limits: Decimal) -> Stage:
    return lambda desk: limited(desk, **limits)


def figures(*pairs: tuple[str, str]) -> Sequence[Stage]:
    return [partial(typed, odds=odds, stake=stake) for odds, stake in pairs]


SCENES: dict[str, Sequence[Stage]] = {
    "ticket": (str, bid, armed, spread, moved),
    "figures that are none": figures(("+150", "0"), ("+150", "ten"), ("+150", ""), ("2.5", "10"), ("099", "10")),
    "limits of orders": (within(stake=TEN), within(selection=TEN), within(to_win=TEN), within(day=TEN), within(event=TEN)),
    "limits": (tab("limits"), bad_limit),
    "batch": (tab("batch"), headless_rows, bad_rows),
    "batch armed": (armed_rows,),
    "orders": (ordered, unknown, traded),
    "guards": (*map(guard_form, Kind), bad_guard),
}  # fmt: skip


@pytest.mark.parametrize("scene", list(SCENES))
def test_nothing_on_a_desk_is_in_the_other_providers_words(spoken: Desk, provider: Provider, scene: str) -> None:
    for stage in SCENES[scene]:
        stage(spoken)
        spoken.frame()
        assert strange(spoken, provider) == []


def test_each_of_the_three_is_called_by_its_name(spoken: Desk, provider: Provider) -> None:
    labels = LABELS[provider]
    denial = limited(spoken, stake=Decimal(10))
    assert denial == f"A {labels.stake_low} of 100.00 is above the limit of 10.00 an order"
    bad_rows(spoken)
    assert any(f"Type a {labels.selection_low}: its id or its name" in text for text in texts(spoken.window.at_hand.batch))
    assert f"Each row: {'user, ' if spoken.desk.controls.has_users else ''}{labels.selection_low}, " in _empty_batch(spoken)


def _empty_batch(desk: Desk) -> str:
    desk.desk.batch.clear()
    desk.tasks.settle()
    desk.window.at_hand.batch.refresh()
    return desk.window.at_hand.batch.empty.text()


def test_a_name_that_is_such_a_word_is_left_as_it_is(spoken: Desk, provider: Provider) -> None:
    bid(spoken)
    rename(spoken, "Stake, the selection of odds")
    said = spoken.window.at_hand.ticket.objection.text()
    assert said.startswith(f"This {LABELS[provider].selection_low} is Stake, the selection of odds now.")
