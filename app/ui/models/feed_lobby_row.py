"""A row of the lobby, and what its cells say on screen and in a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from app.domain.cs2 import Match, MatchStatus, Upcoming
from app.ui import formats
from app.ui.models.feed_wish import Chip
from app.ui.models.feed_words import NO_ODDS, NO_SCORE, VEILED, TeamOdds, match_name, score_words, starts_words, status_words

NOT_CREATED = "not created yet"
EPOCH = datetime.fromtimestamp(0, UTC)


class LobbyRow(msgspec.Struct, frozen=True):
    """A match, or one in the queue that has no number yet. `odds` by team: the first, the draw, the second.

    `is_stale`: the feed has not vouched for them lately; `is_late`: nor for how the match stands. `is_veiled`: what happens in it is not
    said, because the panel is delayed to the video. `updated_at` is the newest the feed told of it.
    """

    match: Match | None = None
    waiting: Upcoming | None = None
    odds: TeamOdds = NO_ODDS
    is_stale: bool = False
    is_late: bool = False
    is_starred: bool = False
    is_veiled: bool = False
    updated_at: datetime | None = None

    @property
    def key(self) -> str:
        return f"m{self.match.id}" if self.match else f"q{self.waiting.queue_id}" if self.waiting else ""

    @property
    def told(self) -> Match | Upcoming | None:
        return self.match or self.waiting

    @property
    def name(self) -> str:
        return match_name(self.told) if self.told else ""

    @property
    def chip(self) -> Chip:
        """Where it stands beside `All`: a match with a status nobody knows only there."""
        if self.match is None:
            return Chip.UPCOMING
        return _CHIPS.get(self.match.status, Chip.ALL)


_CHIPS: dict[str, Chip] = {
    MatchStatus.LIVE: Chip.LIVE,
    MatchStatus.WARMUP: Chip.UPCOMING,
    MatchStatus.PREGAME: Chip.UPCOMING,
    MatchStatus.FINISHED: Chip.FINISHED,
}


def next_words(rows: Iterable[Match], queue: Sequence[Upcoming], now: datetime) -> str:
    """What comes next where nothing is live: `next starts in 4 min`; `now` is the feed's."""
    matches = list(rows)
    if warm := next((match for match in matches if match.status == MatchStatus.WARMUP), None):
        return f"{match_name(warm)} is warming up"
    starts = [match.starts_at for match in matches if match.status == MatchStatus.PREGAME and match.starts_at is not None]
    if coming := [at for at in starts if at > now]:
        return f"next starts {starts_words(min(coming), now).removeprefix('starts ')}"
    if starts:
        return "the next is due to start"
    return f"{len(queue):,} in the queue" if queue else "none is announced"


def star(row: LobbyRow) -> str:
    return "" if row.match is None else "★" if row.is_starred else "☆"


def score(row: LobbyRow) -> str:
    """A score of two figures each has room; under the title of the column `none` says enough."""
    words = score_words(row.match) if row.match and not row.is_veiled else formats.NOTHING
    return "none" if words == NO_SCORE else words


def plain_map(row: LobbyRow) -> str:
    return formats.plain(row.match.map_name) if row.match else ""


def plain_score(row: LobbyRow) -> str:
    if row.match is None or row.is_veiled or row.match.status == MatchStatus.PREGAME:
        return ""
    if row.match.score is None:
        return "" if row.match.status == MatchStatus.WARMUP else "not told"
    return f"{row.match.score[0]}:{row.match.score[1]}"


def plain_status(row: LobbyRow) -> str:
    if row.match is None or row.is_veiled:
        return NOT_CREATED if row.match is None else VEILED
    match = row.match
    if match.status == MatchStatus.PREGAME:
        return f"PREGAME {match.starts_at.isoformat()}" if match.starts_at else "PREGAME"
    return status_words(match, EPOCH)


def brief_statuses(row: LobbyRow, words: str) -> tuple[str, ...]:
    """The words of a status, and ever shorter ones for where they do not fit; the line's tip has the whole."""
    if row.match is None:
        return words, "queued"
    if row.is_veiled:
        return words, "delayed"
    match row.match.status:
        case MatchStatus.FINISHED:
            flaw = words.partition("FINISHED")[0]
            return words, words.replace("score not told", NO_SCORE), f"{flaw}FINISHED", f"{flaw}FIN"
        case MatchStatus.PREGAME:
            return words, words.replace("starts ", "").replace("start not told", "not told").replace("due to start", "due")
        case MatchStatus.WARMUP:
            return words, words.replace("WARMUP", "WARM")
    return (words,)


def plain_time(row: LobbyRow) -> str:
    return row.updated_at.isoformat() if row.updated_at else ""
