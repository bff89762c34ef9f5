"""The picture: the newest frame in its own shape, with what is known of it in the corners, or words where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.feed.stream.message import Message
from app.ui.theme import Theme

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QVideoFrame

MARGIN: Final = 8
TAG: Final = 22  # pixels of a text in a corner
SMALLEST: Final = QSize(240, 120)
SMALL: Final = 430  # pixels of width below which the corners say the least: they would cover what is burnt into the picture
SMALL_COVERED: Final = 500  # the same where nothing is free above the picture
SHAPE: Final = QSizeF(16, 9)  # of a picture that has not come yet


class Screen(QWidget):
    """Takes frames and texts; knows nothing of players. A frame becomes an image when it is painted: a hidden one costs nothing."""

    double_clicked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._frame: QVideoFrame | None = None
        self._image = QImage()
        self.message = Message(theme, self)
        self.message.hide()
        self.left = self.right = self.bottom = self.shows = self.said = ""
        self.is_lively = False
        self.is_dimmed = False
        self.painted = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(SMALLEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Video")

    def sizeHint(self) -> QSize:
        return QSize(560, 315)

    def show_frame(self, frame: QVideoFrame | None) -> None:
        self._frame = frame
        if frame is None:
            self._image = QImage()
        self.update()

    def show_corners(
        self, left: str = "", right: str = "", bottom: str = "", shows: str = "", *, is_lively: bool = False, is_dimmed: bool = False
    ) -> None:
        """Texts of the upper corners and of the lower ones (`bottom` left, `shows` right); empty ones are not drawn."""
        told = (left, right, bottom, shows, is_lively, is_dimmed)
        if told != (self.left, self.right, self.bottom, self.shows, self.is_lively, self.is_dimmed):
            self.left, self.right, self.bottom, self.shows, self.is_lively, self.is_dimmed = told
            self.setAccessibleDescription(" · ".join(text for text in (left, right, bottom, shows) if text))
            self.update()

    def say(self, words: str) -> None:
        """One line at the lower edge, until it is taken away with an empty one."""
        if words != self.said:
            self.said = words
            self.update()

    def show_message(self, title: str, words: str, buttons: tuple[str, ...] = ()) -> None:
        self.message.say(title, words, buttons)
        self.message.show()
        self.message.fit(TAG + 2 * MARGIN if self.bottom else 0)

    def hide_message(self) -> None:
        self.message.hide()

    @property
    def is_small(self) -> bool:
        shape = SHAPE if self._image.isNull() else QSizeF(self._image.size())
        place = fitted(shape, QRectF(self.rect()))
        return self.width() < (SMALL if place.top() >= TAG else SMALL_COVERED)

    @property
    def has_picture(self) -> bool:
        return self._frame is not None or not self._image.isNull()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.message.fit(TAG + 2 * MARGIN if self.bottom else 0)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.double_clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colours["video.around" if self.has_picture else "surface.field"])
        self._draw_picture(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(11))
        self._draw_corners(painter)
        if self.hasFocus():
            painter.setPen(self._theme.colours["state.info"])
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _draw_picture(self, painter: QPainter) -> None:
        if self._frame is not None:
            self._image, self._frame = self._frame.toImage(), None
            self.painted += 1
        if self._image.isNull():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = fitted(QSizeF(self._image.size()), QRectF(self.rect()))
        painter.drawImage(place, self._image)
        if self.is_dimmed:
            shade = QColor(self._theme.colours["surface.window"])
            shade.setAlpha(150)
            painter.fillRect(place, shade)

    def _draw_corners(self, painter: QPainter) -> None:
        left_end = self._draw_tag(painter, self.left, QPointF(MARGIN, MARGIN), dot="price.down" if self.is_lively else "")
        width = self._tag_width(painter, self.right)
        # Side by side where both fit, else one below the other.
        top = MARGIN if self.width() - MARGIN - width > left_end + MARGIN else MARGIN + TAG + 4
        self._draw_tag(painter, self.right, QPointF(max(self.width() - MARGIN - width, MARGIN), top))
        low = self.height() - MARGIN - TAG
        left_end = self._draw_tag(painter, self.said or self.bottom, QPointF(MARGIN, low))
        width = self._tag_width(painter, self.shows)
        if self.width() - MARGIN - width <= left_end + MARGIN and left_end:
            low -= TAG + 4
        self._draw_tag(painter, self.shows, QPointF(max(self.width() - MARGIN - width, MARGIN), low))

    def _tag_width(self, painter: QPainter, text: str, dot: str = "") -> float:
        return painter.fontMetrics().horizontalAdvance(text) + 16 + (14 if dot else 0) if text else 0.0

    def _draw_tag(self, painter: QPainter, text: str, at: QPointF, dot: str = "") -> float:
        """A text on its own ground, cut where there is no room; its right end."""
        if not text:
            return 0.0
        width = min(self._tag_width(painter, text, dot), self.width() - 2 * MARGIN)
        box = QRectF(at.x(), at.y(), width, TAG)
        ground = QColor(self._theme.colours["surface.window"])
        ground.setAlpha(215)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 4, 4)
        inside = box.adjusted(8, 0, -8, 0)
        if dot:
            painter.setBrush(self._theme.colours[dot])
            painter.drawEllipse(QPointF(inside.left() + 4, box.center().y()), 4, 4)
            inside.setLeft(inside.left() + 14)
        painter.setPen(self._theme.colours["text.strong"])
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(inside.width()) + 1)
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        return box.right()


def fitted(size: QSizeF, room: QRectF) -> QRectF:
    """The largest rectangle of this shape in the middle of `room`."""
    shown = size.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    return QRectF(room.center() - QPointF(shown.width() / 2, shown.height() / 2), shown)
