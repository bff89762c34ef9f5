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


def run(home: Path, act: str, *, has_service: bool = True) -> dict[str, Any]:
    """What `secret_service.py` found, in a session of the desktop with or without the service."""
    inner = ["sh", "-c", WITH_SERVICE if has_service else 'exec "$@"', "sh", sys.executable, "-m", "tests.store.vault.secret_service", act]
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
    locked = "The keyring (SecretService Keyring) is locked and was not opened: unlock it and try again."
    assert found == {
        "words": locked,
        "read": f"VaultError: {locked}",
        "keep": f"VaultError: {locked}",
        "remove": found["remove"],
        "session": True,
        "left": [f"Earlier keys of the profile 'main' are still kept. {locked}"],
    }
    assert found["remove"].startswith(f"VaultError: Not everything was removed. {locked}")


def test_a_service_that_is_missing_is_said_and_found_once_it_runs(home: Path) -> None:
    found = run(home, "missing", has_service=False)
    none = "This computer has no keyring that is running. Seal the keys with a passphrase, or keep them for this run only."
    assert found == {
        "words": none,
        "read": f"NoKeysError: There are no keys for the profile 'main'. {none}",
        "keep": f"NoKeyringError: {none}",
        "remove": "",
        "later": "",
        "kept": True,
    }
