"""The signature of a webhook: `sha256=` and the HMAC-SHA256 over the raw bytes of the body, in lower-case hex (the feed's page)."""

from __future__ import annotations

import hmac
from typing import Final

from app.domain.secret import Secret

PREFIX: Final = "sha256="


def key_of(secret: Secret) -> bytes:
    """What the secret is as a key: its text in UTF-8, nothing decoded and nothing taken off."""
    return secret.reveal().encode(errors="surrogatepass")


def signed(body: bytes, secret: Secret) -> str:
    """What the header says of this body."""
    return PREFIX + hmac.digest(key_of(secret), body, "sha256").hex()


def is_valid(body: bytes, header: bytes, secret: Secret) -> bool:
    """Whether `header`, as it came, is the signature of exactly these bytes; compared in constant time. Never raises.

    Nothing is valid by an empty secret: everybody knows it.
    """
    return bool(secret) and hmac.compare_digest(signed(body, secret).encode(), header)
