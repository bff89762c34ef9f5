"""Text for spreadsheets: figures stay figures, nothing is run."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.sheet import csv_line, csv_text, harmless


@pytest.mark.parametrize(
    ("text", "written"),
    [("+150", "+150"), ("-110", "-110"), ("\u2212110", "-110"), ("-3.50", "-3.50"), ("-1,234.50", "-1,234.50"), ("12.5", "12.5"), ("", "")],
)
def test_figures_stay_exactly_readable(text: str, written: str) -> None:
    assert harmless(text) == written


@pytest.mark.parametrize(
    "text",
    ["=cmd|' /C calc'!A0", "@x", "\t=1", "\r=1", "\n=1", "+SUM(A1)", "-2+3", "+", "-", "+1e5", "+1.2.3", "-\u0661", "|x", "%0A", "+15\n"],
)
def test_what_starts_like_a_formula_gets_a_quote(text: str) -> None:
    assert harmless(text)[0] == "'"
    assert harmless(text)[1:2] == text[:1]


@pytest.mark.parametrize("text", ["  =1+1", "\ufeff=1", "\u200b@x", "\u00a0+SUM(A1)", "\x00=1", "\uff1d1+1", "\uff20x", "\uff0bSUM(A1)"])
def test_signs_without_a_width_and_wide_signs_hide_no_formula(text: str) -> None:
    assert harmless(text).startswith("'")


@pytest.mark.parametrize(
    ("text", "written"), [("Pilots;=1", "Pilots;'=1"), ("a\t@x", "a\t'@x"), ("a\n=1", "a\n'=1"), ("a; -1", "a; '-1"), ("x=1", "x=1")]
)
def test_a_cell_that_is_cut_elsewhere_holds_no_formula_either(text: str, written: str) -> None:
    assert harmless(text) == written


@pytest.mark.parametrize("text", ["Harbor Pilots", "Pilots -3.5", "O'Neil", "50/50", "cust-8841", "ann+lee@x.example", "  indented"])
def test_names_are_left_alone(text: str) -> None:
    assert harmless(text) == text


def test_a_line_is_cut_and_ended_as_spreadsheets_expect() -> None:
    assert csv_line(['a "b", c', "+150", "=1"]) == '"a ""b"", c",+150,\'=1\r\n'
    assert csv_text(["Name", "=Odds"], [["Pilots", "-110"]]) == "Name,'=Odds\r\nPilots,-110\r\n"


@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=2), max_size=4))
def test_any_text_reads_back_as_one_cell_that_no_spreadsheet_runs(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_text(["A", "B"], rows), newline="")))
    assert [len(cells) for cells in read] == [2] * (len(rows) + 1)
    for cells in read:
        for cell in cells:
            start = cell.lstrip(" ")[:1]
            assert start not in {"=", "@", "\t", "\r", "\n"}
            assert start not in {"+", "-"} or cell.replace(",", "").replace(".", "", 1).lstrip("+-").isdigit()
