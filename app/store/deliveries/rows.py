"""Deliveries as rows of the file's tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import msgspec
from sqlalchemy import Row

from app.domain.webhook import Delivery, Letter, Verdict

GOOD: Final = (Verdict.VALID, Verdict.DUPLICATE)
BAD: Final = (Verdict.BAD, Verdict.NONE, Verdict.REFUSED)


def as_delivery(row: Row[tuple[object, ...]]) -> Delivery:
    it = row._mapping
    return Delivery(
        at=datetime.fromtimestamp(it["at"] / 1e6, UTC),
        verdict=Verdict(it["verdict"]),
        id=it["id"],
        event=it["event"],
        match_id=it["match_id"],
        subscription_id=it["subscription_id"],
        path=it["path"],
        size=it["size"],
        answer=it["answer"],
        took=None if it["took"] is None else it["took"] / 1000,
        reason=it["reason"],
        copy_of=it["copy_of"],
        refetched=tuple(filter(None, it["refetched"].split("\n"))),
        is_pinned=bool(it["is_pinned"]),
        noticed_at=None if it["noticed"] is None else datetime.fromtimestamp(it["noticed"] / 1e6, UTC),
    )


def micros(moment: datetime) -> int:
    return round(moment.timestamp() * 1e6)


def columns(row: Delivery, number: int) -> dict[str, object]:
    return {
        **{name: getattr(row, name) for name in ("event", "match_id", "subscription_id", "path", "size", "answer", "reason", "copy_of")},
        "id": number,
        "at": micros(row.at),
        "verdict": str(row.verdict),
        "took": None if row.took is None else round(row.took * 1000),
        "refetched": "\n".join(row.refetched),
        "is_pinned": row.is_pinned,
        "noticed": None if row.noticed_at is None else micros(row.noticed_at),
    }


def letter_columns(letter: Letter, number: int) -> dict[str, object]:
    return {"id": number, "headers": msgspec.json.encode(letter.headers), "body": letter.body, "full_size": letter.full_size}


def as_letter(row: Row[tuple[object, ...]]) -> Letter:
    it = row._mapping
    return Letter(msgspec.json.decode(it["headers"], type=tuple[tuple[str, str], ...]), it["body"], it["full_size"])
