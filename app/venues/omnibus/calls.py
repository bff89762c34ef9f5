"""The B2B Omnibus API's requests as values. A body is written once: the bytes that are hashed are the bytes that are sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from app.domain.events import Topic
from app.domain.link import Rank
from app.domain.order import HistoryQuery, OrderDraft
from app.venues.call import Call
from app.venues.omnibus.names import FIELDS, Fields, Paths
from app.venues.record import ROWS_A_PAGE

REGISTER_DEADLINE = 30.0  # seconds; registration can take several
EVENTS_A_CALL = 10  # fifty would be allowed (contract 5.3), and their answer can be larger than what is read of one

Submitted = str | int | msgspec.Raw


class Calls:
    """Builds each request from the table of paths, in the profile's words."""

    def __init__(self, paths: Paths, fields: Fields = FIELDS["guide"]) -> None:
        self._paths = paths
        self._fields = fields
        self._names = {path: name for name, path in msgspec.structs.asdict(paths).items()}

    def name_of(self, call: Call) -> str:
        """What a request is called, whatever the table calls its path; orders are placed where they are listed."""
        if call.path == self._paths.orders:
            return "submit" if call.method == "POST" else "history"
        return self._names.get(call.path, call.path)

    def balance(self) -> Call:
        return Call("GET", self._paths.balance, is_query=True)

    def tournaments(self) -> Call:
        return Call("GET", self._paths.tournaments, is_query=True)

    def events(self, tournament_id: int, rank: Rank = Rank.ROUTINE) -> Call:
        return Call("GET", self._paths.events, {self._fields.tournament: str(tournament_id)}, is_query=True, rank=rank)

    def events_by_id(self, event_ids: Iterable[int]) -> Call:
        return Call("GET", self._paths.events, {self._fields.events: ",".join(map(str, event_ids))}, is_query=True)

    def markets(self, event_id: int, rank: Rank = Rank.SCREEN) -> Call:
        return Call("GET", self._paths.markets, {self._fields.event: str(event_id)}, is_query=True, rank=rank)

    def multiple_markets(self, event_ids: Iterable[int], rank: Rank) -> Call:
        """At most EVENTS_A_CALL."""
        return Call("GET", self._paths.markets, {self._fields.events: ",".join(map(str, event_ids))}, is_query=True, rank=rank)

    def config(self) -> Call:
        return Call("GET", self._paths.config)

    def register(self, socket_id: str, topics: Sequence[Topic]) -> Call:
        """The whole set of what a socket is to hear; the shape is the Trading API's, of which the guide says nothing else."""
        kinds = [
            {"type": "event", "ids": [str(topic.event_id) for topic in topics if not topic.sub_type]},
            {"type": "event_subtype", "ids": [f"{topic.event_id}:{topic.sub_type}" for topic in topics if topic.sub_type]},
        ]
        wanted = [kind for kind in kinds if kind["ids"]]
        call = _post(self._paths.register, {"socket_id": socket_id, "service": "pusher", "subscriptions": wanted}, Rank.SCREEN)
        return msgspec.structs.replace(call, deadline=REGISTER_DEADLINE)

    def register_nothing(self, socket_id: str) -> Call:
        """No service and no subscriptions: nothing is declared that could replace what a socket has."""
        return _post(self._paths.register, {"socket_id": socket_id, "service": "none"})

    def register_key(self, name: str, public_pem: str) -> Call:
        return _post(self._paths.keys, {"name": name, "public_key": public_pem})

    def submit_nothing(self) -> Call:
        return _post(self._paths.orders, {})

    def submit(self, ref: str, draft: OrderDraft) -> Call:
        return _post(self._paths.orders, self._submission(ref, draft), Rank.ORDER)

    def submit_many(self, orders: Iterable[tuple[str, OrderDraft]]) -> Call:
        return _post(self._paths.submit_many, {"data": [self._submission(ref, draft) for ref, draft in orders]}, Rank.ORDER)

    def cancel(self, venue_order_id: str) -> Call:
        return _post(self._paths.cancel, {self._fields.order: venue_order_id}, Rank.CANCEL)

    def cancel_many(self, venue_order_ids: Iterable[str]) -> Call:
        return _post(self._paths.cancel_many, {"data": [{self._fields.order: one} for one in venue_order_ids]}, Rank.CANCEL)

    def orders(self, query: HistoryQuery, since: int, until: int | None, cursor: str) -> Call:
        """A page of the record between two moments (Unix seconds). The guide gives 20 rows where no limit is asked for, and 100 at most
        (step 6).
        """
        fields = self._fields
        asked: dict[str, int | str | None] = {
            fields.since: since or None,
            fields.until: until,
            fields.status: query.status or None,
            fields.matching: query.matching or None,
            fields.of_user: query.user or None,
            fields.limit: ROWS_A_PAGE,
            fields.cursor: cursor or None,
        }
        return Call("GET", self._paths.orders, {name: str(value) for name, value in asked.items() if value is not None})

    def _submission(self, ref: str, draft: OrderDraft) -> dict[str, Submitted]:
        """Odds whole American, the stake our own with its cents (the guide's step 5)."""
        fields = self._fields
        return {
            fields.ref: ref,
            fields.user: draft.external_user,
            fields.selection: draft.selection_id,
            fields.stake: msgspec.Raw(format(draft.stake, "f").encode()),
            fields.odds: draft.odds.american,
        }


def _post(path: str, fields: object, rank: Rank = Rank.ROUTINE) -> Call:
    return Call("POST", path, body=msgspec.json.encode(fields), rank=rank)
