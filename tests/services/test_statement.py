"""The account's history, page by page: what is shown, what is asked, what a failure leaves, and what the rows add up to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.account import Trade, Transaction, TransactionsPage
from app.domain.errors import NotSentError, UnknownError
from app.domain.odds import from_american
from app.services.paging import Page, Sheet
from app.services.statement import KINDS, MoneySums, Names, Statement, brought, sum_trades, sum_transactions
from tests.services.fakes import NOON, Desk, draft, money, turn

Told = tuple[Sequence[str], str, datetime | None] | Page[str]


class Record:
    """A venue's list of words: pages by filter and cursor; a gate makes it wait, `troubles` are raised in turn."""

    def __init__(self) -> None:
        self.pages: dict[tuple[str, str], Told] = {}
        self.asked: list[tuple[str, str]] = []
        self.troubles: list[Exception | None] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.now = NOON
        self.sheet = Sheet[str, str](self._ask, lambda row: row, lambda: self.now)

    async def _ask(self, wish: str, cursor: str) -> Page[str]:
        self.asked.append((wish, cursor))
        await self.gate.wait()
        if self.troubles and (problem := self.troubles.pop(0)):
            raise problem
        return Page(*self.pages[wish, cursor])


@pytest.fixture
def record() -> Record:
    record = Record()
    record.pages = {("all", ""): (["c", "b"], "1", NOON), ("all", "1"): (["a"], "", None), ("few", ""): (["b"], "", None)}
    return record


async def test_the_newest_page_is_shown_with_how_far_the_record_had_kept_up(record: Record) -> None:
    await record.sheet.reload("all")
    sheet = record.sheet
    assert (sheet.rows, sheet.has_more, sheet.synced_at, sheet.read_at, sheet.shown) == (["c", "b"], True, NOON, NOON, "all")


async def test_older_rows_are_put_below_until_there_are_no_more(record: Record) -> None:
    await record.sheet.reload("all")
    resets = record.sheet.resets
    await record.sheet.more()
    await record.sheet.more()
    assert (record.sheet.rows, record.sheet.has_more, record.sheet.resets) == (["c", "b", "a"], False, resets)
    assert record.asked == [("all", ""), ("all", "1")]


async def test_a_row_that_shifted_to_the_next_page_is_shown_once(record: Record) -> None:
    record.pages["all", "1"] = (["b", "a"], "", None)
    await record.sheet.reload("all")
    await record.sheet.more()
    assert record.sheet.rows == ["c", "b", "a"]


async def test_rows_without_an_id_are_all_shown(record: Record) -> None:
    record.pages["few", ""] = (["", ""], "", None)
    await record.sheet.reload("few")
    assert record.sheet.rows == ["", ""]


async def test_a_cursor_that_comes_again_ends_the_list(record: Record) -> None:
    record.pages["all", "1"] = (["a"], "1", None)
    await record.sheet.reload("all")
    await record.sheet.more()
    assert not record.sheet.has_more
    assert record.sheet.gaps.words == "the venue's record gave the same place again: the rest was not read"


async def test_what_pages_leave_out_is_counted_until_the_list_is_read_anew(record: Record) -> None:
    record.pages["all", ""] = Page(["c"], "1", NOON, "2 rows could not be read")
    await record.sheet.reload("all")
    assert record.sheet.gaps.words == "2 rows could not be read"
    await record.sheet.more()
    assert record.sheet.gaps.words == "2 rows could not be read"
    await record.sheet.reload("few")
    assert record.sheet.gaps.words == ""


async def test_one_request_is_out_at_a_time_and_the_newest_wish_is_read_next(record: Record) -> None:
    record.pages["odd", ""] = (["x"], "", None)
    record.gate.clear()
    first = asyncio.create_task(record.sheet.reload("all"))
    await turn(3)
    await record.sheet.reload("odd")
    await record.sheet.reload("few")
    await record.sheet.more()
    assert record.asked == [("all", "")]
    record.gate.set()
    await first
    assert (record.asked, record.sheet.rows, record.sheet.shown) == ([("all", ""), ("few", "")], ["b"], "few")


async def test_an_answer_that_nobody_wants_any_more_is_never_shown(record: Record) -> None:
    record.gate.clear()
    first = asyncio.create_task(record.sheet.reload("all"))
    await turn(3)
    await record.sheet.reload("few")
    record.troubles = [None, UnknownError("No answer within 5 s")]
    record.gate.set()
    await first
    assert (record.sheet.rows, record.sheet.shown, record.sheet.trouble) == ([], None, "No answer within 5 s")


async def test_a_failure_takes_nothing_away_and_the_next_answer_ends_it(record: Record) -> None:
    await record.sheet.reload("all")
    record.troubles = [UnknownError("No answer within 5 s")]
    record.now = NOON + timedelta(seconds=9)
    await record.sheet.reload("few")
    sheet = record.sheet
    assert (sheet.rows, sheet.trouble, sheet.read_at, sheet.shown) == (["c", "b"], "No answer within 5 s", NOON, "all")
    await sheet.reload("few")
    assert (sheet.rows, sheet.trouble, sheet.read_at) == (["b"], "", record.now)


async def test_an_older_page_that_failed_can_be_asked_for_again(record: Record) -> None:
    await record.sheet.reload("all")
    record.troubles = [NotSentError("offline")]
    await record.sheet.more()
    assert (record.sheet.rows, record.sheet.has_more, record.sheet.trouble) == (["c", "b"], True, "offline")
    await record.sheet.more()
    assert (record.sheet.rows, record.sheet.trouble) == (["c", "b", "a"], "")


async def test_older_rows_are_of_the_filter_that_is_shown_not_of_one_that_failed(record: Record) -> None:
    await record.sheet.reload("all")
    record.troubles = [NotSentError("offline")]
    await record.sheet.reload("few")
    await record.sheet.more()
    assert record.asked[-1] == ("all", "1")


async def test_it_may_be_read_again_after_the_reading_was_given_up(record: Record) -> None:
    record.gate.clear()
    given_up = asyncio.create_task(record.sheet.reload("all"))
    await turn(3)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    record.gate.set()
    await record.sheet.reload("few")
    assert record.sheet.rows == ["b"]


# The three lists at the venue


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.ready()
    return desk


def statement(desk: Desk) -> Statement:
    return Statement(desk.venue, desk.blotter, now=desk.clock.now)


async def test_each_list_asks_with_its_own_filter(desk: Desk) -> None:
    read = statement(desk)
    await read.trades.reload(NOON)
    await read.transactions.reload("PAY")
    assert (desk.venue.asked("trades"), desk.venue.asked("transactions")) == ([(NOON, "")], [("PAY", "")])


async def test_a_kind_that_was_seen_can_be_chosen_from_then_on(desk: Desk) -> None:
    rows = (Transaction("1", "MYSTERY", None), Transaction("2", "TRADE", None), Transaction("3", "", None))
    desk.venue.transaction_pages[""] = TransactionsPage(rows)
    read = statement(desk)
    await read.transactions.reload("")
    assert read.kinds == [*KINDS, "MYSTERY"]


async def test_a_trade_has_the_names_of_its_order(desk: Desk) -> None:
    order = await desk.trading.place(draft())
    assert statement(desk).names_of(f"v-{order.ref}") == Names("Game", "Moneyline", "Harbor Pilots")
    assert statement(desk).names_of("v-x") == Names()


# What rows add up to


def trade(winning: str, stake: str | None = "10", profit: str | None = "15") -> Trade:
    return Trade(
        "1", "v-1", from_american(150), Decimal(stake) if stake else None, Decimal(profit) if profit else None, winning=winning
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "worth"),
    [
        (trade("profit"), Decimal(15)),
        (trade("manually_won"), Decimal(15)),
        (trade("loss"), Decimal(-10)),
        (trade("push"), Decimal(0)),
        (trade("tbd"), None),
        (trade("mystery"), None),
        (trade("loss", stake=None), None),
        (trade("profit", profit=None), None),
    ],
)
def test_what_a_trade_brought_is_known_by_its_result_and_never_guessed(told: Trade, worth: Decimal | None) -> None:
    assert brought(told) == worth


def test_trades_add_up_to_the_cent_and_missing_amounts_are_counted() -> None:
    sums = sum_trades([trade("profit", "0.10", "0.15"), trade("loss", "0.20", "0.30"), trade("tbd", None)])
    assert (sums.stake, sums.profit, sums.realised, sums.unread) == (Decimal("0.30"), Decimal("15.45"), Decimal("-0.05"), 1)


def test_money_in_and_out_is_kept_apart() -> None:
    rows = [Transaction("1", "DEPOSIT", money("100.10")), Transaction("2", "TRADE", money("-0.20")), Transaction("3", "ODD", None)]
    assert sum_transactions(rows) == MoneySums(money("100.10"), money("-0.20"), 1)
