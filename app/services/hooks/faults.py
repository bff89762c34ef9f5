"""The switches of the practice exchange's webhooks: what it does to deliveries on purpose. Nothing of it exists at a real feed."""

from __future__ import annotations

from typing import Protocol

from app.domain.errors import VenueError
from app.domain.hook_faults import HookFaults
from app.services.ports import Signal


class FaultSwitches(Protocol):
    """The practice exchange's own call."""

    async def switch_faults(self, faults: HookFaults | None = None) -> HookFaults:
        """How they stand, after these were switched; None: as they are. The errors of `domain.errors`."""


class PracticeFaults:
    """`now` is None before it is known. `changed` when it is known, another, or cannot be asked for."""

    def __init__(self, switches: FaultSwitches) -> None:
        self._switches = switches
        self.now: HookFaults | None = None
        self.trouble = ""  # why it could not be asked for or switched
        self.changed = Signal()

    async def read(self) -> None:
        await self._ask(None)

    async def use(self, faults: HookFaults) -> None:
        """Of every delivery from now on."""
        await self._ask(faults)

    async def _ask(self, faults: HookFaults | None) -> None:
        try:
            self.now = await self._switches.switch_faults(faults)
            self.trouble = ""
        except VenueError as problem:
            self.now, self.trouble = None, str(problem)  # an exchange that was started anew has none
        self.changed()
