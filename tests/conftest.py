"""What every test needs: properties are not timed, because the cores are shared."""

from __future__ import annotations

from hypothesis import Phase, settings

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
