"""The thread between the event loop and the journal: order, durability, trouble, and the end."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from app.store.journal.errors import HaltedError, JournalError, NewerError, RefTakenError
from app.store.journal.lines import Line
from app.store.journal.opening import Opened, examine
from app.store.journal.writer import Writer
from tests.store.journal.kit import Ticking, bodies, change, filled, line, opened, opening, remark, write_locked

SOON = 0.01  # seconds between two attempts


class Heard:
    """What the writer said, and a way to wait until it says a thing."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._news = asyncio.Event()

    def __call__(self, words: str) -> None:
        self.words.append(words)
        self._news.set()

    async def until(self, part: str) -> None:
        while not any(part in words for words in self.words):
            self._news.clear()
            await self._news.wait()


@contextlib.asynccontextmanager
async def writing(path: Path, heard: Heard | None = None, *, retry: float = 60, backlog: int = 100) -> AsyncIterator[Writer]:
    clock = Ticking()
    writer = Writer(lambda: opening(path, clock), heard=heard or Heard(), retry=retry, backlog=backlog)
    await writer.start()
    try:
        yield writer
    finally:
        await writer.close()


def written(path: Path) -> list[str]:
    with opened(path) as file:
        assert file.verify().is_whole
        return bodies(file)


async def test_lines_intents_and_questions_keep_their_order(path: Path) -> None:
    async with writing(path) as writer:
        writer.note(remark("1"))
        writer.note(remark("2"))
        intent = asyncio.ensure_future(writer.intend(Line("intended", "ref-1", "3", order=line(1).order)))
        await asyncio.wait([intent, asyncio.ensure_future(writer.commit(remark("4")))])
        writer.note(remark("5"))

        assert await writer.ask(bodies) == ["1", "2", "3", "4", "5"]
    assert written(path) == ["1", "2", "3", "4", "5"]


async def test_an_intent_is_on_the_disk_when_the_call_returns(path: Path) -> None:
    async with writing(path) as writer:
        await writer.intend(line(1))

        assert examine(path).rows == 1


@contextlib.asynccontextmanager
async def held(writer: Writer) -> AsyncIterator[None]:
    """The thread is busy inside, so that what is given waits together."""
    gate = threading.Event()
    busy = asyncio.ensure_future(writer.ask(lambda file: gate.wait(10)))
    await asyncio.sleep(0)  # it is given now
    yield
    await asyncio.sleep(0)  # so is what was started inside
    gate.set()
    await busy


async def test_lines_noted_together_are_committed_together(path: Path, beginnings: list[str]) -> None:
    async with writing(path) as writer:
        async with held(writer):
            beginnings.clear()
            for number in range(500):
                writer.note(remark(str(number)))
        await writer.commit(remark())

        assert len(beginnings) <= 2
        assert len(await writer.ask(bodies)) == 501


@pytest.fixture
def beginnings() -> Iterator[list[str]]:
    """The writing transactions that were begun."""
    begun: list[str] = []

    def hear(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement == "BEGIN IMMEDIATE":
            begun.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    yield begun
    event.remove(Engine, "before_cursor_execute", hear)


async def test_a_refused_intent_raises_and_is_no_trouble(path: Path) -> None:
    async with writing(path) as writer:
        await writer.intend(line(1))
        with pytest.raises(RefTakenError):
            await writer.intend(line(1))
        await writer.commit(Line("halted", "", "{}", flag=("halt", "stop")))
        with pytest.raises(HaltedError, match="stop"):
            await writer.intend(line(2))

        assert writer.trouble == ""
    assert len(written(path)) == 2


async def test_what_cannot_be_written_is_kept_and_written_later_but_a_failed_intent_is_not(path: Path) -> None:
    heard = Heard()
    async with writing(path, heard) as writer:
        with write_locked(path):
            writer.note(remark("noted"))
            with pytest.raises(JournalError, match="locked"):
                await writer.commit(remark("committed"))
            with pytest.raises(JournalError, match="locked"):
                await writer.intend(line(1))
            assert "locked" in writer.trouble
        await writer.commit(remark("later"))

        assert writer.trouble == ""
    assert written(path) == ["noted", "committed", "later"]
    assert [words.partition(" is ")[2] for words in heard.words] == ["locked by another program", "written again"]


async def test_trouble_ends_by_itself_without_another_line(path: Path) -> None:
    heard = Heard()
    async with writing(path, heard, retry=SOON) as writer:
        with write_locked(path), pytest.raises(JournalError, match="locked"):
            await writer.intend(line(1))
        await heard.until("written again")

        assert writer.trouble == ""
    assert written(path) == []


async def test_kept_lines_are_written_by_themselves_when_it_can_be(path: Path) -> None:
    heard = Heard()
    async with writing(path, heard, retry=SOON) as writer:
        with write_locked(path):
            writer.note(remark("noted"))
            await heard.until("locked")
        await heard.until("written again")

        assert examine(path).rows == 1


async def test_intents_that_wait_for_one_lock_fail_together_and_not_one_after_the_other(path: Path, beginnings: list[str]) -> None:
    async with writing(path) as writer:
        with write_locked(path):
            async with held(writer):
                beginnings.clear()
                intents = [asyncio.ensure_future(writer.intend(line(number))) for number in range(20)]
            failed = await asyncio.gather(*intents, return_exceptions=True)

        assert all(isinstance(error, JournalError) for error in failed)
        assert len(beginnings) == 1


async def test_an_order_can_be_sent_once_more_but_not_past_a_halt_that_still_waits_to_be_written(path: Path) -> None:
    async with writing(path) as writer:
        await writer.intend(line(1))
        await writer.intend(line(1), is_new=False)
        async with held(writer):
            writer.note(Line("halted", "", "{}", flag=("halt", "stop")))
            again = asyncio.ensure_future(writer.intend(line(1), is_new=False))
        with pytest.raises(HaltedError, match="stop"):
            await again


async def test_of_too_many_kept_lines_the_oldest_go_and_that_is_said(path: Path) -> None:
    heard = Heard()
    async with writing(path, heard, backlog=10) as writer:
        with write_locked(path):
            for number in range(25):
                writer.note(remark(str(number)))
            with pytest.raises(JournalError):
                await writer.commit(remark("25"))
        await writer.commit(remark("26"))

    assert written(path) == [str(number) for number in range(16, 27)]
    assert "the oldest 16 entries" in heard.words[-1]


async def test_a_file_removed_while_open_is_healed_without_losing_a_line(path: Path) -> None:
    heard = Heard()
    async with writing(path, heard, retry=SOON) as writer:
        await writer.commit(remark("before"))
        delete(path)
        writer.note(remark("while it was gone"))
        await heard.until("written again")

        assert any("written anew" in words for words in heard.words)
    assert written(path) == ["before", "while it was gone"]


async def test_a_journal_that_cannot_be_opened_is_tried_again_with_each_job(path: Path) -> None:
    heard = Heard()
    spoil(path.parent)
    writer = Writer(lambda: opening(path), heard=heard, retry=60)
    with pytest.raises(JournalError):
        await writer.start()
    assert writer.trouble
    writer.note(remark("kept"))
    delete(path.parent)
    await writer.commit(remark("written"))

    assert (await writer.start()).notes == []
    assert writer.trouble == ""
    await writer.close()
    assert written(path) == ["kept", "written"]


async def test_notes_of_an_opening_that_came_late_are_said(path: Path) -> None:
    heard = Heard()
    filled(path)
    spoil(path)
    openings: list[Callable[[], Opened]] = [failing, lambda: opening(path)]

    def in_turn() -> Opened:
        return openings.pop(0)()

    writer = Writer(in_turn, heard=heard, retry=60)
    with pytest.raises(JournalError):
        await writer.start()

    await writer.commit(remark())
    await writer.close()

    assert any("is kept as" in words for words in heard.words)


def failing() -> Opened:
    raise JournalError("not yet")


def mistaken() -> Opened:
    raise KeyError("nothing")


def spoil(path: Path) -> None:
    path.write_text("no journal")


def delete(path: Path) -> None:
    path.unlink()


def sizes(path: Path) -> list[int]:
    return [one.stat().st_size for one in sorted(path.parent.iterdir())]


async def test_a_later_versions_journal_is_trouble_from_the_start_and_can_be_read(path: Path) -> None:
    filled(path, count=2)
    change(path, "UPDATE alembic_version SET version_num = '0999'")
    async with writing(path) as writer:
        assert "later version" in writer.trouble
        with pytest.raises(NewerError):
            await writer.intend(line(3))

        assert len(await writer.ask(lambda file: file.live())) == 2


async def test_a_question_that_fails_fails_for_who_asked_only(path: Path) -> None:
    async with writing(path) as writer:
        with pytest.raises(ZeroDivisionError):
            await writer.ask(lambda file: 1 // 0)
        with pytest.raises(RuntimeError, match="StopIteration"):
            await writer.ask(lambda file: next(iter([])))

        await writer.commit(remark())
        assert writer.trouble == ""


async def test_a_mistake_in_the_opening_is_said_and_nobody_waits_for_ever(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    writer = Writer(mistaken, heard=Heard(), retry=60)

    with pytest.raises(JournalError, match="a mistake in the program"):
        await writer.start()
    with pytest.raises(JournalError, match="a mistake in the program"):
        await writer.intend(line(1))

    assert "journal's thread failed" in caplog.text
    await writer.close()


async def test_a_line_that_no_journal_can_hold_is_refused_at_once_and_stops_no_other(path: Path) -> None:
    async with writing(path) as writer:
        with pytest.raises(JournalError, match="no Unicode"):
            writer.note(remark("\ud800"))
        with pytest.raises(JournalError, match="no Unicode"):
            await writer.commit(remark("\ud800"))
        writer.note(remark("good"))
    assert written(path) == ["good"]


async def test_closing_writes_all_that_was_noted(path: Path) -> None:
    async with writing(path) as writer:
        for number in range(5_000):
            writer.note(remark(str(number)))
    assert len(written(path)) == 5_000


async def test_after_the_end_nothing_is_taken_silently(path: Path) -> None:
    async with writing(path) as writer:
        await writer.close()

        with pytest.raises(JournalError, match="closed"):
            writer.note(remark())
        with pytest.raises(JournalError, match="closed"):
            await writer.ask(bodies)
        await writer.close()


async def test_lines_that_could_not_be_written_before_the_end_are_counted(path: Path) -> None:
    heard = Heard()
    async with writing(path, heard) as writer:
        with write_locked(path):
            writer.note(remark())
            await writer.close()

            assert writer.trouble.startswith("1 entries could not be written before the end")
        await heard.until("before the end")


async def test_an_intent_whose_caller_was_cancelled_before_its_turn_is_not_written(path: Path) -> None:
    async with writing(path) as writer, held(writer):
        intent = asyncio.ensure_future(writer.intend(line(1)))
        await asyncio.sleep(0)  # its line is given now
        intent.cancel()
        with pytest.raises(asyncio.CancelledError):
            await intent
    assert written(path) == []


def test_a_loop_that_is_closed_without_a_word_leaves_a_whole_journal(path: Path) -> None:
    writers = []

    async def begin() -> None:
        writer = Writer(lambda: opening(path), heard=Heard(), retry=60)
        await writer.start()
        await writer.commit(remark("waited for"))
        writer.note(remark("not waited for"))
        writers.append(writer)

    asyncio.run(begin())
    asyncio.run(close(writers[0]))

    assert written(path) == ["waited for", "not waited for"]


async def close(writer: Writer) -> None:
    """From another loop than the one it was started in: it answers into a loop that is no more, so nobody waits for it."""
    waiting = asyncio.ensure_future(writer.close())
    await asyncio.wait([waiting], timeout=0.2)
    waiting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await waiting


async def test_an_idle_writer_does_nothing(path: Path) -> None:
    async with writing(path, retry=SOON) as writer:
        version = await writer.ask(lambda file: file.data_version())
        before = sizes(path)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(10 * SOON):
                await asyncio.Event().wait()

        assert sizes(path) == before
        assert await writer.ask(lambda file: file.data_version()) == version
