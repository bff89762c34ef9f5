"""What a run of the practice server begins with: a new or kept exchange, its account and keys, and loaded payloads."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple

import msgspec

from app.practice.exchange import Exchange
from app.practice.load import load_payloads
from app.practice.model import RefusalError
from app.practice.state import State, StateError, open_state
from app.practice.wire.application import Keys, new_keys, with_all_doors

OPENING_BALANCE = 10_000_00
"""Cents on a new account."""

PARTNERS_BALANCE = 1_000_000_00
"""Cents on the account of a partner, who trades for many."""


class Plan(NamedTuple):
    """The options that shape the exchange; `folder` keeps it, `payloads` are put beside the simulated events."""

    seed: int
    speed: float
    rate: float
    deduct: str
    folder: Path | None
    payloads: Path | None


class Opened:
    """An exchange ready to be served. `notes` are sentences about the loaded payloads; `close` keeps what there is to keep.

    When it can no longer be kept `fault` says why, in a sentence, and every further call is refused: it has to end.
    """

    def __init__(self, plan: Plan, now: int) -> None:
        """Times are ns. Raises StateError and LoadError, whose texts are sentences."""
        self._state: State | None = None
        self.notes: list[str] = []
        self.fault = ""
        if plan.folder is None:
            self.exchange = Exchange(seed=plan.seed, speed=plan.speed, rate=plan.rate, started_at=now, deduct=plan.deduct)
        else:
            self._state, self.exchange = open_state(
                plan.folder, seed=plan.seed, speed=plan.speed, rate=plan.rate, now=now, deduct=plan.deduct
            )
        try:
            self._load(plan.payloads, now)
            self.keys = self._open_keys()
        except BaseException:
            if self._state is not None:
                self._state.close()
            raise

    def keep(self) -> None:
        """Make durable what has changed; nothing to do without a state. Raises RefusalError("internal_error")."""
        if self._state is not None:
            with self._keeping():
                self._state.save(self.exchange)

    def saved_sessions(self) -> bytes | None:
        return self._state.get("sessions") if self._state is not None else None

    def save_sessions(self, saved: bytes) -> None:
        """Keep a snapshot of the sessions. Raises RefusalError("internal_error")."""
        self._put("sessions", saved)

    def saved_partner_keys(self) -> bytes | None:
        return self._state.get("partner_keys") if self._state is not None else None

    def save_partner_keys(self, saved: bytes) -> None:
        """Keep a snapshot of the public keys a partner has registered. Raises RefusalError("internal_error")."""
        self._put("partner_keys", saved)

    def saved_webhooks(self) -> bytes | None:
        return self._state.get("webhooks") if self._state is not None else None

    def save_webhooks(self, saved: bytes) -> None:
        """Keep a snapshot of the webhooks, with their secrets. Raises RefusalError("internal_error")."""
        self._put("webhooks", saved)

    def _put(self, name: str, value: bytes) -> None:
        if self._state is not None:
            with self._keeping():
                self._state.put(name, value)

    @contextlib.contextmanager
    def _keeping(self) -> Generator[None, None, None]:
        try:
            yield
        except StateError as error:
            self.fault = str(error)
            raise RefusalError("internal_error") from error

    def close(self) -> None:
        """Raises StateError when what there is cannot be kept."""
        if self._state is not None:
            state, self._state = self._state, None
            state.close(self.exchange)

    def _load(self, payloads: Path | None, now: int) -> None:
        if payloads is None:
            return
        loaded = load_payloads(payloads, now)
        self.exchange.add_loaded(loaded)
        self.notes = loaded.notes

    def _open_keys(self) -> Keys:
        """The kept keys, with new ones for what an older state does not know; either way their accounts are there afterwards."""
        kept = self._state.get("keys") if self._state is not None else None
        known = _read_keys(kept) if kept is not None else None
        keys = with_all_doors(known or new_keys())
        if self._state is not None and keys != known:
            self._state.put("keys", msgspec.json.encode(keys))
        if self.exchange.account_by_key(keys.access_key) is None:
            self.exchange.open_account(
                access_key=keys.access_key, secret_key=keys.secret_key, user_id=keys.user_id, balance=OPENING_BALANCE
            )
        if not self.exchange.has_account(keys.partner.user_id):
            self.exchange.open_account(user_id=keys.partner.user_id, balance=PARTNERS_BALANCE)
        if self._state is not None:
            self._state.save(self.exchange)
        return keys


def _read_keys(kept: bytes) -> Keys:
    try:
        return msgspec.json.decode(kept, type=Keys)
    except msgspec.DecodeError as error:
        raise StateError(f"The keys of the state cannot be read: {error}.") from error
