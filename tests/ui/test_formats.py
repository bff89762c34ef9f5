"""Values as text for eyes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.odds import from_american, parse_american
from app.ui import formats
from app.ui.formats import NOTHING, OddsFormat

NOON = datetime(2026, 9, 12, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        (150, OddsFormat.AMERICAN, "+150"),
        (-110, OddsFormat.AMERICAN, "\u2212110"),
        (-100, OddsFormat.AMERICAN, "+100"),
        (150, OddsFormat.DECIMAL, "2.50"),
        (-110, OddsFormat.DECIMAL, "1.91"),
        (-25000, OddsFormat.DECIMAL, "1.004"),
        (-1000, OddsFormat.DECIMAL, "1.10"),
        (150, OddsFormat.IMPLIED, "40.0 %"),
        (-110, OddsFormat.IMPLIED, "52.4 %"),
    ],
)
def test_odds_are_written_in_the_chosen_format(value: int, style: OddsFormat, text: str) -> None:
    assert formats.odds(from_american(value), style) == text


@pytest.mark.parametrize("style", list(OddsFormat))
def test_no_odds_are_a_dash_never_a_zero(style: OddsFormat) -> None:
    assert formats.odds(None, style) == NOTHING


@given(st.one_of(st.integers(100, 25_000), st.integers(-25_000, -101)))
def test_american_odds_can_be_typed_as_they_are_shown(value: int) -> None:
    assert parse_american(formats.american(from_american(value))).american == value


@pytest.mark.parametrize(
    ("value", "text"),
    [("1234.5", "1,234.50"), ("0", "0.00"), ("-5", "\u22125.00"), ("-1234567.891", "\u22121,234,567.89"), (None, NOTHING)],
)
def test_money_has_two_places_and_a_true_minus(value: str | None, text: str) -> None:
    assert formats.money(Decimal(value) if value else None) == text


@pytest.mark.parametrize(("value", "text"), [("13.64", "+13.64"), ("-100", "\u2212100.00"), ("0", "0.00"), (None, NOTHING)])
def test_a_result_shows_its_sign(value: str | None, text: str) -> None:
    assert formats.signed(Decimal(value) if value else None) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("96.72", "96.72"), ("17.00", "17"), ("999.99", "999.99"), ("1240", "1,240"), ("12400", "12.4k"), ("1200000", "1.2M")],
)
def test_waiting_money_is_short(value: str, text: str) -> None:
    assert formats.short_money(Decimal(value)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, NOTHING),
        (-1.0, "0.0 s"),
        (0.34, "0.3 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (41.2, "41 s"),
        (99.6, "2 min"),
        (540.0, "9 min"),
        (10800.0, "3 h"),
    ],
)
def test_an_age_has_one_unit(seconds: float | None, text: str) -> None:
    assert formats.age(seconds) == text


@pytest.mark.parametrize(
    ("ahead", "text"),
    [
        (timedelta(hours=14, minutes=17), "14 h"),
        (timedelta(minutes=100), "2 h"),
        (timedelta(minutes=99), "99 min"),
        (timedelta(minutes=10), "10 min"),
        (timedelta(minutes=9, seconds=59), "\u221209:59"),
        (timedelta(seconds=1), "\u221200:01"),
        (timedelta(0), "due"),
        (timedelta(minutes=-59), "due"),
    ],
)
def test_a_start_within_a_day_counts_down(ahead: timedelta, text: str) -> None:
    assert formats.start(NOON + ahead, NOON) == text


def test_a_start_further_off_is_a_day_and_a_time() -> None:
    soon, later = NOON + timedelta(days=2), NOON + timedelta(days=20)
    assert formats.start(soon, NOON) == soon.astimezone().strftime("%a %H:%M")
    assert formats.start(later, NOON) == later.astimezone().strftime("%d %b %H:%M")
    assert formats.start(None, NOON) == NOTHING


def test_a_time_of_day_has_milliseconds() -> None:
    assert formats.clock(NOON.replace(microsecond=123456)) == NOON.astimezone().strftime("%H:%M:%S.123")


@pytest.mark.parametrize(("ref", "text"), [("ov-1", "ov-1"), ("ov-0123456789abcdef", "ov-0…bcdef"), ("", "")])
def test_a_reference_is_shortened_in_its_middle(ref: str, text: str) -> None:
    assert formats.short_ref(ref) == text
