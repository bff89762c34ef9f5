"""What is no private RSA key that can be used is called what it is, each in its own sentence, and none quotes it (F-K04, I-68)."""

from __future__ import annotations

import base64
import json
import os
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, pkcs7, pkcs12

from app.domain.keys import PemError, PemPassphraseError
from app.domain.secret import Secret
from app.store.rsa import words
from app.store.rsa.reading import read
from tests.store.rsa import keys
from tests.store.rsa.keys import PASSPHRASE, PKCS1, PKCS8, armoured, refusal

SPKI = PublicFormat.SubjectPublicKeyInfo


def said(text: bytes, passphrase: Secret = keys.NOTHING) -> str:
    return str(refusal(text, passphrase))


# Public halves


def test_fk04_a_public_key_pasted_as_the_private_one_is_called_public() -> None:
    assert said(keys.public_pem(keys.rsa_key())) == (
        "This is a public key, not a private one: the private one begins with a line that says PRIVATE KEY."
    )


def test_a_public_key_under_the_private_ones_label_is_called_public() -> None:
    assert said(armoured("PRIVATE KEY", keys.rsa_key().public_key().public_bytes(Encoding.DER, SPKI))) == words.PUBLIC


def test_a_public_key_in_der_is_called_public() -> None:
    assert said(keys.rsa_key().public_key().public_bytes(Encoding.DER, SPKI)) == words.PUBLIC


def test_a_public_key_in_pkcs1_is_called_so() -> None:
    assert said(keys.public_pem(keys.rsa_key(), PublicFormat.PKCS1)) == words.PUBLIC_PKCS1
    assert said(keys.rsa_key().public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)) == words.PUBLIC_PKCS1


def test_an_ssh_public_key_is_called_so() -> None:
    for key in (keys.rsa_key(), keys.ec_key(), ed25519.Ed25519PrivateKey.generate()):
        assert said(key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)) == words.SSH_PUBLIC
    assert said(b"---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----") == words.SSH_PUBLIC


def test_i68_a_certificate_is_called_a_certificate() -> None:
    certificate = keys.certificate()
    assert said(certificate.public_bytes(Encoding.PEM)) == words.CERTIFICATE
    assert said(certificate.public_bytes(Encoding.DER)) == words.CERTIFICATE


def test_a_certificate_request_is_called_so() -> None:
    assert said(keys.request().public_bytes(Encoding.PEM)) == words.REQUEST
    assert said(keys.request().public_bytes(Encoding.DER)) == words.REQUEST


def test_a_bundle_of_certificates_is_called_so() -> None:
    assert said(pkcs7.serialize_certificates([keys.certificate()], Encoding.PEM)) == words.PKCS7
    assert said(pkcs7.serialize_certificates([keys.certificate()], Encoding.DER)) == words.PKCS7


# Keys of other kinds


@pytest.mark.parametrize("form", [PKCS1, PKCS8, PrivateFormat.OpenSSH], ids=["SEC 1", "PKCS#8", "OpenSSH"])
def test_fk04_an_ec_key_is_called_so(form: PrivateFormat) -> None:
    assert said(keys.pem(keys.ec_key(), form)) == words.EC


@pytest.mark.parametrize("form", [PKCS1, PKCS8], ids=["legacy", "PKCS#8"])
def test_a_locked_ec_key_is_called_so(form: PrivateFormat) -> None:
    assert said(keys.pem(keys.ec_key(), form, PASSPHRASE), PASSPHRASE) == words.EC


def test_an_ec_key_behind_its_parameters_is_called_so() -> None:
    assert said(armoured("EC PARAMETERS", keys.name("2a8648ce3d030107")) + keys.pem(keys.ec_key(), PKCS1)) == words.EC


def test_parameters_alone_are_called_so() -> None:
    assert said(armoured("EC PARAMETERS", keys.name("2a8648ce3d030107"))) == words.PARAMETERS


def test_an_ed25519_key_is_called_so() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    assert said(keys.pem(key)) == words.ED25519
    assert said(keys.pem(key, PrivateFormat.OpenSSH)) == words.ED25519
    assert said(keys.pem(key, PKCS8, PASSPHRASE), PASSPHRASE) == words.ED25519


@pytest.mark.parametrize("form", [PKCS1, PKCS8], ids=["traditional", "PKCS#8"])
def test_a_dsa_key_is_called_so(form: PrivateFormat) -> None:
    assert said(keys.pem(keys.dsa_key(), form)) == words.DSA
    assert said(keys.pem(keys.dsa_key(), form, PASSPHRASE), PASSPHRASE) == words.DSA


def test_keys_of_still_other_kinds_are_called_so() -> None:
    for key in (ed448.Ed448PrivateKey.generate(), x25519.X25519PrivateKey.generate()):
        assert said(keys.pem(key)) == words.OTHER_KEY


def test_an_rsa_key_bound_to_pss_is_called_so() -> None:
    inner = keys.der(keys.rsa_key(), PKCS1)
    text = keys.sequence(keys.number(0), keys.sequence(keys.name("2a864886f70d01010a")), keys.part(0x04, inner))
    assert said(armoured("PRIVATE KEY", text)) == words.PSS


def test_a_locked_openssh_key_says_how_it_is_written_anew() -> None:
    kind, cipher, derivation = b"ssh-rsa", b"aes256-ctr", b"bcrypt"
    strings = [cipher, derivation, bytes(24), (1).to_bytes(4, "big"), len(kind).to_bytes(4, "big") + kind]
    body = b"".join(one if place == 3 else len(one).to_bytes(4, "big") + one for place, one in enumerate(strings))
    assert said(armoured("OPENSSH PRIVATE KEY", b"openssh-key-v1\0" + body + bytes(500)), PASSPHRASE) == words.OPENSSH_LOCKED


# RSA keys that must not be used


def test_fk04_a_1024_bit_key_says_how_many_bits_it_has() -> None:
    text = keys.pem(keys.rsa_key(1024))
    assert said(text) == "This RSA key has 1,024 bits: at least 2,048 are needed, because shorter ones can be broken."
    assert said(keys.pem(keys.rsa_key(1024), PKCS8, PASSPHRASE), PASSPHRASE) == said(text)


def test_a_key_just_too_short_is_refused() -> None:
    assert "has 2,040 bits" in said(keys.pem(keys.rsa_key(2040)))


def test_a_key_of_more_than_16384_bits_is_refused_at_once() -> None:
    p, q = 2**8200 + 1, 2**8200 + 3
    assert "has 16,401 bits: at most 16,384" in said(armoured("RSA PRIVATE KEY", keys.pkcs1(p * q, 65_537, 5, p, q, 5, 5, 5)))


def test_an_unusual_exponent_is_named() -> None:
    assert "exponent of this RSA key is 3:" in said(keys.pem(keys.rsa_key(2048, 3)))


def test_a_huge_exponent_is_not_written_out() -> None:
    own = keys.rsa_key().private_numbers()
    n, p, q = own.public_numbers.n, own.p, own.q
    text = keys.pkcs1(n, 2**1024 + 1, own.d, p, q, own.dmp1, own.dmq1, own.iqmp)
    assert "a number of 1025 bits" in said(armoured("RSA PRIVATE KEY", text))


@pytest.mark.parametrize("changed", ["n", "d", "p", "q", "dmp1", "dmq1", "iqmp"])
def test_numbers_that_do_not_belong_together_are_noticed(changed: str) -> None:
    own = keys.rsa_key().private_numbers()
    numbers = {"n": own.public_numbers.n, "d": own.d, "p": own.p, "q": own.q, "dmp1": own.dmp1, "dmq1": own.dmq1, "iqmp": own.iqmp}
    numbers[changed] += 2
    text = keys.pkcs1(numbers["n"], 65_537, numbers["d"], *(numbers[one] for one in ("p", "q", "dmp1", "dmq1", "iqmp")))
    assert said(armoured("RSA PRIVATE KEY", text)) == words.BAD_SUM


def test_factors_that_are_no_primes_are_noticed() -> None:
    """The sums of such a key are right; only what it signs is not."""
    e = 65_537
    p, q = 3**646 * 2**2 + 1, 5**441 * 2**4 + 1  # 1,026 and 1,028 bits
    d = pow(e, -1, (p - 1) * (q - 1))
    text = keys.pkcs1(p * q, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
    assert said(armoured("RSA PRIVATE KEY", text)) == words.BAD_SUM


@pytest.mark.parametrize("zero", range(8))
def test_a_number_that_is_nought_is_no_key(zero: int) -> None:
    own = keys.rsa_key().private_numbers()
    numbers = [own.public_numbers.n, 65_537, own.d, own.p, own.q, own.dmp1, own.dmq1, own.iqmp]
    numbers[zero] = 0
    n, e, d, p, q, dp, dq, inverse = numbers
    assert said(armoured("RSA PRIVATE KEY", keys.pkcs1(n, e, d, p, q, dp, dq, inverse)))


# Locks that ask for too much


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        (keys.locked(keys.pbkdf2(1_000_001)), "1,000,001 rounds"),
        (keys.locked(keys.pbkdf2(2**31 - 1)), "2,147,483,647 rounds"),
        (keys.locked(keys.pbkdf2(2**400)), "an endless number of rounds"),
        (keys.locked(keys.scrypt(2**20, 8, 1)), "8,388,608 steps of scrypt"),
        (keys.locked(keys.scrypt(2**14, 8, 1_000)), "131,072,000 steps of scrypt"),
        (keys.locked_the_old_way(200_001), "200,001 rounds"),
    ],
    ids=["PBKDF2", "PBKDF2 for minutes", "PBKDF2 for ever", "a gigabyte of scrypt", "a thousand times scrypt", "PKCS#12's derivation"],
)
def test_a_lock_that_would_take_long_is_refused_before_any_work(key: bytes, asked: str) -> None:
    text = said(armoured("ENCRYPTED PRIVATE KEY", key), PASSPHRASE)
    assert f"asks for {asked}" in text
    assert "lock it anew with fewer" in text


@pytest.mark.parametrize(
    "key",
    [keys.locked(keys.pbkdf2(1_000)), keys.locked(keys.scrypt(2**14, 8, 1)), keys.locked_the_old_way(2_048)],
    ids=["PBKDF2", "scrypt", "PKCS#12's derivation"],
)
def test_a_usual_lock_is_tried(key: bytes) -> None:
    assert said(armoured("ENCRYPTED PRIVATE KEY", key), PASSPHRASE) == words.WRONG_PASSPHRASE


@pytest.mark.parametrize(
    "derivation",
    [keys.pbkdf2(0), keys.pbkdf2(-5), keys.scrypt(0, 8, 1), keys.scrypt(2**14, -8, -1), keys.sequence()],
    ids=["no round", "negative rounds", "no scrypt", "negative scrypt", "nothing"],
)
def test_a_lock_that_makes_no_sense_is_called_unknown(derivation: bytes) -> None:
    assert said(armoured("ENCRYPTED PRIVATE KEY", keys.locked(derivation)), PASSPHRASE) == words.UNKNOWN_LOCK


def test_an_unknown_lock_is_called_so() -> None:
    algorithm = keys.sequence(keys.name("2a0304"), keys.sequence(keys.part(0x04, bytes(8)), keys.number(1)))
    assert said(armoured("ENCRYPTED PRIVATE KEY", keys.sequence(algorithm, keys.part(0x04, bytes(900)))), PASSPHRASE) == words.UNKNOWN_LOCK
    legacy = keys.pem(keys.rsa_key(), PKCS1, PASSPHRASE)
    assert said(legacy.replace(b"AES-256-CBC", b"SEED-CBC"), PASSPHRASE) == words.UNKNOWN_LOCK
    assert said(legacy.replace(b"AES-256-CBC", b"DES-EDE3-CBC"), PASSPHRASE) == words.UNKNOWN_LOCK
    assert said(legacy.replace(b"Proc-Type", b"Prok-Type"), PASSPHRASE) == words.UNKNOWN_LOCK


@pytest.mark.parametrize("text", ["x" * 1_001, "a\0b", "a\ud800b"], ids=["1,001 characters", "NUL", "half a character"])
def test_a_passphrase_that_cannot_be_one_is_refused_in_words(text: str) -> None:
    error = refusal(keys.pem(keys.rsa_key(), PKCS8, PASSPHRASE), Secret(text))
    assert isinstance(error, PemPassphraseError)
    assert "passphrase" in str(error)
    assert text not in str(error)


# Several, and other files


def test_two_keys_in_one_file_are_counted() -> None:
    assert said(keys.pem(keys.rsa_key()) + keys.pem(keys.rsa_key(1024))) == (
        "There are 2 private keys in this: leave only the one that is meant."
    )


def test_an_rsa_key_beside_a_key_of_another_kind_is_not_guessed() -> None:
    text = keys.pem(keys.rsa_key()) + keys.pem(keys.ec_key()) + keys.pem(ec.generate_private_key(ec.SECP384R1()))
    assert "There are 3 private keys" in said(text)


def test_a_whole_key_beside_one_that_is_cut_off_is_not_guessed() -> None:
    assert "There are 2 private keys" in said(keys.pem(keys.rsa_key(1024))[:300] + b"\n" + keys.pem(keys.rsa_key()))


def test_i68_a_pkcs12_file_says_how_its_key_is_taken_out() -> None:
    packed = pkcs12.serialize_key_and_certificates(b"mine", keys.rsa_key(), keys.certificate(), None, NoEncryption())
    assert said(packed) == words.PKCS12
    assert said(armoured("PKCS12", packed)) == words.PKCS12


def test_a_java_keystore_is_called_so() -> None:
    assert said(b"\xfe\xed\xfe\xed\0\0\0\2" + os.urandom(900)) == words.JAVA


def test_another_binary_file_is_called_binary() -> None:
    for text in (
        b"\x89PNG\r\n\x1a\n\0\0\0\r" + bytes(900),
        b"\x7fELF\2\1\1" + bytes(900),
        keys.sequence(*(keys.number(5) for _ in range(60))),
    ):
        assert said(text) == words.BINARY


def test_a_jwk_is_called_so() -> None:
    number = base64.urlsafe_b64encode(os.urandom(256)).decode()
    assert said(json.dumps({"kty": "RSA", "n": number, "e": "AQAB", "d": number}).encode()) == words.JWK
    assert said(json.dumps({"keys": [{"kty": "RSA", "n": number}]}).encode()) == words.JWK


def test_other_json_is_called_json() -> None:
    assert said(b'{"access_key": "something that was meant for another field"}') == words.JSON


def test_i68_a_web_page_is_called_so() -> None:
    for text in (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", b"\n <html>", b"<?xml version='1.0'?><a/>"):
        assert said(text) == words.HTML


def test_putty_and_pgp_keys_are_called_so() -> None:
    assert said(b"PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n") == words.PUTTY
    for kind in (b"PRIVATE", b"PUBLIC"):
        assert said(b"-----BEGIN PGP %b KEY BLOCK-----\n\nxcLY\n-----END PGP %b KEY BLOCK-----" % (kind, kind)) == words.PGP


def test_another_pem_block_is_no_key() -> None:
    assert said(armoured("X509 CRL", bytes(100))) == words.UNKNOWN_BLOCK


# Empty, cut off, damaged


@pytest.mark.parametrize(
    "text",
    [b"", b" \r\n\t\n", bytes(64), b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----"],
    ids=["no byte", "blanks", "NULs", "no lines"],
)
def test_nothing_is_called_nothing(text: bytes) -> None:
    assert said(text) == words.EMPTY


def test_words_are_no_key() -> None:
    assert said(b"please see the attached file") == words.JUNK
    assert said("Schlüssel siehe Anhang".encode("latin-1")) == words.JUNK
    assert said(b"QUJDREVG" * 40) == words.JUNK


def test_fk04_a_key_cut_off_before_its_last_line_is_called_so() -> None:
    text = keys.pem(keys.rsa_key())
    for end in (30, 700, len(text) - 5):
        assert said(text[:end]) == words.NO_END


def test_a_key_without_its_first_line_is_called_so() -> None:
    assert said(keys.pem(keys.rsa_key()).split(b"\n", 1)[1]) == words.NO_BEGIN


def test_a_key_with_anothers_last_line_is_called_cut_off() -> None:
    assert said(keys.pem(keys.rsa_key()).replace(b"END PRIVATE", b"END RSA PRIVATE")) == words.NO_END


def test_a_key_with_lines_missing_says_how_much() -> None:
    lines = keys.pem(keys.rsa_key()).splitlines()
    text = b"\n".join(lines[:-5] + lines[-2:])
    assert said(text) == f"The key is cut off: {3 * 48} bytes of it are missing."
    assert said(keys.der(keys.rsa_key())[:-100]) == "The key is cut off: 100 bytes of it are missing."


def test_a_length_no_key_has_is_called_damage() -> None:
    assert said(armoured("PRIVATE KEY", b"0\x84\x05\0\0\0" + bytes(900))) == words.BAD_KEY


def test_a_damaged_first_line_is_named() -> None:
    text = keys.pem(keys.rsa_key())
    assert said(text.replace(b"-----", b"----")) == words.BAD_LINES
    assert said(text.replace(b"-----", "—".encode())) == words.BAD_LINES


def test_a_character_that_does_not_belong_there_is_named() -> None:
    lines = keys.pem(keys.rsa_key()).splitlines()
    for foreign in (b"...", b"*", "ä".encode(), b"\0", b"X-Header: 1"):
        assert said(b"\n".join([*lines[:5], foreign, *lines[5:]])) == words.BAD_SIGNS


def test_a_missing_character_is_named() -> None:
    lines = keys.pem(keys.rsa_key()).splitlines()
    lines[4] = lines[4][:-1]
    assert said(b"\n".join(lines)) == words.BAD_BASE64


def test_a_line_twice_is_called_damage() -> None:
    lines = keys.pem(keys.rsa_key()).splitlines()
    assert said(b"\n".join([*lines[:5], lines[4], *lines[5:]])) == words.BAD_KEY


def test_what_is_no_openssh_key_under_its_label_is_called_damaged() -> None:
    for body in (bytes(40), b"openssh-key-v1\0", b"openssh-key-v1\0" + b"\xff" * 40, b"openssh-key-v1\0" + bytes(900)):
        assert said(armoured("OPENSSH PRIVATE KEY", body)) == words.BAD_KEY


def test_i68_more_than_64_kb_is_not_looked_at() -> None:
    assert said(keys.pem(keys.rsa_key()) + b" " * 1_000_000) == "This has 1,001 kB: a key has at most 64 kB."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"-----BEGIN PRIVATE KEY-----" * 2_300, words.NO_END),
        (b"-----BEGIN " * 5_800, words.JUNK),
        (b"-----BEGIN A" + b" " * 60_000, words.JUNK),
        (b"\\" * 64_000, words.JUNK),
        (b"-" * 64_000, words.JUNK),
        (b" " * 63_999 + b"x", words.JUNK),
        (b"A" * 64_000, words.JUNK),
        (b"{" * 64_000, words.JSON),
        (armoured("RSA PRIVATE KEY", b"x")[:-30] + b"DEK-Info: " * 6_000 + b"-----END RSA PRIVATE KEY-----", words.BAD_SIGNS),
        (keys.part(0x30, keys.number(1) * 20_000), words.BINARY),
    ],
    ids=[
        "first lines",
        "half first lines",
        "blanks in one",
        "backslashes",
        "dashes",
        "blanks",
        "letters",
        "braces",
        "old locks",
        "numbers",
    ],
)
def test_a_text_made_to_take_long_does_not(text: bytes, why: str) -> None:
    begun = time.thread_time()
    assert read_words(text) == why
    assert time.thread_time() - begun < 0.5  # 0.01 s; a pattern that goes back over the text takes seconds


def read_words(text: bytes) -> str:
    """What is said, without the slow look for quotations."""
    with pytest.raises(PemError) as caught:
        read(text, PASSPHRASE)
    return str(caught.value)
