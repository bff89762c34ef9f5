"""The base of every page."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.services.setup.draft import AccountDraft
from app.ui.wizard.outside import Outside
from app.ui.wizard.parts import Words


class PageView(QWidget):
    """Built once. `enter` fills it for the account under way, `refresh` follows what changed, `leave` empties its fields of secrets."""

    def __init__(self, outside: Outside, title: str, line: str) -> None:
        super().__init__()
        self.outside = outside
        self.wizard = outside.wizard
        self.theme = outside.theme
        self.title = title
        self.setAccessibleName(title)
        self.line = Words(self.theme, line, use="text.dim", is_hiding=True)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(2, 2, 8, 8)
        self.body.setSpacing(10)
        self.body.addWidget(self.line)

    @property
    def account(self) -> AccountDraft:
        return self.wizard.account

    def add(self, *parts: QWidget) -> None:
        for part in parts:
            self.body.addWidget(part)

    def start_at(self) -> QWidget:
        """Where the focus goes when the page was come to."""
        return self

    def go_on_at(self, before: QWidget | None) -> QWidget:
        """Where it goes after something was waited for; `before` had it until then."""
        is_there = before is not None and before.isVisibleTo(self) and before.isEnabled() and self.isAncestorOf(before)
        return before if before is not None and is_there else self.start_at()

    def enter(self) -> None:
        """The page was come to."""

    def refresh(self) -> None:
        """Something changed."""

    def leave(self) -> None:
        """The page is left: no secret stays in a field."""
