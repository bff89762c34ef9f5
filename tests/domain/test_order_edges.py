"""Where an order and what is said of it do not fit: anothers' under our reference, steps that none makes, figures that contradict."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.odds import from_american
from app.domain.order import Cancel, Order, OrderReport, OrderState, Outcome, adopted, advance, contradicts, from_report, unexpected
from app.services.blotter import Blotter
from tests.domain.orders import KEY, PLACED, SELECTION, fill, money, sent, told

LATER = PLACED + timedelta(seconds=5)


def known(status: str = "open", matching: str = "unmatched", at: int | None = 0, **more: object) -> Order:
    """Our order as the venue told of it so many seconds after it was placed; None: without a time."""
    return advance(sent(), timed(told(status, matching, **more), at))  # type: ignore[arg-type]


def timed(report: OrderReport, at: int | None) -> OrderReport:
    return msgspec.structs.replace(report, updated_at=PLACED + timedelta(seconds=at) if at is not None else None)


def changed(**change: object) -> OrderReport:
    return msgspec.structs.replace(told("open"), **change)


class Desk:
    """A blotter with our order on it, and what it raised the alarm about."""

    def __init__(self, order: Order | None = None) -> None:
        self.alarms: list[tuple[str, str]] = []
        self.fills: list[tuple[str, str]] = []
        self.blotter = Blotter(lambda: LATER, lambda _key, _selection: ("Game", "Moneyline", "Pilots"))
        self.blotter.alarmed.append(lambda one, words: self.alarms.append((one.ref, words)))
        self.blotter.filled.append(lambda one, stake: self.fills.append((one.ref, str(stake))))
        self.blotter.add(order or sent())

    @property
    def ours(self) -> Order:
        return self.blotter.orders["ov-1"]

    @property
    def theirs(self) -> list[Order]:
        return [order for order in self.blotter.orders.values() if order.ref != "ov-1"]


# Another order under our reference


@pytest.mark.parametrize(
    ("report", "why"),
    [
        (changed(selection_id="another"), "it is on something else"),
        (changed(odds=from_american(151)), "it asks for +151, not +150"),
        (changed(odds=from_american(-150)), "it asks for −150, not +150"),
        (changed(original=money("10.01")), "it is for 10.01, not 10.00"),
        (changed(original=money(1000)), "it is for 1,000.00, not 10.00"),
    ],
)
def test_a_report_that_cannot_be_about_our_order_is_shown_as_anothers_and_alarmed(report: OrderReport, why: str) -> None:
    desk = Desk(known())
    assert contradicts(desk.ours, msgspec.structs.replace(report, venue_order_id="")) == why
    before = desk.ours
    desk.blotter.apply(msgspec.structs.replace(report, venue_order_id="v-9"))
    desk.blotter.apply(msgspec.structs.replace(report, venue_order_id=""))
    assert desk.ours == before, "ours is what it was"
    assert all(one.is_elsewhere and one.is_live and "our reference ov-1" in one.alarm for one in desk.theirs)
    assert desk.theirs
    assert len(desk.alarms) == len(desk.theirs)


def test_another_order_id_under_our_reference_is_another_order() -> None:
    desk = Desk(known())
    desk.blotter.apply(changed(venue_order_id="v-2"))
    (theirs,) = desk.theirs
    assert (theirs.venue_order_id, theirs.alarm) == ("v-2", "it carries our reference ov-1, but it has another order id")
    assert desk.ours.venue_order_id == "v-1"


def test_the_other_order_lives_its_own_life_and_is_alarmed_once() -> None:
    desk = Desk(known())
    theirs = changed(venue_order_id="v-2", selection_id="another")
    for report in (theirs, theirs, msgspec.structs.replace(theirs, filled=money(4)), msgspec.structs.replace(theirs, status="canceled")):
        desk.blotter.apply(report)
    (order,) = desk.theirs
    assert (order.state, order.filled) == (OrderState.CANCELLED_REST, money(4))
    assert len(desk.alarms) == 1
    assert desk.ours == known()


def test_what_another_order_under_our_reference_matches_is_told_to_the_breaker() -> None:
    desk = Desk(known())
    theirs = changed(venue_order_id="", selection_id="another", original=money(500), quantity=money(500))
    desk.blotter.apply(theirs)
    desk.blotter.apply(msgspec.structs.replace(theirs, filled=money(400)))
    assert [stake for _, stake in desk.fills] == ["400.00"]


@pytest.mark.parametrize("outcome", [Outcome.SENDING, Outcome.UNKNOWN])
def test_our_own_order_takes_nothing_over_from_anothers(outcome: Outcome) -> None:
    desk = Desk(msgspec.structs.replace(sent(), outcome=outcome))
    desk.blotter.apply(changed(venue_order_id="v-2", selection_id="another", filled=money(4)))
    assert (desk.ours.venue_order_id, desk.ours.status, desk.ours.filled, desk.ours.draft.selection_id) == ("", "", money(0), SELECTION)
    assert sum((order.at_risk for order in desk.blotter.orders.values()), money(0)) >= money(10)
    assert desk.ours.state is OrderState.UNKNOWN, "the venue may have written ours otherwise"


def test_our_order_answered_with_its_user_written_otherwise_is_unknown_alarmed_and_never_rejected() -> None:
    sending = msgspec.structs.replace(sent(), outcome=Outcome.SENDING)
    desk = Desk(msgspec.structs.replace(sending, draft=msgspec.structs.replace(sending.draft, external_user="cust-1")))
    desk.blotter.apply(changed(user="CUST-1"), "reply")
    assert desk.ours.state is OrderState.UNKNOWN
    assert desk.ours.reason.endswith("not as it was sent: it is for another external user")
    (theirs,) = desk.theirs
    assert desk.alarms == [(theirs.ref, "it carries our reference ov-1, but it is for another external user")]


def test_our_order_heard_of_after_anothers_is_still_ours() -> None:
    desk = Desk()
    desk.blotter.apply(changed(venue_order_id="v-2", selection_id="another"))
    desk.blotter.apply(changed(venue_order_id="v-1"))
    assert (desk.ours.state, desk.ours.venue_order_id, desk.ours.is_elsewhere) == (OrderState.OPEN, "v-1", False)


@pytest.mark.parametrize(
    "report",
    [
        changed(),
        changed(selection_id="", odds=None, original=None, quantity=None, venue_order_id=""),
        changed(quantity=money(3)),
        changed(original=money(10)),
        changed(original=money(0)),
        changed(filled=money(50)),
    ],
)
def test_what_is_absent_lowered_or_filled_contradicts_nothing(report: OrderReport) -> None:
    assert contradicts(known(), report) == ""


def test_even_money_is_no_contradiction_whichever_way_it_is_written() -> None:
    assert contradicts(sent(odds=100), changed(odds=from_american(-100))) == ""


def test_an_order_placed_elsewhere_may_be_anything() -> None:
    desk = Desk()
    desk.blotter.apply(changed(ref="web-3", venue_order_id="v-3"))
    desk.blotter.apply(changed(ref="web-3", venue_order_id="v-3", original=money(40), quantity=money(40)))
    assert desk.blotter.orders["web-3"].stake == money(40)
    assert desk.alarms == []


# Steps that no order makes


@pytest.mark.parametrize("outcome", [Outcome.REJECTED, Outcome.DENIED, Outcome.NOT_SENT, Outcome.PRESUMED])
@pytest.mark.parametrize("by", ["push", "history", "order", "reply"])
def test_an_order_that_was_thought_not_to_be_there_is_adopted_and_alarmed(outcome: Outcome, by: str) -> None:
    desk = Desk(msgspec.structs.replace(sent(), outcome=outcome))
    desk.blotter.apply(told("open"), by)
    assert (desk.ours.state, desk.ours.at_risk, desk.ours.is_elsewhere) == (OrderState.OPEN, money(10), False)
    assert desk.alarms == [("ov-1", f"it was {outcome}, and the venue has it as open")]
    desk.blotter.apply(told("open"), by)
    assert len(desk.alarms) == 1


@pytest.mark.parametrize("outcome", [Outcome.SENDING, Outcome.UNKNOWN])
def test_an_order_that_is_awaited_is_no_surprise(outcome: Outcome) -> None:
    desk = Desk(msgspec.structs.replace(sent(), outcome=outcome))
    desk.blotter.apply(told("open"), "history")
    assert desk.alarms == []


BACKWARDS = [
    ("canceled", 0, "open"),
    ("canceled", 0, "inactive"),
    ("wiped", 0, "open"),
    ("invalid", 0, "open"),
    ("closed", 10, "open"),
    ("closed", 10, "settled"),
    ("void", 10, "closed"),
    ("canceled", 0, "closed"),
    ("settled", 10, "canceled"),
]


@pytest.mark.parametrize(("before", "filled", "after"), BACKWARDS)
@pytest.mark.parametrize("by", ["history", "order"])
def test_the_venues_own_newer_record_is_adopted_and_alarmed(before: str, filled: int, after: str, by: str) -> None:
    desk = Desk(known(before, filled=filled, at=0))
    desk.blotter.apply(timed(told(after, filled=filled), 1), by)
    assert desk.ours.status == after
    assert desk.alarms == [("ov-1", f"it was {before}, and the venue has it as {after}")]


@pytest.mark.parametrize(("before", "filled", "after"), BACKWARDS[:7])
@pytest.mark.parametrize("by", ["push", "reply"])
def test_hearsay_that_goes_backwards_is_alarmed_and_not_adopted(before: str, filled: int, after: str, by: str) -> None:
    desk = Desk(known(before, filled=filled, at=0))
    desk.blotter.apply(timed(told(after, filled=filled), 1), by)
    assert desk.ours.status == before
    assert desk.alarms == [("ov-1", f"it was {before}, and the venue has it as {after}")]


@pytest.mark.parametrize(("before", "filled", "after"), BACKWARDS[:7])
@pytest.mark.parametrize(("at", "then"), [(0, 0), (5, 0), (None, 5), (5, None), (None, None)])
@pytest.mark.parametrize("by", ["history", "order", "push"])
def test_a_record_that_is_not_known_to_be_newer_changes_nothing(
    before: str, filled: int, after: str, at: int | None, then: int | None, by: str
) -> None:
    desk = Desk(known(before, filled=filled, at=at))
    desk.blotter.apply(timed(told(after, filled=filled), then), by)
    assert desk.ours.status == before
    assert desk.alarms == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("inactive", "open"),
        ("inactive", "invalid"),
        ("open", "canceled"),
        ("open", "wiped"),
        ("open", "settled"),
        ("open", "closed"),
        ("settled", "closed"),
        ("closed", "void"),
        ("canceled", "settled"),
        ("open", "paused"),
    ],
)
def test_a_step_that_orders_make_is_no_alarm(before: str, after: str) -> None:
    order = known(before, "partially_matched", filled=4)
    report = timed(told(after, "partially_matched", filled=4), 1)
    assert unexpected(order, report) == ""
    assert adopted(order, report).status == after


@given(
    st.sampled_from(["", "inactive", "open", "canceled", "wiped", "closed", "void", "paused"]), st.sampled_from(["open", "closed", "void"])
)
def test_a_repeated_or_empty_report_is_never_unexpected(word: str, status: str) -> None:
    order = known(status, filled=4)
    assert unexpected(order, timed(told(status), 9)) == ""
    assert unexpected(order, timed(told(""), 9)) == ""
    assert isinstance(unexpected(order, timed(told(word), 9)), str)


def test_what_was_adopted_backwards_moves_on_from_there() -> None:
    desk = Desk(known("canceled", at=0))
    desk.blotter.apply(timed(told("open"), 1), "history")
    desk.blotter.apply(timed(told("open", "partially_matched", filled=4), 2), "push")
    assert (desk.ours.state, desk.ours.at_risk, desk.ours.is_cancellable) == (OrderState.PART, money(10), True)
    desk.blotter.apply(timed(told("canceled", "partially_matched", filled=4), 3), "push")
    assert desk.ours.state is OrderState.CANCELLED_REST


def test_a_late_push_of_before_the_adopted_step_does_not_take_it_back() -> None:
    desk = Desk(known("canceled", at=0))
    desk.blotter.apply(timed(told("open"), 5), "history")
    desk.blotter.apply(timed(told("canceled"), 0), "push")
    assert desk.ours.state is OrderState.OPEN, "the venue's record is newer than this repetition"


# Figures that contradict


@pytest.mark.parametrize(
    ("order", "risk"),
    [
        (known("open", filled=12), "12.00"),
        (known("open", "fully_matched", filled="10.01"), "10.01"),
        (known("open", quantity=4, filled=6), "6.00"),
        (known("paused", filled=4), "10.00"),
        (known("paused", "fully_matched", filled=4), "10.00"),
        (known("open", "fully_matched", filled=None), "10.00"),
        (known("canceled", filled=4), "4.00"),
        (known("wiped", filled=4), "4.00"),
        (known("invalid", filled=4), "4.00"),
        (msgspec.structs.replace(sent(), outcome=Outcome.UNKNOWN, quantity=money(0)), "10.00"),
        (msgspec.structs.replace(sent(), outcome=Outcome.UNKNOWN, filled=money(12)), "12.00"),
    ],
)
def test_of_two_readings_the_larger_is_at_risk(order: Order, risk: str) -> None:
    assert order.at_risk == money(risk)


def test_more_matched_than_was_asked_for_is_seen_and_alarmed() -> None:
    desk = Desk()
    desk.blotter.apply(told("open", filled="10.01"))
    assert desk.ours.is_overfilled
    assert desk.alarms == [("ov-1", "the venue says that 10.01 matched of 10.00")]


def test_exactly_what_was_asked_for_is_no_overfill() -> None:
    assert not known("open", "fully_matched", filled=10).is_overfilled


@given(st.permutations([told("open", filled=value) for value in ("0.00", "4.00", "7.50", "10.00")]))
def test_filled_never_falls(reports: list[OrderReport]) -> None:
    desk = Desk()
    seen = [desk.blotter.apply(report, "history").filled for report in reports]
    assert seen == sorted(seen)
    assert sum((Decimal(stake) for _, stake in desk.fills), Decimal(0)) == 10


def test_the_parts_of_a_fill_add_up_however_they_come() -> None:
    desk = Desk()
    for part in (fill(10, 6, 155), fill(4, 4, 150), fill(10, 6, 155)):
        desk.blotter.apply(told("open", filled=part.total, fill=part))  # type: ignore[arg-type]
    assert desk.ours.wins == money("15.30")
    assert [stake for _, stake in desk.fills] == ["10.00"]


def test_an_order_adopted_without_an_amount_is_not_taken_for_overfilled() -> None:
    desk = Desk()
    desk.blotter.apply(changed(ref="web-3", venue_order_id="v-3", quantity=None, filled=money(4)))
    assert desk.blotter.orders["web-3"].at_risk == money(4)
    assert desk.alarms == [], "what was asked for is not known: nothing says that more matched"


def test_an_order_adopted_in_mid_life_has_the_market_that_a_later_report_names() -> None:
    desk = Desk()
    desk.blotter.apply(changed(ref="web-3", venue_order_id="v-3", event_id=0, market_id=0, selection_id=""))
    desk.blotter.apply(changed(ref="web-3", venue_order_id="v-3"))
    order = desk.blotter.orders["web-3"]
    assert (order.draft.market, order.draft.selection_id) == (KEY, SELECTION), "else its event and its selection never count it"
    assert desk.blotter.of_event(KEY.event_id) == [desk.ours, order]


# Cancels


@pytest.mark.parametrize("cancel", [Cancel.SENT, Cancel.UNKNOWN])
@pytest.mark.parametrize(
    "report",
    [told("canceled"), told("open", "fully_matched", filled=10), told("open", "fully_matched", filled=4, quantity=4), told("void")],
)
def test_whatever_takes_the_order_off_the_book_ends_its_cancel(cancel: Cancel, report: OrderReport) -> None:
    asked = msgspec.structs.replace(known(), cancel=cancel)
    assert advance(asked, report).cancel is Cancel.NONE


@pytest.mark.parametrize("cancel", [Cancel.SENT, Cancel.UNKNOWN])
@pytest.mark.parametrize("report", [told("open"), told("inactive"), told("open", "partially_matched", filled=4), told("paused")])
def test_what_leaves_it_on_the_book_leaves_its_cancel_open(cancel: Cancel, report: OrderReport) -> None:
    asked = msgspec.structs.replace(known(), cancel=cancel)
    assert advance(asked, report).cancel is cancel


# Elsewhere


def test_an_order_from_elsewhere_knows_the_venues_reference_for_it() -> None:
    desk = Desk()
    desk.blotter.apply(changed(ref="", venue_order_id="v-3"))
    desk.blotter.apply(changed(ref="web-4", venue_order_id="v-4"))
    desk.blotter.apply(changed(ref="ov-1", venue_order_id="v-5", selection_id="another"))
    assert {order.venue_order_id: order.venue_ref for order in desk.blotter.orders.values()} == {
        "": "ov-1",
        "v-3": "",
        "v-4": "web-4",
        "v-5": "ov-1",
    }


def test_two_adopted_orders_with_one_reference_and_two_ids_stay_two() -> None:
    desk = Desk()
    desk.blotter.apply(changed(ref="web-3", venue_order_id="v-3"))
    desk.blotter.apply(changed(ref="web-3", venue_order_id="v-4", quantity=money(500)))
    assert {order.venue_order_id for order in desk.theirs} == {"v-3", "v-4"}
    assert sum((order.at_risk for order in desk.theirs), money(0)) == money(510)


def test_an_order_from_elsewhere_is_of_the_moment_it_was_placed_where_the_venue_says_it() -> None:
    assert from_report(changed(placed_at=PLACED), LATER).placed_at == PLACED
    assert from_report(changed(), LATER).placed_at == LATER
