"""What a commit costs: an intent in the terminal's journal against the same two rows by the standard library at SQLite's defaults.

The defaults are a rollback journal and synchronous=FULL. All files lie in one folder, and the ways take turns.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from time import perf_counter_ns
from typing import TypeVar

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import rsa

from app.domain.market import MarketKey
from app.domain.odds import Odds
from app.domain.order import Order, OrderDraft
from app.domain.record import Intended
from app.store.journal.lines import Kept, Line
from app.store.journal.opening import Opened, open_journal
from app.store.journal.writer import Writer
from benchmarks.figures import Spread, percentile, ratio

COMMITS, WARM = 500, 20
SIGNATURES = 300
BITS = 2048
TABLES = ("entries", "orders")
FULL = 2  # PRAGMA synchronous
_ENCODER = msgspec.json.Encoder()

T = TypeVar("T")


class Quantiles(msgspec.Struct, frozen=True):
    """Microseconds."""

    p50: float
    p99: float


class Committed(msgspec.Struct, frozen=True):
    """Microseconds for one intent on the disk; ratios say how many times ours the defaults take, turn by turn.

    `writer` is what the event loop waits for (the file's cost and two changes of thread), `file` the file's cost alone.
    """

    commits: int
    writer: Quantiles
    file: Quantiles
    defaults: Quantiles
    writer_ratio: Spread
    file_ratio: Spread


def measure(folder: Path, commits: int = COMMITS) -> Committed:
    """In `folder`, whose disk is what is measured."""
    return asyncio.run(_measure(folder, commits))


async def _measure(folder: Path, commits: int) -> Committed:
    lines = [line(number) for number in range(commits + WARM)]
    taken: tuple[list[float], list[float], list[float]] = ([], [], [])
    writer = Writer(lambda: _open(folder / "writer.db"), heard=_unheard)
    await writer.start()
    with contextlib.closing(_open(folder / "file.db").file) as file, _peer(folder) as peer:
        for each in lines:
            taken[0].append(await _waited(writer.intend(each)))
            taken[1].append(_timed(partial(file.intend, each)))
            taken[2].append(_timed(partial(peer.write, peer.rows_of(each.ref))))
    await writer.close()
    writers, files, peers = (times[WARM:] for times in taken)
    return Committed(
        commits=commits,
        writer=quantiles(writers),
        file=quantiles(files),
        defaults=quantiles(peers),
        writer_ratio=ratio(peers, writers),
        file_ratio=ratio(peers, files),
    )


def line(number: int) -> Line:
    """An intent as the recorder writes it."""
    draft = OrderDraft(
        MarketKey(19458, 219, Decimal(0)), f"{number:032x}", Odds(3, 2), Decimal("10.00"), "Bears at Panthers", "Moneyline", "Bears"
    )
    order = Order(f"ov-bench-{number:032x}", draft, datetime.now(UTC), quantity=draft.stake)
    kept = Kept(order.ref, "", True, order.placed_at, _ENCODER.encode(order).decode())
    return Line("intended", order.ref, _ENCODER.encode(Intended(order)).decode(), kept)


Rows = list[tuple[str, tuple[object, ...]]]


class Peer:
    """Writes what the journal's file has just written, as it stands there, to a file of its own in one transaction."""

    def __init__(self, written: sqlite3.Connection, own: sqlite3.Connection) -> None:
        self._written = written
        self._own = own

    def rows_of(self, ref: str) -> Rows:
        """The two rows of an intent, each with the statement that inserts it."""
        found = [(table, self._written.execute(f"SELECT * FROM {table} WHERE ref = ?", (ref,)).fetchone()) for table in TABLES]
        return [(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row) for table, row in found]

    def write(self, rows: Rows) -> None:
        """On the disk when this returns."""
        with self._own:
            for statement, row in rows:
                self._own.execute(statement, row)


@contextlib.contextmanager
def _peer(folder: Path) -> Iterator[Peer]:
    """Its file has the journal's tables and no setting made."""
    with (
        contextlib.closing(sqlite3.connect(folder / "file.db")) as written,
        contextlib.closing(sqlite3.connect(folder / "defaults.db")) as own,
    ):
        for (text,) in written.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"):
            own.execute(text)
        assert own.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert own.execute("PRAGMA synchronous").fetchone() == (FULL,)
        yield Peer(written, own)


def sign(signatures: int = SIGNATURES) -> Quantiles:
    """What signing one request by RS256 will cost, which the B2B API asks for and the Trading API does not: it wants a bearer token."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=BITS)
    claims = {"iss": "bench", "iat": 1_790_000_000, "exp": 1_790_000_060, "uri": "/v4/mm/submit_order", "bodyHash": "0" * 64}
    return quantiles([_timed(lambda: jwt.encode(claims, key, algorithm="RS256")) for _ in range(signatures)])


def quantiles(microseconds: Sequence[float]) -> Quantiles:
    """ValueError for no values."""
    return Quantiles(round(percentile(microseconds, 0.5), 1), round(percentile(microseconds, 0.99), 1))


def _timed(act: Callable[[], object]) -> float:
    begun = perf_counter_ns()
    act()
    return (perf_counter_ns() - begun) / 1000


async def _waited(act: Awaitable[T]) -> float:
    begun = perf_counter_ns()
    await act
    return (perf_counter_ns() - begun) / 1000


def _open(path: Path) -> Opened:
    return open_journal(path, now=lambda: datetime.now(UTC))


def _unheard(words: str) -> None:
    raise AssertionError(words)


def table(committed: Committed) -> list[tuple[str, ...]]:
    """Rows of way, absolute and ratio."""
    rows = (
        ("ours, as the event loop waits for it", committed.writer, "1"),
        ("ours, the file alone", committed.file, ""),
        ("peer: stdlib sqlite3, SQLite's defaults", committed.defaults, committed.writer_ratio.text(" ×", 2)),
    )
    head = ("an intent on the disk", "p50", "p99", "")
    return [head, *((words, f"{found.p50:,.0f} µs", f"{found.p99:,.0f} µs", share) for words, found, share in rows)]
