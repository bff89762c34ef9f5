"""A profile's own paths: which calls they may be of, and what may stand in one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from app.domain.redact import beginning

_PATH = re.compile(r"(?!.*\.\.)[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*")
LONGEST = 100  # characters of a path


class PathError(ValueError):
    """A path that cannot be used; `str(error)` is a sentence."""


def check(overrides: Mapping[str, str], calls: Sequence[str]) -> None:
    """PathError names the first that cannot be used."""
    for name, path in overrides.items():
        if name not in calls:
            raise PathError(f"There is no call {beginning(name)!r}. There are: {', '.join(calls)}")
        if len(path) > LONGEST or not _PATH.fullmatch(path):
            raise PathError(
                f"The path {beginning(path)!r} of {name!r} cannot be used: "
                f"a path has at most {LONGEST} letters A to Z, digits, _, -, . and single slashes between them"
            )
