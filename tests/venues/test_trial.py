"""Test connection: each request once, a wrong name found and said in words, and nothing ever ordered, cancelled or subscribed."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import httpx
import msgspec
import pytest

from app import connection
from app.domain.environment import Environment
from app.domain.link import Probe, Verdict
from app.domain.profile import PRACTICE, Profile, Provider
from app.domain.secret import Secret
from app.doorway import Door
from app.outlet import outlet_of
from app.venues.hosts import practice
from app.venues.http import Http
from app.venues.probing import NOBODYS
from app.venues.prophetx.calls import Calls
from app.venues.prophetx.harmless import NEVER_SENT, WRITING, misnamed, touches
from app.venues.prophetx.names import TABLE, V4, Paths, Spelling, paths_for
from app.venues.prophetx.trial import probes
from app.venues.prophetx.venue import Keys, ProphetX
from app.venues.push import PushSocket
from tests.venues.exchange import Floor, let_pass

LOGIN = b'{"data":{"access_token":"token","access_expire_time":600}}'


@pytest.fixture(scope="module")
def floor() -> Floor:
    return Floor()


async def tried(venue: ProphetX, floor: Floor) -> dict[str, Probe]:
    return {probe.name: probe async for probe in probes(venue, floor.seconds, floor.seconds)}


@pytest.mark.parametrize("spelling", list(Spelling))
async def test_every_reading_request_of_every_spelling_is_tried_once_and_works(floor: Floor, spelling: Spelling) -> None:
    floor.asked.clear()
    paths = paths_for(spelling, {})
    async with floor.client(paths) as venue:
        await venue.place(f"trial-{spelling}", floor.taking(), let_pass)
        floor.pass_time()
        floor.asked.clear()
        found = await tried(venue, floor)
    assert {name for name, probe in found.items() if probe.verdict is not Verdict.GOOD} == set(NEVER_SENT)
    assert found["tournaments"].words.endswith("tournaments")
    assert found["order"].words == "an order was read"
    assert len(floor.asked) == len(found) - 1 - len(NEVER_SENT), "there is a session already"
    written = [request.url.path.removeprefix("/partner/") for request in floor.asked if request.method == "POST"]
    assert written == [getattr(paths, name) for name in found if name in WRITING and name not in NEVER_SENT]


@pytest.mark.parametrize("spelling", list(Spelling))
async def test_trying_the_paths_that_write_places_cancels_and_subscribes_nothing(floor: Floor, spelling: Spelling) -> None:
    async with floor.client(paths_for(spelling, {})) as venue, floor.client(paths_for(spelling, {})) as other:
        for one in (venue, other):
            for number in range(3):
                await one.place(f"rest-{spelling}-{number}", floor.resting(), let_pass)
                floor.pass_time()
        before, logged_in = standing(floor), venue.tokens.logins_today
        found = await tried(venue, floor)
        floor.pass_time()
        assert {found[name].verdict for name in WRITING if name not in NEVER_SENT} == {Verdict.GOOD}
        assert standing(floor) == before
        assert len(before) >= 6
        assert (floor.wire.hub.sockets, venue.tokens.logins_today) == ({}, logged_in)


def standing(floor: Floor) -> dict[str, tuple[str, int, int, int]]:
    """Every order there is, and how it stands."""
    orders = floor.exchange.accounts.orders.values()
    return {order.id: (order.status, order.quantity, order.filled, order.updated_at) for order in orders}


async def test_what_is_sent_to_a_path_that_writes_asks_for_nothing_and_is_never_an_empty_cancel(floor: Floor) -> None:
    async with floor.client() as venue:
        floor.asked.clear()
        await tried(venue, floor)
    sent = {request.url.path.removeprefix("/partner/"): json.loads(request.content) for request in floor.asked if request.method == "POST"}
    nobodys = {"external_id": NOBODYS, "order_id": NOBODYS}
    assert sent == {
        V4.login: sent[V4.login],
        V4.refresh: {"refresh_token": NOBODYS},
        V4.register: {"socket_id": "none", "service": "none"},
        V4.submit: {},
        V4.submit_many: {"data": []},
        V4.cancel: nobodys,
        V4.cancel_many: {"data": [nobodys]},
        V4.cancel_event: {"event_id": 2_147_483_647},
        V4.cancel_market: {"event_id": 2_147_483_647, "market_id": 2_147_483_647},
    }
    assert all("Authorization" in request.headers for request in floor.asked if not request.url.path.startswith("/partner/auth/"))


async def test_the_requests_that_write_wait_for_the_budget_like_any_other_reading(floor: Floor) -> None:
    async with floor.client() as venue:
        await venue.log_in()
        venue.budget.hold_all(30)
        before = floor.seconds()
        await venue.touch(touches(Calls(V4))[2].call)
        assert floor.seconds() - before >= 30


@pytest.mark.parametrize("name", [name for name in WRITING if name not in NEVER_SENT])
async def test_a_wrong_name_of_a_path_that_writes_is_found(floor: Floor, name: str) -> None:
    async with floor.client(paths_for(Spelling.V4, {name: f"v5/mm/{name}_it"})) as venue:
        found = await tried(venue, floor)
    assert found[name].words == f"The venue does not know v5/mm/{name}_it: choose another spelling in the profile"
    assert [one for one, probe in found.items() if probe.is_failure] == [name]


@pytest.mark.parametrize("name", [name for name in WRITING if name not in NEVER_SENT])
@pytest.mark.parametrize(
    "path", ["v4/mm/cancel_all_orders", "mm/cancel_all_wagers", "v9/mm/cancelAll", "mm/Cancel_All_Orders", "auth/keys", "auth/login-all"]
)
async def test_nothing_is_sent_to_a_path_that_may_be_another_calls(floor: Floor, name: str, path: str) -> None:
    async with floor.client(paths_for(Spelling.V4, {name: path})) as venue:
        await venue.log_in()
        floor.asked.clear()
        found = await tried(venue, floor)
    assert (found[name].verdict, found[name].is_failure) == (Verdict.WRONG_NAME, True)
    assert found[name].words.startswith("Not tried: ")
    assert path not in [request.url.path.removeprefix("/partner/") for request in floor.asked]


def test_two_calls_under_one_name_are_both_not_tried() -> None:
    paths = paths_for(Spelling.V4, {"submit": "mm/orders", "cancel": "v2/mm/orders"})
    assert misnamed(paths, "submit") == "mm/orders is the name of cancel, to which nothing may be sent by mistake"
    assert misnamed(paths, "cancel")
    assert not misnamed(paths, "submit_many")


def test_every_name_of_the_table_is_tried_under_its_own_call() -> None:
    tables: list[Paths] = [paths_for(spelling, {}) for spelling in TABLE]
    assert [name for table in tables for name in WRITING if name not in NEVER_SENT and misnamed(table, name)] == []


def test_every_call_of_the_table_is_tried_or_says_why_not(floor: Floor) -> None:
    assert {touch.name for touch in touches(Calls(V4))} | set(NEVER_SENT) == set(WRITING)


async def test_a_wrong_name_is_found_and_said_and_the_rest_goes_on(floor: Floor) -> None:
    async with floor.client(paths_for(Spelling.V4, {"balance": "v5/mm/get_balance", "ladder": "v4/mm/submit_order"})) as venue:
        found = await tried(venue, floor)
    assert (found["balance"].verdict, found["ladder"].verdict) == (Verdict.WRONG_NAME, Verdict.WRONG_NAME)
    assert found["balance"].words == "The venue does not know v5/mm/get_balance: choose another spelling in the profile"
    assert [name for name, probe in found.items() if probe.is_failure] == ["ladder", "balance"]


async def test_without_an_order_the_order_is_not_asked_for(floor: Floor) -> None:
    async with floor.client() as venue:
        found = await tried(venue, floor)
    assert (found["order"].verdict, found["order"].is_failure) == (Verdict.NOT_TRIED, False)
    assert found["order"].words == "not tried: there is no order of the last day"


async def test_after_a_refused_login_nothing_else_is_tried(floor: Floor) -> None:
    async with floor.client() as venue:
        await venue.point(practice("http://127.0.0.1:1/partner"), Keys(Environment.PRACTICE, Secret("nobody"), Secret("nothing")))
        (probe,) = (await tried(venue, floor)).values()
    assert (probe.name, probe.path, probe.verdict) == ("login", V4.login, Verdict.REFUSED)


@pytest.mark.parametrize(
    ("status", "body", "reading", "writing"),
    [
        (404, b"<html>nothing here</html>", Verdict.WRONG_NAME, Verdict.WRONG_NAME),
        (404, b'{"error":"data_not_found"}', Verdict.WRONG_NAME, Verdict.WRONG_NAME),
        (404, b'{"error":"no_cancellable_orders","message":"none"}', Verdict.WRONG_NAME, Verdict.GOOD),
        (405, b"", Verdict.WRONG_NAME, Verdict.WRONG_NAME),
        (405, b'{"error":"invalid_request"}', Verdict.WRONG_NAME, Verdict.WRONG_NAME),
        (403, b'{"error":"forbidden","message":"not for you"}', Verdict.REFUSED, Verdict.REFUSED),
        (429, b'{"error":"rate_limit_reached","message":"slower"}', Verdict.REFUSED, Verdict.REFUSED),
        (400, b'{"error":"invalid_param","message":"odd"}', Verdict.REFUSED, Verdict.GOOD),
        (400, b"", Verdict.REFUSED, Verdict.GOOD),
        (422, b"", Verdict.REFUSED, Verdict.GOOD),
        (500, b'{"error":"order_not_belongs_to_user"}', Verdict.SILENT, Verdict.GOOD),
        (500, b"", Verdict.SILENT, Verdict.SILENT),
        (503, b"", Verdict.SILENT, Verdict.SILENT),
        (503, b'{"error":"down"}', Verdict.SILENT, Verdict.SILENT),
        (200, b"{}", Verdict.UNREADABLE, Verdict.GOOD),
        (200, b"<html></html>", Verdict.UNREADABLE, Verdict.UNREADABLE),
        (307, b"", Verdict.REFUSED, Verdict.REFUSED),
    ],
)
async def test_each_kind_of_answer_has_its_verdict(floor: Floor, status: int, body: bytes, reading: Verdict, writing: Verdict) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return (
            httpx.Response(200, stream=httpx.ByteStream(LOGIN))
            if request.url.path.endswith("login")
            else httpx.Response(status, stream=httpx.ByteStream(body))
        )

    client = ProphetX(
        clock=floor.seconds,
        wall=floor.seconds,
        connect=lambda url: Http(url, transport=httpx.MockTransport(answer)),
        sleep=floor.sleep,
    )
    await client.point(practice("http://127.0.0.1:1/partner"), Keys(Environment.PRACTICE, Secret("a"), Secret("b")))
    found = await tried(client, floor)
    await client.close()
    assert found.pop("login").verdict is Verdict.GOOD
    tried_out = {name: probe.verdict for name, probe in found.items() if probe.verdict is not Verdict.NOT_TRIED}
    assert {verdict for name, verdict in tried_out.items() if name in WRITING} == {writing}
    assert {verdict for name, verdict in tried_out.items() if name not in WRITING} == {reading}


async def test_a_401_to_a_request_that_writes_proves_its_path_and_fetches_no_other_session(floor: Floor) -> None:
    logins = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal logins
        logins += request.url.path.endswith("login")
        is_login = request.url.path.endswith("login")
        return httpx.Response(200 if is_login else 401, stream=httpx.ByteStream(LOGIN if is_login else b""))

    client = ProphetX(
        clock=floor.seconds, wall=floor.seconds, connect=lambda url: Http(url, transport=httpx.MockTransport(answer)), sleep=floor.sleep
    )
    await client.point(practice("http://127.0.0.1:1/partner"), Keys(Environment.PRACTICE, Secret("a"), Secret("b")))
    for touch in touches(Calls(V4)):
        assert (await client.touch(touch.call, is_open=touch.is_open)).status == 401
    await client.close()
    assert logins == 1


async def test_a_host_that_does_not_answer_is_silent(floor: Floor) -> None:
    client = ProphetX(clock=floor.seconds, wall=floor.seconds, sleep=floor.sleep)
    await client.point(practice("http://127.0.0.1:9/partner"), Keys(Environment.PRACTICE, Secret("a"), Secret("b")))
    (probe,) = (await tried(client, floor)).values()
    await client.close()
    assert (probe.name, probe.verdict) == ("login", Verdict.SILENT)


# From the command line


async def test_the_command_prints_a_line_for_each_request(floor: Floor, capsys: pytest.CaptureFixture[str]) -> None:
    async with floor.client(paths_for(Spelling.V4, {"players": "mm/get_everybody"})) as venue:
        keys = venue._keys
        outlet = msgspec.structs.replace(
            outlet_of(PRACTICE, emit=lambda _events: None, connect=Http, dial=PushSocket),
            venue=venue,
            point=venue.point,
            probes=partial(probes, venue),
        )
        code = await connection.test(outlet, Door(practice("http://127.0.0.1:1/partner"), keys))
    lines = capsys.readouterr().out.splitlines()
    assert code == 1
    assert lines[0] == "Testing http://127.0.0.1:1/partner"
    (odd,) = [line for line in lines if line.startswith("wrong name")]
    assert "mm/get_everybody" in odd
    assert lines[-1] == "1 of the requests did not work."


def test_a_profile_that_is_not_there_or_has_no_account_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert connection.main(["--home", str(tmp_path), "--profile", "nobody"]) == 2
    assert "There is no profile 'nobody'" in capsys.readouterr().err
    assert connection.main(["--home", str(tmp_path)]) == 2
    assert "No practice exchange" in capsys.readouterr().err


def paths(profile: Profile) -> Paths:
    venue = outlet_of(profile, emit=lambda _events: None, connect=Http, dial=PushSocket).venue
    assert isinstance(venue, ProphetX)
    return venue.paths


def test_the_profiles_own_paths_are_tried() -> None:
    old = Profile("old", Environment.SANDBOX, Provider.TRADING, spelling="legacy", paths={"players": "mm/who"})
    assert paths(old) == paths_for(Spelling.LEGACY, {"players": "mm/who"})
    assert paths(PRACTICE) == V4
