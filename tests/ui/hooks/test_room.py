"""At the least size that the page can have, nothing is beyond an edge and nothing that matters is cut."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QLabel,
    QPushButton,
    QScrollArea,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTabBar,
    QWidget,
)

from app.domain.webhook import Letter
from app.ui.delegates.badge_cell import BESIDE, whole_width
from app.ui.hooks.letter import Look
from app.ui.hooks.window import LEAST
from app.ui.models.hooks_subscriptions import STATE, TARGET
from tests.services.hooks.kit import delivery
from tests.ui.hooks.kit import LOCAL, Page, four, some

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def least(page: Page) -> None:
    page.begin(*four(), is_on=True)
    some(page)
    page.window.resize(*LEAST)
    page.frame()


def beyond(part: QWidget) -> list[QWidget]:
    """What is seen of it and stands beyond its right edge, but for what is scrolled."""
    inside = [each for each in part.findChildren(QWidget) if each.isVisibleTo(part) and each.window() is part.window()]
    scrolled = [area.viewport() for area in part.findChildren(QAbstractScrollArea)]
    free = [each for each in inside if not any(view.isAncestorOf(each) for view in scrolled)]
    return [each for each in free if each.mapTo(part, QPoint(each.width(), 0)).x() > part.width()]


def test_at_the_least_size_nothing_stands_beyond_the_right_edge(page: Page) -> None:
    least(page)
    assert page.window.width() == LEAST[0]
    assert beyond(page.window) == []
    layout = page.window.layout()
    assert layout is not None
    assert layout.minimumSize().width() <= LEAST[0]


def test_at_the_least_size_what_the_right_side_holds_is_as_narrow_as_the_right_side(page: Page) -> None:
    least(page)
    for place in range(page.window.right.count()):
        page.window.right.setCurrentIndex(place)
        page.frame()
        pane = page.window.right.currentWidget()
        assert isinstance(pane, QScrollArea)
        inside = pane.widget()
        assert inside is not None
        assert inside.width() <= pane.viewport().width(), place
        assert inside.minimumSizeHint().width() <= pane.viewport().width(), place


def test_at_the_least_size_no_word_of_the_head_and_no_button_is_cut(page: Page) -> None:
    least(page)
    for part in page.window.findChildren(QPushButton):
        if part.isVisible():
            assert part.width() >= part.minimumSizeHint().width(), part.text()
    head = page.window.head
    for label in (head.badge, head.state, head.figures):
        assert isinstance(label, QLabel)
        assert label.width() >= label.sizeHint().width(), label.text()
    assert head.figures.text() == "5 ok · 3 bad · 1 missed"
    assert "24 h: 5 ok" in head.figures.toolTip()


def test_a_long_name_of_an_account_is_cut_and_the_environment_is_not(page: Page) -> None:
    least(page)
    page.window.head._account = "An account of a partner with a very long name indeed"
    page.window.head.refresh()
    assert page.window.head.badge.text().startswith("PRACTICE · An account")
    assert page.window.head.badge.text().endswith("…")


def test_at_the_least_size_the_columns_of_subscriptions_need_no_scrolling(page: Page) -> None:
    least(page)
    table = page.window.subscriptions.table
    assert table.horizontalHeader().length() <= table.viewport().width()


@pytest.mark.parametrize(("size", "wide"), [(LEAST, 8), ((1280, 800), 8), ((2400, 900), 16)])
def test_hex_has_as_many_bytes_a_line_as_are_read_without_wrapping(page: Page, size: tuple[int, int], wide: int) -> None:
    page.begin(*four(), is_on=True)
    page.come(delivery(page.hooks.clock.now()))
    page.hooks.shelf.letters[1] = Letter((), bytes(range(64)), 64)
    page.window.resize(*size)
    page.window.deliveries.table.selectRow(0)
    page.frame()
    view = page.window.deliveries.chosen.letter
    view.chips[Look.HEX].click()
    lines = view.text.toPlainText().splitlines()
    assert len(lines) == 64 // wide
    assert view.text.fontMetrics().horizontalAdvance(lines[0]) <= view.text.viewport().width()
    view.chips[Look.PRETTY].click()
    assert view.text.wordWrapMode() is not view.text.wordWrapMode().NoWrap


def test_tabs_of_the_right_side_are_whole_at_the_least_size(page: Page) -> None:
    least(page)
    bar = page.window.right.findChild(QTabBar)
    assert isinstance(bar, QTabBar)
    assert bar.sizeHint().width() <= page.window.right.width()


def test_at_the_least_size_the_columns_of_deliveries_need_no_scrolling_and_the_chips_and_their_note_stand_whole(page: Page) -> None:
    least(page)
    pane = page.window.deliveries
    assert pane.table.horizontalHeader().length() <= pane.table.viewport().width()
    assert pane.note.text() == "10 shown"
    assert pane.note.fontMetrics().horizontalAdvance(pane.note.text()) <= pane.note.width()


@pytest.mark.parametrize(("width", "told"), [(LEAST[0], "127.0.0.1:8765/rankacy"), (1280, LOCAL), (1600, LOCAL)])
def test_an_address_loses_its_scheme_before_anything_of_it_is_cut(page: Page, width: int, told: str) -> None:
    page.begin(*four(), is_on=True)
    page.window.resize(width, 800)
    page.frame()
    table = page.window.subscriptions.table
    option = QStyleOptionViewItem()
    table.initViewItemOption(option)
    option.rect = table.visualRect(table.model().index(0, TARGET))
    delegate = table.itemDelegateForColumn(TARGET)
    assert isinstance(delegate, QStyledItemDelegate)
    delegate.initStyleOption(option, table.model().index(0, TARGET))
    assert option.text == told
    tip = str(table.model().index(0, TARGET).data(Qt.ItemDataRole.ToolTipRole))
    assert f"ODDS_UPDATED to {LOCAL}" in tip


@pytest.mark.parametrize(("width", "told"), [(LEAST[0], "received"), (1280, "active")])
def test_where_the_state_has_no_room_for_two_words_its_badge_has_the_one_that_tells_more(page: Page, width: int, told: str) -> None:
    page.begin(*four(), is_on=True)
    page.window.resize(width, 800)
    page.frame()
    table = page.window.subscriptions.table
    metrics, room = table.fontMetrics(), table.columnWidth(STATE)
    is_whole = whole_width(metrics, "active", "received") <= room
    assert is_whole == (told == "active")
    assert whole_width(metrics, "received", "") - BESIDE <= room, "nor is that one cut"
