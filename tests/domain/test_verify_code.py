"""The code that is shown to people, run as it is shown: every language says the same of the same vectors as the program does."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.domain.secret import Secret
from app.domain.signature import is_valid
from app.store.paths import resources
from tests.domain.signing import BODY, SECRET, digest, header

PLACE = resources() / "webhooks"
PATIENCE = 120  # seconds: Go compiles its own library the first time
GOOD = header()
ALL_BYTES = bytes(range(256)) * 300
ODD_SECRET = 'klíč "\\/\n\t\x01 😀'

VECTORS: list[tuple[bytes, str, str, bool]] = [
    (BODY, GOOD, SECRET, True),
    (b"", header(b""), SECRET, True),
    (ALL_BYTES, header(ALL_BYTES), SECRET, True),
    (BODY, header(key=ODD_SECRET.encode()), ODD_SECRET, True),
    (BODY, header(key=b"k" * 200), "k" * 200, True),
    (b"what do ya want for nothing?", "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", "Jefe", True),  # RFC 4231
    (BODY + b"\n", GOOD, SECRET, False),
    (BODY[:-1], GOOD, SECRET, False),
    (b"", GOOD, SECRET, False),
    (b"\xef\xbb\xbf" + BODY, GOOD, SECRET, False),
    (BODY, GOOD, SECRET + "\n", False),
    (BODY, GOOD, SECRET.lower(), False),
    (BODY, header(key=b""), "", False),
    (BODY, "", SECRET, False),
    (BODY, "sha256=", SECRET, False),
    (BODY, GOOD.removeprefix("sha256="), SECRET, False),
    (BODY, "sha1=" + digest(method="sha1").hex(), SECRET, False),
    (BODY, GOOD.replace("sha256=", "sha512="), SECRET, False),
    (BODY, GOOD.replace("sha256=", "SHA256="), SECRET, False),
    (BODY, "sha256=" + digest().hex().upper(), SECRET, False),
    (BODY, "sha256=" + base64.b64encode(digest()).decode(), SECRET, False),
    (BODY, GOOD + "\n", SECRET, False),
    (BODY, " " + GOOD, SECRET, False),
    (BODY, f"{GOOD}, {GOOD}", SECRET, False),
    (BODY, GOOD[:-1], SECRET, False),
    (BODY, GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"), SECRET, False),
    (BODY, GOOD[:-1] + "é", SECRET, False),  # as long in letters, not in bytes: Python's and Node's comparisons throw
    (BODY, "é" * 71, SECRET, False),
    (BODY, "\0" + GOOD, SECRET, False),
]
LINES = "".join(
    json.dumps({"body_base64": base64.b64encode(body).decode(), "header": told, "secret": secret}) + "\n"
    for body, told, secret, _ in VECTORS
)


def run(command: Sequence[str | Path], folder: Path) -> list[bool]:
    """What it says of every vector; a failure with its own words where it ends otherwise."""
    env = {**os.environ, "HOME": str(folder), "GOCACHE": str(folder / "go"), "DOTNET_NOLOGO": "1", "DOTNET_CLI_TELEMETRY_OPTOUT": "1"}
    done = subprocess.run(command, input=LINES.encode(), capture_output=True, cwd=folder, env=env, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert set(done.stdout.split()) <= {b"true", b"false"}
    return [word == b"true" for word in done.stdout.split()]


def needed(tool: str) -> str:
    found = shutil.which(tool)
    if found is None:
        pytest.skip(f"{tool} is not installed")
    return found


EXPECTED = [is_good for *_, is_good in VECTORS]


def test_the_program_itself_says_so() -> None:
    assert [is_valid(body, told.encode(), Secret(secret)) for body, told, secret, _ in VECTORS] == EXPECTED


def test_python(tmp_path: Path) -> None:
    assert run([sys.executable, "-W", "error", PLACE / "verify.py"], tmp_path) == EXPECTED


def test_node(tmp_path: Path) -> None:
    node = shutil.which("node")
    assert node is not None, "node is not installed, and the code that is shown for it cannot be tried: install nodejs"
    assert run([node, PLACE / "verify.js"], tmp_path) == EXPECTED


def test_node_takes_the_function_from_the_file(tmp_path: Path) -> None:
    node = shutil.which("node")
    assert node is not None, "node is not installed, and the code that is shown for it cannot be tried: install nodejs"
    code = f"console.log(typeof require({json.dumps(str(PLACE / 'verify.js'))}).verify)"
    done = subprocess.run([node, "-e", code], capture_output=True, text=True, cwd=tmp_path, timeout=PATIENCE, check=True)
    assert done.stdout.strip() == "function"


def test_go(tmp_path: Path) -> None:
    assert run([needed("go"), "run", PLACE / "verify.go"], tmp_path) == EXPECTED


def test_php(tmp_path: Path) -> None:
    assert run([needed("php"), "-d", "error_reporting=-1", "-d", "display_errors=stderr", PLACE / "verify.php"], tmp_path) == EXPECTED


def test_c_sharp_of_mono(tmp_path: Path) -> None:
    compiler, mono = needed("mcs"), needed("mono")
    program = tmp_path / "verify.exe"
    subprocess.run([compiler, "-warnaserror", f"-out:{program}", PLACE / "verify.cs"], cwd=tmp_path, timeout=PATIENCE, check=True)
    assert run([mono, program], tmp_path) == EXPECTED


PROJECT = """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup>
<OutputType>Exe</OutputType><TargetFramework>net{version}.0</TargetFramework>
</PropertyGroup></Project>"""


def test_c_sharp_of_net(tmp_path: Path) -> None:
    dotnet = needed("dotnet")
    version = subprocess.run([dotnet, "--version"], capture_output=True, text=True, timeout=PATIENCE, check=True).stdout.partition(".")[0]
    (tmp_path / "verify.csproj").write_text(PROJECT.format(version=version))
    shutil.copy(PLACE / "verify.cs", tmp_path)
    assert run([dotnet, "run"], tmp_path) == EXPECTED


COMPARES = {
    "verify.py": "hmac.compare_digest(expected",
    "verify.js": "crypto.timingSafeEqual(given, expected)",
    "verify.go": "hmac.Equal([]byte(expected)",
    "verify.php": "hash_equals($expected, $header)",
    "verify.cs": "difference |= expected[i] ^ given[i]",
}


@pytest.mark.parametrize("name", COMPARES)
def test_what_is_shown_fits_its_pane_and_compares_in_constant_time(name: str) -> None:
    text = (PLACE / name).read_text("utf-8")
    assert COMPARES[name] in text
    assert max(map(len, text.splitlines())) <= 100
    assert "raw bytes" in text


def test_every_file_that_is_shown_is_tried() -> None:
    assert {path.name for path in PLACE.iterdir()} == COMPARES.keys()
