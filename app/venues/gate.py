"""One venue's way out: a request leaves when the budget lets it, is measured, and its answer is sorted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import httpx
import msgspec

from app.domain.errors import NotSentError
from app.venues.call import Call
from app.venues.http import NO_PARAMS, Http, Reply, accepted
from app.venues.limits import Budget, Turn
from app.venues.meter import Meter

SHORT_PAUSE: Final = 1.0  # seconds, where the venue asks for a pause and does not say how long
OF_ORDERS_IN_PLAY: Final = "too_many_delayed_requests"  # the one 429 that is about these orders and no others (contract 5.2)
NOT_CONNECTED: Final = "Not connected to a venue yet"


class Answer(msgspec.Struct, frozen=True):
    """A body, and the monotonic time just before the request left."""

    body: bytes
    asked_at: float


class Gate:
    """`wait` for the turn, make what goes into the headers, then `send`. Errors as `venues.http.accepted` sorts them."""

    def __init__(self, http: Http, budget: Budget, meter: Meter, clock: Callable[[], float], name_of: Callable[[Call], str]) -> None:
        self._http = http
        self._budget = budget
        self._meter = meter
        self._clock = clock
        self._name_of = name_of
        self.latency: float | None = None
        self.answered_at: float | None = None

    @property
    def offset(self) -> float | None:
        """How many seconds the venue's clock is ahead of this computer's (negative: behind); None before it is known."""
        return self._http.offset

    def restart_clock(self) -> None:
        """Take the newest answer's word for the venue's clock."""
        self._http.restart_clock()

    async def wait(self, call: Call) -> Turn:
        return await self._budget.wait(call.path, is_query=call.is_query, rank=call.rank)

    async def send(self, call: Call, turn: Turn, headers: Mapping[str, str] = NO_PARAMS, auth: httpx.Auth | None = None) -> Answer:
        """The bytes of `call.body` as they are, once, opened by its headers or by `auth`."""
        started, is_failure = self._clock(), True
        try:
            with self._budget.under_way(turn):
                reply = await self._http.send(
                    call.method, call.path, params=call.params, body=call.body, headers=headers, auth=auth, deadline=call.deadline
                )
            self._note(reply)
            accepted(reply)
            is_failure = False
        except NotSentError as problem:
            self._pause(call, problem)
            raise
        finally:
            self._meter.note(self._name_of(call), self._clock() - started, is_failure=is_failure)
        return Answer(reply.body, started)

    async def touch(self, call: Call, turn: Turn, headers: Mapping[str, str] = NO_PARAMS, auth: httpx.Auth | None = None) -> Reply:
        """Whatever comes back for a request that can do nothing; it is not measured."""
        with self._budget.under_way(turn):
            reply = await self._http.send(call.method, call.path, body=call.body, headers=headers, auth=auth)
        if reply.status == 429:
            self._budget.hold_all(SHORT_PAUSE)
        return reply

    async def close(self) -> None:
        await self._http.close()

    def _note(self, reply: Reply) -> None:
        self.latency, self.answered_at = reply.seconds, self._clock()

    def _pause(self, call: Call, problem: NotSentError) -> None:
        """The venue asked for a pause: of this query, or of everything (cancels go on all the same), whatever it calls its reason."""
        if problem.status != 429:
            return
        if call.is_query:
            self._budget.hold(call.path, problem.retry_after or SHORT_PAUSE)
        elif problem.code != OF_ORDERS_IN_PLAY:
            self._budget.hold_all(problem.retry_after or SHORT_PAUSE)


class Gated:
    """A venue behind a gate of its own, which a `point` builds and `close` takes down."""

    _gate: Gate | None = None

    @property
    def clock_offset(self) -> float | None:
        """How many seconds the venue's clock is ahead of this computer's (negative: behind); None before it is known."""
        return self._gate.offset if self._gate else None

    @property
    def latency(self) -> float | None:
        """Seconds that the last answer took; None before one."""
        return self._gate.latency if self._gate else None

    @property
    def answered_at(self) -> float | None:
        """When the venue last answered, in monotonic seconds; None before it did."""
        return self._gate.answered_at if self._gate else None

    async def close(self) -> None:
        if self._gate:
            await self._gate.close()
            self._gate = None
