"""The token of a B2B request: each claim, each encoding, and that the key is parsed once."""

from __future__ import annotations

import base64
import hashlib
import json
import traceback
from collections.abc import Callable
from typing import Any, Literal

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from app.domain.environment import Environment
from app.domain.keys import PemError
from app.domain.profile import TokenShape
from app.domain.secret import Secret
from app.venues.omnibus.signing import BACK, Keys, Signed, Signer, body_hash, masked, preview, told_by
from tests.venues.omnibus.desk import ISSUER, KEY_ID, keys, pem_of, private_key, public_pem

NOW = 1_795_000_000.7
BODY = b'{"name": "caf\xc3\xa9", "n":1.50}'


def now() -> float:
    return NOW


def signer(shape: TokenShape | None = None, key_id: str = "") -> Signer:
    return Signer(keys(shape, key_id), now, lambda: "one")


def read(token: Secret) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims by hand, so that no library of ours is trusted with it."""
    header, claims, _ = token.reveal().split(".")
    return tuple(json.loads(base64.urlsafe_b64decode(part + "===")) for part in (header, claims))


def test_the_header_names_type_and_algorithm_and_no_key() -> None:
    header, _ = read(signer().token(None))
    assert header == {"typ": "JWT", "alg": "RS256"}


def test_a_key_id_is_in_the_header_where_there_is_one() -> None:
    header, _ = read(signer(key_id=KEY_ID).token(None))
    assert header["kid"] == KEY_ID


def test_the_claims_are_the_documented_ones() -> None:
    _, claims = read(signer().token(BODY))
    at = int(NOW) - BACK
    digest = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    assert claims == {"iss": ISSUER, "aud": "prophetx", "iat": at, "nbf": at, "exp": at + 60, "jti": "one", "digest": digest}


def test_each_token_has_an_id_of_its_own() -> None:
    made = Signer(keys(), now)
    assert read(made.token(None))[1]["jti"] != read(made.token(None))[1]["jti"]


def test_a_request_without_a_body_has_the_hash_of_nothing() -> None:
    _, claims = read(signer().token(None))
    assert claims["digest"] == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


def test_or_none_where_the_profile_says_so() -> None:
    _, claims = read(signer(TokenShape(hash_empty=False)).token(None))
    assert "digest" not in claims
    assert "digest" in read(signer(TokenShape(hash_empty=False)).token(b"{}"))[1]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("base64", base64.b64encode(hashlib.sha256(BODY).digest()).decode()),
        ("base64url", base64.urlsafe_b64encode(hashlib.sha256(BODY).digest()).decode().strip("=")),
        ("hex", hashlib.sha256(BODY).hexdigest()),
    ],
)
def test_the_hash_is_of_the_very_bytes_in_the_configured_writing(encoding: Literal["base64", "base64url", "hex"], told: str) -> None:
    _, claims = read(signer(TokenShape(hash_claim="body_hash", hash_encoding=encoding)).token(BODY))
    assert claims["body_hash"] == told == body_hash(BODY, TokenShape(hash_encoding=encoding))
    assert "digest" not in claims


def test_added_claims_and_a_life_of_its_own_are_in_the_token() -> None:
    _, claims = read(signer(TokenShape(lifetime=240, claims={"sub": "desk-1", "v": 2})).token(None))
    assert (claims["sub"], claims["v"], claims["exp"] - claims["iat"]) == ("desk-1", 2, 240)


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
def test_every_algorithm_fits_the_public_key(algorithm: Any) -> None:
    token = signer(TokenShape(algorithm=algorithm)).token(BODY)
    public = serialization.load_pem_public_key(public_pem().encode())
    assert isinstance(public, rsa.RSAPublicKey)
    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    assert jwt.decode(token.reveal(), public, [algorithm], options=options, audience="prophetx", issuer=ISSUER)["jti"] == "one"


@pytest.mark.parametrize("body", [BODY, b""])
def test_a_request_is_opened_for_the_bytes_that_it_carries_itself(body: bytes) -> None:
    request = httpx.Request("POST", "http://127.0.0.1/api/v1/orders", content=body)
    (opened,) = Signed(signer()).auth_flow(request)
    scheme, _, token = opened.headers["Authorization"].partition(" ")
    _, claims = read(Secret(token))
    assert (scheme, claims["digest"]) == ("Bearer", base64.b64encode(hashlib.sha256(request.content).digest()).decode())


def test_the_signature_is_verified_with_the_public_key() -> None:
    made = signer()
    token = made.token(BODY)
    assert made.is_by_this_key(token)
    assert not made.is_by_this_key(Signer(keys(number=1), now).token(BODY))
    head, _, signature = token.reveal().split(".")
    other = base64.urlsafe_b64encode(b'{"iss":"somebody"}').decode().strip("=")
    assert not made.is_by_this_key(Secret(f"{head}.{other}.{signature}"))


def test_a_token_without_a_signature_is_by_no_key() -> None:
    unsigned = jwt.encode({"iss": ISSUER}, "", algorithm="none")
    assert not signer().is_by_this_key(Secret(unsigned))


def test_the_key_is_parsed_once_however_many_tokens_are_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[int] = []
    load = serialization.load_pem_private_key

    def counted(*arguments: Any, **named: Any) -> Any:
        parsed.append(1)
        return load(*arguments, **named)

    monkeypatch.setattr(serialization, "load_pem_private_key", counted)
    made = signer()
    for _ in range(20):
        made.token(BODY)
    assert len(parsed) == 1


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: "", "no private key"),
        (lambda: "not a key of any kind", "no private key"),
        (public_pem, "no private key"),
        (lambda: pem_of(private_key())[:400], "no private key"),
        (lambda: pem_of(ec.generate_private_key(ec.SECP256R1())), "no RSA key"),
        (lambda: pem_of(ed25519.Ed25519PrivateKey.generate()), "no RSA key"),
        (lambda: pem_of(rsa.generate_private_key(public_exponent=65537, key_size=1024)), "1,024 bits"),
    ],
    ids=["empty", "junk", "public", "torn", "EC", "Ed25519", "short"],
)
def test_what_cannot_sign_is_refused_and_not_quoted(make: Callable[[], str], words: str) -> None:
    pem = make()
    with pytest.raises(PemError, match=words) as problem:
        Signer(Keys(Environment.PRACTICE, Secret(pem), ISSUER))
    told = "".join(traceback.format_exception(problem.value))
    assert not any(line in told for line in pem.splitlines() if len(line) > 20)


def test_the_fingerprint_is_the_public_keys_in_groups_of_four() -> None:
    der = private_key().public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    groups = signer().fingerprint.split(" ")
    assert "".join(groups) == hashlib.sha256(der).hexdigest().upper()
    assert {len(group) for group in groups} == {4}


def test_the_preview_says_what_the_token_would() -> None:
    told = preview(keys(key_id=KEY_ID), NOW, "one")
    assert told == told_by(signer(key_id=KEY_ID).token(None))
    assert '"aud": "prophetx"' in told.claims


def test_the_preview_needs_no_key() -> None:
    assert ISSUER in preview(Keys(Environment.SANDBOX, Secret(), ISSUER), NOW, "one").claims


def test_a_token_is_shown_by_its_ends() -> None:
    token = signer().token(None).reveal()
    assert masked(Secret(token)) == f"{token[:6]}…{token[-6:]}"


def test_neither_keys_nor_token_print_themselves() -> None:
    token = signer().token(None)
    assert token.reveal()[10:20] not in f"{token!r} {token}"
    assert "BEGIN" not in f"{keys()!r} {keys()}"
