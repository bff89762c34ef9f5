"""The B2B API behind its tokens: balance, listings, the stream, limits, and rehearsed faults."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.practice.exchange import Exchange
from app.practice.faults import CallFault, Error, Faults, Limit, SeveredError, Unauthorized
from app.practice.faults.script import Lost, RetryAfter
from app.practice.wire.channels import MAIN_CHANNEL, event_channel, user_channel
from app.practice.wire.limits import BURST
from tests.practice.kit import Api, HandClock, all_markets, sample, shape_faults
from tests.practice.partner import BALANCE, KEYS_PATH, OWN_BALANCE, REGISTER, Desk, told

CONFIG = "/api/v1/websocket/connection-config"


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
async def desk(exchange: Exchange, clock: HandClock, faults: Faults) -> AsyncIterator[Desk]:
    one = Desk(exchange, clock, faults=faults)
    await one.add_key(1)
    yield one
    await one.http.aclose()


async def test_the_balance_is_flat_and_the_partners_own(desk: Desk) -> None:
    reply = await desk.ask(BALANCE)

    assert reply.json() == {"balance": OWN_BALANCE // 100, "unmatched_balance": 0, "matched_balance": 0}


async def test_the_balance_says_what_is_asked_for_and_what_is_at_risk(desk: Desk) -> None:
    account = desk.exchange.accounts.account(desk.partner.user_id)
    account.unmatched, account.matched = 230_00, 100_50

    document = (await desk.ask(BALANCE)).json()

    assert (document["unmatched_balance"], document["matched_balance"]) == (230, 100.5)


async def test_nobody_logs_in_to_the_partners_account_with_a_pair_of_keys(desk: Desk, api: Api) -> None:
    assert desk.exchange.accounts.account(desk.partner.user_id).pairs == {}
    assert (await api.post("/auth/login", {"access_key": "", "secret_key": ""})).status_code == 401


async def test_the_listings_are_those_of_the_trading_api(desk: Desk, api: Api) -> None:
    tournaments = (await desk.ask("/api/v1/tournaments?has_active_events=true")).json()
    tournament_id = tournaments["data"]["tournaments"][0]["id"]
    events = (await desk.ask(f"/api/v1/sport-events?tournament_id={tournament_id}")).json()
    event_id = events["data"]["sport_events"][0]["event_id"]

    assert tournaments == (await api.get("/mm/get_tournaments", has_active_events="true")).json()
    assert events == (await api.get("/mm/get_sport_events", tournament_id=tournament_id)).json()
    markets = (await desk.ask(f"/api/v1/markets?event_id={event_id}")).json()
    assert markets == (await api.get("/mm/get_markets", event_id=event_id)).json()


async def test_markets_of_several_events_are_asked_at_once_and_carry_every_word(desk: Desk) -> None:
    ids = sorted({market.event_id for market in all_markets(desk.exchange)})[:2]

    data = (await desk.ask(f"/api/v1/markets?event_ids={ids[0]},{ids[1]}")).json()["data"]

    assert list(data) == [str(each) for each in ids]
    level = next(market for market in data[str(ids[0])] if "selections" in market)["selections"][0][0]
    assert level["line_id"] == level["strike_id"]
    assert level.keys() >= {"odds", "price", "stake", "quantity"}


async def test_a_listing_that_is_asked_wrongly_is_refused_as_by_the_trading_api(desk: Desk) -> None:
    assert told(await desk.ask("/api/v1/markets?event_id=1")) == (404, "sport_event_not_found")
    reply = await desk.ask("/api/v1/sport-events")
    assert (*told(reply), reply.json()["message"]) == (400, "invalid_param", "Invalid param: tournament_id")
    assert (await desk.ask("/api/v1/markets?event_id=x")).json()["message"] == "Invalid event_id"


async def test_the_connection_configuration_is_that_of_the_trading_api(desk: Desk, api: Api) -> None:
    reply = (await desk.ask(CONFIG)).json()

    assert reply == {**(await api.get("/websocket/connection-config")).json(), "ws_port": 4321}
    assert reply["service"] == "pusher"


# The stream


async def test_a_socket_is_registered_for_the_partner(desk: Desk) -> None:
    body = {"socket_id": "123.456", "subscriptions": [{"type": "event", "ids": ["7"]}]}

    answer = (await desk.ask(REGISTER, body)).json()

    names = [each["channel_name"] for each in answer["data"]["authorized_channel"]]
    assert names == [MAIN_CHANNEL, user_channel(desk.partner.user_id), event_channel(7)]
    assert json.loads(answer["data"]["authenticated"]["user_data"]) == {"id": desk.partner.user_id}
    assert shape_faults(answer, sample("shape_register")) == []


async def test_a_form_registers_too(desk: Desk) -> None:
    form = b"socket_id=123.456&subscriptions=%5B%7B%22type%22%3A%22event%22%2C%22ids%22%3A%5B%229%22%5D%7D%5D"
    headers = {"Authorization": f"Bearer {desk.token(form)}", "Content-Type": "application/x-www-form-urlencoded"}

    answer = (await desk.http.post(REGISTER, content=form, headers=headers)).json()

    assert answer["data"]["authorized_channel"][2]["channel_name"] == event_channel(9)


async def test_another_accounts_channel_is_not_signed(desk: Desk, api: Api) -> None:
    body = {"socket_id": "123.456", "channel_name": user_channel(api.account.user_id)}

    assert told(await desk.ask(REGISTER, body)) == (400, "invalid_param")


async def test_heartbeats_arrive_on_the_partners_channel(desk: Desk) -> None:
    hub, heard = desk.wire.hub, []
    socket = hub.connect("app-key", "7", desk.clock.now, lambda: None)
    answer = (await desk.ask(REGISTER, {"socket_id": socket.id})).json()
    for event, data in handshake(answer["data"]):
        hub.receive(socket, json.dumps({"event": event, "data": data}), desk.clock.now)
    socket.outbox.clear()

    desk.clock.move(6)
    desk.wire.feed.step()

    heard = [frame for frame in map(json.loads, socket.outbox) if frame["event"] == "health_check"]
    assert [frame["channel"] for frame in heard] == [user_channel(desk.partner.user_id)]


def handshake(data: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    private = data["authorized_channel"][1]
    return [("pusher:signin", data["authenticated"]), ("pusher:subscribe", {"auth": private["auth"], "channel": private["channel_name"]})]


# Limits and strays


async def test_fifty_requests_a_second_are_answered(desk: Desk) -> None:
    desk.clock.move(1)
    statuses = [told(await desk.ask()) for _ in range(BURST)]

    reply = await desk.ask()

    assert statuses == [(200, "")] * BURST
    assert told(reply) == (429, "rate_limit_reached")
    assert reply.headers["retry-after"] == "1"
    desk.clock.move(1)
    assert told(await desk.ask()) == (200, "")


async def test_requests_that_prove_nothing_use_up_nobodys_limit(desk: Desk) -> None:
    desk.clock.move(1)
    for _ in range(BURST + 1):
        await desk.send(desk.token(key=2))

    assert told(await desk.ask()) == (200, "")


async def test_a_body_beyond_all_measure_is_refused(desk: Desk) -> None:
    body = b" " * 1_000_001

    assert told(await desk.send(desk.token(body), REGISTER, body)) == (400, "invalid_request")


@pytest.mark.parametrize(("path", "status"), [("/api/v1/nothing", 404), ("/api/v1/balance/", 404)])
async def test_a_path_that_is_not_there_is_said(desk: Desk, path: str, status: int) -> None:
    assert told(await desk.ask(path))[0] == status


async def test_a_wrong_method_is_said(desk: Desk) -> None:
    assert told(await desk.ask(BALANCE, {}))[0] == 405


# Faults


async def test_a_fault_strikes_the_api_it_names_and_no_other(desk: Desk, faults: Faults) -> None:
    trading = await Api(desk.wire, desk.exchange, desk.clock).login()
    faults.add(CallFault("omnibus.balance", Error(503, "unknown_error")))

    assert (await trading.get("/v4/mm/get_balance")).status_code == 200
    assert told(await desk.ask()) == (503, "unknown_error")
    assert told(await desk.ask()) == (200, "")
    assert [(line.name, line.fault) for line in desk.wire.truth.lines[-2:]] == [("omnibus.balance", "error"), ("omnibus.balance", "")]
    await trading.http.aclose()


async def test_a_call_that_is_not_done_registers_nothing(desk: Desk, faults: Faults) -> None:
    faults.add(CallFault("omnibus.add_key", RetryAfter()))

    assert told(await desk.add_key(2)) == (429, "rate_limit_reached")
    assert len((await desk.as_partner("GET", KEYS_PATH)).json()["data"]) == 1


async def test_a_key_whose_answer_is_lost_is_registered(desk: Desk, faults: Faults) -> None:
    faults.add(CallFault("omnibus.add_key", Lost()))

    with pytest.raises(SeveredError):
        await desk.add_key(2)
    assert len((await desk.as_partner("GET", KEYS_PATH)).json()["data"]) == 2


async def test_a_refused_token_does_not_shut_the_partner_out(desk: Desk, faults: Faults) -> None:
    for name in ("omnibus.balance", "omnibus.list_keys"):
        faults.add(CallFault(name, Unauthorized()))

    assert told(await desk.ask()) == (401, "unauthorized")
    assert told(await desk.ask()) == (200, "")
    assert told(await desk.as_partner("GET", KEYS_PATH)) == (401, "unauthorized")
    assert told(await desk.as_partner("GET", KEYS_PATH)) == (200, "")


async def test_a_limit_of_channels_can_be_rehearsed(desk: Desk, faults: Faults) -> None:
    faults.add(CallFault("omnibus.register", Limit(3)))

    assert (await desk.ask(REGISTER, {"socket_id": "1.2"})).json()["data"]["channel_limit"] == 3
