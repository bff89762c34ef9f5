"""The rules about external users: who is named, what each may have at risk, and that nobody is created by a slip."""

from __future__ import annotations

import asyncio
import time
from decimal import Decimal

import msgspec
import pytest

from app.domain.account import Balance
from app.domain.errors import DeniedError, NotSentError, UnknownError
from app.domain.labels import OWN
from app.domain.offer import Offer
from app.domain.order import OrderDraft, OrderState
from app.domain.user import User, UserLimits
from app.services.rule import Rule
from app.services.rules import all_rules
from tests.services.fakes import AWAY, GAME, HOME, KEY, OTHER, SPREAD, Desk, draft, money, report, turn

RULE: dict[str, Rule] = {rule.code: rule for rule in all_rules(OWN)}
USER_CODES = ("USER_ORDER", "USER_EVENT", "USER_DAY", "USER", "USER_NEW")


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.venue.offers |= {Offer.USERS}
    desk.ready()
    desk.account.balance = Balance(money(1_000_000), money(0), money(0))
    desk.desk.users.put([User("cust-1", "Ann Lee"), User("cust-2")])
    return desk


def for_user(user: str, odds: int = 150, stake: str = "10", selection_id: str = HOME) -> OrderDraft:
    return msgspec.structs.replace(draft(odds, stake, selection_id), external_user=user)


def says(desk: Desk, code: str, wish: OrderDraft) -> str:
    return RULE[code].objection(wish, desk.controls)


def limited(desk: Desk, **limits: object) -> None:
    desk.controls.limit_to(msgspec.structs.replace(desk.controls.limits, **limits))


def held(desk: Desk, stake: str | int, ref: str = "web-1", user: str = "cust-1", selection_id: str = HOME, **more: object) -> None:
    told = report(ref, "open", order_id=f"v-{ref}", quantity=money(stake), selection_id=selection_id, user=user)
    desk.blotter.apply(msgspec.structs.replace(told, **more))


# Who is named


def test_where_every_order_has_a_user_one_without_is_denied(desk: Desk) -> None:
    assert says(desk, "USER_NONE", for_user("")) == "Type for whom this order is: the external user id"
    assert says(desk, "USER_NONE", for_user("cust-1")) == ""


def test_an_account_without_users_takes_no_order_that_names_one(desk: Desk) -> None:
    desk.venue.offers -= {Offer.USERS}
    assert says(desk, "USER_NONE", for_user("cust-1")) == "This account has no external users, and the order names one"
    assert says(desk, "USER_NONE", for_user("")) == ""


def test_an_account_without_users_has_no_limits_of_users(desk: Desk) -> None:
    desk.venue.offers -= {Offer.USERS}
    limited(desk, user=money(1), user_day=money(1), user_event=money(1), user_order=money(1))
    assert [says(desk, code, draft(stake="1000")) for code in USER_CODES] == ["", "", "", "", ""]


@pytest.mark.parametrize(
    ("user", "words"),
    [
        ("   ", "Type for whom this order is: the external user id"),
        ("two words", "An external user id has letters A to Z, digits and . _ : @ + - only, without blanks"),
        ("müller", "An external user id has letters A to Z, digits and . _ : @ + - only, without blanks"),
        ("cust-1\n", "There are blanks around the external user id"),
        ("cust\n1", "An external user id has letters A to Z, digits and . _ : @ + - only, without blanks"),
        ("x" * 300, "An external user id has at most 100 characters"),
    ],
)
def test_i60_an_id_that_can_be_nobody_s_is_said_in_one_sentence(desk: Desk, user: str, words: str) -> None:
    assert says(desk, "USER_NONE", for_user(user)) == words


async def test_a_slip_of_the_fingers_creates_no_user(desk: Desk) -> None:
    with pytest.raises(DeniedError, match="cust-11 is a new user: no order was placed for this id before and it is on no list") as denied:
        await desk.trading.place(for_user("cust-11"))
    assert denied.value.code == "USER_NEW"
    await desk.trading.place(for_user("cust-11"), frozenset({"USER_NEW"}))
    assert says(desk, "USER_NEW", for_user("cust-11")) == "", "asked once an id"
    assert says(desk, "USER_NEW", for_user("cust-12")) != ""


def test_somebody_for_whom_an_order_was_placed_elsewhere_is_not_new(desk: Desk) -> None:
    held(desk, 10, user="web-user")
    assert says(desk, "USER_NEW", for_user("web-user")) == ""


def test_what_a_person_accepted_is_not_new(desk: Desk) -> None:
    desk.desk.users.accept(["row-1", "row-2"])
    assert [says(desk, "USER_NEW", for_user(user)) == "" for user in ("row-1", "row-2", "row-3")] == [True, True, False]


# What each may have at risk


def test_a_user_s_order_has_a_limit_of_its_own(desk: Desk) -> None:
    limited(desk, user_order=money(100))
    assert says(desk, "USER_ORDER", for_user("cust-1", stake="100.00")) == ""
    words = says(desk, "USER_ORDER", for_user("cust-1", stake="100.01"))
    assert words == "A stake of 100.01 is above the limit of 100.00 an order for Ann Lee (cust-1)"


def test_a_user_s_worst_result_on_an_event_is_limited(desk: Desk) -> None:
    limited(desk, user_event=money(100))
    held(desk, 60, "home", matching="fully_matched", filled=money(60))
    held(desk, 60, "away", selection_id=AWAY)
    held(desk, 90, "other", user="cust-2")
    assert says(desk, "USER_EVENT", for_user("cust-1", stake="40.00")) == "", "if away wins, home has lost; if home wins, it pays for away"
    assert says(desk, "USER_EVENT", for_user("cust-1", stake="40.01")) == (
        "The worst result of this event would lose 100.01 for Ann Lee (cust-1), above the limit of 100.00"
    )
    held(desk, 30, "spread", strike=SPREAD.strike, market_id=SPREAD.market_id)
    assert says(desk, "USER_EVENT", for_user("cust-1", stake="10.01")) != "", "two markets may go wrong together"


def test_what_a_user_has_on_another_event_is_not_this_event_s(desk: Desk) -> None:
    limited(desk, user_event=money(100))
    held(desk, 90, event_id=OTHER)
    assert says(desk, "USER_EVENT", for_user("cust-1", stake="100")) == ""


def test_a_user_s_day_counts_today_s_orders_only(desk: Desk) -> None:
    limited(desk, user_day=money(100))
    held(desk, 60)
    assert says(desk, "USER_DAY", for_user("cust-1", stake="40.00")) == ""
    assert says(desk, "USER_DAY", for_user("cust-1", stake="40.01")) == (
        "100.01 would be staked in today's orders for Ann Lee (cust-1), above the limit of 100.00"
    )
    desk.clock.move(86_400)
    assert says(desk, "USER_DAY", for_user("cust-1", stake="100.00")) == ""
    limited(desk, user=money(100))
    assert says(desk, "USER", for_user("cust-1", stake="40.01")) != "", "yesterday's order is still open"


@pytest.mark.parametrize("code", ["USER_EVENT", "USER_DAY", "USER"])
@pytest.mark.parametrize("problem", [None, UnknownError("No answer")])
async def test_open_and_unknown_orders_count_for_their_user_and_for_nobody_else(
    desk: Desk, code: str, problem: UnknownError | None
) -> None:
    limited(desk, user_event=money(100), user_day=money(100), user=money(100))
    if problem:
        desk.venue.troubles["place"] = [problem]
    await desk.trading.place(for_user("cust-1", stake="60"))
    assert says(desk, code, for_user("cust-1", stake="40.01")) != ""
    assert says(desk, code, for_user("cust-1", stake="40.00")) == ""
    assert says(desk, code, for_user("cust-2", stake="100.00")) == ""


@pytest.mark.parametrize("code", ["USER_EVENT", "USER_DAY", "USER"])
@pytest.mark.parametrize("status", ["canceled", "closed", "void"])
def test_what_is_over_counts_no_longer(desk: Desk, code: str, status: str) -> None:
    limited(desk, user_event=money(100), user_day=money(100), user=money(100))
    held(desk, 100)
    assert says(desk, code, for_user("cust-1", stake="1.00")) != ""
    held(desk, 100, status=status)
    assert says(desk, code, for_user("cust-1", stake="100.00")) == ""


@pytest.mark.parametrize("winning", ["loss", "profit", "a word not listed"])
def test_what_was_settled_today_is_at_risk_no_longer_and_counts_for_the_day(desk: Desk, winning: str) -> None:
    """Or a customer whose bets end within the hour could stake the day's limit again and again."""
    limited(desk, user_event=money(100), user_day=money(100), user=money(100))
    held(desk, 60)
    held(desk, 60, status="settled", matching="fully_matched", filled=money(60), winning=winning)
    assert says(desk, "USER_DAY", for_user("cust-1", stake="40.00")) == ""
    assert says(desk, "USER_DAY", for_user("cust-1", stake="40.01")) != ""
    assert [says(desk, code, for_user("cust-1", stake="100.00")) for code in ("USER_EVENT", "USER")] == ["", ""]
    desk.clock.move(86_400)
    assert says(desk, "USER_DAY", for_user("cust-1", stake="100.00")) == ""


@pytest.mark.parametrize(("status", "winning"), [("void", "tbd"), ("settled", "push"), ("settled", "no_result")])
def test_a_stake_that_was_returned_counts_for_the_day_no_longer(desk: Desk, status: str, winning: str) -> None:
    limited(desk, user_day=money(100))
    held(desk, 60, matching="fully_matched", filled=money(60))
    assert says(desk, "USER_DAY", for_user("cust-1", stake="40.01")) != ""
    held(desk, 60, status=status, matching="fully_matched", filled=money(60), winning=winning)
    assert says(desk, "USER_DAY", for_user("cust-1", stake="100.00")) == ""


def test_of_a_cancelled_order_what_had_matched_counts_for_the_day(desk: Desk) -> None:
    limited(desk, user_day=money(100))
    held(desk, 60, matching="partially_matched", filled=money(25))
    held(desk, 60, status="canceled", matching="partially_matched", filled=money(25))
    assert says(desk, "USER_DAY", for_user("cust-1", stake="75.00")) == ""
    assert says(desk, "USER_DAY", for_user("cust-1", stake="75.01")) != ""


async def test_what_never_left_does_not_count(desk: Desk) -> None:
    limited(desk, user=money(100), user_day=money(100))
    desk.venue.troubles["place"] = [NotSentError("No route")]
    await desk.trading.place(for_user("cust-1", stake="60"))
    assert says(desk, "USER", for_user("cust-1", stake="100.00")) == ""
    assert says(desk, "USER_DAY", for_user("cust-1", stake="100.00")) == ""


@pytest.mark.parametrize("name", ["user", "user_day", "user_event"])
async def test_two_clicks_in_the_same_tick_cannot_pass_a_user_s_limit_together(desk: Desk, name: str) -> None:
    limited(desk, **{name: money(100)})
    desk.journal.gate.clear()
    both = [asyncio.ensure_future(desk.trading.place(for_user("cust-1", odds, "60"))) for odds in (150, 151)]
    await turn()
    desk.journal.gate.set()
    results = await asyncio.gather(*both, return_exceptions=True)
    assert [isinstance(result, DeniedError) for result in results] == [False, True]


@pytest.mark.parametrize("name", ["user", "user_day", "user_event"])
async def test_two_clicks_in_the_same_tick_for_two_users_do_not_count_for_each_other(desk: Desk, name: str) -> None:
    limited(desk, **{name: money(100)})
    desk.journal.gate.clear()  # the first is not on the blotter while the second is judged
    both = [asyncio.ensure_future(desk.trading.place(for_user(user, 150, "60"))) for user in ("cust-1", "cust-2")]
    await turn()
    desk.journal.gate.set()
    results = await asyncio.gather(*both, return_exceptions=True)
    assert [isinstance(result, DeniedError) for result in results] == [False, False]


@pytest.mark.parametrize("code", ["USER_EVENT", "USER_DAY", "USER"])
async def test_an_order_that_is_judged_for_another_user_frees_nothing_of_theirs(desk: Desk, code: str) -> None:
    """The bytes that leave name somebody else than the order: what is left out of one user's sums is not taken from another's."""
    limited(desk, user_event=money(100), user_day=money(100), user=money(100))
    order = await desk.trading.place(for_user("cust-1", stake="60"))
    held(desk, 60, user="cust-2")
    told = desk.controls.objection(for_user("cust-2", odds=151, stake="50"), ref=order.ref)
    assert told is not None
    assert told.code == "USER_EVENT"
    desk.controls.rules = (RULE[code],)
    assert desk.controls.objection(for_user("cust-2", odds=151, stake="40"), ref=order.ref) is None
    assert desk.controls.objection(for_user("cust-2", odds=151, stake="40.01"), ref=order.ref) is not None


@pytest.mark.parametrize("name", ["user", "user_day", "user_event"])
async def test_the_last_look_does_not_count_the_order_twice(desk: Desk, name: str) -> None:
    limited(desk, **{name: money(100)})
    order = await desk.trading.place(for_user("cust-1", stake="100"))
    assert order.venue_order_id


async def test_a_limit_lowered_after_the_click_is_seen_at_the_last_look(desk: Desk) -> None:
    desk.journal.gate.clear()
    placing = asyncio.ensure_future(desk.trading.place(for_user("cust-1", stake="10")))
    await turn()
    desk.desk.users.put([User("cust-1", "Ann Lee", UserLimits(order=money(5)))])
    desk.journal.gate.set()
    order = await placing
    assert (order.state, order.reason) == (
        OrderState.DENIED,
        "A stake of 10.00 is above the limit of 5.00 an order for Ann Lee (cust-1)",
    )


@pytest.mark.parametrize(
    ("code", "limits"),
    [
        ("USER_ORDER", UserLimits(order=Decimal(20))),
        ("USER_EVENT", UserLimits(event=Decimal(20))),
        ("USER_DAY", UserLimits(day=Decimal(20))),
        ("USER", UserLimits(total=Decimal(20))),
    ],
)
def test_a_user_s_own_limit_stands_in_the_place_of_the_profile_s(desk: Desk, code: str, limits: UserLimits) -> None:
    limited(desk, user=money(10), user_day=money(10), user_event=money(10), user_order=money(10))
    assert says(desk, code, for_user("cust-1", stake="15")) != ""
    desk.desk.users.put([User("cust-1", "Ann Lee", limits)])
    assert says(desk, code, for_user("cust-1", stake="20.00")) == ""
    assert "above the limit of 20.00" in says(desk, code, for_user("cust-1", stake="20.01"))
    assert "above the limit of 10.00" in says(desk, code, for_user("cust-2", stake="10.01"))


def test_an_order_that_turns_out_to_be_another_user_s_moves_over(desk: Desk) -> None:
    """The venue's push of an order placed elsewhere may leave the user out; its record names them."""
    held(desk, 60, user="")
    assert desk.blotter.risk_of_user("cust-1") == 0
    held(desk, 60, user="cust-1")
    assert desk.blotter.risk_of_user("cust-1") == money(60)
    assert [order.ref for order in desk.blotter.of_user("cust-1")] == ["web-1"]
    assert desk.blotter.user_ids() == ["cust-1"]


# What is left


def test_the_tightest_limit_stands_first_with_what_it_leaves(desk: Desk) -> None:
    limited(desk, user_order=money(500), user_event=money(1000), user_day=money(1100), user=money(2500))
    held(desk, 700)
    rooms = desk.controls.user_room(for_user("cust-1"))
    assert [(room.name, room.left, room.limit) for room in rooms] == [
        ("on this event", money(300), money(1000)),
        ("in today's orders", money(400), money(1100)),
        ("in one order", money(500), money(500)),
        ("in all", money(1800), money(2500)),
    ]


def test_ten_thousand_orders_of_many_users_cost_a_rule_nothing(desk: Desk) -> None:
    for number in range(10_000):
        held(desk, 1, f"web-{number}", user=f"cust-{number % 500}", event_id=GAME if number % 50 == 0 else 30_000 + number % 97)
    limited(desk, user=money(21))
    begun = time.perf_counter()
    for _ in range(100):
        words = [says(desk, code, for_user("cust-1", stake="2")) for code in USER_CODES]
    assert words[3] == "22.00 would be at risk for Ann Lee (cust-1), above the limit of 21.00"
    assert (time.perf_counter() - begun) / 100 < 0.005, "a scan over all orders takes five times as long"
    assert desk.blotter.orders[f"web-{0}"].draft.market == KEY
