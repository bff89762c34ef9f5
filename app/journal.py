"""`python main.py journal verify`: reads the journals of this computer and says a line about each."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from app.domain.profile import ProfileError
from app.hygiene import keep_memory_private
from app.store import logs
from app.store.journal import shelf
from app.store.journal.errors import DamagedError, JournalError
from app.store.journal.opening import examine
from app.store.journal.verdict import Verdict
from app.store.paths import Folders, folders
from app.store.profiles import FILE, Profiles

WHOLE, BROKEN, UNREADABLE = 0, 1, 2


def main(arguments: Sequence[str]) -> int:
    """0: all are whole, 1: one is broken, 2: there is none, or one cannot be read."""
    told = _parser().parse_args(arguments)
    logs.to_stderr()
    for words in keep_memory_private():
        print(words, file=sys.stderr)
    where = folders(told.home)
    paths = shelf.journals(where, _slug(where, told.profile))
    if not paths:
        of = f" of the profile {told.profile!r}" if told.profile else ""
        print(f"There is no journal{of} in {shelf.journal_folder(where)}", file=sys.stderr)
        return UNREADABLE
    codes = [_say(path) for path in paths]
    return BROKEN if BROKEN in codes else max(codes)


def _slug(where: Folders, name: str | None) -> str | None:
    """What a profile's journals are filed under; a profile that is not listed any more may have left some under its name."""
    if name is None:
        return None
    try:
        return Profiles(where.settings / FILE).find(name).slug
    except ProfileError:
        return name


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="main.py journal", description="Reads the journals of orders; changes nothing.")
    actions = parser.add_subparsers(dest="action", required=True)
    verify = actions.add_parser("verify", help="is every row there and unchanged since it was written?")
    verify.add_argument("--home", type=Path, metavar="DIR", help="read the journals below DIR")
    verify.add_argument("--profile", metavar="NAME", help="only the journals of this profile")
    return parser


def _say(path: Path) -> int:
    try:
        verdict = examine(path)
    except DamagedError as error:
        print(error)
        return BROKEN
    except JournalError as error:
        print(error)
        return UNREADABLE
    print(f"{path.name}: {_words(verdict)}")
    return WHOLE if verdict.is_whole else BROKEN


def _words(verdict: Verdict) -> str:
    rows = f"{verdict.rows} row{'' if verdict.rows == 1 else 's'}"
    if verdict.first and verdict.last:
        rows += f" from {verdict.first:%Y-%m-%d %H:%M:%S} to {verdict.last:%Y-%m-%d %H:%M:%S} UTC"
    return f"{rows}, whole" if verdict.is_whole else f"{rows}, then it breaks: {verdict.words}"
