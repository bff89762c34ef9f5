"""What the tests of the feed share: a league whose every row they write themselves, a client, and a reader of schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
from starlette.applications import Starlette

from app.practice.clock import SECOND
from app.practice.cs2.model import Market, MatchState, Point, Priced, Queued, Quote, RoundState, Season, Status, Team
from app.practice.cs2.model import Row as TableRow
from app.practice.exchange import Exchange
from app.practice.faults import Faults
from app.practice.faults.stage import Stage
from app.practice.truth import Truth
from app.practice.wire.channels import Signer
from app.practice.wire.feed import Feed
from app.practice.wire.pusher import Hub
from app.practice.wire.rankacy import Rankacy, new_api_key
from app.practice.wire.rankacy_paths import BASE
from tests.practice.kit import STARTED_AT, HandClock

KEY = new_api_key()

LYNX, HERON, OTTER = Team(11, "Lynx", "lynx"), Team(12, "Heron", "heron"), Team(13, "Otter", "otter")
AUTUMN = Season(1, "Autumn", is_active=False, created_at=STARTED_AT - 9_000_000 * SECOND)
WINTER = Season(2, "Winter", is_active=True, created_at=STARTED_AT - 1_000_000 * SECOND)


class WrittenLeague:
    """A league that is what a test says it is."""

    def __init__(self) -> None:
        self.seasons: list[Season] = [AUTUMN, WINTER]
        self.listed: list[MatchState] = []
        self.queued: list[Queued] = []
        self.played: dict[int, list[RoundState]] = {}
        self.written: list[tuple[int, Priced]] = []
        self.points: dict[tuple[int, str, int | None], list[Point]] = {}
        self.tables: dict[int, list[TableRow]] = {}

    def matches(self) -> Sequence[MatchState]:
        return self.listed

    def match(self, match_id: int) -> MatchState | None:
        return next((match for match in self.listed if match.id == match_id), None)

    def rounds(self, match_id: int) -> Sequence[RoundState]:
        return self.played.get(match_id, [])

    def queue(self) -> Sequence[Queued]:
        return self.queued

    def odds(self, match_id: int) -> Sequence[Priced]:
        return list({priced.market: priced for written_for, priced in self.written if written_for == match_id}.values())

    def history(self, match_id: int, market: str, round_number: int | None) -> Sequence[Point]:
        return self.points.get((match_id, market, round_number), [])

    def changed_since(self, since: int | None) -> Sequence[tuple[int, Priced]]:
        if since is None:
            return list({(match_id, priced.market): (match_id, priced) for match_id, priced in self.written}.values())
        return [(match_id, priced) for match_id, priced in self.written if priced.updated_at > since]

    def standings(self, season_id: int) -> Sequence[TableRow]:
        return self.tables.get(season_id, [])

    def price(self, match_id: int, at: int, odds: str = "1.87") -> Priced:
        priced = priced_match(at, odds)
        self.written.append((match_id, priced))
        return priced


def priced_match(at: int, odds: str = "1.87") -> Priced:
    sides = (Quote("CT", LYNX.id, odds), Quote("T", HERON.id, "1.95"), Quote("DRAW", None, "14.50"))
    return Priced(market=Market.MATCH, round_number=None, is_available=True, margin="0.05", updated_at=at, sides=sides)


def match_row(number: int, status: str = "LIVE", **changes: Any) -> MatchState:
    row: dict[str, Any] = {
        "id": number,
        "unique_id": f"match-{number}",
        "map_name": "de_quarry",
        "status": Status(status),
        "team_1": LYNX,
        "team_2": HERON,
        "score_1": 4,
        "score_2": 3,
        "ct_team_id": LYNX.id,
        "t_team_id": HERON.id,
        "round_number": 8,
        "season_id": WINTER.id,
        "season_name": WINTER.name,
        "starts_at": STARTED_AT - 600 * SECOND,
        "updated_at": STARTED_AT - SECOND,
    }
    return MatchState(**(row | changes))


class Floor:
    """The feed's own routes over a league, at a clock that tests move."""

    def __init__(self, exchange: Exchange, clock: HandClock, league: WrittenLeague, faults: Faults | None = None) -> None:
        self.clock, self.league, self.truth = clock, league, Truth()
        feed = Feed(exchange, Hub(Signer("key", "secret"), lambda: "1.1"), clock, lambda: None)
        rankacy = Rankacy(feed, Stage(self.truth, faults, None), KEY, league)
        headers = {"X-API-Key": KEY}
        transport = httpx.ASGITransport(app=Starlette(routes=rankacy.routes()))
        self.http = httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:4321{BASE}", headers=headers)

    async def get(self, path: str, **query: object) -> Any:
        """The document of a 200."""
        reply = await self.http.get(path, params={name: str(value) for name, value in query.items()} or None)
        assert reply.status_code == 200, reply.text
        return reply.json()


def schema_faults(value: Any, schema: dict[str, Any], schemas: dict[str, Any], place: str = "$") -> Iterator[str]:
    """Where a JSON value is not what its schema says; a field that no schema names is a fault too."""
    if "$ref" in schema:
        yield from schema_faults(value, schemas[schema["$ref"].rpartition("/")[2]], schemas, place)
    elif "anyOf" in schema:
        if all(any(schema_faults(value, option, schemas, place)) for option in schema["anyOf"]):
            yield f"{place} is {value!r}"
    elif "enum" in schema:
        if value not in schema["enum"]:
            yield f"{place} is {value!r}"
    else:
        yield from _kind_faults(value, schema, schemas, place)


_KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6})?Z")


def _kind_faults(value: Any, schema: dict[str, Any], schemas: dict[str, Any], place: str) -> Iterator[str]:
    kind = schema["type"]
    if not _is_a(kind, value):
        yield f"{place} is {value!r} and no {kind}"
    elif kind == "object":
        yield from (f"{place}.{name} is too much" for name in value.keys() - schema["properties"].keys())
        yield from (f"{place}.{name} is missing" for name in schema["required"] if name not in value)
        for name in value.keys() & schema["properties"].keys():
            yield from schema_faults(value[name], schema["properties"][name], schemas, f"{place}.{name}")
    elif kind == "array":
        for index, item in enumerate(value):
            yield from schema_faults(item, schema["items"], schemas, f"{place}[{index}]")
    elif kind == "string" and not _fits(value, schema):
        yield f"{place} is {value!r}"


def _is_a(kind: str, value: object) -> bool:
    return isinstance(value, _KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _fits(text: str, schema: dict[str, Any]) -> bool:
    if schema.get("format") == "date-time" and not _TIME.fullmatch(text):
        return False
    return re.search(schema.get("pattern", ""), text) is not None
