"""The token that each B2B request is signed with: a JWT by the partner's own key, bound to the very bytes of the body.

Its shape is the profile's (`TokenShape`): the venue's page names issuer, audience and a SHA-256 of the body, and leaves the rest open.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
import uuid
from collections.abc import Callable, Generator
from typing import Any, Final, Protocol

import httpx
import jwt
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from jwt.types import Options

from app.domain.environment import Environment
from app.domain.keys import BITS, PemError
from app.domain.profile import TokenShape
from app.domain.proof import TokenPreview
from app.domain.secret import Secret

AUDIENCE: Final = "prophetx"
BACK: Final = 1  # seconds that a token is dated back: the venue's clock is known to half a second, and a token of the future is none
SHOWN: Final = 6  # characters of a token's beginning and end that may be seen


class Keys(msgspec.Struct, frozen=True):
    """What signs for one environment: the private key as PEM, the issuer id the venue gave for it, and how its token is written."""

    environment: Environment
    private: Secret
    issuer: str
    key_id: str = ""
    shape: TokenShape = TokenShape()


class Signs(Protocol):
    """Makes the token of one request. Another kind of key is another class."""

    def token(self, body: bytes | None) -> Secret:
        """For exactly these bytes; None for a request without any."""


MakeSigner = Callable[[Keys, Callable[[], float]], Signs]


class Signed(httpx.Auth):
    """Opens each request with a token for the very bytes that it is about to send."""

    requires_request_body = True

    def __init__(self, signer: Signs) -> None:
        self._signer = signer

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._signer.token(request.content or None).reveal()}"
        yield request


class Signer:
    """Signs with an RSA key, which is parsed once: 42 ms, where signing takes 0.7. PemError when it is none, or too short.

    `now` is the venue's clock in Unix seconds as far as it is known; `new_id` gives each token an id of its own.
    """

    def __init__(self, keys: Keys, now: Callable[[], float] = time.time, new_id: Callable[[], str] = lambda: str(uuid.uuid4())) -> None:
        self._keys = keys
        self._now = now
        self._new_id = new_id
        self._key = _parsed(keys.private)
        self._public = self._key.public_key()

    @property
    def bits(self) -> int:
        return self._key.key_size

    @property
    def fingerprint(self) -> str:
        """The public key's SHA-256 in capital hexadecimal groups of four, to be read out."""
        der = self._public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        digest = hashlib.sha256(der).hexdigest().upper()
        return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))

    def token(self, body: bytes | None) -> Secret:
        claims = claims_of(self._keys, body, self._now(), self._new_id())
        return Secret(jwt.encode(claims, self._key, algorithm=self._keys.shape.algorithm, headers=_named(self._keys)))

    def is_by_this_key(self, token: Secret) -> bool:
        """Whether its signature fits the public key that belongs to the private one; the claims are not looked at."""
        try:
            jwt.decode(token.reveal(), self._public, algorithms=[self._keys.shape.algorithm], options=_SIGNATURE_ONLY)
        except jwt.InvalidTokenError:
            return False
        return True


def claims_of(keys: Keys, body: bytes | None, now: float, token_id: str) -> dict[str, Any]:
    """`now` in Unix seconds. What a person adds stands beside the program's own and replaces none of it."""
    shape, issued = keys.shape, int(now) - BACK
    own = {"iss": keys.issuer, "aud": AUDIENCE, "iat": issued, "nbf": issued, "exp": issued + shape.lifetime, "jti": token_id}
    hashed = {} if body is None and not shape.hash_empty else {shape.hash_claim: body_hash(body or b"", shape)}
    return {**shape.claims, **own, **hashed}


def header_of(keys: Keys) -> dict[str, str]:
    return {"alg": keys.shape.algorithm, **_named(keys), "typ": "JWT"}


def body_hash(body: bytes, shape: TokenShape) -> str:
    digest = hashlib.sha256(body).digest()
    match shape.hash_encoding:
        case "hex":
            return digest.hex()
        case "base64url":
            return base64.urlsafe_b64encode(digest).decode().rstrip("=")
        case "base64":
            return base64.b64encode(digest).decode()


def preview(keys: Keys, now: float, token_id: str) -> TokenPreview:
    """What the token of a request without a body would say; no key is needed for that."""
    return TokenPreview(_pretty(header_of(keys)), _pretty(claims_of(keys, None, now, token_id)))


def told_by(token: Secret) -> TokenPreview:
    """What a token that was built says, read back from it."""
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.reveal().split(".")[:2])
    return TokenPreview(_pretty(header), _pretty(claims))


def masked(token: Secret) -> str:
    """Its first and last characters: enough to tell two apart, too little to use."""
    text = token.reveal()
    return f"{text[:SHOWN]}…{text[-SHOWN:]}"


_SIGNATURE_ONLY: Final[Options] = {"verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False}


def _named(keys: Keys) -> dict[str, str]:
    return {"kid": keys.key_id} if keys.key_id else {}


def _pretty(told: object) -> str:
    return json.dumps(told, indent=2, ensure_ascii=False)


def _parsed(private: Secret) -> RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(private.reveal().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # their texts may quote what was read
        raise PemError("This is no private key that can sign: import it again as PEM") from None
    if not isinstance(key, RSAPrivateKey):
        raise PemError("This is no RSA key: the venue takes no other kind")
    if key.key_size < BITS[0]:
        raise PemError(f"This RSA key has {key.key_size:,} bits: at least {BITS[0]:,} are needed")
    return key
