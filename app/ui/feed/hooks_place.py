"""Where the page of webhooks is kept: built when it is first wanted, a window of its own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.domain.environment import Environment
from app.ui.hooks.tools import HookTools
from app.ui.hooks.window import HooksWindow
from app.ui.shell import ConnectedFeed, Shell


class HooksPlace:
    """`window` is None until somebody wanted it."""

    def __init__(self, parent: QWidget, shell: Shell, connected: ConnectedFeed, say: Callable[[str], None]) -> None:
        self._parent = parent
        self._shell = shell
        self._connected = connected
        self._say = say
        self.window: HooksWindow | None = None

    @property
    def page(self) -> HooksWindow:
        if self.window is None:
            connected, shell = self._connected, self._shell
            self.window = HooksWindow(self._parent, self._tools(), connected.environment, connected.account)
            shell.workspace.restore_tables((self.window,))
        return self.window

    @property
    def is_holding(self) -> bool:
        """It keeps something that would be lost; it is shown then."""
        if self.window is None or not self.window.is_holding:
            return False
        self.window.show_what_is_held()
        return True

    def dress(self) -> None:
        if self.window is not None:
            self.window.dress()

    def shut(self) -> None:
        if self.window is not None:
            self.window.shut()

    def _tools(self) -> HookTools:
        connected, shell = self._connected, self._shell
        return HookTools(
            desk=connected.hooks,
            theme=shell.theme,
            clipboard=shell.clipboard,
            start=connected.start,
            say=self._say,
            clock=shell.clock,
            now=shell.now,
            is_production=connected.environment is Environment.PRODUCTION,
            recall=lambda name: shell.workspace.chosen(name, ""),
            remember=shell.workspace.remember,
        )
