"""Takes secrets out of a text: those that are known by heart, and what looks like one. Pure; what calls it decides where it is used."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from typing import Final
from urllib.parse import quote

from app.domain.secret import Secret

HIDDEN: Final = "…"
SHORTEST: Final = 6  # characters: something shorter is found in every second line, and hiding it would hide the log
MOST: Final = 512  # secrets held at once; the one that was given longest ago goes
QUOTED: Final = 40  # characters of a name or an id from outside that stand in a sentence
_ENDS: Final = frozenset(" \t\r\n\"'<>(){}[],;\\")  # where a word ends
_LINE: Final = 32  # characters from which a line of a secret is looked for by itself
_HEAD: Final = 2_000_000  # characters of one text: what is behind them is left out, unread

_NAMES: Final = r"(?:token|secret|auth|key|user_data|password|passphrase|signature|jwt)"
_NAME: Final = rf"[^\"\\]*{_NAMES}[^\"\\]*"
_QUOTES: Final = r"\\*\""  # JSON inside a JSON string carries its quotes behind backslashes
_OPEN: Final = rf"(?<!\\){_QUOTES}"  # from the first backslash only: a long row of them is gone through once
JSON_TEXT: Final = re.compile(rf"({_OPEN}{_NAME}{_QUOTES}\s*:\s*)({_QUOTES})(?:(?!\2).)*(?:\2|\Z)", re.IGNORECASE | re.DOTALL)
JSON_OTHER: Final = re.compile(rf"({_OPEN}{_NAME}{_QUOTES}\s*:\s*)(?!{_QUOTES})(?:\[[^\]]*\]?|\{{[^}}]*\}}?|[^,}}\]]*)", re.IGNORECASE)
# The private numbers of a JWK, by its own names for them; a public one has e and n.
JWK: Final = re.compile(r"((?:\\*\"|')(?:d|p|q|dp|dq|qi|k)(?:\\*\"|')\s{0,9}:\s{0,9}(?:\\*\"|'))[A-Za-z0-9_=-]{16,}")
# With a digit or a mixture of letters, which "Basic authentication" has not.
BASIC: Final = re.compile(r"\b([Bb]asic|BASIC)\s{1,9}(?=[^\s=]{0,300}[0-9=]|[^\s]{0,300}[a-z][A-Z])[A-Za-z0-9+/_-]{8,}={0,2}")
BEARER: Final = re.compile(r"bearer\s+[^\s\"'\\]+", re.IGNORECASE)

_WORDS: Final = r"(?:token|secret|passw|passphrase|(?:api|access|private)[_-]?key|authorization|signature|user_data|jwt)"
_COLON_KEY: Final = r"(?:(?:api|access|private|secret|partner)[_-]?key|(?:access|refresh|partner|api)[_-]?token)"
_ANCHORS: Final = (
    *("basic", "access", '"d"', '"d\\', '"k"', '"k\\', "'d'", "'k'"),
    *("token", "secret", "auth", "key", "user_data", "passw", "passph", "signature", "jwt", "bearer", "cookie", "eyj", "rksb_"),
    "@",
)
"""One of them stands in every text that the patterns below change; looking for them first leaves nearly every line of a log alone."""

_PATTERNS: Final[tuple[tuple[str, re.Pattern[str], str], ...]] = (
    ("-----begin", re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)", re.DOTALL), HIDDEN),
    ('"', JSON_TEXT, rf'\1"{HIDDEN}"'),
    ('"', JSON_OTHER, rf"\1{HIDDEN}"),
    # Python's own way to write a mapping, and what stands in headers, forms and addresses.
    ("'", re.compile(rf"('[^']*{_NAMES}[^']*'\s*:\s*b?)('|\")(?:(?!\2).)*(?:\2|\Z)", re.IGNORECASE | re.DOTALL), rf"\1'{HIDDEN}'"),
    (
        ",",
        re.compile(
            rf"([(\[]b?'[^']{{0,60}}(?:{_NAMES}|cookie)[^']{{0,60}}'\s{{0,9}},\s{{0,9}}b?)('|\")(?:(?!\2).)*(?:\2|\Z)",
            re.IGNORECASE | re.DOTALL,
        ),
        rf"\1'{HIDDEN}'",
    ),
    ('"', JWK, rf"\1{HIDDEN}"),
    ("'", JWK, rf"\1{HIDDEN}"),
    ("basic", BASIC, rf"\1 {HIDDEN}"),
    ("authorization", re.compile(r"(authorization)\s*:\s*[^\r\n]+", re.IGNORECASE), rf"\1: {HIDDEN}"),
    ("cookie", re.compile(r"(cookie)\s*:\s*[^\r\n]+", re.IGNORECASE), rf"\1: {HIDDEN}"),
    ("x-", re.compile(r"(\bx-[\w-]{0,60}(?:key|token|auth|signature)\s*:\s*)[^\r\n]+", re.IGNORECASE), rf"\1{HIDDEN}"),
    ("bearer", BEARER, f"bearer {HIDDEN}"),
    (
        "=",
        re.compile(rf"({_WORDS}[\w-]{{0,60}}\s{{0,20}}=\s{{0,20}})(?:b?'[^']*'?|b?\"[^\"]*\"?|[^\s,;&)\]}}\"']+)", re.IGNORECASE),
        rf"\1{HIDDEN}",
    ),
    ("access", re.compile(r"(\baccess\s{0,9}=\s{0,9})(?:b?'[^']*'?|b?\"[^\"]*\"?|[^\s,;&)\]}\"']+)", re.IGNORECASE), rf"\1{HIDDEN}"),
    # Settings and headers as people write them.
    (":", re.compile(r"((?:passw(?:or)?d|^passphrase)\s{0,20}:\s{0,20})[^\s][^\r\n]*", re.IGNORECASE | re.MULTILINE), rf"\1{HIDDEN}"),
    (":", re.compile(rf"({_COLON_KEY}\s{{0,20}}:\s{{0,20}})(?:'[^']*'?|\"[^\"]*\"?|[^\s\"',;&)\]}}]+)", re.IGNORECASE), rf"\1{HIDDEN}"),
    ("@", re.compile(r"(://)[^\s/]{1,300}@"), rf"\1{HIDDEN}@"),
    # A JWT, whole or without its signature.
    ("eyj", re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"), HIDDEN),
    ("rksb_", re.compile(r"rksb_[A-Za-z0-9_-]+", re.IGNORECASE), f"rksb_{HIDDEN}"),
)
"""Each with what must stand in the text, in small letters, for it to change anything."""
_LONG: Final = 101  # characters: longer than any id, hash, or reference, which has 100 at most
_BLOB: Final = re.compile(rf"[A-Za-z0-9+_=-]{{{_LONG},}}|[A-Za-z0-9+/=]{{120,}}")  # no path of files


def without_secrets(text: str) -> str:
    """The text without what looks like a secret: private keys, JWTs, bearer tokens, what a key named like a secret names, long blobs."""
    if len(text) > _HEAD:
        text = f"{text[:_HEAD]}{HIDDEN}"
    folded = text.lower()
    if any(anchor in folded for anchor in _ANCHORS):
        for mark, pattern, kept in _PATTERNS:
            if mark in folded:
                text = pattern.sub(kept, text)
    if len(text) >= _LONG and max(map(len, text.split()), default=0) >= _LONG:
        text = _BLOB.sub(HIDDEN, text)
    return text


def shortened(text: str, most: int) -> str:
    """At most so many characters. A word at the cut goes as a whole: what cleans the text later would not know half a secret."""
    if len(text) <= most:
        return text
    end = most - 1
    while end and text[end] not in _ENDS:
        end -= 1
    return f"{text[:end]}{HIDDEN}"


def beginning(text: str, most: int = QUOTED) -> str:
    """What is quoted of a text from outside: without what looks like a secret, which is looked for before the cut."""
    return shortened(without_secrets(text), most)


class Known:
    """The secrets that are known by heart, to be found again wherever they turn up. It shows none of them."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, None] = OrderedDict()
        self._needles: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self._held)

    def __repr__(self) -> str:
        return f"Known({len(self)} secrets)"

    def hide(self, secret: Secret) -> None:
        """From now on this text is left out wherever it stands, and each line of a private key; one shorter than SHORTEST is not."""
        text = secret.reveal().strip()
        if len(text) < SHORTEST:
            return
        self._held[text] = None
        self._held.move_to_end(text)
        while len(self._held) > MOST:
            self._held.popitem(last=False)
        # One assignment, so that a thread that writes a line meanwhile sees the old ones or the new ones.
        self._needles = tuple(sorted({form for held in self._held for form in _forms(held)}, key=len, reverse=True))

    def without(self, text: str) -> str:
        for needle in self._needles:
            if needle in text:
                text = text.replace(needle, HIDDEN)
        return text

    def clean(self, text: str) -> str:
        """Without the known ones and without what looks like one."""
        return without_secrets(self.without(text))


def _forms(text: str) -> set[str]:
    """How a secret may stand in a text: as it is, in JSON, in a repr, in an address, line by line."""
    lines = {line for line in map(str.strip, text.splitlines()) if len(line) >= _LINE and not line.startswith("-----")}
    in_json = {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    return {text, repr(text)[1:-1], quote(text, errors="replace"), quote(text, safe="", errors="replace"), *in_json, *lines}
