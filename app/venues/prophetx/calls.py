"""The Trading API's requests as values: what is sent, without sending it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal
from urllib.parse import quote

import msgspec

from app.domain.order import OrderDraft
from app.venues.http import NO_PARAMS
from app.venues.prophetx.names import Paths

EVENTS_A_CALL = 50  # contract 5.3
ORDERS_A_BATCH = 20
REGISTER_DEADLINE = 30.0  # seconds; registration can take several


class Call(msgspec.Struct, frozen=True):
    """`is_query`: the venue answers this path once a second. `is_urgent`: a cancel, which may use the reserve of the budget."""

    method: Literal["GET", "POST"]
    path: str
    params: Mapping[str, str] = NO_PARAMS
    body: bytes | None = None
    is_query: bool = False
    is_urgent: bool = False
    deadline: float | None = None


class Calls:
    """Builds each request from the profile's path table."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths

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
        return Call("GET", self._paths.markets, {"event_id": str(event_id)}, is_query=True)

    def multiple_markets(self, event_ids: Iterable[int]) -> Call:
        return Call("GET", self._paths.multiple_markets, {"event_ids": ",".join(map(str, event_ids))}, is_query=True)

    def ladder(self) -> Call:
        return Call("GET", self._paths.ladder, is_query=True)

    def config(self) -> Call:
        return Call("GET", self._paths.config)

    def register(self, socket_id: str, event_ids: Iterable[int], sub_types: Iterable[tuple[int, str]]) -> Call:
        """The whole set: registration is declarative and replaces the one before."""
        subscriptions = [
            {"type": "event", "ids": [str(event_id) for event_id in event_ids]},
            {"type": "event_subtype", "ids": [f"{event_id}:{sub_type}" for event_id, sub_type in sub_types]},
        ]
        wanted = [subscription for subscription in subscriptions if subscription["ids"]]
        call = _post(self._paths.register, {"socket_id": socket_id, "service": "pusher", "subscriptions": wanted})
        return msgspec.structs.replace(call, deadline=REGISTER_DEADLINE)

    def submit(self, ref: str, draft: OrderDraft) -> Call:
        """`external_id` is our reference; price whole American, quantity our own stake with its cents."""
        return _post(self._paths.submit, _submission(ref, draft))

    def submit_many(self, orders: Iterable[tuple[str, OrderDraft]]) -> Call:
        """Pairs of our reference and the order, at most ORDERS_A_BATCH."""
        return _post(self._paths.submit_many, {"data": [_submission(ref, draft) for ref, draft in orders]})

    def cancel(self, ref: str, venue_order_id: str) -> Call:
        return _urgent(_post(self._paths.cancel, _named(ref, venue_order_id)))

    def cancel_many(self, orders: Iterable[tuple[str, str]]) -> Call:
        """Pairs of our reference and the venue's order id, at most ORDERS_A_BATCH."""
        rows = [_named(ref, venue_order_id) for ref, venue_order_id in orders]
        return _urgent(_post(self._paths.cancel_many, {"data": rows}))

    def cancel_all(self) -> Call:
        return _urgent(_post(self._paths.cancel_all, {}))

    def order(self, venue_order_id: str) -> Call:
        return Call("GET", f"{self._paths.order}/{quote(venue_order_id, safe='')}")

    def history(self, bounds: Mapping[str, int | str], cursor: str) -> Call:
        params = {name: str(value) for name, value in bounds.items()} | {"limit": "100"}
        return Call("GET", self._paths.history, params | ({"next_cursor": cursor} if cursor else {}))

    def matched_detail(self, venue_order_ids: Iterable[str]) -> Call:
        return Call("GET", self._paths.matched_detail, {"order_ids": ",".join(venue_order_ids)})


def _named(ref: str, venue_order_id: str) -> dict[str, str]:
    """An order as a cancel names it; one that was placed without a reference has none to give."""
    return {"external_id": ref, "order_id": venue_order_id} if ref else {"order_id": venue_order_id}


def _submission(ref: str, draft: OrderDraft) -> dict[str, object]:
    return {
        "external_id": ref,
        "strike_id": draft.selection_id,
        "price": draft.odds.american,
        "quantity": msgspec.Raw(format(draft.stake, "f").encode()),
    }


def _post(path: str, fields: object) -> Call:
    return Call("POST", path, body=msgspec.json.encode(fields))


def _urgent(call: Call) -> Call:
    return msgspec.structs.replace(call, is_urgent=True)
