"""Which keyrings are used: the systems' own, whatever the library's settings name. In processes of their own, as the library remembers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from keyring.backends import SecretService, chainer, fail, kwallet, macOS

from app.store.vault.backends import accepted
from app.store.vault.ring import Backend, NoKeyringError
from tests.store.vault.kit import FakeKeyring

ROOT = Path(__file__).parents[3]
CHOSEN = """
import sys
{first}
from app.domain.keys import VaultError
from app.store.vault.backends import chosen
try:
    print("took", type(chosen()).__name__)
except VaultError as problem:
    print(problem)
"""
PLAIN = """
from keyring.backend import KeyringBackend

class PlaintextKeyring(KeyringBackend):
    priority = 7
    def get_password(self, service, username): return None
    def set_password(self, service, username, password): open(__file__ + ".written", "w").write(password)

class Another(PlaintextKeyring):
    priority = 6
"""
REAL_BEHIND = "from keyring.backends.SecretService import Keyring; Keyring.priority = 5; Keyring.viable = True"
INSTEAD = "Seal the keys with a passphrase, or keep them for this run only."
NONE = f"This computer has no keyring that is running. {INSTEAD}"
FILES = f"The keyring plain.PlaintextKeyring is not one of the system's own: it may write secrets into a plain file. {INSTEAD}"


@pytest.mark.parametrize(
    ("named", "first", "words"),
    [
        ("", "", NONE),
        ("keyring.backends.fail.Keyring", "", NONE),
        ("keyring.backends.null.Keyring", "", f"The keyring of this computer is switched off. {INSTEAD}"),
        ("plain.PlaintextKeyring", "", FILES),
        ("", "import plain", FILES),
        ("keyring.backends.chainer.ChainerBackend", "import plain", FILES),
        ("keyring.backends.chainer.ChainerBackend", f"import plain\n{REAL_BEHIND}", FILES),
        ("keyring.backends.chainer.ChainerBackend", "", NONE),
        (
            "not_there.Keyring",
            "",
            "The keyring (the one its settings name) failed (ModuleNotFoundError): see that it is running and try again.",
        ),
        ("plain.Nothing", "", "The keyring (the one its settings name) failed (AttributeError): see that it is running and try again."),
    ],
)
def test_fk03_what_is_no_keyring_of_the_system_is_refused_in_words(tmp_path: Path, named: str, first: str, words: str) -> None:
    (tmp_path / "plain.py").write_text(PLAIN)
    paths = {"HOME": f"{tmp_path}", "PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{tmp_path}"}
    settings = paths | ({"PYTHON_KEYRING_BACKEND": named} if named else {})
    done = subprocess.run(
        [sys.executable, "-c", CHOSEN.format(first=first)],
        cwd=tmp_path,
        env=settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == words
    assert not (tmp_path / "plain.py.written").exists()


def made(kind: Callable[[], Backend]) -> Backend:
    return kind()


@pytest.mark.parametrize("kind", [SecretService, kwallet, macOS], ids=lambda module: module.__name__)
def test_the_systems_own_are_taken(kind: ModuleType) -> None:
    one = made(kind.DBusKeyring if kind is kwallet else kind.Keyring)
    assert accepted(one, lambda: None) is one


@pytest.mark.parametrize("none", [fail.Keyring, chainer.ChainerBackend], ids=["none", "an empty chain"])
def test_a_keyring_that_was_started_after_the_program_is_found(none: Callable[[], Backend]) -> None:
    started = FakeKeyring()
    assert accepted(made(none), lambda: started) is started


def test_a_keyring_that_pretends_to_be_a_real_one_is_refused() -> None:
    pretender = type("Keyring", (), {"__module__": "keyring.backends.SecretService"})()
    with pytest.raises(NoKeyringError, match="not one of the system's own"):
        accepted(pretender, lambda: None)


def test_a_start_of_the_program_loads_no_keyring() -> None:
    """It takes a fifth of a second, which only a profile with keys has to spend."""
    loaded = "import sys, app.store.vault; sys.exit(any(name.partition('.')[0] == 'keyring' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, timeout=60, check=False).returncode == 0
