"""Plays a recording's lines at their times. Time stands still while nobody follows the stream, so nothing is missed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from app.practice.replay.answers import Answers
from app.practice.replay.recording import Answer, Frame, Line, Lost
from app.practice.replay.survey import Survey, address
from app.practice.wire.names import Vocabulary
from app.practice.wire.pusher import Hub, Socket

AHEAD = 5.0
"""Seconds by which books that were read are given early: who follows from now on reads what was read a moment after following."""

SETTLING = 3.0
"""Seconds a socket is given to join all that it was granted; who does not want all of it is not waited for longer."""

BEHIND = 500
"""Messages that may wait in a socket; more are not sent before it has taken these."""

AT_ONCE = 500
"""Messages a step, so that requests have their turn."""

HEALTH_EVERY = 5.0
"""Seconds between signs of health while the recording itself gives none: it is played slowly, or over."""

_BOOKS = ("get_markets", "get_multiple_markets")


class Verbatim:
    """A frame as it was recorded, whoever hears it."""

    def __init__(self, text: str) -> None:
        self._text = text

    def frame(self, channel: str, vocabulary: Vocabulary) -> str:
        return self._text


class Player:
    """`speed` is how many recorded seconds pass in one; 0 plays as fast as messages are taken. `clock` is monotonic seconds."""

    def __init__(self, lines: Iterator[Line], survey: Survey, hub: Hub, speed: float, clock: Callable[[], float]) -> None:
        self.at = 0.0
        self.is_over = False
        self.answers: Answers = survey.answers
        self._lines = lines
        self._survey = survey
        self._hub = hub
        self._speed = speed
        self._clock = clock
        self._stepped = clock()
        self._health_at = clock()
        self._coming: deque[Line] = deque()
        self._next = next(lines, None)
        self._granted: dict[str, tuple[frozenset[str], float]] = {}

    def expect(self, socket_id: str, channels: frozenset[str]) -> None:
        """This socket has been granted these channels and will join them now."""
        self._granted = {known: granted for known, granted in self._granted.items() if known in self._hub.sockets}
        self._granted[socket_id] = (channels, self._clock())

    def step(self) -> None:
        """Play what is due."""
        now = self._clock()
        passed, self._stepped = now - self._stepped, now
        self._read_ahead()
        if not self._followers():
            return
        if self._speed:
            self.at += passed * self._speed
        self._play_due()
        self._keep_healthy(now)

    def _followers(self) -> list[Socket]:
        """Who has joined all that it was granted; nobody while one is still at it."""
        found = [socket for socket in self._hub.sockets.values() if socket.channels]
        return [] if any(self._is_settling(socket) for socket in found) else found

    def _is_settling(self, socket: Socket) -> bool:
        channels, since = self._granted.get(socket.id, (frozenset(), 0.0))
        return not channels <= socket.channels and self._clock() - since < SETTLING

    def _play_due(self) -> None:
        """In order, as far as time has come and everybody has room; time does not run away from who is slow."""
        for _ in range(AT_ONCE):
            self._read_ahead()
            if not self._coming:
                self.is_over = self._next is None
                return
            line = self._coming[0]
            if self._speed and line.at > self.at:
                return
            if not self._has_room():
                self.at = min(self.at, line.at)
                return
            if not self._speed:
                self.at = max(self.at, line.at)
            self._play(self._coming.popleft())

    def _has_room(self) -> bool:
        followers = self._followers()
        return bool(followers) and all(len(socket.outbox) < BEHIND for socket in followers)

    def _read_ahead(self) -> None:
        """Books that were read count a little before their time."""
        while self._next is not None and (self._next.at <= self.at + AHEAD or not (self._speed or self._coming)):
            line, self._next = self._next, next(self._lines, None)
            if isinstance(line, Answer) and line.path.endswith(_BOOKS):
                self.answers.take(line)
            else:
                self._coming.append(line)

    def _play(self, line: Line) -> None:
        if isinstance(line, Answer):
            self.answers.take(line)
        elif isinstance(line, Frame):
            self._send(line)
        elif isinstance(line, Lost):
            self._hub.close_all()

    def _send(self, frame: Frame) -> None:
        """To who is on its channel. One that cannot be read goes to everybody: so it came."""
        self.answers.hear(frame)
        heard = address(frame.text)
        if heard is None or (not heard.channel and not heard.event.startswith("pusher")):
            for socket in self._followers():
                socket.send(frame.text)
        elif not heard.event.startswith("pusher"):
            self._hub.publish(heard.channel, Verbatim(frame.text))
            if heard.event == "health_check":
                self._health_at = self._clock()

    def _keep_healthy(self, now: float) -> None:
        """A line that is alive says so, where the recording does not at this pace."""
        if not self._survey.health or not (self.is_over or 0 < self._speed < 1):
            return
        if now - self._health_at >= HEALTH_EVERY:
            self._health_at = now
            self._hub.publish(self._survey.private, Verbatim(self._survey.health))
