"""Faults on calls: each verb does what it says, when it is its turn, and the exchange keeps its own truth."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

from app.practice.faults import (
    Body,
    CallFault,
    Delay,
    Drip,
    Error,
    Faults,
    Lost,
    Redirect,
    RetryAfter,
    SeveredError,
    Unauthorized,
)
from app.practice.faults.script import CallVerb
from app.practice.truth import accepted_orders
from tests.practice.faults.kit import HandSleep, placed, submit
from tests.practice.kit import Api


@pytest.mark.parametrize(("after", "orders"), [(False, 0), (True, 1)])
async def test_an_error_is_told_before_or_after_the_exchange_has_acted(api: Api, faults: Faults, after: bool, orders: int) -> None:
    faults.add(CallFault("submit", Error(503, "order_unable_to_place", "not now", after=after)))

    reply = await submit(api)

    assert (reply.status_code, reply.json()) == (503, {"error": "order_unable_to_place", "message": "not now"})
    assert len(placed(api)) == orders


@pytest.mark.parametrize(
    ("body", "bytes_told", "orders"),
    [
        (Body("<html>Bad gateway</html>", status=502, content_type="text/html"), b"<html>Bad gateway</html>", 1),
        (Body(base64="/wA="), b"\xff\x00", 1),
        (Body(), b"", 1),
        (Body("{}", after=False), b"{}", 0),
    ],
)
async def test_a_wrong_body_is_told(api: Api, faults: Faults, body: Body, bytes_told: bytes, orders: int) -> None:
    faults.add(CallFault("submit", body))

    reply = await submit(api)

    assert (reply.status_code, reply.content) == (body.status, bytes_told)
    assert reply.headers["content-type"].split(";")[0] == body.content_type
    assert len(placed(api)) == orders


async def test_a_lost_answer_reaches_a_client_in_the_same_process_as_an_error(api: Api, faults: Faults) -> None:
    faults.add(CallFault("submit", Lost()))

    with pytest.raises(SeveredError):
        await submit(api)

    assert len(placed(api)) == 1


@pytest.mark.parametrize(("when", "orders"), [("before", 0), ("after", 1)])
async def test_a_delay_comes_before_or_after_the_exchange_acts(api: Api, faults: Faults, sleep: HandSleep, when: Any, orders: int) -> None:
    sleep.wake.clear()
    faults.add(CallFault("submit", Delay(3, when)))

    waiting = asyncio.create_task(submit(api))
    await sleep.fell_asleep.wait()
    meanwhile = len(placed(api))
    sleep.wake.set()
    reply = await waiting

    assert (meanwhile, len(placed(api)), reply.status_code, sleep.asked) == (orders, 1, 200, [3])


@pytest.mark.parametrize("value", ["2", "Wed, 21 Oct 2026 07:28:00 GMT", "1000000000", "-1", "", None])
async def test_too_many_requests_come_with_any_retry_after(api: Api, faults: Faults, value: str | None) -> None:
    faults.add(CallFault("submit", RetryAfter(value)))

    reply = await submit(api)

    assert (reply.status_code, reply.json()["error"], reply.headers.get("retry-after")) == (429, "rate_limit_reached", value)
    assert placed(api) == []


async def test_a_redirect_sends_the_client_elsewhere(api: Api, faults: Faults) -> None:
    faults.add(CallFault("submit", Redirect("https://elsewhere.test/", 308)))

    reply = await submit(api)

    assert (reply.status_code, reply.headers["location"]) == (308, "https://elsewhere.test/")
    assert placed(api) == []


async def test_a_session_that_is_gone_stays_gone_until_there_is_another_token(api: Api, faults: Faults) -> None:
    faults.add(CallFault("submit", Unauthorized()))

    first = await submit(api)
    same_token = await api.get("/v4/mm/get_balance")
    await api.login()
    other_token = await submit(api)

    assert [reply.status_code for reply in (first, same_token, other_token)] == [401, 401, 200]
    assert first.json()["error"] == "unauthorized"
    assert len(placed(api)) == 1


async def test_the_refresh_itself_may_be_refused(api: Api, faults: Faults) -> None:
    faults.add(CallFault("refresh", Unauthorized()))

    reply = await api.post("/auth/refresh", {"refresh_token": "any"})

    assert (reply.status_code, faults.struck) == (401, {"refresh:unauthorized": 1})


# When a fault strikes


async def test_the_first_are_skipped_and_then_so_many_are_struck(api: Api, faults: Faults) -> None:
    faults.add(CallFault("submit", Error(500, "unknown_error"), skip=2, times=2))

    replies = [(await submit(api)).status_code for _ in range(6)]

    assert replies == [200, 200, 500, 500, 200, 200]
    assert faults.struck == {"submit:error": 2}


async def test_a_fault_without_a_number_of_times_strikes_always(api: Api, faults: Faults) -> None:
    faults.add(CallFault("submit", Error(500, "unknown_error"), times=None))

    replies = [(await submit(api)).status_code for _ in range(4)]

    assert replies == [500] * 4


async def test_a_fault_on_everything_strikes_whatever_comes_next(api: Api, faults: Faults) -> None:
    faults.add(CallFault("*", Error(500, "unknown_error"), times=2))

    replies = [await api.get("/v4/mm/get_balance"), await submit(api), await submit(api)]

    assert [reply.status_code for reply in replies] == [500, 500, 200]


async def test_the_first_of_several_faults_strikes_and_the_next_one_waits(api: Api, faults: Faults) -> None:
    faults.add(CallFault("submit", Error(500, "unknown_error")))
    faults.add(CallFault("submit", Error(502, "unknown_error")))

    replies = [(await submit(api)).status_code for _ in range(3)]

    assert replies == [500, 502, 200]


async def test_faults_can_be_taken_back(api: Api, faults: Faults) -> None:
    faults.add(CallFault("*", Error(500, "unknown_error"), times=None))
    faults.clear()

    assert (await submit(api)).status_code == 200


def struck(seed: int, before: int = 0) -> list[bool]:
    """Which of 400 submits are struck, with `before` other calls between each two."""
    faults = Faults([CallFault("submit", Lost(), times=None, chance=0.1), CallFault("balance", Lost(), times=None, chance=0.5)], seed=seed)
    luck: list[bool] = []
    for _ in range(400):
        for _ in range(before):
            faults.on_call("balance", "")
        luck.append(faults.on_call("submit", "") is not None)
    return luck


def test_chance_is_the_same_in_every_run_whatever_else_is_asked() -> None:
    assert struck(1) == struck(1, before=3)
    assert struck(1) != struck(2)
    assert 20 <= sum(struck(1)) <= 60


DONE: list[CallVerb] = [Error(500, "unknown_error", after=True), Body("{}"), Lost(), Drip(64, 0), Delay(1), Delay(1, "before")]
NOT_DONE: list[CallVerb] = [Error(500, "unknown_error"), Body("{}", after=False), RetryAfter(), Redirect("/"), Unauthorized()]


@pytest.mark.parametrize("verb", DONE + NOT_DONE, ids=lambda verb: f"{verb.word}-{'done' if verb.is_done else 'not'}")
async def test_the_log_and_the_exchange_agree_whatever_is_told(api: Api, faults: Faults, verb: CallVerb) -> None:
    faults.add(CallFault("submit", verb))

    with contextlib.suppress(SeveredError):
        await submit(api)

    assert list(accepted_orders(api.wire.truth.lines)) == placed(api)
    assert len(placed(api)) == (1 if verb in DONE else 0)
    assert api.wire.truth.lines[-1].fault == verb.word
