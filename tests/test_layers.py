"""Who may import whom: the contracts of pyproject.toml hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_every_layer_imports_only_what_it_may() -> None:
    """In a process of its own: the checker sets up logging anew, and would silence every logger of the tests after it."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(("module", "homes"), [("pysher", {"app/venues/push.py"}), ("qasync", {"app/bootstrap.py"})])
def test_a_library_is_imported_in_its_one_place_only(module: str, homes: set[str]) -> None:
    wanted = (f"import {module}", f"from {module}")
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "app").rglob("*.py")
        if any(line.strip().startswith(wanted) for line in path.read_text().splitlines())
    }
    assert found == homes


def test_httpx_is_imported_by_venues_only() -> None:
    found = [path for path in (ROOT / "app").rglob("*.py") if "import httpx" in path.read_text()]
    assert found
    assert all(path.is_relative_to(ROOT / "app" / "venues") for path in found)
