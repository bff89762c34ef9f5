"""Where the league's video may be: Twitch's own player, or this computer while practising."""

from __future__ import annotations

import pytest

from app.domain.cs2 import StreamPlace
from app.domain.errors import UnreadableError
from app.venues.rankacy.stream import read_stream
from tests.venues.rankacy.kit import packed, sample

PLAYER = "https://player.twitch.tv/?channel=example_league&parent=feed.example.com"


def body(url: object, channel: object = "example_league") -> bytes:
    return packed({"channel": channel, "embed_url": url})


def test_twitchs_player_is_believed() -> None:
    assert read_stream(sample("stream")) == StreamPlace("example_league", PLAYER)


@pytest.mark.parametrize(
    "url", ["https://player.twitch.tv:443/?channel=example_league&parent=a.example&parent=b.example&muted=true", "https://PLAYER.twitch.tv/?parent=localhost"]
)  # fmt: skip
def test_other_ways_to_write_it_are_it_too(url: str) -> None:
    assert read_stream(body(url)).embed_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://player.twitch.tv/?channel=example_league&parent=feed.example.com",
        "https://player.twitch.tv.example.com/?parent=feed.example.com",
        "https://example.com/player.twitch.tv/?parent=feed.example.com",
        "https://player.twitch.tv@example.com/?parent=feed.example.com",
        "https://example.com\\@player.twitch.tv/?parent=feed.example.com",
        "https://www.twitch.tv/?parent=feed.example.com",
        "https://player.twitch.tv:8443/?parent=feed.example.com",
        "https://player.twitch.tv:99999999/?parent=feed.example.com",
        "https://plаyer.twitch.tv/?parent=feed.example.com",
        "javascript:alert(1)",
        "file:///etc/passwd?parent=feed.example.com",
        "data:text/html,x",
        "//player.twitch.tv/?parent=feed.example.com",
        "https://[player.twitch.tv/?parent=feed.example.com",
        "https://player.twitch.tv/?parent=feed.example.com\n",
        'https://player.twitch.tv/?parent=feed.example.com"><script>',
        "https://player.twitch.tv/?channel=example_league",
        "https://player.twitch.tv/?channel=example_league&parent=",
        "https://player.twitch.tv/?channel=example_league&parent=feed.example.com%2Fpath",
        "https://player.twitch.tv/?channel=another&parent=feed.example.com",
        "http://127.0.0.1:9/practice-stream/embed?channel=example_league&parent=127.0.0.1",
        "https://player.twitch.tv/?parent=feed.example.com&x=" + "y" * 3000,
        "",
        None,
        17,
    ],
)
def test_any_other_address_is_refused_in_words(url: object) -> None:
    with pytest.raises(UnreadableError, match=r"stream|answer"):
        read_stream(body(url))


@pytest.mark.parametrize("host", ["127.0.0.1:4321", "127.0.0.9:1", "localhost:4321", "[::1]:4321"])
def test_this_computer_is_believed_in_practice_alone(host: str) -> None:
    url = f"http://{host}/practice-stream/embed?channel=example_league&parent=localhost"
    assert read_stream(body(url), is_practice=True).embed_url == url
    with pytest.raises(UnreadableError, match=r"only https://player\.twitch\.tv is shown"):
        read_stream(body(url))


@pytest.mark.parametrize("host", ["10.0.0.1", "127.0.0.1.example.com", "example.com", "0.0.0.0", "2130706433", "[::ffff:8.8.8.8]"])
def test_another_computer_is_not_believed_in_practice_either(host: str) -> None:
    with pytest.raises(UnreadableError, match=r"only https://player\.twitch\.tv is shown"):
        read_stream(body(f"http://{host}/embed?channel=example_league&parent=localhost"), is_practice=True)


@pytest.mark.parametrize("channel", ["", "a b", "x" * 41, "chän", "../up", "a\n", None, 5])
def test_a_channel_that_is_none_is_refused(channel: object) -> None:
    with pytest.raises(UnreadableError):
        read_stream(body("https://player.twitch.tv/?parent=localhost", channel))
