"""What is kept of one profile: its entries in the keyring, found and dropped, and its sealed box, opened."""

from __future__ import annotations

from typing import Final

from app.domain.keys import ACCESS, SECRET, Credentials, PassphraseError, VaultError
from app.domain.profile import Profile, Provider, keyring_name
from app.domain.secret import Secret
from app.store import sealing
from app.store.vault import contents
from app.store.vault.contents import DamagedError, FileKeys
from app.store.vault.ring import Ring

_OLD_FORM: Final = (ACCESS, SECRET)
"""Two entries of the Trading API's pair, typed in by hand before there was a wizard: still read, and removed when other keys are kept."""


def find(ring: Ring, profile: Profile) -> Credentials | FileKeys | None:
    """What the keyring has; DamagedError when that is not to be understood."""
    text = ring.get(keyring_name(profile))
    if text is not None:
        return contents.read(profile, text)
    if profile.provider is not Provider.TRADING:
        return None
    parts = {part: found for part in _OLD_FORM if (found := ring.get(keyring_name(profile), part))}
    return Credentials(parts) if len(parts) == len(_OLD_FORM) else None


def lies(ring: Ring, profile: Profile) -> bool:
    """Whether the keyring has anything under the profile's name, to be understood or not."""
    name = keyring_name(profile)
    if ring.get(name) is not None:
        return True
    return profile.provider is Provider.TRADING and any(ring.get(name, part) is not None for part in _OLD_FORM)


def find_whole(ring: Ring, profile: Profile) -> Credentials | FileKeys | None:
    """The same, and None for what is damaged: nothing is lost when it is replaced."""
    try:
        return find(ring, profile)
    except DamagedError:
        return None


def drop(ring: Ring, profile: Profile) -> bool:
    """Whether there was something. VaultError when something is still there."""
    ring.drop_trial(keyring_name(profile))
    had_old_form = drop_old_form(ring, profile)
    return ring.drop(keyring_name(profile)) or had_old_form


def drop_old_form(ring: Ring, profile: Profile) -> bool:
    if profile.provider is not Provider.TRADING:
        return False
    dropped = [ring.drop(keyring_name(profile), part) for part in _OLD_FORM]
    return any(dropped)


def context(profile: Profile) -> str:
    """What a sealed box is bound to: it opens for no other profile, environment or provider."""
    return f"vault/{contents.VERSION}/{keyring_name(profile)}"


def opened(profile: Profile, box: bytes, key: bytes) -> Credentials | None:
    """None when this key does not open it."""
    try:
        plain = sealing.open_sealed(box, key, context(profile))
    except VaultError:
        return None
    return _credentials(profile, plain)


def opened_with_passphrase(profile: Profile, box: bytes, passphrase: Secret) -> Credentials:
    """PassphraseError when it is none or another one; VaultError when the box is not right."""
    if not passphrase:
        raise PassphraseError(f"The keys of the profile {profile.name!r} are sealed with a passphrase: type it.")
    return _credentials(profile, sealing.open_sealed(box, passphrase, context(profile)))


def _credentials(profile: Profile, plain: bytes) -> Credentials:
    held = contents.read(profile, Secret(plain.decode()))
    if isinstance(held, FileKeys):
        raise VaultError(f"The sealed file of the profile {profile.name!r} holds no keys of an account.")
    return held
