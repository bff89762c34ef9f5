"""The feed's times: ISO-8601, UTC where no zone is told."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from app.venues.rankacy.values import quoted

_ISO: Final = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?P<apart>[Tt ])(?P<hour>\d\d):(?P<minute>\d\d)"
    r"(?P<seconds>:(?P<second>\d\d)(?:(?P<point>[.,])(?P<fraction>\d{1,18}))?)?"
    r"(?P<zone>[Zz]|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_USUAL: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(?:\.\d{1,9})?Z", re.ASCII)  # which Python reads by itself, and faster
_EARLIEST, _LATEST = 1970, 9998  # years: beyond them a local time cannot be made of every time


def moment(told: object) -> datetime | None:
    """Aware UTC to the microsecond; 24:00 is the next day's first moment and :60 the second after :59. None where it is no time."""
    if not isinstance(told, str):
        return None
    try:
        read = datetime.fromisoformat(told) if _USUAL.fullmatch(told) and told[11:13] != "24" else _unusual(told)
    except (ValueError, OverflowError):
        return None
    return read if _EARLIEST <= read.year <= _LATEST else None


def _unusual(told: str) -> datetime:
    if (match := _ISO.fullmatch(told)) is None:
        raise ValueError("no time")
    return (_local(match) - _ahead(match["zone"])).replace(tzinfo=UTC)


def told_time(told: object, what: str, flaws: list[str]) -> datetime | None:
    """The same; something that was told and is no time is a flaw of `what`."""
    at = moment(told)
    if at is None and told is not None:
        flaws.append(f"{what} is no time: {quoted(told)}")
    return at


def earlier(server_time: str, seconds: float) -> str:
    """A time of the feed moved back by at least so many seconds, written as it was; as it is where it cannot be read or moved."""
    match = _ISO.fullmatch(server_time)
    if match is None or not seconds > 0 or not math.isfinite(seconds):
        return server_time
    digits = len(match["fraction"] or "")
    parts = int(match["fraction"] or "0") - math.ceil(seconds * 10**digits)  # of the last digit that is told
    whole, rest = divmod(parts, 10**digits)
    try:
        moved = _local(match).replace(microsecond=0) + timedelta(seconds=whole)
    except (ValueError, OverflowError):
        return server_time
    return _written(moved, match, f"{rest:0{digits}d}" if digits else "")


def _local(match: re.Match[str]) -> datetime:
    """The time on the clock that is told, without its zone."""
    hour, second = int(match["hour"]), int(match["second"] or 0)
    is_midnight = hour == 24 and int(match["minute"]) == 0 and second == 0 and not int(match["fraction"] or 0)
    read = datetime.fromisoformat(match["day"]).replace(
        hour=0 if is_midnight else hour,
        minute=int(match["minute"]),
        second=59 if second == 60 else second,
        microsecond=int(f"{match['fraction'] or '':0<6}"[:6]),
    )
    return read + timedelta(days=int(is_midnight), seconds=int(second == 60))


def _ahead(zone: str | None) -> timedelta:
    """How far a zone is ahead of UTC; ValueError beyond a day."""
    if zone is None or zone in "Zz":
        return timedelta()
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    if hours > 23 or minutes > 59:
        raise ValueError(f"{zone} is no zone")
    return timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)


def _written(moved: datetime, match: re.Match[str], fraction: str) -> str:
    seconds = f":{moved:%S}" if match["seconds"] or moved.second else ""
    point = f"{match['point']}{fraction}" if fraction else ""
    return f"{moved:%Y-%m-%d}{match['apart']}{moved:%H:%M}{seconds}{point}{match['zone'] or ''}"
