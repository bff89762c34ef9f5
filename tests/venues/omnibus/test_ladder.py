"""The built-in ladder, for a venue that lists none."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest

from app.domain.errors import RefusedError
from app.domain.odds import from_american
from app.practice.ladder import LADDER
from app.venues.omnibus.ladder import BUILT_IN, prices
from tests.venues.exchange import let_pass
from tests.venues.omnibus.floor import PartnerFloor


def test_it_is_the_vendors_two_hundred_and_ninety_one_prices() -> None:
    told = prices()
    assert len(told) == len(set(told)) == 291
    assert told == sorted(told)
    assert (told[0], told[-1]) == (-10_000, 10_000)
    assert -100 not in told
    assert {-price for price in told if price < 0} == {price for price in told if price > 0} - {100}


def test_its_steps_grow_with_the_price() -> None:
    told = prices()
    after = {price: following - price for price, following in pairwise(told) if price > 0}
    assert {price: after[price] for price in (100, 119, 120, 198, 200, 300, 500, 1_000, 2_000, 3_000, 5_000)} == {
        100: 1, 119: 1, 120: 2, 198: 2, 200: 5, 300: 10, 500: 20, 1_000: 100, 2_000: 250, 3_000: 500, 5_000: 2_500,
    }  # fmt: skip


def test_orders_may_be_priced_by_it_and_none_of_it_is_off_a_longer_list() -> None:
    assert BUILT_IN.is_plausible
    assert len(BUILT_IN) == 291
    assert set(prices()) < set(LADDER), "the longer list that the venue's other API gives"


async def test_the_exchange_takes_every_price_of_its_own_books_from_a_partner_too() -> None:
    """The built-in list is a part of what it takes: a price between two of them is refused by nobody, one of no list by the exchange."""
    floor = PartnerFloor()
    async with floor.desk() as venue:
        taken = msgspec.structs.replace(floor.resting_for("cust-1"), odds=from_american(4_900))
        assert taken.odds not in await venue.ladder()
        assert (await venue.place("ref-1", taken, let_pass)).venue_order_id
        with pytest.raises(RefusedError):
            await venue.place("ref-2", msgspec.structs.replace(taken, odds=from_american(4_901)), let_pass)
