"""What a user's orders of a period add up to: every matched amount in exactly one column."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from app.domain.odds import from_american
from app.domain.order import Fill, Order, from_report
from app.domain.user_sums import UserSums, sum_up
from tests.services.fakes import NOON, money, report


def order(status: str = "open", winning: str = "tbd", filled: str = "0", **more: object) -> Order:
    matching = "fully_matched" if Decimal(filled) == 10 else "unmatched"
    told = report("a", status, winning=winning, filled=money(filled), matching=matching)
    return from_report(msgspec.structs.replace(told, **more), NOON)


@pytest.mark.parametrize(
    ("one", "columns"),
    [
        (order(), {"waiting": money(10)}),
        (order(filled="4"), {"matched": money(4), "standing": money(4), "waiting": money(6)}),
        (order(filled="10"), {"matched": money(10), "standing": money(10)}),
        (order("canceled", filled="4"), {"matched": money(4), "standing": money(4), "cancelled": money(6)}),
        (order("canceled"), {"cancelled": money(10)}),
        (order("settled", "profit", "10"), {"matched": money(10), "winners": money(10), "won": money(15), "at_limit": 1}),
        (order("closed", "loss", "10"), {"matched": money(10), "lost": money(10)}),
        (order("void", "no_result", "10"), {"matched": money(10), "returned": money(10)}),
        (order("settled", "push", "10"), {"matched": money(10), "returned": money(10)}),
        (order("settled", "tbd", "10"), {"matched": money(10), "untold": money(10), "untold_orders": 1}),
        (order("settled", "half_won", "10"), {"matched": money(10), "untold": money(10), "untold_orders": 1}),
        (order("a new word", filled="4"), {"matched": money(4), "standing": money(4), "waiting": money(6)}),
    ],
)
def test_an_order_counts_in_the_columns_that_its_state_says(one: Order, columns: dict[str, object]) -> None:
    assert sum_up([one]) == UserSums(orders=1, asked=money(10), **columns)  # type: ignore[arg-type]  # the table above holds both kinds


def test_what_matched_is_split_without_a_rest_and_the_result_is_won_less_lost() -> None:
    orders = [
        order(filled="4"), order("settled", "profit", "10"), order("closed", "loss", "10"), order("void", "", "7"),
        order("settled", "tbd", "3"), order("settled", "draw", "2"),
    ]  # fmt: skip
    sums = sum_up(orders)
    assert sums.matched == sums.winners + sums.lost + sums.returned + sums.standing + sums.untold == money(36)
    assert sums.result == money(5)


def test_a_winner_counts_at_the_prices_of_its_matches_where_they_are_known() -> None:
    fill = Fill(money(10), money(10), from_american(200))
    sums = sum_up([order("settled", "profit", "10", fill=fill)])
    assert (sums.won, sums.at_limit) == (money(20), 0)


def test_nothing_adds_up_to_nothing() -> None:
    assert sum_up([]) == UserSums()
