"""How these tests reach the modules of packaging/, and files that several of them read."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "packaging"
LINUX = FOLDER / "linux"
_NAME = "overround_packaging"


def module(name: str) -> ModuleType:
    """A module of packaging/ under a name of its own: `packaging` is also a library, and pytest uses that one."""
    if _NAME not in sys.modules:
        spec = importlib.util.spec_from_file_location(_NAME, FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)])
        assert spec is not None
        sys.modules[_NAME] = importlib.util.module_from_spec(spec)
    return importlib.import_module(f"{_NAME}.{name}")
