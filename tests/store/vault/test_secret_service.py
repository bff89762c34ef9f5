"""The vault on GNOME Keyring's Secret Service, through the library's real back end, under a message bus and in a home of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

ROOT = Path(__file__).parents[3]
MISSING = [tool for tool in ("dbus-run-session", "gnome-keyring-daemon") if shutil.which(tool) is None]
# No service is started on demand: the test decides whether there is one.
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={home}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>
"""
WITHOUT_SERVICE = 'exec "$@"'
WITH_SERVICE = 'printf "of this test" | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$@"'


@pytest.fixture
def home() -> Iterator[Path]:
    """Below the system's temporary folder: the name of a socket has at most 107 characters."""
    if MISSING:
        words = f"needs the Debian packages gnome-keyring and dbus ({', '.join(MISSING)} not found); `make system` installs them"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(words)
    with tempfile.TemporaryDirectory(prefix="overround-") as folder:
        home = Path(folder)
        (home / "run").mkdir(mode=0o700)
        (home / "bus.xml").write_text(BUS.format(home=home))
        yield home


LOCKED_SERVICE = 'gnome-keyring-daemon --start --components=secrets >/dev/null && exec "$@"'
LOCKED = "The keyring (SecretService Keyring) is locked and was not opened: unlock it and try again."
# What the library says of a daemon that takes its collection off the bus for a moment; seen twice, on busy machines only.
TAKEN_AWAY = "The keyring (SecretService Keyring) could not be opened: see that it is set up and that Overround may use it, and try again."


def run(home: Path, act: str, service: str = WITH_SERVICE) -> dict[str, Any]:
    """What `secret_service.py` found, in a session of the desktop with this service."""
    inner = ["sh", "-c", service, "sh", sys.executable, "-m", "tests.store.vault.secret_service", act]
    places = {f"XDG_{kind}_HOME": f"{home}/{kind.lower()}" for kind in ("DATA", "CONFIG", "CACHE")}
    done = subprocess.run(
        ["dbus-run-session", "--config-file", home / "bus.xml", "--", *inner],
        cwd=ROOT,
        env={"HOME": f"{home}", "PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": f"{home}/run", **places},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = msgspec.json.decode(done.stdout.splitlines()[-1])
    return found


def test_it_keeps_reads_rotates_moves_and_removes(home: Path) -> None:
    found = run(home, "whole")
    assert found.pop("right") == [True] * 10
    assert found == {"name": "SecretService Keyring", "words": "", "hits": 0, "entries": 2, "removed": 4, "left": 0}


def test_what_one_session_of_the_desktop_kept_the_next_one_reads(home: Path) -> None:
    assert run(home, "keep") == {"entries": 1}
    assert run(home, "read") == {"is_the_same": True}


def test_a_locked_collection_is_said_and_the_session_is_left(home: Path) -> None:
    found = run(home, "locked")
    assert found == {
        "words": LOCKED,
        "read": f"VaultError: {LOCKED}",
        "keep": f"VaultError: {LOCKED}",
        "remove": found["remove"],
        "session": True,
        "left": [f"Earlier keys of the profile 'main' are still kept. {LOCKED}"],
    }
    assert found["remove"].startswith(f"VaultError: Not everything was removed. {LOCKED}")


def test_a_keyring_that_was_never_opened_in_this_session_is_said_to_be_locked(home: Path) -> None:
    run(home, "keep")
    found = run(home, "unopened", LOCKED_SERVICE)
    assert found.pop("remove") == f"VaultError: Not everything was removed. {LOCKED}"
    assert found == {"words": LOCKED, "read": f"VaultError: {LOCKED}", "keep": f"VaultError: {LOCKED}"}


def test_a_keyring_that_is_locked_between_any_two_steps_of_a_keeping_is_said_to_be_locked(home: Path) -> None:
    found = run(home, "relocked")
    assert {"", f"VaultError: {LOCKED}"} <= set(found["said"]) <= {"", f"VaultError: {LOCKED}", f"VaultError: {TAKEN_AWAY}"}
    assert found["steps"] > 10


def test_a_service_that_is_missing_is_said_and_found_once_it_runs(home: Path) -> None:
    found = run(home, "missing", WITHOUT_SERVICE)
    none = "This computer has no keyring that is running. Seal the keys with a passphrase, or keep them for this run only."
    assert found == {
        "words": none,
        "read": f"NoKeysError: There are no keys for the profile 'main'. {none}",
        "keep": f"NoKeyringError: {none}",
        "remove": "",
        "later": "",
        "kept": True,
    }
