"""What the feed lists: matches, the details of those looked at, the queue, seasons and their standings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from app.domain.cs2 import Match, MatchDetail, MatchStatus, Season, Upcoming
from app.services.feed.ports import Standings
from app.services.ports import Signal

KEPT = 1_000  # matches
DETAILS_KEPT = 40
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_ORDER: Final[Mapping[str, int]] = {MatchStatus.LIVE: 0, MatchStatus.WARMUP: 1, MatchStatus.PREGAME: 2, MatchStatus.FINISHED: 4}
_OTHER: Final = 3


class Step(msgspec.Struct, frozen=True):
    """A match as it was known (None: it was not) and as it is told now."""

    was: Match | None
    now: Match

    @property
    def has_score_fallen(self) -> bool:
        """Of a score that is not told nothing can be said."""
        if self.was is None or self.was.score is None or self.now.score is None:
            return False
        return any(new < old for old, new in zip(self.was.score, self.now.score, strict=True))

    @property
    def has_turned(self) -> bool:
        """Another status, round or mapping of sides: something only the match's detail tells in full."""
        return self.was is None or _turn(self.was) != _turn(self.now)


class Matches:
    """Views read the mappings. `changed` is called at most once per answer that changed something. `is_kept`: never dropped for room."""

    def __init__(self, is_kept: Callable[[int], bool] = lambda _match_id: False) -> None:
        self.matches: dict[int, Match] = {}
        self.details: dict[int, MatchDetail] = {}
        self.upcoming: tuple[Upcoming, ...] = ()
        self.seasons: tuple[Season, ...] = ()
        self.standings: dict[int, Standings] = {}  # by season
        self.changed = Signal()
        self.is_kept = is_kept
        self._flags: dict[int, dict[str, str]] = {}  # by match, by what is odd: a sentence

    # Asking

    def listed(self, status: str = "", season_id: int | None = None, updated_since: datetime | None = None) -> list[Match]:
        """In the lobby's order: live first, then warmup, pregame by their start, finished with the newest first."""
        chosen = [
            match
            for match in self.matches.values()
            if (not status or match.status == status)
            and (season_id is None or match.season_id == season_id)
            and (updated_since is None or (match.updated_at is not None and match.updated_at >= updated_since))
        ]
        return in_order(chosen)

    def live(self) -> list[Match]:
        return [match for match in self.unsettled() if match.is_live]

    def is_live(self, match_id: int) -> bool:
        match = self.matches.get(match_id)
        return match is not None and match.is_live

    def unsettled(self) -> list[Match]:
        """What is played and what will be, in the lobby's order."""
        return in_order(match for match in self.matches.values() if not match.is_settled)

    @property
    def active_season(self) -> Season | None:
        """The newest of those that run."""
        running = [season for season in self.seasons if season.is_active]
        return max(running, key=lambda season: (season.created_at or _LONG_AGO, season.id), default=None)

    # What the feed tells

    def hear(self, rows: Iterable[Match]) -> list[Step]:
        """Rows of a list; what is older than what is known is left out. The steps are those that changed something."""
        steps = [step for row in rows if (step := self._fold(row))]
        self._thin()
        if steps:
            self.changed()
        return steps

    def hear_detail(self, detail: MatchDetail) -> Step | None:
        """The truth about a match; None where it is older than what is known or says the same."""
        known = self.matches.get(detail.match.id)
        if known is not None and _is_older(detail.match, known):
            return None
        step = self._fold(detail.match)
        whole = msgspec.structs.replace(detail, match=self.matches[detail.match.id])
        was = self.details.pop(detail.match.id, None)
        self.details[detail.match.id] = whole
        self._thin()
        if step or was != whole:
            self.changed()
        return step

    def flag(self, match_id: int, oddity: str, words: str) -> None:
        """Put a sentence to a match from now on, or take it off (no words)."""
        flags = self._flags.setdefault(match_id, {})
        was = flags.pop(oddity, "")
        if words:
            flags[oddity] = words
        if was == words or (match := self.matches.get(match_id)) is None:
            return
        flaws = tuple(each for each in match.flaws if each != was) + ((words,) if words else ())
        self.matches[match_id] = match = msgspec.structs.replace(match, flaws=flaws)
        if detail := self.details.get(match_id):
            self.details[match_id] = msgspec.structs.replace(detail, match=match)
        self.changed()

    def drop(self, match_id: int) -> None:
        """The feed does not know it (any more)."""
        if self.matches.pop(match_id, None) is not None:
            self.details.pop(match_id, None)
            self._flags.pop(match_id, None)
            self.changed()

    def hear_upcoming(self, rows: Sequence[Upcoming]) -> None:
        if self.upcoming != tuple(rows):
            self.upcoming = tuple(rows)
            self.changed()

    def hear_seasons(self, rows: Sequence[Season]) -> None:
        if self.seasons != tuple(rows):
            self.seasons = tuple(rows)
            self.changed()

    def hear_standings(self, standings: Standings) -> None:
        if self.standings.get(standings.season.id) != standings:
            self.standings[standings.season.id] = standings
            self.changed()

    def forget(self) -> None:
        """Another venue process: nothing known can be compared with what comes."""
        self.matches.clear()
        self.details.clear()
        self.standings.clear()
        self._flags.clear()
        self.upcoming, self.seasons = (), ()
        self.changed()

    # Inside

    def _fold(self, row: Match) -> Step | None:
        was = self.matches.get(row.id)
        if was is not None and _is_older(row, was):
            return None
        if was is not None and Step(was, row).has_score_fallen:
            words = f"The feed took rounds back: the score was {_score(was)} and is {_score(row)}"
            self._flags.setdefault(row.id, {})["score"] = words
        more = tuple(words for words in self._flags.get(row.id, {}).values() if words not in row.flaws)
        row = msgspec.structs.replace(row, flaws=row.flaws + more, season_name=row.season_name or self._season_name(row, was))
        self.matches[row.id] = row
        return Step(was, row) if row != was else None

    def _season_name(self, row: Match, was: Match | None) -> str:
        """Only the detail tells it."""
        if was is not None and was.season_id == row.season_id and was.season_name:
            return was.season_name
        return next((season.name for season in self.seasons if season.id == row.season_id), "")

    def _thin(self) -> None:
        spare = [match_id for match_id in self.details if not self.is_kept(match_id)]
        for match_id in spare[: max(len(self.details) - DETAILS_KEPT, 0)]:
            del self.details[match_id]
        if len(self.matches) <= KEPT:
            return
        loose = [match for match in self.matches.values() if not self.is_kept(match.id)]
        loose.sort(key=lambda match: (not match.is_settled, match.updated_at or _LONG_AGO, match.id))
        for match in loose[: len(self.matches) - KEPT + KEPT // 10]:
            del self.matches[match.id]
            self.details.pop(match.id, None)
            self._flags.pop(match.id, None)


def in_order(matches: Iterable[Match]) -> list[Match]:
    """As the lobby has them."""
    return sorted(matches, key=_place)


def _is_older(row: Match, known: Match) -> bool:
    return row.updated_at is not None and known.updated_at is not None and row.updated_at < known.updated_at


def _turn(match: Match) -> tuple[object, ...]:
    return match.status, match.round_number, match.ct_team_id, match.t_team_id


def _score(match: Match) -> str:
    return f"{match.score[0]} : {match.score[1]}" if match.score is not None else "not told"


def _place(match: Match) -> tuple[int, float, int]:
    rank = _ORDER.get(match.status, _OTHER)
    if match.is_settled:
        at = match.updated_at or match.starts_at
        return rank, -at.timestamp() if at else 0.0, -match.id
    return rank, match.starts_at.timestamp() if match.starts_at else float("inf"), match.id
