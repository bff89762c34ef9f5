"""The public key reaches Prophet: by a click in practice, by a letter or a partner token elsewhere."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.environment import Environment
from app.domain.secret import Secret
from app.services.setup.letters import email_text, questions
from app.ui.wizard.outside import Outside
from app.ui.wizard.page import PageView
from app.ui.wizard.parts import Fold, Frame, Words, button, column, named, put, row
from app.ui.wizard.secret_field import SecretField

_PRACTICE = "The practice exchange takes the public key at once and answers with an issuer id and a key id."
_FULL = "It keeps 20 public keys, and 20 are there. The oldest that no profile of this computer uses can be removed to make room."
_TOKEN = "The bearer token of a user who is signed in to Prophet's B2B page. It is used once, for this, and not kept."


class RegisterPage(PageView):
    def __init__(self, outside: Outside) -> None:
        super().__init__(outside, "Register the public key", "")
        theme = self.theme
        self.at_practice = button("Register at the practice exchange")
        self.practice_part = column(Words(theme, _PRACTICE), row(self.at_practice))
        self.make_room = button("Remove the oldest one and register")
        self.full = Frame(theme, "state.warning", "surface.panel")
        for part in (Words(theme, _FULL, size=12), row(self.make_room)):
            self.full.body.addWidget(part)
        self.steps = [Words(theme) for _ in range(4)]
        self.email = button("Copy e-mail text")
        self.list = button("Copy the questions")
        self.checklist = Frame(theme)
        for part in (*self.steps, row(self.email, self.list)):
            self.checklist.body.addWidget(part)
        self.token = Secret()
        self.token_field = SecretField("Partner token", theme, lambda: self.token, self._take_token)
        self.send = button("Register with this token")
        self.fold = Fold("Register with a partner token", theme)
        for part in (Words(theme, _TOKEN, use="text.dim", size=12), self.token_field, row(self.send)):
            self.fold.body.addWidget(part)
        self.issuer, self.key_id = QLineEdit(), QLineEdit()
        self.state = Words(theme, bold=True)
        self.add(self.practice_part, self.full, self.checklist, self.fold, named("Issuer id", self.issuer, theme),
                 named("Key id (empty when there is none)", self.key_id, theme), self.state)  # fmt: skip
        self.body.addStretch(1)
        self._connect()

    def _connect(self) -> None:
        self.at_practice.clicked.connect(self._register)
        self.make_room.clicked.connect(self._make_room)
        self.email.clicked.connect(self._copy_email)
        self.list.clicked.connect(self._copy_questions)
        self.send.clicked.connect(self._send)
        self.token_field.edited.connect(self.refresh)
        self.issuer.textEdited.connect(self._issuer_typed)
        self.key_id.textEdited.connect(self._key_id_typed)

    def start_at(self) -> QWidget:
        return self.email if self.wizard.needs_letters else self.at_practice

    def go_on_at(self, before: QWidget | None) -> QWidget:
        return self.issuer if self.account.issuer else super().go_on_at(before)

    def enter(self) -> None:
        self.token_field.put_away()

    def refresh(self) -> None:
        account = self.account
        is_practice = account.environment is Environment.PRACTICE
        self.practice_part.setVisible(is_practice)
        self.full.setVisible(is_practice and self.wizard.bench.is_full)
        self.checklist.setVisible(not is_practice)
        self.fold.setVisible(not is_practice)
        has_id = bool(account.issuer)
        self._say_steps(has_id=has_id)
        self.send.setEnabled(bool(self.token))
        put(self.issuer, account.issuer)
        put(self.key_id, account.key_id)
        if has_id:
            self.state.say("✓ The issuer id is here: the proof run tries it", "state.good")
            return
        waiting = "Press the button above" if is_practice else "Waiting for Prophet"
        self.state.say(f"○ {waiting}. You can go on; the proof run can be repeated every 60 s", "state.warning")

    def _say_steps(self, *, has_id: bool) -> None:
        environment = self.account.environment
        texts = (
            f"1. Send the public key to your contact at Prophet, for {environment}. The e-mail text holds all of it.",
            "2. Compare the fingerprint on the phone: it stands on the page before, in groups of four.",
            "3. Ask what Prophet's page does not say: the questions are in the e-mail text too.",
            f"4. {'✓ ' if has_id else ''}Type the issuer id that comes back, and the key id if there is one.",
        )
        for label, text in zip(self.steps, texts, strict=True):
            label.say(text)

    def leave(self) -> None:
        self.token = Secret()
        self.token_field.put_away()

    def _register(self) -> None:
        self.wizard.bench.register()

    def _make_room(self) -> None:
        self.wizard.bench.make_room()

    def _copy_email(self) -> None:
        if self.account.pair is not None:
            self.outside.copy(email_text(self.account.pair, self.account.environment), "The e-mail text")
            self._say("The e-mail text with the public key is on the clipboard")

    def _copy_questions(self) -> None:
        self.outside.copy(questions(self.account.environment), "The list of questions")
        self._say("The questions are on the clipboard")

    def _say(self, words: str) -> None:
        self.wizard.work.said = words
        self.wizard.changed()

    def _take_token(self, text: str) -> None:
        self.token = Secret(text.strip())

    def _send(self) -> None:
        token, self.token = self.token, Secret()
        self.token_field.put_away()
        self.wizard.bench.register(token)

    def _issuer_typed(self, text: str) -> None:
        self.account.issuer = text.strip()
        self.wizard.edited()

    def _key_id_typed(self, text: str) -> None:
        self.account.key_id = text.strip()
        self.wizard.edited()
