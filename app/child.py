"""The practice exchange as a child process: started, listened to, ended with the window."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence

import msgspec

from app.domain.secret import Secret
from app.store.paths import root

READY = 30.0  # seconds it may take to say that it is ready
PATIENCE = 5.0  # seconds it may take to end when asked
LINES = 50  # of what it says on stderr that are kept

log = logging.getLogger(__name__)


class TradingAddress(msgspec.Struct, frozen=True):
    """`web_session` is the bearer of the account's person on the venue's own pages; empty where there is none."""

    url: str
    access_key: str
    secret_key: str
    web_session: Secret = Secret()


class OmnibusAddress(msgspec.Struct, frozen=True):
    """`url` is the host; the API's paths begin with /api/v1 below it. `partner_token` registers keys, which sign as `issuer_hint`."""

    url: str
    partner_token: Secret
    issuer_hint: str


class RankacyAddress(msgspec.Struct, frozen=True):
    """`url` is the host; the feed's paths begin with /api/b2b below it."""

    url: str
    api_key: Secret


class Ready(msgspec.Struct, frozen=True):
    """The one line the exchange prints when it serves. A recording that is played back speaks for the Trading API only."""

    base: str
    trading: TradingAddress
    omnibus: OmnibusAddress | None = None
    rankacy: RankacyAddress | None = None


def read_ready(line: str) -> Ready:
    """Raises msgspec.MsgspecError."""
    return msgspec.json.decode(line, type=Ready, dec_hook=_hide)


def _hide(kind: type, value: object) -> object:
    if kind is Secret and isinstance(value, str):
        return Secret(value)
    raise TypeError(f"{kind.__name__} is not read from {type(value).__name__}")


class ChildError(Exception):
    """The practice exchange could not be started; the text says what it said."""


def command(arguments: Sequence[str]) -> list[str]:
    """How this very program, frozen or not, starts its practice exchange, whose webhooks come to this computer."""
    own = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, str(root() / "main.py")]
    return [*own, "practice-server", "--parent-pipe", "--loopback-webhooks", *arguments]


class PracticeChild:
    """One run of the exchange. `died` is called in the loop's thread if it ends without being asked to."""

    def __init__(self, arguments: Sequence[str], died: Callable[[str], None]) -> None:
        self._arguments = arguments
        self._died = died
        self._process: subprocess.Popen[str] | None = None
        self._said: deque[str] = deque(maxlen=LINES)
        self._is_ending = False
        self._is_read = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def launch(self) -> None:
        """Start the process without waiting for it, so that the window can be built meanwhile."""
        self._process = subprocess.Popen(
            command(self._arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    async def ready(self) -> Ready:
        """The exchange's address, once it serves; ChildError with its own words otherwise."""
        assert self._process is not None
        loop = asyncio.get_running_loop()
        line: asyncio.Future[str] = loop.create_future()
        self._is_read = True
        threading.Thread(target=self._read_errors, name="practice-stderr", daemon=True).start()
        threading.Thread(target=self._read_lines, args=(loop, line), name="practice-stdout", daemon=True).start()
        try:
            async with asyncio.timeout(READY):
                text = await line
            return read_ready(text)
        except TimeoutError as problem:
            raise ChildError(f"The practice exchange was not ready within {READY:g} s") from problem
        except msgspec.MsgspecError as problem:
            raise ChildError(f"The practice exchange did not start: {self._last_words()}") from problem

    def end(self) -> None:
        """Ask it to end by closing its stdin; insist if it does not."""
        process = self._process
        if process is None:
            return
        self._is_ending = True
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if not self._is_read:
            for pipe in (process.stdout, process.stderr):
                if pipe:
                    pipe.close()

    def _read_lines(self, loop: asyncio.AbstractEventLoop, line: asyncio.Future[str]) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        with self._process.stdout as out:
            _tell(loop, _resolve, line, out.readline())
            for _ in out:
                pass
        code = self._process.wait()
        if not self._is_ending:
            _tell(loop, self._died, f"The practice exchange ended by itself ({_how(code)}).{self._reason(code)}")

    def _read_errors(self) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        with self._process.stderr as errors:
            for said in errors:
                self._said.append(said.rstrip())
                log.info("practice exchange: %s", said.rstrip())

    def _reason(self, code: int) -> str:
        """What it said last, where it ended on its own account; a killed process explains nothing."""
        return f" {self._last_words()}" if code > 0 and self._said else ""

    def _last_words(self) -> str:
        return self._said[-1] if self._said else ""


def _how(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


def _resolve(line: asyncio.Future[str], text: str) -> None:
    if not line.done():
        line.set_result(text)


def _tell(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *arguments: object) -> None:
    """Call in the loop's thread, unless the loop has ended meanwhile."""
    try:
        loop.call_soon_threadsafe(call, *arguments)
    except RuntimeError:
        log.info("the loop ended before the practice exchange did")
