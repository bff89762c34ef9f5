"""Paper: nothing runs over its edge, no figure is cut, and the pages are counted right."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QImage
from PySide6.QtPdf import QPdfDocument

from app.ui.printing import MARGIN, Cell, Paper, PaperColumn, PaperWriter
from app.ui.theme import Theme

PLAIN = Paper(
    "Statement of orders",
    [("User", "Ann Lee (cust-8841)")],
    [("Orders", "2"), ("Staked", "20.00")],
    (PaperColumn("Selection", 40), PaperColumn("Stake", 10, is_number=True)),
    (),
    foot="Ann Lee",
)


def rows(number: int, first: str = "Warriors", stake: str = "10.00") -> list[tuple[Cell, ...]]:
    return [((f"{first} {at}", "Lakers at Warriors"), (stake, "")) for at in range(number)]


def printed(theme: Theme, paper: Paper, size: str = "A4") -> tuple[QPdfDocument, QBuffer]:
    """The document, and what it reads from."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.ReadWrite)
    writer = PaperWriter(buffer, paper, size, theme.font())
    assert list(writer.draw()) == list(range(1, writer.pages + 1))
    del writer
    buffer.seek(0)
    document = QPdfDocument()
    document.load(buffer)
    return document, buffer


def words(document: QPdfDocument, page: int = 0) -> str:
    return " ".join(document.getAllText(page).text().split())


def test_a_figure_that_is_too_wide_is_drawn_smaller_and_whole(theme: Theme) -> None:
    document, _ = printed(theme, msgspec.structs.replace(PLAIN, rows=rows(1, stake="123,456,789,012.34"), columns=(
        PaperColumn("Selection", 400), PaperColumn("Stake", 40, is_number=True),
    )))  # fmt: skip
    assert "123,456,789,012.34" in words(document)


def test_words_that_are_too_wide_are_cut_with_a_sign_for_it(theme: Theme) -> None:
    document, _ = printed(theme, msgspec.structs.replace(PLAIN, rows=rows(1, "Warriors " * 40)))
    assert "…" in words(document)


@pytest.mark.parametrize(("beside", "is_whole"), [("", True), ("won", False)])
def test_the_smaller_line_runs_on_under_columns_that_have_none(theme: Theme, beside: str, is_whole: bool) -> None:
    columns = (PaperColumn("Placed", 10), PaperColumn("Selection", 10), PaperColumn("Stake", 60, is_number=True))
    below = "0199a1c2-7d3e-7abc-8def-0123456789ab · Lakers at Warriors · Moneyline"
    document, _ = printed(
        theme, msgspec.structs.replace(PLAIN, columns=columns, rows=[(("1 Nov", below), ("Lakers", beside), ("10.00", ""))])
    )
    assert (below in words(document)) is is_whole
    assert beside in words(document)


@pytest.mark.parametrize("text", ["a sentence of many words " * 20, "x" * 500])
def test_nothing_runs_over_the_edge_of_the_paper(theme: Theme, text: str) -> None:
    paper = msgspec.structs.replace(PLAIN, facts=[("User", text)], warning=text, notes=[text], rows=rows(2, text), foot=text)
    document, _ = printed(theme, paper)
    drawn = document.render(0, QSize(595, 842)).convertToFormat(QImage.Format.Format_ARGB32)
    outside = [drawn.pixelColor(x, y).alpha() for x in (*range(MARGIN - 4), *range(595 - MARGIN + 4, 595)) for y in range(842)]
    assert max(outside) == 0
    assert words(document).replace(" ", "").count(text.replace(" ", "")) == 3  # the fact, the warning and the note are whole


def test_a_paper_without_rows_says_so_on_its_one_page(theme: Theme) -> None:
    document, _ = printed(theme, msgspec.structs.replace(PLAIN, empty="No orders."))
    assert document.pageCount() == 1
    assert "No orders." in words(document)


@pytest.mark.parametrize("number", range(24, 32))
def test_every_row_stands_on_exactly_one_page_and_no_page_is_empty(theme: Theme, number: int) -> None:
    document, _ = printed(theme, msgspec.structs.replace(PLAIN, rows=rows(number)))
    pages = [words(document, page) for page in range(document.pageCount())]
    assert [sum(f"Warriors {at} " in page for page in pages) for at in range(number)] == [1] * number
    assert all("Warriors" in page and f"Page {at} of {len(pages)}" in page for at, page in enumerate(pages, 1))


def test_facts_that_fill_the_first_page_leave_the_rows_to_the_next(theme: Theme) -> None:
    notes = [f"note {at}" for at in range(70)]
    document, _ = printed(theme, msgspec.structs.replace(PLAIN, notes=notes, rows=rows(3)))
    assert document.pageCount() == 2
    assert "Warriors 2" in words(document, 1)
