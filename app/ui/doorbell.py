"""How a second start of the same profile shows the window that is open already, instead of another one."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

PATIENCE = 1_000  # milliseconds for the other program to answer the ring


def name_of(folder: Path, profile: str) -> str:
    """A name that only programs of the same person, folder and profile share."""
    return f"overround-{sha256(f'{folder.resolve()}|{profile.lower()}'.encode()).hexdigest()[:24]}"


class Doorbell(QObject):
    """Answers rings for as long as it lives; `rung` is called for each. Held by whoever holds the profile's lock."""

    def __init__(self, name: str, rung: Callable[[], None]) -> None:
        super().__init__()
        self._rung = rung
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)
        QLocalServer.removeServer(name)  # a killed program leaves its socket behind; the lock says that nobody else has it
        self._server.listen(name)

    def close(self) -> None:
        self._server.close()

    def _answer(self) -> None:
        while caller := self._server.nextPendingConnection():
            caller.disconnected.connect(caller.deleteLater)
            caller.disconnectFromServer()
            self._rung()


def ring(name: str) -> bool:
    """Ask the program behind `name` to show its window; whether somebody answered."""
    caller = QLocalSocket()
    caller.connectToServer(name)
    if not caller.waitForConnected(PATIENCE):
        return False
    caller.waitForDisconnected(PATIENCE)
    return True
