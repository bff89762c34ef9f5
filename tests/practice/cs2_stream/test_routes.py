"""The video over HTTP: what is served to whom, for how long it may be kept, and the switches of what goes wrong."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from app.practice.clock import SECOND
from app.practice.cs2_stream.faults import StreamFaults
from app.practice.cs2_stream.playlist import GRACE, Break
from app.practice.cs2_stream.routes import stream_routes
from app.practice.cs2_stream.transport import PACKET
from tests.practice.cs2_stream.kit import CLIP
from tests.practice.kit import HandClock

BASE = "/practice-stream"
LIVE = f"{BASE}/360p30/live.m3u8"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def faults() -> StreamFaults:
    return StreamFaults()


@pytest.fixture
def app(clock: HandClock, faults: StreamFaults) -> Starlette:
    return Starlette(routes=[*stream_routes(clock, faults, CLIP)])


@pytest.fixture
async def http(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:4321") as client:
        yield client


async def _numbers(http: httpx.AsyncClient, url: str = LIVE) -> list[int]:
    return [int(number) for number in re.findall(r"^(\d+)\.ts$", (await http.get(url)).text, re.MULTILINE)]


async def test_a_player_finds_its_way_from_the_list_of_qualities_to_a_segment(http: httpx.AsyncClient) -> None:
    master = await http.get(f"{BASE}/master.m3u8")
    for variant in re.findall(r"^[^#].*$", master.text, re.MULTILINE):
        url = httpx.URL(str(master.url)).join(variant)
        live = await http.get(url)
        segment = await http.get(url.join(re.findall(r"^[^#].*$", live.text, re.MULTILINE)[-1]))
        assert (live.status_code, segment.status_code) == (200, 200)
        assert segment.headers["content-type"] == "video/mp2t"
        assert len(segment.content) % PACKET == 0


async def test_playlists_may_not_be_kept_and_segments_may(http: httpx.AsyncClient) -> None:
    segment = (await _numbers(http))[0]

    for url, kept in ((f"{BASE}/master.m3u8", "no-store"), (LIVE, "no-store"), (f"{BASE}/360p30/{segment}.ts", "max-age=60")):
        assert (await http.get(url)).headers["cache-control"] == kept
    assert (await http.get(LIVE)).headers["content-type"] == "application/vnd.apple.mpegurl"


async def test_a_segment_outside_of_the_window_is_not_there(http: httpx.AsyncClient) -> None:
    first, *_, last = await _numbers(http)
    asked = {first - GRACE - 1: 404, first - GRACE: 200, first: 200, last: 200, last + 1: 404, 0: 404}

    assert {number: (await http.get(f"{BASE}/360p30/{number}.ts")).status_code for number in asked} == asked


@pytest.mark.parametrize("path", ["1080p60/live.m3u8", "ad/live.m3u8", "../live.m3u8", "360p30/-1.ts", "360p30/one.ts", "360p30/clip.toml"])
async def test_nothing_else_is_served(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(f"{BASE}/{path}")).status_code == 404


async def test_a_segment_of_an_unknown_quality_is_not_there(http: httpx.AsyncClient) -> None:
    number = (await _numbers(http))[0]

    assert (await http.get(f"{BASE}/ad/{number}.ts")).status_code == 404


async def test_a_stalled_playlist_stands_still_and_is_then_where_it_would_have_been(http: httpx.AsyncClient, clock: HandClock) -> None:
    before = await _numbers(http)
    await http.post(f"{BASE}/faults", json={"stall": True})
    clock.move(20)
    assert await _numbers(http) == before
    assert (await http.get(f"{BASE}/360p30/{before[-1]}.ts")).status_code == 200

    await http.post(f"{BASE}/faults", json={"stall": False})

    assert (await _numbers(http))[0] == before[0] + 10


async def test_a_lost_segment_is_listed_and_cannot_be_had(http: httpx.AsyncClient) -> None:
    numbers = await _numbers(http)
    await http.post(f"{BASE}/faults", json={"lose": [numbers[2]]})

    assert await _numbers(http) == numbers
    found = [(await http.get(f"{BASE}/{quality}/{number}.ts")).status_code for quality in ("360p30", "180p30") for number in numbers]
    assert found == [200, 200, 404, 200, 200, 200] * 2


async def test_offline_there_is_nothing(http: httpx.AsyncClient) -> None:
    number = (await _numbers(http))[0]
    await http.post(f"{BASE}/faults", json={"offline": True})

    for url in (f"{BASE}/master.m3u8", LIVE, f"{BASE}/360p30/{number}.ts"):
        reply = await http.get(url)
        assert (reply.status_code, reply.headers["cache-control"]) == (404, "no-store")
    await http.post(f"{BASE}/faults", json={"offline": False})
    assert (await http.get(LIVE)).status_code == 200


async def test_an_advertisement_is_another_film_from_its_beginning(http: httpx.AsyncClient, clock: HandClock, faults: StreamFaults) -> None:
    await http.post(f"{BASE}/faults", json={"ad": True})
    clock.move(6)
    numbers = await _numbers(http)
    first = faults.breaks[0].first

    assert faults.breaks == (Break(numbers[3]),)
    assert (await http.get(f"{BASE}/360p30/{first - 1}.ts")).content == CLIP.segment("360p30", first - 1)
    assert (await http.get(f"{BASE}/360p30/{first + 1}.ts")).content == CLIP.advertisement("360p30", 1)


async def test_the_switches_tell_where_they_stand_and_which_segments_are_listed(http: httpx.AsyncClient) -> None:
    numbers = await _numbers(http)
    await http.post(f"{BASE}/faults", json={"lose": [9, 7], "ad": True})

    told = (await http.get(f"{BASE}/faults")).json()

    assert told == {
        "stall": False,
        "lose": [7, 9],
        "offline": False,
        "ad": True,
        "first": numbers[0],
        "last": numbers[-1],
        "segment_seconds": 2.0,
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"nonsense",
        b'{"stall":"yes"}',
        b'{"lose":[1.5]}',
        b'{"loose":[1]}',
        b'{"stall":null}',
        b"\xff",
        b'{"ad":true}' + b" " * 20_000,
    ],
)
async def test_a_wish_that_is_none_changes_nothing(http: httpx.AsyncClient, body: bytes) -> None:
    before = (await http.get(f"{BASE}/faults")).json()
    reply = await http.post(f"{BASE}/faults", content=body, headers={"Content-Type": "application/json"})

    assert reply.status_code == 422
    assert reply.json()["detail"].startswith("This is no wish: ")
    assert (await http.get(f"{BASE}/faults")).json() == before


async def test_more_lost_segments_than_any_test_needs_are_refused(http: httpx.AsyncClient) -> None:
    assert (await http.post(f"{BASE}/faults", json={"lose": list(range(1_001))})).status_code == 422
    assert (await http.post(f"{BASE}/faults", json={"lose": list(range(1_000))})).status_code == 200


@pytest.mark.parametrize(
    ("client", "host", "kind"),
    [
        ("192.168.0.7", "127.0.0.1:4321", "application/json"),
        ("127.0.0.1", "feed.example.com", "application/json"),
        ("127.0.0.1", "127.0.0.1:4321", "text/plain"),
    ],
)
async def test_nobody_but_a_program_of_this_computer_switches_anything(
    app: Starlette, faults: StreamFaults, client: str, host: str, kind: str
) -> None:
    """The second is a page of a foreign name that points here, the third a form of any page."""
    transport = httpx.ASGITransport(app=app, client=(client, 1))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as http:
        reply = await http.post(f"{BASE}/faults", content=b'{"offline":true}', headers={"Content-Type": kind})

    assert (reply.status_code, faults.is_offline) == (403, False)


async def test_the_page_of_the_player_holds_the_video_and_is_shown_in_its_parent_only(http: httpx.AsyncClient) -> None:
    reply = await http.get(f"{BASE}/embed", params={"channel": "overround_practice", "parent": "127.0.0.1"})

    assert reply.headers["content-type"].startswith("text/html")
    assert re.findall('<source src="([^"]*)"', reply.text) == ["master.m3u8", "copy.webm"]
    assert "<video muted autoplay playsinline" in reply.text
    assert "overround_practice" in reply.text
    policy = reply.headers["content-security-policy"]
    assert "frame-ancestors http://127.0.0.1 http://127.0.0.1:* https://127.0.0.1 https://127.0.0.1:*" in policy
    assert "default-src 'none'" in policy
    (script,) = re.findall("<script>(.*?)</script>", reply.text, re.DOTALL)
    told = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{told}'" in policy, "this script and no other"


async def test_the_page_offers_vp9_alone_where_it_is_asked_for(http: httpx.AsyncClient) -> None:
    asked = {"channel": "overround_practice", "parent": "127.0.0.1"}
    reply = await http.get(f"{BASE}/embed", params={**asked, "codec": "vp9"})
    assert re.findall('<source src="([^"]*)"', reply.text) == ["copy.webm"]
    assert (await http.get(f"{BASE}/embed", params={**asked, "codec": "h265"})).status_code == 400


async def test_the_copy_for_browsers_is_one_loop_as_webm_whole_or_in_parts(http: httpx.AsyncClient) -> None:
    whole = await http.get(f"{BASE}/copy.webm")
    assert whole.headers["content-type"] == "video/webm"
    assert whole.content.startswith(b"\x1aE\xdf\xa3"), "as every EBML file begins"
    assert b"V_VP9" in whole.content
    assert len(whole.content) < 500_000
    part = await http.get(f"{BASE}/copy.webm", headers={"Range": "bytes=1000-1999"})
    assert (part.status_code, part.content) == (206, whole.content[1000:2000])
    await http.post(f"{BASE}/faults", json={"offline": True})
    assert (await http.get(f"{BASE}/copy.webm")).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"channel": "overround_practice"},
        {"channel": "<script>", "parent": "127.0.0.1"},
        {"channel": "overround_practice", "parent": "127.0.0.1; script-src *"},
    ],
)
async def test_without_a_channel_and_a_parent_there_is_no_player(http: httpx.AsyncClient, query: dict[str, Any]) -> None:
    reply = await http.get(f"{BASE}/embed", params=query)

    assert reply.status_code == 400
    assert "<" not in reply.text


async def test_the_clip_shows_the_time_of_day(http: httpx.AsyncClient, clock: HandClock) -> None:
    """The position burnt into its pictures is the time since 1970 modulo the loop, so that whoever looks sees how late the video is."""
    newest = (await _numbers(http))[-1]

    assert 0 <= clock.now / SECOND - (newest + 1) * 2 < 2
    assert (await http.get(f"{BASE}/360p30/{newest}.ts")).content == CLIP.segment("360p30", newest)
