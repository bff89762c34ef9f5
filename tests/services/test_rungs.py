"""Which prices may be asked for where the venue lists none: those known, and those that stand in its own books."""

from __future__ import annotations

import pytest

from app.domain.events import BookChanged, EventChanged
from app.domain.ladder import Ladder, from_american_list
from app.domain.odds import from_american
from app.services.rungs import MOST, Rungs
from tests.services.fakes import HOME, KEY, Desk, book, draft, event, level, seeded

KNOWN = from_american_list(range(-130, -100, 10), "B2B accounts").grown(map(from_american, range(100, 200, 2)))
LISTED = Ladder(KNOWN.rungs)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def rungs(desk: Desk) -> Rungs:
    return Rungs(desk.controls)


def ladder(desk: Desk) -> Ladder:
    assert desk.controls.ladder is not None
    return desk.controls.ladder


def test_a_price_that_stands_in_the_venues_own_book_is_a_rung(desk: Desk, rungs: Rungs) -> None:
    rungs.read(KNOWN)
    rungs.hear(BookChanged(book(127, -115)))
    assert from_american(127) in ladder(desk)
    assert from_american(-115) in ladder(desk)
    assert ladder(desk).move(from_american(126), 1) == from_american(127)
    assert ladder(desk).steps(from_american(126), from_american(128)) == 2
    assert ladder(desk).words == "among the prices that this program knows for B2B accounts"


def test_prices_below_the_best_count_too_and_so_does_what_was_read_before_the_ladder(desk: Desk, rungs: Rungs) -> None:
    deep = book(130)
    deep.sides[HOME] = (level(130), level(127))
    rungs.hear(seeded(1.0, deep))
    assert desk.controls.ladder is None
    rungs.read(KNOWN)
    assert from_american(127) in ladder(desk)


def test_a_list_of_the_venues_own_is_never_added_to(desk: Desk, rungs: Rungs) -> None:
    rungs.hear(seeded(1.0, book(121)))
    rungs.read(LISTED)
    rungs.hear(seeded(1.0, book(127)))
    assert ladder(desk) is LISTED


def test_what_was_seen_stays_when_the_ladder_is_read_again(desk: Desk, rungs: Rungs) -> None:
    rungs.read(KNOWN)
    rungs.see([book(127)])
    rungs.read(KNOWN)
    assert from_american(127) in ladder(desk)


def test_a_flood_of_prices_is_no_ladder(desk: Desk, rungs: Rungs) -> None:
    rungs.read(KNOWN)
    flood = book()
    flood.sides[HOME] = tuple(level(1000 + number) for number in range(MOST + 1))
    rungs.see([flood])
    assert len(ladder(desk)) == len(KNOWN)


def test_an_order_at_a_price_of_the_book_may_leave_and_any_other_is_refused_without_naming_the_venues_ladder(desk: Desk) -> None:
    desk.ready()
    desk.controls.ladder = KNOWN
    refusal = desk.trading.objection(draft(127))
    assert refusal is not None
    assert refusal.words == "+127 is not among the prices that this program knows for B2B accounts"
    desk.session.emit([BookChanged(book(127, -150))])
    assert desk.trading.objection(draft(127)) is None


async def test_a_session_learns_from_the_books_of_events_that_nobody_looks_at(desk: Desk) -> None:
    desk.controls.ladder = KNOWN
    desk.catalogue.apply(EventChanged(event()))
    desk.catalogue.put_by(seeded(1.0, book(127, key=KEY)))
    assert from_american(127) in ladder(desk)
