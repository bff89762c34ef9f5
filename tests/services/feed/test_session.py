"""A feed account from its first request on: what is read, in what case it is read again, and what a person hears of it."""

from __future__ import annotations

import asyncio

from app.domain.cs2 import OddsKey, Question
from tests.services.feed.kit import LIVE, OTHER, Feed, match, play, snapshot, upcoming

WHOLE = OddsKey(LIVE, Question.MATCH)


def test_a_start_reads_everything_a_view_shows() -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.put(match(), match(OTHER, "PREGAME"))
        feed.venue.queue = [upcoming()]
        feed.venue.write(snapshot())
        feed.session.start()
        await asyncio.sleep(1)
        session = feed.session
        assert [each.id for each in feed.matches.listed()] == [LIVE, OTHER]
        assert feed.matches.upcoming == (upcoming(),)
        assert [season.id for season in feed.matches.seasons] == [3]
        assert session.partner is not None
        assert session.partner.name == "Lakeside Books"
        assert session.stream_place == feed.venue.place
        assert [market.code for market in session.markets] == ["MATCH"]
        assert session.age(WHOLE) is not None
        assert not session.is_stale(WHOLE)

    play(scenario)
