"""The tour's steps in the CS2 league: connected beside the accounts, a match with its rounds and history, its video, and back."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.cs2 import OddsKey, Question
from app.domain.profile import PRACTICE_FEED
from app.services.feed.histories import Reading
from app.tour.desk import DeskSteps
from app.ui.feed.stream.states import PlayState
from app.ui.feed_view import FeedView

FRAMES = 60  # of the video that have to be seen


class LeagueSteps(DeskSteps):
    """After the desk's. The last step brings the account back to hand that was there before."""

    @property
    def _feed(self) -> FeedView:
        return self._window.feeds[0]

    async def _league(self) -> str:
        self._program.connect(PRACTICE_FEED)
        session = self._feed.session
        await self._until(lambda: session.open_match_id is not None, 30, "a live match of the league to be opened")
        match_id = session.open_match_id
        assert match_id is not None
        key = OddsKey(match_id, Question.MATCH)
        await self._until(lambda: match_id in session.matches.details, 10, "the rounds of the match")
        await self._until(lambda: not session.is_stale(key), 10, "odds that the feed vouches for")
        await self._until(partial(self._has_history, key), 15, "the history of its odds")
        match, rounds = session.matches.matches[match_id], session.matches.details[match_id].rounds
        return f"{match.name}, {match.status}, round {len(rounds)}; {len(session.matches.matches)} matches listed"

    def _has_history(self, key: OddsKey) -> bool:
        return self._feed.session.histories.state(key) is Reading.READ

    async def _video(self) -> str:
        player = self._feed.stream.player
        await self._until(lambda: player.state is PlayState.PLAYING and player.figures().frames > FRAMES, 40, "the video to play")
        return f"{player.figures().frames} frames, {player.quality}"

    async def _beside(self) -> str:
        """The matches stand below the events of the account that trades."""
        self._window.activateWindow()
        await self._until(self._window.isActiveWindow, 3, "the window to be the active one")
        QTest.keyClick(self._window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
        desk = self._window.views[0]
        await self._until(lambda: desk.is_at_hand, 3, "Ctrl+1 to bring the first account to hand")
        desk.events.search.clear()
        assert desk.league is not None
        await self._until(desk.league.isVisible, 5, "the matches below the events")
        return f"{desk.league.model.counts[next(iter(desk.league.model.counts))]} matches below the events"
