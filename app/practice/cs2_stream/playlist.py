"""The playlists as text (RFC 8216), each a function of the time: nothing is counted, nothing is kept.

Segment number n holds what happened from n to n + 1 segment lengths after 1970, and is there when that is over. The clip's position, which
is burnt into its pictures, is therefore the time of day modulo the loop: what a player shows tells how far it is behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from app.practice.clock import MILLISECOND, SECOND
from app.practice.cs2_stream.clip import Quality

WINDOW = 6
"""Segments listed at a time."""

GRACE = 2
"""Segments that are served a little longer than they are listed: whoever has just read the list asks for them."""

_1970 = datetime(1970, 1, 1, tzinfo=UTC)


class Break(msgspec.Struct, frozen=True):
    """Advertisements instead of the clip: segments `first` up to, not including, `end` (None while it lasts). Two never touch."""

    first: int
    end: int | None = None

    def holds(self, sequence: int) -> bool:
        return self.first <= sequence and (self.end is None or sequence < self.end)


class Reach(msgspec.Struct, frozen=True):
    """The segments that are listed at one moment."""

    first: int
    last: int

    def serves(self, sequence: int) -> bool:
        return self.first - GRACE <= sequence <= self.last


def reach(now: int, segment_ns: int) -> Reach:
    last = now // segment_ns - 1
    return Reach(last - WINDOW + 1, last)


def break_of(sequence: int, breaks: Sequence[Break]) -> Break | None:
    return next((one for one in breaks if one.holds(sequence)), None)


def jumps(sequence: int, count: int, breaks: Sequence[Break]) -> bool:
    """Whether a segment does not go on where the one before it ended: at the loop's seam, and where advertisements begin and end."""
    here, before = break_of(sequence, breaks), break_of(sequence - 1, breaks)
    return here != before or (here is None and sequence % count == 0)


def jumps_before(sequence: int, count: int, breaks: Sequence[Break]) -> int:
    """How many segments below this number jump, from number 0 on."""
    found = _seams(0, sequence, count)
    for one in breaks:
        end = sequence if one.end is None else min(one.end, sequence)
        if one.first >= sequence:
            continue
        found += 1 - _seams(one.first, end, count)
        if one.end is not None and one.end < sequence and one.end % count:
            found += 1
    return found


def _seams(first: int, end: int, count: int) -> int:
    """The multiples of `count` from `first` up to, not including, `end`."""
    return -(-end // count) - -(-first // count)


def master(qualities: Sequence[Quality], rate: int) -> str:
    lines = ["#EXTM3U"]
    for one in qualities:
        lines += [
            f'#EXT-X-MEDIA:TYPE=VIDEO,GROUP-ID="{one.name}",NAME="{one.name}",AUTOSELECT=YES,DEFAULT=YES',
            f"#EXT-X-STREAM-INF:BANDWIDTH={one.peak},AVERAGE-BANDWIDTH={one.average},RESOLUTION={one.width}x{one.height},"
            f'CODECS="{one.codecs}",VIDEO="{one.name}",FRAME-RATE={rate}.000',
            f"{one.name}/live.m3u8",
        ]
    return _text(lines)


def live(now: int, segment_ns: int, count: int, breaks: Sequence[Break] = ()) -> str:
    """What is listed at `now` (ns since 1970) of a clip of `count` segments."""
    shown = reach(now, segment_ns)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        f"#EXT-X-TARGETDURATION:{-(-segment_ns // SECOND)}",
        f"#EXT-X-MEDIA-SEQUENCE:{shown.first}",
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{jumps_before(shown.first, count, breaks)}",
    ]
    listed = [one for one in breaks if one.first <= shown.last and (one.end is None or one.end > shown.first)]
    lines += [_date_range(one, segment_ns) for one in listed]
    for sequence in range(shown.first, shown.last + 1):
        lines += ["#EXT-X-DISCONTINUITY"] if jumps(sequence, count, breaks) else []
        title = "live" if break_of(sequence, breaks) is None else "Amazon"
        lines += [
            f"#EXT-X-PROGRAM-DATE-TIME:{_moment(sequence * segment_ns)}",
            f"#EXTINF:{segment_ns / SECOND:.3f},{title}",
            f"{sequence}.ts",
        ]
    return _text(lines)


def _date_range(one: Break, segment_ns: int) -> str:
    """As Twitch marks what it stitched in. A break that lasts has no length yet."""
    told = f'#EXT-X-DATERANGE:ID="stitched-ad-{one.first}",CLASS="twitch-stitched-ad",START-DATE="{_moment(one.first * segment_ns)}"'
    if one.end is not None:
        told += f",DURATION={(one.end - one.first) * segment_ns / SECOND:.3f}"
    return told + ',X-TV-TWITCH-AD-ROLL-TYPE="MIDROLL"'


def _moment(ns: int) -> str:
    moment = _1970 + timedelta(milliseconds=ns // MILLISECOND)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _text(lines: Sequence[str]) -> str:
    return "\n".join([*lines, ""])
