"""What panes of a feed say where they have nothing to show because the feed has not told it."""

from __future__ import annotations

from app.services.feed.session import FeedSession

READING = "Reading the lobby…"


def trouble_words(session: FeedSession) -> str:
    """Why nothing is known of the lobby; empty once the feed has answered."""
    if session.is_refused:
        return session.gone_because
    if session.is_venue_gone:
        return f"The feed is not reachable: {session.gone_because}"
    if session.figures.last_poll_at is not None:
        return ""
    return f"The feed does not answer, trying again: {session.figures.why}" if session.figures.why else READING


def again_words(session: FeedSession) -> str:
    """`asks again in 12 s` after a failure, `asks again now` while that is on its way; empty while the feed answers or is not asked."""
    if session.is_venue_gone or not session.figures.why:
        return ""
    seconds = session.asks_again_in
    return f"asks again in {seconds:.0f} s" if seconds is not None and seconds >= 0.5 else "asks again now"
