"""A wizard's window per test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from tests.ui.wizard.kit import Stage


@pytest.fixture
def stage(theme: Theme, qtbot: QtBot) -> Iterator[Stage]:
    theme.use("dark")
    stage = Stage(theme)
    yield stage
    stage.close()
