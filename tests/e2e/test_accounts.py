"""Accounts set up in the running program, from the first start's wizard to an order with the new keys, on the real practice exchange.

Every secret of it is a canary: afterwards none of them stands anywhere but where it is sealed.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from app.domain.environment import Environment
from app.domain.idle import IdleChoice
from app.domain.keys import ACCESS, PRIVATE, SECRET, Place
from app.domain.order import OrderState
from app.domain.profile import Provider
from app.domain.secret import Secret
from app.options import Options
from app.services.setup.wizard import Page, Wizard
from app.venues.prophetx.venue import Keys, ProphetX
from tests.e2e.story import Story, tell
from tests.kit_canary import assert_absent, canary

pytestmark = [
    pytest.mark.usefixtures("qapp"),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),  # size hints on a screen that is none
]


class Guide:
    """Leads the program's own wizard, as a person would, and collects every secret that it comes upon."""

    def __init__(self, story: Story, passphrase: str) -> None:
        self._story = story
        self._passphrase = passphrase
        self.secrets: list[str] = [passphrase]

    @property
    def wizard(self) -> Wizard:
        wizard = self._story.program.setup
        assert wizard is not None, "the wizard is open"
        return wizard

    async def at(self, page: Page) -> None:
        await self._story.until(lambda: self.wizard.page is page and not self.wizard.work.words, f"the page {page}")
        assert not self.wizard.work.error, self.wizard.work.error

    async def done(self) -> None:
        await self._story.until(lambda: not self.wizard.work.words, "the work to end")
        assert not self.wizard.work.error, self.wizard.work.error

    async def on(self) -> None:
        await self.done()
        await self._story.until(lambda: not self.wizard.objection, "the page to be done")
        self.wizard.next()

    async def account(self, provider: Provider) -> None:
        await self.at(Page.ENVIRONMENT)
        account = self.wizard.account
        assert account.provider is provider
        assert account.environment is Environment.SANDBOX, "the sandbox is proposed"
        account.choose_environment(Environment.PRACTICE)
        await self.on()
        await self.at(Page.KEYS)
        await self._keys(provider)
        await self.sealed_and_proven()

    async def sealed_and_proven(self) -> None:
        await self.at(Page.WHERE)
        self.wizard.account.place = Place.PASSPHRASE
        self.wizard.account.passphrase = self.wizard.account.passphrase_again = Secret(self._passphrase)
        await self.on()
        await self._story.until(lambda: self.wizard.proof.is_good or self.wizard.proof.failed, "the proof run", 60)
        assert self.wizard.proof.is_good, self.wizard.proof.rows
        self.secrets += [part.reveal() for part in self.wizard.account.credentials().parts.values()]
        await self.on()

    async def _keys(self, provider: Provider) -> None:
        bench = self.wizard.bench
        if provider is Provider.TRADING:
            bench.make_pair()  # a pair of its own: the built-in profile has the exchange's first one
        elif provider is Provider.RANKACY:
            bench.rehearse()
        else:
            bench.make(2048)
        await self.on()
        if provider is Provider.OMNIBUS:
            await self.at(Page.REGISTER)
            bench.register()
            await self.on()


def test_a_first_start_sets_up_three_accounts_and_trades_with_one_of_them(
    tmp_path: Path, qtbot: QtBot, capfd: pytest.CaptureFixture[str]
) -> None:
    home, exchange, truth = tmp_path / "home", tmp_path / "exchange", tmp_path / "truth.jsonl"
    passphrase, pin = canary("phrase"), canary("pin")
    secrets = [pin]
    texts: dict[str, str] = {}
    opened: list[str] = []

    async def act(story: Story) -> None:
        opened.append(story.program.profile.name)
        if len(opened) == 1:
            await set_up(story)
        else:
            await trade(story)
        texts.update({f"{opened[-1]} {number}": notice.words for number, notice in enumerate(story.session.notices.lines)})

    async def set_up(story: Story) -> None:
        assert story.program.wizard is not None
        assert story.program.wizard.isVisible(), "a first start opens the wizard"
        guide = Guide(story, passphrase)
        for provider in Provider:
            guide.wizard.choose(provider, is_chosen=True)
        await guide.on()
        for provider in Provider:
            await guide.account(provider)
        await guide.at(Page.DONE)
        assert [profile.provider for profile in guide.wizard.kept] == list(Provider)
        secrets.extend(guide.secrets)
        guide.wizard.next()
        assert story.program.wizard is None
        lock = story.program.house.idle
        assert await lock.change(IdleChoice(True, 5), current=Secret(), new=Secret(pin)) == ""
        await story.until(lambda: story.program.next is not None, "the account's own window to be opened next")

    async def trade(story: Story) -> None:
        box = story.window.at_hand.passphrase_box
        await story.until(lambda: box.is_asking, "the question for the passphrase")
        box.field.setText("not the passphrase")
        box.unlock.click()
        await story.until(lambda: box.is_asking and not box.field.text(), "the question again")
        assert "passphrase" in box.words.text()
        box.field.setText(passphrase)
        box.unlock.click()
        await story.connected()
        await story.open_quiet_event()
        ref = await story.order(story.best_line(), "25")
        await story.until(lambda: story.state(ref) is OrderState.FILLED, "an order with the account's own keys")
        house = story.program.house
        assert len({profile.slug for profile in house.book.profiles}) == 4
        notes = [house.book.note(profile) for profile in house.book.profiles[1:]]
        assert all(note is not None and note.proven_at is not None and note.place is Place.PASSPHRASE for note in notes)
        await rotate(story)
        house.idle.lock()
        assert house.idle.objection()
        assert await house.idle.unlock(Secret(pin)) == ""
        story.program.failed(ValueError(f"a task that knew {passphrase}"))

    async def rotate(story: Story) -> None:
        """New keys for the open profile: the old ones stay until the new ones are proven, and the window goes on with these."""
        program = story.program
        book = program.house.book
        old = await book.open(program.profile, Secret(passphrase))
        new_keys = story.window.at_hand.account.new_keys
        assert new_keys is not None
        new_keys()
        await story.until(lambda: program.wizard is not None, "the wizard")
        guide = Guide(story, passphrase)
        guide.wizard.bench.make_pair()
        await guide.done()
        assert await book.open(program.profile, Secret(passphrase)) == old
        await guide.on()
        await guide.sealed_and_proven()
        await guide.at(Page.DONE)
        secrets.extend(guide.secrets[1:])
        guide.wizard.next()
        new = await book.open(program.profile, Secret(passphrase))
        assert new.parts[ACCESS] != old.parts[ACCESS]
        box = story.window.at_hand.passphrase_box
        await story.until(lambda: box.is_asking, "the question for the passphrase of the new keys")
        box.field.setText(passphrase)
        box.unlock.click()
        venue, wanted = program.terminal.venue, Keys(Environment.PRACTICE, new.parts[ACCESS], new.parts[SECRET])
        assert isinstance(venue, ProphetX)
        await story.until(lambda: venue._keys == wanted, "the new keys in use")
        await story.until(story.is_verified, "verified prices on the new session")
        ref = await story.order(story.best_line(), "25")
        await story.until(lambda: story.state(ref) is OrderState.FILLED, "an order with the new keys")

    options = Options(home=home, practice=("--state", str(exchange), "--truth", str(truth)), welcomes=True)
    tell(options, act)
    said = capfd.readouterr()
    assert opened == ["practice", "ProphetX practice"]
    assert truth.stat().st_size > 0
    assert any(secret.startswith("-----BEGIN PRIVATE KEY") for secret in secrets)
    assert len(secrets) == 8
    assert_absent(secrets, home, {"stdout": said.out, "stderr": said.err, "truth": truth.read_bytes(), **texts})


def test_a_wizard_that_is_closed_half_way_keeps_nothing(tmp_path: Path, qtbot: QtBot) -> None:
    made: list[str] = []

    async def act(story: Story) -> None:
        guide = Guide(story, "unused passphrase")
        guide.wizard.choose(Provider.OMNIBUS, is_chosen=True)
        await guide.on()
        guide.wizard.account.choose_environment(Environment.PRACTICE)
        await guide.on()
        guide.wizard.bench.make(2048)
        await guide.done()
        made.append(guide.wizard.account.credentials().parts[PRIVATE].reveal())
        guide.wizard.cancel()
        assert story.program.wizard is None
        assert len(story.program.house.book.profiles) == 1
        await story.connected()

    tell(Options(home=tmp_path / "home", practice=("--state", str(tmp_path / "exchange")), welcomes=True), act)
    assert not (tmp_path / "home" / "data" / "keys").exists() or not list((tmp_path / "home" / "data" / "keys").iterdir())
    assert not (tmp_path / "home" / "settings" / "profiles.json").exists()
    assert_absent(made, tmp_path / "home")


def test_a_second_start_does_not_open_the_wizard_again(tmp_path: Path, qtbot: QtBot) -> None:
    options = Options(home=tmp_path / "home", practice=("--state", str(tmp_path / "exchange")), welcomes=True)
    seen: list[bool] = []

    async def act(story: Story) -> None:
        seen.append(story.program.wizard is not None)
        if story.program.setup is not None:
            story.program.setup.cancel()

    tell(options, act)
    tell(msgspec.structs.replace(options), act)
    assert seen == [True, False]
