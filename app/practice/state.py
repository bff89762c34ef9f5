"""The durable side of an exchange: accounts, orders and books in one SQLite file, so that a killed exchange goes on.

Accounts, orders and statements are written in one transaction after every step that touched them. The world (books, games, random
generators, agenda) is 6 MB: it is written whenever an event changes its shape, every ten seconds while somebody trades, every
minute while nobody does, and at the end. Time in which nobody runs the exchange does not exist for its world.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import msgspec

from app.practice.clock import SECOND
from app.practice.exchange import Exchange
from app.practice.model import Account, Order, Transaction
from app.practice.snapshot import Ledger, Snapshot, restore, take_snapshot

SCHEMA = 1
FILE = "exchange.sqlite3"
SNAPSHOT_EVERY = 10 * SECOND
QUIET_SNAPSHOT_EVERY = 60 * SECOND

_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (user_id TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS transactions (id INTEGER PRIMARY KEY, user_id TEXT NOT NULL, body BLOB NOT NULL);
"""


T = TypeVar("T")


class StateError(Exception):
    """A state cannot be used; the text says which and why."""


class State:
    """One folder's state. `put` and `get` keep small facts of others beside the exchange."""

    def __init__(self, folder: Path) -> None:
        """Opens or makes the file; raises StateError."""
        self._path = folder / FILE
        self._snapshot_at = 0
        self._is_traded = False  # since the last snapshot
        self._encoder = msgspec.msgpack.Encoder()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = self._open()
            self._check_schema()
        except (OSError, sqlite3.Error) as error:
            raise StateError(f"The state in {folder} cannot be opened: {error}.") from error

    def _open(self) -> sqlite3.Connection:
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        file = sqlite3.connect(self._path, timeout=0.5, isolation_level=None, check_same_thread=False)
        file.execute("PRAGMA locking_mode=EXCLUSIVE")
        file.execute("PRAGMA journal_mode=WAL")
        file.execute("PRAGMA synchronous=FULL")
        file.executescript(_TABLES)
        return file

    def _check_schema(self) -> None:
        found = self.get("schema")
        if found is None:
            self.put("schema", str(SCHEMA).encode())
        elif found != str(SCHEMA).encode():
            self._file.close()
            raise StateError(
                f"The state in {self._path.parent} has version {found.decode(errors='replace')}, this exchange writes "
                f"version {SCHEMA}: choose another folder, or delete {FILE} in it to start anew."
            )

    # small facts

    def put(self, name: str, value: bytes) -> None:
        """Keep a value under a name; durable when this returns. Raises StateError."""
        with self._writing():
            self._file.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def get(self, name: str) -> bytes | None:
        row = self._file.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    # the exchange

    def save(self, exchange: Exchange, *, whole: bool = False) -> bool:
        """Write what has changed since the last time; the world too when `whole`, when it is time, or when it was reshaped.

        Returns whether anything was written. When it returns, it is on the disk. Raises StateError; nothing is written then.
        """
        accounts = exchange.accounts
        has_changed = bool(accounts.changed_accounts or accounts.changed_orders)
        self._is_traded = self._is_traded or has_changed
        whole = whole or exchange.world.reshaped or self._is_snapshot_due(exchange.now)
        if not (whole or has_changed):
            return False
        with self._writing(), _Transaction(self._file):
            self._write_ledger(exchange)
            if whole:
                self.put("world", self._encoder.encode(take_snapshot(exchange)))
        accounts.forget_changes()
        if whole:
            self._snapshot_at = exchange.now
            self._is_traded = False
            exchange.world.reshaped = False
        return True

    def _is_snapshot_due(self, now: int) -> bool:
        return now - self._snapshot_at >= (SNAPSHOT_EVERY if self._is_traded else QUIET_SNAPSHOT_EVERY)

    @contextlib.contextmanager
    def _writing(self) -> Generator[None, None, None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StateError(f"The state in {self._path.parent} cannot be written: {error}.") from error

    def _write_ledger(self, exchange: Exchange) -> None:
        accounts, encode = exchange.accounts, self._encoder.encode
        self._file.executemany(
            "INSERT INTO accounts VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET body = excluded.body",
            [(account.user_id, encode(account)) for account in accounts.changed_accounts.values()],
        )
        self._file.executemany(
            "INSERT INTO orders VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            [(order.id, encode(order)) for order in accounts.changed_orders.values()],
        )
        self._file.executemany(
            "INSERT OR REPLACE INTO transactions VALUES (?, ?, ?)",
            [(line.id, user_id, encode(line)) for user_id, line in accounts.new_transactions],
        )

    def load(self, *, now: int, speed: float, rate: float) -> Exchange | None:
        """The saved exchange, going on at `now` (ns); None when nothing was saved yet. Raises StateError."""
        try:
            world = self.get("world")
            if world is None:
                return None
            snapshot = msgspec.msgpack.decode(world, type=Snapshot)
            exchange = restore(snapshot, self._read_ledger(), now=now, speed=speed, rate=rate)
        except (msgspec.DecodeError, sqlite3.Error) as error:
            raise StateError(f"The state in {self._path.parent} cannot be read: {error}.") from error
        self._snapshot_at = now
        return exchange

    def _read_ledger(self) -> Ledger:
        return Ledger(
            [_decode(body, Account) for (body,) in self._file.execute("SELECT body FROM accounts ORDER BY rowid")],
            [_decode(body, Order) for (body,) in self._file.execute("SELECT body FROM orders ORDER BY rowid")],
            [
                (user_id, _decode(body, Transaction))
                for user_id, body in self._file.execute("SELECT user_id, body FROM transactions ORDER BY id")
            ],
        )

    def close(self, exchange: Exchange | None = None) -> None:
        """Save everything and let the file go. Raises StateError when it cannot be saved; the file is let go all the same."""
        try:
            if exchange is not None:
                self.save(exchange, whole=True)
        finally:
            self._file.close()


class _Transaction:
    """All or nothing."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file

    def __enter__(self) -> None:
        self._file.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        try:
            if kind is None:
                self._file.execute("COMMIT")
        finally:
            if self._file.in_transaction:  # a full disk has rolled it back already
                self._file.execute("ROLLBACK")


def _decode(body: bytes, kind: type[T]) -> T:
    return msgspec.msgpack.decode(body, type=kind)


def open_state(
    folder: Path,
    *,
    seed: int = 1,
    speed: float = 1.0,
    rate: float = 200.0,
    now: int,
    deduct: str = "match",
) -> tuple[State, Exchange]:
    """The folder's exchange, or a new one saved there. A saved exchange keeps its own seed and its accounts' own rule of deduction."""
    state = State(folder)
    exchange = state.load(now=now, speed=speed, rate=rate)
    if exchange is None:
        exchange = Exchange(seed=seed, speed=speed, rate=rate, started_at=now, deduct=deduct)
        state.save(exchange, whole=True)
    return state, exchange
