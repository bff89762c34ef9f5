"""The tag of this installation: part of every order's reference, so that two computers on one account never make the same one."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from app.store import settings

FILE: Final = "machine.json"


class _Machine(msgspec.Struct, frozen=True):
    tag: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9a-f]{8}", self.tag):
            raise ValueError("a tag has 8 hexadecimal digits")


def machine_tag(folder: Path, *, token: Callable[[int], str] = secrets.token_hex) -> str:
    """8 hexadecimal digits, made once from `token(4)` and kept in `folder`; a damaged file is kept aside and a new tag made.

    OSError passes through when a new tag cannot be kept.
    """
    path = folder / FILE
    fresh = _Machine(token(4))
    if settings.read(path, _Machine, lambda: fresh).value is fresh:
        settings.write(path, fresh)
    # Read again: of two terminals that start for the first time together, the later one's tag stands.
    return settings.read(path, _Machine, lambda: fresh).value.tag
