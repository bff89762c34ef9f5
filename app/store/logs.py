"""The log file: rotated, one line an entry whatever the text holds, without secrets, and never in the way of trading."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final

from app.domain.redact import Known
from app.domain.secret import Secret

SIZE = 2_000_000  # bytes a file
FILES = 5
LONGEST: Final = 64_000  # characters of an entry

_KNOWN: Final = Known()  # the process's one set: to find a secret in a text it must be held, and it is held here only


def hide(*secrets: Secret) -> None:
    """Leave these out of every log line and crash report from now on: call it where a secret is typed, read or received."""
    for secret in secrets:
        _KNOWN.hide(secret)


def clean(text: str) -> str:
    """The text without the secrets that were given to `hide` and without what looks like one."""
    return _KNOWN.clean(text)


class OneLine(logging.Formatter):
    """Secrets are left out; line ends and control codes from outside are written out, so that no venue can forge an entry."""

    def format(self, record: logging.LogRecord) -> str:
        text = clean(super().format(record))
        if len(text) > LONGEST:
            text = f"{text[:LONGEST]}… and {len(text) - LONGEST:,} characters more"
        if text.isprintable():
            return text
        return "".join(mark if mark.isprintable() else repr(mark)[1:-1] for mark in text)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """The record keeps this text for the handlers after this one."""
        return clean(super().formatException(ei))


def to_file(folder: Path) -> logging.Handler:
    """Log INFO and worse of our own code, and warnings of others, into `folder`. OSError passes through."""
    handler = RotatingFileHandler(folder / "overround.log", maxBytes=SIZE, backupCount=FILES, encoding="utf-8", delay=True)
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("app").setLevel(logging.INFO)
    return handler


def to_stderr() -> None:
    """For a mode without a log file: what logging writes to stderr by itself is without secrets too."""
    if logging.lastResort:
        logging.lastResort.setFormatter(OneLine("%(levelname)s %(name)s %(message)s"))
