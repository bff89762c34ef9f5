"""The sign of a row of the proof run, drawn by hand: not every computer has letters for all of them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.proof import ProofState
from app.ui.theme import Theme

SIDE = 16  # pixels
TONES = {
    ProofState.WAITING: "text.faint",
    ProofState.RUNNING: "state.info",
    ProofState.GOOD: "state.good",
    ProofState.FAILED: "state.bad",
    ProofState.SKIPPED: "text.dim",
}
_LINES = {
    ProofState.GOOD: (((2.5, 8.5), (6.5, 12.5), (13.5, 4)),),
    ProofState.FAILED: (((3.5, 3.5), (12.5, 12.5)), ((12.5, 3.5), (3.5, 12.5))),
    ProofState.SKIPPED: (((4, 8), (12, 8)),),
    ProofState.RUNNING: (((3.5, 2.5), (12.5, 2.5), (3.5, 13.5), (12.5, 13.5), (3.5, 2.5)),),
}


class Mark(QWidget):
    """A ring, an hourglass, a tick, a cross or a dash."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.state = ProofState.WAITING
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def show_state(self, state: ProofState) -> None:
        self.state = state
        self.setAccessibleName(state)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(
            QPen(self._theme.colours[TONES[self.state]], 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        )
        for line in _LINES.get(self.state, ()):
            painter.drawPolyline(QPolygonF([QPointF(*point) for point in line]))
        if self.state is ProofState.WAITING:
            painter.drawEllipse(QRectF(3, 3, 10, 10))
