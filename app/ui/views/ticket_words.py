"""The ticket's sentences: each a pure function of what is shown or sent."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from app.domain.book import Match
from app.domain.ladder import Ladder
from app.domain.money import ZERO
from app.domain.odds import Odds
from app.domain.order import Order, OrderDraft, OrderState
from app.services.controls import Room
from app.ui import formats
from app.ui.views.ticket_plan import total_stake, total_win

# Objections that pass by themselves, or that a person may overrule, are not said in red.
TONES = {
    "RECONCILING": "text.dim",
    "DUPLICATE": "text.dim",
    "WAIT": "state.warning",
    "UNKNOWN": "state.warning",
    "LEAP": "state.warning",
    "OWN_MATCH": "state.warning",
    "USER_NEW": "state.warning",
}
CLOSED = {
    "OFF": "Trading is OFF",
    "HALTED": "HALTED",
    "DESK_LOCKED": "Desk locked",
    "LOCKED": "Locked",
    "RECONCILING": "Looking orders up…",
}


def card_text(drafts: Sequence[OrderDraft], where: str, user: str = "") -> str:
    """What is about to be sent, field by field; `where` is the account or its environment, `user` for whom."""
    first, last = drafts[0], drafts[-1]
    place = f"{first.market_name} · {first.event_name}"
    head = f"{breakable(user)}\n" if user else ""
    if len(drafts) == 1:
        return (
            f"{head}{first.selection_name} {formats.american(first.odds)}\n"
            f"{formats.money(first.stake)} to win {formats.money(total_win(drafts))} · {where}\n"
            f"{place}"
        )
    return (
        f"{head}{len(drafts)} orders, {formats.american(first.odds)} to {formats.american(last.odds)} · {where}\n"
        f"{formats.money(total_stake(drafts))} in all, to win {formats.money(total_win(drafts))}\n"
        f"{first.selection_name}\n"
        f"{place}"
    )


def breakable(text: str) -> str:
    """Words that may be cut at any twentieth letter: an id of a hundred would make the ticket as wide as itself."""
    return re.sub(r"(\S{20})(?=\S)", "\\1\u200b", text)


def room_words(room: Room) -> str:
    return f"limit left {formats.money(max(room.left, ZERO))} of {formats.money(room.limit)} {room.name}"


def user_words(room: Room | None, *, is_new: bool) -> tuple[str, str]:
    """How much may still be placed for them, and the colour to say it in."""
    words = " · ".join(filter(None, ("new user" if is_new else "", room_words(room) if room else "")))
    is_remarkable = is_new or (room is not None and room.left <= 0)
    return words, "state.warning" if is_remarkable else "text.dim"


def order_text(drafts: Sequence[OrderDraft]) -> str:
    """In one line what a press sends."""
    money = formats.money(total_stake(drafts))
    return f"{money} at {formats.american(drafts[0].odds)}" if len(drafts) == 1 else f"{len(drafts)} orders, {money}"


def place_text(drafts: Sequence[OrderDraft], where: str) -> str:
    return f"Place {order_text(drafts)}\non {where}"


def about_text(drafts: Sequence[OrderDraft]) -> str:
    """What the button that sends is pressed for, where it has no room for it."""
    if not drafts:
        return ""
    first = drafts[0]
    user = f", for {first.external_user}" if first.external_user else ""
    return f"{first.selection_name} · {first.market_name} · {first.event_name}{user}"


def again_text(draft: OrderDraft, user: str) -> str:
    """What a press sends once more; `user` says for whom, in a line of its own."""
    return "\n".join(filter(None, (f"Send again: {order_text([draft])}", user.replace("&", "&&"))))


def odds_words(odds: Odds | None, ladder: Ladder | None) -> tuple[str, str]:
    """Where the typed odds stand on the ladder, and the colour to say it in."""
    if odds is None:
        return "", "text.dim"
    if ladder is None:
        return "the ladder has not been read yet", "state.warning"
    if odds in ladder:
        return f"{'a known price' if ladder.known_for else 'on the ladder'} · {formats.decimal(odds)} · {formats.implied(odds)}", "text.dim"
    where = "not a price known here" if ladder.known_for else "not on the ladder"
    return f"{where}; nearest {formats.american(ladder.nearest(odds))}", "state.warning"


def match_words(found: Match) -> tuple[str, str]:
    """What the live book would do, and the colour to say it in."""
    if found.fills <= 0:
        return f"Nothing fills now · {formats.money(found.rests)} rests", "text.dim"
    if found.rests <= 0:
        return f"Fills {formats.money(found.fills)} now, wins {formats.money(found.wins)}", "state.good"
    return f"Fills {formats.money(found.fills)} now · {formats.money(found.rests)} rests", "state.good"


_COUNTED = {
    OrderState.OPEN: "resting",
    OrderState.PART: "partly filled",
    OrderState.REJECTED: "refused",
    OrderState.DENIED: "stopped here",
    OrderState.PRESUMED: "not placed",
}


def summary_words(orders: Iterable[Order | None]) -> str:
    """How several orders stand, counted: `5 orders: 3 resting · 1 filled · 1 not sent`. None is one that was never sent."""
    words = [_COUNTED.get(order.state, str(order.state).lower()) if order else "not sent" for order in orders]
    counts = Counter(words)
    return f"{len(words)} orders: " + " · ".join(f"{count} {word}" for word, count in counts.items())
