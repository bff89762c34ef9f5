"""The paths of the Rankacy feed."""

from __future__ import annotations

from app.practice.wire.names import Vocabulary
from app.practice.wire.paths import Row

BASE = "/api/b2b"

ROWS: tuple[Row, ...] = (
    Row("GET", BASE + "/ping", "rankacy.ping", Vocabulary.V4),
    Row("GET", BASE + "/markets", "rankacy.markets", Vocabulary.V4),
)
