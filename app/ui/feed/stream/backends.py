"""Who plays the video: the official player in a web view, this program, or the system's browser, and why that one."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec


class BackEnd(StrEnum):
    """In the order in which they are preferred."""

    OFFICIAL = "official player"
    IN_APP = "in-app player"
    BROWSER = "browser"


class Consent(StrEnum):
    """What a person answered to the notice about Twitch's rules."""

    UNASKED = ""
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Able(msgspec.Struct, frozen=True):
    """Whether a back end can play here, and a short reason either way.

    `can_load`: its page can be shown although the video in it cannot. `codecs`: others that it has, as VP9.
    """

    is_able: bool
    why: str
    can_load: bool = False
    codecs: tuple[str, ...] = ()

    def for_page(self, codec: str) -> Able:
        """The same for a page that offers this codec instead of H.264 with AAC (empty: it does not)."""
        if codec and codec in self.codecs:
            return Able(is_able=True, why=f"this web engine has {codec}, which the page offers", codecs=self.codecs)
        return self


class Choice(msgspec.Struct, frozen=True):
    """`must_ask`: the notice has to be answered before it plays. `lacks`: a person wants it although it cannot play, and why it cannot."""

    back_end: BackEnd
    reason: str
    must_ask: bool = False
    lacks: str = ""


DECLINED_WORDS: Final = "playing it inside was declined"
UNPROBED: Final = Able(is_able=False, why="not tried yet")


def choose(
    official: Able, in_app: Able, consent: Consent, *, is_ours: bool = False, refused: str = "", wanted: BackEnd | None = None
) -> Choice:
    """The back end a person wants where it can play, else the first that can. `refused`: why the address may not be embedded."""
    if refused:
        return Choice(BackEnd.BROWSER, "the address may not be embedded")
    if wanted is not None and (choice := _of(wanted, official, in_app, consent, is_ours=is_ours, is_wanted=True)):
        return choice
    for back_end in (BackEnd.OFFICIAL, BackEnd.IN_APP):
        if choice := _of(back_end, official, in_app, consent, is_ours=is_ours):
            return choice
    return Choice(BackEnd.BROWSER, _why_not(official, in_app, consent, is_ours=is_ours))


def _of(back_end: BackEnd, official: Able, in_app: Able, consent: Consent, *, is_ours: bool, is_wanted: bool = False) -> Choice | None:
    if back_end is BackEnd.BROWSER:
        return Choice(BackEnd.BROWSER, "as you chose")
    able = official if back_end is BackEnd.OFFICIAL else in_app
    if not able.is_able:
        is_shown = is_wanted and able.can_load
        return Choice(back_end, "as you chose, without the codec", lacks=able.why) if is_shown else None
    if back_end is BackEnd.OFFICIAL or is_ours or consent is Consent.ACCEPTED:
        return Choice(back_end, able.why)
    # Whoever asks for it after having declined is asked once more; nobody else is.
    if consent is Consent.UNASKED or is_wanted:
        return Choice(back_end, able.why, must_ask=True)
    return None


def _why_not(official: Able, in_app: Able, consent: Consent, *, is_ours: bool) -> str:
    if in_app.is_able and consent is Consent.DECLINED and not is_ours:
        return DECLINED_WORDS
    return in_app.why if not in_app.is_able else official.why
