"""The refusals of the B2B Omnibus API. No page prints them: codes and texts are ours, and say what a developer wants to know."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from app.practice.model import RefusalError
from app.practice.wire.errors import REFUSALS as TRADING_REFUSALS
from app.practice.wire.errors import Refusal
from app.practice.wire.names import Document

REFUSALS: dict[str, Refusal] = {
    # The token of a request
    "token_missing": Refusal(401, "The Authorization header has to say Bearer and a token"),
    "token_malformed": Refusal(401, "The token is not three base64url parts, the first two of them JSON objects"),
    "algorithm_not_allowed": Refusal(401, "The token's alg has to be one of RS256, RS384, RS512, PS256, PS384, PS512"),
    "unknown_issuer": Refusal(401, "The token's iss is not the issuer id of a registered key"),
    "unknown_key": Refusal(401, "The token's kid is not the key id of a registered key of this issuer"),
    "bad_signature": Refusal(401, "No registered key of this issuer verifies the token's signature"),
    "bad_audience": Refusal(401, 'The token\'s aud has to be "prophetx"'),
    "claim_missing": Refusal(401, "The token lacks a claim"),
    "bad_claim": Refusal(401, "A claim of the token has a value of the wrong kind"),
    "bad_lifetime": Refusal(401, "The token's exp has to lie 1 to 300 seconds after its iat"),
    "token_expired": Refusal(401, "The token has expired"),
    "token_issued_in_future": Refusal(401, "The token's iat lies in the future"),
    "token_not_yet_valid": Refusal(401, "The token's nbf lies in the future"),
    "body_hash_missing": Refusal(401, "The token lacks the claim with the hash of the body"),
    "body_hash_mismatch": Refusal(401, "The token's hash of the body is not that of the bytes that arrived"),
    "token_replayed": Refusal(401, "A token with this jti has been used already; each request wants one of its own"),
    # Orders and their record
    "invalid_external_user_id": Refusal(400, "external_user_id has to be a text of 1 to 100 signs, not blank and without control signs"),
    "invalid_limit": Refusal(422, "limit has to be a whole number from 1 to 100"),
    # A key to be registered
    "invalid_name": Refusal(400, "name has to be a text of 1 to 100 signs"),
    "invalid_public_key": Refusal(400, "public_key has to be a PEM text of at most 10000 signs"),
    "private_key_sent": Refusal(400, "This is a private key. It was not kept; take it out of use, and send the public key only"),
    "public_key_not_pem": Refusal(400, "public_key has to be one PEM block that begins with -----BEGIN PUBLIC KEY-----"),
    "public_key_is_certificate": Refusal(400, "This is a certificate; the public key alone is wanted"),
    "public_key_not_spki": Refusal(400, "This is a PKCS#1 key (BEGIN RSA PUBLIC KEY); SPKI (BEGIN PUBLIC KEY) is wanted"),
    "public_key_unreadable": Refusal(400, "What stands between the lines of the PEM block is no public key"),
    "public_key_not_rsa": Refusal(400, "This is not an RSA key"),
    "public_key_too_small": Refusal(400, "An RSA key has to have 2048 bits or more"),
    "public_key_exists": Refusal(409, "This public key is registered already"),
    "key_not_found": Refusal(404, "No key with this key id is registered"),
}


def refuse(error: RefusalError) -> Response:
    """As an answer."""
    headers = {"Retry-After": "1"} if error.code == "rate_limit_reached" else {}
    return Response(msgspec.json.encode(refusal_document(error)), _refusal(error).status, headers, "application/json")


def refusal_document(error: RefusalError) -> Document:
    """`{"error", "message"}`; the detail of a refusal is its message, where it has one."""
    message = f"Invalid param: {error.detail}" if error.code == "invalid_param" else error.detail or _refusal(error).message
    return {"error": error.code, "message": message}


def _refusal(error: RefusalError) -> Refusal:
    return REFUSALS.get(error.code) or TRADING_REFUSALS.get(error.code) or TRADING_REFUSALS["unknown_error"]
