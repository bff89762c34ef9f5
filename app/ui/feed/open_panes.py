"""The panes of the open match: its page and its rounds, as far as what happens may be told, or why there is nothing in them."""

from __future__ import annotations

from typing import Final

from app.services.feed.session import FeedSession
from app.ui.feed.match_page import NOTHING_OPEN as NO_MATCH_OPEN
from app.ui.feed.match_page import MatchPage
from app.ui.feed.rounds import NOTHING_OPEN as NO_ROUNDS_OPEN
from app.ui.feed.rounds import RoundsView
from app.ui.feed.words import nothing_open, why_unread

LATE: Final = "The panel is delayed: it begins as late as the video."
READING: Final = "The match is being read."


class OpenPanes:
    """`show` once a frame when something changed, and each second."""

    def __init__(self, session: FeedSession, page: MatchPage, rounds: RoundsView) -> None:
        self._session = session
        self._page = page
        self._rounds = rounds

    def show(self) -> None:
        match_id, told = self._session.open_match_id, self._session.told
        shown = told.shown(match_id) if match_id is not None else None
        if match_id is None:
            self._say(nothing_open(self._session, NO_MATCH_OPEN), nothing_open(self._session, NO_ROUNDS_OPEN))
        elif shown is None:
            self._say(*[self._why_nothing(match_id)] * 2)
        else:
            self._page.show_match(shown.match, shown.detail, shown.quotes, told.cut_off(match_id))
            self._rounds.show_match(shown.match, shown.detail, self._session.why_unread(match_id))

    def _why_nothing(self, match_id: int) -> str:
        is_known = match_id in self._session.matches.matches
        return LATE if is_known and self._session.told.is_held(match_id) else why_unread(self._session, match_id, READING)

    def _say(self, of_page: str, of_rounds: str) -> None:
        self._page.show_nothing(of_page)
        self._rounds.show_nothing(of_rounds)
