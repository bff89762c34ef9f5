"""A secret: text that no repr, log line, dialog, copy or serialisation shows. Whoever uses it says so by `reveal`."""

from __future__ import annotations

import hmac
from typing import Final, NoReturn

HIDDEN: Final = "Secret(…)"


class Secret:
    """Truthy when it holds something. Two are equal when they hold the same, compared in constant time."""

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself: call it where the secret is used, and keep the result nowhere."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._text.encode(), other._text.encode())

    __hash__ = None  # type: ignore[assignment]  # a secret is no key of a dict: a hash would stay in memory and in crash dumps

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return HIDDEN

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret cannot be pickled or copied into another process")

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, _memo: object) -> Secret:
        return self
