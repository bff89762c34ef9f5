"""What a person pointed at when asking for an alert on the league, and the key and words by which that is asked everywhere."""

from __future__ import annotations

from typing import Final

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from app.domain.cs2 import Question
from app.domain.odds import Odds

ALERT: Final = "Alert me…"
KEYS: Final = "Ctrl+G"


class AlertWish(msgspec.Struct, frozen=True):
    """`question` None: a match was pointed at, and none of its prices. `team_id` None: the draw; `odds`: what stood there."""

    match_id: int
    question: Question | None = None
    team_id: int | None = None
    odds: Odds | None = None


def is_alert_key(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_G and event.modifiers() == Qt.KeyboardModifier.ControlModifier and not event.isAutoRepeat()
