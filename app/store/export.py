"""The settings as one file to take along: profiles, limits, what was chosen on the screen. Never a secret.

What goes in is named here, field by field; a field that is added to a profile later stays out until it is named too. Keys, PINs and where
practice is are in files that are not even opened. A person may have put a secret where none belongs, a claim of a token or a host: what is
known as a secret or looks like one is left out and said.
"""

from __future__ import annotations

import configparser
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from app.domain.profile import PRACTICE, Profile
from app.domain.redact import beginning
from app.domain.risk import Limits
from app.store import logs, settings
from app.store.paths import Folders
from app.store.profiles import FILE, Profiles

PROFILE_FIELDS: Final = (
    "name", "environment", "provider", "host", "spelling", "paths", "aggregator", "check_location", "selections", "replay", "pace",
    "id", "issuer", "key_id", "fields", "names", "batches", "many_events", "proxy",
)  # fmt: skip
TOKEN_FIELDS: Final = ("algorithm", "hash_claim", "hash_encoding", "hash_empty", "lifetime", "claims")
LIMIT_FIELDS: Final = tuple(field for field in Limits.__struct_fields__ if field != "version")  # figures and one choice of three
CHOICES: Final[Mapping[str, re.Pattern[str]]] = {
    "choice/theme": re.compile(r"[a-z]{1,20}"),
    "choice/odds": re.compile(r"[A-Za-z]{1,20}"),
    "choice/muted": re.compile(r"true|false"),
}
LAYOUT: Final = re.compile(r"window/(?:geometry|state)|columns/[a-z_.-]{1,40}(?:/\d{1,3})?")
"""Qt's own bytes: places and sizes of docks and columns."""

_BYTES: Final = re.compile(r"\"?@ByteArray\([ -~]*\)\"?")
_LONGEST: Final = 20_000  # characters of a layout


class Exported(msgspec.Struct, frozen=True):
    """The file's content, and sentences about what was left out of it."""

    content: bytes
    words: tuple[str, ...]


def collect(where: Folders, at: datetime) -> Exported:
    """The settings below `where` at this time (aware). It never raises for what they hold: what cannot be used is left out."""
    left_out: list[str] = []
    profiles = Profiles(where.settings / FILE)
    value = {
        "overround": "settings",
        "version": 1,
        "at": at,
        "profiles": [_profile(profile, left_out) for profile in profiles if profile != PRACTICE],
        "limits": dict(_limits(profiles, where.settings)),
        "display": _display(where.settings / "workspace.ini", left_out),
    }
    content = msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
    return Exported(content, (*profiles.words, *left_out))


def write(path: Path, where: Folders, at: datetime) -> tuple[str, ...]:
    """Put the settings into `path`, for this user only; sentences about what was left out. OSError passes through."""
    exported = collect(where, at)
    settings.replace(path, exported.content)
    return exported.words


def _profile(profile: Profile, left_out: list[str]) -> dict[str, Any]:
    plain = {field: getattr(profile, field) for field in PROFILE_FIELDS}
    token = {field: getattr(profile.token, field) for field in TOKEN_FIELDS}
    token["claims"] = {name: value for name, value in profile.token.claims.items() if _is_fit(json.dumps({name: value}))}
    missing = [f"the claim {beginning(name)}" for name in profile.token.claims if name not in token["claims"]]
    for field in [field for field, value in plain.items() if not _is_fit(str(value))]:
        del plain[field]
        missing.append(f"its {field}")
    if missing:
        left_out.append(f"What looks like a secret is left out of a profile: {', '.join(missing)}.")
    return {**plain, "token": token}


def _is_fit(text: str) -> bool:
    """Whether this neither is nor looks like a secret."""
    return logs.clean(text) == text


def _limits(profiles: Profiles, folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for profile in profiles:
        path = folder / f"limits-{profile.slug}-{profile.environment.lower()}.json"
        if path.is_file():
            limits = settings.read(path, Limits, Limits).value
            yield profile.name, {field: getattr(limits, field) for field in LIMIT_FIELDS}


def _display(path: Path, left_out: list[str]) -> dict[str, str]:
    """Qt's settings file of choices and layout, read as text: what is not named above stays in it."""
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=(";",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # names as Qt wrote them, small and large letters
    try:
        parser.read_string(path.read_text("utf-8", "replace"))
    except FileNotFoundError:
        return {}
    except (OSError, configparser.Error) as problem:
        left_out.append(f"What was chosen on the screen is left out: {type(problem).__name__}.")
        return {}
    told = {f"{section}/{name}".replace("\\", "/"): value for section in parser.sections() for name, value in parser[section].items()}
    return {name: value for name, value in told.items() if _is_display(name, value) and _is_fit(value)}


def _is_display(name: str, value: str) -> bool:
    if choice := CHOICES.get(name):
        return choice.fullmatch(value) is not None
    return bool(LAYOUT.fullmatch(name) and _BYTES.fullmatch(value) and len(value) <= _LONGEST)
