"""Recording from the window: the words about it, the file's name, and that everything is read anew."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.services.notices import Notices
from app.services.tasks import Tasks
from app.taping import Taping
from app.venues.http import Reply
from app.venues.tape import About, Tape

NOON = datetime(2026, 11, 21, 12, 0, 5, tzinfo=UTC)


class Desk:
    def __init__(self, folder: Path) -> None:
        self.failures: list[BaseException] = []
        self.begun = 0
        self.tape = Tape()
        self.notices = Notices(lambda: NOON)
        self.tasks = Tasks(self.failures.append)
        about = About("0", "prophetx", "PRACTICE", "v4")
        self.taping = Taping(self.tape, folder, about, self.notices, self.tasks, now=lambda: NOON, again=self._again)

    def _again(self) -> None:
        assert self.tape.path is not None, "what is read anew must be recorded"
        self.begun += 1

    @property
    def said(self) -> list[str]:
        return [notice.words for notice in self.notices.lines]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "recordings")


async def test_starting_says_where_and_has_everything_read_anew(desk: Desk, tmp_path: Path) -> None:
    await desk.taping.start()

    path = tmp_path / "recordings" / "2026-11-21 12.00.05 practice.tape.gz"
    assert desk.taping.is_on
    assert path.exists()
    assert desk.begun == 1
    assert desk.said == [f"Recording what the venue sends to {path}, without keys and tokens"]
    await desk.taping.stop()


async def test_stopping_says_how_much(desk: Desk) -> None:
    await desk.taping.start()
    desk.tape.answered("GET", "v4/mm/get_balance", {}, None, "bearer-token", Reply(200, b"{}", 0.1))
    await desk.taping.stop()

    assert not desk.taping.is_on
    assert desk.said[-1].startswith("Recorded 0 messages and 1 answers in 0 min, 0.0 MB in ")


async def test_a_recording_that_cannot_begin_says_why_and_reads_nothing_anew(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "recordings").write_text("")
    await desk.taping.start()

    assert desk.begun == 0
    assert not desk.taping.is_on
    assert desk.said[0].startswith("Nothing is recorded: ")


async def test_the_same_menu_entry_starts_and_stops(desk: Desk) -> None:
    desk.taping.toggle()
    async with asyncio.timeout(5):
        while True:
            if desk.said:
                break
            await asyncio.sleep(0)
    assert desk.taping.is_on
    desk.taping.toggle()
    async with asyncio.timeout(5):
        while True:
            if len(desk.said) == 2:
                break
            await asyncio.sleep(0)

    assert not desk.taping.is_on
    assert desk.failures == []
