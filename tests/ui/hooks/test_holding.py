"""A feed's account does not go while a secret of it would be lost: quitting, disconnecting and switching all ask its view first."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.domain.webhook import NewSubscription
from app.ui.hooks.secrets_box import FIRST
from app.ui.theme import Theme
from tests.services.hooks.kit import secret_of, subscription
from tests.ui.feed.test_feed_view import House

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_the_view_holds_its_account_until_each_secret_is_safe_and_shows_what_it_waits_for(
    theme: Theme, qtbot: QtBot, tmp_path: Path
) -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    house = House(theme, tmp_path)
    assert not house.view.is_holding  # and builds no page to find that out
    page = house.view.hooks
    page.secrets_box.begin([NewSubscription(subscription(), secret_of(17))])
    page.hide()
    assert house.view.is_holding
    assert page.isVisible()
    assert page.secrets_box.isVisible()
    assert page.secrets_box.why.text() == FIRST
    page.secrets_box.lines[0].copy.click()
    assert house.view.is_holding, "this clipboard takes nothing"
    page.secrets_box.lines[0].take_copy()
    assert not house.view.is_holding
    house.close()
    loop.run_until_complete(house.feed.tasks.stop())
    asyncio.set_event_loop(None)
    loop.close()
