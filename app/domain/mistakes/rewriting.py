"""A body of JSON as it comes out when somebody reads it and writes it again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Final

import msgspec

from app.domain.mistakes.bodies import Form
from app.domain.mistakes.mistake import Mistake, Part

_REMEDY: Final = "Verify the raw bytes before any JSON is read, and send exactly the bytes that were signed."
_LAYOUTS: Final = {
    -1: "compact",
    0: "on one line with a space behind each , and : (Python's own way)",
    2: "indented by 2 spaces",
    4: "indented by 4 spaces",
}
_ESCAPES: Final = {"": "", "/": "/ written as \\/ (PHP's own way)", "<": "<, > and & written as \\u003c … (Go's own way)"}
_SLASH: Final = re.compile(rb"\\.|/", re.DOTALL)
_HTML: Final = ((b"<", b"\\u003c"), (b">", b"\\u003e"), (b"&", b"\\u0026"))


def rewritten(body: bytes) -> Iterator[Form]:
    """Each form once, the plainest first, without the body itself; none where it is no JSON object or list."""
    seen = {body}
    texts = list(_texts(body))
    for (escape, manner), (text, spelling), (indent, layout) in product(_ESCAPES.items(), texts, _LAYOUTS.items()):
        form = msgspec.json.format(_escaped(text, escape), indent=indent)
        if form not in seen:
            seen.add(form)
            how = ", ".join(filter(None, (layout, spelling, manner)))
            yield Form(form, Mistake(Part.BODY, f"the body was re-serialised ({how})", "so written it matches", _REMEDY))


def _texts(body: bytes) -> Iterator[tuple[bytes, str]]:
    """Compact; first with everything else as it was spelt, then as a reader of JSON writes it."""
    try:
        value = json.loads(body)
        if not isinstance(value, dict | list):
            return
        yield from [(text, words) for text, words in _spelt(body, value) if _is_sound(text)]
    except (ValueError, RecursionError):
        return


def _spelt(body: bytes, value: object) -> Iterator[tuple[bytes, str]]:
    yield body, ""
    for is_sorted, is_ascii in product((False, True), (False, True)):
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=is_ascii, sort_keys=is_sorted)
        words = ("keys sorted" if is_sorted else "", "letters beyond ASCII as \\u…" if is_ascii and not body.isascii() else "")
        yield text.encode(errors="surrogatepass"), ", ".join(filter(None, words))


def _is_sound(text: bytes) -> bool:
    """Whether msgspec takes it: Python also reads and writes NaN."""
    try:
        msgspec.json.format(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


def _escaped(text: bytes, escape: str) -> bytes:
    """These signs stand in JSON's texts only, so that replacing them there is replacing them."""
    if escape == "/":
        return _SLASH.sub(lambda found: b"\\/" if found[0].endswith(b"/") else found[0], text)
    for sign, written in _HTML if escape else ():
        text = text.replace(sign, written)
    return text
