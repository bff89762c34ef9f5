"""Copies texts; a secret is marked as one that no history should keep, and is gone from the clipboard after half a minute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QCoreApplication, QMimeData, QObject, QTimer
from PySide6.QtGui import QClipboard

from app.domain.secret import Secret

SECONDS: Final = 30
MARKS: Final[tuple[tuple[str, bytes], ...]] = (
    ("x-kde-passwordManagerHint", b"secret"),  # Klipper, CopyQ and others on Linux
    ('application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"', b"\x01"),
    ('application/x-qt-windows-mime;value="CanIncludeInClipboardHistory"', b"\x00\x00\x00\x00"),
    ('application/x-qt-windows-mime;value="CanUploadToCloudClipboard"', b"\x00\x00\x00\x00"),
    ("org.nspasteboard.ConcealedType", b"\x01"),  # macOS, by the agreement of nspasteboard.org
    ("application/x-nspasteboard-concealed-type", b"\x01"),
)
"""What each platform's clipboard histories look for; the others take no notice of it."""

CLEARED: Final = "The copied secret was cleared from the clipboard"
LEFT: Final = "The clipboard holds something else by now and stays as it is"

Later = Callable[[int, Callable[[], None]], object]  # milliseconds, and what to call then


class Clipboard(QObject):
    """`said` hears a sentence whenever a text was copied or a secret was cleared.

    Whether the secret is still there is told by the content alone: a clipboard manager may have taken it over, and a text that was
    copied within this program meanwhile has the same owner. One timer a copy; only the newest copy's counts.
    """

    def __init__(
        self, clipboard: QClipboard, said: Callable[[str], object] = lambda _words: None, later: Later = QTimer.singleShot
    ) -> None:
        super().__init__()
        self._clipboard = clipboard
        self._said = said
        self._later = later
        self._copied = Secret()
        self._copies = 0
        if application := QCoreApplication.instance():
            application.aboutToQuit.connect(self.close)

    def copy(self, text: str, what: str = "") -> None:
        """A public text: it stays. `what` names it in the sentence that is said."""
        self._forget()
        self._clipboard.setText(text)
        self._said(f"{what or 'The text'} was copied")

    def copy_secret(self, secret: Secret, what: str = "") -> bool:
        """A secret, for SECONDS; whether the clipboard took it. `what` names it in the sentence; it must not hold any of it."""
        if not secret:
            return False
        self._forget()
        mime = QMimeData()
        mime.setText(secret.reveal())
        for kind, mark in MARKS:
            mime.setData(kind, mark)
        self._clipboard.setMimeData(mime)
        if Secret(self._clipboard.text()) != secret:
            self._said(f"{what or 'The secret'} was not copied: the clipboard did not take it")
            return False
        self._own(secret)
        self._said(f"{what or 'The secret'} was copied; the clipboard is cleared in {SECONDS} s")
        return True

    def expire(self, pasted: Secret) -> None:
        """A secret was pasted from here: where the clipboard still holds it, it goes after SECONDS like one that was copied here."""
        if not pasted or Secret(self._clipboard.text()) != pasted:
            return
        self._forget()
        self._own(pasted)
        self._said(f"What was pasted is a secret; the clipboard is cleared in {SECONDS} s")

    def _own(self, secret: Secret) -> None:
        self._copied = secret
        copy = self._copies
        self._later(SECONDS * 1000, lambda: self._time_is_up(copy))

    def close(self) -> None:
        """The program ends: a secret that is still there goes now. Nothing happens the second time."""
        self._clear()

    def _time_is_up(self, copy: int) -> None:
        if copy == self._copies and self._copied:
            self._said(CLEARED if self._clear() else LEFT)

    def _clear(self) -> bool:
        """Whether the secret was there and is gone."""
        is_ours = bool(self._copied) and Secret(self._clipboard.text()) == self._copied
        self._forget()
        if is_ours:
            self._clipboard.clear()
        return is_ours

    def _forget(self) -> None:
        self._copied = Secret()
        self._copies += 1
