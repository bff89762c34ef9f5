"""Which other bytes than the given ones may have been signed."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import quote, quote_plus, unquote_to_bytes

from app.domain.mistakes.mistake import Mistake, Part

BOM: Final = b"\xef\xbb\xbf"
_RAW: Final = "Sign and verify the raw bytes, as they go over the wire."
_NOTHING_READ: Final = "Read the raw bytes once and keep them: whoever reads them a second time may get nothing."


class Form(NamedTuple):
    """Bytes that may have been signed, and what would be wrong then."""

    body: bytes
    mistake: Mistake


def edges(body: bytes) -> Iterator[Form]:
    """What is lost or added at the ends and at the ends of lines."""
    found = (
        form
        for form in (
            _form(body.rstrip(b"\r\n"), "the body ends with a line break that was not signed", "without it the signature matches"),
            _form(body + b"\n", "it was signed with a line break (LF) behind the body", "with it the signature matches"),
            _form(body + b"\r\n", "it was signed with a line break (CRLF) behind the body", "with it the signature matches"),
            _form(body.strip(), "the body has white space round it that was not signed", "without it the signature matches"),
            _form(body.removeprefix(BOM), "the body begins with a byte order mark that was not signed", "without it the signature matches"),
            _form(BOM + body, "it was signed with a byte order mark before the body", "with it the signature matches"),
            *_lines(body),
        )
        if form.body != body
    )
    yield from found


def _lines(body: bytes) -> Iterator[Form]:
    unix = body.replace(b"\r\n", b"\n")
    yield _form(unix, "the body's lines end with CRLF", "with LF it matches")
    yield _form(unix.replace(b"\n", b"\r\n"), "the body's lines end with LF", "with CRLF it matches")


def stand_ins() -> Iterator[Form]:
    """What is signed where the body was read before, or was no longer text."""
    yield Form(b"", Mistake(Part.BODY, "it is the signature of the empty body", "", _NOTHING_READ))
    for words in (b"[object Object]", b"{}", b"null", b"undefined", b"None"):
        yield Form(words, Mistake(Part.BODY, f"it is the signature of {words.decode()!r} instead of the body", "", _RAW))


def encodings(body: bytes) -> Iterator[Form]:
    """The same body in other letters or packed once more, and taken out of such."""
    for form in (*_of_text(body), *_packed(body), *_unpacked(body)):
        if form.body != body:
            yield form


def _of_text(body: bytes) -> Iterator[Form]:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return
    for name, codec in (("UTF-16 (LE)", "utf-16-le"), ("UTF-16 (BE)", "utf-16-be"), ("UTF-16 with a byte order mark", "utf-16")):
        yield _form(text.encode(codec), f"the body was signed in {name}", "so written it matches")
    yield _form(text.encode("latin-1", errors="replace"), "the body was signed in Latin-1", "so written it matches")
    yield _form(body.decode("latin-1").encode(), "the body was taken for Latin-1 and written in UTF-8 again", "so written it matches")
    yield _form(json.dumps(text).encode(), "the body was signed as a JSON text, in quotes", "so written it matches")
    yield _form(json.dumps(text, ensure_ascii=False).encode(), "the body was signed as a JSON text, in quotes", "so written it matches")
    yield _form(f'"{text}"'.encode(), "it was signed with quotes round the body", "with them it matches")
    yield _form(repr(body).encode(), "the body was signed as Python shows bytes, b'…'", "so written it matches")


def _packed(body: bytes) -> Iterator[Form]:
    yield _form(quote(body, safe="").encode(), "the body was signed URL-encoded", "so written it matches")
    yield _form(quote(body, safe="!'()*~").encode(), "the body was signed URL-encoded", "so written it matches")
    yield _form(quote_plus(body).encode(), "the body was signed URL-encoded as of a form", "so written it matches")
    yield _form(b"payload=" + quote_plus(body).encode(), "the body was signed as the form field payload=", "so written it matches")
    yield _form(base64.b64encode(body), "the body was signed in base64", "so written it matches")
    yield _form(body.hex().encode(), "the body was signed in hex", "so written it matches")


def _unpacked(body: bytes) -> Iterator[Form]:
    if b"%" in body or b"+" in body or b"=" in body:
        form = body.replace(b"+", b" ")
        yield _form(unquote_to_bytes(body), "the body is URL-encoded", "decoded it matches")
        yield _form(unquote_to_bytes(form), "the body is URL-encoded as of a form", "decoded it matches")
        yield _form(unquote_to_bytes(form.partition(b"=")[2]), "the body is a field of a form", "its value, decoded, matches")
    for codec in ("utf-16", "utf-16-le", "utf-16-be"):
        text = _decoded(body, codec) if b"\0" in body else None
        if text is not None:
            yield _form(text.encode(errors="replace"), "the body is in UTF-16", "in UTF-8 it matches")
    if body[:1] in {b'"', b"'"} and len(body) > 1:
        yield _form(body[1:-1], "the body has quotes round it", "without them it matches")
        yield _form(_of_json_text(body), "the body is a JSON text, in quotes", "what stands in it matches")
    yield _form(_of_base64(body), "the body is in base64", "decoded it matches")
    yield _form(_of_hex(body), "the body is in hex", "decoded it matches")


def _decoded(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except UnicodeDecodeError:
        return None


def _of_json_text(body: bytes) -> bytes:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return body
    return told.encode(errors="surrogatepass") if isinstance(told, str) else body


def _of_base64(body: bytes) -> bytes:
    try:
        return base64.b64decode(body.strip(), validate=True)
    except binascii.Error:
        return body


def _of_hex(body: bytes) -> bytes:
    try:
        return bytes.fromhex(body.decode("ascii"))
    except ValueError:
        return body


def _form(body: bytes, words: str, proof: str) -> Form:
    return Form(body, Mistake(Part.BODY, words, proof, _RAW))
