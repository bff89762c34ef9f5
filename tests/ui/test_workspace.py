"""Column widths over restarts: each kind of a table keeps its own."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QApplication, QWidget

from app.ui.views.table import Table
from app.ui.workspace import Workspace


def part_with(*titles: str) -> QWidget:
    part = QWidget()
    table = Table(part)
    table.setObjectName("batch")
    model = QStandardItemModel(0, len(titles), table)
    model.setHorizontalHeaderLabels(list(titles))
    table.setModel(model)
    for place in range(len(titles)):
        table.setColumnWidth(place, 100)
    return part


def widths(part: QWidget) -> list[int]:
    (table,) = part.findChildren(Table)
    return [table.columnWidth(place) for place in range(table.model().columnCount())]


def kept(folder: Path) -> Workspace:
    return Workspace(QSettings(str(folder / "workspace.ini"), QSettings.Format.IniFormat))


def save(folder: Path, part: QWidget, place: int, width: int) -> None:
    part.findChildren(Table)[0].setColumnWidth(place, width)
    kept(folder).save_tables([part])


def test_widths_come_back(qapp: QApplication, tmp_path: Path) -> None:
    save(tmp_path, part_with("Odds", "Stake"), 1, 333)
    again = part_with("Odds", "Stake")
    kept(tmp_path).restore_tables([again])
    assert widths(again) == [100, 333]


def test_a_table_with_a_column_more_neither_takes_nor_loses_the_widths_of_the_one_without(qapp: QApplication, tmp_path: Path) -> None:
    save(tmp_path, part_with("Odds", "Stake"), 1, 333)
    with_users = part_with("For", "Odds", "Stake")
    kept(tmp_path).restore_tables([with_users])
    assert widths(with_users) == [100, 100, 100]
    save(tmp_path, with_users, 0, 222)
    for titles, expected in ((("Odds", "Stake"), [100, 333]), (("For", "Odds", "Stake"), [222, 100, 100])):
        again = part_with(*titles)
        kept(tmp_path).restore_tables([again])
        assert widths(again) == expected
