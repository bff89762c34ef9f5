"""A feed told by hand, with alerts on it."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.cs2 import Question, Team
from app.domain.feed_alert import FeedAlert, FeedPriceAlert
from app.domain.lookout import LookoutState
from tests.services.fakes import Clock
from tests.services.feed.kit import EVENING, LIVE, VERTEX, Feed, match, price, snapshot

NAME = "Vertex – Nomads"


class Bench:
    """A feed that answers each second, told by hand."""

    def __init__(self) -> None:
        self.feed = Feed(clock := Clock())
        self.clock = clock
        self.alerts = self.feed.desk.alerts
        self.session = self.feed.session
        self.heard: list[FeedAlert] = []
        self.alerts.fired.append(self.heard.append)
        self.round = 13
        self.tell(match(), snapshot())

    def tell(self, *told: object) -> None:
        """An answer of the feed, and the beat after it."""
        self.feed.figures.last_poll_at = self.clock.monotonic()
        self.feed.tell(*told)  # type: ignore[arg-type]  # matches and snapshots
        self.alerts.turn()

    def pass_by(self, seconds: int, *, is_answering: bool = True) -> None:
        for _ in range(seconds):
            self.clock.move(1)
            if is_answering:
                self.tell()
            else:
                self.alerts.turn()

    def at(self, seconds: float) -> datetime:
        return EVENING + timedelta(seconds=seconds)

    @property
    def only(self) -> FeedAlert:
        [alert] = self.alerts.all.values()
        return alert

    @property
    def state(self) -> LookoutState:
        return self.only.state


def alert(odds: str = "2.00", *, question: Question = Question.MATCH, is_longer: bool = True, team: Team | None = VERTEX) -> FeedPriceAlert:
    team_id, name = (team.id, team.name) if team is not None else (None, "Draw")
    return FeedPriceAlert(LIVE, NAME, question, team_id, name, price(odds), is_longer)


def late(bench: Bench, seconds: float = 20.0) -> None:
    """The panel of the live match is as late as its video."""
    bench.session.open(LIVE)
    bench.session.delay.set_by_hand(seconds)
    bench.session.delay.set_spoiler_safe(True)
