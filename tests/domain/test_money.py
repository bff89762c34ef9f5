"""Money is Decimal in cents, typed in one grammar whatever the locale."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import CEILING, cents, parse_stake


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("10", "10.00"),
        ("10.", "10.00"),
        (".5", "0.50"),
        ("10.5", "10.50"),
        ("10.55", "10.55"),
        (" 10 ", "10.00"),
        ("007", "7.00"),
        ("0.01", "0.01"),
        ("100000000", "100000000.00"),
    ],
)
def test_a_stake_is_digits_and_one_point(text: str, amount: str) -> None:
    stake = parse_stake(text)
    assert stake == Decimal(amount)
    assert stake.as_tuple().exponent == -2


@pytest.mark.parametrize(
    "text",
    [
        "", " ", ".", "10,50", "1.000,50", "1,000", "1 000", "1'000", "1_000", "1e3", "1E3", "0x10", "-5", "+5", "\u22125",
        "0", "0.00", "0.001", "10.555", "١٢", "１２", "10€", "$10", "NaN", "sNaN", "inf", "Infinity", "9" * 400, "1" * 100_000,
        "10\n", "\n10", "10\n20", "10\t", "\u00a010", "10\u200b", "1/2", "100000000.01", "100000001", "999999999",
    ],
)  # fmt: skip
def test_every_other_way_to_write_a_stake_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"stake|venue"):
        parse_stake(text)


@given(st.text(max_size=14))
def test_typing_anything_gives_a_payable_stake_or_a_sentence(text: str) -> None:
    try:
        stake = parse_stake(text)
    except ValueError as problem:
        words = str(problem)
    else:
        words = f"{stake} is an amount"
        assert 0 < stake <= CEILING
        assert stake == cents(stake)
    assert len(words) > 10


@given(st.decimals("0.01", "99999999.99", places=2))
def test_an_amount_reads_back_as_it_is_written(amount: Decimal) -> None:
    assert parse_stake(f"{amount:f}") == amount


@pytest.mark.parametrize(("value", "rounded"), [("1.005", "1.01"), ("1.004999", "1.00"), ("-1.005", "-1.01"), ("7", "7.00")])
def test_cents_round_halves_up(value: str, rounded: str) -> None:
    assert cents(Decimal(value)) == Decimal(rounded)


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity", "1e999", "-1e30"])
def test_what_is_no_amount_of_money_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        cents(Decimal(value))
