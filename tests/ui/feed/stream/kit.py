"""What stands for the world around the stream view: time, a finder with set answers, a probe, web pages that are plain widgets."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import msgspec
from PySide6.QtWidgets import QWidget

from app.domain.cs2 import StreamPlace
from app.domain.errors import VenueError
from app.services.feed.video import Found, Look, MissingPartError, Offline, Stage
from app.ui.feed.stream.backends import Able
from app.ui.feed.stream.probe import LACKS
from app.ui.feed.stream.view import StreamTools
from app.ui.feed.stream.web import Complaint

PLACE = StreamPlace("north_bots", "https://player.twitch.tv/?channel=north_bots&parent=book.example")
STAGE = Stage(PLACE, "twitch.tv/north_bots", "https://www.twitch.tv/north_bots", "<p>player", "https://book.example/", "<p>chat")
OURS = msgspec.structs.replace(STAGE, title="practice exchange", is_ours=True, page="", chat_page="")
PLAYS = Able(is_able=True, why="H.264 by Qt Multimedia")

Answer = Found | Offline | VenueError | MissingPartError


class Time:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Started:
    """Runs a coroutine at once where nothing in it waits; what waits is kept, to be ended."""

    def __call__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        try:
            coroutine.send(None)
        except StopIteration:
            return
        raise AssertionError("this coroutine waits: the fakes answer at once")


class FakeFinder:
    """Answers in turn; the last answer again and again."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[StreamPlace] = []

    async def find(self, place: StreamPlace) -> Found | Offline:
        self.asked.append(place)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, VenueError | MissingPartError):
            raise answer
        return answer


class FakeReader:
    def __init__(self, look: Look | VenueError) -> None:
        self.answer = look
        self.asked = 0

    async def look(self, url: str) -> Look:
        self.asked += 1
        if isinstance(self.answer, VenueError):
            raise self.answer
        return self.answer


class FakeProbe:
    """With `answer` None it stays silent until `tell`."""

    def __init__(self, answer: Able | None = LACKS) -> None:
        self.answer = answer
        self.waiting: list[Callable[[Able], None]] = []
        self.asked = 0

    def ask(self, answer: Callable[[Able], None]) -> None:
        self.asked += 1
        if self.answer is None:
            self.waiting.append(answer)
        else:
            answer(self.answer)

    def tell(self, answer: Able) -> None:
        self.answer = answer
        waiting, self.waiting = self.waiting, []
        for call in waiting:
            call(answer)


class FakePages:
    def __init__(self) -> None:
        self.built: list[tuple[str, str]] = []
        self.complaints: list[Complaint] = []
        self.closed = 0

    def build(self, page: str, base: str, complain: Complaint) -> QWidget:
        self.built.append((page, base))
        self.complaints.append(complain)
        return QWidget()

    def close(self, view: QWidget) -> None:
        self.closed += 1
        view.setParent(None)
        view.deleteLater()


class World:
    """Everything the view is built with, and what it did to it."""

    def __init__(self, *answers: Answer, probe: Able | None = LACKS, in_app: Able = PLAYS, has_engine: bool = True) -> None:
        self.time = Time()
        self.finder = FakeFinder(*(answers or (Offline(),)))
        self.probe = FakeProbe(probe)
        self.pages = FakePages()
        self.kept: dict[str, str] = {}
        self.are_odds_late = False
        self.opened: list[str] = []
        self.has_browser = True
        self.in_app = in_app
        self.has_engine = has_engine

    def tools(self) -> StreamTools:
        return StreamTools(
            finder=self.finder,
            probe=self.probe,
            pages=self.pages,
            start=Started(),
            clock=self.time,
            open_link=self._open,
            recall=lambda key: self.kept.get(key, ""),
            remember=self.kept.__setitem__,
            in_app=lambda: self.in_app,
            has_engine=lambda: self.has_engine,
            are_odds_late=lambda: self.are_odds_late,
        )

    def _open(self, url: str) -> bool:
        self.opened.append(url)
        return self.has_browser


def found(*urls: str, names: Sequence[str] = ("360p30", "180p30")) -> Found:
    return Found(tuple(zip(names, urls, strict=False)))
