"""The wizard without its window: which page stands, what keeps it from being left, and what each button does.

Accounts are set up one after the other, each through its own pages. Nothing is kept before an account's proof run was good, or
before the person says to keep it unproven; closing the wizard half-way keeps nothing of the account under way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from app.domain.environment import Environment
from app.domain.keys import KeyringFacts, Place
from app.domain.profile import PRACTICE, Profile, Provider
from app.services.ports import Monotonic, Signal
from app.services.setup.bench import Aside, Bench
from app.services.setup.book import ProfileBook
from app.services.setup.draft import AccountDraft
from app.services.setup.ports import KeyMaker, Prover
from app.services.setup.proof import ProofRun
from app.services.setup.steps import Page, Step, pages_of, steps
from app.services.setup.work import Work
from app.services.tasks import Tasks

__all__ = ["Page", "Wizard"]


class Wizard:
    """`changed` after everything; the view shows what stands here. `closed` is called once with the profile to open, or None.

    `why_not_open` says why this program has no window for a profile.
    """

    def __init__(
        self,
        book: ProfileBook,
        maker: KeyMaker,
        prover: Prover,
        tasks: Tasks,
        *,
        clock: Monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        aside: Aside = asyncio.to_thread,
        why_not_open: Callable[[Profile], str] = lambda _profile: "",
        closed: Callable[[Profile | None], None] = lambda _profile: None,
    ) -> None:
        self.book = book
        self._prover = prover
        self._closed = closed
        self._why_not_open = why_not_open
        self.is_closed = False
        self.changed = Signal()
        self.work = Work(tasks, self._moved)
        self.proof = ProofRun(prover, tasks, clock=clock, sleep=sleep)
        self.bench = Bench(lambda: self.account, maker, prover, self.work, aside=aside, in_use=self._keys_in_use)
        self.is_practice_chosen = True
        self.chosen: list[Provider] = []
        self.accounts: list[AccountDraft] = []
        self.place_in_accounts = 0
        self.page = Page.WHO
        self.keyring: KeyringFacts | None = None
        self.kept: list[Profile] = []
        self.opens: Profile | None = None
        self.proof.changed.connect(self._moved)

    # Where we are

    @property
    def account(self) -> AccountDraft:
        """The one under way; IndexError where none is."""
        return self.accounts[self.place_in_accounts]

    @property
    def has_account(self) -> bool:
        """Whether the page is one of an account's."""
        return self.page not in {Page.WHO, Page.DONE}

    def _keys_in_use(self) -> frozenset[str]:
        return frozenset(profile.key_id for profile in self.book.profiles if profile.key_id)

    @property
    def is_rotating(self) -> bool:
        return any(account.rotates for account in self.accounts)

    @property
    def steps(self) -> tuple[Step, ...]:
        return steps(self.page, self.accounts, self.place_in_accounts, has_cards=not self.is_rotating)

    @property
    def is_first(self) -> bool:
        """Whether going back from here is leaving."""
        return self.page is Page.WHO or (self.is_rotating and self.has_account and self.page is pages_of(self.account)[0])

    @property
    def may_go_back(self) -> bool:
        """What was kept is kept: there is no way back over it."""
        return not (self.page is Page.DONE and self.kept) and (not self.work.words or self.work.is_stoppable)

    @property
    def is_begun(self) -> bool:
        """Whether closing now would lose something that was typed or made."""
        return self.page is not Page.DONE and any(account.is_begun and not account.is_kept for account in self.accounts)

    @property
    def objection(self) -> str:
        """Why Next cannot be pressed; empty when it can."""
        match self.page:
            case Page.WHO if not (self.is_practice_chosen or self.chosen or self.kept):
                return "Choose at least one"
            case Page.ENVIRONMENT:
                return self.account.objection_to_environment() or self._name_objection()
            case Page.KEYS:
                return self.account.objection_to_keys()
            case Page.REGISTER:
                return self.account.objection_to_register()
            case Page.WHERE:
                return self._where_objection()
            case Page.PROOF if self.proof.is_running:
                return "The proof run is under way"
            case Page.PROOF if not self.proof.is_good:
                return "The proof run has to be good first"
        return ""

    @property
    def may_keep_unproven(self) -> bool:
        """Whether "Keep it unproven" is offered: not where proven keys would be replaced."""
        is_asked = self.page is Page.PROOF and not self.proof.is_running and not self.proof.is_good
        return is_asked and self.account.rotates is None

    def _name_objection(self) -> str:
        wanted = (self.account.name or self.account.default_name).strip()
        if self.book.free_name(wanted) != wanted:
            return f"There is a profile {wanted!r} already: choose another name"
        return ""

    def _where_objection(self) -> str:
        if self.account.place is Place.KEYRING and self.keyring is None:
            return "The keyring was not tried to its end: press Retry, or choose another place"
        if self.account.place is Place.KEYRING and self.keyring is not None and not self.keyring.is_usable:
            return self.keyring.words
        return self.account.objection_to_where()

    @property
    def openable(self) -> tuple[Profile, ...]:
        """What can be opened at the end, the likeliest first; a profile that got new keys is opened only where it is open already."""
        kept = tuple(profile for profile in self.kept if self.is_rotating or not self._why_not_open(profile))
        return kept if self.is_rotating else (*kept, *((PRACTICE,) if self.is_practice_chosen or not self.kept else ()))

    # Going

    def choose(self, provider: Provider, *, is_chosen: bool) -> None:
        if is_chosen != (provider in self.chosen):
            self.chosen = [one for one in Provider if (one in self.chosen) != (one is provider)]
            self.changed()

    def choose_practice(self, *, is_chosen: bool) -> None:
        self.is_practice_chosen = is_chosen
        self.changed()

    def rotate(self, profile: Profile) -> None:
        """Begin with the new keys of a profile that is there; they are kept where the old ones are."""
        account = AccountDraft(profile.provider, self._prover, rotates=profile)
        account.place = self.book.vault.place(profile)
        self.is_practice_chosen, self.accounts = False, [account]
        self._enter(Page.KEYS)

    def set_up(self, provider: Provider) -> None:
        """Begin with one account of this kind, past the cards."""
        self.chosen, self.is_practice_chosen = [provider], False
        self.next()

    def next(self) -> None:
        """Leave the page forwards; nothing happens while something objects or is under way."""
        if self.work.words or self.objection:
            return
        match self.page:
            case Page.WHO:
                self._begin_accounts()
            case Page.PROOF:
                self._keep(is_proven=True)
            case Page.DONE:
                self.finish()
            case _:
                pages = pages_of(self.account)
                self._enter(pages[pages.index(self.page) + 1])

    def back(self) -> None:
        """To the page before; on the first one the wizard is cancelled."""
        if not self.may_go_back:
            return
        self.work.stop()
        if self.is_first:
            self.cancel()
            return
        pages = pages_of(self.account) if self.has_account else ()
        place = pages.index(self.page) if pages else 0
        self._enter(pages[place - 1] if place else Page.WHO)

    def _begin_accounts(self) -> None:
        """Accounts chosen before keep what was typed for them; what was kept is not asked for again."""
        there = {account.provider: account for account in self.accounts}
        kept = [account for account in self.accounts if account.is_kept]
        chosen = [there.get(provider) or AccountDraft(provider, self._prover) for provider in self.chosen]
        self.accounts = kept + [account for account in chosen if not account.is_kept]
        self.place_in_accounts = len(kept)
        self._enter(pages_of(self.account)[0] if len(self.accounts) > len(kept) else Page.DONE)

    def _enter(self, page: Page) -> None:
        self.work.clear()
        self.bench.forget_locked()
        if page is not Page.PROOF:
            self.proof.clear()
        if page is Page.DONE:
            self.opens = next(iter(self.openable), None)
        if page is Page.WHERE and self.account.place is None and self.keyring is not None and self.keyring.is_usable:
            self.account.place = Place.KEYRING
        self.page = page
        if page is Page.WHERE and self.keyring is None:
            self.try_keyring()
        if page is Page.PROOF:
            self.prove()
        self.changed()

    # Leaving

    def cancel(self) -> None:
        """Close without keeping the account under way; accounts that were kept before stay. Nothing is opened."""
        if not self.work.words or self.work.is_stoppable:
            self._end(None)

    def finish(self) -> None:
        self._end(self.opens)

    def give_up(self) -> None:
        """The program goes, whatever is under way."""
        self._end(None)

    def _end(self, profile: Profile | None) -> None:
        if self.is_closed:
            return
        self.is_closed = True
        self.work.stop()
        self.proof.stop()
        self.bench.forget_locked()
        for account in self.accounts:
            account.forget()
        self.changed()
        self._closed(profile)

    # Where it is kept, the proof, and keeping it

    def try_keyring(self) -> None:
        account = self.account

        async def look() -> None:
            self.keyring = await self.book.vault.keyring()
            if account.place in {None, Place.KEYRING}:
                account.place = Place.KEYRING if self.keyring.is_usable else None

        self.keyring = None
        self.work.start("Trying the keyring of this computer…", look())

    def stop_work(self) -> None:
        """Cancel was pressed on what is under way."""
        self.work.stop()
        self.changed()

    def prove(self, *, is_repeating: bool = False) -> None:
        """Start the proof run; `is_repeating`: again each minute until it is good."""
        self.work.clear()
        try:
            self.proof.start(self.account.profile(), self.account.credentials(), is_repeating=is_repeating)
        except ValueError as problem:
            self.work.error = str(problem)
            self.changed()

    def swap_and_prove(self) -> None:
        """The proof run found the two keys in each other's place."""
        self.bench.swap()
        self.prove()

    def keep_unproven(self) -> None:
        if self.may_keep_unproven and not self.work.words:
            self.proof.stop()
            self._keep(is_proven=False)

    def _keep(self, *, is_proven: bool) -> None:
        """Half of it would be worse than none: it cannot be stopped, and the vault itself ends what lasts too long."""
        self.work.start("Keeping the keys…", self._until_kept(is_proven=is_proven), is_stoppable=False)

    async def _until_kept(self, *, is_proven: bool) -> None:
        account = self.account
        assert account.place is not None
        profile, credentials = account.profile(), account.credentials()
        if account.rotates is not None:
            await self.book.rotate(profile, credentials, account.place, account.passphrase, pair=account.pair)
        else:
            profile = await self.book.add(profile, credentials, account.place, account.passphrase, pair=account.pair, is_proven=is_proven)
        self.kept.append(profile)
        account.is_kept = True
        account.forget()
        if not self.is_closed:
            self._go_on()

    def _go_on(self) -> None:
        """To the next account, or to the end."""
        if self.place_in_accounts + 1 == len(self.accounts):
            self._enter(Page.DONE)
            return
        self.place_in_accounts += 1
        self._enter(pages_of(self.account)[0])

    def _moved(self) -> None:
        """Once it is closed, nobody may be there to hear."""
        if not self.is_closed:
            self.changed()

    def edited(self) -> None:
        """A field of the account changed: what was said of it before is old."""
        self.work.clear()
        self.changed()

    @property
    def needs_letters(self) -> bool:
        """Whether the account under way waits for a person at Prophet rather than for a click."""
        return self.account.is_registering and self.account.environment is not Environment.PRACTICE
