"""An order that is kept at best: where it goes, never past its limit, never two at once, only for what was left."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from app.domain.book import Book
from app.domain.errors import NotSentError, RefusedError, UnknownError
from app.domain.events import BookChanged, ChannelsFollowed, EventChanged, HealthBeat, OrderReported, StreamDown, Topic
from app.domain.guard import CancelMoved, Guard, KeepAtBest, Place
from app.domain.lookout import LookoutState
from app.domain.market import Selection
from app.domain.odds import from_american
from app.domain.order import OrderDraft, OrderReport, OrderState
from app.services.guard_moves import MOVE_AGAIN
from app.services.ports import LastLook
from tests.services.fakes import (
    AWAY,
    GAME,
    HOME,
    KEY,
    Clock,
    Desk,
    FakeVenue,
    book,
    draft,
    event,
    group,
    level,
    market,
    money,
    seeded,
    turn,
)

PLACE = Place(KEY, HOME, "Game", "Moneyline", "Harbor Pilots")


class Exchange(FakeVenue):
    """Opens what it is given, and takes off what it is asked to; `fills_in_cancel` matches so much of the next order before its cancel."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.held: dict[str, OrderReport] = {}
        self.fills_in_cancel = Decimal(0)
        self.is_mute = False  # takes cancels and says nothing of them
        self.off = "canceled"  # how it calls what it took off

    @property
    def standing(self) -> list[tuple[int, Decimal]]:
        return [(told.odds.american, told.quantity or Decimal(0)) for told in self.held.values() if told.status == "open" and told.odds]

    async def place(self, ref: str, draft: OrderDraft, last_look: LastLook) -> OrderReport:
        await super().place(ref, draft, last_look)
        told = OrderReport(
            ref, f"v-{ref}", "open", "unmatched", odds=draft.odds, quantity=draft.stake, original=draft.stake, filled=money(0),
            event_id=GAME, market_id=KEY.market_id, selection_id=draft.selection_id,
        )  # fmt: skip
        self.held[told.venue_order_id] = told
        assert len(self.standing) == 1, "two orders stand at once"
        return told

    async def cancel(self, ref: str, venue_order_id: str) -> OrderReport | None:
        await super().cancel(ref, venue_order_id)
        told = self.held[venue_order_id]
        if self.is_mute:
            return told
        filled = (told.filled or money(0)) + self.fills_in_cancel
        status, matching = ("open", "fully_matched") if filled >= (told.original or money(0)) else (self.off, "unmatched")
        self.held[venue_order_id] = msgspec.structs.replace(told, status=status, matching=matching, filled=filled)
        return self.held[venue_order_id]

    async def order(self, venue_order_id: str) -> OrderReport:
        await super().order(venue_order_id)
        return self.held[venue_order_id]


class Floor(Desk):
    def __init__(self) -> None:
        clock = Clock()
        self.exchange = Exchange(clock)
        super().__init__(self.exchange, clock)

    @property
    def guard(self) -> Guard:
        [guard] = self.desk.guards.all.values()
        return guard

    def rivals(self, *away: int, home: int = 140, mine: Sequence[tuple[int, str]] = ()) -> None:
        """What takers of Away are offered: by others at these odds, 500 each, and by our own order."""
        offers = {price: Decimal(500) for price in away}
        for price, amount in mine:
            offers[price] = offers.get(price, Decimal(0)) + Decimal(amount)
        side = tuple(
            level(price, str(amount)) for price, amount in sorted(offers.items(), key=lambda row: from_american(row[0]), reverse=True)
        )
        self.session.emit([BookChanged(Book(KEY, {HOME: (level(home),), AWAY: side}))])

    async def beat(self, seconds: int = 1) -> None:
        for _ in range(seconds):
            self.clock.move(1)
            self.session.emit([HealthBeat()])
            self.watch.turn()
            await turn()


@pytest.fixture
async def floor() -> Floor:
    """Ten rest on Home at +150, the best ask; it is kept there, down to +144."""
    floor = Floor()
    floor.ready(book(140, -150))
    floor.account.balance = floor.exchange.money
    floor.session.is_streaming = True
    floor.session.emit([ChannelsFollowed(frozenset({Topic(GAME)})), HealthBeat(), EventChanged(event())])
    floor.session.emit([seeded(floor.clock.monotonic(), book(140, -150))])
    await floor.trading.place(draft(150))
    floor.clock.move(10)
    floor.session.emit([HealthBeat()])
    floor.rivals(-150, mine=[(-150, "15.00")])
    assert floor.desk.guards.add(KeepAtBest(PLACE, "ov-1", from_american(144), from_american(150))) == ""
    return floor


async def test_at_the_best_it_stays(floor: Floor) -> None:
    await floor.beat(20)
    assert (floor.guard.state, floor.guard.words) == (LookoutState.ARMED, "the best of others is +150")
    assert floor.exchange.asked("cancel") == []


async def test_it_goes_where_others_ask_for_less(floor: Floor) -> None:
    floor.rivals(-147, -150, mine=[(-150, "15.00")])
    await turn()
    assert floor.exchange.standing == [(147, money(10))]
    assert (floor.guard.state, floor.guard.words, floor.guard.moves) == (LookoutState.ARMED, "the order stands at +147", 1)
    assert isinstance(floor.guard.plan, KeepAtBest)
    assert floor.guard.plan.ref == "ov-2"
    assert floor.words[-2:] == [
        "Cancelled what was left of Harbor Pilots +150 (Keep at best)",
        "Placed 10.00 on Harbor Pilots +147 (Keep at best)",
    ]


async def test_it_goes_back_when_they_are_gone_and_what_it_offers_itself_is_not_followed(floor: Floor) -> None:
    floor.rivals(-147, -150)
    await turn()
    floor.rivals(-150, mine=[(-147, "14.70")])
    await floor.beat(6)
    assert floor.exchange.standing == [(150, money(10))]
    floor.rivals(mine=[(-150, "15.00")])
    await floor.beat(6)
    assert floor.exchange.standing == [(150, money(10))]
    assert floor.guard.words == "alone at +150"


async def test_it_never_goes_past_its_limit(floor: Floor) -> None:
    floor.rivals(-141, -150, mine=[(-150, "15.00")])
    await turn()
    assert floor.exchange.standing == [(144, money(10))]
    floor.rivals(-135, mine=[(-144, "14.40")])
    await floor.beat(12)
    assert floor.exchange.standing == [(144, money(10))]
    assert floor.guard.words == "the best of others is +135, past the limit"


async def test_it_never_goes_further_back_than_where_a_person_had_put_it(floor: Floor) -> None:
    floor.rivals(-165, mine=[(-150, "15.00")])
    await floor.beat(12)
    assert floor.exchange.standing == [(150, money(10))]
    assert floor.exchange.asked("cancel") == []
    assert floor.guard.words == "the best of others is +165"


async def test_it_moves_at_most_once_in_five_seconds(floor: Floor) -> None:
    floor.rivals(-148, mine=[(-150, "15.00")])
    await turn()
    for price in (-147, -146, -145):
        floor.rivals(price, mine=[(-148, "14.80")])
        await floor.beat()
    assert floor.exchange.standing == [(148, money(10))]
    assert "it moves at most once in 5 s" in floor.guard.words
    await floor.beat(int(MOVE_AGAIN))
    assert floor.exchange.standing == [(145, money(10))]
    assert len(floor.exchange.asked("place")) == 3


async def test_what_matched_before_and_while_it_was_cancelled_is_not_placed_again(floor: Floor) -> None:
    told = msgspec.structs.replace(floor.exchange.held["v-ov-1"], filled=money(3), matching="partially_matched")
    floor.exchange.held["v-ov-1"] = told
    floor.session.emit([OrderReported(told)])
    floor.exchange.fills_in_cancel = money(2)
    floor.rivals(-147, mine=[(-150, "10.50")])
    await turn()
    assert floor.exchange.standing == [(147, money(5))]


async def test_an_order_that_fills_while_it_is_cancelled_ends_the_guard(floor: Floor) -> None:
    floor.exchange.fills_in_cancel = money(10)
    floor.rivals(-147)
    await turn()
    assert (floor.guard.state, floor.guard.words) == (LookoutState.EXPIRED, "all of the order matched: 10.00")
    assert len(floor.exchange.asked("place")) == 1


async def test_a_cancel_that_is_not_confirmed_places_nothing(floor: Floor) -> None:
    floor.exchange.is_mute = True
    floor.rivals(-147)
    await turn(80)
    assert floor.guard.state is LookoutState.STOPPED
    assert floor.guard.words == "the cancel of Harbor Pilots +150 was not confirmed. Nothing new was placed"
    assert len(floor.exchange.asked("place")) == 1


async def test_a_refused_cancel_stops_it_and_says_why(floor: Floor) -> None:
    floor.exchange.troubles["cancel"] = [RefusedError("not now", status=422, code="market_closed")]
    floor.rivals(-147)
    await turn(80)
    assert floor.guard.state is LookoutState.STOPPED
    assert floor.guard.words.startswith("the cancel of Harbor Pilots +150 was refused: ")
    assert floor.exchange.standing == [(150, money(10))]


async def test_a_record_that_cannot_be_read_after_the_cancel_places_nothing(floor: Floor) -> None:
    floor.exchange.troubles["order"] = [UnknownError("timed out")]
    floor.rivals(-147)
    await turn()
    assert floor.guard.words == (
        "the order was taken off at +150, and how much of it matched cannot be read: timed out. Nothing new was placed"
    )
    assert floor.exchange.standing == []


@pytest.mark.parametrize(
    ("problem", "word"),
    [
        (RefusedError("no", status=400, code="insufficient_funds"), "rejected"),
        (UnknownError("timed out"), "unknown"),
        (NotSentError("no route"), "not sent"),
    ],
)
async def test_a_new_order_that_is_refused_or_unknown_stops_it(floor: Floor, problem: Exception, word: str) -> None:
    floor.exchange.troubles["place"] = [problem]
    floor.rivals(-147)
    await turn()
    assert floor.guard.state is LookoutState.STOPPED
    assert floor.guard.words.startswith(f"the order was taken off at +150, and the new order of 10.00 at +147 is {word}")
    await floor.beat(20)
    assert len(floor.exchange.asked("place")) == 2
    assert floor.notices.lines[-1].tone == "bad"


async def test_what_the_rules_would_not_let_through_leaves_the_order_where_it_is(floor: Floor) -> None:
    floor.controls.limit_to(msgspec.structs.replace(floor.controls.limits, stake=money(5)))
    floor.rivals(-147)
    await turn()
    assert floor.guard.state is LookoutState.WAITING
    assert floor.guard.words.startswith("it cannot move to +147: ")
    assert floor.exchange.asked("cancel") == []


async def test_the_order_that_stands_is_not_counted_beside_the_one_that_takes_its_place(floor: Floor) -> None:
    floor.controls.limit_to(msgspec.structs.replace(floor.controls.limits, selection=money(15)))
    floor.rivals(-147)
    await turn()
    assert floor.exchange.standing == [(147, money(10))]


async def test_a_stream_that_is_lost_in_the_middle_of_a_move_places_nothing_and_says_so(floor: Floor) -> None:
    floor.exchange.gates["cancel"] = asyncio.Event()
    floor.rivals(-147)
    await turn()
    floor.session.emit([StreamDown("the line broke")])
    floor.exchange.gates["cancel"].set()
    await turn()
    assert floor.exchange.standing == []
    assert floor.guard.state is LookoutState.STOPPED
    assert floor.guard.words.endswith("the stream was lost. the order was taken off at +150 and 10.00 were not placed again")


async def test_armed_again_before_its_last_move_is_over_it_is_refused(floor: Floor) -> None:
    floor.exchange.gates["cancel"] = asyncio.Event()
    floor.rivals(-147)
    await turn()
    floor.desk.guards.stop(1)
    assert floor.desk.guards.arm(1) == "The last move of this order is not over yet"
    floor.desk.guards.remove([1])
    again = KeepAtBest(PLACE, "ov-1", from_american(144), from_american(150))
    assert floor.desk.guards.add(again) == "The last move of this order is not over yet"
    floor.exchange.troubles["cancel"] = [RefusedError("not now", status=422, code="market_closed")]
    floor.exchange.gates["cancel"].set()
    await turn(80)
    assert floor.exchange.standing == [(150, money(10))]
    assert floor.desk.guards.add(again) == ""


@pytest.mark.parametrize("is_removed", [False, True])
async def test_stopped_by_hand_in_the_middle_of_a_move_it_places_nothing(floor: Floor, is_removed: bool) -> None:
    floor.exchange.gates["cancel"] = asyncio.Event()
    floor.rivals(-147)
    await turn()
    floor.desk.guards.remove([1]) if is_removed else floor.desk.guards.stop(1)
    floor.exchange.gates["cancel"].set()
    await turn()
    assert len(floor.exchange.asked("place")) == 1
    assert "the order was taken off at +150 and 10.00 were not placed again" in floor.words[-1]


async def test_a_halt_in_the_middle_of_a_move_places_nothing(floor: Floor) -> None:
    floor.exchange.gates["cancel"] = asyncio.Event()
    floor.rivals(-147)
    await turn()
    floor.journal.halt_for("pulled")
    floor.exchange.gates["cancel"].set()
    await turn()
    assert len(floor.exchange.asked("place")) == 1
    assert floor.guard.state is LookoutState.STOPPED


async def test_a_match_that_is_told_after_the_new_order_stands_stops_it(floor: Floor) -> None:
    floor.rivals(-147)
    await turn()
    floor.session.emit([OrderReported(msgspec.structs.replace(floor.exchange.held["v-ov-1"], filled=money(4)))])
    await floor.beat()
    assert floor.guard.state is LookoutState.STOPPED
    assert floor.guard.words == "4.00 of the order it replaced matched after all: look at both orders"


async def test_while_trading_is_off_it_stays(floor: Floor) -> None:
    floor.controls.switch(is_on=False)
    floor.rivals(-147)
    await floor.beat(10)
    assert (floor.guard.state, floor.guard.words) == (LookoutState.WAITING, "trading is off")
    assert floor.exchange.asked("cancel") == []


async def test_an_order_whose_outcome_is_unknown_is_not_kept(floor: Floor) -> None:
    floor.exchange.troubles["place"] = [UnknownError("timed out")]
    order = await floor.trading.place(draft(152))
    assert order.state is OrderState.UNKNOWN
    assert (
        floor.desk.guards.add(KeepAtBest(PLACE, order.ref, from_american(144), from_american(150)))
        == "Nobody knows whether this order is at the venue"
    )


async def test_what_cannot_be_kept_is_refused_with_the_reason(floor: Floor) -> None:
    add = floor.desk.guards.add
    assert add(KeepAtBest(PLACE, "ov-1", from_american(140), from_american(150))) == "This order is kept at best already"
    assert add(KeepAtBest(PLACE, "ov-1", from_american(151), from_american(150))) == "The order stands at +150, past +151 already"
    assert add(KeepAtBest(PLACE, "ov-1", from_american(333), from_american(150))) == "+333 is not on the venue's price ladder"
    assert add(KeepAtBest(PLACE, "nobody", from_american(144), from_american(150))) == "The order is not known any more"
    three = market()
    three = msgspec.structs.replace(three, selections=(*three.selections, Selection("draw", "Draw", 6)))
    floor.session.emit([seeded(floor.clock.monotonic(), book(), groups=(group(three),))])
    assert add(KeepAtBest(PLACE, "ov-1", from_american(144), from_american(150))).startswith("Who else waits on a side is told only where")


async def test_a_look_in_the_middle_of_a_move_ends_nothing(floor: Floor) -> None:
    assert floor.desk.guards.add(CancelMoved(PLACE, 5, "ov-1")) == ""
    floor.exchange.gates["order"] = asyncio.Event()
    floor.rivals(-147)
    await floor.beat(2)
    keep, moved = floor.desk.guards.all.values()
    assert floor.blotter.orders["ov-1"].state is OrderState.CANCELLED
    assert (keep.state, keep.words) == (LookoutState.ARMED, "moving from +150 to +147")
    assert (moved.state, moved.words) == (LookoutState.WAITING, "its order is being moved")
    floor.exchange.gates["order"].set()
    await floor.beat()
    assert floor.exchange.standing == [(147, money(10))]


async def test_what_would_cancel_the_order_means_the_one_that_took_its_place(floor: Floor) -> None:
    floor.desk.guards.add(CancelMoved(PLACE, 5, "ov-1"))
    floor.rivals(-147)
    await floor.beat()
    assert floor.exchange.standing == [(147, money(10))]
    floor.rivals(-147, home=145)
    await turn()
    assert floor.exchange.standing == []
    assert floor.exchange.asked("cancel")[-1] == ("ov-2", "v-ov-2")
    await floor.beat()
    assert [guard.state for guard in floor.desk.guards.all.values()] == [LookoutState.EXPIRED, LookoutState.FIRED]


async def test_whoever_keeps_a_reference_is_told_which_order_took_its_place(floor: Floor) -> None:
    heard: list[tuple[str, str]] = []
    floor.desk.guards.moved.append(lambda *refs: heard.append(refs))
    floor.rivals(-147)
    await turn()
    assert heard == [("ov-1", "ov-2")]


async def test_an_order_of_unknown_outcome_took_the_place_too(floor: Floor) -> None:
    heard: list[tuple[str, str]] = []
    floor.desk.guards.moved.append(lambda *refs: heard.append(refs))
    floor.desk.guards.add(CancelMoved(PLACE, 5, "ov-1"))
    floor.exchange.troubles["place"] = [UnknownError("timed out")]
    floor.rivals(-147)
    await floor.beat(2)
    assert heard == [("ov-1", "ov-2")]
    assert floor.desk.guards.all[2].words == "nobody knows whether the order is at the venue"


async def test_an_order_that_was_refused_took_no_place(floor: Floor) -> None:
    heard: list[tuple[str, str]] = []
    floor.desk.guards.moved.append(lambda *refs: heard.append(refs))
    floor.exchange.troubles["place"] = [RefusedError("no", status=400, code="insufficient_funds")]
    floor.rivals(-147)
    await turn()
    assert heard == []


async def test_a_person_who_cancels_all_in_the_middle_of_a_move_finds_nothing_placed_after_it(floor: Floor) -> None:
    floor.exchange.gates["order"] = asyncio.Event()
    floor.rivals(-147)
    await turn()
    sweep = asyncio.ensure_future(floor.trading.cancel_event(GAME))
    floor.exchange.gates["order"].set()
    await turn()
    await sweep
    assert floor.exchange.standing == []
    assert floor.guard.words == "orders were being cancelled. the order was taken off at +150 and 10.00 were not placed again"


async def test_time_that_was_missed_in_the_middle_of_a_move_places_nothing(floor: Floor) -> None:
    await floor.beat()
    floor.exchange.gates["cancel"] = asyncio.Event()
    floor.rivals(-147)
    await turn()
    floor.clock.day += timedelta(minutes=2)
    floor.exchange.gates["cancel"].set()
    await turn()
    assert len(floor.exchange.asked("place")) == 1
    assert "slept or stood still" in floor.guard.words


async def test_an_order_that_the_venue_wiped_is_not_placed_again(floor: Floor) -> None:
    floor.exchange.off = "wiped"
    floor.rivals(-147)
    await turn()
    assert len(floor.exchange.asked("place")) == 1
    assert floor.guard.words == "the order is wiped, not cancelled. Nothing new was placed"


async def test_what_a_partial_cancel_took_away_before_is_not_placed_again(floor: Floor) -> None:
    told = msgspec.structs.replace(floor.exchange.held["v-ov-1"], quantity=money(5))
    floor.exchange.held["v-ov-1"] = told
    floor.session.emit([OrderReported(told)])
    floor.exchange.fills_in_cancel = money(5)
    floor.rivals(-147)
    await turn()
    assert len(floor.exchange.asked("place")) == 1
    assert (floor.guard.state, floor.guard.words) == (LookoutState.EXPIRED, "all of the order matched: 5.00")


async def test_an_order_that_is_not_on_the_book_yet_is_not_moved(floor: Floor) -> None:
    floor.desk.guards.remove([1])
    told = msgspec.structs.replace(floor.exchange.held["v-ov-1"], ref="ov-8", venue_order_id="v-ov-8", status="inactive")
    floor.session.emit([OrderReported(told)])
    floor.rivals(-147, mine=[(-150, "15.00")])
    assert floor.desk.guards.add(KeepAtBest(PLACE, "ov-8", from_american(144), from_american(150))) == ""
    await turn()
    assert (floor.guard.state, floor.guard.words) == (LookoutState.WAITING, "the order is not on the book yet")
    assert floor.exchange.asked("cancel") == []


@pytest.mark.parametrize(
    ("is_reconciled", "lock", "words"),
    [(False, "", "the orders are being compared with the venue's"), (True, "The desk is locked", "The desk is locked")],
)
async def test_before_orders_are_compared_or_at_a_locked_desk_it_stays(floor: Floor, is_reconciled: bool, lock: str, words: str) -> None:
    floor.controls.is_reconciled, floor.desk_lock = is_reconciled, lock
    floor.rivals(-147)
    await turn()
    assert (floor.guard.state, floor.guard.words) == (LookoutState.WAITING, words)
    assert floor.exchange.asked("cancel") == []


async def test_an_order_that_became_unknown_stops_what_guards_it(floor: Floor) -> None:
    floor.exchange.gates["place"] = asyncio.Event()
    floor.exchange.troubles["place"] = [UnknownError("timed out")]
    placing = asyncio.ensure_future(floor.trading.place(draft(152)))
    await turn()
    assert floor.desk.guards.add(CancelMoved(PLACE, 5, "ov-2")) == ""
    floor.exchange.gates["place"].set()
    assert (await placing).state is OrderState.UNKNOWN
    await floor.beat()
    assert floor.desk.guards.all[2].state is LookoutState.STOPPED
    assert floor.desk.guards.all[2].words == "nobody knows whether the order is at the venue"


async def test_what_could_not_be_moved_is_guarded_as_before(floor: Floor) -> None:
    floor.desk.guards.add(CancelMoved(PLACE, 5, "ov-1"))
    floor.exchange.troubles["cancel"] = [RefusedError("not now", status=422, code="market_closed")]
    floor.rivals(-147)
    await turn(80)
    await floor.beat(2)
    floor.rivals(-147, home=145)
    await turn()
    assert [guard.state for guard in floor.desk.guards.all.values()] == [LookoutState.STOPPED, LookoutState.FIRED]
    assert floor.exchange.standing == []
