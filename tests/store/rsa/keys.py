"""Keys of every kind and form, made when they are asked for: none lies in a file. And DER written by hand for those nobody makes."""

from __future__ import annotations

import base64
import functools
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat, PublicFormat

from app.domain.keys import KeyPair, PemError
from app.domain.secret import Secret
from app.store.rsa import reading

Private = (
    rsa.RSAPrivateKey
    | ec.EllipticCurvePrivateKey
    | dsa.DSAPrivateKey
    | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
    | x25519.X25519PrivateKey
)

PKCS1 = PrivateFormat.TraditionalOpenSSL
PKCS8 = PrivateFormat.PKCS8
PASSPHRASE = Secret("a passphrase for tests")
NOTHING = Secret()


@functools.cache
def rsa_key(bits: int = 2048, exponent: int = 65_537) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(exponent, bits)


@functools.cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@functools.cache
def dsa_key() -> dsa.DSAPrivateKey:
    return dsa.generate_private_key(1024)


@functools.cache
def pair() -> KeyPair:
    return reading.pair_of(rsa_key())


def pem(key: Private, form: PrivateFormat = PKCS8, passphrase: Secret = NOTHING) -> bytes:
    return key.private_bytes(Encoding.PEM, form, _lock(passphrase))


def der(key: Private, form: PrivateFormat = PKCS8, passphrase: Secret = NOTHING) -> bytes:
    return key.private_bytes(Encoding.DER, form, _lock(passphrase))


def public_pem(key: Private, form: PublicFormat = PublicFormat.SubjectPublicKeyInfo) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, form)


def _lock(passphrase: Secret) -> BestAvailableEncryption | NoEncryption:
    return BestAvailableEncryption(passphrase.reveal().encode()) if passphrase else NoEncryption()


def armoured(label: str, body: bytes) -> bytes:
    text = base64.b64encode(body).decode()
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n".encode()


def certificate() -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tests")])
    begun = x509.CertificateBuilder(
        name, name, rsa_key().public_key(), 7, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    )
    return begun.sign(rsa_key(), hashes.SHA256())


def request() -> x509.CertificateSigningRequest:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tests")])
    return x509.CertificateSigningRequestBuilder(name).sign(rsa_key(), hashes.SHA256())


# DER by hand


def part(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 + len(length)]) + length + content


def number(value: int) -> bytes:
    return part(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def sequence(*parts: bytes) -> bytes:
    return part(0x30, b"".join(parts))


def name(text: str) -> bytes:
    return part(0x06, bytes.fromhex(text))


def pkcs1(n: int, e: int, d: int, p: int, q: int, dp: int, dq: int, inverse: int) -> bytes:
    return sequence(*map(number, (0, n, e, d, p, q, dp, dq, inverse)))


def locked(derivation: bytes) -> bytes:
    """An encrypted PKCS#8 (PBES2, AES-256-CBC) whose key comes from `derivation`; what it holds is nothing."""
    cipher = sequence(name("60864801650304012a"), part(0x04, bytes(16)))
    return sequence(sequence(name("2a864886f70d01050d"), sequence(derivation, cipher)), part(0x04, bytes(1200)))


def pbkdf2(rounds: int) -> bytes:
    return sequence(
        name("2a864886f70d01050c"), sequence(part(0x04, bytes(16)), number(rounds), sequence(name("2a864886f70d0209"), b"\x05\0"))
    )


def scrypt(n: int, r: int, p: int) -> bytes:
    return sequence(name("2b06010401da47040b"), sequence(part(0x04, bytes(16)), number(n), number(r), number(p)))


def locked_the_old_way(rounds: int) -> bytes:
    """PKCS#12's derivation with 3DES, as `openssl pkcs8 -v1 PBE-SHA1-3DES` writes it."""
    algorithm = sequence(name("2a864886f70d010c0103"), sequence(part(0x04, bytes(8)), number(rounds)))
    return sequence(algorithm, part(0x04, bytes(1200)))


# What tests ask


def refusal(text: bytes, passphrase: Secret = NOTHING) -> PemError:
    """What `read` says of `text`, which must be no key; and it quotes none of it."""
    try:
        reading.read(text, passphrase)
    except PemError as error:
        assert_quotes_nothing(error, text)
        return error
    raise AssertionError("it was read as a key")


def assert_quotes_nothing(error: PemError, text: bytes) -> None:
    """No sixteen bytes in a row of the text beside its first and last lines, and nothing chained that might hold some."""
    assert str(error).isprintable()
    said = str(error).encode()
    for line in text.split():
        if b"-----" not in line:
            assert all(line[at : at + 16] not in said for at in range(len(line) - 15))
    assert error.__cause__ is None
    assert error.__context__ is None
