"""A delivery as a line for a shell: run by /bin/sh, with a `curl` that writes down what it was given."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.hooks.curl import curl_line

URL = "http://127.0.0.1:8765/rankacy"
SIGNED = ("X-Rankacy-Signature", "sha256=" + "ab" * 32)
FAKE = """#!{python}
import os, sys
out = open(os.environ["SEEN"], "wb")
words = [os.fsencode(word) for word in sys.argv[1:]]
if words[words.index(b"--data-binary") + 1] == b"@-":
    words[words.index(b"--data-binary") + 1] = sys.stdin.buffer.read()
out.write(b"\\n".join(word.hex().encode() for word in words))
"""


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("curl")
    (folder / "curl").write_text(FAKE.format(python=sys.executable))
    (folder / "curl").chmod(0o755)
    return folder


def given_to_curl(shell: Path, headers: Sequence[tuple[str, str]], body: bytes, url: str = URL) -> tuple[list[bytes], bytes, bytes]:
    """The headers, the body and the address that `curl` gets."""
    seen = shell / "seen"
    environment = {**os.environ, "PATH": f"{shell}{os.pathsep}{os.environ['PATH']}", "SEEN": str(seen), "LC_ALL": "C"}
    subprocess.run(["/bin/sh", "-c", curl_line(url, headers, body)], env=environment, check=True, timeout=30, cwd=shell)
    words = [bytes.fromhex(line) for line in seen.read_text().split("\n")]
    fields = [words[place + 1] for place, word in enumerate(words) if word == b"-H"]
    return fields, words[words.index(b"--data-binary") + 1], words[-1]


NASTY = [
    b"",
    b'{"match_id":42}',
    b'it\'s $(id) `id` "quoted" \\n $HOME ; rm -rf / | & > x < y',
    b"@/etc/passwd",
    b"two\nlines\n",
    b"-d\n",
    "żółć 赛".encode(),
    b"\r\n",
    b"\xff\xfe\x00\x01",
    b"a\0\0b",
    bytes(range(256)),
    b"'" * 50,
    b"%s %d \\0101",
    b"x" * 65_536,
    b"\x80" * 65_536,
]


@pytest.mark.parametrize("body", NASTY, ids=range(len(NASTY)))
def test_a_nasty_body_arrives_byte_for_byte(shell: Path, body: bytes) -> None:
    assert given_to_curl(shell, [SIGNED], body)[1:] == (body, URL.encode())


@settings(max_examples=25)
@given(body=st.binary(max_size=200))
def test_any_body_arrives_byte_for_byte(shell: Path, body: bytes) -> None:
    assert given_to_curl(shell, [SIGNED], body)[1] == body


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("plain", b"X-Odd: plain"),
        ('it\'s $(id) `id` "x" \\ !', b'X-Odd: it\'s $(id) `id` "x" \\ !'),
        ("@file", b"X-Odd: @file"),
        ("caf\xe9 \x80", b"X-Odd: caf\xe9 \x80"),
        ("", b"X-Odd;"),
        ("%b \\0101 \xe9", b"X-Odd: %b \\0101 \xe9"),
    ],
)
def test_a_nasty_header_arrives_as_it_came(shell: Path, value: str, told: bytes) -> None:
    assert told in given_to_curl(shell, [SIGNED, ("X-Odd", value)], b"{}")[0]


def test_curl_adds_no_header_of_its_own(shell: Path) -> None:
    fields, _, _ = given_to_curl(shell, [SIGNED, ("content-type", "application/json")], b"{}")
    assert fields == [f"{SIGNED[0]}: {SIGNED[1]}".encode(), b"content-type: application/json", b"Accept:", b"User-Agent:"]


def test_an_address_with_signs_of_the_shell_is_one_word(shell: Path) -> None:
    url = "http://[::1]:8765/a{b,c}[1-3]?x=1&y='z'"
    assert given_to_curl(shell, [], b"{}", url)[2] == url.encode()
    assert " -g " in curl_line(url, [], b"{}"), "else curl would make many addresses of the braces"
