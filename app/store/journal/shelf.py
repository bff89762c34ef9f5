"""Where journals lie on the disk: names, permissions, what was set aside, backups, and putting a finished file in place."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from filelock import FileLock

from app.domain.environment import Environment
from app.store.paths import Folders
from app.store.settings import sync_folder

_BESIDE: Final = ("-wal", "-shm")  # SQLite's own files; they belong to the database of their name
_BACKUP: Final = re.compile(r"journal-(\d{8}T\d{6}\.\d{6})Z\.db")
_STAMP: Final = "%Y%m%dT%H%M%S.%f"

Identity = tuple[tuple[int, int] | None, tuple[int, int] | None]
"""Device and number of the file and of its log; None for one that is not there."""


def journal_folder(folders: Folders) -> Path:
    return folders.data / "journal"


def journal_path(folders: Folders, profile: str, environment: str) -> Path:
    """The journal of a profile in an environment. Large and small letters are one, as in the profiles' names."""
    return journal_folder(folders) / f"{profile.strip(' ').lower()}-{environment.lower()}.db"


def journals(folders: Folders, profile: str | None = None) -> list[Path]:
    """The journals that are there, by name: all of them, or those of one profile."""
    if profile is None:
        return sorted(path for path in journal_folder(folders).glob("*.db") if not path.name.startswith("."))
    named = [journal_path(folders, profile, environment) for environment in Environment]
    return [path for path in named if os.path.lexists(path)]


def backup_folder(path: Path) -> Path:
    """Where the backups of the journal at `path` lie."""
    return path.parent / "backups" / path.stem


@contextlib.contextmanager
def guarded(path: Path, patience: float) -> Iterator[None]:
    """Only one program at a time opens, rebuilds or replaces the journal at `path`. TimeoutError after `patience` seconds."""
    with FileLock(f"{path}.lock", timeout=patience, mode=0o600):
        yield


def make_folder(folder: Path) -> None:
    """For this user only."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.name == "posix" and stat.S_IMODE(folder.stat().st_mode) != 0o700:
        folder.chmod(0o700)


def keep_private(path: Path) -> None:
    """0600 for the file and what lies beside it, whoever made them."""
    if os.name != "posix":
        return
    for one in _family(path):
        if stat.S_IMODE(one.stat().st_mode) != 0o600:
            one.chmod(0o600)


def identity(path: Path) -> Identity:
    """Cheap (two looks at the folder); equal as long as nobody removed or replaced the files."""
    return _number(path), _number(path.with_name(f"{path.name}-wal"))


def _number(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


def suspicion(path: Path) -> Path:
    """A mark beside the journal: it was found damaged while it was open, so the next opening looks at every page."""
    return path.with_name(f"{path.name}.suspect")


def is_plain(path: Path) -> bool:
    """Whether a plain file is there; a folder, a pipe or a device is none."""
    return path.is_file()


def leftovers(path: Path) -> list[Path]:
    """What lies under the journal's name, its log and index included."""
    return _family(path)


def _family(path: Path) -> list[Path]:
    names = (path, *(path.with_name(path.name + end) for end in _BESIDE))
    return [name for name in names if os.path.lexists(name)]


def drop_log(path: Path, known: Identity) -> None:
    """Remove the log's name when it belongs to the file of `known`: SQLite would read it into whatever file has this name next."""
    if known[1] is not None and _number(path.with_name(f"{path.name}-wal")) == known[1]:
        for end in _BESIDE:
            path.with_name(path.name + end).unlink(missing_ok=True)


def set_aside(path: Path, now: datetime) -> Path | None:
    """Rename what lies under the journal's name to `<name>.bad-<UTC>`; None when nothing was there."""
    found = _family(path)
    if not found:
        return None
    kept = _free(path.with_name(f"{path.name}.bad-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"))
    for one in found:
        os.rename(one, kept.with_name(kept.name + one.name.removeprefix(path.name)))
    sync_folder(path.parent)
    return kept


def _free(path: Path) -> Path:
    kept, number = path, 1
    while any(os.path.lexists(kept.with_name(kept.name + end)) for end in ("", *_BESIDE)):
        number += 1
        kept = path.with_name(f"{path.name}-{number}")
    return kept


def draft_of(path: Path) -> Path:
    """A free name in the same folder for a file in the making; what a crash left there is removed."""
    draft = path.with_name(f".{path.name}.draft")
    for one in _family(draft):
        one.unlink()
    return draft


def put_in_place(draft: Path, path: Path) -> None:
    """Give a finished file its name, at once, and see both to the disk."""
    sync_file(draft)
    os.replace(draft, path)
    sync_folder(path.parent)


def backups(path: Path, folder: Path | None = None) -> list[Path]:
    """The backups of the journal at `path`, oldest first."""
    where = folder or backup_folder(path)
    return sorted(one for one in where.glob("journal-*.db") if _BACKUP.fullmatch(one.name))


def shelve(path: Path, copy_to: Callable[[Path], None], now: datetime, folder: Path | None, keep: int) -> Path:
    """Add the backup that `copy_to` writes, and keep the newest `keep`."""
    where = folder or backup_folder(path)
    make_folder(where.parent)
    make_folder(where)
    target = next_backup(where, path, now)
    draft = draft_of(where / "journal.db")
    copy_to(draft)
    put_in_place(draft, target)
    drop_oldest(path, where, keep)
    return target


def next_backup(folder: Path, path: Path, now: datetime) -> Path:
    """A name that sorts after every backup there, even when the clock went back."""
    older = backups(path, folder)
    after = written_at(older[-1]) + timedelta(microseconds=1) if older else now
    return folder / f"journal-{max(now.astimezone(UTC), after):{_STAMP}}Z.db"


def written_at(backup: Path) -> datetime:
    """The time in a backup's name."""
    found = _BACKUP.fullmatch(backup.name)
    return datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC) if found else datetime.min.replace(tzinfo=UTC)


def drop_oldest(path: Path, folder: Path, keep: int) -> None:
    for old in backups(path, folder)[:-keep]:
        old.unlink(missing_ok=True)


def copy(source: Path, target: Path) -> None:
    """For this user only from the first byte on."""
    with source.open("rb") as old, os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as new:
        shutil.copyfileobj(old, new)


def sync_file(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
