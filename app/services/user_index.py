"""Users as they are searched: built once for a roster, so that a letter typed costs nothing with fifty thousand of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice

from app.domain.user import User, called

_LOOKED_AT = 2000  # of those that begin so; what lies beyond is found as any other


def searched(user: User) -> str:
    """Id and name as one line of small letters."""
    return f"{user.id} {user.name}".replace("\n", " ").casefold()


def has_all(text: str, words: Iterable[str]) -> bool:
    return all(word in text for word in words)


def bare(name: str) -> str:
    """A name without what does not tell two of them apart."""
    return " ".join(name.split()).casefold()


class UserIndex:
    """`find` gives those whose id or name begins with the first word before the others."""

    def __init__(self, users: Iterable[User]) -> None:
        pairs = sorted(((searched(user), user) for user in users), key=lambda pair: pair[0])
        self._texts = [text for text, _ in pairs]
        self._users = [user for _, user in pairs]
        self._all = "\n".join(self._texts)
        self._begins = [0, *accumulate(len(text) + 1 for text in self._texts)]
        names = sorted((user.name.casefold(), place) for place, user in enumerate(self._users) if user.name)
        self._names = [name for name, _ in names]
        self._named = [place for _, place in names]
        self._ids: dict[str, list[str]] = {}
        self._whole: dict[str, list[str]] = {}
        for user in self._users:
            if user.name:
                self._ids.setdefault(bare(user.name), []).append(user.id)
                self._whole.setdefault(bare(called(user)), []).append(user.id)

    def find(self, words: Sequence[str], most: int) -> list[User]:
        """At most so many in whom every word occurs; the words are small letters."""
        if not words:
            return self._users[:most]
        places = dict.fromkeys(islice(self._starting(words), most))
        for place in self._holding(words):
            if len(places) >= most:
                break
            places[place] = None
        return [self._users[place] for place in places]

    def named(self, words: str) -> list[str]:
        """Ids of those who are called exactly so, by name or by name and id, whatever the case."""
        wanted = bare(words)
        return self._whole.get(wanted) or self._ids.get(wanted, [])

    def _starting(self, words: Sequence[str]) -> Iterator[int]:
        first = words[0]
        for keys, place_of in ((self._texts, None), (self._names, self._named)):
            begin = bisect_left(keys, first)
            for at in range(begin, min(begin + _LOOKED_AT, len(keys))):
                if not keys[at].startswith(first):
                    break
                place = place_of[at] if place_of else at
                if has_all(self._texts[place], words):
                    yield place

    def _holding(self, words: Sequence[str]) -> Iterator[int]:
        longest = max(words, key=len)
        at = self._all.find(longest)
        while at >= 0:
            place = bisect_right(self._begins, at) - 1
            if has_all(self._texts[place], words):
                yield place
            at = self._all.find(longest, self._begins[place + 1])
