"""The import of users: what is shown before, what is taken, and what is left of the bad rows."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from app.domain.table_text import TableError
from app.domain.user import Roster, User, UserLimits
from app.domain.user_rows import MOST_BYTES
from app.services.users import Users
from app.store import table_file
from app.ui.models.user_import import Shown
from app.ui.theme import Theme
from app.ui.views.user_import import UserImportBox
from tests.ui.kit import Desk, SteppedTasks

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none

LIST = "id,name,order limit\ncust-1,Ann Lee,75\ntwo words,Bob,\ncust-3,Cid,ten\ncust-2,,\n"
ANN = User("cust-1", "Ann", UserLimits(order=Decimal("50.00")))


class Floor:
    """A box over a roster that is kept in memory; files are read in this thread."""

    def __init__(self, desk: Desk, theme: Theme) -> None:
        self.kept: list[Roster] = []
        self.trouble = ""
        self.users = Users([ANN, User("cust-2")], keep=self._keep)
        self.tasks = SteppedTasks()
        self.gate = asyncio.Event()
        self.gate.set()
        self.box = UserImportBox(desk.window, theme, self.users, self.tasks.start, self._read)

    def _keep(self, roster: Roster) -> str:
        self.kept.append(roster)
        return self.trouble

    async def _read(self, path: Path, most: int) -> bytes:
        await self.gate.wait()
        return table_file._bytes(path, most)

    def verdicts(self) -> list[str]:
        return [str(row.verdict) for row in self.box.model.rows]


@pytest.fixture
def floor(desk: Desk, theme: Theme) -> Iterator[Floor]:
    floor = Floor(desk, theme)
    floor.box.begin()
    yield floor
    floor.tasks.give_up()
    shiboken6.delete(floor.box)


def load(floor: Floor, tmp_path: Path, text: str = LIST) -> None:
    path = tmp_path / "users.csv"
    path.write_text(text, "utf-8")
    floor.box.load(path)


def test_each_row_is_shown_with_what_it_would_do_and_nothing_is_taken_yet(floor: Floor, tmp_path: Path) -> None:
    load(floor, tmp_path)
    assert floor.verdicts() == ["changed", "bad", "bad", "no change"]
    assert [row.words for row in floor.box.model.rows] == [
        "name Ann → Ann Lee, order 50.00 → 75.00",
        "An external user id has letters A to Z, digits and . _ : @ + - only, without blanks",
        "The order limit ten is no amount: write it like 2500 or 2500.50",
        "",
    ]
    assert (floor.box.take.text(), floor.box.save_bad.text()) == ("Import 1 good row", "Save 2 bad rows…")
    assert (floor.kept, floor.users.called("cust-1")) == ([], "Ann (cust-1)")


def test_the_chips_count_and_filter(floor: Floor, tmp_path: Path) -> None:
    load(floor, tmp_path)
    assert [button.text() for button in floor.box.chips.values()] == ["All 4", "New 0", "Changed 1", "No change 1", "Bad 2"]
    floor.box.chips[Shown.BAD].click()
    assert [row.line for row in floor.box.model.rows] == [3, 4]


def test_an_import_takes_all_good_rows_at_once_and_leaves_the_bad_ones_in_view(floor: Floor, tmp_path: Path) -> None:
    load(floor, tmp_path)
    floor.box.take.click()
    assert len(floor.kept) == 1
    assert floor.users.user("cust-1") == User("cust-1", "Ann Lee", UserLimits(order=Decimal("75.00")))
    assert floor.box.outcome.text() == ("Imported 1 good row: 0 new, 1 changed. 2 bad rows are listed above and nothing of it was taken")
    assert floor.verdicts() == ["bad", "bad"]
    assert not floor.box.take.isEnabled()
    assert floor.box.focusWidget() is floor.box.save_bad


def test_the_bad_rows_are_saved_with_their_reasons_and_mended_they_can_be_imported(floor: Floor, tmp_path: Path) -> None:
    load(floor, tmp_path)
    floor.box.table.save_csv(str(tmp_path / "bad.csv"))
    text = (tmp_path / "bad.csv").read_text("utf-8")
    assert text.splitlines()[0] == "Line,Why,id,name,order limit"
    assert text.splitlines()[2] == "4,The order limit ten is no amount: write it like 2500 or 2500.50,cust-3,Cid,ten"
    assert f"Saved as {tmp_path / 'bad.csv'}" in floor.box.outcome.text()
    (tmp_path / "bad.csv").write_text(text.replace(",ten", ",10").replace("two words", "two"), "utf-8")
    floor.box.load(tmp_path / "bad.csv")
    assert floor.verdicts() == ["new", "new"]
    assert floor.box.outcome.text() == "Columns that are not read: Line, Why"


def test_limits_that_were_set_while_the_list_was_looked_at_are_not_overwritten(floor: Floor, tmp_path: Path) -> None:
    load(floor, tmp_path, "id,name\ncust-1,Ann Lee\ncust-9,Zed\ntwo words,Bob\n")
    limited = User("cust-1", "Ann", UserLimits(total=Decimal("100.00")))
    floor.users.put([limited])
    floor.kept.clear()
    floor.box.take.click()
    assert (floor.kept, floor.users.known["cust-1"]) == ([], limited)
    assert floor.box.outcome.text() == "Users were changed meanwhile, so nothing was imported: the rows are shown anew. Look at them again"
    assert floor.verdicts() == ["changed", "new", "bad"]
    floor.box.take.click()
    assert floor.users.known["cust-1"] == User("cust-1", "Ann Lee", UserLimits(total=Decimal("100.00")))
    assert "cust-9" in floor.users.known


@pytest.mark.parametrize("meanwhile", [User("cust-2", "Bo"), User("cust-9", "Zed")])
def test_a_row_that_changed_nothing_when_it_was_shown_is_looked_at_again_too(floor: Floor, tmp_path: Path, meanwhile: User) -> None:
    load(floor, tmp_path, "id,name\ncust-1,Ann Lee\ncust-2,\ncust-9,Zed\n")
    floor.users.put([meanwhile])
    before = len(floor.kept)
    floor.box.take.click()
    assert len(floor.kept) == before
    assert floor.verdicts() == [
        "changed",
        "changed" if meanwhile.id == "cust-2" else "no change",
        "new" if meanwhile.id == "cust-2" else "no change",
    ]


def test_a_change_of_a_user_who_is_not_on_the_list_hinders_no_import(floor: Floor, tmp_path: Path) -> None:
    load(floor, tmp_path)
    floor.users.put([User("cust-77", "Somebody")])
    floor.box.take.click()
    assert floor.users.called("cust-1") == "Ann Lee (cust-1)"


def test_users_that_cannot_be_kept_are_said(floor: Floor, tmp_path: Path) -> None:
    load(floor, tmp_path)
    floor.trouble = "The users hold until the end of the program, but could not be kept: no room"
    floor.box.take.click()
    assert floor.box.outcome.text().endswith("could not be kept: no room")
    assert floor.users.called("cust-1") == "Ann Lee (cust-1)"


def test_beyond_the_most_nothing_is_imported(floor: Floor, tmp_path: Path) -> None:
    floor.users.put([User(f"u{number}") for number in range(49_990)])
    load(floor, tmp_path, "id\n" + "\n".join(f"new-{number}" for number in range(20)))
    floor.box.take.click()
    assert floor.box.outcome.text().startswith("Nothing was imported: 50,012 users would be known; at most 50,000 are")
    assert "new-0" not in floor.users.known
    assert floor.box.take.isEnabled()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.mkdir(), "This is a folder: choose the file in it"),
        (os.mkfifo, "This is a device, a pipe or a socket and not a plain file"),
        (lambda path: path.symlink_to("/dev/zero"), "This is a device, a pipe or a socket and not a plain file"),
        (lambda path: None, "There is no such file"),
        (lambda path: path.write_bytes(b""), "There is nothing in it"),
        (lambda path: path.write_bytes(b"x" * (MOST_BYTES + 1)), "It has 10.0 MB: at most 10 MB are read"),
        (lambda path: path.write_bytes(b"PK\x03\x04\x00"), "This is no text: save the sheet as CSV and choose that file"),
    ],
)
@pytest.mark.skipif(os.name != "posix", reason="pipes and devices are POSIX")
def test_what_is_no_list_is_said_and_a_list_can_be_chosen_next(floor: Floor, tmp_path: Path, make: object, words: str) -> None:
    path = tmp_path / "odd.csv"
    assert callable(make)
    make(path)
    floor.box.load(path)
    assert floor.box.outcome.text() == f"odd.csv: {words}"
    assert (floor.box.model.rows, floor.box.take.isEnabled(), floor.box.empty.isHidden()) == ([], False, False)
    load(floor, tmp_path)
    assert (len(floor.verdicts()), floor.box.outcome.text()) == (4, "")


def test_rows_can_be_pasted(floor: Floor) -> None:
    QGuiApplication.clipboard().setText("id\tname\ncust-9\tZed\n")
    QTest.keyClick(floor.box, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert (floor.verdicts(), floor.box.source.text()) == (["new"], "Pasted rows")


def test_a_slow_file_that_was_given_up_says_nothing_later(floor: Floor, tmp_path: Path) -> None:
    floor.gate.clear()
    load(floor, tmp_path)
    assert floor.box.source.text() == "Reading users.csv…"
    floor.box.paste("id,name\ncust-9,Zed\n")
    floor.gate.set()
    floor.tasks.settle()
    assert (floor.verdicts(), floor.box.source.text()) == (["new"], "Pasted rows")


def test_begun_again_it_is_empty(floor: Floor, tmp_path: Path) -> None:
    load(floor, tmp_path)
    floor.box.chips[Shown.BAD].click()
    floor.box.reject()
    floor.box.begin()
    assert (floor.box.model.rows, floor.box.source.text(), floor.box.model.chip) == ([], "", Shown.ALL)
    assert floor.box.focusWidget() is floor.box.choose


def test_the_keyboard_alone_imports(floor: Floor, tmp_path: Path) -> None:
    QTest.keyClick(floor.box.choose, Qt.Key.Key_Return)
    (dialog,) = floor.box.findChildren(QFileDialog)
    assert floor.box.isVisible(), "Enter pressed the button that had the focus, not Close"
    path = tmp_path / "users.csv"
    path.write_text(LIST, "utf-8")
    dialog.fileSelected.emit(str(path))
    dialog.close()
    assert floor.box.focusWidget() is floor.box.take
    QTest.keyClick(floor.box.take, Qt.Key.Key_Return)
    assert floor.users.called("cust-1") == "Ann Lee (cust-1)"
    QTest.keyClick(floor.box, Qt.Key.Key_Escape)
    assert not floor.box.isVisible()


def test_fifty_thousand_rows_are_shown(floor: Floor, tmp_path: Path) -> None:
    load(floor, tmp_path, "".join(f"big-{number},Name {number},10\n" for number in range(50_000)))
    assert floor.box.take.text() == "Import 50,000 good rows"


async def test_a_file_is_read_in_a_thread_within_its_bound(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * 11)
    assert await table_file.read(path, 11) == b"x" * 11
    with pytest.raises(TableError):
        await table_file.read(path, 10)
