"""Single values of the feed: texts, ids, prices and figures, each checked before anything believes it."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from app.domain.odds import Odds, odds_of
from app.domain.redact import HIDDEN, beginning, shortened, without_secrets

NAME: Final = 100  # characters of a name
LINE: Final = 300  # of what is told in a sentence
LARGEST: Final = 2**63 - 1  # of an id
MOST_COUNT: Final = 9_999  # of rounds or rounds won: a match with more is a mistake
_PRICE: Final = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,8})?")  # plain digits: no sign, no exponent, no other script's
_FIGURE: Final = re.compile(r"-?[0-9]{1,6}(?:\.[0-9]{1,12})?")
_LONGEST_KEPT: Final = 200  # characters of a text that is looked up again instead of cleaned again


def text(told: object, most: int = NAME) -> str:
    """Plain text in one line, at most so long; empty where it is none. What turns letters round or is not printed is a space."""
    if not isinstance(told, str):
        return ""
    return _cleaned(told, most) if len(told) <= _LONGEST_KEPT else _clean(told, most)


def _clean(told: str, most: int) -> str:
    head = shortened(told, 64 * most)
    shown = "".join(letter if letter.isprintable() else " " for letter in head)
    return shortened(without_secrets(" ".join(shown.split())), most)


_cleaned = lru_cache(maxsize=4096)(_clean)


def name(told: object, otherwise: str) -> str:
    """What something is called; `otherwise` where it has no name or one that is a single endless word."""
    shown = text(told)
    return shown if shown.strip(HIDDEN) else otherwise


def quoted(told: object) -> str:
    """What was told instead of what should be, as it stands in a sentence."""
    if isinstance(told, str):
        return repr(beginning(text(told)))
    if isinstance(told, (bool, float)) or (isinstance(told, int) and abs(told) <= LARGEST):
        return str(told).lower()
    return {int: "a number of too many digits", list: "a list", dict: "an object"}.get(type(told), "nothing")


def maybe_id(told: object, what: str, flaws: list[str]) -> int | None:
    """An id that may be missing; what is none is a flaw of `what`."""
    if type(told) is int and 0 <= told <= LARGEST:
        return told
    if told is not None:
        flaws.append(f"{what} is no id: {quoted(told)}")
    return None


def count(told: object, what: str, flaws: list[str]) -> int | None:
    """A number of rounds; None and a flaw where it cannot be one: no rounds won is something else than not told."""
    if type(told) is int and 0 <= told <= MOST_COUNT:
        return told
    flaws.append(f"{what} is no number of rounds: {quoted(told)}")
    return None


@lru_cache(maxsize=8192)
def _price(told: str) -> Odds | None:
    ratio = Fraction(told) - 1 if _PRICE.fullmatch(told) else Fraction(0)
    return odds_of(ratio.numerator, ratio.denominator) if ratio > 0 else None


def price(told: object) -> Odds | None:
    """Decimal odds as the feed writes them: text of digits, above 1, exact. None for all else, a JSON number too: it may be rounded."""
    return _price(told) if isinstance(told, str) and len(told) <= 15 else None


def figure(told: object) -> Decimal | None:
    """A margin: text of digits, perhaps below nothing. None for all else."""
    return Decimal(told) if isinstance(told, str) and len(told) <= 20 and _FIGURE.fullmatch(told) else None


def events(told: object) -> tuple[str, ...]:
    """Webhook events by name; what is no list of texts names none."""
    return tuple(text(each) for each in told[:16] if isinstance(each, str)) if isinstance(told, list) else ()
