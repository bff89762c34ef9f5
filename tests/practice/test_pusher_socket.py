"""The Pusher endpoint over real sockets, with two independent clients."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pysher
import pytest
import websockets
from websockets.asyncio.client import ClientConnection

from app.practice.clock import WallClock
from app.practice.exchange import Exchange
from app.practice.server import QuietServer, open_listener, server_config
from app.practice.wire.application import Wire
from app.practice.wire.channels import MAIN_CHANNEL, event_channel, user_channel
from tests.practice.kit import KEYS, HandClock, envelope_of, open_account, payload_of, pre_match_strike

PATIENCE = 10


class Place:
    """A served wire and an account on it."""

    def __init__(self, wire: Wire, exchange: Exchange, port: int) -> None:
        self.wire, self.exchange, self.port = wire, exchange, port
        self.account = open_account(exchange)
        self.url = f"ws://127.0.0.1:{port}/app/{KEYS.pusher_key}?protocol=7&client=test&version=1&flash=false"
        self.http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/partner", trust_env=False)

    async def login(self) -> None:
        body = {"access_key": self.account.access_key, "secret_key": self.account.secret_key}
        token = (await self.http.post("/auth/login", json=body)).json()["data"]["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"


@pytest.fixture
async def place(exchange: Exchange, clock: HandClock) -> AsyncIterator[Place]:
    listener = open_listener("127.0.0.1", 0)
    port = listener.getsockname()[1]
    wire = Wire(exchange, KEYS, clock, host="127.0.0.1", port=port)
    server = QuietServer(server_config(wire))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await server.is_up.wait()
    place = Place(wire, exchange, port)
    await place.login()
    yield place
    await place.http.aclose()
    server.should_exit = True
    await serving


async def hear(socket: ClientConnection) -> dict[str, Any]:
    return dict(json.loads(await asyncio.wait_for(socket.recv(), PATIENCE)))


async def say(socket: ClientConnection, event: str, data: object) -> None:
    await socket.send(json.dumps({"event": event, "data": data}))


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            if is_so():
                return
            await asyncio.sleep(0)


async def greet(socket: ClientConnection) -> str:
    greeting = await hear(socket)
    return str(json.loads(greeting["data"])["socket_id"])


async def test_the_whole_handshake_ends_with_depth_and_orders(place: Place, clock: HandClock) -> None:
    market, strike = pre_match_strike(place.exchange)
    async with websockets.connect(place.url) as socket:
        socket_id = await greet(socket)
        wanted = [{"type": "event", "ids": [str(market.event_id)]}]
        body = {"socket_id": socket_id, "service": "pusher", "subscriptions": wanted}
        data = (await place.http.post("/v4/mm/websocket", json=body)).json()["data"]
        await say(socket, "pusher:signin", data["authenticated"])
        signed_in = await hear(socket)
        for channel in data["authorized_channel"]:
            await say(socket, "pusher:subscribe", {"auth": channel["auth"], "channel": channel["channel_name"]})
        subscribed = [await hear(socket) for _ in data["authorized_channel"]]

        order = {"external_id": "handshake-1", "strike_id": strike.outcomes[0].strike_id, "price": 25_000, "quantity": 5}
        await place.http.post("/v4/mm/submit_order", json=order)
        clock.move(1)
        place.wire.feed.step()
        told: dict[str, dict[str, Any]] = {}
        while not {"orders", "market_selections"} <= told.keys():
            frame = await hear(socket)
            told[frame["event"]] = frame

    assert signed_in["event"] == "pusher:signin_success"
    assert {each["event"] for each in subscribed} == {"pusher_internal:subscription_succeeded"}
    assert payload_of(told["orders"])["info"]["external_id"] == "handshake-1"
    assert told["market_selections"]["channel"] == event_channel(market.event_id)


async def test_a_wrong_key_is_closed_with_its_code(place: Place) -> None:
    async with websockets.connect(place.url.replace(KEYS.pusher_key, "other")) as socket:
        error = await hear(socket)
        await asyncio.wait_for(socket.wait_closed(), PATIENCE)

    assert error["data"]["code"] == socket.close_code == 4001


async def test_a_forged_sign_in_is_closed_with_its_code(place: Place) -> None:
    async with websockets.connect(place.url) as socket:
        await greet(socket)
        await say(socket, "pusher:signin", {"auth": "app-key:0", "user_data": "{}"})
        error = await hear(socket)
        await asyncio.wait_for(socket.wait_closed(), PATIENCE)

    assert error["data"]["code"] == socket.close_code == 4009


async def test_a_forged_channel_leaves_the_socket_usable(place: Place) -> None:
    async with websockets.connect(place.url) as socket:
        await greet(socket)
        await say(socket, "pusher:subscribe", {"auth": "app-key:0", "channel": MAIN_CHANNEL})
        error = await hear(socket)
        await socket.send(b"\x00binary")
        await say(socket, "pusher:ping", {})
        pong = await hear(socket)

    assert error["event"] == "pusher:subscription_error"
    assert pong["event"] == "pusher:pong"


async def test_going_away_closes_with_1001(place: Place) -> None:
    async with websockets.connect(place.url) as socket:
        await greet(socket)
        place.wire.hub.close_all()
        await asyncio.wait_for(socket.wait_closed(), PATIENCE)

    assert socket.close_code == 1001


async def test_a_client_that_leaves_is_forgotten(place: Place) -> None:
    async with websockets.connect(place.url) as socket:
        await greet(socket)
        assert len(place.wire.hub.sockets) == 1

    await until(lambda: not place.wire.hub.sockets)


async def test_another_registration_changes_the_words_of_the_next_push(place: Place, clock: HandClock) -> None:
    _, strike = pre_match_strike(place.exchange)
    private = user_channel(place.account.user_id)
    async with websockets.connect(place.url) as socket:
        socket_id = await greet(socket)
        heard: list[str] = []
        for number, path in enumerate(("/mm/pusher", "/v4/mm/websocket")):
            data = (await place.http.post(path, json={"socket_id": socket_id})).json()["data"]
            channel = data["authorized_channel"][1]
            await say(socket, "pusher:subscribe", {"auth": channel["auth"], "channel": private})
            await hear(socket)
            order = {"external_id": f"words-{number}", "strike_id": strike.outcomes[0].strike_id, "price": 25_000}
            await place.http.post("/v4/mm/submit_order", json={**order, "quantity": 5})
            clock.move(1)
            place.wire.feed.step()
            frame = await hear(socket)
            while envelope_of(frame)["change_type"] == "private_system_signal":
                frame = await hear(socket)
            heard.append(frame["event"])
            while frame["event"] == "health_check" or payload_of(frame)["info"]["status"] != "open":
                frame = await hear(socket)

    assert heard == ["wagers", "orders"]


async def test_a_stock_pysher_client_signs_its_channels_by_the_auth_endpoint(place: Place, clock: HandClock) -> None:
    token = place.http.headers["Authorization"]
    headers = {"Authorization": token, "header-subscriptions": '[{"type":"tournament","ids":[]}]'}
    auth_endpoint = f"http://127.0.0.1:{place.port}/partner/mm/pusher"
    client = pysher.Pusher(
        KEYS.pusher_key,
        custom_host="127.0.0.1",
        port=place.port,
        secure=False,
        auth_endpoint=auth_endpoint,
        auth_endpoint_headers=headers,
    )
    private = user_channel(place.account.user_id)
    subscribed, told = threading.Event(), threading.Event()

    def on_connected(data: str) -> None:
        channel = client.subscribe(private)
        channel.bind("pusher_internal:subscription_succeeded", lambda data: subscribed.set())
        channel.bind("wagers", lambda data: told.set())

    client.connection.bind("pusher:connection_established", on_connected)
    client.connect()
    is_subscribed = await asyncio.to_thread(subscribed.wait, PATIENCE)
    _, strike = pre_match_strike(place.exchange)
    order = {"external_id": "pysher-1", "strike_id": strike.outcomes[0].strike_id, "price": 25_000, "quantity": 5}
    await place.http.post("/v4/mm/submit_order", json=order)
    clock.move(1)
    place.wire.feed.step()
    is_told = await asyncio.to_thread(told.wait, PATIENCE)
    await asyncio.to_thread(client.disconnect, 0.5)

    assert (is_subscribed, is_told) == (True, True)


async def test_the_connection_config_points_to_this_server(place: Place) -> None:
    config = (await place.http.get("/websocket/connection-config")).json()

    assert config == {
        "app_id": KEYS.app_id,
        "key": KEYS.pusher_key,
        "cluster": "mt1",
        "ws_host": "127.0.0.1",
        "service": "pusher",
        "ws_port": place.port,
        "ws_secure": False,
    }


def test_the_wall_clock_never_runs_backwards() -> None:
    clock = WallClock()

    readings = [clock.now_ns() for _ in range(100)]

    assert readings == sorted(readings)
    assert len(str(readings[0])) == 19
