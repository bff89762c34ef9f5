"""What the Rankacy feed answers about webhooks: a partner's own, and each secret once."""

from __future__ import annotations

from app.practice.cs2.model import Kind
from app.practice.webhooks.hooks import Hook, Hooks
from app.practice.wire.rankacy_reading import Visit, moment_text
from app.practice.wire.rankacy_shapes import NewWebhook, Nothing, Removed, Webhook, WebhookAsked, WebhookEvent, WebhookWanted


class Subscriptions:
    """Of one partner; another's are not there."""

    def __init__(self, hooks: Hooks, partner_id: int) -> None:
        self._hooks, self._partner_id = hooks, partner_id

    def listed(self, _asked: Nothing, _visit: Visit) -> list[Webhook]:
        return [_webhook(hook) for hook in self._hooks.of(self._partner_id)]

    def add(self, asked: WebhookWanted, visit: Visit) -> NewWebhook:
        """Raises invalid_param."""
        hook = self._hooks.add(self._partner_id, Kind(asked.event_type), asked.target_url, visit.now)
        told = _webhook(hook)
        return NewWebhook(told.id, told.event_type, told.target_url, told.is_active, told.created_at, hook.secret)

    def remove(self, asked: WebhookAsked, _visit: Visit) -> Removed:
        """Raises data_not_found."""
        self._hooks.remove(self._partner_id, asked.webhook_id)
        return Removed("Webhook removed")


def _webhook(hook: Hook) -> Webhook:
    return Webhook(hook.id, WebhookEvent(hook.kind), hook.target_url, True, moment_text(hook.created_at))
