"""A price as an exact ratio: what one unit of stake wins."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from math import gcd

import msgspec

from app.domain.labels import OWN, Labels

CENT = Decimal("0.01")


class Odds(msgspec.Struct, frozen=True, gc=False):
    """`num`/`den` in lowest terms is the profit of one unit staked: -110 is 10/11, so 110 staked wins 100.00 exactly.

    Ordered by what they pay: `a > b` means a pays more, so it is better to take and less likely to win.
    """

    num: int
    den: int

    def __lt__(self, other: Odds) -> bool:
        return self.num * other.den < other.num * self.den

    # All four by hand: a Struct has slots for them already, so functools.total_ordering would fill in none.
    def __le__(self, other: Odds) -> bool:
        return self.num * other.den <= other.num * self.den

    def __gt__(self, other: Odds) -> bool:
        return other < self

    def __ge__(self, other: Odds) -> bool:
        return other <= self

    @property
    def opposite(self) -> Odds:
        """The other side of the same bet at the same price: +150 against -150."""
        return Odds(self.den, self.num)

    def crosses(self, other: Odds) -> bool:
        """Whether backers of two opposite answers at these odds can be matched: what each would win, the other stakes at least."""
        return self.num * other.num <= self.den * other.den

    @property
    def implied(self) -> Fraction:
        """The share of times it must win to break even, margin included."""
        return Fraction(self.den, self.num + self.den)

    @property
    def american(self) -> int:
        """Whole American odds, the nearest where the ratio has none; even money is +100."""
        if self.num >= self.den:
            return round(Fraction(100 * self.num, self.den))
        return -round(Fraction(100 * self.den, self.num))

    @property
    def words(self) -> str:
        """American odds as people read them, with a true minus: +150, −110. Files keep the plain one."""
        return f"{self.american:+d}".replace("-", "\N{MINUS SIGN}")

    @property
    def decimal(self) -> Decimal:
        """European odds, stake included: +150 is 2.5."""
        return Decimal(self.num + self.den) / Decimal(self.den)

    def profit(self, stake: Decimal) -> Decimal:
        """What `stake` wins beyond itself, in cents, halves up (as the venue rounds: 25 at +1000/51 ... 4.90)."""
        return (stake * self.num / self.den).quantize(CENT, ROUND_HALF_UP)

    def stake_to_win(self, profit: Decimal) -> Decimal:
        """The stake that wins `profit`, in cents, halves up."""
        return (profit * self.den / self.num).quantize(CENT, ROUND_HALF_UP)


def odds_of(num: int, den: int) -> Odds:
    """Odds of a positive ratio in lowest terms; ValueError for zero or less."""
    if num <= 0 or den <= 0:
        raise ValueError(f"odds must pay something: {num}/{den}")
    common = gcd(num, den)
    return Odds(num // common, den // common)


@lru_cache(maxsize=4096)
def from_american(value: int) -> Odds:
    """Odds from whole American odds; ValueError between -100 and +100, which mean nothing (-100 and +100 are both even money)."""
    if value >= 100:
        return odds_of(value, 100)
    if value <= -100:
        return odds_of(100, -value)
    raise ValueError(f"{value} is not American odds: they are +100 or more, or -100 or less")


def from_probability(share: Fraction) -> Odds:
    """The odds at which `share` (between 0 and 1, both excluded) breaks even."""
    return odds_of(share.denominator - share.numerator, share.numerator)


_TYPED = re.compile(r"([+\-\u2212]?)(\d{3,6})", re.ASCII)


def parse_american(text: str, labels: Labels = OWN) -> Odds:
    """Odds as a person types them: `+150`, `150`, `-110`, `−110`, `ev`; ValueError with a sentence for anything else."""
    clean = text.strip().lower()
    if clean in {"ev", "even", "evens"}:
        return from_american(100)
    match = _TYPED.fullmatch(clean)
    if not match:
        raise ValueError(f"{labels.many_odds.capitalize()} are American: +150, -110 or ev")
    value = int(match[2]) * (1 if match[1] in {"", "+"} else -1)
    if abs(value) < 100:
        raise ValueError(f"{value} is none of the American {labels.many_odds}: they are +100 or more, or -100 or less")
    return from_american(value)
