"""The account's history and the venue's search at the exchange itself: what it has of orders, trades and money, and what it finds."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from app.domain.order import HistoryQuery
from app.services.statement import brought
from tests.faults.floor import Floor
from tests.practice.floor import EVENT


async def test_orders_trades_and_money_are_read_with_their_names(floor: Floor) -> None:
    floor.house.floor.makers_offer(0, 150, 10_00)
    filled = await floor.place()
    resting = await floor.rest(floor.draft(140, "7.00"))
    await floor.pass_(1)
    statement, record, since = floor.desk.statement, floor.desk.record, filled.placed_at - timedelta(days=10)

    await floor.while_passing(record.sheet.reload(HistoryQuery(since)))
    await floor.while_passing(statement.trades.reload(since))
    await floor.while_passing(statement.transactions.reload("TRADE"))

    assert [row.ref for row in record.sheet.rows] == [resting.ref, filled.ref]
    assert {record.row(row).event for row in record.sheet.rows} == {"Away at Home"}
    (trade,) = statement.trades.rows
    assert (trade.stake, trade.profit, brought(trade)) == (Decimal("10.00"), Decimal("15.00"), None)
    assert statement.names_of(trade.venue_order_id).selection == "Home"
    assert [(row.kind, row.amount) for row in statement.transactions.rows] == [("TRADE", Decimal("-10.00"))]
    assert record.sheet.synced_at is not None
    for sheet in (record.sheet, statement.trades):
        assert sheet.has_more  # the venue answers a week at a time, and ten days were asked for
        await floor.while_passing(sheet.more())
    sheets = (record.sheet, statement.trades, statement.transactions)
    assert [(sheet.trouble, sheet.has_more) for sheet in sheets] == [("", False)] * 3


async def test_a_filter_is_the_venues_own(floor: Floor) -> None:
    gone, stays = await floor.rest(), await floor.rest(floor.draft(stake="7.00"))
    await floor.while_passing(floor.desk.trading.cancel(gone.ref))
    orders = floor.desk.record.sheet
    await floor.while_passing(orders.reload(HistoryQuery(gone.placed_at - timedelta(hours=1), status="open", event_id=EVENT)))
    assert [row.ref for row in orders.rows] == [stays.ref]


async def test_markets_are_found_by_words_and_open_their_event(floor: Floor) -> None:
    finder = floor.desk.finder
    await floor.while_passing(finder.find("home market"))
    assert {market.event_id for market in finder.markets} == {EVENT}
    assert finder.trouble == ""
