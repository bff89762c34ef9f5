"""A desk per test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.offer import Offer
from app.store.paths import resources
from app.ui.theme import Theme
from tests.ui.kit import Desk


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, resources())


@pytest.fixture
def desk(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    theme.use("dark")
    desk = Desk(theme, tmp_path)
    yield desk
    desk.close()


@pytest.fixture
def users_desk(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    """A desk whose account places every order for an external user."""
    theme.use("dark")
    desk = Desk(theme, tmp_path, offers=frozenset({Offer.USERS}))
    yield desk
    desk.close()
