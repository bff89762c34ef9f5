"""Credentials go to their own host only: a second server on this computer records every byte, and none of ours is among them.

A redirect to it, a stream's configuration that names it, a proxy variable that names it: each for each kind of account.
"""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

import pytest

from app.domain.environment import Environment
from app.domain.errors import UnreadableError
from app.domain.proof import ProofRow, ProofState
from app.domain.secret import Secret
from app.venues.excuses import excuse
from app.venues.first_message import Patience
from app.venues.hosts import Address, partner, practice
from app.venues.omnibus.keys import register_key
from app.venues.omnibus.names import B2B
from app.venues.omnibus.proof import prove as prove_omnibus
from app.venues.prophetx.keys import make_keys
from app.venues.prophetx.names import V4
from app.venues.prophetx.proof import prove as prove_trading
from app.venues.prophetx.venue import Keys
from app.venues.prophetx.wire import WireConfig
from app.venues.rankacy.proof import prove as prove_rankacy
from app.venues.rankacy.venue import Keys as FeedKeys
from app.venues.whereabouts import believed
from tests.venues.fakes import FaultyServer, Request, Wire, faulty
from tests.venues.omnibus.desk import BALANCE, keys, public_pem, registration
from tests.venues.proofs import ended, rows_of
from tests.venues.recorder import Recorder, recording

ACCESS, SECRET, API_KEY, SESSION, TOKEN = "canary-access", "canary-secret", "canary-api-key", "canary-session", "canary-partner"
BEARER = "canary-bearer"
SHORT = Patience(greet=2.0, sign_in=2.0, message=2.0)

Answers = Callable[[Request], tuple[int, object, dict[str, str]]]


class Ways(NamedTuple):
    """A venue, and the second server that nothing of ours may reach."""

    venue: FaultyServer
    other: Recorder


@asynccontextmanager
async def both(answers: Callable[[Recorder], Answers]) -> AsyncIterator[Ways]:
    async with recording() as other:

        async def script(line: Wire) -> None:
            while True:
                request = await line.read()
                status, body, fields = answers(other)(request)
                await line.answer(status, json.dumps(body).encode(), **fields)

        async with faulty(script) as venue:
            yield Ways(venue, other)


def redirecting(other: Recorder) -> Answers:
    return lambda request: (307, {}, {"Location": f"{other.url}{request.path}"})


def naming_a_stream(other: Recorder) -> Answers:
    """All is well, but the stream is said to be at the second server."""

    def answer(request: Request) -> tuple[int, object, dict[str, str]]:
        path = request.path
        if path.endswith("/auth/login"):
            return 200, {"data": {"access_token": BEARER, "access_expire_time": 1200, "refresh_token": "canary-refresh"}}, {}
        if path.endswith("/connection-config"):
            config = {"key": "app-key", "ws_host": "127.0.0.1", "ws_port": other.port, "ws_secure": False, "service": "pusher"}
            return 200, config, {}
        if path.endswith("/api/v1/balance"):
            return 200, BALANCE, {}
        if path.endswith("get_balance"):
            amounts = {"balance": 1, "matched_order_balance": 0, "unmatched_order_balance": 0}
            return 200, {"data": amounts}, {}
        return 200, registration("12.34"), {}

    return answer


def trading(address: Address) -> AsyncGenerator[ProofRow, None]:
    return prove_trading(address, Keys(Environment.PRACTICE, Secret(ACCESS), Secret(SECRET)), patience=SHORT)


def omnibus(address: Address) -> AsyncGenerator[ProofRow, None]:
    return prove_omnibus(address, keys(), patience=SHORT)


def rankacy(address: Address) -> AsyncGenerator[ProofRow, None]:
    return prove_rankacy(address, FeedKeys(Environment.PRACTICE, Secret(API_KEY)))


def hides(other: Recorder, venue: FaultyServer) -> None:
    """Nothing that was sent to the venue as a credential has reached the other."""
    raw = other.received
    assert b"canary" not in raw
    assert b"authorization" not in raw.lower()
    assert b"x-api-key" not in raw.lower()
    for canary in (ACCESS, SECRET, API_KEY, SESSION, TOKEN, BEARER):
        assert base64.b64encode(canary.encode()) not in raw
    for request in venue.requests:
        for line in request.head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"authorization":
                assert value.strip().split(b" ")[-1].rpartition(b".")[2] not in raw


@pytest.mark.parametrize("prove", [trading, omnibus, rankacy])
async def test_a_redirect_to_another_host_is_not_followed(prove: Callable[[Address], AsyncGenerator[ProofRow, None]]) -> None:
    async with both(redirecting) as (venue, other):
        rows = ended(await rows_of(prove(practice(venue.base.rstrip("/")))))
        assert ProofState.FAILED in {row.state for row in rows.values()}
        assert "sends on to another address" in " ".join(row.words for row in rows.values())
        assert other.connections == 0


async def test_a_redirect_of_what_makes_or_registers_keys_is_not_followed() -> None:
    async with both(redirecting) as (venue, other):
        address = practice(venue.base.rstrip("/"))
        for work in (
            make_keys(address, V4, Secret(SESSION)),
            register_key(address, B2B, Secret(TOKEN), "desk", public_pem()),
        ):
            with pytest.raises(Exception, match="redirect"):
                await work
        assert other.connections == 0


@pytest.mark.parametrize("prove", [trading, omnibus])
async def test_a_stream_elsewhere_hears_no_credential(prove: Callable[[Address], AsyncGenerator[ProofRow, None]]) -> None:
    """Practice's stream may be at any port of this computer: what goes there is the application's public key and nothing of ours."""
    async with both(naming_a_stream) as (venue, other):
        rows = ended(await rows_of(prove(practice(venue.base.rstrip("/")))))
        assert rows["Stream"].state is ProofState.FAILED
        assert b"GET /app/app-key" in other.received
        hides(other, venue)


@pytest.mark.parametrize("host", ["ws.elsewhere.example", "api.partner.example.elsewhere.example", "ws.prophetx.co"])
def test_a_partners_stream_elsewhere_is_not_followed(host: str) -> None:
    address = partner(Environment.SANDBOX, "api.partner.example")
    with pytest.raises(UnreadableError) as problem:
        believed(WireConfig("app-key", ws_host=host), address)
    told = excuse(problem.value, {})
    assert host in told.words
    assert "not spoken to" in told.remedy


@pytest.mark.parametrize("host", ["api.partner.example", "ws.sandbox.prophetx.dev"])
def test_a_partners_stream_at_its_own_host_or_the_venues_is_followed(host: str) -> None:
    config = WireConfig("app-key", ws_host=host)
    assert believed(config, partner(Environment.SANDBOX, "api.partner.example")) is config


@pytest.mark.parametrize("prove", [trading, omnibus, rankacy])
async def test_a_proxy_that_the_environment_names_hears_nothing(
    prove: Callable[[Address], AsyncGenerator[ProofRow, None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with both(naming_a_stream) as (venue, other):
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, other.url)
        run = prove(practice(venue.base.rstrip("/")))
        async for row in run:
            if row.title in {"Balance", "Partner"} and row.is_over:
                break
        await run.aclose()
        assert venue.requests
        assert other.connections == 0
