"""The practice exchange as a process: `python main.py practice-server`, one JSON line when ready, Ctrl+C ends it."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import ipaddress
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Coroutine, Generator, Sequence
from pathlib import Path

import msgspec
import uvicorn

from app.practice.clock import SECOND, WallClock
from app.practice.faults import Faults, FaultsError, read_script
from app.practice.faults.connection import Connection
from app.practice.loose import LoadError
from app.practice.model import RefusalError
from app.practice.opening import Opened, Plan
from app.practice.replay.recording import RecordingError
from app.practice.replay.wire import ReplayWire, prepare
from app.practice.state import StateError
from app.practice.truth import Truth, TruthError
from app.practice.wire.application import Keys, Wire

STEP = 0.015
"""Seconds between two steps of the exchange."""

MOST_SPEED = 1_000
MOST_RATE = 10_000
"""Beyond these one processor cannot keep up."""

UNREAD = 30_000
"""Milliseconds after which the connection of a peer that does not read is dropped."""

MOST_LINES = 10_000
"""Lines of the truth log kept in memory; its file has them all."""

MOST_DELAY = 86_400
"""Seconds the record of B2B orders may be behind."""

LAST_FRAMES = 0.2
"""Seconds closing sockets are given for their close frames."""


class Stop:
    """The wish to end, from a signal, a thread or a task; safe before the loop runs and from any thread."""

    def __init__(self) -> None:
        self.is_wanted = threading.Event()
        self._wanted: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def want(self, *_: object) -> None:
        self.is_wanted.set()
        if self._loop is not None and self._wanted is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                self._loop.call_soon_threadsafe(self._wanted.set)

    async def wait(self) -> None:
        self._loop, self._wanted = asyncio.get_running_loop(), asyncio.Event()
        if self.is_wanted.is_set():
            return
        await self._wanted.wait()


class QuietServer(uvicorn.Server):
    """uvicorn without its own signal handlers: this process has one way to end, `Stop`."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def main(argv: Sequence[str] | None = None) -> int:
    """Run until told to stop. 0 when stopped, 1 when its state could not be kept, 2 when it could not start.

    The reason is a sentence on stderr.
    """
    options = read_options(argv)
    stop = Stop()
    catch_signals(stop)
    return start(options, stop)


def start(options: argparse.Namespace, stop: Stop) -> int:
    if not is_loopback(options.host):
        return complain(f"The practice exchange only listens on this computer: {options.host} is not a loopback address.")
    try:
        listener = open_listener(options.host, options.port)
    except OSError as error:
        return complain(f"Cannot listen on {options.host} port {options.port}: {error.strerror or error}.")
    with listener:
        return run(options, listener, stop)


def read_options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="practice-server",
        description="A practice exchange on this computer that speaks the APIs of the venues and the Pusher protocol.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address (%(default)s)")
    parser.add_argument("--port", type=_port, default=0, help="0 picks a free one")
    parser.add_argument("--seed", type=int, default=1, help="which world (%(default)s)")
    parser.add_argument("--speed", type=_speed, default=1.0, help="how fast game time runs (%(default)s); 0 for a recording: at once")
    parser.add_argument("--rate", type=_up_to(MOST_RATE), default=200.0, help="depth changes a second (%(default)s)")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="play a recorded session instead of a world")
    parser.add_argument("--load", type=Path, metavar="PATH", help="payloads in the venue's shapes: a file or a folder")
    parser.add_argument("--state", type=Path, metavar="DIR", help="keep accounts, orders and books there")
    parser.add_argument("--deduct", choices=("match", "placement"), default="match", help="when cash is reserved")
    parser.add_argument("--jwt", choices=("strict", "tolerant"), default="strict", help="how the tokens of B2B requests are read")
    parser.add_argument(
        "--history-delay", type=_delay, default=0, metavar="S", help="seconds the list of B2B orders is behind (%(default)s)"
    )
    parser.add_argument("--faults", type=Path, metavar="FILE", help="what goes wrong: a JSON list of faults, see docs/guide")
    parser.add_argument("--truth", type=Path, metavar="FILE", help="append what was received and what became of it, a JSON line each")
    parser.add_argument("--loopback-webhooks", action="store_true", help="deliver webhooks to http:// on 127.0.0.1, for practice")
    parser.add_argument("--stay", action="store_true", help="do not end with the process that started this one")
    parser.add_argument("--parent-pipe", action="store_true", help="end when standard input is closed")
    options = parser.parse_args(argv)
    if options.speed == 0 and options.replay is None:
        parser.error("argument --speed: must be a number above 0 without --replay")
    return options


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _speed(text: str) -> float:
    return 0.0 if text in {"0", "0.0"} else _up_to(MOST_SPEED)(text)


def _delay(text: str) -> float:
    return 0.0 if text in {"0", "0.0"} else _up_to(MOST_DELAY)(text)


def _up_to(most: int) -> Callable[[str], float]:
    def read(text: str) -> float:
        with contextlib.suppress(ValueError):
            if 0 < (number := float(text)) <= most:
                return number
        raise argparse.ArgumentTypeError(f"must be a number above 0, at most {most}")

    return read


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def open_listener(host: str, port: int) -> socket.socket:
    """A bound socket. Raises OSError when the port is taken."""
    address = "127.0.0.1" if host == "localhost" else host
    # With the protocol named, asyncio sends small frames at once; without it they wait for the peer's delayed acknowledgement, some 40 ms.
    listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere this option would let a second server take the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # connections inherit it
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD)
        listener.bind((address, port))
    except OSError:
        listener.close()
        raise
    return listener


def catch_signals(stop: Stop) -> None:
    """Ctrl+C and a polite kill both mean stop, from now on."""
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop.want)


def complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


def run(options: argparse.Namespace, listener: socket.socket, stop: Stop) -> int:
    return run_exchange(options, listener, stop) if options.replay is None else run_replay(options, listener, stop)


def run_replay(options: argparse.Namespace, listener: socket.socket, stop: Stop) -> int:
    """Play a recorded session until told to stop."""
    host, port = listener.getsockname()[:2]
    try:
        wire, notes = prepare(options.replay, options.speed, WallClock(), host=host, port=port)
    except RecordingError as error:
        return complain(str(error))
    for note in notes:
        print(note, file=sys.stderr)
    asyncio.run(serve(wire, wire.keys, play(wire), listener, stop, options))
    return 0


def run_exchange(options: argparse.Namespace, listener: socket.socket, stop: Stop) -> int:
    clock = WallClock()
    plan = Plan(options.seed, options.speed, options.rate, options.deduct, options.state, options.load)
    try:
        faults = Faults(read_script(options.faults), seed=options.seed) if options.faults is not None else None
        truth = Truth(options.truth, most=MOST_LINES)
        opened = Opened(plan, clock.now_ns())
    except (FaultsError, TruthError, LoadError, StateError) as error:
        return complain(str(error))
    for note in opened.notes:
        print(note, file=sys.stderr)
    host, port = listener.getsockname()[:2]
    wire = Wire(
        opened.exchange,
        opened.keys,
        clock,
        host=host,
        port=port,
        keep=opened.keep,
        save_sessions=opened.save_sessions,
        saved_sessions=opened.saved_sessions(),
        save_partner_keys=opened.save_partner_keys,
        saved_partner_keys=opened.saved_partner_keys(),
        save_webhooks=opened.save_webhooks,
        saved_webhooks=opened.saved_webhooks(),
        takes_loopback=options.loopback_webhooks,
        is_strict=options.jwt == "strict",
        history_delay=int(options.history_delay * SECOND),
        faults=faults,
        truth=truth,
    )
    gc.collect()
    gc.freeze()  # the world lives as long as the process: looking through it again and again costs pauses
    try:
        with contextlib.closing(truth), contextlib.closing(opened):
            asyncio.run(serve(wire, opened.keys, drive(wire, opened, stop), listener, stop, options))
    except StateError as error:
        opened.fault = str(error)
    if opened.fault:
        complain(f"The practice exchange has ended. {opened.fault}")
        return 1
    return 0


def ready_line(keys: Keys, host: str, port: int) -> str:
    """All a client needs to connect, as one JSON line; without the doors that are not there."""
    base = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    line: dict[str, object] = {
        "base": base,
        "trading": {
            "url": f"{base}/partner",
            "access_key": keys.access_key,
            "secret_key": keys.secret_key,
            "web_session": keys.web_session,
        },
        "pusher": {"host": host, "port": port, "secure": False, "key": keys.pusher_key},
    }
    if keys.partner.token:
        line["omnibus"] = {"url": base, "partner_token": keys.partner.token, "issuer_hint": keys.partner.issuer_id}
    if keys.rankacy_key:
        line["rankacy"] = {"url": base, "api_key": keys.rankacy_key}
    return msgspec.json.encode(line).decode()


async def serve(
    wire: Wire | ReplayWire,
    keys: Keys,
    driving: Coroutine[None, None, None],
    listener: socket.socket,
    stop: Stop,
    options: argparse.Namespace,
) -> None:
    """Until told to stop; `driving` is what makes the wire live meanwhile."""
    server = QuietServer(server_config(wire))
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(server.serve(sockets=[listener]))
        helpers = [tasks.create_task(driving)]
        if os.name == "posix" and not options.stay:
            helpers.append(tasks.create_task(watch_parent(stop, os.getppid())))
        if options.parent_pipe:
            watch_pipe(stop)
        await server.is_up.wait()
        print(ready_line(keys, *listener.getsockname()[:2]), flush=True)
        await stop.wait()
        wire.close()
        await asyncio.sleep(LAST_FRAMES)
        server.should_exit = True
        await serving
        for helper in helpers:
            helper.cancel()


def server_config(wire: Wire | ReplayWire) -> uvicorn.Config:
    return uvicorn.Config(
        wire.app,
        http=Connection,
        ws="websockets-sansio",  # measured: half as fast again as wsproto
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        ws_ping_interval=None,  # Pusher has its own pings
        ws_per_message_deflate=False,  # on loopback it only costs
        timeout_keep_alive=75,  # a connection closed under a client's next order would leave it in doubt
        timeout_graceful_shutdown=2,
    )


async def drive(wire: Wire, opened: Opened, stop: Stop) -> None:
    """Let the exchange live for as long as it can be kept."""
    while not opened.fault:
        with contextlib.suppress(RefusalError):
            wire.feed.step()
        await asyncio.sleep(STEP)
    stop.want()


async def play(wire: ReplayWire) -> None:
    while True:
        wire.step()
        await asyncio.sleep(STEP)


async def watch_parent(stop: Stop, parent: int) -> None:
    while True:
        await asyncio.sleep(1)
        if os.getppid() != parent:
            return stop.want()


def watch_pipe(stop: Stop) -> None:
    def read_to_end() -> None:
        while os.read(0, 4096):
            pass
        stop.want()

    threading.Thread(target=read_to_end, name="parent-pipe", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
