"""What the exchange announces, as Pusher messages: kind, channel, payload, envelope and frame (contract 4.5)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

import msgspec

from app.practice.exchange import Exchange
from app.practice.model import (
    Change,
    DepthChange,
    EventChange,
    MarketChange,
    OrderChange,
    OrderStatus,
    Strike,
    StrikeChange,
    Tournament,
    TournamentChange,
    TradeChange,
)
from app.practice.wire.channels import MAIN_CHANNEL, event_channel, sub_market_channel, user_channel
from app.practice.wire.names import MARKET_WORDS, Document, Vocabulary, frame_word, spell, spell_order
from app.practice.wire.pusher import Hub
from app.practice.wire.shapes import (
    carries_strikes,
    dollars,
    event_document,
    number,
    order_profit,
    selections,
    tournament_document,
    user_words,
)


class Push:
    """One message: `kind`, `event` and `payload` in v4 words; `spelling` turns the payload into another vocabulary's."""

    def __init__(
        self,
        kind: str,
        op: str,
        event: str,
        payload: Document,
        at: int,
        spelling: Callable[[Document, Vocabulary], Document] = lambda payload, vocabulary: payload,
    ) -> None:
        self.kind = kind
        self.op = op
        self.event = event
        self.payload = payload
        self.at = at
        self._spelling = spelling
        self._data: dict[Vocabulary, str] = {}

    def frame(self, channel: str, vocabulary: Vocabulary) -> str:
        """The Pusher frame. Names of channels and events and base64 need no escaping."""
        event = frame_word(self.event, vocabulary)
        return f'{{"event":"{event}","channel":"{channel}","data":"{self._envelope(vocabulary)}"}}'

    def _envelope(self, vocabulary: Vocabulary) -> str:
        """`{"timestamp", "change_type", "op", "payload"}` as the inside of a JSON text."""
        data = self._data.get(vocabulary)
        if data is None:
            payload = base64.b64encode(msgspec.json.encode(self._spelling(self.payload, vocabulary))).decode()
            kind = frame_word(self.kind, vocabulary)
            data = f'{{\\"timestamp\\":{self.at},\\"change_type\\":\\"{kind}\\",\\"op\\":\\"{self.op}\\",\\"payload\\":\\"{payload}\\"}}'
            self._data[vocabulary] = data
        return data


def health_push(now: int) -> Push:
    return Push("private_system_signal", "u", "health_check", {}, now)


class Announcer:
    """Turns changes into messages and hands them to the hub; work is done only for channels somebody listens to."""

    def __init__(self, exchange: Exchange, hub: Hub) -> None:
        self._exchange = exchange
        self._hub = hub
        self._sequence = 0

    def announce(self, change: Change, now: int) -> None:
        """`now` (ns) becomes the envelope's timestamp."""
        match change:
            case DepthChange():
                self._announce_depth(change, now)
            case OrderChange():
                self._announce_order(change, now)
            case TradeChange():
                self._announce_main(change.market.event_id, "matched_order", "u", _trade_payload(change), now)
            case TournamentChange():
                self._announce_tournament(change, now)
            case EventChange():
                self._announce_event(change, now)
            case MarketChange():
                payload = _market_payload(change, self._next_sequence(now))
                self._announce_main(change.market.event_id, "market", change.op, payload, now)
            case StrikeChange():
                for payload in _strike_payloads(change, self._next_sequence(now)):
                    self._announce_main(change.market.event_id, "market_strike", change.op, payload, now)

    def announce_health(self, now: int) -> None:
        push = health_push(now)
        for channel in self._hub.private_channels():
            self._hub.publish(channel, push)

    def _announce_depth(self, change: DepthChange, now: int) -> None:
        """On the event's channel for its main markets, and on the channel of its sub_type for whoever asked for that."""
        market = change.market
        channels = [sub_market_channel(market.event_id, market.sub_type)] if market.sub_type else []
        if market.is_main:
            channels.append(event_channel(market.event_id))
        heard = [channel for channel in channels if self._hub.is_heard(channel)]
        if not heard:
            return
        push = Push("market_selections", "u", "market_selections", _depth_payload(change), now, _spell_market)
        for channel in heard:
            self._hub.publish(channel, push)

    def _announce_order(self, change: OrderChange, now: int) -> None:
        channel = user_channel(change.order.user_id)
        if not self._hub.is_heard(channel):
            return
        op = "c" if change.order.status is OrderStatus.INACTIVE else "u"
        push = Push("order", op, "orders", _order_payload(change), now, _spell_order_payload)
        self._hub.publish(channel, push)

    def _announce_tournament(self, change: TournamentChange, now: int) -> None:
        info = {**tournament_document(change.tournament), "sequence_number": self._next_sequence(now)}
        payload = {"id": str(change.tournament.id), "info": info}
        self._publish_main(change.tournament.id, "tournament", change.op, payload, now)

    def _announce_event(self, change: EventChange, now: int) -> None:
        event = change.event
        payload: Document = {"id": str(event.id), "tournament_id": str(event.tournament_id)}
        if change.op != "d":
            info = event_document(event, self._tournament(event.tournament_id))
            payload["info"] = {"type": "match", **info, "sequence_number": self._next_sequence(now)}
        self._publish_main(event.tournament_id, "sport_event", change.op, payload, now)

    def _announce_main(self, event_id: int, kind: str, op: str, payload: Document, now: int) -> None:
        event = self._exchange.event(event_id)
        if event is not None:
            self._publish_main(event.tournament_id, kind, op, payload, now)

    def _publish_main(self, tournament_id: int, kind: str, op: str, payload: Document, now: int) -> None:
        """Every message of the main channel is named after its tournament; its kind stands inside."""
        self._hub.publish(MAIN_CHANNEL, Push(kind, op, f"tournament_{tournament_id}", payload, now, _spell_market))

    def _tournament(self, tournament_id: int) -> Tournament | None:
        return next((each for each in self._exchange.tournaments() if each.id == tournament_id), None)

    def _next_sequence(self, now: int) -> int:
        """For changes the exchange does not number itself: growing, and of 19 digits like the venue's."""
        self._sequence = max(self._sequence + 1, now)
        return self._sequence


# Payloads


def _depth_payload(change: DepthChange) -> Document:
    market, strike = change.market, change.strike
    info: Document = {
        "id": market.id,
        "name": strike.name if carries_strikes(market) else market.name,
        "type": market.type,
        "strike": number(strike.strike),
        "sequence_number": change.sequence,
        "selections": selections(market, strike, change.levels),
    }
    return {"sport_event_id": market.event_id, "market_id": market.id, "info": info}


def _trade_payload(change: TradeChange) -> Document:
    info: Document = {
        "sport_event_id": change.market.event_id,
        "market_id": change.market.id,
        "outcome_id": change.outcome.outcome_id,
        "strike": number(change.outcome.strike),
        "strike_id": change.outcome.strike_id,
        "price": change.price,
        "fill_price": change.fill_price,
        "filled_quantity": dollars(change.stake),
        "origin_market_strike": number(change.strike.strike),
        "sequence_number": change.sequence,
    }
    return {"info": info}


def _market_payload(change: MarketChange, sequence: int) -> Document:
    info: Document = {
        "id": change.market.id,
        "sport_event_id": change.market.event_id,
        "name": change.market.name,
        "status": change.market.status.value,
        "description": change.market.name,
        "sequence_number": sequence,
    }
    return {"id": str(change.market.event_id), "info": info}


def _strike_payloads(change: StrikeChange, sequence: int) -> list[Document]:
    """One message per outcome: the documented payload names a single one."""
    market, strike = change.market, change.strike
    return [
        {"id": market.id, "info": {**_strike_info(change, strike), **names, "sequence_number": sequence}}
        for names in (
            {"outcome_id": each.outcome_id, "strike": number(each.strike), "strike_id": each.strike_id} for each in strike.outcomes
        )
    ]


def _strike_info(change: StrikeChange, strike: Strike) -> Mapping[str, object]:
    return {
        "id": change.market.id,
        "sport_event_id": change.market.event_id,
        "market_id": change.market.id,
        "type": change.market.type,
        "name": strike.name,
        "status": strike.status.value,
        "favourite": strike.favourite,
    }


def _order_payload(change: OrderChange) -> Document:
    """`filled_quantity` is this match alone (0 for a change of status), `total_filled_quantity` all of them."""
    order, fill = change.order, change.fill
    info: Document = {
        **user_words(order),
        "order_id": order.id,
        "external_id": order.external_id,
        "user_id": order.user_id,
        "sport_event_id": order.event_id,
        "market_id": order.market_id,
        "outcome_id": order.outcome_id,
        "strike_id": order.strike_id,
        "strike": number(order.strike),
        "price": order.price,
        "quantity": dollars(order.quantity),
        "profit": dollars(order_profit(order)),
        "filled_quantity": dollars(fill.stake) if fill else 0,
        "fill_price": fill.price if fill else 0,
        "total_filled_quantity": dollars(order.filled),
        "open_quantity": dollars(order.open_quantity),
        "matching_status": order.matching.value,
        "winning_status": order.winning.value,
        "status": order.status.value,
        "update_type": change.update_type,
        "sequence_number": change.sequence,
    }
    return {"info": info}


def _spell_market(payload: Document, vocabulary: Vocabulary) -> Document:
    return spell(payload, MARKET_WORDS, vocabulary)  # type: ignore[no-any-return]


def _spell_order_payload(payload: Document, vocabulary: Vocabulary) -> Document:
    return {"info": spell_order(payload["info"], vocabulary)}
