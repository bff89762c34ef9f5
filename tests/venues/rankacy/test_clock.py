"""The feed's times: what is one, and how one is moved back in its own writing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.venues.rankacy.clock import earlier, moment, told_time

AT = datetime(2026, 11, 21, 10, 22, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("2026-11-21T10:22:03Z", AT),
        ("2026-11-21T10:22:03z", AT),
        ("2026-11-21 10:22:03Z", AT),
        ("2026-11-21T10:22:03", AT),
        ("2026-11-21T10:22:03.000000000Z", AT),
        ("2026-11-21T10:22:03.123456789Z", AT.replace(microsecond=123456)),
        ("2026-11-21T10:22:03,5Z", AT.replace(microsecond=500000)),
        ("2026-11-21T12:22:03+02:00", AT),
        ("2026-11-21T04:52:03-0530", AT),
        ("2026-11-22T00:22:03+14:00", AT),
        ("2026-11-21T10:22Z", AT.replace(second=0)),
        ("2026-11-20T24:00:00Z", datetime(2026, 11, 21, tzinfo=UTC)),
        ("2026-12-31T23:59:60Z", datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_i_45_a_time_is_read_whatever_its_zone_and_however_many_digits_it_has(told: str, at: datetime) -> None:
    assert moment(told) == at


@pytest.mark.parametrize(
    "told",
    [
        "", "now", "10:22:03", "2026-11-21", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-21T24:00:01Z", "2026-11-21T25:00:00Z",
        "2026-11-21T10:22:61Z", "2026-11-21T10:60:00Z", "2026-11-21T10:22:03+99:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:60Z",
        "1900-01-01T00:00:00Z", "2026-11-21T10:22:03Z\n", "٢٠٢٦-11-21T10:22:03Z", "2026-11-21T10:22:03.Z", 1_795_000_000, None, True, [],
    ],
)  # fmt: skip
def test_i_45_what_is_no_time_is_none_and_raises_nothing(told: object) -> None:
    assert moment(told) is None


def test_a_time_that_cannot_be_read_is_a_flaw_and_one_that_is_missing_is_none() -> None:
    flaws: list[str] = []
    assert told_time("soon", "Its start", flaws) is None
    assert told_time(None, "Its start", flaws) is None
    assert told_time(17, "Its end", flaws) is None
    assert flaws == ["Its start is no time: 'soon'", "Its end is no time: 17"]


@pytest.mark.parametrize(
    ("told", "seconds", "moved"),
    [
        ("2026-11-21T10:22:03.421Z", 2, "2026-11-21T10:22:01.421Z"),
        ("2026-11-21T10:22:03.421Z", 2.5, "2026-11-21T10:22:00.921Z"),
        ("2026-11-21T10:22:03Z", 2, "2026-11-21T10:22:01Z"),
        ("2026-11-21T10:22:03Z", 0.2, "2026-11-21T10:22:02Z"),
        ("2026-11-21T10:22:03.4Z", 0.25, "2026-11-21T10:22:03.1Z"),
        ("2026-11-21T00:00:01Z", 2, "2026-11-20T23:59:59Z"),
        ("2027-01-01T00:00:00.000Z", 0.001, "2026-12-31T23:59:59.999Z"),
        ("2026-11-21T10:22:03.123456789Z", 1, "2026-11-21T10:22:02.123456789Z"),
        ("2026-11-21T10:22:03", 3, "2026-11-21T10:22:00"),
        ("2026-11-21 10:22:03,25+02:00", 1, "2026-11-21 10:22:02,25+02:00"),
        ("2026-11-21T12:22:03+0200", 2, "2026-11-21T12:22:01+0200"),
        ("2026-11-21T10:22Z", 60, "2026-11-21T10:21Z"),
        ("2026-11-21T10:22Z", 2, "2026-11-21T10:21:58Z"),
        ("2026-11-21T24:00:00Z", 1, "2026-11-21T23:59:59Z"),
        ("2026-12-31T23:59:60Z", 1, "2026-12-31T23:59:59Z"),
    ],
)
def test_a_time_is_moved_back_in_its_own_writing(told: str, seconds: float, moved: str) -> None:
    assert earlier(told, seconds) == moved


@pytest.mark.parametrize("told", ["", "now", "0001-01-01T00:00:01Z", "2026-02-30T00:00:00Z", "1763720523"])
def test_what_cannot_be_moved_stays_as_it_was_told(told: str) -> None:
    assert earlier(told, 5) == told


@pytest.mark.parametrize("seconds", [0, -3, float("nan"), float("inf")])
def test_no_span_moves_nothing(seconds: float) -> None:
    assert earlier("2026-11-21T10:22:03Z", seconds) == "2026-11-21T10:22:03Z"


@given(
    st.datetimes(datetime(1971, 1, 2), datetime(9000, 1, 1)),
    st.integers(0, 9),
    st.sampled_from(["Z", "", "+02:00", "-0930"]),
    st.floats(0.001, 86_400),
)
def test_a_moved_time_is_never_later_than_it_should_be_nor_more_than_its_last_digit_earlier(
    at: datetime, digits: int, zone: str, seconds: float
) -> None:
    fraction = f".{f'{at.microsecond:06d}000'[:digits]}" if digits else ""
    told = f"{at:%Y-%m-%dT%H:%M:%S}{fraction}{zone}"
    before, after = moment(told), moment(earlier(told, seconds))
    assert before is not None
    assert after is not None
    gap = before - after
    tick = timedelta(microseconds=2)
    assert timedelta(seconds=seconds) - tick <= gap <= timedelta(seconds=seconds) + timedelta(seconds=10.0**-digits) + tick
    assert len(earlier(told, seconds)) == len(told)
