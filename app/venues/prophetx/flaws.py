"""What makes a market one that is shown and not traded on: a kind, ids or numbers that cannot be meant so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from app.domain.events import FeedFault
from app.domain.market import MarketGroup, MarketKey, Selection
from app.domain.redact import beginning

KINDS = frozenset({"moneyline", "sup_moneyline", "spread", "total"})  # contract 1.3
_ID = re.compile(r"[0-9a-f]{32}")


def is_id(selection_id: str) -> bool:
    """Whether it is written as the venue writes the ids that orders name: 32 small hex digits (contract 1.3)."""
    return _ID.fullmatch(selection_id) is not None


def flaw_of(kind: str, strike: Decimal | None, selections: Sequence[Selection]) -> str:
    """Why nothing is ordered on such a market; empty where nothing speaks against it."""
    ids = [selection.id for selection in selections]
    if kind not in KINDS:
        return f"its kind is unknown ({beginning(kind) or 'not told'})"
    odd = [one for one in ids if not is_id(one)]
    if odd:
        return f"one of its ids is none ({beginning(odd[0])!r})"
    if len(set(ids)) < len(ids):
        return "two of its sides have one id"
    if len(selections) == 2 and not _agree(kind, strike, [selection.strike for selection in selections]):
        return f"the numbers of its sides do not fit its own {strike}"
    return ""


def owned(group: MarketGroup, owners: dict[str, MarketKey], faults: list[FeedFault]) -> MarketGroup:
    """The group, each market of it locked that names a selection of one before it: an order could not say which it means."""
    markets = []
    for market in group.markets:
        shared = [one.id for one in market.selections if owners.setdefault(one.id, market.key) != market.key]
        if shared and not market.flaw:
            flaw = f"the id {beginning(shared[0])} in it is another market's"
            faults.append(FeedFault(f"market {group.id} of event {group.event_id} is shown and not traded on: {flaw}"))
            market = msgspec.structs.replace(market, flaw=flaw)
        markets.append(market)
    return msgspec.structs.replace(group, markets=tuple(markets))


def _agree(kind: str, strike: Decimal | None, told: Sequence[Decimal | None]) -> bool:
    """A spread's first side stands at its number and the other opposite; both sides of a total stand at it. Untold numbers say nothing."""
    if strike is None or not any(number is not None for number in told):
        return True
    if kind == "spread":
        return told[0] == strike and told[1] == -strike
    return kind != "total" or all(number == strike for number in told)
