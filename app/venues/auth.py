"""A bearer token kept fresh: refreshed ahead of its expiry, by one request however many callers wait, and never by a loop of logins."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable

import msgspec

from app.domain.errors import NotSentError, RefusedError, UnknownError, UnreadableError, VenueError

AHEAD = 60.0  # seconds before expiry at which a new token is fetched
STREAM_AHEAD = 150.0  # seconds of life that a token should have when a socket is registered with it
LAST = 5.0  # seconds before expiry up to which the old token serves where no new one can be had
PAUSE = 10.0  # seconds after a renewal that failed, while the old token still serves
FALLBACK_LIFE = 600.0  # seconds, when the venue's expiry makes no sense (its guides say 20 minutes, its mails 10)
NEVER = float("inf")
HOUR = 3600.0
DAY = 86400.0
SESSIONS = 20  # at a time, for one account (contract V3)
LOGINS_AN_HOUR = 3  # each login burns one of them
URGENT_LOGINS = 10  # so many where a cancel wants it: orders must come off the book whatever else went wrong
COOL_DOWN = 600.0  # seconds in which nobody logs in, after the venue has said that all sessions are used
ALL_USED = "session_num_exceed"


class Token(msgspec.Struct, frozen=True):
    """`expires_at` is Unix seconds by the local clock, `refresh_until` the same of the refresh token, where the venue said so.

    The repr hides what must not be seen.
    """

    access: str
    expires_at: float
    refresh: str = ""
    refresh_until: float | None = None

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
    return value if now < value < now + 40 * DAY else now + FALLBACK_LIFE


class Logins:
    """When logins were tried, and whether another may be. Those that never reached the venue burned nothing and do not count.

    `clock` is monotonic seconds: a time of day that is set must neither lengthen a wait nor end it.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._at: list[float] = []
        self._cool_until = -NEVER
        self._urgent_at: float | None = None

    @property
    def today(self) -> int:
        """Within the last day."""
        return self._within(DAY)

    @property
    def cool_down_left(self) -> float:
        """Seconds until one may be tried again after all sessions were used."""
        return max(0.0, self._cool_until - self._clock())

    def begin(self, *, is_urgent: bool) -> float:
        """Count one that is about to be tried, and when. NotSentError when it may not be."""
        self._look_at_cool_down(is_urgent)
        tried = self._within(HOUR)
        if tried >= (URGENT_LOGINS if is_urgent else LOGINS_AN_HOUR):
            raise NotSentError(f"{tried} logins within an hour: waiting, because each one uses up a session at the venue")
        now = self._clock()
        self._at = [at for at in self._at if now - at < DAY] + [now]
        if self.cool_down_left:
            self._urgent_at = now
        return now

    def never_arrived(self, at: float) -> None:
        self._at.remove(at)
        if at == self._urgent_at:
            self._urgent_at = None

    def all_used(self) -> None:
        """The venue says that no session is free."""
        if not self.cool_down_left:
            self._urgent_at = None
        self._cool_until = self._clock() + COOL_DOWN

    def _look_at_cool_down(self, is_urgent: bool) -> None:
        left = self.cool_down_left
        if not left:
            return
        if not is_urgent or self._urgent_at is not None:
            raise NotSentError(f"All {SESSIONS} sessions of the account are in use at the venue: no login for another {_minutes(left)}")

    def _within(self, span: float) -> int:
        now = self._clock()
        return sum(1 for at in self._at if now - at < span)


UNKNOWN_KEYS = 401
UNKNOWN_PAUSE = 300.0  # seconds before keys that the venue does not know are tried again: asking does not make them better


class Tokens:
    """Hands out the access token. `login` and `refresh` do the I/O; RefusedError or NotSentError of theirs pass through.

    `clock` is Unix seconds, by which a token ends; `monotonic` counts what is waited for.
    """

    def __init__(
        self,
        login: Callable[[], Awaitable[Token]],
        refresh: Callable[[str], Awaitable[Token]],
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._login = login
        self._refresh = refresh
        self._clock = clock
        self._monotonic = monotonic
        self._unknown = ""
        self._unknown_until = -NEVER
        self._token: Token | None = None
        self._lock = asyncio.Lock()
        self._logins = Logins(monotonic)
        self._again_at = self._refresh_at = -NEVER

    @property
    def token(self) -> Token | None:
        """The one that was had last, whether it still lives or not."""
        return self._token

    def resume(self, token: Token) -> None:
        """Go on with a session that was opened before, without a login."""
        self._token = token

    @property
    def expires_at(self) -> float | None:
        return self._token.expires_at if self._token else None

    @property
    def refresh_until(self) -> float | None:
        """Until when the session can be prolonged without a login (Unix seconds); None where the venue has not said."""
        return self._token.refresh_until if self._token else None

    @property
    def logins_today(self) -> int:
        """Logins tried within the last day: the venue allows SESSIONS at a time."""
        return self._logins.today

    @property
    def cool_down_left(self) -> float:
        """Seconds in which nobody logs in; 0 when that is not so."""
        return self._logins.cool_down_left

    @property
    def serving(self) -> str:
        """The token that still serves, without asking for another; empty when there is none."""
        return self._token.access if self._token and self._does_serve(self._token) else ""

    async def bearer(self, *, is_urgent: bool = False) -> str:
        """A token that is good for a while yet. `is_urgent`: a cancel wants it."""
        return await self._good_for(AHEAD, is_urgent=is_urgent)

    async def renew_ahead(self) -> None:
        """See to it that the token is good for long enough to register a socket with it."""
        await self._good_for(STREAM_AHEAD)

    async def renew(self, refused: str, *, is_urgent: bool = False) -> str:
        """The venue answered 401 to `refused`: fetch another, unless somebody already has."""
        token = self._token
        if token and token.access != refused:
            return token.access
        return await self._renew(token, is_urgent=is_urgent)

    async def _good_for(self, seconds: float, *, is_urgent: bool = False) -> str:
        """A fresh token; where none can be had, the old one as long as it lives, without asking at every turn."""
        token, now = self._token, self._clock()
        if token and now < token.expires_at - seconds:
            return token.access
        does_serve = token is not None and self._does_serve(token)
        if token and does_serve and self._monotonic() < self._again_at:
            return token.access
        try:
            return await self._renew(token, is_urgent=is_urgent and not does_serve)
        except VenueError:
            if token is None or not does_serve:
                raise
            self._again_at = self._monotonic() + PAUSE
            return token.access

    def _does_serve(self, token: Token) -> bool:
        return self._clock() < token.expires_at - LAST

    async def _renew(self, seen: Token | None, *, is_urgent: bool) -> str:
        async with self._lock:
            if self._token is not seen and self._token is not None:
                return self._token.access
            self._token = await self._fresh(is_urgent=is_urgent)
            return self._token.access

    async def _fresh(self, *, is_urgent: bool) -> Token:
        """By the refresh token; by a login when that was answered, but not with a token.

        Silence is no reason for a login, and a pause that the venue asked for is one for a cancel only.
        """
        if self._token and self._token.refresh:
            self._check_pause(is_urgent=is_urgent)
            try:
                token = await self._refresh(self._token.refresh)
            except NotSentError as problem:
                if problem.status == 429:
                    self._refresh_at = self._monotonic() + (problem.retry_after or PAUSE)
                    self._check_pause(is_urgent=is_urgent)
                return await self._logged_in(is_urgent=is_urgent)
            except (RefusedError, UnreadableError):
                return await self._logged_in(is_urgent=is_urgent)
            except UnknownError as problem:
                if not problem.status:
                    raise
                return await self._logged_in(is_urgent=is_urgent)
            if token.refresh:
                return token
            return msgspec.structs.replace(token, refresh=self._token.refresh, refresh_until=self._token.refresh_until)
        return await self._logged_in(is_urgent=is_urgent)

    def _check_pause(self, *, is_urgent: bool) -> None:
        left = self._refresh_at - self._monotonic()
        if left > 0 and not is_urgent:
            raise NotSentError(f"The venue gives no new session for another {math.ceil(left)} s", retry_after=left, status=429)

    async def _logged_in(self, *, is_urgent: bool) -> Token:
        if not is_urgent and self._monotonic() < self._unknown_until:
            raise NotSentError(self._unknown, status=UNKNOWN_KEYS)
        began = self._logins.begin(is_urgent=is_urgent)
        try:
            return await self._login()
        except NotSentError as problem:
            if problem.status in {0, UNKNOWN_KEYS}:  # it never got there, or opened no session: that must not lock the account out
                self._logins.never_arrived(began)
            if problem.status == UNKNOWN_KEYS:
                self._unknown = f"The venue does not know these keys ({problem}): look at them in Profiles and keys"
                self._unknown_until = self._monotonic() + UNKNOWN_PAUSE
                raise NotSentError(self._unknown, status=UNKNOWN_KEYS, code=problem.code) from problem
            raise
        except RefusedError as problem:
            if problem.code != ALL_USED:
                raise
            self._logins.all_used()
            raise NotSentError(
                f"All {SESSIONS} sessions of the account are in use at the venue: no login for {_minutes(COOL_DOWN)}",
                status=403,
                code=ALL_USED,
            ) from problem


def _minutes(seconds: float) -> str:
    minutes = -(-seconds // 60)
    return f"{minutes:.0f} minute" + ("s" if minutes != 1 else "")
