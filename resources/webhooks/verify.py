"""Verifies a Rankacy webhook. Python 3.8 or later, nothing to install.

Give it the body's raw bytes, before any JSON is read:
Flask request.get_data(), Django request.body, Starlette await request.body().
Nothing signed names a time: to see a delivery twice, remember the digests.
"""

import base64
import hashlib
import hmac
import json
import sys


def verify(body: bytes, header: str, secret: str) -> bool:
    """header: X-Rankacy-Signature as it came; secret: this subscription's."""
    if not secret or not header:
        return False
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    expected = "sha256=" + digest
    # As bytes: compare_digest raises for text that is not ASCII.
    return hmac.compare_digest(expected.encode(), header.encode(errors="replace"))


def main() -> None:
    """One JSON object a line (body_base64, header, secret): true or false."""
    for line in sys.stdin.buffer:
        told = json.loads(line)
        body = base64.b64decode(told["body_base64"])
        print("true" if verify(body, told["header"], told["secret"]) else "false")


if __name__ == "__main__":
    main()
