"""The shape of a B2B token as a person types it: names and values, a line each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, get_args

from app.domain.profile import LIFETIMES, ProfileError, TokenShape
from app.domain.redact import beginning

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
Encoding = Literal["base64", "base64url", "hex"]
ALGORITHMS: Final[tuple[Algorithm, ...]] = get_args(Algorithm)
ENCODINGS: Final[tuple[Encoding, ...]] = get_args(Encoding)
_WHOLE: Final = re.compile(r"-?[0-9]{1,15}")
_BOOLEANS: Final = {"true": True, "false": False}


def lifetime_of(text: str) -> int:
    """Seconds; ProfileError when `text` is no whole number."""
    if not re.fullmatch(r"[0-9]{1,6}", text.strip()):
        raise ProfileError(f"A lifetime is a whole number of seconds between {LIFETIMES.start} and {LIFETIMES.stop - 1}")
    return int(text)


def claims_of(text: str) -> dict[str, str | int | bool]:
    """`name=value` lines as claims: true, false and whole numbers are that, anything in double quotes is text. ProfileError."""
    claims: dict[str, str | int | bool] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, sign, value = (part.strip() for part in line.partition("="))
        if not sign:
            raise ProfileError(f"Line {number} of the extra claims has no = in it: write name=value")
        if name in claims:
            raise ProfileError(f"The claim {beginning(name)!r} is there twice")
        claims[name] = _value(value)
    return claims


def claims_text(claims: Mapping[str, str | int | bool]) -> str:
    """The lines that `claims_of` reads back."""
    return "\n".join(f"{name}={_written(value)}" for name, value in claims.items())


def shape_of(algorithm: Algorithm, hash_claim: str, encoding: Encoding, lifetime: str, claims: str, *, hash_empty: bool) -> TokenShape:
    """ProfileError with a sentence for whatever does not fit."""
    return TokenShape(algorithm, hash_claim.strip(), encoding, hash_empty, lifetime_of(lifetime), claims_of(claims))


def _value(text: str) -> str | int | bool:
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1]
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    return int(text) if _WHOLE.fullmatch(text) else text


def _written(value: str | int | bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    is_plain = value not in _BOOLEANS and not _WHOLE.fullmatch(value) and value == value.strip() and not value.startswith('"')
    return value if is_plain else f'"{value}"'
