"""Which addresses of a player are used, what the page asks for, and the sentence for every other."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.cs2 import StreamPlace
from app.venues.twitch.embed import EmbedError, checked

GOOD = "https://player.twitch.tv/?channel=coldbrew_league&parent=feed.example.com"
OURS = "http://127.0.0.1:8123/practice-stream/embed?channel=overround_practice&parent=127.0.0.1"


def _refusal(url: str, channel: str = "coldbrew_league") -> str:
    with pytest.raises(EmbedError) as caught:
        checked(StreamPlace(channel, url))
    return str(caught.value)


def test_twitchs_player_is_shown_in_a_page_of_the_parent_it_names() -> None:
    embed = checked(StreamPlace("coldbrew_league", GOOD))

    assert (embed.channel, embed.parent, embed.is_practice) == ("coldbrew_league", "feed.example.com", False)
    assert embed.page_base == "https://feed.example.com/"
    assert embed.watch_url == "https://www.twitch.tv/coldbrew_league"
    source = embed.page.partition('<iframe src="')[2].partition('"')[0].replace("&amp;", "&")
    assert urlsplit(source)[:3] == ("https", "player.twitch.tv", "/")
    assert parse_qs(urlsplit(source).query) == {
        "channel": ["coldbrew_league"],
        "parent": ["feed.example.com"],
        "muted": ["true"],
        "autoplay": ["true"],
    }
    assert "min-width: 400px; min-height: 300px" in embed.page
    assert "default-src 'none'; frame-src https://player.twitch.tv;" in embed.page
    assert "https://www.twitch.tv/embed/coldbrew_league/chat?parent=feed.example.com" in embed.chat_page


def test_the_practice_exchanges_own_player_is_shown_from_this_computer() -> None:
    embed = checked(StreamPlace("overround_practice", OURS))

    assert (embed.origin, embed.is_practice, embed.chat_page) == ("http://127.0.0.1:8123", True, "")
    assert embed.page_base == "http://127.0.0.1/"
    assert embed.watch_url == OURS
    assert "frame-src http://127.0.0.1:8123;" in embed.page


def test_the_practice_player_may_be_asked_for_with_a_codec_that_more_engines_have() -> None:
    assert checked(StreamPlace("overround_practice", OURS)).codec == ""
    embed = checked(StreamPlace("overround_practice", f"{OURS}&codec=vp9"))
    assert embed.codec == "VP9"
    assert embed.watch_url == f"{OURS}&codec=vp9"
    assert "&amp;codec=vp9" in embed.page
    assert "only vp9" in _refusal(f"{OURS}&codec=h265", "overround_practice")
    assert checked(StreamPlace("coldbrew_league", f"{GOOD}&codec=vp9")).codec == "", "Twitch's player has no such wish"


def test_other_wishes_of_the_address_reach_no_page() -> None:
    embed = checked(StreamPlace("coldbrew_league", GOOD + "&parent=other.example.com&autoplay=false&video=v1&muted=false"))

    assert embed.parent == "feed.example.com"
    assert not {"other.example.com", "video=", "muted=false"} & set(embed.page.replace("&amp;", " ").split())
    assert "v1" not in embed.page


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (GOOD.replace("https", "http"), "only shown over https"),
        (GOOD.replace("https", "javascript"), "starts with 'javascript'://"),
        ("javascript:alert(1)//https://player.twitch.tv/", "is no web address"),
        ("file:///etc/passwd", "it is not shown"),
        ("data:text/html,hello", "is no web address"),
        ("//player.twitch.tv/?channel=coldbrew_league&parent=a.example.com", "is no web address"),
        (GOOD.replace("player.", "somebody@player."), "can hide the real host"),
        (GOOD.replace("player.twitch.tv", "player.twitch.tv@evil.example.com"), "can hide the real host"),
        (GOOD.replace("player.twitch.tv/", "evil.example.com\\@player.twitch.tv/"), "can hide the real host"),
        (GOOD.replace("player.twitch.tv", "player.twitch.tv.evil.example.com"), "'player.twitch.tv.evil.example.com', which is neither"),
        (GOOD.replace("player.twitch.tv", "www.twitch.tv"), "'www.twitch.tv', which is neither"),
        (GOOD.replace("player.twitch.tv", "player.twitch.tv:8443"), "names a port"),
        (GOOD.replace("twitch", "tw\u0456tch"), "CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I (U+0456)"),
        (GOOD.replace("player.twitch.tv", "player.xn--twtch-q9a.tv"), "which is neither"),
        (GOOD.replace("/?", "/oauth/?"), "is not the address of a player"),
        (GOOD + "#fragment", "is not the address of a player"),
        (GOOD + "&x=%22%3E<script>", "is not the address of a player"),
        (GOOD.replace("coldbrew_league", "cold-brew"), "'cold-brew' is no channel's name"),
        (GOOD.replace("coldbrew_league", "cold%22brew"), "'cold%22brew' is no channel's name"),
        (GOOD.replace("coldbrew_league", "c" * 26), "is no channel's name"),
        (GOOD.replace("channel=coldbrew_league&", ""), "names 0 channels"),
        (GOOD + "&channel=another", "names 2 channels"),
        (GOOD.replace("coldbrew_league", "another"), "shows the channel another, and the feed names 'coldbrew_league'"),
        (GOOD.replace("&parent=feed.example.com", ""), "names no parent"),
        (GOOD.replace("feed.example.com", "feed..example.com"), "no plain host name"),
        (GOOD.replace("feed.example.com", "xn--fd-fka.example.com"), "no plain host name"),
        (GOOD.replace("feed.example.com", "a.example.com:8080"), "is not the address of a player"),
        (GOOD + "\n", "a line end"),
        (" " + GOOD, "a space"),
        (GOOD + "\u202e", "not printed (U+202E)"),
        (GOOD + "&x=" + "y" * 4_096, "more than 2048 are never right"),
        ("", "names no address"),
        (OURS.replace("127.0.0.1:8123", "127.0.0.2:8123"), "neither player.twitch.tv nor the practice exchange"),
        (OURS.replace("127.0.0.1:8123", "192.168.0.4:8123"), "neither player.twitch.tv nor the practice exchange"),
        (OURS.replace("http:", "https:"), "is not the address of a player"),
        (OURS.replace("practice-stream", "api"), "is not the address of a player"),
        (OURS.replace("8123", "99999"), "is not the address of a player"),
    ],
)
def test_every_other_address_is_refused_with_a_sentence(url: str, words: str) -> None:
    assert words in _refusal(url)


def test_the_practice_player_is_for_no_other_page() -> None:
    assert "for this computer only" in _refusal(OURS.replace("parent=127.0.0.1", "parent=evil.example.com"), "overround_practice")


def test_a_channel_may_be_written_in_other_cases() -> None:
    assert checked(StreamPlace("COLDBREW_League", GOOD)).channel == "coldbrew_league"


@given(st.text(max_size=80), st.sampled_from([GOOD, OURS]), st.integers(0, 80))
def test_whatever_is_put_into_an_address_only_the_two_players_are_ever_shown(noise: str, url: str, place: int) -> None:
    try:
        embed = checked(StreamPlace("coldbrew_league", url[:place] + noise + url[place:]))
    except EmbedError:
        return
    source = urlsplit(embed.page.partition('<iframe src="')[2].partition('"')[0])
    assert (source.scheme, source.hostname) in {("https", "player.twitch.tv"), ("http", "127.0.0.1")}
