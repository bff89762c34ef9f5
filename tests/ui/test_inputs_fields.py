"""What people paste into fields, search for, and set limits to (I-58, I-59, I-62): bounded, literal, bent to what is allowed and said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDateTimeEdit, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from app.domain.environment import Environment
from app.domain.events import EventChanged, MarketsSeeded
from app.domain.market import Event
from app.domain.order import Order
from app.domain.risk import BOUNDS
from app.services.notices import Tone
from app.ui.models.limits import limit_text
from app.ui.models.odds_grid import Head
from app.ui.theme import Theme
from tests.ui.acts import enter, paste, place, press, write
from tests.ui.kit import MONEYLINE, START, Desk, group, seeded
from tests.ui.test_limits import open_editor, page, text, type_in

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none

MOST = 1_000  # characters a passphrase may have; every other field takes far less
BROKEN = pytest.mark.qt_log_ignore("Broken filename|This plugin does not support", extend=True)  # what Qt's file box thinks of a NUL


# I-58: pastes into every field


@pytest.fixture
def production(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    """Where every field of the window can be seen: the one for the phrase is there in production only."""
    desk = Desk(theme, tmp_path, Environment.PRODUCTION)
    yield desk
    desk.close()


def every_field(desk: Desk) -> list[QLineEdit]:
    """All of them, in view: the ticket's, the searches, a limit that is being set, the halt panel's, those of the boxes.

    But for the fields of dates, which take nothing that is none.
    """
    write(desk, "10")
    press(desk, Qt.Key.Key_F12)
    desk.window.at_hand.switch_box.begin()
    save_box(desk)
    open_editor(desk, "stake")
    desk.window.at_hand.blotter.filter.show()
    return [field for field in desk.window.findChildren(QLineEdit) if not isinstance(field.parent(), QDateTimeEdit)]


def save_box(desk: Desk) -> QFileDialog:
    """The box that asks where to save the limits."""
    table = page(desk).table
    next(action for action in table.menu_at(QPoint(5, 5)).actions() if action.text().startswith("Save table")).trigger()
    box = table.findChild(QFileDialog)
    assert isinstance(box, QFileDialog)
    return box


def of_text(words: str) -> QMimeData:
    mime = QMimeData()
    mime.setText(words)
    return mime


def of_rich_text(words: str) -> QMimeData:
    mime = QMimeData()
    mime.setHtml(f"<b>{words}</b><img src='x.png'><script>1</script>")
    mime.setText(words)
    return mime


def of_markup_alone() -> QMimeData:
    mime = QMimeData()
    mime.setHtml("<b>10</b>" * 10_000)
    return mime


def of_picture() -> QMimeData:
    mime = QMimeData()
    mime.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    return mime


def of_files() -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(f"/tmp/file-{number}.csv") for number in range(1000)])
    return mime


def of_bytes() -> QMimeData:
    mime = QMimeData()
    mime.setData("application/octet-stream", b"\x00\xff" * 50_000)
    return mime


@pytest.mark.parametrize(
    ("what", "has_text"),
    [
        (partial(of_text, "9" * 100_000), True),
        (partial(of_text, "x" * 100_000), True),
        (partial(of_text, "\N{EARTH GLOBE AMERICAS}" * 100_000), True),
        (partial(of_text, "1\n" * 50_000), True),
        pytest.param(partial(of_text, "\0" * 100_000), True, marks=BROKEN),
        (partial(of_rich_text, "9" * 100_000), True),
        (of_files, True),
        (of_markup_alone, False),
        (of_picture, False),
        (of_bytes, False),
    ],
    ids=["digits", "letters", "signs of two units", "lines", "NULs", "rich text", "files", "markup alone", "a picture", "bytes"],
)
def test_i58_a_paste_into_any_field_is_bounded_and_does_nothing_else(
    production: Desk, what: Callable[[], QMimeData], has_text: bool
) -> None:
    fields = every_field(production)
    assert len(fields) >= 9
    assert all(0 < field.maxLength() <= MOST for field in fields)
    for field in fields:
        enter(field, "7")
        QTest.keyClick(field, Qt.Key.Key_End)
        paste(field, what())
        assert field.text().startswith("7")
        assert (1 < len(field.text()) <= MOST) is has_text
    assert production.venue.placed == []
    assert production.journal.halt
    assert text(production, "stake") == "1,000.00"


def test_i58_a_paste_into_a_date_leaves_a_date(desk: Desk) -> None:
    dates = desk.window.at_hand.statement.findChildren(QDateTimeEdit)
    assert dates
    for field in dates:
        before = field.date()
        paste(field.lineEdit(), of_text("x" * 100_000))
        assert (field.date(), len(field.text()) <= 20) == (before, True)


@pytest.mark.parametrize("name", ["x" * 500, "no such folder/limits", "a\0b", "limits.csv/limits.csv"])
def test_i58_a_name_under_which_nothing_can_be_saved_is_said(desk: Desk, tmp_path: Path, name: str) -> None:
    (tmp_path / "limits.csv").touch()
    save_box(desk).fileSelected.emit(f"{tmp_path}/{name}")
    newest = desk.notices.lines[-1]
    assert newest.words.startswith("The table was not saved: ")
    assert newest.tone is Tone.BAD


def test_i58_saving_a_table_never_overwrites_a_file(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "limits.csv").write_text("mine", "utf-8")
    box = save_box(desk)
    field = box.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    enter(field, str(tmp_path / "limits"))
    box.accept()
    assert (tmp_path / "limits.csv").read_text("utf-8") == "mine"
    assert (tmp_path / "limits-2.csv").read_text("utf-8").startswith("Rule,Limit")
    assert desk.notices.lines[-1].words == f"Saved as {tmp_path / 'limits-2.csv'}"


# I-59: searches


LITERAL = [
    ".*",
    "^$",
    "[a-z]+",
    "(?i)x",
    "\\d",
    "\\",
    "%",
    "_",
    "'",
    '"',
    "'; DROP TABLE orders; --",
    "* OR 1=1",
    "<b>",
    "a\0b",
    "x" * 10_000,
]
SEARCHES = ["events", "markets", "orders"]


def find(desk: Desk, where: str, words: str) -> list[str]:
    """Type into a search and read what it leaves."""
    window = desk.window
    fields = {"events": window.at_hand.events.search, "markets": window.at_hand.grid.market_filter, "orders": window.at_hand.blotter.filter}
    enter(fields[where], words)
    if where == "events":
        shown = [node.event for node in window.at_hand.events.model.nodes() if node.is_event]
        return [event.name for event in shown if event and event.id != 1001]  # which is found by its markets, too
    if where == "markets":
        return [row.group.name for row in window.at_hand.grid.model.rows if isinstance(row, Head)]
    return [order.draft.selection_name for order in window.at_hand.blotter.model.rows]


def add_named(desk: Desk, order: Order, name: str) -> None:
    """An event, a market and an order of this name, beside the usual ones."""
    desk.desk.blotter.add(msgspec.structs.replace(order, ref="named", draft=msgspec.structs.replace(order.draft, selection_name=name)))
    told = seeded(desk.time.seconds)
    market = msgspec.structs.replace(group(name, "moneyline", MONEYLINE), id=999)
    desk.session.emit(
        [
            EventChanged(Event(1003, name, 132, "NBA", "Basketball", START, "not_started")),
            MarketsSeeded(1001, (*told.groups, market), told.books, desk.time.seconds),
        ]
    )
    desk.frame()


@pytest.mark.parametrize("words", LITERAL)
@pytest.mark.parametrize("where", SEARCHES)
def test_i59_a_search_takes_every_sign_literally(desk: Desk, where: str, words: str) -> None:
    order = desk.desk.blotter.orders[place(desk, "10")]
    assert find(desk, where, words) == []
    name = f"Cup {words} final"
    add_named(desk, order, name)
    assert find(desk, where, words) == [name]


@pytest.mark.parametrize("where", SEARCHES)
def test_i59_an_emptied_search_shows_everything_again(desk: Desk, where: str) -> None:
    place(desk, "10")
    everything = find(desk, where, "")
    assert everything
    assert find(desk, where, "\\") == []
    assert find(desk, where, "") == everything


# I-62: limits


@pytest.mark.parametrize("field", BOUNDS)
def test_i62_a_limit_beyond_its_bounds_is_bent_to_them_and_said(users_desk: Desk, field: str) -> None:
    desk = users_desk  # it has all limits
    low, high = BOUNDS[field]
    for typed, kept in ((f"{high:f}0", high), ("9" * 15, high), ("0", low)):
        type_in(desk, field, typed)
        limit = getattr(desk.desk.controls.limits, field)
        assert limit == kept
        assert (text(desk, field), desk.kept_limits[-1]) == (limit_text(field, limit), desk.desk.controls.limits)
        assert ("cannot be" in page(desk).said.text()) is (Decimal(typed) != kept)


KINDS = ("stake", "orders_a_minute", "sanity_factor")  # an amount, a count, a factor


@pytest.mark.parametrize(
    "typed",
    ["", " ", "-5", "\u22125", "+5", "NaN", "inf", "-inf", "ten", "10,50", "1e3", "0x10", "1 000", "١٢", "10€", "5\n", "9" * 16, "9" * 400],
)
def test_i62_a_text_that_is_no_limit_is_refused_with_a_sentence_and_the_old_value_stays(desk: Desk, typed: str) -> None:
    for field in KINDS:
        before = text(desk, field)
        type_in(desk, field, typed)
        assert text(desk, field) == before
        assert page(desk).said.isVisible()
        assert page(desk).said.text().endswith(f"It stays at {before}")
    assert desk.kept_limits == []


@pytest.mark.parametrize(
    ("field", "typed"), [("orders_a_minute", "2.5"), ("stake", "10.005"), ("sanity_factor", "2.555"), ("worse_steps", ".5")]
)
def test_i62_a_limit_has_no_more_decimals_than_its_kind(desk: Desk, field: str, typed: str) -> None:
    before = text(desk, field)
    type_in(desk, field, typed)
    assert (text(desk, field), desk.kept_limits) == (before, [])


def test_i62_a_typed_limit_is_still_there_after_a_report_came_in(desk: Desk) -> None:
    editor = open_editor(desk, "stake")
    enter(editor, "25")
    place(desk, "10")
    QTest.keyClicks(editor, "0")
    assert editor.text() == "250"
