"""The limits page: each rule with its limit and today's use, set in place, refused with a sentence."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import QCoreApplication, QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit

from app.domain.risk import Silence
from app.ui.models.limits import LIMIT_COLUMN, USE_COLUMN, bounds
from app.ui.views.limits import HONESTY, LimitsView
from tests.ui.acts import enter, place, write
from tests.ui.kit import Desk


def page(desk: Desk) -> LimitsView:
    desk.window.at_hand.tabs.setCurrentWidget(desk.window.at_hand.limits)
    return desk.window.at_hand.limits


def cell(desk: Desk, field: str, column: int = LIMIT_COLUMN) -> QModelIndex:
    model = desk.window.at_hand.limits.model
    return model.index(next(at for at, line in enumerate(model.rows) if line.field == field), column)


def text(desk: Desk, field: str, column: int = LIMIT_COLUMN) -> str:
    return str(cell(desk, field, column).data())


def open_editor(desk: Desk, field: str) -> QLineEdit:
    """Open a limit's editor as a person does, by a key."""
    table = page(desk).table
    table.setCurrentIndex(cell(desk, field))
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    return editor


def type_in(desk: Desk, field: str, typed: str) -> None:
    """Open the editor, type and press Enter."""
    editor = open_editor(desk, field)
    enter(editor, typed)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QCoreApplication.sendPostedEvents()  # Qt commits an editor in the next turn


def test_every_rule_stands_there_in_the_order_in_which_it_is_asked_and_what_may_be_set_comes_first(desk: Desk) -> None:
    codes = [row.code for row in page(desk).model.rows]
    rules = [rule for rule in desk.desk.controls.rules if not rule.is_of_users]
    limits, states = [rule.code for rule in rules if rule.limit], [rule.code for rule in rules if not rule.limit]
    assert codes == [*limits, *["SILENCE"] * 3, *["BURST"] * 2, *states]
    assert len(states) > 3, "the kill switch and the like are no limits: they stand below them"
    assert page(desk).honesty.text() == HONESTY


def test_rules_about_external_users_stand_there_only_where_orders_are_placed_for_them(users_desk: Desk) -> None:
    rows = page(users_desk).model.rows
    limits = [rule.code for rule in users_desk.desk.controls.rules if rule.limit]
    assert [row.code for row in rows[: len(limits)]] == limits
    assert {row.field for row in rows} >= {"user_order", "user_event", "user_day", "user"}


def test_limits_read_with_their_units(desk: Desk) -> None:
    shown = [text(desk, field) for field in ("stake", "worse_steps", "sanity_factor", "duplicate_seconds", "orders_a_minute", "silence")]
    assert shown == ["1,000.00", "10 steps", "4 ×", "2 s", "60", "alarm only"]


@pytest.mark.parametrize(
    ("field", "typed", "value", "shown"),
    [
        ("stake", "250", Decimal("250.00"), "250.00"),
        ("day_loss", "99.5", Decimal("99.50"), "99.50"),
        ("orders_a_minute", "30", 30, "30"),
        ("leap_factor", "2.5", Decimal("2.5"), "2.5 ×"),
        ("burst_seconds", "20", 20, "20 s"),
    ],
)
def test_a_limit_is_typed_in_place_and_kept(desk: Desk, field: str, typed: str, value: object, shown: str) -> None:
    type_in(desk, field, typed)
    assert getattr(desk.kept_limits[-1], field) == value
    assert getattr(desk.desk.controls.limits, field) == value
    assert text(desk, field) == shown
    assert f"{shown} from now on" in page(desk).said.text()


def test_escape_leaves_a_limit_as_it_was(desk: Desk) -> None:
    editor = open_editor(desk, "stake")
    QTest.keyClicks(editor, "5")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert desk.kept_limits == []
    assert text(desk, "stake") == "1,000.00"


def test_what_silence_leads_to_is_chosen_from_a_list(desk: Desk) -> None:
    table = page(desk).table
    table.setCurrentIndex(cell(desk, "silence"))
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_F2)
    editor = table.findChild(QComboBox)
    assert editor is not None
    assert [editor.itemText(at) for at in range(editor.count())] == [str(action) for action in Silence]
    editor.setCurrentText(str(Silence.HALT))
    desk.window.at_hand.limits.delegate.commitData.emit(editor)
    assert desk.desk.controls.limits.silence is Silence.HALT


def test_what_has_no_limit_cannot_be_edited(desk: Desk) -> None:
    model = page(desk).model
    fixed = [at for at, line in enumerate(model.rows) if not line.field]
    assert fixed
    assert not any(model.flags(model.index(at, LIMIT_COLUMN)) & Qt.ItemFlag.ItemIsEditable for at in fixed)
    assert not model.flags(cell(desk, "stake", USE_COLUMN)) & Qt.ItemFlag.ItemIsEditable


def test_todays_use_moves_while_the_page_is_shown_and_only_then(desk: Desk) -> None:
    told: list[int] = []
    desk.window.at_hand.limits.model.dataChanged.connect(lambda first, _last, *_: told.append(first.column()))
    desk.beat()
    assert told == []
    place(desk, "100")
    page(desk)
    told.clear()
    desk.beat()
    assert told == [USE_COLUMN]
    assert text(desk, "day", USE_COLUMN) == "100.00"


def test_a_lowered_limit_stops_the_next_order(desk: Desk) -> None:
    ticket = write(desk, "100")
    type_in(desk, "stake", "50")
    desk.frame()
    assert not ticket.place.isEnabled()
    assert "above the limit of 50.00" in ticket.objection.text()


def test_the_bounds_stand_beside_each_limit() -> None:
    assert (bounds("stake"), bounds("silence_seconds"), bounds("sanity_factor"), bounds("")) == (
        "1 to 1,000,000",
        "6 to 300",
        "1.1 to 100",
        "",
    )


def test_the_model_keeps_qts_rules(desk: Desk) -> None:
    QAbstractItemModelTester(desk.window.at_hand.limits.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    type_in(desk, "stake", "60")
