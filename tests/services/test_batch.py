"""A batch: what its rows mean, what is said of each, how they leave, and what becomes of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from app.domain.book import Book
from app.domain.errors import NotSentError, RefusedError, UnknownError, VenueError
from app.domain.events import BookChanged, EventChanged, MarketsSeeded, Topic
from app.domain.market import MarketGroup, MarketKey, Selection
from app.domain.money import CEILING
from app.domain.odds import from_american
from app.domain.offer import EVERYTHING, Offer
from app.domain.order import OrderDraft, OrderReport, OrderState
from app.domain.user import User
from app.services.batch import Batch
from app.services.batch_judge import Judged
from app.services.batch_totals import Totals
from app.services.ports import LastLook
from tests.services.fakes import (
    AWAY,
    GAME,
    HOME,
    KEY,
    OTHER,
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

SPREADS = tuple(MarketKey(GAME, 66, Decimal(text)) for text in ("-4.5", "-3.5"))
RATES = {"orders_in_ten_seconds": 300, "orders_a_minute": 1800}


def line(key: MarketKey, mark: str = "") -> MarketGroup:
    """A moneyline, or a spread at one number with names that carry it. `mark` stands before the ids of an event that is not the first."""
    number = format(key.strike, "+f") if key.strike else ""
    other = format(-key.strike, "+f") if key.strike else ""
    sides = (
        Selection(f"{mark}{HOME}{number}", f"Harbor Pilots {number}".strip(), 4),
        Selection(f"{mark}{AWAY}{number}", f"Night Herons {other}".strip(), 5),
    )
    name = "Spread" if key.strike else "Moneyline"
    return group(msgspec.structs.replace(market(key, sub_type=name.lower()), name=name, selections=sides))


def all_markets(asked_at: float, event_id: int = GAME) -> MarketsSeeded:
    keys = [key._replace(event_id=event_id) for key in (KEY, *SPREADS)]
    groups = tuple(line(key, "" if event_id == GAME else f"{event_id}-") for key in keys)
    filled = [_filled(one) for one in groups]
    return seeded(asked_at, *filled, event_id=event_id, groups=groups)


def _filled(told: MarketGroup) -> Book:
    """Its book: 50.00 at +150 for the first answer, at -170 for the second."""
    first, second = told.markets[0].selections
    return Book(told.markets[0].key, {first.id: (level(150),), second.id: (level(-170),)})


class AnsweringVenue(FakeVenue):
    """Answers each order with a report of that very order, and notes how many came in each request."""

    def __init__(self, clock: Clock, *, has_users: bool) -> None:
        super().__init__(clock)
        self.offers = EVERYTHING if has_users else EVERYTHING - {Offer.USERS}
        self.books = {}
        self.sizes: list[int] = []

    async def place(self, ref: str, draft: OrderDraft, last_look: LastLook) -> OrderReport:
        told = await super().place(ref, draft, last_look)
        return msgspec.structs.replace(told, selection_id=draft.selection_id, status="open", user=draft.external_user)

    async def place_many(self, orders: Sequence[tuple[str, OrderDraft]], last_look: LastLook) -> dict[str, OrderReport | VenueError]:
        self.sizes.append(len(orders))
        answers: dict[str, OrderReport | VenueError] = {}
        for ref, wish in orders:
            try:
                answers[ref] = await self.place(ref, wish, last_look)
            except VenueError as problem:
                answers[ref] = problem
        return answers


class House(Desk):
    """A desk with one game read: its moneyline and a spread at two numbers."""

    def __init__(self, *, has_users: bool = False) -> None:
        clock = Clock()
        venue = AnsweringVenue(clock, has_users=has_users)
        super().__init__(venue, clock)
        self.venue: AnsweringVenue = venue
        self.ready()
        self.session.emit([all_markets(self.clock.monotonic())])
        self.limit(own_match=CEILING)  # both sides are ordered on here all the time; what is said of that has tests of its own
        self.batch: Batch = self.desk.batch

    async def add(self, *lines: str) -> str:
        said = self.batch.add("\n".join(lines))
        await turn()
        return said

    async def row(self, text: str) -> Judged:
        """The only row of the batch, judged."""
        self.batch.clear()
        await self.add(text)
        return self.batch.judged[self.batch.rows[0].id]

    async def send(self) -> None:
        await self.batch.send(self.batch.going())
        await turn()

    def limit(self, **limits: Any) -> None:
        self.controls.limit_to(msgspec.structs.replace(self.controls.limits, **limits))

    def objections(self) -> list[str]:
        return [self.batch.judged[row.id].objection for row in self.batch.rows]


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    yield house
    await house.tasks.stop()
    assert house.failures == []


@pytest.fixture
async def omnibus() -> AsyncIterator[House]:
    """The same for an account on which every order is for an external user."""
    house = House(has_users=True)
    house.desk.users.put([User("cust-1", "Ann Lee"), User("cust-2", "Bo Chan"), User("cust-3", "Bo Chan")])
    yield house
    await house.tasks.stop()
    assert house.failures == []


# What a row means


@pytest.mark.parametrize(
    ("name", "selection_id"),
    [
        (HOME, HOME),
        ("Harbor Pilots", HOME),
        ("harbor  PILOTS", HOME),
        ("Pilots", HOME),
        ("Herons", AWAY),
        ("Harbor Pilots -4.5", "home-id-4.5"),
        ("Pilots −3.50", "home-id-3.5"),
        ("herons 4½", "away-id-4.5"),
        ("Night Herons 3.5", "away-id-3.5"),
        ("Pilots moneyline", HOME),
    ],
)
async def test_a_selection_is_found_by_its_id_or_its_name(house: House, name: str, selection_id: str) -> None:
    judged = await house.row(f"{name};+150;10")
    assert judged.draft is not None, judged.objection
    assert judged.draft.selection_id == selection_id


async def test_a_name_without_a_number_is_never_one_with_a_number(house: House) -> None:
    house.session.emit([seeded(house.clock.monotonic() + 1, book(key=SPREADS[0]), groups=(line(SPREADS[0]),))])
    judged = await house.row("Pilots;+150;10")
    assert judged.draft is None
    assert judged.objection == "No selection is called Pilots: name its event too"


async def test_a_name_that_fits_several_is_told_with_three_of_them(house: House) -> None:
    for number in range(4):
        event_id = 30_000 + number
        house.session.emit([EventChanged(event(event_id)), all_markets(house.clock.monotonic(), event_id=event_id)])
    judged = await house.row("Harbor Pilots;+150;10")
    assert judged.draft is None
    assert judged.objection == (
        "5 selections are called so: Harbor Pilots, Moneyline, Game 19458; Harbor Pilots, Moneyline, Game 30000; "
        "Harbor Pilots, Moneyline, Game 30001; and 2 more. Name the event or the market too"
    )
    assert (await house.row("Game 30001;Harbor Pilots;+150;10")).draft is not None


async def test_of_several_in_one_event_the_plain_market_is_meant_and_any_by_its_name(house: House) -> None:
    half = _named(line(KEY._replace(market_id=300), "half-"), "First Half Moneyline")
    team = _named(line(KEY._replace(market_id=301), "team-"), "Night Herons Moneyline")
    groups = (line(KEY), half, team)
    house.session.emit([seeded(house.clock.monotonic() + 1, *map(_filled, groups), groups=groups)])
    for text, selection_id in (
        ("Pilots", HOME),
        ("Pilots moneyline", HOME),
        ("Pilots first half", f"half-{HOME}"),
        (";First Half Moneyline;Pilots", f"half-{HOME}"),
        ("Pilots Night Herons moneyline", f"team-{HOME}"),
    ):
        house.batch.clear()
        columns = "event;market;selection" if text.startswith(";") else "selection"
        await house.add(f"{columns};odds;stake", f"{text};+150;10")
        place = house.batch.judged[house.batch.rows[0].id].place
        assert place is not None, text
        assert place.selection.id == selection_id


async def test_of_two_markets_that_are_equally_plain_none_is_taken(house: House) -> None:
    groups = (_named(line(KEY), "Goals of Smith"), _named(line(KEY._replace(market_id=300), "half-"), "Goals of Jones"))
    house.session.emit([seeded(house.clock.monotonic() + 1, *map(_filled, groups), groups=groups)])
    judged = await house.row("Pilots;+150;10")
    assert judged.draft is None
    assert "Harbor Pilots, Goals of Smith, Game 19458; Harbor Pilots, Goals of Jones, Game 19458. Name the event" in judged.objection
    assert (await house.row("Pilots Jones;+150;10")).draft is not None


def _named(told: MarketGroup, name: str) -> MarketGroup:
    """The group under another name; its market keeps one of the venue's own."""
    return msgspec.structs.replace(told, name=name, markets=(msgspec.structs.replace(told.markets[0], name="Fixed thing"),))


async def test_an_event_that_is_read_later_makes_a_name_ambiguous(house: House) -> None:
    assert (await house.row("Harbor Pilots;+150;10")).is_good
    house.session.emit([EventChanged(event(OTHER)), all_markets(house.clock.monotonic(), event_id=OTHER)])
    await turn()
    assert house.objections()[0].startswith("2 selections are called so")
    assert house.batch.going() == ()


async def test_an_event_that_is_over_is_not_meant_where_another_is_not(house: House) -> None:
    house.session.emit([EventChanged(event(OTHER, "finished")), all_markets(house.clock.monotonic(), event_id=OTHER)])
    judged = await house.row("Harbor Pilots;+150;10")
    assert judged.draft is not None
    assert judged.draft.market.event_id == GAME


async def test_markets_on_the_shelf_are_found_and_then_read(house: House) -> None:
    house.session.emit([EventChanged(event(OTHER))])
    shelved = seeded(1.0, book(key=KEY._replace(event_id=OTHER)), event_id=OTHER)
    house.catalogue.put_by(msgspec.structs.replace(shelved, groups=(_renamed(shelved.groups[0]),)))
    judged = await house.row("Lone Wolves;+150;10")
    assert judged.place is not None
    assert judged.place.key.event_id == OTHER
    assert judged.code == "STALE", "nothing that is kept is traded on"
    assert OTHER in {topic.event_id for topic in house.wanted[-1].topics}


def _renamed(told: MarketGroup) -> MarketGroup:
    sides = (Selection("lone", "Lone Wolves", 4), Selection("far", "Far Ones", 5))
    return msgspec.structs.replace(told, markets=(msgspec.structs.replace(told.markets[0], selections=sides),))


async def test_an_event_that_was_not_read_is_named_and_read_on_demand(house: House) -> None:
    house.session.emit([EventChanged(event(OTHER))])
    judged = await house.row(f"Game {OTHER};Pilots;+150;10")
    assert judged.objection == f"The markets of Game {OTHER} have not been read yet: press Read markets"
    assert not house.wanted
    assert house.batch.read_markets() == 1
    assert OTHER in {topic.event_id for topic in house.wanted[-1].topics}
    house.session.emit([all_markets(house.clock.monotonic(), event_id=OTHER)])
    await turn()
    assert house.objections() == [""]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Game 99;Pilots;+150;10", "No event here is called Game 99"),
        ("Nobody;+150;10", "No selection is called Nobody: name its event too"),
        (f"Game {GAME};Nobody;+150;10", f"No selection on Game {GAME} is called Nobody"),
        (";+150;10", "Type a selection: its id or its name"),
        ("Harbor Pilots;1.5;10", "Odds are American: +150, -110 or ev"),
        ("Harbor Pilots;50;10", "Odds are American: +150, -110 or ev"),
        ("Harbor Pilots;+333;10", "its neighbours are +200 and +25000"),
        ("Harbor Pilots;+150;1,50", "A stake is digits and one point"),
        ("Harbor Pilots;+150;5000", "A stake of 5,000.00 is above the limit of 1,000.00 an order"),
    ],
)
async def test_each_row_that_cannot_go_has_one_sentence(house: House, text: str, words: str) -> None:
    judged = await house.row(text)
    assert not judged.is_good
    assert words in judged.objection


async def test_a_market_that_closes_is_told_without_an_edit(house: House) -> None:
    assert (await house.row("Harbor Pilots;+150;10")).is_good
    house.session.emit([seeded(house.clock.monotonic() + 1, book(), groups=(group(market(status="suspended")),))])
    await turn()
    assert house.objections() == ["The market is suspended"]


# Rows among each other


async def test_earlier_rows_count_for_later_ones(house: House) -> None:
    house.limit(selection=money(100))
    await house.add("Harbor Pilots;+150;60", "Night Herons;-170;60", "Harbor Pilots;+151;60", "Harbor Pilots;+152;40")
    assert house.objections() == ["", "", "120.00 would be at risk on this selection, above the limit of 100.00", ""]
    assert house.batch.totals == Totals(3, 1, 0, money(160), house.batch.totals.to_win)


async def test_judging_leaves_the_account_as_it_was(house: House) -> None:
    before = house.controls.risk_today, house.controls.in_flight, house.controls.sent_within(60), house.controls.ladder
    await house.add("Harbor Pilots;+150;60", "Night Herons;-170;60")
    assert (house.controls.risk_today, house.controls.in_flight, house.controls.sent_within(60), house.controls.ladder) == before


async def test_the_worst_loss_of_an_event_is_that_of_all_rows_on_it(house: House) -> None:
    house.limit(event=money(100))
    await house.add("Harbor Pilots;+150;60", "Night Herons;-170;60", "Pilots -4.5;+150;60")
    assert house.objections()[:2] == ["", ""]
    assert house.objections()[2] == "The worst result of this event would lose 120.00, above the limit of 100.00"


async def test_the_balance_is_spent_row_by_row(house: House) -> None:
    house.account.balance = msgspec.structs.replace(house.venue.money, cash=money(200))
    free = house.account.free
    assert free is not None
    await house.add(f"Harbor Pilots;+150;{free - 5}", "Night Herons;-170;10", "Night Herons;-170;5")
    assert [bool(words) for words in house.objections()] == [False, True, False]


async def test_the_same_order_twice_names_its_first_row(house: House) -> None:
    await house.add("Harbor Pilots;+150;10", "Night Herons;-170;10", f"{HOME};150;10.00")
    assert house.objections()[2] == "This is the same order as row 1: change its stake or remove it"
    house.batch.remove([house.batch.rows[0].id])
    await turn()
    assert house.objections() == ["", ""]


async def test_what_was_sent_is_not_sent_again_by_a_second_paste(house: House) -> None:
    await house.add("Harbor Pilots;+150;10")
    await house.send()
    house.clock.move(60)
    await house.add("Harbor Pilots;+150;10")
    assert house.batch.judged[house.batch.rows[1].id].objection.startswith("This is the same order as row 1")


async def test_the_book_is_shared_out_among_the_rows(house: House) -> None:
    await house.add("Harbor Pilots;+150;30", "Harbor Pilots;+149;30")
    matches = [house.batch.judged[row.id].match for row in house.batch.rows]
    assert [(one.fills, one.rests) for one in matches if one] == [(money(30), money(0)), (money(20), money(10))]


async def test_a_book_that_moves_is_met_at_most_four_times_a_second(house: House) -> None:
    await house.add("Harbor Pilots;+150;30")
    told: list[object] = []
    house.batch.changed.connect(lambda: told.append(house.batch.judged[house.batch.rows[0].id].best))
    began = house.clock.seconds
    for number in range(1, 101):
        house.session.emit([BookChanged(book(home=100 + number, sequence=number))])
        house.prices.take_dirty()
        await turn(1)
    await turn()
    assert told[-1] == from_american(200)
    assert len(told) <= 1 + (house.clock.seconds - began) / 0.25


async def test_an_edit_is_judged_at_once_and_ends_what_was_insisted_on(house: House) -> None:
    house.controls.last_stake = money(1)
    await house.add("Harbor Pilots;+150;10")
    assert house.objections() == ["10.00 is 10 times the last stake of 1.00"]
    house.batch.insist(is_on=True)
    await turn()
    assert house.objections() == [""]
    assert house.batch.edit(house.batch.rows[0].id, "stake", " 20 ")
    await turn()
    assert house.batch.rows[0].stake == "20"
    assert house.objections() == ["20.00 is 20 times the last stake of 1.00"]


async def test_a_row_is_spread_over_neighbouring_prices(house: House) -> None:
    await house.add("Harbor Pilots;+150;10", "Night Herons;-170;5")
    assert house.batch.spread(house.batch.rows[0].id, 3) == "The row is 3 rows now, from +150 to +152"
    await turn()
    assert [(row.odds, row.stake) for row in house.batch.rows] == [("+150", "3.34"), ("+151", "3.33"), ("+152", "3.33"), ("-170", "5")]
    assert house.objections() == ["", "", "", ""]
    assert house.batch.spread(house.batch.rows[0].id, 1000).startswith("The ladder ends")


async def test_what_was_insisted_on_counts_only_while_its_words_are_the_same(house: House) -> None:
    house.venue.troubles["place"] = [UnknownError("No answer within 5 s")] * 2
    await house.trading.place(draft(stake="9"))
    await house.add("Harbor Pilots;+150;10")
    assert house.objections() == ["9.00 on this selection is in an order of unknown outcome: this would come on top"]
    house.batch.insist(is_on=True)
    await turn()
    assert house.objections() == [""]
    house.clock.move(5)
    await house.trading.place(draft(stake="8"), frozenset({"UNKNOWN"}))
    house.batch.look()
    await turn()
    assert house.objections() == ["17.00 on this selection is in an order of unknown outcome: this would come on top"]


async def test_what_is_insisted_on_for_a_row_is_insisted_on_for_no_other(house: House) -> None:
    house.controls.last_stake = money(1)
    await house.add("Harbor Pilots;+150;10", "Night Herons;-170;2")
    house.batch.insist(is_on=True)
    await turn()
    assert [one.confirmed for one in house.batch.going()] == [frozenset({"LEAP"}), frozenset()]
    await house.send()
    assert house.venue.sizes == [1, 1], "a request has one way"


# Users


async def test_a_row_without_a_user_or_with_one_that_cannot_be_is_told(omnibus: House) -> None:
    await omnibus.add("user;selection;odds;stake", ";Pilots;+150;10", "two words;Pilots;+150;10", "cust-1;Pilots;+150;10")
    assert omnibus.objections()[0] == "Type for whom this order is: the external user id"
    assert "without blanks" in omnibus.objections()[1]
    assert omnibus.batch.totals.users[0].user == "cust-1"


async def test_a_users_name_stands_for_the_id_where_only_one_has_it(omnibus: House) -> None:
    await omnibus.add("ann lee;Pilots;+150;10", "Bo Chan;Pilots;+150;10")
    known = omnibus.batch.judged[omnibus.batch.rows[0].id].draft
    assert known is not None
    assert known.external_user == "cust-1"
    assert omnibus.objections()[1] == "2 users are called Bo Chan: type the id, as cust-2 or cust-3"


async def test_a_user_is_named_in_a_row_as_in_the_ticket(omnibus: House) -> None:
    await omnibus.add("bo chan (cust-3);Pilots;+150;10")
    assert omnibus.batch.totals.users[0].user == "cust-3"


async def test_an_id_with_orders_that_is_also_anothers_name_is_read_as_neither(omnibus: House) -> None:
    omnibus.desk.users.put([User("cust-12", "sam")])
    omnibus.desk.users.note_used("sam")
    await omnibus.add("sam;Pilots;+150;10")
    assert omnibus.objections() == ["sam is an id and also the name of cust-12: type cust-12, or put sam on the list of users"]


async def test_the_same_order_for_another_user_is_another_order(omnibus: House) -> None:
    await omnibus.add("cust-1;Pilots;+150;10", "cust-2;Pilots;+150;10")
    assert omnibus.objections() == ["", ""]


async def test_a_new_user_is_told_and_may_be_insisted_on(omnibus: House) -> None:
    await omnibus.add("cust-9;Pilots;+150;10")
    judged = omnibus.batch.judged[omnibus.batch.rows[0].id]
    assert (judged.code, judged.may_confirm, judged.is_new_user) == ("USER_NEW", True, True)
    omnibus.batch.insist(is_on=True)
    await turn()
    await omnibus.send()
    assert [sent.external_user for _, sent in _drafts(omnibus)] == ["cust-9"]


async def test_a_users_limit_is_shared_by_the_rows_for_that_user_only(omnibus: House) -> None:
    omnibus.limit(user=money(100), user_day=money(100), user_event=money(1000))
    await omnibus.add("cust-1;Pilots;+150;60", "cust-2;Pilots;+150;60", "cust-1;Herons;-170;60")
    assert omnibus.objections()[:2] == ["", ""]
    assert "Ann Lee (cust-1), above the limit of 100.00" in omnibus.objections()[2]


async def test_a_users_worst_loss_on_an_event_counts_the_rows_before(omnibus: House) -> None:
    omnibus.limit(user_event=money(100))
    await omnibus.add("cust-1;Pilots;+150;60", "cust-2;Pilots -4.5;+150;60", "cust-1;Pilots -4.5;+150;60")
    assert omnibus.objections()[:2] == ["", ""]
    assert omnibus.objections()[2].startswith("The worst result of this event would lose 120.00 for Ann Lee (cust-1)")


async def test_an_account_without_users_takes_none(house: House) -> None:
    await house.add("user;selection;odds;stake", "cust-1;Pilots;+150;10")
    assert house.objections() == ["This account has no external users: leave the user empty"]


# Sending


def stakes(count: int) -> list[str]:
    return [f"Harbor Pilots;+150;{1 + number / 100:.2f}" for number in range(count)]


async def test_only_the_good_rows_are_sent_and_each_has_its_order(house: House) -> None:
    await house.add("Harbor Pilots;+150;10", "Nobody;+150;10", "Night Herons;-170;5")
    await house.send()
    assert [(sent.selection_id, sent.stake) for _, sent in _drafts(house)] == [(HOME, money(10)), (AWAY, money(5))]
    orders = [house.batch.order(row.id) for row in house.batch.rows]
    assert [order and order.state for order in orders] == [OrderState.OPEN, None, OrderState.OPEN]
    assert house.batch.sending.words == "All 2 rows were sent"
    assert house.batch.totals.sent == 2


def _drafts(house: House) -> list[Any]:
    return house.venue.asked("place")


async def test_rows_beyond_the_rate_wait_and_none_of_them_fails(house: House) -> None:
    await house.add(*stakes(50))
    assert house.objections() == [""] * 50
    began = house.clock.seconds
    times: list[tuple[float, int]] = []
    house.batch.changed.connect(lambda: times.append((house.clock.seconds - began, len(house.batch.refs))))
    await house.send()
    assert len(_drafts(house)) == 50
    assert house.batch.denials == {}
    reached = {count: min(at for at, sent in times if sent >= count) for count in (20, 40, 50)}
    assert reached[20] < 1
    assert 10 <= reached[40] < 11
    assert 20 <= reached[50] < 21


async def test_the_rate_of_a_minute_is_waited_for_too_and_counted_down(house: House) -> None:
    await house.add(*stakes(70))
    began = house.clock.seconds
    told: list[float] = []
    house.batch.changed.connect(lambda: told.append(house.batch.sending.resumes_in))
    await house.send()
    assert len(_drafts(house)) == 70
    assert house.clock.seconds - began >= 60
    assert max(told) > 35
    assert all(later < earlier or earlier == 0 for earlier, later in pairwise(told) if later > 0)


async def test_a_smaller_limit_makes_smaller_batches(house: House) -> None:
    house.limit(orders_in_ten_seconds=3)
    await house.add(*stakes(7))
    began = house.clock.seconds
    await house.send()
    assert len(_drafts(house)) == 7
    assert 20 <= house.clock.seconds - began < 21


async def test_orders_that_were_sent_by_hand_count_for_the_rate(house: House) -> None:
    house.limit(orders_in_ten_seconds=5)
    await house.trading.place(draft(stake="9"))
    await house.add(*stakes(5))
    began = house.clock.seconds
    await house.send()
    assert len(_drafts(house)) == 6
    assert 10 <= house.clock.seconds - began < 11


async def test_a_request_never_holds_more_than_the_venue_takes(house: House) -> None:
    house.limit(**RATES)
    await house.add(*stakes(45))
    await house.send()
    assert house.venue.sizes == [20, 20, 5]


async def test_a_pause_that_the_venue_asks_for_is_waited_for(house: House) -> None:
    await house.add(*stakes(2))
    house.controls.pause_for(7)
    began = house.clock.seconds
    await house.send()
    assert len(_drafts(house)) == 2
    assert house.clock.seconds - began >= 7


async def test_an_empty_budget_of_requests_is_waited_for(house: House) -> None:
    await house.add(*stakes(2))
    house.requests_left = 0
    looks: list[bool] = []

    def fill() -> None:
        looks.append(house.batch.sending.resumes_in > 0)
        if len(looks) > 4:
            house.requests_left = 40

    house.batch.changed.connect(fill)
    await house.send()
    assert len(_drafts(house)) == 2


async def test_stop_leaves_the_rest_to_be_sent_later(house: House) -> None:
    await house.add(*stakes(50))
    house.batch.changed.connect(lambda: house.batch.sending.stop() if len(house.batch.refs) >= 20 else None)
    await house.send()
    assert len(_drafts(house)) == 20
    assert house.batch.sending.words == "Stopped after 20 of 50 rows. The others are still to be sent"
    assert len(house.batch.going()) == 30


@pytest.mark.parametrize(("what", "words"), [("halt", "Orders are halted: enough"), ("off", "Trading is off")])
async def test_a_halt_in_the_middle_ends_it_and_costs_no_row(house: House, what: str, words: str) -> None:
    await house.add(*stakes(50))

    def end() -> None:
        if len(house.batch.refs) >= 20:
            house.journal.halt = "enough" if what == "halt" else ""
            house.controls.is_on = what == "halt"

    house.batch.changed.connect(end)
    await house.send()
    assert len(_drafts(house)) == 20
    assert house.batch.sending.words.startswith(f"Stopped after 20 of 50 rows: {words}")
    assert house.batch.denials == {}
    assert len(house.batch.rows) == 50


async def test_a_rule_that_says_no_at_the_last_moment_stops_its_row_only(house: House) -> None:
    await house.add("Harbor Pilots;+150;60", "Night Herons;-170;10")
    going = house.batch.going()
    house.limit(stake=money(50))
    await house.batch.send(going)
    await turn()
    assert [sent.selection_id for _, sent in _drafts(house)] == [AWAY]
    assert "above the limit of 50.00" in house.batch.denials[house.batch.rows[0].id]
    assert house.batch.sending.words == "1 of 2 rows were sent; the others were not, each row says why"


async def test_rows_of_a_batch_are_not_compared_with_each_others_stakes(house: House) -> None:
    house.limit(orders_in_ten_seconds=1)
    await house.add("Harbor Pilots;+150;1", "Harbor Pilots;+150;500")
    await house.send()
    assert len(_drafts(house)) == 2


async def test_a_selection_that_was_renamed_while_its_row_waited_is_not_sent(house: House) -> None:
    house.limit(orders_in_ten_seconds=1)
    await house.add("Night Herons;-170;1", f"{HOME};+150;1")

    def rename() -> None:
        if house.batch.refs:
            told = market()
            sides = (Selection(HOME, "Somebody Else", 4), told.selections[1])
            changed = group(msgspec.structs.replace(told, selections=sides))
            house.catalogue.apply(seeded(house.clock.monotonic() + 1, groups=(changed,)))

    house.batch.changed.connect(rename)
    await house.send()
    assert [sent.selection_id for _, sent in _drafts(house)] == [AWAY]
    assert house.batch.denials[house.batch.rows[1].id] == "This selection is Somebody Else now"


async def test_nothing_is_sent_twice_by_two_wishes_at_once(house: House) -> None:
    await house.add(*stakes(3))
    going = house.batch.going()
    house.tasks.start(house.batch.send(going))
    await house.batch.send(going)
    await turn()
    assert len(_drafts(house)) == 3


async def test_while_it_runs_rows_that_wait_are_not_edited_and_not_removed(house: House) -> None:
    await house.add(*stakes(30))
    seen: list[tuple[bool, int]] = []

    def meddle() -> None:
        if house.batch.sending.resumes_in > 0 and not seen:
            last = house.batch.rows[-1].id
            seen.append((house.batch.edit(last, "stake", "99"), len(house.batch.rows)))
            house.batch.clear()
            seen.append((house.batch.may_edit(last), len(house.batch.rows)))

    house.batch.changed.connect(meddle)
    await house.send()
    assert seen[0][0] is False
    assert seen[1] == (False, 10), "the sent ones went, the waiting ones stayed"
    assert len(_drafts(house)) == 30


async def test_rows_whose_sending_was_broken_off_are_unknown_and_never_sent_again(house: House) -> None:
    house.venue.gates["place"] = asyncio.Event()
    await house.add(*stakes(2))
    sending = house.tasks.start(house.batch.send(house.batch.going()))
    await turn()
    sending.cancel()
    await turn()
    assert house.batch.lost == {row.id for row in house.batch.rows}
    assert house.batch.going() == ()
    assert not house.batch.edit(house.batch.rows[0].id, "stake", "5")
    assert [order.state for order in house.blotter.orders.values()] == [OrderState.UNKNOWN] * 2
    house.batch.clear()
    assert house.batch.rows == []


# Afterwards


async def test_cancel_all_of_the_batch_takes_its_orders_and_no_other(house: House) -> None:
    other = await house.trading.place(draft(stake="9"))
    await house.add(*stakes(3))
    await house.send()
    await house.batch.cancel_all()
    asked = [pair[0] for call in house.venue.asked("cancel_many") for pair in call if isinstance(pair, tuple)]
    assert sorted(asked) == sorted(house.batch.refs.values())
    assert other.ref not in asked


async def put_in_its_place(house: House, ref: str) -> str:
    """A guard moves an order: another one stands for it."""
    await house.trading.cancel(ref)
    order = await house.trading.place(draft(151, "1"))
    for heard in house.desk.guards.moved:
        heard(ref, order.ref)
    return order.ref


async def test_an_order_that_a_guard_put_in_the_place_of_a_rows_is_the_rows_and_is_cancelled_with_the_batch(house: House) -> None:
    await house.add(*stakes(2))
    await house.send()
    first, second = house.batch.refs
    house.clock.move(60)
    new_ref = await put_in_its_place(house, house.batch.refs[first])
    order = house.batch.order(first)
    assert order is not None
    assert order.ref == new_ref
    await house.batch.cancel_all()
    [asked] = house.venue.asked("cancel_many")
    assert {pair[0] for pair in asked if isinstance(pair, tuple)} == {new_ref, house.batch.refs[second]}


async def test_a_row_whose_order_a_guard_moved_is_never_made_a_row_again(house: House) -> None:
    """Some of its stake may have matched under the first order."""
    await house.add("Harbor Pilots;+150;10")
    await house.send()
    row = house.batch.rows[0].id
    house.clock.move(60)
    house.venue.troubles["place"] = [NotSentError("The venue cannot be reached")]
    await put_in_its_place(house, house.batch.refs[row])
    assert not house.batch.may_go_again(row)


async def test_cancelling_while_it_runs_stops_it_first(house: House) -> None:
    await house.add(*stakes(50))
    started: list[object] = []

    def cancel() -> None:
        if len(house.batch.refs) >= 20 and not started:
            started.append(house.tasks.start(house.batch.cancel_all()))

    house.batch.changed.connect(cancel)
    await house.send()
    await turn(200)
    assert len(_drafts(house)) == 20


async def test_a_row_that_never_reached_the_venue_may_be_sent_again_as_a_new_order(house: House) -> None:
    house.venue.troubles["place"] = [NotSentError("The venue cannot be reached")]
    await house.add("Harbor Pilots;+150;10")
    await house.send()
    row = house.batch.rows[0].id
    assert house.batch.may_go_again(row)
    assert house.batch.put_back([row]) == 1
    house.clock.move(5)
    await turn()
    await house.send()
    order = house.batch.order(row)
    assert order is not None
    assert order.state is OrderState.OPEN


async def test_removing_the_sent_rows_leaves_those_that_the_venue_never_got_or_refused(house: House) -> None:
    house.venue.troubles["place"] = [NotSentError("The venue cannot be reached"), RefusedError("No", status=400, code="bad")]
    await house.add(*stakes(3))
    await house.send()
    offline, refused, _ = [row.id for row in house.batch.rows]
    house.batch.clear_sent()
    assert [row.id for row in house.batch.rows] == [offline, refused]
    assert house.batch.put_back([offline, refused]) == 2


async def test_a_row_that_may_have_been_placed_goes_with_the_sent_ones(house: House) -> None:
    house.venue.troubles["place"] = [UnknownError("No answer within 5 s")]
    await house.add(*stakes(1))
    await house.send()
    house.batch.clear_sent()
    assert house.batch.rows == []


async def test_a_row_of_unknown_outcome_is_never_sent_again(house: House) -> None:
    house.venue.troubles["place"] = [UnknownError("No answer within 5 s")]
    await house.add("Harbor Pilots;+150;10")
    await house.send()
    row = house.batch.rows[0].id
    assert not house.batch.may_go_again(row)
    assert house.batch.put_back([row]) == 0
    assert house.batch.going() == ()


async def test_rows_are_added_below_and_never_beyond_what_may_stand_there(house: House) -> None:
    assert await house.add(*stakes(2)) == "2 rows were added"
    assert await house.add("a,b,c,d,e,f,g") == (
        "Nothing was added: Line 1 has 7 columns: at most 5 are known, in this order: event, market, selection, odds, stake"
    )
    assert await house.add(*stakes(1999)) == "Nothing was added: 2,001 rows would stand here, and at most 2,000 may"
    assert len(house.batch.rows) == 2


async def test_what_is_wanted_ends_with_the_rows(house: House) -> None:
    await house.add("Harbor Pilots;+150;10")
    assert GAME in {topic.event_id for topic in house.wanted[-1].topics}
    house.batch.clear()
    await turn()
    assert GAME not in {topic.event_id for topic in house.wanted[-1].topics}


async def test_a_row_on_a_players_market_wants_the_channel_that_it_comes_by(house: House) -> None:
    told = _named(line(KEY._replace(market_id=300), "prop-"), "Points of Smith")
    prop = msgspec.structs.replace(told.markets[0], is_prop=True, sub_type="player_points")
    props = msgspec.structs.replace(told, markets=(prop,), is_prop=True, sub_type="player_points")
    house.session.emit([seeded(house.clock.monotonic() + 1, _filled(props), groups=(props,))])
    await house.add("Pilots;+150;10")
    assert Topic(GAME, "player_points") in house.wanted[-1].topics
