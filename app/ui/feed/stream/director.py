"""Decides who plays: asks the probe once, remembers what a person answered and chose. Widgets only show it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Final, TypeVar

from app.services.feed.video import Stage
from app.services.ports import Signal
from app.ui.feed.stream.backends import UNPROBED, Able, BackEnd, Choice, Consent, choose
from app.ui.feed.stream.probe import Probe

C = TypeVar("C", bound=StrEnum)

CONSENT: Final = "stream.consent"
BACK_END: Final = "stream.back_end"
NO_PAGE: Final = Able(is_able=False, why="the stream has no page for it")

Recall = Callable[[str], str]
"""What was kept under a key, empty where nothing was."""
Remember = Callable[[str, str], None]


class Director:
    """`choice` is None while there is no stream, or while the probe has not answered."""

    def __init__(self, probe: Probe, in_app: Callable[[], Able], recall: Recall, remember: Remember) -> None:
        self._probe = probe
        self._ask_in_app = in_app
        self._remember = remember
        self.consent = _one_of(Consent, recall(CONSENT)) or Consent.UNASKED
        self.wanted = _one_of(BackEnd, recall(BACK_END))
        self.official = UNPROBED
        self.in_app = UNPROBED
        self.stage: Stage | None = None
        self.choice: Choice | None = None
        self.changed = Signal()
        self._is_asked = False

    def show_stage(self, stage: Stage | None) -> None:
        if stage != self.stage:
            self.stage = stage
            self._decide()

    @property
    def has_begun(self) -> bool:
        return self.in_app is not UNPROBED

    def begin(self) -> None:
        """The stream is looked at for the first time: only now anything is loaded."""
        if self.in_app is UNPROBED:
            self.in_app = self._ask_in_app()
        if not self._is_asked and self.wanted is not BackEnd.IN_APP:
            self.ask_engine(lambda _answer: None)
        self._decide()

    def ask_engine(self, answer: Callable[[Able], None]) -> None:
        """Whether the web engine has the codecs; `answer` hears it after it was noted."""
        self._is_asked = True

        def note(able: Able) -> None:
            self.official = able
            self._decide()
            answer(able)

        self._probe.ask(note)

    def want(self, back_end: BackEnd) -> None:
        """A person chose it. Where it cannot play, the next best does, and its reason is shown."""
        self.wanted = back_end
        self._remember(BACK_END, back_end)
        if back_end is BackEnd.OFFICIAL and self.official is UNPROBED:
            self.ask_engine(lambda _answer: None)
        self._decide()

    def answer_notice(self, *, is_accepted: bool) -> None:
        self.consent = Consent.ACCEPTED if is_accepted else Consent.DECLINED
        self._remember(CONSENT, self.consent)
        if not is_accepted and self.wanted is BackEnd.IN_APP:
            self.wanted = None
            self._remember(BACK_END, "")
        self._decide()

    def _decide(self) -> None:
        self.choice = self._chosen()
        self.changed()

    def _chosen(self) -> Choice | None:
        stage = self.stage
        if stage is None or self.in_app is UNPROBED:
            return None
        if self.official is UNPROBED and self.wanted in {None, BackEnd.OFFICIAL} and not stage.refused:
            return None
        official = self.official.for_page(stage.codec) if stage.page else NO_PAGE
        return choose(official, self.in_app, self.consent, is_ours=stage.is_ours, refused=stage.refused, wanted=self.wanted)


def _one_of(kinds: type[C], text: str) -> C | None:
    """What was kept may be of another version of the program, or nothing."""
    return next((kind for kind in kinds if text and kind == text), None)
