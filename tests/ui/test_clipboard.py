"""F-K08. A copied secret: marked, gone after half a minute if it is still there, and at the end of the program. On the real clipboard."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QApplication

from app.domain.secret import Secret
from app.ui.clipboard import CLEARED, LEFT, MARKS, SECONDS, Clipboard

CANARY = f"canary-{secrets.token_hex(12)}"


class Timers:
    """Instead of waiting: what was asked for, to be called by hand."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, Callable[[], None]]] = []

    def later(self, milliseconds: int, call: Callable[[], None]) -> None:
        self.asked.append((milliseconds, call))

    def fire(self, place: int = -1) -> None:
        self.asked[place][1]()


class Copying:
    def __init__(self, real: QClipboard) -> None:
        self.real = real
        self.said: list[str] = []
        self.timers = Timers()
        self.clipboard = Clipboard(real, self.said.append, self.timers.later)


@pytest.fixture
def copying(qapp: QApplication) -> Iterator[Copying]:
    real = QGuiApplication.clipboard()
    real.clear()
    copying = Copying(real)
    yield copying
    qapp.aboutToQuit.disconnect(copying.clipboard.close)
    real.clear()


def test_a_secret_is_there_and_marked_for_every_platform(copying: Copying) -> None:
    copying.clipboard.copy_secret(Secret(CANARY), "The access key")
    assert copying.real.text() == CANARY
    mime = copying.real.mimeData()
    assert {kind: mime.data(kind).data() for kind, _ in MARKS} == dict(MARKS)
    assert copying.said == [f"The access key was copied; the clipboard is cleared in {SECONDS} s"]
    assert [milliseconds for milliseconds, _ in copying.timers.asked] == [30_000]


def test_fk08_it_is_cleared_when_its_time_is_up(copying: Copying) -> None:
    copying.clipboard.copy_secret(Secret(CANARY))
    copying.timers.fire()
    assert copying.real.text() == ""
    assert copying.said[-1] == CLEARED


def test_something_else_that_was_copied_meanwhile_stays(copying: Copying) -> None:
    copying.clipboard.copy_secret(Secret(CANARY))
    copying.real.setText("a line of a letter")
    copying.timers.fire()
    assert copying.real.text() == "a line of a letter"
    assert copying.said[-1] == LEFT


def test_a_picture_that_was_copied_meanwhile_stays(copying: Copying) -> None:
    copying.clipboard.copy_secret(Secret(CANARY))
    mime = QMimeData()
    mime.setData("image/png", b"picture")
    copying.real.setMimeData(mime)
    copying.timers.fire()
    assert copying.real.mimeData().hasFormat("image/png")


def test_a_secret_that_a_manager_took_over_is_cleared_all_the_same(copying: Copying) -> None:
    copying.clipboard.copy_secret(Secret(CANARY))
    copying.real.setText(CANARY)
    copying.timers.fire()
    assert copying.real.text() == ""


def test_fk08_the_end_of_the_program_clears_it_first(copying: Copying, qapp: QApplication) -> None:
    copying.clipboard.copy_secret(Secret(CANARY))
    qapp.aboutToQuit.emit()
    assert copying.real.text() == ""
    copying.real.setText("of the next program")
    copying.clipboard.close()
    copying.timers.fire()
    assert copying.real.text() == "of the next program"


def test_the_end_of_the_program_leaves_what_is_not_ours(copying: Copying) -> None:
    copying.clipboard.copy_secret(Secret(CANARY))
    copying.real.setText("a line of a letter")
    copying.clipboard.close()
    assert copying.real.text() == "a line of a letter"


def test_a_second_copy_has_its_own_half_minute(copying: Copying) -> None:
    copying.clipboard.copy_secret(Secret(CANARY))
    copying.clipboard.copy_secret(Secret(CANARY))
    copying.timers.fire(0)
    assert copying.real.text() == CANARY
    copying.timers.fire(1)
    assert copying.real.text() == ""


def test_a_public_text_stays_and_ends_the_secrets_time(copying: Copying) -> None:
    copying.clipboard.copy_secret(Secret(CANARY))
    copying.clipboard.copy("-----BEGIN PUBLIC KEY-----", "The public key")
    copying.timers.fire()
    copying.clipboard.close()
    assert copying.real.text() == "-----BEGIN PUBLIC KEY-----"
    assert copying.said[-1] == "The public key was copied"
    assert not any(copying.real.mimeData().hasFormat(kind) for kind, _ in MARKS)


def test_nothing_is_copied_where_there_is_no_secret(copying: Copying) -> None:
    copying.real.setText("a line of a letter")
    copying.clipboard.copy_secret(Secret())
    assert (copying.real.text(), copying.said, copying.timers.asked) == ("a line of a letter", [], [])


def test_no_sentence_holds_the_secret(copying: Copying) -> None:
    copying.clipboard.copy_secret(Secret(CANARY))
    copying.timers.fire()
    assert CANARY not in "".join(copying.said)
    assert CANARY not in repr(vars(copying.clipboard))


def test_a_secret_that_was_pasted_from_it_leaves_it_too(copying: Copying) -> None:
    copying.real.setText(CANARY)
    copying.clipboard.expire(Secret(CANARY))
    assert copying.real.text() == CANARY
    copying.timers.fire()
    assert copying.real.text() == ""


def test_what_was_typed_is_no_reason_to_empty_it(copying: Copying) -> None:
    copying.real.setText("a line of a letter")
    copying.clipboard.expire(Secret(CANARY))
    assert not copying.timers.asked
    copying.clipboard.close()
    assert copying.real.text() == "a line of a letter"
