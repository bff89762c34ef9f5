"""Tables as they are pasted and saved: every separator, every encoding, and a sentence for what is no table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.table_text import MOST_BYTES, TableError, TableRow, find_columns, read_table

NAMES = {"user": {"user", "for"}, "odds": {"odds", "price"}, "stake": {"stake"}}


def cells(source: bytes | str) -> list[tuple[str, ...]]:
    return [row.cells for row in read_table(source).rows]


@pytest.mark.parametrize("sign", ["\t", ";", ",", "|"])
def test_the_sign_that_parts_every_line_is_the_separator(sign: str) -> None:
    assert cells(f"a{sign}+150{sign}10\nb{sign}-110{sign}5\n") == [("a", "+150", "10"), ("b", "-110", "5")]


def test_a_comma_within_quotes_or_in_a_figure_parts_nothing_where_semicolons_do() -> None:
    assert cells('who;what\n"Lee, Ann";10,50\nBo;3') == [("who", "what"), ("Lee, Ann", "10,50"), ("Bo", "3")]


def test_a_first_line_may_name_the_separator_and_the_lines_keep_their_numbers() -> None:
    assert [(row.line, row.cells) for row in read_table("sep=;\r\na;1,5\r\n\r\nb;2\r\n").rows] == [(2, ("a", "1,5")), (4, ("b", "2"))]
    assert cells("sep=\t\na,b\tc\n") == [("a,b", "c")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_encoding_that_a_spreadsheet_writes_is_read(encoding: str) -> None:
    assert cells("Müller;+150\nNiño;−110".replace("−", "-" if encoding == "cp1252" else "−").encode(encoding))[0] == ("Müller", "+150")


def test_a_byte_mark_in_a_pasted_text_belongs_to_no_cell() -> None:
    assert cells("\ufeffuser,odds\nx,1")[0] == ("user", "odds")


def test_empty_lines_and_lines_of_separators_are_no_rows() -> None:
    assert cells("\n;;\na;b\n  ;\n") == [("a", "b")]


def test_a_doubled_quote_is_one_and_a_line_end_within_quotes_is_a_blank() -> None:
    assert cells('"a ""b""","c\nd"\ne,f') == [('a "b"', "c d"), ("e", "f")]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "There is nothing in it"),
        (b"\xef\xbb\xbf \r\n", "There is nothing in it"),
        (";;\n;", "There is nothing in it"),
        ('a,b\n"x,1\ny,2', "A quote that is opened in line 2 is never closed"),
        ('a,b\n"x"y,1', "Line 2 cannot be read"),
        (b"PK\x03\x04\x00\x00", "This is no text: save the sheet as CSV"),
        (b"\xff\xfea\x00\x00\xd8", "Its letters cannot be read"),
        (b"\x81\x8d\x8f", "Its letters cannot be read"),
        ("x" * (MOST_BYTES + 1), "It has 2.0 MB: at most 2 MB are read"),
        ("a,b\n" + "y" * 1001 + ",2", "A cell in line 2 has more than 1,000 characters"),
        ("a,b\n" * 2002, "It has more than 2,000 rows"),
    ],
)
def test_what_is_no_table_is_refused_in_words(source: bytes | str, words: str) -> None:
    with pytest.raises(TableError, match=words.split("(")[0].replace("+", r"\+")):
        read_table(source)


def test_a_heading_is_known_by_two_of_its_names_however_they_are_written() -> None:
    assert find_columns(("For", "Price", "Note", "STAKE ($)"), NAMES) == {"user": 0, "odds": 1, "stake": 3}
    assert find_columns(("cust-1", "odds"), NAMES) == {}
    assert find_columns(("user",), NAMES) == {"user": 0}


def test_a_heading_that_names_a_column_twice_is_refused() -> None:
    with pytest.raises(TableError, match="names the column 'odds' 2 times"):
        find_columns(("user", "odds", "price"), NAMES)


@given(st.one_of(st.binary(max_size=400), st.text(max_size=400)))
def test_whatever_is_read_gives_rows_or_a_sentence(source: bytes | str) -> None:
    rows: tuple[TableRow, ...] = ()
    words = ""
    try:
        rows = read_table(source).rows
    except TableError as problem:
        words = str(problem)
    assert bool(rows) is not bool(words)
    assert all(any(row.cells) for row in rows)


@given(st.lists(st.lists(st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=8), min_size=2, max_size=4), min_size=1))
def test_what_is_written_with_quotes_and_tabs_comes_back(table: list[list[str]]) -> None:
    quoted = ["\t".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in table]
    assert cells("\n".join(quoted)) == [tuple(row) for row in table]
