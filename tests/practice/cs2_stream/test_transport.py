"""Segments moved in time: pictures and sounds follow each other over the seam, and no packet is counted twice."""

from __future__ import annotations

from itertools import pairwise

import pytest

from app.practice.cs2_stream.clip import Reel
from app.practice.cs2_stream.transport import PACKET, TICKS, TransportError, clocks, counted, moved, shown_at
from tests.practice.cs2_stream.kit import CLIP

VIDEO, SOUND = 0x100, 0x101
WRAP = 1 << 33
NAMES = [one.name for one in CLIP.qualities]


def _numbers(stream: bytes) -> list[tuple[int, int]]:
    """PID and counter of each packet with a payload."""
    return [
        ((stream[at + 1] & 0x1F) << 8 | stream[at + 2], stream[at + 3] & 0x0F)
        for at in range(0, len(stream), PACKET)
        if stream[at + 3] & 0x10
    ]


@pytest.mark.parametrize("quality", NAMES)
@pytest.mark.parametrize("turn", [0, 1, 7, 74_791_666])
def test_pictures_and_sounds_follow_each_other_over_the_seam(quality: str, turn: int) -> None:
    seam = (turn + 1) * CLIP.count
    stream = b"".join(CLIP.segment(quality, number) for number in range(seam - 2, seam + 2))

    for pid, most in ((VIDEO, TICKS // CLIP.rate), (SOUND, 20 * 1_920)):
        times = shown_at(stream, pid)
        steps = {(after - before) % WRAP for before, after in pairwise(times)}
        assert len(times) > 20
        assert 0 < min(steps) <= max(steps) <= most
    assert len(shown_at(stream, VIDEO)) == 4 * 2 * CLIP.rate


@pytest.mark.parametrize("quality", NAMES)
def test_a_turn_later_everything_is_a_turn_later_and_nothing_else_differs(quality: str) -> None:
    first, later = CLIP.segment(quality, 5), CLIP.segment(quality, 5 + 3 * CLIP.count)

    assert [(time + 3 * 24 * TICKS) % WRAP for time in shown_at(first, VIDEO)] == shown_at(later, VIDEO)
    assert [(time + 3 * 24 * TICKS) % WRAP for time in shown_at(first, SOUND)] == shown_at(later, SOUND)
    assert [(time + 3 * 24 * TICKS) % WRAP for time in clocks(first)] == clocks(later)
    assert clocks(first)
    assert sum(1 for one, other in zip(first, later, strict=True) if one != other) < len(first) / 10


@pytest.mark.parametrize("turn", [1, 5, 74_791_666])
def test_packets_are_counted_on_over_the_seam(turn: int) -> None:
    seam = turn * CLIP.count
    last: dict[int, int] = {}
    for number in range(seam - 3, seam + 3):
        for pid, counter in _numbers(CLIP.segment("180p30", number)):
            assert counter == (last.get(pid, counter - 1) + 1) % 16
            last[pid] = counter
    assert {VIDEO, SOUND} <= last.keys()


def test_times_begin_anew_where_their_33_bits_end() -> None:
    part = CLIP.segment("180p30", 0)
    first = shown_at(part, VIDEO)[0]

    assert shown_at(moved(part, WRAP - first, {}), VIDEO)[0] == 0
    assert shown_at(moved(part, WRAP - first - 1, {}), VIDEO)[:1] == [WRAP - 1]


def test_nothing_is_moved_by_nothing() -> None:
    part = CLIP.segment("360p30", 4)
    counters: dict[int, int] = {}
    for pid, counter in _numbers(part):
        counters.setdefault(pid, counter)

    assert moved(part, 0, counters) == part


@pytest.mark.parametrize("stream", [b"", b"G" * 100, b"G" + bytes(PACKET - 1) + b"H" + bytes(PACKET - 1)])
def test_what_is_no_transport_stream_is_refused_when_the_clip_is_read(stream: bytes) -> None:
    with pytest.raises(TransportError):
        counted(stream)
    with pytest.raises(TransportError):
        Reel([stream], 2)


def test_the_clip_is_small_and_every_segment_as_heavy_as_its_quality_says() -> None:
    whole = sum(len(CLIP.segment(name, number)) for name in NAMES for number in range(CLIP.count))

    assert whole < 2_500_000
    for one in CLIP.qualities:
        sizes = [len(CLIP.segment(one.name, number)) * 4 for number in range(CLIP.count)]
        assert max(sizes) == one.peak
        assert min(sizes) <= one.average <= one.peak


def test_a_packet_without_a_payload_keeps_the_number_of_the_one_before() -> None:
    full = bytes([0x47, 0x01, 0x00, 0x10 | 5]) + bytes(PACKET - 4)
    empty = bytes([0x47, 0x01, 0x00, 0x20 | 5, 183, 0]) + bytes(PACKET - 6)

    after = moved(full + empty + full, 0, {VIDEO: 15})

    assert [after[at + 3] & 0x0F for at in range(0, 3 * PACKET, PACKET)] == [15, 15, 0]
    assert counted(after)[VIDEO] == 2
