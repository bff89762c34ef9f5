"""The venue's record of orders: what is read of it, what goes to the blotter, and what a row of it tells."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from app.domain.odds import from_american
from app.domain.offer import Offer
from app.domain.order import Fill, HistoryPage, HistoryQuery
from app.services.order_record import OrderRecord
from app.services.record_rows import RecordRow, RecordSums, average_of, sum_rows
from tests.services.fakes import AWAY, NOON, Desk, draft, money, report

QUERY = HistoryQuery(NOON)


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.ready()
    return desk


def record_of(desk: Desk) -> OrderRecord:
    return desk.desk.record


async def test_the_filter_and_the_cursor_reach_the_venue(desk: Desk) -> None:
    desk.venue.pages[""] = HistoryPage((report("ov-9"),), "2", NOON)
    query = HistoryQuery(NOON, status="open", matching="unmatched", user="cust-8841")
    await record_of(desk).sheet.reload(query)
    await record_of(desk).sheet.more()
    assert desk.venue.asked("history_page") == [(query, ""), (query, "2")]
    assert record_of(desk).sheet.synced_at == NOON


async def test_an_order_placed_elsewhere_can_be_cancelled_once_it_was_read(desk: Desk) -> None:
    told = report("", order_id="v-x")
    desk.venue.rows = [told]
    await record_of(desk).sheet.reload(QUERY)
    row = record_of(desk).row(told)
    assert (row.is_cancellable, row.ref, row.reference) == (True, "v-x", "")
    await desk.trading.cancel(row.ref)
    assert desk.venue.asked("cancel") == [("", "v-x")]


async def test_an_order_of_others_that_is_over_is_shown_and_does_not_fill_the_blotter(desk: Desk) -> None:
    told = report("", "closed", order_id="v-x", winning="loss", filled=money(10), matching="fully_matched")
    desk.venue.rows = [told]
    await record_of(desk).sheet.reload(QUERY)
    row = record_of(desk).row(told)
    assert desk.blotter.orders == {}
    assert (row.status, row.result, row.realised, row.is_cancellable, row.ref) == ("closed", "loss", money(-10), False, "")


async def test_what_was_matched_and_is_not_settled_goes_to_the_blotter_because_it_is_at_risk(desk: Desk) -> None:
    desk.venue.rows = [report("", order_id="v-x", filled=money(10), matching="fully_matched")]
    await record_of(desk).sheet.reload(QUERY)
    assert [order.at_risk for order in desk.blotter.unsettled()] == [money(10)]


async def test_a_known_order_hears_what_the_record_says_of_it_even_when_it_is_over(desk: Desk) -> None:
    order = await desk.trading.place(draft())
    desk.venue.rows = [report(order.ref, "canceled", order_id=f"v-{order.ref}")]
    await record_of(desk).sheet.reload(QUERY)
    assert not desk.blotter.orders[order.ref].is_live


async def test_a_row_tells_the_newest_that_is_known(desk: Desk) -> None:
    order = await desk.trading.place(draft())
    old = report(order.ref, order_id=f"v-{order.ref}", placed_at=NOON, updated_at=NOON)
    newer = report(order.ref, "canceled", order_id=f"v-{order.ref}", filled=money(4), updated_at=NOON + timedelta(seconds=5))
    desk.blotter.apply(old, "history")
    desk.blotter.apply(newer)
    row = record_of(desk).row(old)
    assert (row.status, row.filled, row.rest, row.updated_at) == ("canceled", money(4), money(0), NOON + timedelta(seconds=5))
    assert (row.event, row.market, row.selection, row.placed_at) == ("Game", "Moneyline", "Harbor Pilots", NOON)


async def test_a_time_that_the_venue_did_not_tell_is_not_made_up(desk: Desk) -> None:
    told = report("", order_id="v-x")
    desk.venue.rows = [told]
    await record_of(desk).sheet.reload(QUERY)
    row = record_of(desk).row(told)
    assert (row.placed_at, row.updated_at) == (None, None)


def test_odds_that_the_venue_did_not_tell_are_none_and_win_nothing(desk: Desk) -> None:
    row = record_of(desk).row(report("", "closed", order_id="v-x", odds=None))
    assert (row.odds, row.to_win) == (None, money(0))


def test_names_come_from_what_was_read_of_the_event_and_are_empty_where_nothing_tells(desk: Desk) -> None:
    known = record_of(desk).row(report("", "closed", order_id="v-x", selection_id=AWAY))
    assert (known.event, known.market, known.selection) == ("Game 19458", "Moneyline", "Night Herons")
    foreign = record_of(desk).row(report("", "closed", order_id="v-y", event_id=1, market_id=2, selection_id="s"))
    assert (foreign.event, foreign.event_id, foreign.market, foreign.selection_id) == ("", 1, "", "s")


def test_names_that_are_known_are_looked_up_once(desk: Desk) -> None:
    asked: list[object] = []
    inner = desk.catalogue.names
    desk.catalogue.names = lambda *about: asked.append(about) or inner(*about)  # type: ignore[method-assign, func-returns-value]
    record = record_of(desk)
    told = report("", "closed", order_id="v-x")
    assert record.row(told) == record.row(told)
    assert len(asked) == 1


def test_which_filters_there_are_goes_by_what_the_venue_offers(desk: Desk) -> None:
    assert (record_of(desk).has_users, record_of(desk).has_events) == (False, True)
    assert "inactive" in record_of(desk).statuses
    desk.venue.offers = frozenset({Offer.USERS})
    assert (record_of(desk).has_users, record_of(desk).has_events) == (True, False)
    assert record_of(desk).statuses[:5] == ("open", "settled", "manually_settled", "closed", "void")
    assert "inactive" not in record_of(desk).statuses


def test_the_user_is_the_venues_word(desk: Desk) -> None:
    assert record_of(desk).row(report("", "closed", order_id="v-x", user="cust-8841")).user == "cust-8841"


# What a row is found by, and what rows add up to


ROW = RecordRow(
    "v-1", reference="ov-1", user="cust-8841", event="Lakers at Warriors", market="Moneyline", selection="Lakers", status="manually_settled"
)


@pytest.mark.parametrize("words", ["", "lakers MONEY", "cust-88", "ov-1", "v-1", "manually settled", "  warriors  "])
def test_every_word_must_occur_somewhere_whatever_the_case(words: str) -> None:
    assert ROW.has(words)


@pytest.mark.parametrize("words", ["celtics", "lakers celtics", "manually_settled"])
def test_a_word_that_occurs_nowhere_leaves_it_out(words: str) -> None:
    assert not ROW.has(words)


def test_rows_add_up_to_the_cent_with_what_was_won_and_lost_apart() -> None:
    won = RecordRow("1", stake=money("0.10"), filled=money("0.10"), realised=money("0.15"))
    lost = RecordRow("2", stake=money("0.20"), filled=money("0.20"), realised=money("-0.20"))
    waits = RecordRow("3", stake=money(5), filled=money(2), rest=money(3))
    ended = RecordRow("4", stake=money("3.50"), filled=money("1.41"))
    sums = sum_rows([won, lost, waits, ended])
    assert sums == RecordSums(4, money("8.80"), money("3.71"), money(3), money("2.09"), money("0.15"), money("-0.20"))
    assert sums.filled + sums.open + sums.cancelled == sums.stake
    assert sums.realised == money("-0.05")
    assert sum_rows([]) == RecordSums()


def test_an_average_is_weighed_by_stake_and_known_only_where_every_part_is(desk: Desk) -> None:
    order = desk.blotter.apply(report("", order_id="v-x", filled=money(10), matching="fully_matched"))
    fills = (Fill(money(6), money(6), from_american(100)), Fill(money(10), money(4), from_american(150)))
    average = average_of(msgspec.structs.replace(order, fills=fills))
    assert average is not None
    assert average.decimal == Decimal("2.2")
    assert average_of(msgspec.structs.replace(order, fills=fills[:1])) is None
    assert average_of(msgspec.structs.replace(order, fills=(Fill(money(10), money(10), from_american(150)),))) == from_american(150)
    assert average_of(msgspec.structs.replace(order, filled=money(0))) is None
