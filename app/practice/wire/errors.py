"""The documented refusals: code, its older spelling, HTTP status and text (contract 5.4, response.ErrorResponseV4)."""

from __future__ import annotations

from typing import NamedTuple

from app.practice.model import RefusalError
from app.practice.wire.names import Document, Vocabulary


class Refusal(NamedTuple):
    status: int
    message: str
    legacy: str = ""
    """The code on legacy paths; "" where it is the same."""


REFUSALS: dict[str, Refusal] = {
    "invalid_request": Refusal(400, "Invalid request"),
    "invalid_param": Refusal(400, "Invalid param: <param_name>"),
    "unauthorized": Refusal(401, "Unauthorized"),
    "data_not_found": Refusal(404, "Data not found"),
    "internal_error": Refusal(500, "Internal server error"),
    "keypair_num_exceed": Refusal(403, "Cannot create new key pair, only 20 key pair can be created"),
    "session_num_exceed": Refusal(403, "Cannot authorize new session, only 20 sessions can exist simultaneously"),
    "rate_limit_reached": Refusal(429, "Rate limit reached, can only send up to 50 requests per seconds"),
    "insufficient_amount": Refusal(403, "You don't have sufficient amount to proceed the operation"),
    "invalid_strike_id": Refusal(400, "Invalid strike id", "invalid_line_id"),
    "invalid_quantity": Refusal(400, "Invalid quantity", "invalid_stake"),
    "invalid_external_id": Refusal(400, "Invalid external id"),
    "order_limit_exceeded": Refusal(400, "Order limit exceeded", "wager_limit_exceeded"),
    "invalid_order_id": Refusal(400, "Invalid order id", "invalid_wager_id"),
    "invalid_cursor": Refusal(400, "Invalid cursor"),
    "invalid_from": Refusal(400, "Invalid param from"),
    "invalid_to": Refusal(400, "Invalid param to"),
    "invalid_updated_at_from": Refusal(400, "Invalid param updated_at_from"),
    "invalid_updated_at_to": Refusal(400, "Invalid param updated_at_to"),
    "invalid_competitor_id": Refusal(400, "Invalid competitor id"),
    "sport_event_not_found": Refusal(404, "Sport event not found"),
    "market_invalid_event": Refusal(400, "Invalid event_id"),
    "market_event_limit_exceeded": Refusal(400, "Event limit exceeded"),
    "opened_retry": Refusal(500, "We are processing other request. Please wait and retry later"),
    "unknown_error": Refusal(500, "Unknown error"),
    "err_ref_id_invalid": Refusal(404, "reference id invalid"),
    "event_not_available": Refusal(400, "event is not available for betting"),
    "sport_event_competitor_blacklisted": Refusal(400, "can not place order with given competitors"),
    "sport_event_is_not_booked": Refusal(400, "sport event is not booked"),
    "order_ref_id_existed": Refusal(400, "order ref id is already existing", "wager_ref_id_existed"),
    "order_already_filled": Refusal(400, "failed to cancel order. order is already matched", "wager_already_matched"),
    "order_not_belongs_to_user": Refusal(500, "this order does not belong to user", "wager_not_belongs_to_user"),
    "order_already_cancelled": Refusal(400, "failed to cancel order. order is already cancelled", "wager_already_cancelled"),
    "order_is_invalid": Refusal(400, "The order you attempting to cancel is invalid", "wager_is_invalid"),
    "invalid_price": Refusal(400, "invalid price", "wager_invalid_odds"),
    "order_not_matching_external_id": Refusal(400, "external id must matches with existing order", "wager_not_matching_external_id"),
    "order_opened_retry": Refusal(
        425, "Newly opened order is in its first matching queue, please retry after 300ms.", "wager_opened_retry"
    ),
    "order_is_placing": Refusal(409, "cannot cancel a placing order, please try again later", "wager_is_placing"),
    "order_quantity_exceeds_max": Refusal(400, "your order quantity exceeds the maximum allowed", "wager_stake_exceeds_max"),
    "order_external_id_existed": Refusal(400, "given user id already has order with the same external id", "wager_external_id_existed"),
    "order_balance_check_timeout": Refusal(500, "wallet check balance request timeout", "wager_balance_check_timeout"),
    "order_unable_to_place": Refusal(500, "we cannot place your order", "wager_unable_place"),
    "order_unable_to_cancel": Refusal(500, "failed to cancel order", "wager_unable_cancel"),
    "invalid_market_id": Refusal(400, "Invalid market id"),
    "invalid_event_id": Refusal(400, "Invalid event id"),
    "supplemental_market_pre_match_only": Refusal(400, "supplemental market just ready for pre-match sport event"),
    "strike_id_invalid": Refusal(400, "market strike id is invalid", "market_line_invalid"),
    "wallet_not_found": Refusal(404, "Wallet not found"),
    "no_cancellable_orders": Refusal(404, "Failed to cancel orders. No available orders to be cancelled", "no_cancellable_wagers"),
    "order_invalid_profit": Refusal(400, "update price or quantity then try again", "wager_invalid_profit"),
    "reporting_not_available": Refusal(503, "reporting service not available"),
    "from_date_greater_than_to_date": Refusal(400, "from date must be lower than to date"),
    "invalid_from_to_range": Refusal(400, "'from' can't be more than 7 days from 'to'"),
    "invalid_updated_at_range": Refusal(400, "updated_at_from can't be more than 2 days from updated_at_to"),
    "missing_date_range": Refusal(400, "missing date range param"),
    "too_many_delayed_requests": Refusal(429, "The request cannot be delayed at the moment"),
    "err_order_placement_disabled": Refusal(403, "order placement is currently disabled", "err_wager_placement_disabled"),
    "err_add_liquidity_only_disabled": Refusal(400, "add-liquidity-only orders are not currently available"),
}

# Documented for the register call (contract 4.2), not part of the table above; its text is ours.
REFUSALS["exceed_subscription_count"] = Refusal(400, "Subscription count exceeds the limit of channels of a socket")

_UNKNOWN = REFUSALS["unknown_error"]


def refusal_status(code: str) -> int:
    return REFUSALS.get(code, _UNKNOWN).status


def refusal_body(error: RefusalError, vocabulary: Vocabulary) -> Document:
    """`{"error", "message"}`; an invalid_param names its parameter, which the refusal carries as detail."""
    refusal = REFUSALS.get(error.code, _UNKNOWN)
    old = vocabulary is Vocabulary.LEGACY and refusal.legacy
    message = f"Invalid param: {error.detail}" if error.code == "invalid_param" and error.detail else refusal.message
    return {"error": refusal.legacy if old else error.code, "message": message}
