"""Takes the secrets out of what a venue sent and puts a pseudonym for whose account it is: in JSON, JSON in strings, base64 of JSON.

What holds none of it comes back byte for byte. What may hold a secret and cannot be read is left out as a whole.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import threading
from collections import deque
from decimal import Decimal
from typing import Any

import msgspec

GONE = "redacted"
SECRETS = frozenset(
    {
        "access_key",
        "access_token",
        "api_key",
        "auth",
        "authorization",
        "id_token",
        "jwt",
        "key",
        "password",
        "private_key",
        "refresh_token",
        "secret",
        "secret_key",
        "shared_secret",
        "signature",
        "socket_id",
        "token",
        "user_data",
    }
)
PERSONS = frozenset({"account_id", "user", "user_id", "userid"})


def _folded(name: str) -> str:
    """However its words are joined: access_key, access-key, accessKey."""
    return name.casefold().replace("_", "").replace("-", "")


_SECRETS, _PERSONS = frozenset(map(_folded, SECRETS)), frozenset(map(_folded, PERSONS))
SHORTEST = 8  # characters: something shorter is no secret that could be found again in a text
MOST_HIDDEN = 6  # passing secrets remembered: the last few tokens, since those before are worth nothing any more
MOST_PERSONS = 2
_CHUNK = 64 * 1024  # bytes searched at a time, so that other threads have their turn
_LONGEST = 64  # characters a name that is searched for has at most, with what may be around it

_ANY_NAME = "|".join(sorted(SECRETS | PERSONS)).replace("_", "[_-]?").encode()
_SUSPECT = re.compile(rb'"(?:' + _ANY_NAME + rb')\\*"|user=|\\u00[4-7]')  # or an escaped letter, which may hide a name
# Each of the names holds one of these, and hardly any message does: looking for them first is thirty times faster.
_ANCHORS = (b"auth", b"token", b"secret", b"key", b"user", b"account", b"jwt", b"password", b"signature", b"socket", b"\\u00")
_USER = re.compile(r"(?<=user=)[\w.-]+")
_read = msgspec.json.Decoder(float_hook=Decimal).decode
_write = msgspec.json.Encoder(decimal_format="number").encode
_UNREADABLE = (msgspec.MsgspecError, UnicodeError, binascii.Error, ValueError, ArithmeticError, RecursionError)


class _Frame(msgspec.Struct):
    event: str = ""
    channel: str = ""
    data: msgspec.Raw = msgspec.Raw(b"null")


class _Envelope(msgspec.Struct):
    payload: str = ""


class _Trouble(msgspec.Struct):
    code: int | None = None


_FRAME = msgspec.json.Decoder(_Frame)
_ENVELOPE = msgspec.json.Decoder(_Envelope)
_TROUBLE = msgspec.json.Decoder(_Trouble)


class Scrubber:
    """One recording's. `salt` is random: the same account has the same pseudonym within a recording and another one in the next."""

    def __init__(self, salt: bytes) -> None:
        self._salt = salt
        self._lasting: set[str] = set()
        self._passing: deque[str] = deque(maxlen=MOST_HIDDEN)
        self._persons: dict[str, str] = {}
        self._secrets: tuple[str, ...] = ()
        self._needles: tuple[bytes, ...] = ()
        self._lock = threading.Lock()  # secrets are learned in one thread and looked for in another

    def begin(self, salt: bytes) -> None:
        """Another recording: what is secret is still known, and accounts get other pseudonyms."""
        with self._lock:
            self._salt, self._persons = salt, {}
            self._look_for()

    def hide(self, secret: str, *, is_lasting: bool = False) -> None:
        """This text is a secret wherever it turns up: a key for good, a token for as long as it is among the last few."""
        if len(secret) < SHORTEST:
            return
        with self._lock:
            if secret in self._lasting or secret in self._passing:
                return
            if is_lasting:
                self._lasting.add(secret)
            else:
                self._passing.append(secret)
            self._look_for()

    def _look_for(self) -> None:
        self._secrets = (*self._lasting, *self._passing)
        self._needles = tuple(text.encode() for text in (*self._secrets, *self._persons))

    def body(self, raw: bytes) -> str:
        """An answer's body."""
        if not self._is_suspect(raw):
            return raw.decode("utf-8", "replace")
        return self._walked(raw.removeprefix(b"\xef\xbb\xbf"))

    def frame(self, raw: bytes) -> str:
        """A frame of the stream. Of the protocol's own frames only the name, the channel and the code of an error are kept."""
        try:
            frame = _FRAME.decode(raw)
            if frame.event.startswith("pusher"):
                return self._control(frame)
            layers = _layers(raw, bytes(frame.data))
        except _UNREADABLE:
            return self.body(raw)
        if not any(self._is_suspect(layer) for layer in layers):
            return raw.decode("utf-8", "replace")
        return self._walked(raw)

    def _control(self, frame: _Frame) -> str:
        kept: dict[str, object] = {"event": frame.event}
        if frame.channel:
            kept["channel"] = self._cleaned(frame.channel)
        if frame.event == "pusher:error":
            kept["data"] = {"code": _code(bytes(frame.data))}
        return _write(kept).decode()

    def _is_suspect(self, raw: bytes) -> bool:
        if any(needle in raw for needle in self._needles):
            return True
        return any(_is_named(raw[start : start + _CHUNK + _LONGEST].lower()) for start in range(0, len(raw), _CHUNK))

    def _walked(self, raw: bytes) -> str:
        try:
            return self._cleaned(_write(self._value(_read(raw))).decode())
        except _UNREADABLE:
            return f"({len(raw)} bytes that cannot be read, left out because they may hold a secret)"

    # JSON

    def _value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self._cleaned(name): self._field(_folded(name), item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._value(item) for item in value]
        return self._text(value) if isinstance(value, str) else value

    def _field(self, name: str, value: Any) -> Any:
        if name in _SECRETS and value not in (None, ""):
            return GONE
        if name in _PERSONS and isinstance(value, str | int) and value != "":
            return self._pseudonym(value)
        if name == "payload" and isinstance(value, str):
            return self._payload(value)
        return self._value(value)

    def _payload(self, text: str) -> str:
        """Base64 of JSON, as pushes carry theirs; anything else is a text like others."""
        try:
            inner = _read(base64.b64decode(text, validate=True))
        except _UNREADABLE:
            return self._text(text)
        return base64.b64encode(self._cleaned(_write(self._value(inner)).decode()).encode()).decode()

    def _text(self, text: str) -> str:
        """JSON within a string is looked through as well."""
        if text[:1] in {"{", "[", '"'}:
            try:
                return _write(self._value(_read(text))).decode()
            except _UNREADABLE:
                return GONE
        return self._cleaned(text)

    def _cleaned(self, text: str) -> str:
        text = _USER.sub(lambda found: str(self._pseudonym(found.group())), text)
        for secret in self._secrets:
            text = text.replace(secret, GONE)
        for person, pseudonym in self._persons.items():
            text = text.replace(person, pseudonym)
        return text

    def _pseudonym(self, person: str | int) -> str | int:
        """A number stays a number, of as many digits."""
        if isinstance(person, bool) or str(person) in self._persons.values():
            return person
        mark = hmac.new(self._salt, str(person).encode(), hashlib.sha256).hexdigest()
        digits = len(str(person))
        told: str | int = f"account-{mark[:8]}"
        if isinstance(person, int) or (person.isdecimal() and person.isascii()):
            number = int(mark, 16) % (9 * 10 ** (digits - 1)) + 10 ** (digits - 1)
            told = number if isinstance(person, int) else str(number)
        if digits >= SHORTEST and len(self._persons) < MOST_PERSONS:
            with self._lock:
                self._persons[str(person)] = str(told)
                self._look_for()
        return told


def _is_named(raw: bytes) -> bool:
    """Whether the name of something secret may stand in this; all in small letters."""
    return any(anchor in raw for anchor in _ANCHORS) and _SUSPECT.search(raw) is not None


def _code(data: bytes) -> int | None:
    try:
        return _TROUBLE.decode(_unwrapped(data)).code
    except _UNREADABLE:
        return None


def _layers(raw: bytes, data: bytes) -> list[bytes]:
    """What a frame holds: itself and its envelope, each without the payload, and the payload as the JSON it is."""
    envelope = _unwrapped(data)
    if envelope[:1] != b"{":
        return [raw, envelope]
    payload = _ENVELOPE.decode(envelope).payload.encode()
    if payload[:1] in {b"{", b"[", b""}:
        return [raw, envelope]
    inner = base64.b64decode(payload, validate=True)
    return [raw.replace(payload, b""), envelope.replace(payload, b""), _unwrapped(inner)]


def _unwrapped(data: bytes) -> bytes:
    """JSON that was put into a string once or twice."""
    for _ in range(2):
        if data[:1] == b'"':
            data = msgspec.json.decode(data, type=str).encode()
    return data
