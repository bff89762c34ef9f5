"""What the tests of the B2B API share: a partner with a registered key, who signs each request by hand."""

from __future__ import annotations

import base64
import functools
import hashlib
import itertools
import json
from typing import Any

import httpx
import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.practice.clock import SECOND
from app.practice.exchange import Exchange
from app.practice.faults import Faults
from app.practice.wire.application import Wire
from app.practice.wire.omnibus import Partner, new_partner
from tests.practice.kit import KEYS, HandClock

KEYS_PATH = "/api/v1/internal/b2b/keys"
BALANCE = "/api/v1/balance"
REGISTER = "/api/v1/websocket/register"
ORDERS = "/api/v1/orders"
CANCEL = "/api/v1/orders/cancel"
BATCH = "/api/v1/orders/batch"
BATCH_CANCEL = "/api/v1/orders/batch-cancel"
OWN_BALANCE = 50_000_00

_numbers = itertools.count(1)


def rsa_key(number: int, bits: int = 2048) -> rsa.RSAPrivateKey:
    """The same key for the same number and size, in one process."""
    return _made(number, bits)


@functools.cache
def _made(_number: int, bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def pem_of(key: rsa.RSAPrivateKey, form: PublicFormat = PublicFormat.SubjectPublicKeyInfo) -> str:
    return key.public_key().public_bytes(Encoding.PEM, form).decode()


def hash_of(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


class Desk:
    """A partner's program: `token` makes one, `ask` sends a request with one."""

    def __init__(
        self,
        exchange: Exchange,
        clock: HandClock,
        *,
        is_strict: bool = True,
        faults: Faults | None = None,
        partner: Partner | None = None,
        delay: float = 0,
    ) -> None:
        """`delay`: seconds the record of orders is behind. A `partner` whose account the exchange has keeps it."""
        self.exchange, self.clock = exchange, clock
        self.partner: Partner = partner or new_partner()
        if not exchange.has_account(self.partner.user_id):
            exchange.open_account(user_id=self.partner.user_id, balance=OWN_BALANCE)
        keys = msgspec.structs.replace(KEYS, partner=self.partner)
        behind = int(delay * SECOND)
        self.wire = Wire(exchange, keys, clock, host="127.0.0.1", port=4321, is_strict=is_strict, faults=faults, history_delay=behind)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.wire.app), base_url="http://practice")
        self.issuer = self.key_id = ""

    async def add_key(self, number: int = 1) -> httpx.Response:
        """Register that key and sign as its issuer from then on."""
        reply = await self.import_key(pem_of(rsa_key(number)))
        if reply.status_code == 200:
            self.issuer, self.key_id = reply.json()["data"]["issuer_id"], reply.json()["data"]["key_id"]
        return reply

    async def import_key(self, pem: object, name: object = "desk") -> httpx.Response:
        return await self.as_partner("POST", KEYS_PATH, json={"name": name, "public_key": pem})

    async def as_partner(self, method: str, path: str, **request: Any) -> httpx.Response:
        self.clock.move(1)
        return await self.http.request(method, path, headers={"Authorization": f"Bearer {self.partner.token}"}, **request)

    def claims(self, body: bytes = b"", **changed: Any) -> dict[str, Any]:
        """Those of a good token; a claim that is changed to None is left out."""
        now = self.clock.now // SECOND
        good = {
            "iss": self.issuer,
            "aud": "prophetx",
            "iat": now,
            "nbf": now,
            "exp": now + 60,
            "jti": f"request-{next(_numbers)}",
            "digest": hash_of(body),
        }
        return {name: value for name, value in (good | changed).items() if value is not None}

    def token(
        self, body: bytes = b"", *, key: int = 1, bits: int = 2048, alg: str = "RS256", header: dict[str, Any] | None = None, **changed: Any
    ) -> str:
        return jwt.encode(self.claims(body, **changed), rsa_key(key, bits), algorithm=alg, headers=header)

    async def send(self, token: str, path: str = BALANCE, body: bytes = b"") -> httpx.Response:
        """With that very token; a body is posted."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return await self.http.request("POST" if body else "GET", path, headers=headers, content=body)

    async def ask(self, path: str = BALANCE, body: object = None) -> httpx.Response:
        raw = b"" if body is None else json.dumps(body).encode()
        return await self.send(self.token(raw), path, raw)


def told(reply: httpx.Response) -> tuple[int, str]:
    """The status and the code; every refusal has words too."""
    document = reply.json()
    if reply.status_code != 200:
        assert document.keys() == {"error", "message"}
        assert len(document["message"]) > 10
    return reply.status_code, document.get("error", "")
