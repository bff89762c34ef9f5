"""Shows the stream view with a real web engine for a while and tells on one line what came of it: `python -m ... MODE`.

A program of its own, for an engine may take the one it runs in with it. Modes: `vp9` the page offers what the engine has; `hand` a
person chose the official player whose codec is missing; `plain` nobody chose; `refused` the page is held by a host that it does not
allow; `closed` nobody is at its address.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
from PySide6.QtWebEngineWidgets import QWebEngineView  # noqa: E402  (before there is an application)

from app.domain.cs2 import StreamPlace  # noqa: E402
from app.footage import Footage  # noqa: E402
from app.services.feed.delay import Delay  # noqa: E402
from app.services.feed.video import Stage  # noqa: E402
from app.store.paths import resources  # noqa: E402
from app.ui.feed.stream.probe import EngineProbe  # noqa: E402
from app.ui.feed.stream.view import StreamTools, StreamView  # noqa: E402
from app.ui.feed.stream.web import EnginePages  # noqa: E402
from app.ui.theme import Theme  # noqa: E402
from tests.practice.cs2_stream.kit import Broadcast  # noqa: E402

PATIENCE = 40.0
WANTED = 60  # pictures that prove that it plays
CHANNEL = "overround_practice"
SEEN = """(() => {
    const video = document.querySelector("video");
    if (!video) return "";
    const told = {
        state: document.body.dataset.state, words: document.querySelector("p").textContent, source: video.currentSrc.split("/").pop(),
        frames: video.getVideoPlaybackQuality().totalVideoFrames, late: (Date.now() / 1000 - video.currentTime + 48) % 24,
    };
    return JSON.stringify(told);
})()"""


class Told(msgspec.Struct):
    back_end: str = ""
    reason: str = ""
    state: str = ""
    title: str = ""
    note: str = ""
    page: dict[str, Any] = {}


def stage_of(mode: str, broadcast: Broadcast) -> Stage:
    query = f"channel={CHANNEL}&parent=127.0.0.1" + ("&codec=vp9" if mode == "vp9" else "")
    stage = Footage().stage(StreamPlace(CHANNEL, f"{broadcast.url}/practice-stream/embed?{query}"))
    if mode == "refused":
        return msgspec.structs.replace(stage, page_base="http://localhost/")
    if mode == "closed":
        return msgspec.structs.replace(stage, page=stage.page.replace(f":{broadcast.port}", ":9"))
    return stage


def wait(is_so: Callable[[], bool]) -> None:
    loop, look = QEventLoop(), QTimer(interval=100)
    limit = QTimer(singleShot=True, interval=round(PATIENCE * 1000))
    look.timeout.connect(lambda: loop.quit() if is_so() else None)
    limit.timeout.connect(loop.quit)
    look.start()
    limit.start()
    loop.exec()
    look.stop()


def drop(coroutine: Coroutine[Any, Any, Any]) -> None:
    """The in-app player is not what is looked at here."""
    coroutine.close()


def show(mode: str, view: StreamView, stage: Stage) -> Told:
    told = Told()

    def note_page(answer: object) -> None:
        if isinstance(answer, str) and answer:
            told.page = msgspec.json.decode(answer)

    def is_done() -> bool:
        if isinstance(view.pane.web, QWebEngineView):
            for frame in view.pane.web.page().mainFrame().children():
                frame.runJavaScript(SEEN, 0, note_page)
        if mode in ("refused", "closed"):
            return view.screen_view.message.isVisible() and view.pane.web is None and view.player.state not in ("idle", "starting")
        if mode == "plain":
            return view.director.choice is not None
        return bool(told.page.get("frames", 0) >= WANTED and told.page["state"] == "playing")

    view.show_stage(stage)
    wait(is_done)
    choice = view.director.choice
    told.back_end, told.reason = (choice.back_end, choice.reason) if choice else ("", "")
    told.state = view.player.state
    told.title = view.screen_view.message.title.text() if view.screen_view.message.isVisible() else ""
    told.note = view.pane.note.words.text() if view.pane.note.isVisible() else ""
    return told


def main(mode: str) -> int:
    application = QApplication(["show", "-platform", "offscreen"])
    kept = {"stream.back_end": "official player"} if mode in ("hand", "refused", "closed") else {}
    probe = EngineProbe(is_packaged=False)
    with Broadcast() as broadcast:
        tools = StreamTools(
            finder=Footage(),
            probe=probe,
            pages=EnginePages(),
            start=drop,
            clock=time.monotonic,
            open_link=lambda _address: False,
            recall=lambda name: kept.get(name, ""),
            remember=kept.__setitem__,
        )
        view = StreamView(tools, Theme(application, resources()), Delay(time.monotonic))
        view.resize(640, 460)
        view.show()
        told = show(mode, view, stage_of(mode, broadcast))
        view.shut()
        view.hide()
        probe.close()
    sys.stdout.write(msgspec.json.encode(told).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
