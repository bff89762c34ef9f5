"""What else than the secret's own text may have been the key."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Final

from app.domain.mistakes.mistake import Mistake, Part
from app.domain.secret import Secret
from app.domain.signature import key_of

_BOM: Final = "\ufeff"
_HERE: Final = "Take it off where the secret is read from its file or variable."
_THERE: Final = "The sender has to take it off where it reads the secret."
_AS_TEXT: Final = "Use the secret's text as it stands, in UTF-8, and decode nothing."


class Key:
    """The bytes of a key and what is wrong with it; no repr shows it."""

    __slots__ = ("bytes", "mistakes")

    def __init__(self, key: bytes, *mistakes: Mistake) -> None:
        self.bytes = key
        self.mistakes = mistakes


def keys_of_others(others: Mapping[str, Secret]) -> list[Key]:
    """`others`: by what a person calls whom they belong to."""
    return [
        Key(
            key_of(secret),
            _mistake(f"it was signed with the secret of {name}, not with this one", "", f"Use the secret of {name} for this delivery."),
        )
        for name, secret in others.items()
        if secret
    ]


def other_keys(secret: Secret) -> list[Key]:
    """Each once, and never the secret itself."""
    found = {key_of(secret): Key(b"")}
    for key in (*_without(secret.reveal()), *_with(secret.reveal()), *_decoded(secret.reveal())):
        found.setdefault(key.bytes, key)
    return list(found.values())[1:]


def _without(text: str) -> Iterator[Key]:
    """The given secret has something that the sender's has not."""
    bare = text.rstrip("\r\n")
    kind = "CRLF" if text.endswith("\r\n") else "LF" if text.endswith("\n") else "CR"
    proof = "without it the signature matches"
    yield _key(bare, f"the secret ends with a line break ({kind})", proof, _HERE)
    yield _key(bare.strip(), "the secret has white space round it", proof, _HERE)
    yield _key(text.removeprefix(_BOM), "the secret begins with a byte order mark", proof, _HERE)
    yield _key(
        text.strip().strip(_BOM).strip(), "the secret has a byte order mark and white space round it", "without them it matches", _HERE
    )
    yield _key(text.strip().strip("\"'"), "the secret has quotes round it", "without them the signature matches", _HERE)


def _with(text: str) -> Iterator[Key]:
    """The sender's secret has something that the given one has not."""
    proof = "with it the signature matches"
    yield _key(text + "\n", "it was signed with a line break (LF) behind the secret", proof, _THERE)
    yield _key(text + "\r\n", "it was signed with a line break (CRLF) behind the secret", proof, _THERE)
    yield _key(text + " ", "it was signed with a space behind the secret", proof, _THERE)
    yield _key(" " + text, "it was signed with a space before the secret", proof, _THERE)
    yield _key(_BOM + text, "it was signed with a byte order mark before the secret", proof, _THERE)
    yield _key(f'"{text}"', "it was signed with quotes round the secret", proof, _THERE)
    yield _key(f"'{text}'", "it was signed with quotes round the secret", proof, _THERE)
    yield _key("", "it was signed with an empty secret", "", "The sender has not read its secret: look at its settings.")
    case = "Letters count: use the secret exactly as it was told."
    yield _key(text.lower(), "the secret has upper-case letters", "in lower case it matches", case)
    yield _key(text.upper(), "the secret has lower-case letters", "in upper case it matches", case)


def _decoded(text: str) -> Iterator[Key]:
    bare = text.strip()
    proof = "with that key it matches"
    for kind, key in (("hex", _of_hex(bare)), ("base64", _of_base64(bare))):
        if key:
            yield Key(key, _mistake(f"the secret was decoded from {kind} before it was used as the key", proof, _AS_TEXT))
    raw = text.encode(errors="surrogatepass")
    yield Key(raw.hex().encode(), _mistake("the secret was written in hex before it was used as the key", proof, _AS_TEXT))
    yield Key(base64.b64encode(raw), _mistake("the secret was written in base64 before it was used as the key", proof, _AS_TEXT))
    utf_16 = text.encode("utf-16-le", errors="surrogatepass")
    yield Key(utf_16, _mistake("the secret was used in UTF-16", proof, _AS_TEXT))
    yield Key(text.encode("latin-1", errors="replace"), _mistake("the secret was used in Latin-1", proof, _AS_TEXT))


def _of_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _of_base64(text: str) -> bytes:
    bare = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode((bare + "=" * (-len(bare) % 4)).encode(errors="replace"), validate=True)
    except binascii.Error:
        return b""


def _key(text: str, words: str, proof: str, remedy: str) -> Key:
    return Key(text.encode(errors="surrogatepass"), _mistake(words, proof, remedy))


def _mistake(words: str, proof: str, remedy: str) -> Mistake:
    return Mistake(Part.SECRET, words, proof, remedy)
