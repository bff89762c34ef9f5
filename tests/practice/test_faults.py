"""Faults of the practice exchange: each verb does what it says, and the exchange's own truth stays what it was."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.practice import server
from app.practice.clock import SECOND
from app.practice.exchange import Exchange
from app.practice.faults import (
    Body,
    CallFault,
    Corrupt,
    Delay,
    Drip,
    Drop,
    Duplicate,
    Error,
    Fault,
    Faults,
    FaultsError,
    Hang,
    Hold,
    Lag,
    Late,
    Lost,
    PushFault,
    Redirect,
    Reorder,
    RetryAfter,
    SeveredError,
    Unauthorized,
    parse_script,
    read_script,
)
from app.practice.faults.pushes import FaultyHub
from app.practice.faults.script import CALLS, LARGEST_FILE, PUSHES, CallVerb
from app.practice.server import QuietServer, open_listener, server_config
from app.practice.truth import ACCEPTED, accepted_orders, read
from app.practice.wire.application import Wire
from app.practice.wire.channels import user_channel
from app.practice.wire.pusher import Hub
from tests.practice.child import Child
from tests.practice.kit import KEYS, Api, HandClock, payload_of, pre_match_strike

PATIENCE = 10
SUBMIT = "/v4/mm/submit_order"
HISTORY = "/v4/mm/get_order_history"


class HandSleep:
    """A sleep that ends when a test says so, or at once; how long each was to be."""

    def __init__(self, *, is_short: bool = True) -> None:
        self.asked: list[float] = []
        self.fell_asleep = asyncio.Event()
        self.wake = asyncio.Event()
        if is_short:
            self.wake.set()

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        self.fell_asleep.set()
        await self.wake.wait()


@pytest.fixture
def sleep() -> HandSleep:
    return HandSleep()


@pytest.fixture
def faults(sleep: HandSleep) -> Faults:
    return Faults(sleep=sleep)


@pytest.fixture
def wire(exchange: Exchange, clock: HandClock, faults: Faults) -> Wire:
    return Wire(exchange, KEYS, clock, host="127.0.0.1", port=4321, faults=faults)


@pytest.fixture
async def api(wire: Wire, exchange: Exchange, clock: HandClock) -> AsyncIterator[Api]:
    client = await Api(wire, exchange, clock).login()
    yield client
    await client.http.aclose()


def good_order(api: Api) -> dict[str, object]:
    _, strike = pre_match_strike(api.exchange)
    return api.order_body(strike.outcomes[0].strike_id, 25_000)


def placed(api: Api) -> list[str]:
    """The references of the orders the exchange has."""
    return [order.external_id for order in api.exchange.orders(api.account.user_id)]


async def submit(api: Api) -> httpx.Response:
    return await api.post(SUBMIT, good_order(api))


# What happens to a call


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


# History that lags


async def history(api: Api) -> dict[str, Any]:
    reply = await api.get(HISTORY, **{"from": api.clock.now // SECOND - 3600})
    return dict(reply.json())


async def test_a_lagging_history_does_not_have_the_youngest_rows(api: Api, faults: Faults, clock: HandClock) -> None:
    old = await api.rest_an_order()
    clock.move(50)
    await api.rest_an_order()
    faults.add(CallFault("orders", Lag(30)))

    lagging, honest = await history(api), await history(api)

    assert [row["order_id"] for row in lagging["data"]["orders"]] == [old["order_id"]]
    assert len(honest["data"]["orders"]) == 2
    assert lagging["last_synced_at"] < honest["last_synced_at"]


async def test_a_lagging_history_shows_an_order_as_it_was_then(api: Api, faults: Faults, clock: HandClock) -> None:
    order = await api.rest_an_order()
    clock.move(20)
    await api.post("/v4/mm/cancel_order", {"order_id": order["order_id"]})
    path = f"/v4/mm/get_order/{order['order_id']}"
    faults.add(CallFault("order", Lag(10)))

    lagging, honest = await api.get(path), await api.get(path)

    assert (lagging.json()["data"]["status"], honest.json()["data"]["status"]) == ("open", "canceled")


async def test_an_order_is_not_found_by_a_read_that_lags_behind_it(api: Api, faults: Faults) -> None:
    order = await api.rest_an_order()
    faults.add(CallFault("order", Lag(60)))

    reply = await api.get(f"/v4/mm/get_order/{order['order_id']}")

    assert (reply.status_code, reply.json()["error"]) == (404, "data_not_found")


@pytest.mark.parametrize(("path", "rows"), [("get_trades", "trades"), ("get_transactions", "transactions")])
async def test_trades_and_statements_can_lag(api: Api, faults: Faults, clock: HandClock, path: str, rows: str) -> None:
    clock.move(40)
    await api.fill_an_order()
    faults.add(CallFault(rows, Lag(30)))

    lagging, honest = [(await api.get(f"/v4/mm/{path}")).json()["data"][rows] for _ in range(2)]

    assert len(honest) > len(lagging)
    assert honest[-len(lagging) or len(honest) :] == lagging


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


# What only a real connection can show


class Place:
    """A wire served on a port."""

    def __init__(self, api: Api, running: QuietServer, port: int) -> None:
        self.api, self.running, self.port = api, running, port
        self.http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}/partner", headers={"Authorization": f"Bearer {api.token}"}, timeout=PATIENCE, trust_env=False
        )

    async def open(self, body: dict[str, object]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection on which an order has been sent."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        content = json.dumps(body).encode()
        head = f"POST /partner{SUBMIT} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {self.api.token}\r\n"
        writer.write(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
        await writer.drain()
        return reader, writer

    @property
    def is_idle(self) -> bool:
        return not self.running.server_state.tasks


@pytest.fixture
async def place(api: Api) -> AsyncIterator[Place]:
    listener = open_listener("127.0.0.1", 0)
    running = QuietServer(server_config(api.wire))
    serving = asyncio.create_task(running.serve(sockets=[listener]))
    await running.is_up.wait()
    place = Place(api, running, listener.getsockname()[1])
    yield place
    await place.http.aclose()
    api.wire.close()
    running.should_exit = True
    await serving


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            if is_so():
                return
            await asyncio.sleep(0)


async def test_a_lost_answer_closes_the_connection_without_a_byte(place: Place, faults: Faults) -> None:
    faults.add(CallFault("submit", Lost()))

    reader, writer = await place.open(good_order(place.api))
    told = await asyncio.wait_for(reader.read(), PATIENCE)

    assert (told, len(placed(place.api))) == (b"", 1)
    await until(lambda: place.is_idle)
    writer.close()


async def test_a_client_sees_a_lost_answer_as_a_broken_protocol(place: Place, faults: Faults) -> None:
    faults.add(CallFault("submit", Lost()))

    with pytest.raises(httpx.RemoteProtocolError):
        await place.http.post(SUBMIT, json=good_order(place.api))
    again = await place.http.post(SUBMIT, json=good_order(place.api))

    assert (again.status_code, len(placed(place.api))) == (200, 2)


async def test_an_answer_that_never_comes_ends_when_the_client_leaves(place: Place, faults: Faults) -> None:
    faults.add(CallFault("submit", Hang()))

    reader, writer = await place.open(good_order(place.api))
    await until(lambda: place.api.wire.truth.lines[-1].status == "held")
    is_waiting = not place.is_idle and not reader.at_eof()
    writer.close()
    await until(lambda: place.is_idle)

    assert (is_waiting, len(placed(place.api))) == (True, 1)


async def test_who_waits_for_an_answer_is_cut_off_when_the_exchange_ends(place: Place, faults: Faults) -> None:
    faults.add(CallFault("submit", Hang()))

    reader, writer = await place.open(good_order(place.api))
    await until(lambda: place.api.wire.truth.lines[-1].status == "held")
    faults.end()
    told = await asyncio.wait_for(reader.read(), PATIENCE)

    assert told == b""
    writer.close()


async def test_a_dripping_answer_arrives_whole_in_the_end(place: Place, faults: Faults, sleep: HandSleep) -> None:
    faults.add(CallFault("submit", Drip(50, 0.4)))

    reply = await place.http.post(SUBMIT, json=good_order(place.api))

    assert reply.json()["data"]["order"]["order_id"] == next(iter(accepted_orders(place.api.wire.truth.lines).values()))[0]
    assert sleep.asked == [0.4] * -(-len(reply.content) // 50)


async def test_an_answer_drips_until_the_client_has_enough(place: Place, faults: Faults, sleep: HandSleep) -> None:
    sleep.wake.clear()
    faults.add(CallFault("submit", Drip(1, 0.4)))

    reader, writer = await place.open(good_order(place.api))
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n{"), PATIENCE)
    writer.close()
    await until(lambda: place.is_idle)

    assert head.startswith(b"HTTP/1.1 200 OK")
    assert sleep.asked == [0.4]


# What happens to a push


class Ear:
    """A socket on the channel of an account: what it hears, as (kind, order id)."""

    def __init__(self, api: Api) -> None:
        self.socket = api.wire.hub.connect("app-key", "7", api.clock.now, lambda: None)
        channel = user_channel(api.account.user_id)
        auth = api.wire.hub.signer.sign_channel(self.socket.id, channel)
        asked = {"event": "pusher:subscribe", "data": {"channel": channel, "auth": auth}}
        api.wire.hub.receive(self.socket, json.dumps(asked), api.clock.now)
        self.socket.outbox.clear()

    def frames(self) -> list[str]:
        frames = list(self.socket.outbox)
        self.socket.outbox.clear()
        return frames

    def states(self) -> list[str]:
        """The status each order push tells; the name of any other push."""
        frames = [json.loads(frame) for frame in self.frames()]
        return [payload_of(frame)["info"]["status"] if frame["event"] == "orders" else frame["event"] for frame in frames]


@pytest.fixture
def ear(api: Api) -> Ear:
    api.wire.feed.step()
    return Ear(api)


def hub_of(api: Api) -> FaultyHub:
    assert isinstance(api.wire.hub, FaultyHub)
    return api.wire.hub


async def test_without_a_fault_an_order_is_told_inactive_and_open(api: Api, ear: Ear) -> None:
    await api.rest_an_order()

    assert [state for state in ear.states() if state != "health_check"] == ["inactive", "open"]


async def test_a_dropped_push_is_never_heard(api: Api, ear: Ear, faults: Faults) -> None:
    faults.add(PushFault("order", Drop(), skip=1))

    order = await api.rest_an_order()

    assert [state for state in ear.states() if state != "health_check"] == ["inactive"]
    inside = api.exchange.order(api.account.user_id, order["order_id"])
    assert inside is not None
    assert inside.status.value == "open"


async def test_a_held_push_is_heard_when_it_is_released(api: Api, ear: Ear, faults: Faults) -> None:
    faults.add(PushFault("order", Hold()))

    await api.rest_an_order()
    before, waiting = ear.states(), hub_of(api).waiting
    faults.release()
    api.wire.feed.step()

    assert ([state for state in before if state != "health_check"], waiting) == (["open"], 1)
    assert (ear.states(), hub_of(api).waiting) == (["inactive"], 0)


@pytest.mark.parametrize("verb", [Hold(10), Late(10)], ids=["hold", "delay"])
async def test_a_late_push_is_heard_when_its_time_has_come(api: Api, ear: Ear, faults: Faults, clock: HandClock, verb: Any) -> None:
    faults.add(PushFault("order", verb, times=2))
    faults.add(PushFault("health_check", Drop(), times=None))

    await api.rest_an_order()
    early = ear.states()
    clock.move(9.5)
    api.wire.feed.step()
    later = ear.states()
    clock.move(2)
    api.wire.feed.step()

    assert (early, later, ear.states()) == ([], ["inactive"], ["open"])


async def test_a_push_is_heard_several_times(api: Api, ear: Ear, faults: Faults) -> None:
    faults.add(PushFault("order", Duplicate(2)))

    await api.rest_an_order()

    assert [state for state in ear.states() if state != "health_check"] == ["inactive"] * 3 + ["open"]


async def test_two_pushes_change_places(api: Api, ear: Ear, faults: Faults) -> None:
    faults.add(PushFault("health_check", Drop(), times=None))
    faults.add(PushFault("order", Reorder()))

    await api.rest_an_order()

    assert ear.states() == ["open", "inactive"]


async def test_a_push_that_waits_for_the_next_one_can_be_released(api: Api, ear: Ear, faults: Faults) -> None:
    faults.add(PushFault("health_check", Drop(), times=None))
    faults.add(PushFault("order", Reorder(), skip=1))

    await api.rest_an_order()
    before = ear.states()
    faults.release()
    api.wire.feed.step()

    assert (before, ear.states()) == (["inactive"], ["open"])


async def test_the_payload_of_a_damaged_push_is_no_json(api: Api, ear: Ear, faults: Faults) -> None:
    faults.add(PushFault("health_check", Drop(), times=None))
    faults.add(PushFault("order", Corrupt()))

    await api.rest_an_order()
    damaged, whole = (json.loads(frame) for frame in ear.frames())

    assert payload_of(whole)["info"]["status"] == "open"
    assert damaged["channel"] == whole["channel"]
    with pytest.raises(json.JSONDecodeError):
        payload_of(damaged)


async def test_a_damaged_frame_is_cut_in_half(api: Api, ear: Ear, faults: Faults) -> None:
    faults.add(PushFault("health_check", Drop(), times=None))
    faults.add(PushFault("order", Corrupt("frame")))

    await api.rest_an_order()
    damaged, _ = ear.frames()

    with pytest.raises(json.JSONDecodeError):
        json.loads(damaged)


async def test_the_heartbeat_can_stop_while_orders_are_told(api: Api, ear: Ear, faults: Faults) -> None:
    faults.add(PushFault("health_check", Drop(), times=None))

    await api.rest_an_order()
    api.clock.move(30)
    api.wire.feed.step()

    assert ear.states() == ["inactive", "open"]
    assert faults.struck["health_check:drop"] >= 1


async def test_every_push_can_be_dropped(api: Api, ear: Ear, faults: Faults) -> None:
    faults.add(PushFault("*", Drop(), times=None))

    await api.rest_an_order()
    api.clock.move(30)
    api.wire.feed.step()

    assert ear.states() == []


def test_a_wire_without_faults_has_the_plain_hub(exchange: Exchange, clock: HandClock) -> None:
    wire = Wire(exchange, KEYS, clock, host="127.0.0.1", port=4321)

    assert type(wire.hub) is Hub


# The script


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (
            {"on": "submit", "skip": 2, "do": {"verb": "error", "status": 503, "code": "x", "after": True}},
            CallFault("submit", Error(503, "x", after=True), skip=2),
        ),
        ({"on": "*", "times": None, "do": {"verb": "body", "text": "x"}}, CallFault("*", Body("x"), times=None)),
        ({"on": "submit", "chance": 0.01, "do": {"verb": "lost"}}, CallFault("submit", Lost(), chance=0.01)),
        ({"on": "submit", "do": {"verb": "hang"}}, CallFault("submit", Hang())),
        ({"on": "submit", "do": {"verb": "drip", "bytes": 2, "gap": 1}}, CallFault("submit", Drip(2, 1))),
        ({"on": "submit", "do": {"verb": "delay", "seconds": 1, "when": "before"}}, CallFault("submit", Delay(1, "before"))),
        ({"on": "submit", "do": {"verb": "retry_after", "value": None}}, CallFault("submit", RetryAfter(None))),
        ({"on": "submit", "do": {"verb": "redirect", "location": "/"}}, CallFault("submit", Redirect("/"))),
        ({"on": "submit", "do": {"verb": "unauthorized"}}, CallFault("submit", Unauthorized())),
        ({"on": "orders", "do": {"verb": "lag", "seconds": 90}}, CallFault("orders", Lag(90))),
        ({"push": "order", "do": {"verb": "drop"}}, PushFault("order", Drop())),
        ({"push": "order", "do": {"verb": "hold"}}, PushFault("order", Hold())),
        ({"push": "order", "do": {"verb": "duplicate", "copies": 3}}, PushFault("order", Duplicate(3))),
        ({"push": "order", "do": {"verb": "reorder"}}, PushFault("order", Reorder())),
        ({"push": "order", "do": {"verb": "delay", "seconds": 1}}, PushFault("order", Late(1))),
        ({"push": "order", "do": {"verb": "corrupt", "part": "frame"}}, PushFault("order", Corrupt("frame"))),
    ],
)
def test_each_verb_can_be_written(entry: dict[str, object], fault: Fault) -> None:
    assert parse_script(json.dumps([entry]).encode(), "a.json") == [fault]


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"do": {"verb": "lost"}}, 'needs either "on"'),
        ({"on": "submit", "push": "order", "do": {"verb": "lost"}}, 'needs either "on"'),
        ({"on": "place", "do": {"verb": "lost"}}, "no call called 'place'"),
        ({"push": "orders", "do": {"verb": "drop"}}, "no push called 'orders'"),
        ({"on": "submit", "do": {"verb": "drop"}}, "Invalid value 'drop'"),
        ({"push": "order", "do": {"verb": "lost"}}, "Invalid value 'lost'"),
        ({"on": "submit", "do": {}}, "missing required field `verb`"),
        ({"on": "submit"}, "missing required field `do`"),
        ({"on": "submit", "do": {"verb": "lost", "after": True}}, "unknown field `after`"),
        ({"on": "submit", "often": 3, "do": {"verb": "lost"}}, "unknown field `often`"),
        ({"on": "submit", "skip": -1, "do": {"verb": "lost"}}, "`int` >= 0"),
        ({"on": "submit", "times": 0, "do": {"verb": "lost"}}, "`int` >= 1"),
        ({"on": "submit", "chance": 0, "do": {"verb": "lost"}}, "`float` > 0"),
        ({"on": "submit", "chance": "1", "do": {"verb": "lost"}}, "Expected `float`"),
        ({"on": "submit", "do": {"verb": "error", "status": 99, "code": "x"}}, "`int` >= 200"),
        ({"on": "submit", "do": {"verb": "delay", "seconds": -1}}, "`float` >= 0"),
        ({"on": "submit", "do": {"verb": "body", "text": "x", "base64": "eA=="}}, "as text or as base64"),
        ({"on": "submit", "do": {"verb": "body", "base64": "?"}}, "base64 of the body cannot be read"),
        ({"on": "submit", "do": {"verb": "lag", "seconds": 1}}, "can lag, not submit"),
        ({"on": "*", "do": {"verb": "lag", "seconds": 1}}, "can lag, not *"),
    ],
)
def test_a_bad_entry_is_refused_in_a_sentence_with_its_number(entry: dict[str, object], says: str) -> None:
    good = {"on": "submit", "do": {"verb": "lost"}}

    with pytest.raises(FaultsError) as refused:
        parse_script(json.dumps([good, entry]).encode(), "bad.json")

    sentence = str(refused.value)
    assert sentence.startswith("Entry 2 of the fault script bad.json cannot be used: ")
    assert says in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"[", b"\xff", b"null", b"[" * 100_000])
def test_a_file_that_is_no_list_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(FaultsError, match=r"The fault script bad\.json is no list of faults: .*\."):
        parse_script(content, "bad.json")


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FaultsError, match=r"none\.json cannot be read: No such file"):
        read_script(tmp_path / "none.json")


def test_a_file_that_is_too_long_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "long.json"
    path.write_bytes(b" " * (LARGEST_FILE + 1))

    with pytest.raises(FaultsError, match="too long"):
        read_script(path)


def test_body_bytes_come_from_text_or_base64() -> None:
    assert (Body("é").raw, Body(base64=base64.b64encode(b"\xff").decode()).raw) == ("é".encode(), b"\xff")


def test_every_call_and_push_has_a_name() -> None:
    assert {"submit", "cancel", "cancel_all", "orders", "order", "login", "refresh", "register"} <= CALLS
    assert {"order", "market_selections", "health_check"} <= PUSHES


# The server


def test_a_bad_script_stops_the_server_at_its_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.json"
    path.write_text('[{"on": "submit", "do": {"verb": "explode"}}]')

    code = server.start(server.read_options(["--faults", str(path)]), server.Stop())

    assert code == 2
    assert "Entry 1 of the fault script" in capsys.readouterr().err


def test_a_truth_log_that_cannot_be_written_stops_the_server_at_its_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = server.start(server.read_options(["--truth", str(tmp_path / "nowhere" / "truth.jsonl")]), server.Stop())

    assert code == 2
    assert "cannot be opened" in capsys.readouterr().err


def a_strike(client: httpx.Client) -> str:
    """The id of some selection."""
    tournaments = client.get("/mm/get_tournaments", params={"has_active_events": "true"}).json()["data"]["tournaments"]
    events = client.get("/mm/get_sport_events", params={"tournament_id": tournaments[0]["id"]}).json()["data"]["sport_events"]
    markets = client.get("/v4/mm/get_markets", params={"event_id": events[-1]["event_id"]}).json()["data"]["markets"]
    moneyline = next(market for market in markets if market["type"] == "moneyline")
    return str(moneyline["selections"][0][0]["strike_id"])


def test_a_rehearsed_server_loses_an_answer_and_its_log_has_the_order(tmp_path: Path) -> None:
    script, log = tmp_path / "faults.json", tmp_path / "truth.jsonl"
    script.write_text('[{"on": "submit", "do": {"verb": "lost"}}, {"on": "submit", "do": {"verb": "hang"}}]')
    with Child("--faults", str(script), "--truth", str(log)) as child, contextlib.closing(child.client()) as client:
        order = {"external_id": "mine", "strike_id": a_strike(client), "price": 25_000, "quantity": 5}
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(SUBMIT, json=order)
        line = read(log)[-1]
        code, _, complaints = child.interrupt()

    assert (line.external_id, line.verdict, line.status) == ("mine", ACCEPTED, "lost")
    assert (code, complaints) == (0, "")
