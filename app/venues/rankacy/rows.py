"""How an answer is taken apart: the whole strictly, each row by itself, so that an odd one never discards its siblings."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final, TypeVar

import msgspec

from app.domain.errors import UnreadableError
from app.domain.redact import beginning
from app.venues.http import error_of
from app.venues.redact import redacted

Wire = TypeVar("Wire")
Value = TypeVar("Value")

BOM: Final = b"\xef\xbb\xbf"
ODD: Final = (msgspec.MsgspecError, UnicodeError, ValueError, ArithmeticError, RecursionError)
MOST_FAULTS: Final = 100  # sentences of one answer
MOST_FLAWS: Final = 20  # of one row
SAMPLE: Final = 120  # characters of a row that could not be read
# Half of a letter that JSON spells in two: the decoder refuses the whole answer for it. A pair and any other escape are passed over.
_ESCAPES: Final = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.")
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: dict[str, Any] = {}
        for name, value in pairs:
            if seen.setdefault(name, value) != value:
                raise ValueError(f"{beginning(name)} is told twice and differently")
    return found


_TWICE: Final = json.JSONDecoder(object_pairs_hook=_once, parse_float=str, parse_int=str)


def whole(decoder: msgspec.json.Decoder[Wire], body: bytes, once: Sequence[bytes] = ()) -> Wire:
    """An answer; a byte order mark in front is tolerated. UnreadableError when it is something else, with the feed's words if it has any.

    `once`: names, in their quotes, of weight for the whole answer; where one stands there more often, none may be told differently.
    """
    body = body.removeprefix(BOM)
    try:
        told = _decoded(decoder, body)
        if any(body.count(name) > 1 for name in once):
            say_once(body)
        return told
    except ODD as problem:
        words = error_of(body)[1]
        if words:
            raise UnreadableError(f"The feed answers 200 and objects: {words}") from problem
        raise UnreadableError(f"The feed's answer is not what it should be: {problem}") from problem


def _decoded(decoder: msgspec.json.Decoder[Wire], body: bytes) -> Wire:
    try:
        return decoder.decode(body)
    except msgspec.DecodeError:
        mended = _ESCAPES.sub(lambda found: b"\\ufffd" if found[1] else found[0], body)
        if mended == body:
            raise
        return decoder.decode(mended)


def each(
    rows: Sequence[msgspec.Raw],
    decoder: msgspec.json.Decoder[Wire],
    read: Callable[[Wire], Value],
    what: str,
    faults: list[str],
    *,
    is_inner: bool = False,
) -> list[Value]:
    """Every row that can be read; for one that cannot be there is a sentence in `faults`, with its redacted beginning.

    `is_inner`: they stand in a row that was looked through for names that are told twice.
    """
    found: list[Value] = []
    for raw in rows:
        try:
            if not is_inner:
                say_once(raw)
            found.append(read(decoder.decode(raw)))
        except ODD as problem:
            faults.append(f"{what} cannot be read ({problem}): {sample(raw)}")
    return found


def listed(raw: msgspec.Raw, what: str, flaws: list[str]) -> list[msgspec.Raw]:
    """The parts of a row's own list; none and a flaw where it is no list."""
    try:
        return _LIST.decode(raw)
    except ODD:
        flaws.append(f"{what} are no list: {sample(raw)}")
        return []


def say_once(raw: msgspec.Raw | bytes) -> None:
    """ValueError where a name is told twice and differently, however deep: the decoder would keep the last and say nothing."""
    _TWICE.decode(bytes(raw).decode())


def sample(raw: msgspec.Raw | bytes) -> str:
    """What a row begins with, without what looks like a secret."""
    return beginning(redacted(bytes(raw)[:4096]), SAMPLE)


def firsts(rows: Sequence[Value], key: Callable[[Value], Hashable], words: Callable[[Value], str], faults: list[str]) -> list[Value]:
    """Of the rows with one key the first, and a sentence for each key that comes again."""
    found: dict[Hashable, Value] = {}
    for row in rows:
        found.setdefault(key(row), row)
    faults += [words(found[its]) for its, times in Counter(map(key, rows)).items() if times > 1]
    return list(found.values())


def most(told: Sequence[str], limit: int) -> tuple[str, ...]:
    """So many sentences and how many more there are."""
    return (*told[:limit], f"… and {len(told) - limit} more") if len(told) > limit else tuple(told)
