"""The requests of Rankacy's feed as values."""

from __future__ import annotations

import msgspec

from app.venues.call import Call
from app.venues.rankacy.names import Paths


class Calls:
    """Builds each request from the table of paths."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._names = {path: name for name, path in msgspec.structs.asdict(paths).items()}

    def name_of(self, call: Call) -> str:
        """What a request is called, whatever the table calls its path."""
        return self._names.get(call.path, call.path)

    def ping(self) -> Call:
        return Call("GET", self._paths.ping)

    def markets(self) -> Call:
        return Call("GET", self._paths.markets)
