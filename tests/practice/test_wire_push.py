"""What each change of the exchange becomes on the wire, and who hears it."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from app.practice.exchange import Exchange
from app.practice.model import (
    Change,
    DepthChange,
    EventChange,
    Market,
    MarketChange,
    OrderChange,
    OrderStatus,
    StrikeChange,
    TournamentChange,
    TradeChange,
)
from app.practice.wire.application import Wire
from app.practice.wire.channels import MAIN_CHANNEL, event_channel, sub_market_channel, user_channel
from app.practice.wire.names import Vocabulary
from app.practice.wire.push import Announcer
from app.practice.wire.pusher import Socket
from tests.practice.kit import (
    Api,
    HandClock,
    all_markets,
    envelope_of,
    offered,
    payload_of,
    pre_match_strike,
    sample,
    shape_faults,
)

SEQUENCE = 1_795_000_000_000_000_123


class Ear:
    """A socket subscribed to some channels."""

    def __init__(self, wire: Wire, clock: HandClock, *channels: str, vocabulary: Vocabulary = Vocabulary.V4) -> None:
        self.socket: Socket = wire.hub.connect("app-key", "7", clock.now, lambda: None)
        self.socket.vocabulary = vocabulary
        self._hub = wire.hub
        for channel in channels:
            auth = wire.hub.signer.sign_channel(self.socket.id, channel)
            data = {"channel": channel, "auth": auth}
            wire.hub.receive(self.socket, json.dumps({"event": "pusher:subscribe", "data": data}), clock.now)
        self.socket.outbox.clear()

    def heard(self) -> list[dict[str, Any]]:
        frames = [json.loads(frame) for frame in self.socket.outbox]
        self.socket.outbox.clear()
        return frames


@pytest.fixture
def announce(exchange: Exchange, wire: Wire, clock: HandClock) -> Any:
    announcer = Announcer(exchange, wire.hub)
    return lambda change: announcer.announce(change, clock.now)


def depth(exchange: Exchange, market: Market) -> DepthChange:
    strike = market.strikes[0]
    return DepthChange(market, strike, exchange.levels(strike), exchange.now, SEQUENCE)


def test_depth_goes_to_the_events_channel_only(exchange: Exchange, wire: Wire, clock: HandClock, announce: Any) -> None:
    market, _ = pre_match_strike(exchange)
    ear = Ear(wire, clock, MAIN_CHANNEL, event_channel(market.event_id), event_channel(5))

    announce(depth(exchange, market))

    (frame,) = ear.heard()
    assert (frame["event"], frame["channel"]) == ("market_selections", event_channel(market.event_id))
    envelope = envelope_of(frame)
    assert (envelope["change_type"], envelope["op"], envelope["timestamp"]) == ("market_selections", "u", clock.now)
    assert shape_faults(payload_of(frame), sample("shape_push_depth")) == []
    assert payload_of(frame)["info"]["sequence_number"] == SEQUENCE


def test_a_players_market_goes_to_the_channel_of_its_sub_type(exchange: Exchange, wire: Wire, clock: HandClock, announce: Any) -> None:
    market = next(each for each in all_markets(exchange) if not each.is_main)
    channel = sub_market_channel(market.event_id, market.sub_type)
    ear = Ear(wire, clock, event_channel(market.event_id), channel)

    announce(depth(exchange, market))

    assert [frame["channel"] for frame in ear.heard()] == [channel]


def test_the_older_words_come_beside_the_new_ones(exchange: Exchange, wire: Wire, clock: HandClock, announce: Any) -> None:
    market, strike, _ = offered(exchange)
    ear = Ear(wire, clock, event_channel(market.event_id), vocabulary=Vocabulary.BOTH)

    announce(DepthChange(market, strike, exchange.levels(strike), exchange.now, SEQUENCE))

    (frame,) = ear.heard()
    info = payload_of(frame)["info"]
    level = info["selections"][0][0]
    assert frame["event"] == "market_selections"
    assert info["line"] == info["strike"]
    assert (level["odds"], level["stake"], level["line_id"]) == (level["price"], level["quantity"], level["strike_id"])


@pytest.mark.parametrize(("vocabulary", "event", "kind"), [(Vocabulary.V4, "orders", "order"), (Vocabulary.BOTH, "wagers", "wager")])
async def test_an_orders_changes_go_to_its_owner_in_the_words_of_his_registration(
    api: Api, clock: HandClock, vocabulary: Vocabulary, event: str, kind: str
) -> None:
    mine = Ear(api.wire, clock, user_channel(api.account.user_id), vocabulary=vocabulary)
    others = Ear(api.wire, clock, user_channel("somebody"), MAIN_CHANNEL)

    await api.rest_an_order()

    frames = [frame for frame in mine.heard() if frame["event"] == event]
    assert len(frames) >= 1
    assert {envelope_of(frame)["change_type"] for frame in frames} == {kind}
    info = payload_of(frames[-1])["info"]
    assert (info["status"], info["update_type"]) == ("open", "status")
    assert ("wager" in kind) == ("odds" in info)
    assert info["order_id"]
    assert not [frame for frame in others.heard() if frame["event"] == event]


async def test_an_order_push_has_the_venues_shape(api: Api, clock: HandClock) -> None:
    ear = Ear(api.wire, clock, user_channel(api.account.user_id))

    await api.fill_an_order()

    payloads = [payload_of(frame) for frame in ear.heard() if frame["event"] == "orders"]
    assert [fault for each in payloads for fault in shape_faults(each, sample("shape_push_order"))] == []
    matching = next(each["info"] for each in payloads if each["info"]["update_type"] == "matching")
    assert matching["filled_quantity"] == matching["total_filled_quantity"] == 5
    numbers = [each["info"]["sequence_number"] for each in payloads]
    assert numbers == sorted(set(numbers))
    assert {len(str(number)) for number in numbers} == {19}


async def test_a_match_is_told_to_everybody_without_its_owner(api: Api, clock: HandClock) -> None:
    ear = Ear(api.wire, clock, MAIN_CHANNEL)

    order = await api.fill_an_order()

    matched = [frame for frame in ear.heard() if envelope_of(frame)["change_type"] == "matched_order"]
    info = payload_of(matched[0])["info"]
    assert matched[0]["event"].startswith("tournament_")
    assert (info["strike_id"], info["filled_quantity"]) == (order["strike_id"], 5)
    assert "user_id" not in info


def test_an_events_beginning_and_end_are_told_on_the_main_channel(exchange: Exchange, wire: Wire, clock: HandClock, announce: Any) -> None:
    market, _ = pre_match_strike(exchange)
    event = exchange.event(market.event_id)
    assert event is not None
    ear = Ear(wire, clock, MAIN_CHANNEL)

    announce(EventChange("c", event, clock.now))
    announce(EventChange("d", event, clock.now))

    created, deleted = ear.heard()
    info = payload_of(created)["info"]
    assert created["event"] == f"tournament_{event.tournament_id}"
    assert (info["event_id"], info["name"], len(str(info["sequence_number"]))) == (event.id, event.name, 19)
    assert payload_of(deleted) == {"id": str(event.id), "tournament_id": str(event.tournament_id)}
    assert envelope_of(deleted)["op"] == "d"


@pytest.mark.parametrize(
    ("vocabulary", "kind", "word"),
    [(Vocabulary.V4, "market_strike", "strike_id"), (Vocabulary.BOTH, "market_line", "line_id")],
)
def test_a_changed_strike_is_told_once_for_each_outcome(
    exchange: Exchange, wire: Wire, clock: HandClock, announce: Any, vocabulary: Vocabulary, kind: str, word: str
) -> None:
    market, strike = pre_match_strike(exchange)
    ear = Ear(wire, clock, MAIN_CHANNEL, vocabulary=vocabulary)

    announce(StrikeChange("u", market, strike, clock.now))

    frames = ear.heard()
    assert {envelope_of(frame)["change_type"] for frame in frames} == {kind}
    assert [payload_of(frame)["info"][word] for frame in frames] == [each.strike_id for each in strike.outcomes]


def test_markets_and_tournaments_are_told_on_the_main_channel(exchange: Exchange, wire: Wire, clock: HandClock, announce: Any) -> None:
    market, _ = pre_match_strike(exchange)
    tournament = exchange.tournaments()[0]
    ear = Ear(wire, clock, MAIN_CHANNEL)

    announce(MarketChange("u", market, clock.now))
    announce(TournamentChange("u", tournament))

    market_frame, tournament_frame = ear.heard()
    assert payload_of(market_frame)["id"] == str(market.event_id)
    assert payload_of(market_frame)["info"]["status"] == market.status.value
    assert payload_of(tournament_frame)["info"]["name"] == tournament.name
    numbers = [payload_of(frame)["info"]["sequence_number"] for frame in (market_frame, tournament_frame)]
    assert numbers[0] < numbers[1]


def test_nothing_is_made_for_channels_nobody_hears(exchange: Exchange, wire: Wire, announce: Any) -> None:
    market, strike = pre_match_strike(exchange)
    changes: list[Change] = [
        depth(exchange, market),
        TradeChange(market, strike, strike.outcomes[0], 110, 110, 500, exchange.now, SEQUENCE),
        MarketChange("u", market, exchange.now),
    ]

    for change in changes:
        announce(change)

    assert wire.hub.sockets == {}


def test_health_is_told_every_five_seconds_on_private_channels(exchange: Exchange, wire: Wire, clock: HandClock) -> None:
    ear = Ear(wire, clock, user_channel("u7"), MAIN_CHANNEL)

    for _ in range(20):
        clock.move(0.5)
        wire.feed.step()

    healthy = [frame for frame in ear.heard() if frame["event"] == "health_check"]
    assert [frame["channel"] for frame in healthy] == [user_channel("u7")] * 2
    assert envelope_of(healthy[0])["change_type"] == "private_system_signal"
    assert envelope_of(healthy[0])["payload"] == "e30="


@pytest.mark.parametrize(("status", "op"), [(OrderStatus.INACTIVE, "c"), (OrderStatus.OPEN, "u")])
async def test_only_an_order_not_yet_open_is_told_as_created(
    api: Api, clock: HandClock, announce: Any, status: OrderStatus, op: str
) -> None:
    order = await api.rest_an_order()
    known = api.exchange.order(api.account.user_id, order["order_id"])
    assert known is not None
    ear = Ear(api.wire, clock, user_channel(api.account.user_id))

    announce(OrderChange(msgspec.structs.replace(known, status=status), "status", None, clock.now, SEQUENCE))

    (frame,) = ear.heard()
    assert envelope_of(frame)["op"] == op
