"""What the window and each account in it are given by the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec

from app.domain.environment import Environment
from app.domain.link import LinkFacts
from app.domain.profile import Profile, Provider
from app.domain.risk import Limits
from app.domain.secret import Secret
from app.services.desk import Desk
from app.services.feed.desk import FeedDesk
from app.services.feed.video import Video
from app.services.floor import Floor
from app.services.hooks.desk import HookDesk
from app.services.idle import IdleLock
from app.services.ports import Link, Taping
from app.services.record_export import RowFile
from app.ui.display import Display
from app.ui.pulse import Pulse
from app.ui.sounds import Sounds
from app.ui.theme import Theme
from app.ui.workspace import Workspace


class Account(msgspec.Struct, kw_only=True):
    """What every account that is connected has, as the window shows it.

    `enter_again`: what opens the account once more after it could not be; `is_locked_out`: because its keys were not to be had.
    `new_keys` begins the rotation of this account's keys. `restart_practice` where it is the practice exchange's. What its views `start`
    ends with the account.
    """

    environment: Environment
    account: str
    provider: Provider
    start: Callable[[Coroutine[Any, Any, Any]], object]
    restart_practice: Callable[[], None] | None = None
    enter_again: Callable[[], None] | None = None
    taping: Taping | None = None
    is_locked_out: Callable[[], bool] = lambda: False
    new_keys: Callable[[], None] | None = None

    @property
    def remedy(self) -> tuple[str, Callable[[], None] | None] | None:
        """What a person can do about a venue that is not there."""
        if self.restart_practice is not None and not self.is_locked_out():
            return "Restart the practice exchange", self.restart_practice
        return ("Try again", self.enter_again) if self.enter_again is not None else None


class Connected(Account, kw_only=True):
    """An account that trades."""

    desk: Desk
    keep_limits: Callable[[Limits], list[str]]
    link: Link
    provider: Provider = Provider.TRADING


class ConnectedFeed(Account, kw_only=True):
    """A feed that is read, with its webhooks. `video` finds the league's stream, `facts` says how the line to the feed stands."""

    feed: FeedDesk
    hooks: HookDesk
    video: Video
    facts: Callable[[], LinkFacts]
    provider: Provider = Provider.RANKACY


class Files(msgspec.Struct, frozen=True):
    """Files that a person names: `read_table` gives at most so many bytes of one (TableError), `new_sheet` begins one (OSError)."""

    read_table: Callable[..., Awaitable[bytes]]
    new_sheet: Callable[[Path], RowFile]


class Copies(Protocol):
    """`app.ui.clipboard.Clipboard`."""

    def copy(self, text: str, what: str = "") -> None: ...
    def copy_secret(self, secret: Secret, what: str = "") -> bool: ...
    def expire(self, pasted: Secret) -> None: ...


class Nowhere:
    """A clipboard that is none."""

    def copy(self, text: str, what: str = "") -> None:
        """Nothing is copied."""

    def copy_secret(self, secret: Secret, what: str = "") -> bool:
        """Nothing is copied."""
        return False

    def expire(self, pasted: Secret) -> None:
        """Nothing lies there."""


class Shell(msgspec.Struct):
    """What belongs to the window, whichever account is at hand.

    `set_up` opens the wizard, `show_profiles` the window of profiles and keys; `holds_up` asks first where
    closing the window would lose something, and says whether it does.

    `others` are the profiles that could be connected beside, `connect` connects one, `disconnect` lets an account go.

    `ask_on_quit`: closing with open orders asks first; the tour, which nobody watches, closes at once.
    """

    floor: Floor
    files: Files
    theme: Theme
    display: Display
    pulse: Pulse
    sounds: Sounds
    workspace: Workspace
    start: Callable[[Coroutine[Any, Any, Any]], object]
    clock: Callable[[], float]
    now: Callable[[], datetime]
    icon: Path
    idle: IdleLock | None = None
    set_up: Callable[[], None] | None = None
    holds_up: Callable[[], bool] | None = None
    show_profiles: Callable[[], None] | None = None
    others: Callable[[], list[Profile]] = list
    connect: Callable[[Profile], None] = lambda _profile: None
    disconnect: Callable[[Account], None] = lambda _account: None
    ask_on_quit: bool = True
    clipboard: Copies = Nowhere()
