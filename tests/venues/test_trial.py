"""Test connection: each reading request once, a wrong name found and said in words, and nothing ever ordered."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from app import connection
from app.domain.environment import Environment
from app.domain.link import Probe, Verdict
from app.doorway import Door
from app.store.profiles import PRACTICE, Profile, Provider
from app.venues.hosts import practice
from app.venues.http import Http
from app.venues.prophetx.names import V4, Spelling, paths_for
from app.venues.prophetx.trial import probes
from app.venues.prophetx.venue import Keys, ProphetX
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
    assert {name: probe.words for name, probe in found.items() if probe.verdict is not Verdict.GOOD} == {}
    assert found["tournaments"].words.endswith("tournaments")
    assert found["order"].words == "an order was read"
    asked = [request.url.path.removeprefix("/partner/") for request in floor.asked]
    assert len(asked) == len(found) - 1, "there is a session already"
    assert {request.method for request in floor.asked} == {"GET"}


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
        await venue.point(practice("http://127.0.0.1:1/partner"), Keys(Environment.PRACTICE, "nobody", "nothing"))
        (probe,) = (await tried(venue, floor)).values()
    assert (probe.name, probe.path, probe.verdict) == ("login", V4.login, Verdict.REFUSED)


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (404, b"<html>nothing here</html>", Verdict.WRONG_NAME),
        (405, b"", Verdict.WRONG_NAME),
        (403, b'{"error":"forbidden","message":"not for you"}', Verdict.REFUSED),
        (429, b'{"error":"rate_limit_reached","message":"slower"}', Verdict.REFUSED),
        (400, b'{"error":"invalid_param","message":"odd"}', Verdict.REFUSED),
        (503, b"", Verdict.SILENT),
        (200, b"{}", Verdict.UNREADABLE),
        (200, b"<html></html>", Verdict.UNREADABLE),
        (307, b"", Verdict.REFUSED),
    ],
)
async def test_each_kind_of_answer_has_its_verdict(floor: Floor, status: int, body: bytes, verdict: Verdict) -> None:
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
    await client.point(practice("http://127.0.0.1:1/partner"), Keys(Environment.PRACTICE, "a", "b"))
    found = await tried(client, floor)
    await client.close()
    assert found.pop("login").verdict is Verdict.GOOD
    assert {probe.verdict for name, probe in found.items() if not probe.words.startswith("not tried")} == {verdict}


async def test_a_host_that_does_not_answer_is_silent(floor: Floor) -> None:
    client = ProphetX(clock=floor.seconds, wall=floor.seconds, sleep=floor.sleep)
    await client.point(practice("http://127.0.0.1:9/partner"), Keys(Environment.PRACTICE, "a", "b"))
    (probe,) = (await tried(client, floor)).values()
    await client.close()
    assert (probe.name, probe.verdict) == ("login", Verdict.SILENT)


# From the command line


async def test_the_command_prints_a_line_for_each_request(floor: Floor, capsys: pytest.CaptureFixture[str]) -> None:
    async with floor.client(paths_for(Spelling.V4, {"players": "mm/get_everybody"})) as venue:
        keys = venue._keys
        code = await connection.test(venue, Door(practice("http://127.0.0.1:1/partner"), keys))
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


def test_the_profiles_own_paths_are_tried() -> None:
    old = Profile("old", Environment.SANDBOX, Provider.TRADING, spelling="legacy", paths={"players": "mm/who"})
    assert connection.venue_of(old).paths == paths_for(Spelling.LEGACY, {"players": "mm/who"})
    assert connection.venue_of(PRACTICE).paths == V4
