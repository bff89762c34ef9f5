"""Starts the terminal on one exchange, kills it, and again, then lets it recover and has it judged."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain, cycle, islice
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from statistics import median

import httpx
import msgspec

from app.domain.environment import Environment
from app.domain.order import Order
from app.domain.profile import PRACTICE
from app.domain.risk import Limits
from app.practice import truth
from app.store import settings
from app.store.journal.shelf import journal_path
from app.store.paths import Folders, folders
from tests.faults.crash import child
from tests.faults.crash.child import Acknowledged, Early, Failed, Opening, Plan, Ready, Said
from tests.faults.crash.judge import Evidence, Verdict, judge, read_journal
from tests.faults.crash.points import NAMED, Point
from tests.practice.child import Child

SPAN = 2.5  # seconds, from when a run begins to open its journal or from when it has reconciled, in which a random moment lies
PATIENCE = 30.0  # seconds in which a run must get to its point
RECOVERY = 120.0  # and in which the last one must have found out everything
NTH_ORDER, NTH_STEP = 12, 6  # orders, and steps of a recovery, among which a named point lies
SESSION = 600.0  # seconds for which one login is used; the exchange gives it twenty minutes
RATE = "5"  # books that move a second

LIMITS = Limits(
    stake=Decimal(1_000), to_win=Decimal(1_000_000), selection=Decimal(1_000_000), event=Decimal(1_000_000), day=Decimal(1_000_000),
    day_loss=Decimal(1_000_000), unmatched_ratio=Decimal(50), worse_steps=200, sanity_factor=Decimal(100), leap_factor=Decimal(1000),
    duplicate_seconds=1, orders_in_ten_seconds=300, orders_a_minute=1800, burst_matched=Decimal(1_000_000), burst_seconds=1,
)  # fmt: skip

_SAID: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)
_ORDERS = msgspec.json.Decoder(list[Order])


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """`points` counts the kills at each; `missed` the runs that did not get to theirs and were killed later.

    `recovering` were killed before their reconciliation was done; `recovery` is how long that took where it was done, in seconds: the
    median and the longest. `words` say what is wrong.
    """

    kills: int
    sent: int
    acknowledged: int
    unknown: int
    resolved: int
    lost: int
    doubled: int
    early: int
    unjournaled: int
    accepted: int
    intents: int
    resent: int
    cancels: int
    streaming: int
    recovering: int
    recovery: tuple[float, float]
    missed: int
    rows: int
    points: dict[str, int]
    seed: int
    seconds: float
    words: list[str]

    @property
    def is_clean(self) -> bool:
        return not self.words


class Fate(msgspec.Struct, frozen=True):
    """A run is killed `after` seconds from when it begins to open its journal, or from when it has reconciled."""

    after: float
    from_ready: bool = False


class Ended(msgspec.Struct, frozen=True):
    """How a run ended. `by_itself`: it got to its point; `is_ready`: it had reconciled."""

    code: int
    by_itself: bool
    is_ready: bool


def turns(kills: int) -> list[Point]:
    """Every second one at random, the named ones in turn."""
    pairs = ((Point.RANDOM, point) for point in cycle(NAMED))
    return list(islice(chain.from_iterable(pairs), kills))


class Campaign:
    """A run for each of `points`, and one that recovers. `told` hears how far it is.

    `folder` holds everything: the exchange's state and truth log, the terminal's home.
    """

    def __init__(self, folder: Path, points: Sequence[Point], seed: int, told: Callable[[int], None] = lambda _kills: None) -> None:
        self._folder = folder
        self._at = points
        self._seed = seed
        self._told = told
        self._rng = Random(seed)
        self._where = folders(folder / "home")
        self._points: Counter[str] = Counter()
        self._streaming = 0
        self._recovering = 0
        self._recoveries: list[float] = []
        self._missed = 0
        self._shown: dict[str, str] = {}
        self._words: list[str] = []
        self._early = 0
        self._is_ready = self._is_early = False  # of the run at hand
        self._login = b""
        self._login_at = 0.0
        self._context = multiprocessing.get_context("forkserver")  # imports the program once, not once a run
        self._context.set_forkserver_preload([child.__name__])

    def run(self) -> Report:
        """All rounds, the recovery, the verdict."""
        begun = time.monotonic()
        self._where.make()
        settings.write(_limits_file(self._where), LIMITS)
        with Child("--state", str(self._folder / "exchange"), "--truth", str(self._truth), "--rate", RATE) as exchange:
            for number, point in enumerate(self._at, 1):
                self._round(self._plan(exchange, number, point))
                self._told(number)
            self._recover(self._plan(exchange, 0, Point.NEVER))
        return self._report(time.monotonic() - begun)

    # One run

    def _plan(self, exchange: Child, number: int, point: Point) -> Plan:
        trading = exchange.ready["trading"]
        return Plan(
            number=number,
            seed=self._rng.randrange(2**32),
            point=point,
            nth=self._rng.randint(1, NTH_STEP if point is Point.RECOVERING else NTH_ORDER),
            is_streaming=self._rng.random() < 0.5,
            home=self._folder / "home",
            url=trading["url"],
            login=self._session(trading),
            zone=_noon(datetime.now(UTC)),
            blotter=self._folder / "blotter.json",
        )

    def _session(self, trading: dict[str, str]) -> bytes:
        """One login for all runs for a while: the exchange, as the venue, allows twenty sessions."""
        if not self._login or time.monotonic() - self._login_at > SESSION:
            keys = {"access_key": trading["access_key"], "secret_key": trading["secret_key"]}
            self._login = httpx.post(f"{trading['url']}/auth/login", json=keys, trust_env=False).raise_for_status().content
            self._login_at = time.monotonic()
        return self._login

    def _round(self, plan: Plan) -> None:
        ended = self._live(plan, self._fate(plan.point))
        if ended.code != -signal.SIGKILL:
            self._words.append(f"run {plan.number} ended by itself with code {ended.code}")
            return
        if self._is_early:
            self._early += 1
            self._words.append(f"run {plan.number} could have sent an order before it had reconciled")
        self._streaming += plan.is_streaming
        self._recovering += not ended.is_ready
        is_missed = plan.point is not Point.RANDOM and not ended.by_itself
        self._missed += is_missed
        self._points["missed its point" if is_missed else plan.point] += 1

    def _fate(self, point: Point) -> Fate:
        if point is not Point.RANDOM:
            return Fate(PATIENCE)
        return Fate(self._rng.uniform(0.0, SPAN), from_ready=self._rng.random() < 0.5)

    def _recover(self, plan: Plan) -> None:
        if self._live(plan, Fate(RECOVERY)).code != 0:
            self._words.append("the last run did not recover")

    def _live(self, plan: Plan, fate: Fate) -> Ended:
        """Start a run, hear what it says, kill it when its time has come unless it is dead by then."""
        self._is_ready = self._is_early = False
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=child.run, args=(plan, theirs))
        process.start()
        theirs.close()
        with ours:
            by_itself = self._hear(ours, fate)
            if not by_itself:
                process.kill()
                self._hear(ours, Fate(PATIENCE))
        process.join()
        ended = Ended(process.exitcode or 0, by_itself, self._is_ready)
        process.close()
        return ended

    def _hear(self, line: Connection, fate: Fate) -> bool:
        """Until it has nothing more to say (True) or its time has come."""
        opened_at = time.monotonic()
        until = opened_at + PATIENCE + fate.after
        while line.poll(max(until - time.monotonic(), 0.0)):
            try:
                said = _SAID.decode(line.recv_bytes())
            except (EOFError, ConnectionResetError):
                return True
            now = time.monotonic()
            if isinstance(said, Opening):
                opened_at = now
                until = now + fate.after + (PATIENCE if fate.from_ready else 0.0)
            if isinstance(said, Ready):
                self._recoveries.append(now - opened_at)
                until = now + fate.after if fate.from_ready else until
            self._take(said)
        return False

    def _take(self, said: Said) -> None:
        match said:
            case Acknowledged(ref=ref, venue_order_id=order_id):
                self._shown[ref] = order_id
            case Early():
                self._is_early = True
            case Failed(words=words):
                self._words.append(f"the program failed: {words}")
            case Ready():
                self._is_ready = True
            case Opening():
                return

    # The end

    @property
    def _truth(self) -> Path:
        return self._folder / "truth.jsonl"

    def _report(self, seconds: float) -> Report:
        lines = truth.read(self._truth)
        rows, wrong = read_journal(journal_path(self._where, PRACTICE.name, PRACTICE.environment))
        blotter = {order.ref: order for order in self._blotter()}
        verdict = judge(Evidence(lines, rows, blotter, self._shown))
        kinds = Counter(type(row.entry).__name__ for row in rows)
        return Report(
            kills=sum(self._points.values()),
            sent=verdict.sent,
            acknowledged=verdict.acknowledged,
            unknown=verdict.unknown,
            resolved=verdict.resolved,
            lost=len(verdict.lost),
            doubled=len(verdict.doubled),
            early=max(len(verdict.early), self._early),
            unjournaled=len(verdict.unjournaled),
            accepted=verdict.accepted,
            intents=kinds["Intended"],
            resent=kinds["Resent"],
            cancels=kinds["CancelSent"],
            streaming=self._streaming,
            recovering=self._recovering,
            recovery=(round(median(self._recoveries), 2), round(max(self._recoveries), 2)) if self._recoveries else (0.0, 0.0),
            missed=self._missed,
            rows=len(rows),
            points=dict(self._points),
            seed=self._seed,
            seconds=round(seconds, 1),
            words=[*self._words, *filter(None, [wrong]), *_all_words(verdict)],
        )

    def _blotter(self) -> list[Order]:
        path = self._folder / "blotter.json"
        return _ORDERS.decode(path.read_bytes()) if path.exists() else []


def _all_words(verdict: Verdict) -> list[str]:
    return [*verdict.lost, *verdict.doubled, *verdict.early, *verdict.unjournaled]


def _limits_file(where: Folders) -> Path:
    return where.settings / f"limits-{PRACTICE.name}-{Environment.PRACTICE.lower()}.json"


def _noon(now: datetime) -> str:
    """A time zone in which it is noon or a little later, so that no local midnight falls into a campaign."""
    east = 12 - now.hour
    return f"CRASH{-east:+d}"
