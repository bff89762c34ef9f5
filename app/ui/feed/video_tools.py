"""What the view of the video is given of an account and of the window around it."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from app.ui.feed.stream.probe import EngineProbe
from app.ui.feed.stream.view import StreamTools
from app.ui.feed.stream.web import EnginePages
from app.ui.shell import ConnectedFeed, Shell

CHOICE = "feed"  # under which what is chosen of the video is remembered


def video_tools(shell: Shell, connected: ConnectedFeed, probe: EngineProbe) -> StreamTools:
    workspace, video, session = shell.workspace, connected.video, connected.feed.session
    return StreamTools(
        finder=video,
        reader=video,
        probe=probe,
        pages=EnginePages(),
        start=connected.start,
        clock=shell.clock,
        open_link=lambda address: QDesktopServices.openUrl(QUrl(address)),
        recall=lambda name: workspace.chosen(f"{CHOICE} {name}", ""),
        remember=lambda name, value: workspace.remember(f"{CHOICE} {name}", value),
        are_odds_late=lambda: session.is_late,
    )
