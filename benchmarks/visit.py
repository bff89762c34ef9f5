"""The program on a practice exchange that somebody else started."""

from __future__ import annotations

import msgspec

from app.bootstrap import Program
from app.child import PracticeChild, Ready


class Standing(PracticeChild):
    """An exchange that already runs, and is left running."""

    def __init__(self, ready: Ready) -> None:
        super().__init__((), lambda _words: None)
        self._ready = ready

    def launch(self) -> None:
        return

    async def ready(self) -> Ready:
        return self._ready


def visiting(line: str) -> type[Program]:
    """A Program that uses the exchange of that ready line."""
    ready = msgspec.json.decode(line, type=Ready)

    class Visiting(Program):
        def launch_practice(self) -> None:
            self.child = Standing(ready)

    return Visiting
