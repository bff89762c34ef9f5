"""Every page of the wizard in every state that looks different; as a program, it says what is clipped in them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.domain.environment import Environment
from app.domain.keys import KeyringFacts, Place
from app.domain.profile import Provider
from app.services.setup.draft import Source
from app.store.paths import resources
from app.ui.theme import Theme
from app.ui.wizard.pages.keys import KeysPage
from app.ui.wizard.pages.proof import ProofPage
from app.ui.wizard.pages.register import RegisterPage
from app.ui.wizard.pages.where import WherePage
from tests.ui.wizard.kit import Stage, clipped

LONG = "These two keys are swapped: the access key was refused, and the other way round the venue took them both without a word"


def states(stage: Stage) -> Iterator[str]:
    """The name of each state once it stands; the next one is made after it was looked at."""
    yield "who"
    for provider in Provider:
        stage.wizard.choose(provider, is_chosen=True)
    yield "who, all chosen"
    for part in (trading, omnibus, rankacy):
        for name in part(stage):
            stage.settle()
            yield name
    stage.settle()
    yield "done"


def trading(stage: Stage) -> Iterator[str]:
    wizard, scene = stage.wizard, stage.scene
    wizard.next()
    yield "environment, fixed address"
    wizard.account.choose_environment(Environment.PRODUCTION)
    wizard.edited()
    yield "environment, production"
    wizard.account.choose_environment(Environment.PRACTICE)
    wizard.next()
    yield "keys, two empty fields"
    wizard.bench.rehearse()
    yield "keys, filled in"
    page = stage.view
    assert isinstance(page, KeysPage)
    page.fold.head.setChecked(True)
    yield "keys, by the session"
    page.fold.head.setChecked(False)
    scene.vault.facts = KeyringFacts("Fail", "No keyring answers on this computer: install or unlock one, or choose another place")
    wizard.next()
    yield "where, no keyring"
    where = stage.view
    assert isinstance(where, WherePage)
    wizard.account.place = Place.PASSPHRASE
    wizard.edited()
    where.passphrase.first.field.setText("four unrelated words")
    yield "where, passphrase"
    wizard.account.place = Place.SESSION
    scene.prover.answering.clear()
    wizard.next()
    yield "proof, under way"
    scene.prover.failing = {"Token": LONG}
    scene.prover.answering.set()
    yield "proof, failed"
    scene.prover.failing = {}
    wizard.prove()
    yield "proof, good"
    scene.vault.facts = KeyringFacts("GNOME Keyring, the collection “Login”")
    wizard.try_keyring()
    stage.settle()
    wizard.next()


def omnibus(stage: Stage) -> Iterator[str]:
    wizard, scene = stage.wizard, stage.scene
    yield "environment, host to type"
    wizard.account.host = "https://user@sandbox.partner-of-a-long-name.example.com/a/path"
    wizard.edited()
    yield "environment, host objected to"
    wizard.account.host = f"b2b.{'a-part-as-long-as-one-can-be-which-is-sixty-three-signs-of-it.' * 3}example.com"
    wizard.edited()
    yield "environment, long host"
    wizard.account.host = "b2b.a-host-of-some-length.example.com"
    wizard.edited()
    yield "environment, host pinned"
    wizard.next()
    yield "keys, make"
    wizard.account.source = Source.IMPORT
    wizard.edited()
    yield "keys, import"
    scene.maker.passphrase = "open sesame"
    wizard.bench.read(b"locked")
    yield "keys, locked"
    scene.maker.passphrase = ""
    wizard.account.source = Source.MAKE
    scene.maker.answering.clear()
    wizard.bench.make(4096)
    yield "keys, being made"
    scene.maker.answering.set()
    yield "keys, the pair"
    page = stage.view
    assert isinstance(page, KeysPage)
    wizard.bench.save_public(Path(f"/home/person/{'a folder/another-folder-of-a-long-name/' * 4}public.pem"))
    yield "keys, a long path said"
    page.pair.backup.head.setChecked(True)
    yield "keys, backup"
    page.advanced.head.setChecked(True)
    page.advanced.form.claims.setPlainText("a line without its sign")
    yield "keys, advanced objected to"
    page.advanced.form.claims.setPlainText("")
    wizard.next()
    yield "register"
    register = stage.view
    assert isinstance(register, RegisterPage)
    register.fold.head.setChecked(True)
    yield "register, with a token"
    wizard.next()
    yield "where, keyring"
    scene.prover.failing = {"Account": "Prophet does not know this key yet in SANDBOX"}
    wizard.next()
    stage.settle()
    wizard.prove(is_repeating=True)
    proof = stage.view
    assert isinstance(proof, ProofPage)
    proof.rows[0].more.setChecked(True)
    yield "proof, again in a minute"
    wizard.keep_unproven()
    scene.prover.failing = {}


def rankacy(stage: Stage) -> Iterator[str]:
    wizard = stage.wizard
    wizard.account.choose_environment(Environment.PRACTICE)
    wizard.next()
    wizard.bench.rehearse()
    yield "keys, one field"
    wizard.account.issuer = ""
    wizard.next()
    stage.settle()
    wizard.next()
    stage.settle()
    wizard.next()


def main(width: int, height: int, theme: str, folder: str = "") -> int:
    """The number of clipped texts; a picture of each state in `folder`."""
    application = QApplication([])
    stage = Stage(Theme(application, resources(), theme), width=width, height=height)
    faults = 0
    for number, name in enumerate(states(stage)):
        stage.settle()
        for words in clipped(stage.window):
            faults += 1
            sys.stdout.write(f"{name}: {words}\n")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            stage.window.grab().save(str(Path(folder) / f"{number:02d} {name}.png"))
    stage.close()
    return faults


if __name__ == "__main__":
    sys.exit(min(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], *sys.argv[4:5]), 100))
