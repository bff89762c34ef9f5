"""The playlists over hours: what is listed moves on by the clock, without a gap, and says where it jumps."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.practice.clock import SECOND
from app.practice.cs2_stream.faults import StreamFaults, Wishes
from app.practice.cs2_stream.playlist import GRACE, WINDOW, Break, break_of, jumps, jumps_before, live, master, reach
from tests.practice.cs2_stream.kit import CLIP

SEGMENT, COUNT = CLIP.segment_ns, CLIP.count
START = 1_795_000_000 * SECOND


def _sequence(text: str) -> int:
    return int(re.findall(r"#EXT-X-MEDIA-SEQUENCE:(\d+)", text)[0])


def _listed(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"^(\d+)\.ts$", text, re.MULTILINE)]


def _jump_count(text: str) -> int:
    return int(re.findall(r"#EXT-X-DISCONTINUITY-SEQUENCE:(\d+)", text)[0])


def test_over_six_hours_every_segment_is_listed_and_none_comes_back() -> None:
    seen: list[int] = []
    for second in range(0, 6 * 3600, 5):
        text = live(START + second * SECOND, SEGMENT, COUNT)
        listed = _listed(text)
        assert listed == list(range(_sequence(text), _sequence(text) + WINDOW))
        assert not seen or listed[0] <= seen[-1] + 1
        seen += [number for number in listed if not seen or number > seen[-1]]
    assert seen == list(range(seen[0], seen[-1] + 1))
    assert len(seen) >= 6 * 3600 * SECOND // SEGMENT


def test_a_segment_is_listed_when_it_is_over_and_not_before() -> None:
    edge = START // SEGMENT * SEGMENT

    assert _listed(live(edge, SEGMENT, COUNT))[-1] == edge // SEGMENT - 1
    assert _listed(live(edge - 1, SEGMENT, COUNT))[-1] == edge // SEGMENT - 2


def test_each_segment_tells_the_time_it_begins_at_and_its_length() -> None:
    text = live(START, SEGMENT, COUNT)
    times = [datetime.fromisoformat(told).timestamp() for told in re.findall(r"#EXT-X-PROGRAM-DATE-TIME:(.+)", text)]

    assert times == [number * 2 for number in _listed(text)]
    assert re.findall(r"#EXTINF:(.+)", text) == ["2.000,live"] * WINDOW
    assert "#EXT-X-TARGETDURATION:2\n" in text
    assert text.endswith(".ts\n")
    assert "ENDLIST" not in text


def test_the_seam_and_nothing_else_is_marked_as_a_jump() -> None:
    for second in range(0, 120, 2):
        text = live(START + second * SECOND, SEGMENT, COUNT)
        marked = re.findall(r"#EXT-X-DISCONTINUITY\n(?:#.*\n)*(\d+)\.ts", text)
        assert [int(number) for number in marked] == [number for number in _listed(text) if number % COUNT == 0]


@st.composite
def _some_breaks(draw: st.DrawFn) -> tuple[Break, ...]:
    edges = draw(st.lists(st.integers(1, 90), unique=True, max_size=8).map(sorted))
    pairs = [Break(first, end) for first, end in zip(edges[::2], edges[1::2], strict=False)]
    return (*pairs, Break(edges[-1])) if len(edges) % 2 else tuple(pairs)


@given(_some_breaks())
def test_the_jumps_that_left_the_list_are_counted_as_if_each_had_been_seen(breaks: tuple[Break, ...]) -> None:
    seen = 0
    for number in range(100):
        assert jumps_before(number, COUNT, breaks) == seen
        seen += jumps(number, COUNT, breaks)


@given(st.integers(0, 200), st.integers(1, 60))
def test_the_count_of_jumps_grows_by_those_that_left_the_list(first: int, steps: int) -> None:
    before, after = (live((first + WINDOW + number) * SEGMENT, SEGMENT, COUNT) for number in (0, steps))

    assert _jump_count(after) - _jump_count(before) == sum(number % COUNT == 0 for number in range(first, first + steps))


def test_an_advertisement_is_marked_as_twitch_marks_it() -> None:
    number = START // SEGMENT
    ended, lasting = Break(number - 5, number - 3), Break(number - 2)

    text = live(START, SEGMENT, COUNT, (ended, lasting))

    ranges = re.findall(r"#EXT-X-DATERANGE:(.+)", text)
    assert [f'ID="stitched-ad-{one.first}",CLASS="twitch-stitched-ad"' in told for one, told in zip((ended, lasting), ranges, strict=True)]
    assert ["DURATION=4.000" in told for told in ranges] == [True, False]
    assert re.findall(r"#EXTINF:2\.000,(\w+)", text) == ["live", "Amazon", "Amazon", "live", "Amazon", "Amazon"]
    assert text.count("#EXT-X-DISCONTINUITY\n") == sum(jumps(one, COUNT, (ended, lasting)) for one in _listed(text)) >= 3


def test_a_break_that_is_over_is_listed_no_longer_than_its_segments() -> None:
    number = START // SEGMENT
    over = Break(number - WINDOW - 2, number - WINDOW)

    assert "DATERANGE" not in live(START, SEGMENT, COUNT, (over,))
    assert "DATERANGE" in live(START - SEGMENT, SEGMENT, COUNT, (over,))


def test_the_master_lists_each_quality_with_what_it_needs() -> None:
    text = master(CLIP.qualities, CLIP.rate)

    assert re.findall(r"^(\w+)/live\.m3u8$", text, re.MULTILINE) == ["360p30", "180p30"]
    assert re.findall(r"RESOLUTION=(\d+x\d+)", text) == ["640x360", "320x180"]
    assert text.count('CODECS="avc1.42C01E,mp4a.40.2"') == 2
    bandwidths = [int(told) for told in re.findall(r"STREAM-INF:BANDWIDTH=(\d+)", text)]
    assert bandwidths == sorted(bandwidths, reverse=True)
    assert min(bandwidths) > 50_000


def test_what_just_left_the_list_is_still_served_and_what_is_to_come_is_not() -> None:
    shown = reach(START, SEGMENT)

    assert shown.serves(shown.first)
    assert shown.serves(shown.last)
    assert shown.serves(shown.first - GRACE)
    assert not shown.serves(shown.first - GRACE - 1)
    assert not shown.serves(shown.last + 1)


def _faults(*steps: tuple[int, Wishes]) -> StreamFaults:
    faults = StreamFaults()
    for segment, wishes in steps:
        faults.apply(wishes, segment * SEGMENT, SEGMENT)
    return faults


def test_advertisements_begin_with_the_next_segment_and_end_with_the_last_that_was_shown() -> None:
    faults = _faults((100, Wishes(ad=True)), (104, Wishes(ad=False)))

    assert faults.breaks == (Break(100, 104),)
    assert not faults.is_advertising


@pytest.mark.parametrize(
    ("steps", "breaks"),
    [
        ((100, 100), ()),
        ((100, 102, 102), (Break(100),)),
        ((100, 102, 102, 105), (Break(100, 105),)),
        ((100, 102, 104), (Break(100, 102), Break(104))),
    ],
)
def test_breaks_never_touch_and_one_that_nobody_saw_never_was(steps: tuple[int, ...], breaks: tuple[Break, ...]) -> None:
    switches = [(segment, Wishes(ad=place % 2 == 0)) for place, segment in enumerate(steps)]

    assert _faults(*switches).breaks == breaks


def test_switching_on_twice_is_switching_on_once() -> None:
    faults = _faults((100, Wishes(ad=True, stall=True)), (105, Wishes(ad=True, stall=True)))

    assert faults.breaks == (Break(100),)
    assert faults.moment(120 * SEGMENT) == 100 * SEGMENT


def test_what_a_wish_does_not_name_stays() -> None:
    faults = _faults((100, Wishes(stall=True, lose=[1, 2], offline=True, ad=True)), (101, Wishes(lose=[])))

    assert (faults.is_offline, faults.lost, faults.is_advertising) == (True, frozenset(), True)
    assert faults.moment(105 * SEGMENT) == 100 * SEGMENT
    faults.apply(Wishes(stall=False, offline=False), 106 * SEGMENT, SEGMENT)
    assert (faults.is_offline, faults.moment(106 * SEGMENT)) == (False, 106 * SEGMENT)


def test_a_segment_belongs_to_the_break_that_holds_it() -> None:
    one, other = Break(3, 5), Break(9)

    assert [break_of(number, (one, other)) for number in (2, 3, 4, 5, 9, 99)] == [None, one, one, None, other, other]
