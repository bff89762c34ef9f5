"""A private RSA key is read in whatever form and wrapping it comes, and is the same pair each time."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from shutil import which

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, PublicFormat, load_pem_private_key

from app.domain.keys import PemPassphraseError
from app.domain.secret import Secret
from app.store.rsa.reading import read
from app.store.sealing import Cost, seal_with_passphrase
from tests.store.rsa import keys
from tests.store.rsa.keys import NOTHING, PASSPHRASE, PKCS1, PKCS8

OPENSSL = pytest.mark.skipif(which("openssl") is None, reason="the openssl command writes forms that the library only reads")
QUICK = Cost(n=2**14)


def is_read(text: bytes, passphrase: Secret = NOTHING) -> bool:
    return read(text, passphrase) == keys.pair()


# Forms


@pytest.mark.parametrize("form", [PKCS1, PKCS8, PrivateFormat.OpenSSH], ids=["PKCS#1", "PKCS#8", "OpenSSH"])
def test_each_form_of_the_key_gives_the_same_pair(form: PrivateFormat) -> None:
    assert is_read(keys.pem(keys.rsa_key(), form))


@pytest.mark.parametrize("form", [PKCS1, PKCS8], ids=["legacy PKCS#1 (Proc-Type)", "encrypted PKCS#8"])
def test_a_locked_key_is_read_with_its_passphrase_only(form: PrivateFormat) -> None:
    text = keys.pem(keys.rsa_key(), form, PASSPHRASE)
    assert is_read(text, PASSPHRASE)
    needed, wrong = keys.refusal(text), keys.refusal(text, Secret("another passphrase"))
    assert isinstance(needed, PemPassphraseError)
    assert isinstance(wrong, PemPassphraseError)
    assert str(needed) == "This key is locked: type its passphrase."
    assert str(wrong) == "That is another passphrase than the key's, or the key is damaged."


def test_a_passphrase_for_a_key_that_lies_open_is_no_fault() -> None:
    assert is_read(keys.pem(keys.rsa_key()), PASSPHRASE)


@pytest.mark.parametrize("form", [PKCS1, PKCS8], ids=["PKCS#1", "PKCS#8"])
def test_a_key_in_der_is_read(form: PrivateFormat) -> None:
    assert is_read(keys.der(keys.rsa_key(), form))


def test_a_locked_key_in_der_is_read() -> None:
    assert is_read(keys.der(keys.rsa_key(), PKCS8, PASSPHRASE), PASSPHRASE)


@OPENSSL
@pytest.mark.parametrize(
    "options",
    [
        ("pkcs8", "-topk8", "-v2", "aes-128-cbc", "-iter", "20000"),
        ("pkcs8", "-topk8", "-v2", "des3"),
        ("pkcs8", "-topk8", "-scrypt"),
        ("pkcs8", "-topk8", "-v1", "PBE-SHA1-3DES"),
        ("rsa", "-traditional", "-aes128"),
        ("rsa", "-traditional", "-des3"),
    ],
    ids=["PBKDF2, AES-128", "PBKDF2, 3DES", "scrypt", "PKCS#12's derivation", "legacy AES-128", "legacy 3DES"],
)
def test_what_openssl_locks_is_opened(options: tuple[str, ...]) -> None:
    made = subprocess.run(
        ["openssl", *options, "-passout", f"pass:{PASSPHRASE.reveal()}"], input=keys.pem(keys.rsa_key()), capture_output=True, check=True
    )
    assert is_read(made.stdout, PASSPHRASE)
    assert isinstance(keys.refusal(made.stdout, Secret("another")), PemPassphraseError)


def test_our_own_backup_is_read_with_its_passphrase_only() -> None:
    box = seal_with_passphrase(keys.pair().private.reveal().encode(), PASSPHRASE, "overround/backup/rsa", cost=QUICK)
    assert is_read(box, PASSPHRASE)
    assert is_read(b"\xef\xbb\xbf" + box + b"\r\n", PASSPHRASE)
    assert isinstance(keys.refusal(box), PemPassphraseError)
    assert "another passphrase" in str(keys.refusal(box, Secret("another")))
    assert isinstance(keys.refusal(box, Secret("another")), PemPassphraseError)


def test_another_sealed_file_of_the_program_is_no_backup() -> None:
    box = seal_with_passphrase(keys.pair().private.reveal().encode(), PASSPHRASE, "overround/sandbox/omnibus/mine", cost=QUICK)
    said = keys.refusal(box, PASSPHRASE)
    assert "belongs to another profile" in str(said)
    assert not isinstance(said, PemPassphraseError)


# What surrounds it


def crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


WRAPPED: dict[str, Callable[[str], str]] = {
    "Windows line ends": crlf,
    "old Mac line ends": lambda text: text.replace("\n", "\r"),
    "no line end at the end": lambda text: text.rstrip(),
    "empty lines around": lambda text: f"\n\n  \n{text}\n\n",
    "empty lines within": lambda text: text.replace("\n", "\n\n"),
    "a mark in front": lambda text: "\ufeff" + text,
    "text around": lambda text: f"Bag Attributes\n  friendlyName: mine\n{text}\nsent from my phone",
    "indented": lambda text: "\n".join(f"    {line}" for line in text.splitlines()),
    "blanks at the line ends": lambda text: text.replace("\n", "  \t\n"),
    "quoted": lambda text: f'"{text}"',
    "quoted singly": lambda text: f"'{text}'",
    "each line quoted": lambda text: "\n".join(f'"{line}"' for line in text.splitlines()),
    "a mail's quotation": lambda text: "\n".join(f"> {line}" for line in text.splitlines()),
    "\\n as two characters": lambda text: text.replace("\n", "\\n"),
    "\\r\\n as four characters": lambda text: crlf(text).replace("\r", "\\r").replace("\n", "\\n"),
    "\\n escaped twice": lambda text: text.replace("\n", "\\\\n"),
    "in a line of .env": lambda text: 'KEY="' + text.replace("\n", "\\n") + '"\nOTHER=1\n',
    "in JSON": lambda text: json.dumps({"type": "account", "private_key": text, "id": 7}),
    "in JSON with escaped slashes": lambda text: json.dumps({"private_key": text}).replace("/", "\\/"),
    "all in one line": lambda text: text.replace("\n", " "),
    "marks without width": lambda text: text.replace("\n", "\u200b\n"),
    "hard blanks": lambda text: text.replace("\n", "\u00a0\n"),
    "twice the same": lambda text: text + crlf(text),
}


@pytest.mark.parametrize("wrapping", WRAPPED)
@pytest.mark.parametrize("form", [PKCS1, PKCS8], ids=["PKCS#1", "PKCS#8"])
def test_what_surrounds_a_key_is_no_fault(wrapping: str, form: PrivateFormat) -> None:
    assert is_read(WRAPPED[wrapping](keys.pem(keys.rsa_key(), form).decode()).encode())


@pytest.mark.parametrize("wrapping", WRAPPED)
def test_what_surrounds_a_legacy_locked_key_is_no_fault(wrapping: str) -> None:
    assert is_read(WRAPPED[wrapping](keys.pem(keys.rsa_key(), PKCS1, PASSPHRASE).decode()).encode(), PASSPHRASE)


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_each_coding_an_editor_writes_is_read(coding: str) -> None:
    assert is_read(keys.pem(keys.rsa_key()).decode().encode(coding))
    assert is_read(crlf(keys.pem(keys.rsa_key()).decode()).encode(coding))


def test_text_around_in_another_coding_is_no_fault() -> None:
    assert is_read("Schlüssel\n".encode("latin-1") + keys.pem(keys.rsa_key()))


def test_the_base64_alone_is_read() -> None:
    lines = keys.pem(keys.rsa_key()).splitlines()[1:-1]
    assert is_read(b"\n".join(lines))
    assert is_read(b"".join(lines))


def test_a_key_under_the_other_forms_label_is_read() -> None:
    assert is_read(keys.armoured("PRIVATE KEY", keys.der(keys.rsa_key(), PKCS1)))
    assert is_read(keys.armoured("RSA PRIVATE KEY", keys.der(keys.rsa_key(), PKCS8)))


def test_the_private_key_is_found_beside_its_public_key_and_certificate() -> None:
    bundle = keys.public_pem(keys.rsa_key()) + keys.certificate().public_bytes(Encoding.PEM) + keys.pem(keys.rsa_key())
    assert is_read(bundle)


# The pair


def test_the_pair_is_pkcs8_and_spki_with_the_public_keys_fingerprint() -> None:
    pair = keys.pair()
    assert pair.private.reveal().startswith("-----BEGIN PRIVATE KEY-----\n")
    assert pair.public_pem.startswith("-----BEGIN PUBLIC KEY-----\n")
    assert pair.bits == 2048
    loaded = load_pem_private_key(pair.private.reveal().encode(), None)
    spki = loaded.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert pair.fingerprint.replace(" ", "") == sha256(spki).hexdigest().upper()
    assert re.fullmatch(r"([0-9A-F]{4} ){15}[0-9A-F]{4}", pair.fingerprint)


def test_the_private_half_shows_in_no_repr() -> None:
    assert "BEGIN PRIVATE" not in repr(keys.pair())


@OPENSSL
def test_the_fingerprint_is_what_openssl_says_of_the_public_key(tmp_path: Path) -> None:
    (tmp_path / "public.pem").write_text(keys.pair().public_pem)
    spki = subprocess.run(["openssl", "pkey", "-pubin", "-in", tmp_path / "public.pem", "-outform", "DER"], capture_output=True, check=True)
    assert sha256(spki.stdout).hexdigest().upper() == keys.pair().fingerprint.replace(" ", "")


@pytest.mark.parametrize(
    ("form", "passphrase"),
    [(PKCS8, NOTHING), (PKCS8, PASSPHRASE), (PKCS1, PASSPHRASE), (PrivateFormat.OpenSSH, NOTHING)],
    ids=["PKCS#8", "locked PKCS#8", "legacy locked PKCS#1", "OpenSSH"],
)
def test_a_long_key_is_read_without_the_librarys_slow_check(form: PrivateFormat, passphrase: Secret) -> None:
    text = keys.pem(keys.rsa_key(4096), form, passphrase)
    begun = time.thread_time()
    assert read(text, passphrase).bits == 4096
    assert time.thread_time() - begun < 0.15  # 0.004 s of this thread's work; the library's check takes 0.3 and holds Python's lock
