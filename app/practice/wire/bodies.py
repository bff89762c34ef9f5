"""What a request carries, read strictly: JSON or form bodies, exact numbers, ids, counts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from app.practice.model import RefusalError
from app.practice.wire.names import Document, Vocabulary

MOST_BYTES = 1_000_000
"""A body longer than this is refused unread."""

_LARGEST = 10**18
_HUGE = Decimal(10) ** 12
_HUGE_CENTS = 10**14
_WHOLE = re.compile(r"-?[0-9]{1,18}")

_decoder = msgspec.json.Decoder(float_hook=Decimal)


class Call(msgspec.Struct, frozen=True):
    """One authorised request: `query` with repeated names joined by commas, `body` decoded (None when there was none)."""

    user_id: str
    vocabulary: Vocabulary
    now: int
    query: Mapping[str, str]
    path: Mapping[str, str]
    body: Any = None
    headers: Mapping[str, str] = {}

    def fields(self) -> Document:
        """The body as an object. Raises invalid_request."""
        if not isinstance(self.body, dict):
            raise RefusalError("invalid_request")
        return self.body


def decode_json(raw: bytes) -> Any:
    """Numbers stay exact (int or Decimal). Raises invalid_request for anything JSON does not allow, NaN and Infinity too."""
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, InvalidOperation, RecursionError) as error:
        raise RefusalError("invalid_request") from error


def decode_body(raw: bytes, content_type: str) -> Any:
    """JSON whatever it is declared as (sample clients send it bare, curl as a form), else an urlencoded form; None if empty."""
    if not raw.strip():
        return None
    is_form = content_type.startswith("application/x-www-form-urlencoded") and raw.lstrip()[:1] not in (b"{", b"[")
    if not is_form:
        return decode_json(raw)
    try:
        return dict(parse_qsl(raw.decode(), keep_blank_values=True))
    except (UnicodeDecodeError, ValueError) as error:
        raise RefusalError("invalid_request") from error


def read_text(value: object, code: str) -> str:
    """A text that is not empty. Raises `code`."""
    if not isinstance(value, str) or not value:
        raise RefusalError(code)
    return value


def read_whole(value: object, code: str, name: str = "") -> int:
    """A JSON number without a fraction; a text or a boolean is no number. Raises `code`, about the parameter `name`."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise RefusalError(code, name)
    if not -_LARGEST <= value <= _LARGEST or value != int(value):
        raise RefusalError(code, name)
    return int(value)


def read_cents(value: object) -> int:
    """Dollars with at most two decimals as cents. Raises invalid_quantity; absurd sums come back as one beyond every limit."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise RefusalError("invalid_quantity")
    amount = Decimal(value)
    if abs(amount) >= _HUGE:
        return _HUGE_CENTS if amount > 0 else -_HUGE_CENTS
    if amount != amount.quantize(Decimal("0.01")):
        raise RefusalError("invalid_quantity")
    return int(amount * 100)


def read_id(value: object, code: str, name: str = "") -> int:
    """An id sent as a JSON number or as its digits (clients send market ids both ways). Raises `code`, about `name`."""
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    return read_whole(value, code, name)


def query_id(query: Mapping[str, str], name: str, code: str) -> int | None:
    """A whole number of the query string; None when the parameter is not there. Raises `code`."""
    text = query.get(name)
    return None if text is None else read_id(text, code, name if code == "invalid_param" else "")


def query_ids(query: Mapping[str, str], name: str, code: str) -> list[str]:
    """A comma list without its empty items. Raises `code` when nothing is left."""
    items = [item.strip() for item in query.get(name, "").split(",") if item.strip()]
    if not items:
        raise RefusalError(code)
    return items


def query_word(query: Mapping[str, str], name: str, words: Sequence[str]) -> str:
    """One of `words`; "" when the parameter is not there or empty. Raises invalid_param."""
    word = query.get(name, "")
    if word and word not in words:
        raise RefusalError("invalid_param", name)
    return word


def query_limit(query: Mapping[str, str], default: int, most: int) -> int:
    limit = query_id(query, "limit", "invalid_param")
    if limit is None:
        return default
    if not 1 <= limit <= most:
        raise RefusalError("invalid_param", "limit")
    return limit
