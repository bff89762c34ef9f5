"""What is written down about orders, and its replay: total over any sequence, and the same as what was seen while it happened."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.odds import from_american
from app.domain.order import Cancel, Order, OrderReport, OrderState, Outcome
from app.domain.record import (
    Acknowledged,
    Alarmed,
    CancelEnded,
    CancelSent,
    Denied,
    Ended,
    Entry,
    Halted,
    Intended,
    Looked,
    Matched,
    Named,
    OrderEntry,
    Presumed,
    Remarked,
    Reported,
    Resent,
    Resumed,
    ref_of,
    step,
)
from app.services.blotter import Blotter
from tests.domain.orders import PLACED, SELECTION, draft, fill, lives, money, sent, told

REF = "ov-1"
WAYS = ("reply", "push", "history", "order")

amounts = st.sampled_from([None, "0.00", "4.00", "10.00", "10.01"])
reports = st.builds(
    told,
    st.sampled_from(["", "inactive", "open", "canceled", "wiped", "invalid", "settled", "closed", "void", "paused"]),
    st.sampled_from(["", "unmatched", "partially_matched", "fully_matched"]),
    filled=amounts,
    quantity=amounts,
    winning=st.sampled_from(["", "tbd", "profit", "loss"]),
    sequence=st.integers(0, 3),
    fill=st.one_of(st.none(), st.builds(fill, st.integers(1, 10), st.integers(1, 10))),
    updated_at=st.one_of(st.none(), st.integers(0, 20).map(lambda seconds: PLACED + timedelta(seconds=seconds))),
    placed_at=st.one_of(st.none(), st.just(PLACED)),
    selection_id=st.sampled_from([SELECTION, SELECTION, SELECTION, "another", ""]),
    venue_order_id=st.sampled_from(["v-1", "v-1", "v-1", "v-2", ""]),
)
# What happens to an order without the venue's word and without a decision.
quiet: st.SearchStrategy[OrderEntry] = st.one_of(
    st.just(Acknowledged(REF, 12.5)),
    st.builds(Matched, st.just(REF), st.lists(st.tuples(st.just(from_american(150)), st.just(money(4))), max_size=3).map(tuple)),
    st.just(CancelSent(REF)),
    st.builds(CancelEnded, st.just(REF), st.sampled_from(Cancel), st.just("words")),
    st.builds(Looked, st.just(REF), st.booleans(), st.booleans(), st.just("words")),
    st.just(Named(REF, "Game", "Moneyline", "Pilots")),
    st.just(Alarmed(REF, "odd")),
)
later: st.SearchStrategy[OrderEntry] = st.one_of(
    quiet,
    st.just(Resent(REF)),
    st.builds(Ended, st.just(REF), st.sampled_from(Outcome), st.just("words")),
    st.builds(Reported, st.just(REF), reports, st.sampled_from(WAYS)),
    st.just(Presumed(REF)),
)
entries: st.SearchStrategy[OrderEntry] = st.one_of(later, st.builds(Intended, st.just(sent())))


def after(*happened: OrderEntry, order: Order | None = None) -> Order:
    """The order after these entries, one a second."""
    known = order or sent()
    for second, entry in enumerate(happened):
        known = step(known, entry, PLACED + timedelta(seconds=second))
    return known


def ended(outcome: Outcome) -> Ended:
    return Ended(REF, outcome, "words")


def said(report: OrderReport, by: str = "push") -> Reported:
    return Reported(REF, report, by)


# Any sequence


@given(st.lists(entries, max_size=12))
def test_any_sequence_of_entries_about_an_order_gives_an_order(happened: list[OrderEntry]) -> None:
    order = after(*happened)
    assert isinstance(order.state, OrderState)
    assert order.ref == REF
    assert order.at_risk >= 0
    assert order.rest >= 0
    assert order.state is not OrderState.SENDING or order.is_live


@given(st.lists(later, max_size=12))
def test_filled_never_falls_and_the_venues_word_is_never_lost(happened: list[OrderEntry]) -> None:
    steps = list(itertools.accumulate(happened, lambda order, entry: step(order, entry, PLACED), initial=sent()))
    for before, later in itertools.pairwise(steps):
        assert later.filled >= before.filled
        assert later.venue_order_id == before.venue_order_id or not before.venue_order_id
        assert later.status or not before.status
        assert later.placed_at == before.placed_at
        assert later.stake == before.stake


failed_resends = st.sampled_from([Outcome.NOT_SENT, Outcome.REJECTED, Outcome.DENIED, Outcome.UNKNOWN]).map(
    lambda outcome: [Resent(REF), ended(outcome)]
)


@given(st.lists(st.one_of(failed_resends, quiet.map(lambda entry: [entry])), max_size=8))
def test_no_look_no_cancel_and_no_failed_resend_ends_an_unknown_outcome(happened: list[list[OrderEntry]]) -> None:
    order = after(ended(Outcome.UNKNOWN), *itertools.chain(*happened))
    assert (order.state, order.at_risk) == (OrderState.UNKNOWN, money(10))


@pytest.mark.parametrize(
    "entry", [Resent(REF), ended(Outcome.UNKNOWN), Acknowledged(REF, 1.0), CancelSent(REF), Presumed(REF), Alarmed(REF, "odd")]
)
def test_an_entry_about_an_order_that_was_never_met_is_a_mistake_that_is_named(entry: OrderEntry) -> None:
    with pytest.raises(ValueError, match="ov-1"):
        step(None, entry, PLACED)


# What each of them does


@pytest.mark.parametrize(
    ("happened", "state"),
    [
        ([], OrderState.SENDING),
        ([ended(Outcome.NOT_SENT)], OrderState.NOT_SENT),
        ([ended(Outcome.DENIED)], OrderState.DENIED),
        ([ended(Outcome.REJECTED)], OrderState.REJECTED),
        ([ended(Outcome.UNKNOWN)], OrderState.UNKNOWN),
        ([ended(Outcome.UNKNOWN), Presumed(REF)], OrderState.PRESUMED),
        ([ended(Outcome.NOT_SENT), Resent(REF)], OrderState.SENDING),
        ([ended(Outcome.NOT_SENT), Resent(REF), ended(Outcome.NOT_SENT)], OrderState.NOT_SENT),
        ([ended(Outcome.NOT_SENT), Resent(REF), ended(Outcome.REJECTED)], OrderState.REJECTED),
        ([ended(Outcome.UNKNOWN), Resent(REF)], OrderState.SENDING),
        ([ended(Outcome.UNKNOWN), Resent(REF), ended(Outcome.NOT_SENT)], OrderState.UNKNOWN),
        ([ended(Outcome.UNKNOWN), Resent(REF), ended(Outcome.REJECTED)], OrderState.UNKNOWN),
        ([ended(Outcome.UNKNOWN), Resent(REF), ended(Outcome.DENIED)], OrderState.UNKNOWN),
        ([ended(Outcome.UNKNOWN), Resent(REF), ended(Outcome.UNKNOWN), Resent(REF), ended(Outcome.NOT_SENT)], OrderState.UNKNOWN),
        ([said(told("inactive"), "reply")], OrderState.ACCEPTED),
        ([said(told("open")), ended(Outcome.UNKNOWN)], OrderState.OPEN),
        ([said(told("open")), ended(Outcome.NOT_SENT)], OrderState.OPEN),
        ([said(told("open")), Presumed(REF)], OrderState.OPEN),
        ([ended(Outcome.UNKNOWN), Looked(REF, False, True, "not there yet")], OrderState.UNKNOWN),
    ],
)
def test_a_sequence_leads_to_its_state(happened: list[OrderEntry], state: OrderState) -> None:
    assert after(*happened).state is state


@pytest.mark.parametrize("outcome", [Outcome.PRESUMED, Outcome.REJECTED, Outcome.NOT_SENT, Outcome.DENIED, Outcome.UNKNOWN])
@pytest.mark.parametrize("by", WAYS)
def test_the_venues_evidence_undoes_whatever_was_thought_of_the_sending(outcome: Outcome, by: str) -> None:
    order = after(ended(outcome), said(told("open", "partially_matched", filled=4), by))
    assert (order.state, order.outcome, order.reason, order.at_risk) == (OrderState.PART, Outcome.SENT, "", money(10))


def test_a_cancel_is_under_way_until_it_ended_or_the_order_did() -> None:
    assert after(said(told("open")), CancelSent(REF)).cancelling
    assert after(said(told("open")), CancelSent(REF), CancelEnded(REF, Cancel.NONE, "")).cancel is Cancel.NONE
    unclear = after(said(told("open")), CancelSent(REF), CancelEnded(REF, Cancel.UNKNOWN, ""))
    assert (unclear.cancel, unclear.state) == (Cancel.UNKNOWN, OrderState.OPEN)
    assert step(unclear, said(told("canceled")), PLACED).cancel is Cancel.NONE


@pytest.mark.parametrize(
    "report",
    [
        told("canceled"),
        told("open", "fully_matched", filled=10),
        told("open", "fully_matched", filled=4, quantity=4),
        told("wiped"),
        told("closed", filled=10),
    ],
)
def test_a_cancel_that_ends_after_its_order_did_leaves_nothing_unclear(report: OrderReport) -> None:
    order = after(said(told("open")), CancelSent(REF), said(report), CancelEnded(REF, Cancel.UNKNOWN, "No answer"))
    assert order.cancel is Cancel.NONE


def test_a_resend_moves_the_time_of_the_sending_and_keeps_that_of_the_click() -> None:
    order = step(after(ended(Outcome.UNKNOWN)), Resent(REF), PLACED + timedelta(hours=1))
    assert (order.placed_at, order.asked_at, order.reason) == (PLACED, PLACED + timedelta(hours=1), "")


def test_an_order_first_met_in_a_report_was_placed_elsewhere() -> None:
    order = step(None, said(told("open"), "history"), PLACED)
    assert (order.is_elsewhere, order.state, order.stake) == (True, OrderState.OPEN, money(10))


def test_names_and_alarms_change_nothing_else() -> None:
    plain = after(said(told("open")))
    named = step(plain, Named(REF, "Game", "Moneyline", "Pilots"), PLACED)
    assert (named.draft.event_name, named.draft.market_name, named.draft.selection_name) == ("Game", "Moneyline", "Pilots")
    assert msgspec.structs.replace(named, draft=plain.draft) == plain
    assert msgspec.structs.replace(step(plain, Alarmed(REF, "odd"), PLACED), alarm="") == plain


@pytest.mark.parametrize("entry", [Denied(draft(), "OFF", "off"), Halted("x"), Resumed("x"), Remarked("x")])
def test_what_is_about_no_order_names_none(entry: Entry) -> None:
    assert ref_of(entry) == ""


@given(
    st.one_of(
        entries, st.just(Denied(draft(), "STAKE", "too much")), st.just(Halted("kill")), st.just(Resumed("x")), st.just(Remarked("x"))
    )
)
def test_every_entry_comes_back_from_the_disk_as_it_was(entry: Entry) -> None:
    assert msgspec.json.decode(msgspec.json.encode(entry), type=Entry) == entry
    assert ref_of(entry) in {REF, ""}


@given(st.lists(entries, max_size=8))
def test_every_order_comes_back_from_the_disk_as_it_was(happened: list[OrderEntry]) -> None:
    order = after(*happened)
    assert msgspec.json.decode(msgspec.json.encode(order), type=Order) == order


# The replay and the living blotter


class Tape:
    """A blotter that writes down everything, with the time and the order after it."""

    def __init__(self, names: tuple[str, str, str] = ("", "", "")) -> None:
        self.now = PLACED
        self.rows: list[tuple[OrderEntry, datetime]] = []
        self.kept: dict[str, Order] = {}
        self.blotter = Blotter(lambda: self.now, lambda _key, _selection: names, self._note)

    def intend(self, ref: str) -> None:
        """As a click does: written down first, then on the blotter."""
        if ref not in self.blotter.orders:
            order = msgspec.structs.replace(sent(ref=ref), placed_at=self.now, sent_at=self.now)
            self._note(Intended(order), order)
            self.blotter.add(order)

    def resend(self, ref: str) -> None:
        order = self.blotter.orders[ref]
        if order.state in {OrderState.NOT_SENT, OrderState.UNKNOWN, OrderState.PRESUMED}:
            order = step(order, Resent(ref), self.now)
            self._note(Resent(ref), order)
            self.blotter.add(order)

    def record(self, make: Callable[[str], OrderEntry], ref: str) -> None:
        if ref in self.blotter.orders:
            self.blotter.record(make(ref))

    def replay(self) -> dict[str, Order]:
        orders: dict[str, Order] = {}
        for entry, at in self.rows:
            orders[ref_of(entry)] = step(orders.get(ref_of(entry)), entry, at)
        return orders

    def _note(self, entry: OrderEntry, order: Order) -> None:
        self.rows.append((entry, self.now))
        self.kept[order.ref] = order


def timeless(orders: dict[str, Order]) -> dict[str, Order]:
    """Without the time of the last news: news that says nothing new is not written down."""
    return {ref: msgspec.structs.replace(order, updated_at=None) for ref, order in orders.items()}


refs = st.sampled_from(["ov-1", "ov-2"])
makers: st.SearchStrategy[Callable[[str], OrderEntry]] = st.sampled_from(
    [
        lambda ref: Ended(ref, Outcome.UNKNOWN, "no answer"),
        lambda ref: Ended(ref, Outcome.NOT_SENT, "offline"),
        lambda ref: Ended(ref, Outcome.REJECTED, "no"),
        Presumed,
        CancelSent,
        lambda ref: CancelEnded(ref, Cancel.UNKNOWN, "no answer"),
        lambda ref: CancelEnded(ref, Cancel.NONE, "refused"),
        lambda ref: Acknowledged(ref, 3.0),
        lambda ref: Looked(ref, False, True, "not there"),
    ]
)
moves: st.SearchStrategy[Callable[[Tape], object]] = st.one_of(
    refs.map(lambda ref: lambda tape: tape.intend(ref)),
    refs.map(lambda ref: lambda tape: tape.resend(ref) if ref in tape.blotter.orders else None),
    st.tuples(makers, refs).map(lambda pair: lambda tape: tape.record(*pair)),
    st.tuples(reports, st.sampled_from(["ov-1", "ov-2", "web-3", ""]), st.sampled_from(WAYS)).map(
        lambda told: lambda tape: tape.blotter.apply(msgspec.structs.replace(told[0], ref=told[1]), told[2])
    ),
    st.just(lambda tape: tape.blotter.learn_matches({"v-1": [(from_american(155), money(4))]})),
)


@given(st.lists(moves, max_size=25))
def test_the_replay_of_what_was_written_down_is_the_living_blotter(happened: list[Callable[[Tape], object]]) -> None:
    tape = Tape()
    for act in happened:
        tape.now += timedelta(seconds=1)
        act(tape)
    assert timeless(tape.replay()) == timeless(tape.blotter.orders)
    assert timeless(tape.kept) == timeless(tape.blotter.orders), "and so is what a start after a crash reads"


@given(lives(), st.data())
def test_the_replay_of_a_consistent_life_heard_in_any_order_is_the_living_order(life: list[OrderReport], data: st.DataObject) -> None:
    tape = Tape()
    tape.intend(REF)
    for report in data.draw(st.permutations(life + data.draw(st.lists(st.sampled_from(life), max_size=4)))):
        tape.now += timedelta(seconds=1)
        tape.blotter.apply(msgspec.structs.replace(report, original=None), data.draw(st.sampled_from(WAYS)))
    assert timeless(tape.replay()) == timeless(tape.blotter.orders)


def test_an_adopted_order_is_replayed_with_the_names_it_had() -> None:
    tape = Tape(("Game", "Moneyline", "Pilots"))
    tape.blotter.apply(msgspec.structs.replace(told("open"), ref="web-3"))
    assert timeless(tape.replay()) == timeless(tape.blotter.orders)


@given(st.lists(moves, max_size=25))
def test_the_sums_that_limits_ask_for_are_those_of_the_orders(happened: list[Callable[[Tape], object]]) -> None:
    tape = Tape()
    for act in happened:
        act(tape)
    orders = tape.blotter.orders.values()
    assert tape.blotter.rest == sum((order.rest for order in orders), Decimal(0))
    day = PLACED.astimezone().date()
    assert tape.blotter.risk_of_day(day) == sum((order.at_risk for order in orders), Decimal(0))
    assert {order.ref for order in tape.blotter.live()} == {order.ref for order in orders if order.is_live}
    assert {order.ref for order in tape.blotter.unknown()} == {order.ref for order in orders if order.state is OrderState.UNKNOWN}
    assert all(tape.blotter.orders[ref].ref == ref for ref in tape.blotter.orders)
