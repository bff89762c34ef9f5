"""What a terminal keeps of the catalogue and of the stars from one start to the next."""

from __future__ import annotations

from pathlib import Path

from app.domain.events import EventChanged, TournamentChanged
from app.domain.profile import PRACTICE
from app.services.tasks import Tasks
from app.store.paths import Folders, folders
from app.terminal import Terminal, now
from tests.services.fakes import event, tournament


def start(where: Folders, *, is_guest: bool = False) -> Terminal:
    return Terminal(PRACTICE, where, tasks=Tasks(fail), is_guest=is_guest)


def fail(problem: BaseException) -> None:
    raise problem


def where(tmp_path: Path) -> Folders:
    found = folders(tmp_path)
    found.make()
    return found


async def list_one(terminal: Terminal) -> None:
    await terminal.open()
    terminal.desk.catalogue.apply(TournamentChanged(tournament()))
    terminal.desk.catalogue.apply(EventChanged(event(start=now())))
    await terminal.close()


async def test_what_was_listed_is_there_at_the_next_start_and_marked_as_old(tmp_path: Path) -> None:
    home = where(tmp_path)
    await list_one(start(home))
    second = start(home)
    await second.open()
    assert [one.name for one in second.desk.catalogue.events.values()] == ["Game 19458"]
    assert second.desk.catalogue.as_of is not None
    assert second.desk.catalogue.as_of <= now()
    await second.close()


async def test_a_list_that_cannot_be_used_is_said_and_the_start_goes_on(tmp_path: Path) -> None:
    home = where(tmp_path)
    first = start(home)
    await list_one(first)
    first.journal_file.with_suffix(".catalogue").write_bytes(b"no list at all")
    second = start(home)
    await second.open()
    assert second.desk.catalogue.events == {}
    assert any("cannot be used" in notice.words for notice in second.notices.lines)
    await second.close()


async def test_a_guest_neither_shows_nor_writes_a_list(tmp_path: Path) -> None:
    home = where(tmp_path)
    first = start(home)
    await list_one(first)
    kept = first.journal_file.with_suffix(".catalogue")
    before = kept.read_bytes()
    guest = start(home, is_guest=True)
    await guest.open()
    assert guest.desk.catalogue.events == {}
    guest.desk.catalogue.apply(TournamentChanged(tournament(99)))
    await guest.close()
    assert kept.read_bytes() == before


async def test_stars_are_there_at_the_next_start(tmp_path: Path) -> None:
    home = where(tmp_path)
    start(home).desk.stars.toggle(19458)
    assert start(home).desk.session.starred == {19458}
