"""The rule about orders of our own on the other side: the venue would match the two with each other, for its commission and to no end."""

from __future__ import annotations

from app.domain.money import ZERO
from app.domain.order import OrderDraft, OrderState
from app.services.own_orders import GOING, OwnOrder
from app.services.rule import Rule, Situation

OWN_MATCH = "OWN_MATCH"
_UNCERTAIN = GOING | {OrderState.UNKNOWN}


class OwnMatch(Rule):
    """It sees the orders of every account of the window, of its own account those of other users too, and unknown ones.

    It has nothing to say at the last look: of two orders the later one has seen the earlier, and a person may have insisted on it.
    """

    code, title, limit = OWN_MATCH, "Own money on the other side", "own_match"
    may_confirm = True
    is_repeated = False

    def objection(self, draft: OrderDraft, now: Situation) -> str:
        met = now.own_met(draft)
        first, second = next(met, None), next(met, None)
        if first is None:
            return ""
        allowed, beyond = now.limits.own_match, ""
        if allowed > 0:
            total = sum((own.order.rest for own in (first, second, *met) if own), ZERO)
            if total <= allowed:
                return ""
            beyond = f", {total:,.2f} in all; at most {allowed:,.2f} of your own may be matched"
        what = "orders" if second else "order"
        return f"This would match your own {what}: {_words(first, has_more=second is not None)} on the other side{beyond}"


def _words(own: OwnOrder, *, has_more: bool) -> str:
    order = own.order
    user = f" for {own.user}" if own.user else ""
    account = f" of {own.account}" if own.account else ""
    what = f"{order.odds.words} × {order.rest:,.2f}{user}{account}"
    if has_more:
        return f"{what} and others rest"
    return f"{what} {'may rest' if order.state in _UNCERTAIN else 'rests'}"
