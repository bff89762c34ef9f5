"""Deliveries into a file: a table for a spreadsheet, or lines of JSON with all that came."""

from __future__ import annotations

import base64
import json
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, Final

from app.domain.webhook import Delivery, DeliveryQuery, Letter
from app.services.hooks.deliveries import Deliveries
from app.ui.models.table import Column, to_csv
from app.ui.saving import save_new

Saving = Coroutine[Any, Any, tuple[int, Path]]
MOST: Final = 25_000  # more than the file of deliveries holds


async def save_table(deliveries: Deliveries, query: DeliveryQuery, path: Path, columns: Sequence[Column[Delivery]]) -> tuple[int, Path]:
    """What the filter lets through as CSV, at a name that is free; how many, and where. OSError and ValueError pass."""
    rows: list[Delivery] = []
    async for page in deliveries.pages(query):
        rows += page
        if len(rows) >= MOST:
            break
    return len(rows), save_new(path, to_csv(columns, rows).encode())


async def save_letters(deliveries: Deliveries, query: DeliveryQuery, path: Path) -> tuple[int, Path]:
    """The same with headers and body, a line of JSON each."""
    lines: list[bytes] = []
    async for page in deliveries.pages(query):
        lines += [as_line(row, await deliveries.letter(row.id)) for row in page]
        if len(lines) >= MOST:
            break
    return len(lines), save_new(path, b"".join(lines))


def as_line(row: Delivery, letter: Letter | None) -> bytes:
    """`body` where it is UTF-8 text, `body_base64` where it is not; neither where no bytes were kept. Headers keep their order."""
    told: dict[str, object] = {
        "id": row.id,
        "at": row.at.isoformat(),
        "noticed_at": None if row.noticed_at is None else row.noticed_at.isoformat(),
        "verdict": str(row.verdict),
        "reason": row.reason,
        "event": row.event,
        "match_id": row.match_id,
        "subscription_id": row.subscription_id,
        "path": row.path,
        "answer": row.answer,
        "took_ms": row.took,
        "copy_of": row.copy_of or None,
        "refetched": list(row.refetched),
        "is_pinned": row.is_pinned,
        "size": row.size,
    }
    if letter is not None:
        told["headers"] = [list(header) for header in letter.headers]
        told |= _body(letter.body)
    return json.dumps(told, ensure_ascii=True).encode() + b"\n"


def _body(body: bytes) -> dict[str, str]:
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(body).decode()}


def words(number: int, written: Path) -> str:
    what = "delivery was" if number == 1 else "deliveries were"
    return f"{number:,} {what} exported to {written}"
