"""The field for whom an order is: who it means is never a matter of how it is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import shiboken6
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from app.domain.user import User, UserError
from app.services.users import Users
from app.ui.theme import Theme
from app.ui.views.user_field import UserField

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # a window on a screen that is none

ANN, BOB = User("cust-8841", "Ann Lee"), User("cust-12", "Bob Annan")
_WORDS = st.lists(st.sampled_from(["a", "an", "b", "1", "-1"]), min_size=1, max_size=3)
_IDS = _WORDS.map("".join)
_NAMES = st.one_of(st.just(""), _WORDS.map(" ".join), _WORDS.map(lambda words: "".join(words).title()))
_ROSTERS = st.lists(st.builds(User, _IDS, _NAMES), max_size=6, unique_by=lambda user: user.id)
_TYPED = st.one_of(_IDS, _NAMES.filter(bool), st.sampled_from(["a b", "b a", "a an", " a ", "a  b", "A (a)", "<b>", "A"]))


@contextmanager
def standing(users: Users, theme: Theme) -> Iterator[UserField]:
    """The field above another one, with the focus."""
    window = QWidget()
    column = QVBoxLayout(window)
    field = UserField(users, theme)
    column.addWidget(field)
    other = QLineEdit()
    other.setObjectName("other")
    column.addWidget(other)
    window.resize(300, 300)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    field.setFocus()
    try:
        yield field
    finally:
        shiboken6.delete(window)


def meant(field: UserField) -> str | None:
    try:
        return field.user_id()
    except UserError:
        return None


def left_by(users: Users, theme: Theme, typed: str, how: str, arrows: int = 0) -> tuple[str | None, str | None]:
    """Who is meant just before and just after."""
    with standing(users, theme) as field:
        QTest.keyClicks(field, typed)
        for _ in range(arrows):
            QTest.keyClick(field, Qt.Key.Key_Down)
        before = meant(field)
        if how == "click":
            other = field.window().findChild(QLineEdit, "other")
            assert other is not None
            other.setFocus(Qt.FocusReason.MouseFocusReason)
        else:
            QTest.keyClick(field, {"tab": Qt.Key.Key_Tab, "back": Qt.Key.Key_Backtab, "enter": Qt.Key.Key_Return}[how])
        after = meant(field)
        if after is not None and how != "enter":
            assert field.text() == users.called(after), "a field that was left shows name and id"
        return before, after


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(roster=_ROSTERS, used=st.lists(_IDS, max_size=3), typed=_TYPED)
def test_however_it_is_left_it_means_the_same_user_or_none(theme: Theme, roster: list[User], used: list[str], typed: str) -> None:
    users = Users(roster, used)
    ways = {how: left_by(users, theme, typed, how) for how in ("tab", "back", "click", "enter")}
    placed = ways["tab"][0]  # what an order would name while the field is still being typed in
    assert {way[0] for way in ways.values()} == {placed}
    assert {ways[how][1] for how in ("tab", "back", "click")} == {placed}
    entered = ways["enter"][1]
    assert entered == placed or (placed is None and [user.id for user in users.find(typed)] == [entered])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(roster=_ROSTERS, typed=_TYPED, arrows=st.integers(1, 3))
def test_whom_an_arrow_chose_is_meant_however_it_is_left(theme: Theme, roster: list[User], typed: str, arrows: int) -> None:
    users = Users(roster)
    ways = [left_by(users, theme, typed, how, arrows) for how in ("tab", "click", "enter")]
    assert len({user for way in ways for user in way}) == 1


def test_the_only_user_with_these_words_is_taken_by_enter_and_not_by_leaving(theme: Theme) -> None:
    users = Users([ANN, BOB])
    assert left_by(users, theme, "ann l", "enter") == (None, "cust-8841")
    assert left_by(users, theme, "ann l", "tab") == (None, None)


def test_of_several_enter_takes_nobody_and_the_list_stays(theme: Theme) -> None:
    with standing(Users([ANN, User("cust-13", "Ann Lee")]), theme) as field:
        QTest.keyClicks(field, "Ann Lee")
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert (meant(field), field.text(), field.is_choosing, field.list.currentRow()) == (None, "Ann Lee", True, -1)


def test_an_exact_id_is_marked_though_many_have_it_in_their_names(theme: Theme) -> None:
    others = [User(f"b{number:02}", "cust-1") for number in range(30)]
    with standing(Users([*others, User("cust-1", "Zed")]), theme) as field:
        QTest.keyClicks(field, "cust-1")
        assert [field.list.item(0).text(), field.list.currentRow()] == ["Zed (cust-1)", 0]


def test_whom_the_arrow_comes_to_stands_in_the_field_and_escape_brings_back_what_was_typed(theme: Theme) -> None:
    with standing(Users([ANN, BOB]), theme) as field:
        QTest.keyClicks(field, "cust-1")
        QTest.keyClick(field, Qt.Key.Key_Down)
        assert (field.text(), meant(field)) == ("Bob Annan (cust-12)", "cust-12")
        QTest.keyClick(field, Qt.Key.Key_Escape)
        assert (field.text(), meant(field), field.is_choosing) == ("cust-1", "cust-1", False)


def test_a_look_at_another_window_does_not_end_what_is_being_typed(theme: Theme) -> None:
    with standing(Users([User("cust-1", "Zed")]), theme) as field:
        QTest.keyClicks(field, "cust-1")
        QApplication.sendEvent(field, _away())
        assert field.text() == "cust-1"
        QTest.keyClicks(field, "2")
        assert meant(field) == "cust-12"


def _away() -> QFocusEvent:
    return QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.ActiveWindowFocusReason)
