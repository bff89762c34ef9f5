"""The newest odds by key: what replaces what, how prices moved by team, and which of them the feed still vouches for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from app.domain.cs2 import OddsKey, Question, Snapshot
from app.services.feed.board import KEPT, NEVER, Board
from tests.services.feed.kit import EVENING, LIVE, NOMADS, OTHER, VERTEX, match, price, snapshot

WHOLE = OddsKey(LIVE, Question.MATCH)


def at(seconds: float, **more: object) -> Snapshot:
    return snapshot(at=EVENING + timedelta(seconds=seconds), **more)  # type: ignore[arg-type]  # the maker's own names


@pytest.fixture
def board() -> Board:
    """A chain that began at 100."""
    board = Board()
    board.lost(100.0)
    return board


def ct_odds(board: Board, key: OddsKey = WHOLE) -> object:
    quote = board.quote(key)
    assert quote is not None
    return quote.snapshot.sides[0].odds


def heard_at(board: Board, key: OddsKey = WHOLE) -> float:
    quote = board.quote(key)
    assert quote is not None
    return quote.heard_at


# What replaces what


def test_a_newer_snapshot_replaces_an_older_one(board: Board) -> None:
    board.hear([at(0)], 100, 100)
    board.hear([at(1, ct="1.90")], 101, 101)
    assert ct_odds(board) == price("1.90")


@pytest.mark.parametrize("seconds", [-1, 0])
def test_an_older_or_equal_snapshot_is_a_duplicate(board: Board, seconds: int) -> None:
    board.hear([at(0)], 100, 100)
    calls: list[int] = []
    board.changed.connect(lambda: calls.append(1))
    told = at(seconds, ct="1.50") if seconds else at(0)
    assert board.hear([told], 101, 101).duplicates == 1
    assert ct_odds(board) == price("1.87")
    assert calls == []


def test_the_same_item_twice_and_out_of_order_leaves_the_newest(board: Board) -> None:
    """I-46."""
    told = [at(2, ct="1.95"), at(1, ct="1.90"), at(2, ct="1.95"), at(0)]
    assert board.hear(told, 100, 100).duplicates == 3
    assert ct_odds(board) == price("1.95")
    assert heard_at(board) == 100


def test_two_prices_for_one_moment_are_doubted_until_the_match_is_read(board: Board) -> None:
    board.hear([at(0)], 100, 100)
    board.read(LIVE, [at(0)], 100, 100)
    assert board.hear([at(0, ct="1.70")], 101, 101).doubted == {LIVE}
    assert board.needs_reading(LIVE)
    board.hear([], 105, 105)
    assert heard_at(board) == 100  # nothing vouches for either of them
    board.read(LIVE, [at(0, ct="1.70")], 106, 106)
    assert ct_odds(board) == price("1.70")
    board.hear([], 107, 107)
    assert heard_at(board) == 107


def test_a_doubt_stays_though_the_first_price_is_told_again_in_the_same_page(board: Board) -> None:
    board.hear([at(0)], 100, 100)
    assert board.hear([at(0, ct="1.70"), at(0)], 101, 101).doubted == {LIVE}
    assert not board.is_vouched(WHOLE)


def test_an_answer_asked_for_before_the_other_price_was_told_settles_no_doubt(board: Board) -> None:
    board.hear([at(0)], 101, 102)
    board.read(LIVE, [at(0, ct="1.70")], 101, 103)
    assert ct_odds(board) == price("1.87")
    assert board.needs_reading(LIVE)


def test_a_price_from_the_future_does_not_hide_what_comes() -> None:
    board = Board(latest=lambda: EVENING + timedelta(minutes=5))
    board.lost(100)
    board.hear([at(10**8, ct="5.00")], 100, 100)
    quote = board.quote(WHOLE)
    assert quote is not None
    assert "has not come yet" in quote.snapshot.flaws[0]
    board.hear([at(1)], 101, 101)
    assert ct_odds(board) == price("1.87")


def test_a_change_tells_no_margin_so_the_last_one_stands(board: Board) -> None:
    board.read(LIVE, [at(0, margin="0.05")], 100, 100)
    board.hear([at(1, ct="1.90")], 101, 101)
    quote = board.quote(WHOLE)
    assert quote is not None
    assert quote.snapshot.margin == Decimal("0.05")


def test_a_reading_of_the_same_price_brings_its_margin(board: Board) -> None:
    board.hear([at(0)], 100, 100)
    calls: list[int] = []
    board.changed.connect(lambda: calls.append(1))
    board.read(LIVE, [at(0, margin="0.05")], 101, 101)
    quote = board.quote(WHOLE)
    assert quote is not None
    assert quote.snapshot.margin == Decimal("0.05")
    assert calls == [1]


def test_changed_is_called_once_an_answer_and_only_for_something_new(board: Board) -> None:
    calls: list[int] = []
    board.changed.connect(lambda: calls.append(1))
    board.hear([at(0), at(1, ct="1.90"), snapshot(OTHER)], 100, 100)
    board.hear([at(1, ct="1.90")], 101, 101)
    board.hear([], 102, 102)
    assert len(calls) == 1


# Moves


def test_moves_go_by_team(board: Board) -> None:
    board.hear([at(0)], 100, 100)
    board.hear([at(1, ct="1.90", t="1.80")], 101, 102)
    quote = board.quote(WHOLE)
    assert quote is not None
    assert quote.moves == {VERTEX.id: 1, NOMADS.id: -1, None: 0}
    assert quote.moved_at == {VERTEX.id: 102, NOMADS.id: 102}


def test_a_move_stands_until_the_next_one(board: Board) -> None:
    board.hear([at(0)], 100, 100)
    board.hear([at(1, ct="1.90")], 101, 101)
    board.hear([at(2, ct="1.90", t="2.00")], 102, 102)
    quote = board.quote(WHOLE)
    assert quote is not None
    assert (quote.moves[VERTEX.id], quote.moved_at[VERTEX.id]) == (1, 101)
    assert (quote.moves[NOMADS.id], quote.moved_at[NOMADS.id]) == (1, 102)


def test_nothing_moves_across_a_swap_of_sides(board: Board) -> None:
    board.hear([at(0, ct="1.87", t="1.92")], 100, 100)
    board.hear([at(1, ct="2.50", t="1.40", are_sides_swapped=True)], 101, 101)
    quote = board.quote(WHOLE)
    assert quote is not None
    assert quote.moves == {VERTEX.id: 0, NOMADS.id: 0, None: 0}
    assert quote.moved_at == {}


def test_nothing_moves_from_or_to_no_price(board: Board) -> None:
    board.hear([at(0)], 100, 100)
    board.hear([at(1, ct="1.90", is_available=False)], 101, 101)
    board.hear([at(2, ct="2.50")], 102, 102)
    quote = board.quote(WHOLE)
    assert quote is not None
    assert set(quote.moves.values()) == {0}


# What belongs to the round now


def of_round(question: Question, number: int | None, seconds: float = 0, **more: object) -> Snapshot:
    made = snapshot(question=question, round_number=number or 13, at=EVENING + timedelta(seconds=seconds), **more)  # type: ignore[arg-type]
    return msgspec.structs.replace(made, key=OddsKey(LIVE, question, number))


def numbers(board: Board, **of: object) -> list[int | None]:
    current = board.current(match(**of))  # type: ignore[arg-type]  # the maker's own names
    return [quote.snapshot.key.round_number if quote else None for quote in current]


def test_the_round_being_played_and_the_one_after_it_are_current(board: Board) -> None:
    told = [
        of_round(Question.ROUND, 12),
        of_round(Question.ROUND, 13),
        of_round(Question.NEXT_ROUND, 13),
        of_round(Question.NEXT_ROUND, 14),
    ]
    board.hear([at(0), *told], 100, 100)
    assert numbers(board, round_number=13) == [None, 13, 14]
    assert board.current(match())[0] is not None


def test_a_next_round_under_the_number_of_this_one_is_taken_where_the_feed_counts_so(board: Board) -> None:
    board.hear([of_round(Question.ROUND, 13, 0), of_round(Question.NEXT_ROUND, 13, 0.5)], 100, 100)
    assert numbers(board, round_number=13) == [None, 13, 13]


def test_the_price_of_a_round_is_not_shown_for_the_one_after_it_while_nothing_was_told_of_either(board: Board) -> None:
    """The list of matches is a round ahead of the odds: polls failed, or the next one is under way."""
    board.hear([of_round(Question.ROUND, 12, 0), of_round(Question.NEXT_ROUND, 13, 0)], 100, 100)
    assert board.current(match(round_number=13))[2] is None


def test_what_was_the_next_round_is_not_shown_once_that_round_is_played(board: Board) -> None:
    board.hear([of_round(Question.ROUND, 12, 0), of_round(Question.NEXT_ROUND, 13, 0)], 100, 100)
    board.hear([of_round(Question.ROUND, 13, 60)], 160, 160)
    assert numbers(board, round_number=13) == [None, 13, None]


@pytest.mark.parametrize("number", [None, 0, -1, 999])
def test_a_round_of_an_odd_number_is_kept_by_key_and_never_current(board: Board, number: int | None) -> None:
    """I-42."""
    board.hear([of_round(Question.ROUND, number), of_round(Question.NEXT_ROUND, number)], 100, 100)
    assert board.quote(OddsKey(LIVE, Question.ROUND, number)) is not None
    assert numbers(board, round_number=13) == [None, None, None]


def test_round_odds_of_a_finished_match_are_kept_and_not_current(board: Board) -> None:
    """I-42."""
    board.hear([at(0), of_round(Question.ROUND, 22)], 100, 100)
    whole, this, following = board.current(match(status="FINISHED", score=(13, 9)))
    assert whole is not None
    assert (this, following) == (None, None)
    assert OddsKey(LIVE, Question.ROUND, 22) in board.quotes(LIVE)


# What the feed vouches for


def test_an_empty_poll_vouches_for_every_price_the_chain_covers(board: Board) -> None:
    board.hear([at(0)], 100, 100.5)
    board.hear([], 103, 103.5)
    assert heard_at(board) == 103


def test_after_a_hole_an_empty_poll_vouches_for_nothing_that_was_not_told_since(board: Board) -> None:
    board.hear([at(0), snapshot(OTHER)], 100, 100)
    board.lost(110)
    board.hear([snapshot(OTHER, ct="2.00", at=EVENING + timedelta(seconds=9))], 112, 112)
    board.hear([], 114, 114)
    assert heard_at(board) == 100
    assert heard_at(board, OddsKey(OTHER, Question.MATCH)) == 114


def test_a_reading_asked_for_before_the_hole_was_over_restores_nothing(board: Board) -> None:
    board.hear([at(0)], 100, 100)
    board.lost(110)
    board.read(LIVE, [at(0)], 109, 111)
    board.hear([], 120, 120)
    assert heard_at(board) == 109
    assert board.needs_reading(LIVE)


def test_a_reading_asked_for_after_the_hole_restores_the_chain(board: Board) -> None:
    board.hear([at(0)], 100, 100)
    board.lost(110)
    board.read(LIVE, [at(0)], 111, 112)
    assert not board.needs_reading(LIVE)
    board.hear([], 120, 120)
    assert heard_at(board) == 120


def test_what_a_page_with_a_hole_tells_is_shown_and_not_vouched_for(board: Board) -> None:
    board.hear([at(0)], 100, 100)
    board.lost(110)
    board.hear([at(1, ct="1.90"), snapshot(OTHER)], 109, 110, is_complete=False)
    assert ct_odds(board) == price("1.90")
    assert heard_at(board, OddsKey(OTHER, Question.MATCH)) == NEVER
    board.hear([], 120, 120)
    assert not board.is_vouched(WHOLE)
    assert heard_at(board, OddsKey(OTHER, Question.MATCH)) == NEVER


def test_a_duplicate_in_a_complete_page_says_that_it_is_still_the_newest(board: Board) -> None:
    board.hear([at(0)], 100, 100)
    board.lost(110)
    board.hear([at(0)], 112, 112)
    board.hear([], 114, 114)
    assert heard_at(board) == 114


def test_forgetting_leaves_nothing_to_compare_with(board: Board) -> None:
    board.hear([at(10)], 100, 100)
    calls: list[int] = []
    board.changed.connect(lambda: calls.append(1))
    board.forget()
    assert calls == [1]
    assert board.quote(WHOLE) is None
    board.lost(200)
    board.hear([at(0, ct="3.00")], 200, 200)
    assert ct_odds(board) == price("3.00")


def test_what_was_written_longest_ago_goes_first_and_what_is_kept_stays() -> None:
    board = Board(is_kept=lambda match_id: match_id == LIVE)
    board.lost(100)
    board.hear([at(0)], 100, 100)
    for number in range(1000, 1000 + 2 * KEPT):
        board.hear([snapshot(number)], 101, 101)
    assert len(board) <= KEPT
    assert board.quote(WHOLE) is not None
    assert board.quote(OddsKey(1000, Question.MATCH)) is None
    assert board.quote(OddsKey(999 + 2 * KEPT, Question.MATCH)) is not None
