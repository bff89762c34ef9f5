"""What is read when nobody asks for it: in which order, how far, and what a failure changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta

import pytest

from app.domain.errors import NotSentError, RefusedError, UnknownError, VenueError
from app.domain.events import BookChanged, EventChanged, MarketStatusChanged, StreamDown, StreamUp, TournamentChanged
from app.domain.link import Rank
from app.domain.market import Event, Listing, MarketKey, Sport, Tournament
from app.services.catalogue import LEAVING, Loading
from app.services.seeding import GIVEN_UP, LONGEST, PACE, RETRY, Progress
from app.services.session import LOOKED_AT
from app.services.stars import MOST, Stars
from app.services.together import TOGETHER
from tests.services.fakes import GAME, HOME, KEY, NOON, Desk, book, event, group, market, seeded, settle, tournament, turn


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    yield desk
    await desk.tasks.stop()
    assert desk.failures == []


def list_leagues(desk: Desk, leagues: int, games: int) -> None:
    """So many tournaments with so many events each, ids 100 x tournament + n, a market with two selections in each."""
    desk.venue.listed = [tournament(one) for one in range(1, leagues + 1)]
    desk.venue.games = {one: [event(100 * one + place, tournament_id=one) for place in range(games)] for one in range(1, leagues + 1)}
    desk.venue.books = {game.id: (book(key=MarketKey(game.id, 219, KEY.strike)),) for games in desk.venue.games.values() for game in games}


def answer_by_id(desk: Desk, *events: Event) -> None:
    """The venue has these, whatever it lists."""
    inner = type(desk.venue).events_by_id

    async def events_by_id(event_ids: Iterable[int]) -> list[Event]:
        wanted = list(event_ids)
        await inner(desk.venue, wanted)
        return [one for one in events if one.id in wanted]

    desk.venue.events_by_id = events_by_id  # type: ignore[method-assign]


def refuse_for_ever(desk: Desk, refused: int) -> None:
    inner = type(desk.venue).events

    async def events(tournament_id: int, rank: Rank = Rank.ROUTINE) -> list[Event]:
        found = await inner(desk.venue, tournament_id, rank)
        if tournament_id == refused:
            raise RefusedError("no such tournament", status=404)
        return found

    desk.venue.events = events  # type: ignore[method-assign]


async def seed(desk: Desk) -> None:
    await desk.catalogue.read_tournaments()
    desk.desk.seeder.start()


def read_events(desk: Desk) -> list[int]:
    return [int(str(call[0])) for call in desk.venue.asked("events")]


def read_markets(desk: Desk) -> list[list[int]]:
    return [[int(str(one)) for one in call] for call in desk.venue.asked("multiple_markets")]


async def all_read(desk: Desk) -> None:
    await settle(lambda: desk.desk.seeder.progress.is_done, 5000)


# The order


async def test_the_first_league_of_the_tree_is_read_first_and_the_others_by_their_starts(desk: Desk) -> None:
    late, soon = event(301, tournament_id=3, start=NOON + timedelta(hours=5)), event(201, tournament_id=2, start=NOON)
    desk.venue.listed = [
        Tournament(9, "Last", Sport(1, "Tennis")),
        tournament(3),
        tournament(2),
        Tournament(1, "First", Sport(1, "Aikido")),
    ]
    desk.venue.games = {3: [late], 2: [soon]}
    desk.session.emit([EventChanged(late), EventChanged(soon)])
    await seed(desk)
    await all_read(desk)
    assert read_events(desk) == [1, 2, 3, 9]


async def test_what_is_live_is_read_before_what_starts_soon(desk: Desk) -> None:
    list_leagues(desk, 4, 0)
    desk.session.emit([EventChanged(event(300, tournament_id=3)), EventChanged(event(400, "live", 4, NOON + timedelta(hours=9)))])
    await seed(desk)
    await settle(lambda: len(read_events(desk)) == 4)
    assert read_events(desk) == [1, 4, 3, 2]


async def test_a_starred_event_draws_its_league_to_the_front(desk: Desk) -> None:
    list_leagues(desk, 3, 1)
    desk.session.emit([EventChanged(event(200, "live", 2)), EventChanged(event(300, tournament_id=3))])
    desk.desk.stars.toggle(300)
    await seed(desk)
    await all_read(desk)
    assert read_events(desk) == [1, 3, 2]


async def test_a_league_that_a_person_opens_is_read_at_once_beside_the_seeding(desk: Desk) -> None:
    list_leagues(desk, 5, 1)
    desk.venue.gates["events"] = asyncio.Event()
    await seed(desk)
    await settle(lambda: read_events(desk) == [1])
    desk.session.expand(4)
    await settle(lambda: read_events(desk) == [1, 4])
    assert desk.venue.ranks[-1] is Rank.SCREEN
    assert desk.venue.ranks[0] is Rank.SEEDING
    desk.venue.gates["events"].set()
    await all_read(desk)
    assert sorted(read_events(desk)) == [1, 2, 3, 4, 5]


async def test_markets_are_read_by_fifties_while_events_still_come(desk: Desk) -> None:
    list_leagues(desk, 3, 60)
    await seed(desk)
    await all_read(desk)
    batches = read_markets(desk)
    assert max(map(len, batches)) <= TOGETHER
    assert sorted(one for batch in batches for one in batch) == sorted(desk.venue.books)
    order = [str(call[0]) for call in desk.venue.calls]
    assert order.index("multiple_markets") < len(order) - 1 - order[::-1].index("events")


async def test_starred_and_live_events_have_their_markets_read_first(desk: Desk) -> None:
    list_leagues(desk, 1, 6)
    desk.venue.games[1][4] = event(104, "live", 1, NOON + timedelta(hours=3))
    desk.venue.games[1][2] = event(102, tournament_id=1, start=NOON - timedelta(hours=1))
    desk.desk.stars.toggle(105)
    await seed(desk)
    await all_read(desk)
    assert read_markets(desk)[0] == [105], "the watch list reads its own"
    assert read_markets(desk)[1][:3] == [105, 104, 102]


async def test_an_event_that_is_looked_at_is_left_to_its_own_reading(desk: Desk) -> None:
    desk.session.emit([EventChanged(event()), seeded(1.0, book())])
    desk.venue.games[31] = [event(), event(500)]
    await seed(desk)
    await all_read(desk)
    assert read_markets(desk) == [[500]]


# How far


async def test_beyond_the_room_nothing_is_read_but_what_is_looked_at(desk: Desk) -> None:
    list_leagues(desk, 2, 60)
    desk.desk.seeder.room = 110
    await seed(desk)
    await settle(lambda: desk.desk.seeder.is_full, 3000)
    await turn()
    assert desk.catalogue.selection_count <= 110 + 2
    assert desk.desk.seeder.progress.is_full
    assert desk.desk.seeder.progress.is_done
    desk.session.open_event(next(iter(desk.catalogue.unread)))
    await settle(lambda: desk.session.open_event_id in desk.catalogue.groups)


async def test_room_that_becomes_free_is_used(desk: Desk) -> None:
    list_leagues(desk, 1, 60)
    desk.desk.seeder.room = 100
    await seed(desk)
    await settle(lambda: desk.desk.seeder.is_full, 3000)
    left = set(desk.catalogue.unread)
    assert left
    desk.venue.games[1] = [game for game in desk.venue.games[1] if game.id in left]
    await desk.catalogue.read_events(1)
    await settle(lambda: not desk.catalogue.unread, 3000)
    assert desk.catalogue.selection_count == 2 * len(left)


async def test_an_event_that_comes_later_is_read_too(desk: Desk) -> None:
    await seed(desk)
    await all_read(desk)
    desk.session.emit([TournamentChanged(tournament(77)), EventChanged(event(900, tournament_id=77))])
    desk.venue.games[77] = [event(900, tournament_id=77)]
    await settle(lambda: read_markets(desk)[-1] == [900] and read_events(desk)[-1] == 77)


def test_progress_is_told_in_words() -> None:
    assert Progress(0, 0, 0, 0, 0, False).words == "Reading the tournaments"
    assert Progress(12, 25, 1310, 300, 13.65, False).words == "Reading 12 of 25 tournaments · 1,310 events"
    assert Progress(25, 25, 500, 450, 1.05, False).words == "Reading the markets of 450 of 500 events"
    assert Progress(24, 25, 500, 450, 1.05, False, failed=1).words == "Reading the markets of 450 of 500 events"
    assert Progress(24, 25, 500, 500, 0, False).failed_words == ""
    assert Progress(24, 25, 500, 500, 0, False, failed=1).failed_words == "1 tournament could not be read and will be tried again"
    assert Progress(23, 25, 500, 500, 0, False, failed=2).failed_words == "2 tournaments could not be read and will be tried again"


async def test_progress_counts_up_to_the_end(desk: Desk) -> None:
    list_leagues(desk, 25, 20)
    await desk.catalogue.read_tournaments()
    before = desk.desk.seeder.progress
    assert (before.tournaments_read, before.tournaments, before.left) == (0, 25, PACE * 25)
    shares: list[float] = []
    desk.catalogue.changed.connect(lambda: shares.append(desk.desk.seeder.progress.share))
    desk.desk.seeder.start()
    await all_read(desk)
    done = desk.desk.seeder.progress
    assert (done.tournaments_read, done.events, done.markets_read, done.left, done.share) == (25, 500, 500, 0.0, 1.0)
    assert all(0 <= share <= 1 for share in shares)


async def test_nothing_listed_is_nothing_done() -> None:
    assert not Desk().desk.seeder.progress.is_done


# Failures


async def test_one_league_that_cannot_be_read_holds_no_other_up_and_is_said_once(desk: Desk) -> None:
    list_leagues(desk, 3, 1)
    desk.venue.troubles["events"] = [UnknownError("No answer")]
    await seed(desk)
    await settle(lambda: desk.desk.seeder.progress.tournaments_read == 3)
    assert read_events(desk) == [1, 2, 3, 1]
    assert desk.words == ["Reading events: No answer"]
    assert RETRY in desk.naps


async def test_a_league_that_keeps_failing_is_tried_ever_more_seldom_and_said_once(desk: Desk) -> None:
    list_leagues(desk, 1, 0)
    desk.venue.troubles["events"] = [UnknownError("No answer") for _ in range(8)]
    await seed(desk)
    await settle(lambda: desk.catalogue.loading[1] is Loading.READ, 3000)
    assert desk.naps == [min(RETRY * 2**n, LONGEST) for n in range(8)]
    assert desk.words == ["Reading events: No answer"]


async def test_a_league_that_is_refused_for_ever_counts_as_done_and_is_counted(desk: Desk) -> None:
    list_leagues(desk, 2, 1)
    refuse_for_ever(desk, 2)
    await seed(desk)
    await all_read(desk)
    done = desk.desk.seeder.progress
    assert (done.tournaments_read, done.tournaments, done.failed, done.share) == (1, 2, 1, 1.0)


async def test_a_league_that_counts_as_failed_is_told_of_at_once(desk: Desk) -> None:
    list_leagues(desk, 1, 1)
    refuse_for_ever(desk, 1)
    desk.pauses[RETRY] = asyncio.Event()
    seen: list[int] = []
    desk.catalogue.changed.connect(lambda: seen.append(desk.desk.seeder.progress.failed))
    await seed(desk)
    await turn()
    assert read_events(desk) == [1]
    assert seen[-1] == 1


async def test_a_league_that_failed_and_is_not_listed_does_not_stop_the_seeding(desk: Desk) -> None:
    desk.venue.troubles["events"] = [UnknownError("No answer")]
    with pytest.raises(UnknownError):
        await desk.catalogue.read_events(77)
    await seed(desk)
    await settle(lambda: read_markets(desk) == [[GAME]])
    assert read_events(desk) == [77, 31]


async def test_a_league_that_works_at_last_is_no_longer_counted_as_failed(desk: Desk) -> None:
    list_leagues(desk, 2, 1)
    desk.venue.troubles["events"] = [UnknownError("No answer"), UnknownError("No answer")]
    await seed(desk)
    await settle(lambda: desk.desk.seeder.progress.failed == 2)
    await settle(lambda: desk.desk.seeder.progress.tournaments_read == 2)
    assert desk.desk.seeder.progress.failed == 0


async def test_a_request_that_came_too_early_makes_no_league_a_failed_one(desk: Desk) -> None:
    list_leagues(desk, 1, 1)
    desk.venue.troubles["events"] = [NotSentError("Rate limit reached", status=429, retry_after=2.0)]
    seen: list[int] = []
    desk.catalogue.changed.connect(lambda: seen.append(desk.desk.seeder.progress.failed))
    await seed(desk)
    await all_read(desk)
    assert seen
    assert not any(seen)


async def test_a_league_of_yesterday_that_is_opened_and_no_longer_listed_ends_nothing(desk: Desk) -> None:
    desk.catalogue.restore(Listing(NOON, (tournament(5), tournament()), (event(500, tournament_id=5), event())), NOON)
    desk.venue.gates["events"] = asyncio.Event()
    desk.session.expand(5)
    await settle(lambda: read_events(desk) == [5])
    await desk.catalogue.read_tournaments()
    desk.venue.gates["events"].set()
    await turn()
    assert (list(desk.catalogue.tournaments), list(desk.catalogue.loading)) == ([31], [31])
    desk.desk.seeder.start()
    desk.session.emit([StreamUp()])
    await all_read(desk)
    assert list(desk.catalogue.events) == [GAME]


async def test_a_league_that_fails_after_it_was_delisted_does_not_come_back(desk: Desk) -> None:
    desk.catalogue.restore(Listing(NOON, (tournament(5),)), NOON)
    desk.venue.gates["events"] = asyncio.Event()
    desk.venue.troubles["events"] = [UnknownError("No answer")]
    desk.session.expand(5)
    await settle(lambda: read_events(desk) == [5])
    await desk.catalogue.read_tournaments()
    desk.venue.gates["events"].set()
    await turn()
    assert list(desk.catalogue.loading) == [31]


async def test_fifty_events_that_are_not_answered_in_time_are_asked_for_by_fewer(desk: Desk) -> None:
    list_leagues(desk, 1, 50)
    desk.venue.troubles["multiple_markets"] = [UnknownError("No answer within 5 s"), UnknownError("No answer within 5 s")]
    await seed(desk)
    await all_read(desk)
    assert [len(batch) for batch in read_markets(desk)] == [50, 25, 12, 24, 14]


async def test_fifty_events_that_are_refused_are_asked_for_in_halves_at_once(desk: Desk) -> None:
    list_leagues(desk, 1, 50)
    desk.venue.troubles["multiple_markets"] = [RefusedError("sport_event_not_found", status=404) for _ in range(2)]
    await seed(desk)
    await all_read(desk)
    assert [len(batch) for batch in read_markets(desk)] == [50, 25, 12, 13, 25]
    assert desk.naps == []


async def test_a_venue_that_cannot_be_reached_is_asked_for_as_many_again(desk: Desk) -> None:
    list_leagues(desk, 1, 50)
    desk.venue.troubles["multiple_markets"] = [NotSentError("offline")]
    await seed(desk)
    await all_read(desk)
    assert [len(batch) for batch in read_markets(desk)] == [50, 50]


async def test_one_event_whose_markets_are_refused_is_left_alone(desk: Desk) -> None:
    list_leagues(desk, 1, 1)
    desk.venue.troubles["multiple_markets"] = [RefusedError("market_invalid_event", status=400)]
    await seed(desk)
    await all_read(desk)
    await turn()
    assert read_markets(desk) == [[100]]


async def test_an_event_that_is_not_answered_is_not_asked_for_again(desk: Desk) -> None:
    list_leagues(desk, 1, 3)
    del desk.venue.books[101]
    await seed(desk)
    await all_read(desk)
    await turn()
    assert len(read_markets(desk)) == 1
    assert not desk.catalogue.has_markets(101)


async def test_a_request_that_came_too_early_is_repeated_after_the_venues_pause_and_not_said(desk: Desk) -> None:
    list_leagues(desk, 1, 1)
    desk.venue.troubles["events"] = [NotSentError("Rate limit reached", status=429, retry_after=2.0), NotSentError("again", status=429)]
    await seed(desk)
    await all_read(desk)
    assert desk.naps == pytest.approx([2.0, PACE])
    assert desk.words == []


# Again


async def test_after_a_loss_everything_is_read_again_and_stays_until_then(desk: Desk) -> None:
    list_leagues(desk, 2, 2)
    await seed(desk)
    await all_read(desk)
    desk.venue.calls.clear()
    desk.session.emit([StreamDown("lost"), StreamUp()])
    assert desk.catalogue.selection_count == 8
    await all_read(desk)
    assert sorted(read_events(desk)) == [1, 2]
    assert sorted(one for batch in read_markets(desk) for one in batch) == [100, 101, 200, 201]


async def test_a_relief_reads_nothing_again(desk: Desk) -> None:
    list_leagues(desk, 1, 1)
    await seed(desk)
    await all_read(desk)
    desk.venue.calls.clear()
    desk.session.emit([StreamUp(is_relief=True)])
    await turn()
    assert read_events(desk) == []


async def test_a_reading_that_was_on_its_way_when_the_stream_came_back_is_done_again(desk: Desk) -> None:
    list_leagues(desk, 1, 1)
    desk.venue.gates["events"] = asyncio.Event()
    await seed(desk)
    await settle(lambda: read_events(desk) == [1])
    desk.desk.seeder.read_again()
    desk.venue.gates["events"].set()
    await all_read(desk)
    assert read_events(desk) == [1, 1]


async def test_markets_that_were_on_their_way_when_the_stream_came_back_are_read_again(desk: Desk) -> None:
    list_leagues(desk, 1, 2)
    desk.venue.gates["multiple_markets"] = asyncio.Event()
    await seed(desk)
    await settle(lambda: read_markets(desk) == [[100, 101]])
    desk.desk.seeder.read_again()
    desk.venue.gates["multiple_markets"].set()
    await settle(lambda: read_markets(desk) == [[100, 101], [100, 101]])


async def test_what_was_never_read_goes_before_what_is_read_again(desk: Desk) -> None:
    list_leagues(desk, 1, TOGETHER)
    await seed(desk)
    await all_read(desk)
    desk.venue.calls.clear()
    desk.venue.games[1].append(event(900, tournament_id=1, start=NOON + timedelta(days=2)))
    desk.session.emit([EventChanged(desk.venue.games[1][-1])])
    desk.desk.seeder.read_again()
    await all_read(desk)
    assert read_markets(desk)[0][0] == 900


# What is put by


async def test_what_is_put_by_is_shown_when_it_is_opened_and_not_believed(desk: Desk) -> None:
    await seed(desk)
    await all_read(desk)
    assert GAME in desk.catalogue.shelf
    desk.venue.gates["markets"] = asyncio.Event()
    desk.session.open_event(GAME)
    assert desk.catalogue.groups[GAME]
    assert desk.prices.book(KEY) == book()
    assert not desk.prices.freshness(KEY, is_live=False).is_verified
    desk.venue.gates["markets"].set()
    await settle(lambda: desk.prices.freshness(KEY, is_live=False).is_verified)


async def test_what_is_put_by_never_overwrites_what_is_known(desk: Desk) -> None:
    await seed(desk)
    await all_read(desk)
    desk.session.emit([BookChanged(book(home=200, sequence=5))])
    desk.session.open_event(GAME)
    best = desk.prices.book(KEY)
    assert best is not None
    assert best.sequence == 5


def test_markets_put_by_come_back_as_they_were(desk: Desk) -> None:
    desk.session.emit([EventChanged(event())])
    spread = MarketKey(GAME, 66, KEY.strike + 1)
    told = seeded(7.0, book(), book(key=spread), groups=(group(market()), group(market(spread, is_prop=True))))
    desk.catalogue.put_by(told)
    assert desk.catalogue.groups_of(GAME) == told.groups
    assert desk.catalogue.market(spread) == told.groups[1].markets[0]
    assert desk.catalogue.names(KEY, HOME)[1:] == ("Moneyline", "Harbor Pilots")
    taken = desk.catalogue.shelf.take(GAME)
    assert taken is not None
    assert (taken.groups, taken.books, taken.asked_at, taken.is_kept) == (told.groups, told.books, 7.0, True)
    assert (GAME in desk.catalogue.shelf, desk.catalogue.selection_count) == (False, 0)


def test_a_status_told_of_a_market_put_by_is_kept(desk: Desk) -> None:
    desk.session.emit([EventChanged(event())])
    desk.catalogue.put_by(seeded(7.0, book()))
    desk.session.emit([MarketStatusChanged(GAME, KEY.market_id, "suspended")])
    found = desk.catalogue.market(KEY)
    assert found is not None
    assert not found.is_open
    desk.clock.move(1)
    desk.catalogue.put_by(seeded(desk.clock.monotonic(), book()))
    again = desk.catalogue.market(KEY)
    assert again is not None
    assert again.is_open


def test_a_search_finds_what_markets_and_selections_are_called(desk: Desk) -> None:
    desk.session.emit([EventChanged(event())])
    assert not desk.catalogue.matches(GAME, ["pilots"])
    desk.catalogue.put_by(seeded(7.0, book()))
    assert desk.catalogue.matches(GAME, ["pilots", "moneyl", "19458"])
    assert not desk.catalogue.matches_by_name(GAME, ["pilots"])
    assert not desk.catalogue.matches(GAME, ["pilots", "nobody"])


# What was looked at


async def look_at_many(desk: Desk, count: int) -> list[int]:
    list_leagues(desk, 1, count)
    await desk.catalogue.read_tournaments()
    await desk.catalogue.read_events(1)
    event_ids = [game.id for game in desk.venue.games[1]]
    for event_id in event_ids:
        desk.session.open_event(event_id)
        await settle(lambda event_id=event_id: event_id in desk.catalogue.groups)  # type: ignore[misc]  # a default is no parameter
    await turn()
    return event_ids


async def test_what_was_looked_at_long_ago_is_packed_and_its_books_with_it(desk: Desk) -> None:
    event_ids = await look_at_many(desk, LOOKED_AT + 5)
    desk.session.open_event(event_ids[-1])
    await turn()
    assert list(desk.catalogue.groups) == event_ids[-LOOKED_AT:]
    assert event_ids[0] in desk.catalogue.shelf
    key = MarketKey(event_ids[0], 219, KEY.strike)
    assert desk.prices.quote(key) is None
    assert desk.catalogue.selection_count == 2 * len(event_ids)
    desk.venue.gates["markets"] = asyncio.Event()
    desk.session.open_event(event_ids[0])
    assert desk.prices.book(key) == book(key=key)
    assert not desk.prices.freshness(key, is_live=False).is_verified


async def test_what_is_starred_is_never_packed(desk: Desk) -> None:
    desk.desk.stars.toggle(100)
    event_ids = await look_at_many(desk, LOOKED_AT + 5)
    assert 100 in desk.catalogue.groups
    assert event_ids[1] not in desk.catalogue.groups


# Stars


async def test_a_star_of_an_event_that_the_venue_does_not_have_goes_when_all_is_read(desk: Desk) -> None:
    list_leagues(desk, 2, 1)
    for event_id in (100, 999):
        desk.desk.stars.toggle(event_id)
    await desk.catalogue.read_tournaments()
    assert desk.session.starred == {100, 999}
    assert desk.venue.asked("events_by_id") == []
    desk.desk.seeder.start()
    await settle(lambda: desk.session.starred == {100})
    assert desk.venue.asked("events_by_id") == [(999,)]


async def test_one_empty_answer_for_a_league_drops_no_star(desk: Desk) -> None:
    list_leagues(desk, 2, 1)
    desk.desk.stars.toggle(200)
    await seed(desk)
    await all_read(desk)
    by_id = desk.venue.games[2]
    desk.venue.games[2] = []
    answer_by_id(desk, *by_id)
    desk.session.emit([StreamUp()])
    await settle(lambda: desk.catalogue.is_leaving(200))
    await all_read(desk)
    desk.clock.move(LEAVING)
    desk.catalogue.sweep()
    await settle(lambda: 200 in desk.catalogue.events)
    assert desk.venue.asked("events_by_id") == [(200,)]
    assert desk.session.starred == {200}


async def test_a_star_of_an_event_that_is_over_and_no_longer_listed_goes(desk: Desk) -> None:
    list_leagues(desk, 1, 1)
    answer_by_id(desk, event(999, "finished", 1))
    desk.desk.stars.toggle(999)
    await seed(desk)
    await settle(lambda: not desk.session.starred)
    assert 999 not in desk.catalogue.events


@pytest.mark.parametrize("problem", [RefusedError("not now", status=400), NotSentError("offline")])
async def test_without_an_answer_a_star_stays_and_is_asked_for_in_the_next_round(desk: Desk, problem: VenueError) -> None:
    list_leagues(desk, 1, 1)
    desk.venue.troubles["events_by_id"] = [problem]
    desk.desk.stars.toggle(999)
    await seed(desk)
    await settle(lambda: desk.venue.asked("events_by_id"))
    await turn()
    assert desk.session.starred == {999}
    assert len(desk.venue.asked("events_by_id")) == 1
    desk.session.emit([StreamUp()])
    await settle(lambda: not desk.session.starred)


async def test_a_missing_event_does_not_take_the_other_stars_with_it(desk: Desk) -> None:
    list_leagues(desk, 1, 1)
    for event_id in (500, 999):
        desk.desk.stars.toggle(event_id)
    answer_by_id(desk, event(500, tournament_id=1))
    desk.venue.troubles["events_by_id"] = [RefusedError("sport_event_not_found", status=404)]
    await seed(desk)
    await settle(lambda: desk.session.starred == {500})
    assert desk.venue.asked("events_by_id") == [(500, 999), (500,), (999,)]


async def test_a_league_that_cannot_be_read_does_not_keep_the_stars_untidy(desk: Desk) -> None:
    list_leagues(desk, 2, 1)
    refuse_for_ever(desk, 2)
    desk.desk.stars.toggle(999)
    await seed(desk)
    await settle(lambda: read_events(desk).count(2) >= GIVEN_UP - 1, 3000)
    assert desk.session.starred == {999}
    await settle(lambda: not desk.session.starred, 3000)


def test_the_oldest_star_goes_where_there_are_too_many() -> None:
    kept: list[tuple[int, ...]] = []

    def keep(ids: tuple[int, ...]) -> str:
        kept.append(ids)
        return ""

    stars = Stars(range(MOST), keep)
    stars.toggle(5000)
    assert (len(stars), 0 in stars, 5000 in stars) == (MOST, False, True)
    assert kept[-1][-1] == 5000
