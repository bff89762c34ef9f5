"""The settings of one profile as fields, with what is wrong with them in words; a button saves them."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.domain.environment import Environment
from app.domain.profile import Provider
from app.services.setup.change import FIELDS, SPELLINGS, ProfileChange
from app.services.setup.facts import is_built_in
from app.services.setup.room import ProfileRoom
from app.ui.theme import Theme
from app.ui.wizard.card import TickCard
from app.ui.wizard.chips import Chips
from app.ui.wizard.parts import Words, button, column, mono, named, row
from app.ui.wizard.token_form import TokenForm

LONGEST = 200  # characters of an issuer id and a key id
BUILT_IN = "The practice profile is built in: there is nothing to set."
_SPELLINGS = {"v4": "v4: today's", "seed": "seed: the guide's", "legacy": "legacy: older"}
_PATHS = "Paths that differ, a line each: call=path"
_NAMES = "Names in its requests that differ, a line each: part=name"
_SELECTIONS = "Selections read ahead and kept"
_AGGREGATOR = "Aggregator's id (Direct Linking)"
_LOCATION = "Ask the venue before each order whether it may be placed from here (Direct Linking)."
_FIELDS = {"guide": "line_id, stake, odds: the guide's", "v4": "strike_id, quantity, price: today's"}
_BATCHES = "Several orders are placed or cancelled with one request. Off: one request each, some at a time."
_MANY_EVENTS = "The markets of several events are asked for with one request. Off: one event a second."
_PROXY = "Requests of this profile go through the proxy that the system names. Off: they go straight to the venue."


class ProfileSettings(QWidget):
    """`refresh` shows the room's change; what is typed goes there at once."""

    def __init__(self, room: ProfileRoom, theme: Theme) -> None:
        super().__init__()
        self._room = room
        self._shown: ProfileChange | None = None
        self.none = Words(theme, BUILT_IN, use="text.dim")
        self.spelling = Chips("Spelling", {one: _SPELLINGS[one] for one in SPELLINGS}, theme)
        self.paths = QPlainTextEdit()
        self.aggregator = QLineEdit()
        self.selections = QLineEdit()
        self.check_location = TickCard("Check the location", _LOCATION, theme)
        self.issuer = QLineEdit()
        self.key_id = QLineEdit()
        self.token = TokenForm(theme)
        self.fields = Chips("Fields", {one: _FIELDS[one] for one in FIELDS}, theme)
        self.names = QPlainTextEdit()
        self.batches = TickCard("Batches", _BATCHES, theme)
        self.many_events = TickCard("Markets of several events", _MANY_EVENTS, theme)
        self.proxy = TickCard("Use the system's proxy", _PROXY, theme)
        self.objection = Words(theme, use="state.bad", size=12, is_hiding=True)
        self.effect = Words(theme, use="text.dim", size=12, is_hiding=True)
        self.save = button("Save settings")
        self.drop = button("Drop changes", "Show what is saved")
        self.trading = column(
            named("Names that the API is spoken to with", self.spelling, theme),
            named(_SELECTIONS, self.selections, theme),
            named(_AGGREGATOR, self.aggregator, theme),
            self.check_location,
        )
        self.omnibus = column(
            named("Issuer id", self.issuer, theme),
            named("Key id", self.key_id, theme),
            self.token,
            named("What an order's parts are called", self.fields, theme),
            named(_NAMES, self.names, theme),
            self.batches,
            self.many_events,
        )
        self.own_paths = named(_PATHS, self.paths, theme)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        for lines in (self.paths, self.names):
            lines.setTabChangesFocus(True)
            lines.setFont(mono(12))
            lines.setFixedHeight(74)
        self.selections.setMaxLength(12)
        self.aggregator.setMaxLength(60)
        for field in (self.issuer, self.key_id):
            field.setMaxLength(LONGEST + 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 8, 8, 8)
        layout.setSpacing(10)
        for part in (self.none, self.trading, self.omnibus, self.own_paths, self.proxy, self.objection, self.effect):
            layout.addWidget(part)
        layout.addWidget(row(self.save, self.drop))
        layout.addStretch(1)

    def _connect(self) -> None:
        for signal in (self.spelling.chosen, self.paths.textChanged, self.aggregator.textChanged, self.selections.textChanged,
                       self.check_location.toggled, self.issuer.textChanged, self.key_id.textChanged, self.proxy.toggled,
                       self.fields.chosen, self.names.textChanged, self.batches.toggled, self.many_events.toggled):  # fmt: skip
            signal.connect(self._typed)
        self.token.edited.connect(self._token_typed)
        self.save.clicked.connect(self._room.save)
        self.drop.clicked.connect(self._room.reset)

    def refresh(self, *, is_busy: bool) -> None:
        change = self._room.change
        if change is not self._shown:
            self._shown = change
            self._fill(change)
        is_set = not is_built_in(change.before)
        objection = change.objection
        for part, is_shown in (
            (self.none, not is_set),
            (self.trading, is_set and change.before.provider is Provider.TRADING),
            (self.omnibus, is_set and change.before.provider is Provider.OMNIBUS),
            (self.own_paths, is_set and change.before.provider is not Provider.RANKACY),
            (self.proxy, is_set and change.before.environment is not Environment.PRACTICE),
            (self.save, is_set),
            (self.drop, is_set),
        ):
            part.setVisible(is_shown)
        self.objection.say(f"✗ {objection}" if objection else "")
        opened = self._room.opened(change.before)
        self.effect.say(f"{opened}: what is saved takes effect when it is opened again." if is_set and opened else "")
        self.save.setEnabled(change.is_changed and not objection and not is_busy)
        self.save.setAccessibleDescription(objection or ("" if change.is_changed else "Nothing was changed"))
        self.save.setToolTip(self.save.accessibleDescription())
        self.drop.setEnabled(change.is_changed and not is_busy)

    def _fill(self, change: ProfileChange) -> None:
        fields = (self.paths, self.names, self.aggregator, self.selections, self.issuer, self.key_id)
        ticks = (self.check_location, self.proxy, self.batches, self.many_events)
        blocked = [QSignalBlocker(field) for field in (*fields, *ticks)]
        self.spelling.choose(change.spelling)
        self.paths.setPlainText(change.paths)
        self.aggregator.setText(change.aggregator)
        self.selections.setText(change.selections)
        self.check_location.setChecked(change.check_location)
        self.issuer.setText(change.issuer)
        self.key_id.setText(change.key_id)
        self.proxy.setChecked(change.proxy)
        self.fields.choose(change.fields)
        self.names.setPlainText(change.names)
        self.batches.setChecked(change.batches)
        self.many_events.setChecked(change.many_events)
        self.token.show_shape(change.token)
        for blocker in blocked:
            blocker.unblock()

    def _typed(self) -> None:
        change = self._room.change
        change.spelling = self.spelling.value
        change.paths = self.paths.toPlainText()
        change.aggregator = self.aggregator.text()
        change.selections = self.selections.text()
        change.check_location = self.check_location.isChecked()
        change.issuer = self.issuer.text()
        change.key_id = self.key_id.text()
        change.proxy = self.proxy.isChecked()
        change.fields = self.fields.value
        change.names = self.names.toPlainText()
        change.batches = self.batches.isChecked()
        change.many_events = self.many_events.isChecked()
        self._room.edited()

    def _token_typed(self) -> None:
        token = self.token
        self._room.change.shape_token(
            token.algorithm.value,
            token.hash_claim.text(),
            token.encoding.value,
            token.lifetime.text(),
            token.claims.toPlainText(),
            hash_empty=token.hash_empty.isChecked(),
        )
        self._room.edited()
