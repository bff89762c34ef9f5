"""A web view for one page that is given as text: Twitch's own player, or its chat. The web engine is loaded when one is built."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

import shiboken6
from PySide6.QtCore import QTimer, QUrl
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile

FAILED: Final = "chrome-error:"  # the address of what stands in a frame whose own page did not come

Complaint = Callable[[str, bool], None]
"""Called with a sentence, and whether the page's place (its parent) was refused rather than the network."""


class WebPages(Protocol):
    """Builds web views; raises ImportError where there is no web engine."""

    def build(self, page: str, base: str, complain: Complaint) -> QWidget: ...
    def close(self, view: QWidget) -> None: ...


class EnginePages:
    """Every page has a profile of its own that leaves nothing on the disk, opens no window and goes nowhere else."""

    def __init__(self) -> None:
        self._complaints: dict[QWidget, _Complaints] = {}

    def build(self, page: str, base: str, complain: Complaint) -> QWidget:
        from PySide6.QtWebEngineCore import QWebEngineProfile, QWebEngineSettings
        from PySide6.QtWebEngineWidgets import QWebEngineView

        view = QWebEngineView()
        profile = QWebEngineProfile(view)
        complaints = self._complaints[view] = _Complaints(complain)
        shown = _embed_page(profile, view, complaints.note)
        settings = shown.settings()
        settings.setAttribute(QWebEngineSettings.WebAttribute.PlaybackRequiresUserGesture, False)
        settings.setAttribute(QWebEngineSettings.WebAttribute.JavascriptCanOpenWindows, False)
        settings.setAttribute(QWebEngineSettings.WebAttribute.LocalContentCanAccessFileUrls, False)
        view.setPage(shown)
        view.setAccessibleName("Official player")
        shown.setHtml(page, QUrl(base))
        return view

    def close(self, view: QWidget) -> None:
        """The page goes before its profile, which goes with the view: in another order, or left to the program's end, the engine takes
        the program with it."""
        from PySide6.QtWebEngineWidgets import QWebEngineView

        if complaints := self._complaints.pop(view, None):
            complaints.end()
        view.hide()
        if isinstance(view, QWebEngineView):
            shiboken6.delete(view.page())
        shiboken6.delete(view)


class _Complaints:
    """Passes complaints on when the engine has returned: whoever hears one closes the page that it came from."""

    def __init__(self, complain: Complaint) -> None:
        self._complain: Complaint | None = complain

    def note(self, sentence: str, is_parent: bool) -> None:
        QTimer.singleShot(0, partial(self._tell, sentence, is_parent))

    def end(self) -> None:
        self._complain = None

    def _tell(self, sentence: str, is_parent: bool) -> None:
        if self._complain is not None:
            self._complain(sentence, is_parent)


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

        def look_inside(self, _is_good: bool) -> None:
            """The page is always loaded, for it was given; whether the player's is in it only the frame knows."""
            for frame in self.mainFrame().children():
                frame.runJavaScript("location.href", 0, self._on_address)

        def _on_address(self, address: object) -> None:
            if isinstance(address, str) and address.startswith(FAILED):
                complain("The player's site cannot be reached.", False)

        def createWindow(self, kind: QWebEnginePage.WebWindowType) -> QWebEnginePage:
            return None  # type: ignore[return-value]  # Qt's word for "no window"

        def javaScriptConsoleMessage(
            self, level: QWebEnginePage.JavaScriptConsoleMessageLevel, message: str, line: int, source: str
        ) -> None:
            if "frame-ancestors" in message or "Refused to frame" in message:
                complain("The player's site does not let this page hold it.", True)
            elif "net::ERR_" in message:
                complain("The player's site cannot be reached.", False)

    page = EmbedPage()
    page.loadFinished.connect(page.look_inside)
    return page
