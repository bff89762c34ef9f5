"""Every order known, from wherever the venue speaks of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from app.domain.events import EventChanged
from app.domain.odds import from_american
from app.domain.order import Fill, Order, OrderState, Outcome, from_report
from app.domain.record import Ended, Named, step
from app.services.blotter import Blotter
from tests.services.fakes import AWAY, GAME, HOME, KEY, NOON, SPREAD, Desk, book, draft, event, group, market, money, report, seeded


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def blotter(desk: Desk) -> Blotter:
    return desk.blotter


def ours(desk: Desk, ref: str = "ov-1") -> Order:
    order = Order(ref=ref, draft=draft(), placed_at=desk.clock.now(), quantity=money(10))
    desk.blotter.add(order)
    return order


def fill(total: str | int, stake: str | int) -> Fill:
    return Fill(money(total), money(stake), from_american(150))


def test_an_order_of_ours_is_there_before_the_venue_speaks(desk: Desk, blotter: Blotter) -> None:
    ours(desk)
    assert blotter.orders["ov-1"].state is OrderState.SENDING
    assert [order.ref for order in blotter.of_market(KEY)] == ["ov-1"]
    assert [order.ref for order in blotter.live()] == ["ov-1"]


def test_push_reply_and_history_are_one_order(desk: Desk, blotter: Blotter) -> None:
    ours(desk)
    blotter.apply(report(status="open"))
    blotter.apply(report(status="inactive"))
    blotter.apply_all([report(status="open"), report(ref="", status="open")])
    assert list(blotter.orders) == ["ov-1"]
    assert blotter.orders["ov-1"].state is OrderState.OPEN


def test_an_order_placed_elsewhere_is_adopted_and_named(desk: Desk, blotter: Blotter) -> None:
    desk.session.emit([EventChanged(event()), seeded(1.0, book())])
    order = blotter.apply(report(ref="web-7", order_id="v-7"))
    assert order.is_elsewhere
    assert (order.draft.event_name, order.draft.selection_name) == ("Game 19458", "Harbor Pilots")
    assert blotter.of_market(KEY) == [order]


def test_an_order_that_came_before_its_markets_is_named_and_put_in_its_own_when_they_are_read(desk: Desk, blotter: Blotter) -> None:
    desk.session.emit([EventChanged(event())])
    told = report(ref="web-7", order_id="v-7", market_id=SPREAD.market_id, strike=-SPREAD.strike, selection_id=AWAY)
    assert blotter.apply(told).draft.selection_name == ""
    desk.session.emit([seeded(1.0, groups=(group(market(SPREAD)),))])
    order = blotter.orders["web-7"]
    assert (order.draft.selection_name, order.draft.market) == ("Night Herons", SPREAD)
    assert blotter.of_market(SPREAD) == [order]
    assert blotter.tallies(GAME).keys() == {SPREAD}
    named = [entry for entry in desk.journal.entries if isinstance(entry, Named)][-1]
    assert named.place == SPREAD, "the journal has what is needed to put it there again"
    assert step(from_report(told, NOON), named, NOON).draft.market == SPREAD


def test_what_an_adopted_order_is_told_later_leaves_it_in_its_market(desk: Desk, blotter: Blotter) -> None:
    desk.session.emit([EventChanged(event()), seeded(1.0, groups=(group(market(SPREAD)),))])
    told = report(ref="web-7", order_id="v-7", market_id=SPREAD.market_id, strike=-SPREAD.strike, selection_id=AWAY)
    blotter.apply(told)
    blotter.apply(msgspec.structs.replace(told, filled=money(4)))
    assert blotter.orders["web-7"].draft.market == SPREAD
    assert blotter.orders["web-7"].filled == money(4)


def test_orders_without_a_reference_of_ours_stay_apart(blotter: Blotter) -> None:
    blotter.apply(report(ref="", order_id="v-1"))
    blotter.apply(report(ref="", order_id="v-2"))
    blotter.apply(report(ref="", order_id="v-2", status="canceled"))
    states = {order.venue_order_id: order.state for order in blotter.orders.values()}
    assert states == {"v-1": OrderState.OPEN, "v-2": OrderState.CANCELLED}


def test_a_report_without_our_reference_finds_the_order_by_the_venues(desk: Desk, blotter: Blotter) -> None:
    ours(desk)
    blotter.apply(report())
    assert blotter.apply(report(ref="", status="canceled")).ref == "ov-1"


def test_each_fill_is_signalled_with_what_is_new_in_it(desk: Desk, blotter: Blotter) -> None:
    heard: list[tuple[str, Decimal]] = []
    blotter.filled.append(lambda order, part: heard.append((order.ref, part)))
    ours(desk)
    blotter.apply(report(filled=money(4), fill=fill(4, 4)))
    blotter.apply(report(filled=money(4), fill=fill(4, 4)))
    blotter.apply(report(filled=money(10), fill=fill(10, 6)))
    blotter.apply(report(filled=money(4)))
    assert heard == [("ov-1", money(4)), ("ov-1", money(6))]


def test_an_adopted_order_signals_no_fill_for_what_it_brought_along(blotter: Blotter) -> None:
    heard: list[Decimal] = []
    blotter.filled.append(lambda _order, part: heard.append(part))
    blotter.apply(report(ref="web-7", filled=money(4)))
    assert heard == []
    blotter.apply(report(ref="web-7", filled=money(5)))
    assert heard == [money(1)]


def test_changes_are_announced_once_until_they_are_taken(desk: Desk, blotter: Blotter) -> None:
    calls: list[int] = []
    blotter.changed.connect(lambda: calls.append(1))
    ours(desk)
    blotter.apply(report())
    assert len(calls) == 1
    assert blotter.take_dirty() == {"ov-1"}
    blotter.apply(report(updated_at=NOON))
    assert blotter.take_dirty() == set(), "the same again is no change"


def test_unknown_orders_are_live_and_listed(desk: Desk, blotter: Blotter) -> None:
    ours(desk)
    blotter.record(Ended("ov-1", Outcome.UNKNOWN, "no answer"))
    assert [order.ref for order in blotter.unknown()] == ["ov-1"]
    assert [order.ref for order in blotter.live()] == ["ov-1"]


def settled(ref: str, winning: str, at: datetime) -> dict[str, object]:
    return {"ref": ref, "order_id": f"v-{ref}", "status": "closed", "filled": money(10), "winning": winning, "updated_at": at}


def test_what_settled_counts_on_the_local_day_on_which_it_was_told(desk: Desk, blotter: Blotter) -> None:
    blotter.apply(report(**settled("a", "profit", NOON)))  # type: ignore[arg-type]
    blotter.apply(report(**settled("b", "loss", NOON)))  # type: ignore[arg-type]
    blotter.apply(report(**settled("c", "loss", NOON - timedelta(days=1))))  # type: ignore[arg-type]
    blotter.apply(report(ref="d", order_id="v-d", filled=money(10)))
    today = NOON.astimezone().date()
    assert blotter.realised_on(today) == money(5)
    assert blotter.realised_on(today - timedelta(days=1)) == money(-10)


def test_a_settlement_told_again_stays_on_its_day_and_a_corrected_one_replaces_it(blotter: Blotter) -> None:
    today = NOON.astimezone().date()
    blotter.apply(report(**settled("a", "loss", NOON - timedelta(days=1)), sequence=1))  # type: ignore[arg-type]
    blotter.apply(report(**settled("a", "loss", NOON), sequence=2))  # type: ignore[arg-type]
    assert (blotter.realised_on(today), blotter.realised_on(today - timedelta(days=1))) == (money(0), money(-10))
    blotter.apply(report(**settled("a", "profit", NOON), sequence=3))  # type: ignore[arg-type]
    assert (blotter.realised_on(today), blotter.realised_on(today - timedelta(days=1))) == (money(15), money(0))


def test_a_settlement_that_is_read_and_was_never_seen_is_not_of_today(blotter: Blotter) -> None:
    """The record does not say when it settled: it may have been long ago, and would stop today's trading or hide a loss of today."""
    told = {**settled("a", "loss", NOON), "updated_at": None, "placed_at": NOON - timedelta(days=9)}
    blotter.apply(report(**told), "history")  # type: ignore[arg-type]
    blotter.apply(report(**{**settled("b", "loss", NOON), "updated_at": None}), "history")  # type: ignore[arg-type]
    assert blotter.realised_on(NOON.astimezone().date()) == money(0)


def test_a_settlement_without_a_time_is_of_the_day_on_which_it_is_heard_or_the_order_was_last_seen(desk: Desk, blotter: Blotter) -> None:
    today = NOON.astimezone().date()
    blotter.apply(report("a", order_id="v-a", filled=money(10)), "history")
    blotter.apply(report("b", order_id="v-b", filled=money(10), updated_at=NOON - timedelta(days=1)), "history")
    blotter.apply(report(**{**settled("a", "loss", NOON), "updated_at": None}), "history")  # type: ignore[arg-type]
    blotter.apply(report(**{**settled("b", "loss", NOON), "updated_at": None}), "history")  # type: ignore[arg-type]
    assert (blotter.realised_on(today), blotter.realised_on(today - timedelta(days=1))) == (money(-10), money(-10))
    blotter.apply(report(**{**settled("c", "loss", NOON), "updated_at": None}), "push")  # type: ignore[arg-type]
    assert blotter.realised_on(today) == money(-20)


def test_nothing_settled_is_nothing_realised(blotter: Blotter) -> None:
    assert blotter.realised_on(NOON.date()) == money(0)


def test_orders_whose_match_prices_are_unknown_are_asked_for(desk: Desk, blotter: Blotter) -> None:
    blotter.apply(report(**settled("a", "profit", NOON)))  # type: ignore[arg-type]
    blotter.apply(report(**settled("b", "profit", NOON), fill=fill(10, 10)))  # type: ignore[arg-type]
    blotter.apply(report(ref="c", order_id="v-c", filled=money(10)))
    assert blotter.without_matches() == ["v-a", "v-c"]
    blotter.learn_matches({name: [(from_american(160), money(10))] for name in ("v-a", "v-c")} | {"v-nobody": []})
    assert blotter.orders["a"].realised == money(16)
    assert blotter.without_matches() == []


def test_the_time_to_the_book_is_measured_once(desk: Desk, blotter: Blotter) -> None:
    ours(desk)
    blotter.apply(report(status="inactive"))
    assert blotter.orders["ov-1"].active_ms is None
    desk.clock.move(1.5)
    blotter.apply(report(status="open"))
    desk.clock.move(5)
    blotter.apply(report(status="open", filled=money(1)))
    assert blotter.orders["ov-1"].active_ms == 1500


def test_an_order_met_on_the_book_has_no_time_to_it(desk: Desk, blotter: Blotter) -> None:
    blotter.apply(report(ref="web-7", status="open", placed_at=NOON - timedelta(hours=1)))
    blotter.apply(report(ref="web-7", status="open", filled=money(1)))
    assert blotter.orders["web-7"].active_ms is None


def test_a_report_without_a_time_is_of_now(desk: Desk, blotter: Blotter) -> None:
    assert blotter.apply(report()).updated_at == NOON
    assert blotter.apply(report(updated_at=NOON - timedelta(days=2))).updated_at == NOON


def test_orders_are_kept_by_their_market(desk: Desk, blotter: Blotter) -> None:
    ours(desk)
    blotter.add(Order(ref="ov-2", draft=draft(key=SPREAD, selection_id=HOME), placed_at=NOON, quantity=money(1)))
    assert [order.ref for order in blotter.of_market(SPREAD)] == ["ov-2"]
