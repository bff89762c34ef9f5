"""The account's money: the venue's figures, and what is free of them by the account's rule."""

from __future__ import annotations

import pytest

from app.domain.account import Deduction
from app.domain.errors import UnknownError
from tests.services.fakes import Desk, money


async def test_nothing_is_known_before_the_venue_told_it() -> None:
    desk = Desk()
    assert desk.account.balance is None
    assert desk.account.free is None


async def test_a_reading_is_announced() -> None:
    desk = Desk()
    calls: list[int] = []
    desk.account.changed.connect(lambda: calls.append(1))
    await desk.account.read()
    assert calls == [1]
    assert desk.account.free == money(900)


async def test_the_rule_of_deduction_can_be_changed() -> None:
    desk = Desk()
    await desk.account.read()
    desk.account.rule = Deduction.ON_PLACEMENT
    assert desk.account.free == money(850)
    assert "unmatched" in desk.account.formula


async def test_a_failed_reading_keeps_what_was_known() -> None:
    desk = Desk()
    await desk.account.read()
    desk.venue.troubles["balance"] = [UnknownError("No answer")]
    with pytest.raises(UnknownError):
        await desk.account.read()
    assert desk.account.free == money(900)
