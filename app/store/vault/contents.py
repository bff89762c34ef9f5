"""What is written for a profile, as text: its credentials, or the keys of the sealed file that holds them. Bound to the profile's name."""

from __future__ import annotations

import base64
import binascii
from typing import Final

import msgspec

from app.domain.keys import Credentials, VaultError
from app.domain.profile import Profile, keyring_name
from app.domain.secret import Secret

VERSION: Final = 1
ENTRY_LIMIT: Final = 1_200  # characters of an entry; Windows holds about 1,280
LONGEST: Final = 100_000  # characters of all parts together


class FileKeys(msgspec.Struct, frozen=True):
    """The keys of the sealed file, base64, the newest first. A second one is there only while the file is being replaced."""

    keys: tuple[Secret, ...]

    @property
    def raw(self) -> tuple[bytes, ...]:
        """VaultError when the entry is damaged."""
        try:
            return tuple(base64.b64decode(key.reveal(), validate=True) for key in self.keys)
        except binascii.Error:
            raise VaultError("The keyring's entry for the sealed file is damaged.") from None


class _Written(msgspec.Struct, frozen=True, omit_defaults=True):
    version: int
    name: str
    host: str = ""
    issuer: str = ""
    key_id: str = ""
    replaces: tuple[str, str] | None = None
    parts: dict[str, str] = {}
    keys: tuple[str, ...] = ()


class _Head(msgspec.Struct, frozen=True):
    """Looked at before the rest, whose shape a later program may have changed."""

    version: int


class DamagedError(VaultError):
    """What is kept cannot be understood by any version: putting something else in its place loses nothing."""


def file_keys(*raw: bytes) -> FileKeys:
    return FileKeys(tuple(Secret(base64.b64encode(key).decode()) for key in raw))


def write(profile: Profile, held: Credentials | FileKeys) -> Secret:
    """The text to be kept. VaultError when the parts are too long."""
    if isinstance(held, FileKeys):
        return _encoded(_Written(VERSION, keyring_name(profile), keys=tuple(key.reveal() for key in held.keys)))
    parts = {name: part.reveal() for name, part in held.parts.items()}
    if (length := sum(map(len, parts.values()))) > LONGEST:
        raise VaultError(f"The keys have {length:,} characters together; at most {LONGEST:,} are kept.")
    written = _Written(VERSION, keyring_name(profile), held.host, held.issuer, held.key_id, held.replaces, parts)
    return _encoded(written)


def read(profile: Profile, text: Secret) -> Credentials | FileKeys:
    """What `write` wrote for this profile. VaultError, which never quotes or chains what it could not read."""
    try:
        plain = text.reveal().encode()
        version = msgspec.json.decode(plain, type=_Head).version
        if version > VERSION:
            whose = f"The keys of {profile.name!r} were kept by a later version of the program"
            raise VaultError(f"{whose}: its version is {version}, this program knows {VERSION}.")
        written = msgspec.json.decode(plain, type=_Written)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise DamagedError(f"What is kept for the profile {profile.name!r} is damaged: enter its keys again.") from None
    if written.name != keyring_name(profile):
        raise DamagedError(f"What lies where the keys of {profile.name!r} are kept belongs to another profile: enter its keys again.")
    if written.keys:
        return FileKeys(tuple(map(Secret, written.keys)))
    if not written.parts:
        raise DamagedError(f"What is kept for the profile {profile.name!r} holds no keys: enter them again.")
    parts = {name: Secret(part) for name, part in written.parts.items()}
    return Credentials(parts, written.host, written.issuer, written.key_id, written.replaces)


def fits(text: Secret) -> bool:
    """Whether a keyring's entry holds it on every system; Windows counts UTF-16."""
    return len(text.reveal().encode("utf-16-le")) // 2 <= ENTRY_LIMIT


def _encoded(written: _Written) -> Secret:
    try:
        return Secret(msgspec.json.encode(written).decode())
    except UnicodeError:
        raise VaultError("A key holds characters that are no text.") from None
