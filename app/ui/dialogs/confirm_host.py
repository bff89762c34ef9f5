"""Asks a person to confirm the host that new keys will be bound to, where no keys can say it."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QWidget

from app.domain.profile import Profile
from app.ui.dialogs.box import Box
from app.ui.theme import Theme

WIDTH = 480


class ConfirmHostBox(Box):
    """`ask` shows it; whether the person confirmed."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent, theme, "Is this the host you were given?", "Cancel", WIDTH)
        self._answer: asyncio.Future[bool] | None = None
        self.confirm = self.add_button("Yes, this is the host", "place")
        self.confirm.setStyleSheet("QPushButton { padding: 4px 10px; }")
        self.confirm.clicked.connect(lambda: self._settle(is_confirmed=True))
        self._theme = theme

    @property
    def is_wanted(self) -> bool:
        return self._answer is not None and not self._answer.done()

    async def ask(self, profile: Profile) -> bool:
        """One question at a time: another one ends the first with False."""
        self._settle(is_confirmed=False)
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._answer = answer
        self.words.setText(
            f"No keys are kept that could say which host was confirmed for “{profile.name}”. "
            f"The new keys go to this one and to no other:\n\n{profile.host}"
        )
        back = self._theme.colours.css(profile.environment.colour)
        self.confirm.setStyleSheet(f"QPushButton {{ background: {back}; padding: 4px 10px; }}")
        self.bring()
        self.fit()
        self.harmless.setFocus()
        try:
            return await answer
        finally:
            if self._answer is answer:
                self._answer = None
                self.hide()

    def reject(self) -> None:
        self._settle(is_confirmed=False)
        super().reject()

    def _settle(self, *, is_confirmed: bool) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(is_confirmed)
