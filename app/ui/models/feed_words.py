"""What the lobby, the tree and the header say of a match: its name, its status in words and colour, its score, its odds by team."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

from app.domain.cs2 import Match, MatchStatus, Side, Snapshot, Team, Upcoming
from app.domain.odds import Odds
from app.services.feed.session import FeedSession
from app.ui import formats
from app.ui.display import Display
from app.ui.formats import OddsFormat

TeamOdds = tuple[Odds | None, Odds | None, Odds | None]
NO_ODDS: TeamOdds = (None, None, None)
BETWEEN = " – "
FLAWED = "⚠"
NO_SCORE = "no score"  # short enough for a line of the tree: the flaws of the match say what was told instead
VEILED = "LIVE · delayed"
LATE = "The feed is not heard: this may be other by now."
LEEWAY = 2.0  # seconds a video may lag beyond the estimate
_USES: dict[str, str] = {MatchStatus.LIVE: "state.bad", MatchStatus.WARMUP: "state.warning", MatchStatus.PREGAME: "text.normal"}
LONGEST_STATUS = 40  # characters of a status of the feed's own that are ever shown


@lru_cache(maxsize=2048)
def team_name(team: Team) -> str:
    return formats.plain(team.name) or f"team {team.id}"


def match_name(match: Match | Upcoming) -> str:
    return f"{team_name(match.teams[0])}{BETWEEN}{team_name(match.teams[1])}"


def cut_names(told: Match | Upcoming, metrics: QFontMetrics, width: int) -> str:
    """Both names in so many pixels: where they do not fit the longer one is cut, so that each can be told."""
    names = [team_name(team) for team in told.teams]
    room = width - metrics.horizontalAdvance(BETWEEN)
    widths = [metrics.horizontalAdvance(name) for name in names]
    if sum(widths) <= room:
        return BETWEEN.join(names)
    shares = [max(room // 2, room - other) for other in reversed(widths)]
    return BETWEEN.join(metrics.elidedText(name, Qt.TextElideMode.ElideRight, share) for name, share in zip(names, shares, strict=True))


def map_name(match: Match) -> str:
    return formats.plain(match.map_name) or formats.NOTHING


def veiled(session: FeedSession, match: Match, now: datetime) -> Match | None:
    """The open match without what the video does not show yet, where the panel is delayed to it; None: nothing is held back.

    `now` is the feed's. What ended a while ago is in the video too.
    """
    estimate = session.told.lateness(match.id)
    if not estimate:
        return None
    is_recent = match.updated_at is None or (now - match.updated_at).total_seconds() <= estimate + LEEWAY
    if not match.is_live and not (match.is_settled and is_recent):
        return None
    return msgspec.structs.replace(match, status=MatchStatus.LIVE, score=None, round_number=None, flaws=())


def score_words(match: Match) -> str:
    """`7 : 5`; nothing before the match, and words where it is not told."""
    if match.status == MatchStatus.PREGAME:
        return formats.NOTHING
    if match.score is None:
        return formats.NOTHING if match.status == MatchStatus.WARMUP else NO_SCORE
    return f"{match.score[0]} : {match.score[1]}"


def status_word(match: Match) -> str:
    """The feed's own word, whichever it is."""
    return formats.plain(match.status)[:LONGEST_STATUS] or "NO STATUS"


def status_words(match: Match, now: datetime) -> str:
    """`LIVE R13`, `in 12 min`, `FINISHED · settled Grit`; `now` is the feed's."""
    match match.status:
        case MatchStatus.LIVE:
            return "LIVE" if match.round_number is None else f"LIVE R{match.round_number}"
        case MatchStatus.PREGAME:
            return starts_words(match.starts_at, now)
        case MatchStatus.FINISHED:
            return f"FINISHED · {_end_words(match)}"
        case _:
            return status_word(match)


def _end_words(match: Match) -> str:
    if match.winner is not None:
        return f"settled {team_name(match.winner)}"
    return "draw" if match.is_draw else "score not told"


def status_use(match: Match) -> str:
    """The name of a status's colour in every theme; of a word nobody knows the quiet one."""
    return _USES.get(match.status, "text.dim")


def starts_words(at: datetime | None, now: datetime) -> str:
    """`in 12 min`, `in 02:05`, `due`; the day and time where it is far, words where nobody told."""
    if at is None:
        return "start not told"
    words = formats.start(at, now)
    left = (at - now).total_seconds()
    if 0 < left < 86_400:
        return f"in {words.removeprefix(formats.MINUS)}"
    return "due to start" if words == "due" else f"starts {words}"


def in_words(left: timedelta) -> str:
    """`4 min` for a sentence; less than a minute in seconds."""
    seconds = max(left.total_seconds(), 0.0)
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.0f} h"


def ago(seconds: float | None) -> str:
    """Like `formats.age`, in whole seconds: `1 s`, `22 min`."""
    return f"{max(int(seconds), 0)} s" if seconds is not None and seconds < 10 else formats.age(seconds)


@lru_cache(maxsize=4096)
def exact(odds: Odds) -> str:
    """The feed's own figure, at least two decimals of it: `1.05`, `11.825`."""
    text = f"{odds.decimal:f}"
    return text if len(text.partition(".")[2]) > 2 else f"{odds.decimal:.2f}"


def decimals_of(shown: Iterable[Odds | None]) -> int:
    """How many decimals the prices of one pane have: two, or three where one of them says more than two can."""
    return 3 if any(odds is not None and len(exact(odds).partition(".")[2]) > 2 for odds in shown) else 2


def odds_words(display: Display, odds: Odds | None, decimals: int) -> str:
    """As a person wants odds shown; decimal ones with so many decimals."""
    if odds is None or display.style is not OddsFormat.DECIMAL:
        return display.odds(odds)
    return f"{odds.decimal:.{decimals}f}"


def team_odds(match: Match, snapshot: Snapshot | None) -> TeamOdds:
    """The prices of the first team, the draw and the second team, whichever sides they play; by the teams the prices themselves name."""
    if snapshot is None:
        return NO_ODDS
    first, second = (_odds_of(team, snapshot) for team in match.teams)
    return first, snapshot.odds_of(Side.DRAW), second


def _odds_of(team: Team, snapshot: Snapshot) -> Odds | None:
    """None too where both sides are said to be that team's."""
    sides = [each.side for each in snapshot.sides if each.side is not Side.DRAW and each.team_id == team.id]
    return snapshot.odds_of(sides[0]) if len(sides) == 1 else None
