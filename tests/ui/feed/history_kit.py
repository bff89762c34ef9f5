"""A shown odds history of a match over its swap, on services without a loop: what was read is put where a reading puts it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from app.domain.cs2 import Match, MatchDetail, OddsHistory, OddsKey, OddsPoint, Question, Side
from app.ui.display import Display
from app.ui.feed.history import HistoryView
from app.ui.formats import OddsFormat
from app.ui.theme import Theme
from tests.services.feed.kit import LIVE, NOMADS, VERTEX, Feed, detail, match, point, rounds

WHOLE = OddsKey(LIVE, Question.MATCH)
SWAP = 1800.0  # seconds after the start
EARLY = 7200.0  # before it: the first price


class Pane:
    """`at` seconds are counted from the start of the match; the feed's clock stands forty minutes after it."""

    def __init__(self, theme: Theme, size: tuple[int, int] = (560, 420), style: OddsFormat = OddsFormat.DECIMAL) -> None:
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        self.feed = Feed()
        self.start = self.feed.clock.now() - timedelta(minutes=40)
        self.display = Display(style)
        self.view = HistoryView(self.feed.session, self.display, theme, self.feed.clock.monotonic, self.feed.clock.now)
        self.view.resize(*size)
        self.view.show()

    def moment(self, seconds: float) -> float:
        return (self.start + timedelta(seconds=seconds)).timestamp()

    def rows(self, times: Sequence[float], prices: Sequence[Sequence[float]]) -> tuple[OddsPoint, ...]:
        sides = (Side.CT, Side.T, Side.DRAW)
        return tuple(
            point(3 * place + number, sides[number], f"{odds:.2f}", self.start + timedelta(seconds=seconds))
            for place, (seconds, row) in enumerate(zip(times, prices, strict=True))
            for number, odds in enumerate(row)
        )

    def give(self, key: OddsKey, points: Sequence[OddsPoint], dropped: int = 0) -> None:
        self.feed.venue.points[key] = OddsHistory(key, tuple(points), dropped)

    def put(self, told: MatchDetail | Match) -> None:
        self.feed.tell(told.match, told) if isinstance(told, MatchDetail) else self.feed.tell(told)
        self.feed.session.open_match_id = LIVE

    def spin(self) -> None:
        """Everything asked for is answered, and the pane has seen it."""
        for _turn in range(6):
            self.view.refresh()
            self.loop.run_until_complete(asyncio.sleep(0))
        self.view.refresh()

    def over_swap(self, score: tuple[int, int] = (8, 6)) -> MatchDetail:
        told = msgspec.structs.replace(
            match(LIVE, round_number=15, score=score), starts_at=self.start, ct_team_id=NOMADS.id, t_team_id=VERTEX.id
        )
        return detail(told, rounds(score))

    def live_match(self) -> None:
        """Prices by chance around a drift; a few of hours before; the sides are swapped half an hour after the start."""
        chance, times, prices, share = random.Random(7), [-EARLY, -EARLY + 40], [], 0.5
        times += [float(n) for n in range(-600, 2400, 3) if not SWAP - 5 < n < SWAP + 25]
        for seconds in times:
            share = min(max(share + chance.gauss(0, 0.012), 0.08), 0.85)
            first, draw = 1.05 * share, 0.09
            second = 1.05 - first - draw if first < 0.9 else 0.06
            odds = 1 / first, 1 / max(second, 0.03)
            prices.append((*(odds if seconds < SWAP else odds[::-1]), 1 / draw))
        self.put(self.over_swap())
        self.give(WHOLE, self.rows(times, prices))
        for number, seconds in ((12, SWAP - 6), (13, SWAP + 24)):
            key = OddsKey(LIVE, Question.ROUND, number)
            self.give(key, self.rows([seconds], [(1.8, 2.0)]))
        self.spin()

    def close(self) -> None:
        self.loop.run_until_complete(self.feed.tasks.stop())
        asyncio.set_event_loop(None)
        self.loop.close()


__all__ = ["EARLY", "NOMADS", "SWAP", "VERTEX", "WHOLE", "Pane"]
