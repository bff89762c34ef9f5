"""The proof run: rows that tick one after the other, and again each minute until they are good."""

from __future__ import annotations

from app.domain.keys import Credentials
from app.domain.profile import PRACTICE
from app.domain.proof import ProofState
from app.domain.secret import Secret
from app.services.setup.proof import AGAIN, ProofRun
from tests.services.setup.fakes import ROWS, Scene, settled

KEYS = Credentials({"access": Secret("a"), "secret": Secret("b")})


def states(proof: ProofRun) -> list[ProofState]:
    return [row.state for row in proof.rows]


async def test_each_row_waits_runs_and_ends(scene: Scene) -> None:
    proof = scene.wizard.proof
    scene.prover.answering.clear()
    proof.start(PRACTICE, KEYS)
    assert states(proof) == [ProofState.WAITING] * 3
    await settled()
    assert states(proof) == [ProofState.RUNNING, ProofState.WAITING, ProofState.WAITING]
    assert proof.is_running
    scene.prover.answering.set()
    await settled()
    assert states(proof) == [ProofState.GOOD] * 3
    assert (proof.is_good, proof.is_running) == (True, False)


async def test_a_failed_row_leaves_the_later_ones_out(scene: Scene) -> None:
    proof = scene.wizard.proof
    scene.prover.failing = {ROWS[1]: "no"}
    proof.start(PRACTICE, KEYS)
    await settled()
    assert states(proof) == [ProofState.GOOD, ProofState.FAILED, ProofState.SKIPPED]
    assert (proof.is_good, proof.failed) == (False, proof.rows[1])


async def test_it_is_tried_again_each_minute_until_it_is_good(scene: Scene) -> None:
    proof = scene.wizard.proof
    scene.prover.failing = {ROWS[2]: "not known yet"}
    proof.start(PRACTICE, KEYS, is_repeating=True)
    await settled()
    assert (proof.is_running, proof.next_in, len(scene.prover.runs)) == (False, AGAIN, 1)
    scene.hands.move(AGAIN / 2)
    await settled()
    assert (proof.next_in, len(scene.prover.runs)) == (AGAIN / 2, 1)
    scene.hands.move(AGAIN / 2)
    await settled()
    assert (proof.next_in, len(scene.prover.runs)) == (AGAIN, 2)
    scene.prover.failing = {}
    scene.hands.move(AGAIN)
    await settled()
    assert (proof.is_good, proof.next_in, proof.is_repeating, len(scene.prover.runs)) == (True, None, False, 3)
    scene.hands.move(10 * AGAIN)
    await settled()
    assert len(scene.prover.runs) == 3


async def test_a_stopped_run_neither_goes_on_nor_comes_back(scene: Scene) -> None:
    proof = scene.wizard.proof
    scene.prover.failing = {ROWS[0]: "no"}
    proof.start(PRACTICE, KEYS, is_repeating=True)
    await settled()
    proof.stop()
    scene.hands.move(10 * AGAIN)
    await settled()
    assert (len(scene.prover.runs), proof.next_in, proof.is_repeating) == (1, None, False)
    assert proof.failed is not None


async def test_another_start_ends_the_run_before(scene: Scene) -> None:
    proof = scene.wizard.proof
    scene.prover.answering.clear()
    proof.start(PRACTICE, KEYS)
    await settled()
    scene.prover.answering.set()
    proof.start(PRACTICE, KEYS)
    await settled()
    assert (proof.is_good, proof.is_running, len(scene.prover.runs)) == (True, False, 2)


async def test_what_was_stopped_half_way_is_shown_as_waiting(scene: Scene) -> None:
    proof = scene.wizard.proof
    scene.prover.answering.clear()
    proof.start(PRACTICE, KEYS)
    await settled()
    proof.stop()
    assert states(proof) == [ProofState.WAITING] * 3
