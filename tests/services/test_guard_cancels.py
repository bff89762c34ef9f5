"""Guards that cancel: when the market moves against an order, and before the start of an event."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.book import Book
from app.domain.events import BookChanged, ChannelsFollowed, EventChanged, OrderReported, StreamDown, StreamUp, Topic
from app.domain.guard import CancelBeforeStart, CancelMoved, Guard
from app.domain.lookout import LookoutState
from app.domain.odds import from_american
from app.domain.user import User
from tests.services.fakes import AWAY, GAME, HOME, KEY, NOON, Desk, book, event, level, money, report, seeded, turn
from tests.services.guard_kit import PLACE, START, alert, beat, cancels, hold, only, quote, streaming, takes_cancels, tell


@pytest.fixture
def desk() -> Desk:
    """Streaming, the game followed and read, its start an hour away."""
    return streaming(Desk())


# Cancel if it moves against


async def test_an_order_is_cancelled_when_the_market_moved_so_many_steps_against_it(desk: Desk) -> None:
    hold(desk)
    takes_cancels(desk)
    assert desk.desk.guards.add(CancelMoved(PLACE, 6, "ov-1")) == ""
    await quote(desk, 145)
    await quote(desk, 120)  # in our favour, however far
    assert (only(desk).state, cancels(desk)) == (LookoutState.ARMED, [])
    await quote(desk, 146)
    assert cancels(desk) == ["ov-1"]
    assert (only(desk).state, only(desk).words) == (LookoutState.FIRED, "+140 to +146, 6 steps: 1 order off the book")
    await quote(desk, 150)
    await beat(desk, 2)
    assert cancels(desk) == ["ov-1"]


async def test_what_its_cancel_came_to_is_not_said_of_a_guard_that_was_armed_again_meanwhile(desk: Desk) -> None:
    hold(desk)
    takes_cancels(desk)
    desk.desk.guards.add(CancelMoved(PLACE, 6, "ov-1"))
    await quote(desk, 140)

    def arm_again(guard: Guard) -> None:
        desk.clock.move(1)
        desk.desk.guards.forget_bases([guard.id])
        assert desk.desk.guards.arm(guard.id) == ""

    desk.desk.guards.fired.append(arm_again)
    await quote(desk, 146)
    assert cancels(desk) == ["ov-1"]
    assert "off the book:" not in only(desk).words
    assert "order off the book" not in only(desk).words


async def test_all_orders_on_the_selection_are_meant_and_no_others(desk: Desk) -> None:
    hold(desk, "ov-1")
    hold(desk, "ov-2", 152)
    hold(desk, "ov-3", -150, AWAY)
    desk.desk.guards.add(CancelMoved(PLACE, 2))
    await quote(desk, 142)
    assert set(cancels(desk)) == {"ov-1", "ov-2"}
    assert only(desk).words == "+140 to +142, 2 steps: 2 of 2 orders still standing or unclear"  # the venue says nothing of them
    assert desk.notices.lines[-1].tone == "bad"


async def test_orders_of_one_user_may_be_meant_alone(desk: Desk) -> None:
    hold(desk, "ov-1", user="cust-1")
    hold(desk, "ov-2", user="cust-2")
    desk.desk.guards.add(CancelMoved(PLACE, 2, user="cust-2"))
    await quote(desk, 142)
    assert set(cancels(desk)) == {"ov-2"}


async def test_what_our_own_order_on_the_other_selection_offers_is_no_move(desk: Desk) -> None:
    hold(desk)
    tell(desk, BookChanged(Book(KEY, {HOME: (level(140),), AWAY: (level(-160),)})))
    desk.desk.guards.add(CancelMoved(PLACE, 6, "ov-1"))
    hold(desk, "ov-9", -148, AWAY, quantity=money(148))  # takers of Home are offered +148, for 100
    tell(desk, BookChanged(Book(KEY, {HOME: (level(148, "100.00"), level(140)), AWAY: (level(-160),)})))
    await turn()
    assert only(desk).state is LookoutState.ARMED
    tell(desk, BookChanged(Book(KEY, {HOME: (level(148, "101.00"), level(140)), AWAY: (level(-160),)})))
    await turn()
    assert only(desk).state is LookoutState.FIRED


async def test_it_cancels_while_trading_is_off_because_that_lowers_the_risk(desk: Desk) -> None:
    hold(desk)
    desk.desk.guards.add(CancelMoved(PLACE, 2, "ov-1"))
    desk.controls.switch(is_on=False)
    await quote(desk, 150)
    assert (only(desk).state, cancels(desk)) == (LookoutState.FIRED, ["ov-1"])


async def test_a_halt_stops_those_that_trade_and_leaves_alerts(desk: Desk) -> None:
    hold(desk)
    desk.desk.guards.add(alert(150))
    desk.desk.guards.add(CancelMoved(PLACE, 2, "ov-1"))
    desk.journal.halt_for("a person pulled it")
    await quote(desk, 149)
    assert [guard.state for guard in desk.desk.guards.all.values()] == [LookoutState.ARMED, LookoutState.STOPPED]
    assert cancels(desk) == []
    assert desk.desk.guards.arm(2) == "Orders are halted: a person pulled it"


async def test_an_order_that_is_off_the_book_expires_its_guard(desk: Desk) -> None:
    hold(desk)
    desk.desk.guards.add(CancelMoved(PLACE, 2, "ov-1"))
    tell(desk, OrderReported(report("ov-1", "wiped", order_id="v-ov-1")))
    await beat(desk)
    assert (only(desk).state, only(desk).words) == (LookoutState.EXPIRED, "the order is off the book (wiped)")
    assert desk.desk.guards.add(CancelMoved(PLACE, 2, "ov-1")) == "The order is wiped: nothing of it waits"


async def test_armed_again_it_counts_from_where_the_price_stood_so_that_an_outage_hides_nothing(desk: Desk) -> None:
    hold(desk)
    desk.desk.guards.add(CancelMoved(PLACE, 6, "ov-1"))
    tell(desk, StreamDown("the line broke"), StreamUp(), ChannelsFollowed(frozenset({Topic(GAME)})))
    tell(desk, seeded(desk.clock.monotonic(), book(150)))
    assert (only(desk).state, cancels(desk)) == (LookoutState.STOPPED, [])
    assert [guard.id for guard in desk.desk.guards.moved_bases([1])] == [1]
    desk.desk.guards.arm(1)
    await turn()
    assert (only(desk).state, set(cancels(desk))) == (LookoutState.FIRED, {"ov-1"})
    assert only(desk).words.startswith("+140 to +150, 10 steps")


async def test_nothing_need_be_asked_where_the_price_stands_where_it_did_or_the_guard_cannot_be_armed(desk: Desk) -> None:
    hold(desk)
    desk.desk.guards.add(CancelMoved(PLACE, 6, "ov-1"))
    desk.desk.guards.add(alert(190))
    desk.desk.guards.stop(1)
    desk.desk.guards.stop(2)
    assert desk.desk.guards.moved_bases([1, 2, 77]) == []
    await quote(desk, 141)
    assert [guard.id for guard in desk.desk.guards.moved_bases([1, 2])] == [1]
    tell(desk, OrderReported(report("ov-1", "wiped", order_id="v-ov-1")))
    assert desk.desk.guards.moved_bases([1]) == []


async def test_a_person_may_let_it_count_from_the_price_of_now(desk: Desk) -> None:
    hold(desk)
    desk.desk.guards.add(CancelMoved(PLACE, 6, "ov-1"))
    await quote(desk, 144)
    desk.desk.guards.stop(1)
    assert only(desk).words == "stopped by hand"
    await quote(desk, 150)
    assert cancels(desk) == []
    desk.desk.guards.forget_bases([1])
    desk.desk.guards.arm(1)
    assert only(desk).base == from_american(150)
    await quote(desk, 155)
    assert (only(desk).state, cancels(desk)) == (LookoutState.ARMED, [])


async def test_the_log_says_which_guard_it_was_that_cancelled(desk: Desk) -> None:
    hold(desk)
    takes_cancels(desk)
    desk.desk.guards.add(CancelMoved(PLACE, 2, "ov-1"))
    desk.desk.guards.add(CancelBeforeStart(GAME, "Game", 59))
    await quote(desk, 142)
    assert "Cancelled what was left of Harbor Pilots +150 (Cancel if it moves)" in desk.words
    hold(desk, "ov-2")
    await beat(desk, 60)
    await turn(50)
    assert any("(Cancel before start)" in words for words in desk.words)


# Cancel before the start


async def test_all_of_an_event_is_cancelled_so_many_minutes_before_its_start(desk: Desk) -> None:
    hold(desk)
    desk.desk.guards.add(CancelBeforeStart(GAME, "Game", 59))
    await beat(desk, 59)
    assert only(desk).state is LookoutState.ARMED
    await beat(desk, 1)
    assert only(desk).state is LookoutState.FIRED
    assert desk.venue.asked("cancel_event") == [(GAME,)]
    assert set(cancels(desk)) == {"ov-1"}  # what the venue's own call left


async def test_a_start_that_is_put_off_or_brought_forward_is_followed(desk: Desk) -> None:
    desk.desk.guards.add(CancelBeforeStart(GAME, "Game", 59))
    tell(desk, EventChanged(event(start=START + timedelta(minutes=2))))
    await beat(desk, 61)
    assert only(desk).state is LookoutState.ARMED
    tell(desk, EventChanged(event(start=START)))
    await beat(desk)
    assert only(desk).state is LookoutState.FIRED


async def test_an_event_that_is_live_already_needs_no_cancel(desk: Desk) -> None:
    hold(desk)
    desk.desk.guards.add(CancelBeforeStart(GAME, "Game", 5))
    tell(desk, EventChanged(event(status="live", start=START)))
    await beat(desk)
    assert only(desk).state is LookoutState.EXPIRED
    assert cancels(desk) == []


async def test_a_start_that_cannot_be_meant_is_waited_out(desk: Desk) -> None:
    desk.desk.guards.add(CancelBeforeStart(GAME, "Game", 5))
    tell(desk, EventChanged(event(start=NOON - timedelta(days=20000))))
    await beat(desk)
    assert (only(desk).state, only(desk).words) == (LookoutState.WAITING, "the venue tells no start that can be meant")


async def test_what_would_fire_at_once_is_not_armed(desk: Desk) -> None:
    words = desk.desk.guards.add(CancelBeforeStart(GAME, "Game", 60))
    assert words == f"Game {GAME} starts in 60 min: this would cancel at once. Cancel by hand, or choose fewer minutes"
    assert not desk.desk.guards.all


async def test_the_orders_of_one_user_alone_may_be_cancelled_before_the_start(desk: Desk) -> None:
    hold(desk, "ov-1", user="cust-1")
    hold(desk, "ov-2", user="cust-2")
    desk.desk.guards.add(CancelBeforeStart(GAME, "Game", 59, "cust-1"))
    await beat(desk, 60)
    assert desk.venue.asked("cancel_event") == []
    assert set(cancels(desk)) == {"ov-1"}


async def test_orders_that_name_no_user_are_left_and_said_in_red_where_one_users_are_cancelled(desk: Desk) -> None:
    hold(desk, "ov-1", user="cust-1")
    hold(desk, "ov-2")
    takes_cancels(desk)
    desk.desk.guards.add(CancelBeforeStart(GAME, "Game", 59, "cust-1"))
    await beat(desk, 60)
    assert set(cancels(desk)) == {"ov-1"}
    assert only(desk).words.endswith(": 1 order off the book; left standing: 1 order of which no user is known")
    assert desk.notices.lines[-1].tone == "bad"


async def test_a_move_against_one_users_orders_says_too_that_others_name_no_user(desk: Desk) -> None:
    hold(desk, "ov-2")
    hold(desk, "ov-3", american=-150, selection_id=AWAY)
    desk.desk.guards.add(CancelMoved(PLACE, 2, user="cust-1"))
    await quote(desk, 142)
    assert cancels(desk) == []
    assert only(desk).words == "+140 to +142, 2 steps: no order stood there; left standing: 1 order of which no user is known"
    assert desk.notices.lines[-1].tone == "bad"


async def test_what_is_said_of_a_users_guard_names_the_user_as_the_roster_does(desk: Desk) -> None:
    desk.controls.users.put([User("cust-1", "Ann Lee")])
    hold(desk, "ov-1", user="cust-1")
    takes_cancels(desk)
    desk.desk.guards.add(CancelMoved(PLACE, 2, user="cust-1"))
    desk.desk.guards.stop(1)
    desk.desk.guards.arm(1)
    await quote(desk, 142)
    said = [words for words in desk.words if words.startswith("Cancel if it moves")]
    assert said
    assert all("Ann Lee (cust-1)" in words for words in said)
