"""What a header may mean: the digests that it could hold, each with what is wrong about how it is written."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final
from urllib.parse import unquote

import msgspec

from app.domain.mistakes.mistake import Mistake, Part
from app.domain.redact import beginning
from app.domain.signature import PREFIX
from app.domain.webhook import SIGNATURE_HEADER

LONGEST: Final = 4_096  # characters that are looked at: no digest, not even twice, is longer
_MOST_PARTS: Final = 4
_UNSEEN: Final = "\ufeff\u200b\u2060"
_SCHEME: Final = re.compile(r"(hmac[-_])?(sha[-_]?\d{1,3}([-_/]\d{1,3})?|md5|v\d)\s*[=:]\s*", re.IGNORECASE)
_NAME: Final = re.compile(rf"{SIGNATURE_HEADER}\s*:\s*", re.IGNORECASE)
_HEX: Final = re.compile(r"[0-9a-fA-F]+")
_SPACED_HEX: Final = re.compile(r"[0-9a-fA-F]{2}([-: ][0-9a-fA-F]{2})+")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_SHORTEST_BASE64: Final = 16  # characters

_PLAIN: Final = f"Send {PREFIX} and 64 hex digits in lower case, and nothing else."
_CASE: Final = "Send lower case, or compare the digests after lower-casing both."


class Reading(msgspec.Struct, frozen=True):
    """`digest` in lower-case hex, of any length."""

    digest: str
    mistakes: tuple[Mistake, ...] = ()


def readings(header: str) -> list[Reading]:
    """What the header could hold, most likely first; empty where there is no digest in it."""
    text, mistakes = _bared(header[:LONGEST])
    parts = [part for part in text.split(",") if part.strip()]
    if len(parts) > 1:
        mistakes.append(
            _shape(f"the header holds {len(parts)} values with a comma between", "one of them matches", "Send the header once.")
        )
    found = []
    for part in parts[:_MOST_PARTS]:
        inner = _bared(part.strip())
        digest, scheme = _without_scheme(inner[0])
        found += [Reading(each.digest, (*mistakes, *inner[1], *scheme, *each.mistakes)) for each in (_of_hex(digest) or _of_base64(digest))]
    return found


def _bared(text: str) -> tuple[str, list[Mistake]]:
    """Without what stands round the value, and what that was."""
    mistakes = []
    if re.search(r"%[0-9a-fA-F]{2}", text):
        text = unquote(text)
        mistakes.append(_shape("the header is URL-encoded", "decoded it matches"))
    if text.strip() != text:
        what = "ends with a line break" if text.endswith(("\n", "\r")) else "has white space round it"
        text = text.strip()
        mistakes.append(_shape(f"the header {what}", "without it the signature matches"))
    if text.strip(_UNSEEN) != text:
        text = text.strip(_UNSEEN)
        mistakes.append(_shape("the header has signs round it that cannot be seen", "without them it matches"))
    if named := _NAME.match(text):
        text = text[named.end() :]
        mistakes.append(_shape("the header's own name stands in its value", "without it the signature matches"))
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`":
        text = text[1:-1]
        mistakes.append(_shape("the header has quotes round it", "without them it matches"))
    return text, mistakes


def _without_scheme(text: str) -> tuple[str, list[Mistake]]:
    if text.startswith(PREFIX):
        rest = text.removeprefix(PREFIX)
        return rest.strip(), [_shape("there is white space behind the prefix", "without it it matches")] if rest.strip() != rest else []
    if scheme := _SCHEME.match(text):
        words = f"the prefix is {beginning(scheme[0], 20)}, not {PREFIX}"
        return text[scheme.end() :], [Mistake(Part.PREFIX, words, "the digest behind it matches", f"Send {PREFIX} in front of the digest.")]
    remedy = f"Send {PREFIX} in front of the digest, or compare with the whole header."
    return text, [Mistake(Part.PREFIX, f"the prefix {PREFIX} is missing", "with it the signature matches", remedy)]


def _of_hex(text: str) -> list[Reading]:
    mistakes = []
    if _SPACED_HEX.fullmatch(text):
        mistakes.append(_shape(f"the hex has {text[2]!r} between its bytes", "without it the digest matches"))
        text = re.sub(r"[-: ]", "", text)
    if text[:2] in {"0x", "0X"}:
        mistakes.append(_shape("0x stands in front of the hex", "without it the digest matches"))
        text = text[2:]
    if not _HEX.fullmatch(text):
        return []
    if text != text.lower():
        words = "the hex is upper case" if text == text.upper() else "some of the hex is upper case"
        mistakes.append(Mistake(Part.CASE, words, "the same digest in lower case matches", _CASE))
    return [Reading(text.lower(), tuple(mistakes))]


def _of_base64(text: str) -> list[Reading]:
    if len(text) < _SHORTEST_BASE64 or not _BASE64.fullmatch(text):
        return []
    bare = text.rstrip("=")
    try:
        raw = base64.b64decode(bare.replace("-", "+").replace("_", "/") + "=" * (-len(bare) % 4), validate=True)
    except binascii.Error:
        return []
    kind = ("URL-safe " if set(bare) & set("-_") else "") + "base64" + (" without padding" if len(text) % 4 else "")
    inner = raw.decode("ascii", errors="replace").strip()
    if len(inner) >= _SHORTEST_BASE64 and _HEX.fullmatch(inner):
        return [Reading(inner.lower(), (Mistake(Part.HEX, f"the hex was put into {kind} once more", "the hex in it matches", _PLAIN),))]
    return [Reading(raw.hex(), (Mistake(Part.HEX, f"the digest is {kind}, not hex", "the same digest in hex matches", _PLAIN),))]


def _shape(words: str, proof: str, remedy: str = _PLAIN) -> Mistake:
    return Mistake(Part.SHAPE, words, proof, remedy)
