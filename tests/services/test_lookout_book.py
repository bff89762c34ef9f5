"""The list of lookouts: which changes are written down, which ids are given, and how one comes back after a restart."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from app.domain.guard import CancelMoved, Guard, Place
from app.domain.lookout import BY_HAND, LookoutState
from app.domain.market import MarketKey
from app.domain.odds import from_american
from app.services.lookout_book import RESTARTED, LookoutBook
from tests.services.fakes import Clock

PLACE = Place(MarketKey(7, 219, Decimal(0)), "home")
ARMED, WAITING, FIRED = LookoutState.ARMED, LookoutState.WAITING, LookoutState.FIRED


class Shelf:
    """A book with one armed guard, written down, and what it told of since."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.kept: list[tuple[Guard, ...]] = []
        self.told = 0
        self.book = LookoutBook("guards", 3, self.clock.now, (), self.keep)
        self.add()
        self.book.put(self.guard, ARMED, "")
        self.book.write()
        self.book.changed.connect(self.hear)

    def keep(self, guards: tuple[Guard, ...]) -> str:
        self.kept.append(guards)
        return ""

    def hear(self) -> None:
        self.told += 1

    def add(self) -> None:
        self.book.add(Guard(self.book.next_id, CancelMoved(PLACE, 5, "ov-1"), self.clock.now()))

    @property
    def guard(self) -> Guard:
        return self.book.all[1]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def test_other_words_for_a_lookout_that_looks_are_shown_and_not_worth_a_writing(shelf: Shelf) -> None:
    shelf.book.put(shelf.guard, ARMED, "alone at +150")
    assert (shelf.told, shelf.book.is_unkept) == (1, False)


def test_what_stays_as_it_is_is_told_to_nobody_and_is_the_same_object(shelf: Shelf) -> None:
    before = shelf.guard
    shelf.book.put(msgspec.structs.replace(before), ARMED, "")
    assert (shelf.told, shelf.guard is before) == (0, True)


def test_another_state_is_written_down_with_the_time_since_which_it_stands_so(shelf: Shelf) -> None:
    shelf.clock.move(5)
    shelf.book.put(shelf.guard, WAITING, "trading is off")
    assert (shelf.book.is_unkept, shelf.guard.at) == (True, shelf.clock.now())


def test_the_time_is_that_of_the_words_beside_it(shelf: Shelf) -> None:
    shelf.clock.move(5)
    shelf.book.put(shelf.guard, ARMED, "alone at +150")
    said = shelf.clock.now()
    shelf.clock.move(57)
    shelf.book.put(shelf.guard, ARMED, "alone at +150")
    assert shelf.guard.at == said
    shelf.book.put(shelf.guard, ARMED, "the best of others is −182, past the limit")
    assert shelf.guard.at == shelf.clock.now()


def test_what_came_of_one_that_fired_does_not_move_the_time_at_which_it_did(shelf: Shelf) -> None:
    shelf.book.put(shelf.guard, FIRED, "+150")
    fired = shelf.guard.at
    shelf.clock.move(5)
    shelf.book.put(shelf.guard, FIRED, "+150: 1 order off the book")
    assert (shelf.guard.at, shelf.guard.words) == (fired, "+150: 1 order off the book")


def test_another_order_in_the_place_of_the_guarded_one_is_written_down(shelf: Shelf) -> None:
    plan = CancelMoved(PLACE, 5, "ov-2")
    shelf.book.put(msgspec.structs.replace(shelf.guard, plan=plan), ARMED, "")
    assert shelf.book.is_unkept


def test_where_the_price_stood_when_it_was_armed_is_written_down_for_the_next_start(shelf: Shelf) -> None:
    shelf.book.put(msgspec.structs.replace(shelf.guard, base=from_american(150)), ARMED, "")
    assert (shelf.told, shelf.book.is_unkept) == (1, True)


@pytest.mark.parametrize(
    ("state", "words", "is_seen"),
    [
        (FIRED, "+150", False),
        (LookoutState.STOPPED, "prices were not fresh", False),
        (LookoutState.STOPPED, BY_HAND, True),
        (LookoutState.EXPIRED, "the event is over", True),
        (WAITING, "trading is off", True),
    ],
)
def test_what_fired_or_stopped_by_itself_has_to_be_seen(shelf: Shelf, state: LookoutState, words: str, is_seen: bool) -> None:
    shelf.book.put(shelf.guard, state, words)
    assert shelf.guard.is_seen is is_seen


def test_what_was_seen_stays_so_while_more_is_said_of_it_and_is_written_down(shelf: Shelf) -> None:
    shelf.book.put(shelf.guard, FIRED, "+150")
    shelf.book.write()
    shelf.book.see([1])
    assert (shelf.guard.is_seen, shelf.book.is_unkept) == (True, True)
    shelf.book.put(shelf.guard, FIRED, "+150: 1 order off the book")
    assert shelf.guard.is_seen
    shelf.book.put(shelf.guard, ARMED, "")
    shelf.book.put(shelf.guard, FIRED, "+150")
    assert not shelf.guard.is_seen, "it fired anew"


def test_a_start_says_anew_which_look_no_more_but_not_those_stopped_by_hand(shelf: Shelf) -> None:
    shelf.add()
    shelf.add()
    shelf.book.put(shelf.book.all[2], LookoutState.STOPPED, "prices were not fresh")
    shelf.book.put(shelf.book.all[3], LookoutState.STOPPED, BY_HAND)
    shelf.book.see([2, 3])
    shelf.book.write()
    again = LookoutBook("guards", 3, shelf.clock.now, shelf.kept[-1], shelf.keep)
    assert [guard.is_seen for guard in again.all.values()] == [False, False, True]


def test_what_fired_unseen_is_still_unseen_after_a_restart(shelf: Shelf) -> None:
    shelf.book.put(shelf.guard, FIRED, "+150")
    shelf.book.write()
    again = LookoutBook("guards", 3, shelf.clock.now, shelf.kept[-1], shelf.keep)
    assert not again.all[1].is_seen


def test_what_came_of_one_that_fired_is_written_down(shelf: Shelf) -> None:
    shelf.book.put(shelf.guard, FIRED, "+150")
    shelf.book.write()
    shelf.book.put(shelf.guard, FIRED, "+150: 1 order off the book")
    assert shelf.book.is_unkept


def test_no_id_is_given_twice_while_the_program_runs(shelf: Shelf) -> None:
    shelf.add()
    shelf.book.remove([2])
    shelf.add()
    assert list(shelf.book.all) == [1, 3]


def test_only_what_is_done_makes_room_and_the_oldest_of_it_first(shelf: Shelf) -> None:
    shelf.add()
    shelf.add()
    assert shelf.book.room() == "There are 3 guards already: remove some first"
    shelf.book.put(shelf.book.all[2], FIRED, "")
    shelf.book.put(shelf.book.all[3], LookoutState.EXPIRED, "")
    assert shelf.book.room() == ""
    assert list(shelf.book.all) == [1, 3]


def test_what_was_armed_comes_back_stopped_and_what_was_done_as_it_was(shelf: Shelf) -> None:
    shelf.add()
    shelf.book.put(shelf.book.all[2], FIRED, "+150")
    shelf.book.write()
    shelf.clock.move(60)
    again = LookoutBook("guards", 3, shelf.clock.now, shelf.kept[-1], shelf.keep)
    armed, fired = again.all.values()
    assert (armed.state, armed.words, armed.at) == (LookoutState.STOPPED, RESTARTED, shelf.clock.now())
    assert fired == shelf.book.all[2]
    assert again.next_id == 3
