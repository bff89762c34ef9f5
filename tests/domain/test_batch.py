"""Rows of a batch: which column is which, how figures are typed, and one stake over several prices."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.batch import MOST_ROWS, BatchRow, off_ladder, read_rows, spread, typed_odds, typed_stake
from app.domain.ladder import from_american_list
from app.domain.odds import from_american
from app.domain.table_text import TableError

LADDER = from_american_list([-110, -105, 100, 105, 110, 115])


def one(text: str, *, has_users: bool = True) -> BatchRow:
    rows = read_rows(text, 7, has_users=has_users)
    assert len(rows) == 1
    return rows[0]


def test_without_a_heading_the_number_of_columns_says_which_is_which() -> None:
    assert one("cust-1;Lakers;+150;10") == BatchRow(7, user="cust-1", selection="Lakers", odds="+150", stake="10")
    assert one("cust-1;At Suns;Lakers;+150;10") == BatchRow(7, user="cust-1", event="At Suns", selection="Lakers", odds="+150", stake="10")
    assert one("cust-1;At Suns;Spread;Lakers;+150;10").market == "Spread"
    assert one("Lakers\t+150\t10", has_users=False) == BatchRow(7, selection="Lakers", odds="+150", stake="10")
    assert one("At Suns\tLakers\t+150\t10", has_users=False).event == "At Suns"


def test_a_heading_puts_the_columns_in_any_order_and_others_are_left_out() -> None:
    text = "Stake,Note,Price,Selection Name,External User\n10,hello,-110,Lakers,cust-1\n5,,+150,Heat,cust-2"
    rows = read_rows(text, 1, has_users=True)
    assert rows == [
        BatchRow(1, user="cust-1", selection="Lakers", odds="-110", stake="10"),
        BatchRow(2, user="cust-2", selection="Heat", odds="+150", stake="5"),
    ]


def test_a_short_row_has_empty_cells_and_is_not_lost() -> None:
    rows = read_rows("user,selection,odds,stake\ncust-1,Lakers", 1, has_users=True)
    assert rows == [BatchRow(1, user="cust-1", selection="Lakers")]
    assert one("cust-1;Lakers") == BatchRow(7, user="cust-1", selection="Lakers")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("user,odds,stake\ncust-1,+150,10", "no column for selection"),
        ("selection,odds,stake\nLakers,+150,10", "no column for user"),
        ("user,selection,odds,stake\n", "a heading and no row below it"),
        ("a;b;c;d;e;f;g", "Line 1 has 7 columns: at most 6 are known, in this order: user, event, market, selection, odds, stake"),
    ],
)
def test_a_table_that_is_no_batch_says_why(text: str, words: str) -> None:
    with pytest.raises(TableError, match=words):
        read_rows(text, 1, has_users=True)


def test_as_many_rows_as_may_stand_here_may_have_a_heading_and_one_more_may_not_come() -> None:
    rows = "cust-1;Lakers;+150;10\n" * MOST_ROWS
    assert len(read_rows("user;selection;odds;stake\n" + rows, 1, has_users=True)) == MOST_ROWS
    with pytest.raises(TableError, match="more than 2,000 rows"):
        read_rows(rows + "cust-1;Lakers;+150;10", 1, has_users=True)


@pytest.mark.parametrize(("text", "value"), [("+150", 150), ("150", 150), ("-110", -110), ("−110", -110), ("ev", 100), ("'+150", 150)])
def test_odds_are_read_as_they_are_typed(text: str, value: int) -> None:
    assert typed_odds(text) == from_american(value)


def test_a_stake_is_digits_and_one_point_and_nothing_is_guessed() -> None:
    assert typed_stake("10.5") == Decimal("10.50")
    for text in ("10,50", "1,000", "$5", "1e3", ""):
        with pytest.raises(ValueError, match="stake"):
            typed_stake(text)


def test_odds_off_the_ladder_are_told_with_their_neighbours() -> None:
    assert off_ladder(from_american(105), LADDER) == ""
    assert off_ladder(from_american(107), LADDER) == "+107 is not on the venue's price ladder: its neighbours are +105 and +110"
    assert off_ladder(from_american(-107), LADDER).endswith("its neighbours are −110 and −105")
    assert off_ladder(from_american(900), LADDER).endswith("the nearest is +115")
    assert off_ladder(from_american(-900), LADDER).endswith("the nearest is −110")


def test_a_row_over_several_prices_keeps_its_stake_and_its_user() -> None:
    row = BatchRow(1, user="cust-1", selection="Lakers", odds="+100", stake="10")
    parts = spread(row, LADDER, 3, 5)
    assert [(part.id, part.user, part.odds, part.stake) for part in parts] == [
        (5, "cust-1", "+100", "3.34"),
        (6, "cust-1", "+105", "3.33"),
        (7, "cust-1", "+110", "3.33"),
    ]


def test_a_ladder_that_ends_too_soon_is_told() -> None:
    with pytest.raises(ValueError, match="The ladder ends at \\+115"):
        spread(BatchRow(1, odds="+110", stake="10"), LADDER, 5, 2)
