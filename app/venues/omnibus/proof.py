"""The proof run of a B2B Omnibus account: clock, token, signature, account, balance, stream."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Final

import msgspec

from app.domain.account import Balance
from app.domain.environment import Environment
from app.domain.errors import UnreadableError
from app.domain.money import money_words
from app.domain.proof import ProofRow
from app.domain.secret import Secret
from app.venues.clock_row import ClockRow
from app.venues.excuses import Excuse
from app.venues.first_message import FirstMessage, Patience
from app.venues.hosts import Address
from app.venues.http import Http
from app.venues.line import Dial
from app.venues.omnibus.calls import Calls
from app.venues.omnibus.names import B2B, Paths
from app.venues.omnibus.signing import Keys, Signer, masked, told_by
from app.venues.omnibus.venue import Omnibus
from app.venues.push import PushSocket
from app.venues.shares import Budgets
from app.venues.steps import Found, Hidden, Step, StepError, walked

ROWS: Final = ("Clock", "Token", "Signature", "Account", "Balance", "Stream")


class _Probed(msgspec.Struct):
    """What earlier rows leave to later ones."""

    signer: Signer | None = None
    token: Secret = Secret()
    balance: Balance | None = None
    unreadable: UnreadableError | None = None


async def prove(
    address: Address,
    keys: Keys,
    *,
    paths: Paths = B2B,
    connect: Callable[[str], Http] = Http,
    dial: Dial = PushSocket,
    clock: Callable[[], float] = time.monotonic,
    wall: Callable[[], float] = time.time,
    patience: Patience | None = None,
    budgets: Budgets | None = None,
) -> AsyncGenerator[ProofRow, None]:
    """Each row as it starts and as it ends. What it opened is closed when it ends, is closed or cancelled."""
    venue = Omnibus(paths=paths, connect=connect, clock=clock, wall=wall, budgets=budgets)
    run = _Run(venue, address, keys, ClockRow(address, Calls(paths).tournaments(), connect), wall)
    stream = FirstMessage(venue, dial, clock, patience)
    steps = [
        Step("Clock", run.clock.ask),
        Step("Token", run.token, is_local=True),
        Step("Signature", run.signature, is_local=True),
        Step("Account", run.account, by_status(keys.environment)),
        Step("Balance", run.balance),
        Step("Stream", stream.ask, by_status(keys.environment)),
    ]
    rows = walked(steps, Hidden([keys.private]), clock)
    try:
        async for row in rows:
            yield row
    finally:
        await rows.aclose()
        await venue.close()


def by_status(environment: Environment) -> Mapping[int, Excuse]:
    shape = Excuse(
        "Prophet refuses the token's shape",
        "Compare the token's shape under Advanced with what Prophet told you: algorithm, claim of the hash, encoding, lifetime",
    )
    return {
        400: shape,
        422: shape,
        401: Excuse(
            f"Prophet does not know this key yet in {environment}",
            "Check the issuer id, and that the public key was registered in this environment",
        ),
        403: Excuse(
            f"Prophet knows this key and does not let it in in {environment} (403)",
            "Ask Prophet to open the B2B API to this account in this environment",
        ),
    }


class _Run:
    def __init__(self, venue: Omnibus, address: Address, keys: Keys, clock: ClockRow, wall: Callable[[], float]) -> None:
        self._venue = venue
        self._address = address
        self._keys = keys
        self._wall = wall
        self._probed = _Probed()
        self.clock = clock

    async def token(self) -> Found:
        if not self._keys.issuer:
            raise StepError("There is no issuer id yet", "Register the public key, and type the issuer id that Prophet gives you for it")
        signer = self._probed.signer = await asyncio.to_thread(Signer, self._keys, lambda: self._wall() + self.clock.offset)
        token = self._probed.token = signer.token(None)
        told = told_by(token)
        shape = self._keys.shape
        return Found(
            f"Built with {shape.algorithm}, good for {shape.lifetime} s",
            f"{masked(token)}\nheader {told.header}\nclaims {told.claims}",
        )

    async def signature(self) -> Found:
        signer = self._probed.signer
        assert signer is not None
        if not signer.is_by_this_key(self._probed.token):
            raise StepError("The signature does not fit the public key of this pair", "Import the private key again")
        return Found(f"It fits the public key, {signer.bits:,} bits", f"fingerprint {signer.fingerprint}")

    async def account(self) -> Found:
        await self._venue.point(self._address, self._keys)
        try:
            self._probed.balance = await self._venue.balance()
        except UnreadableError as problem:  # it was answered all the same: the next row's concern
            self._probed.unreadable = problem
        return Found(f"Prophet knows this key in {self._keys.environment}", f"GET {self._venue.paths.balance}")

    async def balance(self) -> Found:
        if self._probed.balance is None:
            raise self._probed.unreadable or UnreadableError("No balance was answered")
        return Found(balance_words(self._probed.balance))


def balance_words(balance: Balance) -> str:
    cash, matched, unmatched = (money_words(amount) for amount in (balance.cash, balance.matched, balance.unmatched))
    return f"{cash} dollars, of which {matched} matched and {unmatched} unmatched"
