"""Finding at the venue: what is asked while a person types, what is shown, and where orders without a market belong."""

from __future__ import annotations

import asyncio

import pytest

from app.domain.errors import NotSentError, RefusedError, UnknownError
from app.domain.market import FoundMarket, Player, StrikePlace
from app.domain.offer import Offer
from app.services.finding import PAUSE, PLAYERS_KEPT, STRIKES, MarketFinder, Whereabouts, place_of
from tests.services.fakes import GAME, HOME, SPREAD, Desk, book, event, report, turn


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.ready()
    desk.venue.found = [
        FoundMarket(7, "Zephyrs at Owls", 3, "Total"),
        FoundMarket(5, "Owls at Foxes", 9, "Points - Ann Bell", player_id=44),
    ]
    desk.venue.known_players = [Player(44, "Ann Bell"), Player(45, "Cid Dorn", 5), Player(46, "Ann Dorn", 6)]
    return desk


@pytest.fixture
def finder(desk: Desk) -> MarketFinder:
    return MarketFinder(desk.venue, desk.catalogue, desk.notices, clock=desk.clock.monotonic, sleep=desk.sleep)


async def test_the_venue_is_asked_once_nobody_types_any_more(desk: Desk, finder: MarketFinder) -> None:
    typing = asyncio.create_task(finder.find("an"))
    await asyncio.sleep(0)
    await finder.find("ann")
    await typing
    assert (desk.venue.asked("search_markets"), finder.words) == ([("ann",)], "ann")
    assert set(desk.naps) == {PAUSE}


async def test_one_request_is_out_at_a_time_and_an_old_answer_is_not_shown(desk: Desk, finder: MarketFinder) -> None:
    desk.venue.gates["search_markets"] = asyncio.Event()
    first = asyncio.create_task(finder.find("owls"))
    await turn()
    await finder.find("ann bell")
    shown: list[str] = []
    finder.changed.connect(lambda: shown.append(finder.words))
    assert desk.venue.asked("search_markets") == [("owls",)]
    desk.venue.gates["search_markets"].set()
    await first
    assert desk.venue.asked("search_markets") == [("owls",), ("ann bell",)]
    assert "owls" not in shown


async def test_markets_stand_by_event_and_players_by_name(finder: MarketFinder) -> None:
    await finder.find("  ANN ")
    assert [market.event_name for market in finder.markets] == ["Owls at Foxes", "Zephyrs at Owls"]
    assert [player.name for player in finder.players] == ["Ann Bell", "Ann Dorn"]
    assert not finder.is_searching


async def test_a_player_without_an_event_opens_the_one_of_his_market(finder: MarketFinder) -> None:
    await finder.find("bell")
    assert [player.event_id for player in finder.players] == [5]


@pytest.mark.parametrize("words", ["", "   ", "a"])
async def test_words_that_are_too_short_ask_nothing_and_put_the_results_away(desk: Desk, finder: MarketFinder, words: str) -> None:
    await finder.find("ann")
    await finder.find(words)
    assert (finder.markets, finder.players, len(desk.venue.asked("search_markets"))) == ((), (), 1)


async def test_the_same_words_are_not_asked_again(desk: Desk, finder: MarketFinder) -> None:
    await finder.find("ann")
    await finder.find("Ann ")
    assert len(desk.venue.asked("search_markets")) == 1


async def test_a_search_that_failed_is_said_and_asked_again(desk: Desk, finder: MarketFinder) -> None:
    await finder.find("owls")
    desk.venue.troubles["search_markets"] = [UnknownError("No answer within 5 s")]
    await finder.find("ann")
    assert (finder.markets, finder.trouble) == ((), "Markets were not searched: No answer within 5 s")
    assert [player.name for player in finder.players] == ["Ann Bell", "Ann Dorn"]
    await finder.find("ann")
    assert (len(finder.markets), finder.trouble) == (2, "")


async def test_players_are_read_now_and_then_only(desk: Desk, finder: MarketFinder) -> None:
    await finder.find("ann")
    await finder.find("bell")
    assert len(desk.venue.asked("players")) == 1
    desk.clock.move(PLAYERS_KEPT + 1)
    await finder.find("dorn")
    assert len(desk.venue.asked("players")) == 2


async def test_without_the_players_the_markets_are_shown(desk: Desk, finder: MarketFinder) -> None:
    desk.venue.troubles["players"] = [RefusedError("unknown path", status=404)]
    await finder.find("ann")
    assert (len(finder.markets), finder.trouble) == (2, "Players were not read: unknown path")


async def test_an_event_that_is_not_listed_is_brought_in_once(desk: Desk, finder: MarketFinder) -> None:
    desk.venue.games[99] = [event(77, tournament_id=99)]
    await finder.bring(77)
    await finder.bring(77)
    assert (desk.catalogue.events[77].name, desk.venue.asked("events_by_id")) == ("Game 77", [(77,)])


async def test_an_event_that_cannot_be_read_is_said(desk: Desk, finder: MarketFinder) -> None:
    desk.venue.troubles["events_by_id"] = [NotSentError("offline")]
    await finder.bring(77)
    assert desk.words[-1] == "Reading event 77: offline"


# Where a selection belongs


async def test_ids_are_asked_for_in_batches_and_each_once(desk: Desk) -> None:
    ids = [f"id-{number:02}" for number in range(STRIKES + 5)]
    desk.venue.places = {one: StrikePlace(one, 5, 9) for one in ids[1:]}
    found = await place_of(desk.venue, [*ids, *ids, ""])
    assert [len(batch) for batch in desk.venue.asked("strikes")] == [STRIKES, 5]
    assert sorted(found) == ids[1:]


async def test_one_odd_id_does_not_take_the_others_with_it(desk: Desk) -> None:
    ids = ["a", "b", "odd", "z"]
    desk.venue.places = {one: StrikePlace(one, 5, 9) for one in ids}

    async def strict(asked: list[str]) -> list[StrikePlace]:
        if "odd" in asked:
            raise RefusedError("no such form of id", code="strike_id_invalid", status=400)
        return [desk.venue.places[one] for one in asked]

    desk.venue.strikes = strict  # type: ignore[method-assign, assignment]
    assert sorted(await place_of(desk.venue, ids)) == ["a", "b", "z"]


async def test_a_venue_without_such_a_call_is_asked_once(desk: Desk) -> None:
    desk.venue.troubles["strikes"] = [RefusedError("no such path", status=404) for _ in range(4)]
    assert await place_of(desk.venue, ["a", "b", "c"]) == {}
    assert len(desk.venue.asked("strikes")) == 1


def lost(desk: Desk, selection_id: str = HOME) -> str:
    """An order that the venue told of without saying what it is on; its reference."""
    return desk.blotter.apply(report("theirs", order_id="v-9", event_id=0, market_id=0, selection_id=selection_id)).ref


def whereabouts(desk: Desk) -> Whereabouts:
    return Whereabouts(desk.venue, desk.blotter, desk.catalogue, desk.notices)


async def read(desk: Desk, event_id: int) -> None:
    desk.session.emit([await desk.venue.markets(event_id)])


async def test_an_order_without_a_market_is_put_where_its_selection_belongs_and_named(desk: Desk) -> None:
    ref = lost(desk)
    desk.venue.books[GAME] = (book(key=SPREAD),)
    desk.venue.places = {HOME: StrikePlace(HOME, GAME, SPREAD.market_id)}
    await whereabouts(desk).look(lambda event_id: read(desk, event_id))
    order = desk.blotter.orders[ref]
    assert (order.draft.market, order.draft.event_name, order.draft.selection_name) == (SPREAD, "Game 19458", "Harbor Pilots")
    assert order.status == "open"
    assert desk.blotter.of_market(SPREAD) == [order]


async def test_an_order_with_a_market_is_not_asked_for(desk: Desk) -> None:
    desk.blotter.apply(report("theirs", order_id="v-9", event_id=5))
    await whereabouts(desk).look(lambda event_id: read(desk, event_id))
    assert desk.venue.asked("strikes") == []


async def test_where_the_venue_cannot_say_what_a_selection_belongs_to_it_is_not_asked(desk: Desk) -> None:
    lost(desk)
    desk.venue.offers -= {Offer.STRIKES}
    await whereabouts(desk).look(lambda event_id: read(desk, event_id))
    assert desk.venue.asked("strikes") == []


async def test_what_the_venue_does_not_know_is_not_asked_again(desk: Desk) -> None:
    lost(desk)
    finding = whereabouts(desk)
    await finding.look(lambda event_id: read(desk, event_id))
    await finding.look(lambda event_id: read(desk, event_id))
    assert len(desk.venue.asked("strikes")) == 1


async def test_a_failure_is_said_and_it_is_asked_again(desk: Desk) -> None:
    ref = lost(desk)
    finding = whereabouts(desk)
    desk.venue.places = {HOME: StrikePlace(HOME, GAME, 219)}
    desk.venue.troubles["strikes"] = [UnknownError("No answer within 5 s")]
    await finding.look(lambda event_id: read(desk, event_id))
    assert desk.words[-1] == "Looking up what 1 orders are on: No answer within 5 s"
    await finding.look(lambda event_id: read(desk, event_id))
    assert desk.blotter.orders[ref].draft.market.event_id == GAME


async def test_the_start_finds_what_orders_of_the_venues_record_are_on(desk: Desk) -> None:
    desk.venue.rows = [report("theirs", order_id="v-9", event_id=0, market_id=0)]
    desk.venue.places = {HOME: StrikePlace(HOME, GAME, 219)}
    await desk.session.read_orders()
    (order,) = desk.blotter.live()
    assert (order.draft.market.event_id, order.draft.selection_name) == (GAME, "Harbor Pilots")
    assert (0,) not in desk.venue.asked("markets")


async def test_an_order_that_belongs_nowhere_is_not_followed_and_its_markets_are_not_asked_for(desk: Desk) -> None:
    desk.venue.rows = [report("theirs", order_id="v-9", event_id=0, market_id=0)]
    await desk.session.read_orders()
    assert len(desk.blotter.live()) == 1
    assert all(topic.event_id for wanted in desk.wanted for topic in wanted.topics)
    assert (0,) not in desk.venue.asked("markets")


async def test_where_the_venue_has_no_search_nothing_is_asked_and_nothing_is_said_to_have_failed(desk: Desk, finder: MarketFinder) -> None:
    desk.venue.offers -= {Offer.SEARCH}
    await finder.find("ann")
    assert (finder.words, finder.trouble, finder.markets, finder.is_searching) == ("ann", "", (), False)
    assert not desk.venue.asked("search_markets")
    assert not desk.venue.asked("players")


async def test_a_player_without_an_event_is_asked_for(desk: Desk) -> None:
    desk.venue.homes[45] = Player(45, "Bo Dorn", GAME)
    assert await desk.desk.finder.home_of(45) == GAME
    desk.venue.troubles["player"] = [RefusedError("data_not_found", status=404)]
    assert await desk.desk.finder.home_of(45) == 0
    assert "Reading where the player is: data_not_found" in desk.words
