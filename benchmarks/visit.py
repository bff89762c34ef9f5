"""The program on a practice exchange that somebody else started."""

from __future__ import annotations

from collections.abc import Callable

from app.child import PracticeChild, Ready, read_ready
from app.exchange import PracticeExchange
from app.house import House


class Standing(PracticeChild):
    """An exchange that already runs, and is left running."""

    def __init__(self, ready: Ready) -> None:
        super().__init__((), lambda _words: None)
        self._ready = ready

    def launch(self) -> None:
        return

    async def ready(self) -> Ready:
        return self._ready


def visiting(line: str) -> Callable[[House], None]:
    """What makes a house use the exchange of that ready line."""
    ready = read_ready(line)

    def visit(house: House) -> None:
        house.exchange = PracticeExchange((), make=lambda _arguments, _died: Standing(ready))

    return visit
