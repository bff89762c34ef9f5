"""A delivery as a line for a POSIX shell."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Sequence
from typing import Final

_OWN: Final = ("Content-Type", "Accept", "User-Agent")  # that curl adds where they are not given


def curl_line(url: str, headers: Sequence[tuple[str, str]], body: bytes) -> str:
    """`curl` with just these headers and exactly these bytes: a body that is no plain text goes through base64."""
    named = {name.lower() for name, _value in headers}
    fields = [*(_header(name, value) for name, value in headers), *(f"{name}:" for name in _OWN if name.lower() not in named)]
    words = ["curl", "-sS", "-i", "-g", "-X", "POST", *(word for field in fields for word in ("-H", _field_word(field)))]
    if _is_plain(body) and not body.startswith(b"@"):
        return " ".join([*words, "--data-binary", shlex.quote(body.decode()), shlex.quote(url)])
    encoded = base64.b64encode(body).decode()
    return f"printf %s {shlex.quote(encoded)} | base64 -d | {' '.join([*words, '--data-binary', '@-', shlex.quote(url)])}"


def _header(name: str, value: str) -> str:
    """curl takes `Name:` for leaving one out, and `Name;` for an empty one."""
    return f"{name}: {value}" if value else f"{name};"


def _field_word(text: str) -> str:
    """One word. What came in Latin-1, as headers do, is spelt by `printf`: the line itself is UTF-8."""
    return shlex.quote(text) if text.isascii() or max(text) > "\xff" else _spelt(text)


def _spelt(text: str) -> str:
    spelt = "".join(sign if sign.isalnum() and sign.isascii() else f"\\{ord(sign):04o}" for sign in text)
    return f"\"$(printf %b '{spelt}')\""


def _is_plain(body: bytes) -> bool:
    """Whether a shell hands it on as it is, and a person can read it."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    return all(sign.isprintable() or sign in "\n\t" for sign in text)
