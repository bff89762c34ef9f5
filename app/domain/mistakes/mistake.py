"""One mistake, as it is told."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Part(StrEnum):
    """What a mistake is about; each can be a line of what was checked."""

    PREFIX = "header has sha256="
    HEX = "digest is written in hex"
    CASE = "hex is lower case"
    SHAPE = "header is one digest and nothing else"
    LENGTH = "digest has 64 hex digits"
    METHOD = "digest is an HMAC-SHA256"
    WHOLE = "body is whole"
    BODY = "body is byte-exact (no re-serialising needed)"
    SECRET = "secret is the right one"


class Mistake(msgspec.Struct, frozen=True):
    """`words` begin small and have no full stop; `proof` says what matches once it is undone; `remedy` is a sentence."""

    part: Part
    words: str
    proof: str
    remedy: str
