"""Books and whether they may be believed: sequence, seed against stream, freshness, losses."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.events import BookChanged, ChannelsFollowed, HealthBeat, StreamDown, StreamUp, Topic
from app.domain.market import MarketKey
from app.services.prices import HEALTHY, REST_BEFORE, REST_LIVE, TRAIL, Freshness, Prices, Tick
from tests.services.fakes import AWAY, GAME, HOME, KEY, SPREAD, Clock, book, group, market, seeded

FOLLOWED = ChannelsFollowed(frozenset({Topic(GAME)}))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def prices(clock: Clock) -> Prices:
    return Prices(clock.monotonic)


def best(prices: Prices, selection_id: str = HOME) -> int | None:
    level = (prices.book(KEY) or book(None, None)).best(selection_id)
    return level.odds.american if level else None


def follow_and_seed(prices: Prices, clock: Clock) -> None:
    prices.apply(FOLLOWED)
    prices.apply(HealthBeat())
    prices.apply(seeded(clock.monotonic(), book()))


# Which book stands


def test_a_newer_push_replaces_the_book(prices: Prices) -> None:
    prices.apply(BookChanged(book(150, sequence=5)))
    prices.apply(BookChanged(book(155, sequence=6)))
    assert best(prices) == 155
    assert (prices.ticks, prices.late) == (2, 0)


@pytest.mark.parametrize("sequence", [5, 4, 1])
def test_an_older_or_equal_push_is_dropped_and_counted(prices: Prices, sequence: int) -> None:
    prices.apply(BookChanged(book(150, sequence=5)))
    prices.apply(BookChanged(book(155, sequence=sequence)))
    assert best(prices) == 150
    assert prices.late == 1


def test_sequences_of_other_markets_do_not_matter(prices: Prices) -> None:
    prices.apply(BookChanged(book(150, sequence=5)))
    prices.apply(BookChanged(book(130, key=SPREAD, sequence=1)))
    assert prices.late == 0
    assert prices.book(SPREAD) is not None


def test_a_push_without_a_sequence_is_believed(prices: Prices) -> None:
    prices.apply(BookChanged(book(150, sequence=5)))
    prices.apply(BookChanged(book(155)))
    assert best(prices) == 155


def test_a_seed_does_not_undo_a_push_that_came_after_it_was_asked_for(prices: Prices, clock: Clock) -> None:
    asked_at = clock.monotonic()
    clock.move(0.1)
    prices.apply(BookChanged(book(155, sequence=5)))
    clock.move(0.1)
    prices.apply(seeded(asked_at, book(150)))
    assert best(prices) == 155


def test_a_seed_replaces_a_push_from_before_it_was_asked_for(prices: Prices, clock: Clock) -> None:
    prices.apply(BookChanged(book(155, sequence=5)))
    clock.move(0.1)
    prices.apply(seeded(clock.monotonic(), book(150)))
    assert best(prices) == 150


def test_a_push_older_than_what_was_streamed_stays_dropped_after_a_seed(prices: Prices, clock: Clock) -> None:
    prices.apply(BookChanged(book(155, sequence=5)))
    clock.move(0.1)
    prices.apply(seeded(clock.monotonic(), book(150)))
    prices.apply(BookChanged(book(160, sequence=4)))
    assert best(prices) == 150
    prices.apply(BookChanged(book(160, sequence=6)))
    assert best(prices) == 160


def test_a_market_not_known_has_no_book_and_an_empty_side(prices: Prices) -> None:
    assert prices.book(KEY) is None
    assert prices.quote(KEY) is None
    assert prices.side(KEY, HOME) == ()


# What is announced


def test_the_first_change_is_announced_once_until_it_is_taken(prices: Prices) -> None:
    calls: list[int] = []
    prices.changed.connect(lambda: calls.append(1))
    prices.apply(BookChanged(book(150, sequence=1)))
    prices.apply(BookChanged(book(151, sequence=2)))
    prices.apply(BookChanged(book(130, key=SPREAD, sequence=1)))
    assert len(calls) == 1
    assert prices.take_dirty() == {KEY, SPREAD}
    assert prices.take_dirty() == set()
    prices.apply(BookChanged(book(152, sequence=3)))
    assert len(calls) == 2


def test_a_moved_best_price_ticks_up_when_it_pays_more(prices: Prices, clock: Clock) -> None:
    prices.apply(BookChanged(book(150, -170, sequence=1)))
    clock.move(1)
    prices.apply(BookChanged(book(155, -175, sequence=2)))
    quote = prices.quote(KEY)
    assert quote is not None
    assert quote.tick(HOME) == (Tick.UP, clock.monotonic())
    assert quote.tick(AWAY) == (Tick.DOWN, clock.monotonic())
    assert quote.tick("nobody") == (Tick.NONE, 0.0)
    assert [round(chance, 3) for _, chance in quote.trail[HOME]] == [0.4, 0.392]


def test_a_price_that_appears_or_vanishes_is_no_tick(prices: Prices) -> None:
    prices.apply(BookChanged(book(None, sequence=1)))
    prices.apply(BookChanged(book(150, sequence=2)))
    prices.apply(BookChanged(book(None, sequence=3)))
    quote = prices.quote(KEY)
    assert quote is not None
    assert quote.ticks == {}


def test_the_trail_is_bounded(prices: Prices) -> None:
    for place in range(3 * TRAIL):
        prices.apply(BookChanged(book(150 + place % 2, sequence=place + 1)))
    quote = prices.quote(KEY)
    assert quote is not None
    assert len(quote.trail[HOME]) == TRAIL


def test_two_markets_do_not_share_their_ticks(prices: Prices) -> None:
    prices.apply(BookChanged(book(150, sequence=1)))
    prices.apply(BookChanged(book(150, key=SPREAD, sequence=1)))
    prices.apply(BookChanged(book(155, sequence=2)))
    other = prices.quote(SPREAD)
    assert other is not None
    assert other.ticks == {}


# Whether it may be believed


def test_a_book_never_read_is_not_verified(prices: Prices) -> None:
    assert prices.freshness(KEY, is_live=True) == Freshness(False, None)


def test_a_followed_and_seeded_book_is_verified_while_the_stream_is_healthy(prices: Prices, clock: Clock) -> None:
    follow_and_seed(prices, clock)
    clock.move(HEALTHY - 0.1)
    fresh = prices.freshness(KEY, is_live=True)
    assert fresh.is_verified
    assert fresh.age == pytest.approx(HEALTHY - 0.1)


def test_a_quiet_book_stays_verified_as_long_as_health_beats(prices: Prices, clock: Clock) -> None:
    follow_and_seed(prices, clock)
    for _ in range(400):
        clock.move(5)
        prices.apply(HealthBeat())
    assert prices.freshness(KEY, is_live=True).is_verified


def test_a_followed_book_that_was_read_before_it_was_followed_is_not_verified_by_the_stream(prices: Prices, clock: Clock) -> None:
    prices.apply(seeded(clock.monotonic(), book()))
    clock.move(1)
    prices.apply(FOLLOWED)
    clock.move(REST_LIVE)
    prices.apply(HealthBeat())
    assert not prices.freshness(KEY, is_live=True).is_verified


def test_a_push_alone_does_not_verify_a_book(prices: Prices) -> None:
    prices.apply(FOLLOWED)
    prices.apply(HealthBeat())
    prices.apply(BookChanged(book(sequence=1)))
    assert not prices.freshness(KEY, is_live=True).is_verified


@pytest.mark.parametrize(("is_live", "limit"), [(True, REST_LIVE), (False, REST_BEFORE)])
def test_without_the_stream_a_reading_verifies_for_a_while(prices: Prices, clock: Clock, is_live: bool, limit: float) -> None:
    prices.apply(seeded(clock.monotonic(), book()))
    clock.move(limit - 1)
    assert prices.freshness(KEY, is_live=is_live) == Freshness(True, limit - 1)
    clock.move(1)
    assert prices.freshness(KEY, is_live=is_live) == Freshness(False, limit)


def test_a_stream_without_health_leaves_the_reading_to_verify(prices: Prices, clock: Clock) -> None:
    follow_and_seed(prices, clock)
    clock.move(HEALTHY)
    assert prices.freshness(KEY, is_live=True).is_verified
    clock.move(REST_LIVE)
    assert not prices.freshness(KEY, is_live=True).is_verified


def test_a_lost_stream_invalidates_everything_at_once(prices: Prices, clock: Clock) -> None:
    follow_and_seed(prices, clock)
    prices.take_dirty()
    prices.apply(StreamDown("lost"))
    assert not prices.freshness(KEY, is_live=False).is_verified
    assert prices.take_dirty() == {KEY}
    assert best(prices) == 150, "what was known is still shown"


def test_after_a_loss_only_a_new_reading_verifies(prices: Prices, clock: Clock) -> None:
    follow_and_seed(prices, clock)
    prices.apply(StreamDown("lost"))
    prices.apply(StreamUp())
    prices.apply(FOLLOWED)
    prices.apply(HealthBeat())
    prices.apply(BookChanged(book(155, sequence=9)))
    assert not prices.freshness(KEY, is_live=True).is_verified
    prices.apply(seeded(clock.monotonic(), book(155)))
    assert prices.freshness(KEY, is_live=True).is_verified


def test_an_event_that_is_followed_no_more_is_not_verified_by_the_stream(prices: Prices, clock: Clock) -> None:
    follow_and_seed(prices, clock)
    prices.apply(ChannelsFollowed())
    clock.move(REST_LIVE)
    prices.apply(HealthBeat())
    assert not prices.freshness(KEY, is_live=True).is_verified


# Whether it must be read again


def test_a_followed_event_needs_a_seed_until_it_was_read_since(prices: Prices, clock: Clock) -> None:
    prices.apply(seeded(clock.monotonic(), book()))
    clock.move(1)
    assert not prices.needs_seed(GAME, [KEY])
    prices.apply(FOLLOWED)
    assert prices.needs_seed(GAME, [KEY])
    assert prices.needs_seed(GAME, [])
    prices.apply(seeded(clock.monotonic(), book()))
    assert not prices.needs_seed(GAME, [KEY])
    assert prices.needs_seed(GAME, [KEY, SPREAD])


PROP = MarketKey(GAME, 900, Decimal(0))
PROPS = Topic(GAME, "player_total_hits")


def seed_with_prop(prices: Prices, clock: Clock) -> None:
    groups = (group(market()), group(market(PROP, is_prop=True, sub_type="player_total_hits")))
    prices.apply(seeded(clock.monotonic(), book(), book(key=PROP), groups=groups))


def test_a_channel_joined_later_makes_what_comes_by_it_need_a_seed_and_nothing_else(prices: Prices, clock: Clock) -> None:
    prices.apply(FOLLOWED)
    seed_with_prop(prices, clock)
    clock.move(1)
    prices.apply(ChannelsFollowed(frozenset({Topic(GAME), PROPS})))
    assert prices.needs_seed(GAME, [KEY, PROP])
    assert not prices.needs_seed(GAME, [KEY])
    seed_with_prop(prices, clock)
    assert not prices.needs_seed(GAME, [KEY, PROP])


def test_a_market_whose_own_channel_is_not_followed_is_not_verified_by_the_stream(prices: Prices, clock: Clock) -> None:
    prices.apply(FOLLOWED)
    seed_with_prop(prices, clock)
    clock.move(REST_LIVE)
    prices.apply(HealthBeat())
    assert prices.freshness(KEY, is_live=True).is_verified
    assert not prices.freshness(PROP, is_live=True).is_verified
    assert not prices.needs_seed(GAME, [KEY, PROP])


def test_an_event_with_a_channel_left_out_is_not_followed_as_a_whole(prices: Prices) -> None:
    prices.apply(ChannelsFollowed(frozenset({Topic(GAME), Topic(7)}), left_out=frozenset({PROPS})))
    assert prices.follows(7)
    assert not prices.follows(GAME)
    assert prices.followed == {GAME, 7}


def test_a_relief_leaves_every_book_as_believable_as_it_was(prices: Prices, clock: Clock) -> None:
    follow_and_seed(prices, clock)
    clock.move(REST_LIVE)
    prices.apply(HealthBeat())
    prices.take_dirty()
    prices.apply(StreamUp(is_relief=True))
    prices.apply(ChannelsFollowed(frozenset({Topic(GAME), Topic(7)})))
    assert prices.freshness(KEY, is_live=True).is_verified
    assert not prices.needs_seed(GAME, [KEY])
    assert prices.take_dirty() == set()


def test_following_another_event_too_leaves_this_one_as_it_is(prices: Prices, clock: Clock) -> None:
    follow_and_seed(prices, clock)
    clock.move(1)
    prices.apply(ChannelsFollowed(frozenset({Topic(GAME), Topic(7)})))
    assert not prices.needs_seed(GAME, [KEY])
    assert prices.needs_seed(7, [])
