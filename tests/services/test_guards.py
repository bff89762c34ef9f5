"""Guards at work: what an alert fires on and what it does not, and what stops all of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.book import Book
from app.domain.events import (
    BookChanged,
    ChannelsFollowed,
    EventChanged,
    EventUnlisted,
    HealthBeat,
    MarketStatusChanged,
    StreamDown,
    StreamUp,
    Topic,
)
from app.domain.guard import CancelMoved, Guard, LiquidityAlert
from app.domain.lookout import LookoutState
from app.domain.odds import from_american
from app.services.guard_judge import PATIENCE
from tests.services.fakes import AWAY, GAME, HOME, KEY, SPREAD, Desk, book, event, level, money, seeded, turn
from tests.services.guard_kit import PLACE, alert, beat, cancels, hold, only, quote, streaming, tell


@pytest.fixture
def desk() -> Desk:
    """Streaming, the game followed and read, its start an hour away."""
    return streaming(Desk())


# Alerts


async def test_a_price_alert_fires_once_when_the_best_odds_reach_it(desk: Desk) -> None:
    heard: list[Guard] = []
    desk.desk.guards.fired.append(heard.append)
    assert desk.desk.guards.add(alert(150)) == ""
    assert only(desk).state is LookoutState.ARMED
    await quote(desk, 149)
    assert only(desk).state is LookoutState.ARMED
    await quote(desk, 150)
    assert (only(desk).state, only(desk).words) == (LookoutState.FIRED, "+150, 50.00 to take")
    await quote(desk, 155)
    await beat(desk, 3)
    assert len(heard) == 1
    assert desk.words.count("Price alert: Game · Moneyline · Harbor Pilots: +150, 50.00 to take") == 1


async def test_a_price_alert_may_look_for_shorter_odds(desk: Desk) -> None:
    desk.desk.guards.add(alert(130, is_longer=False))
    await quote(desk, 131)
    assert only(desk).state is LookoutState.ARMED
    await quote(desk, 128)
    assert only(desk).state is LookoutState.FIRED


async def test_a_liquidity_alert_adds_up_what_can_be_taken_at_its_odds_or_longer(desk: Desk) -> None:
    desk.desk.guards.add(LiquidityAlert(PLACE, from_american(138), money(100)))
    deep = Book(KEY, {HOME: (level(140, "60.00"), level(137, "500.00"))}, 0)
    tell(desk, BookChanged(deep))
    await turn()
    assert only(desk).state is LookoutState.ARMED
    tell(desk, BookChanged(Book(KEY, {HOME: (level(140, "60.00"), level(138, "40.00"))}, 0)))
    await turn()
    assert (only(desk).state, only(desk).words) == (LookoutState.FIRED, "100.00 to take at +138 or longer")


async def test_a_price_alert_does_not_fire_on_our_own_offer(desk: Desk) -> None:
    hold(desk, american=-150, selection_id=AWAY, quantity=money(150))  # takers of Home are offered +150, for 100
    desk.desk.guards.add(alert(150))
    ours = Book(KEY, {HOME: (level(150, "100.00"), level(140)), AWAY: (level(-160),)})
    tell(desk, BookChanged(ours))
    await turn()
    assert only(desk).state is LookoutState.ARMED
    assert desk.desk.guards.reading(only(desk)).odds == from_american(140)
    tell(desk, BookChanged(Book(KEY, {HOME: (level(150, "130.00"), level(140)), AWAY: (level(-160),)})))
    await turn()
    assert (only(desk).state, only(desk).words) == (LookoutState.FIRED, "+150, 30.00 to take")


async def test_a_liquidity_alert_leaves_out_what_we_offer_ourselves(desk: Desk) -> None:
    hold(desk, american=-150, selection_id=AWAY, quantity=money(150))
    desk.desk.guards.add(LiquidityAlert(PLACE, from_american(140), money(100)))
    tell(desk, BookChanged(Book(KEY, {HOME: (level(150, "120.00"), level(140, "79.00")), AWAY: (level(-160),)})))
    await turn()
    assert only(desk).state is LookoutState.ARMED
    assert desk.desk.guards.reading(only(desk)).stake == money(99)
    tell(desk, BookChanged(Book(KEY, {HOME: (level(150, "121.00"), level(140, "79.00")), AWAY: (level(-160),)})))
    await turn()
    assert (only(desk).state, only(desk).words) == (LookoutState.FIRED, "100.00 to take at +140 or longer")


async def test_a_selection_that_nobody_offers_is_waited_for(desk: Desk) -> None:
    desk.desk.guards.add(alert(150))
    await quote(desk, None)
    assert (only(desk).state, only(desk).words) == (LookoutState.WAITING, "nobody else offers this selection now")
    await quote(desk, 152)
    assert only(desk).state is LookoutState.FIRED


async def test_a_suspended_market_fires_nothing_until_it_is_open(desk: Desk) -> None:
    desk.desk.guards.add(alert(150))
    tell(desk, MarketStatusChanged(GAME, KEY.market_id, "suspended"))
    await quote(desk, 160)
    assert (only(desk).state, only(desk).words) == (LookoutState.WAITING, "the market is suspended")
    tell(desk, MarketStatusChanged(GAME, KEY.market_id, "active"))
    await beat(desk)
    assert only(desk).state is LookoutState.FIRED


async def test_alerts_need_no_trading_switch(desk: Desk) -> None:
    desk.controls.switch(is_on=False)
    desk.desk.guards.add(alert(150))
    await quote(desk, 150)
    assert only(desk).state is LookoutState.FIRED


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
    assert [guard.state for guard in desk.desk.guards.all.values()] == [LookoutState.STOPPED, LookoutState.STOPPED]
    assert cancels(desk) == []
    assert only_words(desk) == {"prices were not fresh: the stream was lost"}
    assert [line.tone for line in desk.notices.lines if line.words.startswith("2 guards were stopped")] == ["bad"]


def only_words(desk: Desk) -> set[str]:
    return {guard.words for guard in desk.desk.guards.all.values()}


async def test_a_stream_that_comes_back_arms_nothing_by_itself_and_one_call_arms_all(desk: Desk) -> None:
    desk.desk.guards.add(alert(150))
    desk.desk.guards.add(alert(160))
    tell(desk, StreamDown("the line broke"))
    assert desk.desk.guards.arm_stopped() == (
        "Armed 0 of 2 stopped guards. Not armed: Price alert: Game · Moneyline · Harbor Pilots and 1 more: "
        "The stream is not connected, and guards run on fresh prices only"
    )
    tell(desk, StreamUp(), ChannelsFollowed(frozenset({Topic(GAME)})), seeded(desk.clock.monotonic(), book(150)))
    await beat(desk, 2)
    assert {guard.state for guard in desk.desk.guards.all.values()} == {LookoutState.STOPPED}
    assert desk.desk.guards.arm_stopped() == "Armed 2 of 2 stopped guards"
    assert [guard.state for guard in desk.desk.guards.all.values()] == [LookoutState.FIRED, LookoutState.ARMED]


async def test_a_book_that_is_no_longer_verified_stops_its_guards(desk: Desk) -> None:
    desk.desk.guards.add(alert(150))
    tell(desk, EventChanged(event(status="live")))  # a reading of a live event's book proves it for two minutes
    await beat(desk)
    tell(desk, ChannelsFollowed(frozenset()))
    desk.watch.turn()
    assert only(desk).state is LookoutState.ARMED
    for _ in range(130):
        desk.clock.move(1)
        desk.desk.guards.turn()
    assert only(desk).state is LookoutState.STOPPED
    assert only(desk).words == "prices were not fresh"


async def test_a_guard_whose_prices_were_never_read_waits_a_minute_and_stops(desk: Desk) -> None:
    tell(desk, StreamDown("the line broke"), StreamUp())  # nothing is verified any more
    desk.venue.books.clear()
    desk.desk.guards.add(alert(130))
    assert (only(desk).state, only(desk).words) == (LookoutState.WAITING, "its prices are being read")
    for _ in range(int(PATIENCE) + 1):
        desk.clock.move(1)
        desk.desk.guards.turn()
    assert (only(desk).state, only(desk).words) == (LookoutState.STOPPED, "no fresh prices came within 60 s")


async def test_a_computer_that_slept_stops_them_before_what_it_wakes_to_is_looked_at(desk: Desk) -> None:
    desk.desk.guards.add(alert(150))
    await beat(desk)
    desk.clock.day += timedelta(minutes=7)  # the monotonic clock stands still in sleep
    tell(desk, HealthBeat())
    await quote(desk, 150)
    assert only(desk).state is LookoutState.STOPPED
    assert only(desk).words.startswith("the computer slept or stood still for 420 s")


async def test_a_venue_whose_process_ended_stops_them(desk: Desk) -> None:
    desk.desk.guards.add(alert(150))
    desk.session.venue_is_gone("The practice exchange ended")
    assert only(desk).state is LookoutState.STOPPED
    assert "the venue's process had ended" in only(desk).words


async def test_an_event_that_is_over_or_gone_expires_its_guards(desk: Desk) -> None:
    desk.desk.guards.add(alert(150))
    tell(desk, EventChanged(event(status="finished")))
    await beat(desk)
    assert (only(desk).state, only(desk).words) == (LookoutState.EXPIRED, "the event is over")
    assert desk.desk.guards.add(alert(150)) == f"Game {GAME} is over"
    tell(desk, EventUnlisted(GAME))
    assert desk.desk.guards.add(alert(150)) == "The event is not listed any more"
