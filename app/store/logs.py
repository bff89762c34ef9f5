"""The log file: rotated, one line an entry whatever the text holds, and never in the way of trading."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

SIZE = 2_000_000  # bytes a file
FILES = 5


class OneLine(logging.Formatter):
    """Line ends and control codes from outside are written out, so that no venue can forge an entry."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return "".join(mark if mark.isprintable() else repr(mark)[1:-1] for mark in text)


def to_file(folder: Path) -> logging.Handler:
    """Log INFO and worse of our own code, and warnings of others, into `folder`. OSError passes through."""
    handler = RotatingFileHandler(folder / "overround.log", maxBytes=SIZE, backupCount=FILES, encoding="utf-8", delay=True)
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("app").setLevel(logging.INFO)
    return handler
