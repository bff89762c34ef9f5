"""Tables as files: plain text below the titles, made harmless on the way."""

from __future__ import annotations

from app.ui.models.table import Column, to_csv

COLUMNS = (
    Column[tuple[str, str]]("Name", lambda row: row[0]),
    Column[tuple[str, str]]("Odds", lambda row: f"<{row[1]}>", plain=lambda row: row[1]),
)


def test_rows_are_written_below_their_titles() -> None:
    assert to_csv(COLUMNS, [("Harbor Pilots", "+150"), ('a "b", c', "\u2212110")]) == (
        'Name,Odds\r\nHarbor Pilots,+150\r\n"a ""b"", c",-110\r\n'
    )


def test_an_empty_table_is_its_titles() -> None:
    assert to_csv(COLUMNS, []) == "Name,Odds\r\n"


def test_no_cell_of_a_table_is_run_by_a_spreadsheet() -> None:
    assert to_csv(COLUMNS, [("=HYPERLINK(0)", "@x"), ("+SUM(A1)", "-3.50")]).splitlines()[1:] == ["'=HYPERLINK(0),'@x", "'+SUM(A1),-3.50"]
