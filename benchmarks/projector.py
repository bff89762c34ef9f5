"""The practice exchange's video and nothing else of it: `python -m benchmarks.projector` prints its port and ends with its stdin."""

from __future__ import annotations

import sys
import threading

import uvicorn
from starlette.applications import Starlette

from app.practice.clock import WallClock
from app.practice.cs2_stream.routes import stream_routes
from app.practice.server import open_listener


def main() -> None:
    listener = open_listener("127.0.0.1", 0)
    listener.listen()
    application = Starlette(routes=[*stream_routes(WallClock())])
    server = uvicorn.Server(uvicorn.Config(application, log_config=None, lifespan="off", ws="none", timeout_graceful_shutdown=1))

    def end_with_stdin() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=end_with_stdin, daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    server.run(sockets=[listener])


if __name__ == "__main__":
    main()
