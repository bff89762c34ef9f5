"""The webhooks of one feed account, put together: its venue, its secrets, the receiver's process and the file of deliveries."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from functools import partial
from pathlib import Path

from app.domain.environment import Environment
from app.domain.profile import Profile
from app.receiver_child import ReceiverProcess
from app.services.feed.session import FeedSession
from app.services.hooks.choice import HookChoice
from app.services.hooks.desk import HookDesk, HookOutside
from app.services.notices import Notices, Tone
from app.services.tasks import Tasks
from app.store import settings
from app.store.deliveries.shelf import Shelf
from app.store.paths import Folders
from app.store.vault.hook_secrets import HookSecrets
from app.terminal import now
from app.venues.loopback import LoopbackPoster
from app.venues.rankacy.venue import Rankacy


def hook_desk(profile: Profile, where: Folders, venue: Rankacy, session: FeedSession, notices: Notices, tasks: Tasks) -> HookDesk:
    """Nothing runs until it is started. Deliveries lie beside the journals, the choice beside the other settings."""
    name = f"{profile.slug}-{profile.environment.lower()}"
    deliveries, chosen = where.data / "deliveries" / f"{name}.sqlite", where.settings / f"webhooks-{name}.json"
    read = settings.read(chosen, HookChoice, HookChoice)
    if read.words or read.value.objection:
        notices.say(f"Webhooks: {read.words or read.value.objection}", Tone.WARNING)
    outside = HookOutside(
        venue=venue,
        secrets=HookSecrets(profile, where),
        receiver=ReceiverProcess(deliveries),
        shelf=Shelf(deliveries),
        poster=LoopbackPoster(),
        clock=time.monotonic,
        now=now,
        choice=HookChoice() if read.value.objection else read.value,
        keep_choice=partial(_keep, chosen),
        takes_loopback=profile.environment is Environment.PRACTICE,
        faults=venue if profile.environment is Environment.PRACTICE else None,
        is_free=_is_free,
    )
    return HookDesk(outside, session, notices, tasks)


def _is_free(port: int) -> bool:
    """Whether nothing listens there now; asked before a receiver is opened elsewhere, and where it could not be."""
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as trial:
        if os.name == "posix":  # else what was closed a moment ago looks taken
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _keep(path: Path, choice: HookChoice) -> str:
    try:
        settings.write(path, choice)
    except OSError as problem:
        return f"How webhooks are received holds until the end of the program, but could not be kept: {problem.strerror or problem}"
    return ""
