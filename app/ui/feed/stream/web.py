"""A web view for one page that is given as text: Twitch's own player, or its chat. The web engine is loaded when one is built."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile

Complaint = Callable[[str, bool], None]
"""Called with a sentence, and whether the page's place (its parent) was refused rather than the network."""


class WebPages(Protocol):
    """Builds web views; raises ImportError where there is no web engine."""

    def build(self, page: str, base: str, complain: Complaint) -> QWidget: ...
    def close(self, view: QWidget) -> None: ...


class EnginePages:
    """Every page has a profile of its own that leaves nothing on the disk, opens no window and goes nowhere else."""

    def build(self, page: str, base: str, complain: Complaint) -> QWidget:
        from PySide6.QtWebEngineCore import QWebEngineProfile, QWebEngineSettings
        from PySide6.QtWebEngineWidgets import QWebEngineView

        view = QWebEngineView()
        profile = QWebEngineProfile(view)
        shown = _embed_page(profile, view, complain)
        settings = shown.settings()
        settings.setAttribute(QWebEngineSettings.WebAttribute.PlaybackRequiresUserGesture, False)
        settings.setAttribute(QWebEngineSettings.WebAttribute.JavascriptCanOpenWindows, False)
        settings.setAttribute(QWebEngineSettings.WebAttribute.LocalContentCanAccessFileUrls, False)
        view.setPage(shown)
        view.setAccessibleName("Official player")
        shown.setHtml(page, QUrl(base))
        return view

    def close(self, view: QWidget) -> None:
        """The page goes before its profile, as the engine wants it."""
        from PySide6.QtWebEngineWidgets import QWebEngineView

        if isinstance(view, QWebEngineView):
            page = view.page()
            view.hide()
            page.setParent(None)
            page.deleteLater()
        view.setParent(None)
        view.deleteLater()


def _embed_page(profile: QWebEngineProfile, view: QWidget, complain: Complaint) -> QWebEnginePage:
    from PySide6.QtWebEngineCore import QWebEnginePage

    class EmbedPage(QWebEnginePage):
        def __init__(self) -> None:
            super().__init__(profile, view)
            self._is_set = False

        def acceptNavigationRequest(self, url: QUrl | str, kind: QWebEnginePage.NavigationType, is_main_frame: bool) -> bool:
            """The frame inside may go on; the page itself stays what it was given as."""
            if not is_main_frame:
                return True
            was_set, self._is_set = self._is_set, True
            return not was_set

        def createWindow(self, kind: QWebEnginePage.WebWindowType) -> QWebEnginePage:
            return None  # type: ignore[return-value]  # Qt's word for "no window"

        def javaScriptConsoleMessage(
            self, level: QWebEnginePage.JavaScriptConsoleMessageLevel, message: str, line: int, source: str
        ) -> None:
            if "frame-ancestors" in message or "Refused to frame" in message:
                complain("The player's site does not let this page hold it.", True)
            elif "net::ERR_" in message:
                complain("The player's site cannot be reached.", False)

    return EmbedPage()
