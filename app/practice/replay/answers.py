"""What a recorded venue answers now: to each request what it was answered with last, before the first time the first."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from app.practice.replay.books import Books
from app.practice.replay.recording import Answer, Frame

FREE = frozenset({"from", "to", "updated_at_from", "updated_at_to", "limit", "has_active_events"})
"""Parameters that only say how much is wanted; all others say what, and an answer about something else would be a wrong one."""

OF_ITS_SESSION = frozenset({401, 429})
"""What was refused for the recorded session's own sake is not repeated to another."""

_EVENTS_WORD = "get_sport_events"


class Found(NamedTuple):
    status: int
    body: bytes


class _Kept(NamedTuple):
    at: float
    status: int
    body: bytes


class _FrameData(msgspec.Struct):
    data: msgspec.Raw = msgspec.Raw(b"null")


class _EventId(msgspec.Struct):
    event_id: int


class _Events(msgspec.Struct):
    sport_events: list[msgspec.Raw] | None = None


class _EventsBody(msgspec.Struct):
    data: _Events


_FRAME = msgspec.json.Decoder(_FrameData)
_EVENT_ID = msgspec.json.Decoder(_EventId)
_EVENTS = msgspec.json.Decoder(_EventsBody)
_UNREADABLE = (msgspec.MsgspecError, UnicodeError, RecursionError)

Key = tuple[str, str, tuple[tuple[str, str], ...]]


class Answers:
    def __init__(self) -> None:
        self._kept: dict[Key, _Kept] = {}
        self._events: dict[tuple[str, int], msgspec.Raw] = {}
        self._books = Books()

    def lead(self, answer: Answer) -> None:
        """An answer of the recording, before its time: it holds until there is one, if it is the first of its kind."""
        keys = _keys(answer.method, answer.path, answer.params)
        if answer.status in OF_ITS_SESSION or keys[0] in self._kept:
            return
        self._kept = dict.fromkeys(keys, _Kept(answer.asked_at, answer.status, answer.body.encode())) | self._kept
        if answer.status < 300:
            self._books.lead(answer.asked_at, answer.path, answer.params, answer.body)
            self._events = self._events_of(answer) | self._events

    def take(self, answer: Answer) -> None:
        """The answer that holds from now on."""
        if answer.status in OF_ITS_SESSION:
            return
        kept = _Kept(answer.asked_at, answer.status, answer.body.encode())
        self._kept |= dict.fromkeys(_keys(answer.method, answer.path, answer.params), kept)
        if answer.status < 300:
            self._books.take(answer.asked_at, answer.path, answer.params, answer.body)
            self._events |= self._events_of(answer)

    def hear(self, frame: Frame) -> None:
        """What the stream has told holds for the answers that come after it."""
        try:
            self._books.hear(frame.at, _FRAME.decode(frame.text).data)
        except _UNREADABLE:
            return

    def find(self, method: str, path: str, params: dict[str, str]) -> Found | None:
        """The answer to a request; None when the recording has none about what it asks for."""
        kept = next((self._kept[key] for key in _keys(method, path, params) if key in self._kept), None)
        book = self._books.find(path, params)
        if book is not None and (kept is None or kept.status < 300 or kept.at < book[0]):
            return Found(200, book[1])
        if kept is not None:
            return Found(kept.status, kept.body)
        return self._find_events(path, params)

    def _events_of(self, answer: Answer) -> dict[tuple[str, int], msgspec.Raw]:
        """The events of an answer, each for itself: they may be asked for in another company."""
        family, _, word = answer.path.rpartition("/")
        if word != _EVENTS_WORD:
            return {}
        try:
            rows = _EVENTS.decode(answer.body).data.sport_events or []
            return {(family, _EVENT_ID.decode(row).event_id): msgspec.Raw(bytes(row)) for row in rows}
        except _UNREADABLE:
            return {}

    def _find_events(self, path: str, params: dict[str, str]) -> Found | None:
        family, _, word = path.rpartition("/")
        if word != _EVENTS_WORD or "event_ids" not in params:
            return None
        ids = [int(each) for each in params["event_ids"].split(",") if each.isdecimal()]
        rows = [self._events[family, each] for each in ids if (family, each) in self._events]
        return Found(200, msgspec.json.encode({"data": {"sport_events": rows}})) if rows else None


def _keys(method: str, path: str, params: dict[str, str]) -> tuple[Key, Key, Key]:
    """Under what an answer is found again: the very question, the same with other bounds, the same bounded in another way."""
    exact = tuple(sorted(params.items()))
    named = tuple((name, "" if name in FREE else value) for name, value in exact)
    bare = tuple((name, value) for name, value in exact if name not in FREE)
    return (method, path, exact), (method, f"{path}?bounded", named), (method, f"{path}?", bare)
