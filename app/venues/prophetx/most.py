"""How often the names of weight (ids, prices, amounts) can stand in what was read: more often, and one of them may be told twice.

Counting bytes costs a fraction of reading a body twice. A name that stands in a text as well is counted too, and costs that body the slow
way and nothing else; one whose letters are escaped is not seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from app.venues.prophetx import wire

_ONCE_IN_ORDER = MappingProxyType(
    {
        b'"order_id"': 1,
        b'"external_id"': 1,
        b'"external_user_id"': 1,
        b'"sport_event_id"': 1,
        b'"market_id"': 1,
        b'"strike_id"': 1,
        b'"price"': 1,
        b'"quantity"': 1,
        b'"filled_quantity"': 1,
        b'"total_filled_quantity"': 1,
    }
)
_ONCE_IN_EVENT = MappingProxyType({b'"event_id"': 1, b'"tournament_id"': 1})
_IN_TOURNAMENT = MappingProxyType({b'"id"': 3})  # its own, its sport's and its category's


def of_tournament(_row: object) -> Mapping[bytes, int]:
    return _IN_TOURNAMENT


def of_event(_row: object) -> Mapping[bytes, int]:
    return _ONCE_IN_EVENT


def of_order(_row: object) -> Mapping[bytes, int]:
    return _ONCE_IN_ORDER


def of_market(row: wire.WireMarket) -> Mapping[bytes, int]:
    children = row.market_strikes or []
    levels = _levels(row.selections) + sum(_levels(child.selections) for child in children)
    return {b'"strike_id"': levels, b'"price"': levels, b'"value"': levels, b'"id"': 1 + len(children)}


def of_depth(push: wire.DepthPush) -> Mapping[bytes, int]:
    """Thousands of these come in a second: only what an order would be made of. A strike that is another one finds no selection there."""
    levels = _levels(push.info.selections)
    return {b'"strike_id"': levels, b'"price"': levels, b'"market_id"': 1, b'"sport_event_id"': 1}


def _levels(sides: object) -> int:
    return sum(len(side) for side in sides if side) if isinstance(sides, Iterable) else 0
