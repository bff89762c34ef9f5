"""A place for a journal, and one that is open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.journal.file import JournalFile
from tests.store.journal.kit import opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal" / "mine-practice.db"


@pytest.fixture
def file(path: Path) -> Iterator[JournalFile]:
    with opened(path) as found:
        yield found
