"""The rows of a proof run: one step after the other, until one does not work."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence

import msgspec

from app.domain.errors import NotSentError, VenueError
from app.domain.keys import PemError
from app.domain.profile import ProfileError
from app.domain.proof import ProofRow, ProofState
from app.domain.secret import Secret
from app.venues.excuses import Excuse, excuse
from app.venues.hosts import HostError

LIMIT = 45.0  # seconds for one step; the requests within have shorter ones of their own
TOO_MANY = 429
PAUSE = 1.1  # seconds, where the venue names none: each query path takes one request a second
LONGEST_PAUSE = 10.0  # seconds: nobody sits before a proof run for longer
TURNS = 4  # tries of a step while the venue says that there were too many
_SHORTEST = 4  # characters of a secret: a shorter one would be found in every text
_HIDDEN = "…"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}")
_PRIVATE = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_NOTHING: Mapping[int, Excuse] = {}


class Found(msgspec.Struct, frozen=True):
    """What a step that worked found."""

    words: str
    details: str = ""


class StepError(Exception):
    """A step found that something is not as it should be; `excuse` says what, and what to do."""

    def __init__(self, words: str, remedy: str, details: str = "") -> None:
        super().__init__(words)
        self.excuse = Excuse(words, remedy, details)


class Step(msgspec.Struct, frozen=True):
    """`by_status` says what an HTTP status means here, where that is not the same for every request.

    `is_patient`: it is asked again where the venue says that there were too many; a login, which uses up a session, is not.
    `is_local`: it asks nobody, so that it is done whatever became of the rows before that do.
    """

    title: str
    ask: Callable[[], Awaitable[Found]]
    by_status: Mapping[int, Excuse] = _NOTHING
    limit: float = LIMIT
    is_patient: bool = True
    is_local: bool = False


class Hidden:
    """Takes secrets out of texts: those it was told of, and whatever looks like a token or a private key."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._texts: set[str] = set()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: Secret) -> None:
        text = secret.reveal().strip()
        if len(text) >= _SHORTEST:
            self._texts.add(text)

    def taken_out(self, text: str) -> str:
        for secret in sorted(self._texts, key=len, reverse=True):
            text = text.replace(secret, _HIDDEN)
        return _TOKEN.sub(_HIDDEN, _PRIVATE.sub(_HIDDEN, text))


async def walked(
    steps: Sequence[Step], hidden: Hidden, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> AsyncGenerator[ProofRow, None]:
    """Each row as it starts and as it ends; after one that failed the others are skipped. `clock` is monotonic seconds.

    What is done on this computer alone is skipped only where another row of this computer failed.
    """
    failed, failed_here = "", ""
    for step in steps:
        if failed_here or (failed and not step.is_local):
            yield ProofRow(step.title, ProofState.SKIPPED, words=f"Not tried, because {failed} did not work")
            continue
        yield ProofRow(step.title, ProofState.RUNNING)
        started = clock()
        state, told = await _outcome(step, sleep)
        if state is ProofState.FAILED:
            failed = failed or step.title
            failed_here = failed if step.is_local else ""
        yield ProofRow(
            step.title,
            state,
            clock() - started,
            hidden.taken_out(told.words),
            hidden.taken_out(told.remedy),
            hidden.taken_out(told.details),
        )


async def refused(titles: Sequence[str], words: str, remedy: str) -> AsyncGenerator[ProofRow, None]:
    """Rows of a run that cannot begin."""
    yield ProofRow(titles[0], ProofState.FAILED, 0.0, words, remedy)
    for title in titles[1:]:
        yield ProofRow(title, ProofState.SKIPPED, words=f"Not tried, because {titles[0]} did not work")


async def _outcome(step: Step, sleep: Callable[[float], Awaitable[None]]) -> tuple[ProofState, Excuse]:
    try:
        async with asyncio.timeout(step.limit):
            found = await _answered(step, sleep)
    except StepError as problem:
        return ProofState.FAILED, problem.excuse
    except VenueError as problem:
        return ProofState.FAILED, excuse(problem, step.by_status)
    except TimeoutError:
        return ProofState.FAILED, Excuse(f"Not done within {step.limit:g} s", "Look at this computer's network, then test again")
    except (HostError, PemError, ProfileError) as problem:
        return ProofState.FAILED, Excuse(str(problem), "Go back and correct it")
    return ProofState.GOOD, Excuse(found.words, "", found.details)


async def _answered(step: Step, sleep: Callable[[float], Awaitable[None]]) -> Found:
    """Another program of the same account may have used up the second's request: that is no failure of the account."""
    for _ in range(TURNS - 1 if step.is_patient else 0):
        try:
            return await step.ask()
        except NotSentError as problem:
            pause = problem.retry_after or PAUSE
            if problem.status != TOO_MANY or pause > LONGEST_PAUSE:
                raise
            await sleep(pause)
    return await step.ask()
