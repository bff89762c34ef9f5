"""The practice server as a process: its line, its options, its ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import closing

import pytest

from app.practice import server
from tests.practice.child import COMMAND, PATIENCE, ROOT, Child, read_line

posix_only = pytest.mark.skipif(os.name != "posix", reason="signals and parents of POSIX")


def test_it_prints_one_line_and_ends_cleanly_on_ctrl_c() -> None:
    with Child() as child:
        port = child.ready["pusher"]["port"]
        greeting = child.ready
        code, rest, complaints = child.interrupt()

    base = f"http://127.0.0.1:{port}"
    assert greeting.keys() == {"base", "trading", "pusher", "omnibus", "rankacy"}
    assert (greeting["base"], greeting["trading"]["url"]) == (base, f"{base}/partner")
    assert greeting["trading"].keys() == {"url", "access_key", "secret_key", "web_session"}
    assert greeting["pusher"].keys() == {"host", "port", "secure", "key"}
    assert greeting["omnibus"].keys() == {"url", "partner_token", "issuer_hint"}
    assert greeting["rankacy"].keys() == {"url", "api_key"}
    assert greeting["omnibus"]["url"] == greeting["rankacy"]["url"] == base
    assert (code, rest, complaints) == (0, "", "")


@posix_only
def test_a_polite_kill_ends_it_cleanly_while_clients_are_connected() -> None:
    with Child("--stay") as child:
        pusher = child.ready["pusher"]
        with closing(child.client()) as client, socket.create_connection((pusher["host"], pusher["port"])) as idle:
            client.get("/v4/mm/get_balance")
            child.process.send_signal(signal.SIGTERM)
            _, complaints = child.process.communicate(timeout=PATIENCE)
            idle.settimeout(PATIENCE)
            assert idle.recv(10) == b""

    assert (child.process.returncode, complaints) == (0, "")


@posix_only
def test_it_ends_when_its_parent_dies() -> None:
    starter = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen({COMMAND!r}, stdout=subprocess.PIPE)\n"
        "print(child.stdout.readline().decode(), flush=True)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert parent.stdout is not None
    pusher = json.loads(read_line(parent.stdout))["pusher"]

    with socket.create_connection((pusher["host"], pusher["port"])) as held:
        parent.communicate(timeout=PATIENCE)
        held.settimeout(PATIENCE)
        ended = held.recv(10)

    assert ended == b""


def test_it_ends_when_its_pipe_is_closed() -> None:
    with Child("--parent-pipe", "--stay", stdin=subprocess.PIPE) as child:
        assert child.process.stdin is not None
        child.process.stdin.close()
        child.process.stdin = None
        _, complaints = child.process.communicate(timeout=PATIENCE)

    assert (child.process.returncode, complaints) == (0, "")


def test_keys_are_new_for_each_run() -> None:
    with Child() as first, Child() as second:
        assert first.ready["trading"]["secret_key"] != second.ready["trading"]["secret_key"]
        assert first.ready["pusher"]["key"] != second.ready["pusher"]["key"]


def test_a_taken_port_is_said_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with server.open_listener("127.0.0.1", 0) as listener:
        listener.listen()
        port = listener.getsockname()[1]

        code = server.start(server.read_options(["--port", str(port)]), server.Stop())

    assert code == 2
    assert f"Cannot listen on 127.0.0.1 port {port}" in capsys.readouterr().err


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.test", "::", ""])
def test_only_this_computer_may_connect(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = server.start(server.read_options(["--host", host]), server.Stop())

    assert code == 2
    assert "not a loopback address" in capsys.readouterr().err


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "localhost"])
def test_loopback_hosts_are_accepted(host: str) -> None:
    assert server.is_loopback(host)


@pytest.mark.parametrize("options", [["--port", "70000"], ["--port", "x"], ["--speed", "0"], ["--rate", "nan"], ["--deduct", "never"]])
def test_a_bad_option_is_refused(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        server.read_options(options)

    assert ended.value.code == 2
    assert options[0] in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--port", "x"], "a port is a number from 0 to 65535"),
        (["--speed", "fast"], "must be a number above 0, at most 1000"),
        (["--rate", "20000"], "must be a number above 0, at most 10000"),
    ],
)
def test_a_bad_number_is_said_in_words(options: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        server.read_options(options)

    assert says in capsys.readouterr().err


def test_a_wish_to_stop_before_the_start_is_granted_at_once() -> None:
    stop = server.Stop()
    stop.want()

    code = server.start(server.read_options(["--stay"]), stop)

    assert code == 0
