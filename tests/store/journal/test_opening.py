"""A journal that is damaged, foreign or gone is kept aside and rebuilt, never silently empty; one that is well is left alone."""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from app.store.journal import schema, shelf
from app.store.journal.errors import JournalError, NewerError
from app.store.journal.lines import Line
from app.store.journal.opening import SMALL, Opened, examine
from app.store.journal.verdict import TAIL
from tests.store.journal.kit import NOON, bodies, change, filled, line, opened, opening, remark, seqs

ROOT = Path(__file__).parents[3]


@contextlib.contextmanager
def rebuilt(path: Path) -> Iterator[Opened]:
    """A journal that must have needed repair, and can be written since."""
    found = opening(path)
    with contextlib.closing(found.file):
        assert found.is_rebuilt
        assert len(found.notes) == 1
        found.file.append([remark("after the repair")])
        assert found.file.verify().is_whole
        yield found


def aside(path: Path) -> list[Path]:
    """What was kept, without the logs beside it."""
    return [one for one in sorted(path.parent.glob(f"{path.name}.bad-*")) if not one.name.endswith(("-wal", "-shm"))]


def backed_up(path: Path) -> Path:
    """A journal of five rows, its backup of three."""
    with opened(path) as file:
        file.append([line(number) for number in (1, 2, 3)])
        kept = file.backup()
        file.append([line(number) for number in (4, 5)])
    return kept


def test_the_first_start_makes_a_journal_without_a_word(path: Path) -> None:
    found = opening(path)

    assert (found.notes, found.is_rebuilt, found.file.is_newer) == ([], False, False)
    assert found.file.live() == []
    found.file.close()


def test_nothing_but_the_journal_is_left_lying_about(path: Path) -> None:
    filled(path)

    assert sorted(one.name for one in path.parent.iterdir()) == [path.name, f"{path.name}.lock"]


def test_the_next_start_goes_on_where_the_last_one_ended(path: Path) -> None:
    filled(path, count=3)
    with opened(path) as file:
        file.append([line(4)])

        assert seqs(file) == [1, 2, 3, 4]
        assert len(file.live()) == 4


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("Dear diary, today I bet on the home side. " * 400)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "something").write_text("kept")


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def other_database(path: Path) -> None:
    path.unlink()
    change(path, "CREATE TABLE songs (name TEXT)", "INSERT INTO songs VALUES ('one')")


def noise(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(40_000))


def missing_column(path: Path) -> None:
    change(path, "DROP INDEX ix_orders_touched_at", "ALTER TABLE orders DROP COLUMN touched_at")


def missing_table(path: Path) -> None:
    change(path, "DROP TABLE flags")


def no_revision(path: Path) -> None:
    change(path, "DROP TABLE alembic_version")


def changed_row(path: Path) -> None:
    change(path, "UPDATE entries SET body = 'forged' WHERE seq = 4")


def no_text(path: Path) -> None:
    change(path, "UPDATE entries SET body = CAST(X'FF00FF' AS TEXT) WHERE seq = 4")


DAMAGES = [empty, text, folder, pipe, other_database, noise, missing_column, missing_table, no_revision, changed_row, no_text]
posix_only = {pipe, folder}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_no_whole_journal_is_kept_aside_and_the_backup_takes_its_place(path: Path, damage: Callable[[Path], None]) -> None:
    backup = backed_up(path)
    damage(path)

    with rebuilt(path) as found:
        assert bodies(found.file)[:3] == ['{"number":1}', '{"number":2}', '{"number":3}']
        assert len(bodies(found.file)) == 4
        [kept] = aside(path)
        assert kept.name in found.notes[0]
        assert f"backup of {shelf.written_at(backup):%Y-%m-%d %H:%M:%S} UTC" in found.notes[0]
    assert backup.exists()
    assert not opening(path).is_rebuilt


@pytest.mark.parametrize("damage", DAMAGES)
def test_without_a_backup_a_new_journal_takes_its_place_and_says_so(path: Path, damage: Callable[[Path], None]) -> None:
    filled(path)
    damage(path)

    with rebuilt(path) as found:
        assert bodies(found.file) == ["after the repair"]
        assert "no good backup" in found.notes[0]
        assert len(aside(path)) == 1


def test_what_was_kept_aside_is_what_was_there(path: Path) -> None:
    filled(path)
    text(path)
    before = path.read_bytes()

    with rebuilt(path):
        assert aside(path)[0].read_bytes() == before
        assert aside(path)[0].name == f"{path.name}.bad-20260304T120001Z"


def test_a_second_damage_in_one_second_does_not_overwrite_what_the_first_one_kept(path: Path) -> None:
    for _ in range(2):
        filled(path, count=0)
        text(path)
        with rebuilt(path):
            pass

    assert [one.name.partition(".bad-")[2] for one in aside(path)] == ["20260304T120001Z", "20260304T120001Z-2"]


@pytest.mark.parametrize("part", [1, 15, 50, 99, 100, 512, 4_095, 4_096, 4_097, 20_000, 40_959])
def test_a_file_torn_at_any_place_is_noticed(path: Path, part: int) -> None:
    backed_up(path)
    size = path.stat().st_size
    os.truncate(path, part)

    assert part < size
    with rebuilt(path) as found:
        assert len(bodies(found.file)) == 4


def test_a_flipped_bit_is_noticed_or_harms_nothing_that_is_read(path: Path) -> None:
    backed_up(path)
    whole = path.read_bytes()
    with opened(path) as file:
        before = list(file.entries()), file.live()
    rng = random.Random(7)
    noticed = 0
    for _ in range(150):
        place, bit = rng.randrange(len(whole)), 1 << rng.randrange(8)
        path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
        found = opening(path)
        if found.is_rebuilt:
            noticed += 1
        else:
            seen = list(found.file.entries()), found.file.live()
            assert seen == before or not found.file.verify().is_whole
        found.file.close()
        for one in path.parent.glob(f"{path.name}?*"):
            one.unlink()

    assert noticed > 0


def test_a_journal_that_was_deleted_is_put_back_from_its_backup(path: Path) -> None:
    backed_up(path)
    path.unlink()

    with rebuilt(path) as found:
        assert len(bodies(found.file)) == 4
        assert "is missing" in found.notes[0]
        assert aside(path) == []


def test_a_log_that_was_left_without_its_file_is_not_read_into_a_new_one(path: Path) -> None:
    filled(path)
    with opened(path) as file:
        file.append([remark()])
        path.rename(path.with_name("stolen"))
        with rebuilt(path) as found:
            assert bodies(found.file) == ["after the repair"]
            assert list(path.parent.glob("*.bad-*-wal"))


def test_an_old_backup_put_in_place_by_hand_is_just_an_older_journal(path: Path) -> None:
    kept = backed_up(path)
    path.write_bytes(kept.read_bytes())

    with opened(path) as file:
        assert seqs(file) == [1, 2, 3]


def test_the_newest_backup_that_is_whole_is_taken_and_broken_ones_are_passed_over(path: Path) -> None:
    with opened(path) as file:
        file.append([line(1)])
        file.backup()
        file.append([line(2)])
        second = file.backup()
        file.append([line(3)])
        third = file.backup()
    change(second, "UPDATE entries SET body = 'forged' WHERE seq = 1")
    third.write_bytes(third.read_bytes()[:5_000])
    text(path)

    with rebuilt(path) as found:
        assert bodies(found.file) == ['{"number":1}', "after the repair"]


def test_rows_cut_off_at_the_end_are_noticed_by_the_states_that_name_them(path: Path) -> None:
    filled(path)
    change(path, "DELETE FROM entries WHERE seq = 5")

    assert examine(path).words == "the state of the order ref-5 has no entry"


def test_a_broken_row_long_before_the_tail_is_left_to_the_full_verification(path: Path) -> None:
    with opened(path) as file:
        file.append([remark(str(number)) for number in range(TAIL + 100)])
    change(path, "UPDATE entries SET body = 'forged' WHERE seq = 50")

    with opened(path) as file:
        assert file.verify().words == "row 50 was changed"


def test_opening_a_long_journal_reads_its_newest_rows_only(path: Path) -> None:
    with opened(path) as file:
        file.append([remark(str(number)) for number in range(20_000)])
    asked: list[tuple[str, Any]] = []

    def hear(connection: object, cursor: object, statement: str, parameters: Any, *rest: object) -> None:
        asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        with opened(path):
            pass
    finally:
        event.remove(Engine, "before_cursor_execute", hear)

    rows = [(statement, parameters) for statement, parameters in asked if "FROM entries" in statement and "1 = 0" not in statement]
    assert len(rows) == 1
    assert "LIMIT" in rows[0][0]
    assert rows[0][1][0] == TAIL


@pytest.fixture
def torn_in_the_middle(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A journal that counts as large, with a page of zeros long before its tail."""
    monkeypatch.setattr("app.store.journal.opening.SMALL", 10)
    with opened(path) as file:
        file.append([Line("noted", f"ref-{number}", "x" * 2_000) for number in range(2_000)])
        file.append([remark("short")] * TAIL)
    with path.open("r+b") as damaged:
        damaged.seek(400 * 4_096)
        damaged.write(bytes(4_096))
    return path


def test_of_a_large_file_only_the_small_tables_are_checked_page_by_page(torn_in_the_middle: Path) -> None:
    with opened(torn_in_the_middle) as file:
        assert not file.verify().is_whole


def test_a_large_file_that_failed_while_it_was_open_is_looked_at_page_by_page_the_next_time(torn_in_the_middle: Path) -> None:
    shelf.suspicion(torn_in_the_middle).touch()

    with rebuilt(torn_in_the_middle):
        assert not shelf.suspicion(torn_in_the_middle).exists()


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE orders SET body = '{ }' WHERE ref = 'ref-2'",
        "UPDATE orders SET venue_order_id = 'venue-3' WHERE ref = 'ref-2'",
        "UPDATE orders SET touched_at = 'soon' WHERE ref = 'ref-2'",
        "UPDATE flags SET value = 'reason'",
        "UPDATE flags SET name = 'hall'",
    ],
)
def test_a_state_that_is_not_as_it_was_written_is_noticed(
    path: Path, statement: str, is_large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(path)
    with opened(path) as file:
        file.append([Line("halted", "", "{}", flag=("halt", "a reason"))])
    change(path, statement)
    monkeypatch.setattr("app.store.journal.opening.SMALL", 0 if is_large else SMALL)

    assert "was changed" in examine(path).words
    with rebuilt(path) as found:
        assert "was changed" in found.notes[0]


def test_a_later_versions_journal_is_read_but_not_written(path: Path) -> None:
    filled(path, count=2)
    change(path, "UPDATE alembic_version SET version_num = '0999'", "ALTER TABLE orders ADD COLUMN colour TEXT")
    before = path.read_bytes()

    found = opening(path)
    with contextlib.closing(found.file) as file:
        assert (file.is_newer, found.is_rebuilt) == (True, False)
        assert [order.ref for order in file.live()] == ["ref-1", "ref-2"]
        with pytest.raises(NewerError, match="later version"):
            file.append([remark()])
        with pytest.raises(NewerError, match="later version"):
            file.intend(line(3))
        with pytest.raises(NewerError, match="later version"):
            file.probe()
    assert path.read_bytes() == before


def test_a_later_versions_journal_can_be_backed_up(path: Path) -> None:
    filled(path, count=2)
    change(path, "UPDATE alembic_version SET version_num = '0999'")

    with opened(path) as file:
        assert file.backup().exists()


def test_the_migrations_lead_to_the_tables_of_the_program(path: Path) -> None:
    filled(path, count=0)
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(path), poolclass=StaticPool)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), schema.metadata)
    engine.dispose()

    assert differences == []


def test_a_normal_start_does_not_pay_for_alembic(path: Path) -> None:
    filled(path)
    code = (
        "import sys; from datetime import datetime, UTC; from pathlib import Path; "
        "from app.store.journal.opening import open_journal; "
        "open_journal(Path(sys.argv[1]), now=lambda: datetime.now(UTC)).file.close(); print('alembic' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "False"


def test_the_time_of_a_repair_is_the_clocks(path: Path) -> None:
    filled(path)
    text(path)

    with rebuilt(path):
        assert f"{NOON + timedelta(seconds=1):%Y%m%dT%H%M%SZ}" in aside(path)[0].name


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file stands in the way")

    with pytest.raises(JournalError, match=r"a\.db cannot be used: Not a directory|exists"):
        opening(tmp_path / "data" / "journal" / "a.db")
