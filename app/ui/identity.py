"""Whether what a ticket shows is still what its ids mean: selections get deleted, renumbered and moved to other lines."""

from __future__ import annotations

from app.domain.labels import Labels
from app.domain.market import MarketKey, Selection
from app.domain.order import OrderDraft
from app.services.catalogue import Catalogue
from app.ui import formats

AGAIN = "Choose its price again"


def find(catalogue: Catalogue, draft: OrderDraft) -> Selection | None:
    """What a draft's selection is now; None where it is not listed."""
    market = catalogue.market(draft.market)
    found = [one for one in market.selections if one.id == draft.selection_id] if market else []
    return found[0] if found else None


def changed(catalogue: Catalogue, draft: OrderDraft, seen: Selection | None, labels: Labels) -> str:
    """Why a draft is no longer what was chosen when its selection was `seen`; empty while it is."""
    now = find(catalogue, draft)
    if now is None:
        return _where_it_went(catalogue, draft, labels)
    if now.name != draft.selection_name:
        return f"This {labels.selection_low} is {now.name or 'nameless'} now. {AGAIN}"
    if seen is not None and now.strike != seen.strike:
        return f"This {labels.selection_low} stands at {_number(now)} now. {AGAIN}"
    return ""


def _where_it_went(catalogue: Catalogue, draft: OrderDraft, labels: Labels) -> str:
    for group in catalogue.groups.get(draft.market.event_id, ()):
        for market in group.markets:
            if any(one.id == draft.selection_id for one in market.selections):
                return f"The line moved from {_strike(draft.market)} to {_strike(market.key)}. {AGAIN}"
    return f"This {labels.selection_low} is no longer listed. Choose another price"


def _strike(key: MarketKey) -> str:
    return format(key.strike, "f").replace("-", formats.MINUS)


def _number(selection: Selection) -> str:
    return "no line" if selection.strike is None else format(selection.strike, "+f").replace("-", formats.MINUS)
