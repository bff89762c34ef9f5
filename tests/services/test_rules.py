"""Each rule of an order: the value that is just allowed, the one that is just denied, and the sentence with the numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from app.domain.account import Balance
from app.domain.environment import Environment
from app.domain.errors import UnknownError
from app.domain.events import EventChanged, HealthBeat, StreamDown
from app.domain.labels import OWN
from app.domain.odds import Odds
from app.domain.order import OrderDraft, OrderState
from app.domain.risk import Limits
from app.services.rule import Rule
from app.services.rules import all_rules
from tests.services.fakes import AWAY, HOME, KEY, NOON, SPREAD, Desk, book, draft, event, group, market, money, report, seeded

RULES = all_rules(OWN)
RULE: dict[str, Rule] = {rule.code: rule for rule in RULES}

Change = Callable[[Desk], object]


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.ready()
    desk.account.balance = Balance(money(1_000_000), money(0), money(0))
    return desk


def says(desk: Desk, code: str, wish: OrderDraft) -> str:
    """What this one rule has against an order."""
    return RULE[code].objection(wish, desk.controls)


def limited(desk: Desk, **limits: object) -> None:
    desk.controls.limit_to(msgspec.structs.replace(desk.controls.limits, **limits))


def held(desk: Desk, stake: str | int, ref: str = "web-1", selection_id: str = HOME, **more: object) -> None:
    """An open order that counts already."""
    told = report(ref, "open", order_id=f"v-{ref}", quantity=money(stake), selection_id=selection_id)
    desk.blotter.apply(msgspec.structs.replace(told, **more))


def settled(desk: Desk, amount: str, ref: str = "old", winning: str = "loss") -> None:
    stake = money(amount)
    desk.blotter.apply(
        report(ref, "closed", order_id=f"v-{ref}", matching="fully_matched", quantity=stake, filled=stake, winning=winning, updated_at=NOON)
    )


# State


@pytest.mark.parametrize(
    ("code", "change", "words"),
    [
        ("HALTED", lambda desk: desk.journal.halt_for("kill switch"), "Orders are halted: kill switch"),
        ("DESK_LOCKED", lambda desk: setattr(desk, "desk_lock", "This desk is locked"), "This desk is locked"),
        ("OFF", lambda desk: desk.controls.switch(is_on=False), "Trading is off: switch it on in the header"),
        (
            "JOURNAL_DOWN",
            lambda desk: setattr(desk.journal, "trouble", "the disk is full"),
            "The journal cannot be written, so no order leaves: the disk is full",
        ),
        (
            "RECONCILING",
            lambda desk: setattr(desk.controls, "is_reconciled", False),
            "Open and unknown orders are still being looked up at the venue",
        ),
        (
            "ENVIRONMENT",
            lambda desk: setattr(desk.venue, "environment", Environment.PRODUCTION),
            "This window is for PRACTICE, but the connection is to PRODUCTION",
        ),
        ("WAIT", lambda desk: desk.controls.pause_for(7.0), "The venue asked for a pause: 7 s more"),
        ("MARKET_CLOSED", lambda desk: desk.session.emit([EventChanged(event(status="finished"))]), "Game 19458 is over"),
        (
            "MARKET_CLOSED",
            lambda desk: desk.session.emit([seeded(desk.clock.monotonic(), book(), groups=(group(market(status="suspended")),))]),
            "The market is suspended",
        ),
        ("MARKET_CLOSED", lambda desk: desk.controls.halt_market(KEY, "More matched here than was asked for"), "More matched here"),
        ("STALE", lambda desk: desk.session.emit([StreamDown("lost")]), "The prices of this market are not verified"),
        ("OFF_LADDER", lambda desk: setattr(desk.controls, "ladder", None), "The venue's price ladder has not been read yet"),
        ("BALANCE", lambda desk: setattr(desk.account, "balance", None), "The venue has not told the balance yet"),
        (
            "BUDGET",
            lambda desk: setattr(desk, "requests_left", 0),
            "All requests of this second are used up but those kept for cancels",
        ),
    ],
)
def test_a_state_in_which_no_order_leaves_says_which(desk: Desk, code: str, change: Change, words: str) -> None:
    assert says(desk, code, draft()) == ""
    change(desk)
    assert says(desk, code, draft()).startswith(words)
    objection = desk.controls.objection(draft(), frozenset(RULE))
    assert objection is not None, "and nobody can insist against it"
    assert (objection.code, objection.may_confirm) == (code, False)


def test_a_pause_is_over_when_its_seconds_are(desk: Desk) -> None:
    desk.controls.pause_for(7.0)
    desk.controls.pause_for(2.0)
    desk.clock.move(6.5)
    assert says(desk, "WAIT", draft()) == "The venue asked for a pause: 0 s more"
    desk.clock.move(0.5)
    assert says(desk, "WAIT", draft()) == ""


@pytest.mark.parametrize(("status", "seconds"), [("live", 120), ("not_started", 900)])
def test_a_book_read_over_rest_may_be_ordered_on_for_so_long(desk: Desk, status: str, seconds: int) -> None:
    desk.session.emit([EventChanged(event(status=status))])
    desk.clock.move(seconds - 0.1)
    assert says(desk, "STALE", draft()) == ""
    desk.clock.move(0.1)
    assert "not verified" in says(desk, "STALE", draft())


def test_a_sign_of_life_of_the_stream_does_not_verify_a_book_that_it_does_not_carry(desk: Desk) -> None:
    desk.clock.move(900)
    desk.session.emit([HealthBeat()])
    assert "not verified" in says(desk, "STALE", draft())


def test_one_market_that_is_halted_leaves_the_others(desk: Desk) -> None:
    desk.ready(book(), book(key=SPREAD))
    desk.controls.halt_market(KEY, "halted")
    assert says(desk, "MARKET_CLOSED", draft()) == "halted"
    assert says(desk, "MARKET_CLOSED", draft(key=SPREAD)) == ""


# Price


@pytest.mark.parametrize(
    ("code", "limits", "good", "bad", "words"),
    [
        ("OFF_LADDER", {}, draft(200), draft(201), "+201 is not on the venue's price ladder"),
        (
            "WORSE",
            {"worse_steps": 10},
            draft(140),
            draft(139),
            "+139 is 11 steps worse than the +150 that is offered; at most 10 are allowed",
        ),
        ("WORSE", {"worse_steps": 0}, draft(150), draft(149), "+149 is 1 steps worse than the +150 that is offered; at most 0 are allowed"),
        (
            "STAKE",
            {"stake": money(100)},
            draft(stake="100.00"),
            draft(stake="100.01"),
            "A stake of 100.01 is above the limit of 100.00 an order",
        ),
        ("STAKE", {}, draft(stake="0.01"), draft(stake="0.00"), "A stake must be more than nothing"),
        (
            "TO_WIN",
            {"to_win": Decimal("15.00")},
            draft(stake="10.00"),
            draft(stake="10.01"),
            "It would win 15.02, above the limit of 15.00 an order",
        ),
        ("TO_WIN", {}, draft(100, "0.01"), draft(-25000, "1.24"), "This stake would win less than a cent"),
    ],
)
def test_the_last_value_that_is_allowed_and_the_first_that_is_denied(
    desk: Desk, code: str, limits: dict[str, object], good: OrderDraft, bad: OrderDraft, words: str
) -> None:
    limited(desk, **limits)
    assert says(desk, code, good) == ""
    assert says(desk, code, bad) == words


def test_a_better_price_than_the_one_offered_is_never_worse(desk: Desk) -> None:
    limited(desk, worse_steps=0)
    assert says(desk, "WORSE", draft(200)) == ""


def test_without_an_offer_there_is_nothing_to_be_worse_than(desk: Desk) -> None:
    desk.ready(book(None, -170))
    assert says(desk, "WORSE", draft(100)) == ""


def test_even_money_is_one_step_whichever_way_it_is_written(desk: Desk) -> None:
    limited(desk, worse_steps=1)
    desk.ready(book(101, -120))
    assert says(desk, "WORSE", draft(-100)) == ""
    assert says(desk, "OFF_LADDER", draft(-100)) == ""


def test_a_price_far_from_the_markets_own_is_denied_with_both(desk: Desk) -> None:
    limited(desk, sanity_factor=Decimal("1.2"))
    assert says(desk, "SANITY", draft(188)) == ""
    words = says(desk, "SANITY", draft(189))
    assert "+189" in words
    assert "the market's +157" in words
    assert says(desk, "SANITY", draft(132)) == ""
    assert "+131 pays" in says(desk, "SANITY", draft(131)), "too short is as odd as too long"


@pytest.mark.parametrize(("odds", "is_denied"), [(160, True), (150, True), (-150, False), (-170, False), (-101, False)])
def test_the_right_number_with_the_wrong_sign_is_a_trap(desk: Desk, odds: int, is_denied: bool) -> None:
    desk.ready(book(-160, 140))
    words = says(desk, "SANITY", draft(odds))
    assert ("looks like the wrong sign" in words) is is_denied


def test_around_even_money_both_signs_are_possible(desk: Desk) -> None:
    desk.ready(book(-105, -105))
    assert says(desk, "SANITY", draft(105)) == ""
    assert says(desk, "SANITY", draft(-105)) == ""


@pytest.mark.parametrize(("odds", "is_denied"), [(Odds(250, 1), False), (Odds(251, 1), True), (Odds(1, 250), False), (Odds(1, 251), True)])
def test_no_price_beyond_the_ends_of_any_ladder_is_sent_whatever_the_market_says(desk: Desk, odds: Odds, is_denied: bool) -> None:
    desk.ready(book(None, None))
    words = says(desk, "SANITY", msgspec.structs.replace(draft(), odds=odds))
    assert ("outside −25000 to +25000" in words) is is_denied


@pytest.mark.parametrize("stake", ["10.001", "0.009", "1.999"])
def test_a_stake_has_whole_cents(desk: Desk, stake: str) -> None:
    assert says(desk, "STAKE", msgspec.structs.replace(draft(), stake=Decimal(stake))) == "A stake has at most two decimals"


@pytest.mark.parametrize("stake", ["NaN", "Infinity", "-Infinity", "1E+30"])
def test_a_stake_that_is_no_amount_is_denied_not_stumbled_over(desk: Desk, stake: str) -> None:
    objection = desk.controls.objection(msgspec.structs.replace(draft(), stake=Decimal(stake)))
    assert objection is not None
    assert objection.code == "STAKE"


# Exposure


@pytest.mark.parametrize(
    ("code", "limits", "words"),
    [
        ("SELECTION", {"selection": money(100)}, "100.01 would be at risk on this selection, above the limit of 100.00"),
        ("EVENT", {"event": money(100)}, "The worst result of this event would lose 100.01, above the limit of 100.00"),
        ("DAY", {"day": money(100)}, "100.01 would be at risk in today's orders, above the limit of 100.00"),
    ],
)
def test_a_cap_is_full_to_the_cent(desk: Desk, code: str, limits: dict[str, object], words: str) -> None:
    limited(desk, **limits)
    held(desk, 90)
    assert says(desk, code, draft(stake="10.00")) == ""
    assert says(desk, code, draft(stake="10.01")) == words


def test_the_cap_of_a_selection_leaves_the_other_selections(desk: Desk) -> None:
    limited(desk, selection=money(100))
    held(desk, 95, selection_id=AWAY)
    assert says(desk, "SELECTION", draft(stake="100.00")) == ""


def test_the_worst_loss_of_an_event_sums_its_markets_and_nets_what_is_matched_within_one(desk: Desk) -> None:
    desk.ready(book(), book(key=SPREAD))
    limited(desk, event=money(100))
    held(desk, 60, "home", HOME, matching="fully_matched", filled=money(60))
    held(desk, 60, "away", AWAY)
    assert says(desk, "EVENT", draft(stake="40.00")) == "", "if away wins, home has lost; if home wins, it pays for away"
    assert says(desk, "EVENT", draft(stake="40.01")) != ""
    held(desk, 30, "spread", HOME, strike=SPREAD.strike, market_id=SPREAD.market_id)
    assert says(desk, "EVENT", draft(stake="10.00")) == ""
    assert says(desk, "EVENT", draft(stake="10.01")) != "", "two markets may go wrong together"


@pytest.mark.parametrize("state", ["canceled", "wiped", "invalid", "closed", "void"])
def test_what_is_over_and_unmatched_counts_no_longer(desk: Desk, state: str) -> None:
    limited(desk, selection=money(100), event=money(100), day=money(100))
    held(desk, 100)
    held(desk, 100, status=state)
    for code in ("SELECTION", "EVENT", "DAY"):
        assert says(desk, code, draft(stake="100.00")) == ""


def test_the_matched_part_of_a_cancelled_order_goes_on_counting(desk: Desk) -> None:
    limited(desk, selection=money(100))
    held(desk, 100, matching="partially_matched", filled=money(30))
    held(desk, 30, matching="fully_matched", filled=money(30))
    assert says(desk, "SELECTION", draft(stake="70.00")) == ""
    assert says(desk, "SELECTION", draft(stake="70.01")) != ""


def test_orders_of_another_day_do_not_fill_todays_cap(desk: Desk) -> None:
    limited(desk, day=money(100))
    held(desk, 95, placed_at=NOON - timedelta(days=2))
    assert says(desk, "DAY", draft(stake="100.00")) == ""


# Loss, balance


def test_a_days_loss_stops_at_the_limit_itself(desk: Desk) -> None:
    limited(desk, day_loss=money(100))
    settled(desk, "99.99")
    assert says(desk, "DAY_LOSS", draft()) == ""
    settled(desk, "0.01", "another")
    assert says(desk, "DAY_LOSS", draft()) == "Today has lost 100.00; trading stops at 100.00"


def test_winnings_of_the_day_count_against_its_losses_and_yesterdays_do_not(desk: Desk) -> None:
    limited(desk, day_loss=money(100))
    settled(desk, "120.00")
    settled(desk, "20.00", "won", "profit")
    assert says(desk, "DAY_LOSS", draft()) == ""
    desk.clock.move(86_400)
    settled(desk, "100.00", "today")
    assert desk.controls.realised_today == money(0), "it says itself that it was of yesterday"


def test_unmatched_stakes_may_reach_so_many_times_the_cash(desk: Desk) -> None:
    desk.account.balance = Balance(money(10), money(0), money(0))
    held(desk, 90)
    assert says(desk, "UNMATCHED", draft(stake="10.00")) == ""
    assert says(desk, "UNMATCHED", draft(stake="10.01")) == "100.01 would wait unmatched, above 10 times the cash of 10.00"


def test_without_cash_nothing_may_wait(desk: Desk) -> None:
    desk.account.balance = Balance(money(0), money(0), money(0))
    assert says(desk, "UNMATCHED", draft(stake="0.01")) != ""


def test_a_stake_may_take_all_that_is_free_and_no_cent_more(desk: Desk) -> None:
    desk.account.balance = Balance(money(150), money(50), money(0))
    assert says(desk, "BALANCE", draft(stake="100.00")) == ""
    assert says(desk, "BALANCE", draft(stake="100.01")) == "100.01 is more than the 100.00 that is free"


async def test_orders_on_their_way_or_unknown_take_from_what_is_free(desk: Desk) -> None:
    desk.account.balance = Balance(money(100), money(0), money(0))
    desk.venue.troubles["place"] = [UnknownError("No answer")]
    await desk.trading.place(draft(stake="30"))
    assert says(desk, "BALANCE", draft(stake="70.00")) == ""
    assert says(desk, "BALANCE", draft(stake="70.01")) == (
        "70.01 is more than the 70.00 that is free (30.00 of it in orders on their way or unknown)"
    )


# Repetition, rate


async def test_the_same_order_is_a_duplicate_for_two_seconds(desk: Desk) -> None:
    await desk.trading.place(draft())
    desk.clock.move(1.9)
    assert says(desk, "DUPLICATE", draft()) == "The same order was placed less than 2 s ago"
    desk.clock.move(0.1)
    assert says(desk, "DUPLICATE", draft()) == ""


@pytest.mark.parametrize(
    "other",
    [
        draft(151),
        draft(stake="10.01"),
        draft(selection_id=AWAY),
        msgspec.structs.replace(draft(), external_user="anna"),
    ],
)
async def test_another_order_is_no_duplicate(desk: Desk, other: OrderDraft) -> None:
    await desk.trading.place(draft())
    assert says(desk, "DUPLICATE", other) == ""


async def test_what_the_order_is_called_makes_it_no_other_order(desk: Desk) -> None:
    await desk.trading.place(draft())
    assert says(desk, "DUPLICATE", msgspec.structs.replace(draft(stake="10.0"), selection_name="Pilots")) != ""


@pytest.mark.parametrize(("code", "name", "seconds"), [("RATE", "orders_in_ten_seconds", 10), ("MINUTE", "orders_a_minute", 60)])
async def test_so_many_orders_may_leave_in_so_long(desk: Desk, code: str, name: str, seconds: int) -> None:
    limited(desk, **{name: 3})
    for odds in (150, 151, 152):
        assert says(desk, code, draft(149)) == ""
        await desk.trading.place(draft(odds))
    assert says(desk, code, draft(149)) == f"3 orders in the last {seconds} s; at most 3 are allowed"
    desk.clock.move(seconds - 0.1)
    assert says(desk, code, draft(149)) != ""
    desk.clock.move(0.1)
    assert says(desk, code, draft(149)) == ""


def test_the_last_request_but_the_reserve_may_be_used(desk: Desk) -> None:
    desk.requests_left = 1
    assert says(desk, "BUDGET", draft()) == ""
    desk.requests_left = -3
    assert says(desk, "BUDGET", draft()) != ""


# What a person may insist on


async def test_an_unknown_order_on_the_selection_is_asked_about_with_its_amount(desk: Desk) -> None:
    desk.venue.troubles["place"] = [UnknownError("No answer")]
    await desk.trading.place(draft())
    words = "10.00 on this selection is in an order of unknown outcome: this would come on top"
    assert says(desk, "UNKNOWN", draft(151)) == words
    assert says(desk, "UNKNOWN", draft(-170, selection_id=AWAY)) == ""
    desk.blotter.apply(report("ov-1", "open"))
    assert says(desk, "UNKNOWN", draft(151)) == ""


async def test_a_leap_is_asked_about_from_five_times_the_last_stake(desk: Desk) -> None:
    assert says(desk, "LEAP", draft(stake="1000")) == "", "a first order has nothing to be compared with"
    await desk.trading.place(draft())
    assert says(desk, "LEAP", draft(stake="50.00")) == ""
    assert says(desk, "LEAP", draft(stake="100")) == "100.00 is 10 times the last stake of 10.00"
    assert says(desk, "LEAP", draft(stake="50.01")) != ""


def test_only_these_may_be_insisted_against() -> None:
    assert {rule.code for rule in RULES if rule.may_confirm} == {"UNKNOWN", "LEAP", "USER_NEW", "OWN_MATCH"}


@pytest.mark.parametrize("code", ["UNKNOWN", "LEAP"])
async def test_insisting_on_one_leaves_all_others(desk: Desk, code: str) -> None:
    desk.venue.troubles["place"] = [UnknownError("No answer")]
    await desk.trading.place(draft())
    desk.clock.move(11)
    wish = draft(151, "100")
    other = {"UNKNOWN": "LEAP", "LEAP": "UNKNOWN"}[code]
    objection = desk.controls.objection(wish, frozenset({code}))
    assert objection is not None
    assert (objection.code, objection.may_confirm) == (other, True)
    assert desk.controls.objection(wish, frozenset({"UNKNOWN", "LEAP"})) is None


# Order, and what is shown of each


async def test_the_first_of_several_reasons_is_the_one_that_is_said(desk: Desk) -> None:
    desk.venue.troubles["place"] = [UnknownError("No answer")]
    order = await desk.trading.place(draft())
    assert order.state is OrderState.UNKNOWN
    limited(desk, stake=money(50), to_win=money(10), selection=money(10), event=money(10), day=money(10), orders_in_ten_seconds=1)
    desk.account.balance = Balance(money(1), money(1), money(0))
    settled(desk, "2500")
    desk.requests_left = 0
    desk.journal.halt, desk.journal.trouble = "halted", "full"
    desk.desk_lock = "locked"
    desk.controls.is_on = desk.controls.is_reconciled = False
    desk.venue.environment = Environment.SANDBOX
    desk.controls.pause_for(30)
    desk.session.emit([StreamDown("lost"), EventChanged(event(status="ended"))])
    desk.controls.ladder = None
    wish = draft(150, "100")
    said = [rule.code for rule in RULES if rule.objection(wish, desk.controls)]
    assert said[:9] == ["HALTED", "DESK_LOCKED", "OFF", "JOURNAL_DOWN", "RECONCILING", "ENVIRONMENT", "WAIT", "MARKET_CLOSED", "STALE"]
    assert said[9:15] == ["OFF_LADDER", "STAKE", "TO_WIN", "SELECTION", "EVENT", "DAY"]
    assert said[15:] == ["DAY_LOSS", "UNMATCHED", "BALANCE", "RATE", "BUDGET", "UNKNOWN", "LEAP"]
    objection = desk.controls.objection(wish)
    assert objection is not None
    assert objection.code == "HALTED"


async def test_each_rule_shows_how_much_of_it_is_used(desk: Desk) -> None:
    desk.venue.troubles["place"] = [UnknownError("No answer")]
    await desk.trading.place(draft(stake="30"))
    settled(desk, "40")
    desk.account.balance = Balance(money(200), money(50), money(0))
    used = {rule.code: rule.use(desk.controls) for rule in RULES}
    assert used == {
        "HALTED": "not pulled",
        "DESK_LOCKED": "not locked",
        "OFF": "on",
        "JOURNAL_DOWN": "every order is written down first",
        "RECONCILING": "done",
        "ENVIRONMENT": "PRACTICE",
        "WAIT": "none asked for",
        "MARKET_CLOSED": "",
        "STALE": "",
        "OFF_LADDER": "203 prices",
        "WORSE": "",
        "SANITY": "",
        "STAKE": "",
        "TO_WIN": "",
        "SELECTION": "30.00 on the largest",
        "EVENT": "30.00 on the largest",
        "USER_NONE": "",
        "USER_ORDER": "",
        "USER_EVENT": "",
        "USER_DAY": "",
        "USER": "0.00 for the largest",
        "USER_NEW": "",
        "DAY": "30.00",
        "DAY_LOSS": "40.00 lost",
        "UNMATCHED": "0.15 times",
        "BALANCE": "120.00 free",
        "DUPLICATE": "",
        "RATE": "1 sent",
        "MINUTE": "1 sent",
        "BUDGET": "40 left this second",
        "UNKNOWN": "",
        "OWN_MATCH": "",
        "LEAP": "",
    }


def test_each_rule_shows_when_it_stands_in_the_way(desk: Desk) -> None:
    desk.journal.halt, desk.journal.trouble = "halted", "full"
    desk.desk_lock = "locked"
    desk.controls.is_on = desk.controls.is_reconciled = False
    desk.controls.pause_for(5)
    desk.controls.ladder = None
    desk.account.balance = None
    held(desk, 30)
    codes = ("HALTED", "DESK_LOCKED", "OFF", "JOURNAL_DOWN", "RECONCILING", "WAIT", "OFF_LADDER", "UNMATCHED", "BALANCE")
    assert [RULE[code].use(desk.controls) for code in codes] == [
        "pulled", "locked", "off", "cannot be written", "looking orders up", "5 s more", "not read yet", "30.00 waits", "not known yet",
    ]  # fmt: skip


def test_every_rule_has_a_code_and_a_title_of_its_own_and_names_a_limit_that_exists() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.title for rule in RULES}) == len(RULES)
    assert all(rule.code and rule.title for rule in RULES)
    assert {rule.limit for rule in RULES if rule.limit} <= set(Limits.__struct_fields__)


def test_nothing_speaks_against_a_plain_order(desk: Desk) -> None:
    assert [rule.code for rule in RULES if rule.objection(draft(), desk.controls)] == []
