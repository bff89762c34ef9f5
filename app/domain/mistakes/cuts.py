"""A body that stops too early: seen by its JSON, and what may have stood behind it."""

from __future__ import annotations

import string
from collections.abc import Iterator
from itertools import product
from typing import Final

from app.domain.mistakes.bodies import Form
from app.domain.mistakes.mistake import Mistake, Part

REMEDY: Final = "Verify all the bytes that came: compare their number with the Content-Length, and read until the body ends."
_CLOSED_BY: Final = {ord("{"): "}", ord("["): "]"}
_SIGNS: Final = [sign for sign in string.printable if sign.isprintable()]
_DIGITS: Final = ["".join(digits) for digits in product(string.digits, repeat=2)]


def cut(body: bytes) -> Mistake | None:
    """That it was probably cut; None where it may be whole, or is no JSON."""
    if not body.strip():
        return Mistake(Part.WHOLE, "the body is empty, so it was probably lost on its way", "", REMEDY)
    if not closing(body):
        return None
    return Mistake(Part.WHOLE, f"the body stops inside its JSON after {_number(len(body))}, so it was probably cut", "", REMEDY)


def completed(body: bytes) -> Iterator[Form]:
    """With what closes its JSON, alone and with one or two signs that may have been lost before that."""
    if not closing(body):
        return
    for lost in ("", *_SIGNS, *_DIGITS):
        yield _form(body, lost + closing(body + lost.encode()))


def closing(body: bytes) -> str:
    """What would close the object or list that the body begins with and does not end; empty where there is nothing to close."""
    open_ones: list[str] = []
    is_text = is_escaped = False
    for sign in body:
        if is_text:
            is_text = is_escaped or sign != ord('"')
            is_escaped = not is_escaped and sign == ord("\\")
        elif sign == ord('"'):
            is_text = True
        elif sign in _CLOSED_BY:
            open_ones.append(_CLOSED_BY[sign])
        elif sign in b"}]" and open_ones:
            open_ones.pop()
    begins = body.lstrip()[:1] in {b"{", b"["}
    return ('"' if is_text else "") + "".join(reversed(open_ones)) if begins else ""


def _form(body: bytes, lost: str) -> Form:
    words = f"the body is cut: {lost} is missing at its end"
    return Form(body + lost.encode(), Mistake(Part.WHOLE, words, "with it the signature matches", REMEDY))


def _number(size: int) -> str:
    return "1 byte" if size == 1 else f"{size:,} bytes"
