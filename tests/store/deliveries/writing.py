"""A process of its own that writes deliveries: `python -m tests.store.deliveries.writing FILE TIMES [LIMIT]`; prints its numbers as JSON.

LIMIT is the most bytes of a file that the system lets it write.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from app.store.deliveries.file import DeliveriesFile
from tests.store.deliveries.kit import delivery, letter


def main(name: str, times: int, limit: int) -> None:
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    file = DeliveriesFile(Path(name))
    numbers: list[int] = []
    failures = []
    for each in range(times):
        try:
            numbers += file.add([(delivery(each), letter(500)) for _ in range(10)])
        except OSError as problem:
            failures.append(str(problem))
    words = file.words
    file.close()
    json.dump({"numbers": numbers, "failures": failures, "words": words}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)
