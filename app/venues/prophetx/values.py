"""Single values of the Trading API: prices, strikes, amounts, times and texts, each checked before anything believes it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from app.domain.money import CEILING, cents
from app.domain.odds import Odds, from_american
from app.venues.prophetx.spelling import ABSENT

ZERO_STRIKE = Decimal(0)
LONGEST = 1_000_000  # American odds beyond which a number is no price: the venue's ladder ends at 25,000
STRIKE_DIGITS = 9  # before the point
MOST_CASH = Decimal(10) ** 12  # dollars: an account with more is a mistake

_AMOUNT = msgspec.json.Decoder(Decimal)


def american(price: float) -> Odds:
    """Odds from the wire's number; ValueError when it is no whole American price."""
    if abs(price) > LONGEST or price != int(price):
        raise ValueError(f"{price:.12g} is not a whole American price")
    return from_american(int(price))


def strike_of(value: Decimal | None) -> Decimal:
    """The strike as a key: -0.0 and 0 are one, and so are 7.50 and 7.5; ValueError when it is no such number."""
    if value is None:
        return ZERO_STRIKE
    if not value.is_finite() or value.adjusted() >= STRIKE_DIGITS:
        raise ValueError(f"{value} is not a strike")
    return value.normalize() + 0


def waiting(value: Decimal) -> Decimal:
    """Money that waits at a price, in cents; ValueError when it is below nothing or more than the venue lets anybody place."""
    amount = cents(value)
    if (value.is_signed() and value != 0) or amount > CEILING:
        raise ValueError(f"{value:.12g} is no amount that can wait")
    return amount


def dollars(told: msgspec.Raw) -> Decimal:
    """What an account holds, in cents: a number with at most two decimals, neither below nothing nor beyond all sense; else ValueError."""
    amount = _AMOUNT.decode(told)
    if bytes(told)[:1] == b'"':
        raise ValueError(f"{amount} is text, not an amount")
    if cents(amount) != amount or not 0 <= amount < MOST_CASH:
        raise ValueError(f"{amount:f} is not an amount of money")
    return cents(amount)


def maybe_stake(value: Decimal | None) -> Decimal | None:
    """The stake of an order or of a part of it; None for what no order can be of."""
    amount = maybe_money(value)
    return amount if amount is not None and amount <= CEILING else None


def maybe_money(value: Decimal | None) -> Decimal | None:
    try:
        return cents(value) if value is not None and not value.is_signed() else None
    except ValueError:
        return None


def maybe_odds(price: float | None) -> Odds | None:
    try:
        return american(price) if price is not None else None
    except ValueError:
        return None


def maybe_strike(value: Decimal | None) -> Decimal:
    try:
        return strike_of(value)
    except ValueError:
        return ZERO_STRIKE


def moment(stated: str | int | None) -> datetime | None:
    """Aware UTC from ISO text (any number of decimals) or from s, ms, us, ns since 1970; None when it is neither."""
    try:
        return _iso(stated) if isinstance(stated, str) else _epoch(stated)
    except (ValueError, OverflowError):
        return None


def _iso(text: str) -> datetime | None:
    if not text:
        return None
    whole, dot, rest = text.partition(".")
    digits = len(rest) - len(rest.lstrip("0123456789"))
    read = datetime.fromisoformat(whole + (f".{rest[: min(digits, 6)]:0<6}{rest[digits:]}" if dot else ""))
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def _epoch(stated: int | None) -> datetime | None:
    if not stated or stated < 0:
        return None
    for scale in (1, 1_000, 1_000_000, 1_000_000_000):
        if stated / scale < 1e11:
            return datetime.fromtimestamp(stated / scale, UTC)
    return None


def text_of(told: str) -> str:
    """A text, empty where the venue prints that it has none."""
    return "" if told in ABSENT else told
