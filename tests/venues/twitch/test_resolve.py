"""What can be played: streamlink's real plugin against a Twitch of our own, and the practice exchange's own list."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from app.domain.cs2 import StreamPlace
from app.domain.errors import NotSentError, RefusedError, UnknownError, UnreadableError
from app.practice.cs2_stream.faults import Wishes
from app.venues.http import Http
from app.venues.proxies import Proxy, ProxyError
from app.venues.twitch.embed import EmbedError
from app.venues.twitch.plugin import NO_PLAYLIST, MissingError, TwitchPlugin, is_playable
from app.venues.twitch.resolve import Offline, Qualities, Resolver
from tests.practice.cs2_stream.kit import PATIENCE, Broadcast, Server
from tests.venues.twitch.fake import CDN, CHANNEL, SIGNATURE, FakeTwitch

if TYPE_CHECKING:
    from streamlink.session.session import Streamlink

ROOT = Path(__file__).parents[3]
PLACE = StreamPlace(CHANNEL, f"https://player.twitch.tv/?channel={CHANNEL}&parent=feed.example.com")


@pytest.fixture
def twitch() -> Iterator[FakeTwitch]:
    with FakeTwitch() as twitch:
        yield twitch
        twitch.let_go.set()


@pytest.fixture
async def resolver(twitch: FakeTwitch) -> AsyncIterator[Resolver]:
    resolver = Resolver(TwitchPlugin(twitch.mount), lambda url: Http(url, transport=twitch.transport()), deadline=PATIENCE)
    yield resolver
    await resolver.close()


async def test_a_live_channels_qualities_are_found_by_the_real_plugin_the_best_first(resolver: Resolver, twitch: FakeTwitch) -> None:
    found = await resolver.resolve(PLACE)

    assert isinstance(found, Qualities)
    assert list(found.urls) == ["1080p60", "720p30", "160p30"]
    assert found.urls["720p30"] == f"{CDN}/v1/playlist/{CHANNEL}-720p30.m3u8?k=opaque%2Bvalue"
    assert twitch.operations == ["PlaybackAccessToken"]
    assert {host for host, _path in twitch.asked} == {"gql.twitch.tv", "usher.ttvnw.net", "edge7.playlist.ttvnw.net"}


async def test_the_addresses_are_not_in_what_is_written_about_them(resolver: Resolver) -> None:
    assert "opaque" not in repr(await resolver.resolve(PLACE))


async def test_the_next_call_uses_the_session_of_the_one_before(twitch: FakeTwitch) -> None:
    made: list[object] = []

    def prepare(session: Streamlink) -> None:
        made.append(session)
        twitch.mount(session)

    resolver = Resolver(TwitchPlugin(prepare), deadline=PATIENCE)

    await resolver.resolve(PLACE)
    await resolver.resolve(PLACE)
    assert len(made) == 1
    await asyncio.gather(resolver.resolve(PLACE), resolver.resolve(PLACE), resolver.resolve(PLACE))

    assert 2 <= len(made) <= 3
    await resolver.close()


@pytest.mark.parametrize("mood", ["offline", "ended", "gone"])
async def test_a_channel_that_is_not_live_is_offline_and_not_a_failure(resolver: Resolver, twitch: FakeTwitch, mood: str) -> None:
    twitch.mood = mood
    found = await resolver.resolve(PLACE)

    assert isinstance(found, Offline)
    assert found.words == (NO_PLAYLIST if mood == "gone" else f"{CHANNEL} is not live on Twitch")


@pytest.mark.parametrize(
    ("mood", "kind", "words"),
    [
        ("blocked", RefusedError, f"Twitch does not show {CHANNEL} in the country that this computer is in"),
        ("subscribers", RefusedError, f"Twitch shows {CHANNEL} to its subscribers only"),
        ("proxied", RefusedError, f"Twitch does not show {CHANNEL} through a proxy or a VPN"),
        ("banned", RefusedError, f"Twitch does not hand out the video of {CHANNEL} (403): Something New"),
        ("fallen", UnknownError, "Twitch gave no clear answer (503)"),
        ("nobody", RefusedError, f"There is no channel {CHANNEL} on Twitch"),
    ],
)
async def test_a_channel_that_is_not_shown_here_is_told_from_one_that_sleeps(
    resolver: Resolver, twitch: FakeTwitch, mood: str, kind: type[Exception], words: str
) -> None:
    twitch.mood = mood
    with pytest.raises(kind) as caught:
        await resolver.resolve(PLACE)
    assert str(caught.value) == words
    twitch.mood = "live"
    assert isinstance(await resolver.resolve(PLACE), Qualities), "what was overheard is not kept for the next call"


async def test_a_quality_whose_playlist_is_missing_is_left_out(resolver: Resolver, twitch: FakeTwitch) -> None:
    twitch.mood = "thin"
    found = await resolver.resolve(PLACE)

    assert isinstance(found, Qualities)
    assert list(found.urls) == ["720p30", "160p30"]


@pytest.mark.parametrize(
    ("mood", "kind", "words"),
    [
        ("integrity", RefusedError, "Twitch does not hand out this video: Error: failed integrity check"),
        ("garbage", UnreadableError, "Twitch's answer does not read as it used to: a newer streamlink may know it"),
        ("renamed", UnreadableError, "Twitch's answer does not read as it used to: a newer streamlink may know it"),
        ("broken", UnknownError, "Twitch gave no clear answer (502)"),
    ],
)
async def test_each_way_twitch_fails_has_its_sentence(
    resolver: Resolver, twitch: FakeTwitch, mood: str, kind: type[Exception], words: str
) -> None:
    twitch.mood = mood
    with pytest.raises(kind) as caught:
        await resolver.resolve(PLACE)

    assert str(caught.value) == words
    assert SIGNATURE not in str(caught.value)
    assert {host for host, _path in twitch.asked} == {"gql.twitch.tv"}


async def test_no_browser_is_started_for_a_token(twitch: FakeTwitch, tmp_path: Path) -> None:
    """The plugin would, when Twitch asks for proof that a person is there."""
    trace, browser = tmp_path / "started", tmp_path / "chromium"
    browser.write_text(f"#!/bin/sh\ntouch {trace}\n")
    browser.chmod(0o755)

    def prepare(session: Streamlink) -> None:
        session.set_option("webbrowser-executable", str(browser))
        session.set_option("webbrowser-timeout", 2.0)
        twitch.mount(session)

    twitch.mood = "integrity"
    resolver = Resolver(TwitchPlugin(prepare), deadline=PATIENCE)
    with pytest.raises(RefusedError):
        await resolver.resolve(PLACE)
    await resolver.close()

    assert not trace.exists()


async def test_a_failure_says_nothing_about_the_next_call(resolver: Resolver, twitch: FakeTwitch) -> None:
    twitch.mood = "broken"
    with pytest.raises(UnknownError):
        await resolver.resolve(PLACE)
    twitch.mood = "live"

    assert isinstance(await resolver.resolve(PLACE), Qualities)


async def test_a_twitch_that_does_not_answer_in_time_is_given_up(twitch: FakeTwitch) -> None:
    twitch.mood = "slow"
    resolver = Resolver(TwitchPlugin(twitch.mount), deadline=0.2)
    with pytest.raises(UnknownError, match=r"did not name the stream's qualities within 0\.2 s"):
        await resolver.resolve(PLACE)
    twitch.let_go.set()
    await resolver.close()


async def test_without_a_network_the_sentence_holds_no_address() -> None:
    def nowhere(session: Streamlink) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            fake.url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        fake.mount(session)

    with FakeTwitch() as fake:
        resolver = Resolver(TwitchPlugin(nowhere), deadline=PATIENCE)
        with pytest.raises(NotSentError) as caught:
            await resolver.resolve(PLACE)
        await resolver.close()

    assert str(caught.value) == "Twitch cannot be reached: check the connection of this computer"


async def test_a_program_without_streamlink_says_what_to_install() -> None:
    def missing() -> type[Streamlink]:
        raise ImportError("No module named 'streamlink'")

    resolver = Resolver(TwitchPlugin(load=missing))
    with pytest.raises(MissingError, match=r"^Install overround\[video\] to play Twitch inside"):
        await resolver.resolve(PLACE)
    await resolver.close()


async def test_neither_proxies_nor_passwords_of_the_environment_are_taken(
    resolver: Resolver, twitch: FakeTwitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    assert isinstance(await resolver.resolve(PLACE), Qualities)


def test_the_proxy_of_a_profile_that_has_one_is_taken_with_its_name_and_password() -> None:
    seen: dict[str, str] = {}
    proxy = Proxy("proxy.example.com", 8080, "Basic dHJhZGVyOnAvc3M=")

    def note(session: Streamlink) -> None:
        seen.update(session.http.proxies)
        raise NotSentError("enough")

    with pytest.raises(NotSentError, match="enough"):
        TwitchPlugin(note, find_proxy=lambda host: proxy).ask(CHANNEL)
    assert seen["https"] == "http://trader:p%2Fss@proxy.example.com:8080"


def test_a_proxy_that_cannot_be_used_is_never_gone_past() -> None:
    def unusable(host: str) -> Proxy:
        raise ProxyError("The system names a proxy of the kind 'socks5': only http proxies can be used")

    with pytest.raises(NotSentError, match="socks5"):
        TwitchPlugin(find_proxy=unusable).ask(CHANNEL)


async def test_an_address_that_is_not_used_is_not_asked_about(resolver: Resolver, twitch: FakeTwitch) -> None:
    with pytest.raises(EmbedError):
        await resolver.resolve(StreamPlace(CHANNEL, f"https://player.twitch.example/?channel={CHANNEL}&parent=feed.example.com"))
    assert twitch.asked == []


async def test_a_playlist_of_twitch_is_looked_at_with_its_query_as_it_was_told(resolver: Resolver, twitch: FakeTwitch) -> None:
    found = await resolver.resolve(PLACE)
    assert isinstance(found, Qualities)

    seen = await resolver.look(found.urls["720p30"])

    assert (seen.piece, seen.is_ad) == (2.0, False)
    assert seen.edge == 1_795_341_604.0
    assert twitch.queries == ["k=opaque%2Bvalue"] * 4


@pytest.mark.parametrize(
    "url",
    [
        "http://edge.ttvnw.net/x.m3u8",
        "https://10.0.0.1/x.m3u8",
        "https://a:b@edge.ttvnw.net/x",
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "https://router.local/x",
    ],
)
async def test_nothing_but_https_at_a_name_is_played_or_looked_at(resolver: Resolver, url: str) -> None:
    assert not is_playable(url)
    with pytest.raises(NotSentError, match="no address that a stream was found at"):
        await resolver.look(url)


async def test_the_practice_streams_qualities_come_from_its_own_list_without_streamlink() -> None:
    resolver = Resolver(TwitchPlugin(load=_never))
    with Broadcast() as broadcast:
        place = _practice(broadcast)
        found = await resolver.resolve(place)
        assert found == Qualities({name: broadcast.live(name) for name in ("360p30", "180p30")})
        assert isinstance(found, Qualities)

        before = await resolver.look(found.urls["360p30"])
        assert (before.piece, before.is_ad) == (2.0, False)
        assert abs(before.edge - broadcast.clock.now_ns() / 1e9) < 4 + PATIENCE

        broadcast.wish(Wishes(offline=True))
        assert await resolver.resolve(place) == Offline("The practice stream is switched off")
    with pytest.raises(NotSentError):
        await resolver.resolve(place)
    await resolver.close()


async def test_a_list_of_qualities_that_leads_away_from_the_exchange_is_not_followed() -> None:
    async def master(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttps://elsewhere.example.com/live.m3u8\n")

    resolver = Resolver(TwitchPlugin(load=_never))
    with Server([Route("/practice-stream/master.m3u8", master)]) as server:
        url = f"{server.url}/practice-stream/embed?channel=overround_practice&parent=127.0.0.1"
        with pytest.raises(UnreadableError, match="leads away"):
            await resolver.resolve(StreamPlace("overround_practice", url))
    await resolver.close()


async def test_a_closed_resolver_asks_nobody() -> None:
    resolver = Resolver(TwitchPlugin(load=_never))
    await resolver.close()
    with Broadcast() as broadcast, pytest.raises(NotSentError):
        await resolver.resolve(_practice(broadcast))


def _practice(broadcast: Broadcast) -> StreamPlace:
    url = f"{broadcast.url}/practice-stream/embed?channel=overround_practice&parent=127.0.0.1"
    return StreamPlace("overround_practice", url)


def _never() -> type[Streamlink]:
    raise AssertionError("streamlink is not needed here")


def test_loading_the_library_leaves_the_programs_own_logging_as_it_was() -> None:
    """In a process of its own: it is loaded once."""
    script = (
        "import logging; from app.venues.twitch.plugin import installed; installed();"
        "print(logging.getLevelName(logging.WARNING), logging.getLoggerClass().__module__);"
        "record = logging.getLogger('new').makeRecord('new', 20, 'f', 1, 'odds %s', ('2.10',), None); print(record.getMessage())"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT)
    assert told.stdout.splitlines() == ["WARNING logging", "odds 2.10"]
