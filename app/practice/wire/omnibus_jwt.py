"""The token each B2B request brings, checked from scratch: signature, issuer, times, and the hash of the body (contract 2.2).

Nothing of a JWT library is used here, so that a mistake of one that a client shares would show.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import heapq
import hmac
import re
from decimal import Decimal
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, AsymmetricPadding, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm

from app.practice.clock import SECOND
from app.practice.model import RefusalError
from app.practice.wire.bodies import decode_json
from app.practice.wire.names import Document
from app.practice.wire.omnibus_keys import PartnerKeys

AUDIENCE = "prophetx"
SKEW = 30
"""Seconds a client's clock may be wrong."""

LONGEST_LIFE = 300
"""Seconds from iat to exp."""

LONGEST_JTI = 200
STRICT_CLAIM = "digest"
HASH_CLAIMS = (STRICT_CLAIM, "body_hash", "bodyHash")

_HASHES: dict[str, HashAlgorithm] = {"256": SHA256(), "384": SHA384(), "512": SHA512()}
ALGORITHMS: dict[str, tuple[AsymmetricPadding, HashAlgorithm]] = {
    **{f"RS{size}": (PKCS1v15(), each) for size, each in _HASHES.items()},
    **{f"PS{size}": (PSS(MGF1(each), PSS.DIGEST_LENGTH), each) for size, each in _HASHES.items()},
}
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
_LATEST = 10**12  # seconds: beyond any sensible time


class Token(NamedTuple):
    header: Document
    claims: Document
    signed: bytes
    signature: bytes


class Tokens:
    """Checks tokens. `is_strict`: the hash stands under `digest` as standard base64, for an empty body too; else any spelling does."""

    def __init__(self, keys: PartnerKeys, *, is_strict: bool = True) -> None:
        self._keys = keys
        self._is_strict = is_strict
        self._seen = Seen()

    def check(self, authorization: str, raw: bytes, now: int) -> None:
        """Whether a request with that header and body, at `now` (ns), is the partner's. Raises a refusal that says why it is not."""
        token = read_token(_bearer(authorization))
        self._check_signature(token)
        claims = token.claims
        if _claim(claims, "aud") != AUDIENCE:
            raise RefusalError("bad_audience")
        ends = self._check_times(claims, now)
        jti = _jti(claims)
        self._check_hash(claims, raw)
        self._seen.note(jti, int((ends + SKEW) * SECOND), now)

    def _check_signature(self, token: Token) -> None:
        header = token.header
        algorithm = header.get("alg")
        if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
            raise RefusalError("algorithm_not_allowed")
        if header.get("typ", "JWT") != "JWT":
            raise RefusalError("token_malformed", "The token's typ is not JWT")
        if "crit" in header:
            raise RefusalError("token_malformed", "The token's header has crit, and none of what it may name is known here")
        keys = self._keys.verifying(_claim(token.claims, "iss"), header.get("kid"))
        if not any(_verifies(key, token, algorithm) for key in keys):
            raise RefusalError("bad_signature")

    def _check_times(self, claims: Document, now: int) -> Decimal:
        """When it ends, in Unix seconds."""
        issued, ends = _time(claims, "iat"), _time(claims, "exp")
        begins = _time(claims, "nbf") if self._is_strict or "nbf" in claims else issued
        at = Decimal(now) / SECOND
        if not 0 < ends - issued <= LONGEST_LIFE:
            raise RefusalError("bad_lifetime")
        if ends + SKEW <= at:
            raise RefusalError("token_expired", f"The token expired {at - ends:.0f} s ago by the exchange's clock")
        if issued > at + SKEW:
            raise RefusalError("token_issued_in_future", f"The token's iat is {issued - at:.0f} s ahead of the exchange's clock")
        if begins > at + SKEW:
            raise RefusalError("token_not_yet_valid", f"The token's nbf is {begins - at:.0f} s ahead of the exchange's clock")
        return ends

    def _check_hash(self, claims: Document, raw: bytes) -> None:
        digest = hashlib.sha256(raw).digest()
        found = [(name, claims[name]) for name in HASH_CLAIMS if name in claims]
        if self._is_strict:
            _check_strict_hash(dict(found), digest)
            return
        if not found and raw:
            raise RefusalError("body_hash_missing", f"The token lacks the hash of the body: none of {', '.join(HASH_CLAIMS)}")
        if not all(_fits_somehow(value, digest) for _, value in found):
            raise RefusalError("body_hash_mismatch")


class Seen:
    """Which tokens have been used, each until its end."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._ends: list[tuple[int, str]] = []

    def note(self, jti: str, until: int, now: int) -> None:
        """Times are ns. Raises token_replayed."""
        while self._ends and self._ends[0][0] <= now:
            self._known.discard(heapq.heappop(self._ends)[1])
        if jti in self._known:
            raise RefusalError("token_replayed")
        self._known.add(jti)
        heapq.heappush(self._ends, (until, jti))


def read_token(text: str) -> Token:
    """The parts of a token; nothing is believed yet. Raises token_malformed."""
    parts = text.split(".")
    if len(parts) != 3:
        raise RefusalError("token_malformed")
    header, claims, signature = (_decode_part(part) for part in parts)
    return Token(_object(header), _object(claims), text.rpartition(".")[0].encode(), signature)


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise RefusalError("token_missing")
    return token.strip()


def _decode_part(part: str) -> bytes:
    if _BASE64URL.fullmatch(part) is None:
        raise RefusalError("token_malformed")
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error as error:
        raise RefusalError("token_malformed") from error


def _object(raw: bytes) -> Document:
    try:
        found = decode_json(raw)
    except RefusalError as error:
        raise RefusalError("token_malformed") from error
    if not isinstance(found, dict):
        raise RefusalError("token_malformed")
    return found


def _verifies(key: RSAPublicKey, token: Token, algorithm: str) -> bool:
    padding, digest = ALGORITHMS[algorithm]
    try:
        key.verify(token.signature, token.signed, padding, digest)
    except InvalidSignature:
        return False
    return True


def _claim(claims: Document, name: str) -> Any:
    """Raises claim_missing."""
    if name not in claims:
        raise RefusalError("claim_missing", f"The token lacks the claim {name}")
    return claims[name]


def _time(claims: Document, name: str) -> Decimal:
    """Unix seconds, fractions allowed. Raises claim_missing, bad_claim."""
    value = _claim(claims, name)
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value < _LATEST:
        raise RefusalError("bad_claim", f"The token's {name} is no time in Unix seconds")
    return Decimal(value)


def _jti(claims: Document) -> str:
    jti = _claim(claims, "jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
        raise RefusalError("bad_claim", f"The token's jti is no text of 1 to {LONGEST_JTI} signs")
    return jti


def _check_strict_hash(found: Document, digest: bytes) -> None:
    if STRICT_CLAIM not in found:
        other = f", and not under {next(iter(found))}" if found else ""
        raise RefusalError("body_hash_missing", f"The hash of the body has to stand under {STRICT_CLAIM}, for an empty body too{other}")
    value = found[STRICT_CLAIM]
    if _is_same(value, base64.b64encode(digest).decode()):
        return
    if _fits_somehow(value, digest):
        raise RefusalError("body_hash_mismatch", "The hash of the body is right, but it has to be written as standard base64")
    raise RefusalError("body_hash_mismatch")


def _fits_somehow(value: Any, digest: bytes) -> bool:
    """Whether it is the hash as base64, base64url (with or without its padding) or hex."""
    standard, safe = base64.b64encode(digest).decode(), base64.urlsafe_b64encode(digest).decode()
    spellings = (standard, safe, safe.rstrip("="), digest.hex(), digest.hex().upper())
    return any(_is_same(value, spelling) for spelling in spellings)


def _is_same(value: Any, expected: str) -> bool:
    return isinstance(value, str) and hmac.compare_digest(value.encode(errors="replace"), expected.encode())
