"""The catalogue of the last start on the disk: packed, bounded, and put aside in words when it cannot be used."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from app.domain.market import Listing
from app.store import settings

LIMIT: Final = 32 * 1024 * 1024  # bytes, packed and unpacked
VERSION: Final = 1

_DECODER = msgspec.msgpack.Decoder(Listing)


class _Head(msgspec.Struct, frozen=True):
    """Looked at before the rest, whose shape a later program may have changed."""

    version: int


_HEAD = msgspec.msgpack.Decoder(_Head)


class CatalogueCache:
    """One file, one profile and environment. It holds no price, no market and nothing secret."""

    def __init__(self, path: Path, now: Callable[[], datetime] = settings.utc_now) -> None:
        self._path = path
        self._now = now

    def load(self) -> settings.Read[Listing | None]:
        """What was kept, or None; words when it cannot be used. It never raises for what the file is or holds."""
        try:
            listing = _read(self._path)
        except FileNotFoundError:
            return settings.Read(None)
        except (OSError, EOFError, zlib.error) as error:
            return self._refused(f"it cannot be unpacked: {error}")
        except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError) as error:
            return self._refused(str(error))
        return settings.Read(listing)

    def save(self, listing: Listing) -> str:
        """Replace the file, as a whole; a sentence when that could not be done."""
        data = msgspec.msgpack.encode(listing)
        if len(data) > LIMIT:
            return f"The list of events is too large to be kept ({len(data) // 1_000_000} MB): the next start reads it anew."
        try:
            settings.replace(self._path, gzip.compress(data, 3, mtime=0))
        except OSError as error:
            return f"The list of events could not be kept ({error.strerror or error}): the next start reads it anew."
        return ""

    def _refused(self, why: str) -> settings.Read[Listing | None]:
        words = f"The list of events of the last start cannot be used ({why}), so it is read anew."
        try:
            kept = settings.move_aside(self._path, self._now())
        except OSError:
            return settings.Read(None, words)
        return settings.Read(None, f"{words} The old file is kept as {kept.name}.")


def _read(path: Path) -> Listing:
    """ValueError says what is wrong."""
    if not path.is_file():
        if path.exists():
            raise ValueError("it is not a plain file")
        raise FileNotFoundError(path)
    if path.stat().st_size > LIMIT:
        raise ValueError(f"it is larger than {LIMIT // 1024 // 1024} MB")
    with gzip.open(path) as file:
        data = file.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise ValueError(f"it unpacks to more than {LIMIT // 1024 // 1024} MB")
    version = _HEAD.decode(data).version
    if version != VERSION:
        raise ValueError(f"it was written by another version of the program (its version is {version}, this program knows {VERSION})")
    listing = _DECODER.decode(data)
    if listing.at.tzinfo is None:
        raise ValueError("it does not say when it was written")
    return listing
