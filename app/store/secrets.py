"""Keys in the platform's own keyring, under a name that carries the environment. Never in a file, never in a log."""

from __future__ import annotations

import keyring
import keyring.errors

from app.store.profiles import Profile, keyring_name


class SecretsError(Exception):
    """The keyring has no keys for this profile, or does not open; the text says which."""


def read_pair(profile: Profile) -> tuple[str, str]:
    """The profile's access and secret key. SecretsError when they cannot be had."""
    name = keyring_name(profile)
    try:
        pair = [keyring.get_password(name, part) for part in ("access", "secret")]
    except keyring.errors.KeyringError as problem:
        raise SecretsError(f"The keyring of this computer does not open: {problem}") from problem
    access, secret = pair
    if not access or not secret:
        raise SecretsError(f"There are no keys for the profile {profile.name!r} in the keyring of this computer ({name})")
    return access, secret
