"""A page of webhooks per test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from tests.ui.hooks.kit import Page


@pytest.fixture
def page(theme: Theme, qtbot: QtBot) -> Iterator[Page]:
    theme.use("dark")
    page = Page(theme)
    yield page
    page.close()
