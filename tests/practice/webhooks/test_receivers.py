"""Receivers that answer badly, late or never: each delivery is tried once, noted in words, and keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import time

import pytest

from app.practice.cs2.model import Happened, Kind
from app.practice.webhooks.hooks import Hook
from app.practice.webhooks.lane import KEPT_ALIVE, LINES, MOST_WAITING, Lane, Result
from app.practice.webhooks.letter import write
from app.practice.webhooks.pipe import Pipe, dial
from app.practice.webhooks.target import place_of
from tests.practice.webhooks.kit import NO_CONTENT, PATIENCE, Post, Receiver, Talk, hang, hang_up, receiving, say_no_more

SILENT = "The connection was closed without an answer"


@pytest.mark.parametrize(
    ("answer", "after", "outcome"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", None, ("delivered", 200, "")),
        (b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", None, ("delivered", 202, "")),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + NO_CONTENT, None, ("delivered", 204, "")),
        (NO_CONTENT + b"HTTP/1.1 500 Not Asked\r\nContent-Length: 0\r\n\r\n", None, ("delivered", 204, "")),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", hang_up, ("delivered", 200, "")),
        (b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", None, ("failed", 500, "The receiver answered 500")),
        (b"HTTP/1.1 429 Too Many\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n", None, ("failed", 429, "The receiver answered 429")),
        (
            b"HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
            None,
            ("failed", 307, "The receiver answered 307; redirects are not followed"),
        ),
        (b"", hang_up, ("failed", None, SILENT)),
        (b"HTTP/1.1 204", hang_up, ("failed", None, SILENT)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ncut off", hang_up, ("delivered", 200, "")),
    ],
)
async def test_an_answer_is_noted_and_nothing_is_sent_again(
    post: Post, answer: bytes, after: Talk | None, outcome: tuple[str, int | None, str]
) -> None:
    async with receiving(answer, after) as receiver:
        post.add(receiver.url())
        post.happen(1)
        await post.noted(1)
        post.happen(2)
        told = await post.noted(2)
        post.dispatcher.close()

    assert told == [outcome, outcome]
    assert len(receiver.got) == 2
    assert {port for _, port in post.dialled} == {receiver.port}


@pytest.mark.parametrize("answer", [b"\x00\xff garbage\r\n\r\n", b"SSH-2.0-other\r\n\r\n", b"x" * 40_000, b"HTTP/1.1 OK\r\n\r\n"])
async def test_garbage_is_said_to_be_no_http(post: Post, answer: bytes) -> None:
    async with receiving(answer, hang) as receiver:
        post.add(receiver.url())
        post.happen()
        ((outcome, status, words),) = await post.noted(1)
        await receiver.rest(0)

    assert (outcome, status) == ("failed", None)
    assert words.startswith("The answer is no HTTP: ")


async def test_an_endless_answer_is_cut_off_and_its_status_stands(post: Post) -> None:
    async with receiving(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 300_000, hang) as receiver:
        post.add(receiver.url())
        post.happen()
        assert await post.noted(1) == [("delivered", 200, "")]
        await receiver.rest(0)


async def test_nobody_listens(post: Post, receiver: Receiver) -> None:
    closed = await Receiver().start()
    await closed.end()
    post.add(closed.url())
    post.happen()

    assert await post.noted(1) == [("failed", None, "Nobody listens there")]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (b"", ("failed", None, "No answer within 0.1 s")),
        (b"HTTP/1.1 20", ("failed", None, "No answer within 0.1 s")),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nslow", ("delivered", 200, "")),
    ],
)
async def test_a_receiver_that_hangs_is_given_up(answer: bytes, outcome: tuple[str, int | None, str]) -> None:
    post = Post(patience=0.1)
    async with receiving(answer, hang) as receiver:
        post.add(receiver.url())
        post.happen()
        assert await post.noted(1) == [outcome]
        await receiver.rest(0)
        assert len(receiver.got) == 1
    post.dispatcher.close()


async def test_a_receiver_that_hangs_keeps_nobody_else_waiting_and_has_few_connections(post: Post, receiver: Receiver) -> None:
    async with receiving(b"", hang) as hanging:
        post.add(hanging.url())
        post.add(receiver.url())
        began = time.perf_counter()
        for match_id in range(100):
            post.happen(match_id)
        spent = time.perf_counter() - began
        await receiver.heard(100)
        await hanging.heard(LINES)

        assert spent < 0.5  # the exchange's own step, on a busy computer
        assert hanging.connections == len(hanging.got) == LINES
        assert post.dispatcher.waiting == 100 - LINES
        post.dispatcher.close()
        await hanging.rest(0)


async def test_what_is_too_much_for_a_slow_receiver_fails_in_words() -> None:
    async def never(host: str, port: int) -> Pipe:
        await asyncio.Event().wait()
        raise AssertionError

    post = Post(dial=never)
    post.add("http://127.0.0.1:1/")
    for match_id in range(MOST_WAITING + 3):
        post.happen(match_id)

    assert await post.noted(3) == [("failed", None, "10,000 deliveries wait already: the receiver is too slow")] * 3
    assert post.dispatcher.waiting == MOST_WAITING - LINES
    post.dispatcher.close()


async def test_a_connection_closed_by_the_receiver_between_two_deliveries_loses_none(post: Post) -> None:
    async with receiving(NO_CONTENT, hang_up) as receiver:
        post.add(receiver.url())
        for count in range(1, 6):
            post.happen(count)
            await post.noted(count)
            await receiver.rest(0)
        told = post.told

    assert told == [("delivered", 204, "")] * 5
    assert [got.connection for got in receiver.got] == [1, 2, 3, 4, 5]


async def test_connections_closed_right_behind_their_answers_lose_none_of_what_waits(post: Post) -> None:
    async with receiving(NO_CONTENT, say_no_more) as receiver:
        post.add(receiver.url())
        for match_id in range(60):
            post.happen(match_id)
        told = await post.noted(60)

    assert told == [("delivered", 204, "")] * 60


async def test_an_idle_connection_is_closed_after_a_while(receiver: Receiver) -> None:
    results: list[Result] = []
    place = place_of(receiver.url())
    assert place is not None
    hook = Hook(1, 1, Kind.ODDS_UPDATED, receiver.url(), "secret", 1)
    lane = Lane(place, lambda letter, result: results.append(result), lambda: True, dial, PATIENCE, kept_alive=0.05)
    lane.put(write(hook, Happened(Kind.ODDS_UPDATED, 1, 1)))
    await receiver.heard(1)
    assert receiver.still_open == 1
    await receiver.rest(0)

    assert [result.status for result in results] == [204]
    assert lane.is_at_rest
    lane.close()


async def test_the_connections_of_a_removed_webhook_are_closed_with_the_next_event(post: Post, receiver: Receiver) -> None:
    hook = post.add(receiver.url("/removed"))
    post.add(receiver.url("/kept"))
    post.happen(1)
    await post.noted(2)
    post.hooks.remove(1, hook.id)
    post.happen(2)
    await post.noted(3)

    async with asyncio.timeout(KEPT_ALIVE / 2):
        await receiver.rest(1)


async def test_what_a_receiver_says_unasked_is_not_the_answer_to_the_next_delivery(post: Post) -> None:
    said = asyncio.Event()

    async def complain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await said.wait()
        writer.write(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")

    async with receiving(NO_CONTENT, complain) as receiver:
        post.add(receiver.url())
        post.happen(1)
        await post.noted(1)
        said.set()
        await receiver.heard(1)
        for _ in range(20):  # rounds of the loop in which the complaint arrives
            await asyncio.sleep(0)
        post.happen(2)
        told = await post.noted(2)
        post.dispatcher.close()

    assert told == [("delivered", 204, "")] * 2
    assert [got.connection for got in receiver.got] == [1, 2]


async def test_an_end_closes_every_connection_and_forgets_what_waits(receiver: Receiver) -> None:
    post = Post()
    post.add(receiver.url())
    post.happen(1)
    await post.noted(1)
    assert receiver.still_open == 1
    post.happen(2)

    post.dispatcher.close()
    await receiver.rest(0)

    assert len(receiver.got) == 1
    assert {task for task in asyncio.all_tasks() if "Lane" in repr(task)} == set()
