"""What the page of webhooks is given by its account's view."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, NamedTuple

from app.services.hooks.desk import HookDesk
from app.ui.shell import Copies
from app.ui.theme import Theme


class HookTools(NamedTuple):
    """`start` runs a coroutine that ends with the account; `say` tells a sentence where everything is told.

    `recall` and `remember` keep the window's size and what it was divided into, by name; empty where nothing is kept.
    """

    desk: HookDesk
    theme: Theme
    clipboard: Copies
    start: Callable[[Coroutine[Any, Any, Any]], object]
    say: Callable[[str], object]
    clock: Callable[[], float]
    now: Callable[[], datetime]
    is_production: bool = False
    recall: Callable[[str], str] = lambda _name: ""
    remember: Callable[[str, str], object] = lambda _name, _value: None
