"""`python main.py cancel-all --profile NAME`: the kill switch from a second process, for when the window hangs.

It halts the profile (the window's journal is the same file, so no order of it leaves any more), then cancels and looks until nothing is
left. Without a network it keeps trying; Ctrl+C stops it, and the halt stays.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress

from app import doorway
from app.command import meant
from app.domain.errors import JournalDownError
from app.domain.order import Order
from app.domain.profile import Profile, ProfileError
from app.doorway import Door, DoorwayError
from app.services.tasks import Tasks
from app.store.paths import Folders
from app.terminal import Terminal

WORDS = "cancel-all was started from the command line"
STAYS = "The halt stays until a person types the word in the window of this profile."
EVERY = 2.0  # seconds between two lists of what is left


def main(arguments: Sequence[str]) -> int:
    """0: nothing is left. 1: stopped with orders left. 2: this profile's account cannot be reached from here."""
    try:
        profile, where = meant("cancel-all", "Halt a profile and cancel every order of it.", arguments)
    except (ProfileError, DoorwayError) as problem:
        print(problem, file=sys.stderr)
        return 2
    where.make()
    with suppress(KeyboardInterrupt):
        return asyncio.run(cancel_all(profile, where))
    print(f"Stopped. {STAYS}", file=sys.stderr)
    return 1


async def cancel_all(profile: Profile, where: Folders) -> int:
    """Halt, then cancel until two looks in a row find nothing; prints what happens and what is left."""
    tasks = Tasks(lambda problem: print(problem, file=sys.stderr))
    terminal = Terminal(profile, where, journal=doorway.journal_of(profile, where), tasks=tasks, is_guest=True)
    said = _Printer(terminal)
    terminal.notices.changed.connect(said.print_new)
    terminal.journal.halt_for(WORDS)
    await terminal.open()
    try:
        door = await doorway.find(profile, where, doorway.at_prompt(doorway.book_of(where)))
        return await _empty(terminal, said, door)
    except DoorwayError as problem:
        is_kept = await _is_halt_kept(terminal)
        print(
            f"{problem}. {'The profile is halted' if is_kept else 'Nothing was halted'}, and nothing can be cancelled from here",
            file=sys.stderr,
        )
        return 2
    finally:
        await tasks.stop()
        await terminal.close()


async def _empty(terminal: Terminal, said: _Printer, door: Door) -> int:
    await terminal.point(door.address, door.keys)
    terminal.tasks.start(said.print_left())
    is_done = await terminal.desk.kill.run(WORDS)
    is_kept = await _is_halt_kept(terminal)
    if is_kept:
        print(STAYS, flush=True)
    return 0 if is_done and is_kept else 1


async def _is_halt_kept(terminal: Terminal) -> bool:
    try:
        await terminal.journal.halt_is_kept()
    except JournalDownError as problem:
        print(f"THE HALT COULD NOT BE WRITTEN DOWN ({problem}): a window of this profile may still send orders. Close it", file=sys.stderr)
        return False
    return True


class _Printer:
    """Prints what is said as it is said, and the list of what is left now and then."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._said = 0
        self._listed: list[str] = []

    def print_new(self) -> None:
        lines = list(self._terminal.notices.lines)
        for notice in lines[self._said :]:
            print(f"{notice.at:%H:%M:%S}  {notice.words}", flush=True)
        self._said = len(lines)

    async def print_left(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            self._print_changed()

    def _print_changed(self) -> None:
        """The list where it is another one than the last that was printed; how it goes in any case."""
        kill = self._terminal.desk.kill
        print(f"          {kill.words}", flush=True)
        lines = [_line(order) for order in kill.remaining]
        if lines != self._listed:
            self._listed = lines
            for line in lines:
                print(f"          {line}", flush=True)


def _line(order: Order) -> str:
    draft = order.draft
    name = f"{draft.event_name} {draft.selection_name}".strip() or order.ref
    return f"{order.state:<12} {order.rest:>12,.2f} at {order.odds.american:+d}  {name}  {order.venue_order_id}"
