"""Events and markets: what is live, over, open, and which number of a market is shown first."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.market import Event, Market, MarketGroup, MarketKey


def event(status: str) -> Event:
    return Event(19458, "Night Herons at Harbor Pilots", 31, "Harbor League", "American Football", None, status)


def market(strike: str, status: str = "active", *, favourite: bool = False) -> Market:
    return Market(MarketKey(19458, 66, Decimal(strike)), f"Home {strike}", "spread", "spread", status, (), favourite)


def group(*markets: Market) -> MarketGroup:
    return MarketGroup(19458, 66, "Spread", "spread", "spread", "Game Lines", "active", markets)


@pytest.mark.parametrize(
    ("status", "live", "over"),
    [
        ("not_started", False, False),
        ("live", True, False),
        ("ended", False, True),
        ("finished", False, True),
        ("paused", False, False),
        ("", False, False),
    ],
)
def test_the_open_vocabulary_of_statuses_is_asked_not_compared(status: str, live: bool, over: bool) -> None:
    assert (event(status).is_live, event(status).is_over) == (live, over)


@pytest.mark.parametrize(
    ("status", "is_open"), [("active", True), ("suspended", False), ("Active", False), ("", False), ("unheard_of", False)]
)
def test_nothing_but_the_known_word_trades(status: str, is_open: bool) -> None:
    assert market("1.5", status).is_open is is_open


def test_the_favourite_number_is_shown_first() -> None:
    assert group(market("1.5"), market("2"), market("2.5", favourite=True)).main.key.strike == Decimal("2.5")


def test_without_a_favourite_the_middle_number_is_shown_first() -> None:
    assert group(market("1.5"), market("2"), market("2.5")).main.key.strike == Decimal(2)


def test_numbers_that_are_equal_name_one_market_however_they_are_written() -> None:
    assert len({MarketKey(1, 66, Decimal("7.5")), MarketKey(1, 66, Decimal("7.50"))}) == 1
