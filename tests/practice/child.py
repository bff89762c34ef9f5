"""A practice server as a child process, as anyone starts it."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

PATIENCE = 20
ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-W", "error", "-m", "app.practice.server")


class Child:
    """Started with `options`; `ready` is its line. Leaving the block ends it."""

    def __init__(self, *options: str, stdin: int | None = subprocess.DEVNULL) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, *options],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdout is not None
        self.ready: dict[str, Any] = json.loads(read_line(self.process.stdout))

    def __enter__(self) -> Child:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def interrupt(self) -> tuple[int, str, str]:
        """Ctrl+C; its exit code, the rest of its output, its complaints."""
        self.process.send_signal(signal.SIGINT)
        rest, complaints = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, rest, complaints

    def client(self) -> httpx.Client:
        """Logged in."""
        trading = self.ready["trading"]
        client = httpx.Client(base_url=trading["url"], trust_env=False)
        keys = {"access_key": trading["access_key"], "secret_key": trading["secret_key"]}
        token = client.post("/auth/login", json=keys).json()["data"]["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        return client


def read_line(stream: Any) -> str:
    """One line, or a failure when it takes too long."""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        assert selector.select(PATIENCE), "the practice server did not say that it is ready"
    return str(stream.readline())
