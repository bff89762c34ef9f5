"""Access and refresh tokens of the trading accounts: who is logged in, until when, and at most how often."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

import msgspec

from app.practice.clock import SECOND
from app.practice.model import RefusalError

ACCESS_LIFE = 20 * 60 * SECOND
REFRESH_LIFE = 3 * 24 * 3600 * SECOND
MOST_SESSIONS = 20
"""Simultaneously alive for one account (contract 2.1)."""


class Session(msgspec.Struct):
    """Tokens are kept as SHA-256 digests; `access` maps each to its own expiry in ns."""

    user_id: str
    refresh: str
    refresh_expires: int
    access: dict[str, int]

    def is_alive(self, now: int) -> bool:
        return any(expires > now for expires in self.access.values())


class Grant(msgspec.Struct, frozen=True):
    """What a login gives out; times are ns. A refresh gives no new refresh token."""

    access_token: str
    access_expires: int
    refresh_token: str = ""
    refresh_expires: int = 0


class WebSession(msgspec.Struct, frozen=True):
    """A person who is logged in on the venue's own pages: such a bearer makes keys, and does nothing else."""

    user_id: str = ""
    bearer: str = ""

    def user_of(self, bearer: str) -> str:
        """The account it speaks for. Raises unauthorized."""
        if not self.bearer or not secrets.compare_digest(self.bearer.encode(), bearer.encode()):
            raise RefusalError("unauthorized")
        return self.user_id


class Sessions:
    """All sessions of the exchange. `make_token` supplies randomness; `save` is called with a snapshot after every change."""

    def __init__(self, make_token: Callable[[], str], save: Callable[[bytes], None], saved: bytes | None = None) -> None:
        self._make_token = make_token
        self._save = save
        self._sessions: list[Session] = msgspec.json.decode(saved, type=list[Session]) if saved else []
        self._by_access = {digest: session for session in self._sessions for digest in session.access}
        self._by_refresh = {session.refresh: session for session in self._sessions}

    def login(self, user_id: str, now: int) -> Grant:
        """A new session. Raises session_num_exceed when the account already has its 20."""
        self._forget_ended(now)
        self._make_room(user_id, now)
        refresh_token = self._make_token()
        session = Session(user_id, _digest(refresh_token), now + REFRESH_LIFE, {})
        self._sessions.append(session)
        self._by_refresh[session.refresh] = session
        grant = self._grant_access(session, now)
        return msgspec.structs.replace(grant, refresh_token=refresh_token, refresh_expires=session.refresh_expires)

    def refresh(self, refresh_token: str, now: int) -> Grant:
        """A new access token beside the old one, which stays good for its time. Raises unauthorized, session_num_exceed."""
        session = self._by_refresh.get(_digest(refresh_token))
        if session is None or session.refresh_expires <= now:
            raise RefusalError("unauthorized")
        if not session.is_alive(now):
            self._make_room(session.user_id, now)
        return self._grant_access(session, now)

    def user_of(self, access_token: str, now: int) -> str:
        """The account a bearer token speaks for. Raises unauthorized."""
        digest = _digest(access_token)
        session = self._by_access.get(digest)
        if session is None or session.access[digest] <= now:
            raise RefusalError("unauthorized")
        return session.user_id

    def _grant_access(self, session: Session, now: int) -> Grant:
        token, expires = self._make_token(), now + ACCESS_LIFE
        for old in [digest for digest, until in session.access.items() if until <= now]:
            del session.access[old], self._by_access[old]
        session.access[_digest(token)] = expires
        self._by_access[_digest(token)] = session
        self._save(msgspec.json.encode(self._sessions))
        return Grant(token, expires)

    def _make_room(self, user_id: str, now: int) -> None:
        alive = sum(1 for session in self._sessions if session.user_id == user_id and session.is_alive(now))
        if alive >= MOST_SESSIONS:
            raise RefusalError("session_num_exceed")

    def _forget_ended(self, now: int) -> None:
        for session in [each for each in self._sessions if each.refresh_expires <= now and not each.is_alive(now)]:
            self._sessions.remove(session)
            del self._by_refresh[session.refresh]
            for digest in session.access:
                del self._by_access[digest]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
