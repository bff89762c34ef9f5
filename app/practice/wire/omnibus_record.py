"""The B2B record of a partner's orders: every filter of the guide's step 6, and pages behind a signed cursor (contract 3)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping

from app.practice.exchange import Exchange
from app.practice.model import Matching, Order, OrderStatus, RefusalError
from app.practice.wire.bodies import Call, query_id, query_limit, query_word
from app.practice.wire.names import Document
from app.practice.wire.omnibus_orders import read_user, shown_record
from app.practice.wire.pages import page_below, within
from app.practice.wire.shapes import iso_ns

USUAL_ROWS = 20
MOST_ROWS = 100
STATUSES = [each.value for each in OrderStatus if each is not OrderStatus.INACTIVE]
MATCHINGS = [each.value for each in Matching]

_PLACE = 8  # bytes of a position in a cursor
_SEAL = 16  # bytes of its signature


class Record:
    """`secret` signs the cursors; the same one makes those of an earlier run good."""

    def __init__(self, secret: str) -> None:
        self._cursors = Cursors(secret)

    def orders(self, exchange: Exchange, call: Call) -> Document:
        """Newest first; only orders that succeeded, so not those still being placed. `call.now` is how far the record has kept up."""
        wanted, limit = _filter(call), _limit(call)
        rows = exchange.orders(call.user_id)
        cursor = call.query.get("next_cursor", "")
        position = self._cursors.read(call.user_id, cursor, len(rows)) if cursor else len(rows)
        page, below = page_below(rows, position, wanted, limit)
        following = self._cursors.write(call.user_id, below) if below else ""
        return {
            "data": {"orders": [shown_record(order) for order in page], "next_cursor": following},
            "last_synced_at": iso_ns(call.now),
        }


class Cursors:
    """A position in one account's list of orders as a text that nobody else can make."""

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(f"cursors of {secret}".encode()).digest()

    def write(self, user_id: str, position: int) -> str:
        place = position.to_bytes(_PLACE, "big")
        return base64.urlsafe_b64encode(place + self._seal(user_id, place)).decode()

    def read(self, user_id: str, cursor: str, count: int) -> int:
        """At most `count`: a record that lags more than before has lost its youngest rows. Raises invalid_cursor."""
        try:
            raw = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError) as error:
            raise RefusalError("invalid_cursor") from error
        place, seal = raw[:_PLACE], raw[_PLACE:]
        if not hmac.compare_digest(seal, self._seal(user_id, place)):
            raise RefusalError("invalid_cursor")
        return min(int.from_bytes(place, "big"), count)

    def _seal(self, user_id: str, place: bytes) -> bytes:
        return hmac.new(self._key, place + user_id.encode(), hashlib.sha256).digest()[:_SEAL]


def _filter(call: Call) -> Callable[[Order], bool]:
    """Raises the refusal of the first parameter that is wrong."""
    created = _range(call.query)
    status = query_word(call.query, "status", STATUSES)
    matching = query_word(call.query, "matching_status", MATCHINGS)
    user = read_user(call.query["external_user_id"]) if "external_user_id" in call.query else ""

    def wanted(order: Order) -> bool:
        return (
            order.status is not OrderStatus.INACTIVE
            and within(order.created_at, created)
            and status in ("", order.status.value)
            and matching in ("", order.matching.value)
            and user in ("", order.external_user_id)
        )

    return wanted


def _range(query: Mapping[str, str]) -> tuple[int | None, int | None]:
    """`from` and `to` in Unix seconds. No page names a longest span."""
    first, last = query_id(query, "from", "invalid_from"), query_id(query, "to", "invalid_to")
    if first is not None and last is not None and first > last:
        raise RefusalError("from_date_greater_than_to_date")
    return first, last


def _limit(call: Call) -> int:
    """Raises invalid_limit."""
    try:
        return query_limit(call.query, USUAL_ROWS, MOST_ROWS)
    except RefusalError as error:
        raise RefusalError("invalid_limit") from error
