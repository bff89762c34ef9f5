"""How long the venue's answers take, by the kind of request, over the last few minutes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

import msgspec

from app.domain.link import CallFigures

SPAN = 300.0  # seconds that are looked back upon
KEPT = 1000  # answers of one kind at most: a flood must not grow without end


class _Answer(msgspec.Struct, frozen=True, gc=False):
    at: float
    seconds: float
    is_failure: bool


class Meter:
    """Notes each request when it ended; the figures are reckoned when somebody looks."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._answers: dict[str, deque[_Answer]] = {}

    def note(self, name: str, seconds: float, *, is_failure: bool = False) -> None:
        """A request of this kind has ended just now, after `seconds`."""
        answers = self._answers.setdefault(name, deque(maxlen=KEPT))
        answers.append(_Answer(self._clock(), seconds, is_failure))

    def figures(self) -> tuple[CallFigures, ...]:
        """The kinds that were asked lately, the most used first."""
        since = self._clock() - SPAN
        found = []
        for name, answers in self._answers.items():
            while answers and answers[0].at <= since:
                answers.popleft()
            if answers:
                found.append(_figures(name, answers))
        return tuple(sorted(found, key=lambda one: (-one.calls, one.name)))


def _figures(name: str, answers: Sequence[_Answer]) -> CallFigures:
    durations = sorted(answer.seconds for answer in answers)
    failures = sum(answer.is_failure for answer in answers)
    return CallFigures(name, len(answers), failures, _percentile(durations, 50), _percentile(durations, 95), answers[-1].at)


def _percentile(ordered: Sequence[float], percent: int) -> float:
    """The smallest value that at least so many in a hundred do not exceed (nearest rank)."""
    return ordered[-(-len(ordered) * percent // 100) - 1]
