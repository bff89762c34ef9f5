"""Guards at work: what fires and what must not, what stops all of them, and what is left after a restart."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from app.domain.book import Book
from app.domain.events import (
    BookChanged,
    ChannelsFollowed,
    EventChanged,
    EventUnlisted,
    HealthBeat,
    MarketStatusChanged,
    OrderReported,
    StreamDown,
    StreamUp,
    Topic,
    VenueEvent,
)
from app.domain.guard import CancelBeforeStart, CancelMoved, Guard, GuardState, KeepAtBest, LiquidityAlert, Place, Plan, PriceAlert
from app.domain.odds import from_american
from app.domain.user import User
from app.services.guard_book import MOST, RESTARTED
from app.services.guard_keep import Mover
from app.services.guards import PATIENCE, Guards
from tests.services.fakes import AWAY, GAME, HOME, KEY, NOON, SPREAD, Desk, book, event, group, level, market, money, report, seeded, turn

PLACE = Place(KEY, HOME, "Game", "Moneyline", "Harbor Pilots")
START = NOON + timedelta(hours=1)


@pytest.fixture
def desk() -> Desk:
    """Streaming, the game followed and read, its start an hour away."""
    return streaming(Desk())


def streaming(desk: Desk) -> Desk:
    desk.ready(book(140, -160))
    desk.session.is_streaming = True
    tell(desk, ChannelsFollowed(frozenset({Topic(GAME)})), HealthBeat(), EventChanged(event(start=START)))
    tell(desk, seeded(desk.clock.monotonic(), book(140, -160)))
    return desk


def tell(desk: Desk, *events: VenueEvent) -> None:
    desk.session.emit(events)


def alert(american: int = 150, *, is_longer: bool = True) -> PriceAlert:
    return PriceAlert(PLACE, from_american(american), is_longer)


def only(desk: Desk) -> Guard:
    [guard] = desk.desk.guards.all.values()
    return guard


async def quote(desk: Desk, home: int | None, away: int | None = -160, sequence: int = 0) -> None:
    """The stream says another book, and what hears it may run."""
    tell(desk, BookChanged(book(home, away, sequence=sequence)))
    await turn()


async def beat(desk: Desk, seconds: int = 1) -> None:
    for _ in range(seconds):
        desk.clock.move(1)
        tell(desk, HealthBeat())
        desk.watch.turn()
        await turn(5)


def hold(desk: Desk, ref: str = "ov-1", american: int = 150, selection_id: str = HOME, **more: object) -> None:
    told = report(ref, order_id=f"v-{ref}", odds=from_american(american), selection_id=selection_id)
    desk.blotter.apply(msgspec.structs.replace(told, **more), "history")


def cancels(desk: Desk) -> list[str]:
    """References in every request for a cancel."""
    singly = [str(ref) for ref, _ in desk.venue.asked("cancel")]
    together = [str(row[0]) for rows in desk.venue.asked("cancel_many") for row in rows if isinstance(row, tuple)]
    return singly + together


def takes_cancels(desk: Desk, ref: str = "ov-1") -> None:
    desk.venue.answers["cancel"] = report(ref, "canceled", order_id=f"v-{ref}")


# Alerts


async def test_a_price_alert_fires_once_when_the_best_odds_reach_it(desk: Desk) -> None:
    heard: list[Guard] = []
    desk.desk.guards.fired.append(heard.append)
    assert desk.desk.guards.add(alert(150)) == ""
    assert only(desk).state is GuardState.ARMED
    await quote(desk, 149)
    assert only(desk).state is GuardState.ARMED
    await quote(desk, 150)
    assert (only(desk).state, only(desk).words) == (GuardState.FIRED, "+150, 50.00 to take")
    await quote(desk, 155)
    await beat(desk, 3)
    assert len(heard) == 1
    assert desk.words.count("Price alert: Game · Moneyline · Harbor Pilots: +150, 50.00 to take") == 1


async def test_a_price_alert_may_look_for_shorter_odds(desk: Desk) -> None:
    desk.desk.guards.add(alert(130, is_longer=False))
    await quote(desk, 131)
    assert only(desk).state is GuardState.ARMED
    await quote(desk, 128)
    assert only(desk).state is GuardState.FIRED


async def test_a_liquidity_alert_adds_up_what_can_be_taken_at_its_odds_or_longer(desk: Desk) -> None:
    desk.desk.guards.add(LiquidityAlert(PLACE, from_american(138), money(100)))
    deep = Book(KEY, {HOME: (level(140, "60.00"), level(137, "500.00"))}, 0)
    tell(desk, BookChanged(deep))
    await turn()
    assert only(desk).state is GuardState.ARMED
    tell(desk, BookChanged(Book(KEY, {HOME: (level(140, "60.00"), level(138, "40.00"))}, 0)))
    await turn()
    assert (only(desk).state, only(desk).words) == (GuardState.FIRED, "100.00 to take at +138 or longer")


async def test_a_price_alert_does_not_fire_on_our_own_offer(desk: Desk) -> None:
    hold(desk, american=-150, selection_id=AWAY, quantity=money(150))  # takers of Home are offered +150, for 100
    desk.desk.guards.add(alert(150))
    ours = Book(KEY, {HOME: (level(150, "100.00"), level(140)), AWAY: (level(-160),)})
    tell(desk, BookChanged(ours))
    await turn()
    assert only(desk).state is GuardState.ARMED
    assert desk.desk.guards.reading(only(desk)).odds == from_american(140)
    tell(desk, BookChanged(Book(KEY, {HOME: (level(150, "130.00"), level(140)), AWAY: (level(-160),)})))
    await turn()
    assert (only(desk).state, only(desk).words) == (GuardState.FIRED, "+150, 30.00 to take")


async def test_a_liquidity_alert_leaves_out_what_we_offer_ourselves(desk: Desk) -> None:
    hold(desk, american=-150, selection_id=AWAY, quantity=money(150))
    desk.desk.guards.add(LiquidityAlert(PLACE, from_american(140), money(100)))
    tell(desk, BookChanged(Book(KEY, {HOME: (level(150, "120.00"), level(140, "79.00")), AWAY: (level(-160),)})))
    await turn()
    assert only(desk).state is GuardState.ARMED
    assert desk.desk.guards.reading(only(desk)).stake == money(99)
    tell(desk, BookChanged(Book(KEY, {HOME: (level(150, "121.00"), level(140, "79.00")), AWAY: (level(-160),)})))
    await turn()
    assert (only(desk).state, only(desk).words) == (GuardState.FIRED, "100.00 to take at +140 or longer")


async def test_a_selection_that_nobody_offers_is_waited_for(desk: Desk) -> None:
    desk.desk.guards.add(alert(150))
    await quote(desk, None)
    assert (only(desk).state, only(desk).words) == (GuardState.WAITING, "nobody else offers this selection now")
    await quote(desk, 152)
    assert only(desk).state is GuardState.FIRED


async def test_a_suspended_market_fires_nothing_until_it_is_open(desk: Desk) -> None:
    desk.desk.guards.add(alert(150))
    tell(desk, MarketStatusChanged(GAME, KEY.market_id, "suspended"))
    await quote(desk, 160)
    assert (only(desk).state, only(desk).words) == (GuardState.WAITING, "the market is suspended")
    tell(desk, MarketStatusChanged(GAME, KEY.market_id, "active"))
    await beat(desk)
    assert only(desk).state is GuardState.FIRED


async def test_alerts_need_no_trading_switch(desk: Desk) -> None:
    desk.controls.switch(is_on=False)
    desk.desk.guards.add(alert(150))
    await quote(desk, 150)
    assert only(desk).state is GuardState.FIRED


async def test_a_change_of_another_market_looks_at_nothing(desk: Desk) -> None:
    desk.desk.guards.add(alert(150))
    desk.clock.move(5)
    before = desk.desk.guards.looked_at(1)
    tell(desk, BookChanged(book(150, key=SPREAD)))
    await turn()
    assert desk.desk.guards.looked_at(1) == before
    await quote(desk, 141)
    assert desk.desk.guards.looked_at(1) != before


# What stops all of them


async def test_a_stream_that_is_lost_in_the_same_burst_as_the_condition_fires_nothing(desk: Desk) -> None:
    hold(desk)
    desk.desk.guards.add(alert(150))
    desk.desk.guards.add(CancelMoved(PLACE, 3))
    tell(desk, BookChanged(book(150)), StreamDown("the line broke"))
    await turn()
    assert [guard.state for guard in desk.desk.guards.all.values()] == [GuardState.STOPPED, GuardState.STOPPED]
    assert cancels(desk) == []
    assert only_words(desk) == {f"prices were not fresh at {local(desk)}: the stream was lost"}
    assert any(words.startswith("2 guards were stopped") for words in desk.words)


def only_words(desk: Desk) -> set[str]:
    return {guard.words for guard in desk.desk.guards.all.values()}


def local(desk: Desk) -> str:
    return f"{desk.clock.now().astimezone():%H:%M:%S}"


async def test_a_stream_that_comes_back_arms_nothing_by_itself_and_one_call_arms_all(desk: Desk) -> None:
    desk.desk.guards.add(alert(150))
    desk.desk.guards.add(alert(160))
    tell(desk, StreamDown("the line broke"))
    assert desk.desk.guards.arm_stopped() == (
        "Armed 0 of 2 stopped guards; not armed: The stream is not connected, and guards run on fresh prices only"
    )
    tell(desk, StreamUp(), ChannelsFollowed(frozenset({Topic(GAME)})), seeded(desk.clock.monotonic(), book(150)))
    await beat(desk, 2)
    assert {guard.state for guard in desk.desk.guards.all.values()} == {GuardState.STOPPED}
    assert desk.desk.guards.arm_stopped() == "Armed 2 of 2 stopped guards"
    assert [guard.state for guard in desk.desk.guards.all.values()] == [GuardState.FIRED, GuardState.ARMED]


async def test_a_book_that_is_no_longer_verified_stops_its_guards(desk: Desk) -> None:
    desk.desk.guards.add(alert(150))
    tell(desk, EventChanged(event(status="live")))  # a reading of a live event's book proves it for two minutes
    await beat(desk)
    tell(desk, ChannelsFollowed(frozenset()))
    desk.watch.turn()
    assert only(desk).state is GuardState.ARMED
    for _ in range(130):
        desk.clock.move(1)
        desk.desk.guards.turn()
    assert only(desk).state is GuardState.STOPPED
    assert only(desk).words.startswith("prices were not fresh at ")


async def test_a_guard_whose_prices_were_never_read_waits_a_minute_and_stops(desk: Desk) -> None:
    tell(desk, StreamDown("the line broke"), StreamUp())  # nothing is verified any more
    desk.venue.books.clear()
    desk.desk.guards.add(alert(130))
    assert (only(desk).state, only(desk).words) == (GuardState.WAITING, "its prices are being read")
    for _ in range(int(PATIENCE) + 1):
        desk.clock.move(1)
        desk.desk.guards.turn()
    assert (only(desk).state, only(desk).words) == (GuardState.STOPPED, "no fresh prices came within 60 s")


async def test_a_computer_that_slept_stops_them_before_what_it_wakes_to_is_looked_at(desk: Desk) -> None:
    desk.desk.guards.add(alert(150))
    await beat(desk)
    desk.clock.day += timedelta(minutes=7)  # the monotonic clock stands still in sleep
    tell(desk, HealthBeat())
    await quote(desk, 150)
    assert only(desk).state is GuardState.STOPPED
    assert only(desk).words.startswith("the computer slept or stood still for 420 s")


async def test_a_venue_whose_process_ended_stops_them(desk: Desk) -> None:
    desk.desk.guards.add(alert(150))
    desk.session.venue_is_gone("The practice exchange ended")
    assert only(desk).state is GuardState.STOPPED
    assert "the venue's process had ended" in only(desk).words


async def test_an_event_that_is_over_or_gone_expires_its_guards(desk: Desk) -> None:
    desk.desk.guards.add(alert(150))
    tell(desk, EventChanged(event(status="finished")))
    await beat(desk)
    assert (only(desk).state, only(desk).words) == (GuardState.EXPIRED, "the event is over")
    assert desk.desk.guards.add(alert(150)) == f"Game {GAME} is over"
    tell(desk, EventUnlisted(GAME))
    assert desk.desk.guards.add(alert(150)) == "The event is not listed any more"


# Cancel if it moves against


async def test_an_order_is_cancelled_when_the_market_moved_so_many_steps_against_it(desk: Desk) -> None:
    hold(desk)
    takes_cancels(desk)
    assert desk.desk.guards.add(CancelMoved(PLACE, 6, "ov-1")) == ""
    await quote(desk, 145)
    await quote(desk, 120)  # in our favour, however far
    assert (only(desk).state, cancels(desk)) == (GuardState.ARMED, [])
    await quote(desk, 146)
    assert cancels(desk) == ["ov-1"]
    assert (only(desk).state, only(desk).words) == (GuardState.FIRED, "+140 to +146, 6 steps: 1 order off the book")
    await quote(desk, 150)
    await beat(desk, 2)
    assert cancels(desk) == ["ov-1"]


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
    assert only(desk).state is GuardState.ARMED
    tell(desk, BookChanged(Book(KEY, {HOME: (level(148, "101.00"), level(140)), AWAY: (level(-160),)})))
    await turn()
    assert only(desk).state is GuardState.FIRED


async def test_it_cancels_while_trading_is_off_because_that_lowers_the_risk(desk: Desk) -> None:
    hold(desk)
    desk.desk.guards.add(CancelMoved(PLACE, 2, "ov-1"))
    desk.controls.switch(is_on=False)
    await quote(desk, 150)
    assert (only(desk).state, cancels(desk)) == (GuardState.FIRED, ["ov-1"])


async def test_a_halt_stops_those_that_trade_and_leaves_alerts(desk: Desk) -> None:
    hold(desk)
    desk.desk.guards.add(alert(150))
    desk.desk.guards.add(CancelMoved(PLACE, 2, "ov-1"))
    desk.journal.halt_for("a person pulled it")
    await quote(desk, 149)
    assert [guard.state for guard in desk.desk.guards.all.values()] == [GuardState.ARMED, GuardState.STOPPED]
    assert cancels(desk) == []
    assert desk.desk.guards.arm(2) == "Orders are halted: a person pulled it"


async def test_an_order_that_is_off_the_book_expires_its_guard(desk: Desk) -> None:
    hold(desk)
    desk.desk.guards.add(CancelMoved(PLACE, 2, "ov-1"))
    tell(desk, OrderReported(report("ov-1", "wiped", order_id="v-ov-1")))
    await beat(desk)
    assert (only(desk).state, only(desk).words) == (GuardState.EXPIRED, "the order is off the book (wiped)")
    assert desk.desk.guards.add(CancelMoved(PLACE, 2, "ov-1")) == "The order is wiped: nothing of it waits"


async def test_armed_again_it_counts_from_the_price_of_then(desk: Desk) -> None:
    hold(desk)
    desk.desk.guards.add(CancelMoved(PLACE, 6, "ov-1"))
    await quote(desk, 144)
    desk.desk.guards.stop(1)
    assert only(desk).words == "stopped by hand"
    await quote(desk, 150)
    assert cancels(desk) == []
    desk.desk.guards.arm(1)
    assert only(desk).base == from_american(150)
    await quote(desk, 155)
    assert (only(desk).state, cancels(desk)) == (GuardState.ARMED, [])


# Cancel before the start


async def test_all_of_an_event_is_cancelled_so_many_minutes_before_its_start(desk: Desk) -> None:
    hold(desk)
    desk.desk.guards.add(CancelBeforeStart(GAME, "Game", 59))
    await beat(desk, 59)
    assert only(desk).state is GuardState.ARMED
    await beat(desk, 1)
    assert only(desk).state is GuardState.FIRED
    assert desk.venue.asked("cancel_event") == [(GAME,)]
    assert set(cancels(desk)) == {"ov-1"}  # what the venue's own call left


async def test_a_start_that_is_put_off_or_brought_forward_is_followed(desk: Desk) -> None:
    desk.desk.guards.add(CancelBeforeStart(GAME, "Game", 59))
    tell(desk, EventChanged(event(start=START + timedelta(minutes=2))))
    await beat(desk, 61)
    assert only(desk).state is GuardState.ARMED
    tell(desk, EventChanged(event(start=START)))
    await beat(desk)
    assert only(desk).state is GuardState.FIRED


async def test_an_event_that_is_live_already_needs_no_cancel(desk: Desk) -> None:
    hold(desk)
    desk.desk.guards.add(CancelBeforeStart(GAME, "Game", 5))
    tell(desk, EventChanged(event(status="live", start=START)))
    await beat(desk)
    assert only(desk).state is GuardState.EXPIRED
    assert cancels(desk) == []


async def test_a_start_that_cannot_be_meant_is_waited_out(desk: Desk) -> None:
    desk.desk.guards.add(CancelBeforeStart(GAME, "Game", 5))
    tell(desk, EventChanged(event(start=NOON - timedelta(days=20000))))
    await beat(desk)
    assert (only(desk).state, only(desk).words) == (GuardState.WAITING, "the venue tells no start that can be meant")


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


# The list


async def test_their_events_are_followed_whatever_is_on_screen(desk: Desk) -> None:
    other = msgspec.structs.replace(PLACE, market=KEY._replace(event_id=19459))
    props = group(market(other.market, is_prop=True, sub_type="player_points"))
    tell(desk, EventChanged(event(19459)), seeded(desk.clock.monotonic(), book(key=other.market), event_id=19459, groups=(props,)))
    desk.desk.guards.add(PriceAlert(other, from_american(190)))
    assert {Topic(19459), Topic(19459, "player_points")} <= set(desk.wanted[-1].topics)
    desk.desk.guards.remove([1])
    assert not {topic for topic in desk.wanted[-1].topics if topic.event_id == 19459}


class Disk:
    """What was written down last, or why it cannot be."""

    def __init__(self) -> None:
        self.kept: tuple[Guard, ...] = ()
        self.writings = 0
        self.trouble = ""

    def keep(self, guards: tuple[Guard, ...]) -> str:
        self.kept, self.writings = guards, self.writings + 1
        return self.trouble


def over(desk: Desk, disk: Disk) -> Guards:
    """The guards of a program that starts with what the disk holds."""
    mover = Mover(desk.venue, desk.trading, desk.blotter, desk.sleep)
    return Guards(
        desk.session, mover, desk.notices, desk.tasks, clock=desk.clock.monotonic, now=desk.clock.now, sleep=desk.sleep,
        kept=disk.kept, keep=disk.keep,
    )  # fmt: skip


async def test_after_a_restart_none_is_armed_and_each_says_why(desk: Desk) -> None:
    disk = Disk()
    first = over(desk, disk)
    first.add(alert(150))
    first.add(alert(140))
    assert [guard.state for guard in disk.kept] == [GuardState.ARMED, GuardState.FIRED]
    again = over(desk, disk)
    assert [(guard.state, guard.words) for guard in again.all.values()] == [
        (GuardState.STOPPED, RESTARTED),
        (GuardState.FIRED, "+140, 50.00 to take"),
    ]
    await quote(desk, 150)
    assert [guard.state for guard in again.all.values()] == [GuardState.STOPPED, GuardState.FIRED]
    assert again.arm(1) == ""
    assert [guard.state for guard in again.all.values()] == [GuardState.FIRED, GuardState.FIRED]
    assert again.add(alert(190)) == ""
    assert 3 in again.all


async def test_what_changes_by_itself_is_written_down_once_a_beat(desk: Desk) -> None:
    disk = Disk()
    guards = over(desk, disk)
    for price in (150, 150, 150):
        guards.add(alert(price))
    before = disk.writings
    await quote(desk, 150)
    assert disk.writings == before
    guards.turn()
    guards.turn()
    assert disk.writings == before + 1
    assert {guard.state for guard in disk.kept} == {GuardState.FIRED}


async def test_words_that_come_and_go_are_not_written_down(desk: Desk) -> None:
    disk = Disk()
    guards = over(desk, disk)
    hold(desk)
    guards.add(KeepAtBest(PLACE, "ov-1", from_american(140), from_american(150)))
    before = disk.writings
    words = set()
    for away in (-150, -155, -160):
        await quote(desk, 140, away)
        guards.turn()
        words.add(guards.all[1].words)
    assert (len(words), disk.writings) == (3, before)


async def test_a_list_that_cannot_be_kept_is_said(desk: Desk) -> None:
    disk = Disk()
    disk.trouble = "The guards hold, but could not be kept: no space"
    over(desk, disk).add(alert(150))
    assert desk.words[-1] == disk.trouble


@pytest.mark.parametrize("plan", [CancelMoved(PLACE, 0), CancelMoved(PLACE, 201), LiquidityAlert(PLACE, from_american(150), Decimal(0))])
async def test_figures_that_mean_nothing_are_refused(desk: Desk, plan: Plan) -> None:
    assert desk.desk.guards.add(plan)
    assert not desk.desk.guards.all


async def test_a_selection_that_is_not_offered_is_refused(desk: Desk) -> None:
    gone = msgspec.structs.replace(PLACE, selection_id="gone")
    assert desk.desk.guards.add(PriceAlert(gone, from_american(150))) == "The selection is not offered any more"


async def test_the_list_ends_somewhere_and_old_results_go_first(desk: Desk) -> None:
    desk.desk.guards.add(alert(140))
    for _ in range(MOST - 1):
        assert desk.desk.guards.add(alert(190)) == ""
    assert desk.desk.guards.add(alert(190)) == ""
    assert 1 not in desk.desk.guards.all
    assert len(desk.desk.guards.all) == MOST
    assert desk.desk.guards.add(alert(190)) == f"There are {MOST} guards already: remove some first"
    await asyncio.sleep(0)
