"""What every test needs: properties are not timed, because the cores are shared; cycles with widgets are collected by no other thread."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings

from app.garbage import Collector

settings.register_profile("shared", deadline=None)
settings.load_profile("shared")

# Of the order state machine alone (tests/faults/machine), chosen by ORDER_MACHINE.
settings.register_profile(
    "commit",
    deadline=None,
    max_examples=500,
    stateful_step_count=30,
    print_blob=True,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),  # a finding is shrunk by hand, with "try": that may take hours
)
settings.register_profile("soak", deadline=None, max_examples=20_000, stateful_step_count=60, print_blob=True, derandomize=False)
settings.register_profile("try", deadline=None, max_examples=40, stateful_step_count=30, print_blob=True)

collector = Collector()


@pytest.fixture(scope="session", autouse=True)
def _collected_here() -> Iterator[None]:
    with collector:
        yield


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    collector.look()
