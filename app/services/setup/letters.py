"""What a person sends to Prophet so that a public key is registered. No secret is in it."""

from __future__ import annotations

from app.domain.environment import Environment
from app.domain.keys import KeyPair

SUBJECT = "Public key for the B2B Omnibus API"


def email_text(pair: KeyPair, environment: Environment) -> str:
    """A letter with the public key, ready to be pasted."""
    return (
        f"Subject: {SUBJECT} ({environment})\n\n"
        f"Hello,\n\n"
        f"please register this RSA public key ({pair.bits} bits) for our B2B Omnibus account in {environment}.\n\n"
        f"{pair.public_pem.strip()}\n\n"
        f"Its SHA-256 fingerprint, to compare by phone:\n{pair.fingerprint}\n\n"
        f"{questions(environment)}\n"
    )


def questions(environment: Environment) -> str:
    """What has to come back."""
    return (
        f"Please tell us, for {environment}:\n"
        "- the issuer id, and the key id if tokens have to name one;\n"
        "- the host of the API;\n"
        "- the name and the encoding of the claim with the hash of the body, and whether requests without a body have it;\n"
        "- the longest lifetime of a token."
    )
