"""Faults of the practice exchange: tried from the page, said as long as they hold, and nowhere at a real feed."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel

from app.domain.environment import Environment
from app.domain.errors import RefusedError
from app.domain.hook_faults import HookFaults
from app.ui.hooks.faults import HONEST, FaultsBox
from app.ui.theme import Theme
from tests.ui.hooks.kit import Page, four

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def box(page: Page) -> FaultsBox:
    found = page.window.trial.faults
    assert found is not None
    return found


def test_what_is_chosen_holds_after_use_and_is_said_there_and_over_everything_until_it_is_off(page: Page) -> None:
    page.begin(*four(), is_on=True)
    faults, said = box(page), page.window.head.feed
    assert faults.said.text() == HONEST
    faults.corrupt.setChecked(True)
    faults.copies.setValue(2)
    faults.late.setValue(1.5)
    page.frame()
    assert page.hooks.switches.faults == HookFaults(), "nothing changes before Use"
    faults.use.click()
    page.frame()
    assert page.hooks.switches.faults == HookFaults(duplicate=2, delay=1.5, corrupt=True)
    words = "the practice exchange sends each delivery 3 times, sends it 1.5 s late, changes its body after it was signed."
    assert faults.said.text() == f"Now {words}"
    assert said.text() == f"Switched on under Send a test: {words}"
    faults.none.click()
    page.frame()
    assert page.hooks.switches.faults == HookFaults()
    assert (faults.corrupt.isChecked(), faults.copies.value(), faults.late.value()) == (False, 0, 0.0)
    assert said.isHidden()
    assert not faults.none.isEnabled()


def test_what_was_switched_on_elsewhere_is_shown_when_the_page_is(page: Page) -> None:
    page.hooks.switches.faults = HookFaults(drop=True, upper=True)
    page.begin(*four(), is_on=True)
    faults = box(page)
    assert (faults.drop.isChecked(), faults.upper.isChecked()) == (True, True)
    assert faults.said.text() == "Now the practice exchange drops each delivery."
    page.hooks.switches.faults = HookFaults()
    page.desk.start()
    page.desk.venue_is_back()
    page.frame()
    assert not faults.drop.isChecked(), "an exchange that was started anew has none"


def test_what_is_being_chosen_stays_while_deliveries_come(page: Page) -> None:
    page.begin(*four(), is_on=True)
    box(page).drop.setChecked(True)
    page.frame()
    assert box(page).drop.isChecked()


def test_an_exchange_that_has_no_such_switches_or_does_not_answer_is_said(page: Page) -> None:
    page.hooks.switches.trouble = RefusedError("Not Found", status=404)
    page.begin(*four(), is_on=True)
    assert box(page).said.text() == "How they stand is not known: Not Found"
    assert page.window.head.feed.isHidden()
    page.hooks.switches.trouble = None
    box(page).drop.setChecked(True)
    box(page).use.click()
    page.frame()
    assert page.hooks.switches.faults.drop


@pytest.mark.parametrize("environment", [Environment.PRODUCTION, Environment.SANDBOX])
def test_a_real_feeds_page_has_nothing_of_it(theme: Theme, environment: Environment) -> None:
    page = Page(theme, environment)
    try:
        page.begin(*four(), is_on=True)
        assert page.window.trial.faults is None
        assert page.desk.faults is None
        assert page.hooks.switches.asked == 0
        words = [part.text() for part in page.window.findChildren(QLabel)]
        told = [*words, *(part.text() for part in page.window.findChildren(QAbstractButton))]
        assert not [words for words in told if "Corrupt" in words or "practice exchange" in words]
    finally:
        page.close()
