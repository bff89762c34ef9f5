"""Prices, figures and texts of the feed, one by one."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.odds import Odds
from app.venues.rankacy.values import NAME, figure, maybe_id, name, price, quoted, text


@pytest.mark.parametrize(
    ("told", "odds"),
    [
        ("1.87", Odds(87, 100)),
        ("18.00", Odds(17, 1)),
        ("2", Odds(1, 1)),
        ("1.01", Odds(1, 100)),
        ("1.00000001", Odds(1, 100_000_000)),
        ("999999", Odds(999_998, 1)),
    ],
)
def test_decimal_odds_are_exact(told: str, odds: Odds) -> None:
    assert price(told) == odds


@pytest.mark.parametrize(
    "told",
    [
        None, True, 1.87, 2, 10**30, "", "1", "1.00", "0.99", "0", "-1.87", "+1.87", "1e3", "NaN", "Infinity", "inf", "sNaN", "1,87",
        " 1.87", "1.87\n", "1_0.5", "١.٨٧", "2.", ".5", "1.123456789", "1000000", "9" * 5000, "1/2", [], {}, ["1.87"],
    ],
)  # fmt: skip
def test_i_05_i_10_what_is_not_text_of_plain_digits_above_1_is_no_price(told: object) -> None:
    assert price(told) is None


@given(st.integers(101, 99_999_999))
def test_every_price_of_two_decimals_is_the_ratio_it_says(hundredths: int) -> None:
    odds = price(f"{hundredths // 100}.{hundredths % 100:02d}")
    assert odds is not None
    assert Fraction(odds.num, odds.den) == Fraction(hundredths, 100) - 1
    assert odds.decimal == Decimal(hundredths) / 100


@pytest.mark.parametrize(("told", "margin"), [("0.05", Decimal("0.05")), ("-0.05", Decimal("-0.05")), ("0", Decimal(0)), ("7", Decimal(7))])
def test_a_margin_is_the_feeds_own_figure(told: str, margin: Decimal) -> None:
    assert figure(told) == margin


@pytest.mark.parametrize("told", [None, 0.05, "NaN", "-Infinity", "1e-2", "", "5%", "9" * 5000, True])
def test_what_is_no_figure_is_none(told: object) -> None:
    assert figure(told) is None


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("Night Tram", "Night Tram"),
        ("  Night\n\tTram ", "Night Tram"),
        ("Night\x00Tram", "Night Tram"),
        ("\u202enight\u202c", "night"),
        ("a\u2066b\u200bc", "a b c"),
        ("<b>Tram</b> %s {0}", "<b>Tram</b> %s {0}"),
        ("Ночной трамвай 🚋", "Ночной трамвай 🚋"),
        (None, ""),
        (17, ""),
        (["x"], ""),
    ],
)
def test_a_text_is_one_plain_line_that_turns_nothing_round(told: object, shown: str) -> None:
    assert text(told) == shown


@pytest.mark.parametrize("told", ["word " * 2000, "x" * 10_000, "\u202e" * 10_000, "ab\n" * 5000])
def test_a_name_of_thousands_of_characters_is_bounded(told: str) -> None:
    assert len(text(told)) <= NAME
    assert 0 < len(name(told, "Team 9")) <= NAME


@pytest.mark.parametrize("told", ["", None, 7, "\u202e", "x" * 10_000])
def test_what_has_no_name_is_called_by_its_number(told: object) -> None:
    assert name(told, "Team 9") == "Team 9"


def test_a_key_in_a_name_is_not_shown() -> None:
    assert text("the rksb_" + "live_0a1b2c3d team") == "the rksb_… team"


@pytest.mark.parametrize("told", [2**31, 2**53 + 1, 2**63 - 1, 0])
def test_i_09_an_id_is_kept_exact(told: int) -> None:
    flaws: list[str] = []
    assert maybe_id(told, "Its season", flaws) == told
    assert flaws == []


@pytest.mark.parametrize("told", [2**63, 2**64, -1, 1.0, True, "12", "", [], {}, 10**30])
def test_i_08_i_10_what_is_no_id_is_none_and_said(told: object) -> None:
    flaws: list[str] = []
    assert maybe_id(told, "Its season", flaws) is None
    assert flaws == [f"Its season is no id: {quoted(told)}"]


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (True, "true"),
        (None, "nothing"),
        (10**30, "a number of too many digits"),
        (["x" * 999], "a list"),
        ({"a": 1}, "an object"),
        (1.5, "1.5"),
        ("a\u202eb", "'a b'"),
    ],
)
def test_what_was_told_instead_stands_in_a_sentence_and_is_short(told: object, shown: str) -> None:
    assert quoted(told) == shown
