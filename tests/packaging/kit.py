"""How these tests reach the modules of packaging/, and files that several of them read."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "packaging"
LINUX = FOLDER / "linux"


def module(name: str) -> ModuleType:
    """A module of packaging/, which is a folder of scripts and no package: the library of that name must stay reachable."""
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    return importlib.import_module(name)
