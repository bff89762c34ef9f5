"""What is said over everything of a feed account while nothing new comes, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.services.feed.session import FeedSession
from app.ui.feed.words import trouble_words
from app.ui.views.banner import Banner, Way

NEW_KEYS: Final = "New keys…"
TRY: Final = "Try now"


def show_trouble(banner: Banner, session: FeedSession, remedy: Way | None, new_keys: Callable[[], None] | None) -> None:
    """`remedy` brings back a venue that is gone; `new_keys` begins the rotation of its keys, where they are refused or not to be had. One
    failed poll is no trouble: nothing is stale yet.
    """
    words = session.trouble
    if not words or not session.is_late:
        banner.say("", None)
        return
    said = trouble_words(session) or f"Nothing new comes from the feed, trying again: {words}"
    if session.is_refused or (session.is_venue_gone and session.is_locked_out()):
        banner.say(said, remedy, (NEW_KEYS, new_keys) if new_keys is not None else None)
    else:
        banner.say(said, remedy if session.is_venue_gone else (TRY, session.reread))
