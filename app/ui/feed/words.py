"""What panes of a feed say where they have nothing to show because the feed has not told it."""

from __future__ import annotations

from app.services.feed.session import FeedSession
from app.ui.models.feed_words import ago

READING = "Reading the lobby…"
NONE_LISTED = "No match is listed yet."


def trouble_words(session: FeedSession) -> str:
    """Why nothing is known of the lobby; empty once the feed has answered."""
    if session.is_refused or (session.is_venue_gone and session.is_locked_out()):
        return session.gone_because  # it says of the keys what is the matter with them
    if session.is_venue_gone:
        return f"The feed is not reachable: {session.gone_because}"
    if session.figures.last_poll_at is not None:
        return ""
    return f"The feed does not answer, trying again: {session.figures.why}" if session.figures.why else READING


def as_last_told(session: FeedSession, sentence: str) -> str:
    """What a pane says of what is listed, with its age where it may be otherwise by now."""
    age = session.stale_list_age
    return sentence if age is None else f"As last told, {ago(age)} ago: {sentence[:1].lower()}{sentence[1:]}"


def why_unread(session: FeedSession, match_id: int, reading: str) -> str:
    """Why nothing of the open match is shown; `reading` while it is only on its way."""
    return session.why_unread(match_id) or (trouble_words(session) if session.is_venue_gone else "") or reading


def nothing_open(session: FeedSession, choose: str) -> str:
    """What stands where no match is open: `choose` where there is one to be chosen."""
    return choose if session.matches.matches else trouble_words(session) or NONE_LISTED


def again_words(session: FeedSession) -> str:
    """`asks again in 12 s` after a failure, `asks again now` while that is on its way; empty while the feed answers or is not asked."""
    if session.is_venue_gone or not session.figures.why:
        return ""
    seconds = session.asks_again_in
    return f"asks again in {seconds:.0f} s" if seconds is not None and seconds >= 0.5 else "asks again now"
