"""The proof run of a Trading API account: keys that are good, unknown or swapped; every row; and nothing secret in any of it."""

from __future__ import annotations

import asyncio
import json
import time
from email.utils import formatdate

import httpx
import pytest

from app.domain.environment import Environment
from app.domain.proof import ProofRow, ProofState
from app.domain.secret import Secret
from app.venues.auth import Token
from app.venues.hosts import practice
from app.venues.http import Http
from app.venues.prophetx.names import V4, Spelling, paths_for
from app.venues.prophetx.proof import ROWS, prove
from app.venues.prophetx.venue import Keys
from tests.venues.omnibus.desk import CONFIG, registration
from tests.venues.proofs import SHORT, Stream, ended, rows_of, texts
from tests.venues.samples import document

ADDRESS = practice("http://127.0.0.1:9/partner")
ACCESS, SECRET = "access-of-nobody-1", "secret-of-nobody-2"
SESSION, REFRESH = "session-of-nobody-3", "refresh-of-nobody-4"


class House:
    """The venue. `instead` answers a path (below the base) with a status and a body."""

    def __init__(self) -> None:
        self.instead: dict[str, tuple[int, object]] = {}
        self.asked: list[httpx.Request] = []
        self.refuses = 401
        self.ahead = 0.0
        self.closed = 0

    @property
    def logins(self) -> list[dict[str, str]]:
        return [json.loads(request.content) for request in self.asked if request.url.path.endswith("/auth/login")]

    def connect(self, url: str) -> Http:
        return Http(url, transport=_Watched(self))

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        status, body = self._told(request, request.url.path.removeprefix("/partner/"))
        date = formatdate(time.time() + self.ahead, usegmt=True)
        return httpx.Response(status, headers={"Date": date}, stream=httpx.ByteStream(json.dumps(body).encode()))

    def _told(self, request: httpx.Request, path: str) -> tuple[int, object]:
        if path in self.instead:
            return self.instead[path]
        if path == "auth/login":
            return self._login(json.loads(request.content))
        if request.headers.get("Authorization") != f"Bearer {SESSION}":
            return 401, {"error": "unauthorized", "message": "Unauthorized"}
        if path.endswith("get_balance"):
            return 200, document("balance")
        if path == "websocket/connection-config":
            return 200, CONFIG
        return 200, registration("12.34")

    def _login(self, body: dict[str, str]) -> tuple[int, object]:
        if body != {"access_key": ACCESS, "secret_key": SECRET}:
            return self.refuses, {"error": "unauthorized", "message": f"no account with {body}"}
        now = time.time()
        session = {"access_token": SESSION, "access_expire_time": int(now + 1200)}
        return 200, {"data": session | {"refresh_token": REFRESH, "refresh_expire_time": int(now + 3 * 86400)}}


class _Watched(httpx.MockTransport):
    def __init__(self, house: House) -> None:
        super().__init__(house.answer)
        self._house = house

    async def aclose(self) -> None:
        self._house.closed += 1
        await super().aclose()


async def proven(
    house: House, access: str = ACCESS, secret: str = SECRET, stream: Stream | None = None, spelling: Spelling = Spelling.V4
) -> dict[str, ProofRow]:
    keys = Keys(Environment.PRACTICE, Secret(access), Secret(secret))
    told = await rows_of(
        prove(ADDRESS, keys, paths=paths_for(spelling, {}), connect=house.connect, dial=(stream or Stream()).dial, patience=SHORT)
    )
    shown = texts(told)
    assert not any(canary in shown for canary in (access, secret, SESSION, REFRESH))
    return ended(told)


async def test_good_keys_tick_every_row() -> None:
    house, stream = House(), Stream()
    rows = await proven(house, stream=stream)
    assert tuple(rows) == ROWS
    assert all(row.state is ProofState.GOOD and row.seconds is not None for row in rows.values())
    assert rows["Login"].words == "Logged in: the session is good for 20 min, and can be prolonged for 72 h"
    assert rows["Balance"].words.startswith("1")
    assert "a sign of health" in rows["Stream"].words
    assert len(house.logins) == 1
    assert stream.is_closed
    assert house.closed == 2


async def again(house: House, before: Token | None) -> tuple[dict[str, ProofRow], Token | None]:
    """Another run that goes on with `before`; the session that it leaves."""
    keys, kept = Keys(Environment.PRACTICE, Secret(ACCESS), Secret(SECRET)), list[Token]()
    run = prove(ADDRESS, keys, connect=house.connect, dial=Stream().dial, patience=SHORT, before=before, keep=kept.append)
    rows = ended(await rows_of(run))
    return rows, kept[-1] if kept else None


async def test_another_run_goes_on_with_the_session_of_the_one_before() -> None:
    house = House()
    _, session = await again(house, None)
    rows, same = await again(house, session)
    assert {row.state for row in rows.values()} == {ProofState.GOOD}
    assert rows["Login"].words == "Logged in by an earlier test: the session is good for 20 min, and can be prolonged for 72 h"
    assert len(house.logins) == 1
    assert same == session
    assert not any(canary in texts(rows.values()) for canary in (ACCESS, SECRET, SESSION, REFRESH))


async def test_a_session_that_the_venue_ended_is_replaced_by_a_login() -> None:
    house = House()
    house.instead["auth/refresh"] = (401, {"error": "unauthorized", "message": "Unauthorized"})
    rows, session = await again(house, Token("ended-session", time.time() + 900, "ended-refresh"))
    assert {row.state for row in rows.values()} == {ProofState.GOOD}
    assert len(house.logins) == 1
    assert session is not None
    assert session.access == SESSION


@pytest.mark.parametrize(("status", "is_kept"), [(403, False), (500, True)])
async def test_a_session_that_is_refused_is_not_gone_on_with(status: int, is_kept: bool) -> None:
    house = House()
    house.instead[V4.balance] = (status, {"error": "x", "message": "x"})
    _, session = await again(house, None)
    assert (session is not None) is is_kept


@pytest.mark.parametrize("spelling", list(Spelling))
async def test_the_profiles_own_paths_are_used(spelling: Spelling) -> None:
    house = House()
    await proven(house, spelling=spelling)
    assert any(request.url.path == f"/partner/{paths_for(spelling, {}).balance}" for request in house.asked)


@pytest.mark.parametrize("status", [400, 401])
async def test_i_64_swapped_keys_are_recognised_by_one_more_login(status: int) -> None:
    house = House()
    house.refuses = status
    rows = await proven(house, SECRET, ACCESS)
    login = rows["Login"]
    assert login.state is ProofState.FAILED
    assert login.words == "These two keys are swapped: the access key was typed as the secret key"
    assert login.remedy == "Swap the two keys"
    assert len(house.logins) == 2
    assert rows["Balance"].state is ProofState.SKIPPED


async def test_unknown_keys_are_tried_twice_and_no_more_and_said_with_their_environment() -> None:
    house = House()
    rows = await proven(house, "another-access", "another-secret")
    assert rows["Login"].words == "The venue does not know these keys in PRACTICE"
    assert "of this environment" in rows["Login"].remedy
    assert len(house.logins) == 2


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (403, {"error": "session_num_exceed", "message": "only 20 sessions"}, "All 20 sessions of the account are in use"),
        (403, {"error": "forbidden", "message": "no"}, "does not let this account in"),
        (404, {}, "does not know this API's addresses"),
        (429, {"error": "rate_limit_reached"}, "asks for a pause"),
        (500, {"error": "internal_error"}, "trouble of its own (500)"),
        (200, {"data": {}}, "is not this API's"),
        (200, {"data": {"access_token": "", "access_expire_time": 1}}, "is not this API's"),
    ],
)
async def test_a_login_that_fails_otherwise_is_not_repeated(status: int, body: object, words: str) -> None:
    house = House()
    house.instead["auth/login"] = (status, body)
    rows = await proven(house)
    assert words in rows["Login"].words
    assert rows["Login"].remedy
    assert len(house.logins) == 1


async def test_a_wrong_clock_ends_the_run_before_the_keys_are_sent() -> None:
    house = House()
    house.ahead = 600
    rows = await proven(house)
    assert rows["Clock"].state is ProofState.FAILED
    assert "behind the venue's" in rows["Clock"].words
    assert not house.logins


async def test_the_first_request_carries_no_credential() -> None:
    house = House()
    await proven(house)
    assert house.asked[0].method == "GET"
    assert "Authorization" not in house.asked[0].headers
    assert not house.asked[0].content


async def test_an_unmatched_figure_that_the_venue_does_not_stand_by_is_not_shown() -> None:
    house = House()
    body = document("balance")
    body["data"]["unmatched_order_balance_status"] = "failed"
    house.instead["v4/mm/get_balance"] = (200, body)
    assert "does not know what is unmatched" in (await proven(house))["Balance"].words


async def test_a_venue_that_repeats_the_session_does_not_have_it_shown() -> None:
    house = House()
    house.instead["v4/mm/get_balance"] = (403, {"error": "forbidden", "message": f"the session {SESSION} may not"})
    assert "the session … may not" in (await proven(house))["Balance"].details


async def test_a_silent_stream_is_the_streams_failure() -> None:
    stream = Stream(says=None)
    rows = await proven(House(), stream=stream)
    assert rows["Balance"].state is ProofState.GOOD
    assert "nothing that can be read came" in rows["Stream"].words
    assert stream.is_closed


async def test_cancelling_closes_client_and_socket() -> None:
    house, stream = House(), Stream(says=None)
    keys = Keys(Environment.PRACTICE, Secret(ACCESS), Secret(SECRET))
    task = asyncio.ensure_future(rows_of(prove(ADDRESS, keys, connect=house.connect, dial=stream.dial)))
    await asyncio.wait_for(stream.subscribed.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stream.is_closed
    assert house.closed == 2
