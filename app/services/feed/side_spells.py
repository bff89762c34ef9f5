"""Which team was on which side when: found out from the rounds, their prices, and the swaps that were heard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from app.domain.cs2 import Match, MatchDetail, OddsKey, Question, Round, Side
from app.services.feed.board import Board
from app.services.feed.odds_lines import BY_SIDE, BY_SIDE_YET, Spell, Swap
from app.services.feed.tracks import Reading, Track

Swaps = Sequence[tuple[Round, Round]]


class SideSpells:
    """`times_of` a round's prices, the first and the last, asks for what it needs; `state`: how it stands with their history."""

    def __init__(
        self,
        board: Board,
        times_of: Callable[[OddsKey], tuple[float, float] | None],
        state: Callable[[OddsKey], Reading],
        may_ask: Callable[[], bool],
    ) -> None:
        self._board = board
        self._times_of = times_of
        self._state = state
        self._may_ask = may_ask

    def of(self, match: Match, detail: MatchDetail | None, track: Track) -> tuple[Spell, ...] | None:
        """Empty where it cannot be known; None while it is being found out."""
        rounds = detail.rounds if detail is not None else ()
        if track.key.question is not Question.MATCH:
            found = self._of_round(match, {each.number: each for each in rounds}, track.key)
            return None if not found and detail is None and self._may_ask() else found
        if known := _sided(rounds):
            return self._over_rounds(known, track)
        is_before_any_swap = (match.round_number or 0) <= 1 and not match.is_settled
        if is_before_any_swap:
            return self._named(track.key) or _for_ever(match.ct_team_id, match.t_team_id)
        return None if detail is None and self._may_ask() else ()

    def note(self, detail: MatchDetail | None, key: OddsKey) -> str:
        """Why the lines are by side: what would tell it could not be read yet, or it tells nothing."""
        if key.question is not Question.MATCH:
            return BY_SIDE
        around = () if detail is None else (each.number for pair in _swaps(_sided(detail.rounds)) for each in pair)
        is_lacking = any(self._state(OddsKey(key.match_id, Question.ROUND, each)) is not Reading.READ for each in around)
        return BY_SIDE_YET if detail is None or is_lacking else BY_SIDE

    def _over_rounds(self, known: Sequence[Round], track: Track) -> tuple[Spell, ...] | None:
        swaps = _swaps(known)
        spells, begins, of = [], float("-inf"), known[0]
        for before, after in swaps:
            swap = _heard(track, before, after, swaps) or self._placed(track, before, after)
            if swap is None:
                return None if self._is_waiting(track.key.match_id, before.number, after.number) else ()
            spells.append(Spell(begins, swap.before, of.ct_team_id, of.t_team_id))
            begins, of = swap.after, after
        return (*spells, Spell(begins, float("inf"), of.ct_team_id, of.t_team_id))

    def _of_round(self, match: Match, rounds: Mapping[int, Round], key: OddsKey) -> tuple[Spell, ...]:
        """As its own prices named them; else as the round tells. Those of a coming round over a swap could mean either half."""
        if named := self._named(key):
            return named
        own = rounds.get(key.round_number or 0)
        if own is None:
            is_played = key.question is Question.ROUND and key.round_number == match.round_number
            return _for_ever(match.ct_team_id, match.t_team_id) if is_played else ()
        before = rounds.get(own.number - 1)
        is_clear = key.question is Question.ROUND or own.number == 1 or (before is not None and before.ct_team_id == own.ct_team_id)
        return _for_ever(own.ct_team_id, own.t_team_id) if is_clear else ()

    def _named(self, key: OddsKey) -> tuple[Spell, ...]:
        """The teams its newest price names; empty where it names none."""
        quote = self._board.quote(key)
        named = {each.side: each.team_id for each in quote.snapshot.sides} if quote is not None else {}
        return _for_ever(named.get(Side.CT), named.get(Side.T))

    def _placed(self, track: Track, before: Round, after: Round) -> Swap | None:
        """As the histories of the rounds around it tell; None where these tell nothing, or contradict."""
        ended, began = (self._times_of(OddsKey(track.key.match_id, Question.ROUND, each.number)) for each in (before, after))
        if ended is None or (began is not None and began[0] <= ended[1]):
            return None
        return Swap(ended[1], began[0] if began is not None else float("inf"))

    def _is_waiting(self, match_id: int, *numbers: int) -> bool:
        keys = (OddsKey(match_id, Question.ROUND, each) for each in numbers)
        return self._may_ask() and any(self._state(key) is Reading.READING for key in keys)


def _sided(rounds: Sequence[Round]) -> list[Round]:
    """Those of which it is told which team was on which side."""
    return [each for each in rounds if each.ct_team_id is not None and each.t_team_id is not None]


def _swaps(known: Sequence[Round]) -> Swaps:
    """The round before each swap and the one after it."""
    return [pair for pair in pairwise(known) if pair[0].ct_team_id != pair[1].ct_team_id]


def _heard(track: Track, before: Round, after: Round, swaps: Swaps) -> Swap | None:
    """As it was heard live, where it can be no other: in overtime teams swap the same way again."""
    ways = [(old.ct_team_id, new.ct_team_id) for old, new in swaps]
    way = before.ct_team_id, after.ct_team_id
    heard = [swap for old, new, swap in track.swaps if (old, new) == way]
    return heard[0] if len(heard) == 1 and ways.count(way) == 1 else None


def _for_ever(ct_team_id: int | None, t_team_id: int | None) -> tuple[Spell, ...]:
    """These sides for all of time; empty where they are not known."""
    if ct_team_id is None or t_team_id is None or ct_team_id == t_team_id:
        return ()
    return (Spell(float("-inf"), float("inf"), ct_team_id, t_team_id),)
