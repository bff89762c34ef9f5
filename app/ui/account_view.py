"""What the window asks of the view of an account, whatever kind of account it is: a desk that trades, or a feed that is read."""

from __future__ import annotations

from typing import NamedTuple

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from app.services.notices import Notices
from app.ui.dialogs.passphrase import PassphraseBox
from app.ui.shell import Account, Shell
from app.ui.views.banner import Banner
from app.ui.views.last_words import LastWordsBar


class Titles(NamedTuple):
    """What the window's docks are called while the account is at hand."""

    left: str
    right: str
    bottom: str


class AccountView(QObject):
    """`parts` are put into the window's places by the window, in their order: top, middle, left, right, bottom, status.

    `cancel_all_wanted` and `stop_wanted` are presses in this account's panes; `spoke` when something was said.
    """

    cancel_all_wanted = Signal()
    stop_wanted = Signal()
    spoke = Signal(str)

    def __init__(self, window: QWidget, shell: Shell, account: Account) -> None:
        super().__init__(window)
        self._shell = shell
        self.account = account
        self.is_at_hand = False
        self._stale: set[str] = set()
        self.banner = Banner(shell.theme)
        self.last_words = LastWordsBar(shell.theme)
        self.passphrase_box = PassphraseBox(window, shell.theme)

    # What is seen

    @property
    def parts(self) -> tuple[QWidget, ...]:
        raise NotImplementedError

    @property
    def boxes(self) -> tuple[QWidget, ...]:
        """Windows of this account that go with it."""
        raise NotImplementedError

    @property
    def menu_button(self) -> QToolButton:
        """Where the window's menu opens."""
        raise NotImplementedError

    @property
    def notices(self) -> Notices:
        """Where something is said to whoever sits here."""
        raise NotImplementedError

    @property
    def open_event_id(self) -> int | None:
        """The trading event that is open, for the sums over all accounts."""
        return None

    @property
    def has_history(self) -> bool:
        """Whether its venue lists trades and transactions."""
        return False

    def titles(self, *, is_among_others: bool) -> Titles:
        raise NotImplementedError

    # What services announce

    def mark(self, name: str) -> None:
        """Something of it is to be shown anew at the next frame."""
        self._stale.add(name)
        self._shell.pulse.request()

    def take_in_hand(self, *, is_at_hand: bool) -> None:
        """Whether the window shows it now; what it missed is shown at the next frame."""
        self.is_at_hand = is_at_hand
        if is_at_hand:
            self._shell.pulse.request()

    def on_frame(self) -> None:
        raise NotImplementedError

    def on_beat(self) -> None:
        """A second went by."""
        raise NotImplementedError

    # What a person does

    def name_account(self, *, is_among_others: bool) -> None:
        """Say whose pane it is where that could be mistaken."""

    def switch_pressed(self) -> None:
        """Trading on or off."""

    def lock_changed(self) -> None:
        """Orders may leave from this computer again, or no longer."""

    def show_history(self) -> None:
        raise NotImplementedError

    def show_connection(self) -> None:
        raise NotImplementedError

    def show_hooks(self) -> None:
        """The page of webhooks, where the account has one."""

    @property
    def is_holding(self) -> bool:
        """Whether something would be lost if it ended now; the person is shown what."""
        return False

    def focus_search(self) -> None:
        raise NotImplementedError

    def shut(self) -> None:
        """The window closes: what runs by itself ends."""

    def end(self) -> None:
        """Nothing of it is seen any more; its widgets go now and not some time, because styling those that linger takes time."""
        for part in (*self.boxes, *self.parts):
            part.hide()
            shiboken6.delete(part)

    # The look

    def restyle(self) -> None:
        """The format of odds was switched."""

    def dress(self) -> None:
        """The theme was changed."""


def column(*parts: QWidget, stretched: QWidget | None = None, spacing: int = 0) -> QWidget:
    """Widgets one over the other; `stretched` takes what room is left."""
    whole = QWidget()
    layout = QVBoxLayout(whole)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for part in parts:
        layout.addWidget(part, 1 if part is stretched else 0)
    return whole
