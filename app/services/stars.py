"""The watch list: events a person has starred."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from app.services.ports import Signal

MOST = 200  # stars; the oldest goes


class Stars:
    """Event ids in the order in which they were starred. `keep` writes them down, and answers with a sentence when it cannot."""

    def __init__(self, starred: Iterable[int] = (), keep: Callable[[tuple[int, ...]], str] = lambda _ids: "") -> None:
        self._ids = dict.fromkeys(starred)
        self._keep = keep
        self.trouble = ""
        self.changed = Signal()

    def __contains__(self, event_id: object) -> bool:
        return event_id in self._ids

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(self._ids)

    def toggle(self, event_id: int) -> None:
        if event_id in self._ids:
            del self._ids[event_id]
        else:
            self._ids[event_id] = None
            if len(self._ids) > MOST:
                del self._ids[next(iter(self._ids))]
        self._tell()

    def forget(self, event_ids: Iterable[int]) -> None:
        """These events are gone."""
        for event_id in event_ids:
            self._ids.pop(event_id, None)
        self._tell()

    def _tell(self) -> None:
        self.trouble = self._keep(tuple(self._ids))
        self.changed()
