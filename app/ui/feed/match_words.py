"""What the match page says of a match, as plain words and pieces of a line: where it stands, when it starts, how it was settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final, NamedTuple

from app.domain.cs2 import Match, MatchDetail, MatchStatus, Round, Side, Team
from app.ui import formats

HALF: Final = 12
"""Rounds before the teams swap sides, by the rules of CS2 (first to 13); the feed itself tells no such figure."""
ROUNDS: Final = 2 * HALF
NEAR: Final = 1  # rounds after a swap in which it is worth a colour

STATUS_INK: Final = {
    MatchStatus.LIVE: "state.bad",
    MatchStatus.WARMUP: "state.warning",
    MatchStatus.PREGAME: "text.normal",
    MatchStatus.FINISHED: "text.dim",
}
SIDE_INK: Final = {Side.CT: ("state.info_back", "state.info"), Side.T: ("state.warning_back", "state.warning")}


class Piece(NamedTuple):
    """A part of a line in a colour of its own; `brief` says the same where there is little room."""

    text: str
    ink: str = "text.dim"
    brief: str = ""


def truth(match: Match, detail: MatchDetail | None) -> Match:
    """The match by its detail, which is the truth about it, unless the list tells something newer."""
    if detail is None or detail.match.id != match.id:
        return match
    told, listed = detail.match.updated_at, match.updated_at
    return match if told is not None and listed is not None and listed > told else detail.match


def is_known(match: Match) -> bool:
    """Whether its status is a word of the feed's contract; the prices of another match are not shown."""
    return match.status in MatchStatus.__members__.values()


def title(match: Match) -> str:
    return f"{team_name(match.teams[0])} – {team_name(match.teams[1])}"


def team_name(team: Team | None) -> str:
    """A name as plain text, and what stands in its place where nothing of it can be drawn."""
    if team is None:
        return "Unknown team"
    return formats.plain(team.name) or f"Team {team.id}"


def facts(match: Match, detail: MatchDetail | None) -> list[Piece]:
    """Round, status, the swap of sides, map and season: the most important first, since the end is cut where room is scarce."""
    pieces = []
    if match.is_live and match.round_number is not None:
        pieces.append(Piece(round_words(match.round_number), brief=round_words(match.round_number).replace("round ", "R", 1)))
    pieces.append(Piece(formats.plain(match.status) or "status not told", status_ink(match)))
    swap = swapped_at(detail.rounds) if detail is not None else None
    if swap is not None:
        is_near = match.is_live and match.round_number is not None and 0 <= match.round_number - swap <= NEAR
        pieces.append(Piece(f"sides swapped at round {swap}", "state.warning" if is_near else "text.dim", f"swapped R{swap}"))
    pieces += [Piece(text) for text in (formats.plain(match.map_name), formats.plain(match.season_name)) if text]
    return pieces


def round_words(number: int) -> str:
    return f"round {number} of {ROUNDS}" if 1 <= number <= ROUNDS else f"round {number}"


def status_ink(match: Match) -> str:
    return STATUS_INK[MatchStatus(match.status)] if is_known(match) else "text.faint"


def swapped_at(rounds: Sequence[Round]) -> int | None:
    """The newest round that began with sides other than the one before it; None where there was none or it cannot be told."""
    told = [each for each in rounds if None not in (each.ct_team_id, each.t_team_id)]
    swaps = [new.number for old, new in pairwise(told) if (old.ct_team_id, old.t_team_id) == (new.t_team_id, new.ct_team_id)]
    return swaps[-1] if swaps else None


def score(match: Match) -> tuple[str, str] | None:
    """The rounds won, in the order of the teams; None before the match and where they are not told."""
    if match.status == MatchStatus.PREGAME or match.score is None:
        return None
    return str(match.score[0]), str(match.score[1])


def standing(match: Match, now: datetime) -> str:
    """The sentence below the score: how it was settled, when it starts, or that its status is a word nobody knows."""
    if match.is_settled:
        return settled(match)
    if match.status == MatchStatus.PREGAME:
        return starting(match.starts_at, now)
    if not is_known(match):
        return f"Nothing is priced: the feed calls it {formats.plain(match.status) or 'nothing'}."
    return "The score is not told." if match.is_live and match.score is None else ""


def brief_standing(sentence: str) -> str:
    """The same where there is little room: `Settled: Owls won 13 : 8`, `Starts in 20:55`."""
    start, _dot, left = sentence.partition(" · ")
    if left and start.startswith("Starts "):
        return "Due to start" if left == "due" else f"Starts {left}"
    return sentence.removesuffix(" (final)")


def settled(match: Match) -> str:
    if match.score is None:
        return "Finished, and its score is not told: nobody is said to have won."
    if match.winner is None:
        return f"Settled: draw {match.score[0]} : {match.score[1]}"
    return f"Settled: {team_name(match.winner)} won {max(match.score)} : {min(match.score)} (final)"


def starting(at: datetime | None, now: datetime) -> str:
    """When a match starts by the local clock, and how long that is from now."""
    if at is None:
        return "The start is not told."
    left = (at - now).total_seconds()
    return f"Starts {formats.moment(at)} · " + (f"in {formats.timer(left)}" if left > 0 else "due")
