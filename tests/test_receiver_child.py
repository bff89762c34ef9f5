"""The receiver's process as the window starts, tells, loses and ends it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.domain.receiving import NotOpened, Opened, Plan, read_told, write_plan
from app.domain.secret import Secret
from app.domain.signature import signed
from app.receiver import server
from app.receiver_child import ReceiverProcess, command
from app.services.hooks.ports import ReceiverState
from tests.receiver.kit import ELSEWHERE, PATH, PLAN, ROUTE, SECRET, Station, body_of, station, status

FORBIDDEN = ("PySide6", "httpx", "pysher", "qasync", "keyring", "app.services", "app.ui", "app.venues", "app.practice")


def started(file: Path) -> subprocess.Popen[bytes]:
    """The bare process, with pipes."""
    return subprocess.Popen(command(file), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def delivery(port: int) -> bytes:
    """A genuine one."""
    body = body_of()
    heads = f"Host: 127.0.0.1:{port}", f"X-Rankacy-Signature: {signed(body, SECRET)}", f"Content-Length: {len(body)}"
    return "\r\n".join((f"POST {PATH} HTTP/1.1", *heads, "", "")).encode() + body


def ended(process: subprocess.Popen[bytes]) -> tuple[int, bytes, bytes]:
    """Its stdin is closed: its code, and what it said."""
    out, errors = process.communicate(timeout=20)
    return process.returncode, out, errors


def test_the_receiver_knows_no_window_and_no_venue() -> None:
    code = (
        "import sys\n"
        "import app.receiver.server, app.receiver.door, app.store.deliveries.writer\n"
        f"print([name for name in sys.modules if name.startswith({FORBIDDEN!r})])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout == "[]\n"


def test_an_answer_of_two_parts_is_not_held_back() -> None:
    """asyncio turns that off (40 ms a 429) for a socket that says it is TCP's."""
    with server._listener(0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


async def test_it_opens_answers_and_ends(tmp_path: Path) -> None:
    heard: list[ReceiverState] = []
    found = Station(tmp_path / "deliveries.db")
    found.receiver.changed.append(lambda: heard.append(found.receiver.state))
    await found.open()
    port = found.receiver.port

    assert status(await found.say(found.request())) == 204
    await found.until(lambda: bool(found.signals))
    assert found.signals[0].ids == (1,)
    assert found.newest[0].id == 1
    await found.receiver.stop()

    assert heard == [ReceiverState.STARTING, ReceiverState.RUNNING, ReceiverState.STOPPED]
    assert (found.receiver.port, found.receiver.pid) == (0, None)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_other_routes_hold_from_then_on_and_no_connection_is_lost(tmp_path: Path) -> None:
    async with station(tmp_path, Plan(0, (ELSEWHERE,))) as found:
        reader, writer = await asyncio.open_connection("127.0.0.1", found.receiver.port)
        writer.write(found.request())
        assert b" 404 " in await reader.readuntil(b"\r\n\r\n")
        await reader.readuntil(b"\n")

        found.receiver.replan(PLAN)
        answer = b" 404 "
        while b" 404 " in answer:  # the plan goes through another pipe than the delivery
            writer.write(found.request())
            answer = await reader.readuntil(b"\r\n\r\n")
            if b" 404 " in answer:
                await reader.readuntil(b"\n")

        assert b" 204 " in answer
        writer.close()
        await writer.wait_closed()


async def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        receiver = ReceiverProcess(tmp_path / "deliveries.db")
        await receiver.start(Plan(port, (ROUTE,)))

    assert receiver.state is ReceiverState.FAILED
    assert f"Port {port} of this computer cannot be listened on" in receiver.words
    assert receiver.pid is None


async def test_two_that_are_opened_at_once_do_not_share_a_port(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    both = [ReceiverProcess(tmp_path / name) for name in ("one.db", "two.db")]

    await asyncio.gather(*(each.start(Plan(port, (ROUTE,))) for each in both))

    assert sorted(each.state for each in both) == [ReceiverState.FAILED, ReceiverState.RUNNING]
    for each in both:
        await each.stop()


async def test_a_port_that_is_no_port_is_said(tmp_path: Path) -> None:
    receiver = ReceiverProcess(tmp_path / "deliveries.db")
    await receiver.start(Plan(70_000, (ROUTE,)))

    assert receiver.state is ReceiverState.FAILED
    assert "Port 70000" in receiver.words


async def test_a_file_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "deliveries.db").mkdir()
    receiver = ReceiverProcess(tmp_path / "deliveries.db")
    await receiver.start(PLAN)

    assert receiver.state is ReceiverState.FAILED
    assert "The file of deliveries cannot be used" in receiver.words


async def test_a_damaged_file_is_said_by_the_running_receiver(tmp_path: Path) -> None:
    (tmp_path / "deliveries.db").write_bytes(b"no database, only words " * 20)
    async with station(tmp_path) as found:
        assert found.receiver.state is ReceiverState.RUNNING
        assert "is damaged: it is kept as deliveries.db.bad-" in found.receiver.words


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
async def test_a_receiver_that_is_killed_is_failed_and_can_be_started_again(tmp_path: Path) -> None:
    async with station(tmp_path) as found:
        assert found.receiver.pid is not None
        os.kill(found.receiver.pid, signal.SIGKILL)
        await found.until(lambda: found.receiver.state is ReceiverState.FAILED)
        assert "killed by signal 9" in found.receiver.words
        assert found.receiver.port == 0

        await found.open()

        assert status(await found.say(found.request())) == 204


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
async def test_a_receiver_that_hangs_holds_nobody_up_and_is_killed(tmp_path: Path) -> None:
    async with station(tmp_path) as found:
        pid = found.receiver.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        for _ in range(2000):
            found.receiver.replan(PLAN)  # far more than a pipe holds

        await found.receiver.stop()

        assert found.receiver.state is ReceiverState.STOPPED
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_what_is_no_plan_changes_nothing_and_is_not_quoted(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *command(tmp_path / "deliveries.db"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.write(write_plan(PLAN))
    opened = read_told(await process.stdout.readline())
    assert isinstance(opened, Opened)
    process.stdin.write(b"\n{}x\n[1]\n\xff\xff\n" + b'{"routes":"' + SECRET.reveal().encode() + b'"}\n')
    heard = [await process.stderr.readline() for _ in range(5)]

    reader, writer = await asyncio.open_connection("127.0.0.1", opened.port)
    writer.write(delivery(opened.port))
    assert b" 204 " in await reader.readuntil(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    process.stdin.close()
    out, errors = await process.communicate()

    assert process.returncode == 0
    assert all(b"cannot be read, and nothing was changed" in line for line in heard)
    assert SECRET.reveal().encode() not in b"".join([*heard, out, errors])


@pytest.mark.parametrize("first", [b"", b"nonsense\n", b"{}x\n", b"\xff\n"])
def test_a_first_line_that_is_no_plan_ends_it_with_words(tmp_path: Path, first: bytes) -> None:
    process = started(tmp_path / "deliveries.db")
    assert process.stdin is not None
    process.stdin.write(first)

    code, out, errors = ended(process)

    assert (code, errors) == (2, b"")
    assert read_told(out) == NotOpened("What the receiver was told to do cannot be read.")


def test_it_ends_at_once_with_its_stdin_whoever_is_connected(tmp_path: Path) -> None:
    process = started(tmp_path / "deliveries.db")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(write_plan(PLAN))
    process.stdin.flush()
    opened = read_told(process.stdout.readline())
    assert isinstance(opened, Opened)
    lines = [socket.create_connection(("127.0.0.1", opened.port)) for _ in range(20)]
    for number, line in enumerate(lines):
        line.sendall([b"", b"POST /ho", delivery(opened.port)[:-5], delivery(opened.port)][number % 4])

    at = time.monotonic()
    code, _, errors = ended(process)
    took = time.monotonic() - at
    for line in lines:
        line.close()

    assert (code, errors) == (0, b"")
    assert took < 5  # a second by itself; the machine is shared


def test_it_ends_quietly_where_nobody_reads_what_it_tells(tmp_path: Path) -> None:
    process = started(tmp_path / "deliveries.db")
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.write(write_plan(PLAN))
    process.stdin.flush()
    opened = read_told(process.stdout.readline())
    assert isinstance(opened, Opened)
    process.stdout.close()
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", opened.port)) as line:
            line.sendall(delivery(opened.port))
            assert b" 204 " in line.recv(1000)

    process.stdin.close()
    errors = process.stderr.read()
    process.stderr.close()

    assert process.wait(20) == 0
    assert errors == b""


def contents(folder: Path) -> list[bytes]:
    return [each.read_bytes() for each in folder.iterdir()]


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks at Linux's /proc")
async def test_a_secret_is_in_no_argument_no_environment_no_file_and_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    canary = Secret("canary-5b1f7e-of-a-secret")
    route = ROUTE.__class__(PATH, 18, ROUTE.event, canary)
    async with station(tmp_path, Plan(0, (route,))) as found:
        answers = await found.say(found.request())  # a bad one, whose reason is said
        answers += await found.say(b"nonsense\r\n\r\n")
        found.receiver.replan(Plan(0, (route, ELSEWHERE)))
        await found.until(lambda: found.counts.received >= 2)
        proc = Path(f"/proc/{found.receiver.pid}")
        seen = [(proc / name).read_bytes() for name in ("cmdline", "environ")]
        seen += await asyncio.to_thread(contents, tmp_path)

    seen += await asyncio.to_thread(contents, tmp_path)
    assert len(seen) >= 4
    assert canary.reveal().encode() not in b"".join([*seen, answers, caplog.text.encode(), repr(found.told).encode()])
