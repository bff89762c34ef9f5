"""What other programs and the disk do to a journal while it is open."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from app.store.journal.errors import DamagedError, HaltedError, JournalError
from app.store.journal.file import JournalFile
from app.store.journal.lines import Line
from app.store.journal.opening import examine
from app.store.journal.shelf import suspicion
from tests.store.journal.kit import bodies, change, filled, line, opened, opening, remark, seqs, write_locked

ROOT = Path(__file__).parents[3]
posix_only = pytest.mark.skipif(os.name != "posix", reason="Windows does not let go of an open file")


@contextlib.contextmanager
def appending(path: Path, who: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.store.journal.appender", str(path), who]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        try:
            yield program
        finally:
            program.kill()


def said(program: subprocess.Popen[str], lines: int) -> list[int]:
    """The next numbers the program prints."""
    assert program.stdout is not None
    return [int(program.stdout.readline()) for _ in range(lines)]


# removed or replaced


def delete(path: Path) -> None:
    path.unlink()


def delete_all(path: Path) -> None:
    for one in path.parent.glob(f"{path.name}*"):
        one.unlink()


def delete_log(path: Path) -> None:
    path.with_name(f"{path.name}-wal").unlink()


def delete_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


def replace_by_noise(path: Path) -> None:
    path.with_name("noise").write_bytes(b"noise" * 1_000)
    path.with_name("noise").replace(path)


def replace_by_another(path: Path) -> None:
    filled(path.with_name("other.db"), count=2)
    path.with_name("other.db").replace(path)


def replace_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def replace_by_its_own_backup(path: Path) -> None:
    backup = next((path.parent / "backups").rglob("*.db"))
    shutil.copy(backup, path.with_name("copy"))
    path.with_name("copy").replace(path)


REMOVALS = [
    delete,
    delete_all,
    delete_log,
    delete_folder,
    replace_by_noise,
    replace_by_another,
    replace_by_a_folder,
    replace_by_its_own_backup,
]


@posix_only
@pytest.mark.parametrize("remove", REMOVALS)
def test_a_file_taken_away_while_open_is_said_and_then_written_anew_with_all_entries(path: Path, remove: object) -> None:
    assert callable(remove)
    heard: list[str] = []
    with opened(path) as file:
        file.heard = heard.append
        file.append([line(1), line(2)])
        file.backup()
        file.append([line(3)])
        remove(path)

        with pytest.raises(JournalError, match="removed or replaced while in use"):
            file.intend(line(4))
        file.intend(line(5))

        assert seqs(file) == [1, 2, 3, 4]
        assert [order.ref for order in file.live()] == ["ref-1", "ref-2", "ref-3", "ref-5"]
    assert len(heard) == 1
    assert "written anew" in heard[0]
    with opened(path) as file:
        assert seqs(file) == [1, 2, 3, 4]
        assert file.verify().is_whole


@posix_only
def test_what_took_its_place_is_kept(path: Path) -> None:
    heard: list[str] = []
    with opened(path) as file:
        file.heard = heard.append
        file.append([remark("not the same first row")])
        replace_by_another(path)
        with pytest.raises(JournalError):
            file.probe()
        file.probe()

    [kept] = path.parent.glob("*.bad-*")
    assert kept.name in heard[0]
    assert examine(kept).rows == 2


@posix_only
def test_two_programs_whose_file_was_deleted_end_up_in_one_chain(path: Path) -> None:
    with opened(path) as ours, opened(path) as theirs:
        ours.append([remark("both")])
        path.unlink()
        for file in (ours, theirs):
            with pytest.raises(JournalError):
                file.probe()

        ours.append([remark("ours")])
        theirs.append([remark("theirs")])
        ours.append([remark("ours again")])

        assert bodies(ours) == bodies(theirs) == ["both", "ours", "theirs", "ours again"]
    with opened(path) as file:
        assert bodies(file) == ["both", "ours", "theirs", "ours again"]
        assert file.verify().is_whole
    assert not list(path.parent.glob("*.bad-*"))


@posix_only
def test_the_end_of_a_program_that_never_noticed_harms_no_one(path: Path) -> None:
    """SQLite removes the log with the last connection: it must not be the log of the file that is there now."""
    with opened(path) as ours:
        ours.append([remark("both")])
        with opened(path):
            path.unlink()
            with pytest.raises(JournalError):
                ours.probe()
            ours.append([remark("ours")])
        ours.append([remark("ours again")])
        with opened(path) as third:
            assert bodies(third) == ["both", "ours", "ours again"]


@posix_only
def test_a_file_that_cannot_be_written_anew_keeps_saying_so(path: Path) -> None:
    with opened(path) as file:
        file.append([line(1)])
        shutil.rmtree(path.parent)
        path.parent.write_text("a file stands in the way")
        for _ in range(3):
            with pytest.raises(JournalError):
                file.append([line(2)])
        path.parent.unlink()
        file.append([line(2)])

        assert seqs(file) == [1, 2]


# the disk, the folder, locks


def test_a_journal_locked_by_another_program_is_said_and_goes_on_afterwards(path: Path) -> None:
    with opened(path) as file:
        with write_locked(path), pytest.raises(JournalError, match="is locked by another program"):
            file.intend(line(1))
        file.intend(line(1))

        assert seqs(file) == [1]


def test_a_journal_can_be_opened_and_read_while_another_program_writes(path: Path) -> None:
    filled(path, count=2)

    with write_locked(path), opened(path) as file:
        assert len(file.live()) == 2


def test_a_program_that_opens_the_journal_for_too_long_is_said(path: Path) -> None:
    filled(path)

    with FileLock(f"{path}.lock"), pytest.raises(JournalError, match="is locked by another program"):
        opening(path)


def limit_pages(file: JournalFile) -> None:
    """SQLite's own way to run out of room."""
    raw = file._database._raw
    pages = raw.execute("PRAGMA page_count").fetchone()[0]
    raw.execute(f"PRAGMA max_page_count={pages}")


def test_a_full_disk_is_said_nothing_is_half_written_and_it_goes_on_when_there_is_room(path: Path) -> None:
    with opened(path) as file:
        file.append([line(1)])
        limit_pages(file)
        with pytest.raises(JournalError, match="the disk is full"):
            file.append([remark(), Line("big", "", "x" * 100_000)])
        assert seqs(file) == [1]
        assert [order.ref for order in file.live()] == ["ref-1"]

        file._database._raw.execute("PRAGMA max_page_count=1000000")
        file.append([Line("big", "", "x" * 100_000)])

        assert file.verify().is_whole


def test_damage_that_shows_while_it_is_open_is_said_and_looked_into_at_the_next_start(path: Path) -> None:
    filled(path)
    with opened(path) as file:
        change(path, "DROP TABLE entries")
        with pytest.raises(DamagedError, match="not built as it should be"):
            file.append([remark()])

    assert suspicion(path).exists()
    found = opening(path)
    assert found.is_rebuilt
    found.file.close()


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write anywhere, so the test gives that up for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A journal in a folder that everybody may read and nobody write; not below pytest's folder, which is its user's only."""
    with tempfile.TemporaryDirectory() as above:
        path = Path(above) / "journal" / "a.db"
        filled(path, count=2)
        for one in (path, path.with_name("a.db.lock")):
            one.chmod(0o444)
        path.parent.chmod(0o555)
        Path(above).chmod(0o755)
        yield path
        path.parent.chmod(0o700)


@posix_only
def test_a_read_only_folder_is_said(read_only: Path) -> None:
    with as_nobody(), pytest.raises(JournalError, match=r"may not be opened by this user|is read-only|cannot be opened"):
        opening(read_only)

    assert not list(read_only.parent.glob("*.bad-*"))


@posix_only
def test_a_folder_in_which_nothing_can_be_made_is_said(read_only: Path) -> None:
    with as_nobody(), pytest.raises(JournalError, match="may not be opened by this user"):
        opening(read_only.with_name("new.db"))


# other processes


def test_two_processes_that_append_in_turn_keep_one_chain(path: Path) -> None:
    filled(path, count=0)
    with opened(path, patience=5) as ours, appending(path, "theirs") as theirs:
        said(theirs, 1)
        for number in range(30):
            ours.append([remark(f"ours {number}")])
        told = said(theirs, 10)
    with opened(path) as file:
        found = bodies(file)
        assert file.verify().is_whole

    assert [body for body in found if body.startswith("ours")] == [f"ours {number}" for number in range(30)]
    assert f"theirs {told[-1]} b" in found


def test_a_halt_by_another_process_stops_the_next_intent(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from app.store.journal.lines import Line; from tests.store.journal.kit import opened\n"
        "with opened(Path(sys.argv[1])) as file: file.append([Line('halted', '', '{}', flag=('halt', 'the window hangs'))])"
    )
    with opened(path, patience=5) as file:
        file.intend(line(1))
        subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, check=True)

        with pytest.raises(HaltedError, match="the window hangs"):
            file.intend(line(2))


@pytest.mark.parametrize("commits", [1, 7, 40, 150])
def test_every_row_a_killed_process_had_committed_is_there(path: Path, commits: int) -> None:
    with appending(path, "theirs") as theirs:
        said(theirs, commits)
        theirs.kill()
        assert theirs.stdout is not None
        told = [*range(1, commits + 1), *(int(number) for number in theirs.stdout.read().split())]

    with opened(path) as file:
        found = bodies(file)
        assert file.verify().is_whole
    assert found[: 2 * len(told)] == [f"theirs {number} {half}" for number in told for half in "ab"]
    assert len(found) % 2 == 0
