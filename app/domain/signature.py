"""The signature of a webhook: `sha256=` and the HMAC-SHA256 over the raw bytes of the body, in lower-case hex (the feed's page)."""

from __future__ import annotations

import hmac
from typing import Final

from app.domain.secret import Secret

PREFIX: Final = "sha256="


def signed(body: bytes, secret: Secret) -> str:
    """What the header says of this body."""
    return PREFIX + hmac.new(secret.reveal().encode(), body, "sha256").hexdigest()


def is_valid(body: bytes, header: bytes, secret: Secret) -> bool:
    """Whether `header`, as it came, is the signature of exactly these bytes; compared in constant time. Never raises."""
    return hmac.compare_digest(signed(body, secret).encode(), header)
