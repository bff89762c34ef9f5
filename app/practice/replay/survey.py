"""What a recording holds, looked through once before it is played: the first answer of each kind, the channels, how long it is."""

from __future__ import annotations

from typing import Any

import msgspec

from app.practice.replay.answers import Answers
from app.practice.replay.recording import Answer, End, Frame, Recording
from app.practice.wire.names import Document

Scope = tuple[int, str]
"""An event, and a kind of its markets ("" for the main ones)."""

_UNREADABLE = (msgspec.MsgspecError, UnicodeError, RecursionError)


class Heard(msgspec.Struct):
    """A frame's address."""

    event: str = ""
    channel: str = ""


class _Data(msgspec.Struct):
    authorized_channel: list[dict[str, Any]] | None = None


class _Registration(msgspec.Struct):
    data: _Data


_HEARD = msgspec.json.Decoder(Heard)
_REGISTRATION = msgspec.json.Decoder(_Registration)


def address(text: str) -> Heard | None:
    """Where a frame belongs; None for one that cannot be read."""
    try:
        return _HEARD.decode(text)
    except _UNREADABLE:
        return None


class Survey:
    """`answers` begin with the first of each kind; `channels` are as they were granted, without their signatures."""

    def __init__(self, recording: Recording) -> None:
        self.answers = Answers()
        self.channels: dict[str, Document] = {}
        self.health = ""
        self.private = ""
        self.seconds = 0.0
        self.frames = self.calls = self.dropped = 0
        for line in recording.lines():
            self.seconds = max(self.seconds, line.at)
            if isinstance(line, Answer):
                self._answer(line)
            elif isinstance(line, Frame):
                self._frame(line)
            elif isinstance(line, End):
                self.dropped = line.dropped
        self.notes = [*recording.faults, *self._said(recording)]

    @property
    def scopes(self) -> dict[Scope, Document]:
        """The channels that are granted only when they are asked for."""
        found: dict[Scope, Document] = {}
        for channel in self.channels.values():
            scope = channel.get("scope")
            if isinstance(scope, dict):
                found[int(scope["event_id"]), str(scope.get("sub_type", ""))] = channel
        return found

    @property
    def general(self) -> list[Document]:
        """The channels that everybody gets."""
        return [channel for channel in self.channels.values() if not isinstance(channel.get("scope"), dict)]

    def _answer(self, answer: Answer) -> None:
        self.calls += 1
        self.answers.lead(answer)
        if answer.method != "POST" or "authorized_channel" not in answer.body:
            return
        try:
            granted = _REGISTRATION.decode(answer.body).data.authorized_channel or []
        except _UNREADABLE:
            return
        for channel in granted:
            name = channel.get("channel_name")
            if isinstance(name, str):
                self.channels[name] = {key: value for key, value in channel.items() if key != "auth"}

    def _frame(self, frame: Frame) -> None:
        self.frames += 1
        heard = address(frame.text)
        if heard is not None and heard.event == "health_check":
            self.health, self.private = frame.text, heard.channel

    def _said(self, recording: Recording) -> list[str]:
        said = []
        if self.dropped:
            said.append(f"{self.dropped:,} messages came too fast to be recorded and are missing.")
        if not self.channels:
            said.append(f"{recording.path.name} holds no registration of a stream: its messages cannot be heard, only its answers read.")
        return said
