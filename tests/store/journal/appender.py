"""A program that appends to a journal until it is killed; each number it prints is committed.

Run as `python -m tests.store.journal.appender FILE WHO`.
"""

from __future__ import annotations

import itertools
import sys
from datetime import UTC, datetime
from pathlib import Path

from app.store.journal.opening import open_journal
from tests.store.journal.kit import remark


def main(path: Path, who: str) -> None:
    file = open_journal(path, now=lambda: datetime.now(UTC)).file
    for number in itertools.count(1):
        file.append([remark(f"{who} {number} a"), remark(f"{who} {number} b")])
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
