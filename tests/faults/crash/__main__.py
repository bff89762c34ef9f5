"""`python -m tests.faults.crash --kills 200 --out build/crash.json`: 0 when nothing was lost, doubled, early or unjournaled, else 1."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tests.faults.crash.campaign import Campaign, turns

EVERY = 20  # kills between two words


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults.crash", description="Kill the trading terminal, and judge what it recovers."
    )
    parser.add_argument("--kills", type=int, default=200, help="how often (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of moments, points and orders (%(default)s)")
    parser.add_argument("--out", type=Path, default=Path("build/crash.json"), help="where the JSON goes (%(default)s)")
    told = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="overround-crash-"))
    report = Campaign(folder, turns(told.kills), told.seed, _say).run()
    text = msgspec.json.format(msgspec.json.encode(report), indent=1).decode()
    told.out.parent.mkdir(parents=True, exist_ok=True)
    told.out.write_text(f"{text}\n", encoding="utf-8")
    sys.stdout.write(f"{text}\n")
    if report.is_clean:
        shutil.rmtree(folder)
        return 0
    sys.stderr.write(f"The evidence is kept in {folder}\n")
    return 1


def _say(kills: int) -> None:
    if kills % EVERY == 0:
        sys.stderr.write(f"{kills} kills\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
