"""A bearer token kept fresh: refreshed ahead of its expiry, by one request however many callers wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec

from app.domain.errors import NotSentError, RefusedError

AHEAD = 60.0  # seconds before expiry at which a new token is fetched
FALLBACK_LIFE = 600.0  # seconds, when the venue's expiry makes no sense (its guides say 20 minutes, its mails 10)
LOGINS_AN_HOUR = 3  # each login burns one of 20 sessions
URGENT_LOGINS = 10  # so many where a cancel wants it: orders must come off the book whatever else went wrong


class Token(msgspec.Struct, frozen=True):
    """`expires_at` is Unix seconds by the local clock. The repr hides what must not be seen."""

    access: str
    expires_at: float
    refresh: str = ""

    def __repr__(self) -> str:
        return f"Token(expires_at={self.expires_at})"


def expiry(stated: int | float, now: float) -> float:
    """Unix seconds from an expiry in s, ms, us or ns, or from a number of seconds; the fallback life when it is not in the future."""
    if not abs(stated) < 1e20:  # neither nanoseconds nor a number: NaN is caught here too
        return now + FALLBACK_LIFE
    value = float(stated)
    for _ in range(3):
        if value > 1e11:
            value /= 1000
    if 0 < value < 1e7:
        value += now
    return value if now < value < now + 40 * 86400 else now + FALLBACK_LIFE


class Tokens:
    """Hands out the access token. `login` and `refresh` do the I/O; RefusedError or NotSentError of theirs pass through."""

    def __init__(
        self,
        login: Callable[[], Awaitable[Token]],
        refresh: Callable[[str], Awaitable[Token]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._login = login
        self._refresh = refresh
        self._clock = clock
        self._token: Token | None = None
        self._lock = asyncio.Lock()
        self._logins: list[float] = []

    @property
    def expires_at(self) -> float | None:
        return self._token.expires_at if self._token else None

    async def bearer(self, *, is_urgent: bool = False) -> str:
        """A token that is good for a while yet. `is_urgent`: a cancel wants it."""
        token = self._token
        if token and self._clock() < token.expires_at - AHEAD:
            return token.access
        return await self._renew(token, URGENT_LOGINS if is_urgent else LOGINS_AN_HOUR)

    async def renew(self, refused: str, *, is_urgent: bool = False) -> str:
        """The venue answered 401 to `refused`: fetch another, unless somebody already has."""
        token = self._token
        if token and token.access != refused:
            return token.access
        return await self._renew(token, URGENT_LOGINS if is_urgent else LOGINS_AN_HOUR)

    async def _renew(self, seen: Token | None, logins: int) -> str:
        async with self._lock:
            if self._token is not seen and self._token is not None:
                return self._token.access
            self._token = await self._fresh(logins)
            return self._token.access

    async def _fresh(self, logins: int) -> Token:
        if self._token and self._token.refresh:
            try:
                token = await self._refresh(self._token.refresh)
            except (RefusedError, NotSentError):
                return await self._logged_in(logins)
            return msgspec.structs.replace(token, refresh=token.refresh or self._token.refresh)
        return await self._logged_in(logins)

    async def _logged_in(self, logins: int) -> Token:
        now = self._clock()
        self._logins = [at for at in self._logins if now - at < 3600]
        if len(self._logins) >= logins:
            raise NotSentError(f"{len(self._logins)} logins within an hour: waiting, because each one uses up a session at the venue")
        self._logins.append(now)
        try:
            return await self._login()
        except NotSentError as problem:
            if not problem.status:  # it never got there, so it burned nothing: an outage must not lock the account out
                self._logins.remove(now)
            raise
