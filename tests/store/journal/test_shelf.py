"""The names of journals and of what lies beside them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.store.journal import shelf
from app.store.paths import folders
from tests.store.journal.kit import NOON


def test_a_journal_is_named_for_its_profile_and_environment(tmp_path: Path) -> None:
    where = folders(tmp_path)

    assert shelf.journal_path(where, "Main account ", "PRODUCTION") == where.data / "journal" / "main account-production.db"


def test_profiles_of_one_name_have_a_journal_for_each_environment(tmp_path: Path) -> None:
    where = folders(tmp_path)

    assert len({shelf.journal_path(where, "a", environment) for environment in ("PRACTICE", "SANDBOX", "PRODUCTION")}) == 3


def test_only_journals_are_listed(tmp_path: Path) -> None:
    where = folders(tmp_path)
    folder = shelf.journal_folder(where)
    folder.mkdir(parents=True)
    for name in (
        "b-practice.db",
        "a-sandbox.db",
        "a-sandbox.db-wal",
        "a-sandbox.db.bad-20260101T000000Z",
        ".a-sandbox.db.draft",
        "x.db.lock",
    ):
        (folder / name).touch()

    assert [path.name for path in shelf.journals(where)] == ["a-sandbox.db", "b-practice.db"]
    assert [path.name for path in shelf.journals(where, "A")] == ["a-sandbox.db"]
    assert shelf.journals(where, "nobody") == []


def test_a_backups_name_tells_its_time_to_the_microsecond(tmp_path: Path) -> None:
    name = shelf.next_backup(tmp_path, tmp_path / "a.db", NOON)

    assert name.name == "journal-20260304T120000.000005Z.db"
    assert shelf.written_at(name) == NOON


@pytest.mark.parametrize("clock", [NOON, datetime(1970, 1, 1, tzinfo=UTC)])
def test_a_new_backup_sorts_last_whatever_the_clock_says(tmp_path: Path, clock: datetime) -> None:
    older = shelf.next_backup(tmp_path, tmp_path / "a.db", NOON)
    older.touch()
    newer = shelf.next_backup(tmp_path, tmp_path / "a.db", clock)
    newer.touch()

    assert shelf.backups(tmp_path / "a.db", tmp_path) == [older, newer]


def test_what_is_named_otherwise_is_no_backup_and_stays(tmp_path: Path) -> None:
    mine = tmp_path / "journal-before-the-holidays.db"
    mine.touch()

    shelf.drop_oldest(tmp_path / "a.db", tmp_path, keep=1)

    assert mine.exists()
    assert shelf.backups(tmp_path / "a.db", tmp_path) == []
