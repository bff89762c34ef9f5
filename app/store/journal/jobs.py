"""What the event loop gives the journal's thread to do, and how an outcome gets back to whoever waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, NamedTuple

from app.store.journal.file import JournalFile
from app.store.journal.lines import Line


class Write(NamedTuple):
    """`future` is None when nobody waits, or when who waited was told already."""

    line: Line
    future: asyncio.Future[Any] | None


class Intend(NamedTuple):
    line: Line
    is_new: bool
    future: asyncio.Future[Any]


class Ask(NamedTuple):
    call: Callable[[JournalFile], Any]
    future: asyncio.Future[Any]


class Start(NamedTuple):
    future: asyncio.Future[Any]


class Stop(NamedTuple):
    future: asyncio.Future[Any]


Job = Write | Intend | Ask | Start | Stop


def resolve(futures: Iterable[asyncio.Future[Any]], value: object, error: Exception | None) -> None:
    """Called in the loop."""
    for future in futures:
        if future.done():  # its caller was cancelled
            continue
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)


class Caught:
    """Takes what goes wrong inside it from the thread to whoever waits for the result."""

    def __init__(self) -> None:
        self.value: Any = None
        self.error: Exception | None = None

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        if isinstance(error, StopIteration):  # a future refuses it, and whoever waits would wait for ever
            self.error = RuntimeError(f"the question raised {error!r}")
        elif isinstance(error, Exception):
            self.error = error
        return self.error is not None
