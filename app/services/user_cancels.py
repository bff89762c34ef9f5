"""Taking every open order of one external user off the book, wherever it was placed."""

from __future__ import annotations

from app.domain.order import Order, OrderState
from app.services.blotter import Blotter
from app.services.cancels import counted
from app.services.trading import Trading
from app.services.user_statement import Adopted, UserRecord
from app.services.users import Users


class UserCancels:
    """Those known here first, at once; then those that the venue's record has beside them. No call for it is documented: it goes by ids."""

    def __init__(self, trading: Trading, blotter: Blotter, record: UserRecord, users: Users) -> None:
        self._trading = trading
        self._blotter = blotter
        self._record = record
        self._users = users

    async def everything(self, user_id: str) -> str:
        """Cancel them all; a sentence that says how many are off the book, which may still stand and what could not be looked up."""
        tried = self._cancellable(user_id)
        await self._trading.cancel_many([order.ref for order in tried])
        read = await self._record.adopt(user_id, "open")
        found = [order for order in self._cancellable(user_id) if order.ref not in {one.ref for one in tried}]
        if found:
            await self._trading.cancel_many([order.ref for order in found])
        return self._said(user_id, [*tried, *found], read)

    def _cancellable(self, user_id: str) -> list[Order]:
        return [order for order in self._of(user_id) if order.is_cancellable]

    def _of(self, user_id: str) -> list[Order]:
        return [order for order in self._blotter.live() if order.draft.external_user == user_id]

    def _said(self, user_id: str, tried: list[Order], read: Adopted) -> str:
        left = sum(self._blotter.orders[order.ref].is_live for order in tried)
        unknown = sum(order.state is OrderState.UNKNOWN for order in self._of(user_id))
        parts = [f"{counted(len(tried) - left)} off the book"] if tried else ["no open order was found"]
        if left:
            parts.append(f"{counted(left)} still standing or unclear")
        if unknown:
            parts.append(f"{counted(unknown)} of unknown outcome cannot be cancelled before it is found")
        if read.nameless:
            parts.append(
                f"left alone: {counted(read.nameless)} in the venue's record that {'names' if read.nameless == 1 else 'name'} no user"
            )
        if not read.is_whole:
            parts.append(f"orders placed elsewhere may still stand, as {read.words[:1].lower()}{read.words[1:]}")
        if read.reach:
            parts.append(read.reach)
        return f"{self._users.called(user_id)}: {'; '.join(parts)}"
