"""The guards from one start to the next."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from app.domain.guard import CancelBeforeStart, Guard, KeepAtBest, Place, PriceAlert
from app.domain.lookout import LookoutState
from app.domain.market import MarketKey
from app.domain.odds import from_american
from app.store import guards

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
PLACE = Place(MarketKey(7, 223, Decimal("-4.5")), "a" * 32, "Pilots at Herons", "Spread", "Pilots −4.5")
SOME = (
    Guard(1, PriceAlert(PLACE, from_american(150)), AT, LookoutState.FIRED, "+151, 20.00 to take", AT),
    Guard(4, KeepAtBest(PLACE, "ov-1", from_american(-104), from_american(101), "cust-1"), AT, LookoutState.ARMED, "", AT, moves=3),
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


def test_a_file_of_an_earlier_program_is_read_and_written_in_its_form_with_what_was_seen_beside(tmp_path: Path) -> None:
    at = '"2026-11-21T12:00:00Z"'
    place = (
        f'"place": {{"market": [7, 223, "-4.5"], "selection_id": "{"a" * 32}", "event_name": "Pilots at Herons", "market_name": "Spread",'
        f' "selection_name": "Pilots −4.5"}}'
    )
    text = (
        f'{{"guards": [{{"id": 1, "plan": {{"type": "price alert", {place}, "odds": {{"num": 3, "den": 2}}, "is_longer": true}},'
        f' "created": {at}, "state": "Fired", "words": "+151, 20.00 to take", "at": {at}, "base": null, "moves": 0}},'
        f' {{"id": 4, "plan": {{"type": "keep at best", {place}, "ref": "ov-1", "limit": {{"num": 25, "den": 26}},'
        f' "home": {{"num": 101, "den": 100}}, "user": "cust-1"}},'
        f' "created": {at}, "state": "Armed", "words": "", "at": {at}, "base": null, "moves": 3}},'
        f' {{"id": 9, "plan": {{"type": "cancel before start", "event_id": 7, "event_name": "Pilots at Herons", "minutes": 5, "user": ""}},'
        f' "created": {at}, "state": "Stopped", "words": "", "at": null, "base": null, "moves": 0}}], "version": 1}}'
    )
    path = tmp_path / "guards.json"
    path.write_text(text, "utf-8")
    assert (guards.read(path).value, guards.read(path).words) == (SOME, "")
    guards.keep(path, SOME)
    written = json.loads(path.read_text("utf-8"))
    assert [each.pop("is_seen") for each in written["guards"]] == [True] * len(SOME)
    assert written == json.loads(text)
