"""What a text is that is no private RSA key, in a sentence each. None quotes the text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_WANTED: Final = "a private RSA key is needed"
_FIRST_LINE: Final = "the private one begins with a line that says PRIVATE KEY"

EMPTY: Final = f"There is nothing in it: {_WANTED}."
JUNK: Final = "This is no key: a private key begins with the line -----BEGIN PRIVATE KEY----- or -----BEGIN RSA PRIVATE KEY-----."
BINARY: Final = (
    "This is a binary file and no RSA key in DER: the key is needed as PEM, which is text. "
    "Most tools write it when they are told to; from a key in DER: openssl pkey -inform DER -in FILE -out key.pem"
)
PUBLIC: Final = f"This is a public key, not a private one: {_FIRST_LINE}."
PUBLIC_PKCS1: Final = f"This is a public RSA key in its older form (PKCS#1), not a private one: {_FIRST_LINE}."
SSH_PUBLIC: Final = "This is an SSH public key, not a private one: the private one is in the file of the same name without .pub."
EC: Final = f"This is a key on an elliptic curve (EC): {_WANTED}."
ED25519: Final = f"This is an Ed25519 key: {_WANTED}."
DSA: Final = f"This is a DSA key: {_WANTED}."
OTHER_KEY: Final = f"This is a private key of another kind: {_WANTED}."
PSS: Final = f"This RSA key may only sign in the PSS form (RSASSA-PSS): {_WANTED} that is not bound to one."
CERTIFICATE: Final = f"This is a certificate, which holds a public key only: {_FIRST_LINE}."
REQUEST: Final = f"This is a certificate request (CSR), which holds a public key only: {_FIRST_LINE}."
PKCS7: Final = f"This is a bundle of certificates (PKCS#7): {_WANTED}."
PKCS12: Final = (
    "This is a PKCS#12 file (.p12 or .pfx), a key packed together with certificates: "
    "take the key out with openssl pkcs12 -in FILE -nocerts -nodes -out key.pem"
)
JAVA: Final = "This is a Java keystore: make a PKCS#12 file of it with keytool, and a PEM of that with openssl."
PARAMETERS: Final = f"These are the parameters of a key and not the key: {_WANTED}."
PGP: Final = f"This is a PGP key or message: {_WANTED}."
PUTTY: Final = "This is a key of PuTTY's: load it in PuTTYgen and choose Conversions, Export OpenSSH key, without a passphrase."
OPENSSH_LOCKED: Final = (
    "This key is in OpenSSH's own form and locked with a passphrase, which is not opened here: "
    "write it as PEM with ssh-keygen -p -m PEM -f FILE, best on a copy"
)
JWK: Final = "This is a key as JSON (JWK): the same key is needed as PEM."
JSON: Final = f"This is JSON with no key in it: {_WANTED}."
HTML: Final = "This is a web page, not a key: probably a sign-in page was saved in the key's place."
UNKNOWN_BLOCK: Final = f"This has the form of PEM but is no key: {_WANTED}."

NO_END: Final = "The key is cut off: its last line, which says END, is missing or another one's."
NO_BEGIN: Final = "The key is cut off: its first line, which says BEGIN, is missing."
BAD_LINES: Final = "The key's first or last line is damaged: BEGIN and END stand in capital letters with five dashes on both sides."
BAD_SIGNS: Final = "The key is damaged: between its first and its last line there is something that does not belong there."
BAD_BASE64: Final = "The key is damaged: at least one of its characters is missing or one too many."
BAD_KEY: Final = "The key is damaged: what it holds cannot be read as a key."
BAD_SUM: Final = "The key is damaged or made up: its numbers do not belong together."

NEEDS_PASSPHRASE: Final = "This key is locked: type its passphrase."
WRONG_PASSPHRASE: Final = "That is another passphrase than the key's, or the key is damaged."
UNKNOWN_LOCK: Final = "This key is locked in a way that is not known here: lock it anew with openssl pkcs8 -topk8 -in FILE -out key.pem"

LABELS: Final[Mapping[str, str]] = {
    "PUBLIC KEY": PUBLIC,
    "RSA PUBLIC KEY": PUBLIC_PKCS1,
    "SSH2 PUBLIC KEY": SSH_PUBLIC,
    "CERTIFICATE": CERTIFICATE,
    "X509 CERTIFICATE": CERTIFICATE,
    "TRUSTED CERTIFICATE": CERTIFICATE,
    "CERTIFICATE REQUEST": REQUEST,
    "NEW CERTIFICATE REQUEST": REQUEST,
    "PKCS7": PKCS7,
    "CMS": PKCS7,
    "PKCS12": PKCS12,
    "EC PARAMETERS": PARAMETERS,
    "DSA PARAMETERS": PARAMETERS,
    "DH PARAMETERS": PARAMETERS,
}
"""What a PEM block is by the name in its first line, where that says that it is no private key."""


def too_large(size: int, limit: int) -> str:
    return f"This has {size // 1000:,} kB: a key has at most {limit // 1000} kB."


def several(count: int) -> str:
    return f"There are {count} private keys in this: leave only the one that is meant."


def cut_off(count: int) -> str:
    return f"The key is cut off: {count:,} bytes of it are missing."


def too_short(bits: int, least: int) -> str:
    return f"This RSA key has {bits:,} bits: at least {least:,} are needed, because shorter ones can be broken."


def too_long(bits: int, most: int) -> str:
    return f"This RSA key has {bits:,} bits: at most {most:,} can be worked with."


def exponent(number: int) -> str:
    named = f"{number:,}" if number.bit_length() <= 32 else f"a number of {number.bit_length()} bits"
    return f"The public exponent of this RSA key is {named}: keys are made with 65,537, and no smaller, even or much larger one is taken."


def too_much_work(rounds: int, most: int, what: str) -> str:
    named = f"{rounds:,}" if rounds.bit_length() <= 64 else "an endless number of"
    return f"This key's lock asks for {named} {what}, and at most {most:,} are done: lock it anew with fewer."


OPEN_FILE: Final = "Other users of this computer can read that file: delete it once the key is kept, or make it yours alone (chmod 600)"
FOREIGN_FILE: Final = "That file belongs to another user of this computer, who has the key as well: make a new one where you can"
