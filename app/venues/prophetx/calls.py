"""The Trading API's requests as values: what is sent, without sending it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar
from urllib.parse import quote

import msgspec

from app.domain.events import Topic
from app.domain.link import Rank
from app.domain.order import OrderDraft
from app.venues.call import Call as Call
from app.venues.prophetx.names import Paths
from app.venues.record import ROWS_A_PAGE

EVENTS_A_CALL = 50  # contract 5.3
ORDERS_A_BATCH = 20
STRIKES_A_CALL = 20
_OLD_WORDS = {
    "strike_id": "line_id",
    "price": "odds",
    "quantity": "stake",
    "order_id": "wager_id",
    "order_ids": "wager_ids",
}
REGISTER_DEADLINE = 30.0  # seconds; registration can take several


Submitted = str | int | msgspec.Raw
Field = TypeVar("Field", str, Submitted)


class Calls:
    """Builds each request from the profile's path table."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._names = {path: name for name, path in msgspec.structs.asdict(paths).items() if isinstance(path, str)}

    def name_of(self, call: Call) -> str:
        """What a request is called, whatever the profile's table calls its path."""
        return self._names.get(call.path) or self._names.get(call.path.rpartition("/")[0], call.path.rpartition("/")[2])

    def login(self, access_key: str, secret_key: str) -> Call:
        return _post(self._paths.login, {"access_key": access_key, "secret_key": secret_key})

    def refresh(self, refresh_token: str) -> Call:
        return _post(self._paths.refresh, {"refresh_token": refresh_token})

    def balance(self) -> Call:
        return Call("GET", self._paths.balance, is_query=True)

    def tournaments(self) -> Call:
        return Call("GET", self._paths.tournaments, {"has_active_events": "true"}, is_query=True)

    def events(self, tournament_id: int) -> Call:
        return Call("GET", self._paths.events, {"tournament_id": str(tournament_id)}, is_query=True)

    def events_by_id(self, event_ids: Iterable[int]) -> Call:
        return Call("GET", self._paths.events, {"event_ids": ",".join(map(str, event_ids))}, is_query=True)

    def markets(self, event_id: int) -> Call:
        return Call("GET", self._paths.markets, {"event_id": str(event_id)}, is_query=True, rank=Rank.SCREEN)

    def multiple_markets(self, event_ids: Iterable[int]) -> Call:
        return Call("GET", self._paths.multiple_markets, {"event_ids": ",".join(map(str, event_ids))}, is_query=True)

    def search_markets(self, words: str) -> Call:
        return Call("GET", self._paths.search_markets, {"keyword": words}, is_query=True, rank=Rank.SCREEN)

    def players(self) -> Call:
        return Call("GET", self._paths.players, is_query=True)

    def player(self, player_id: int) -> Call:
        return Call("GET", f"{self._paths.players}/{player_id}", is_query=True)

    def strikes(self, selection_ids: Iterable[str]) -> Call:
        """At most STRIKES_A_CALL."""
        return Call("GET", self._paths.strikes, {"strike_ids": ",".join(selection_ids)}, is_query=True)

    def ladder(self) -> Call:
        return Call("GET", self._paths.ladder, is_query=True)

    def config(self) -> Call:
        return Call("GET", self._paths.config)

    def register(self, socket_id: str, topics: Sequence[Topic]) -> Call:
        """The whole set: registration is declarative and replaces the one before."""
        subscriptions = [
            {"type": "event", "ids": [str(topic.event_id) for topic in topics if not topic.sub_type]},
            {"type": "event_subtype", "ids": [f"{topic.event_id}:{topic.sub_type}" for topic in topics if topic.sub_type]},
        ]
        wanted = [subscription for subscription in subscriptions if subscription["ids"]]
        call = _post(self._paths.register, {"socket_id": socket_id, "service": "pusher", "subscriptions": wanted})
        return msgspec.structs.replace(call, rank=Rank.SCREEN, deadline=REGISTER_DEADLINE)

    def register_nothing(self, socket_id: str) -> Call:
        """No service and no subscriptions: nothing is declared that could replace what a socket has."""
        return _post(self._paths.register, {"socket_id": socket_id, "service": "none"})

    def submit_nothing(self) -> Call:
        return _post(self._paths.submit, {})

    def submit(self, ref: str, draft: OrderDraft) -> Call:
        """`external_id` is our reference; price whole American, quantity our own stake with its cents."""
        return _post(self._paths.submit, self._spelt("submit", _submission(ref, draft)), Rank.ORDER)

    def submit_many(self, orders: Iterable[tuple[str, OrderDraft]]) -> Call:
        """Pairs of our reference and the order, at most ORDERS_A_BATCH."""
        rows = [self._spelt("submit_many", _submission(ref, draft)) for ref, draft in orders]
        return _post(self._paths.submit_many, {"data": rows}, Rank.ORDER)

    def cancel(self, ref: str, venue_order_id: str) -> Call:
        return _post(self._paths.cancel, self._spelt("cancel", _named(ref, venue_order_id)), Rank.CANCEL)

    def cancel_many(self, orders: Iterable[tuple[str, str]]) -> Call:
        """Pairs of our reference and the venue's order id, at most ORDERS_A_BATCH."""
        rows = [self._spelt("cancel_many", _named(ref, venue_order_id)) for ref, venue_order_id in orders]
        return _post(self._paths.cancel_many, {"data": rows}, Rank.CANCEL)

    def cancel_all(self) -> Call:
        return _post(self._paths.cancel_all, {}, Rank.CANCEL)

    def cancel_event(self, event_id: int) -> Call:
        return _post(self._paths.cancel_event, {"event_id": event_id}, Rank.CANCEL)

    def cancel_market(self, event_id: int, market_id: int) -> Call:
        """All strikes of it."""
        return _post(self._paths.cancel_market, {"event_id": event_id, "market_id": market_id}, Rank.CANCEL)

    def order(self, venue_order_id: str) -> Call:
        return Call("GET", f"{self._paths.order}/{quote(venue_order_id, safe='')}")

    def history(self, bounds: Mapping[str, str], cursor: str) -> Call:
        return Call("GET", self._paths.history, _paged(bounds, cursor))

    def trades(self, bounds: Mapping[str, str], cursor: str) -> Call:
        return Call("GET", self._paths.trades, _paged(bounds, cursor), rank=Rank.SCREEN)

    def transactions(self, kind: str, cursor: str) -> Call:
        return Call("GET", self._paths.transactions, _paged({"transaction_type": kind} if kind else {}, cursor), rank=Rank.SCREEN)

    def matched_detail(self, venue_order_ids: Iterable[str]) -> Call:
        return Call("GET", self._paths.matched_detail, self._spelt("matched_detail", {"order_ids": ",".join(venue_order_ids)}))

    def _spelt(self, name: str, fields: Mapping[str, Field]) -> dict[str, Field]:
        """A request's fields in the words of the path that it goes to."""
        if name not in self._paths.old_words:
            return dict(fields)
        return {_OLD_WORDS.get(word, word): value for word, value in fields.items()}


def _named(ref: str, venue_order_id: str) -> dict[str, str]:
    """An order as a cancel names it; one that was placed without a reference has none to give."""
    return {"external_id": ref, "order_id": venue_order_id} if ref else {"order_id": venue_order_id}


def _submission(ref: str, draft: OrderDraft) -> dict[str, Submitted]:
    return {
        "external_id": ref,
        "strike_id": draft.selection_id,
        "price": draft.odds.american,
        "quantity": msgspec.Raw(format(draft.stake, "f").encode()),
    }


def _paged(asked: Mapping[str, str], cursor: str) -> dict[str, str]:
    return {**asked, "limit": str(ROWS_A_PAGE)} | ({"next_cursor": cursor} if cursor else {})


def _post(path: str, fields: object, rank: Rank = Rank.ROUTINE) -> Call:
    return Call("POST", path, body=msgspec.json.encode(fields), rank=rank)
