"""What a request to the Rankacy feed asks, read strictly: a parameter that cannot be read is refused, an unknown one ignored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import Struct, UnsetType
from starlette.requests import ClientDisconnect, Request

from app.practice.clock import MILLISECOND
from app.practice.model import RefusalError
from app.practice.wire.reading import read_raw

MICROSECOND = MILLISECOND // 1_000

Asked = TypeVar("Asked", bound=Struct)
_MISSING = "Object missing required field `"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Visit(NamedTuple):
    """When a request came (ns) and to which address: the host is without its port."""

    now: int
    base: str
    host: str


def read_asked(values: Mapping[str, Any], asked: type[Asked]) -> Asked:
    """Raises RefusalError("invalid_param") with a sentence."""
    try:
        return msgspec.convert(values, asked, strict=False)
    except msgspec.ValidationError as error:
        raise RefusalError("invalid_param", _sentence(str(error))) from error


async def read_fields(request: Request) -> Mapping[str, Any]:
    """A body of JSON, strictly: one object that is said to be JSON. Raises RefusalError("invalid_param") with a sentence."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise _no_body("its Content-Type has to be application/json")
    try:
        fields = msgspec.json.decode(await read_raw(request))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _no_body("it is no JSON") from error
    except (RefusalError, ClientDisconnect) as error:
        raise _no_body("it is too long, or was cut off") from error
    if not isinstance(fields, dict):
        raise _no_body("it has to be an object")
    return fields


def _no_body(why: str) -> RefusalError:
    return RefusalError("invalid_param", f"The body cannot be used: {why}")


def _sentence(fault: str) -> str:
    """In plain words, and without what was sent: it may be long."""
    words, _, place = fault.partition(" - at `$.")
    words = words.partition(", got ")[0]
    if words.startswith(_MISSING):
        return f"{words.removeprefix(_MISSING).rstrip('`')} is missing"
    if words.startswith("Invalid enum value"):
        words = "Expected one of its words"
    words = words.replace("`int`", "a whole number").replace("`str`", "text")
    return f"{place.removesuffix('`')} cannot be used: {words[:1].lower()}{words[1:]}"


def read_moment(text: str | UnsetType, name: str) -> int | None:
    """A parameter's time in ns, None where it is not there. One without a zone is UTC. Raises RefusalError("invalid_param")."""
    if isinstance(text, UnsetType):
        return None
    try:
        moment = msgspec.convert(text, datetime)
        aware = moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    except (msgspec.ValidationError, OverflowError) as error:
        raise RefusalError("invalid_param", f"{name} cannot be used: it is no ISO-8601 time") from error
    return (aware - _EPOCH) // timedelta(microseconds=1) * MICROSECOND


def moment_text(at: int) -> str:
    """A time (ns) as ISO-8601 in UTC: whole seconds, milliseconds or microseconds, whichever holds it; finer parts are dropped."""
    moment = _EPOCH + timedelta(microseconds=at // MICROSECOND)
    digits = "seconds" if moment.microsecond == 0 else "microseconds" if moment.microsecond % 1_000 else "milliseconds"
    return moment.isoformat(timespec=digits).replace("+00:00", "Z")
