"""What a person is told about the matches they follow: that one started, and how one ended. Each once."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from app.domain.cs2 import Match, MatchDetail
from app.services.feed.matches import Step
from app.services.notices import Notices, Tone
from app.services.ports import Monotonic

KEPT: Final = 500


class News:
    """`is_followed`: whether a match is starred or open. A match that was over when it was first heard of is no news.

    `lateness`: by how many seconds what happens in a match is shown late beside its video; its news are as late. `look` tells what is due.
    """

    def __init__(
        self,
        notices: Notices,
        is_followed: Callable[[int], bool],
        lateness: Callable[[int], float] = lambda _match_id: 0.0,
        clock: Monotonic = time.monotonic,
        pass_on: Callable[[Step], None] = lambda _step: None,
    ) -> None:
        self._notices = notices
        self._is_followed = is_followed
        self._lateness = lateness
        self._clock = clock
        self._pass_on = pass_on
        self._held: list[tuple[float, str, Tone]] = []
        self._started: dict[int, bool] = {}
        self._ended: dict[int, bool] = {}  # whether it was told

    def hear(self, step: Step) -> None:
        """A match went on; others than people want to know that too."""
        self._pass_on(step)
        now, was = step.now, step.was
        if was is not None and not was.is_live and now.is_live and now.id not in self._started and not was.is_settled:
            self._started[now.id] = True
            if self._is_followed(now.id):
                self._say(now.id, f"{now.name} has started on {now.map_name}" if now.map_name else f"{now.name} has started", Tone.PLAIN)
        if was is not None and not was.is_settled and now.is_settled:
            self._ended.setdefault(now.id, False)
        _thin(self._started)
        _thin(self._ended)

    def settled(self, match: Match) -> None:
        """The detail, which is the truth, tells how it ended."""
        if self._ended.get(match.id, True):
            return
        self._ended[match.id] = True
        if self._is_followed(match.id):
            tone = Tone.GOOD if match.score is not None else Tone.PLAIN
            self._say(match.id, f"{match.name} has finished: {result(match)}", tone)

    def look(self) -> None:
        """Tell what was held back for as long as the video is behind."""
        now = self._clock()
        due = [held for held in self._held if held[0] <= now]
        self._held = [held for held in self._held if held[0] > now]
        for _at, words, tone in due:
            self._notices.say(words, tone)

    def _say(self, match_id: int, words: str, tone: Tone) -> None:
        late = self._lateness(match_id)
        if late > 0:
            self._held.append((self._clock() + late, words, tone))
        else:
            self._notices.say(words, tone)


def result(match: Match) -> str:
    """How a settled match ended, team first: `Vertex won 13 : 9`, `draw 12 : 12`; nobody won where the score is not told."""
    if match.score is None:
        return "its score is not told"
    high, low = max(match.score), min(match.score)
    return f"{match.winner.name} won {high} : {low}" if match.winner else f"draw {high} : {low}"


def doubts(detail: MatchDetail) -> str:
    """Why what is told of a finished match cannot all be right; empty where nothing speaks against it."""
    match, rounds = detail.match, detail.rounds
    if not match.is_settled:
        return ""
    if match.score is None:
        return "The feed says that it is finished, and its score cannot be read: nobody is said to have won"
    if match.score == (0, 0):
        return "The feed says that it is finished, and no round was won"
    if any(each.winner_team_id is None for each in rounds):
        number = next(each.number for each in rounds if each.winner_team_id is None)
        return f"The feed says that it is finished, and names no winner of round {number}"
    won = tuple(sum(each.winner_team_id == team.id for each in rounds) for team in match.teams)
    if rounds and won != match.score:
        return f"The feed says {match.score[0]} : {match.score[1]}, and its rounds add up to {won[0]} : {won[1]}"
    return ""


def _thin(kept: dict[int, bool]) -> None:
    while len(kept) > KEPT:
        del kept[next(iter(kept))]
