"""The rules about external users: who is named, what each may have at risk, and that nobody is created by a slip of the fingers."""

from __future__ import annotations

from abc import abstractmethod
from decimal import Decimal

from app.domain.money import ZERO
from app.domain.order import OrderDraft
from app.domain.user import UserError, checked_user
from app.services.rule import Rule, Situation, above


class UserRule(Rule):
    """Speaks where every order is placed for an external user of the account, and is silent elsewhere."""

    is_of_users = True

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        return self.user_objection(draft, now) if now.has_users else ""

    @abstractmethod
    def user_objection(self, draft: OrderDraft, now: Situation) -> str:
        """Why this order may not leave for this user."""


class UserNamed(Rule):
    """An order for nobody, or for somebody where the account has no users, is a mistake of this program or of a script."""

    code, title = "USER_NONE", "External user named"
    is_of_users = True

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        if not now.has_users:
            return "This account has no external users, and the order names one" if draft.external_user else ""
        try:
            user_id = checked_user(draft.external_user)
        except UserError as problem:
            return str(problem)
        return "" if user_id == draft.external_user else "There are blanks around the external user id"


class UserOrderCap(UserRule):
    code, title, limit = "USER_ORDER", "For a user: {stake} of an order", "user_order"

    def user_objection(self, draft: OrderDraft, now: Situation) -> str:
        limit = _filled(now.limits_of(draft).order)
        if draft.stake <= limit:
            return ""
        return f"A {self.labels.stake_low} of {draft.stake:,.2f} is above the limit of {limit:,.2f} an order for {now.user_called(draft)}"


class UserEventCap(UserRule):
    """The worst result, as for the whole account: what a user has on both sides of a market cannot all be lost."""

    code, title, limit = "USER_EVENT", "For a user: worst loss on an event", "user_event"

    def user_objection(self, draft: OrderDraft, now: Situation) -> str:
        limit = _filled(now.limits_of(draft).event)
        total = now.user_worst_on_event(draft)
        if total <= limit:
            return ""
        return f"The worst result of this event would lose {total:,.2f} for {now.user_called(draft)}, above the limit of {limit:,.2f}"


class UserDayCap(UserRule):
    """What is settled counts until the day is over, or bets that end within the hour would have no limit a day."""

    code, title, limit = "USER_DAY", "For a user: staked in today's orders", "user_day"

    def user_objection(self, draft: OrderDraft, now: Situation) -> str:
        limit = _filled(now.limits_of(draft).day)
        total = now.user_staked_today(draft) + draft.stake
        if total <= limit:
            return ""
        return f"{total:,.2f} would be staked in today's orders for {now.user_called(draft)}, above the limit of {limit:,.2f}"


class UserCap(UserRule):
    code, title, limit = "USER", "For a user: at risk in all", "user"

    def user_objection(self, draft: OrderDraft, now: Situation) -> str:
        return above(now.user_risk(draft), draft.stake, _filled(now.limits_of(draft).total), f"for {now.user_called(draft)}")

    def use(self, now: Situation) -> str:
        return f"{now.largest_user():,.2f} for the largest"


class NewUser(UserRule):
    """The venue takes any id, so that a slip of the fingers would be a new customer."""

    code, title = "USER_NEW", "New external user"
    may_confirm = True

    def user_objection(self, draft: OrderDraft, now: Situation) -> str:
        if not now.is_new_user(draft):
            return ""
        return f"{draft.external_user} is a new user: no order was placed for this id before and it is on no list"


def _filled(limit: Decimal | None) -> Decimal:
    """A limit that always stands; without one nothing may be at risk."""
    return ZERO if limit is None else limit
