"""The token of a B2B request: what makes it good, and by which name each fault is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from app.practice.exchange import Exchange
from tests.practice.kit import HandClock
from tests.practice.partner import BALANCE, REGISTER, Desk, hash_of, pem_of, rsa_key, told

BODY = b'{"socket_id": "123.456"}'
SPELLINGS = ("base64", "base64url", "unpadded", "hex", "upper hex")


@pytest.fixture
async def desk(exchange: Exchange, clock: HandClock) -> AsyncIterator[Desk]:
    one = Desk(exchange, clock)
    await one.add_key()
    yield one
    await one.http.aclose()


@pytest.fixture
async def tolerant(exchange: Exchange, clock: HandClock) -> AsyncIterator[Desk]:
    one = Desk(exchange, clock, is_strict=False)
    await one.add_key()
    yield one
    await one.http.aclose()


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def forged(header: Any, claims: Any, sign: Callable[[bytes], bytes]) -> str:
    """A token written by hand."""
    signed = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    return f"{signed}.{b64(sign(signed.encode()))}"


def signed_by_hand(signed: bytes) -> bytes:
    """For claims that PyJWT does not write."""
    return rsa_key(1).sign(signed, PKCS1v15(), SHA256())


# Good ones


@pytest.mark.parametrize("alg", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
async def test_every_rsa_algorithm_opens_the_account(desk: Desk, alg: str) -> None:
    assert told(await desk.send(desk.token(alg=alg))) == (200, "")


async def test_a_body_is_hashed_as_it_was_sent(desk: Desk) -> None:
    assert told(await desk.send(desk.token(BODY), REGISTER, BODY)) == (200, "")


async def test_the_key_may_be_named(desk: Desk) -> None:
    assert told(await desk.send(desk.token(header={"kid": desk.key_id}))) == (200, "")


async def test_further_claims_are_nobodys_business(desk: Desk) -> None:
    assert told(await desk.send(desk.token(partner="me", level=3))) == (200, "")


async def test_times_may_have_fractions(desk: Desk) -> None:
    now = desk.clock.now / 10**9

    assert told(await desk.send(desk.token(iat=now, nbf=now, exp=now + 59.5))) == (200, "")


# The header


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer  ", "Basic abc", "token"])
async def test_without_a_bearer_nothing_is_read(desk: Desk, header: str) -> None:
    reply = await desk.http.get(BALANCE, headers={"Authorization": header} if header else {})

    assert told(reply) == (401, "token_missing")


@pytest.mark.parametrize(
    "text", ["x", "a.b", "a.b.c.d", "e30.e30.e30.e30", "a.b.c", "!.!.!", "e30.W10.", "W10.e30.", "e30=.e30.", "e30.e30.a", "e30.bm8."]
)
async def test_what_is_no_token_is_called_malformed(desk: Desk, text: str) -> None:
    assert told(await desk.send(text)) == (401, "token_malformed")


async def test_the_partners_own_token_reads_no_account(desk: Desk) -> None:
    assert told(await desk.send(desk.partner.token)) == (401, "token_malformed")


async def test_a_token_without_a_signature_is_not_allowed(desk: Desk) -> None:
    token = forged({"alg": "none", "typ": "JWT"}, desk.claims(), lambda signed: b"")

    assert told(await desk.send(token)) == (401, "algorithm_not_allowed")


async def test_the_public_key_is_no_secret_to_sign_with(desk: Desk) -> None:
    secret = pem_of(rsa_key(1)).encode()
    token = forged({"alg": "HS256", "typ": "JWT"}, desk.claims(), lambda signed: hmac.digest(secret, signed, "sha256"))

    assert told(await desk.send(token)) == (401, "algorithm_not_allowed")


@pytest.mark.parametrize("alg", [None, 256, ["RS256"], "rs256", "ES256", "RS1", ""])
async def test_other_algorithms_are_not_allowed(desk: Desk, alg: object) -> None:
    token = forged({"alg": alg}, desk.claims(), lambda signed: b"x" * 256)

    assert told(await desk.send(token)) == (401, "algorithm_not_allowed")


@pytest.mark.parametrize("header", [{"typ": "JWS"}, {"crit": ["exp"]}])
async def test_a_header_that_means_something_else_is_malformed(desk: Desk, header: dict[str, Any]) -> None:
    assert told(await desk.send(desk.token(header=header))) == (401, "token_malformed")


async def test_the_signature_is_that_of_the_algorithm_named(desk: Desk) -> None:
    signed_otherwise = desk.token(alg="RS512").rpartition(".")[2]
    token = desk.token(alg="RS256").rpartition(".")[0] + "." + signed_otherwise

    assert told(await desk.send(token)) == (401, "bad_signature")


async def test_a_changed_claim_breaks_the_signature(desk: Desk) -> None:
    header, _, signature = desk.token().split(".")
    claims = b64(json.dumps(desk.claims(exp=desk.clock.now // 10**9 + 61)).encode())

    assert told(await desk.send(f"{header}.{claims}.{signature}")) == (401, "bad_signature")


async def test_a_changed_header_breaks_the_signature(desk: Desk) -> None:
    _, claims, signature = desk.token().split(".")
    header = b64(json.dumps({"alg": "RS256", "typ": "JWT", "kid": desk.key_id}).encode())

    assert told(await desk.send(f"{header}.{claims}.{signature}")) == (401, "bad_signature")


# Whose it is


async def test_a_foreign_key_does_not_sign_for_the_issuer(desk: Desk) -> None:
    assert told(await desk.send(desk.token(key=2))) == (401, "bad_signature")


@pytest.mark.parametrize("issuer", ["someone-else", "", 7, ["x"]])
async def test_a_foreign_issuer_is_unknown(desk: Desk, issuer: Any) -> None:
    # PyJWT itself writes no issuer but a text.
    token = forged({"alg": "RS256"}, desk.claims(iss=issuer), lambda signed: b"x" * 256)

    assert told(await desk.send(token)) == (401, "unknown_issuer")


@pytest.mark.parametrize("kid", ["aaaaaaaaaaaaaaaaaaaa", "", 7])
async def test_a_key_id_that_is_named_has_to_be_registered(desk: Desk, kid: Any) -> None:
    token = forged({"alg": "RS256", "kid": kid}, desk.claims(), lambda signed: b"x" * 256)

    assert told(await desk.send(token)) == (401, "unknown_key")


async def test_either_of_two_keys_signs_and_the_named_one_only_where_one_is_named(desk: Desk) -> None:
    first = desk.key_id
    await desk.add_key(2)

    assert first != desk.key_id
    assert told(await desk.send(desk.token(key=1))) == (200, "")
    assert told(await desk.send(desk.token(key=2))) == (200, "")
    assert told(await desk.send(desk.token(key=1, header={"kid": first}))) == (200, "")
    assert told(await desk.send(desk.token(key=1, header={"kid": desk.key_id}))) == (401, "bad_signature")


# For whom and when


@pytest.mark.parametrize("audience", ["prophetx ", "ProphetX", "rankacy", ["prophetx"], ""])
async def test_it_is_meant_for_the_venue(desk: Desk, audience: Any) -> None:
    assert told(await desk.send(desk.token(aud=audience))) == (401, "bad_audience")


@pytest.mark.parametrize("name", ["iss", "aud", "iat", "nbf", "exp", "jti"])
async def test_a_claim_that_is_not_there_is_named(desk: Desk, name: str) -> None:
    left_out: dict[str, Any] = {name: None}

    reply = await desk.send(desk.token(**left_out))

    assert told(reply) == (401, "claim_missing")
    assert reply.json()["message"].endswith(f" {name}")


@pytest.mark.parametrize("name", ["iat", "nbf", "exp"])
@pytest.mark.parametrize("value", ["1795000000", True, -1, 10**12, [], {}])
async def test_a_time_is_a_number_of_seconds(desk: Desk, name: str, value: Any) -> None:
    claims = desk.claims(**{name: value})
    token = forged({"alg": "RS256"}, claims, signed_by_hand)

    assert told(await desk.send(token)) == (401, "bad_claim")


@pytest.mark.parametrize(("late", "code"), [(89, ""), (90, "token_expired"), (3600, "token_expired")])
async def test_it_ends_half_a_minute_after_its_exp(desk: Desk, late: int, code: str) -> None:
    token = desk.token()

    desk.clock.move(late)

    assert told(await desk.send(token)) == (401 if code else 200, code)


@pytest.mark.parametrize(("ahead", "code"), [(30, ""), (31, "token_issued_in_future")])
async def test_a_clock_may_be_half_a_minute_fast(desk: Desk, ahead: int, code: str) -> None:
    now = desk.clock.now // 10**9 + ahead

    assert told(await desk.send(desk.token(iat=now, nbf=now, exp=now + 60))) == (401 if code else 200, code)


@pytest.mark.parametrize(("ahead", "code"), [(30, ""), (31, "token_not_yet_valid")])
async def test_it_begins_at_its_nbf_and_half_a_minute_early(desk: Desk, ahead: int, code: str) -> None:
    token = desk.token(nbf=desk.clock.now // 10**9 + ahead)

    assert told(await desk.send(token)) == (401 if code else 200, code)


async def test_how_late_it_is_is_said(desk: Desk) -> None:
    token = desk.token()
    desk.clock.move(101)

    assert "expired 41 s ago" in (await desk.send(token)).json()["message"]


@pytest.mark.parametrize(("life", "code"), [(300, ""), (301, "bad_lifetime"), (0, "bad_lifetime"), (-5, "bad_lifetime"), (1, "")])
async def test_it_lives_five_minutes_at_most(desk: Desk, life: int, code: str) -> None:
    token = desk.token(exp=desk.clock.now // 10**9 + life)

    assert told(await desk.send(token)) == (401 if code else 200, code)


# Once


async def test_it_is_good_once(desk: Desk) -> None:
    token = desk.token()

    assert told(await desk.send(token)) == (200, "")
    assert told(await desk.send(token)) == (401, "token_replayed")
    assert told(await desk.ask()) == (200, "")


async def test_a_new_token_with_a_used_jti_is_a_replay_until_the_old_one_has_ended(desk: Desk) -> None:
    await desk.send(desk.token(jti="again"))

    desk.clock.move(60 + 29)
    assert told(await desk.send(desk.token(jti="again"))) == (401, "token_replayed")
    desk.clock.move(1)
    assert told(await desk.send(desk.token(jti="again"))) == (200, "")


async def test_a_token_that_was_refused_has_not_been_used(desk: Desk) -> None:
    await desk.send(desk.token(BODY, jti="mine"))  # not the hash of an empty body

    assert told(await desk.send(desk.token(jti="mine"))) == (200, "")


@pytest.mark.parametrize("jti", ["", "x" * 201, 7, ["x"]])
async def test_a_jti_is_a_short_text(desk: Desk, jti: Any) -> None:
    token = forged({"alg": "RS256"}, desk.claims(jti=jti), signed_by_hand)

    assert told(await desk.send(token)) == (401, "bad_claim")


# What it covers, strictly


async def test_other_bytes_than_the_hashed_ones_are_refused(desk: Desk) -> None:
    token = desk.token(BODY)

    assert told(await desk.send(token, REGISTER, BODY.replace(b" ", b""))) == (401, "body_hash_mismatch")


async def test_an_empty_body_is_hashed_too(desk: Desk) -> None:
    assert told(await desk.send(desk.token(digest=None))) == (401, "body_hash_missing")
    assert told(await desk.send(desk.token(digest=hash_of(b"null")))) == (401, "body_hash_mismatch")


@pytest.mark.parametrize("name", ["body_hash", "bodyHash"])
async def test_strictly_the_hash_has_one_name(desk: Desk, name: str) -> None:
    renamed: dict[str, Any] = {"digest": None, name: hash_of(BODY)}

    reply = await desk.send(desk.token(**renamed), REGISTER, BODY)

    assert told(reply) == (401, "body_hash_missing")
    assert reply.json()["message"].endswith(f"not under {name}")


@pytest.mark.parametrize("spelling", ["base64url", "unpadded", "hex", "upper hex"])
async def test_strictly_the_hash_has_one_spelling(desk: Desk, spelling: str) -> None:
    body = next(body for body in (b'{"socket_id": "%d.1"}' % n for n in range(1000)) if is_unlike_base64url(body))
    text = spelled(body)[spelling]

    reply = await desk.send(desk.token(digest=text), REGISTER, body)

    assert told(reply) == (401, "body_hash_mismatch")
    assert "standard base64" in reply.json()["message"]


@pytest.mark.parametrize("value", [7, None, [], "", "é"])
async def test_a_hash_is_a_text(desk: Desk, value: Any) -> None:
    claims = {**desk.claims(), "digest": value}
    token = jwt.encode(claims, rsa_key(1), algorithm="RS256")

    assert told(await desk.send(token)) == (401, "body_hash_mismatch")


# What it covers, tolerantly


@pytest.mark.parametrize("name", ["digest", "body_hash", "bodyHash"])
@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_tolerantly_any_name_and_spelling_does(tolerant: Desk, name: str, spelling: str) -> None:
    changed: dict[str, Any] = {"digest": None, name: spelled(BODY)[spelling]}

    assert told(await tolerant.send(tolerant.token(BODY, **changed), REGISTER, BODY)) == (200, "")


async def test_tolerantly_a_request_without_a_body_needs_no_hash(tolerant: Desk) -> None:
    assert told(await tolerant.send(tolerant.token(digest=None))) == (200, "")
    assert told(await tolerant.send(tolerant.token(digest=None), REGISTER, BODY)) == (401, "body_hash_missing")


@pytest.mark.parametrize("name", ["digest", "body_hash", "bodyHash"])
async def test_tolerantly_a_wrong_hash_is_wrong_all_the_same(tolerant: Desk, name: str) -> None:
    changed: dict[str, Any] = {"digest": hash_of(BODY), name: hash_of(b"other")}

    assert told(await tolerant.send(tolerant.token(**changed), REGISTER, BODY)) == (401, "body_hash_mismatch")


async def test_tolerantly_nbf_may_be_missing_and_nothing_else(tolerant: Desk) -> None:
    assert told(await tolerant.send(tolerant.token(nbf=None))) == (200, "")
    assert told(await tolerant.send(tolerant.token(jti=None))) == (401, "claim_missing")
    assert told(await tolerant.send(tolerant.token(nbf=tolerant.clock.now // 10**9 + 31))) == (401, "token_not_yet_valid")
    assert told(await tolerant.send(tolerant.token(key=2))) == (401, "bad_signature")


def is_unlike_base64url(body: bytes) -> bool:
    """Whether its hash is written differently in both alphabets."""
    return bool({"+", "/"} & set(spelled(body)["base64"]))


def spelled(body: bytes) -> dict[str, str]:
    digest = hashlib.sha256(body).digest()
    safe = base64.urlsafe_b64encode(digest).decode()
    return {
        "base64": base64.b64encode(digest).decode(),
        "base64url": safe,
        "unpadded": safe.rstrip("="),
        "hex": digest.hex(),
        "upper hex": digest.hex().upper(),
    }
