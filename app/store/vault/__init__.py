"""Where secrets are kept: the system's keyring, a file sealed with a passphrase, or this run's memory. Never a plain file.

`vault` is what the rest of the program sees. Below it: `safe` (the work, step by step, without asyncio), `errands` (that work on a thread,
with a limit of patience), `ring` and `backends` (the keyring library), `sealed_file` (the file), `contents` (what is written in both) and
`notes` (what is remembered beside the keys).
"""

from app.store.vault.vault import Vault

__all__ = ["Vault"]
