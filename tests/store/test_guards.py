"""The guards from one start to the next."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from app.domain.guard import CancelBeforeStart, Guard, GuardState, KeepAtBest, Place, PriceAlert
from app.domain.market import MarketKey
from app.domain.odds import from_american
from app.store import guards

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
PLACE = Place(MarketKey(7, 223, Decimal("-4.5")), "a" * 32, "Pilots at Herons", "Spread", "Pilots −4.5")
SOME = (
    Guard(1, PriceAlert(PLACE, from_american(150)), AT, GuardState.FIRED, "+151, 20.00 to take", AT),
    Guard(4, KeepAtBest(PLACE, "ov-1", from_american(-104), from_american(101), "cust-1"), AT, GuardState.ARMED, "", AT, moves=3),
    Guard(9, CancelBeforeStart(7, "Pilots at Herons", 5), AT),
)


def test_guards_are_kept_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "guards-practice-practice.json"
    assert guards.keep(path, SOME) == ""
    assert (guards.read(path).value, guards.read(path).words) == (SOME, "")


def test_without_a_file_there_is_no_guard_and_no_word(tmp_path: Path) -> None:
    assert (guards.read(tmp_path / "none.json").value, guards.read(tmp_path / "none.json").words) == ((), "")


def test_a_kind_of_a_later_program_is_said_and_the_file_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "guards.json"
    path.write_text('{"guards": [{"id": 1, "plan": {"type": "stop loss"}, "created": "2026-11-21T12:00:00Z"}]}', "utf-8")
    read = guards.read(path)
    assert read.value == ()
    assert "guards.json cannot be used" in read.words
    assert not path.exists()


def test_guards_that_cannot_be_written_are_said(tmp_path: Path) -> None:
    words = guards.keep(tmp_path / "nowhere" / "guards.json", SOME)
    assert words == "The guards hold until the end of the program, but could not be kept: No such file or directory"


def test_five_hundred_guards_with_long_names_fit_into_the_file(tmp_path: Path) -> None:
    long = Place(PLACE.market, PLACE.selection_id, "e" * 120, "m" * 120, "s" * 120)
    many = tuple(
        Guard(one, KeepAtBest(long, "r" * 60, from_american(150), from_american(160), "u" * 100), AT, words="w" * 300, at=AT)
        for one in range(500)
    )
    assert guards.keep(tmp_path / "guards.json", many) == ""
    assert guards.read(tmp_path / "guards.json").value == many
