"""One way of keeping a catalogue, in a process of its own: `python -m benchmarks.shelves WAY EVENTS SELECTIONS` prints what it took."""

from __future__ import annotations

import ctypes
import ctypes.util
import gc
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import bulk


class Kept(msgspec.Struct, frozen=True):
    """Bytes are what the process grew by; seconds are those of reading and keeping, the making up left out."""

    selections: int
    bytes: int
    seconds: float


def resident() -> int:
    """Bytes of this process in memory, once what is free was given back."""
    gc.collect()
    found = ctypes.util.find_library("c")
    if found and hasattr(library := ctypes.CDLL(found), "malloc_trim"):
        library.malloc_trim(0)
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Packed:
    """As the program keeps what nobody looks at: packed, with the words a search looks for."""

    def __init__(self, catalogue: Any = None) -> None:
        from app.services.catalogue import Catalogue
        from benchmarks.desk import CannedVenue

        self.catalogue = catalogue or Catalogue(CannedVenue(0), time.monotonic)
        for tournament in bulk.tournaments():
            self.catalogue.apply(_tournament(tournament))

    def keep(self, events: list[Any], body: bytes) -> None:
        from app.domain.events import EventChanged

        for event in events:
            self.catalogue.apply(EventChanged(event))
        for seeded in _read(body):
            self.catalogue.put_by(seeded)

    def count(self) -> int:
        return self.catalogue.selection_count


class Open(Packed):
    """As the program keeps what is looked at: every market, book and level a value."""

    def __init__(self) -> None:
        from app.services.prices import Prices

        super().__init__()
        self.prices = Prices(time.monotonic)

    def keep(self, events: list[Any], body: bytes) -> None:
        from app.domain.events import EventChanged

        for event in events:
            self.catalogue.apply(EventChanged(event))
        for seeded in _read(body):
            self.catalogue.apply(seeded)
            self.prices.apply(seeded)


class Dicts:
    """The peer everybody starts with: what `json` makes of the answers, by event."""

    def __init__(self) -> None:
        self.events: dict[str, Any] = {}
        self._load = json.loads

    def keep(self, events: list[Any], body: bytes) -> None:
        self.events |= self._load(body)["data"]

    def count(self) -> int:
        return sum(len(line["selections"]) for rows in self.events.values() for row in rows for line in row.get("market_strikes", [row]))


class Models:
    """The peer of those who check types: the same as pydantic models of the fields that the program uses."""

    def __init__(self) -> None:
        from benchmarks.models import ANSWER

        self.events: dict[str, Any] = {}
        self._answer = ANSWER

    def keep(self, events: list[Any], body: bytes) -> None:
        self.events |= self._answer.validate_json(body).data

    def count(self) -> int:
        return sum(len(line.selections) for rows in self.events.values() for row in rows for line in row.market_strikes or [row])


WAYS: dict[str, Callable[[], Packed | Dicts | Models]] = {"packed": Packed, "open": Open, "dicts": Dicts, "pydantic": Models}


def _tournament(tournament: Any) -> Any:
    from app.domain.events import TournamentChanged

    return TournamentChanged(tournament)


def _read(body: bytes) -> list[Any]:
    from app.domain.events import MarketsSeeded
    from app.venues.prophetx import codec

    return [MarketsSeeded(event_id, read.groups, read.books, 1.0) for event_id, read in codec.read_each_markets(body, [])]


def main(way: str, events: int, selections: int) -> Kept:
    shelf = WAYS[way]()
    for some, body in bulk.bodies(1, selections):  # what is imported and cached once is not what a selection costs
        WAYS[way]().keep(some, body)
    before, seconds = resident(), 0.0
    for some, body in bulk.bodies(events, selections):
        begun = time.perf_counter()
        shelf.keep(some, body)
        seconds += time.perf_counter() - begun
    del some, body
    return Kept(shelf.count(), resident() - before, seconds)


if __name__ == "__main__":
    print(msgspec.json.encode(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))).decode())
