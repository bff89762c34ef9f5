"""The rules that an order must pass before it leaves, one small class each: a code, a title, why it says no, and today's use of it.

A rule answers with a sentence that carries the numbers, or with nothing. None of them does anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final

from app.domain.labels import Labels
from app.domain.market import Market
from app.domain.money import CEILING, CENT, ZERO
from app.domain.odds import Odds
from app.domain.order import Order, OrderDraft
from app.domain.risk import by_market, is_sign_slip, payout_factor, staked, steps_worse, worst_loss
from app.services.own_match import OwnMatch
from app.services.rule import Rule, Situation, above
from app.services.user_rules import NewUser, UserCap, UserDayCap, UserEventCap, UserNamed, UserOrderCap

SHORTEST, LONGEST = Odds(1, 250), Odds(250, 1)  # -25000 and +25000: the ends of the venue's ladder


class KillState(Rule):
    code, title = "HALTED", "Kill switch"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        return f"Orders are halted: {now.halt}" if now.halt else ""

    def use(self, now: Situation) -> str:
        return "pulled" if now.halt else "not pulled"


class DeskLock(Rule):
    """Hot keys, scripts and tickets that were armed before are denied like a click; cancels pass no rules."""

    code, title = "DESK_LOCKED", "Idle lock"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        return now.desk_lock

    def use(self, now: Situation) -> str:
        return "locked" if now.desk_lock else "not locked"


class Switch(Rule):
    code, title = "OFF", "Trading switch"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        return "" if now.is_on else "Trading is off: switch it on in the header"

    def use(self, now: Situation) -> str:
        return "on" if now.is_on else "off"


class JournalWorks(Rule):
    code, title = "JOURNAL_DOWN", "Journal"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        return f"The journal cannot be written, so no order leaves: {now.journal_trouble}" if now.journal_trouble else ""

    def use(self, now: Situation) -> str:
        return "cannot be written" if now.journal_trouble else "every order is written down first"


class Reconciled(Rule):
    code, title = "RECONCILING", "Start"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        return "" if now.is_reconciled else "Open and unknown orders are still being looked up at the venue"

    def use(self, now: Situation) -> str:
        return "done" if now.is_reconciled else "looking orders up"


class SameEnvironment(Rule):
    code, title = "ENVIRONMENT", "Environment"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        if now.environment is now.venue_environment:
            return ""
        return f"This window is for {now.environment}, but the connection is to {now.venue_environment}"

    def use(self, now: Situation) -> str:
        return str(now.environment)


class Pause(Rule):
    code, title = "WAIT", "The venue's pause"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        return f"The venue asked for a pause: {now.pause:.0f} s more" if now.pause > 0 else ""

    def use(self, now: Situation) -> str:
        return f"{now.pause:.0f} s more" if now.pause > 0 else "none asked for"


class MarketOpen(Rule):
    code, title = "MARKET_CLOSED", "Market open"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        market, event = now.market(draft), now.event(draft)
        if market is None or event is None:
            return "This market is no longer listed"
        if event.is_over:
            return f"{event.name} is over"
        if draft.selection_id not in {selection.id for selection in market.selections}:
            return f"This {self.labels.selection_low} is no longer offered"
        if market.flaw:
            return f"The market is locked: {market.flaw}"
        if not market.is_open:
            return f"The market is {market.status or 'not open'}"
        return now.halted_market(draft)


class BookFresh(Rule):
    code, title = "STALE", "Prices verified"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        if now.is_verified(draft):
            return ""
        return "The prices of this market are not verified: the feed is silent or being read again"


class OnLadder(Rule):
    code, title = "OFF_LADDER", "On the price ladder"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        if now.ladder is None:
            return "The venue's price ladder has not been read yet"
        return now.ladder.lack(draft.odds)

    def use(self, now: Situation) -> str:
        return f"{len(now.ladder)} prices" if now.ladder else "not read yet"


class NotWorse(Rule):
    code, title, limit = "WORSE", "Not worse than shown", "worse_steps"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        best, ladder = now.best(draft), now.ladder
        if best is None or ladder is None:
            return ""
        worse = steps_worse(ladder, draft.odds, best)
        if worse <= now.limits.worse_steps:
            return ""
        return (
            f"{draft.odds.words} is {worse} steps worse than the {best.words} that is offered; at most {now.limits.worse_steps} are allowed"
        )


class InBand(Rule):
    code, title, limit = "SANITY", "Sanity band and sign", "sanity_factor"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        if not SHORTEST <= draft.odds <= LONGEST:
            return f"{draft.odds.words} lies outside {SHORTEST.words} to {LONGEST.words}"
        fair = now.fair(draft)
        if fair is None:
            return ""
        if is_sign_slip(draft.odds, fair):
            return f"{draft.odds.words} looks like the wrong sign: the market stands at {fair.words}"
        factor = payout_factor(draft.odds, fair)
        if factor <= now.limits.sanity_factor:
            return ""
        return f"{draft.odds.words} pays {factor:.2f} times off the market's {fair.words}; at most {now.limits.sanity_factor} is allowed"


class StakeCap(Rule):
    code, title, limit = "STAKE", "{Stake} of an order", "stake"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        word = self.labels.stake_low
        if not draft.stake.is_finite() or abs(draft.stake) > CEILING:
            return f"{draft.stake} is no {word} that the venue takes"
        if draft.stake <= 0:
            return f"A {word} must be more than nothing"
        if draft.stake != draft.stake.quantize(CENT):
            return f"A {word} has at most two decimals"
        if draft.stake > now.limits.stake:
            return f"A {word} of {draft.stake:,.2f} is above the limit of {now.limits.stake:,.2f} an order"
        return ""


class WinCap(Rule):
    code, title, limit = "TO_WIN", "To win on an order", "to_win"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        profit = draft.odds.profit(draft.stake)
        if profit <= 0:
            return f"This {self.labels.stake_low} would win less than a cent"
        if profit > now.limits.to_win:
            return f"It would win {profit:,.2f}, above the limit of {now.limits.to_win:,.2f} an order"
        return ""


class SelectionCap(Rule):
    code, title, limit = "SELECTION", "At risk on a {selection}", "selection"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        return above(now.risk_on_selection(draft), draft.stake, now.limits.selection, f"on this {self.labels.selection_low}")

    def use(self, now: Situation) -> str:
        return f"{now.largest_selection():,.2f} on the largest"


class EventCap(Rule):
    code, title, limit = "EVENT", "Worst loss on an event", "event"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        total = now.worst_on_event(draft)
        if total <= now.limits.event:
            return ""
        return f"The worst result of this event would lose {total:,.2f}, above the limit of {now.limits.event:,.2f}"

    def use(self, now: Situation) -> str:
        return f"{now.largest_event():,.2f} on the largest"


class DayCap(Rule):
    code, title, limit = "DAY", "At risk in today's orders", "day"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        return above(now.risk_today, draft.stake, now.limits.day, "in today's orders")

    def use(self, now: Situation) -> str:
        return f"{now.risk_today:,.2f}"


class LossStop(Rule):
    code, title, limit = "DAY_LOSS", "Daily loss stop", "day_loss"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        lost = -now.realised_today
        if lost < now.limits.day_loss:
            return ""
        return f"Today has lost {lost:,.2f}; trading stops at {now.limits.day_loss:,.2f}"

    def use(self, now: Situation) -> str:
        return f"{max(-now.realised_today, ZERO):,.2f} lost"


class UnmatchedRatio(Rule):
    code, title, limit = "UNMATCHED", "Unmatched to cash", "unmatched_ratio"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        if now.cash is None:
            return ""
        allowed = now.limits.unmatched_ratio * now.cash
        waiting = now.unmatched + draft.stake
        if waiting <= allowed:
            return ""
        return f"{waiting:,.2f} would wait unmatched, above {now.limits.unmatched_ratio} times the cash of {now.cash:,.2f}"

    def use(self, now: Situation) -> str:
        if not now.cash or now.cash <= 0:
            return f"{now.unmatched:,.2f} waits"
        return f"{now.unmatched / now.cash:.2f} times"


class Covered(Rule):
    code, title = "BALANCE", "Balance"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        if now.free is None:
            return "The venue has not told the balance yet"
        left = now.free - now.in_flight
        if draft.stake <= left:
            return ""
        waiting = f" ({now.in_flight:,.2f} of it in orders on their way or unknown)" if now.in_flight else ""
        return f"{draft.stake:,.2f} is more than the {max(left, ZERO):,.2f} that is free{waiting}"

    def use(self, now: Situation) -> str:
        return f"{now.free - now.in_flight:,.2f} free" if now.free is not None else "not known yet"


class Duplicate(Rule):
    code, title, limit = "DUPLICATE", "Same order again, seconds", "duplicate_seconds"

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        seconds = now.limits.duplicate_seconds
        if any(_is_same(order, draft) for order in now.recent(seconds)):
            return f"The same order was placed less than {seconds} s ago"
        return ""


class UnknownPending(Rule):
    code, title = "UNKNOWN", "Unknown order on the {selection}"
    may_confirm = True

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        unknown = now.unknown_on_selection(draft)
        if not unknown:
            return ""
        return f"{staked(unknown):,.2f} on this {self.labels.selection_low} is in an order of unknown outcome: this would come on top"


class Leap(Rule):
    code, title, limit = "LEAP", "{Stake} against the last one", "leap_factor"
    may_confirm = True
    is_repeated = False  # by then the last one may be one that was clicked after this

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        last = now.last_stake
        if last is None or draft.stake <= last * now.limits.leap_factor:
            return ""
        return f"{draft.stake:,.2f} is {draft.stake / last:.0f} times the last {self.labels.stake_low} of {last:,.2f}"


class OrderRate(Rule):
    code, title, limit = "RATE", "Orders in ten seconds", "orders_in_ten_seconds"
    seconds = 10

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        most, sent = getattr(now.limits, self.limit), now.sent_within(self.seconds)
        return f"{sent} orders in the last {self.seconds} s; at most {most} are allowed" if sent >= most else ""

    def use(self, now: Situation) -> str:
        return f"{now.sent_within(self.seconds)} sent"


class MinuteRate(OrderRate):
    code, title, limit = "MINUTE", "Orders a minute", "orders_a_minute"
    seconds = 60


class RequestBudget(Rule):
    code, title = "BUDGET", "The venue's request budget"
    is_repeated = False  # by then the order has its own request of it

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        return "" if now.requests_left > 0 else "All requests of this second are used up but those kept for cancels"

    def use(self, now: Situation) -> str:
        return f"{now.requests_left} left this second"


_KINDS: Final[tuple[type[Rule], ...]] = (
    KillState,
    DeskLock,
    Switch,
    JournalWorks,
    Reconciled,
    SameEnvironment,
    Pause,
    UserNamed,
    MarketOpen,
    BookFresh,
    OnLadder,
    NotWorse,
    InBand,
    StakeCap,
    WinCap,
    SelectionCap,
    EventCap,
    UserOrderCap,
    UserEventCap,
    UserDayCap,
    UserCap,
    DayCap,
    LossStop,
    UnmatchedRatio,
    Covered,
    Duplicate,
    OrderRate,
    MinuteRate,
    RequestBudget,
    NewUser,
    UnknownPending,
    OwnMatch,
    Leap,
)


def all_rules(labels: Labels) -> tuple[Rule, ...]:
    """Every rule in its order, speaking in the words of an account."""
    return tuple(kind(labels) for kind in _KINDS)


def worst_of_event(orders: Iterable[Order], market_of: Callable[[OrderDraft], Market | None]) -> Decimal:
    """The worst losses of an event's markets, added: its markets may all go wrong together."""
    total = ZERO
    for held in by_market(orders).values():
        market = market_of(held[0].draft)
        total += worst_loss(held, [selection.id for selection in market.selections] if market else [])
    return total


def _is_same(order: Order, draft: OrderDraft) -> bool:
    same = order.draft
    return (same.selection_id, same.odds, same.stake, same.external_user) == (
        draft.selection_id,
        draft.odds,
        draft.stake,
        draft.external_user,
    )
