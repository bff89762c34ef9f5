"""What is said round the list of deliveries: what it is, what each chip shows, why it is empty."""

from __future__ import annotations

from typing import Final

from app.domain.webhook import Show
from app.ui.hooks.head import limited_words

CHIPS: Final = {
    Show.VALID: "Signed with a secret that is here",
    Show.DUPLICATE: "Valid, and the same bytes came at the same path within a minute",
    Show.BAD: "Its signature is wrong, or something in its headers contradicts it",
    Show.NONE: "It has no signature",
    Show.UNCHECKED: "Signed for a subscription whose secret is not here",
    Show.REFUSED: "Not even looked at: another path, method or name, too large, or from a web page",
    Show.MISSED: "The poll told of a change, and no delivery came",
    Show.LATE: "It came after it had been listed as missed",
    Show.PINNED: "They stay when the file is full",
}
"""What each shows, for its tip."""
WHAT: Final = "What reached the receiver, and what the poll feed says should have"
EMPTY: Final = "Nothing has been delivered yet. Start the receiver, subscribe to its address, or send a test."


def none_like_this(show: Show, limited: int) -> str:
    """Nothing that is narrowed so; `limited`: how many were answered with 429, whom nobody finds among the refused ones."""
    words = limited_words(limited) if show is Show.REFUSED else ""
    return f"No delivery is like this.{f' {words}.' if words else ''}"
