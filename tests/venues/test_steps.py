"""The rows of a proof run: in order, until one does not work, within a time, and with the secrets taken out."""

from __future__ import annotations

import asyncio

import pytest

from app.domain.errors import NotSentError
from app.domain.proof import ProofState
from app.domain.secret import Secret
from app.venues.steps import PAUSE, TURNS, Found, Hidden, Step, StepError, refused, walked
from tests.venues.fakes import HandClock
from tests.venues.proofs import ended, rows_of


async def good() -> Found:
    return Found("It is there", "canary-1 and more")


async def bad() -> Found:
    raise StepError("canary-1 is not there", "Look for canary-1", "canary-1")


async def never() -> Found:
    await asyncio.Event().wait()
    return Found("")


async def run(*steps: Step) -> list[tuple[str, ProofState]]:
    return [(row.title, row.state) for row in await rows_of(walked(steps, Hidden(), HandClock()))]


async def test_each_row_is_told_as_it_starts_and_as_it_ends() -> None:
    running, over = ProofState.RUNNING, ProofState.GOOD
    assert await run(Step("A", good), Step("B", good)) == [("A", running), ("A", over), ("B", running), ("B", over)]


async def test_after_a_failure_the_others_are_skipped_and_not_started() -> None:
    rows = ended(await rows_of(walked([Step("A", bad), Step("B", never), Step("C", never)], Hidden(), HandClock())))
    assert [row.state for row in rows.values()] == [ProofState.FAILED, ProofState.SKIPPED, ProofState.SKIPPED]
    assert rows["C"].words == "Not tried, because A did not work"
    assert rows["C"].seconds is None


async def test_what_this_computer_does_alone_is_done_after_another_rows_failure() -> None:
    steps = [Step("Clock", bad), Step("Token", good, is_local=True), Step("Account", never)]
    rows = ended(await rows_of(walked(steps, Hidden(), HandClock())))
    assert [row.state for row in rows.values()] == [ProofState.FAILED, ProofState.GOOD, ProofState.SKIPPED]
    assert rows["Account"].words == "Not tried, because Clock did not work"


async def test_what_this_computer_does_alone_is_skipped_after_a_failure_of_its_own() -> None:
    steps = [Step("Clock", good), Step("Token", bad, is_local=True), Step("Signature", never, is_local=True), Step("Account", never)]
    rows = ended(await rows_of(walked(steps, Hidden(), HandClock())))
    assert [row.state for row in rows.values()] == [ProofState.GOOD, ProofState.FAILED, ProofState.SKIPPED, ProofState.SKIPPED]
    assert rows["Account"].words == "Not tried, because Token did not work"


async def test_a_step_that_takes_too_long_is_a_failure() -> None:
    rows = ended(await rows_of(walked([Step("A", never, limit=0.01)], Hidden(), HandClock())))
    assert rows["A"].words == "Not done within 0.01 s"
    assert rows["A"].remedy


async def test_a_row_says_how_long_it_took() -> None:
    clock = HandClock()

    async def slow() -> Found:
        await clock.sleep(2.5)
        return Found("at last")

    assert ended(await rows_of(walked([Step("A", slow)], Hidden(), clock)))["A"].seconds == 2.5


async def test_a_mistake_of_the_program_is_none_of_the_venues() -> None:
    async def broken() -> Found:
        raise KeyError("no such thing")

    with pytest.raises(KeyError):
        await run(Step("A", broken))


async def test_secrets_are_taken_out_of_every_text() -> None:
    hidden = Hidden([Secret("canary-1")])
    for step in (Step("A", good), Step("A", bad)):
        (row,) = ended(await rows_of(walked([step], hidden, HandClock()))).values()
        assert "canary" not in f"{row.words}{row.remedy}{row.details}"
        assert "…" in row.details


def test_what_looks_like_a_token_or_a_key_is_taken_out_unasked() -> None:
    text = "got " + ".".join(["abcdefghijk"] * 3) + " and -----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY----- and more"
    assert Hidden().taken_out(text) == "got … and … and more"


def test_of_a_secret_within_another_nothing_is_left() -> None:
    assert Hidden([Secret("canary"), Secret("canary-and-more")]).taken_out("a canary-and-more b") == "a … b"


def test_an_empty_secret_takes_nothing_out() -> None:
    assert Hidden([Secret(), Secret(" a ")]).taken_out("a text") == "a text"


async def test_a_run_that_cannot_begin_fails_its_first_row() -> None:
    rows = [row async for row in refused(("A", "B"), "No", "Do it")]
    assert [(row.title, row.state, row.remedy) for row in rows] == [("A", ProofState.FAILED, "Do it"), ("B", ProofState.SKIPPED, "")]


@pytest.mark.parametrize(
    ("answers", "waited", "is_good"), [([None, 3.0], [PAUSE, 3.0], True), ([None] * TURNS, [PAUSE] * (TURNS - 1), False)]
)
async def test_a_venue_that_says_too_many_is_asked_again_as_often_as_is_decent(
    answers: list[float | None], waited: list[float], is_good: bool
) -> None:
    """The window of the same account asks for its balance too, and each path is answered once a second."""
    left, slept = list(answers), []

    async def busy() -> Found:
        if left:
            raise NotSentError("Too many requests", retry_after=left.pop(0), status=429)
        return Found("good")

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    (row,) = ended(await rows_of(walked([Step("A", busy)], Hidden(), HandClock(), sleep))).values()
    assert slept == waited
    assert (row.state is ProofState.GOOD) is is_good


async def test_a_refusal_is_not_repeated() -> None:
    asked: list[int] = []

    async def refused_once() -> Found:
        asked.append(1)
        raise NotSentError("No", status=401)

    (row,) = ended(await rows_of(walked([Step("A", refused_once)], Hidden(), HandClock()))).values()
    assert row.state is ProofState.FAILED
    assert len(asked) == 1
