"""A broadcast on loopback, for whoever plays or reads it: uvicorn in a thread of its own, and a clock that starts where it is told."""

from __future__ import annotations

import threading
import time
from types import TracebackType

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from app.practice.clock import SECOND, WallClock
from app.practice.cs2_stream.clip import Clip
from app.practice.cs2_stream.faults import StreamFaults, Wishes
from app.practice.cs2_stream.routes import BASE, stream_routes
from app.practice.server import open_listener

CLIP = Clip()
LOOP = CLIP.count * CLIP.segment_ns
PATIENCE = 45.0
"""Seconds for anything to happen on a machine that many share."""


class SetClock:
    """Runs like the wall's, from a moment of one's own choice."""

    def __init__(self, started_at: int) -> None:
        self._wall = WallClock()
        self._ahead = started_at - self._wall.now_ns()

    def now_ns(self) -> int:
        return self._wall.now_ns() + self._ahead


def before_seam(seconds: float) -> int:
    """A moment (ns) so many seconds before the loop's seam is reached."""
    return (time.time_ns() // LOOP + 1) * LOOP - int(seconds * SECOND)


class Server:
    """Serves routes on a free port of 127.0.0.1 while its `with` lasts."""

    def __init__(self, routes: list[BaseRoute]) -> None:
        self._listener = open_listener("127.0.0.1", 0)
        self._listener.listen(64)  # from here on a connection waits until the thread is there
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        app = Starlette(routes=routes)
        self._server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none", timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]}, name="broadcast", daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self._listener.close()
        assert not self._thread.is_alive()


class Broadcast(Server):
    def __init__(self, started_at: int | None = None) -> None:
        self.clock = SetClock(time.time_ns() if started_at is None else started_at)
        self.faults = StreamFaults()
        super().__init__([*stream_routes(self.clock, self.faults, CLIP)])
        self.master = f"{self.url}{BASE}/master.m3u8"

    def __enter__(self) -> Broadcast:
        super().__enter__()
        return self

    def live(self, quality: str = "360p30") -> str:
        return f"{self.url}{BASE}/{quality}/live.m3u8"

    def wish(self, wishes: Wishes) -> None:
        self.faults.apply(wishes, self.clock.now_ns(), CLIP.segment_ns)
