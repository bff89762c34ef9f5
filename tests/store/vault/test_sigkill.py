"""A program that the system really kills while it keeps keys: the old ones or the new ones are there, with their issuer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

ROOT = Path(__file__).parents[3]
ROUNDS = 100
SEED = 20261122


@pytest.mark.skipif(os.name != "posix", reason="needs fork and SIGKILL")
def test_a_real_kill_at_any_moment_leaves_the_old_keys_or_the_new_with_their_issuer(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.store.vault.killed", str(tmp_path), str(ROUNDS), str(SEED)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=100)
    result = msgspec.json.decode(said.stdout)
    assert result["wrong"] == []
    assert sum(result["found"].values()) == ROUNDS
    assert min(result["found"][which] for which in ("old", "new")) > 0
    assert result["left"] == ["settings/keys.json", "settings/keys.json.lock"]
