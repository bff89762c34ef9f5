"""The trading switch: off in one click, on only as its environment asks for it, and never by colour alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.environment import Environment
from app.domain.record import Remarked
from app.ui.theme import Theme
from app.ui.views.switch import HALTED, OFF, ON
from tests.ui.acts import write
from tests.ui.kit import Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none


@pytest.fixture
def production(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(theme, tmp_path, Environment.PRODUCTION)
    desk.desk.controls.switch(is_on=False)
    desk.frame()
    yield desk
    desk.close()


@pytest.fixture
def sandbox(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(theme, tmp_path, Environment.SANDBOX)
    desk.desk.controls.switch(is_on=False)
    desk.frame()
    yield desk
    desk.close()


def test_one_click_switches_off_and_the_ticket_says_so(desk: Desk) -> None:
    ticket = write(desk)
    assert (desk.window.at_hand.header.switch.text(), ticket.place.isEnabled()) == (ON, True)
    desk.window.at_hand.header.switch.click()
    desk.frame()
    assert desk.window.at_hand.header.switch.text() == OFF
    assert not desk.desk.controls.is_on
    assert (ticket.place.isEnabled(), ticket.place.text()) == (False, "Trading is OFF")
    assert "Trading is off" in ticket.objection.text()


def test_practice_switches_on_in_one_click(desk: Desk) -> None:
    desk.window.at_hand.header.switch.click()
    desk.window.at_hand.header.switch.click()
    assert desk.desk.controls.is_on
    assert [entry.words for entry in desk.journal.of(Remarked)] == [
        "trading switched off in the window",
        "trading switched on in the window",
    ]


def test_the_switch_is_reached_and_pressed_by_keys(desk: Desk) -> None:
    desk.window.at_hand.header.switch.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(desk.window.at_hand.header.switch, Qt.Key.Key_Space)
    assert not desk.desk.controls.is_on


def test_the_sandbox_asks_for_one_click_in_a_box_that_is_not_modal(sandbox: Desk) -> None:
    box = sandbox.window.at_hand.switch_box
    sandbox.window.at_hand.header.switch.click()
    assert box.isVisible()
    assert not box.isModal()
    assert not box.field.isVisible()
    assert not sandbox.desk.controls.is_on
    box.switch_on.click()
    sandbox.frame()
    assert sandbox.desk.controls.is_on
    assert not box.isVisible()
    assert sandbox.window.at_hand.header.switch.text() == ON


def test_leaving_the_box_by_escape_leaves_trading_off(sandbox: Desk) -> None:
    sandbox.window.at_hand.header.switch.click()
    QTest.keyClick(sandbox.window.at_hand.switch_box, Qt.Key.Key_Escape)
    assert not sandbox.window.at_hand.switch_box.isVisible()
    assert not sandbox.desk.controls.is_on


def test_enter_in_the_sandboxs_box_takes_the_harmless_way_out(sandbox: Desk) -> None:
    sandbox.window.at_hand.header.switch.click()
    QTest.keyClick(sandbox.window.at_hand.switch_box, Qt.Key.Key_Return)
    assert not sandbox.desk.controls.is_on


@pytest.mark.parametrize(
    "typed", ["", "trade", "Trade real money", "trade real money ", " trade real money", "trade  real money", "trade real moneу", "x" * 500]
)
def test_production_stays_off_until_exactly_the_phrase_is_typed(production: Desk, typed: str) -> None:
    production.window.at_hand.header.switch.click()
    box = production.window.at_hand.switch_box
    box.field.setText(typed)
    assert not box.switch_on.isEnabled()
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    assert not production.desk.controls.is_on


def test_production_switches_on_with_the_phrase(production: Desk) -> None:
    production.window.at_hand.header.switch.click()
    box = production.window.at_hand.switch_box
    QTest.keyClicks(box.field, "trade real money")
    assert box.switch_on.isEnabled()
    box.switch_on.click()
    production.frame()
    assert production.desk.controls.is_on
    assert production.window.at_hand.header.switch.text() == ON


def test_the_phrase_must_be_typed_anew_each_time(production: Desk) -> None:
    production.window.at_hand.header.switch.click()
    box = production.window.at_hand.switch_box
    QTest.keyClicks(box.field, "trade real money")
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    assert production.desk.controls.is_on
    production.window.at_hand.header.switch.click()
    production.window.at_hand.header.switch.click()
    assert box.isVisible()
    assert box.field.text() == ""
    assert not production.desk.controls.is_on


@pytest.mark.parametrize("environment", list(Environment))
def test_frame_badge_title_and_place_carry_the_environment(theme: Theme, qtbot: QtBot, tmp_path: Path, environment: Environment) -> None:
    desk = Desk(theme, tmp_path, environment)
    ticket = write(desk)
    image = desk.window.grab().toImage()
    assert image.pixelColor(1, 300) == theme.colours[environment.colour]
    assert desk.window.at_hand.header.badge.text().startswith(environment)
    assert desk.window.windowTitle().startswith(environment)
    assert ticket.place.text().endswith(f"on {environment}")
    desk.close()


def test_a_halt_stands_on_the_switch_and_a_press_leads_to_the_way_out(desk: Desk) -> None:
    desk.journal.halt = "pulled from the command line"
    desk.beat()
    assert desk.window.at_hand.header.switch.text() == HALTED
    desk.window.at_hand.header.switch.click()
    assert desk.window.at_hand.halt.field.hasFocus()
    assert desk.desk.controls.is_on


@pytest.mark.parametrize("environment", list(Environment))
def test_the_header_fits_twelve_hundred_pixels_with_long_amounts(
    theme: Theme, qtbot: QtBot, tmp_path: Path, environment: Environment
) -> None:
    desk = Desk(theme, tmp_path, environment)
    desk.window.resize(1200, 700)
    header = desk.window.at_hand.header
    for figure in (header.cash, header.free):
        figure.say("99,999,772.43")
    for figure in (header.unmatched, header.matched):
        figure.say("1,234,100.00")
    header.today.say("+10,000.00")
    QCoreApplication.sendPostedEvents()  # lays everything out
    assert desk.window.width() == 1200
    assert header.minimumSizeHint().width() <= 1192
    for part in (header.badge, header.switch, header.cancel_button, header.stop_button, header.menu_button, *header.dots):
        assert header.rect().contains(part.geometry())
        assert part.width() >= part.sizeHint().width()
    desk.close()
