"""Every call in each of the table's spellings, against the practice exchange: the same values, whatever the words."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from app.domain.errors import RefusedError
from app.domain.events import Topic
from app.domain.order import HistoryQuery, OrderDraft
from app.venues.prophetx.calls import Calls
from app.venues.prophetx.names import CALLS, V4, Paths, Spelling, paths_for
from app.venues.prophetx.venue import ProphetX
from tests.venues.exchange import Floor, let_pass, placed

SPELLINGS = list(Spelling)


@pytest.fixture(scope="module")
def floor() -> Floor:
    return Floor()


@pytest.fixture(params=SPELLINGS)
def paths(request: pytest.FixtureRequest) -> Paths:
    return paths_for(request.param, {})


@pytest.fixture(autouse=True)
def fresh(floor: Floor) -> None:
    floor.news.clear()
    floor.asked.clear()


async def listed(venue: ProphetX) -> int:
    """An event with markets."""
    for tournament in await venue.tournaments():
        for event in await venue.events(tournament.id):
            return event.id
    raise AssertionError("nothing is listed")


async def test_what_can_be_traded_is_the_same_in_every_spelling(floor: Floor, paths: Paths) -> None:
    async with floor.client() as plain, floor.client(paths) as spelt:
        event_id = await listed(plain)
        assert await spelt.events_by_id([event_id]) == await plain.events_by_id([event_id])
        one, other = await plain.markets(event_id), await spelt.markets(event_id)
        assert other.groups == one.groups
        assert [book.sides.keys() for book in other.books] == [book.sides.keys() for book in one.books]
        (several,) = await spelt.multiple_markets([event_id])
        assert several.groups == one.groups
        assert any(book.sides[name] for book in several.books for name in book.sides)
        assert (await spelt.ladder()).rungs == (await plain.ladder()).rungs
        selection = one.groups[0].markets[0].selections[0].id
        assert [place.event_id for place in await spelt.strikes([selection])] == [event_id]
        assert await spelt.search_markets("moneyline")
        assert await spelt.players()
    assert floor.faults == []


async def test_an_order_lives_and_dies_in_every_spelling(floor: Floor, paths: Paths) -> None:
    async with floor.client(paths) as venue:
        seen: list[tuple[str, OrderDraft]] = []
        draft = floor.resting()
        report = await venue.place(f"life-{paths.submit}".replace("/", "-"), draft, lambda ref, asked: seen.append((ref, asked)))
        assert seen == [(report.ref, draft)], "the last look reads the bytes in the words in which they leave"
        assert (report.odds, report.quantity, report.selection_id) == (draft.odds, draft.stake, draft.selection_id)
        floor.pass_time()
        assert (await venue.order(report.venue_order_id)).status == "open"
        balance = await venue.balance()
        assert (balance.unmatched, balance.is_trusted) == (draft.stake, True)
        cancelled = await venue.cancel(report.ref, report.venue_order_id)
        assert cancelled is not None
        assert (cancelled.venue_order_id, cancelled.status) == (report.venue_order_id, "canceled")
    assert floor.faults == []


async def test_a_batch_tells_of_each_row_in_every_spelling(floor: Floor, paths: Paths) -> None:
    async with floor.client(paths) as venue:
        name = paths.submit_many.replace("/", "-")
        good, bad = floor.resting(), OrderDraft(floor.resting().market, "0" * 32, floor.resting().odds, floor.resting().stake)
        answers = await venue.place_many([(f"a-{name}", good), (f"b-{name}", bad)], let_pass)
        first = placed(answers[f"a-{name}"])
        refused = answers[f"b-{name}"]
        assert isinstance(refused, RefusedError)
        assert refused.code
        floor.pass_time()
        done, words = await venue.cancel_many([(first.ref, first.venue_order_id), ("none", "no-such-order")])
        assert [(row.venue_order_id, row.status) for row in done] == [(first.venue_order_id, "canceled")]
        assert len(words) == 1
    assert floor.faults == []


async def test_cancels_by_event_by_market_and_of_all_take_what_they_name(floor: Floor, paths: Paths) -> None:
    async with floor.client(paths) as venue:
        draft, name = floor.resting(), paths.cancel_all.replace("/", "-")
        event_id, market_id = draft.market.event_id, draft.market.market_id
        for number, cancel in enumerate(
            (lambda: venue.cancel_market(event_id, market_id), lambda: venue.cancel_event(event_id), venue.cancel_all)
        ):
            report = await venue.place(f"all-{name}-{number}", draft, let_pass)
            floor.pass_time()
            await cancel()
            assert (await venue.order(report.venue_order_id)).status == "canceled"
        await venue.cancel_event(event_id)  # there is nothing left, which is no error
        await venue.cancel_market(event_id, market_id)


async def test_what_an_account_did_reads_the_same_in_every_spelling(floor: Floor, paths: Paths) -> None:
    async with floor.client(paths) as venue:
        report = await venue.place(f"did-{paths.trades}".replace("/", "-"), floor.taking(), let_pass)
        floor.pass_time()
        since = datetime.fromtimestamp(floor.seconds(), UTC) - timedelta(hours=1)
        read = await venue.history(HistoryQuery(since))
        (row,) = read.reports
        assert (row.venue_order_id, row.matching, read.is_whole) == (report.venue_order_id, "fully_matched", True)
        assert read.synced_at is not None
        matches = (await venue.matches([report.venue_order_id]))[report.venue_order_id]
        trades = (await venue.trades(since)).rows
        assert [(trade.venue_order_id, trade.odds, trade.stake) for trade in trades] == [
            (report.venue_order_id, odds, stake) for odds, stake in reversed(matches)
        ]
        assert trades[0].id != report.venue_order_id
        assert trades[0].matched_at is not None
        transactions = (await venue.transactions()).rows
        assert report.venue_order_id in {line.venue_order_id for line in transactions}
        assert all(line.amount is not None and line.balance is not None and line.at is not None for line in transactions)
    assert floor.faults == []


async def test_the_stream_is_registered_in_every_spelling(floor: Floor, paths: Paths) -> None:
    async with floor.client(paths) as venue:
        assert (await venue.config()).key == "app-key"
        registration = await venue.register("1.1", [Topic(19458)])
        assert Topic(19458) in {grant.topic for grant in registration.grants}


# The table


def test_the_table_of_each_spelling_holds_every_call_once() -> None:
    for spelling in SPELLINGS:
        table = paths_for(spelling, {})
        assert len({getattr(table, name) for name in CALLS}) == len(CALLS) == 26


def test_requests_speak_the_words_of_their_path() -> None:
    legacy = paths_for(Spelling.LEGACY, {"submit": "v4/mm/submit_order", "cancel": "v9/mm/cancel"})
    assert "submit" not in legacy.old_words, "a path of today speaks today's words, wherever it is put"
    assert {"submit_many", "cancel", "cancel_many", "matched_detail"} <= legacy.old_words
    assert paths_for(Spelling.V4, {"submit": "mm/place_wager"}).old_words == {"submit"}
    assert paths_for(Spelling.SEED, {}).old_words == frozenset()
    assert paths_for(Spelling.V4, {}) == V4


ODD_PATHS = (
    "",
    "/mm/x",
    "mm//x",
    "mm/x/",
    "mm/../x",
    "..",
    "mm/x?y",
    "mm/x#y",
    "http://elsewhere.example/x",
    "mm/ x",
    "mm/\n",
    "ä",
    "x" * 101,
)


@pytest.mark.parametrize(("name", "path"), [*product(["submit"], ODD_PATHS), *product(["place", "old_words", ""], ["mm/x"])])
def test_an_override_that_cannot_be_used_is_refused_in_words(name: str, path: str) -> None:
    with pytest.raises(ValueError, match=r"There is no call|cannot be used"):
        paths_for(Spelling.V4, {name: path})


def test_the_old_body_names_the_same_order() -> None:
    body = json.loads(Calls(paths_for(Spelling.LEGACY, {})).cancel("ov-1", "v-1").body or b"")
    assert body == {"external_id": "ov-1", "wager_id": "v-1"}


async def test_a_refusal_speaks_in_todays_code_whatever_the_path_says(floor: Floor, paths: Paths) -> None:
    async with floor.client(paths) as venue:
        report = await venue.place(f"code-{paths.cancel}".replace("/", "-"), floor.resting(), let_pass)
        with pytest.raises(RefusedError) as twice:
            await venue.place(report.ref, floor.resting(), let_pass)
        floor.pass_time()
        await venue.cancel(report.ref, report.venue_order_id)
        with pytest.raises(RefusedError) as over:
            await venue.cancel(report.ref, report.venue_order_id)
    assert (twice.value.code, over.value.code) == ("order_external_id_existed", "order_already_cancelled")
