"""Sentences of the order management page: what rows add up to, how new they are, what is missing and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.services.paging import Sheet
from app.services.record_rows import RecordSums
from app.ui import formats
from app.ui.models.columns import counted

NO_LAG = 5.0  # seconds that need not be said where room is scarce


def sums(found: RecordSums, stake: str) -> str:
    """Empty where there is no row; `stake` is what the account calls it."""
    if not found.count:
        return ""
    cancelled = f" · cancelled {formats.money(found.cancelled)}" if found.cancelled else ""
    parts = f" (won {formats.signed(found.won)}, lost {formats.signed(found.lost)})" if found.won or found.lost else ""
    return (
        f"{counted(found.count, 'order')} · {stake} {formats.money(found.stake)} · filled {formats.money(found.filled)}"
        f" · open {formats.money(found.open)}{cancelled} · realised {formats.signed(found.realised)}{parts}"
    )


def how_many(sheet: Sheet[Any, Any], shown: int, read: int, text: str) -> str:
    """How many rows are in view of how many read, and whether the venue may have more: a place to read on from may lead to none."""
    if sheet.read_at is None:
        return ""
    rows = f"{shown:,} of {read:,} read shown" if text.strip() else f"{counted(read, 'row')} shown"
    if sheet.has_more:
        return f"{rows}; older ones may be at the venue:"
    return f"{rows}, not whole" if sheet.gaps.pages else f"{rows}, no more at the venue"


def how_new(sheet: Sheet[Any, Any], *, is_brief: bool = False) -> str:
    """As of when the record is; in brief a lag is said only where it matters."""
    if sheet.is_reading:
        return "Reading…"
    if sheet.read_at is None:
        return ""
    if sheet.synced_at is None:
        return f"Read at {_clock(sheet.read_at)}{'' if is_brief else '; the venue does not say how far its record reaches'}"
    lag = max((sheet.read_at - sheet.synced_at).total_seconds(), 0.0)
    return f"As of {_clock(sheet.synced_at)}{'' if is_brief and lag < NO_LAG else f', the record lags {formats.age(lag)}'}"


def nothing_found(text: str, sheet: Sheet[Any, Any]) -> str:
    more = "; the venue may have more: press Older" if sheet.has_more else ""
    return f"Nothing of what was read has “{text}” in it{more}."


def nothing_read(sheet: Sheet[Any, Any], asked: str) -> str:
    """Why no row is there; `asked` is the filter in words."""
    if sheet.is_reading:
        return "Reading the venue's record…"
    if sheet.trouble:
        return "The record could not be read."
    if sheet.read_at is None:
        return "The venue's record has not been read yet."
    if sheet.has_more:
        return f"No order yet that was {asked}; the venue's record goes on: press Older."
    if sheet.gaps.pages:
        return f"No order {asked} could be read."
    return f"The venue's record has no order {asked}."


def trouble(sheet: Sheet[Any, Any], objection: str, now: datetime, *, has_rows: bool) -> str:
    """What went wrong, when it is tried again, and that what is shown is older than it looks; or else why it is not whole."""
    problem = objection or sheet.trouble
    if not problem:
        return f"⚠ What is shown is not whole: {sheet.gaps.words}" if sheet.gaps.pages else ""
    left = max((sheet.free_at - now).total_seconds(), 0.0) if sheet.free_at and not objection else 0.0
    pause = f". Trying again in {left:.0f} s" if left > 0 else ""
    shown = f". What is shown was read at {_clock(sheet.read_at)}" if sheet.read_at and has_rows else ""
    return f"⚠ {problem.rstrip('.')}{pause}{shown}"


def _clock(at: datetime) -> str:
    return formats.clock(at).partition(".")[0]
