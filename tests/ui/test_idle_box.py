"""The idle lock's settings: nothing changes without the PIN that there is, and no field keeps one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from app.domain.idle import IdleChoice
from app.domain.secret import Secret
from app.services.idle import IdleLock
from app.ui.theme import Theme
from app.ui.views.idle_lock import KEPT, IdleLockBox
from tests.services.test_idle import OTHER, PIN, FakePins
from tests.ui.kit import SteppedTasks, Time

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none


class Page:
    def __init__(self, theme: Theme, qtbot: QtBot, pins: FakePins) -> None:
        self.pins, self.time, self.tasks = pins, Time(), SteppedTasks()
        self.lock = IdleLock(pins, clock=self.time.monotonic, now=self.time.now)
        self.box = IdleLockBox(self.lock, self.tasks.start, theme)
        qtbot.addWidget(self.box)
        self.box.show()

    def keep(self, current: str = "", new: str = "", again: str | None = None) -> str:
        """Type and press Enter; what the box answers."""
        for field, text in ((self.box.current, current), (self.box.new, new), (self.box.again, new if again is None else again)):
            QTest.keyClicks(field, text)
        QTest.keyClick(self.box.again, Qt.Key.Key_Return)
        assert [field.text() for field in (self.box.current, self.box.new, self.box.again)] == ["", "", ""]
        return self.box.answer.text()


@pytest.fixture
def fresh(theme: Theme, qtbot: QtBot) -> Iterator[Page]:
    page = Page(theme, qtbot, FakePins(is_on=False, pin=""))
    yield page
    page.tasks.give_up()


@pytest.fixture
def kept(theme: Theme, qtbot: QtBot) -> Iterator[Page]:
    page = Page(theme, qtbot, FakePins())
    page.tasks.start(page.lock.unlock(page.box.current.take()))
    page.time.seconds += 1
    yield page
    page.tasks.give_up()


def test_it_is_switched_on_with_minutes_and_a_pin(fresh: Page) -> None:
    assert not fresh.box.on.isChecked()
    assert fresh.box.current.isHidden(), "there is no PIN yet"
    fresh.box.on.click()
    fresh.box.minutes.setValue(25)
    assert fresh.keep(new=PIN) == KEPT
    assert (fresh.pins.choice, fresh.pins.pin) == (IdleChoice(True, 25), PIN)
    assert fresh.box.current.isVisible()
    assert fresh.box.now.isEnabled()


def test_it_is_not_switched_on_without_a_pin(fresh: Page) -> None:
    fresh.box.on.click()
    assert fresh.keep() == "Choose a PIN first"
    assert not fresh.pins.choice.is_on


def test_two_different_pins_are_none(fresh: Page) -> None:
    fresh.box.on.click()
    assert fresh.keep(new=PIN, again=OTHER) == "The two new PINs are not the same"
    assert fresh.pins.pin == ""


@pytest.mark.parametrize("current", ["", OTHER])
def test_no_change_without_the_pin(kept: Page, current: str) -> None:
    kept.box.on.click()
    assert kept.keep(current=current, new="13571357").startswith("That is not the PIN")
    assert (kept.pins.choice, kept.pins.pin) == (IdleChoice(True, 10), PIN)


def test_the_pin_is_changed_and_the_lock_switched_off(kept: Page) -> None:
    assert kept.keep(current=PIN, new=OTHER) == KEPT
    assert kept.pins.pin == OTHER
    kept.box.on.click()
    assert kept.keep(current=OTHER) == KEPT
    assert not kept.pins.choice.is_on
    assert not kept.box.now.isEnabled()


def test_it_can_be_locked_at_once(kept: Page) -> None:
    kept.tasks.start(kept.lock.change(IdleChoice(True, 10), current=Secret(PIN), new=Secret("")))
    kept.tasks.start(kept.lock.unlock(Secret(PIN)))
    kept.box.now.click()
    assert kept.lock.is_locked


@pytest.mark.parametrize("minutes", [0, 241, 9999])
def test_minutes_stay_in_their_range(fresh: Page, minutes: int) -> None:
    fresh.box.minutes.setValue(minutes)
    assert 1 <= fresh.box.minutes.value() <= 240


def test_every_control_has_a_name(fresh: Page) -> None:
    for field in [*fresh.box.findChildren(QLineEdit), *fresh.box.findChildren(QSpinBox)]:
        if field.objectName() != "qt_spinbox_lineedit":
            assert field.accessibleName()
    assert all(button.text() for button in fresh.box.findChildren(QAbstractButton))


def test_the_words_say_what_it_does_not_protect(fresh: Page) -> None:
    words = " ".join(label.text() for label in fresh.box.findChildren(QLabel))
    assert "does not protect the files" in words
    assert "pin.json" in words
