"""`advance` joins an order with what a venue says: total, idempotent, and the same in whatever order reports come."""

from __future__ import annotations

import itertools
from decimal import Decimal
from functools import reduce

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.odds import from_american
from app.domain.order import Cancel, Order, OrderReport, OrderState, Outcome, advance, from_report, with_matches
from tests.domain.orders import PLACED, fill, lives, money, sent, told

WORDS = (
    "",
    "inactive",
    "placing",
    "open",
    "canceled",
    "cancelled",
    "wiped",
    "invalid",
    "settled",
    "manually_settled",
    "closed",
    "void",
    "paused",
)
WINNING = ("", "tbd", "profit", "loss", "no_result", "draw", "push", "manually_won", "manually_lost", "won", "lost", "whatever")


def after(*reports: OrderReport, order: Order | None = None) -> Order:
    return reduce(advance, reports, order or sent())


@given(lives(), st.data())
def test_any_permutation_and_duplication_of_consistent_reports_gives_the_same_order(life: list[OrderReport], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(life), max_size=6))
    shuffled = data.draw(st.permutations(life + again))
    assert reduce(advance, shuffled, sent(50)) == reduce(advance, life, sent(50))


@given(lives())
def test_telling_a_whole_life_twice_changes_nothing(life: list[OrderReport]) -> None:
    once = reduce(advance, life, sent(50))
    assert reduce(advance, life, once) == once


@given(lives(), st.data())
def test_filled_never_falls_and_quantity_never_rises_whatever_comes_when(life: list[OrderReport], data: st.DataObject) -> None:
    steps = list(itertools.accumulate(data.draw(st.permutations(life)), advance, initial=sent(50)))
    assert all(later.filled >= before.filled for before, later in itertools.pairwise(steps))
    assert all(later.quantity <= before.quantity for before, later in itertools.pairwise(steps))
    assert sum((part.stake for part in steps[-1].fills), Decimal(0)) == steps[-1].filled


@given(
    st.lists(
        st.builds(
            told,
            st.one_of(st.sampled_from(WORDS), st.text(max_size=5)),
            st.sampled_from(["", "unmatched", "partially_matched", "fully_matched", "odd"]),
            filled=st.one_of(st.none(), st.integers(0, 30)),
            quantity=st.one_of(st.none(), st.integers(0, 30)),
            winning=st.sampled_from(WINNING),
            fill=st.one_of(st.none(), st.builds(fill, st.integers(1, 30), st.integers(1, 30))),
            sequence=st.integers(0, 5),
        ),
        max_size=5,
    ),
    st.sampled_from(list(Outcome)),
)
def test_advance_is_total_even_over_reports_that_contradict_each_other(reports: list[OrderReport], outcome: Outcome) -> None:
    order = after(*reports, order=msgspec.structs.replace(sent(), outcome=outcome))
    assert isinstance(order.state, OrderState)
    assert order.rest >= 0
    assert order.realised is None or order.state in {OrderState.SETTLED, OrderState.VOID}
    assert order.to_win >= order.wins
    assert reduce(advance, reports, order).filled == order.filled


def test_the_spellings_of_cancelled_are_one_state_whichever_comes_first() -> None:
    one, other = told("canceled", filled=0), told("cancelled", filled=0)
    assert after(one, other) == after(other, one)


def test_two_unknown_words_end_in_the_same_order_whichever_comes_first() -> None:
    one, other = told("paused"), told("under_review")
    assert after(one, other) == after(other, one)


def test_a_fill_that_beats_the_reply_is_kept_when_the_reply_comes() -> None:
    order = after(told("open", "partially_matched", filled=4, fill=fill(4, 4), sequence=9), told("inactive", "unmatched", filled=0))
    assert (order.state, order.filled, order.status) == (OrderState.PART, money(4), "open")


def test_a_late_stale_history_row_changes_nothing() -> None:
    now = after(
        told("open"),
        told("open", "fully_matched", filled=10, fill=fill(10, 10)),
        told("closed", "fully_matched", filled=10, winning="profit"),
    )
    assert advance(now, told("open", "unmatched", filled=0, winning="tbd")) == now


def test_a_cancel_of_the_rest_reads_as_open_and_fully_matched_with_less_quantity() -> None:
    order = after(
        told("open", "partially_matched", filled=3, fill=fill(3, 3)),
        told("open", "fully_matched", filled=3, quantity=3),
    )
    assert order.state is OrderState.CANCELLED_REST
    assert (order.quantity, order.filled, order.rest) == (money(3), money(3), money(0))
    assert not order.is_live


def test_the_cancel_of_the_rest_holds_when_the_older_quantity_comes_after_it() -> None:
    order = after(told("open", "fully_matched", filled=3, quantity=3), told("open", "partially_matched", filled=3, quantity=10))
    assert order.state is OrderState.CANCELLED_REST


def test_an_order_that_matched_whole_is_filled_not_cancelled() -> None:
    assert after(told("open", "fully_matched", filled=10)).state is OrderState.FILLED


def test_void_after_closed_takes_the_result_back() -> None:
    closed = after(told("closed", "fully_matched", filled=10, winning="loss", sequence=1))
    void = advance(closed, told("void", "fully_matched", filled=10, winning="no_result", sequence=2))
    assert closed.realised == money(-10)
    assert (void.state, void.realised) == (OrderState.VOID, money(0))


def test_a_corrected_result_replaces_the_first_one_and_its_late_repetition_does_not() -> None:
    first = told("closed", "fully_matched", filled=10, winning="loss", sequence=1)
    second = told("closed", "fully_matched", filled=10, winning="profit", sequence=2)
    assert after(first, second).realised == after(second, first).realised == money(15)


def test_an_unknown_status_word_is_shown_as_such_and_counts_as_live() -> None:
    order = after(told("open"), told("paused"))
    assert order.state is OrderState.UNRECOGNISED
    assert order.is_live
    assert order.is_cancellable
    assert advance(order, told("closed", filled=10, winning="loss")).state is OrderState.SETTLED


def test_evidence_from_the_venue_ends_an_unknown_outcome_and_its_reason() -> None:
    unknown = msgspec.structs.replace(sent(), outcome=Outcome.UNKNOWN, reason="No answer within 5 s")
    order = advance(unknown, told("open"))
    assert (order.state, order.outcome, order.reason) == (OrderState.OPEN, Outcome.SENT, "")


@pytest.mark.parametrize("status", ["canceled", "wiped", "closed", "void", "invalid"])
def test_an_order_that_is_over_is_not_being_cancelled_any_more(status: str) -> None:
    asked = msgspec.structs.replace(after(told("open")), cancel=Cancel.SENT)
    assert not advance(asked, told(status)).cancelling


def test_a_report_of_before_the_cancel_leaves_it_being_cancelled() -> None:
    asked = msgspec.structs.replace(after(told("inactive")), cancel=Cancel.SENT)
    assert advance(asked, told("open")).cancelling


def test_a_report_without_amounts_says_nothing_of_them() -> None:
    order = after(told("open", "partially_matched", filled=4), told("open", quantity=None))
    assert (order.quantity, order.filled) == (money(10), money(4))


def test_fills_are_listed_by_their_running_total_and_never_twice() -> None:
    one, two = fill(4, 4, 150), fill(10, 6, 155)
    order = after(*(told("open", filled=10, fill=part) for part in (two, one, two, one)))
    assert order.fills == (one, two)
    assert order.wins == money(6) + money("9.30")


def test_a_repeated_push_after_the_venues_list_of_matches_is_not_counted_again() -> None:
    order = after(told("open", "fully_matched", filled=10, fill=fill(3, 3)))
    listed = with_matches(order, [(from_american(155), money(7)), (from_american(150), money(3))])
    again = advance(listed, told("open", "fully_matched", filled=10, fill=fill(3, 3)))
    assert again.wins == listed.wins == money("10.85") + money("4.50")


def test_a_list_of_matches_shorter_than_what_is_filled_is_not_believed() -> None:
    order = after(told("open", "fully_matched", filled=10, fill=fill(10, 10)))
    assert with_matches(order, [(from_american(155), money(7))]) == order


def test_an_order_from_elsewhere_is_made_of_what_the_venue_says() -> None:
    order = from_report(told("open", "partially_matched", filled=4, original=money(12)), PLACED)
    assert order.is_elsewhere
    assert (order.stake, order.quantity, order.filled, order.state) == (money(12), money(10), money(4), OrderState.PART)
    assert order.odds == from_american(150)
    assert order.placed_at == PLACED


@given(lives(), st.data())
def test_an_order_from_elsewhere_ends_the_same_whichever_report_it_was_adopted_from(life: list[OrderReport], data: st.DataObject) -> None:
    first, *others = data.draw(st.permutations(life))
    told_first, *told_after = life
    assert reduce(advance, others, from_report(first, PLACED)) == reduce(advance, told_after, from_report(told_first, PLACED))
