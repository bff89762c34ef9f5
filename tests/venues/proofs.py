"""What the proof tests share: a stream that answers, the rows of a run, and that no secret is in any of their texts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing

from app.domain.proof import ProofRow, ProofState
from app.venues.first_message import Patience
from app.venues.push import PushAddress
from tests.venues.fakes import FakeSocket
from tests.venues.samples import pushed

HEALTH = pushed("private_system_signal", b"{}")
SHORT = Patience(greet=0.05, sign_in=0.05, message=0.05)


class Stream:
    """Greets, signs in, confirms, and sends `says` on the account's own channel. What is named in `silent` is not answered."""

    def __init__(self, *silent: str, says: bytes | None = HEALTH) -> None:
        self.silent = set(silent)
        self.says = says
        self.sockets: list[FakeSocket] = []
        self.subscribed = asyncio.Event()

    def dial(self, address: PushAddress, post: Callable[[bytes], None]) -> FakeSocket:
        socket = FakeSocket(address, post, self._sent)
        socket.answer("12.34", self.silent)
        self.sockets.append(socket)
        return socket

    @property
    def is_closed(self) -> bool:
        return bool(self.sockets) and all(socket.is_closed for socket in self.sockets)

    def _sent(self) -> None:
        socket = self.sockets[-1]
        if socket.sent[-1][0] != "subscribe" or "mine" not in socket.sent[-1][1]:
            return
        self.subscribed.set()
        if self.says is not None:
            socket.push("mine", self.says, "health_check")


async def rows_of(run: AsyncGenerator[ProofRow, None]) -> list[ProofRow]:
    """Every row that was told."""
    async with aclosing(run) as rows:
        return [row async for row in rows]


def ended(rows: Iterable[ProofRow]) -> dict[str, ProofRow]:
    """Each row as it ended, by its title; every one that ran was announced before."""
    told = list(rows)
    running = [row.title for row in told if row.state is ProofState.RUNNING]
    over = {row.title: row for row in told if row.is_over}
    assert running == [title for title, row in over.items() if row.state is not ProofState.SKIPPED]
    return over


def texts(rows: Iterable[ProofRow]) -> str:
    return "\n".join(f"{row.words}\n{row.remedy}\n{row.details}\n{row!r}" for row in rows)
