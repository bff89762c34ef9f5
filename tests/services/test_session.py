"""One connected account: what is read in which order, what is followed, and what happens after a loss."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from app.domain.errors import NotSentError, RefusedError, UnknownError, VenueError
from app.domain.events import (
    BookChanged,
    Channel,
    ChannelsFollowed,
    EventChanged,
    FeedFault,
    HealthBeat,
    MarketsChanged,
    OrderReported,
    OrdersUnclear,
    StreamDown,
    StreamUp,
    Topic,
    Wanted,
)
from app.domain.market import MarketKey
from app.domain.odds import from_american
from app.domain.order import HistoryQuery, OrderState
from app.services.account import midnight
from app.services.reconcile import LONGEST_UPDATED, OVERLAP
from app.services.session import RETRY, SOON
from app.services.sight import REACH
from tests.services.fakes import GAME, KEY, LADDER, NOON, OTHER, Desk, book, event, group, market, money, report, seeded, settle, turn

FOLLOWED = ChannelsFollowed(frozenset({Topic(GAME)}))


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    yield desk
    await desk.tasks.stop()
    assert desk.failures == []


def reads(desk: Desk) -> int:
    return len(desk.venue.asked("markets"))


# Starting


async def test_what_is_missed_first_is_read_first(desk: Desk) -> None:
    desk.session.start()
    await settle(lambda: desk.venue.asked("events"))
    await turn()
    order = [str(call[0]) for call in desk.venue.calls]
    assert order[:3] == ["ladder", "balance", "tournaments"]
    assert {"events", "history"} <= set(order)
    assert desk.controls.ladder is LADDER
    assert desk.account.free == money(900)


@pytest.mark.parametrize("what", ["ladder", "balance", "tournaments", "events", "history"])
async def test_what_cannot_be_read_is_said_and_tried_until_it_works(desk: Desk, what: str) -> None:
    desk.venue.troubles[what] = [NotSentError("offline"), UnknownError("No answer")]
    desk.session.start()
    await settle(lambda: len(desk.venue.asked(what)) == 3 and desk.venue.asked("events"))
    await turn()
    assert desk.naps == [RETRY, RETRY * 2]
    assert sum(words.startswith("Reading") for words in desk.words) == 2


async def test_orders_are_read_as_far_back_as_the_venue_may_be_asked(desk: Desk) -> None:
    await desk.session.read_orders()
    assert desk.venue.asked("history")[0] == (HistoryQuery(NOON - LONGEST_UPDATED, is_touched=True),)


async def test_today_is_what_settled_since_local_midnight_at_the_prices_it_matched_at(desk: Desk) -> None:
    start = midnight(NOON)
    desk.venue.rows = [
        report("a", "closed", order_id="v-a", filled=money(10), winning="profit", updated_at=start),
        report("b", "closed", order_id="v-b", filled=money(10), winning="loss", updated_at=start - timedelta(seconds=1)),
    ]
    desk.venue.matched = {"v-a": [(from_american(160), money(10))]}
    await desk.session.read_orders()
    assert desk.venue.asked("matches") == [("v-a", "v-b")]
    assert desk.session.account.today == money(16)


async def test_match_prices_are_asked_for_in_hundreds(desk: Desk) -> None:
    desk.venue.rows = [report(f"r{n}", "closed", order_id=f"v{n}", filled=money(1), winning="loss") for n in range(250)]
    await desk.session.read_orders()
    assert [len(ids) for ids in desk.venue.asked("matches")] == [100, 100, 50]


def test_midnight_is_the_local_one() -> None:
    assert midnight(NOON).utcoffset() == NOON.astimezone().utcoffset()
    assert midnight(NOON) <= NOON < midnight(NOON) + timedelta(days=1)
    assert (midnight(NOON).hour, midnight(NOON).minute) == (0, 0)


# What is on screen


async def test_opening_an_event_follows_it_and_reads_its_books(desk: Desk) -> None:
    desk.session.open_event(GAME)
    await settle(lambda: desk.prices.book(KEY))
    assert desk.wanted[0] == Wanted((Topic(GAME),))
    assert desk.venue.asked("markets") == [(GAME,)]


async def test_the_sub_markets_of_an_event_are_followed_once_they_are_known(desk: Desk) -> None:
    desk.session.open_event(GAME)
    await settle(lambda: desk.prices.book(KEY))
    prop = group(market(MarketKey(GAME, 9, KEY.strike), is_prop=True, sub_type="player_total_hits"))
    desk.session.emit([seeded(desk.clock.monotonic(), book(), groups=(group(market()), prop))])
    desk.session.open_event(GAME)
    assert Topic(GAME, "player_total_hits") in desk.wanted[-1].topics


async def test_events_with_live_orders_are_followed_too(desk: Desk) -> None:
    desk.session.emit([OrderReported(report("web-7", event_id=OTHER))])
    desk.session.open_event(GAME)
    assert desk.wanted[-1].topics == (Topic(GAME), Topic(OTHER))


async def test_books_read_before_the_channel_was_joined_are_read_again(desk: Desk) -> None:
    desk.session.open_event(GAME)
    await settle(lambda: desk.prices.book(KEY))
    await turn()
    assert reads(desk) == 1
    desk.clock.move(1)
    desk.session.emit([StreamUp(), FOLLOWED, HealthBeat()])
    await settle(lambda: reads(desk) == 2)
    await turn()
    assert reads(desk) == 2
    desk.clock.move(5)
    desk.session.emit([HealthBeat()])
    assert desk.prices.freshness(KEY, is_live=True).is_verified


async def test_a_reading_that_was_on_its_way_when_the_channel_was_joined_is_done_again(desk: Desk) -> None:
    desk.venue.gates["markets"] = asyncio.Event()
    desk.session.open_event(GAME)
    await settle(lambda: reads(desk) == 1)
    desk.clock.move(1)
    desk.session.emit([StreamUp(), FOLLOWED])
    desk.venue.gates["markets"].set()
    await settle(lambda: reads(desk) == 2)
    await turn()
    assert reads(desk) == 2
    assert not desk.prices.needs_seed(GAME, [KEY])


async def test_following_an_event_that_is_not_open_reads_nothing(desk: Desk) -> None:
    desk.session.open_event(OTHER)
    await turn()
    before = reads(desk)
    desk.session.emit([FOLLOWED])
    await turn()
    assert reads(desk) == before


async def test_an_event_without_markets_is_read_once_not_for_ever(desk: Desk) -> None:
    desk.venue.books[GAME] = ()
    desk.session.emit([StreamUp(), FOLLOWED])
    desk.session.open_event(GAME)
    await turn(100)
    assert reads(desk) <= 2


async def test_a_changed_structure_of_the_open_event_is_read_again(desk: Desk) -> None:
    desk.session.open_event(GAME)
    await settle(lambda: desk.prices.book(KEY))
    desk.session.emit([MarketsChanged(GAME), MarketsChanged(OTHER)])
    await settle(lambda: reads(desk) == 2)
    await turn()
    assert desk.venue.asked("markets") == [(GAME,), (GAME,)]


async def test_a_structure_that_changes_while_it_is_read_is_read_once_more(desk: Desk) -> None:
    desk.venue.gates["markets"] = asyncio.Event()
    desk.session.open_event(GAME)
    await settle(lambda: reads(desk) == 1)
    desk.session.emit([MarketsChanged(GAME)] * 5)
    await turn()
    desk.venue.gates["markets"].set()
    await settle(lambda: reads(desk) == 2)
    await turn()
    assert reads(desk) == 2


@pytest.mark.parametrize("problem", [UnknownError("No answer"), NotSentError("offline")])
async def test_markets_that_cannot_be_read_are_said_and_tried_again(desk: Desk, problem: VenueError) -> None:
    desk.venue.troubles["markets"] = [problem]
    desk.session.open_event(GAME)
    await settle(lambda: desk.prices.book(KEY))
    assert desk.naps == [RETRY]
    assert "Reading markets" in desk.words[0]


async def test_markets_that_the_venue_refuses_are_said_and_left(desk: Desk) -> None:
    desk.venue.troubles["markets"] = [RefusedError("sport_event_not_found", status=404)]
    desk.session.open_event(GAME)
    await turn()
    assert reads(desk) == 1
    assert "sport_event_not_found" in desk.words[0]


async def test_an_event_left_meanwhile_is_not_tried_again(desk: Desk) -> None:
    gate = desk.venue.gates["markets"] = asyncio.Event()
    desk.venue.troubles["markets"] = [UnknownError("No answer")]
    desk.session.open_event(GAME)
    await settle(lambda: desk.venue.asked("markets"))
    desk.session.open_event(OTHER)
    gate.set()
    await turn()
    assert desk.venue.asked("markets").count((GAME,)) == 1


async def test_events_that_are_only_leafed_through_are_not_read(desk: Desk) -> None:
    for event_id in (1, 2, 3, GAME):
        desk.session.open_event(event_id)
    await settle(lambda: desk.prices.book(KEY))
    assert desk.venue.asked("markets") == [(GAME,)]


async def test_a_reading_that_stands_in_the_queue_goes_with_the_look_at_its_event(desk: Desk) -> None:
    gate = desk.venue.gates["markets"] = asyncio.Event()
    desk.session.open_event(OTHER)
    await settle(lambda: desk.venue.asked("markets"))
    desk.session.open_event(GAME)
    gate.set()
    await settle(lambda: desk.prices.book(KEY))
    desk.session.open_event(OTHER)
    await settle(lambda: desk.venue.asked("markets").count((OTHER,)) == 2)


async def test_what_the_venue_will_not_tell_is_named_and_keeps_nothing_else_waiting(desk: Desk) -> None:
    desk.venue.troubles["balance"] = [RefusedError("Data not found", status=404)] * 2
    desk.session.start()
    await settle(lambda: desk.venue.asked("events"))
    assert desk.session.missing == "The balance cannot be read: Data not found"
    await settle(lambda: len(desk.venue.asked("balance")) == 3)
    await turn()
    assert desk.session.missing == ""


async def test_matches_that_the_venue_will_not_tell_leave_the_orders_known(desk: Desk) -> None:
    desk.venue.rows = [report("r1", "closed", order_id="v1", filled=money(1), winning="loss")]
    desk.venue.troubles["matches"] = [RefusedError("no such path", status=404)]
    await desk.session.read_orders()
    assert desk.controls.is_reconciled
    assert desk.session.missing == "What some orders matched at cannot be read: no such path"
    await desk.session.read_orders()
    assert desk.session.missing == ""


async def test_a_tournament_opened_in_the_tree_is_read_at_once(desk: Desk) -> None:
    desk.session.expand(31)
    await settle(lambda: GAME in desk.catalogue.events)


async def test_a_tournament_that_cannot_be_read_is_said(desk: Desk) -> None:
    desk.venue.troubles["events"] = [UnknownError("No answer")]
    desk.session.expand(31)
    await settle(lambda: desk.words)
    assert desk.words == ["Reading events: No answer"]


async def test_the_open_events_change_is_announced_and_others_are_not(desk: Desk) -> None:
    desk.session.open_event(GAME)
    calls: list[int] = []
    desk.session.changed.connect(lambda: calls.append(1))
    desk.session.emit([EventChanged(event(OTHER, "live"))])
    assert calls == []
    desk.session.emit([EventChanged(event(GAME, "live"))])
    assert calls == [1]


# The stream


async def test_a_lost_stream_is_said_and_everything_is_unverified(desk: Desk) -> None:
    desk.ready()
    desk.session.emit([StreamUp(), StreamDown("The stream has been silent for 13 s", 0.5)])
    assert not desk.session.is_streaming
    assert "silent for 13 s" in desk.session.trouble
    assert "trying again in 0.5 s" in desk.words[-1]
    assert not desk.prices.freshness(KEY, is_live=False).is_verified


async def test_a_stream_that_is_back_clears_the_trouble_and_reads_what_orders_did(desk: Desk) -> None:
    desk.venue.rows = [report("ov-9", "canceled")]
    desk.session.emit([StreamDown("lost"), StreamUp()])
    assert desk.session.is_streaming
    assert desk.session.trouble == ""
    await settle(lambda: desk.blotter.orders)
    open_ones = HistoryQuery(NOON - REACH, status="open")
    assert desk.venue.asked("history") == [(HistoryQuery(NOON - LONGEST_UPDATED, is_touched=True),), (open_ones,)]
    assert desk.blotter.orders["ov-9"].state is OrderState.CANCELLED


async def test_after_a_long_loss_orders_are_read_from_before_it(desk: Desk) -> None:
    await desk.reconciliation.run()
    desk.venue.calls.clear()
    desk.session.emit([StreamDown("lost")])
    desk.clock.move(3600)
    desk.session.emit([StreamDown("lost"), StreamUp()])
    await settle(lambda: desk.venue.asked("history"))
    assert desk.venue.asked("history")[0] == (HistoryQuery(NOON - OVERLAP, is_touched=True),)


async def test_orders_that_cannot_be_read_after_a_loss_are_said(desk: Desk) -> None:
    desk.venue.troubles["history"] = [UnknownError("No answer")]
    desk.session.emit([StreamUp()])
    await settle(lambda: len(desk.words) == 2)
    assert "Reading the orders again: No answer" in desk.words


async def test_an_order_placed_elsewhere_appears_by_the_stream(desk: Desk) -> None:
    desk.session.emit([OrderReported(report("web-7"))])
    assert desk.blotter.orders["web-7"].is_elsewhere


async def test_feed_faults_are_counted_and_said(desk: Desk) -> None:
    desk.session.emit([FeedFault("a message cannot be read"), FeedFault("a level is not tradable")])
    assert desk.session.faults == 2
    assert desk.words == ["Feed: a message cannot be read", "Feed: a level is not tradable"]


async def test_ages_are_those_of_what_was_heard_on_each_channel(desk: Desk) -> None:
    assert desk.session.age(Channel.PRICES) is None
    desk.session.emit([BookChanged(book(sequence=1))])
    desk.clock.move(2)
    desk.session.emit([HealthBeat()])
    assert (desk.session.age(Channel.PRICES), desk.session.age(Channel.ORDERS)) == (2, 0)


async def test_a_reading_over_rest_is_no_sign_of_life_of_the_price_stream(desk: Desk) -> None:
    desk.session.emit([seeded(desk.clock.monotonic(), book())])
    assert desk.session.age(Channel.PRICES) is None


async def test_the_age_of_rest_is_that_of_the_last_answer(desk: Desk) -> None:
    assert desk.session.rest_age is None
    desk.venue.answered_at, desk.venue.latency = desk.clock.monotonic() - 3, 0.02
    ages = [desk.session.rest_age, desk.session.rest_latency]
    assert ages == [3, 0.02]


async def test_what_no_stream_follows_is_read_now_and_then(desk: Desk) -> None:
    desk.session.start()
    desk.session.open_event(GAME)
    await settle(lambda: desk.prices.book(KEY))
    desk.session.emit([StreamDown("lost")])
    for count in (2, 3):
        desk.deaf.set()
        await settle(lambda wanted=count: reads(desk) == wanted)  # type: ignore[misc]
    await turn()
    assert desk.prices.freshness(KEY, is_live=True).is_verified
    desk.session.emit([StreamUp(), FOLLOWED])
    desk.deaf.set()
    await turn()
    assert reads(desk) == 3


async def test_messages_of_orders_that_cannot_be_read_have_the_record_read_once(desk: Desk) -> None:
    desk.session.emit([FeedFault("a message cannot be read"), OrdersUnclear()])
    desk.session.emit([OrdersUnclear()])
    await settle(lambda: desk.venue.asked("history"))
    await turn()
    assert desk.naps == [SOON]
    readings = len(desk.venue.asked("history"))
    desk.session.emit([OrdersUnclear()])
    await settle(lambda: len(desk.venue.asked("history")) == 2 * readings)


async def test_a_socket_changed_in_time_is_said_and_nothing_is_read_again(desk: Desk) -> None:
    desk.session.emit([StreamUp(), FOLLOWED])
    await turn()
    asked = len(desk.venue.asked("history"))
    desk.session.emit([StreamUp(is_relief=True), FOLLOWED])
    await turn()
    assert len(desk.venue.asked("history")) == asked
    assert desk.words[-1] == "The stream moved to a new connection; nothing was missed"


# The venue's own process


async def test_a_venue_that_is_gone_is_said_and_its_losses_do_not_cover_that(desk: Desk) -> None:
    desk.session.venue_is_gone("The practice exchange ended")
    desk.session.emit([StreamDown("lost")])
    assert desk.session.is_venue_gone
    assert desk.session.trouble == "The practice exchange ended"


async def test_a_venue_that_is_back_is_read_anew(desk: Desk) -> None:
    desk.session.start()
    desk.session.open_event(GAME)
    await settle(lambda: desk.prices.book(KEY) and GAME in desk.catalogue.events)
    desk.session.venue_is_gone("gone")
    desk.venue.games[31] = [event(OTHER)]
    before = reads(desk)
    desk.session.venue_is_back()
    assert not desk.session.is_venue_gone
    await settle(lambda: reads(desk) > before)
    await settle(lambda: list(desk.catalogue.events) == [OTHER])


# Money


async def test_the_balance_is_read_soon_after_an_order_moved(desk: Desk) -> None:
    desk.session.start()
    await settle(lambda: desk.venue.asked("events"))
    await turn()
    before = len(desk.venue.asked("balance"))
    desk.venue.money = desk.venue.money.__class__(money(500), money(0), money(0))
    desk.session.emit([OrderReported(report("ov-1", filled=money(4)))])
    await settle(lambda: len(desk.venue.asked("balance")) == before + 1)
    await turn()
    assert desk.account.free == money(500)


async def test_a_burst_of_moves_is_one_reading(desk: Desk) -> None:
    desk.session.start()
    await settle(lambda: desk.venue.asked("events"))
    await turn()
    before = len(desk.venue.asked("balance"))
    desk.session.emit([OrderReported(report(f"r{n}", order_id=f"v{n}")) for n in range(20)])
    await turn()
    assert len(desk.venue.asked("balance")) == before + 1


async def test_a_balance_that_cannot_be_read_is_said_and_watched_on(desk: Desk) -> None:
    desk.session.start()
    await settle(lambda: desk.venue.asked("events"))
    await turn()
    desk.venue.troubles["balance"] = [UnknownError("No answer")]
    desk.session.emit([OrderReported(report("a", order_id="v-a"))])
    await settle(lambda: desk.words)
    assert desk.words == ["Reading the balance: No answer"]
    before = len(desk.venue.asked("balance"))
    desk.session.emit([OrderReported(report("b", order_id="v-b"))])
    await settle(lambda: len(desk.venue.asked("balance")) > before)


async def test_a_settlement_announces_the_account(desk: Desk) -> None:
    calls: list[datetime] = []
    desk.account.changed.connect(lambda: calls.append(desk.clock.now()))
    desk.session.emit([OrderReported(report("a", "open"))])
    assert calls == []
    desk.session.emit([OrderReported(report("a", "closed", filled=money(10), winning="profit"))])
    assert len(calls) == 1
    assert desk.session.account.today == money(15)


def test_gaps_of_the_stream_are_counted_from_a_loss_until_it_is_up_again(desk: Desk) -> None:
    desk.session.emit([StreamDown("no network")])
    assert (desk.session.gaps, desk.session.lost_for) == (0, 0.0), "it was not up yet"
    desk.session.emit([StreamUp()])
    desk.clock.move(100)
    desk.session.emit([StreamDown("lost")])
    desk.clock.move(3)
    desk.session.emit([StreamDown("no network")])
    desk.clock.move(4)
    assert (desk.session.gaps, desk.session.lost_for) == (1, 7.0)
    desk.session.emit([StreamUp()])
    desk.clock.move(50)
    assert (desk.session.gaps, desk.session.lost_for) == (1, 7.0)
    desk.session.emit([StreamDown("lost")])
    desk.clock.move(1)
    assert (desk.session.gaps, desk.session.lost_for) == (2, 8.0)


def test_an_answer_that_cannot_be_read_is_no_word_of_the_stream(desk: Desk) -> None:
    desk.session.emit([FeedFault("a tournament cannot be read")])
    assert desk.session.price_age is None
    desk.session.emit([BookChanged(book())])
    assert desk.session.price_age == 0
