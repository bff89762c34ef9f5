"""What was written about prices: the newest of each market, the histories, and the log of all that was written lately."""

from __future__ import annotations

from array import array
from collections import deque

from app.practice.clock import SECOND
from app.practice.cs2.model import Market, Point, Priced, Quote
from app.practice.cs2.pricing import MARGIN_TEXT, text_of

LOGGED = 660 * SECOND
SIDES = {Market.MATCH: ("CT", "T", "DRAW"), Market.ROUND: ("CT", "T"), Market.NEXT_ROUND: ("CT", "T")}
Key = tuple[Market, int | None]


class Tape:
    """One match's prices. A history's row is its first id, its time and the odds of the market's sides in hundredths."""

    def __init__(self) -> None:
        self.newest: dict[Market, Priced] = {}
        self._rows: dict[Key, array[int]] = {}

    def add(self, key: Key, first_id: int, at: int, odds: tuple[int, ...]) -> None:
        rows = self._rows.get(key)
        if rows is None:
            rows = self._rows[key] = array("q")
        rows.extend((first_id, at, *odds))

    def points(self, market: Market, round_number: int | None) -> list[Point]:
        rows = self._rows.get((market, round_number), ())
        sides, margin = SIDES[market], MARGIN_TEXT[market]
        width = 2 + len(sides)
        return [
            Point(rows[row] + place, side, text_of(rows[row + 2 + place]), margin, rows[row + 1])
            for row in range(0, len(rows), width)
            for place, side in enumerate(sides)
        ]

    def forget(self) -> None:
        """The histories go, the newest prices stay."""
        self._rows = {}

    @property
    def size(self) -> int:
        """Rows of all histories."""
        return sum(len(rows) // (2 + len(SIDES[market])) for (market, _), rows in self._rows.items())


class Ledger:
    """Numbers every point in the order of writing, and logs the last ten minutes and a little more."""

    def __init__(self) -> None:
        self.log: deque[tuple[int, Priced]] = deque()
        self._next_id = 1

    def write(
        self,
        match_id: int,
        tape: Tape,
        market: Market,
        round_number: int | None,
        teams: tuple[int | None, ...],
        odds: tuple[int, ...],
        at: int,
    ) -> None:
        """An available market."""
        quotes = tuple([Quote(side, team, text_of(each)) for side, team, each in zip(SIDES[market], teams, odds, strict=True)])
        tape.add((market, round_number), self._next_id, at, odds)
        self._next_id += len(odds)
        self._keep(match_id, tape, Priced(market, round_number, True, MARGIN_TEXT[market], at, quotes))

    def close(self, match_id: int, tape: Tape, market: Market, round_number: int | None, at: int) -> None:
        """The market is not available; where it was just priced its last sides stay in it."""
        before = tape.newest.get(market)
        sides = before.sides if before is not None and before.round_number == round_number else ()
        self._keep(match_id, tape, Priced(market, round_number, False, MARGIN_TEXT[market], at, sides))

    def since(self, since: int) -> list[tuple[int, Priced]]:
        """All that was written after `since`, oldest first."""
        newer: list[tuple[int, Priced]] = []
        for entry in reversed(self.log):
            if entry[1].updated_at <= since:
                break
            newer.append(entry)
        return newer[::-1]

    def trim(self, at: int) -> None:
        while self.log and self.log[0][1].updated_at < at - LOGGED:
            self.log.popleft()

    def _keep(self, match_id: int, tape: Tape, priced: Priced) -> None:
        tape.newest[priced.market] = priced
        self.log.append((match_id, priced))
        self.trim(priced.updated_at)
