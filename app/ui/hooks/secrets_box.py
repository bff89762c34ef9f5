"""Secrets that were just told, for the first and the last time: the box stays until each was copied or stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.secret import Secret
from app.domain.webhook import NewSubscription
from app.ui import formats
from app.ui.dialogs.box import Box
from app.ui.hooks.tools import HookTools
from app.ui.wizard.parts import Words, button, mono, row

MASK: Final = "•" * 24
WORDS: Final = (
    "The feed tells these secrets once and never again. Copy each to where your deliveries are received, or store it here so that this "
    "program can check them. What is neither copied nor stored is lost, and the subscription has to be made again."
)
THIS_RUN: Final = "kept for this run only: this computer has no keyring, and the secret is lost when the program ends"
REPLACED: Final = "× copied, but the clipboard holds another one now: store it, use Copy all, or say that it was pasted"
NOT_COPIED: Final = "× not copied: the clipboard did not take it. Store it here, or show it and write it down"
FIRST: Final = "Copy or store each secret first: the feed tells none of them again."


class SecretLine(QWidget):
    """One secret, masked, with its ways out. `safer` when it was copied or stored; `copied` and `store_wanted` with itself."""

    safer = Signal()
    copied = Signal(object)
    store_wanted = Signal(object)

    def __init__(self, new: NewSubscription, tools: HookTools) -> None:
        super().__init__()
        self.id = new.subscription.id
        self.event_name = formats.plain(new.subscription.event)
        self.secret = new.secret
        self._clipboard = tools.clipboard
        self.is_copied = self.is_replaced = self.is_pasted = self.is_stored = self.is_storing = self.is_for_this_run = self.is_enough = (
            False
        )
        self.name = Words(tools.theme, f"Subscription {self.id}: {formats.plain(new.subscription.event)}", use="text.dim", size=12)
        self.field = QLineEdit(MASK)
        self.field.setReadOnly(True)
        self.field.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is marked in a field stays in the clipboard for ever
        self.field.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.field.setFont(mono(12))
        self.field.setAccessibleName(f"Secret of subscription {self.id}")
        self.show_it = button("Show", "Show the secret on the screen")
        self.show_it.setCheckable(True)
        self.copy = button("Copy", "The clipboard is cleared after half a minute")
        self.store = button("Store here", "Into this computer's keyring")
        self.said = Words(tools.theme, size=12)
        self._lay_out()
        self.show_it.toggled.connect(self._show)
        self.copy.clicked.connect(self._copy)
        self.store.clicked.connect(self.begin_storing)
        self._say()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.field, 1)
        for part in (self.show_it, self.copy, self.store):
            part.setAccessibleName(f"{part.text()}: secret of subscription {self.id}")
            line.addWidget(part)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(3)
        lines.addWidget(self.name)
        lines.addLayout(line)
        lines.addWidget(self.said)

    @property
    def is_safe(self) -> bool:
        """Out of this box for good; not while the keyring still has to answer, nor in memory alone unless a person says that will do."""
        is_kept = self.is_stored and (self.is_enough or not self.is_for_this_run)
        return (self.is_copied or self.is_pasted or is_kept) and not self.is_storing

    @property
    def is_doubtful(self) -> bool:
        """In memory alone, and nobody has said that this will do."""
        return self.is_stored and not self.is_safe

    def accept_this_run(self) -> None:
        """A person knows that it goes with the program."""
        self.is_enough = True
        self.safer.emit()

    def take_copy(self) -> None:
        """The clipboard holds it."""
        self.is_copied, self.is_replaced = True, False
        self._say()
        self.safer.emit()

    def lose_copy(self) -> None:
        """The clipboard holds another now. Whether it was pasted before, nobody knows but the person."""
        if self.is_copied:
            self.is_copied, self.is_replaced = False, True
            self._say()
            self.safer.emit()

    def accept_pasted(self) -> None:
        """A person says that it was pasted before another was copied."""
        self.is_replaced, self.is_pasted = False, True
        self._say()
        self.safer.emit()

    def begin_storing(self) -> None:
        if self.store.isEnabled():
            self.is_storing = True
            self.store.setEnabled(False)
            self.safer.emit()
            self.said.say("It is being stored…", "text.dim")
            self.store_wanted.emit(self)

    def stored(self, words: str, *, is_for_this_run: bool = False) -> None:
        """It is in the keyring (in memory, where there is none), or `words` say why not."""
        self.is_storing, self.is_for_this_run = False, is_for_this_run
        self.is_stored = self.is_stored or not words
        self.store.setEnabled(not self.is_stored)
        self._say(words)
        self.safer.emit()

    def forget(self) -> None:
        """Nothing of it stays on the screen."""
        self.secret = Secret()
        self.field.setText(MASK)

    def _show(self, is_shown: bool) -> None:
        self.field.setText(self.secret.reveal() if is_shown else MASK)
        self.field.setCursorPosition(0)
        self.show_it.setText("Hide" if is_shown else "Show")

    def _copy(self) -> None:
        if self._clipboard.copy_secret(self.secret, f"The secret of subscription {self.id}"):
            self.take_copy()
            self.copied.emit(self)
        else:
            self.say(NOT_COPIED)

    def say(self, words: str) -> None:
        self.said.say(words, "state.warning")

    def _say(self, trouble: str = "") -> None:
        stored = THIS_RUN if self.is_for_this_run else "stored"
        told = (("copied", self.is_copied), ("pasted, as you say", self.is_pasted and not self.is_copied), (stored, self.is_stored))
        done = [word for word, is_done in told if is_done]
        if trouble:
            self.say(f"It was not stored: {trouble}")
        elif self.is_replaced and (self.is_for_this_run or not self.is_stored):
            self.say(REPLACED)
        elif self.is_for_this_run and len(done) == 1:
            self.say(f"{stored[0].upper()}{stored[1:]}")
        elif done:
            self.said.say(f"✓ {' and '.join(done)}", "state.good")
        else:
            self.say("× neither copied nor stored")


class SecretsBox(Box):
    """Shown until each secret is safe: neither Escape nor the window's own cross closes it before. `store_wanted` with a line of it.

    `let_go` with the numbers of its subscriptions when it is closed: what was not stored is known nowhere any more.
    """

    store_wanted = Signal(object)
    let_go = Signal(object)

    def __init__(self, parent: QWidget, tools: HookTools) -> None:
        super().__init__(parent, tools.theme, "Keep these secrets", "Done", 620)
        self._tools = tools
        self.words.setText(WORDS)
        self.lines: list[SecretLine] = []
        self.list = QVBoxLayout()
        self.list.setSpacing(10)
        self.all = button("Store all here", "Into this computer's keyring")
        self.all.setAutoDefault(False)
        self.copy_all = button("Copy all", "One line each with number, event and secret; the clipboard is cleared after half a minute")
        self.copy_all.setAutoDefault(False)
        self.pasted = button("I pasted them", "What was copied before another one is where it belongs")
        self.pasted.setAutoDefault(False)
        self.enough = button("That is enough", "Go on with secrets that are lost when the program ends")
        self.enough.setAutoDefault(False)
        self.why = Words(tools.theme, use="state.warning", is_hiding=True)
        self.body.addLayout(self.list)
        self.body.addWidget(row(self.all, self.copy_all, self.pasted, self.enough))
        self.body.addWidget(self.why)
        self.all.clicked.connect(self._store_all)
        self.copy_all.clicked.connect(self._copy_all)
        self.pasted.clicked.connect(self._accept_pasted)
        self.enough.clicked.connect(self._accept_this_run)

    @property
    def is_holding(self) -> bool:
        """Whether closing it would lose a secret."""
        return any(not line.is_safe for line in self.lines)

    def begin(self, made: Sequence[NewSubscription], words: str = "") -> None:
        """These were made; `words` say what else was wanted and was not. Others that still wait stay."""
        for new in made:
            line = SecretLine(new, self._tools)
            line.safer.connect(self._judge)
            line.copied.connect(self._copied)
            line.store_wanted.connect(self.store_wanted)
            self.lines.append(line)
            self.list.addWidget(line)
        self.why.say(words)
        self._judge()
        self.bring()
        self.fit()
        waiting = [line for line in self.lines if not line.is_safe]
        if waiting:
            waiting[0].store.setFocus()

    def insist(self) -> None:
        """Somebody wants to close it, or what it belongs to."""
        self.why.say(FIRST)
        self.bring()
        self.fit()

    def reject(self) -> None:
        """Escape, or the harmless button."""
        if self.is_holding:
            self.insist()
        else:
            self._forget()
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.is_holding:
            event.ignore()
            self.insist()
            return
        self._forget()
        super().closeEvent(event)

    def _judge(self) -> None:
        left = sum(not line.is_safe for line in self.lines)
        unstored = [line for line in self.lines if not line.is_stored]
        for part in (self.all, self.copy_all):
            part.setVisible(len(self.lines) > 1)
        self.pasted.setVisible(any(line.is_replaced and not line.is_safe for line in self.lines))
        self.all.setEnabled(bool(unstored))
        self.enough.setVisible(any(line.is_doubtful for line in self.lines))
        self.harmless.setEnabled(not left)
        self.harmless.setText(f"Done ({left} left)" if left else "Done")
        if not left and self.why.text() == FIRST:
            self.why.say("")
        self.fit()

    def _store_all(self) -> None:
        for line in list(self.lines):
            line.begin_storing()

    def _copied(self, taken: SecretLine) -> None:
        """The clipboard holds one at a time."""
        for line in self.lines:
            if line is not taken:
                line.lose_copy()

    def _copy_all(self) -> None:
        text = "\n".join(f"{line.id} {line.event_name} {line.secret.reveal()}" for line in self.lines)
        if self._tools.clipboard.copy_secret(Secret(text), f"The secrets of {len(self.lines)} subscriptions"):
            for line in list(self.lines):
                line.take_copy()
        else:
            self.why.say(NOT_COPIED)

    def _accept_pasted(self) -> None:
        for line in list(self.lines):
            if line.is_replaced:
                line.accept_pasted()

    def _accept_this_run(self) -> None:
        for line in list(self.lines):
            if line.is_doubtful:
                line.accept_this_run()

    def _forget(self) -> None:
        """The widgets go now and not some time, with what they showed."""
        lines, self.lines = self.lines, []
        if lines:
            self.let_go.emit([line.id for line in lines])
        for line in lines:
            line.forget()
            line.hide()
            self.list.removeWidget(line)
            shiboken6.delete(line)
