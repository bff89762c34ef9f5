"""Guards as values: what against means to a maker, who else stands at a price, and what a file gives back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from app.domain.book import Level
from app.domain.guard import (
    CancelBeforeStart,
    CancelMoved,
    Guard,
    KeepAtBest,
    LiquidityAlert,
    Place,
    Plan,
    PriceAlert,
    best_of_others,
    event_of,
    is_about,
    kept_at,
    market_of,
    others_in,
    own_offers,
    steps_against,
)
from app.domain.ladder import from_american_list
from app.domain.lookout import LookoutState
from app.domain.market import MarketKey
from app.domain.odds import from_american
from app.domain.order import Order, OrderDraft

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = MarketKey(7, 219, Decimal(0))
PLACE = Place(KEY, "home", "Pilots at Herons", "Moneyline", "Pilots")
LADDER = from_american_list([*range(100, 201), *range(-200, -99)])


def order(american: int, stake: str, filled: str = "0") -> Order:
    draft = OrderDraft(KEY, "home", from_american(american), Decimal(stake))
    return Order(f"o{american}{stake}", draft, AT, status="open", quantity=Decimal(stake), filled=Decimal(filled), venue_order_id="v")


def side(*levels: tuple[int, str]) -> tuple[Level, ...]:
    return tuple(Level(from_american(price), Decimal(amount), Decimal(amount)) for price, amount in levels)


@pytest.mark.parametrize(
    ("base", "best", "steps"),
    [
        (140, 146, 6),  # Home drifts: less likely, and our +150 is the next to go
        (140, 140, 0),
        (140, 120, -20),  # Home shortens: our order pays better than ever against the market
        (-105, 105, 10),  # through even money, which is one rung
        (-110, -104, 6),
    ],
)
def test_the_market_moves_against_a_maker_when_a_taker_is_paid_more(base: int, best: int, steps: int) -> None:
    assert steps_against(LADDER, from_american(base), from_american(best)) == steps


def test_an_order_is_what_takers_of_the_other_selection_are_offered_less_what_matched() -> None:
    own = own_offers([order(150, "100", "40"), order(150, "20"), order(130, "10", "10")])
    assert own == {from_american(-150): Decimal("120.00")}  # 60 and 20 at +150 stand against 90 and 30


def test_the_best_of_others_passes_over_levels_that_are_only_ours() -> None:
    own = own_offers([order(150, "100")])
    assert best_of_others(side((-150, "150.00"), (-152, "9.00")), own) == from_american(-152)
    assert best_of_others(side((-150, "150.01"), (-152, "9.00")), own) == from_american(-152)  # a cent of rounding is nobody
    assert best_of_others(side((-150, "150.02"), (-152, "9.00")), own) == from_american(-150)
    assert best_of_others(side((-150, "150.00")), own) is None


def test_what_others_offer_is_a_side_without_what_we_do() -> None:
    own = own_offers([order(150, "100")])
    assert others_in(side((-150, "230.00"), (-152, "0.01")), own) == (
        Level(from_american(-150), Decimal("80.00"), Decimal("230.00")),
        *side((-152, "0.01")),
    )


def test_an_order_is_kept_at_the_best_and_never_past_its_limit() -> None:
    plan = KeepAtBest(PLACE, "ov-1", from_american(140), from_american(150))
    wanted = {146: 146, 140: 140, 131: 140, -105: 140, 150: 150, 165: 150}
    assert {best: kept_at(from_american(best), plan).american for best in wanted} == wanted


def test_a_price_alert_looks_the_way_it_was_told() -> None:
    longer, shorter = PriceAlert(PLACE, from_american(150)), PriceAlert(PLACE, from_american(150), is_longer=False)
    assert [longer.is_met(side((price, "1"))) for price in (149, 150, 151)] == [False, True, True]
    assert [shorter.is_met(side((price, "1"))) for price in (149, 150, 151)] == [True, True, False]
    assert not longer.is_met(())
    assert not shorter.is_met(())


PLANS: list[Plan] = [
    PriceAlert(PLACE, from_american(150)),
    LiquidityAlert(PLACE, from_american(-110), Decimal("500.00")),
    CancelMoved(PLACE, 6, "ov-1", "cust-1"),
    CancelMoved(PLACE, 1),
    CancelBeforeStart(7, "Pilots at Herons", 5, "cust-1"),
    KeepAtBest(PLACE, "ov-1", from_american(140), from_american(150)),
]


@pytest.mark.parametrize("plan", PLANS)
def test_a_guard_comes_back_from_a_file_as_it_was(plan: Plan) -> None:
    guard = Guard(3, plan, AT, LookoutState.FIRED, "+150", AT, base=from_american(140), moves=2)
    assert msgspec.json.decode(msgspec.json.encode(guard), type=Guard) == guard


def test_scope_and_condition_say_who_is_meant() -> None:
    assert [(plan.scope, plan.condition()) for plan in PLANS] == [
        ("Pilots at Herons · Moneyline · Pilots", "best odds +150 or longer"),
        ("Pilots at Herons · Moneyline · Pilots", "500.00 to take at −110 or longer"),
        ("Pilots at Herons · Moneyline · Pilots · order ov-1 of cust-1", "odds 6 steps longer"),
        ("Pilots at Herons · Moneyline · Pilots · all orders", "odds 1 step longer"),
        ("Pilots at Herons · all orders of cust-1", "5 min before its start"),
        ("Pilots at Herons · Moneyline · Pilots · order ov-1", "best odds, +150 down to +140"),
    ]
    assert {event_of(plan) for plan in PLANS} == {7}
    assert [market_of(plan) is None for plan in PLANS] == [False, False, False, False, True, False]


def test_a_long_reference_is_said_short_because_the_names_matter_more() -> None:
    ref = "0123456789abcdef0123456789abcdef"
    assert CancelMoved(PLACE, 1, ref).scope == "Pilots at Herons · Moneyline · Pilots · order 0123…bcdef"
    assert KeepAtBest(PLACE, ref, from_american(140), from_american(150)).scope.endswith("order 0123…bcdef")


def test_a_plan_is_about_the_orders_that_it_would_cancel_or_move() -> None:
    def mine(ref: str, user: str = "", selection_id: str = PLACE.selection_id) -> Order:
        draft = OrderDraft(PLACE.market, selection_id, from_american(150), Decimal(10), external_user=user)
        return Order(ref, draft, AT)

    orders = [mine("ov-1", "cust-1"), mine("ov-2"), mine("ov-3", selection_id="other")]
    about = [[each.ref for each in orders if is_about(plan, each)] for plan in PLANS]
    assert about == [[], [], ["ov-1"], ["ov-1", "ov-2"], ["ov-1"], ["ov-1"]]
    assert not is_about(CancelBeforeStart(8, "", 5), orders[0])
    assert is_about(CancelBeforeStart(7, "", 5), orders[2])


def test_before_the_start_is_so_many_minutes_before_whatever_start_is_told() -> None:
    plan = CancelBeforeStart(7, "", 5)
    assert plan.due_at(AT + timedelta(hours=1)) == AT + timedelta(minutes=55)
    assert plan.scope == "event 7 · all orders"
