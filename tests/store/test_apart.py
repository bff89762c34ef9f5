"""Work in a thread of its own gives its value or its error to whoever waits, and nothing to who gave up."""

from __future__ import annotations

import asyncio
import threading

import pytest

from app.store.apart import apart


async def test_its_value_comes_back_from_a_thread_that_does_not_keep_the_program_alive() -> None:
    thread = await apart(threading.current_thread, "aside")
    assert thread.name == "aside"
    assert thread.daemon
    assert thread is not threading.main_thread()


@pytest.mark.parametrize(
    "error", [OSError("no"), ValueError("no"), KeyError("no"), MemoryError(), SystemExit(3)], ids=lambda error: type(error).__name__
)
async def test_its_error_comes_back(error: BaseException) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        await apart(fail, "aside")
    assert caught.value is error


async def test_who_gives_up_goes_on_at_once_and_the_late_value_is_dropped() -> None:
    may_end, threads = threading.Event(), []

    def work() -> str:
        threads.append(threading.current_thread())
        may_end.wait(60)
        return "late"

    faults: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))
    task = asyncio.ensure_future(apart(work, "aside"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    may_end.set()
    threads[0].join(60)
    await asyncio.sleep(0)  # now the loop has looked at what the thread posted
    assert faults == []


def test_a_loop_that_ended_meanwhile_is_no_fault() -> None:
    may_end, threads = threading.Event(), []

    def work() -> None:
        threads.append(threading.current_thread())
        may_end.wait(60)

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await apart(work, "aside")

    asyncio.run(give_up())
    may_end.set()
    threads[0].join(60)
    assert not threads[0].is_alive()
