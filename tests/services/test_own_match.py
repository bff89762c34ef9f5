"""An order that would be matched with one of our own: which of them are met, in which accounts, and that it is said before it leaves."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.account import Balance
from app.domain.environment import Environment
from app.domain.errors import DeniedError, UnknownError
from app.domain.market import Market, MarketKey, Selection
from app.domain.odds import from_american
from app.domain.offer import EVERYTHING
from app.domain.order import Order, OrderDraft, OrderState
from app.domain.user import User
from app.practice.ladder import LADDER
from app.practice.model import Order as Engaged
from app.services.ahead import Ahead
from app.services.floor import Floor
from app.services.guard_keep import Mover
from app.services.own_match import OWN_MATCH
from tests.practice.floor import Floor as Exchange
from tests.services.fakes import AWAY, HOME, NOON, SPREAD, Desk, book, draft, group, market, money, report, seeded

ON_BOTH = book(150, -170)


def ready(desk: Desk) -> Desk:
    desk.ready(ON_BOTH)
    desk.account.balance = Balance(money(1_000_000), money(0), money(0))
    return desk


@pytest.fixture
def desk() -> Desk:
    """An account with something of its own on Away at -150, of which 30.00 wait."""
    desk = ready(Desk())
    rest(desk)
    return desk


def rest(desk: Desk, odds: int = -150, quantity: str = "30", ref: str = "own-1", selection_id: str = AWAY, **more: object) -> None:
    told = report(ref, order_id=f"v-{ref}", odds=from_american(odds), quantity=money(quantity), selection_id=selection_id)
    desk.blotter.apply(msgspec.structs.replace(told, **more))


def said(desk: Desk, wish: OrderDraft) -> str:
    objection = desk.controls.objection(wish)
    assert objection is None or (objection.code, objection.may_confirm) == (OWN_MATCH, True), objection
    return objection.words if objection else ""


def beside(desk: Desk, name: str = "Omnibus practice", environment: Environment = Environment.PRACTICE) -> Desk:
    """Another account of the same window."""
    other = ready(Desk())
    other.venue.environment = environment
    floor = Floor()
    floor.join(desk.desk, "Practice")
    floor.join(other.desk, name)
    return other


def test_an_order_that_meets_our_own_is_not_sent_unless_a_person_insists(desk: Desk) -> None:
    assert said(desk, draft(150)) == "This would match your own order: −150 × 30.00 rests on the other side"
    assert desk.controls.objection(draft(150), frozenset({OWN_MATCH})) is None


@pytest.mark.parametrize(("odds", "is_met"), [(149, True), (150, True), (151, False)])
def test_it_is_met_at_the_very_price_and_not_at_one_that_pays_more(desk: Desk, odds: int, is_met: bool) -> None:
    assert bool(said(desk, draft(odds))) is is_met


def test_an_order_on_the_same_side_meets_nothing_of_it(desk: Desk) -> None:
    assert said(desk, draft(-170, selection_id=AWAY)) == ""


def test_an_order_on_another_market_meets_nothing_of_it(desk: Desk) -> None:
    desk.session.emit([seeded(desk.clock.monotonic(), ON_BOTH, book(150, -170, key=SPREAD))])
    assert said(desk, draft(150, key=SPREAD)) == ""


def test_the_number_of_the_other_side_is_no_other_market(desk: Desk) -> None:
    """The venue tells +1.5 of an order on the side that gets the points, where the market's own number is -1.5."""
    ours = SPREAD._replace(strike=Decimal("-1.5"))
    desk.session.emit([seeded(desk.clock.monotonic(), ON_BOTH, book(150, -170, key=ours))])
    rest(desk, quantity="7", ref="spread", market_id=SPREAD.market_id, strike=Decimal("1.5"))
    assert said(desk, draft(150, key=ours)) == "This would match your own order: −150 × 7.00 rests on the other side"


def test_three_answers_do_not_cover_each_other(desk: Desk) -> None:
    told = market()
    three = msgspec.structs.replace(told, selections=(*told.selections, Selection("draw-id", "Draw", 6)))
    desk.session.emit([seeded(desk.clock.monotonic(), ON_BOTH, groups=(group(three),))])
    assert said(desk, draft(150)) == ""


@pytest.mark.parametrize("more", [{"status": "canceled"}, {"filled": money(30), "matching": "fully_matched"}, {"status": "settled"}])
def test_what_waits_no_longer_is_not_met(desk: Desk, more: dict[str, Any]) -> None:
    assert said(desk, draft(150))
    rest(desk, **more)
    assert said(desk, draft(150)) == ""


def test_only_what_is_left_of_it_is_named(desk: Desk) -> None:
    rest(desk, filled=money(12), matching="partially_matched")
    assert said(desk, draft(150)) == "This would match your own order: −150 × 18.00 rests on the other side"


async def test_one_of_unknown_outcome_may_be_met(desk: Desk) -> None:
    rest(desk, status="canceled")
    desk.venue.troubles["place"] = [UnknownError("No answer")]
    order = await desk.trading.place(draft(-150, "20", AWAY))
    assert order.state is OrderState.UNKNOWN
    assert said(desk, draft(150)) == "This would match your own order: −150 × 20.00 may rest on the other side"


def test_one_that_is_just_being_written_down_counts_already(desk: Desk) -> None:
    rest(desk, status="canceled")
    desk.controls.begin(Order("ov-x", draft(-150, "20", AWAY), placed_at=NOON, quantity=money(20)))
    assert "−150 × 20.00" in said(desk, draft(150))


@pytest.mark.parametrize(("quantity", "words"), [("50", ""), ("60", "−170 × 10.00 may rest")])
def test_of_one_on_its_way_only_what_the_book_leaves_of_it_counts(desk: Desk, quantity: str, words: str) -> None:
    """50.00 are offered at -170: customers on both sides of a game are no matter while the book has room for both."""
    rest(desk, status="canceled")
    desk.controls.begin(Order("ov-x", draft(-170, quantity, AWAY), placed_at=NOON, quantity=money(quantity)))
    assert bool(said(desk, draft(150))) is bool(words)
    assert words in said(desk, draft(150))


def test_of_several_on_their_way_each_finds_what_those_before_it_left(desk: Desk) -> None:
    rest(desk, status="canceled")
    for number in range(3):
        placed = NOON + timedelta(seconds=number)
        desk.blotter.add(Order(f"ov-{number}", draft(-170, "20", AWAY), placed_at=placed, quantity=money(20)))
    assert said(desk, draft(150)) == "This would match your own order: −170 × 10.00 may rest on the other side"


def test_rows_of_a_batch_take_from_the_book_in_turn(desk: Desk) -> None:
    rest(desk, status="canceled")
    ahead = Ahead(desk.controls, desk.clock.now())
    for _ in range(2):
        ahead.add(draft(-170, "25", AWAY))
    assert ahead.objection(draft(150)) is None
    ahead.add(draft(-170, "3", AWAY))
    told = ahead.objection(draft(150))
    assert told is not None
    assert told.words == "This would match your own order: −170 × 3.00 may rest on the other side"


def test_the_first_that_would_be_met_is_named_before_others(desk: Desk) -> None:
    rest(desk, -160, "5", "own-2")
    rest(desk, -140, "9", "own-3")
    assert said(desk, draft(140)) == "This would match your own orders: −160 × 5.00 and others rest on the other side"
    assert said(desk, draft(155)) == "This would match your own order: −160 × 5.00 rests on the other side"


def test_own_money_up_to_the_limit_may_be_matched(desk: Desk) -> None:
    rest(desk, -160, "5", "own-2")
    desk.controls.limit_to(msgspec.structs.replace(desk.controls.limits, own_match=money(35)))
    assert said(desk, draft(150)) == ""
    desk.controls.limit_to(msgspec.structs.replace(desk.controls.limits, own_match=money("34.99")))
    assert said(desk, draft(150)).endswith(", 35.00 in all; at most 34.99 of your own may be matched")


# Several accounts


def test_an_order_of_another_account_of_the_window_is_met_and_its_account_named(desk: Desk) -> None:
    other = beside(desk)
    assert said(other, draft(150)) == "This would match your own order: −150 × 30.00 of Practice rests on the other side"


def test_one_for_a_customer_says_for_whom(desk: Desk) -> None:
    other = beside(desk)
    other.venue.offers = EVERYTHING
    other.desk.users.put([User("cust-8841", "Ann Lee"), User("cust-2", "")])
    rest(other, -160, "300", "theirs", user="cust-8841")
    assert said(desk, draft(155)) == (
        "This would match your own order: −160 × 300.00 for Ann Lee (cust-8841) of Omnibus practice rests on the other side"
    )
    wish = msgspec.structs.replace(draft(155), external_user="cust-2")
    assert said(other, wish) == "This would match your own order: −160 × 300.00 for Ann Lee (cust-8841) rests on the other side"


def test_accounts_of_two_environments_never_meet(desk: Desk) -> None:
    other = beside(desk, environment=Environment.SANDBOX)
    rest(other, -160, "300", "theirs")
    assert "and others" not in said(desk, draft(150))


def test_an_account_that_left_the_window_is_seen_no_longer() -> None:
    first, second, floor = ready(Desk()), ready(Desk()), Floor()
    rest(first)
    floor.join(first.desk)
    floor.join(second.desk)
    assert said(second, draft(150)) == "This would match your own order: −150 × 30.00 of another account rests on the other side"
    floor.leave(first.desk)
    assert said(second, draft(150)) == ""
    rest(second, -160)
    assert "and others" not in said(first, draft(150)), "nor does it see the others"


def test_two_pairs_of_keys_of_one_account_hold_an_order_once(desk: Desk) -> None:
    other = beside(desk)
    rest(other, ref="as-the-other-calls-it", venue_order_id="v-own-1")
    assert said(desk, draft(150)) == "This would match your own order: −150 × 30.00 rests on the other side"


async def test_of_two_at_once_the_later_one_is_stopped_and_the_earlier_one_goes(desk: Desk) -> None:
    """The earlier one has had its look when the later one is insisted on: it is not stopped for it at the last moment."""
    rest(desk, status="canceled")
    first = await desk.trading.place(draft(-150, "20", AWAY))
    with pytest.raises(DeniedError, match=r"−150 × 20\.00") as denied:
        await desk.trading.place(draft(150))
    assert (denied.value.code, denied.value.may_confirm) == (OWN_MATCH, True)
    assert (await desk.trading.place(draft(150), frozenset({OWN_MATCH}))).state is OrderState.ACCEPTED
    assert desk.controls.objection(first.draft, ref=first.ref, is_begun=True) is None


def test_rows_of_a_batch_meet_those_before_them(desk: Desk) -> None:
    rest(desk, status="canceled")
    ahead = Ahead(desk.controls, desk.clock.now())
    ahead.add(draft(-150, "20", AWAY))
    told = ahead.objection(draft(150))
    assert told is not None
    assert told.words == "This would match your own order: −150 × 20.00 may rest on the other side"
    assert ahead.objection(draft(151)) is None
    assert desk.controls.objection(draft(150)) is None, "nothing of it is sent"


async def test_a_row_of_a_batch_says_it_and_may_be_insisted_on(desk: Desk) -> None:
    batch = desk.desk.batch
    batch.add(f"{HOME};+150;10\n{HOME};+151;10")
    await desk.sleep(0)
    for _ in range(30):
        await desk.sleep(0)
    assert [batch.judged[row.id].code for row in batch.rows] == [OWN_MATCH, ""]
    batch.insist(is_on=True)
    for _ in range(30):
        await desk.sleep(0)
    assert [batch.judged[row.id].confirmed for row in batch.rows] == [frozenset({OWN_MATCH}), frozenset()]
    await desk.tasks.stop()


def test_of_a_stake_over_several_prices_those_that_meet_it_are_told(desk: Desk) -> None:
    wishes = [draft(odds) for odds in (149, 150, 151)]
    assert [told.code if told else "" for told in desk.controls.objections(wishes)] == [OWN_MATCH, OWN_MATCH, ""]


def test_a_guard_that_moves_an_order_is_told_before_it_cancels_anything(desk: Desk) -> None:
    rest(desk, 155, "10", "kept", HOME)
    mover = Mover(desk.venue, desk.trading, desk.blotter, desk.sleep)
    kept = desk.blotter.orders["kept"]
    assert mover.objection(kept, from_american(151)) == ""
    assert mover.objection(kept, from_american(150)) == "This would match your own order: −150 × 30.00 rests on the other side"


# Against the engine

PRICES = st.sampled_from(LADDER[262:293])  # around even money, so that many of them are just met
RESTING = st.lists(st.tuples(PRICES, st.integers(50_00, 400_00), st.booleans()), min_size=1, max_size=5)


@settings(max_examples=150, deadline=None)
@given(RESTING, PRICES, st.sampled_from([219, 223, 301]), st.tuples(st.integers(0, 2), st.integers(0, 2)))
def test_those_are_met_that_the_practice_exchange_matches(
    resting: list[tuple[int, int, bool]], price: int, market_id: int, sides: tuple[int, int]
) -> None:
    exchange, first, second, floor = Exchange(), ready(Desk()), ready(Desk()), Floor()
    floor.join(first.desk)
    floor.join(second.desk)
    exchange.account("own", 10_000_000_00)
    ours, theirs = (side % len(exchange.book(market_id).offers) for side in sides)
    engaged = [exchange.place("own", odds, cents, theirs, market_id) for odds, cents, _ in resting]
    for order, (_, _, is_elsewhere) in zip(engaged, resting, strict=True):
        hold(second if is_elsewhere else first, order)
    told, wish = listed(exchange, market_id), exchange.strike_id(ours, market_id)
    met = list(first.controls.own.met(told, wish, from_american(price)))
    newcomer = exchange.place("own", price, 1_000_000_00, ours, market_id)
    assert {one.order.venue_order_id for one in met} == {fill.against for fill in newcomer.fills}
    assert [one.order.odds.opposite for one in met] == [from_american(fill.price) for fill in newcomer.fills]


def hold(desk: Desk, order: Engaged) -> None:
    told = report(order.external_id, order_id=order.id, odds=from_american(order.price), quantity=Decimal(order.quantity) / 100)
    desk.blotter.apply(msgspec.structs.replace(told, event_id=order.event_id, market_id=order.market_id, selection_id=order.strike_id))


def listed(exchange: Exchange, market_id: int) -> Market:
    strike = exchange.book(market_id).strike
    key = MarketKey(strike.event_id, market_id, Decimal(str(strike.strike)))
    selections = tuple(Selection(one.strike_id, str(one.outcome_id), one.outcome_id) for one in strike.outcomes)
    return Market(key, "Market", "moneyline", "", "active", selections)
