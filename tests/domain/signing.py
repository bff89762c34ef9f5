"""Signatures worked out in the plainest way, for tests of what verifies them."""

from __future__ import annotations

import hashlib
import hmac

SECRET = "a-secret-of-nobody-Hooks-7"
BODY = '{"event":"ODDS_UPDATED","match_id":812,"place":"Plzeň / CZ <1>","occurred_at":"2026-11-22T07:28:54Z"}'.encode()


def digest(body: bytes = BODY, key: bytes = SECRET.encode(), method: str = "sha256") -> bytes:
    return hmac.new(key, body, getattr(hashlib, method)).digest()


def header(body: bytes = BODY, key: bytes = SECRET.encode()) -> str:
    return "sha256=" + digest(body, key).hex()
