"""What is ticked, what is not and what has the focus can be told apart in both themes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QRadioButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.delegates.odds_cell import GLOW
from app.ui.theme import Theme
from tests.ui.test_users_view import contrast

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

ENOUGH = 3.0  # to 1, what WCAG 1.4.11 asks for the edge of a control
READABLE = 4.5  # to 1, what WCAG 1.4.3 asks for small text
MARK = 14  # pixels


class Page(QWidget):
    """A box and a circle that are empty, and two that are not."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.empty: tuple[QAbstractButton, ...] = (QCheckBox("box"), QRadioButton("circle"))
        self.full: tuple[QAbstractButton, ...] = (QCheckBox("ticked"), QRadioButton("chosen"))
        column = QVBoxLayout(self)
        for button in (*self.empty, *self.full):
            column.addWidget(button)
        for button in self.full:
            button.setChecked(True)
        self.setFocus()
        self.show()
        self.image = self.grab().toImage()

    def colours(self, button: QAbstractButton) -> list[QColor]:
        """Of the middle line of its mark, from its left edge."""
        row = button.geometry().center().y()
        return [QColor(self.image.pixel(button.x() + x, row)) for x in range(MARK)]


@pytest.fixture(params=["dark", "light"])
def page(request: pytest.FixtureRequest, theme: Theme, qtbot: QtBot) -> Iterator[Page]:
    theme.use(request.param)
    page = Page(theme)
    qtbot.addWidget(page)
    yield page
    theme.use("dark")


def test_an_empty_mark_stands_out_from_the_page(page: Page) -> None:
    ground = QColor(page.image.pixel(1, 1))
    for button in page.empty:
        assert max(contrast(colour, ground) for colour in page.colours(button)) >= ENOUGH


def test_a_mark_that_is_set_is_filled(page: Page) -> None:
    tick = page.theme.colours["state.tick"]
    assert [tick in page.colours(button) for button in (*page.empty, *page.full)] == [False, False, True, True]


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("move", ["price.up", "price.down"])
def test_a_price_can_be_read_while_it_glows(theme: Theme, name: str, move: str) -> None:
    theme.use(name)
    ground = blend(theme.colours["price.best"], theme.colours[move], GLOW)
    inks = {use: contrast(theme.colours[use], ground) for use in ("text.strong", "text.normal")}
    theme.use("dark")
    assert min(inks.values()) >= READABLE, inks


def blend(below: QColor, above: QColor, share: float) -> QColor:
    parts = [(one.redF(), one.greenF(), one.blueF()) for one in (below, above)]
    return QColor.fromRgbF(*(one * (1 - share) + other * share for one, other in zip(*parts, strict=True)))
