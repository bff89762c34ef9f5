"""What a playlist says of its qualities, of the time and of advertisements."""

from __future__ import annotations

import pytest

from app.domain.errors import UnreadableError
from app.practice.cs2_stream.playlist import Break, live, master
from app.venues.twitch.playlists import look, qualities
from tests.practice.cs2_stream.kit import CLIP

SEGMENT = CLIP.segment_ns
NOW = 1_795_000_001 * 10**9
NEWEST = NOW // SEGMENT - 1


def test_the_practice_exchanges_qualities_are_read_the_largest_first() -> None:
    found = qualities(master(CLIP.qualities, CLIP.rate), "http://127.0.0.1:1/practice-stream/master.m3u8")

    assert list(found.items()) == [
        ("360p30", "http://127.0.0.1:1/practice-stream/360p30/live.m3u8"),
        ("180p30", "http://127.0.0.1:1/practice-stream/180p30/live.m3u8"),
    ]


def test_the_edge_is_where_the_newest_segment_ends() -> None:
    seen = look(live(NOW, SEGMENT, CLIP.count))

    assert seen.edge == (NEWEST + 1) * 2
    assert (seen.piece, seen.is_ad) == (2.0, False)


@pytest.mark.parametrize(
    ("one", "is_ad"),
    [
        (Break(NEWEST), True),
        (Break(NEWEST - 3, NEWEST + 1), True),
        (Break(NEWEST - 3, NEWEST), False),
        (Break(NEWEST + 1), False),
    ],
)
def test_an_advertisement_is_seen_in_the_newest_segment_only(one: Break, is_ad: bool) -> None:
    text = live(NOW, SEGMENT, CLIP.count, (one,))

    assert look(text).is_ad is is_ad
    untitled = text.replace(",Amazon", ",live")
    assert look(untitled).is_ad is is_ad


def test_every_segment_has_its_place_with_where_advertisements_and_seams_are() -> None:
    text = live(NOW, SEGMENT, CLIP.count, (Break(NEWEST - 3, NEWEST - 1),))
    pieces = look(text).pieces

    assert [one.at for one in pieces] == [number * 2 for number in range(NEWEST - 5, NEWEST + 1)]
    assert [one.is_ad for one in pieces] == [False, False, True, True, False, False]
    seams = {NEWEST - 3, NEWEST - 1} | {number for number in range(NEWEST - 5, NEWEST + 1) if number % CLIP.count == 0}
    assert {int(one.at) // 2 for one in pieces if one.is_seam} >= {NEWEST - 3, NEWEST - 1}
    assert {int(one.at) // 2 for one in pieces if one.is_seam} <= seams
    undated = "\n".join(line for line in text.splitlines() if "PROGRAM-DATE-TIME" not in line)
    assert look(undated).pieces == pieces


def test_a_range_of_another_kind_is_no_advertisement() -> None:
    text = live(NOW, SEGMENT, CLIP.count, (Break(NEWEST),)).replace(",Amazon", ",live")

    assert not look(text.replace("twitch-stitched-ad", "twitch-session").replace("stitched-ad-", "session-")).is_ad


def test_without_times_the_edge_is_counted_in_segments() -> None:
    lines = [line for line in live(NOW, SEGMENT, CLIP.count).splitlines() if "PROGRAM-DATE-TIME" not in line]

    assert look("\n".join(lines)).edge == (NEWEST + 1) * 2


@pytest.mark.parametrize(
    "text",
    ["", "hello", "#EXTM3U\n", "#EXTM3U\n#EXTINF:minus,live\n1.ts\n", "#EXTM3U\n#EXTINF:nan,\n1.ts\n", "#EXTM3U\n" * 30_000, "<html>"],
)
def test_what_is_no_playlist_is_said_to_be_none(text: str) -> None:
    for read in (look, lambda told: qualities(told, "http://127.0.0.1/")):
        with pytest.raises(UnreadableError, match="stream's"):
            read(text)
