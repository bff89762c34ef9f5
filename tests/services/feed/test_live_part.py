"""From when on a match was played, and with when a chart of its odds begins."""

from __future__ import annotations

import msgspec
import pytest

from app.services.feed.live_part import LEAD_SHARE, LONGEST_LEAD, live_part, went_live
from tests.services.feed.kit import EVENING, LIVE, match

START = EVENING.timestamp()


def begun(status: str = "LIVE", *, is_told: bool = True) -> float | None:
    return went_live(msgspec.structs.replace(match(LIVE, status), starts_at=EVENING if is_told else None), {})


def test_a_match_went_live_when_it_was_to_start_unless_its_first_round_came_later() -> None:
    told = msgspec.structs.replace(match(LIVE, "LIVE"), starts_at=EVENING)
    assert went_live(told, {}) == START
    assert went_live(told, {1: START + 300}) == START + 300
    assert went_live(told, {1: START - 3600}) == START, "it was priced before"
    assert went_live(told, {1: START - 700, 2: START - 600}) == START - 600, "it began before it was to"
    assert went_live(msgspec.structs.replace(told, starts_at=None), {1: START + 5}) == START + 5


def test_before_it_and_where_nothing_tells_it_no_match_went_live() -> None:
    assert [begun("PREGAME"), begun("WARMUP"), begun(is_told=False)] == [None] * 3
    assert begun("FINISHED") == START


@pytest.mark.parametrize(("live", "lead"), [(60, 60 * LEAD_SHARE), (1200, 1200 * LEAD_SHARE), (36_000, LONGEST_LEAD)])
def test_what_is_shown_before_it_is_a_share_of_what_is_live(live: float, lead: float) -> None:
    assert live_part(1000.0, [[0.0, 1000.0 + live], [], [5.0]]) == pytest.approx(1000 - lead)


def test_there_is_no_live_part_without_prices_before_and_after() -> None:
    assert live_part(None, [[0.0, 2000.0]]) is None
    assert live_part(1000.0, [[], []]) is None
    assert live_part(1000.0, [[999.9, 2000.0]]) is None, "nothing to leave out"
    assert live_part(1000.0, [[0.0, 900.0]]) is None, "nothing live to show"
