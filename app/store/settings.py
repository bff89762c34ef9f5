"""Settings files: JSON that is read with patience and words, and written so that a crash leaves the old file or the new one."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import msgspec

LIMIT: Final = 1_000_000  # bytes; the largest settings file has a few thousand
_BOM: Final = b"\xef\xbb\xbf"  # some editors put it before UTF-8

_NO_SYNC: Final = frozenset({errno.EINVAL, errno.ENOTSUP})  # with which a share says that it cannot do this to a folder

T = TypeVar("T")


class Read(msgspec.Struct, Generic[T], frozen=True):
    """What a settings file said. `words` is empty, or sentences for the person: what was wrong and where the old file is."""

    value: T
    words: str = ""


class _BadError(Exception):
    """The file cannot be used; the text says why, as the middle of a sentence."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def read(path: Path, kind: type[T], default: Callable[[], T], *, now: Callable[[], datetime] = utc_now, limit: int = LIMIT) -> Read[T]:
    """The value of type `kind` in `path`. Never raises for what the file is or holds.

    A missing file gives the default without a word. A file that cannot be used gives the default, is kept as
    `<name>.bad-<UTC>` and said. Keys that `kind` does not know are left out and said. Where `kind` has a field `version`,
    a higher one than the default's is a file of a later program. `limit` is the most bytes that are read.
    """
    try:
        text = _text(path, limit)
        plain = _plain(text)
        _refuse_later_version(plain, default)
        value = msgspec.json.decode(text, type=kind)
    except FileNotFoundError:
        return Read(default())
    except _BadError as error:
        return Read(default(), _set_aside(path, str(error), now()))
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        return Read(default(), _set_aside(path, str(error), now()))
    return Read(value, unknown_words(path.name, value, plain))


def write(path: Path, value: object) -> None:
    """Replace `path` by `value` at once, for this user only.

    OSError passes through; the file is then the old one or the new one, never a part of one. ValueError when it would be too
    large to be read again or holds text that is no UTF-8.
    """
    text = msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
    if len(text) > LIMIT:
        raise ValueError(f"{path.name} would have {len(text)} bytes, more than the {LIMIT} that are read again")
    replace(path, text)


def replace(path: Path, content: bytes, *, sync: Callable[[int], None] = os.fsync) -> None:
    """Put `content` in the place of `path` at once, for this user only. OSError passes through, and the file is then what it was.

    `sync` writes what the system still holds of an open file or folder to the disk.
    """
    handle, part = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            _only_ours(file.fileno())
            file.write(content)
            file.flush()
            sync(file.fileno())
        os.replace(part, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(part)
        raise
    sync_folder(path.parent, sync)


def sync_folder(folder: Path, sync: Callable[[int], None] = os.fsync) -> None:
    """The new name itself is on the disk only after this; Windows has no such call, and some network shares have none for folders."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        sync(handle)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
    finally:
        os.close(handle)


def copy_aside(path: Path, moment: datetime) -> Path:
    """Keep what `path` holds now as `<name>.bad-<UTC>`, for this user only. OSError passes through."""
    kept = _free_name(path, moment)
    with path.open("rb") as source, os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        _only_ours(target.fileno())
        shutil.copyfileobj(source, target)
    return kept


def unknown_words(name: str, value: object, plain: object) -> str:
    """A sentence about the keys of the JSON `plain` that the type of `value` has no field for, or nothing."""
    keys = list(_unknown(value, plain, ""))
    if not keys:
        return ""
    more = f" and {len(keys) - 5} more" if len(keys) > 5 else ""
    return f"{name} holds keys that this version does not know and leaves out: {', '.join(keys[:5])}{more}."


def _text(path: Path, limit: int) -> bytes:
    """The file's bytes, its kind and size checked before it is opened: a pipe or a device would never end."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise _BadError("it is a folder")
        if not stat.S_ISREG(status.st_mode):
            raise _BadError("it is not a plain file")
        with path.open("rb") as file:
            text = file.read(limit + 1) if status.st_size <= limit else b""
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _BadError(f"it cannot be read: {error.strerror or error}") from error
    if max(len(text), status.st_size) > limit:
        raise _BadError(f"it is larger than {limit // 1_000_000} MB")
    return text.removeprefix(_BOM)


def _plain(text: bytes) -> object:
    """The JSON as plain values; stricter than msgspec, which takes the last of two equal keys."""
    if not text.strip(b" \t\r\n\0"):
        raise _BadError("it is empty")
    try:
        plain: object = json.loads(text.decode(), object_pairs_hook=_distinct, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise _BadError(f"it is not JSON from line {error.lineno}, column {error.colno} on: {error.msg}") from error
    except UnicodeDecodeError as error:
        raise _BadError(f"it is not text in UTF-8 from byte {error.start} on") from error
    except RecursionError as error:
        raise _BadError("its brackets are nested too deeply") from error
    except ValueError as error:
        raise _BadError(f"a number in it has too many digits ({error})") from error
    return plain


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _BadError(f"it has the key {next(key for key in keys if keys.count(key) > 1)!r} twice")
    return plain


def _refuse_constant(name: str) -> object:
    raise _BadError(f"{name} is not a number")


def _refuse_later_version(plain: object, default: Callable[[], object]) -> None:
    """Looked at before the types, because a later program may have changed those too."""
    if not isinstance(plain, dict):
        return
    ours, theirs = getattr(default(), "version", None), plain.get("version")
    if isinstance(ours, int) and isinstance(theirs, int) and theirs > ours:
        raise _BadError(f"it was written by a later version of the program (its version is {theirs}, this program knows {ours})")


def _unknown(value: object, plain: object, where: str) -> Iterator[str]:
    if isinstance(value, msgspec.Struct) and isinstance(plain, dict):
        names = dict(zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True))
        for key, inner in plain.items():
            if key in names:
                yield from _unknown(getattr(value, names[key]), inner, f"{where}{key}.")
            elif key != value.__struct_config__.tag_field:
                yield ascii(f"{where}{key}"[:60])
    elif isinstance(value, dict) and isinstance(plain, dict):
        for key, inner in value.items():
            yield from _unknown(inner, plain.get(str(key)), f"{where}{key}.")
    elif isinstance(value, list | tuple) and isinstance(plain, list):
        for place, (one, inner) in enumerate(zip(value, plain, strict=False)):
            yield from _unknown(one, inner, f"{where}{place}.")


def _set_aside(path: Path, why: str, moment: datetime) -> str:
    """Move the bad file out of the way, or copy it, and say so."""
    words = f"{path.name} cannot be used ({why}), so the defaults are."
    try:
        return f"{words} The old file is kept as {move_aside(path, moment).name}."
    except OSError:
        pass
    try:
        return f"{words} The old file stays where it is, with a copy in {copy_aside(path, moment).name}."
    except OSError as error:
        return f"{words} It could not be kept under another name ({error.strerror or error}); the next change of a setting replaces it."


def move_aside(path: Path, moment: datetime) -> Path:
    """Rename it to `<name>.bad-<UTC>`. OSError passes through."""
    kept = _free_name(path, moment)
    os.rename(path, kept)
    return kept


def _free_name(path: Path, moment: datetime) -> Path:
    first = path.with_name(f"{path.name}.bad-{moment:%Y%m%dT%H%M%SZ}")
    kept, number = first, 1
    while os.path.lexists(kept):
        number += 1
        kept = first.with_name(f"{first.name}-{number}")
    return kept


def _only_ours(handle: int) -> None:
    """0600 whatever the umask took away or left."""
    if os.name == "posix":
        os.fchmod(handle, 0o600)
