"""The B2B client on a real practice exchange in the same process, with a key of its own registered there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from app.domain.environment import Environment
from app.domain.order import OrderDraft, OrderReport
from app.domain.secret import Secret
from app.practice.clock import SECOND
from app.practice.wire.application import Wire
from app.practice.wire.omnibus import new_partner
from app.venues.hosts import practice
from app.venues.http import Http
from app.venues.omnibus.keys import register_key
from app.venues.omnibus.ladder import BUILT_IN
from app.venues.omnibus.names import B2B, Paths, Words
from app.venues.omnibus.signing import Keys
from app.venues.omnibus.venue import Omnibus
from tests.practice.kit import KEYS
from tests.venues.exchange import Floor, Watched, let_pass
from tests.venues.omnibus.desk import pem_of, private_key, public_pem

HOST = practice("http://127.0.0.1:1")


class PartnerFloor(Floor):
    """`delay`: seconds that the exchange's record of orders is behind."""

    def __init__(self, delay: float = 0) -> None:
        super().__init__()
        self.partner = new_partner()
        self.exchange.open_account(user_id=self.partner.user_id, balance=50_000_00)
        keys = msgspec.structs.replace(KEYS, partner=self.partner)
        self.wire = Wire(self.exchange, keys, self.clock, host="127.0.0.1", port=4321, history_delay=int(delay * SECOND))

    def connect(self, url: str) -> Http:
        return Http(url, transport=Watched(self))

    @asynccontextmanager
    async def desk(
        self, paths: Paths = B2B, fields: Words = "guide", *, batches: bool = True, many_events: bool = True
    ) -> AsyncIterator[Omnibus]:
        """A client that signs as the partner."""
        taken = await register_key(HOST, B2B, Secret(self.partner.token), "desk", public_pem(), self.connect) if not self.issuer else None
        self.issuer = taken.issuer if taken else self.issuer
        venue = Omnibus(
            paths=paths,
            fields=fields,
            batches=batches,
            many_events=many_events,
            clock=self.seconds,
            wall=self.seconds,
            emit=self.news.extend,
            connect=self.connect,
            sleep=self.sleep,
        )
        await venue.point(HOST, Keys(Environment.PRACTICE, Secret(pem_of(private_key())), self.issuer))
        self.asked.clear()
        try:
            yield venue
        finally:
            await venue.close()

    issuer = ""

    def resting_for(self, user: str) -> OrderDraft:
        """An order that nobody takes, at the longest price of the ladder."""
        return msgspec.structs.replace(self.resting(), odds=BUILT_IN.rungs[-1], external_user=user)

    def taking_for(self, user: str) -> OrderDraft:
        return msgspec.structs.replace(self.taking(), external_user=user)

    async def rested(self, venue: Omnibus, ref: str, user: str = "cust-1") -> OrderReport:
        """An order that is on the book."""
        report = await venue.place(ref, self.resting_for(user), let_pass)
        self.pass_time()
        return report
