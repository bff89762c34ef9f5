"""The one way to start a coroutine that nobody awaits."""

from __future__ import annotations

import asyncio

from app.services.tasks import Tasks


async def fails() -> None:
    raise RuntimeError("our own mistake")


async def test_a_failure_is_heard() -> None:
    heard: list[BaseException] = []
    tasks = Tasks(heard.append)
    await asyncio.gather(tasks.start(fails()), return_exceptions=True)
    await asyncio.sleep(0)
    assert [str(problem) for problem in heard] == ["our own mistake"]


async def test_a_cancellation_is_no_failure() -> None:
    heard: list[BaseException] = []
    tasks = Tasks(heard.append)
    tasks.start(asyncio.Event().wait())
    await tasks.stop()
    await asyncio.sleep(0)
    assert heard == []


async def test_stopping_waits_until_everything_has_ended() -> None:
    ended: list[str] = []

    async def tidies_up() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("tidy")

    tasks = Tasks(lambda _problem: None)
    tasks.start(tidies_up())
    await asyncio.sleep(0)
    await tasks.stop()
    assert ended == ["tidy"]


async def test_stopping_when_nothing_runs_is_harmless() -> None:
    await Tasks(lambda _problem: None).stop()


async def test_what_is_started_while_everything_is_stopped_is_stopped_too() -> None:
    tasks = Tasks(lambda _problem: None)
    late: list[asyncio.Task[None]] = []

    async def waits() -> None:
        await asyncio.Event().wait()

    async def starts_another() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            late.append(tasks.start(waits()))

    tasks.start(starts_another())
    await asyncio.sleep(0)
    await tasks.stop()
    assert [task.cancelled() for task in late] == [True]
