"""The one normaliser: bodies in whatever words the venue spells them, turned into the words of today, place by place.

It stands beside the fast way: a body or a row is decoded strictly in the words of today, and only where that fails is it read loosely,
renamed, rid of nulls that say nothing, and decoded strictly once more. What is still missing then is missing: nothing is filled in.

Words are renamed by place and never everywhere, because `profit` is an amount in one place and a result in another, and `id` is an
order's name in an order and a row's own in a list of trades.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import product
from typing import Any, Generic, NoReturn, TypeVar

import msgspec

from app.domain.errors import UnreadableError
from app.domain.redact import beginning
from app.venues.prophetx.gaps import without_nulls

T = TypeVar("T")
Value = TypeVar("Value")

BOM = b"\xef\xbb\xbf"
ODD = (msgspec.MsgspecError, UnicodeError, ValueError, ArithmeticError, RecursionError)
ABSENT = frozenset(
    "".join(signs) for word in ("<nil>", "n/a", "null", "none") for signs in product(*((sign, sign.upper()) for sign in word))
)
"""What is printed where there is no text, for a null, in any letter case: each spelt out, because looking one up costs a third."""
LARGEST = 2**63 - 1  # of an id: nineteen digits

_ENCODER = msgspec.json.Encoder(decimal_format="number")


class Place(msgspec.Struct, frozen=True):
    """What stands in one kind of object.

    `words`: old names. `numbers` and `texts`: ids that may come as either, and which they are. `results`: words that were others before.
    `inside`: the places of what the object holds, by today's name; a list's place is that of each item.
    """

    words: Mapping[str, str] = {}
    numbers: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    results: Mapping[str, Mapping[str, str]] = {}
    inside: Mapping[str, Place] = {}
    reshape: Callable[[dict[str, Any]], dict[str, Any]] | None = None


def _anything(_told: object) -> Mapping[bytes, int]:
    return {}


class Reader(Generic[T]):
    """Reads bodies, or rows of them, of one shape that stand in one place.

    `most` says how often each name of weight, in its quotes, can stand in what was read. Where one stands there more often, it may have
    been told twice, which the fast way does not notice (every decoder keeps the last): the row is read the slow way then, which does.
    """

    def __init__(self, shape: type[T], place: Place, most: Callable[[T], Mapping[bytes, int]] = _anything) -> None:
        self._shape = shape
        self._decoder = msgspec.json.Decoder(shape)
        self._place = place
        self._most = most

    def body(self, body: bytes) -> T:
        """A whole answer; a byte order mark in front is tolerated. UnreadableError when it is something else."""
        try:
            return self.row(body.removeprefix(BOM))
        except ODD as problem:
            raise UnreadableError(f"The venue's answer is not what it should be: {problem}") from problem

    def row(self, row: bytes | msgspec.Raw) -> T:
        """A part of an answer. Any of ODD when it is something else."""
        return self.read(row, _as_it_is)

    def read(self, row: bytes | msgspec.Raw, reading: Callable[[T], Value]) -> Value:
        """What `reading` makes of a part of an answer; where it objects, of that part in the words of today. Any of ODD."""
        try:
            told = self._decoder.decode(row)
            if not self._is_doubtful(bytes(row), told):
                return reading(told)
        except RecursionError:
            raise
        except ODD:
            pass  # in other words, perhaps
        return reading(self._decoder.decode(self._respelt(bytes(row))))

    def _is_doubtful(self, row: bytes, told: T) -> bool:
        return any(row.count(name) > most for name, most in self._most(told).items())

    def _respelt(self, row: bytes) -> bytes:
        told = json.loads(row.decode(), parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once)
        return _ENCODER.encode(without_nulls(respelt(told, self._place), self._shape))


def _as_it_is(told: T) -> T:
    return told


def respelt(document: object, place: Place) -> object:
    """`document` (objects, lists, values) in the words of today. ValueError where two spellings of one name disagree, or an id is none."""
    if isinstance(document, list):
        return [respelt(item, place) for item in document]
    if not isinstance(document, dict):
        return document
    fields: dict[str, Any] = {}
    for key, value in document.items():
        name = place.words.get(key, key)
        if name in fields and fields[name] != value:
            raise ValueError(f"{name} is told twice and differently")
        fields[name] = value
    shaped = place.reshape(fields) if place.reshape else fields
    return {name: None if is_absent(value) else _value(name, value, place) for name, value in shaped.items()}


def _value(name: str, value: object, place: Place) -> object:
    if name in place.numbers:
        return _number(name, value)
    if name in place.texts:
        return _text(name, value)
    if name in place.results and isinstance(value, str):
        return place.results[name].get(value, value)
    return respelt(value, place.inside[name]) if name in place.inside else value


def _number(name: str, value: object) -> object:
    """An id as a whole number; text of digits is one, and nothing ever goes through a float."""
    if isinstance(value, str):
        if not (value.isascii() and value.isdecimal() and len(value) <= 19):
            raise ValueError(f"{name} is no id: {beginning(value)!r}")
        value = int(value)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise ValueError(f"{name} is no id: {beginning(str(value))}")
    return value


def _text(name: str, value: object) -> object:
    """An id as text; a whole number of at most nineteen digits is one."""
    return str(_number(name, value)) if isinstance(value, (int, Decimal)) else value


def is_absent(value: object) -> bool:
    """Whether it is a text that says that there is none."""
    return isinstance(value, str) and value in ABSENT


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no name comes twice and differently. The fast way keeps the last: to see both needs a second parse."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: dict[str, Any] = {}
    for name, value in pairs:
        if seen.setdefault(name, value) != value:
            raise ValueError(f"{beginning(name)} is told twice and differently")
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")
