"""Which of the back ends of the library `keyring` keep secrets: those of the systems themselves, and none that writes a file."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, Final

import keyring
from keyring.backends import SecretService, Windows, chainer, fail, kwallet, libsecret, macOS, null

from app.store.vault.ring import Backend, Border, NoKeyringError

_REAL: Final[tuple[type[Any], ...]] = (
    SecretService.Keyring,
    kwallet.DBusKeyring,
    kwallet.DBusKeyringKWallet4,
    libsecret.Keyring,
    Windows.WinVaultKeyring,
    macOS.Keyring,
)
_INSTEAD: Final = "Seal the keys with a passphrase, or keep them for this run only."


def chosen() -> Backend:
    """The keyring of this computer. NoKeyringError when it has none that keeps secrets; blocks while it looks for one."""
    with Border("the one its settings name"):
        return accepted(keyring.get_keyring(), started_since)


def accepted(found: object, late: Callable[[], Backend | None]) -> Backend:
    """`found` when it is a system's own keyring, or the first that a chain of them would write into. NoKeyringError otherwise.

    The library looks for keyrings once; `late` looks again where it had found none.
    """
    if isinstance(found, chainer.ChainerBackend):
        found = next(iter(found.backends), None)
    if type(found) in _REAL:
        return found  # type: ignore[return-value]  # the type of each of them is a Backend
    if found is None or isinstance(found, fail.Keyring):
        if there := late():
            return there
        raise NoKeyringError(f"This computer has no keyring that is running. {_INSTEAD}", "none")
    if isinstance(found, null.Keyring):
        raise NoKeyringError(f"The keyring of this computer is switched off. {_INSTEAD}", "none")
    name = f"{type(found).__module__}.{type(found).__qualname__}"[:80]
    raise NoKeyringError(f"The keyring {name} is not one of the system's own: it may write secrets into a plain file. {_INSTEAD}", name)


def started_since() -> Backend | None:
    """A keyring that has been started since the library looked."""
    for kind in _REAL:
        if kind.viable:
            with contextlib.suppress(RuntimeError):
                made: Backend = kind()
                return made
    return None
