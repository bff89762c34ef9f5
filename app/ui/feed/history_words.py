"""What the odds history says in words: why nothing is drawn, and what its picture lacks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from app.domain.cs2 import Match, MatchStatus, OddsKey, Question

NO_POINTS: Final = "No price of this is known yet."
NONE_TOLD: Final = "The feed tells no prices of this match."
NOT_KNOWN: Final = "Which round is played is not known."
NOT_BEGUN: Final = "No round has been played yet."
NONE_OF_ROUND: Final = "The feed tells no prices of this round."


def no_points(match: Match | None, question: Question) -> str:
    """Why nothing is drawn where the history was read: of a match that is over nothing comes any more."""
    if match is None or not match.is_settled:
        return NO_POINTS
    return NONE_TOLD if question is Question.MATCH else NONE_OF_ROUND


def no_round(match: Match) -> str:
    """Why there is no round to be shown."""
    return NOT_BEGUN if match.status in {MatchStatus.PREGAME, MatchStatus.WARMUP} else NOT_KNOWN


def question_words(question: Question, key: OddsKey | None) -> str:
    """`MATCH`, `NEXT ROUND 14`."""
    number = key.round_number if key is not None else None
    return question.replace("_", " ") + (f" {number}" if number is not None else "")


def unread_words(numbers: Iterable[int], *, is_asked: bool) -> str:
    """`rounds 1–8 are still being read`; empty where there are none. `is_asked`: they are on their way."""
    wanted = sorted(set(numbers))
    if not wanted:
        return ""
    said = f"round {_spans(wanted)}" if len(wanted) == 1 else f"rounds {_spans(wanted)}"
    if not is_asked:
        return f"{said} {'was' if len(wanted) == 1 else 'were'} not read"
    return f"{said} {'is' if len(wanted) == 1 else 'are'} still being read"


def _spans(numbers: list[int]) -> str:
    """`1–8, 10`."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][-1] + 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    return ", ".join(str(span[0]) if len(span) == 1 else f"{span[0]}–{span[-1]}" for span in spans)
