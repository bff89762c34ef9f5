"""Pure readings of HLS playlists (RFC 8216), as far as the video's place and state are in them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from urllib.parse import urljoin

import msgspec

from app.domain.errors import UnreadableError

MOST_LINES: Final = 20_000
_ATTRIBUTE: Final = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^",]*)')
_AD_CLASS: Final = "twitch-stitched-ad"
_AD_TITLE: Final = "Amazon"


class Piece(msgspec.Struct, frozen=True):
    """A listed segment: where it begins (`at`) and how long it is, in seconds on the line of `Look.edge`. `is_seam`: a discontinuity is
    marked before it."""

    at: float
    seconds: float
    is_ad: bool = False
    is_seam: bool = False


class Look(msgspec.Struct, frozen=True):
    """What a live playlist says. `edge`: seconds of video published, counted from an origin that stays the same as long as the
    broadcast does; `piece`: seconds of its newest segment; `is_ad`: the newest segment is an advertisement; `pieces`: all of them."""

    edge: float
    piece: float
    is_ad: bool = False
    pieces: tuple[Piece, ...] = ()


class _Segment(msgspec.Struct):
    seconds: float
    title: str
    at: float | None
    is_seam: bool


def qualities(text: str, base: str) -> dict[str, str]:
    """Name and address of each variant of a master playlist, the largest first. UnreadableError when there is none."""
    found: list[tuple[int, str, str]] = []
    told: dict[str, str] | None = None
    for line in _lines(text):
        if line.startswith("#EXT-X-STREAM-INF:"):
            told = _attributes(line)
        elif not line.startswith("#") and told is not None:
            found.append((_number(told.get("BANDWIDTH", "")), _name(told, len(found)), urljoin(base, line)))
            told = None
    if not found:
        raise UnreadableError("The stream's list of qualities names none")
    return {name: url for _bandwidth, name, url in sorted(found, key=lambda row: -row[0])}


def look(text: str) -> Look:
    """UnreadableError for what is no media playlist with segments in it."""
    segments, sequence, ads = _read(text)
    if not segments:
        raise UnreadableError("The stream's playlist lists no video")
    newest = segments[-1]
    total = sum(one.seconds for one in segments)
    edge = newest.at + newest.seconds if newest.at is not None else sequence * newest.seconds + total
    pieces = _placed(segments, edge - total, ads)
    return Look(edge, newest.seconds, pieces[-1].is_ad, pieces)


def _placed(segments: list[_Segment], first: float, ads: list[tuple[float, float]]) -> tuple[Piece, ...]:
    """Each on one line of time: by the moment it names, else where the one before it ends."""
    found: list[Piece] = []
    for one in segments:
        at = one.at if one.at is not None else found[-1].at + found[-1].seconds if found else first
        is_ad = _AD_TITLE in one.title or (one.at is not None and any(begun <= one.at < end for begun, end in ads))
        found.append(Piece(at, one.seconds, is_ad, one.is_seam))
    return tuple(found)


def _read(text: str) -> tuple[list[_Segment], int, list[tuple[float, float]]]:
    segments: list[_Segment] = []
    ads: list[tuple[float, float]] = []
    sequence, at, length, is_seam = 0, None, None, False
    for line in _lines(text):
        name, _, value = line.partition(":")
        if name == "#EXT-X-MEDIA-SEQUENCE":
            sequence = _number(value)
        elif name == "#EXT-X-PROGRAM-DATE-TIME":
            at = _moment(value)
        elif name == "#EXT-X-DATERANGE":
            ads += _advertisement(_attributes(line))
        elif name == "#EXT-X-DISCONTINUITY":
            is_seam = True
        elif name == "#EXTINF":
            length = value
        elif not line.startswith("#") and length is not None:
            seconds, _, title = length.partition(",")
            segments.append(_Segment(_seconds(seconds), title, at, is_seam))
            at, length, is_seam = None if at is None else at + _seconds(seconds), None, False
    return segments, sequence, ads


def _advertisement(told: dict[str, str]) -> list[tuple[float, float]]:
    """From when to when, where this range is one of Twitch's; one without a length lasts."""
    first = _moment(told.get("START-DATE", ""))
    if first is None or (told.get("CLASS") != _AD_CLASS and not told.get("ID", "").startswith("stitched-ad-")):
        return []
    return [(first, first + _seconds(told["DURATION"]) if "DURATION" in told else float("inf"))]


def _lines(text: str) -> list[str]:
    lines = [line.strip() for line in text[:2_000_000].splitlines()]
    if not lines or lines[0].removeprefix("\ufeff") != "#EXTM3U" or len(lines) > MOST_LINES:
        raise UnreadableError("The stream's playlist does not read as one")
    return [line for line in lines[1:] if line]


def _attributes(line: str) -> dict[str, str]:
    return {name: value.strip('"') for name, value in _ATTRIBUTE.findall(line.partition(":")[2])}


def _name(told: dict[str, str], place: int) -> str:
    return told.get("VIDEO") or told.get("RESOLUTION") or f"quality {place + 1}"


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0


def _seconds(text: str) -> float:
    """As written; UnreadableError for a length that no segment has."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 86_400:
        raise UnreadableError(f"The stream's playlist gives a length that is none: {text[:20]!r}")
    return seconds


def _moment(text: str) -> float | None:
    """Seconds since 1970; None when it cannot be read or has no zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment.timestamp()
