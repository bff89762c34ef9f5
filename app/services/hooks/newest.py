"""The last deliveries, for a list that is looked at while they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from app.domain.webhook import Delivery


class Newest:
    """No more than `most`; what is changed later is found by its number in the file."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._rows: dict[int, Delivery] = {}  # by their place in the row of all
        self._places: dict[int, int] = {}
        self._next = 0

    def __iter__(self) -> Iterator[Delivery]:
        """The newest last."""
        return iter(self._rows.values())

    def add(self, rows: Iterable[Delivery]) -> None:
        for row in rows:
            self._rows[self._next] = row
            if row.id:
                self._places[row.id] = self._next
            self._next += 1
        while len(self._rows) > self._most:
            gone = self._rows.pop(next(iter(self._rows)))
            self._places.pop(gone.id, None)

    def change(self, delivery_id: int, changed: Callable[[Delivery], Delivery]) -> bool:
        """Whether it is among them."""
        place = self._places.get(delivery_id)
        if place is None:
            return False
        self._rows[place] = changed(self._rows[place])
        return True

    def keep(self, is_kept: Callable[[Delivery], bool]) -> None:
        rows = [row for row in self if is_kept(row)]
        self._rows.clear()
        self._places.clear()
        self.add(rows)
