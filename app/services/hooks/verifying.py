"""The verifier: a body, a header and a secret, typed or stored, and which mistake keeps them apart."""

from __future__ import annotations

from app.domain.examiner import Diagnosis, examine
from app.domain.secret import Secret
from app.services.hooks.subscriptions import Subscriptions


class Verifier:
    """Knows the stored secrets by their subscriptions, and never shows one."""

    def __init__(self, subscriptions: Subscriptions) -> None:
        self._subscriptions = subscriptions

    def stored(self) -> dict[int, str]:
        """What a person may pick: the subscription's id, and how it is called."""
        known = self._subscriptions.all.values()
        return {each.id: f"subscription {each.id} ({each.event})" for each in known if self._subscriptions.secret_of(each.id)}

    def with_stored(self, body: bytes, header: str, subscription_id: int) -> Diagnosis:
        """With the secret of one of `stored`."""
        secret = self._subscriptions.secret_of(subscription_id)
        assert secret is not None
        return examine(body, header, secret, self._others(subscription_id), self.stored()[subscription_id])

    def with_typed(self, body: bytes, header: str, secret: Secret) -> Diagnosis:
        return examine(body, header, secret, self._others(None))

    def _others(self, but: int | None) -> dict[str, Secret]:
        secrets = ((name, self._subscriptions.secret_of(known)) for known, name in self.stored().items() if known != but)
        return {name: secret for name, secret in secrets if secret is not None}
