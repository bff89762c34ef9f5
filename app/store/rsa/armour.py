"""From what a person pasted or a file held to the one PEM block in it: line ends, marks, quotes, indents and text around are no fault."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final

import msgspec

from app.domain.keys import PemError
from app.store.rsa import der, words

_MARKER: Final = re.compile(r"-----(BEGIN|END) ([A-Z0-9][A-Z0-9 ]{0,59}?) ?-----")
_ESCAPED_END: Final = re.compile(r"\\{1,4}(?:r|(n))")  # a line end as two signs, from JSON or a shell; no more of them, or it took minutes
_AROUND: Final = re.compile(r"[\s\"'`\\>,\u200b\u2060\ufeff]+")  # quotes, a mail's >, the marks without width that web pages put between
_LOCK: Final = re.compile(r"DEK-Info:\s*([A-Z0-9-]{1,30})\s*,\s*([0-9A-Fa-f]{16}(?:[0-9A-Fa-f]{16})?)(?![0-9A-Fa-f])")
_VECTORS: Final[Mapping[str, int]] = {"AES-128-CBC": 32, "AES-192-CBC": 32, "AES-256-CBC": 32, "DES-EDE3-CBC": 16, "DES-CBC": 16}
"""Ciphers of old locked keys, and how many hexadecimal digits their vector has."""
_LOCK_HEAD: Final = re.compile(r"Proc-Type:\s*4\s*,\s*ENCRYPTED")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}")


class Block(msgspec.Struct, frozen=True):
    """One PEM block. `lock` is the cipher and the vector of an old locked key, as its head names them; `body` what base64 held."""

    label: str
    body: bytes
    lock: tuple[str, str] | None = None

    @property
    def pem(self) -> bytes:
        """The block written anew, as libraries expect it."""
        head = f"Proc-Type: 4,ENCRYPTED\nDEK-Info: {','.join(self.lock)}\n\n" if self.lock else ""
        text = base64.b64encode(self.body).decode()
        lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
        return f"-----BEGIN {self.label}-----\n{head}{lines}\n-----END {self.label}-----\n".encode()


class _Piece(msgspec.Struct, frozen=True):
    """What stands between a BEGIN and its END; None where there is no such END."""

    label: str
    text: str | None

    @property
    def is_private(self) -> bool:
        return self.label.endswith("PRIVATE KEY")


def decoded(text: bytes) -> str:
    """The text in UTF-8 or UTF-16, with or without a mark in front; what is neither keeps its ASCII."""
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        return text.decode("utf-16", "replace")
    if b"-\0-\0-\0" in text:
        return text.decode("utf-16-le" if text.index(b"-\0-") % 2 == 0 else "utf-16-be", "replace")
    return text.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")


def block(text: str) -> Block | None:
    """The private key's block; None where the text has no line with BEGIN or END. PemError says what is there instead of a key."""
    plain = _ESCAPED_END.sub(lambda found: "\n" if found[1] else "", text)
    pieces, has_orphan = _pieces(plain)
    private = [piece for piece in pieces if piece.is_private]
    if not private:
        _refuse(pieces, has_orphan)
        return None
    distinct = {(piece.label, _bare(piece.text or "")) for piece in private}
    if len(distinct) > 1:
        raise PemError(words.several(len(distinct)))
    if private[0].text is None:
        raise PemError(words.NO_END)
    return _block(private[0].label, private[0].text)


def from_base64(text: str) -> bytes | None:
    """The DER in a text that is nothing but base64, such as a PEM without its first and last line."""
    bare = _bare(text)
    body = _unpacked(bare) if _BASE64.fullmatch(bare) else b""
    return body if der.is_sequence(body) else None


def _pieces(text: str) -> tuple[list[_Piece], bool]:
    """In one pass, so that no text takes long. The second: an END stands without its BEGIN."""
    markers = list(_MARKER.finditer(text))
    pieces: list[_Piece] = []
    has_orphan = False
    open_one: re.Match[str] | None = None
    for marker in markers:
        if marker[1] == "BEGIN":
            if open_one:
                pieces.append(_Piece(open_one[2], None))
            open_one = marker
        elif open_one and open_one[2] == marker[2]:
            pieces.append(_Piece(marker[2], text[open_one.end() : marker.start()]))
            open_one = None
        else:
            has_orphan = has_orphan or open_one is None
    if open_one:
        pieces.append(_Piece(open_one[2], None))
    return pieces, has_orphan


def _refuse(pieces: list[_Piece], has_orphan: bool) -> None:
    """PemError where the text has blocks, but no private key's."""
    if pieces:
        label = pieces[0].label
        raise PemError(words.PGP if label.startswith("PGP ") else words.LABELS.get(label, words.UNKNOWN_BLOCK))
    if has_orphan:
        raise PemError(words.NO_BEGIN)


def _block(label: str, text: str) -> Block:
    lock = _LOCK.search(text)
    if bool(lock) != bool(_LOCK_HEAD.search(text)) or (lock and _VECTORS.get(lock[1]) != len(lock[2])):
        raise PemError(words.UNKNOWN_LOCK)
    bare = _bare(_LOCK_HEAD.sub("", _LOCK.sub("", text)))
    if not bare:
        raise PemError(words.EMPTY)
    if not _BASE64.fullmatch(bare):
        raise PemError(words.BAD_SIGNS)
    if not (body := _unpacked(bare)):
        raise PemError(words.BAD_BASE64)
    return Block(label, body, (lock[1], lock[2].upper()) if lock else None)


def _bare(text: str) -> str:
    return _AROUND.sub("", text)


def _unpacked(bare: str) -> bytes:
    """Nothing where it is no base64."""
    try:
        return base64.b64decode(bare, validate=True)
    except binascii.Error:
        return b""
