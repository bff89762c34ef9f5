"""The batch's sentences: each a pure function of what is shown or sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from app.domain.labels import Labels
from app.domain.money import ZERO
from app.domain.order import OrderState
from app.services.batch_sending import Going, Sending
from app.services.batch_totals import Totals
from app.ui import formats

NAMED: Final = 3  # users in the card
SUMMED: Final = 12  # users in the sums

_LAST: Final = "{selection}, {odds}, {stake}"
COLUMNS: Final = f"{_LAST}; or event, {_LAST}"
COLUMNS_FOR_USERS: Final = f"user, {_LAST}; or user, event, {_LAST}"


def empty_words(labels: Labels, *, has_users: bool) -> str:
    """What to do where there is no row."""
    columns = labels.fill(COLUMNS_FOR_USERS if has_users else COLUMNS)
    return (
        "No rows yet. Paste them with Ctrl+V, import a file or drop one here.\n"
        f"Each row: {columns}.\nWith a heading the columns may stand in another order."
    )


def rows_of(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def orders_of(count: int) -> str:
    return "1 order" if count == 1 else f"{count:,} orders"


def totals_words(totals: Totals) -> str:
    """How the rows stand, and what those that could be sent come to."""
    parts = [f"{rows_of(totals.good)} ready"]
    if totals.bad:
        parts.append(f"{totals.bad:,} not")
    if totals.sent:
        parts.append(f"{totals.sent:,} sent")
    return " · ".join(parts)


def money_words(totals: Totals, labels: Labels) -> str:
    return f"{labels.stake} {formats.money(totals.stake)} · to win {formats.money(totals.to_win)}"


def users_words(totals: Totals, called: Callable[[str], str]) -> str:
    """A line a user, the largest stake first."""
    lines = [
        f"{called(one.user)}{' (new)' if one.is_new else ''}: {rows_of(one.rows)}, {formats.money(one.stake)}"
        for one in totals.users[:SUMMED]
    ]
    if len(totals.users) > SUMMED:
        rest = totals.users[SUMMED:]
        lines.append(f"{len(rest):,} more users: {formats.money(sum((one.stake for one in rest), ZERO))}")
    return "\n".join(lines)


def card_text(going: Sequence[Going], totals: Totals, where: str, called: Callable[[str], str], labels: Labels) -> str:
    """What is about to be sent, in words."""
    stakes = [one.draft.stake for one in going]
    events = {one.draft.market.event_id for one in going}
    on = going[0].draft.event_name or "1 event" if len(events) == 1 else f"{len(events):,} events"
    wins = sum((one.draft.odds.profit(one.draft.stake) for one in going), ZERO)
    lines = [
        f"{orders_of(len(going))} on {where}",
        f"{formats.money(sum(stakes, ZERO))} in all, to win {formats.money(wins)}",
        f"largest {labels.stake_low} {formats.money(max(stakes))}, on {on}",
    ]
    if users := list(dict.fromkeys(one.draft.external_user for one in going if one.draft.external_user)):
        more = f" and {len(users) - NAMED:,} more" if len(users) > NAMED else ""
        lines.append(f"for {', '.join(map(called, users[:NAMED]))}{more}")
    if new := [one.user for one in totals.users if one.is_new]:
        more = f" and {len(new) - NAMED:,} more" if len(new) > NAMED else ""
        lines.append(f"new: {', '.join(new[:NAMED])}{more}")
    if totals.bad:
        lines.append(f"{rows_of(totals.bad)} that cannot go {'stays' if totals.bad == 1 else 'stay'} here")
    return "\n".join(lines)


def place_text(going: Sequence[Going], where: str, *, is_armed: bool) -> str:
    if not going:
        return "Place orders"
    money = formats.money(sum((one.draft.stake for one in going), ZERO))
    words = f"{orders_of(len(going))}, {money}"
    return f"Press again to send\n{words}" if is_armed else f"Place {words}\non {where}"


def insist_words(count: int) -> str:
    """What ticking the box does; `count` rows may be overruled and are not yet."""
    return f"I know: send {'it' if count == 1 else f'these {count:,}'} too" if count else "Sent in spite of what was said"


def sending_words(sending: Sending) -> str:
    """How far it is, and when it goes on."""
    if not sending.is_running:
        return sending.words
    done = sending.total - sending.left - len(sending.on_their_way)
    far = f"{done:,} of {sending.total:,} sent"
    if sending.is_stopping:
        return f"{far}. Stopping after the orders that are on their way"
    if sending.resumes_in > 0:
        return f"{far}. The limits on the rate let the next ones go in {_seconds(sending.resumes_in)}"
    return f"{far}. Sending…"


def _seconds(left: float) -> str:
    return f"{left:.0f} s" if left >= 1 else "less than a second"


def objections_words(objections: Counter[str]) -> str:
    """The objections that are met most, with how many rows have each."""
    common = objections.most_common(2)
    lines = [f"{rows_of(count)}: {words}" for words, count in common]
    if more := sum(objections.values()) - sum(count for _, count in common):
        lines.append(f"and {rows_of(more)} for other reasons: each says why")
    return "\n".join(lines)


def results_words(counts: Mapping[OrderState, int]) -> str:
    """How the orders of the batch stand, counted."""
    return " · ".join(f"{count:,} {str(state).lower()}" for state, count in counts.items() if count)
