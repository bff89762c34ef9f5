"""The proof run of a Trading API account: clock, login, balance, stream."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Mapping
from functools import partial
from typing import Final

from app.domain.environment import Environment
from app.domain.errors import NotSentError, RefusedError, VenueError
from app.domain.money import money_words
from app.domain.proof import SWAP, ProofRow
from app.domain.secret import Secret
from app.venues.auth import ALL_USED, COOL_DOWN, SESSIONS, Token
from app.venues.clock_row import ClockRow
from app.venues.excuses import Excuse, status_of
from app.venues.first_message import FirstMessage, Patience
from app.venues.hosts import Address
from app.venues.http import Http
from app.venues.line import Dial
from app.venues.prophetx.calls import Calls
from app.venues.prophetx.names import V4, Paths
from app.venues.prophetx.venue import Keys, ProphetX
from app.venues.push import PushSocket
from app.venues.shares import Budgets
from app.venues.steps import Found, Hidden, Step, StepError, walked

ROWS: Final = ("Clock", "Login", "Balance", "Stream")
REFUSED: Final = frozenset({401, 403})  # statuses after which the next run logs in anew
UNKNOWN_KEYS: Final = frozenset({400, 401})  # statuses with which a login says that it does not know the keys


async def prove(
    address: Address,
    keys: Keys,
    *,
    paths: Paths = V4,
    connect: Callable[[str], Http] = Http,
    dial: Dial = PushSocket,
    clock: Callable[[], float] = time.monotonic,
    wall: Callable[[], float] = time.time,
    patience: Patience | None = None,
    before: Token | None = None,
    keep: Callable[[Token], None] = lambda _token: None,
    budgets: Budgets | None = None,
) -> AsyncGenerator[ProofRow, None]:
    """Each row as it starts and as it ends. One session is used; what it opened is closed when it ends, is closed or cancelled.

    `before` is the session of an earlier run with these very keys: it is gone on with, as a login uses up one of the account's.
    `keep` is given the session at the end, unless the venue refused it. `budgets`: those of the program that it runs in.
    """
    another = partial(ProphetX, paths=paths, connect=connect, clock=clock, wall=wall, budgets=budgets)
    venue = another()
    hidden = Hidden([keys.access, keys.secret])
    run = _Run(venue, address, keys, hidden, another, wall, before)
    told = by_status(keys.environment)
    steps = [
        Step("Clock", ClockRow(address, Calls(paths).tournaments(), connect).ask),
        Step("Login", run.login, told, is_patient=False),
        Step("Balance", run.balance, told),
        Step("Stream", FirstMessage(venue, dial, clock, patience).ask, told),
    ]
    rows = walked(steps, hidden, clock)
    try:
        async for row in rows:
            yield row
    finally:
        await rows.aclose()
        await venue.close()
        if run.session is not None:
            keep(run.session)


def by_status(environment: Environment) -> Mapping[int, Excuse]:
    unknown = Excuse(
        f"The venue does not know these keys in {environment}",
        "Copy both keys anew from the venue's page of this environment: the keys of one are unknown in the other",
    )
    return {
        400: unknown,
        401: unknown,
        403: Excuse("The venue does not let this account in (403)", "Look on the venue's page whether the account may use the API"),
    }


class _Run:
    def __init__(
        self,
        venue: ProphetX,
        address: Address,
        keys: Keys,
        hidden: Hidden,
        another: Callable[[], ProphetX],
        wall: Callable[[], float],
        before: Token | None,
    ) -> None:
        self._venue = venue
        self._address = address
        self._keys = keys
        self._hidden = hidden
        self._another = another
        self._wall = wall
        self._before = before
        self._is_refused = False

    @property
    def session(self) -> Token | None:
        """What another run may go on with."""
        return None if self._is_refused else self._venue.tokens.token

    async def login(self) -> Found:
        await self._venue.point(self._address, self._keys)
        if self._before is not None:
            self._venue.tokens.resume(self._before)
        try:
            self._hidden.add(Secret(await self._venue.tokens.bearer()))
        except (RefusedError, NotSentError) as problem:
            if problem.code == ALL_USED:
                raise _all_used(problem) from problem
            if problem.status in UNKNOWN_KEYS and await self._is_swapped():
                raise StepError(
                    "These two keys are swapped: the access key was typed as the secret key",
                    SWAP,
                    f"POST {self._venue.paths.login}: {status_of(problem)}, and good with the two keys swapped",
                ) from problem
            raise
        ends_at, until = self._venue.tokens.expires_at, self._venue.tokens.refresh_until
        assert ends_at is not None
        more = f", and can be prolonged for {_span(until - self._wall())}" if until is not None else ""
        span = f"the session is good for {_span(ends_at - self._wall())}{more}"
        if self._venue.tokens.logins_today:
            return Found(f"Logged in: {span}", f"POST {self._venue.paths.login}")
        return Found(f"Logged in by an earlier test: {span}", "No login, because each one uses up a session of the account")

    async def _is_swapped(self) -> bool:
        """One more login, with the keys in each other's place; only after the venue said that it does not know them as they are."""
        other = self._another()
        try:
            await other.point(self._address, Keys(self._keys.environment, self._keys.secret, self._keys.access))
            await other.log_in()
        except VenueError:
            return False
        finally:
            await other.close()
        return True

    async def balance(self) -> Found:
        try:
            balance = await self._venue.balance()
        except (RefusedError, NotSentError) as problem:
            self._is_refused = problem.status in REFUSED
            raise
        words = f"{money_words(balance.cash)} dollars, of which {money_words(balance.matched)} matched"
        unmatched = f" and {money_words(balance.unmatched)} unmatched"
        return Found(words + (unmatched if balance.is_trusted else "; the venue does not know what is unmatched just now"))


def _all_used(problem: Exception) -> StepError:
    return StepError(
        f"All {SESSIONS} sessions of the account are in use at the venue",
        f"Close other programs that use these keys, or wait {COOL_DOWN / 60:.0f} minutes, then test again",
        str(problem),
    )


def _span(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
