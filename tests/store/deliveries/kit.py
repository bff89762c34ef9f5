"""Rows to write down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.domain.webhook import Delivery, Letter, Verdict

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def delivery(number: int = 0, verdict: Verdict = Verdict.VALID, **more: object) -> Delivery:
    fields = {"event": "ODDS_UPDATED", "match_id": number, "path": "/hook", "size": 3, "answer": 204, "took": 0.25, "subscription_id": 18}
    return Delivery(AT + timedelta(seconds=number), verdict, **{**fields, **more})  # type: ignore[arg-type]  # whatever a test says


def letter(size: int = 3) -> Letter:
    return Letter((("host", "127.0.0.1"), ("x-note", "é")), b"b" * size, size)
