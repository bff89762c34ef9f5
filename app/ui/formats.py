"""Values as text for eyes: odds in three formats, money, ages, counts. Text for files is plain ASCII and lives in `models.table`."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from app.domain import order
from app.domain.fixture import is_start_clear
from app.domain.market import Event, MarketGroup
from app.domain.odds import Odds

MINUS = "\u2212"
NOTHING = "—"


class OddsFormat(StrEnum):
    AMERICAN = "American"
    DECIMAL = "Decimal"
    IMPLIED = "Implied %"


@lru_cache(maxsize=4096)
def american(odds: Odds) -> str:
    value = odds.american
    return f"+{value}" if value > 0 else f"{MINUS}{-value}"


@lru_cache(maxsize=4096)
def decimal(odds: Odds) -> str:
    value = odds.decimal
    return f"{value:.3f}" if value < Decimal("1.1") else f"{value:.2f}"


@lru_cache(maxsize=4096)
def implied(odds: Odds) -> str:
    return f"{float(odds.implied) * 100:.1f} %"


_ODDS: dict[OddsFormat, Callable[[Odds], str]] = {
    OddsFormat.AMERICAN: american,
    OddsFormat.DECIMAL: decimal,
    OddsFormat.IMPLIED: implied,
}


def odds(value: Odds | None, style: OddsFormat) -> str:
    return _ODDS[style](value) if value is not None else NOTHING


def money(value: Decimal | None) -> str:
    """`1,234.50`; a negative one with a true minus."""
    if value is None:
        return NOTHING
    return f"{value:,.2f}".replace("-", MINUS)


def signed(value: Decimal | None) -> str:
    """Money whose sign matters: `+13.64`, `−100.00`, `0.00`."""
    if value is None:
        return NOTHING
    return f"+{value:,.2f}" if value > 0 else money(value)


def short_money(value: Decimal) -> str:
    """Money in five places or so: `96.72`, `1,240`, `12.4k`, `1.2M`."""
    if value < 1000:
        return f"{value:.2f}".removesuffix(".00")
    if value < 10_000:
        return f"{value:,.0f}"
    return f"{value / 1000:.1f}k" if value < 1_000_000 else f"{value / 1_000_000:.1f}M"


def age(seconds: float | None) -> str:
    """How long ago, in one unit: `0.3 s`, `41 s`, `9 min`, `3 h`."""
    if seconds is None:
        return NOTHING
    if seconds < 9.95:
        return f"{max(seconds, 0.0):.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.0f} h"


def timer(seconds: float | None) -> str:
    """Minutes and seconds that are left or gone: `07:05`, `00:00` for less than nothing, `3 h` from a hundred minutes on."""
    if seconds is None:
        return NOTHING
    whole = max(int(seconds), 0)
    return f"{whole // 60:02d}:{whole % 60:02d}" if whole < 6000 else age(seconds)


def clock(at: datetime) -> str:
    """Local time of day with milliseconds."""
    return at.astimezone().strftime("%H:%M:%S.%f")[:-3]


def moment(at: datetime | None) -> str:
    """Local day and time, to the second."""
    return at.astimezone().strftime("%d %b %H:%M:%S") if at else NOTHING


def zoned(at: datetime) -> str:
    """Local day and time in full, with the name of the zone."""
    return at.astimezone().strftime("%d %b %Y %H:%M:%S.%f %Z (UTC%z)")


def start(at: datetime | None, now: datetime) -> str:
    """When a contest starts: `14 h`, `39 min`, by the second in the last ten minutes, and from a day on the day and time."""
    if at is None:
        return NOTHING
    left = (at - now).total_seconds()
    if left <= 0:
        return "due" if left > -3600 else at.astimezone().strftime("%d %b %H:%M")
    if left < 86_400:
        if left < 600:
            return f"{MINUS}{int(left) // 60:02}:{int(left) % 60:02}"
        return f"{left // 60:.0f} min" if left < 6000 else f"{left / 3600:.0f} h"
    return at.astimezone().strftime("%a %H:%M") if left < 6 * 86_400 else at.astimezone().strftime("%d %b %H:%M")


UNCLEAR = "start unclear"


def start_of(event: Event, now: datetime) -> str:
    """The same of an event that is not live: its status once it is over, and words where its start cannot be meant."""
    if event.is_over:
        return plain(event.status)
    return start(event.scheduled, now) if is_start_clear(event, now) else UNCLEAR


def short_ref(ref: str) -> str:
    return order.short_ref(ref)


LONGEST = 300  # characters of a venue's text that are ever laid out


def plain(text: str) -> str:
    """A venue's text as one line that is nothing but text: no controls, no marks that turn the line around, no end without end."""
    text = text[:LONGEST]
    if not text.isprintable():
        text = "".join(_drawn(sign) for sign in text)
    return text.strip()


def plain_lines(text: str) -> str:
    """The same of a text of our own with several lines."""
    return "\n".join(map(plain, text.splitlines()))


def whole_market(group: MarketGroup | None) -> str:
    """A market with all that goes with it when it is cancelled: the venue cancels all its numbers."""
    if group is None:
        return "this market, all its numbers"
    return f"{group.name}, all numbers" if len(group.markets) > 1 else group.name


def tip(text: str) -> str:
    """A text for a tooltip, which Qt would otherwise take for markup where it looks like some."""
    return f"<p style='white-space: pre'>{html.escape(text)}</p>" if text else ""


def wrapped_tip(text: str) -> str:
    """The same with lines that are wrapped where they are long."""
    return "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines())


def _drawn(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind == "Cf":  # zero width, direction marks
        return ""
    return "\ufffd" if kind in {"Cs", "Co", "Cn"} else " " if kind[0] in "CZ" else sign
