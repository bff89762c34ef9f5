"""What each external user has at risk: the same whether it is reckoned order by order or anew."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from app.domain.market import Market, MarketKey
from app.domain.money import ZERO
from app.domain.odds import from_american
from app.domain.order import Order, OrderDraft, Outcome
from app.domain.risk import Limits
from app.domain.user import User, UserLimits
from app.services.blotter import Blotter
from app.services.exposure import NOTHING, EventShare, Exposure, UserLine
from app.services.users import Users
from tests.services.fakes import AWAY, GAME, HOME, KEY, NOON, OTHER, Clock, market, money, report

ANN, BOB = "cust-8841", "cust-8842"
LATER = MarketKey(OTHER, 219, Decimal(0))


class Desktop:
    """A blotter, and an exposure that hears of what changed in it."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.blotter = Blotter(self.clock.now, lambda _key, _selection: ("", "", ""))
        self.users = Users()
        self.limits = Limits()
        self.markets: dict[MarketKey, Market] = {KEY: market(), LATER: market(LATER)}
        self.exposure = self.anew()
        self._number = 0

    def anew(self) -> Exposure:
        exposure = Exposure(self.blotter, self.users, lambda draft: self.markets.get(draft.market), lambda: self.limits, self.clock.now)
        exposure.rebuild()
        return exposure

    def order(
        self, user: str = ANN, stake: str = "10", *, key: MarketKey = KEY, selection: str = HOME, status: str = "open", **more: object
    ) -> str:
        """An order as the venue has it; `more` is what the venue says of it."""
        self._number += 1
        ref = f"o-{self._number}"
        draft = OrderDraft(key, selection, from_american(150), money(stake), f"Game {key.event_id}", "Moneyline", selection, user)
        outcome = Outcome.SENT if status else Outcome.UNKNOWN
        self.blotter.add(Order(ref, draft, self.clock.now(), outcome, quantity=money(stake)))
        if status:
            self.say(ref, status, quantity=money(stake), **more)
        return ref

    def say(self, ref: str, status: str, **more: object) -> None:
        order = self.blotter.orders[ref]
        told = {"selection_id": order.draft.selection_id, "updated_at": self.clock.now(), "quantity": order.stake} | more
        self.blotter.apply(report(ref, status, order_id=f"v-{ref}", **told))

    def line(self, user: str = ANN) -> UserLine:
        self.exposure.apply(self.blotter.take_dirty())
        return self.exposure.line(user)


@pytest.fixture
def top() -> Desktop:
    return Desktop()


def test_open_unknown_and_matched_orders_are_at_risk_each_with_its_user(top: Desktop) -> None:
    top.order(stake="10")
    top.order(stake="20", status="")
    top.order(stake="40", matching="fully_matched", filled=money(40))
    top.order(BOB, stake="80")
    line = top.line()
    assert (line.at_risk, line.open, line.unknown) == (money(70), 1, 1)
    assert top.line(BOB).at_risk == money(80)


def test_what_never_reached_the_venue_and_what_was_cancelled_unmatched_counts_nowhere(top: Desktop) -> None:
    top.order(status="canceled")
    ref = top.order(status="")
    top.blotter.add(msgspec.structs.replace(top.blotter.orders[ref], outcome=Outcome.REJECTED))
    line = top.line()
    assert (line.at_risk, line.staked_today, line.open, line.unknown) == (ZERO, ZERO, 0, 0)


def test_a_settlement_takes_the_risk_away_and_brings_its_result_today(top: Desktop) -> None:
    won, lost = top.order(stake="10"), top.order(stake="25")
    top.say(won, "settled", matching="fully_matched", filled=money(10), winning="profit")
    top.say(lost, "closed", matching="fully_matched", filled=money(25), winning="loss")
    line = top.line()
    assert (line.at_risk, line.today, line.week, line.ever) == (ZERO, money(-10), money(-10), money(-10))
    assert line.staked_today == money(35)


def test_what_is_settled_today_uses_the_limit_of_the_day_and_what_was_given_back_does_not(top: Desktop) -> None:
    lost, back = top.order(stake="500"), top.order(stake="300")
    top.say(lost, "settled", matching="fully_matched", filled=money(500), winning="loss")
    top.say(back, "void", matching="fully_matched", filled=money(300))
    line = top.line()
    assert (line.staked_today, line.tightest.name, line.tightest.used) == (money(500), "today", money(500))
    top.clock.day += timedelta(days=1)
    assert top.line().tightest.used == ZERO


def test_results_leave_today_at_midnight_and_the_week_after_seven_days(top: Desktop) -> None:
    ref = top.order(stake="10")
    top.say(ref, "settled", matching="fully_matched", filled=money(10), winning="profit")
    assert top.line().today == money(15)
    top.clock.day += timedelta(days=1)
    line = top.line()
    assert (line.today, line.week, line.staked_today) == (ZERO, money(15), ZERO)
    top.clock.day += timedelta(days=6)
    line = top.line()
    assert (line.week, line.ever) == (ZERO, money(15))


def test_a_settlement_that_is_told_again_on_another_day_stays_on_its_first(top: Desktop) -> None:
    ref = top.order(stake="10")
    top.say(ref, "settled", matching="fully_matched", filled=money(10), winning="profit")
    top.line()
    top.clock.day += timedelta(days=1)
    top.say(ref, "settled", matching="fully_matched", filled=money(10), winning="profit")
    assert top.line().today == 0


def test_both_sides_of_a_market_cannot_all_be_lost(top: Desktop) -> None:
    top.order(stake="100", matching="fully_matched", filled=money(100))
    top.order(stake="100", selection=AWAY, matching="fully_matched", filled=money(100))
    line = top.line()
    assert (line.at_risk, line.worst) == (money(200), ZERO)  # +150 on both: whichever wins brings 150 and loses 100
    assert top.exposure.on_event(ANN, GAME) == EventShare(money(200), money(0), 0, 0)


def test_a_market_that_is_read_later_lowers_the_worst_loss(top: Desktop) -> None:
    """Before that, "none of ours wins" is a result too."""
    top.markets.clear()
    top.order(stake="100", matching="fully_matched", filled=money(100))
    top.order(stake="100", selection=AWAY, matching="fully_matched", filled=money(100))
    assert top.line().worst == money(200)
    top.exposure.learn()
    assert top.line().worst == money(200)
    top.markets[KEY] = market()
    top.exposure.learn()
    assert top.line().worst == 0


def test_match_prices_that_are_told_later_lower_the_worst_loss(top: Desktop) -> None:
    top.order(stake="100", matching="fully_matched", filled=money(100))
    away = top.order(stake="40", selection=AWAY, matching="fully_matched", filled=money(40))
    assert top.line().worst == money(40)  # if the second wins: 100 lost, 60 won
    top.blotter.learn_matches({f"v-{away}": [(from_american(200), money(40))]})
    assert top.line().worst == money(20)


def test_the_limit_of_which_most_is_used_is_named_with_its_figures(top: Desktop) -> None:
    top.order(stake="300")
    top.order(stake="200", key=LATER)
    use = top.line().tightest
    assert (use.name, use.used, use.limit, use.share) == ("on an event", money(300), money(1000), Decimal("0.3"))
    top.users.put([User(ANN, "Ann Lee", UserLimits(total=money(600)))])
    assert top.line().tightest.name == "in total"
    assert top.line().tightest.used == money(500)


def test_a_limit_of_the_profile_that_changes_counts_from_the_next_look_on(top: Desktop) -> None:
    top.order(stake="300")
    assert top.line().tightest.share == Decimal("0.3")
    top.limits = msgspec.structs.replace(top.limits, user_event=money(600))
    assert top.line().tightest.share == Decimal("0.5")


def test_only_orders_that_can_be_taken_off_are_offered_for_it_and_the_oldest_comes_first(top: Desktop) -> None:
    first = top.order()
    top.clock.move(1)
    second = top.order()
    top.order(status="")
    top.order(BOB)
    top.order(matching="fully_matched", filled=money(10))
    top.line()
    assert [order.ref for order in top.exposure.cancellable(ANN)] == [first, second]
    assert top.exposure.cancellable("nobody") == []


def test_an_order_whose_user_is_told_late_moves_to_that_user(top: Desktop) -> None:
    top.blotter.apply(report("x", "open", order_id="v-x"))
    assert top.line("").open == 1
    top.blotter.apply(report("x", "open", order_id="v-x", user=ANN))
    assert (top.line("").open, top.line(ANN).open) == (0, 1)
    assert top.exposure.events_of("") == {}


def test_nobody_of_whom_no_order_is_known_has_anything_at_risk(top: Desktop) -> None:
    assert top.line("nobody") is NOTHING
    assert top.exposure.on_event("nobody", GAME) == EventShare()
    assert top.exposure.user_ids == []


def test_only_the_users_of_what_changed_are_told(top: Desktop) -> None:
    ref = top.order()
    top.order(BOB)
    top.line()
    before = top.exposure.line(BOB)
    top.say(ref, "open", matching="partially_matched", filled=money(4))
    assert top.exposure.apply(top.blotter.take_dirty()) == {ANN}
    assert top.exposure.line(BOB) is before
    assert top.exposure.apply(["never heard of"]) == set()


def test_sums_kept_order_by_order_are_those_reckoned_anew(top: Desktop) -> None:
    """Two hundred orders of four users through random lives, in any order."""
    chance = random.Random(6)
    refs = [top.order(f"u-{chance.randrange(4)}", str(chance.randrange(1, 90)), key=chance.choice([KEY, LATER])) for _ in range(200)]
    for _ in range(900):
        ref = chance.choice(refs)
        filled = money(chance.randrange(0, int(top.blotter.orders[ref].stake) + 1))
        status, winning = chance.choice([("open", "tbd"), ("open", "tbd"), ("canceled", "tbd"), ("settled", "profit"), ("closed", "loss")])
        top.say(ref, status, filled=filled, matching="partially_matched" if filled else "unmatched", winning=winning)
        top.clock.day = NOON + timedelta(hours=chance.randrange(400))
        top.exposure.apply(top.blotter.take_dirty())
    anew = top.anew()
    for user_id in anew.user_ids:
        kept, fresh = top.exposure.line(user_id), anew.line(user_id)
        # On which day a result was told is known only to who heard it: what is reckoned anew has the last time it was told.
        same = {"today": Decimal(0), "week": Decimal(0)}
        assert msgspec.structs.replace(kept, **same) == msgspec.structs.replace(fresh, **same)
        assert top.exposure.events_of(user_id) == anew.events_of(user_id)


def test_an_event_is_called_by_its_name_else_by_its_number(top: Desktop) -> None:
    top.order()
    top.line()
    assert (top.exposure.event_name(GAME), top.exposure.event_name(5), top.exposure.event_name(0)) == (
        f"Game {GAME}", "event 5", "event not told",
    )  # fmt: skip
