"""A delivery as a line for a POSIX shell."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Sequence


def curl_line(url: str, headers: Sequence[tuple[str, str]], body: bytes) -> str:
    """`curl` with these headers and exactly these bytes: what is no plain text goes through base64."""
    words = ["curl", "-sS", "-i", "-X", "POST", *(word for name, value in headers for word in ("-H", _header(name, value)))]
    if _is_plain(body):
        return shlex.join([*words, "--data-binary", body.decode(), url]) if not body.startswith(b"@") else _piped(words, url, body)
    return _piped(words, url, body)


def _piped(words: Sequence[str], url: str, body: bytes) -> str:
    encoded = base64.b64encode(body).decode()
    return f"printf %s {shlex.quote(encoded)} | base64 -d | {shlex.join([*words, '--data-binary', '@-', url])}"


def _header(name: str, value: str) -> str:
    """curl takes `Name:` for leaving one out, and `Name;` for an empty one."""
    return f"{name}: {value}" if value else f"{name};"


def _is_plain(body: bytes) -> bool:
    """Whether a shell hands it on as it is, and a person can read it."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    return all(sign.isprintable() or sign in "\n\t" for sign in text)
