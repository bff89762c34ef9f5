"""Which round's odds are shown: the one that is played, or one that a person chose."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox

from app.domain.cs2 import Match, MatchDetail, OddsKey, Question


class RoundChoice(QComboBox):
    """`list_rounds` before `key_of`: what was chosen was chosen for one match and one question."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Round")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaxVisibleItems(16)
        self._match_id: int | None = None
        self._question = Question.MATCH

    def list_rounds(self, match: Match | None, detail: MatchDetail | None, question: Question) -> None:
        """As far as they may be told."""
        self.setVisible(question is not Question.MATCH and match is not None)
        about = match.id if match is not None else None, question
        chosen = self.currentData() if about == (self._match_id, self._question) else None
        self._match_id, self._question = about
        wanted = _rows(match, detail, question)
        if wanted != [(self.itemText(place), self.itemData(place)) for place in range(self.count())]:
            self.clear()
            for words, number in wanted:
                self.addItem(words, number)
        self.setCurrentIndex(max(self.findData(chosen), 0))

    def key_of(self, match: Match, detail: MatchDetail | None, question: Question) -> OddsKey | None:
        """None where it is not known which round is played."""
        if question is Question.MATCH:
            return OddsKey(match.id, question)
        number = self.currentData()
        number = _newest(match, detail, question) if number is None else number
        return OddsKey(match.id, question, number) if number is not None else None


def _rows(match: Match | None, detail: MatchDetail | None, question: Question) -> list[tuple[str, int | None]]:
    if match is None:
        return [("Now", None)]
    now, word = _newest(match, detail, question), "Last" if match.is_settled else "Now"
    return [
        (f"{word} ({now})" if now is not None else word, None),
        *((f"Round {number}", number) for number in reversed(_numbers(detail))),
    ]


def _newest(match: Match, detail: MatchDetail | None, question: Question) -> int | None:
    """The round that is played, or the one after it; of a match that is over the last one."""
    if match.round_number is None:
        return next(reversed(_numbers(detail)), None)
    return match.round_number + (question is Question.NEXT_ROUND and not match.is_settled)


def _numbers(detail: MatchDetail | None) -> list[int]:
    return [each.number for each in detail.rounds] if detail is not None else []
