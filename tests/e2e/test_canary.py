"""Secrets that occur nowhere else in the world go through a whole run of the program; afterwards they are nowhere but where they belong."""

from __future__ import annotations

import logging
import select
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.domain.idle import IdleChoice
from app.domain.secret import Secret
from app.services.idle import IdleLock
from app.store import export, logs
from app.store.paths import folders
from app.store.pin import FILE, PinFile
from app.ui.clipboard import Clipboard
from tests.e2e.story import Story, play
from tests.kit_canary import assert_absent, canary

pytestmark = [
    pytest.mark.usefixtures("qapp"),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),  # size hints on a screen that is none
]


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Another host than the exchange, which the environment names as the proxy for everything; it answers nobody."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "WS_PROXY", "WSS_PROXY"):
            for spelt in (name, name.lower()):
                monkeypatch.setenv(spelt, f"http://127.0.0.1:{server.getsockname()[1]}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        yield server


def test_a_run_with_secrets_leaves_none_behind(
    tmp_path: Path, qtbot: QtBot, capfd: pytest.CaptureFixture[str], proxy: socket.socket
) -> None:
    home, truth = tmp_path / "home", tmp_path / "truth.jsonl"
    key, pin = canary("key"), canary("pin")
    texts: dict[str, str] = {}

    async def act(story: Story) -> None:
        await story.connected()
        await story.open_quiet_event()
        ref = await story.order(story.best_line(), "25", steps=10)
        logs.hide(Secret(key))
        log_in_every_way(key)
        copy_and_quit(key)
        await lock_and_unlock(home, pin)
        story.program.failed(ValueError(f"a task that knew {key}"))
        await story.session.trading.cancel(ref)
        texts.update({f"notice {number}": notice.words for number, notice in enumerate(story.session.notices.lines)})
        export.write(home / "export.json", folders(home), datetime.now(UTC))

    play(home, act, "--truth", str(truth))
    said = capfd.readouterr()
    assert (home / "logs" / "overround.log").stat().st_size > 0, "it was looked for in a log that was written"
    assert truth.stat().st_size > 0
    assert not select.select([proxy], [], [], 0)[0], "nothing was said to another host than the exchange"
    assert_absent([key, pin], tmp_path, {"stdout": said.out, "stderr": said.err, **texts})


def log_in_every_way(key: str) -> None:
    for name in ("app.venues", "httpx", "asyncio", "keyring", "uvicorn.error"):
        logging.getLogger(name).warning("%s with %r", name, {"any": key})
    try:
        raise ConnectionError(key)
    except ConnectionError:
        logging.getLogger("app.services").exception("a request failed")


def copy_and_quit(key: str) -> None:
    clipboard = Clipboard(QGuiApplication.clipboard(), later=lambda _milliseconds, _call: None)
    clipboard.copy_secret(Secret(key))
    clipboard.close()
    assert QGuiApplication.clipboard().text() == ""


async def lock_and_unlock(home: Path, pin: str) -> None:
    lock = IdleLock(PinFile(folders(home).settings / FILE), clock=lambda: 0.0, now=lambda: datetime.now(UTC))
    assert await lock.change(IdleChoice(True, 5), current=Secret(), new=Secret(pin)) == ""
    lock.lock()
    assert await lock.unlock(Secret(pin)) == ""
