"""Click to last byte: from `trading.place` called to the last byte of the POST written, all rules, journal and authorisation included.

Peers in the same run, in turns: the same path with a journal that does nothing, and a bare httpx POST of the very bytes that left.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from time import perf_counter_ns

import httpx
import msgspec

from app.domain.account import Balance
from app.domain.book import Book
from app.domain.environment import Environment
from app.domain.events import BookChanged, EventChanged, MarketsSeeded
from app.domain.ladder import from_american_list
from app.domain.link import Rank
from app.domain.market import ACTIVE, Event, Market, MarketGroup, MarketKey, Selection
from app.domain.order import Order, OrderDraft
from app.domain.record import Entry, Intended, Resent
from app.domain.risk import Limits
from app.domain.secret import Secret
from app.services.desk import Desk, Outside
from app.services.notices import Notices
from app.services.ports import Journal
from app.services.tasks import Tasks
from app.store.journal.opening import open_journal
from app.store.recorder import Recorder
from app.venues.hosts import practice
from app.venues.http import Http
from app.venues.prophetx import wire
from app.venues.prophetx.pushes import parse_push
from app.venues.prophetx.venue import Keys, ProphetX
from benchmarks import commits
from benchmarks.commits import Committed, Quantiles
from benchmarks.figures import Spread, Tail, ratio, tail
from benchmarks.frames import MARKETS, OUTCOMES, market_id, message, strike, strike_id

ORDERS, WARM = 400, 20
EVENTS = 20  # of MARKETS markets each, over which the orders are spread
PACE = 0.03  # seconds between two orders of one account: the venue's budget leaves forty-eight a second
PATIENCE = 10.0
FOLDER = Path("build")  # its disk is measured
LIMITS = Limits(
    selection=Decimal(1_000_000), event=Decimal(1_000_000), day=Decimal(1_000_000), orders_in_ten_seconds=10_000, orders_a_minute=10_000
)


class Ordered(msgspec.Struct, frozen=True):
    """Milliseconds from the click to the last byte written; `answered` to the order that the venue's answer made of it.

    Ratios say how many times ours the peer takes, turn by turn. `signature` (microseconds) is no part of any of these.
    """

    orders: int
    ours: Tail
    unjournaled: Tail
    bare: Tail
    answered: Tail
    unjournaled_ratio: Spread
    bare_ratio: Spread
    commit: Committed
    signature: Quantiles


class Stopwatch(httpx.AsyncBaseTransport):
    """The network; it knows when the last byte of the newest request was handed to the system, and that request."""

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport(trust_env=False)
        self.written_at = 0
        self.request = httpx.Request("GET", "http://127.0.0.1")

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.request = request
        request.extensions = {**request.extensions, "trace": self._heard}
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _heard(self, name: str, _details: object) -> None:
        if name == "http11.send_request_body.complete":
            self.written_at = perf_counter_ns()


class NoJournal:
    """Writes nothing down."""

    halt = ""
    trouble = ""

    def note(self, entry: Entry, order: Order | None = None) -> None:
        return

    async def intend(self, entry: Intended | Resent, order: Order) -> None:
        return

    def halt_for(self, words: str) -> None:
        return

    def resume(self, words: str) -> None:
        return

    async def look(self) -> None:
        return


class Counter:
    """A desk of its own account, all services and rules as the program has them, with everything read that an order needs."""

    def __init__(self, journal: Journal) -> None:
        clock = time.monotonic
        self.watch = Stopwatch()
        self.tasks = Tasks(_failed)
        self.venue = ProphetX(clock=clock, connect=lambda url: Http(url, transport=self.watch))
        outside = Outside(
            venue=self.venue,
            journal=journal,
            environment=Environment.PRACTICE,
            clock=clock,
            now=_now,
            new_ref=_references(),
            requests_left=lambda: self.venue.budget.left_for(Rank.ORDER),
            limits=LIMITS,
        )
        self.desk = Desk(outside, Notices(_now), self.tasks)

    async def open(self, url: str) -> None:
        await self.venue.point(practice(url), Keys(Environment.PRACTICE, Secret("bench"), Secret("bench")))
        await self.venue.tokens.bearer()
        for number in range(EVENTS):
            self.desk.session.emit([EventChanged(_event(number)), _seeded(number)])
        controls = self.desk.controls
        controls.ladder = from_american_list([*range(-500, -100), *range(100, 500)])
        controls.is_reconciled = True
        controls.switch(is_on=True)
        self.desk.account.balance = Balance(Decimal("100000.00"), Decimal("0.00"), Decimal("0.00"))

    async def place(self, number: int) -> tuple[float, float]:
        """Milliseconds from the click to the last byte written, and to the order that came back. AssertionError: it was not accepted."""
        draft = self._draft(number)
        begun = perf_counter_ns()
        order = await self.desk.trading.place(draft)
        ended = perf_counter_ns()
        assert order.venue_order_id, order.reason
        return (self.watch.written_at - begun) / 1e6, (ended - begun) / 1e6

    def _draft(self, number: int) -> OrderDraft:
        """The best price of one selection after the other."""
        event, place = number % EVENTS, number // EVENTS % MARKETS
        key, selection_id = _key(event, place), _selection(event, place, OUTCOMES[number % 2][0])
        best = self.desk.prices.side(key, selection_id)[0].odds
        return OrderDraft(key, selection_id, best, Decimal(1000 + number) / 100, "Bears at Panthers", "Total", "over")

    async def close(self) -> None:
        await self.tasks.stop()
        await self.venue.close()


def measure(orders: int = ORDERS, made: int = commits.COMMITS) -> Ordered:
    """`orders` by each way, `made` commits by each way. AssertionError when an order is not accepted."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".orders-", dir=FOLDER) as name, teller() as url:
        ours, unjournaled, bare, answered = asyncio.run(_measure(Path(name), url, orders))
        committed = commits.measure(Path(name), made)
    return Ordered(
        orders=orders,
        ours=tail(ours),
        unjournaled=tail(unjournaled),
        bare=tail(bare),
        answered=tail(answered),
        unjournaled_ratio=ratio(unjournaled, ours),
        bare_ratio=ratio(bare, ours),
        commit=committed,
        signature=commits.sign(),
    )


Times = tuple[list[float], list[float], list[float], list[float]]


async def _measure(folder: Path, url: str, orders: int) -> Times:
    recorder = Recorder(lambda: open_journal(folder / "journal.db", now=_now), now=_now, heard=_say)
    await recorder.open(_now())
    ours, without = Counter(recorder), Counter(NoJournal())
    watch = Stopwatch()
    async with httpx.AsyncClient(transport=watch) as client:
        for counter in (ours, without):
            await counter.open(url)
        times = await _turns(ours, without, client, watch, orders)
    for counter in (ours, without):
        await counter.close()
    await recorder.close()
    return times


async def _turns(ours: Counter, without: Counter, client: httpx.AsyncClient, watch: Stopwatch, orders: int) -> Times:
    """Each turn one order by each way; who begins changes from turn to turn."""
    times: Times = ([], [], [], [])
    for number in range(orders + WARM):
        due = asyncio.get_running_loop().time() + PACE
        if number % 2:
            other = await without.place(number)
            own = await ours.place(number)
        else:
            own = await ours.place(number)
            other = await without.place(number)
        plain = await _post(client, watch, ours.watch.request)
        if number >= WARM:
            for kept, took in zip(times, (own[0], other[0], plain, own[1]), strict=True):
                kept.append(took)
        await asyncio.sleep(due - asyncio.get_running_loop().time())
    return times


async def _post(client: httpx.AsyncClient, watch: Stopwatch, like: httpx.Request) -> float:
    """Milliseconds to the last byte of the same request, by nothing but httpx."""
    headers = {name: like.headers[name] for name in ("Accept", "User-Agent", "Authorization", "Content-Type")}
    begun = perf_counter_ns()
    response = await client.post(like.url, content=like.content, headers=headers)
    assert response.status_code == 200
    return (watch.written_at - begun) / 1e6


def _event(number: int) -> Event:
    return Event(
        _event_id(number), "Bears at Panthers", 1, "Bench", "American Football", datetime(2030, 9, 13, 17, tzinfo=UTC), "not_started"
    )


def _seeded(number: int) -> MarketsSeeded:
    rng = Random(number)
    books = tuple(_book(number, place, rng) for place in range(MARKETS))
    return MarketsSeeded(_event_id(number), tuple(_group(number, place) for place in range(MARKETS)), books, time.monotonic())


def _book(number: int, place: int, rng: Random) -> Book:
    """The frames' book, with ids of this event."""
    frame = msgspec.json.decode(message(place, rng).frame(0), type=wire.Frame)
    (told,) = parse_push(frame.data)
    assert isinstance(told, BookChanged)
    sides = {_selection(number, place, outcome_id): told.book.side(strike_id(place, outcome_id)) for outcome_id, _ in OUTCOMES}
    return Book(_key(number, place), sides)


def _group(number: int, place: int) -> MarketGroup:
    key = _key(number, place)
    selections = tuple(Selection(_selection(number, place, outcome_id), word, outcome_id) for outcome_id, word in OUTCOMES)
    market = Market(key, "Fixed total", "total", "", ACTIVE, selections)
    return MarketGroup(key.event_id, key.market_id, "Total", "total", "", "", ACTIVE, (market,))


def _event_id(number: int) -> int:
    return 19458 + number


def _key(number: int, place: int) -> MarketKey:
    return MarketKey(_event_id(number), market_id(place), Decimal(str(strike(place))))


def _selection(number: int, place: int, outcome_id: int) -> str:
    return f"{_event_id(number):08x}{strike_id(place, outcome_id)[8:]}"


def _references() -> Callable[[], str]:
    numbers = itertools.count()
    return lambda: f"ov-bench-{next(numbers):032x}"


def _now() -> datetime:
    return datetime.now(UTC)


def _say(words: str) -> None:
    print(f"  the journal says: {words}")


def _failed(problem: BaseException) -> None:
    raise problem


@contextlib.contextmanager
def teller() -> Iterator[str]:
    """The address of a venue that accepts everything; it ends with the block."""
    command = [sys.executable, "-m", "benchmarks.teller"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/partner"
        finally:
            process.stdin.close()
            process.wait(PATIENCE)


def table(ordered: Ordered) -> list[tuple[str, ...]]:
    """Rows of way, absolute and ratio."""
    rows = (
        ("ours: rules, journal, token, POST", ordered.ours, "1"),
        ("peer: the same without a journal", ordered.unjournaled, ordered.unjournaled_ratio.text(" ×", 2)),
        ("peer: a bare httpx POST of the same bytes", ordered.bare, ordered.bare_ratio.text(" ×", 2)),
        ("ours, until the venue's answer is on the blotter", ordered.answered, ""),
    )
    head = ("click to last byte written", "p50", "p99", "")
    return [head, *((words, f"{took.p50:.2f} ms", f"{took.p99:.2f} ms", share) for words, took, share in rows)]
