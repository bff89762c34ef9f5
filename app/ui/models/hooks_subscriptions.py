"""The subscriptions as a table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec
from PySide6.QtCore import Qt

from app.domain.webhook import Subscription, Tally, shown
from app.services.hooks.desk import HookDesk
from app.services.hooks.known_secrets import SecretState
from app.services.hooks.rotations import Rotation
from app.ui import formats
from app.ui.models.table import Column, Index, TableModel, to_csv

EVENT, TARGET, SECRET, STATE, LAST = 1, 2, 3, 4, 5
_SECRETS = {
    SecretState.STORED: "stored ✓",
    SecretState.THIS_RUN: "this run only",
    SecretState.NOT_STORED: "not stored ×",
    SecretState.UNKNOWN: "not known",
}
_TONES = {SecretState.STORED: "", SecretState.THIS_RUN: "warning", SecretState.NOT_STORED: "bad", SecretState.UNKNOWN: "warning"}

FIGURES = "Deliveries within 24 h that were valid, that were not, and changes that the poll feed told of and no delivery did"


class SubscriptionRow(msgspec.Struct, frozen=True):
    """A subscription with what this program knows of it."""

    subscription: Subscription
    secret: SecretState
    tally: Tally
    is_received: bool
    rotation: Rotation | None
    elsewhere: str  # where its target leads on this computer, if not to the receiver


class SubscriptionsModel(TableModel[SubscriptionRow]):
    """`refresh` after something changed, `tick` each second."""

    def __init__(self, desk: HookDesk, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._desk = desk
        self._now = now
        self.columns = (
            Column("Id", lambda row: str(row.subscription.id), lambda row: row.subscription.id, 34, is_number=True),
            Column("Event", lambda row: formats.plain(row.subscription.event), None, 122),
            Column("Target", lambda row: formats.plain(shown(row.subscription.target_url)), None, 240),
            Column("Secret", lambda row: _SECRETS[row.secret], None, 96, tip="Whether this computer has the secret that signs it"),
            Column("State", state_words, None, 110),
            Column("Last", self._last, None, 52, is_number=True, tip="How long ago the last delivery reached this computer"),
            Column("ok/bad/missed", _figures, None, 106, is_number=True, tip=FIGURES),
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.ToolTipRole:
            return formats.tip(self._tip(self.rows[index.row()]))
        return super().data(index, role)

    def to_csv(self) -> str:
        """What is shown, with when each was made."""
        return to_csv([*self.columns, Column("Made", _made)], self.rows)

    def refresh(self) -> None:
        """Rows keep their places where the list is the same, so that the selection stays."""
        subscriptions, tallies = self._desk.subscriptions, self._desk.deliveries.tallies
        rows = [
            SubscriptionRow(
                each,
                subscriptions.secret_state(each.id),
                tallies.get(each.id, Tally()),
                self._desk.reception.is_received(each.id),
                subscriptions.rotation_of(each.id),
                self._desk.reception.why_not_received(each.id),
            )
            for each in subscriptions.all.values()
        ]
        if [row.subscription.id for row in rows] != [row.subscription.id for row in self.rows]:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        for place, row in enumerate(rows):
            if row != self.rows[place]:
                self.rows[place] = row
                self.row_changed(place)

    def secret_tone(self, row: int) -> str:
        """The state whose colours the secret's badge has; empty for none."""
        return _TONES[self.rows[row].secret]

    def state_tone(self, row: int) -> str:
        one = self.rows[row]
        if not one.subscription.is_active:
            return "quiet"
        return "info" if one.rotation is not None else "good"

    def tick(self) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(0, STATE + 1), self.index(len(self.rows) - 1, STATE + 1))

    def _last(self, row: SubscriptionRow) -> str:
        at = row.tally.last_at
        return formats.NOTHING if at is None else formats.age(max((self._now() - at).total_seconds(), 0.0))

    def _tip(self, row: SubscriptionRow) -> str:
        one = row.subscription
        lines = [f"{formats.plain(one.event)} to {formats.plain(shown(one.target_url))}", f"Made {formats.moment(one.created_at)}"]
        if row.secret is SecretState.THIS_RUN:
            lines.append("This computer has no keyring: its secret is kept for this run, and gone when the program ends.")
        elif row.secret is not SecretState.STORED:
            lines.append(
                "Without its secret its deliveries cannot be checked here. The feed tells a secret only once: rotate to get another."
            )
        if row.elsewhere:
            lines.append(f"Its deliveries do not reach the receiver: {row.elsewhere}.")
        if row.is_received:
            lines.append(f"Received at {self._desk.deliveries.place(self._desk.reception.path(one.id))}")
        if row.tally.limited:
            lines.append(f"{row.tally.limited:,} of its deliveries came too fast within 24 h and were answered with 429")
        return "\n".join(lines)


def state_words(row: SubscriptionRow) -> str:
    """A badge's word, and beside it whether the receiver takes its deliveries."""
    if not row.subscription.is_active:
        return "inactive"
    if row.rotation is not None:
        return f"old, → {row.rotation.new_id}" if row.rotation.old_id == row.subscription.id else f"new for {row.rotation.old_id}"
    if row.elsewhere:
        return "active  elsewhere"
    return "active  received" if row.is_received else "active"


def _made(row: SubscriptionRow) -> str:
    at = row.subscription.created_at
    return "" if at is None else at.isoformat()


def _figures(row: SubscriptionRow) -> str:
    tally = row.tally
    figures = (tally.ok, tally.bad, tally.missed)
    return " / ".join(f"{number:,}" for number in figures) if any(figures) else formats.NOTHING
