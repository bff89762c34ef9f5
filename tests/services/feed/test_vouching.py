"""Whatever is lost, doubled, reordered or cut short on its way: a price that the feed vouches for is the one it has."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.cs2 import OddsKey, Snapshot
from app.domain.errors import NotSentError, UnknownError, UnreadableError
from app.domain.feed import Changes, MatchOdds
from app.domain.link import Rank
from tests.services.feed.kit import EVENING, LIVE, OTHER, FakeFeed, Feed, match, play, snapshot

PRICES = ("1.50", "1.60", "1.87", "2.40")


class Write(msgspec.Struct, frozen=True):
    """After `pause` seconds the venue computes new odds; they can be seen `late` seconds later (never more than the overlap)."""

    pause: float
    match_id: int
    odds: str
    late: float = 0.0


class Mischief(msgspec.Struct, frozen=True):
    """What befalls the n-th poll: it fails, its page is cut to `limit`, told twice or backwards, has a row nobody can read."""

    fails: int = 0
    limit: int = 1000
    is_doubled: bool = False
    is_reversed: bool = False
    has_fault: bool = False
    takes: float = 0.0


class Truth(FakeFeed):
    """Knows what it has, and plays a trick on each poll; of a page that is too small it tells the first or the last rows."""

    def __init__(self, feed: Feed, tricks: list[Mischief]) -> None:
        super().__init__(feed.clock.now)
        self.monotonic = feed.clock.monotonic
        self.tricks = tricks
        self.log: list[tuple[datetime, float, Snapshot]] = []  # when it was written, and (monotonic) from when on it is seen

    def compute(self, write: Write) -> None:
        """Times of computing differ by a little, as those of a real one do."""
        at = EVENING + timedelta(seconds=self.monotonic(), microseconds=len(self.log))
        self.log.append((self.now(), self.monotonic() + write.late, snapshot(write.match_id, ct=write.odds, at=at)))

    def visible(self) -> list[tuple[datetime, Snapshot]]:
        return [(written, made) for written, seen, made in self.log if seen <= self.monotonic()]

    def ended_at(self, told: Snapshot) -> float:
        """When (monotonic) it was no longer the newest that could be seen."""
        after = [seen for _, seen, made in self.log if made.key == told.key and made.updated_at > told.updated_at]  # type: ignore[operator]
        return min(after, default=float("inf"))

    def true(self) -> dict[OddsKey, Snapshot]:
        newest: dict[OddsKey, Snapshot] = {}
        for _, made in self.visible():
            known = newest.get(made.key)
            if known is None or (made.updated_at or EVENING) > (known.updated_at or EVENING):
                newest[made.key] = made
        return newest

    async def odds(self, match_id: int, rank: Rank = Rank.SCREEN) -> MatchOdds:
        rows = tuple(made for key, made in self.true().items() if key.match_id == match_id)
        await asyncio.sleep(0.3)
        return MatchOdds(match_id, rows)

    async def changes(self, since: str = "", limit: int = 1000, overlap: float = 0.0) -> Changes:
        trick = self.tricks.pop(0) if self.tricks else Mischief()
        if trick.fails == 1:
            raise NotSentError("no way")
        begin = datetime.fromisoformat(since) - timedelta(seconds=overlap) if since else None
        found = [made for written, made in self.visible() if written > begin] if begin else list(self.true().values())
        time = self.now().isoformat()
        await asyncio.sleep(trick.takes)
        if trick.fails == 2:
            raise UnknownError("lost on its way back", status=502)
        if trick.fails == 3:
            raise UnreadableError("half of it")
        page = found[-trick.limit :] if trick.is_reversed else found[: trick.limit]
        page = page[::-1] if trick.is_reversed else page
        if trick.has_fault and page:
            return Changes(time, tuple(page[1:]), is_full=len(found) >= trick.limit, faults=("row 1 is no row",))
        return Changes(time, tuple(page * 2 if trick.is_doubled else page), is_full=len(found) >= trick.limit)


writes = st.lists(
    st.builds(
        Write,
        st.sampled_from([0.0, 0.1, 0.7, 1.3, 4.0]),
        st.sampled_from([LIVE, OTHER]),
        st.sampled_from(PRICES),
        st.sampled_from([0.0, 0.4, 1.4]),
    ),
    max_size=40,
)
tricks = st.lists(
    st.builds(
        Mischief,
        st.sampled_from([0, 0, 0, 1, 2, 3]),
        st.sampled_from([1000, 1000, 1, 2, 3]),
        st.booleans(),
        st.booleans(),
        st.sampled_from([False, False, True]),
        st.sampled_from([0.0, 0.2, 3.0]),
    ),
    max_size=30,
)


def check(feed: Feed, venue: Truth) -> None:
    """A price that was vouched for at some moment was still the venue's then."""
    for key in venue.true():
        quote = feed.board.quote(key)
        if quote is not None:
            assert venue.ended_at(quote.snapshot) >= quote.heard_at


@settings(max_examples=120, deadline=None)
@given(writes, tricks)
def test_what_is_vouched_for_is_the_truth(written: list[Write], played: list[Mischief]) -> None:
    async def scenario(feed: Feed) -> None:
        venue = Truth(feed, list(played))
        feed.session._delta._venue = venue  # the tricks are played on polls and readings; the lists are told by the plain one
        feed.session._odds_again._venue = venue
        feed.venue.put(match(), match(OTHER))
        feed.session.start()
        for write in written:
            await asyncio.sleep(write.pause)
            venue.compute(write)
            check(feed, venue)
        for _ in range(40):
            await asyncio.sleep(0.45)
            check(feed, venue)
        venue.tricks.clear()
        await asyncio.sleep(75)  # longer than the longest back-off
        check(feed, venue)
        for key, made in venue.true().items():
            quote = feed.board.quote(key)
            assert quote is not None
            assert quote.snapshot.sides == made.sides
            assert feed.board.is_vouched(key)
            assert not feed.session.is_stale(key)

    play(scenario, seconds=2000)
