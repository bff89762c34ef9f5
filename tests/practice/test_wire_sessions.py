"""Tokens, their lives, and how many of them there may be."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import httpx
import msgspec
import pytest

from app.practice.accounts import MOST_PAIRS
from app.practice.clock import SECOND
from app.practice.exchange import Exchange
from app.practice.model import Account, RefusalError
from app.practice.wire.application import Wire
from app.practice.wire.sessions import ACCESS_LIFE, MOST_SESSIONS, REFRESH_LIFE, Sessions
from tests.practice.kit import KEYS, Api, HandClock

NOW = 1_795_000_000 * SECOND


def new_sessions(saved: bytes | None = None, save: Callable[[bytes], None] = lambda saved: None) -> Sessions:
    numbers = itertools.count(1)
    return Sessions(lambda: f"token-{next(numbers)}", save, saved)


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(RefusalError) as refused:
        act()
    return refused.value.code


def test_an_access_token_speaks_for_its_account_for_twenty_minutes() -> None:
    sessions = new_sessions()
    grant = sessions.login("u1", NOW)

    assert grant.access_expires == NOW + 20 * 60 * SECOND
    assert sessions.user_of(grant.access_token, NOW + ACCESS_LIFE - 1) == "u1"
    assert code_of(lambda: sessions.user_of(grant.access_token, NOW + ACCESS_LIFE)) == "unauthorized"


def test_a_refresh_gives_a_second_token_and_leaves_the_first_its_time() -> None:
    sessions = new_sessions()
    grant = sessions.login("u1", NOW)

    later = sessions.refresh(grant.refresh_token, NOW + 60 * SECOND)

    assert later.refresh_token == ""
    assert sessions.user_of(grant.access_token, NOW + 61 * SECOND) == "u1"
    assert sessions.user_of(later.access_token, NOW + ACCESS_LIFE + 59 * SECOND) == "u1"


def test_a_refresh_token_lives_three_days() -> None:
    sessions = new_sessions()
    grant = sessions.login("u1", NOW)

    assert grant.refresh_expires == NOW + 3 * 24 * 3600 * SECOND
    assert sessions.refresh(grant.refresh_token, NOW + REFRESH_LIFE - 1).access_token
    assert code_of(lambda: sessions.refresh(grant.refresh_token, NOW + REFRESH_LIFE)) == "unauthorized"


def test_an_access_token_is_no_refresh_token_and_the_other_way_round() -> None:
    sessions = new_sessions()
    grant = sessions.login("u1", NOW)

    assert code_of(lambda: sessions.refresh(grant.access_token, NOW)) == "unauthorized"
    assert code_of(lambda: sessions.user_of(grant.refresh_token, NOW)) == "unauthorized"


def test_the_twenty_first_session_is_refused_until_one_has_ended() -> None:
    sessions = new_sessions()
    for _ in range(MOST_SESSIONS):
        sessions.login("u1", NOW)

    assert code_of(lambda: sessions.login("u1", NOW)) == "session_num_exceed"
    assert sessions.login("u2", NOW).access_token
    assert sessions.login("u1", NOW + ACCESS_LIFE).access_token


def test_a_session_that_ended_cannot_come_back_when_twenty_others_live() -> None:
    sessions = new_sessions()
    first = sessions.login("u1", NOW)
    for _ in range(MOST_SESSIONS):
        sessions.login("u1", NOW + ACCESS_LIFE)

    assert code_of(lambda: sessions.refresh(first.refresh_token, NOW + ACCESS_LIFE)) == "session_num_exceed"


def test_sessions_survive_being_saved() -> None:
    kept: list[bytes] = []
    grant = new_sessions(save=kept.append).login("u1", NOW)

    again = new_sessions(saved=kept[-1])

    assert again.user_of(grant.access_token, NOW) == "u1"
    assert again.refresh(grant.refresh_token, NOW).access_token
    assert grant.access_token.encode() not in kept[-1]


async def test_login_answers_with_unix_seconds(api: Api) -> None:
    body = {"access_key": api.account.access_key, "secret_key": api.account.secret_key}

    data = (await api.post("/auth/login", body)).json()["data"]

    assert data.keys() == {"access_token", "access_expire_time", "refresh_token", "refresh_expire_time"}
    assert data["access_expire_time"] == api.clock.now // SECOND + 1200
    assert data["refresh_expire_time"] == api.clock.now // SECOND + 259_200


@pytest.mark.parametrize("wrong", ["access_key", "secret_key"])
async def test_a_wrong_key_is_unauthorized(api: Api, wrong: str) -> None:
    body = {"access_key": api.account.access_key, "secret_key": api.account.secret_key, wrong: "guess"}

    reply = await api.post("/auth/login", body)

    assert (reply.status_code, reply.json()["error"]) == (401, "unauthorized")


async def test_login_takes_a_form_too(api: Api) -> None:
    body = {"access_key": api.account.access_key, "secret_key": api.account.secret_key}

    reply = await api.http.post("/auth/login", data=body)

    assert reply.status_code == 200


async def test_refresh_answers_with_a_new_access_token_only(api: Api) -> None:
    body = {"access_key": api.account.access_key, "secret_key": api.account.secret_key}
    grant = (await api.post("/auth/login", body)).json()["data"]

    data = (await api.post("/auth/refresh", {"refresh_token": grant["refresh_token"]})).json()["data"]

    assert data.keys() == {"access_token", "access_expire_time"}
    assert data["access_token"] != grant["access_token"]


async def test_an_expired_token_is_unauthorized(api: Api) -> None:
    api.clock.move(20 * 60)

    reply = await api.get("/v4/mm/get_balance")

    assert reply.status_code == 401


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic {token}", "{token}", ""])
async def test_a_foreign_token_is_unauthorized(api: Api, header: str) -> None:
    api.http.headers["Authorization"] = header.format(token=api.token)

    reply = await api.get("/v4/mm/get_balance")

    assert reply.status_code == 401


# Keys made by the person on the venue's own pages


async def make_pair(api: Api, bearer: str) -> httpx.Response:
    api.clock.move(1)
    return await api.http.post("/auth/keys", headers={"Authorization": f"Bearer {bearer}"})


@pytest.fixture
def host(exchange: Exchange) -> Account:
    """The account of the exchange's own keys."""
    known = exchange.account_by_key(KEYS.access_key)
    return known or exchange.open_account(access_key=KEYS.access_key, secret_key=KEYS.secret_key, user_id=KEYS.user_id, balance=10_000_00)


async def test_a_new_pair_logs_in_beside_the_first_and_each_with_its_own_secret(api: Api, host: Account) -> None:
    one, other = [(await make_pair(api, KEYS.web_session)).json() for _ in range(2)]

    for keys in (one, other, {"access_key": KEYS.access_key, "secret_key": KEYS.secret_key}):
        assert (await api.http.post("/auth/login", json=keys)).json()["data"]["access_token"]
    mixed = await api.http.post("/auth/login", json={**one, "secret_key": other["secret_key"]})
    assert one.keys() == {"access_key", "secret_key"}
    assert (mixed.status_code, mixed.json()["error"]) == (401, "unauthorized")


async def test_a_web_session_trades_nothing_and_a_trading_session_makes_no_keys(api: Api, host: Account) -> None:
    made = await make_pair(api, api.token)
    read = await api.http.get("/mm/get_tournaments", headers={"Authorization": f"Bearer {KEYS.web_session}"})

    assert (made.status_code, read.status_code) == (401, 401)


async def test_an_exchange_without_a_web_session_takes_none(exchange: Exchange, clock: HandClock) -> None:
    wire = Wire(exchange, msgspec.structs.replace(KEYS, web_session=""), clock, host="127.0.0.1", port=4321)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=wire.app), base_url="http://practice/partner") as http:
        made = await http.post("/auth/keys", headers={"Authorization": "Bearer "})

    assert made.status_code == 401


async def test_an_account_has_twenty_pairs_at_most(api: Api, host: Account) -> None:
    statuses = [(await make_pair(api, KEYS.web_session)).status_code for _ in range(MOST_PAIRS + 1)]

    last = await make_pair(api, KEYS.web_session)
    assert len(host.pairs) == MOST_PAIRS
    assert statuses[-1] == 403
    assert last.json()["error"] == "keypair_num_exceed"
