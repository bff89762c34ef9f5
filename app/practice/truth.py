"""The truth log: what the exchange received, what it decided and what it told, one line a request or row, for tests to judge by."""

from __future__ import annotations

import errno
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from app.practice.wire.names import Document

ACCEPTED = "accepted"
LOST = "lost"
"""The status of a line whose client was given no answer: the connection was closed under it."""

HELD = "held"
"""The status of a line whose client is still waiting."""

ORDERS = frozenset({"submit", "submit_many", "omnibus.submit", "omnibus.submit_many"})
CANCELS = frozenset({"cancel", "cancel_many", "cancel_all", "cancel_by_event", "cancel_by_market", "omnibus.cancel", "omnibus.cancel_many"})


class TruthError(Exception):
    """The log cannot be opened or read; the text is a sentence."""


class Line(msgspec.Struct, frozen=True):
    """A request, or one row of a batch. `at` is the monotonic clock and `wall` the time since 1970 when it was received, both in ns.

    `name` is that of the path's row ("submit"; empty for a path that does not exist). `verdict` is "accepted" or the venue's error
    code, whatever was told of it; `status` is the HTTP status the client was given, or "lost" or "held"; `fault` is the verb of the
    fault that struck. An order that a fault kept from the exchange has that fault's code or "not_done" for a verdict.
    """

    at: int
    wall: int
    method: str
    name: str
    user: str
    verdict: str
    status: int | str
    external_id: str = ""
    order_id: str = ""
    fault: str = ""


class Deed(NamedTuple):
    """What became of one order of a request; for any other request of the whole of it."""

    verdict: str
    external_id: str = ""
    order_id: str = ""


class Moment(NamedTuple):
    """When a request was received: monotonic ns, ns since 1970."""

    at: int
    wall: int


class Truth:
    """Lines in memory, the newest `most` of them (all when None), and in `path` if one is given.

    A line is appended with one write before the answer leaves, so that a client that knows of an order can find its line.
    Raises TruthError when the file cannot be opened and OSError when a line cannot be written.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        most: int | None = None,
        monotonic: Callable[[], int] = time.monotonic_ns,
        wall: Callable[[], int] = time.time_ns,
    ) -> None:
        self._kept: deque[Line] = deque(maxlen=most)
        self._monotonic = monotonic
        self._wall = wall
        self._file = _open(path) if path is not None else None

    @property
    def lines(self) -> list[Line]:
        """Oldest first."""
        return list(self._kept)

    def moment(self) -> Moment:
        return Moment(self._monotonic(), self._wall())

    def note(self, moment: Moment, method: str, name: str, user: str, deeds: Iterable[Deed], status: int | str, fault: str = "") -> None:
        """Append a line for each of `deeds`."""
        for deed in deeds:
            self._append(Line(*moment, method, name, user, deed.verdict, status, deed.external_id, deed.order_id, fault))

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _append(self, line: Line) -> None:
        self._kept.append(line)
        if self._file is None:
            return
        encoded = msgspec.json.encode(line) + b"\n"
        if os.write(self._file, encoded) != len(encoded):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def read(path: Path) -> list[Line]:
    """The lines of a file; one that was cut off at its end by a crash is left out. Raises TruthError."""
    try:
        whole, _, _ = path.read_bytes().rpartition(b"\n")
        return [msgspec.json.decode(line, type=Line) for line in whole.splitlines()]
    except (OSError, msgspec.DecodeError) as error:
        raise TruthError(f"The truth log {path} cannot be read: {error}.") from error


def accepted_orders(lines: Iterable[Line]) -> dict[str, list[str]]:
    """Order ids by external id, of all orders the exchange took in. Two ids under one: doubled. None for one that was sent: lost."""
    accepted: dict[str, list[str]] = {}
    for line in lines:
        if line.name in ORDERS and line.verdict == ACCEPTED:
            accepted.setdefault(line.external_id, []).append(line.order_id)
    return accepted


def received_orders(lines: Iterable[Line]) -> dict[str, int]:
    """How often each external id reached the exchange in a request for an order, whatever became of it."""
    received: dict[str, int] = {}
    for line in lines:
        if line.name in ORDERS:
            received[line.external_id] = received.get(line.external_id, 0) + 1
    return received


def deeds_of(name: str, body: object, document: Document | list[Document] | None, code: str) -> list[Deed]:
    """What one request came to, from its decoded body and the exchange's honest answer; without an answer all of it has `code`."""
    if name not in ORDERS | CANCELS or isinstance(document, list):
        return [Deed(code if document is None else ACCEPTED)]
    if document is None:
        return [_deed(row, code) for row in _asked(body)] or [Deed(code)]
    deeds: list[Deed] = []
    for word, value in document["data"].items():
        if word.startswith("failed_"):
            deeds.extend(_deed(row["request"], row["error"]) for row in value)
        elif isinstance(value, list):
            deeds.extend(_deed(row, ACCEPTED) for row in value)
        elif isinstance(value, dict):
            deeds.append(_deed(value, ACCEPTED))
    return deeds


def _asked(body: object) -> Sequence[object]:
    """The rows of a batch, or the one order."""
    if not isinstance(body, dict):
        return []
    rows = body.get("data")
    return rows if isinstance(rows, list) else [body]


def _deed(row: Any, verdict: str) -> Deed:
    fields = row if isinstance(row, dict) else {}
    order_id = next((fields[word] for word in ("order_id", "wager_id", "id") if word in fields), "")
    return Deed(verdict, _text(fields.get("external_id")), _text(order_id))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    except OSError as error:
        raise TruthError(f"The truth log {path} cannot be opened: {error.strerror or error}.") from error
