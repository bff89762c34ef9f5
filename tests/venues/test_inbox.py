"""The crossing from a socket's thread into the loop: one wake-up a burst, order kept, closed means closed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from app.venues.inbox import Inbox


class Taker:
    """What came, and how often a burst ended."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.bursts = 0
        self.ended = asyncio.Event()
        self.inbox = Inbox(asyncio.get_running_loop(), self.taken.append, self._done)

    def _done(self) -> None:
        self.bursts += 1
        self.ended.set()

    async def until(self, count: int) -> None:
        while len(self.taken) < count:
            self.ended.clear()
            await asyncio.wait_for(self.ended.wait(), 5)


def in_a_thread(work: Callable[[], object]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def frames(count: int) -> list[bytes]:
    return [b"%d" % place for place in range(count)]


def post_all(inbox: Inbox, items: list[bytes]) -> None:
    for item in items:
        inbox.post(item)


async def test_a_burst_from_a_thread_is_taken_in_order_with_one_wake_up() -> None:
    taker = Taker()
    in_a_thread(lambda: post_all(taker.inbox, frames(100)))
    assert taker.taken == []
    await taker.until(100)
    assert taker.taken == frames(100)
    assert taker.bursts == 1


async def test_each_burst_gets_a_wake_up_of_its_own() -> None:
    taker = Taker()
    for _ in range(3):
        in_a_thread(lambda: post_all(taker.inbox, frames(10)))
        await taker.until(len(taker.taken) + 10)
    assert taker.bursts == 3


async def test_several_threads_lose_nothing_and_keep_each_their_order() -> None:
    taker = Taker()
    threads = [threading.Thread(target=post_all, args=(taker.inbox, [b"%d-%d" % (name, n) for n in range(500)])) for name in range(4)]
    for thread in threads:
        thread.start()
    await taker.until(2000)
    for thread in threads:
        thread.join()
    for name in range(4):
        assert [item for item in taker.taken if item.startswith(b"%d-" % name)] == [b"%d-%d" % (name, n) for n in range(500)]


async def test_a_flood_is_worked_off_in_slices_between_which_the_loop_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.venues.inbox.SLICE", 0.0)
    taker = Taker()
    turns: list[int] = []
    post_all(taker.inbox, frames(5))
    while len(taker.taken) < 5:
        turns.append(len(taker.taken))
        await asyncio.sleep(0)
    assert turns[:5] == [0, 1, 2, 3, 4]
    assert taker.taken == frames(5)


async def test_what_is_posted_while_a_burst_is_taken_is_taken_too() -> None:
    taken: list[bytes] = []
    done = asyncio.Event()

    def take(item: bytes) -> None:
        taken.append(item)
        if item == b"first":
            inbox.post(b"second")

    inbox = Inbox(asyncio.get_running_loop(), take, done.set)
    inbox.post(b"first")
    await done.wait()
    assert taken == [b"first", b"second"]


async def test_what_is_posted_as_a_burst_ends_is_taken_next() -> None:
    taken: list[bytes] = []
    ends: list[int] = []
    finished = asyncio.Event()

    def done() -> None:
        ends.append(len(taken))
        if len(ends) == 1:
            inbox.post(b"late")
        else:
            finished.set()

    inbox = Inbox(asyncio.get_running_loop(), taken.append, done)
    inbox.post(b"first")
    await asyncio.wait_for(finished.wait(), 5)
    assert taken == [b"first", b"late"]


async def test_closing_drops_what_waits_and_what_comes() -> None:
    taker = Taker()
    taker.inbox.post(b"waits")
    taker.inbox.close()
    taker.inbox.post(b"comes")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert taker.taken == []
    assert len(taker.inbox) == 0


async def test_closing_from_within_stops_the_burst() -> None:
    taken: list[bytes] = []
    ended = asyncio.Event()

    def take(item: bytes) -> None:
        taken.append(item)
        inbox.close()

    inbox = Inbox(asyncio.get_running_loop(), take, ended.set)
    post_all(inbox, frames(3))
    await ended.wait()
    assert taken == [b"0"]


async def test_a_taker_that_fails_on_one_frame_gets_the_next_ones() -> None:
    heard: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: heard.append(context))
    taken: list[bytes] = []
    ended = asyncio.Event()

    def take(item: bytes) -> None:
        if item == b"1":
            raise ArithmeticError("our own mistake")
        taken.append(item)
        if item == b"2":
            ended.set()

    inbox = Inbox(loop, take, lambda: None)
    post_all(inbox, frames(3))
    await asyncio.wait_for(ended.wait(), 5)
    assert taken == [b"0", b"2"]
    assert isinstance(heard[0]["exception"], ArithmeticError)


def test_posting_to_a_loop_that_has_ended_is_harmless() -> None:
    loop = asyncio.new_event_loop()
    inbox = Inbox(loop, lambda _item: None, lambda: None)
    loop.close()
    inbox.post(b"late")
    inbox.post(b"later")
