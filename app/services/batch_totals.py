"""What the rows of a batch come to, in all and for each user."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

from app.domain.money import ZERO
from app.services.batch_judge import Judged


class UserSum(msgspec.Struct, frozen=True):
    """What the rows for one user come to."""

    user: str
    rows: int
    stake: Decimal
    to_win: Decimal
    is_new: bool = False


class Totals(msgspec.Struct, frozen=True):
    """Of the rows that are not sent: how many could be, how many not, and what those that could come to. `sent` have an order.

    `to_win` is what they win if all of it fills at its odds.
    """

    good: int = 0
    bad: int = 0
    sent: int = 0
    stake: Decimal = ZERO
    to_win: Decimal = ZERO
    users: tuple[UserSum, ...] = ()


def totalled(unsent: Sequence[Judged], *, sent: int) -> Totals:
    """The sums of rows that are not sent, beside so many that are."""
    good = [one for one in unsent if one.is_good]
    return Totals(
        good=len(good),
        bad=len(unsent) - len(good),
        sent=sent,
        stake=sum((one.draft.stake for one in good if one.draft), ZERO),
        to_win=sum((one.wins for one in good), ZERO),
        users=_by_user(good),
    )


def _by_user(good: Iterable[Judged]) -> tuple[UserSum, ...]:
    """What each user's rows come to, the largest stake first."""
    sums: dict[str, UserSum] = {}
    for one in good:
        if one.draft is not None and (user := one.draft.external_user):
            known = sums.get(user, UserSum(user, 0, ZERO, ZERO))
            sums[user] = UserSum(user, known.rows + 1, known.stake + one.draft.stake, known.to_win + one.wins, one.is_new_user)
    return tuple(sorted(sums.values(), key=lambda found: (-found.stake, found.user)))
