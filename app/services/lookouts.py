"""Lookouts at work: what a person does with them, and what comes of it when they looked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Generic

from app.domain.lookout import ACTIVE, BY_HAND, L, LookoutState
from app.services.heartbeat import day_time
from app.services.lookout_book import LookoutBook
from app.services.notices import Notices, Tone
from app.services.verdict import Verdict, stopped


class Lookouts(ABC, Generic[L]):
    """`book` is the list of them; `fired` is called with each one that did, once.

    A kind of them says what can be watched for (`objection_to`), what is remembered while it is (`_watch`, `_drop`, `active_ids`,
    `_follow`), and looks: its verdicts go to `_settle`. `noun`: what they are called; `stop_tone`: how bad it is that they stop by
    themselves.
    """

    noun = "lookouts"
    stop_tone = Tone.WARNING

    def __init__(self, book: LookoutBook[L], notices: Notices) -> None:
        self.book = book
        self._notices = notices
        self.fired: list[Callable[[L], None]] = []
        self._looked: dict[int, datetime] = {}

    # Asking

    @property
    def all(self) -> Mapping[int, L]:
        """By id, the oldest first."""
        return self.book.all

    @property
    @abstractmethod
    def active_ids(self) -> Collection[int]:
        """Those that look, in the order in which they were armed."""

    def active(self) -> list[L]:
        return [self.all[one] for one in self.active_ids]

    def looked_at(self, lookout_id: int) -> datetime | None:
        """When it last looked; None before the first time since the program started."""
        return self._looked.get(lookout_id)

    def unseen(self, state: LookoutState) -> list[L]:
        """Those that came to this by themselves, and that nobody has looked at since."""
        return [lookout for lookout in self.all.values() if lookout.state is state and not lookout.is_seen]

    @property
    def unseen_words(self) -> str:
        """What stays said until somebody has seen it: which fired, and how many look no more; empty when there is nothing."""
        fired, stops = self.unseen(LookoutState.FIRED), self.unseen(LookoutState.STOPPED)
        return "\n".join(filter(None, (self._fired_words(fired), self._stopped_words(stops))))

    def named(self, lookout: L) -> str:
        return f"{lookout.plan.title}: {self.scope(lookout)}"

    def told_words(self, lookout: L) -> str:
        """What is said of one that fired or expired."""
        return f"{self.named(lookout)}: {lookout.words}"

    @abstractmethod
    def scope(self, lookout: L) -> str:
        """What it is about."""

    @abstractmethod
    def objection_to(self, lookout: L) -> str:
        """Why one that does not look cannot be armed now, as a sentence; empty when it can."""

    @abstractmethod
    def look(self) -> None:
        """Look with all of them now."""

    # What a person does

    def arm(self, lookout_id: int) -> str:
        """Arm it again; a sentence when it cannot be."""
        words = self._try_to_arm(self.all[lookout_id])
        self._begin()
        return words

    def arm_stopped(self) -> str:
        """Arm all that were stopped; a sentence that says how many are, and why others are not."""
        stops = [lookout for lookout in self.all.values() if lookout.state is LookoutState.STOPPED]
        refused = self._arm_all(stops)
        said = f"Armed {len(stops) - len(refused)} of {len(stops)} stopped {self.noun}"
        return f"{said}. Not armed: {self._refused_words(refused)}" if refused else said

    def arm_these(self, ids: Iterable[int]) -> str:
        """Arm those of them that do not look; a sentence that names what cannot be."""
        return self._refused_words(self._arm_all([self.all[one] for one in ids if one in self.all]))

    def see(self) -> None:
        """Somebody looks at the list, or wants to hear no more of what it says."""
        if unseen := [lookout.id for lookout in self.all.values() if not lookout.is_seen]:
            self.book.see(unseen)
            self.keep()

    def stop(self, lookout_id: int) -> None:
        if lookout_id in self.active_ids:
            self._end(self.all[lookout_id], stopped(BY_HAND))
            self._follow()
            self.keep()

    def remove(self, ids: Iterable[int]) -> None:
        """Stop them and forget them."""
        known = [one for one in ids if one in self.all]
        for one in known:
            self._drop(self.all[one])
            self._looked.pop(one, None)
        self.book.remove(known)
        self._follow()
        self.keep()

    def keep(self) -> None:
        """Write down what changed since the last time; also before the program ends."""
        if self.book.is_unkept and (words := self.book.write()):
            self._notices.say(words, Tone.WARNING)

    def _add(self, lookout: L) -> str:
        """A new one, armed; a sentence when it cannot be."""
        words = self.objection_to(lookout) or self.book.room()
        if not words:
            self.book.add(lookout)
            self._arm(lookout)
            self._begin()
        return words

    def _arm_all(self, lookouts: Iterable[L]) -> list[tuple[L, str]]:
        """Those that cannot be, and why."""
        refused = [(lookout, words) for lookout in lookouts if (words := self._try_to_arm(lookout))]
        self._begin()
        return refused

    def _refused_words(self, refused: Iterable[tuple[L, str]]) -> str:
        """Each reason once, with the first lookout that it is one for."""
        by_reason: defaultdict[str, list[L]] = defaultdict(list)
        for lookout, words in refused:
            by_reason[words].append(lookout)
        return "; ".join(f"{self._named_all(lookouts)}: {words}" for words, lookouts in by_reason.items())

    def _named_all(self, lookouts: Sequence[L]) -> str:
        first = self.named(lookouts[0])
        return first if len(lookouts) == 1 else f"{first} and {len(lookouts) - 1} more"

    def _try_to_arm(self, lookout: L) -> str:
        words = "" if lookout.is_active else self.objection_to(lookout)
        if not words and not lookout.is_active:
            self._arm(lookout)
        return words

    def _begin(self) -> None:
        """What was armed is followed, looks for the first time, and is written down."""
        self._follow()
        self.look()
        self.keep()

    # What is remembered of an active one

    @abstractmethod
    def _watch(self, lookout: L) -> None: ...
    @abstractmethod
    def _drop(self, lookout: L) -> None:
        """It may not be watched at all."""

    @abstractmethod
    def _follow(self) -> None:
        """Other ones are active now: what they go by is asked for."""

    def _arm(self, lookout: L) -> None:
        self._watch(lookout)
        self.book.put(lookout, LookoutState.ARMED, "")

    def _end(self, lookout: L, verdict: Verdict) -> None:
        """It looks no more, before anything is said of it: it fires once."""
        self._drop(lookout)
        self.book.put(lookout, verdict.state, verdict.words)

    # What comes of a look

    def _settle(self, verdicts: Iterable[tuple[int, Verdict]]) -> None:
        """Each takes its consequence; of those that stop for one reason one sentence is said."""
        stops: defaultdict[str, list[L]] = defaultdict(list)
        before = len(self.active_ids)
        for one, verdict in verdicts:
            if one not in self.active_ids:  # a consequence of an earlier one, or of whoever heard of it
                continue
            if verdict.state in ACTIVE:
                self._go_on(self.all[one], verdict)
                continue
            self._end(self.all[one], verdict)
            if verdict.state is LookoutState.STOPPED:
                stops[verdict.words].append(self.all[one])
            elif verdict.state is LookoutState.FIRED:
                self._fire(self.all[one])
            else:
                self._say(self.all[one], Tone.PLAIN)
        for words, lookouts in stops.items():
            self._say_stopped(lookouts, words)
        if len(self.active_ids) < before:
            self._follow()

    def _go_on(self, lookout: L, verdict: Verdict) -> None:
        self.book.put(lookout, verdict.state, verdict.words)

    def _fire(self, lookout: L) -> None:
        self._say(lookout, Tone.WARNING)
        for heard in tuple(self.fired):
            heard(lookout)

    def _fired_words(self, fired: Sequence[L]) -> str:
        if not fired:
            return ""
        newest = max(fired, key=lambda lookout: lookout.at or lookout.created)
        when = day_time(newest.at or newest.created)
        if len(fired) == 1:
            return f"{newest.plan.title} fired at {when}: {self.scope(newest)}: {newest.words}"
        return f"{len(fired)} {self.noun} fired, the last at {when}: {self.told_words(newest)}"

    def _stopped_words(self, stops: Sequence[L]) -> str:
        if not stops:
            return ""
        reasons = {lookout.words for lookout in stops}
        said = f"1 {self.noun.removesuffix('s')} is stopped" if len(stops) == 1 else f"{len(stops)} {self.noun} are stopped"
        return f"{said}: {stops[0].words}" if len(reasons) == 1 else said

    def _say(self, lookout: L, tone: Tone) -> None:
        self._notices.say(self.told_words(lookout), tone)

    def _say_stopped(self, lookouts: Sequence[L], words: str) -> None:
        if len(lookouts) == 1:
            said = f"{lookouts[0].plan.title} stopped: {self.scope(lookouts[0])}: {words}"
        else:
            said = f"{len(lookouts)} {self.noun} were stopped: {words}. Arm them again in {self.noun.capitalize()}"
        self._notices.say(said, self.stop_tone)
