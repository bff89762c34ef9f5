"""What can be traded, as it is read lazily and restated by the stream."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from app.domain.errors import NotSentError
from app.domain.events import EventChanged, EventUnlisted, MarketStatusChanged, TournamentChanged
from app.domain.market import Competitor, Market, MarketGroup, MarketKey, Selection
from app.services.catalogue import Catalogue, Loading
from tests.services.fakes import AWAY, GAME, HOME, KEY, NOON, OTHER, SPREAD, Desk, book, event, group, market, seeded, tournament


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def catalogue(desk: Desk) -> Catalogue:
    return desk.catalogue


async def test_tournaments_are_read_without_their_events(desk: Desk, catalogue: Catalogue) -> None:
    await catalogue.read_tournaments()
    assert list(catalogue.tournaments) == [31]
    assert catalogue.loading == {31: Loading.NOT_READ}
    assert desk.venue.asked("events") == []


async def test_a_tournaments_events_are_read_on_demand(catalogue: Catalogue) -> None:
    await catalogue.read_tournaments()
    await catalogue.read_events(31)
    assert catalogue.loading[31] is Loading.READ
    assert [one.id for one in catalogue.events_of(31)] == [GAME]


async def test_two_who_want_the_same_events_read_them_once(desk: Desk, catalogue: Catalogue) -> None:
    await asyncio.gather(catalogue.read_events(31), catalogue.read_events(31))
    assert desk.venue.asked("events") == [(31,)]


async def test_a_failed_reading_is_shown_and_can_be_tried_again(desk: Desk, catalogue: Catalogue) -> None:
    desk.venue.troubles["events"] = [NotSentError("offline")]
    with pytest.raises(NotSentError):
        await catalogue.read_events(31)
    assert catalogue.loading == {31: Loading.FAILED}
    await catalogue.read_events(31)
    assert catalogue.loading == {31: Loading.READ}


async def test_an_event_that_is_no_longer_answered_is_gone(desk: Desk, catalogue: Catalogue) -> None:
    desk.venue.games[31] = [event(GAME), event(OTHER)]
    await catalogue.read_events(31)
    catalogue.apply(seeded(1.0, book()))
    desk.venue.games[31] = [event(OTHER)]
    await catalogue.read_events(31)
    assert list(catalogue.events) == [OTHER]
    assert catalogue.market(KEY) is None


def test_events_stand_soonest_first_and_without_a_start_last(catalogue: Catalogue) -> None:
    for one in (event(1, start=None), event(2, start=NOON + timedelta(hours=2)), event(3), event(4, start=NOON)):
        catalogue.apply(EventChanged(one))
    assert [one.id for one in catalogue.events_of(31)] == [3, 4, 2, 1]


def test_an_event_that_changes_is_told_and_kept_once(catalogue: Catalogue) -> None:
    calls: list[int] = []
    catalogue.changed.connect(lambda: calls.append(1))
    catalogue.apply(EventChanged(event()))
    catalogue.apply(EventChanged(event(status="live")))
    assert [one.status for one in catalogue.events_of(31)] == ["live"]
    assert len(calls) == 2


def test_competitors_that_a_push_leaves_out_are_kept(catalogue: Catalogue) -> None:
    sides = (Competitor(5, "Harbor Pilots", "home"), Competitor(6, "Night Herons", "away"))
    catalogue.apply(EventChanged(msgspec.structs.replace(event(), competitors=sides)))
    catalogue.apply(EventChanged(event(status="live")))
    assert catalogue.events[GAME].competitors == sides


def test_an_event_that_moves_to_another_tournament_stands_in_one(catalogue: Catalogue) -> None:
    catalogue.apply(EventChanged(event()))
    catalogue.apply(EventChanged(event(tournament_id=32)))
    assert catalogue.events_of(31) == []
    assert [one.id for one in catalogue.events_of(32)] == [GAME]


def test_an_unlisted_event_takes_its_markets_along(catalogue: Catalogue) -> None:
    catalogue.apply(EventChanged(event()))
    catalogue.apply(seeded(1.0, book()))
    catalogue.apply(EventUnlisted(GAME))
    assert catalogue.events == {}
    assert catalogue.events_of(31) == []
    assert catalogue.market(KEY) is None


def test_unlisting_an_event_nobody_knows_is_harmless(catalogue: Catalogue) -> None:
    catalogue.apply(EventUnlisted(GAME))
    assert catalogue.events == {}


def test_a_tournament_told_by_the_stream_is_listed_unread(catalogue: Catalogue) -> None:
    catalogue.apply(TournamentChanged(tournament(40)))
    assert catalogue.loading[40] is Loading.NOT_READ


def test_seeded_markets_replace_those_known(catalogue: Catalogue) -> None:
    catalogue.apply(seeded(1.0, book(), book(key=SPREAD)))
    catalogue.apply(seeded(2.0, book(key=SPREAD)))
    assert catalogue.market(KEY) is None
    assert catalogue.market(SPREAD) is not None
    assert catalogue.selection_count == 2


def test_a_suspension_closes_every_number_of_its_market_and_no_other(catalogue: Catalogue) -> None:
    two = MarketKey(GAME, SPREAD.market_id, Decimal(2))
    catalogue.apply(seeded(1.0, groups=(group(market()), group(market(SPREAD), market(two)))))
    catalogue.apply(MarketStatusChanged(GAME, SPREAD.market_id, "suspended"))
    states = {key: found.is_open for key in (KEY, SPREAD, two) if (found := catalogue.market(key))}
    assert states == {KEY: True, SPREAD: False, two: False}
    catalogue.apply(MarketStatusChanged(GAME, SPREAD.market_id, "active"))
    assert [one.is_open for shown in catalogue.groups[GAME] for one in shown.markets] == [True, True, True]


def test_a_status_without_a_word_changes_nothing(catalogue: Catalogue) -> None:
    catalogue.apply(seeded(1.0, book()))
    catalogue.apply(MarketStatusChanged(GAME, KEY.market_id, ""))
    found = catalogue.market(KEY)
    assert found is not None
    assert found.is_open


def test_a_status_of_an_event_not_read_is_harmless(catalogue: Catalogue) -> None:
    catalogue.apply(MarketStatusChanged(GAME, KEY.market_id, "suspended"))
    assert catalogue.groups == {}


def test_only_player_markets_have_channels_of_their_own(catalogue: Catalogue) -> None:
    prop = market(SPREAD, is_prop=True, sub_type="player_total_hits")
    nameless = market(MarketKey(GAME, 9, Decimal(0)), is_prop=True, sub_type="")
    catalogue.apply(seeded(1.0, groups=(group(market()), group(prop), group(nameless))))
    assert catalogue.sub_types(GAME) == {(GAME, "player_total_hits")}
    assert catalogue.sub_types(OTHER) == frozenset()


def test_names_are_found_as_far_as_they_are_read(catalogue: Catalogue) -> None:
    assert catalogue.names(KEY, HOME) == ("", "", "")
    catalogue.apply(EventChanged(event()))
    catalogue.apply(seeded(1.0, book()))
    assert catalogue.names(KEY, HOME) == (f"Game {GAME}", "Moneyline", "Harbor Pilots")
    assert catalogue.names(KEY, "gone")[2] == ""


def spread(market_id: int, name: str, first: str, second: str) -> MarketGroup:
    """Both halves of a half-point spread as the venue lists them: the number is the home side's, and each is called after it alone."""

    def one(strike: str, home: str, away: str) -> Market:
        number = Decimal(strike)
        sides = (Selection(home, f"Harbor Pilots {number:+}", 4, number), Selection(away, f"Night Herons {-number:+}", 5, -number))
        return Market(MarketKey(GAME, market_id, number), f"Fixed home {number:+}", "spread", "first_half_spread", "active", sides)

    markets = (one("-1.5", first, f"{first}-away"), one("1.5", second, f"{second}-away"))
    return MarketGroup(GAME, market_id, name, "spread", "first_half_spread", "", "active", markets)


def test_an_order_is_on_the_market_that_people_name_and_not_on_its_number_alone(catalogue: Catalogue) -> None:
    catalogue.apply(EventChanged(event()))
    catalogue.apply(seeded(1.0, groups=(spread(66, "First Half Spread", "a", "b"),)))
    assert catalogue.names(MarketKey(GAME, 66, Decimal("-1.5")), "a") == (f"Game {GAME}", "First Half Spread", "Harbor Pilots -1.5")


def test_an_away_side_is_found_though_the_venue_tells_its_own_number(catalogue: Catalogue) -> None:
    catalogue.apply(EventChanged(event()))
    catalogue.apply(seeded(1.0, groups=(spread(66, "First Half Spread", "a", "b"),)))
    told = MarketKey(GAME, 66, Decimal("-1.5"))  # the number of the away side of the other market
    assert catalogue.names(told, "b-away") == (f"Game {GAME}", "First Half Spread", "Night Herons -1.5")
    assert catalogue.home(told, "b-away") == MarketKey(GAME, 66, Decimal("1.5"))
    assert catalogue.home(told, "a") == told
    assert catalogue.home(told, "gone") == told


def test_names_and_place_are_found_on_the_shelf_and_without_a_market_id_too(catalogue: Catalogue) -> None:
    catalogue.apply(EventChanged(event()))
    groups = (group(market()), spread(66, "First Half Spread", "a", "b"))
    catalogue.put_by(seeded(1.0, groups=groups))
    assert catalogue.home(MarketKey(GAME, 0, Decimal(0)), "b-away") == MarketKey(GAME, 66, Decimal("1.5"))
    assert catalogue.home(MarketKey(GAME, KEY.market_id, Decimal(0)), "b-away") == MarketKey(GAME, KEY.market_id, Decimal(0))
    assert catalogue.names(KEY, AWAY)[2] == "Night Herons"
