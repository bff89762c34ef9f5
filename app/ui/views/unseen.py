"""What fired or stopped by itself, said where it cannot be overlooked until somebody has seen it: a line over the grid, and on the tab."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtWidgets import QDockWidget, QTabWidget, QWidget

from app.domain.lookout import LookoutState
from app.services.lookouts import Lookouts
from app.ui import formats
from app.ui.theme import Theme
from app.ui.views.banner import Banner

_CALLED = {LookoutState.FIRED: "fired", LookoutState.STOPPED: "stopped"}


class Mark(NamedTuple):
    """`2 fired · 5 stopped`, the use of its colour, and what it is about; without words there is nothing to see."""

    words: str
    use: str
    about: str


def mark_of(lookouts: Lookouts[Any]) -> Mark:
    counts = {called: len(lookouts.unseen(state)) for state, called in _CALLED.items()}
    words = " · ".join(f"{count} {called}" for called, count in counts.items() if count)
    use = f"state.{lookouts.stop_tone}" if counts["stopped"] else "state.warning"
    return Mark(words, use, formats.plain_lines(lookouts.unseen_words))


def tab_words(title: str, lookouts: Lookouts[Any]) -> str:
    """`Guards 3 · 1 fired`: how many look, and what nobody has seen yet."""
    active = len(lookouts.active_ids)
    return " · ".join(filter(None, (f"{title} {active}" if active else title, mark_of(lookouts).words)))


class UnseenBar(Banner):
    """Hidden while there is nothing that nobody has seen. `open_page` shows the list of them, which is then seen."""

    def __init__(self, lookouts: Lookouts[Any], open_page: Callable[[], None], theme: Theme) -> None:
        self._lookouts = lookouts
        self._ways = (f"Open {lookouts.noun.capitalize()}", open_page), ("Dismiss", lookouts.see)
        super().__init__(theme, "state.warning")
        self.refresh()

    def refresh(self) -> None:
        words = mark_of(self._lookouts).about
        if words != self.words.text():
            self.say(words, *self._ways)


def bring_page(tabs: QTabWidget, page: QWidget) -> None:
    """Show a page of tabs, also where the dock that they stand in was put away."""
    tabs.setCurrentWidget(page)
    place: QWidget | None = tabs
    while place is not None and not isinstance(place, QDockWidget):
        place = place.parentWidget()
    if place is not None:
        place.show()
        place.raise_()
