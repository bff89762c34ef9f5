"""The export takes what is named and nothing else: every settings file is full of canaries, and none is in it."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QByteArray, QSettings

from app.domain.environment import Environment
from app.domain.profile import Profile, Provider, TokenShape
from app.domain.risk import Limits
from app.domain.secret import Secret
from app.store import export, logs, settings
from app.store.paths import Folders, folders
from app.store.profiles import Profiles
from tests.kit_canary import assert_absent, canary

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def where(tmp_path: Path) -> Folders:
    where = folders(tmp_path)
    where.make()
    return where


def collected(where: Folders) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(export.collect(where, AT).content)
    return told


def keep(where: Folders, *profiles: Profile) -> None:
    kept = Profiles(where.settings / "profiles.json")
    for profile in profiles:
        kept.add(profile)
    kept.save()


def test_profiles_limits_and_choices_are_in_it(where: Folders) -> None:
    shape = TokenShape(algorithm="PS256", claims={"venue": "prophet"})
    b2b = Profile(
        "partner", Environment.SANDBOX, Provider.OMNIBUS, host="https://b2b.example", issuer="issuer-7", key_id="k-1", token=shape
    )
    keep(where, Profile("sandbox", Environment.SANDBOX, Provider.TRADING), b2b)
    settings.write(where.settings / "limits-sandbox-sandbox.json", Limits(worse_steps=3))
    choices = QSettings(str(where.settings / "workspace.ini"), QSettings.Format.IniFormat)
    choices.setValue("choice/theme", "light")
    choices.setValue("choice/odds", "Decimal")
    choices.setValue("choice/muted", True)
    choices.setValue("window/state", QByteArray(b"\x00\x01dock.events\xff"))
    choices.setValue("columns/orders/12", QByteArray(b"\x00\x07"))
    choices.sync()
    told = collected(where)
    assert [profile["name"] for profile in told["profiles"]] == ["sandbox", "partner"]
    partner = told["profiles"][1]
    assert (partner["host"], partner["issuer"], partner["key_id"]) == ("https://b2b.example", "issuer-7", "k-1")
    assert partner["token"]["claims"] == {"venue": "prophet"}
    assert told["limits"]["sandbox"]["worse_steps"] == 3
    assert {"choice/theme": "light", "choice/odds": "Decimal", "choice/muted": "true"}.items() <= told["display"].items()
    assert set(told["display"]) >= {"window/state", "columns/orders/12"}


def test_no_canary_of_any_file_is_in_it(where: Folders) -> None:
    secrets = [canary() for _ in range(12)]
    left = iter(secrets)
    entry = {"name": "sandbox", "environment": "SANDBOX", "provider": "trading", "secret_key": next(left), "note": {"any": next(left)}}
    partner = {
        "name": "partner", "environment": "SANDBOX", "provider": "omnibus", "host": "https://b2b.example",
        "token": {"private_key": next(left), "claims": {"partner_token": next(left), "venue": "prophet"}},
    }  # fmt: skip
    (where.settings / "profiles.json").write_text(json.dumps({"version": 1, "profiles": [entry, partner], "api_key": next(left)}))
    (where.settings / "limits-sandbox-sandbox.json").write_text(json.dumps({"stake": "5.00", "comment": next(left)}))
    (where.settings / "limits-elsewhere-sandbox.json").write_text(json.dumps({"comment": next(left)}))
    (where.settings / "pin.json").write_text(json.dumps({"hash": next(left), "salt": next(left)}))
    (where.settings / "workspace.ini").write_text(
        f"[choice]\ntheme={next(left)}\nsession=@ByteArray({next(left)})\n[other]\nkey={secrets[0]}\n[columns]\norders={secrets[1]}\n"
    )
    (where.data / "practice-door.json").write_text(json.dumps({"secret_key": next(left)}))
    (where.data / "vault.json").write_text(secrets[0])
    exported = export.collect(where, AT)
    assert_absent(secrets, None, {"export": exported.content, "words": " ".join(exported.words)})
    told = json.loads(exported.content)
    assert [profile["name"] for profile in told["profiles"]] == ["sandbox", "partner"], "and yet it is an export"
    assert told["limits"]["sandbox"]["stake"] == "5.00"
    assert told["profiles"][1]["token"]["claims"] == {"venue": "prophet"}


def test_a_known_secret_in_a_field_of_its_own_is_left_out_and_said(where: Folders) -> None:
    secret = canary()
    logs.hide(Secret(secret))
    shape = TokenShape(claims={"extra": secret})
    keep(where, Profile("partner", Environment.SANDBOX, Provider.OMNIBUS, host=f"https://{secret}.example", key_id=secret, token=shape))
    exported = export.collect(where, AT)
    assert_absent([secret], None, {"export": exported.content, "words": " ".join(exported.words)})
    assert exported.words == ("What looks like a secret is left out of a profile: the claim extra, its host, its key_id.",)
    assert json.loads(exported.content)["profiles"][0]["name"] == "partner"


def test_every_field_of_a_profile_was_thought_about() -> None:
    """A new field is either named in the export or left out here, on purpose."""
    assert set(Profile.__struct_fields__) == {*export.PROFILE_FIELDS, "token"}
    assert set(TokenShape.__struct_fields__) == set(export.TOKEN_FIELDS)


def test_an_empty_installation_has_an_empty_export(where: Folders) -> None:
    told = collected(where)
    assert (told["profiles"], told["limits"], told["display"]) == ([], {}, {})
    assert (told["overround"], told["version"], told["at"]) == ("settings", 1, "2026-11-21T12:00:00Z")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"no sections = here", b"[choice\n", b"[choice]\ntheme\n", b"[a]\nb=1\n[a]\nb=2\n"])
def test_a_damaged_layout_is_left_out(where: Folders, content: bytes) -> None:
    (where.settings / "workspace.ini").write_bytes(content)
    assert collected(where)["display"] == {}


def test_it_is_written_for_this_user_only(where: Folders, tmp_path: Path) -> None:
    path = tmp_path / "settings of overround.json"
    assert export.write(path, where, AT) == ()
    assert msgspec.json.decode(path.read_bytes())["version"] == 1
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
