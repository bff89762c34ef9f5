"""Tables as files: plain text, numbers that stay numbers, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.models.table import Column, harmless, to_csv

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


@pytest.mark.parametrize(
    ("text", "written"), [("+150", "+150"), ("\u2212110", "-110"), ("-1,234.50", "-1,234.50"), ("12.5", "12.5"), ("", "")]
)
def test_numbers_stay_numbers(text: str, written: str) -> None:
    assert harmless(text) == written


@pytest.mark.parametrize(
    "text", ["=1+1", "@SUM(A1)", "+1+cmd", "-2+3", "+", "-", "\t=1", "\r=1", "+1e5", "\u2212x", "=HYPERLINK(0)", "-١", "+1.2.3"]
)
def test_what_starts_like_a_formula_is_quoted(text: str) -> None:
    assert harmless(text).startswith("'")


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=4))
def test_any_text_reads_back_as_one_cell_that_no_spreadsheet_runs(rows: list[tuple[str, str]]) -> None:
    read = list(csv.reader(io.StringIO(to_csv(COLUMNS, rows), newline="")))
    assert len(read) == len(rows) + 1
    for cells in read[1:]:
        assert len(cells) == 2
        assert not any(cell[:1] in {"=", "@", "\t", "\r"} for cell in cells)
