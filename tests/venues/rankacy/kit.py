"""Bodies of Rankacy's feed on disk, changed where a test wants it, and the real client over a server that answers with them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from app.domain.cs2 import OddsKey, Question
from app.domain.environment import Environment
from app.domain.errors import NotSentError, RefusedError, UnknownError, UnreadableError
from app.domain.secret import Secret
from app.venues.hosts import practice
from app.venues.http import Http
from app.venues.rankacy.venue import Keys, Rankacy

WIRE = Path(__file__).parents[2] / "wire" / "rankacy"
KEY = "feed-key-of-nobody"
MATCH, SEASON, CT, T, OTHER = 812, 5, 34, 31, 36  # of the samples: who is on which side of the live match, and a third team
ROUND_5 = OddsKey(MATCH, Question.ROUND, 5)
FAULTS_OF_A_CALL = (UnreadableError, RefusedError, UnknownError, NotSentError)


class Method(NamedTuple):
    """One call of the client, and the path whose answer it reads."""

    path: str
    call: Callable[[Rankacy], Awaitable[Any]]


METHODS: dict[str, Method] = {
    "ping": Method("ping", lambda venue: venue.ping()),
    "markets": Method("markets", lambda venue: venue.markets()),
    "matches": Method("matches", lambda venue: venue.matches()),
    "upcoming": Method("matches/upcoming", lambda venue: venue.upcoming()),
    "match": Method("matches/812", lambda venue: venue.match(MATCH)),
    "finished": Method("matches/790", lambda venue: venue.match(790)),
    "odds": Method("matches/812/odds", lambda venue: venue.odds(MATCH)),
    "history": Method("matches/812/odds/history", lambda venue: venue.history(ROUND_5)),
    "changes": Method("odds/changes", lambda venue: venue.changes()),
    "stream": Method("stream", lambda venue: venue.stream()),
    "seasons": Method("seasons", lambda venue: venue.seasons()),
    "standings": Method("seasons/5/standings", lambda venue: venue.standings(SEASON)),
}
"""By the name of the sample that answers it."""


def sample(name: str) -> bytes:
    return (WIRE / f"{name}.json").read_bytes()


def document(name: str) -> Any:
    return json.loads(sample(name))


def packed(told: object) -> bytes:
    return json.dumps(told).encode()


def changed(name: str, changes: Mapping[tuple[str | int, ...], object]) -> bytes:
    """A sample with values replaced by their places; raw JSON such as 1e999 goes in as bytes."""
    told = document(name)
    raw: dict[str, bytes] = {}
    for index, (path, value) in enumerate(changes.items()):
        holder = told
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = f"@{index}@" if isinstance(value, bytes) else value
        if isinstance(value, bytes):
            raw[f'"@{index}@"'] = value
    body = packed(told)
    for mark, literal in raw.items():
        body = body.replace(mark.encode(), literal)
    return body


class Feed:
    """Answers each path with its sample, or with what a test put there; other paths with 404."""

    def __init__(self, **bodies: bytes | tuple[int, bytes]) -> None:
        self.bodies: dict[str, bytes | tuple[int, bytes]] = {
            method.path: bodies.get(name) or sample(name) for name, method in METHODS.items()
        }
        self.asked: list[httpx.Request] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        told = self.bodies.get(request.url.path.removeprefix("/api/b2b/"), (404, b'{"detail":"Match not found"}'))
        status, body = told if isinstance(told, tuple) else (200, told)
        return httpx.Response(status, stream=httpx.ByteStream(body))

    @asynccontextmanager
    async def client(self, key: str = KEY) -> AsyncIterator[Rankacy]:
        venue = Rankacy(connect=lambda url: Http(url, transport=httpx.MockTransport(self.answer)))
        await venue.point(practice("http://127.0.0.1:9"), Keys(Environment.PRACTICE, Secret(key)))
        try:
            yield venue
        finally:
            await venue.close()


async def outcome(body: bytes, name: str) -> Any:
    """What a call gives for this answer, or the exception with which it ends; any but the domain's own passes through."""
    async with Feed(**{name: body}).client() as venue:
        try:
            return await METHODS[name].call(venue)
        except FAULTS_OF_A_CALL as problem:
            return problem
