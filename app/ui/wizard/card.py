"""Cards to choose from: a mark, a title, a line of words; one of several, or any number of them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QCheckBox, QRadioButton, QSizePolicy, QVBoxLayout, QWidget

from app.ui.theme import Theme
from app.ui.wizard.parts import Words

MARK = 18  # pixels of the sign at the left
_LEFT = 12


class TickCard(QCheckBox):
    """One of several that are chosen each by itself; Space ticks it."""

    def __init__(self, title: str, line: str, theme: Theme, accent: str = "state.info") -> None:
        super().__init__(title)
        self._theme = theme
        self._accent = accent
        self.words = _fill(self, title, line, theme)

    def sizeHint(self) -> QSize:
        return _size(self)

    def minimumSizeHint(self) -> QSize:
        return _least(self)

    def hitButton(self, point: QPoint) -> bool:
        return self.rect().contains(point)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = _paint_frame(painter, self, self._theme, self._accent)
        ink = _paint_mark_edge(painter, self, self._theme, self._accent)
        painter.drawRoundedRect(box, 4, 4)
        if self.isChecked():
            painter.setPen(QPen(ink, 2.2))
            painter.drawPolyline(QPolygonF([box.topLeft() + QPointF(x, y) for x, y in ((4, 9.5), (7.5, 13), (14, 5))]))


class RadioCard(QRadioButton):
    """One of a group; the arrow keys go from one to the next."""

    def __init__(self, title: str, line: str, theme: Theme, accent: str = "state.info") -> None:
        super().__init__(title)
        self._theme = theme
        self._accent = accent
        self.words = _fill(self, title, line, theme)

    def sizeHint(self) -> QSize:
        return _size(self)

    def minimumSizeHint(self) -> QSize:
        return _least(self)

    def hitButton(self, point: QPoint) -> bool:
        return self.rect().contains(point)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = _paint_frame(painter, self, self._theme, self._accent)
        ink = _paint_mark_edge(painter, self, self._theme, self._accent)
        painter.drawEllipse(box)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawEllipse(box.adjusted(4.5, 4.5, -4.5, -4.5))


def group_of(parent: QWidget, *cards: RadioCard) -> QButtonGroup:
    """Of these one is chosen."""
    group = QButtonGroup(parent)
    for card in cards:
        group.addButton(card)
    return group


def _fill(card: QAbstractButton, title: str, line: str, theme: Theme) -> Words:
    """Title and line as labels of the card, which take no clicks; the line, to be changed later."""
    heading = Words(theme, title, use="text.strong", bold=True)
    words = Words(theme, line, use="text.dim", size=12, is_hiding=True)
    layout = QVBoxLayout(card)
    layout.setContentsMargins(_LEFT + MARK + 12, 9, 12, 9)
    layout.setSpacing(2)
    for label in (heading, words):
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout.addWidget(label)
    card.setAccessibleName(title)
    card.setAccessibleDescription(line)
    card.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    card.setCursor(Qt.CursorShape.PointingHandCursor)
    card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return words


def _size(card: QAbstractButton) -> QSize:
    layout = card.layout()
    return layout.totalSizeHint() if layout else QSize()


def _least(card: QAbstractButton) -> QSize:
    layout = card.layout()
    return layout.totalMinimumSize() if layout else QSize()


def _paint_frame(painter: QPainter, card: QAbstractButton, theme: Theme, accent: str) -> QRectF:
    """The card's ground and edge; where the mark goes."""
    colours = theme.colours
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    is_lit = card.isEnabled() and (card.isChecked() or card.underMouse())
    edge = colours["state.info"] if card.hasFocus() else colours[accent] if card.isChecked() else colours["surface.line"]
    painter.setPen(QPen(edge, 2 if card.hasFocus() or card.isChecked() else 1))
    painter.setBrush(colours["surface.hover" if is_lit else "surface.panel"])
    painter.drawRoundedRect(QRectF(card.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 6, 6)
    if card.hasFocus():
        painter.setPen(QPen(colours["state.info"], 1, Qt.PenStyle.DotLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(card.rect()).adjusted(4.5, 4.5, -4.5, -4.5), 4, 4)
    return QRectF(_LEFT, (card.height() - MARK) / 2, MARK, MARK)


def _paint_mark_edge(painter: QPainter, card: QAbstractButton, theme: Theme, accent: str) -> QColor:
    ink = theme.colours[accent] if card.isChecked() else theme.colours["text.dim"]
    painter.setPen(QPen(ink, 1.5))
    painter.setBrush(theme.colours["surface.field"])
    return ink
