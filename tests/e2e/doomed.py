"""A whole terminal that is meant to be killed: places two orders, says so on stdout, and waits. `--hang` makes its loop stand still."""

from __future__ import annotations

import asyncio
import sys
import threading
from pathlib import Path

from tests.e2e.story import Story, play


async def act(story: Story) -> None:
    await story.connected()
    await story.open_quiet_event()
    refs = [await story.order(story.best_line(), "25"), await story.order(story.best_line(), "40", steps=10)]
    for ref in refs:
        await story.until(lambda ref=ref: story.session.blotter.orders[ref].venue_order_id, "the order to be acknowledged")  # type: ignore[misc]
    sys.stdout.write(" ".join(refs) + "\n")
    sys.stdout.flush()
    if "--hang" in sys.argv:
        threading.Event().wait(120)
    await asyncio.Event().wait()


if __name__ == "__main__":
    play(Path(sys.argv[1]), act, keeps_state=True)
