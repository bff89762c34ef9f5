"""Verifies a Rankacy webhook. Python 3.8 or later.

Give it the body's raw bytes, before any JSON is read:
Flask request.get_data(), Django request.body,
Starlette await request.body().
No time is signed: remember the digests to see a replay.
"""

import base64
import hashlib
import hmac
import json
import sys


def verify(body: bytes, header: str, secret: str) -> bool:
    """header: X-Rankacy-Signature, as it came."""
    if not secret or not header:
        return False
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    expected = "sha256=" + digest
    # As bytes: compare_digest raises for text beyond ASCII.
    given = header.encode(errors="replace")
    return hmac.compare_digest(expected.encode(), given)


def main() -> None:
    """A line of JSON (body_base64, header, secret): true or false."""
    for line in sys.stdin.buffer:
        told = json.loads(line)
        body = base64.b64decode(told["body_base64"])
        is_valid = verify(body, told["header"], told["secret"])
        sys.stdout.write("true\n" if is_valid else "false\n")


if __name__ == "__main__":
    main()
