"""A partner's desk at the venue, as far as the B2B guide describes it: it checks every token itself, and answers as it is told to."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable
from email.utils import formatdate
from functools import cache
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.domain.environment import Environment
from app.domain.profile import TokenShape
from app.domain.secret import Secret
from app.venues.hosts import practice
from app.venues.http import Http
from app.venues.omnibus.signing import Keys

ISSUER = "issuerofatest0000001"
KEY_ID = "keyofatest0000000001"
ADDRESS = practice("http://127.0.0.1:9")
BALANCE = {"balance": 9000.5, "unmatched_balance": 230, "matched_balance": 100}
CONFIG = {"app_id": "1", "key": "app-key", "cluster": "mt1", "ws_host": "127.0.0.1", "service": "pusher"}


def private_key(number: int = 0) -> rsa.RSAPrivateKey:
    """Keys made for this run; each number is another one."""
    return _made(number)


@cache
def _made(_number: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem_of(key: Any) -> str:
    return key.private_bytes(  # type: ignore[no-any-return]  # any kind of key has this, and no common type says so
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def public_pem(number: int = 0) -> str:
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return private_key(number).public_key().public_bytes(serialization.Encoding.PEM, spki).decode()


def keys(shape: TokenShape | None = None, key_id: str = "", issuer: str = ISSUER, number: int = 0) -> Keys:
    return Keys(Environment.PRACTICE, Secret(pem_of(private_key(number))), issuer, key_id, shape or TokenShape())


Answer = Callable[[httpx.Request], httpx.Response]


class Desk:
    """`instead` answers a path otherwise; `ahead` is how many seconds its clock is ahead of this computer's."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.tokens: list[str] = []
        self.instead: dict[str, Answer] = {}
        self.ahead = 0.0
        self.leeway = 30.0
        self.is_dated = True
        self.closed = 0

    def connect(self, url: str) -> Http:
        return Http(url, transport=_Watched(self))

    def asked_for(self, path: str) -> list[httpx.Request]:
        return [request for request in self.asked if request.url.path == path]

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        response = self._answer(request)
        if self.is_dated:
            response.headers["Date"] = formatdate(time.time() + self.ahead, usegmt=True)
        return response

    def _answer(self, request: httpx.Request) -> httpx.Response:
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.tokens += [bearer] if bearer else []
        path = request.url.path
        if path in self.instead and bearer:
            return self.instead[path](request)
        if not self.knows(bearer, request.content):
            return told(401, {"error": "unauthorized", "message": f"no such key: {bearer}"})  # some servers repeat what they were sent
        match path:
            case "/api/v1/balance":
                return told(200, BALANCE)
            case "/api/v1/websocket/connection-config":
                return told(200, CONFIG)
            case "/api/v1/websocket/register":
                return told(200, registration(json.loads(request.content)["socket_id"]))
        return told(404, {})

    def knows(self, bearer: str, body: bytes) -> bool:
        """As a strict venue would: signature, issuer, audience, times, and the hash of the bytes that came."""
        try:
            claims = jwt.decode(
                bearer,
                private_key().public_key(),
                algorithms=["RS256"],
                options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
                audience="prophetx",
                issuer=ISSUER,
            )
        except jwt.InvalidTokenError:
            return False
        now = time.time() + self.ahead
        is_now = claims["nbf"] - self.leeway <= now < claims["exp"] + self.leeway
        return is_now and claims.get("digest") == base64.b64encode(hashlib.sha256(body).digest()).decode()


def told(status: int, body: object) -> httpx.Response:
    return httpx.Response(status, stream=httpx.ByteStream(json.dumps(body).encode()))


def saying(status: int, body: object = None) -> Answer:
    return lambda _request: told(status, {} if body is None else body)


def registration(socket_id: str) -> dict[str, object]:
    rows = [{"channel_name": name, "auth": f"app-key:{socket_id}:{name}"} for name in ("main", "mine")]
    signed_in = {"auth": f"app-key:{socket_id}", "user_data": "{}"}
    return {"auth": "", "data": {"authorized_channel": rows, "channel_limit": 400, "authenticated": signed_in, "rejected": None}}


class _Watched(httpx.MockTransport):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.answer)
        self._desk = desk

    async def aclose(self) -> None:
        self._desk.closed += 1
        await super().aclose()
