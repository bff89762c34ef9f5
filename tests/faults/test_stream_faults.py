"""The stream and the session on a bad day: real sockets where the fault is about sockets, clocks by hand everywhere.

The rows of the catalogue that are tried elsewhere, in whole or in part:

    F-S06  F-S26                                   here, and on fakes
    F-S08  auth refused for one channel            tests/venues/test_follow_room.py, tests/venues/test_follow_handshake.py
    F-S10  F-S11  every size of a limit            tests/venues/test_follow_room.py
    F-S13  the comparison every fifteen minutes    tests/services/test_audit.py
    F-S19  F-S20  every change, two hours          tests/venues/test_follow_relief.py
    F-S21  the ticket's widgets                    tests/ui/test_confirm.py
    F-S22  the hosts that are refused              tests/venues/test_hosts.py, tests/venues/test_venue.py
    F-S24  cool-down, every answer to a refresh    tests/venues/test_auth.py
    F-S29  an address that swallows everything     tests/venues/test_dialling.py
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Sequence

import msgspec
import pytest

from app.domain.errors import RefusedError
from app.domain.events import (
    BookChanged,
    ChannelsFollowed,
    EventChanged,
    EventUnlisted,
    FeedFault,
    MarketsSeeded,
    StreamDown,
    StreamNotice,
    StreamUp,
    Topic,
    VenueEvent,
    Wanted,
)
from app.domain.order import OrderState
from app.practice.clock import SECOND
from app.practice.faults import Body, CallFault, Delay, Error, Hang, Limit, Unauthorized
from app.practice.wire.channels import MAIN_CHANNEL, event_channel, user_channel
from app.services.prices import Prices
from app.venues.auth import LOGINS_AN_HOUR
from app.venues.line import NO_HEALTH, SILENCE, Line
from app.venues.prophetx.pushes import parse_push
from app.venues.prophetx.registration import Grant, Registration
from app.venues.push import PushAddress
from app.venues.whereabouts import EVERY
from tests.faults.floor import Floor
from tests.faults.house import ANN
from tests.faults.verbs import Way
from tests.faults.watcher import GAME, MONEYLINE, Watcher, watching
from tests.services.fakes import KEY, Desk, book, draft, event, seeded
from tests.venues.fakes import FakeSocket
from tests.venues.samples import document, pushed
from tests.venues.stream import HandClocks, following


async def verified(watcher: Watcher) -> None:
    """The game is followed, read and healthy."""
    watcher.house.floor.makers_offer(0, 150, 20_00)
    await watcher.follow(GAME)
    await watcher.seed()
    assert watcher.is_verified


def topics(count: int, first: int = 10_000) -> tuple[Topic, ...]:
    return tuple(Topic(event_id) for event_id in range(first, first + count))


# Losing the socket


async def test_f_s01_after_a_clean_close_every_channel_is_subscribed_again_with_fresh_auth() -> None:
    async with watching() as watcher:
        await verified(watcher)
        (old,) = watcher.sockets
        watcher.house.wire.hub.disconnect(old)
        old.close(1000)
        await watcher.until(lambda: watcher.all(StreamDown))
        assert not watcher.is_verified
        await watcher.flow(lambda: watcher.follower.is_up)
        (new,) = watcher.sockets
        assert new.id != old.id
        assert new.channels == {MAIN_CHANNEL, user_channel(ANN), event_channel(GAME.event_id)}


async def test_f_s02_a_reset_invalidates_the_books_at_once_and_is_mended_within_a_second() -> None:
    async with watching() as watcher:
        await verified(watcher)
        await watcher.house.hang_up()
        await watcher.until(lambda: watcher.all(StreamDown))
        lost_at = watcher.now
        assert not watcher.is_verified
        await watcher.flow(lambda: watcher.follower.is_up)
        assert watcher.now - lost_at < 1
        await watcher.seed()
        assert watcher.is_verified


async def test_f_s03_a_half_open_socket_is_given_up_after_twelve_seconds_with_its_prices_greyed() -> None:
    async with watching() as watcher:
        await verified(watcher)
        began = watcher.now
        watcher.house.proxy.connections[-1].half_open(Way.UP)
        await watcher.pass_(SILENCE - 1.5, is_deaf=True)
        assert watcher.follower.is_up
        await watcher.flow(lambda: watcher.all(StreamDown), 3, is_deaf=True)
        assert watcher.said_at(StreamDown) - began <= 12
        assert not watcher.is_verified
        await watcher.flow(lambda: watcher.follower.is_up)


async def test_f_s04_prices_that_stand_still_while_health_goes_on_are_found_by_comparison() -> None:
    async with watching() as watcher:
        await verified(watcher)
        audit = watcher.audit()
        watcher.drop("market_selections")
        for price in (150, 160, 170):
            await watcher.bet(price)
        await watcher.pass_(5)
        assert watcher.all(BookChanged) == []
        assert watcher.is_verified, "nothing tells of it but a comparison"
        await watcher.compare(audit)
        assert audit.differences == 1
        assert watcher.prices.differing(await watcher.read()) == []


async def test_f_s05_prices_without_health_end_the_socket_after_thirty_seconds() -> None:
    async with watching() as watcher:
        await verified(watcher)
        watcher.drop("health_check")
        began = watcher.now
        for price in (150, 160, 170, 180, 190, 200, 210):
            await watcher.bet(price)
            await watcher.pass_(4)
        down = watcher.all(StreamDown)[0]
        assert "no sign of health" in down.words
        assert NO_HEALTH - 5 <= watcher.said_at(StreamDown) - began <= NO_HEALTH + 2
        assert len(watcher.all(BookChanged)) >= 6


async def test_f_s06_sixty_drops_in_a_minute_give_less_than_one_connection_a_second() -> None:
    async with watching() as watcher:
        await verified(watcher)
        before = watcher.follower.connects
        for _ in range(60):
            await watcher.house.hang_up()
            await watcher.until(lambda: not watcher.follower.is_up)
            await watcher.pass_(1)
        assert 3 <= watcher.follower.connects - before <= 30
        await watcher.flow(lambda: watcher.follower.is_up)


@pytest.mark.parametrize("seed", range(20))
async def test_f_s06_whatever_the_dice_say(seed: int) -> None:
    async with following(is_free=True, seed=seed) as stream:
        await stream.settle()
        for _ in range(60):
            if not stream.socket.is_closed:
                stream.socket.post(b'{"event":"overround:lost"}')
            await stream.pass_(1)
        assert len(stream.dialled_at) <= 40
        within = [sum(1 for at in stream.dialled_at if start <= at < start + 10) for start in stream.dialled_at]
        assert max(within) <= 15


# Subscribing


async def test_f_s08_auth_that_is_refused_for_one_channel_is_asked_for_anew_and_never_reused() -> None:
    async with following(is_free=True) as stream:
        stream.silent.add("event=7")
        stream.follower.want(Wanted((Topic(7), Topic(8))))
        await stream.settle()
        stream.socket.say("pusher:subscription_error", {"type": "AuthError", "status": 401}, channel="event=7")
        await stream.settle()
        assert stream.all(ChannelsFollowed) == [ChannelsFollowed(frozenset({Topic(8)}), left_out=frozenset({Topic(7)}))]
        stream.silent.clear()
        stream.follower.drop()
        await stream.settle()
        auths = [what.split(" ")[1] for event, what in stream.socket.sent if event == "subscribe"]
        assert len(auths) == 4
        assert all(auth.startswith("app-key:2.1:") for auth in auths)


async def test_f_s09_one_missing_confirmation_of_three_hundred_marks_that_event_alone_and_is_tried_again() -> None:
    async with watching(is_patient=False) as watcher:
        wanted = (GAME, *topics(299))
        watcher.drop("subscribed", times=1, skip=150)
        watcher.events.clear()
        began = time.monotonic()
        watcher.follower.want(Wanted(wanted))
        await watcher.until(lambda: watcher.follower.followed == 299)
        assert time.monotonic() - began < 5
        await watcher.pass_(2)
        (told,) = watcher.all(ChannelsFollowed)
        (missing,) = told.left_out
        assert not watcher.prices.follows(missing.event_id)
        assert watcher.prices.follows(next(iter(told.topics)).event_id)
        await watcher.pass_(15)
        assert len(watcher.all(FeedFault)) == 1
        await watcher.pass_(30)
        await watcher.until(lambda: watcher.follower.followed == 300)
        await watcher.traffic.quiet()
        assert watcher.prices.follows(missing.event_id)
        assert (watcher.follower.connects, watcher.all(StreamDown)) == (1, [])


async def test_f_s10_a_limit_that_shrinks_to_a_hundred_keeps_what_comes_first_and_says_so() -> None:
    async with watching() as watcher:
        await watcher.follow(*topics(300))
        watcher.fault("register", Limit(100))
        other = topics(300, first=20_000)
        watcher.events.clear()
        watcher.follower.want(Wanted(other))
        await watcher.flow(lambda: watcher.follower.followed == 75 and watcher.follower.joined == 75)
        assert watcher.all(StreamDown) == []
        told = watcher.all(ChannelsFollowed)[-1]
        assert (told.topics, told.left_out) == (frozenset(other[:75]), frozenset(other[75:]))
        assert any("225 of the 300 wanted are left out" in notice.words for notice in watcher.all(StreamNotice))
        asked = len(watcher.house.told("register"))
        await watcher.pass_(20)
        assert len(watcher.house.told("register")) == asked


async def test_f_s11_browsing_fills_no_socket_beyond_its_limit_and_loses_nothing() -> None:
    async with watching() as watcher:
        watcher.fault("register", Limit(20))
        await watcher.follow(*topics(5))
        watcher.events.clear()
        for first in range(10_000, 10_060, 5):
            watcher.follower.want(Wanted(topics(5, first=first)))
            await watcher.flow(lambda first=first: watcher.follower.followed == 5 and not watcher.follower.left_out)  # type: ignore[misc]
        assert set(watcher.house.verdicts("register")) == {"accepted"}
        assert watcher.all(StreamDown) == []
        assert watcher.follower.replaced >= 2
        assert all(up.is_relief for up in watcher.all(StreamUp))


async def test_f_s12_a_registration_of_twenty_seconds_is_waited_for_while_requests_go_on() -> None:
    async with watching() as watcher:
        watcher.fault("register", Delay(20, "before"))
        before = len(watcher.house.told("register"))
        watcher.follower.want(Wanted((GAME,)))
        await watcher.pass_(5)
        await watcher.seed()
        assert watcher.is_verified, "by its reading"
        await watcher.pass_(10)
        assert watcher.follower.is_up
        assert watcher.follower.followed == 0
        await watcher.pass_(6)
        await watcher.until(lambda: watcher.follower.followed == 1)
        assert len(watcher.house.told("register")) == before + 1
        assert watcher.all(StreamDown) == []


async def test_f_s13_a_lost_message_is_found_by_comparison_and_counted() -> None:
    async with watching() as watcher:
        await verified(watcher)
        audit = watcher.audit()
        await watcher.bet(150)
        await watcher.pass_(5)
        await watcher.compare(audit)
        assert (audit.differences, len(watcher.all(BookChanged))) == (0, 1)
        watcher.drop("market_selections", times=1)
        await watcher.bet(160)
        await watcher.pass_(5)
        await watcher.compare(audit)
        assert audit.differences == 1
        await watcher.pass_(5)
        await watcher.compare(audit)
        assert audit.differences == 1


def test_f_s15_a_reading_is_the_base_and_what_the_stream_said_since_stands_on_top() -> None:
    clock = HandClocks()
    prices = Prices(clock)
    (changed,) = (event for event in parse_push(pushed("market_selections", depth(0, 1))) if isinstance(event, BookChanged))
    older = msgspec.structs.replace(changed.book, sides={}, sequence=0)
    asked_at = clock()
    clock.move(0.1)
    prices.apply(changed)
    clock.move(0.1)
    prices.apply(MarketsSeeded(changed.book.key.event_id, (), (older,), asked_at))
    assert prices.book(changed.book.key) == changed.book
    prices.apply(MarketsSeeded(changed.book.key.event_id, (), (older,), clock()))
    assert prices.book(changed.book.key) == msgspec.structs.replace(older, sequence=changed.book.sequence)


def depth(market: int, sequence: int) -> bytes:
    """The books of one of many markets, as pushed."""
    told = document("push_depth")
    told["market_id"] = 1000 + market
    told["info"]["sequence_number"] = 1788359521109155000 + sequence
    return json.dumps(told).encode()


async def test_f_s17_twenty_thousand_messages_at_once_are_worked_off_within_three_seconds() -> None:
    clock, told = HandClocks(), asyncio.Event()
    prices = Prices(clock)

    def emit(events: Sequence[VenueEvent]) -> None:
        for one in events:
            prices.apply(one)
        told.set()

    line = Line(PushAddress("k"), parse_push, emit, lambda: None, clock)
    sockets: list[FakeSocket] = []

    def dial(address: PushAddress, post: Callable[[bytes], None]) -> FakeSocket:
        sockets.append(FakeSocket(address, post, lambda: None))
        sockets[0].answer("1.1", set())
        return sockets[0]

    await line.greet(dial)
    line.subscribe((Topic(19458),), Registration((Grant("x", "auth", Topic(19458)),)))
    line.speak([])
    frames = [
        json.dumps(
            {"event": "market_selections", "channel": "x", "data": pushed("market_selections", depth(market, turn)).decode()}
        ).encode()
        for turn in range(100)
        for market in range(200)
    ]
    sender = threading.Thread(target=lambda: [sockets[0].post(frame) for frame in frames])
    began = time.thread_time()  # of this thread alone: how busy the computer is otherwise does not matter
    sender.start()
    while prices.ticks < len(frames):
        told.clear()
        await asyncio.wait_for(told.wait(), 10)
    took = time.thread_time() - began
    sender.join()
    line.close()
    assert took < 3
    assert len(prices.dirty) == 200
    assert len(line._inbox) == 0


# Where the stream is


async def test_f_s19_a_changed_configuration_has_the_new_socket_up_before_the_old_is_dropped() -> None:
    async with watching(is_mortal=False) as watcher:
        await verified(watcher)
        keys = watcher.house.wire.hub.signer.key
        moved = {"app_id": "1", "key": keys, "cluster": "", "ws_host": "localhost", "ws_port": watcher.house.port, "ws_secure": False}
        watcher.fault("connection_config", Body(json.dumps(moved)), times=None)
        watcher.events.clear()
        watcher.at.clear()
        await watcher.pass_(EVERY)
        await watcher.flow(lambda: watcher.follower.replaced == 1)
        assert watcher.all(StreamDown) == []
        assert watcher.all(StreamUp) == [StreamUp(is_relief=True)]
        assert watcher.is_verified
        await watcher.until(lambda: len(watcher.sockets) == 1)
        assert watcher.sockets[0].channels == {MAIN_CHANNEL, user_channel(ANN), event_channel(GAME.event_id)}


async def test_a_relief_over_real_sockets_misses_no_change_of_a_price() -> None:
    async with watching() as watcher:
        await verified(watcher)
        watcher.events.clear()
        for step in range(10):
            watcher.house.bob_bets(150 + 2 * step, 1_00)
            watcher.follower.replace()
            await watcher.pass_(0.7)
        await watcher.flow(lambda: watcher.follower.replaced >= 3)
        assert watcher.all(StreamDown) == []
        assert {up.is_relief for up in watcher.all(StreamUp)} == {True}
        read = await watcher.read()
        assert watcher.prices.differing(read) == []
        shown = next(book for book in read.books if book.key == MONEYLINE)
        assert sum(map(len, shown.sides.values())) >= 10
        assert watcher.is_verified


async def test_f_s22_a_foreign_host_is_not_spoken_to_and_said() -> None:
    async with watching(is_mortal=False) as watcher:
        await verified(watcher)
        watcher.fault("connection_config", Body('{"key":"k","cluster":"","ws_host":"ws.elsewhere.example"}'), times=None)
        await watcher.pass_(EVERY)
        await watcher.flow(lambda: watcher.all(StreamNotice))
        assert "ws.elsewhere.example" in watcher.all(StreamNotice)[0].words
        assert (watcher.follower.connects, watcher.is_verified) == (1, True)


# The session


async def test_f_s23_a_token_that_ends_under_six_requests_is_renewed_once_and_each_is_repeated_once() -> None:
    async with watching() as watcher:
        watcher.house.faults.add(CallFault("order", Unauthorized()))
        asking = [asyncio.ensure_future(watcher.venue.order(f"order-{number}")) for number in range(6)]
        answers = await asyncio.gather(*asking, return_exceptions=True)
        assert all(isinstance(answer, RefusedError) and answer.status == 404 for answer in answers)
        assert len(watcher.house.told("refresh")) == 1
        assert len(watcher.house.told("login")) == 1
        assert len(watcher.house.told("order")) == 12


async def test_f_s24_a_refresh_that_only_fails_costs_one_login_each_and_three_an_hour() -> None:
    async with watching() as watcher:
        watcher.fault("refresh", Error(500, "internal_error"), times=None)
        watcher.fault("order", Unauthorized(), times=None)
        for _ in range(10):
            await asyncio.gather(watcher.venue.order("x"), return_exceptions=True)
        assert len(watcher.house.told("login")) == LOGINS_AN_HOUR
        assert watcher.venue.tokens.logins_today == LOGINS_AN_HOUR


@pytest.mark.parametrize("jump", [8 * 3600, 420, -420, -3600])
async def test_f_s26_after_a_sleep_or_a_set_clock_everything_is_stale_first_and_the_socket_is_another(jump: int) -> None:
    async with following(is_free=True) as stream:
        prices = Prices(stream.clock)
        await stream.follow(Wanted((Topic(19458),)))
        stream.events.clear()
        stream.clock.wall_now += jump
        await stream.pass_(1)
        assert [type(event) for event in stream.events] == [StreamDown, StreamUp, ChannelsFollowed]
        down = stream.events[0]
        assert isinstance(down, StreamDown)
        assert "slept or its clock was set" in down.words
        assert [socket.is_closed for socket in stream.sockets] == [True, False]
        for event in stream.events[:1]:
            prices.apply(event)


async def test_f_s26_a_clock_that_sleeps_with_the_computer_is_no_hindrance() -> None:
    async with following(is_free=True) as stream:
        await stream.follow(Wanted((Topic(19458),)))
        stream.clock.move(8 * 3600)
        await stream.settle()
        assert [socket.is_closed for socket in stream.sockets] == [True, False]


async def test_f_s26_a_clock_that_is_wrong_all_the_time_changes_nothing() -> None:
    async with following(is_free=True) as stream:
        stream.clock.wall_now += 420
        await stream.follow(Wanted((Topic(19458),)))
        await stream.pass_(10)
        assert len(stream.sockets) == 1


async def test_f_s27_an_order_that_was_being_sent_when_the_computer_slept_is_unknown_on_waking(hall: Floor) -> None:
    await hall.open(deadline=0.3)
    hall.deafen()
    for call in ("orders", "order"):  # what would tell of it: on waking the program asks at once
        hall.fault(call, Error(503, "reporting_not_available"), times=None)
    hall.fault("submit", Hang())
    placing = asyncio.ensure_future(hall.place())
    await hall.until(lambda: hall.house.told("submit"))
    hall.hours.move_to(hall.hours.now_ns() + 8 * 3600 * SECOND)
    order = await placing
    assert order.state is OrderState.UNKNOWN
    assert hall.house.received == {order.ref: 1}


# What is listed


async def test_f_s21_an_event_that_is_unlisted_and_relisted_stops_and_allows_its_orders() -> None:
    desk = Desk()
    desk.ready()
    assert desk.trading.objection(draft()) is None
    desk.session.emit([EventUnlisted(KEY.event_id)])
    objection = desk.trading.objection(draft())
    assert objection is not None
    assert (objection.code, objection.words) == ("MARKET_CLOSED", "This market is no longer listed")
    desk.session.emit([EventChanged(event())])
    desk.session.emit([seeded(desk.clock.monotonic(), book())])
    assert desk.trading.objection(draft()) is None


# The network


async def test_f_s28_after_a_change_of_network_the_old_socket_is_dropped_within_twelve_seconds() -> None:
    async with watching() as watcher:
        await verified(watcher)
        began = watcher.now
        for connection in watcher.house.proxy.connections:
            connection.half_open(Way.UP)
        watcher.house.proxy.refuse()
        await watcher.flow(lambda: watcher.all(StreamDown), 14, is_deaf=True)
        assert watcher.said_at(StreamDown) - began <= 12
        await watcher.pass_(5, is_deaf=True)
        assert not watcher.follower.is_up
        await watcher.house.mend()
        await watcher.flow(lambda: watcher.follower.is_up)
        assert not watcher.is_verified
        await watcher.seed()
        assert watcher.is_verified
