"""What the window is given by the composition root."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from app.domain.environment import Environment
from app.domain.risk import Limits
from app.services.desk import Desk
from app.services.idle import IdleLock
from app.services.ports import Link, Taping
from app.ui.display import Display
from app.ui.pulse import Pulse
from app.ui.sounds import Sounds
from app.ui.theme import Theme
from app.ui.workspace import Workspace


class Shell(msgspec.Struct):
    """`enter_again`: what opens the account once more after it could not be; `is_locked_out`: because its keys were not to be had.

    `set_up` opens the wizard, `show_profiles` the window of profiles and keys; `holds_up` asks first where
    closing the window would lose something, and says whether it does.

    `ask_on_quit`: closing with open orders asks first; the tour, which nobody watches, closes at once.
    """

    desk: Desk
    environment: Environment
    account: str
    keep_limits: Callable[[Limits], list[str]]
    theme: Theme
    display: Display
    pulse: Pulse
    sounds: Sounds
    workspace: Workspace
    start: Callable[[Coroutine[Any, Any, Any]], object]
    clock: Callable[[], float]
    now: Callable[[], datetime]
    link: Link
    icon: Path
    restart_practice: Callable[[], None] | None = None
    enter_again: Callable[[], None] | None = None
    taping: Taping | None = None
    idle: IdleLock | None = None
    is_locked_out: Callable[[], bool] = lambda: False
    set_up: Callable[[], None] | None = None
    holds_up: Callable[[], bool] | None = None
    show_profiles: Callable[[], None] | None = None
    ask_on_quit: bool = True
