"""The legend of the odds history: every line with its name and its odds, and whether these still hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from html import escape, unescape
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from app.services.feed.extents import Extent
from app.services.feed.histories import Drawing, Line
from app.ui import formats
from app.ui.display import Display
from app.ui.feed.colours import colour_of
from app.ui.formats import OddsFormat
from app.ui.models.feed_words import odds_words
from app.ui.theme import Theme

LENGTHS: Final = ((22, True), (14, True), (14, False), (9, False), (6, False))  # letters of a name, and whether its share is told
BETWEEN: Final = "&nbsp;&nbsp; "
TAG: Final = re.compile(r"<[^>]*>")


class Legend(QLabel):
    """`show_lines` writes it, as long as there is room for: names are shortened before anything is cut."""

    def __init__(self, display: Display, theme: Theme) -> None:
        super().__init__()
        self._display = display
        self._theme = theme
        self._written: Callable[[int, bool], str] | None = None
        self.setFont(theme.font(11))
        self.setTextFormat(Qt.TextFormat.RichText)  # of our own making, with everything of the feed escaped
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setContentsMargins(10, 0, 10, 0)

    def show_lines(self, drawing: Drawing, extent: Extent, pointed: float | None) -> None:
        """The newest odds, or those at the time that is pointed at."""

        def written(letters: int, has_share: bool) -> str:
            return self.written(drawing, extent, pointed, letters, has_share=has_share)

        self._written = written
        self._fit()

    def show_nothing(self) -> None:
        self._written = None
        self.clear()

    def written(self, drawing: Drawing, extent: Extent, pointed: float | None, letters: int, *, has_share: bool) -> str:
        """As rich text, with names of so many letters."""
        parts = [self._mark(drawing, extent)] if pointed is None else []
        prices = [_price(line, drawing, extent, pointed) for line in drawing.lines]
        decimals = 3 if any(price is not None and round(price, 2) != round(price, 3) for price in prices) else 2
        is_dim = pointed is None and extent.stale_from is not None
        for place, (line, price) in enumerate(zip(drawing.lines, prices, strict=True)):
            colour = colour_of(line, place, self._theme).name()
            stroke = "╌" if place and not line.is_draw else "━"
            told = self._told(price, decimals, is_dim=is_dim, has_share=has_share)
            parts.append(f'<span style="color:{colour}">{stroke}</span> {_short(line.name, letters)} {told}')
        return BETWEEN.join(part for part in parts if part)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._written is None:
            return
        for letters, has_share in LENGTHS:
            words = self._written(letters, has_share)
            if self.fontMetrics().horizontalAdvance(unescape(TAG.sub("", words))) * 1.04 <= self.width() - 20:  # bold is wider
                break
        if words != self.text():
            self.setText(words)

    def _mark(self, drawing: Drawing, extent: Extent) -> str:
        """What has to be known of the newest odds before they are read."""
        if extent.stale_from is not None:
            colour = self._theme.colours["state.warning"].name()
            return f'<b style="color:{colour}">stale since {_time(extent.last(drawing.newest))}</b>'
        if extent.held_until is None and drawing.newest > float("-inf"):
            return f"last at {_time(extent.last(drawing.newest))}"
        return ""

    def _told(self, price: float | None, decimals: int, *, is_dim: bool, has_share: bool) -> str:
        if price is None:
            return formats.NOTHING
        from app.ui.feed.chart_axes import odds_of  # with the plotting library, which is loaded by now

        odds = odds_words(self._display, odds_of(price), decimals)
        share = f" ({100 / price:.1f} %)" if has_share and self._display.style is not OddsFormat.IMPLIED else ""
        dim = self._theme.colours["text.dim"].name()
        return f'<span style="color:{dim}">{odds}{share}</span>' if is_dim else f"<b>{odds}</b>{share}"


def _price(line: Line, drawing: Drawing, extent: Extent, pointed: float | None) -> float | None:
    """The newest, or the one at the time that is pointed at; None after the last moment that is known of."""
    last = extent.last(drawing.newest)
    return line.at(last if pointed is None else pointed) if pointed is None or pointed <= last else None


def _time(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment):%H:%M:%S}"


def _short(text: str, letters: int) -> str:
    """Text of the feed inside text of ours."""
    words = formats.plain(text)
    return escape(words if len(words) <= letters else words[: letters - 1].rstrip() + "…")
