"""The workbench: what is done to the keys of the account under way. Each act runs in the background and says how it went."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from typing import Protocol

from app.domain.environment import Environment
from app.domain.keys import ACCESS, API_KEY, SECRET, KeyPair, KeysFullError, PemPassphraseError
from app.domain.profile import ProfileError
from app.domain.proof import TokenPreview
from app.domain.secret import Secret
from app.services.setup.draft import AccountDraft
from app.services.setup.ports import NO_PASSPHRASE, KeyMaker, Prover
from app.services.setup.work import Work


class Aside(Protocol):
    """Runs what blocks beside the loop; `asyncio.to_thread`."""

    def __call__(self, call: Callable[[bytes, Secret], KeyPair], text: bytes, passphrase: Secret, /) -> Awaitable[KeyPair]: ...


class Bench:
    """`account` gives the one under way; what an act ends with is taken by the account it began with.

    `in_use` are the ids of the public keys that profiles of this computer use.
    """

    def __init__(
        self,
        account: Callable[[], AccountDraft],
        maker: KeyMaker,
        prover: Prover,
        work: Work,
        *,
        aside: Aside = asyncio.to_thread,
        in_use: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self._account = account
        self._maker = maker
        self._prover = prover
        self._work = work
        self._aside = aside
        self._in_use = in_use
        self._locked: Secret | None = None
        self.is_full = False
        """Whether practice takes no more public keys before one is removed."""

    @property
    def is_locked(self) -> bool:
        """Whether a key was read that its passphrase has to open."""
        return self._locked is not None

    # RSA keys

    def make(self, bits: int) -> None:
        account = self._account()

        async def work() -> None:
            account.pair = await self._maker.make(bits)

        self._work.start(f"Making a key of {bits} bits…", work())

    def read(self, text: bytes, passphrase: Secret = NO_PASSPHRASE) -> None:
        """A key as it was pasted; one that is locked is kept until `unlock` or `forget`."""
        told = "" if passphrase else " If it was pasted, it leaves the clipboard after 30 s."
        self._work.start("Reading the key…", self._read(self._account(), text, passphrase, told))

    def read_file(self, path: Path) -> None:
        account = self._account()

        async def work() -> None:
            text = await self._maker.read_file(path)
            exposed = await self._maker.exposure(path)
            await self._read(account, text, NO_PASSPHRASE, f" {exposed}" if exposed else "")

        self._work.start("Reading the file…", work())

    def unlock(self, passphrase: Secret) -> None:
        """Read the locked key again, with its passphrase."""
        if self._locked is not None:
            self.read(self._locked.reveal().encode("latin-1"), passphrase)

    def forget(self) -> None:
        """Begin with another key."""
        self._locked = None
        self._account().pair = None
        self._work.clear()

    def forget_locked(self) -> None:
        self._locked = None

    async def _read(self, account: AccountDraft, text: bytes, passphrase: Secret, told: str) -> None:
        try:
            pair = await self._aside(self._maker.read, text, passphrase)
        except PemPassphraseError as problem:
            self._locked = Secret(text.decode("latin-1"))  # every byte is one sign of it and comes back the same
            if not passphrase:
                return
            raise PemPassphraseError(str(problem)) from None
        self._locked, account.pair = None, pair
        self._work.said = f"The key was read: {pair.bits:,} bits.{told}"

    def save_public(self, path: Path) -> None:
        pair = self._pair()

        async def work() -> None:
            await self._maker.write_public(path, pair)
            self._work.said = f"The public key was saved to {path}"

        self._work.start("Saving the public key…", work())

    def save_backup(self, path: Path, passphrase: Secret) -> None:
        pair = self._pair()

        async def work() -> None:
            await self._maker.write_backup(path, pair, passphrase)
            self._work.said = f"The encrypted backup was saved to {path}"

        self._work.start("Sealing the backup…", work())

    def _pair(self) -> KeyPair:
        pair = self._account().pair
        assert pair is not None
        return pair

    # Keys of the other venues

    def swap(self) -> None:
        """The access key and the secret key were typed into each other's field."""
        account = self._account()
        account.access, account.secret = account.secret, account.access

    def make_pair(self, session: Secret = NO_PASSPHRASE) -> None:
        """A pair of Trading API keys by the session of the venue's own page; in practice by the exchange's own where none was typed."""
        account = self._account()

        async def work() -> None:
            profile, with_session = account.profile(), session
            if not with_session and account.environment is Environment.PRACTICE:
                with_session = (await self._prover.rehearse(profile))[0].parts["web_session"]
            parts = (await self._prover.make_pair(profile, with_session)).parts
            account.access, account.secret = parts[ACCESS], parts[SECRET]
            self._work.said = "ProphetX made a pair of keys; both are filled in"

        self._work.start("Asking the venue for a pair of keys…", work())

    def rehearse(self) -> None:
        """Fill in what the practice exchange gives a new account of this kind."""
        account = self._account()

        async def work() -> None:
            credentials, _words = await self._prover.rehearse(account.profile())
            account.access = credentials.parts.get(ACCESS, account.access)
            account.secret = credentials.parts.get(SECRET, account.secret)
            account.api_key = credentials.parts.get(API_KEY, account.api_key)
            self._work.said = "Practice's own keys are filled in"

        self._work.start("Asking the practice exchange…", work())

    # B2B at the venue

    def register(self, token: Secret = NO_PASSPHRASE) -> None:
        """Send the public key to the venue; in practice with the exchange's own partner token where none was typed."""
        account, pair = self._account(), self._pair()

        self._work.start("Registering the public key…", self._register(account, pair, token))

    def make_room(self) -> None:
        """Practice has as many keys as it takes: withdraw the oldest that no profile uses, and register this one."""
        account, pair = self._account(), self._pair()

        async def work() -> None:
            profile = account.profile()
            token = (await self._prover.rehearse(profile))[0].parts["partner_token"]
            removed = await self._prover.remove_oldest(profile, token, self._in_use())
            await self._register(account, pair, token)
            self._work.said = f"The key “{removed}” was removed at the practice exchange, and this one is registered"

        self._work.start("Making room for the public key…", work())

    async def _register(self, account: AccountDraft, pair: KeyPair, token: Secret) -> None:
        profile = account.profile()
        if not token and account.environment is Environment.PRACTICE:
            token = (await self._prover.rehearse(profile))[0].parts["partner_token"]
        self.is_full = False
        try:
            answer = await self._prover.register(profile, pair.public_pem, token, account.name or account.default_name)
        except KeysFullError:
            self.is_full = account.environment is Environment.PRACTICE
            raise
        account.issuer, account.key_id = answer.issuer, answer.key_id
        self._work.said = "The public key is registered; issuer id and key id are filled in"

    def preview(self) -> TokenPreview | str:
        """What a token of this account would say now, or why it cannot be shown."""
        account = self._account()
        if account.token_objection:
            return account.token_objection
        try:
            return self._prover.preview(account.profile(), account.credentials())
        except (ProfileError, ValueError) as problem:
            return str(problem)
